/* SPDX-License-Identifier: MIT */
/* Two threads of OPERATIONS stores each to one shared variable; GIB of memory are mapped and never
 * touched. */
#include <ccsan/ccsan.h>
#include <stdlib.h>
#include <sys/mman.h>

#ifndef OPERATIONS
#define OPERATIONS 2
#endif

#ifdef GIB
__attribute__((constructor)) static void map(void)
{
	if (mmap(NULL, (size_t)GIB << 30, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) == MAP_FAILED)
		abort();
}
#endif

static volatile int shared;

static void *work(void *unused)
{
	for (int i = 0; i < OPERATIONS; i++)
		shared = i;
	return unused;
}

CCSAN_TEST(two_threads)
{
	unsigned a = ccsan_thread_new("a", 0, work, 0), b = ccsan_thread_new("b", 1, work, 0);

	ccsan_thread_join(a);
	ccsan_thread_join(b);
}
