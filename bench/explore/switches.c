/* SPDX-License-Identifier: MIT */
/* Switches between contexts a second: ours, and glibc's swapcontext(). */
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <ucontext.h>

#include "explore/fiber.h"

enum { SWITCHES = 4000000, STACK = 65536 };

static struct ccsan_fiber here, there;
static ucontext_t here_too, there_too;

static double now(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
	       (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6;
}

static void ours(void *unused)
{
	(void)unused;
	for (;;)
		ccsan_fiber_switch(&there, &here);
}

static void theirs(void)
{
	for (;;)
		swapcontext(&there_too, &here_too);
}

int main(void)
{
	void *stack = malloc(STACK), *stack_too = malloc(STACK);
	double start, first, second;

	if (!stack || !stack_too)
		return 1;
	ccsan_fiber_make(&there, stack, STACK, ours, NULL);
	start = now();
	for (int i = 0; i < SWITCHES / 2; i++)
		ccsan_fiber_switch(&here, &there);
	first = now() - start;

	getcontext(&there_too);
	there_too.uc_stack.ss_sp = stack_too;
	there_too.uc_stack.ss_size = STACK;
	makecontext(&there_too, theirs, 0);
	start = now();
	for (int i = 0; i < SWITCHES / 2; i++)
		swapcontext(&here_too, &there_too);
	second = now() - start;
	printf("| switch, `src/explore/fiber.h` | %.1f million/s |\n", SWITCHES / first / 1e6);
	printf("| switch, glibc's `swapcontext()` | %.1f million/s |\n", SWITCHES / second / 1e6);
	return 0;
}
