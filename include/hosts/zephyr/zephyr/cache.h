/* SPDX-License-Identifier: MIT */
/*
 * Zephyr: the cache API. Its words differ from the manuals': *flush* is a clean, *invd* an
 * invalidate, *flush_and_invd* both.
 *
 * Every function that can fail returns 0, or -ENOTSUP for a cache that the build turns off with
 * CONFIG_DCACHE=0 or CONFIG_ICACHE=0, and for what no architecture offers (a flush of the
 * instruction cache).
 *
 * Each contains the barrier that its ports have, as arch/arm's (through CMSIS) do.
 *
 * Reference: Zephyr documentation, "Cache Interface" (zephyr/cache.h) and "Caching Basics".
 */
#ifndef CCSAN_ZEPHYR_CACHE_H
#define CCSAN_ZEPHYR_CACHE_H

#include <ccsan/cache.h>
#include <zephyr/kernel.h>

#ifndef CONFIG_DCACHE
#define CONFIG_DCACHE 1
#endif
#ifndef CONFIG_ICACHE
#define CONFIG_ICACHE 1
#endif

/* --- on and off --- */

/** Verb: ccsan_flush_all: what was written with the cache off is in memory.
 *  Model: memory is cached from the start, also for programs that never call this. */
static ALWAYS_INLINE void sys_cache_data_enable(void)
{
	if (CONFIG_DCACHE)
		ccsan_flush_all();
}

/** Verb: ccsan_flush_all. Model: what is written afterwards is judged as cached. */
static ALWAYS_INLINE void sys_cache_data_disable(void)
{
	if (CONFIG_DCACHE)
		ccsan_flush_all();
}

/** Verb: ccsan_icache_invalidate_all. */
static ALWAYS_INLINE void sys_cache_instr_enable(void)
{
	if (CONFIG_ICACHE)
		ccsan_icache_invalidate_all();
}

/** Verb: ccsan_icache_invalidate_all. */
static ALWAYS_INLINE void sys_cache_instr_disable(void)
{
	if (CONFIG_ICACHE)
		ccsan_icache_invalidate_all();
}

/* --- whole caches: by set and way, the L1 only. Drivers that are to be judged on CPUs with an
 * outer cache name ranges. --- */

/** Verb: ccsan_clean_all. */
static ALWAYS_INLINE int sys_cache_data_flush_all(void)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_clean_all();
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_invalidate_all: whatever is dirty is lost. */
static ALWAYS_INLINE int sys_cache_data_invd_all(void)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_invalidate_all();
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_flush_all. */
static ALWAYS_INLINE int sys_cache_data_flush_and_invd_all(void)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_flush_all();
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_icache_invalidate_all. */
static ALWAYS_INLINE int sys_cache_instr_invd_all(void)
{
	if (!CONFIG_ICACHE)
		return -ENOTSUP;
	ccsan_icache_invalidate_all();
	ccsan_barrier();
	return 0;
}

/** An instruction cache holds nothing to write back. Return: -ENOTSUP */
static ALWAYS_INLINE int sys_cache_instr_flush_all(void)
{
	return -ENOTSUP;
}

/** Return: -ENOTSUP */
static ALWAYS_INLINE int sys_cache_instr_flush_and_invd_all(void)
{
	return -ENOTSUP;
}

/* --- ranges, widened to whole lines, down to memory; size in bytes --- */

/** Verb: ccsan_dma_clean. */
static ALWAYS_INLINE int sys_cache_data_flush_range(void *addr, size_t size)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_dma_clean(addr, size);
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_dma_invalidate, right before a transfer and after one. What shares the first or last
 *  line is invalidated too; Zephyr calls such a range undefined. */
static ALWAYS_INLINE int sys_cache_data_invd_range(void *addr, size_t size)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_dma_invalidate(addr, size);
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_dma_flush. */
static ALWAYS_INLINE int sys_cache_data_flush_and_invd_range(void *addr, size_t size)
{
	if (!CONFIG_DCACHE)
		return -ENOTSUP;
	ccsan_dma_flush(addr, size);
	ccsan_barrier();
	return 0;
}

/** Verb: ccsan_icache_invalidate. */
static ALWAYS_INLINE int sys_cache_instr_invd_range(void *addr, size_t size)
{
	if (!CONFIG_ICACHE)
		return -ENOTSUP;
	ccsan_icache_invalidate(addr, size);
	ccsan_barrier();
	return 0;
}

/** Return: -ENOTSUP */
static ALWAYS_INLINE int sys_cache_instr_flush_range(void *addr, size_t size)
{
	ARG_UNUSED(addr);
	ARG_UNUSED(size);
	return -ENOTSUP;
}

/** Return: -ENOTSUP */
static ALWAYS_INLINE int sys_cache_instr_flush_and_invd_range(void *addr, size_t size)
{
	return sys_cache_instr_flush_range(addr, size);
}

/* --- questions --- */

/** As with CONFIG_DCACHE_LINE_SIZE_DETECT: that of the simulated CPU. Return: bytes, 0 if off */
static ALWAYS_INLINE size_t sys_cache_data_line_size_get(void)
{
	return CONFIG_DCACHE ? ccsan_line_size() : 0;
}

/** Model: the data cache's. Return: bytes, 0 if off */
static ALWAYS_INLINE size_t sys_cache_instr_line_size_get(void)
{
	return CONFIG_ICACHE ? ccsan_line_size() : 0;
}

/* Without CONFIG_CACHE_HAS_MIRRORED_MEMORY_REGIONS: no pointer is in either region, and each
 * stands for itself. */
static ALWAYS_INLINE bool sys_cache_is_ptr_cached(void *ptr)
{
	ARG_UNUSED(ptr);
	return false;
}

static ALWAYS_INLINE bool sys_cache_is_ptr_uncached(void *ptr)
{
	ARG_UNUSED(ptr);
	return false;
}

static ALWAYS_INLINE void __sparse_cache *sys_cache_cached_ptr_get(void *ptr)
{
	return ptr;
}

static ALWAYS_INLINE void *sys_cache_uncached_ptr_get(void __sparse_cache *ptr)
{
	return ptr;
}

#endif
