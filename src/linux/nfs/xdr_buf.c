/* SPDX-License-Identifier: MIT */
/* linux/sunrpc/xdr.h: the pieces of a message, and moving bytes between them and memory. */
#include <asm/cacheflush.h>
#include <ccsan/behaviour.h>
#include <linux/highmem.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sunrpc/xdr.h>

#include "nfs.h"

void xdr_buf_init(struct xdr_buf *buf, void *start, size_t len)
{
	*buf = (struct xdr_buf){ .head = { { start, 0 } }, .buflen = (unsigned int)len };
}

void xdr_inline_pages(struct xdr_buf *buf, unsigned int offset, struct page **pages,
		      unsigned int base, unsigned int len)
{
	struct kvec *head = buf->head, *tail = buf->tail;
	size_t room = head->iov_len;

	head->iov_len = offset;
	buf->pages = pages;
	buf->page_base = base;
	buf->page_len = len;
	tail->iov_base = (char *)head->iov_base + offset;
	tail->iov_len = room - offset;
	buf->buflen += len;
}

/* --- pieces --- */

/* Consecutive bytes of a buffer: of a kvec, or of one page. */
struct piece {
	struct page *page; /* NULL: of a kvec */
	char *start;       /* NULL for a page: it has to be mapped */
	size_t offset;     /* of these bytes in it */
	size_t bytes;
};

static size_t least(size_t a, size_t b)
{
	return a < b ? a : b;
}

static struct piece piece_of_kvec(const struct kvec *iov, size_t at)
{
	return (struct piece){ .start = iov->iov_base, .offset = at, .bytes = iov->iov_len - at };
}

/* From byte `at` of a message to the end of the piece it is in; without bytes at the end. */
static struct piece piece_from(const struct xdr_buf *buf, size_t at)
{
	size_t offset;

	if (at < buf->head[0].iov_len)
		return piece_of_kvec(buf->head, at);
	at -= buf->head[0].iov_len;
	if (at >= buf->page_len) {
		at -= buf->page_len;
		return piece_of_kvec(buf->tail, least(at, buf->tail[0].iov_len));
	}
	offset = buf->page_base + at;
	return (struct piece){ .page = buf->pages[offset >> PAGE_SHIFT],
			       .offset = offset_in_page(offset),
			       .bytes = least(buf->page_len - at,
					      PAGE_SIZE - offset_in_page(offset)) };
}

/* From the start of the piece that byte `end` - 1 is in, up to that. */
static struct piece piece_until(const struct xdr_buf *buf, size_t end)
{
	struct piece last = piece_from(buf, end - 1);
	size_t into = last.offset;

	if (last.page &&
	    end - 1 - buf->head[0].iov_len < PAGE_SIZE - offset_in_page(buf->page_base))
		into -= offset_in_page(buf->page_base); /* the first page */
	last.offset -= into;
	last.bytes = into + 1;
	return last;
}

/* Return: the piece's first byte, until unmap_piece(). */
static char *map_piece(const struct piece *piece)
{
	return (piece->page ? (char *)kmap_atomic(piece->page) : piece->start) + piece->offset;
}

static void unmap_piece(const struct piece *piece, char *start)
{
	if (piece->page)
		kunmap_atomic(start - piece->offset);
}

/* The page has been written through the kernel's mapping: users, and other mappings of the kernel,
 * must see it. */
static void flush_piece(const struct piece *piece)
{
	if (piece->page && ccsan_behaviour.xdr_flush == CCSAN_XDR_FLUSHES)
		flush_dcache_page(piece->page);
}

/* --- bytes from and to memory --- */

int read_bytes_from_xdr_buf(const struct xdr_buf *buf, unsigned int base, void *to,
			    unsigned int len)
{
	char *out = to, *start;
	size_t bytes;

	for (; len; len -= bytes, base += bytes, out += bytes) {
		struct piece piece = piece_from(buf, base);

		bytes = least(len, piece.bytes);
		if (!bytes)
			return -1;
		start = map_piece(&piece);
		memcpy(out, start, bytes);
		unmap_piece(&piece, start);
	}
	return 0;
}

ssize_t xdr_partial_copy_from_skb(struct xdr_buf *buf, unsigned int base,
				  struct xdr_skb_reader *desc, xdr_skb_read_actor copy_actor)
{
	size_t copied = 0, bytes, wanted;
	char *start;

	do {
		struct piece piece = piece_from(buf, base + copied);

		wanted = least(piece.bytes, desc->count);
		if (!wanted)
			break;
		start = map_piece(&piece);
		bytes = copy_actor(desc, start, wanted);
		flush_piece(&piece);
		unmap_piece(&piece, start);
		copied += bytes;
	} while (bytes == wanted);
	return (ssize_t)copied;
}

size_t xdr_skb_read_bits(struct xdr_skb_reader *desc, void *to, size_t len)
{
	size_t bytes = least(len, desc->count);

	memcpy(to, (const char *)desc->data + desc->offset, bytes);
	desc->offset += (unsigned int)bytes;
	desc->count -= bytes;
	return bytes;
}

int write_bytes_to_xdr_buf(const struct xdr_buf *buf, unsigned int base, const void *from,
			   unsigned int len)
{
	struct xdr_skb_reader desc = { .data = from, .count = len };
	struct xdr_buf copy = *buf;

	return xdr_partial_copy_from_skb(&copy, base, &desc, xdr_skb_read_bits) == (ssize_t)len
		       ? 0
		       : -1;
}

/* --- bytes from one piece to another --- */

static size_t move_last(const struct xdr_buf *from, const struct xdr_buf *to, size_t start,
			size_t end)
{
	struct piece source = piece_until(from, end), target = piece_until(to, end);
	size_t bytes = least(end - start, least(source.bytes, target.bytes));
	char *in = map_piece(&source), *out = map_piece(&target);

	memmove(out + target.bytes - bytes, in + source.bytes - bytes, bytes);
	if (bytes == target.bytes || end - bytes == start)
		flush_piece(&target);
	unmap_piece(&target, out);
	unmap_piece(&source, in);
	return bytes;
}

/* The message is laid out anew; bytes only move to higher addresses, so the last ones go first. */
static void move_right(const struct xdr_buf *from, struct xdr_buf *to, size_t start,
		       unsigned int by)
{
	to->buflen -= by;
	if (to->len > to->buflen)
		to->len = to->buflen;
	for (size_t end = to->len; end > start;)
		end -= move_last(from, to, start, end);
}

void ccsan_xdr_shrink_head(struct xdr_buf *buf, unsigned int bytes)
{
	struct xdr_buf before = *buf;

	buf->head[0].iov_len -= bytes;
	move_right(&before, buf, buf->head[0].iov_len, bytes);
}

void ccsan_xdr_shrink_pages(struct xdr_buf *buf, unsigned int bytes)
{
	struct xdr_buf before = *buf;

	buf->page_len -= bytes;
	move_right(&before, buf, buf->head[0].iov_len + buf->page_len, bytes);
}
