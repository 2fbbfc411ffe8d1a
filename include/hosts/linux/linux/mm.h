/* SPDX-License-Identifier: MIT */
/* Frames and the direct map. */
#ifndef CCSAN_HOSTS_LINUX_MM_H
#define CCSAN_HOSTS_LINUX_MM_H

#include <ccsan/machine.h>
#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/types.h>

/* The CPU's, known only at run time: one binary runs on all of them. */
#define PAGE_SIZE           ((unsigned long)ccsan_page_size())
#define PAGE_SHIFT          ((unsigned int)__builtin_ctzl(PAGE_SIZE))
#define PAGE_MASK           (~(PAGE_SIZE - 1))
#define PAGE_ALIGN(address) (((address) + PAGE_SIZE - 1) & PAGE_MASK)
#define offset_in_page(p)   ((unsigned long)(p) & (PAGE_SIZE - 1))

enum pageflags { PG_locked, PG_slab, PG_head, PG_reserved, PG_arch_1 };

struct address_space;

/** One frame. Only for frames of simulated memory; the program's own memory has none. */
struct page {
	unsigned long flags;
	int _refcount, _mapcount;
	struct address_space *mapping;
	unsigned long index, private;
	struct list_head lru;
	void *virtual; /* in the direct map; NULL for highmem */
};

/** Fidelity: exact. Memory that is not in the direct map has no page: `api-misuse`, and the page of
 *  a frame that belongs to nobody. */
struct page *virt_to_page(const volatile void *p);
void *page_address(const struct page *page);
phys_addr_t page_to_phys(const struct page *page);
struct page *phys_to_page(phys_addr_t phys);

/** Fidelity: exact */
bool virt_addr_valid(const volatile void *p);
bool is_vmalloc_addr(const void *p);
bool object_is_on_stack(const void *p);

/** Fidelity: exact */
void get_page(struct page *page);
void put_page(struct page *page);

static inline int page_count(const struct page *page)
{
	return page->_refcount;
}

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

#endif
