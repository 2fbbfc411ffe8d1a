// SPDX-License-Identifier: MIT
// Executions that crash, exit, do not end, or overflow a stack; nothing of the others is lost.
// explore: --steps 2000
// exit: 1
// has: divider crashed: Floating point exception
// has: crash_in_some_schedules on worst: 4 executions (all there are)
// has: assertion crashed: Aborted
// has: endless on worst: 1 execution (all there are)
// has: the test does not end: more than 2000 steps, the last by endless
// has: overflow crashed: Segmentation fault, at the end of the stack of overflow
// runs: state 1
// runs: exits 1
// hasnt: (test state)
// hasnt: check failed
#include <ccsan/ccsan.h>

#include <assert.h>
#include <stdlib.h>
#include <string.h>

static volatile int divisor = 1;

static void *divide(void *unused)
{
	CCSAN_CHECK(100 / divisor == 100);
	return unused;
}

static void *clear(void *unused)
{
	divisor = 0;
	return unused;
}

CCSAN_TEST(crash_in_some_schedules)
{
	ccsan_thread_new("divider", 0, divide, NULL);
	ccsan_thread_new("clearer", 0, clear, NULL);
}

CCSAN_TEST(assertion)
{
	ccsan_thread_yield();
	assert(divisor == 2);
}

CCSAN_TEST(endless)
{
	for (;;)
		ccsan_thread_yield();
}

static int deeper(volatile char *above)
{
	volatile char frame[4096];

	frame[0] = above[0];
	return divisor < 0 ? 0 : deeper(frame) + frame[0];
}

CCSAN_TEST(overflow)
{
	volatile char top[16] = { 0 };

	ccsan_thread_yield();
	divisor = deeper(top);
}

CCSAN_TEST(exits)
{
	ccsan_thread_yield();
	exit(3);
}

/* Everything is as it was at the start: globals, heap, simulated memory, aliases. */
static int runs;
static char *heap;
static char *alias;

__attribute__((constructor)) static void before(void)
{
	heap = calloc(1, 100000);
	alias = ccsan_map(ccsan_page_alloc(2), 2, CCSAN_KERNEL);
	memset(alias, 0, 8192);
}

CCSAN_TEST(state)
{
	char *second;

	CCSAN_CHECK(runs++ == 0);
	CCSAN_CHECK(heap[77777]++ == 0);
	CCSAN_CHECK(alias[5000]++ == 0);
	second = ccsan_map(ccsan_page_alloc(1), 1, CCSAN_VMAP);
	CCSAN_CHECK(second != NULL);
	second[0] = 1;
	ccsan_unmap(alias, 1);
	ccsan_thread_yield();
	free(heap);
	heap = NULL;
}
