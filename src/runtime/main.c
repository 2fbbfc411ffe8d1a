/* SPDX-License-Identifier: MIT */
/* The main() of a program that has tests and no main() of its own: prog [--list] [NAME…]. An object
 * of its own in the archive: it is linked only where it is missing. */
#include <stdio.h>
#include <string.h>

#include "tests.h"

/* Under `ccsan explore` each test is explored, and not this main(). */
extern const bool ccsan_main_runs_tests;
const bool ccsan_main_runs_tests = true;

static bool wanted(const struct ccsan_test *test, int count, char **names)
{
	for (int i = 0; i < count; i++)
		if (!strcmp(names[i], test->name))
			return true;
	return count == 0;
}

static bool exists(const char *name)
{
	for (const struct ccsan_test *test = ccsan_tests(); test; test = test->next)
		if (!strcmp(name, test->name))
			return true;
	return false;
}

static int list(void)
{
	for (const struct ccsan_test *test = ccsan_tests(); test; test = test->next)
		puts(test->name);
	return 0;
}

int main(int argc, char **argv)
{
	int failures = 0, count = 0;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list();
	for (int i = 1; i < argc; i++)
		if (!exists(argv[i])) {
			fprintf(stderr, "%s: no test is called '%s'\n", argv[0], argv[i]);
			return 2;
		}
	for (const struct ccsan_test *test = ccsan_tests(); test; test = test->next) {
		bool passed;

		if (!wanted(test, argc - 1, argv + 1))
			continue;
		passed = ccsan_run_test(test);
		printf("%s %s\n", passed ? "ok  " : "FAIL", test->name);
		fflush(stdout);
		count++;
		failures += !passed;
	}
	printf("%d tests, %d failed\n", count, failures);
	return failures ? 1 : 0;
}
