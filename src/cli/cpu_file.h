/* SPDX-License-Identifier: MIT */
/* CPUs from .ini files. The keys are those of the files in cpus/. */
#ifndef CCSAN_CLI_CPU_FILE_H
#define CCSAN_CLI_CPU_FILE_H

#include <ccsan/cpu.h>

#include <stdio.h>

/**
 * Reads a CPU.
 *
 * @param name    of the file, for messages
 * @param problem out: "FILE:LINE: key: reason"
 * Return: 0, -EINVAL with a problem.
 */
int ccsan_cpu_file_read(FILE *file, const char *name, struct ccsan_cpu *cpu, char *problem,
			size_t problem_size);

/** The same from a path. Return: 0; -errno if it cannot be read, -EINVAL: with a problem. */
int ccsan_cpu_file_open(const char *path, struct ccsan_cpu *cpu, char *problem,
			size_t problem_size);

#endif
