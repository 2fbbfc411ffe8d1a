/* SPDX-License-Identifier: MIT */
/* Alignment to cache lines. One binary runs on every CPU, so this is the largest line of those in
 * cpus/. */
#ifndef CCSAN_HOSTS_LINUX_CACHE_H
#define CCSAN_HOSTS_LINUX_CACHE_H

#include <linux/compiler.h>

#define L1_CACHE_SHIFT  6
#define L1_CACHE_BYTES  (1 << L1_CACHE_SHIFT)
#define SMP_CACHE_BYTES L1_CACHE_BYTES

/* What kmalloc() aligns to at least. A build with -DARCH_DMA_MINALIGN=8 gets the kernel that does
 * not: small objects share lines there. */
#ifndef ARCH_DMA_MINALIGN
#define ARCH_DMA_MINALIGN 128
#endif
#define ARCH_KMALLOC_MINALIGN ARCH_DMA_MINALIGN

#define ____cacheline_aligned        __aligned(L1_CACHE_BYTES)
#define __cacheline_aligned          ____cacheline_aligned
#define ____cacheline_aligned_in_smp ____cacheline_aligned
#define __dma_from_device_group_begin(...) \
	char __aligned(ARCH_DMA_MINALIGN) __dma_begin##__VA_ARGS__[0]
#define __dma_from_device_group_end(...) char __aligned(ARCH_DMA_MINALIGN) __dma_end##__VA_ARGS__[0]

#endif
