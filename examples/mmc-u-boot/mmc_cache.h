/* SPDX-License-Identifier: MIT */
/*
 * All cache maintenance of the driver, with the mistakes. Each function's last lines are what is
 * right.
 */
#ifndef MMC_CACHE_H
#define MMC_CACHE_H

#include <linux/dma-mapping.h>

#include "mmc.h"

/* The CPU has written the data, the controller is going to read it. */
static inline dma_addr_t data_to_controller(enum mmc_mistake mistake, void *data, size_t bytes)
{
	unsigned long address = (unsigned long)data;

	switch (mistake) {
	case MMC_NO_FLUSH:
		return address;
	case MMC_WRONG_DIRECTION:
		return dma_map_single(data, bytes, DMA_FROM_DEVICE);
	case MMC_SHORT_FLUSH:
		return dma_map_single(data, MMC_BLOCK, DMA_TO_DEVICE);
	case MMC_LENGTH_FOR_STOP:
		flush_dcache_range(address, bytes);
		return address;
	default:
		return dma_map_single(data, bytes, DMA_TO_DEVICE);
	}
}

/* The controller is going to write here: no line may be dirty. */
static inline dma_addr_t buffer_to_controller(enum mmc_mistake mistake, void *buffer, size_t bytes)
{
	if (mistake == MMC_NO_INVALIDATE || mistake == MMC_INVALIDATE_AFTER_ONLY ||
	    mistake == MMC_FLUSH_AFTER)
		return (unsigned long)buffer;
	return dma_map_single(buffer, bytes, DMA_FROM_DEVICE);
}

/* The controller has written: what the CPU fetched meanwhile is old. */
static inline void data_to_cpu(enum mmc_mistake mistake, dma_addr_t data, size_t bytes)
{
	if (mistake == MMC_NO_INVALIDATE || mistake == MMC_INVALIDATE_BEFORE_ONLY)
		return;
	if (mistake == MMC_FLUSH_AFTER) {
		flush_dcache_range(data, data + bytes);
		return;
	}
	dma_unmap_single(data, bytes, DMA_FROM_DEVICE);
}

/* The table of descriptors is complete. */
static inline void table_to_controller(enum mmc_mistake mistake, void *table, size_t bytes)
{
	unsigned long address = (unsigned long)table;

	if (mistake == MMC_TABLE_NOT_FLUSHED)
		return;
	if (mistake == MMC_TABLE_SHORT_FLUSH)
		bytes = 8; /* one descriptor */
	flush_dcache_range(address, address + ALIGN(bytes, ARCH_DMA_MINALIGN));
}

#endif
