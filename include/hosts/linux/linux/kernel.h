/* SPDX-License-Identifier: MIT */
/* The kernel's everyday macros. */
#ifndef CCSAN_HOSTS_LINUX_KERNEL_H
#define CCSAN_HOSTS_LINUX_KERNEL_H

#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/printk.h>
#include <linux/types.h>

#define ARRAY_SIZE(array)             (sizeof(array) / sizeof((array)[0]))
#define container_of(p, type, member) ((type *)(void *)((char *)(p)-offsetof(type, member)))

#define __ALIGN_MASK(x, mask) (((x) + (mask)) & ~(mask))
#define ALIGN(x, a)           __ALIGN_MASK(x, (__typeof__(x))(a)-1)
#define ALIGN_DOWN(x, a)      ((x) & ~((__typeof__(x))(a)-1))
#define IS_ALIGNED(x, a)      (((x) & ((__typeof__(x))(a)-1)) == 0)
#define DIV_ROUND_UP(n, d)    (((n) + (d)-1) / (d))

#define min(a, b)                              \
	({                                     \
		__typeof__(a) min_a = (a);     \
		__typeof__(b) min_b = (b);     \
		min_a < min_b ? min_a : min_b; \
	})
#define max(a, b)                              \
	({                                     \
		__typeof__(a) max_a = (a);     \
		__typeof__(b) max_b = (b);     \
		max_a > max_b ? max_a : max_b; \
	})
#define min_t(type, a, b) min((type)(a), (type)(b))
#define max_t(type, a, b) max((type)(a), (type)(b))

#define upper_32_bits(n) ((u32)((u64)(n) >> 32))
#define lower_32_bits(n) ((u32)(n))

#define WARN_ON(condition)                                                               \
	({                                                                               \
		bool warn_on = !!(condition);                                            \
		if (warn_on)                                                             \
			pr_warn("%s:%d: WARN_ON(%s)\n", __FILE__, __LINE__, #condition); \
		warn_on;                                                                 \
	})
#define WARN_ON_ONCE(condition) WARN_ON(condition)
#define BUG_ON(condition)                 \
	do {                              \
		if (condition)            \
			__builtin_trap(); \
	} while (0)

#endif
