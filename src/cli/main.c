/* SPDX-License-Identifier: MIT */
/* `ccsan`: finds the subcommand. */
#include <ccsan/ccsan.h>

#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

struct command {
	const char *name, *arguments, *summary;
	int (*run)(int argc, char **argv);
};

static const struct command commands[] = {
	{ "cc", "[--host=HOST] ARGS…", "compile and link as gcc or clang do, with ccsan",
	  ccsan_cmd_cc },
	{ "run", "[OPTIONS] PROG ARGS…", "run a program on one or all CPUs", ccsan_cmd_run },
	{ "explore", "[OPTIONS] PROG ARGS…", "run a program under all schedules that matter",
	  ccsan_cmd_explore },
	{ "replay", "[OPTIONS] TOKEN PROG ARGS…", "run a schedule again, step by step",
	  ccsan_cmd_replay },
	{ "litmus", "[OPTIONS] FILE|DIR…", "judge litmus files", ccsan_cmd_litmus },
	{ "cpus", "[NAME]", "the CPUs that ccsan knows", ccsan_cmd_cpus },
	{ "explain", "[KIND]", "what a finding means, and what to do", ccsan_cmd_explain },
	{ "report", "", "", ccsan_cmd_report },
	{ "cpu-text", "", "", ccsan_cmd_cpu_text },
};

enum { COMMAND_COUNT = sizeof(commands) / sizeof(*commands) };

int ccsan_complain(const char *format, ...)
{
	va_list arguments;

	fputs("ccsan: ", stderr);
	va_start(arguments, format);
	vfprintf(stderr, format, arguments);
	va_end(arguments);
	fputc('\n', stderr);
	return CCSAN_USAGE;
}

char *ccsan_installed(const char *what, char *path, size_t size)
{
	char self[PATH_MAX] = "";
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

	for (int i = 0; i < 2; i++) { /* the program, then its folder */
		char *slash;

		self[n > 0 ? n : 0] = '\0';
		slash = strrchr(self, '/');
		n = slash ? slash - self : 0;
	}
	self[n] = '\0';
	snprintf(path, size, "%s/%s", self, what);
	return path;
}

bool ccsan_is_colour_choice(const char *when)
{
	return !strcmp(when, "auto") || !strcmp(when, "always") || !strcmp(when, "never");
}

bool ccsan_wants_colour(const char *when, int fd)
{
	const char *term = getenv("TERM");

	if (!strcmp(when, "always"))
		return true;
	if (!strcmp(when, "never") || getenv("NO_COLOR"))
		return false;
	return isatty(fd) && term && strcmp(term, "dumb") != 0;
}

static void print_help(FILE *to)
{
	fprintf(to, "ccsan " CCSAN_VERSION ", the cache-coherence sanitizer\n\n");
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (*commands[i].summary)
			fprintf(to, "  ccsan %s %s\n        %s\n", commands[i].name,
				commands[i].arguments, commands[i].summary);
	fprintf(to, "\n`ccsan COMMAND --help` tells more; man ccsan tells all.\n");
}

static int run_command(const struct command *command, int argc, char **argv)
{
	char name[64];

	snprintf(name, sizeof(name), "ccsan %s", command->name);
	argv[1] = name;
	return command->run(argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
	if (argc < 2) {
		print_help(stderr);
		return CCSAN_USAGE;
	}
	for (int i = 0; i < COMMAND_COUNT; i++)
		if (!strcmp(argv[1], commands[i].name))
			return run_command(&commands[i], argc, argv);
	if (!strcmp(argv[1], "--version") || !strcmp(argv[1], "version")) {
		puts("ccsan " CCSAN_VERSION);
		return CCSAN_FINE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "help") || !strcmp(argv[1], "-h")) {
		print_help(stdout);
		return CCSAN_FINE;
	}
	return ccsan_complain("no such command: '%s' (see `ccsan --help`)", argv[1]);
}
