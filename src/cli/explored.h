/* SPDX-License-Identifier: MIT */
/* What explored runs tell: failures with their schedules and traces, and how far the search is. */
#ifndef CCSAN_CLI_EXPLORED_H
#define CCSAN_CLI_EXPLORED_H

#include <jansson.h>
#include <stdio.h>

#include "report/stream.h"
#include "report/suppress.h"
#include "report/symbols.h"

/** One process that explores a part, on one CPU. */
struct ccsan_part {
	const char *cpu;
	struct ccsan_symbols *symbols;
	struct ccsan_explored last; /**< of the test under way */
	bool ended;
	int exit_status;
};

struct ccsan_step_list {
	struct ccsan_step_told *steps;
	size_t count, room;
};

/** A way to fail, found by one or more parts. */
struct ccsan_explored_failure {
	struct ccsan_explored_failure *next;
	const struct ccsan_part *part;
	uint64_t key;
	uint32_t serial; /**< of the part */
	bool has_finding, complete;
	struct ccsan_finding finding; /**< only `text` and `test`, without */
	uint64_t switches, steps;
	char *token;
	struct ccsan_step_list trace;
};

/** A test on a CPU, all parts of it together. */
struct ccsan_explored_test {
	struct ccsan_explored_test *next;
	const char *cpu;
	struct ccsan_explored sum;
	unsigned parts;
};

struct ccsan_exploration {
	const char *program;
	char **arguments; /**< the program's, NULL at the end; for the replay command */
	struct ccsan_explored_failure *failures, **last_failure;
	struct ccsan_explored_test *tests, **last_test;
	struct ccsan_suppressions *suppressions;
	unsigned suppressed;
	struct ccsan_step_list run; /**< of a replay: the whole run, whether it fails or not */
	const struct ccsan_part *run_part;
};

/** Takes one record of a part. Return: 0, -ENOMEM. */
int ccsan_exploration_take(struct ccsan_exploration *x, struct ccsan_part *part,
			   const struct ccsan_message *message);

/** Reports, traces, and what was explored, for people. */
void ccsan_exploration_print(const struct ccsan_exploration *x, FILE *to, bool colour);

/** Return: a new reference. */
json_t *ccsan_exploration_json(const struct ccsan_exploration *x);

/** Frees what was taken, not the parts. */
void ccsan_exploration_free(struct ccsan_exploration *x);

/** The `cpu` of a step that is not taken on any: a device's. */
#define CCSAN_NO_CPU UINT32_MAX

/** A trace, a column for each actor. */
void ccsan_trace_print(const struct ccsan_step_list *trace, struct ccsan_symbols *symbols,
		       FILE *to);

#endif
