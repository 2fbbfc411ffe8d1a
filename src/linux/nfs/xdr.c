/* SPDX-License-Identifier: MIT */
/* linux/sunrpc/xdr.h: streams, that is, reading and writing messages item by item. */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sunrpc/xdr.h>

#include "nfs.h"

/* --- writing --- */

void xdr_init_encode(struct xdr_stream *xdr, struct xdr_buf *buf, __be32 *p, struct rpc_rqst *rqst)
{
	struct kvec *head = buf->head;
	size_t room = buf->buflen - buf->page_len - buf->tail[0].iov_len;

	*xdr = (struct xdr_stream){ .buf = buf, .iov = head, .rqst = rqst };
	xdr->end = (__be32 *)((char *)head->iov_base + room);
	xdr->p = (__be32 *)((char *)head->iov_base + head->iov_len);
	if (!p || p == xdr->p)
		return;
	xdr->p = p;
	head->iov_len = (size_t)((char *)p - (char *)head->iov_base);
	buf->len = (unsigned int)head->iov_len;
}

__be32 *xdr_reserve_space(struct xdr_stream *xdr, size_t nbytes)
{
	__be32 *p = xdr->p;
	size_t bytes = xdr_align_size(nbytes);

	if (bytes < nbytes || bytes > (size_t)((char *)xdr->end - (char *)p))
		return NULL;
	xdr->p += bytes / XDR_UNIT;
	xdr->iov->iov_len += bytes;
	xdr->buf->len += (unsigned int)bytes;
	return p;
}

void xdr_write_pages(struct xdr_stream *xdr, struct page **pages, unsigned int base,
		     unsigned int len)
{
	struct xdr_buf *buf = xdr->buf;
	struct kvec *tail = buf->tail;
	unsigned int padding = (unsigned int)xdr_pad_size(len);

	buf->pages = pages;
	buf->page_base = base;
	buf->page_len = len;
	tail->iov_base = xdr->p;
	tail->iov_len = 0;
	xdr->iov = tail;
	if (padding) {
		BUG_ON(xdr->p >= xdr->end);
		tail->iov_base = (char *)xdr->p + (XDR_UNIT - padding);
		tail->iov_len = padding;
		*xdr->p++ = 0;
	}
	buf->buflen += len + padding;
	buf->len += len + padding;
}

/* --- reading: where the stream is. p to end is always inside of one piece of the buffer, and
 * inside of the message. --- */

static unsigned int least(size_t a, size_t b)
{
	return (unsigned int)(a < b ? a : b);
}

/* What of the message lies at and behind a place in it, bytes. */
static size_t message_from(const struct xdr_buf *buf, size_t place)
{
	return place < buf->len ? buf->len - place : 0;
}

static void enter_kvec(struct xdr_stream *xdr, struct kvec *iov, size_t len)
{
	len = least(len, iov->iov_len);
	xdr->p = iov->iov_base;
	xdr->end = (__be32 *)((char *)iov->iov_base + len);
	xdr->iov = iov;
	xdr->page_ptr = NULL;
}

static void enter_tail(struct xdr_stream *xdr)
{
	struct xdr_buf *buf = xdr->buf;

	enter_kvec(xdr, buf->tail, message_from(buf, buf->head[0].iov_len + buf->page_len));
}

/* @param base bytes into the page data */
static void enter_page(struct xdr_stream *xdr, unsigned int base)
{
	struct xdr_buf *buf = xdr->buf;
	size_t len = message_from(buf, buf->head[0].iov_len + base);
	size_t offset = buf->page_base + base;
	char *start;

	if (base >= buf->page_len) {
		enter_tail(xdr);
		return;
	}
	len = least(len, buf->page_len - base);
	len = least(len, PAGE_SIZE - offset_in_page(offset));
	xdr->iov = NULL;
	xdr->page_ptr = &buf->pages[offset >> PAGE_SHIFT];
	start = page_address(*xdr->page_ptr);
	if (!start)
		ccsan_misuse(NULL, 0, 0, "an XDR stream over a page of highmem: it has no address");
	xdr->p = start ? (__be32 *)(start + offset_in_page(offset)) : NULL;
	xdr->end = start ? (__be32 *)(start + offset_in_page(offset) + len) : NULL;
}

/* Return: whether there is anything. */
static bool enter_next(struct xdr_stream *xdr)
{
	struct xdr_buf *buf = xdr->buf;
	size_t next;

	if (xdr->page_ptr) {
		next = ((size_t)(xdr->page_ptr - buf->pages) + 1) << PAGE_SHIFT;
		enter_page(xdr, (unsigned int)(next - buf->page_base));
	} else if (xdr->iov == buf->head) {
		enter_page(xdr, 0);
	} else {
		return false;
	}
	return xdr->p != xdr->end || (xdr->iov != buf->tail && enter_next(xdr));
}

/* --- reading: setting up --- */

void xdr_init_decode(struct xdr_stream *xdr, struct xdr_buf *buf, __be32 *p, struct rpc_rqst *rqst)
{
	*xdr = (struct xdr_stream){ .buf = buf, .rqst = rqst, .nwords = buf->len / XDR_UNIT };
	if (buf->head[0].iov_len)
		enter_kvec(xdr, buf->head, buf->len);
	else
		enter_page(xdr, 0);
	if (p && p > xdr->p && p <= xdr->end) {
		xdr->nwords -= (unsigned int)(p - xdr->p);
		xdr->p = p;
	}
}

void xdr_init_decode_pages(struct xdr_stream *xdr, struct xdr_buf *buf, struct page **pages,
			   unsigned int len)
{
	*buf = (struct xdr_buf){ .pages = pages, .page_len = len, .buflen = len, .len = len };
	xdr_init_decode(xdr, buf, NULL, NULL);
}

void xdr_set_scratch_buffer(struct xdr_stream *xdr, void *buf, size_t buflen)
{
	xdr->scratch.iov_base = buf;
	xdr->scratch.iov_len = buflen;
}

/* --- reading: items --- */

/* Takes padded bytes piece by piece; copies the first nbytes of them. */
static __be32 *copy_to_scratch(struct xdr_stream *xdr, size_t nbytes)
{
	char *to = xdr->scratch.iov_base;
	size_t left = xdr_align_size(nbytes), here;

	if (nbytes > xdr->scratch.iov_len)
		return NULL;
	for (; left; left -= here) {
		if (xdr->p == xdr->end && !enter_next(xdr))
			return NULL;
		here = least(left, (size_t)((char *)xdr->end - (char *)xdr->p));
		memcpy(to, xdr->p, least(here, nbytes));
		to += least(here, nbytes);
		nbytes -= least(here, nbytes);
		xdr->p = (__be32 *)((char *)xdr->p + here);
	}
	return xdr->scratch.iov_base;
}

/* Where page data starts in the middle of a word, so do the items behind it; some CPUs cannot read
 * them there. */
static bool is_aligned(const __be32 *p)
{
	return (unsigned long)p % XDR_UNIT == 0;
}

__be32 *xdr_inline_decode(struct xdr_stream *xdr, size_t nbytes)
{
	size_t bytes = xdr_align_size(nbytes);
	__be32 *p = xdr->p;

	if (!nbytes)
		return p;
	if (bytes < nbytes || bytes / XDR_UNIT > xdr->nwords)
		return NULL;
	if (xdr->p == xdr->end && !enter_next(xdr))
		return NULL;
	if (bytes <= (size_t)((char *)xdr->end - (char *)xdr->p) && is_aligned(xdr->p)) {
		p = xdr->p;
		xdr->p += bytes / XDR_UNIT;
	} else {
		p = copy_to_scratch(xdr, nbytes);
	}
	if (p)
		xdr->nwords -= (unsigned int)(bytes / XDR_UNIT);
	return p;
}

int xdr_stream_decode_u32(struct xdr_stream *xdr, __u32 *value)
{
	__be32 *p = xdr_inline_decode(xdr, sizeof(*value));

	if (!p)
		return -EBADMSG;
	*value = be32_to_cpup(p);
	return 0;
}

int xdr_stream_decode_u64(struct xdr_stream *xdr, __u64 *value)
{
	__be32 *p = xdr_inline_decode(xdr, sizeof(*value));

	if (!p)
		return -EBADMSG;
	xdr_decode_hyper(p, value);
	return 0;
}

ssize_t xdr_stream_decode_opaque_inline(struct xdr_stream *xdr, void **data, size_t maxlen)
{
	__u32 bytes;

	*data = NULL;
	if (xdr_stream_decode_u32(xdr, &bytes))
		return -EBADMSG;
	if (bytes > maxlen)
		return -EMSGSIZE;
	if (!bytes)
		return 0;
	*data = xdr_inline_decode(xdr, bytes);
	return *data ? (ssize_t)bytes : -EBADMSG;
}

__be32 *xdr_encode_opaque_fixed(__be32 *p, const void *data, unsigned int bytes)
{
	memcpy(p, data, bytes);
	memset((char *)p + bytes, 0, xdr_pad_size(bytes));
	return p + XDR_QUADLEN(bytes);
}

__be32 *xdr_encode_opaque(__be32 *p, const void *data, unsigned int bytes)
{
	*p++ = cpu_to_be32(bytes);
	return xdr_encode_opaque_fixed(p, data, bytes);
}

/* --- reading: data that has a place of its own in the pages --- */

/* Page data starts here and has `len` bytes, if there are so many. A header that was longer than
 * foreseen leaves none: its end is in the pages already. Return: bytes. */
static unsigned int align_pages(struct xdr_stream *xdr, unsigned int len)
{
	struct xdr_buf *buf = xdr->buf;
	unsigned int here = xdr_stream_pos(xdr);

	if (!xdr->nwords || xdr->iov != buf->head)
		return 0;
	ccsan_xdr_shrink_head(buf, (unsigned int)buf->head[0].iov_len - here);
	xdr->nwords = (unsigned int)message_from(buf, here) / XDR_UNIT;
	len = least(len, message_from(buf, here));
	if (len < buf->page_len && len < message_from(buf, here)) {
		ccsan_xdr_shrink_pages(buf, buf->page_len - len);
		xdr->nwords = (unsigned int)message_from(buf, here) / XDR_UNIT;
	}
	return least(len, buf->page_len);
}

unsigned int xdr_read_pages(struct xdr_stream *xdr, unsigned int len)
{
	struct xdr_buf *buf = xdr->buf;
	size_t padding, rest;

	len = align_pages(xdr, len);
	if (!len)
		return 0;
	padding = xdr_pad_size(len);
	enter_tail(xdr);
	rest = (size_t)((char *)xdr->end - (char *)xdr->p);
	if (padding <= rest && rest > 0)
		xdr->p = (__be32 *)((char *)buf->tail[0].iov_base + padding);
	else
		xdr->p = xdr->end;
	xdr->end = xdr->p + (size_t)((char *)xdr->end - (char *)xdr->p) / XDR_UNIT;
	xdr->nwords = (unsigned int)(xdr->end - xdr->p);
	return len;
}

void xdr_enter_page(struct xdr_stream *xdr, unsigned int len)
{
	len = align_pages(xdr, len);
	if (len)
		enter_page(xdr, 0);
}
