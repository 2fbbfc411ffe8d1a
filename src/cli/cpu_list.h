/* SPDX-License-Identifier: MIT */
/* What --cpu says: names, files, "all", separated by commas. */
#ifndef CCSAN_CLI_CPU_LIST_H
#define CCSAN_CLI_CPU_LIST_H

#include <ccsan/cpu.h>

enum { CCSAN_CPU_OPTION_BYTES = 256 };

/** A CPU, and how a program under test is told about it. */
struct ccsan_chosen_cpu {
	struct ccsan_cpu cpu;
	/** The value of cpu= in CCSAN_OPTIONS: a name, or a CPU from a file as text. */
	char option[CCSAN_CPU_OPTION_BYTES];
};

struct ccsan_cpu_list {
	struct ccsan_chosen_cpu *cpus;
	size_t count;
};

/**
 * Reads a list. The same CPU may be in it more than once.
 *
 * @param command for messages: "run"
 * @param list    in and out; starts all zero. Owned by the caller: ccsan_cpu_list_free()
 * Return: 0; otherwise CCSAN_USAGE, and the user knows why.
 */
int ccsan_cpu_list_read(const char *command, const char *text, struct ccsan_cpu_list *list);

void ccsan_cpu_list_free(struct ccsan_cpu_list *list);

#endif
