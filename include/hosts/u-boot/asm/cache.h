/* SPDX-License-Identifier: MIT */
/* U-Boot: the line that buffers are aligned to, and memory without a cache.
 * Reference: U-Boot doc/README.arm-caches, arch/arm/include/asm/cache.h. */
#ifndef CCSAN_HOSTS_UBOOT_ASM_CACHE_H
#define CCSAN_HOSTS_UBOOT_ASM_CACHE_H

#include <malloc.h>

#include <ccsan/cache.h>
#include <ccsan/machine.h>
#include <linux/types.h>

/* The board's configuration. ARM's and most other lines are of at most 64 bytes; what runs on CPUs
 * with longer ones sets this, as U-Boot's configuration does. */
#ifndef CONFIG_SYS_CACHELINE_SIZE
#define CONFIG_SYS_CACHELINE_SIZE 64
#endif
#define ARCH_DMA_MINALIGN CONFIG_SYS_CACHELINE_SIZE

/** Verb: ccsan_set_cached. Uncached memory for descriptors, never given back.
 *  @param size bytes, @param align bytes, a power of two. Return: 0 if there is none */
static inline phys_addr_t noncached_alloc(size_t size, size_t align)
{
	size_t line = ccsan_line_size();
	size_t bytes = (size + line - 1) & ~(line - 1);
	void *memory = memalign(align > line ? align : line, bytes);

	if (!memory)
		return 0;
	ccsan_dma_flush(memory, bytes); /* U-Boot sets the region aside before it is used */
	ccsan_barrier();
	ccsan_set_cached(memory, bytes, false);
	return (phys_addr_t)(uintptr_t)memory;
}

#endif
