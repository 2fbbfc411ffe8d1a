/* SPDX-License-Identifier: MIT */
/* U-Boot: waiting. Model: no time passes; the barrier lets a device's registers be settled. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_DELAY_H
#define CCSAN_HOSTS_UBOOT_LINUX_DELAY_H

#include <ccsan/cache.h>

static inline void udelay(unsigned long microseconds)
{
	(void)microseconds;
	ccsan_barrier();
}

static inline void mdelay(unsigned long milliseconds)
{
	udelay(1000 * milliseconds);
}

#endif
