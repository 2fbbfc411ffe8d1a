/* SPDX-License-Identifier: MIT */
/*
 * Private to the search: what a strategy is, and what all of them share.
 *
 * search.c keeps the decisions of the run under way. The first `decided` of them were made by the
 * strategy when the run began and are only followed; each one after them is asked for.
 */
#ifndef CCSAN_EXPLORE_STRATEGY_H
#define CCSAN_EXPLORE_STRATEGY_H

#include "bytes.h"
#include "search.h"

/** What is remembered of a decision beside its outcome. */
struct ccsan_option {
	ccsan_actors enabled; /**< of an actor's */
	/** BRUTE, BOUNDED: actors not tried yet. */
	ccsan_actors left;
	/** Product of the numbers of alternatives, of this decision and all before. */
	double orders;
	/** EXHAUSTIVE: of a value's, how many are done. */
	uint16_t tried;
	/** BRUTE, BOUNDED: how many there are to try, the chosen one included. */
	uint16_t total;
};

struct ccsan_strategy_table {
	void (*start)(struct ccsan_search *search);
	void (*free)(struct ccsan_search *search);
	/** Decides on the next run. Return: false if there is none. */
	bool (*begin)(struct ccsan_search *search);
	/** Return: an enabled actor, or CCSAN_MOST_ACTORS to give the run up. */
	unsigned (*choose)(struct ccsan_search *search, ccsan_actors enabled);
	unsigned (*value)(struct ccsan_search *search, unsigned count);
	/** May be NULL, like all that follow. A step of this actor begins. */
	void (*step)(struct ccsan_search *search, unsigned actor);
	void (*touch)(struct ccsan_search *search, uint64_t object, enum ccsan_touch touch);
	void (*waits)(struct ccsan_search *search, unsigned actor, uint64_t object);
	void (*end)(struct ccsan_search *search);
	/** Return: the number of runs there will have been. NULL: that of the plan. */
	double (*expected)(const struct ccsan_search *search);
	void (*save)(const struct ccsan_search *search, struct ccsan_bytes *to);
	void (*resume)(struct ccsan_search *search, struct ccsan_bytes *from);
};

struct ccsan_search {
	struct ccsan_plan plan;
	struct ccsan_search_host host;
	const struct ccsan_strategy_table *strategy;
	void *own; /**< the strategy's */

	struct ccsan_schedule now;
	struct ccsan_option *options; /**< one for each decision */
	size_t options_room;
	size_t decided;
	/** So many of the decided ones were made by an earlier run, `enabled` is known. */
	size_t known;
	size_t steps;      /**< of the run under way */
	unsigned last;     /**< the actor of the step under way; CCSAN_MOST_ACTORS: none yet */
	ccsan_actors open; /**< who was enabled when the caller was last asked */
	bool running, given_up, diverged, exhausted;

	uint64_t runs_begun;
	struct ccsan_search_counts counts;
	double orders; /**< sum over the runs */
};

extern const struct ccsan_strategy_table ccsan_exhaustive, ccsan_brute, ccsan_bounded, ccsan_pct,
	ccsan_random, ccsan_replay;

/** Makes room for `count` things of `size` bytes. @param room in, out: there is room for */
void *ccsan_search_room(const struct ccsan_search *search, void *old, size_t *room, size_t count,
			size_t size);

/** Makes room for so many decisions and their options. */
void ccsan_search_decisions(struct ccsan_search *search, size_t count);

/** How many of the first decisions are the plan's and no strategy's. */
static inline size_t ccsan_search_prefix(const struct ccsan_search *search)
{
	return search->plan.schedule ? search->plan.schedule->length : 0;
}

/** The plan's decision that is next. @param count 0: an actor's
 *  Return: whether there is one; if it is of another kind, the run has diverged. */
bool ccsan_search_planned(struct ccsan_search *search, unsigned count, unsigned *chosen);

static inline unsigned ccsan_lowest(ccsan_actors actors)
{
	return (unsigned)__builtin_ctzll(actors);
}

static inline ccsan_actors ccsan_only(unsigned actor)
{
	return (ccsan_actors)1 << actor;
}

/** The n-th (from 0) of a set. */
static inline unsigned ccsan_nth(ccsan_actors actors, unsigned n)
{
	while (n--)
		actors &= actors - 1;
	return ccsan_lowest(actors);
}

#endif
