/* SPDX-License-Identifier: MIT */
/* main() of a program that is explored: the start-up code's call of main() comes here (--wrap). */
#include "explored.h"

int __wrap_main(int argc, char **argv, char **environment);
int main(int argc, char **argv, char **environment); /* the linker's name for the program's own */

struct arguments {
	int argc;
	char **argv, **environment;
};

static void *ccsan_run_main(void *argument)
{
	const struct arguments *a = argument;

	ccsan_end_run(CCSAN_RUN_EXITED, main(a->argc, a->argv, a->environment));
	return NULL;
}

int __wrap_main(int argc, char **argv, char **environment)
{
	struct arguments arguments = { argc, argv, environment };
	struct ccsan_body body = { "", ccsan_run_main, &arguments };

	if (!ccsan_wanted()->explores || &ccsan_main_runs_tests)
		return main(argc, argv, environment);
	ccsan_explore(&body);
	return 0;
}
