/* SPDX-License-Identifier: MIT */
/* U-Boot: buffers that share no line with anything. Reference: U-Boot include/memalign.h. */
#ifndef CCSAN_HOSTS_UBOOT_MEMALIGN_H
#define CCSAN_HOSTS_UBOOT_MEMALIGN_H

#include <malloc.h>

#include <asm/cache.h>
#include <linux/kernel.h>

/** A pointer `name` to `size` elements on the stack, aligned, the rest of the last line unused.
 *  @param pad the elements' bytes are rounded up to a multiple of this first */
#define ALLOC_ALIGN_BUFFER_PAD(type, name, size, align, pad)                                  \
	char __##name[ROUND(roundup((size) * sizeof(type), (size_t)(pad)), (size_t)(align)) + \
		      ((align)-1)];                                                           \
	type *name = (type *)ALIGN((uintptr_t)__##name, (align))
#define ALLOC_ALIGN_BUFFER(type, name, size, align) \
	ALLOC_ALIGN_BUFFER_PAD(type, name, size, align, 1)
#define ALLOC_CACHE_ALIGN_BUFFER_PAD(type, name, size, pad) \
	ALLOC_ALIGN_BUFFER_PAD(type, name, size, ARCH_DMA_MINALIGN, pad)
#define ALLOC_CACHE_ALIGN_BUFFER(type, name, size) \
	ALLOC_ALIGN_BUFFER(type, name, size, ARCH_DMA_MINALIGN)

/** The same outside of functions. */
#define DEFINE_ALIGN_BUFFER(type, name, size, align)                                          \
	static char __##name[ROUND((size) * sizeof(type), (size_t)(align))] __aligned(align); \
	static type *name = (type *)__##name
#define DEFINE_CACHE_ALIGN_BUFFER(type, name, size) \
	DEFINE_ALIGN_BUFFER(type, name, size, ARCH_DMA_MINALIGN)

/** Return: memory for free(), NULL if there is none. @param size bytes, rounded up to lines */
static inline void *malloc_cache_aligned(size_t size)
{
	return memalign(ARCH_DMA_MINALIGN, ROUND(size, (size_t)ARCH_DMA_MINALIGN));
}

#endif
