/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: cache functions, with the behaviour of its ARMv7 port (arch/arm/cpu/armv7/cache_v7.c,
 * arch/arm/lib/cache.c). Ranges are [start, stop). In U-Boot's language *flush* cleans and
 * invalidates.
 *
 * Reference: U-Boot doc/README.arm-caches, include/cpu_func.h.
 */
#ifndef CCSAN_UBOOT_CPU_FUNC_H
#define CCSAN_UBOOT_CPU_FUNC_H

#include <stdio.h>

#include <asm/cache.h>
#include <ccsan/cache.h>
#include <linux/types.h>

#define CCSAN_UBOOT_INLINE __attribute__((always_inline)) static inline

#define CCSAN_UBOOT_RANGE(start, stop) \
	(const volatile void *)(uintptr_t)(start), (stop) > (start) ? (stop) - (start) : 0

/** Return: whether both ends are on a line; if not, says so as U-Boot does. */
CCSAN_UBOOT_INLINE int check_cache_range(unsigned long start, unsigned long stop)
{
	if (!((start | stop) & (CONFIG_SYS_CACHELINE_SIZE - 1)))
		return 1;
	printf("CACHE: Misaligned operation at range [%08lx, %08lx]\n", start, stop);
	return 0;
}

/** Verb: ccsan_dma_flush, of all lines that the range touches. */
CCSAN_UBOOT_INLINE void flush_dcache_range(unsigned long start, unsigned long stop)
{
	ccsan_dma_flush(CCSAN_UBOOT_RANGE(start, stop));
	ccsan_barrier();
}

/** Verb: ccsan_dma_invalidate. A range that does not begin and end on a line is *not* invalidated:
 *  there is a message, and the cache stays as it was. */
CCSAN_UBOOT_INLINE void invalidate_dcache_range(unsigned long start, unsigned long stop)
{
	if (!check_cache_range(start, stop))
		return;
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
__attribute__((weak)) int ccsan_uboot_dcache_off, ccsan_uboot_icache_off;

/** Model: memory is cached whatever this says; the functions keep the state, and clean. */
CCSAN_UBOOT_INLINE int dcache_status(void)
{
	return !ccsan_uboot_dcache_off;
}

/** Verb: ccsan_flush_all, if it was off: what was written meanwhile is in memory. */
CCSAN_UBOOT_INLINE void dcache_enable(void)
{
	if (ccsan_uboot_dcache_off)
		ccsan_flush_all();
	ccsan_uboot_dcache_off = 0;
}

/** Verb: ccsan_flush_all. Model: what is written until dcache_enable() is judged as cached. */
CCSAN_UBOOT_INLINE void dcache_disable(void)
{
	ccsan_flush_all();
	ccsan_uboot_dcache_off = 1;
}

CCSAN_UBOOT_INLINE int icache_status(void)
{
	return !ccsan_uboot_icache_off;
}

/** Verb: ccsan_icache_invalidate_all. */
CCSAN_UBOOT_INLINE void icache_enable(void)
{
	ccsan_icache_invalidate_all();
	ccsan_uboot_icache_off = 0;
}

/** Model: the instruction cache stays on. */
CCSAN_UBOOT_INLINE void icache_disable(void)
{
	ccsan_uboot_icache_off = 1;
}

#endif
