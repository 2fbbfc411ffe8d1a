/* SPDX-License-Identifier: MIT */
/*
 * Counters and bits that many change at once. As plain accesses any two of them would be in an
 * order, and most orders could not be told apart: two additions come to the same, and two bits of a
 * word are two things.
 *
 * A counter has the name of its bytes, and for additions one for each of a few groups of actors. An
 * addition looks at the first and changes its own group's; who learns the value looks at all of
 * them. So two additions of different groups are in no order, two readers are in none, and with
 * plain stores, exchanges and the like, which change the bytes, everything is in one.
 */
#include "explore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

enum { GROUPS = 4, GRANULE_SHIFT = 3 };

/* Names of groups and bits are kept apart from those of bytes by a class of their own. */
static void touch_part(const volatile void *p, unsigned part, enum ccsan_touch touch)
{
	ccsan_touch(CCSAN_NAMES_PART, (uint64_t)(uintptr_t)p << 7 | part, touch);
}

static void touch_bytes(const volatile void *p, enum ccsan_touch touch)
{
	ccsan_touch(CCSAN_NAMES_BYTES, ((uint64_t)(uintptr_t)p | CCSAN_OWN_MEMORY) >> GRANULE_SHIFT,
		    touch);
}

static void touch_groups(const volatile void *p, enum ccsan_touch touch)
{
	for (unsigned i = 0; i < GROUPS; i++)
		touch_part(p, i, touch);
}

/* In simulated memory, where it may have several addresses: told as any other access. */
static bool is_elsewhere(const volatile void *p)
{
	return ccsan_is_alias((uint64_t)(uintptr_t)p);
}

/* The access itself, as the engine sees it; what it touches is told here. */
static void access_quietly(enum ccsan_operation operation, const volatile void *p, size_t bytes,
			   uint64_t pc)
{
	bool quiet = ccsan_is_quiet();

	if (ccsan_acting() && !is_elsewhere(p))
		ccsan_set_quiet(true);
	ccsan_range(operation, p, bytes, pc);
	ccsan_set_quiet(quiet);
}

static bool explored(const volatile void *p)
{
	return ccsan_acting() && ccsan_is_exploring() && !ccsan_is_quiet() && !is_elsewhere(p);
}

static long load(const volatile void *p, unsigned bytes)
{
	return bytes == 4 ? (long)*(const volatile int32_t *)p : *(const volatile long *)p;
}

/* Threads of the host may be real where nothing is explored. */
static long add(volatile void *p, unsigned bytes, long n)
{
	return bytes == 4 ? (long)__atomic_add_fetch((volatile int32_t *)p, (int32_t)n,
						     __ATOMIC_SEQ_CST)
			  : __atomic_add_fetch((volatile long *)p, n, __ATOMIC_SEQ_CST);
}

static void touch_addition(const volatile void *p, bool learned)
{
	if (!explored(p))
		return;
	touch_bytes(p, CCSAN_LOOKS);
	if (learned)
		touch_groups(p, CCSAN_CHANGES);
	else
		touch_part(p, ccsan_stage_current(ccsan_rt.stage) % GROUPS, CCSAN_CHANGES);
}

/* No switch before what is in no order with anything. */
void ccsan_count_add(volatile void *count, unsigned bytes, long n)
{
	touch_addition(count, false);
	access_quietly(CCSAN_WRITE, count, bytes, PC);
	add(count, bytes, n);
}

long ccsan_count_read(const volatile void *count, unsigned bytes)
{
	ccsan_point();
	if (explored(count)) {
		touch_bytes(count, CCSAN_LOOKS);
		touch_groups(count, CCSAN_LOOKS);
	}
	access_quietly(CCSAN_READ, count, bytes, PC);
	return load(count, bytes);
}

static bool is_learned(long before, long n)
{
	return before <= 0 || before + n <= 0;
}

long ccsan_count_references(volatile void *count, unsigned bytes, long n)
{
	if (is_learned(load(count, bytes), n))
		ccsan_point();
	touch_addition(count, is_learned(load(count, bytes), n));
	access_quietly(CCSAN_WRITE, count, bytes, PC);
	return add(count, bytes, n);
}

long ccsan_count_references_unless_none(volatile void *count, unsigned bytes, long n)
{
	long before;

	if (is_learned(load(count, bytes), n))
		ccsan_point();
	before = load(count, bytes);
	touch_addition(count, is_learned(before, n));
	access_quietly(CCSAN_WRITE, count, bytes, PC);
	return before ? add(count, bytes, n) : 0;
}

long ccsan_count_exchange_if(volatile void *count, unsigned bytes, long old, long wanted)
{
	long before;

	ccsan_point();
	touch_addition(count, true);
	access_quietly(CCSAN_WRITE, count, bytes, PC);
	before = load(count, bytes);
	if (before == old)
		add(count, bytes, wanted - old);
	return before;
}

/* --- bits --- */

static void touch_bit(const volatile unsigned long *word, unsigned bit, enum ccsan_touch touch)
{
	if (!explored(word))
		return;
	touch_bytes(word, CCSAN_LOOKS);
	touch_part(word, GROUPS + bit, touch);
}

bool ccsan_bit_test(const volatile unsigned long *word, unsigned bit)
{
	ccsan_point();
	touch_bit(word, bit, CCSAN_LOOKS);
	access_quietly(CCSAN_READ, word, sizeof(*word), PC);
	return *word >> bit & 1;
}

static bool change_bit(volatile unsigned long *word, unsigned bit, enum ccsan_bit_change change,
		       uint64_t pc)
{
	unsigned long mask = 1ul << bit, before;

	ccsan_point();
	before = *word;
	/* One that finds the bit as it wants it has only looked. */
	touch_bit(word, bit,
		  (change == CCSAN_BIT_SET && before & mask) ||
				  (change == CCSAN_BIT_CLEAR && !(before & mask))
			  ? CCSAN_LOOKS
			  : CCSAN_CHANGES);
	access_quietly(CCSAN_WRITE, word, sizeof(*word), pc);
	before = change == CCSAN_BIT_SET     ? __atomic_fetch_or(word, mask, __ATOMIC_SEQ_CST)
		 : change == CCSAN_BIT_CLEAR ? __atomic_fetch_and(word, ~mask, __ATOMIC_SEQ_CST)
					     : __atomic_fetch_xor(word, mask, __ATOMIC_SEQ_CST);
	return before & mask;
}

bool ccsan_bit_change(volatile unsigned long *word, unsigned bit, enum ccsan_bit_change change)
{
	return change_bit(word, bit, change, PC);
}
