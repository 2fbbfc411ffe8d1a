/* SPDX-License-Identifier: MIT */
/* Allocation of pages: Documentation/core-api/memory-allocation.rst. Fidelity: exact, where nothing
 * else is said. */
#ifndef CCSAN_HOSTS_LINUX_GFP_H
#define CCSAN_HOSTS_LINUX_GFP_H

#include <linux/types.h>

struct page;
struct vm_area_struct;

#define __GFP_DMA            ((gfp_t)0x01u) /* of the lowest zone */
#define __GFP_HIGHMEM        ((gfp_t)0x02u) /* may have no address in the direct map */
#define __GFP_DMA32          ((gfp_t)0x04u)
#define __GFP_MOVABLE        ((gfp_t)0x08u)
#define __GFP_RECLAIMABLE    ((gfp_t)0x10u)
#define __GFP_HIGH           ((gfp_t)0x20u)
#define __GFP_IO             ((gfp_t)0x40u)
#define __GFP_FS             ((gfp_t)0x80u)
#define __GFP_ZERO           ((gfp_t)0x100u)
#define __GFP_ATOMIC         ((gfp_t)0x200u)
#define __GFP_DIRECT_RECLAIM ((gfp_t)0x400u) /* may sleep */
#define __GFP_KSWAPD_RECLAIM ((gfp_t)0x800u)
#define __GFP_WRITE          ((gfp_t)0x1000u)
#define __GFP_NOWARN         ((gfp_t)0x2000u)
#define __GFP_RETRY_MAYFAIL  ((gfp_t)0x4000u)
#define __GFP_NOFAIL         ((gfp_t)0x8000u)
#define __GFP_NORETRY        ((gfp_t)0x10000u)
#define __GFP_COMP           ((gfp_t)0x20000u)
#define __GFP_HARDWALL       ((gfp_t)0x40000u)
#define __GFP_ACCOUNT        ((gfp_t)0x80000u)
#define __GFP_RECLAIM        (__GFP_DIRECT_RECLAIM | __GFP_KSWAPD_RECLAIM)

#define GFP_ATOMIC           (__GFP_HIGH | __GFP_ATOMIC | __GFP_KSWAPD_RECLAIM)
#define GFP_KERNEL           (__GFP_RECLAIM | __GFP_IO | __GFP_FS)
#define GFP_KERNEL_ACCOUNT   (GFP_KERNEL | __GFP_ACCOUNT)
#define GFP_NOWAIT           (__GFP_KSWAPD_RECLAIM)
#define GFP_NOIO             (__GFP_RECLAIM)
#define GFP_NOFS             (__GFP_RECLAIM | __GFP_IO)
#define GFP_USER             (GFP_KERNEL | __GFP_HARDWALL)
#define GFP_DMA              __GFP_DMA
#define GFP_DMA32            __GFP_DMA32
#define GFP_HIGHUSER         (GFP_USER | __GFP_HIGHMEM)
#define GFP_HIGHUSER_MOVABLE (GFP_HIGHUSER | __GFP_MOVABLE)

static inline bool gfpflags_allow_blocking(gfp_t gfp)
{
	return gfp & __GFP_DIRECT_RECLAIM;
}

#define MAX_ORDER 11 /* of a block: below this */

/**
 * Allocates 2^order consecutive frames, aligned to their size, from the highest zone that the flags
 * allow and has some. O(number of orders).
 *
 * Fidelity: simplified. No memory is reclaimed: what is exhausted stays so; watermarks, migration
 * types and per-CPU lists have no part in it.
 * Return: the first, with one reference; NULL when memory is exhausted, or the allocation is to
 * fail (ccsan_linux_fail_allocation()).
 */
struct page *alloc_pages(gfp_t gfp, unsigned int order);

/** As alloc_pages(), for a user page at this address. Fidelity: exact */
struct page *alloc_pages_vma(gfp_t gfp, int order, struct vm_area_struct *vma, unsigned long addr);

/** Drops a reference; the last one frees. Freeing what is free, mapped, locked or in a device's
 * hands is `api-misuse`. Fidelity: exact */
void __free_pages(struct page *page, unsigned int order);

/** Fidelity: exact, as alloc_pages() and __free_pages(), by address in the direct map. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long address, unsigned int order);

/** As many pages as the bytes need, not a power of two of them. Fidelity: exact */
void *alloc_pages_exact(size_t bytes, gfp_t gfp);
void free_pages_exact(void *p, size_t bytes);

/** Makes 2^order pages of one block single ones, each with a reference of its own. Not for
 *  __GFP_COMP. Fidelity: exact */
void split_page(struct page *page, unsigned int order);

#define alloc_page(gfp)                alloc_pages(gfp, 0)
#define alloc_page_vma(gfp, vma, addr) alloc_pages_vma(gfp, 0, vma, addr)
#define __free_page(page)              __free_pages(page, 0)
#define __get_free_page(gfp)           __get_free_pages(gfp, 0)
#define __get_dma_pages(gfp, order)    __get_free_pages((gfp) | GFP_DMA, order)
#define get_zeroed_page(gfp)           __get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(address)             free_pages(address, 0)

#endif
