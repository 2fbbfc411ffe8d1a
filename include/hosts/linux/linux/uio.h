/* SPDX-License-Identifier: MIT */
/*
 * A walk over memory that is scattered: of the user (iovec), of the kernel (kvec), or pages (bvec).
 * Copies stop where user memory cannot be reached, and say how far they came.
 *
 * Copies to pages that users may have mapped are the caller's to flush: flush_dcache_page().
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_UIO_H
#define CCSAN_HOSTS_LINUX_UIO_H

#include <sys/uio.h> /* struct iovec */

#include <linux/bvec.h>
#include <linux/types.h>

#define UIO_FASTIOV 8

struct kvec {
	void *iov_base;
	size_t iov_len;
};

enum iter_type {
	ITER_IOVEC = 4,
	ITER_KVEC = 8,
	ITER_BVEC = 16,
	ITER_DISCARD = 64,
};

#ifndef READ
#define READ  0
#define WRITE 1
#endif

/** Owns: the vectors stay the caller's. */
struct iov_iter {
	unsigned int type; /**< enum iter_type | READ or WRITE */
	size_t iov_offset; /**< bytes of the current piece that are behind us */
	size_t count;      /**< bytes to go */
	union {
		const struct iovec *iov;
		const struct kvec *kvec;
		const struct bio_vec *bvec;
	};
	unsigned long nr_segs; /**< pieces to go, the current one included */
};

static inline enum iter_type iov_iter_type(const struct iov_iter *i)
{
	return (enum iter_type)(i->type & ~(unsigned int)(READ | WRITE));
}

static inline bool iter_is_iovec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_IOVEC;
}

static inline bool iov_iter_is_kvec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_KVEC;
}

static inline bool iov_iter_is_bvec(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_BVEC;
}

static inline bool iov_iter_is_discard(const struct iov_iter *i)
{
	return iov_iter_type(i) == ITER_DISCARD;
}

/** READ: the memory is the destination; WRITE: the source. */
static inline unsigned char iov_iter_rw(const struct iov_iter *i)
{
	return i->type & (READ | WRITE);
}

static inline size_t iov_iter_count(const struct iov_iter *i)
{
	return i->count;
}

static inline void iov_iter_truncate(struct iov_iter *i, u64 count)
{
	if (i->count > count)
		i->count = count;
}

static inline void iov_iter_reexpand(struct iov_iter *i, size_t count)
{
	i->count = count;
}

/** Fidelity: exact */
void iov_iter_init(struct iov_iter *i, unsigned int direction, const struct iovec *iov,
		   unsigned long nr_segs, size_t count);
void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count);
void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count);
void iov_iter_discard(struct iov_iter *i, unsigned int direction, size_t count);

/** On and back; never beyond the ends. Fidelity: exact. O(pieces passed) */
void iov_iter_advance(struct iov_iter *i, size_t bytes);
void iov_iter_revert(struct iov_iter *i, size_t bytes);

/** Bytes to go in the current piece. Fidelity: exact */
size_t iov_iter_single_seg_count(const struct iov_iter *i);

/** All addresses and lengths or-ed; what is between two pieces. Fidelity: exact */
unsigned long iov_iter_alignment(const struct iov_iter *i);
unsigned long iov_iter_gap_alignment(const struct iov_iter *i);

/** Copies, and advances by what it copied. copy_from_iter_full() copies all or does not advance.
 *  Fidelity: exact. Return: bytes copied; full: whether. */
size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i);
size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i);
bool copy_from_iter_full(void *to, size_t bytes, struct iov_iter *i);
size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);
size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i);
size_t iov_iter_zero(size_t bytes, struct iov_iter *i);

/** Copies into a page without faulting and without advancing; first fault in, then retry.
 *  Fidelity: exact. Return: bytes copied. */
size_t iov_iter_copy_from_user_atomic(struct page *page, struct iov_iter *i, unsigned long offset,
				      size_t bytes);

/** Fidelity: exact. Return: 0, or -EFAULT if a first byte of a page is not readable. */
int iov_iter_fault_in_readable(struct iov_iter *i, size_t bytes);

/** How many pages, up to `max`, the memory touches. Fidelity: exact */
int iov_iter_npages(const struct iov_iter *i, int max);

/**
 * Takes references to the pages of the current piece; does not advance. Pages of user memory come
 * from get_user_pages_fast(), writable if the memory is the destination. Kernel vectors: -EFAULT.
 *
 * @param start out: bytes of the first page to leave out
 * Fidelity: exact. Return: bytes, or -errno. _alloc: Owns: the array, to be kfree()d.
 */
ssize_t iov_iter_get_pages(struct iov_iter *i, struct page **pages, size_t max_bytes,
			   unsigned int max_pages, size_t *start);
ssize_t iov_iter_get_pages_alloc(struct iov_iter *i, struct page ***pages, size_t max_bytes,
				 size_t *start);

/** A copy of the iterator with vectors of its own. Owns: the caller kfree()s what is returned.
 *  Return: NULL without memory. Fidelity: exact */
const void *dup_iter(struct iov_iter *to, struct iov_iter *from, gfp_t gfp);

/**
 * What a system call was given, checked. `*iov` is where vectors fit (`fast`), or NULL; afterwards
 * what the caller kfree()s, NULL or not.
 *
 * Fidelity: exact. Return: bytes in all, -EINVAL, -EFAULT, -ENOMEM.
 */
ssize_t import_iovec(int direction, const struct iovec __user *vector, unsigned int nr_segs,
		     unsigned int fast_segs, struct iovec **iov, struct iov_iter *i);
int import_single_range(int direction, void __user *p, size_t bytes, struct iovec *iov,
			struct iov_iter *i);

#endif
