/* SPDX-License-Identifier: MIT */
/* Powers of two. */
#ifndef CCSAN_HOSTS_LINUX_LOG2_H
#define CCSAN_HOSTS_LINUX_LOG2_H

#include <linux/bitops.h>

/** Fidelity: exact. @param n from 1 */
static inline int ilog2(unsigned long n)
{
	return fls_long(n) - 1;
}

static inline bool is_power_of_2(unsigned long n)
{
	return n && !(n & (n - 1));
}

static inline unsigned long roundup_pow_of_two(unsigned long n)
{
	return n < 2 ? 1 : 1ul << fls_long(n - 1);
}

static inline unsigned long rounddown_pow_of_two(unsigned long n)
{
	return 1ul << ilog2(n);
}

#endif
