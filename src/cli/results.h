/* SPDX-License-Identifier: MIT */
/* What came out of running a program on several CPUs. */
#ifndef CCSAN_CLI_RESULTS_H
#define CCSAN_CLI_RESULTS_H

#include <jansson.h>
#include <stdio.h>

#include "report/suppress.h"
#include "report/symbols.h"

/** How a run ended. */
enum ccsan_outcome {
	CCSAN_ENDED,    /**< by itself, with exit status 0 (or because of findings) */
	CCSAN_EXITED,   /**< with an exit status of its own that is not 0 */
	CCSAN_SIGNALED, /**< killed by a signal */
	CCSAN_HUNG,     /**< killed because of --timeout */
	CCSAN_FOREIGN,  /**< nothing of it was built by `ccsan cc` */
	CCSAN_REFUSED,  /**< by its runtime: options, CPU, memory */
	CCSAN_STOPPED,  /**< killed because `ccsan run` was, or not begun */
};

/** One process of a run: its addresses are its own. */
struct ccsan_process {
	uint32_t id;
	struct ccsan_symbols *symbols;
	struct ccsan_end end;
	bool ended;
	struct ccsan_process *next;
};

struct ccsan_found {
	struct ccsan_finding finding;
	struct ccsan_process *process;
	uint64_t key; /**< same kind, test and places in the program */
	struct ccsan_found *next;
};

struct ccsan_test_result {
	char name[sizeof(((struct ccsan_finding *)0)->test)];
	enum ccsan_test_state state;
	struct ccsan_test_result *next;
};

/** One call of a cache operation, and what it did. */
struct ccsan_site_result {
	struct ccsan_site site;
	struct ccsan_process *process;
	uint64_t key;
	struct ccsan_site_result *next;
};

/** One run: a program on a CPU. */
struct ccsan_run {
	char cpu[sizeof(((struct ccsan_finding *)0)->cpu)];
	enum ccsan_outcome outcome;
	int status; /**< exit status, or signal */
	struct ccsan_process *processes;
	struct ccsan_found *found, **last_found;
	struct ccsan_test_result *tests, **last_test;
	struct ccsan_site_result *sites;
	unsigned suppressed;
};

struct ccsan_results {
	const char *program;
	struct ccsan_run *runs;
	size_t run_count;
	struct ccsan_suppressions *suppressions;
	const char *strip;
	bool symbolize;
};

/** Reads a run's stream. Return: 0, -errno. */
int ccsan_results_read(struct ccsan_results *results, struct ccsan_run *run, const char *path);
void ccsan_results_free(struct ccsan_results *results);

/** Reports, matrix and summary for people. */
void ccsan_results_print(const struct ccsan_results *results, FILE *to, bool colour);

/** The JSON document. Return: a new reference. */
json_t *ccsan_results_json(const struct ccsan_results *results);

/** The exit status of the command that all this deserves. */
int ccsan_results_status(const struct ccsan_results *results);

/** Return: whether the findings say all about how the run ended: what the program printed tells
 *  nothing more. */
bool ccsan_run_is_explained(const struct ccsan_run *run);

#endif
