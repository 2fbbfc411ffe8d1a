/* SPDX-License-Identifier: MIT */
/* Pages and their addresses. Its parts about address spaces and user pages are files of their own.
 * Documentation/core-api/mm-api.rst, Documentation/vm/highmem.rst. Fidelity: exact, where nothing
 * else is said. */
#ifndef CCSAN_HOSTS_LINUX_MM_H
#define CCSAN_HOSTS_LINUX_MM_H

#include <ccsan/machine.h>
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/mm_types.h>
#include <linux/mmzone.h>
#include <linux/page-flags.h>
#include <linux/page_ref.h>
#include <linux/types.h>

/* The CPU's, known only at run time: one binary runs on all of them. */
#define PAGE_SIZE             ((unsigned long)ccsan_page_size())
#define PAGE_SHIFT            ((unsigned int)__builtin_ctzl(PAGE_SIZE))
#define PAGE_MASK             (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address)   (((address) + PAGE_SIZE - 1) & PAGE_MASK)
#define PAGE_ALIGNED(address) (!((unsigned long)(address) & (PAGE_SIZE - 1)))
#define offset_in_page(p)     ((unsigned long)(p) & (PAGE_SIZE - 1))
#define PFN_UP(x)             (((x) + PAGE_SIZE - 1) >> PAGE_SHIFT)
#define PFN_DOWN(x)           ((x) >> PAGE_SHIFT)
#define PFN_PHYS(x)           ((phys_addr_t)(x) << PAGE_SHIFT)

static inline int get_order(unsigned long bytes)
{
	int order = 0;

	while (PAGE_SIZE << order < bytes)
		order++;
	return order;
}

/* --- from page to address and back. All O(1). --- */

/** Fidelity: exact. Memory that is not in the direct map has no page: `api-misuse`, and the page of
 *  a frame that belongs to nobody. Of an address in the kmap window kmap_to_page() knows the page:
 *  that is `api-misuse`, too. */
struct page *virt_to_page(const volatile void *p);

/** Where the kernel can access the page. Fidelity: exact. Return: for highmem, its slot of the kmap
 *  window, NULL without one; it may be given up at any moment by whoever has it. */
void *page_address(const struct page *page);
phys_addr_t page_to_phys(const struct page *page);
struct page *phys_to_page(phys_addr_t phys);

/** Fidelity: exact */
bool pfn_valid(unsigned long pfn);
bool virt_addr_valid(const volatile void *p);
bool is_vmalloc_addr(const void *p);
bool object_is_on_stack(const void *p);

static inline unsigned long page_to_pfn(const struct page *page)
{
	return page_to_phys(page) >> PAGE_SHIFT;
}

static inline struct page *pfn_to_page(unsigned long pfn)
{
	return phys_to_page((phys_addr_t)pfn << PAGE_SHIFT);
}

static inline phys_addr_t virt_to_phys(const volatile void *p)
{
	return ccsan_physical_address(p);
}

static inline void *phys_to_virt(phys_addr_t phys)
{
	return (char *)page_address(phys_to_page(phys)) + offset_in_page(phys);
}

#define nth_page(page, n)         ((page) + (n))
#define lowmem_page_address(page) page_address(page)
#define page_to_virt(page)        page_address(page)
#define virt_to_head_page(p)      compound_head(virt_to_page(p))

/* --- references --- */

/** What get_page() and put_page() do when the page is free already. */
void ccsan_page_is_free(struct page *page, const char *verb);

/** The last reference is gone. */
void __put_page(struct page *page);

/** One more reference; the caller has one. Of a free page it is `api-misuse`. Fidelity: exact */
static inline void get_page(struct page *page)
{
	page = compound_head(page);
	if (ccsan_page_count_add(&page->_refcount, 1) <= 1) {
		page_ref_dec(page);
		ccsan_page_is_free(page, "get_page()");
	}
}

/** One more reference, unless there is none. Fidelity: exact */
static inline bool get_page_unless_zero(struct page *page)
{
	return ccsan_page_count_inc_not_zero(&page->_refcount);
}

static inline bool try_get_page(struct page *page)
{
	return get_page_unless_zero(compound_head(page));
}

/** Drops a reference. Return: whether it was the last one. Fidelity: exact */
static inline int put_page_testzero(struct page *page)
{
	int left = ccsan_page_count_add(&page->_refcount, -1);

	if (left < 0) {
		page_ref_inc(page);
		ccsan_page_is_free(page, "put_page()");
	}
	return left == 0;
}

/** Drops a reference; the last one frees. Fidelity: exact */
static inline void put_page(struct page *page)
{
	page = compound_head(page);
	if (put_page_testzero(page))
		__put_page(page);
}

static inline void release_pages(struct page **pages, int nr)
{
	for (int i = 0; i < nr; i++)
		put_page(pages[i]);
}

/* --- pages of a higher order --- */

static inline unsigned int compound_order(struct page *page)
{
	return PageHead(page) ? page->order : 0;
}

static inline unsigned long page_size(struct page *page)
{
	return PAGE_SIZE << compound_order(page);
}

/* --- user mappings --- */

static inline int page_mapcount(struct page *page)
{
	return ccsan_page_count(&page->_mapcount) + 1;
}

static inline bool page_mapped(struct page *page)
{
	return page_mapcount(page) > 0;
}

static inline void page_mapcount_reset(struct page *page)
{
	atomic_set(&page->_mapcount, -1);
}

/* --- what a file system keeps with a page --- */

#define page_private(page)        ((page)->private)
#define set_page_private(page, v) ((page)->private = (v))

static inline void attach_page_private(struct page *page, void *data)
{
	get_page(page);
	set_page_private(page, (unsigned long)data);
	SetPagePrivate(page);
}

static inline void *detach_page_private(struct page *page)
{
	void *data = (void *)page_private(page);

	if (!PagePrivate(page))
		return NULL;
	ClearPagePrivate(page);
	set_page_private(page, 0);
	put_page(page);
	return data;
}

#include <linux/mm_gup.h>
#include <linux/mm_vma.h>

#endif
