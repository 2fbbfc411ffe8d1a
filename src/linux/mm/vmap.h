/* SPDX-License-Identifier: MIT */
/* The contract between vmap_area.c, which knows what is where, and its users vmalloc.c and
 * vm_map_ram.c. Addresses are host pointers as numbers. All functions sleep. */
#ifndef CCSAN_LINUX_VMAP_H
#define CCSAN_LINUX_VMAP_H

#include <linux/vmalloc.h>

struct ccsan_vmap_wish {
	unsigned long size, align; /**< bytes, multiples of pages */
	/** A page of this colour shall not come first, if it can be helped; -1: any may. */
	int not_colour;
};

/** O(log N). Return: a range that is in use, NULL without memory or room. */
struct vmap_area *ccsan_vmap_take(const struct ccsan_vmap_wish *wish);

/** flush_cache_vunmap(), page tables are cleared, the range waits for a purge. */
void ccsan_vmap_release(struct vmap_area *area);

/** The range in use that contains an address. O(log N). Return: NULL if there is none. */
struct vmap_area *ccsan_vmap_find(unsigned long address);

/** Makes all ranges that wait free. Return: whether there were any. */
bool ccsan_vmap_purge(void);

/** Maps pages, then flush_cache_vmap(). Return: 0, -ENOMEM; then nothing is mapped. */
int ccsan_vmap_map(unsigned long address, struct page **pages, unsigned int count, pgprot_t prot);

/** Clears page tables where there is anything mapped. */
void ccsan_vmap_unmap(unsigned long start, unsigned long end);

/** The colour that a page has in the direct map; -1 on CPUs where that is no matter. */
int ccsan_vmap_colour_of(const struct page *page);

#endif
