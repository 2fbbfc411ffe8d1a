/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: streaming mappings, which are cache functions by another name. Addresses are bus
 * addresses. Lengths are rounded up to whole lines, the start is not: a buffer that does not begin
 * on a line is not invalidated (see invalidate_dcache_range()). Nothing is recorded: unlike on
 * Linux, an unmap that does not fit its map is only found by what becomes of the bytes.
 *
 * Reference: U-Boot include/linux/dma-mapping.h.
 */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_DMA_MAPPING_H
#define CCSAN_HOSTS_UBOOT_LINUX_DMA_MAPPING_H

#include <asm/cache.h>
#include <asm/dma-mapping.h>
#include <cpu_func.h>
#include <linux/dma-direction.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define dma_mapping_error(x, y) 0

/** invalidate_dcache_range() if the device only writes, else flush_dcache_range().
 *  @param len bytes. Return: the bus address */
CCSAN_UBOOT_INLINE dma_addr_t dma_map_single(void *vaddr, size_t len, enum dma_data_direction dir)
{
	unsigned long addr = (unsigned long)vaddr;

	len = ALIGN(len, (size_t)ARCH_DMA_MINALIGN);
	if (dir == DMA_FROM_DEVICE)
		invalidate_dcache_range(addr, addr + len);
	else
		flush_dcache_range(addr, addr + len);
	return addr;
}

/** invalidate_dcache_range() unless the device only read. */
CCSAN_UBOOT_INLINE void dma_unmap_single(dma_addr_t addr, size_t len, enum dma_data_direction dir)
{
	len = ALIGN(len, (size_t)ARCH_DMA_MINALIGN);
	if (dir != DMA_TO_DEVICE)
		invalidate_dcache_range(addr, addr + len);
}

#endif
