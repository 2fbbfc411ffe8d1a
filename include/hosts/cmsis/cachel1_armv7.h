/* SPDX-License-Identifier: MIT */
/*
 * CMSIS-Core (Cortex-M): cache functions. Included by core_cm7.h.
 *
 * Each contains the barriers that CMSIS puts into it. The functions by address do nothing for a
 * size of 0 or less, and act on every line that the range touches. They reach all levels down to
 * memory, so that a driver can be run on CPUs with an outer cache as well.
 *
 * Reference: CMSIS-Core (Cortex-M) documentation, "Cache Functions"; Cortex-M7 TRM (ARM DDI 0489F),
 * 5.9 "L1 caches".
 */
#ifndef CCSAN_CMSIS_CACHEL1_ARMV7_H
#define CCSAN_CMSIS_CACHEL1_ARMV7_H

#include <ccsan_scb.h>

/* Fixed on a Cortex-M7. Other CPUs of `--cpu all` have lines of up to 64 bytes. */
#ifndef __SCB_DCACHE_LINE_SIZE
#define __SCB_DCACHE_LINE_SIZE 32U
#endif
#ifndef __SCB_ICACHE_LINE_SIZE
#define __SCB_ICACHE_LINE_SIZE 32U
#endif

/* --- instruction cache --- */

/** Model: it is always on. Verb: ccsan_icache_invalidate_all, when it was off. */
__STATIC_FORCEINLINE void SCB_EnableICache(void)
{
	if (SCB->CCR & SCB_CCR_IC_Msk)
		return;
	__DSB();
	ccsan_icache_invalidate_all();
	SCB->CCR |= SCB_CCR_IC_Msk;
	__DSB();
	__ISB();
}

/** Verb: ccsan_icache_invalidate_all. */
__STATIC_FORCEINLINE void SCB_DisableICache(void)
{
	__DSB();
	SCB->CCR &= ~(uint32_t)SCB_CCR_IC_Msk;
	ccsan_icache_invalidate_all();
	__DSB();
	__ISB();
}

/** Verb: ccsan_icache_invalidate_all. */
__STATIC_FORCEINLINE void SCB_InvalidateICache(void)
{
	__DSB();
	ccsan_icache_invalidate_all();
	__DSB();
	__ISB();
}

/** Verb: ccsan_icache_invalidate. @param isize bytes */
__STATIC_FORCEINLINE void SCB_InvalidateICache_by_Addr(volatile void *addr, int32_t isize)
{
	if (isize <= 0)
		return;
	__DSB();
	ccsan_icache_invalidate(addr, (size_t)isize);
	__DSB();
	__ISB();
}

/* --- data cache, whole: by set and way, the L1 only. On CPUs with an outer cache, which a
 * Cortex-M7 is not, that is not enough for a device. --- */

/**
 * Verb: ccsan_flush_all, when it was off: what went before was written with the cache off, so it is
 * in memory.
 * Model: memory is cached from the start, also for programs that never call this; a program that
 * does is taken to have started with the cache off, as after reset.
 */
__STATIC_FORCEINLINE void SCB_EnableDCache(void)
{
	if (SCB->CCR & SCB_CCR_DC_Msk)
		return;
	__DSB();
	ccsan_flush_all();
	SCB->CCR |= SCB_CCR_DC_Msk;
	__DSB();
	__ISB();
}

/** Verb: ccsan_flush_all. Model: what is written with the cache off is judged as if it were on,
 *  until SCB_EnableDCache(), so findings in between can be false. */
__STATIC_FORCEINLINE void SCB_DisableDCache(void)
{
	__DSB();
	SCB->CCR &= ~(uint32_t)SCB_CCR_DC_Msk;
	ccsan_flush_all();
	__DSB();
	__ISB();
}

/** Verb: ccsan_invalidate_all: whatever is dirty is lost. */
__STATIC_FORCEINLINE void SCB_InvalidateDCache(void)
{
	__DSB();
	ccsan_invalidate_all();
	__DSB();
	__ISB();
}

/** Verb: ccsan_clean_all. */
__STATIC_FORCEINLINE void SCB_CleanDCache(void)
{
	__DSB();
	ccsan_clean_all();
	__DSB();
	__ISB();
}

/** Verb: ccsan_flush_all. */
__STATIC_FORCEINLINE void SCB_CleanInvalidateDCache(void)
{
	__DSB();
	ccsan_flush_all();
	__DSB();
	__ISB();
}

/* --- data cache, by address --- */

/** Verb: ccsan_dma_invalidate, right before a transfer and after one. @param dsize bytes */
__STATIC_FORCEINLINE void SCB_InvalidateDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	if (dsize <= 0)
		return;
	__DSB();
	ccsan_dma_invalidate(addr, (size_t)dsize);
	__DSB();
	__ISB();
}

/** Verb: ccsan_dma_clean. @param dsize bytes */
__STATIC_FORCEINLINE void SCB_CleanDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	if (dsize <= 0)
		return;
	__DSB();
	ccsan_dma_clean(addr, (size_t)dsize);
	__DSB();
	__ISB();
}

/** Verb: ccsan_dma_flush. @param dsize bytes */
__STATIC_FORCEINLINE void SCB_CleanInvalidateDCache_by_Addr(volatile void *addr, int32_t dsize)
{
	if (dsize <= 0)
		return;
	__DSB();
	ccsan_dma_flush(addr, (size_t)dsize);
	__DSB();
	__ISB();
}

#endif
