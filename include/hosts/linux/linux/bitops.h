/* SPDX-License-Identifier: MIT */
/* Bits in memory. Model: atomic among threads, as in the kernel. */
#ifndef CCSAN_HOSTS_LINUX_BITOPS_H
#define CCSAN_HOSTS_LINUX_BITOPS_H

#include <linux/bits.h>
#include <linux/types.h>

#define BITS_PER_LONG 64

static inline void set_bit(long n, volatile unsigned long *p)
{
	__atomic_fetch_or(&p[n / BITS_PER_LONG], 1ul << n % BITS_PER_LONG, __ATOMIC_RELAXED);
}

static inline void clear_bit(long n, volatile unsigned long *p)
{
	__atomic_fetch_and(&p[n / BITS_PER_LONG], ~(1ul << n % BITS_PER_LONG), __ATOMIC_RELAXED);
}

static inline bool test_bit(long n, const volatile unsigned long *p)
{
	return p[n / BITS_PER_LONG] >> n % BITS_PER_LONG & 1;
}

static inline bool test_and_set_bit(long n, volatile unsigned long *p)
{
	unsigned long mask = 1ul << n % BITS_PER_LONG;

	return __atomic_fetch_or(&p[n / BITS_PER_LONG], mask, __ATOMIC_SEQ_CST) & mask;
}

static inline bool test_and_clear_bit(long n, volatile unsigned long *p)
{
	unsigned long mask = 1ul << n % BITS_PER_LONG;

	return __atomic_fetch_and(&p[n / BITS_PER_LONG], ~mask, __ATOMIC_SEQ_CST) & mask;
}

#endif
