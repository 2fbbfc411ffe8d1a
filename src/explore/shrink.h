/* SPDX-License-Identifier: MIT */
/*
 * A failing schedule made simpler: fewest switches first, then fewest decisions, then smallest
 * values.
 *
 * Switches from an actor that could not go on count, too: a schedule does not tell them apart, and
 * no order can do without them.
 */
#ifndef CCSAN_EXPLORE_SHRINK_H
#define CCSAN_EXPLORE_SHRINK_H

#include "search.h"

struct ccsan_shrink_host {
	void *context;
	/**
	 * Runs a schedule loosely (ccsan_plan.loosely).
	 *
	 * @param made out: the decisions of the run. Owns: the callee, until the next call
	 * Return: whether the same failure came of it.
	 */
	bool (*fails)(void *context, const struct ccsan_schedule *wish,
		      const struct ccsan_schedule **made);
	/** As in struct ccsan_search_host. */
	void *(*memory)(void *context, void *old, size_t size);
};

/**
 * Tries simpler schedules, in an order that depends on the schedule only.
 *
 * @param schedule in: one that fails; out: the simplest one found, no longer than its room. Replays
 * strictly if it did, or if anything was found
 * @param tries so many runs at most
 * Return: how many runs it took.
 */
unsigned ccsan_shrink(struct ccsan_schedule *schedule, unsigned tries,
		      const struct ccsan_shrink_host *host);

#endif
