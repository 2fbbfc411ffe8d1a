/* SPDX-License-Identifier: MIT */
/*
 * Tests: functions that `ccsan run` runs one by one on every CPU. A program that defines tests and
 * no main() gets one: `prog [--list] [NAME…]`.
 */
#ifndef CCSAN_TEST_H
#define CCSAN_TEST_H

#include <stdbool.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ccsan_test {
	const char *name;
	void (*run)(void);
	struct ccsan_test *next;
};

/** Adds a test to the list, in order of definition. Owns: the caller. */
void ccsan_test_add(struct ccsan_test *test);

/** Defines and registers a test. */
#define CCSAN_TEST(test_name)                                                              \
	static void ccsan_test_##test_name(void);                                          \
	__attribute__((constructor)) static void ccsan_test_add_##test_name(void)          \
	{                                                                                  \
		static struct ccsan_test test = { #test_name, ccsan_test_##test_name, 0 }; \
		ccsan_test_add(&test);                                                     \
	}                                                                                  \
	static void ccsan_test_##test_name(void)

/** The test fails, with file and line, and goes on. */
#define CCSAN_CHECK(condition) \
	ccsan_check((condition) ? true : false, #condition, __FILE__, __LINE__)
void ccsan_check(bool holds, const char *condition, const char *file, int line);

#ifdef __cplusplus
}
#endif
#endif
