/* SPDX-License-Identifier: MIT */
/* Zephyr: barriers. Reference: Zephyr, "Barriers API" (zephyr/sys/barrier.h). */
#ifndef CCSAN_ZEPHYR_BARRIER_H
#define CCSAN_ZEPHYR_BARRIER_H

#include <ccsan/cache.h>
#include <zephyr/toolchain.h>

/** Verb: ccsan_barrier. */
static ALWAYS_INLINE void barrier_dmem_fence_full(void)
{
	ccsan_barrier();
}

/** Verb: ccsan_barrier. */
static ALWAYS_INLINE void barrier_dsync_fence_full(void)
{
	ccsan_barrier();
}

/** Hosted code is not fetched. */
static ALWAYS_INLINE void barrier_isync_fence_full(void)
{
	__asm__ volatile("" ::: "memory");
}

#endif
