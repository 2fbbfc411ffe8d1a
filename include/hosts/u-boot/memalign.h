/* SPDX-License-Identifier: MIT */
/* U-Boot: buffers that share no line with anything. Reference: U-Boot include/memalign.h. */
#ifndef CCSAN_UBOOT_MEMALIGN_H
#define CCSAN_UBOOT_MEMALIGN_H

#include <malloc.h>

#include <asm/cache.h>
#include <linux/kernel.h>

/** A pointer `name` to `size` elements on the stack, aligned, the rest of the last line unused. */
#define ALLOC_ALIGN_BUFFER(type, name, size, align)                         \
	char __##name[ROUND((size) * sizeof(type), (align)) + ((align)-1)]; \
	type *name = (type *)ALIGN((uintptr_t)__##name, (align))
#define ALLOC_CACHE_ALIGN_BUFFER(type, name, size) \
	ALLOC_ALIGN_BUFFER(type, name, size, ARCH_DMA_MINALIGN)

/** The same outside of functions. */
#define DEFINE_ALIGN_BUFFER(type, name, size, align)                                  \
	static char __##name[ROUND((size) * sizeof(type), (align))] __aligned(align); \
	static type *name = (type *)__##name
#define DEFINE_CACHE_ALIGN_BUFFER(type, name, size) \
	DEFINE_ALIGN_BUFFER(type, name, size, ARCH_DMA_MINALIGN)

/** Return: memory for free(), NULL if there is none. @param size bytes, rounded up to lines */
static inline void *malloc_cache_aligned(size_t size)
{
	return memalign(ARCH_DMA_MINALIGN, ROUND(size, (size_t)ARCH_DMA_MINALIGN));
}

#endif
