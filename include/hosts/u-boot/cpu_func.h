/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: the cache functions, with the behaviour of its ARMv7 port (arch/arm/cpu/armv7/cache_v7.c,
 * arch/arm/lib/cache.c). Ranges are [start, stop). In U-Boot's language *flush* cleans and
 * invalidates. The range functions reach all levels down to memory, and end with a barrier.
 *
 * Reference: U-Boot doc/README.arm-caches, "Guidelines for Working with D-cache" and "Buffer
 * Requirements"; include/cpu_func.h.
 */
#ifndef CCSAN_HOSTS_UBOOT_CPU_FUNC_H
#define CCSAN_HOSTS_UBOOT_CPU_FUNC_H

#include <stdio.h>

#include <asm/cache.h>
#include <ccsan/cache.h>
#include <linux/types.h>

/* In place: reports then name the driver's line first. */
#define CCSAN_UBOOT_INLINE __attribute__((always_inline)) static inline

#define CCSAN_UBOOT_RANGE(start, stop) \
	(const volatile void *)(uintptr_t)(start), (size_t)((stop) > (start) ? (stop) - (start) : 0)

/** Return: whether both ends are on a line; if not, says so as U-Boot does (outside of SPL).
 *  Model: once for each call; the ARMv7 port's invalidate says it twice. */
CCSAN_UBOOT_INLINE int check_cache_range(unsigned long start, unsigned long stop)
{
	if (!((start | stop) & (CONFIG_SYS_CACHELINE_SIZE - 1)))
		return 1;
	printf("CACHE: Misaligned operation at range [%08lx, %08lx]\n", start, stop);
	return 0;
}

/** Verb: ccsan_dma_flush. A range that does not begin and end on a line gets the message, and is
 *  widened to whole lines. (ARM926 and RISC-V leave it alone instead, as below.)
 *  Reference: doc/README.arm-caches, "Memory to Peripheral DMA". */
CCSAN_UBOOT_INLINE void flush_dcache_range(unsigned long start, unsigned long stop)
{
	check_cache_range(start, stop);
	ccsan_dma_flush(CCSAN_UBOOT_RANGE(start, stop));
	ccsan_barrier();
}

/** Verb: ccsan_dma_invalidate. A range that does not begin and end on a line is *not* invalidated,
 *  not even the lines in its middle: there is the message, and the caches stay as they were.
 *  Model: what an outer cache's driver does with such a range (each does something else) is left
 *  out; L1 has the stale line anyway.
 *  Reference: doc/README.arm-caches, "Peripheral to Memory DMA" and "Buffer Requirements". */
CCSAN_UBOOT_INLINE void invalidate_dcache_range(unsigned long start, unsigned long stop)
{
	if (check_cache_range(start, stop))
		ccsan_dma_invalidate(CCSAN_UBOOT_RANGE(start, stop));
	ccsan_barrier();
}

/** As flush_dcache_range(). @param size bytes */
CCSAN_UBOOT_INLINE void flush_cache(unsigned long addr, unsigned long size)
{
	flush_dcache_range(addr, addr + size);
}

/** Verb: ccsan_flush_all. Model: of the data cache; an outer cache keeps what it has. */
CCSAN_UBOOT_INLINE void flush_dcache_all(void)
{
	ccsan_flush_all();
	ccsan_barrier();
}

/** Verb: ccsan_invalidate_all: whatever is dirty is lost. Model: as flush_dcache_all(). */
CCSAN_UBOOT_INLINE void invalidate_dcache_all(void)
{
	ccsan_invalidate_all();
	ccsan_barrier();
}

/** Verb: ccsan_icache_invalidate_all. */
CCSAN_UBOOT_INLINE void invalidate_icache_all(void)
{
	ccsan_icache_invalidate_all();
	ccsan_barrier();
}

/* Both caches are on from the start. */
#ifdef __cplusplus
extern "C" {
#endif
__attribute__((weak)) int ccsan_uboot_dcache_off, ccsan_uboot_icache_off;
#ifdef __cplusplus
}
#endif

/** Model: memory is cached whatever this says; the functions keep the state, and clean. */
CCSAN_UBOOT_INLINE int dcache_status(void)
{
	return !ccsan_uboot_dcache_off;
}

/** Verb: ccsan_flush_all, if it was off: what was written meanwhile is in memory. */
CCSAN_UBOOT_INLINE void dcache_enable(void)
{
	if (ccsan_uboot_dcache_off)
		flush_dcache_all();
	ccsan_uboot_dcache_off = 0;
}

/** Verb: ccsan_flush_all. Model: what is written until dcache_enable() is judged as cached.
 *  Reference: doc/README.arm-caches, "Cleanup Before Linux". */
CCSAN_UBOOT_INLINE void dcache_disable(void)
{
	flush_dcache_all();
	ccsan_uboot_dcache_off = 1;
}

CCSAN_UBOOT_INLINE int icache_status(void)
{
	return !ccsan_uboot_icache_off;
}

/** Verb: ccsan_icache_invalidate_all. */
CCSAN_UBOOT_INLINE void icache_enable(void)
{
	invalidate_icache_all();
	ccsan_uboot_icache_off = 0;
}

/** Model: the instruction cache stays on. */
CCSAN_UBOOT_INLINE void icache_disable(void)
{
	ccsan_uboot_icache_off = 1;
}

/** Caches are on: nothing to do. */
CCSAN_UBOOT_INLINE void enable_caches(void)
{
	icache_enable();
	dcache_enable();
}

#endif
