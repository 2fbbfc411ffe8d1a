/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: registers of devices, little-endian: host memory that ccsan_device_registers() was told
 * of. Addresses are pointers or integers, as in U-Boot. A barrier precedes a write and follows a
 * read; the raw and relaxed ones have none.
 * Model: the device sees a write before the next statement; raw writes wait for the next call of
 * ccsan. Reference: U-Boot arch/arm/include/asm/io.h.
 */
#ifndef CCSAN_HOSTS_UBOOT_ASM_IO_H
#define CCSAN_HOSTS_UBOOT_ASM_IO_H

#include <asm/barriers.h>
#include <asm/byteorder.h>
#include <ccsan/device.h>
#include <linux/kernel.h>
#include <linux/types.h>

#define CCSAN_UBOOT_ACCESSORS(suffix, type)                                        \
	static inline type ccsan_uboot_read##suffix(const volatile void *p)        \
	{                                                                          \
		type value = *(const volatile type *)p;                            \
		dmb();                                                             \
		return value;                                                      \
	}                                                                          \
	static inline void ccsan_uboot_write##suffix(type value, volatile void *p) \
	{                                                                          \
		dmb();                                                             \
		*(volatile type *)p = value;                                       \
		ccsan_device_settle();                                             \
	}

CCSAN_UBOOT_ACCESSORS(b, u8)
CCSAN_UBOOT_ACCESSORS(w, u16)
CCSAN_UBOOT_ACCESSORS(l, u32)
CCSAN_UBOOT_ACCESSORS(q, u64)

#define CCSAN_UBOOT_REGISTER(a) ((volatile void *)(uintptr_t)(a))

#define readb(a)     ccsan_uboot_readb(CCSAN_UBOOT_REGISTER(a))
#define readw(a)     ccsan_uboot_readw(CCSAN_UBOOT_REGISTER(a))
#define readl(a)     ccsan_uboot_readl(CCSAN_UBOOT_REGISTER(a))
#define readq(a)     ccsan_uboot_readq(CCSAN_UBOOT_REGISTER(a))
#define writeb(v, a) ccsan_uboot_writeb((u8)(v), CCSAN_UBOOT_REGISTER(a))
#define writew(v, a) ccsan_uboot_writew((u16)(v), CCSAN_UBOOT_REGISTER(a))
#define writel(v, a) ccsan_uboot_writel((u32)(v), CCSAN_UBOOT_REGISTER(a))
#define writeq(v, a) ccsan_uboot_writeq((u64)(v), CCSAN_UBOOT_REGISTER(a))

#define __raw_readb(a)     (*(volatile u8 *)CCSAN_UBOOT_REGISTER(a))
#define __raw_readw(a)     (*(volatile u16 *)CCSAN_UBOOT_REGISTER(a))
#define __raw_readl(a)     (*(volatile u32 *)CCSAN_UBOOT_REGISTER(a))
#define __raw_readq(a)     (*(volatile u64 *)CCSAN_UBOOT_REGISTER(a))
#define __raw_writeb(v, a) ((void)(__raw_readb(a) = (v)))
#define __raw_writew(v, a) ((void)(__raw_readw(a) = (v)))
#define __raw_writel(v, a) ((void)(__raw_readl(a) = (v)))
#define __raw_writeq(v, a) ((void)(__raw_readq(a) = (v)))

#define readb_relaxed(a)     __raw_readb(a)
#define readw_relaxed(a)     __raw_readw(a)
#define readl_relaxed(a)     __raw_readl(a)
#define readq_relaxed(a)     __raw_readq(a)
#define writeb_relaxed(v, a) __raw_writeb(v, a)
#define writew_relaxed(v, a) __raw_writew(v, a)
#define writel_relaxed(v, a) __raw_writel(v, a)
#define writeq_relaxed(v, a) __raw_writeq(v, a)

#define in_8(a)        __raw_readb(a)
#define in_le16(a)     le16_to_cpu(__raw_readw(a))
#define in_le32(a)     le32_to_cpu(__raw_readl(a))
#define in_be32(a)     be32_to_cpu(__raw_readl(a))
#define out_8(a, v)    __raw_writeb(v, a)
#define out_le16(a, v) __raw_writew(cpu_to_le16(v), a)
#define out_le32(a, v) __raw_writel(cpu_to_le32(v), a)
#define out_be32(a, v) __raw_writel(cpu_to_be32(v), a)

#define clrbits_8(a, clear)            out_8(a, in_8(a) & ~(clear))
#define setbits_8(a, set)              out_8(a, in_8(a) | (set))
#define clrsetbits_8(a, clear, set)    out_8(a, (in_8(a) & ~(clear)) | (set))
#define clrbits_le16(a, clear)         out_le16(a, in_le16(a) & ~(clear))
#define setbits_le16(a, set)           out_le16(a, in_le16(a) | (set))
#define clrsetbits_le16(a, clear, set) out_le16(a, (in_le16(a) & ~(clear)) | (set))
#define clrbits_le32(a, clear)         out_le32(a, in_le32(a) & ~(clear))
#define setbits_le32(a, set)           out_le32(a, in_le32(a) | (set))
#define clrsetbits_le32(a, clear, set) out_le32(a, (in_le32(a) & ~(clear)) | (set))

/** Addresses are the same on both sides. */
static inline phys_addr_t virt_to_phys(void *vaddr)
{
	return (phys_addr_t)(uintptr_t)vaddr;
}

static inline void *phys_to_virt(phys_addr_t paddr)
{
	return (void *)(uintptr_t)paddr; // NOLINT
}

#endif
