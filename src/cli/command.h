/* SPDX-License-Identifier: MIT */
/* The subcommands of `ccsan`: the contract between the .c files of this folder. */
#ifndef CCSAN_CLI_COMMAND_H
#define CCSAN_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

/** Exit statuses of the command. */
enum ccsan_status {
	CCSAN_FINE = 0,
	CCSAN_FOUND = 1,   /**< findings, or unexpected verdicts */
	CCSAN_USAGE = 2,   /**< usage, unreadable input, bad options */
	CCSAN_CRASHED = 3, /**< the program under test crashed, hung or failed by itself */
};

/* Each gets its own name as argv[0] ("ccsan run") and returns the exit status. */
int ccsan_cmd_cc(int argc, char **argv);
int ccsan_cmd_run(int argc, char **argv);
int ccsan_cmd_explore(int argc, char **argv);
int ccsan_cmd_replay(int argc, char **argv);
int ccsan_cmd_litmus(int argc, char **argv);
int ccsan_cmd_cpus(int argc, char **argv);
int ccsan_cmd_explain(int argc, char **argv);
int ccsan_cmd_report(int argc, char **argv);   /**< started by programs, to print findings */
int ccsan_cmd_cpu_text(int argc, char **argv); /**< started by programs, to read a CPU file */

/** "ccsan: …" on stderr. Return: CCSAN_USAGE. */
int ccsan_complain(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** The path of something that is installed with the command: "lib/ccsan/gcc.specs".
 *  Return: `path`. */
char *ccsan_installed(const char *what, char *path, size_t size);

/** Is this "auto", "always" or "never"? */
bool ccsan_is_colour_choice(const char *when);

/** Is stderr (or stdout) to be coloured? @param when "auto", "always", "never" */
bool ccsan_wants_colour(const char *when, int fd);

#endif
