/* SPDX-License-Identifier: MIT */
/* Zones of memory. From low to high frames: for devices of few address bits, the rest of the direct
 * map, and what is outside of it. */
#ifndef CCSAN_HOSTS_LINUX_MMZONE_H
#define CCSAN_HOSTS_LINUX_MMZONE_H

#include <linux/gfp.h>
#include <linux/types.h>

enum zone_type { ZONE_DMA, ZONE_NORMAL, ZONE_HIGHMEM, MAX_NR_ZONES };

#define MAX_ORDER_NR_PAGES (1 << (MAX_ORDER - 1))

struct free_area {
	struct list_head free_list;
	unsigned long nr_free; /* blocks */
};

struct zone {
	const char *name;
	unsigned long zone_start_pfn, spanned_pages;
	unsigned long free_pages;
	struct free_area free_area[MAX_ORDER];
};

/** Fidelity: exact */
enum zone_type page_zonenum(const struct page *page);
struct zone *page_zone(const struct page *page);
enum zone_type gfp_zone(gfp_t gfp);

/** Pages, of all zones and of ZONE_HIGHMEM. Fidelity: exact */
unsigned long totalram_pages(void);
unsigned long totalhigh_pages(void);
unsigned long nr_free_pages(void);
unsigned long nr_free_highpages(void);

static inline bool is_highmem(const struct zone *zone)
{
	return zone->name[0] == 'H';
}

#endif
