/* SPDX-License-Identifier: MIT */
/*
 * Flags and counts of pages. Not instrumented: all flags of a page are in one word, all counts in
 * the next, and every function that has a page changes some of them. As plain words they would put
 * nearly all steps of an exploration in an order; what depends on what is said here instead: flags
 * bit by bit, and additions to a count only with what decides something by its value.
 *
 * A reference that is dropped decides something when it is the last: which of several that are
 * dropped at the same time is the last one makes no difference but for which frame is free first.
 */
#include <linux/page_ref.h>

#include "linux/layer.h"

/* --- flags --- */

bool ccsan_page_flag(const unsigned long *flags, unsigned int flag)
{
	return ccsan_bit_test(flags, flag);
}

bool ccsan_page_flag_set(unsigned long *flags, unsigned int flag)
{
	return ccsan_bit_change(flags, flag, CCSAN_BIT_SET);
}

bool ccsan_page_flag_clear(unsigned long *flags, unsigned int flag)
{
	return ccsan_bit_change(flags, flag, CCSAN_BIT_CLEAR);
}

/* --- counts --- */

int ccsan_page_count(const atomic_t *count)
{
	return atomic_read(count);
}

int ccsan_page_count_peek(const atomic_t *count)
{
	return count->counter;
}

int ccsan_page_count_add(atomic_t *count, int n)
{
	return (int)ccsan_count_references(&count->counter, sizeof(count->counter), n);
}

bool ccsan_page_count_inc_not_zero(atomic_t *count)
{
	return ccsan_count_references_unless_none(&count->counter, sizeof(count->counter), 1) != 0;
}

int ccsan_page_count_cmpxchg(atomic_t *count, int old, int new)
{
	return (int)ccsan_count_exchange_if(&count->counter, sizeof(count->counter), old, new);
}
