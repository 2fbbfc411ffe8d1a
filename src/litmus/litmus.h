/* SPDX-License-Identifier: MIT */
/* Litmus files: reading, running, judging. */
#ifndef CCSAN_LITMUS_H
#define CCSAN_LITMUS_H

#include <ccsan/cpu.h>
#include <ccsan/finding.h>

#include <stdio.h>

/** A file that was read. */
struct ccsan_litmus;

/** A set of kinds: bit `kind`. 0 is "none". */
typedef unsigned ccsan_kinds;

/**
 * Reads a file.
 *
 * @param name    of the file, for messages; copied
 * @param problem out: "FILE:LINE:COLUMN: what is wrong"
 * Return: NULL with a problem. Owns: the caller, until ccsan_litmus_free().
 */
struct ccsan_litmus *ccsan_litmus_read(FILE *file, const char *name, char *problem,
				       size_t problem_size);
void ccsan_litmus_free(struct ccsan_litmus *litmus);

/** The name in the file's first line. */
const char *ccsan_litmus_name(const struct ccsan_litmus *litmus);

/** A statement for people: "LINE: read V+0 4". @param line of the file; "" where there is none */
const char *ccsan_litmus_statement(const struct ccsan_litmus *litmus, int line);

/**
 * Runs it on a CPU, on a machine of its own.
 *
 * @param take  gets each finding; the `who` of its actors is the thread, their single stack entry
 * the line of the statement. May be NULL. Return: the kinds found. Errors: ends the process when
 * memory is exhausted.
 */
ccsan_kinds ccsan_litmus_run(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
			     void (*take)(void *context, const struct ccsan_finding *finding),
			     void *context);

/** Is this CPU judged? Then what it must find. */
bool ccsan_litmus_expects(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
			  ccsan_kinds *kinds);

/** Does an expect line name redundant-maintenance? Only then is it judged. */
bool ccsan_litmus_judges_redundancy(const struct ccsan_litmus *litmus);

/**
 * The line of a cache operation without which every built-in CPU finds just the same; 0 if each is
 * needed somewhere.
 */
int ccsan_litmus_redundant_line(const struct ccsan_litmus *litmus);

#endif
