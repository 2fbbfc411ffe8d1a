/* SPDX-License-Identifier: MIT */
/* Allocation of pages. */
#ifndef CCSAN_HOSTS_LINUX_GFP_H
#define CCSAN_HOSTS_LINUX_GFP_H

#include <linux/types.h>

struct page;

#define GFP_KERNEL   ((gfp_t)1)
#define GFP_ATOMIC   ((gfp_t)2)
#define GFP_DMA      ((gfp_t)4)
#define GFP_DMA32    ((gfp_t)8)
#define __GFP_ZERO   ((gfp_t)16)
#define __GFP_NOWARN ((gfp_t)32)
#define __GFP_COMP   ((gfp_t)64)

/** Allocates 2^order consecutive frames of lowmem. Fidelity: simplified. Not aligned to their size;
 *  flags but __GFP_ZERO do nothing. Return: the first, NULL when memory is exhausted. */
struct page *alloc_pages(gfp_t gfp, unsigned int order);

/** Drops a reference; the last one frees. Freeing what a device still has is `api-misuse`.
 *  Fidelity: exact */
void __free_pages(struct page *page, unsigned int order);

/** Fidelity: exact, as alloc_pages() and __free_pages(), by address in the direct map. */
unsigned long __get_free_pages(gfp_t gfp, unsigned int order);
void free_pages(unsigned long address, unsigned int order);

#define alloc_page(gfp)      alloc_pages(gfp, 0)
#define __free_page(page)    __free_pages(page, 0)
#define __get_free_page(gfp) __get_free_pages(gfp, 0)
#define get_zeroed_page(gfp) __get_free_pages((gfp) | __GFP_ZERO, 0)
#define free_page(address)   free_pages(address, 0)

#endif
