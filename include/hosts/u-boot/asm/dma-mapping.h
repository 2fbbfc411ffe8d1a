/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: coherent memory, as its ARM port has it.
 * Reference: U-Boot arch/arm/include/asm/dma-mapping.h.
 */
#ifndef CCSAN_UBOOT_ASM_DMA_MAPPING_H
#define CCSAN_UBOOT_ASM_DMA_MAPPING_H

#include <memalign.h>

/** Aligned memory, which is *cached* in spite of its name: it needs maintenance like any other.
 *  @param handle takes the bus address. Return: NULL if there is none */
static inline void *dma_alloc_coherent(size_t len, unsigned long *handle)
{
	void *memory = malloc_cache_aligned(len);

	*handle = (unsigned long)memory;
	return memory;
}

static inline void dma_free_coherent(void *addr)
{
	free(addr);
}

#endif
