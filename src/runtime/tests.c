/* SPDX-License-Identifier: MIT */
/* ccsan/test.h: the list of tests, and what becomes of each. */
#include <stdio.h>

#include "runtime/exploring/explored.h"
#include "machine/hosted.h"
#include "tests.h"

static struct ccsan_test *tests, **last_test = &tests;
static bool failed, running;

void ccsan_test_add(struct ccsan_test *test)
{
	*last_test = test;
	last_test = &test->next;
}

struct ccsan_test *ccsan_tests(void)
{
	return tests;
}

void ccsan_check(bool holds, const char *condition, const char *file, int line)
{
	if (holds)
		return;
	failed = true;
	if (ccsan_is_exploring()) {
		char text[CCSAN_TEXT_BYTES];

		snprintf(text, sizeof(text), "%s:%d: check failed: %s", file, line, condition);
		ccsan_fail_run(text);
	}
	ccsan_say("%s:%d: check failed: %s\n", file, line, condition);
}

/* --- what is checked at the end of tests and of the program (machine/hosted.h) --- */

enum { MOST_CHECKS = 16 };

static void (*checks[MOST_CHECKS])(void);

void ccsan_hosted_at_end(void (*check)(void))
{
	unsigned i = 0;

	while (i < MOST_CHECKS && checks[i] && checks[i] != check)
		i++;
	ccsan_assert(i < MOST_CHECKS);
	checks[i] = check;
}

static void (*before_end)(void);

void ccsan_hosted_before_end(void (*stop)(void))
{
	before_end = stop;
}

bool ccsan_hosted_in_test(void)
{
	return running;
}

void ccsan_check_at_end(void)
{
	for (unsigned i = 0; i < MOST_CHECKS && checks[i]; i++)
		checks[i]();
}

/* --- running --- */

static void *ccsan_run_body(void *argument)
{
	const struct ccsan_test *test = argument;

	ccsan_set_test(test->name);
	running = true;
	test->run();
	ccsan_settle_registers();
	if (before_end)
		before_end();
	ccsan_end_acting();
	ccsan_check_at_end();
	running = false;
	return NULL;
}

static bool explore_test(const struct ccsan_test *test)
{
	struct ccsan_body body = { test->name, ccsan_run_body, (void *)(uintptr_t)test }; // NOLINT

	return ccsan_explore(&body);
}

bool ccsan_run_test(const struct ccsan_test *test)
{
	unsigned before = ccsan_finding_count();

	if (ccsan_wanted()->explores)
		return explore_test(test);
	failed = false;
	ccsan_set_test(test->name);
	ccsan_tell_test(test->name, CCSAN_TEST_BEGINS);
	ccsan_run_body((void *)(uintptr_t)test); // NOLINT: only read
	ccsan_tell_test(test->name, failed ? CCSAN_TEST_FAILED : CCSAN_TEST_PASSED);
	ccsan_set_test("");
	return !failed && ccsan_finding_count() == before;
}
