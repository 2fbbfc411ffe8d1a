/* SPDX-License-Identifier: MIT */
/*
 * XDR (RFC 4506) in buffers that are partly pages: what the RPC layer sends and receives.
 *
 * Everything is in units of 4 bytes, big endian; opaque data is padded with zeros. No function here
 * reads or writes outside of the buffer it is given, whatever the data says.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_SUNRPC_XDR_H
#define CCSAN_HOSTS_LINUX_SUNRPC_XDR_H

#include <asm/byteorder.h>
#include <linux/string.h>
#include <linux/types.h>
#include <linux/uio.h>

struct page;
struct rpc_rqst;

#define XDR_UNIT       sizeof(__be32)
#define XDR_QUADLEN(l) (((l) + 3) >> 2)

static inline size_t xdr_align_size(size_t n)
{
	return (n + XDR_UNIT - 1) & ~(size_t)(XDR_UNIT - 1);
}

static inline size_t xdr_pad_size(size_t n)
{
	return xdr_align_size(n) - n;
}

/** A message: `head`, then `page_len` bytes of pages from `page_base` on, then `tail`. */
struct xdr_buf {
	struct kvec head[1], tail[1];
	struct page **pages;
	unsigned int page_base, page_len; /**< bytes */
	unsigned int buflen;              /**< room, bytes */
	unsigned int len;                 /**< of the message, bytes */
};

/** Where somebody reads or writes a message. */
struct xdr_stream {
	__be32 *p;           /**< here */
	struct xdr_buf *buf; /**< NULL: nothing to read any more */
	__be32 *end;         /**< of the current kvec or page */
	struct kvec *iov;    /**< the current kvec; NULL in pages */
	struct kvec scratch; /**< for items that lie across a page boundary */
	struct page **page_ptr;
	unsigned int nwords; /**< left to be read */
	struct rpc_rqst *rqst;
};

/* --- buffers --- */

/** Fidelity: exact */
void xdr_buf_init(struct xdr_buf *buf, void *start, size_t len);

/** Room for a reply: what comes after `offset` bytes goes into pages, the rest into the tail, which
 *  is what the head has beyond that. Fidelity: exact */
void xdr_inline_pages(struct xdr_buf *buf, unsigned int offset, struct page **pages,
		      unsigned int base, unsigned int len);

/** Bytes between a buffer and memory. Through kmap_atomic(); pages that were written are flushed by
 *  flush_dcache_page(). Fidelity: exact. Return: 0, -1 if the buffer is shorter. */
int read_bytes_from_xdr_buf(const struct xdr_buf *buf, unsigned int base, void *to,
			    unsigned int len);
int write_bytes_to_xdr_buf(const struct xdr_buf *buf, unsigned int base, const void *from,
			   unsigned int len);

/** What has arrived from the network. */
struct xdr_skb_reader {
	const void *data;
	unsigned int offset;
	size_t count; /**< bytes not yet copied */
};
typedef size_t (*xdr_skb_read_actor)(struct xdr_skb_reader *desc, void *to, size_t len);
size_t xdr_skb_read_bits(struct xdr_skb_reader *desc, void *to, size_t len);

/**
 * Copies arrived bytes into a buffer from `base` on. Each page is written through kmap_atomic() and
 * flushed by flush_dcache_page() after it.
 *
 * Fidelity: exact, of the function of this name that kernels had in net/sunrpc/socklib.c.
 * Return: bytes copied.
 */
ssize_t xdr_partial_copy_from_skb(struct xdr_buf *buf, unsigned int base,
				  struct xdr_skb_reader *desc, xdr_skb_read_actor copy_actor);

/* --- writing --- */

/** Starts behind what the head has already. Fidelity: exact, but for streams into pages. */
void xdr_init_encode(struct xdr_stream *xdr, struct xdr_buf *buf, __be32 *p, struct rpc_rqst *rqst);

/** Return: room for nbytes, NULL if there is none. Fidelity: exact */
__be32 *xdr_reserve_space(struct xdr_stream *xdr, size_t nbytes);

/** Appends bytes that are in pages, padded in the tail. Nothing but that may come after it.
 *  Fidelity: exact */
void xdr_write_pages(struct xdr_stream *xdr, struct page **pages, unsigned int base,
		     unsigned int len);

/* --- reading --- */

/** Fidelity: exact */
void xdr_init_decode(struct xdr_stream *xdr, struct xdr_buf *buf, __be32 *p, struct rpc_rqst *rqst);

/** Reads pages alone. @param buf gets filled in, and lives as long as the stream.
 *  Fidelity: exact */
void xdr_init_decode_pages(struct xdr_stream *xdr, struct xdr_buf *buf, struct page **pages,
			   unsigned int len);

/** Memory for items that lie across a page boundary: without, or longer ones, they cannot be read.
 *  Fidelity: exact */
void xdr_set_scratch_buffer(struct xdr_stream *xdr, void *buf, size_t buflen);

/**
 * Takes the next bytes.
 *
 * Return: where they are: in the buffer, or copied to the scratch buffer if they lie across a
 *         boundary, until the next call. NULL if there are not so many.
 * Fidelity: exact. As in 5.10, pages are read through page_address().
 */
__be32 *xdr_inline_decode(struct xdr_stream *xdr, size_t nbytes);

/** Moves what follows so that it starts where the pages do, and goes on behind it. Return: how many
 *  of the `len` bytes are in the pages. Fidelity: exact */
unsigned int xdr_read_pages(struct xdr_stream *xdr, unsigned int len);

/** The same, and goes on in the pages. Fidelity: exact */
void xdr_enter_page(struct xdr_stream *xdr, unsigned int len);

/** Bytes left, and read so far. Fidelity: exact */
static inline unsigned int xdr_stream_remaining(const struct xdr_stream *xdr)
{
	return xdr->nwords << 2;
}

static inline unsigned int xdr_stream_pos(const struct xdr_stream *xdr)
{
	return (unsigned int)(xdr->buf->len / XDR_UNIT - xdr->nwords) << 2;
}

/** Fidelity: exact. Return: 0, or -EBADMSG */
int xdr_stream_decode_u32(struct xdr_stream *xdr, __u32 *value);
int xdr_stream_decode_u64(struct xdr_stream *xdr, __u64 *value);

/** Variable-sized opaque data. Fidelity: exact. Return: bytes, or -EBADMSG, or -EMSGSIZE if there
 *  are more than maxlen. */
ssize_t xdr_stream_decode_opaque_inline(struct xdr_stream *xdr, void **data, size_t maxlen);

/* --- items in memory --- */

/** Fidelity: exact. Return: behind the item. */
__be32 *xdr_encode_opaque_fixed(__be32 *p, const void *data, unsigned int bytes);
__be32 *xdr_encode_opaque(__be32 *p, const void *data, unsigned int bytes);

static inline __be32 *xdr_encode_hyper(__be32 *p, __u64 value)
{
	p[0] = cpu_to_be32((u32)(value >> 32));
	p[1] = cpu_to_be32((u32)value);
	return p + 2;
}

static inline __be32 *xdr_decode_hyper(__be32 *p, __u64 *value)
{
	*value = (u64)be32_to_cpup(p) << 32 | be32_to_cpup(p + 1);
	return p + 2;
}

#endif
