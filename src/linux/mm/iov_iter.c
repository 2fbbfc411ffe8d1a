/* SPDX-License-Identifier: MIT */
/*
 * linux/uio.h. One walk serves all copies: it hands out what of the current piece lies in one page
 * (pages) or in one run of addresses (vectors), and stops when the copy of a run falls short.
 */
#include <string.h>

#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mm_gup.h>
#include <linux/slab.h>
#include <linux/uaccess.h>
#include <linux/uio.h>

#include "linux/layer.h"

/* --- iterators --- */

static void start(struct iov_iter *i, unsigned int type, unsigned long nr_segs, size_t count)
{
	*i = (struct iov_iter){ .type = type, .nr_segs = nr_segs, .count = count };
}

void iov_iter_init(struct iov_iter *i, unsigned int direction, const struct iovec *iov,
		   unsigned long nr_segs, size_t count)
{
	start(i, ITER_IOVEC | (direction & (READ | WRITE)), nr_segs, count);
	i->iov = iov;
}

void iov_iter_kvec(struct iov_iter *i, unsigned int direction, const struct kvec *kvec,
		   unsigned long nr_segs, size_t count)
{
	start(i, ITER_KVEC | (direction & (READ | WRITE)), nr_segs, count);
	i->kvec = kvec;
}

void iov_iter_bvec(struct iov_iter *i, unsigned int direction, const struct bio_vec *bvec,
		   unsigned long nr_segs, size_t count)
{
	start(i, ITER_BVEC | (direction & (READ | WRITE)), nr_segs, count);
	i->bvec = bvec;
}

void iov_iter_discard(struct iov_iter *i, unsigned int direction, size_t count)
{
	start(i, ITER_DISCARD | (direction & (READ | WRITE)), 0, count);
}

/* --- pieces --- */

/* Bytes of the piece so many on; it exists. kvec has the layout of iovec. */
static size_t piece_bytes(const struct iov_iter *i, unsigned long on)
{
	return iov_iter_is_bvec(i) ? i->bvec[on].bv_len : i->iov[on].iov_len;
}

static void step(struct iov_iter *i, long pieces)
{
	if (iov_iter_is_bvec(i))
		i->bvec += pieces;
	else
		i->iov += pieces;
	i->nr_segs -= (unsigned long)pieces;
}

/* Leaves finished and empty pieces behind. */
static void skip_finished(struct iov_iter *i)
{
	while (i->nr_segs && i->iov_offset >= piece_bytes(i, 0)) {
		i->iov_offset -= piece_bytes(i, 0);
		step(i, 1);
	}
}

size_t iov_iter_single_seg_count(const struct iov_iter *i)
{
	size_t rest;

	if (iov_iter_is_discard(i) || !i->nr_segs)
		return i->count;
	rest = piece_bytes(i, 0) - i->iov_offset;
	return rest < i->count ? rest : i->count;
}

void iov_iter_advance(struct iov_iter *i, size_t bytes)
{
	bytes = bytes < i->count ? bytes : i->count;
	i->count -= bytes;
	if (iov_iter_is_discard(i))
		return;
	i->iov_offset += bytes;
	skip_finished(i);
}

/* The caller knows that so many bytes are behind: what is before the first piece is not ours. */
void iov_iter_revert(struct iov_iter *i, size_t bytes)
{
	i->count += bytes;
	if (iov_iter_is_discard(i))
		return;
	while (bytes > i->iov_offset) {
		bytes -= i->iov_offset;
		step(i, -1);
		i->iov_offset = piece_bytes(i, 0);
	}
	i->iov_offset -= bytes;
}

/* --- the walk --- */

/* A run of one page or of one vector. */
struct run {
	enum iter_type type;
	void *address;       /* of vectors */
	struct page *page;   /* of pages */
	unsigned int offset; /* in that page */
	size_t bytes;
};

static struct page *page_on(struct page *page, unsigned long pages)
{
	return pages ? pfn_to_page(page_to_pfn(page) + pages) : page;
}

/* The next run, of up to so many bytes. */
static struct run run_of(const struct iov_iter *i, size_t bytes)
{
	struct run run = { .type = iov_iter_type(i), .bytes = bytes };
	size_t single = iov_iter_single_seg_count(i), offset;

	run.bytes = single < bytes ? single : bytes;
	if (iov_iter_is_discard(i))
		return run;
	if (!iov_iter_is_bvec(i)) {
		run.address = (char *)i->iov->iov_base + i->iov_offset;
		return run;
	}
	offset = i->bvec->bv_offset + i->iov_offset;
	run.page = page_on(i->bvec->bv_page, offset >> PAGE_SHIFT);
	run.offset = (unsigned int)offset_in_page(offset);
	if (run.bytes > PAGE_SIZE - run.offset)
		run.bytes = PAGE_SIZE - run.offset;
	return run;
}

/* Return: bytes that could be done. */
typedef size_t run_function(const struct run *run, void *kernel);

/* @param kernel the other side, NULL where there is none */
static size_t walk(struct iov_iter *i, void *kernel, size_t bytes, run_function *function)
{
	size_t done = 0, got;

	bytes = bytes < i->count ? bytes : i->count;
	if (!iov_iter_is_discard(i))
		skip_finished(i);
	while (done < bytes && (i->nr_segs || iov_iter_is_discard(i))) {
		struct run run = run_of(i, bytes - done);

		got = function(&run, kernel ? (char *)kernel + done : NULL);
		iov_iter_advance(i, got);
		done += got;
		if (got < run.bytes)
			break;
	}
	return done;
}

/* --- copies --- */

static void copy_to_page(const struct run *run, const void *kernel)
{
	char *page = kmap_atomic(run->page);

	memcpy(page + run->offset, kernel, run->bytes);
	kunmap_atomic(page);
}

static void copy_from_page(const struct run *run, void *kernel)
{
	char *page = kmap_atomic(run->page);

	memcpy(kernel, page + run->offset, run->bytes); // NOLINT: the caller has a buffer
	kunmap_atomic(page);
}

static size_t put(const struct run *run, void *kernel)
{
	if (run->type == ITER_IOVEC)
		return run->bytes - copy_to_user(run->address, kernel, run->bytes);
	if (run->type == ITER_KVEC)
		memcpy(run->address, kernel, run->bytes); // NOLINT: a vector has an address
	else if (run->type == ITER_BVEC)
		copy_to_page(run, kernel);
	return run->bytes;
}

/* What cannot be read stays as it is: __copy_from_user() does not zero it. */
static size_t take(const struct run *run, void *kernel)
{
	if (run->type == ITER_IOVEC)
		return access_ok(run->address, run->bytes)
			       ? run->bytes - __copy_from_user(kernel, run->address, run->bytes)
			       : 0;
	if (run->type == ITER_KVEC)
		memcpy(kernel, run->address, run->bytes); // NOLINT: likewise
	else if (run->type == ITER_BVEC)
		copy_from_page(run, kernel);
	return run->bytes;
}

static size_t take_atomic(const struct run *run, void *kernel)
{
	size_t got;

	pagefault_disable();
	got = take(run, kernel);
	pagefault_enable();
	return got;
}

static size_t zero(const struct run *run, void *kernel)
{
	(void)kernel;
	if (run->type == ITER_IOVEC)
		return run->bytes - clear_user(run->address, run->bytes);
	if (run->type == ITER_KVEC)
		memset(run->address, 0, run->bytes);
	else if (run->type == ITER_BVEC)
		memzero_page(run->page, run->offset, run->bytes);
	return run->bytes;
}

/* A source of nothing would leave the target as it is. */
static bool is_wrong_way(const struct iov_iter *i, unsigned char direction, const char *function)
{
	if (iov_iter_rw(i) == direction)
		return false;
	ccsan_misuse(i, sizeof(*i), 0, "%s with an iterator whose memory is the %s", function,
		     direction == READ ? "source" : "destination");
	return true;
}

size_t copy_to_iter(const void *from, size_t bytes, struct iov_iter *i)
{
	if (is_wrong_way(i, READ, "copy_to_iter()"))
		return 0;
	return walk(i, (void *)from, bytes, put);
}

size_t copy_from_iter(void *to, size_t bytes, struct iov_iter *i)
{
	if (is_wrong_way(i, WRITE, "copy_from_iter()") || iov_iter_is_discard(i))
		return 0;
	return walk(i, to, bytes, take);
}

bool copy_from_iter_full(void *to, size_t bytes, struct iov_iter *i)
{
	struct iov_iter before = *i;

	if (i->count >= bytes && copy_from_iter(to, bytes, i) == bytes)
		return true;
	*i = before;
	return false;
}

size_t iov_iter_zero(size_t bytes, struct iov_iter *i)
{
	return is_wrong_way(i, READ, "iov_iter_zero()") ? 0 : walk(i, NULL, bytes, zero);
}

/* --- pages on the kernel's side --- */

static size_t one_page(struct page *page, size_t offset, size_t bytes, struct iov_iter *i, bool to)
{
	char *kernel = kmap(page);
	size_t done = to ? copy_to_iter(kernel + offset, bytes, i)
			 : copy_from_iter(kernel + offset, bytes, i);

	kunmap(page);
	return done;
}

/* A page of a higher order is several, of which each is mapped. */
static size_t pages(struct page *page, size_t offset, size_t bytes, struct iov_iter *i, bool to)
{
	size_t done = 0, piece, got;

	for (; done < bytes; done += got) {
		size_t at = offset + done, inside = offset_in_page(at);

		piece = PAGE_SIZE - inside < bytes - done ? PAGE_SIZE - inside : bytes - done;
		got = one_page(page_on(page, at >> PAGE_SHIFT), inside, piece, i, to);
		if (got < piece)
			return done + got;
	}
	return done;
}

size_t copy_page_to_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	return pages(page, offset, bytes, i, true);
}

size_t copy_page_from_iter(struct page *page, size_t offset, size_t bytes, struct iov_iter *i)
{
	return pages(page, offset, bytes, i, false);
}

size_t iov_iter_copy_from_user_atomic(struct page *page, struct iov_iter *i, unsigned long offset,
				      size_t bytes)
{
	struct iov_iter walked = *i;
	char *kernel = kmap_atomic(page);
	size_t done = walk(&walked, kernel + offset, bytes, take_atomic);

	kunmap_atomic(kernel);
	return done;
}

/* --- what lies ahead --- */

static bool is_readable(const char __user *p, size_t bytes)
{
	char byte;

	for (size_t at = 0; at < bytes; at += PAGE_SIZE - offset_in_page(p + at))
		if (get_user(byte, p + at))
			return false;
	(void)byte;
	return true;
}

int iov_iter_fault_in_readable(struct iov_iter *i, size_t bytes)
{
	struct iov_iter walked = *i;
	size_t piece;

	if (!iter_is_iovec(i))
		return 0;
	skip_finished(&walked);
	for (; bytes && walked.count && walked.nr_segs; bytes -= piece) {
		struct run run = run_of(&walked, bytes);

		piece = run.bytes;
		if (!is_readable(run.address, piece))
			return -EFAULT;
		iov_iter_advance(&walked, piece);
	}
	return 0;
}

static unsigned long start_of(const struct run *run)
{
	return run->type == ITER_BVEC ? run->offset : untagged_addr((unsigned long)run->address);
}

unsigned long iov_iter_alignment(const struct iov_iter *i)
{
	struct iov_iter walked = *i;
	unsigned long all = 0;

	if (iov_iter_is_discard(i))
		return 0;
	skip_finished(&walked);
	while (walked.count && walked.nr_segs) {
		size_t piece = iov_iter_single_seg_count(&walked);
		struct run run = run_of(&walked, piece);

		all |= start_of(&run) | piece;
		iov_iter_advance(&walked, piece);
	}
	return all;
}

/* Where one piece ends and the next one begins, but for the first beginning and the last end. */
unsigned long iov_iter_gap_alignment(const struct iov_iter *i)
{
	struct iov_iter walked = *i;
	unsigned long all = 0, last_end = 0;
	bool first = true;

	if (iov_iter_is_discard(i))
		return ~0ul;
	skip_finished(&walked);
	while (walked.count && walked.nr_segs) {
		size_t piece = iov_iter_single_seg_count(&walked);
		struct run run = run_of(&walked, piece);

		all |= first ? 0 : start_of(&run) | last_end;
		last_end = start_of(&run) + piece;
		first = false;
		iov_iter_advance(&walked, piece);
	}
	return all;
}

static unsigned long pages_of(const struct run *run, size_t bytes)
{
	return (offset_in_page(start_of(run)) + bytes + PAGE_SIZE - 1) >> PAGE_SHIFT;
}

int iov_iter_npages(const struct iov_iter *i, int max)
{
	struct iov_iter walked = *i;
	unsigned long count = 0;

	if (iov_iter_is_discard(i))
		return 0;
	skip_finished(&walked);
	while (walked.count && walked.nr_segs && count < (unsigned long)max) {
		size_t piece = iov_iter_single_seg_count(&walked);
		struct run run = run_of(&walked, piece);

		count += pages_of(&run, piece);
		iov_iter_advance(&walked, piece);
	}
	return count < (unsigned long)max ? (int)count : max;
}

/* --- pages of the memory --- */

/* Of user memory. Return: bytes they are good for from *offset on, or -errno. */
static ssize_t user_pages(const struct run *run, unsigned int direction, struct page **list,
			  unsigned long count, size_t *offset)
{
	unsigned long address = start_of(run);
	size_t bytes;
	int got;

	if (!access_ok(run->address, 1))
		return -EFAULT;
	*offset = offset_in_page(address);
	got = get_user_pages_fast(address & PAGE_MASK, (int)count,
				  direction == READ ? FOLL_WRITE : 0, list);
	if (got < 0)
		return got;
	bytes = (size_t)got * PAGE_SIZE - *offset;
	return (ssize_t)(bytes < run->bytes ? bytes : run->bytes);
}

ssize_t iov_iter_get_pages(struct iov_iter *i, struct page **list, size_t max_bytes,
			   unsigned int max_pages, size_t *offset)
{
	struct run run;
	unsigned long count;

	if (max_bytes > i->count)
		max_bytes = i->count;
	if (!iov_iter_is_discard(i))
		skip_finished(i);
	if (iov_iter_is_discard(i) || iov_iter_is_kvec(i))
		return -EFAULT;
	if (!max_bytes || !max_pages || !i->nr_segs)
		return 0;
	run = run_of(i, max_bytes);
	if (iov_iter_is_bvec(i)) {
		*offset = run.offset;
		*list = run.page;
		get_page(run.page);
		return (ssize_t)run.bytes;
	}
	count = pages_of(&run, run.bytes);
	return user_pages(&run, iov_iter_rw(i), list, count < max_pages ? count : max_pages,
			  offset);
}

ssize_t iov_iter_get_pages_alloc(struct iov_iter *i, struct page ***list, size_t max_bytes,
				 size_t *offset)
{
	unsigned int count = (unsigned int)iov_iter_npages(i, __INT_MAX__);
	ssize_t got;

	*list = count ? ccsan_kalloc(count * sizeof(**list)) : NULL;
	if (count && !*list)
		return -ENOMEM;
	got = iov_iter_get_pages(i, count ? *list : NULL, max_bytes, count, offset);
	if (got <= 0) {
		kfree(*list);
		*list = NULL;
	}
	return got;
}

const void *dup_iter(struct iov_iter *to, struct iov_iter *from, gfp_t gfp)
{
	size_t element = iov_iter_is_bvec(from) ? sizeof(*from->bvec) : sizeof(*from->iov);
	void *copy;

	*to = *from;
	if (iov_iter_is_discard(from))
		return NULL;
	copy = kmalloc(from->nr_segs * element, gfp);
	if (copy) {
		memcpy(copy, from->iov, from->nr_segs * element);
		to->iov = copy;
	}
	return copy;
}

/* --- what a system call was given --- */

/* The vector itself may lie in the program's own memory: a simulated process's stack does. */
static int copy_vector(struct iovec *to, const struct iovec __user *from, size_t bytes)
{
	if (access_ok(from, bytes))
		return copy_from_user(to, from, bytes) ? -EFAULT : 0;
	if (untagged_addr((unsigned long)from) != (unsigned long)from)
		return -EFAULT;
	memcpy(to, from, bytes);
	return 0;
}

/* Return: bytes in all, cut off at what a system call transfers at most; or -errno. */
static ssize_t check_vector(struct iovec *iov, unsigned int nr_segs)
{
	const size_t most = 0x7ffff000;
	size_t total = 0;

	for (unsigned int at = 0; at < nr_segs; at++) {
		if ((ssize_t)iov[at].iov_len < 0)
			return -EINVAL;
		if (!access_ok(iov[at].iov_base, iov[at].iov_len))
			return -EFAULT;
		if (iov[at].iov_len > most - total)
			iov[at].iov_len = most - total;
		total += iov[at].iov_len;
	}
	return (ssize_t)total;
}

ssize_t import_iovec(int direction, const struct iovec __user *vector, unsigned int nr_segs,
		     unsigned int fast_segs, struct iovec **iov, struct iov_iter *i)
{
	struct iovec *copy = *iov, *made = NULL;
	ssize_t total;

	*iov = NULL;
	if (nr_segs > UIO_MAXIOV)
		return -EINVAL;
	if (nr_segs > fast_segs) {
		copy = made = ccsan_kalloc(nr_segs * sizeof(*made));
		if (!made)
			return -ENOMEM;
	}
	total = copy_vector(copy, vector, nr_segs * sizeof(*copy));
	if (!total)
		total = check_vector(copy, nr_segs);
	if (total < 0) {
		kfree(made);
		return total;
	}
	iov_iter_init(i, (unsigned int)direction, copy, nr_segs, (size_t)total);
	*iov = made;
	return total;
}

int import_single_range(int direction, void __user *p, size_t bytes, struct iovec *iov,
			struct iov_iter *i)
{
	if (bytes > 0x7ffff000)
		bytes = 0x7ffff000;
	if (!access_ok(p, bytes))
		return -EFAULT;
	*iov = (struct iovec){ .iov_base = p, .iov_len = bytes };
	iov_iter_init(i, (unsigned int)direction, iov, 1, bytes);
	return 0;
}
