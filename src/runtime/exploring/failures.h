/* SPDX-License-Identifier: MIT */
/* What went wrong in explored runs, with the schedule that shows it. */
#ifndef CCSAN_RUNTIME_FAILURES_H
#define CCSAN_RUNTIME_FAILURES_H

#include "explore.h"

/** A way to fail: a finding, or a text. Kept memory. */
struct ccsan_failure {
	struct ccsan_failure *next;
	uint64_t key;
	uint64_t count; /**< runs in which it occurred */
	bool has_finding, told;
	struct ccsan_finding finding; /**< its kind and `text` alone, without */
	struct ccsan_schedule schedule;
};

/** A run begins: nothing has failed in it. */
void ccsan_failures_begin(void);

/** All so far, the latest first; those of this run have no schedule yet. */
struct ccsan_failure *ccsan_failures_all(void);

/** Has this run failed, and in the way of `key` (0: in any)? */
bool ccsan_failures_seen(uint64_t key);

/** Distinct ones so far. */
unsigned ccsan_failures_count(void);

/** Copies a schedule to kept memory. */
void ccsan_schedule_copy(struct ccsan_schedule *to, const struct ccsan_schedule *from);

#endif
