/* SPDX-License-Identifier: MIT */
/*
 * The contract between the instrumented files of this folder, beyond Linux's own names. They are
 * compiled like the program itself: every access goes through the model, functions appear in
 * stacks, and what a step touches is seen.
 */
#ifndef CCSAN_LINUX_KERNEL_H
#define CCSAN_LINUX_KERNEL_H

#include <linux/types.h>

struct page;

#include "machine/hosted.h"

/* --- where the layer's own mappings are: the upper parts of the machine's regions, of which
 * ccsan_map() takes the lower ones. Simulated addresses, space 0. --- */

#define CCSAN_VMALLOC_START CCSAN_VMAP_FIXED
#define CCSAN_VMALLOC_END   CCSAN_KMAP_BASE
#define CCSAN_PKMAP_BASE    CCSAN_KMAP_FIXED /* kmap() */
#define CCSAN_FIXMAP_BASE   0x3f0000000ull   /* kmap_local_page(), kmap_coherent() */

/* --- addresses.c --- */

/** The simulated address of a user pointer; a simulated address stays what it is. */
unsigned long untagged_addr(unsigned long address);

/* --- boot.c --- */

/** The value of a parameter ("mem=64M"), `fallback` if it was not given. Sizes understand K, M, G.
 *  The command line is CCSAN_LINUX in the environment and what ccsan_linux_param() added. */
unsigned long ccsan_param(const char *name, unsigned long fallback);

/** Whether the allocation that is about to be made shall fail: see
 *  ccsan_linux_fail_allocation(). */
bool ccsan_should_fail(void);

/** Memory for tables of the layer, zeroed. Return: NULL when it shall fail. Free with kfree(). */
void *ccsan_kalloc(size_t bytes);

/** For kfree() and ksize(). Return: 0, false: no such table. */
size_t ccsan_kalloc_size(const void *p);
bool ccsan_kalloc_free(const void *p);

/** An object is there from now on, or not any more: see ccsan_linux_live_objects(). */
void ccsan_count_object(int change);

/* --- page_alloc.c, highmem.c --- */

/** Takes new parameters into account. Return: false if pages are in use already. */
bool ccsan_pages_boot_again(void);

/** Nobody has the page. The explorer does not see the look: who frees a page touches all of it. */
bool ccsan_page_was_freed(const struct page *page);

/** Behind the last address of the zone for GFP_DMA. */
phys_addr_t ccsan_dma_zone_end(void);

/** Where the window of kmap() has a page of highmem; NULL if it has not. */
void *ccsan_highmem_address(const struct page *page);

/** The page of an address in the window, or in a slot of kmap_local_page(); NULL if it is none. */
struct page *ccsan_kmap_page(unsigned long address);

/* --- findings --- */

/** An `api-misuse` of one call, in the name of the caller's stack.
 *  @param cause whose stack to show as well: an origin, or 0 */
void ccsan_misuse(const volatile void *p, size_t bytes, u32 cause, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

/** The same, where the cause is who gave it back. */
void ccsan_misuse_of_freed(const volatile void *p, size_t bytes, u32 cause, const char *format, ...)
	__attribute__((format(printf, 4, 5)));

#endif
