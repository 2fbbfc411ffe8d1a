/* SPDX-License-Identifier: MIT */
/* References of a page. Checked: a page without any is free, and taking one is `api-misuse`
 * (get_page()). Fidelity: exact */
#ifndef CCSAN_HOSTS_LINUX_PAGE_REF_H
#define CCSAN_HOSTS_LINUX_PAGE_REF_H

#include <linux/atomic.h>
#include <linux/page-flags.h>

/* page_state.c: additions are in no order for the explorer, but with what decides by the value:
 * ccsan_page_count(), an exchange, the last reference. _peek is for checks that decide nothing. */
int ccsan_page_count(const atomic_t *count);
int ccsan_page_count_peek(const atomic_t *count);
int ccsan_page_count_add(atomic_t *count, int n); /* returns the new value */
bool ccsan_page_count_inc_not_zero(atomic_t *count);
int ccsan_page_count_cmpxchg(atomic_t *count, int old, int new); /* returns the old value */

static inline int page_ref_count(const struct page *page)
{
	return ccsan_page_count(&page->_refcount);
}

static inline int page_count(struct page *page)
{
	return ccsan_page_count(&compound_head(page)->_refcount);
}

static inline void set_page_count(struct page *page, int v)
{
	atomic_set(&page->_refcount, v);
}

static inline void init_page_count(struct page *page)
{
	set_page_count(page, 1);
}

static inline void page_ref_add(struct page *page, int nr)
{
	ccsan_page_count_add(&page->_refcount, nr);
}

static inline void page_ref_sub(struct page *page, int nr)
{
	ccsan_page_count_add(&page->_refcount, -nr);
}

static inline void page_ref_inc(struct page *page)
{
	ccsan_page_count_add(&page->_refcount, 1);
}

static inline void page_ref_dec(struct page *page)
{
	ccsan_page_count_add(&page->_refcount, -1);
}

static inline int page_ref_dec_and_test(struct page *page)
{
	return ccsan_page_count_add(&page->_refcount, -1) == 0;
}

/** Sets a count of `count` to 0: nobody else can get a reference any more. Return: whether it was
 *  so. */
static inline int page_ref_freeze(struct page *page, int count)
{
	return ccsan_page_count_cmpxchg(&page->_refcount, count, 0) == count;
}

static inline void page_ref_unfreeze(struct page *page, int count)
{
	atomic_set_release(&page->_refcount, count);
}

#endif
