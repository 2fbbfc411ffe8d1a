/* SPDX-License-Identifier: MIT */
/* U-Boot: the line that buffers are aligned to. Reference: U-Boot doc/README.arm-caches. */
#ifndef CCSAN_UBOOT_ASM_CACHE_H
#define CCSAN_UBOOT_ASM_CACHE_H

/* The board's configuration; the longest line of all CPUs unless the build says otherwise. */
#ifndef CONFIG_SYS_CACHELINE_SIZE
#define CONFIG_SYS_CACHELINE_SIZE 64
#endif
#define ARCH_DMA_MINALIGN CONFIG_SYS_CACHELINE_SIZE

#endif
