/* SPDX-License-Identifier: MIT */
/* The kernel's heap, in frames of the direct map. */
#ifndef CCSAN_HOSTS_LINUX_SLAB_H
#define CCSAN_HOSTS_LINUX_SLAB_H

#include <linux/cache.h>
#include <linux/gfp.h>
#include <linux/types.h>

/**
 * Memory of a power of two of bytes, aligned to it.
 *
 * @param align at least so many bytes; with less than a cache line, objects share lines
 * Fidelity: simplified. No sizes but powers of two, no caches of each CPU.
 */
void *ccsan_kmalloc(size_t bytes, gfp_t gfp, size_t align);

/** Fidelity: exact. Freeing twice, freeing what was not allocated and freeing what a device still
 *  has is `api-misuse`. */
void kfree(const void *p);

/** Fidelity: exact */
size_t ksize(const void *p);
void *ccsan_krealloc(const void *p, size_t bytes, gfp_t gfp, size_t align);
void *ccsan_kmemdup(const void *p, size_t bytes, gfp_t gfp, size_t align);

#define kmalloc(bytes, gfp)     ccsan_kmalloc(bytes, gfp, ARCH_KMALLOC_MINALIGN)
#define kzalloc(bytes, gfp)     ccsan_kmalloc(bytes, (gfp) | __GFP_ZERO, ARCH_KMALLOC_MINALIGN)
#define krealloc(p, bytes, gfp) ccsan_krealloc(p, bytes, gfp, ARCH_KMALLOC_MINALIGN)
#define kmemdup(p, bytes, gfp)  ccsan_kmemdup(p, bytes, gfp, ARCH_KMALLOC_MINALIGN)

static inline void *kmalloc_array(size_t count, size_t bytes, gfp_t gfp)
{
	size_t all;

	return __builtin_mul_overflow(count, bytes, &all) ? NULL : kmalloc(all, gfp);
}

static inline void *kcalloc(size_t count, size_t bytes, gfp_t gfp)
{
	return kmalloc_array(count, bytes, gfp | __GFP_ZERO);
}

#endif
