/* SPDX-License-Identifier: MIT */
/* What tests of Linux code need and Linux does not have. */
#ifndef CCSAN_HOSTS_LINUX_CCSAN_H
#define CCSAN_HOSTS_LINUX_CCSAN_H

#include <linux/device.h>
#include <linux/gfp.h>

/**
 * One more parameter of the kernel's command line ("pkmap=2"), before anything of the layer is
 * used. CCSAN_LINUX in the environment has the first ones, separated by spaces. What is known:
 *   mem=64M        memory of the page allocator; highmem=16M of it without address; dma=8M of it in
 *                  the zone for GFP_DMA
 *   pkmap=512      slots of kmap()'s window
 *   force_map=0    1: kmap_local_page() maps lowmem, too (CONFIG_DEBUG_KMAP_LOCAL_FORCE_MAP)
 *   page_poison=1  0: the content of free pages stays
 *   swiotlb=256    bounce buffers, of 2 KiB
 *   vmalloc=240M   addresses for vmalloc() and vmap(); vmap_lazy=32M of them, at least, may be
 *                  unused before they are purged
 *   readahead=4   pages at most; 0: none
 *   dirty_pages=1024  of one file, before who writes has to write some out
 * Later, or unknown: one message, and the program ends.
 */
void ccsan_linux_param(const char *parameter);

/** The `nth` allocation of the layer from now fails, 1 is the next one; 0: none. Allocations are
 *  kmalloc(), alloc_pages() and the layer's tables. */
void ccsan_linux_fail_allocation(unsigned int nth);

/** How many allocations there were: so many can be made to fail. */
unsigned int ccsan_linux_allocations(void);

/** How many objects of the heap and of the layer's tables are not freed; nr_free_pages() says it of
 *  pages. More than before is a leak. */
unsigned long ccsan_linux_live_objects(void);

/** As alloc_page(), of the wanted cache colour (modulo the CPU's number of them).
 *  Return: NULL if there is none. */
struct page *ccsan_linux_alloc_colour(gfp_t gfp, unsigned int colour);

/** As alloc_page(), this very frame. Return: NULL if it is not free. */
struct page *ccsan_linux_alloc_frame(gfp_t gfp, unsigned long pfn);

/** Raises an interrupt: its handler runs now. Return: whether it has one. */
bool ccsan_linux_interrupt(unsigned int irq);

/** Raises an interrupt of a simulated CPU: its handler runs as one, some time from now, where
 *  interrupts are on. Without a handler nothing happens. */
void ccsan_linux_raise(unsigned int irq, unsigned int cpu);

/** The `nth` mapping or coherent allocation from now fails, 1 is the next one; 0: none. */
void ccsan_linux_fail_dma(unsigned int nth);

/** Every buffer that a device writes has to begin and end with a cache line, as barebox wants it.
 *  Otherwise (at first) only those that share a line with another object of the heap. */
void ccsan_linux_strict_alignment(bool strict);

/** The driver has let the device go: reports mappings that it left, and forgets them. Done for
 *  platform devices by themselves, and for all devices at the end of a test and of the program. */
void ccsan_linux_release_dma(struct device *dev);

#endif
