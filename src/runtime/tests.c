/* SPDX-License-Identifier: MIT */
/* ccsan/test.h: the list of tests, and what becomes of each. */
#include <stdio.h>

#include "runtime.h"
#include "tests.h"

static struct ccsan_test *tests, **last_test = &tests;
static bool failed;

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
	ccsan_say("%s:%d: check failed: %s\n", file, line, condition);
}

bool ccsan_run_test(const struct ccsan_test *test)
{
	unsigned before = ccsan_finding_count();

	failed = false;
	ccsan_set_test(test->name);
	ccsan_tell_test(test->name, CCSAN_TEST_BEGINS);
	test->run();
	ccsan_settle_registers();
	ccsan_tell_test(test->name, failed ? CCSAN_TEST_FAILED : CCSAN_TEST_PASSED);
	ccsan_set_test("");
	return !failed && ccsan_finding_count() == before;
}
