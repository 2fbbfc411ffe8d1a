/* SPDX-License-Identifier: MIT */
/* U-Boot: single bits and fields. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_BITOPS_H
#define CCSAN_HOSTS_UBOOT_LINUX_BITOPS_H

#define BIT(n)        (1UL << (n))
#define GENMASK(h, l) ((~0UL << (l)) & (~0UL >> (8 * sizeof(long) - 1 - (h))))

#endif
