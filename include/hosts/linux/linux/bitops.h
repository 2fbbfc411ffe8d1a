/* SPDX-License-Identifier: MIT */
/* Bits in memory (Documentation/atomic_bitops.txt). The functions with two underscores in front are
 * not atomic; the ones that return a value are ordered. Fidelity: exact. */
#ifndef CCSAN_HOSTS_LINUX_BITOPS_H
#define CCSAN_HOSTS_LINUX_BITOPS_H

#include <strings.h>

#include <ccsan/thread.h>
#include <linux/bits.h>
#include <linux/types.h>

#define BITS_PER_LONG    64
#define BITS_PER_BYTE    8
#define BIT_MASK(n)      (1ul << ((n) % BITS_PER_LONG))
#define BIT_WORD(n)      ((n) / BITS_PER_LONG)
#define BITS_TO_LONGS(n) (((n) + BITS_PER_LONG - 1) / BITS_PER_LONG)

#define DECLARE_BITMAP(name, bits) unsigned long name[BITS_TO_LONGS(bits)]

static inline void set_bit(long n, volatile unsigned long *p)
{
	ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_SET);
}

static inline void clear_bit(long n, volatile unsigned long *p)
{
	ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_CLEAR);
}

static inline void change_bit(long n, volatile unsigned long *p)
{
	ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_FLIP);
}

static inline bool test_bit(long n, const volatile unsigned long *p)
{
	return ccsan_bit_test(&p[BIT_WORD(n)], n % BITS_PER_LONG);
}

static inline bool test_and_set_bit(long n, volatile unsigned long *p)
{
	return ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_SET);
}

static inline bool test_and_clear_bit(long n, volatile unsigned long *p)
{
	return ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_CLEAR);
}

static inline bool test_and_change_bit(long n, volatile unsigned long *p)
{
	return ccsan_bit_change(&p[BIT_WORD(n)], n % BITS_PER_LONG, CCSAN_BIT_FLIP);
}

static inline bool test_and_set_bit_lock(long n, volatile unsigned long *p)
{
	return test_and_set_bit(n, p);
}

static inline void clear_bit_unlock(long n, volatile unsigned long *p)
{
	clear_bit(n, p);
}

static inline void __set_bit(long n, unsigned long *p)
{
	p[BIT_WORD(n)] |= BIT_MASK(n);
}

static inline void __clear_bit(long n, unsigned long *p)
{
	p[BIT_WORD(n)] &= ~BIT_MASK(n);
}

static inline bool __test_and_set_bit(long n, unsigned long *p)
{
	bool was = p[BIT_WORD(n)] & BIT_MASK(n);

	__set_bit(n, p);
	return was;
}

static inline bool __test_and_clear_bit(long n, unsigned long *p)
{
	bool was = p[BIT_WORD(n)] & BIT_MASK(n);

	__clear_bit(n, p);
	return was;
}

/* --- which is set; ffs() and fls() count from 1, 0 is none --- */

#define __ffs(x) ((unsigned long)__builtin_ctzl(x))
#define __fls(x) ((unsigned long)(63 - __builtin_clzl(x)))
#define ffz(x)   __ffs(~(x))

static inline int fls64(u64 x)
{
	return x ? 64 - __builtin_clzll(x) : 0;
}

static inline int fls(unsigned int x)
{
	return fls64(x);
}

#define fls_long(x)     fls64(x)
#define hweight32(x)    ((unsigned int)__builtin_popcount(x))
#define hweight64(x)    ((unsigned long)__builtin_popcountll(x))
#define hweight_long(x) hweight64(x)

/* Each word is turned over by `invert` before it is looked at. */
static inline unsigned long ccsan_find_bit(const unsigned long *p, unsigned long size,
					   unsigned long from, unsigned long invert)
{
	unsigned long word;

	if (from >= size)
		return size;
	word = (p[BIT_WORD(from)] ^ invert) & (~0ul << from % BITS_PER_LONG);
	for (from -= from % BITS_PER_LONG; !word; word = p[BIT_WORD(from)] ^ invert) {
		from += BITS_PER_LONG;
		if (from >= size)
			return size;
	}
	from += __ffs(word);
	return from < size ? from : size;
}

/** Return: `size` if there is none. O(size / 64) */
#define find_next_bit(p, size, from)      ccsan_find_bit(p, size, from, 0)
#define find_next_zero_bit(p, size, from) ccsan_find_bit(p, size, from, ~0ul)
#define find_first_bit(p, size)           find_next_bit(p, size, 0)
#define find_first_zero_bit(p, size)      find_next_zero_bit(p, size, 0)

#define for_each_set_bit(n, p, size) \
	for ((n) = find_first_bit(p, size); (n) < (size); (n) = find_next_bit(p, size, (n) + 1))

#endif
