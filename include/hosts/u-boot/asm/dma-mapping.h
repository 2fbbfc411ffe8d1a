/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: "coherent" memory, as its ARM port has it.
 * Reference: U-Boot arch/arm/include/asm/dma-mapping.h.
 */
#ifndef CCSAN_HOSTS_UBOOT_ASM_DMA_MAPPING_H
#define CCSAN_HOSTS_UBOOT_ASM_DMA_MAPPING_H

#include <linux/dma-direction.h>
#include <memalign.h>

/** Aligned memory, which is *cached* in spite of its name: it needs maintenance like any other.
 *  (noncached_alloc() of asm/cache.h gives what one might expect here.)
 *  @param len bytes, @param handle takes the bus address. Return: NULL if there is none.
 *  Owns: the caller, for dma_free_coherent() */
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
