/* SPDX-License-Identifier: MIT */
/* U-Boot: barriers. Verb: ccsan_barrier; an instruction barrier orders no data.
 * Reference: U-Boot arch/arm/include/asm/barriers.h, asm/io.h. */
#ifndef CCSAN_HOSTS_UBOOT_ASM_BARRIERS_H
#define CCSAN_HOSTS_UBOOT_ASM_BARRIERS_H

#include <ccsan/cache.h>

#define isb() ((void)0)
#define dsb() ccsan_barrier()
#define dmb() ccsan_barrier()
#define mb()  dsb()
#define rmb() dsb()
#define wmb() dsb()

#endif
