/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: streaming mappings. Addresses are bus addresses; lengths are rounded up to whole lines,
 * the start is not.
 * Reference: U-Boot include/linux/dma-mapping.h.
 */
#ifndef CCSAN_UBOOT_LINUX_DMA_MAPPING_H
#define CCSAN_UBOOT_LINUX_DMA_MAPPING_H

#include <asm/dma-mapping.h>
#include <cpu_func.h>
#include <linux/dma-direction.h>
#include <linux/kernel.h>

#define dma_mapping_error(x, y) 0

/** invalidate_dcache_range() if the device only writes, else flush_dcache_range(). */
CCSAN_UBOOT_INLINE dma_addr_t dma_map_single(void *vaddr, size_t len, enum dma_data_direction dir)
{
	unsigned long addr = (unsigned long)vaddr;

	len = ALIGN(len, ARCH_DMA_MINALIGN);
	if (dir == DMA_FROM_DEVICE)
		invalidate_dcache_range(addr, addr + len);
	else
		flush_dcache_range(addr, addr + len);
	return addr;
}

/** invalidate_dcache_range() unless the device only read. */
CCSAN_UBOOT_INLINE void dma_unmap_single(dma_addr_t addr, size_t len, enum dma_data_direction dir)
{
	len = ALIGN(len, ARCH_DMA_MINALIGN);
	if (dir != DMA_TO_DEVICE)
		invalidate_dcache_range(addr, addr + len);
}

#endif
