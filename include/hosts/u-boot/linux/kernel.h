/* SPDX-License-Identifier: MIT */
/* U-Boot: the arithmetic of linux/kernel.h. `align` is a power of two. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_KERNEL_H
#define CCSAN_HOSTS_UBOOT_LINUX_KERNEL_H

#include <linux/types.h>

#define ALIGN(x, align) \
	(((x) + ((__typeof__((x) + 0))(align)-1)) & ~((__typeof__((x) + 0))(align)-1))
#define ALIGN_DOWN(x, align) ((x) & ~((__typeof__((x) + 0))(align)-1))
#define IS_ALIGNED(x, align) (((x) & ((__typeof__((x) + 0))(align)-1)) == 0)
#define ROUND(a, b)          (((a) + (b)-1) & ~((b)-1))
#define DIV_ROUND_UP(n, d)   (((n) + (d)-1) / (d))
#define roundup(x, y)        (DIV_ROUND_UP(x, y) * (y))
#define rounddown(x, y)      ((x) - (x) % (y))
#define ARRAY_SIZE(a)        (sizeof(a) / sizeof((a)[0]))
#define lower_32_bits(n)     ((u32)(n))
#define upper_32_bits(n)     ((u32)((u64)(n) >> 32))

#ifndef __cplusplus
#define min(a, b)                                      \
	({                                             \
		__typeof__(a) ccsan_a = (a);           \
		__typeof__(b) ccsan_b = (b);           \
		ccsan_a < ccsan_b ? ccsan_a : ccsan_b; \
	})
#define max(a, b)                                      \
	({                                             \
		__typeof__(a) ccsan_a = (a);           \
		__typeof__(b) ccsan_b = (b);           \
		ccsan_a > ccsan_b ? ccsan_a : ccsan_b; \
	})
#endif
#define min_t(type, a, b) ((type)(a) < (type)(b) ? (type)(a) : (type)(b))
#define max_t(type, a, b) ((type)(a) > (type)(b) ? (type)(a) : (type)(b))

#ifndef container_of
#define container_of(p, type, member) ((type *)((char *)(p)-offsetof(type, member)))
#endif

#endif
