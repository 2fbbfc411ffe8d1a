// SPDX-License-Identifier: MIT
// A race of ordinary accesses: only where a switch may happen before them.
// explore: --granularity access
// exit: 1
// has: check failed: counter == 2
// hasnt: locked)
#include <ccsan/ccsan.h>

static int counter, lock;

static void *add(void *unused)
{
	counter++;
	return unused;
}

static void *add_locked(void *unused)
{
	ccsan_mutex_lock(&lock);
	counter++;
	ccsan_mutex_unlock(&lock);
	return unused;
}

static void run_two(void *(*run)(void *))
{
	unsigned a = ccsan_thread_new("A", 0, run, NULL), b = ccsan_thread_new("B", 0, run, NULL);

	ccsan_thread_join(a);
	ccsan_thread_join(b);
}

CCSAN_TEST(unlocked)
{
	run_two(add);
	CCSAN_CHECK(counter == 2);
}

CCSAN_TEST(locked)
{
	run_two(add_locked);
	CCSAN_CHECK(counter == 2 || counter == 0);
}
