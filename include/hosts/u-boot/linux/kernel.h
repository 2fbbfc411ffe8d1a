/* SPDX-License-Identifier: MIT */
/* U-Boot: the arithmetic of linux/kernel.h. `align` is a power of two. */
#ifndef CCSAN_UBOOT_LINUX_KERNEL_H
#define CCSAN_UBOOT_LINUX_KERNEL_H

#include <linux/types.h>

#define ALIGN(x, align)      (((x) + ((__typeof__(x))(align)-1)) & ~((__typeof__(x))(align)-1))
#define ALIGN_DOWN(x, align) ((x) & ~((__typeof__(x))(align)-1))
#define IS_ALIGNED(x, align) (((x) & ((__typeof__(x))(align)-1)) == 0)
#define ROUND(a, b)          (((a) + (b)-1) & ~((b)-1))
#define DIV_ROUND_UP(n, d)   (((n) + (d)-1) / (d))
#define roundup(x, y)        (DIV_ROUND_UP(x, y) * (y))
#define ARRAY_SIZE(a)        (sizeof(a) / sizeof((a)[0]))

#endif
