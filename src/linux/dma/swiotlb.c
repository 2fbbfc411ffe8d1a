/* SPDX-License-Identifier: MIT */
/* Bounce buffers: Documentation/core-api/swiotlb.rst. Slabs of 2 KiB in the lowest memory; a buffer
 * has consecutive ones, so no two share a cache line. */
#include <stdlib.h>

#include "linux/layer.h"
#include "dma.h"

enum { SLAB_BYTES = 2048, DEFAULT_SLABS = 256, MOST_SLABS = 1 << 13 };

static struct {
	char *start;
	unsigned int slabs;
	bool *taken;
	bool failed;
} pool;

static bool make_pool(void)
{
	unsigned long slabs;
	struct page *page;

	if (pool.start || pool.failed)
		return pool.start;
	slabs = ccsan_param("swiotlb", DEFAULT_SLABS);
	slabs = slabs < MOST_SLABS ? slabs : MOST_SLABS;
	while (slabs && get_order(slabs * SLAB_BYTES) >= MAX_ORDER)
		slabs /= 2;
	page = slabs ? alloc_pages(GFP_DMA, (unsigned int)get_order(slabs * SLAB_BYTES)) : NULL;
	pool.taken = page ? calloc(slabs, sizeof(*pool.taken)) : NULL;
	pool.failed = !pool.taken;
	pool.slabs = (unsigned int)slabs;
	pool.start = pool.failed ? NULL : page_address(page);
	return pool.start;
}

phys_addr_t ccsan_swiotlb_end(void)
{
	return ccsan_dma_zone_end() - 1;
}

static unsigned int slabs_of(size_t bytes)
{
	return (unsigned int)((bytes + SLAB_BYTES - 1) / SLAB_BYTES);
}

char *ccsan_swiotlb_alloc(size_t bytes)
{
	unsigned int wanted = slabs_of(bytes), run = 0;

	if (!make_pool())
		return NULL;
	for (unsigned int i = 0; i < pool.slabs; i++) {
		run = pool.taken[i] ? 0 : run + 1;
		if (run < wanted)
			continue;
		i -= wanted - 1;
		for (unsigned int k = 0; k < wanted; k++)
			pool.taken[i + k] = true;
		return pool.start + (size_t)i * SLAB_BYTES;
	}
	return NULL;
}

void ccsan_swiotlb_free(const char *bounce, size_t bytes)
{
	unsigned int first = (unsigned int)((size_t)(bounce - pool.start) / SLAB_BYTES);

	for (unsigned int i = 0; i < slabs_of(bytes); i++)
		pool.taken[first + i] = false;
}
