/* SPDX-License-Identifier: MIT */
/*
 * Cache operations, in the words of hardware manuals: *clean* writes dirty lines back, *invalidate*
 * discards lines, *flush* does both.
 *
 * Operations by address take any pointer to memory and act on the place that this alias leads to.
 * They are widened to whole lines, as hardware does, and that is how an invalidate hurts what
 * shares the first or last line. An empty range does nothing. Memory that no alias maps is
 * `api-misuse`.
 *
 * Model: an operation is complete when it returns, unless the option `barriers` is set: see
 * ccsan_barrier(). Bytes that an invalidate by address names are
 * given up by the program: it is wrong to read them before something writes them again. Dirty bytes
 * that it discards without naming them are lost at once.
 */
#ifndef CCSAN_CACHE_H
#define CCSAN_CACHE_H

#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

/** L1 data cache by virtual address. @param n bytes, 0 to SIZE_MAX - p */
void ccsan_clean(const volatile void *p, size_t n);
void ccsan_invalidate(const volatile void *p, size_t n);
void ccsan_flush(const volatile void *p, size_t n);

/** The whole L1 data cache, by set and way. Nothing is given up: what is dirty is lost. */
void ccsan_clean_all(void);
void ccsan_invalidate_all(void);
void ccsan_flush_all(void);

/** Instruction cache by virtual address, and whole. */
void ccsan_icache_invalidate(const volatile void *p, size_t n);
void ccsan_icache_invalidate_all(void);

/** The outer cache (L2 beyond the CPU), by the physical addresses that the pointer leads to. On
 * CPUs without one nothing happens. */
void ccsan_outer_clean(const volatile void *p, size_t n);
void ccsan_outer_invalidate(const volatile void *p, size_t n);
void ccsan_outer_flush(const volatile void *p, size_t n);

/**
 * All levels down to memory in the right order: clean from inside out, invalidate so that it is
 * right before a transfer and after one (with an outer cache: L1, outer, L1 again). What the cache
 * functions of operating systems do; use these unless levels are what you test.
 */
void ccsan_dma_clean(const volatile void *p, size_t n);
void ccsan_dma_invalidate(const volatile void *p, size_t n);
void ccsan_dma_flush(const volatile void *p, size_t n);

/** Waits for this CPU's cache operations and uncached stores.
 *  Model: CPUs see them as complete anyway. Devices may come before them until the barrier, if the
 *  option `barriers` asks for it: then a device access that goes wrong is `missing-barrier`. */
void ccsan_barrier(void);

/** The CPU fetches instructions from these bytes (hosted code is not simulated: say it). */
void ccsan_fetch(const volatile void *p, size_t n);

/** The content of these bytes matters to nobody any more, as after free(). */
void ccsan_forget(const volatile void *p, size_t n);

/** Bytes in a data-cache line of the CPU that is simulated, 16 to 256. */
size_t ccsan_line_size(void);

#ifdef __cplusplus
}
#endif
#endif
