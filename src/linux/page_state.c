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

#include "kernel.h"

/* --- flags --- */

bool ccsan_page_flag(const unsigned long *flags, unsigned int flag)
{
	ccsan_hosted_bit(flags, flag, false);
	return *flags >> flag & 1;
}

bool ccsan_page_flag_set(unsigned long *flags, unsigned int flag)
{
	bool was;

	ccsan_hosted_bit(flags, flag, true);
	was = *flags >> flag & 1;
	*flags |= 1ul << flag;
	return was;
}

bool ccsan_page_flag_clear(unsigned long *flags, unsigned int flag)
{
	bool was;

	ccsan_hosted_bit(flags, flag, true);
	was = *flags >> flag & 1;
	*flags &= ~(1ul << flag);
	return was;
}

/* --- counts --- */

int ccsan_page_count(const atomic_t *count)
{
	ccsan_hosted_counter(count, false, true);
	return count->counter;
}

int ccsan_page_count_peek(const atomic_t *count)
{
	return count->counter;
}

int ccsan_page_count_add(atomic_t *count, int n)
{
	ccsan_hosted_counter(count, true, n < 0 && count->counter + n <= 0);
	return count->counter += n;
}

bool ccsan_page_count_inc_not_zero(atomic_t *count)
{
	ccsan_hosted_counter(count, true, !count->counter);
	if (!count->counter)
		return false;
	count->counter++;
	return true;
}

int ccsan_page_count_cmpxchg(atomic_t *count, int old, int new)
{
	int was;

	ccsan_hosted_counter(count, true, true);
	was = count->counter;
	if (was == old)
		count->counter = new;
	return was;
}
