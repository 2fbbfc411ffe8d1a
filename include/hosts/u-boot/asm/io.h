/* SPDX-License-Identifier: MIT */
/* U-Boot: device registers. A barrier follows each write, as U-Boot's ARM port has one before. */
#ifndef CCSAN_UBOOT_ASM_IO_H
#define CCSAN_UBOOT_ASM_IO_H

#include <ccsan/cache.h>
#include <linux/types.h>

static inline u32 readl(const volatile void *addr)
{
	return *(const volatile u32 *)addr;
}

static inline void writel(u32 value, volatile void *addr)
{
	*(volatile u32 *)addr = value;
	ccsan_barrier(); /* the device is told of the write here */
}

static inline phys_addr_t virt_to_phys(void *vaddr)
{
	return (phys_addr_t)(uintptr_t)vaddr;
}

#define mb()  ccsan_barrier()
#define rmb() ccsan_barrier()
#define wmb() ccsan_barrier()

#endif
