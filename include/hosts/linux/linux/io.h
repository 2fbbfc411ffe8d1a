/* SPDX-License-Identifier: MIT */
/* Registers of devices, little-endian: host memory that ccsan_device_registers() was told of. */
#ifndef CCSAN_HOSTS_LINUX_IO_H
#define CCSAN_HOSTS_LINUX_IO_H

#include <asm/barrier.h>
#include <ccsan/device.h>
#include <linux/types.h>

/* Fidelity: exact. The device sees a store before the function returns. */
#define CCSAN_ACCESSORS(suffix, type)                                                    \
	static inline type read##suffix##_relaxed(const volatile void __iomem *p)        \
	{                                                                                \
		return *(const volatile type *)p;                                        \
	}                                                                                \
	static inline type read##suffix(const volatile void __iomem *p)                  \
	{                                                                                \
		type value = read##suffix##_relaxed(p);                                  \
		rmb();                                                                   \
		return value;                                                            \
	}                                                                                \
	static inline void write##suffix##_relaxed(type value, volatile void __iomem *p) \
	{                                                                                \
		*(volatile type *)p = value;                                             \
		ccsan_device_settle();                                                   \
	}                                                                                \
	static inline void write##suffix(type value, volatile void __iomem *p)           \
	{                                                                                \
		wmb();                                                                   \
		write##suffix##_relaxed(value, p);                                       \
	}

CCSAN_ACCESSORS(b, u8)
CCSAN_ACCESSORS(w, u16)
CCSAN_ACCESSORS(l, u32)
CCSAN_ACCESSORS(q, u64)

#endif
