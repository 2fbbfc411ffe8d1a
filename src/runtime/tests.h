/* SPDX-License-Identifier: MIT */
/* What main.c needs of tests.c. */
#ifndef CCSAN_RUNTIME_TESTS_H
#define CCSAN_RUNTIME_TESTS_H

#include <ccsan/test.h>

/** Return: the tests in order of definition; NULL if there are none. */
struct ccsan_test *ccsan_tests(void);

/** Return: whether the test passed its checks and found nothing. */
bool ccsan_run_test(const struct ccsan_test *test);

#endif
