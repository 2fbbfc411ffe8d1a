/* SPDX-License-Identifier: MIT */
/* What `ccsan explore` asks of the program: the environment variable CCSAN_EXPLORE. */
#ifndef CCSAN_RUNTIME_PLAN_H
#define CCSAN_RUNTIME_PLAN_H

#include "explore.h"

enum { CCSAN_PLAN_TEXT = 512 };

struct ccsan_wanted {
	bool explores; /**< the variable is set */
	enum ccsan_strategy strategy;
	enum ccsan_granularity granularity;
	uint64_t runs, seconds, seed, preemptions, depth, steps, failures, job, jobs;
	bool trace;                       /**< replay: tell every step */
	char test[CCSAN_PLAN_TEXT];       /**< only this one; "" is all */
	char checkpoint[CCSAN_PLAN_TEXT]; /**< a file, written now and then and at the end */
	char resume[CCSAN_PLAN_TEXT];     /**< a file to go on from */
	char *token;                      /**< replay; NULL without */
};

/** Reads the variable. Errors: ends the program with a message. */
void ccsan_plan_read(struct ccsan_wanted *wanted);

#endif
