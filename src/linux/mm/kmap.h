/* SPDX-License-Identifier: MIT */
/* The contract between the files about kmap(): highmem.c, page_address.c, kmap_local.c and
 * kmap_coherent.c. */
#ifndef CCSAN_LINUX_KMAP_H
#define CCSAN_LINUX_KMAP_H

#include <linux/highmem.h>

#include "linux/arch/arch.h"

/* --- where slots are: simulated addresses --- */

#define CCSAN_KMAP_LOCAL_BASE    CCSAN_FIXMAP_BASE
#define CCSAN_KMAP_COHERENT_BASE (CCSAN_FIXMAP_BASE + 0x4000000ull)
#define CCSAN_KMAP_BYTES         0x4000000ull /* of each of them, at most */

/** Colours of kernel mappings: a page of highmem is always mapped at the colour of its frame, as
 *  Xtensa does it. */
static inline unsigned int ccsan_kmap_colours(void)
{
	return ccsan_colour_count();
}

static inline unsigned int ccsan_kmap_colour(const struct page *page)
{
	return (unsigned int)(page_to_pfn(page) % ccsan_colour_count());
}

/* --- page_address.c --- */

/** Return: 0 or -ENOMEM. */
int ccsan_page_address_init(unsigned int slots);

/** @param address NULL: the slot is given up */
void ccsan_set_page_address(struct page *page, void *address, unsigned int slot);

/* --- highmem.c --- */

/** Whether kmap_high_get() works from any context on this CPU. */
bool ccsan_kmap_pins(void);

/** The page of a slot of the window; NULL if the address is not in it. */
struct page *ccsan_pkmap_page(unsigned long address);

/* --- kmap_local.c --- */

/** The page of a slot of any CPU, NULL if it is in none. */
struct page *ccsan_kmap_local_slot_page(unsigned long address);

#endif
