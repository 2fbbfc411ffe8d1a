/* SPDX-License-Identifier: MIT */
/* Masks of bits. */
#ifndef CCSAN_HOSTS_LINUX_BITS_H
#define CCSAN_HOSTS_LINUX_BITS_H

#define BIT(n)        (1ul << (n))
#define BIT_ULL(n)    (1ull << (n))
#define GENMASK(h, l) ((~0ul << (l)) & (~0ul >> (63 - (h))))

#endif
