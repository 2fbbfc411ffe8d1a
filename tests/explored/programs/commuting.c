// SPDX-License-Identifier: MIT
// What comes to the same in either order is tried in one: flushes of one line, additions to one
// counter, two bits of a word. What somebody could tell apart is tried in all.
// explore: --cpu arm926ej-s
// exit: 1
// has: stale-dma in device_sends / store
// hasnt: (test flushes)
// hasnt: (test counts)
// runs: flushes 1
// runs: flush_and_invalidate 2
// runs: counts 1
// runs: last_of_two 2
// runs: bits 1
// runs: one_bit 2
#include <ccsan/ccsan.h>

static char *alias;
static ccsan_phys frame;
static struct ccsan_device *disk;
static volatile int *count;
static unsigned long word;
static int counter;

static void set_up(void)
{
	frame = ccsan_page_alloc(1);
	alias = ccsan_map(frame, 1, CCSAN_VMAP);
	disk = ccsan_device_new("disk", 0);
	counter = 2;
	count = &counter;
	word = 0;
}

/* One step each, so that the numbers of executions can be seen by eye. */
static void both(void *(*one)(void *), void *(*other)(void *))
{
	unsigned a, b;

	set_up();
	a = ccsan_thread_new("one", 0, one, NULL);
	b = ccsan_thread_new("other", 0, other, NULL);
	ccsan_thread_join(a);
	ccsan_thread_join(b);
}

static void *flush(void *unused)
{
	ccsan_flush(alias, 32);
	return unused;
}

static void *invalidate(void *unused)
{
	ccsan_invalidate(alias, 32);
	return unused;
}

static void *store(void *unused)
{
	alias[0] = 1;
	return unused;
}

static void *add(void *unused)
{
	ccsan_count_add(count, sizeof(*count), 1);
	return unused;
}

static void *drop(void *unused)
{
	ccsan_count_references(count, sizeof(*count), -1);
	return unused;
}

static void *set_low(void *unused)
{
	ccsan_bit_change(&word, 0, CCSAN_BIT_SET);
	return unused;
}

static void *set_high(void *unused)
{
	ccsan_bit_change(&word, 63, CCSAN_BIT_SET);
	return unused;
}

static void *test_low(void *unused)
{
	ccsan_bit_test(&word, 0);
	return unused;
}

CCSAN_TEST(flushes)
{
	both(flush, flush);
}

CCSAN_TEST(flush_and_invalidate)
{
	both(flush, invalidate);
}

static void device_sends(void)
{
	char bytes[4];

	ccsan_device_read(disk, frame, bytes, sizeof(bytes));
}

CCSAN_TEST(flush_before_the_store)
{
	both(flush, store);
	device_sends();
}

CCSAN_TEST(counts)
{
	both(add, add);
	CCSAN_CHECK(ccsan_count_read(count, sizeof(*count)) == 4);
}

CCSAN_TEST(last_of_two)
{
	both(drop, drop);
	CCSAN_CHECK(ccsan_count_read(count, sizeof(*count)) == 0);
}

CCSAN_TEST(bits)
{
	both(set_low, set_high);
}

CCSAN_TEST(one_bit)
{
	both(set_low, test_low);
}
