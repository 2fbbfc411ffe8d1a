/* SPDX-License-Identifier: MIT */
/* Litmus files: reading, running, judging. */
#ifndef CCSAN_LITMUS_H
#define CCSAN_LITMUS_H

#include <ccsan/cpu.h>
#include <ccsan/finding.h>

#include <stdio.h>

#include "explore/search.h"

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

/** One step of an explored run. */
struct ccsan_litmus_step {
	unsigned actor, cpu;
	bool device;            /**< beside the CPUs */
	const char *name;       /**< of the thread, interrupt or device */
	const char *text;       /**< the statement; "" where the thread only starts, to wait */
	int line;               /**< of the file */
	uint64_t offset, bytes; /**< the part of a range operation that is done; 0, 0: all of it */
	char state[64];         /**< of the line of memory, before; "" where there is none */
};

/** How a file is run, and what came of it. */
struct ccsan_litmus_search {
	/** EXHAUSTIVE, BRUTE or REPLAY; of no matter where there is one order of the statements. */
	enum ccsan_strategy strategy;
	uint64_t most_executions; /**< 0: no limit */
	int skipped_line;         /**< statements of this line are left out; 0: none */
	const char *token;        /**< REPLAY: of this schedule */
	unsigned tries;           /**< for a simpler schedule of each finding, in executions */
	/** May be NULL. Gets each finding; the `who` of its actors is the thread, their single
	 * stack entry the line of the statement. Of an explored file each pair of statements once,
	 * in the end, with the simplest schedule found; `token` is NULL where every order has it.
	 */
	void (*finding)(void *context, const struct ccsan_finding *finding, const char *token);
	/** REPLAY. May be NULL. */
	void (*step)(void *context, const struct ccsan_litmus_step *step);
	void *context;

	uint64_t executions; /**< out */
	bool complete;       /**< out: no order is left, but such that are as good as another */
	char problem[256];   /**< out, REPLAY: what is wrong with the token, "" if nothing is */
};

/**
 * Runs it on a CPU, on a machine of its own; in every order that matters if it has several threads.
 *
 * Return: the kinds found, in any order. Errors: ends the process when memory is exhausted.
 */
ccsan_kinds ccsan_litmus_search(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
				struct ccsan_litmus_search *search);

/** The same, all of it. @param take may be NULL */
ccsan_kinds ccsan_litmus_run(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
			     void (*take)(void *context, const struct ccsan_finding *finding),
			     void *context);

/** Whether there is more than one order of the statements. */
bool ccsan_litmus_is_explored(const struct ccsan_litmus *litmus);

/** The CPU that a token is for. Return: false with a problem if it is no token of this file. */
bool ccsan_litmus_token_cpu(const struct ccsan_litmus *litmus, const char *token, char *cpu,
			    size_t cpu_size, char *problem, size_t problem_size);

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
