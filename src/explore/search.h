/* SPDX-License-Identifier: MIT */
/*
 * Which runs of a program there are, and which comes next: the one place where anything that is not
 * determined gets decided.
 *
 * Knows nothing of threads, memory or caches. An actor is a number; a step is what one actor does
 * between two decisions; what a step touches are objects, 64-bit names that the caller makes up.
 * Two steps of different actors depend on each other if they touch the same object and one of them
 * changes it. From that alone the exhaustive strategy knows which orders are worth trying.
 *
 * A run:
 *
 *	while (ccsan_search_begin(search)) {
 *		while (some actor is enabled) {
 *			actor = ccsan_search_choose(search, enabled);
 *			... one step of it: ccsan_search_touch(), ccsan_search_choose_value() ...
 *		}
 *		... ccsan_search_waits() for every actor that is left waiting ...
 *		ccsan_search_end(search, failed);
 *	}
 *
 * What the exhaustive strategy relies on: a run is a function of its decisions; whatever a step
 * finds out or changes, also about who is enabled, is touched; only a step that touches an object
 *in common with what an actor would do next makes that actor enabled, or not enabled any more.
 *
 * Needs only libc's string functions; memory comes from the caller and survives from run to run. No
 * globals; one call at a time for each search.
 */
#ifndef CCSAN_EXPLORE_SEARCH_H
#define CCSAN_EXPLORE_SEARCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "schedule.h"

/** Actors are numbered from 0. */
enum { CCSAN_MOST_ACTORS = 64 };

/** A set of actors: bit `actor`. */
typedef uint64_t ccsan_actors;

/** What a step does to an object. */
enum ccsan_touch {
	CCSAN_LOOKS,   /**< two looks are in no order */
	CCSAN_CHANGES, /**< in an order with every other touch */
	/** Changes, and is enabled only while nobody holds the object. */
	CCSAN_ACQUIRES,
	/** Changes; the actor that holds the object gives it back, and nobody's ACQUIRES could have
	 *  come before: in an order with one, but the other order does not exist and is not tried.
	 * So only for what one actor holds at a time. */
	CCSAN_RELEASES,
	/** Changes, and may be what enables an ACQUIRES, or not, if there was enough before: up()
	 * of a semaphore, complete(), the unlock of one reader among several. */
	CCSAN_ADDS,
};

enum ccsan_strategy {
	/** Every order that matters, once (optimal dynamic reduction). Where a step touches
	 * something else when it wins a race, or values are chosen, the runs up to there are made
	 * again, and some orders more than once. */
	CCSAN_EXHAUSTIVE,
	CCSAN_BRUTE,   /**< every order at all: the yardstick for EXHAUSTIVE */
	CCSAN_BOUNDED, /**< every order with up to so many preemptions: 0, then 1, then 2 … */
	CCSAN_PCT,     /**< random priorities with d - 1 changes */
	CCSAN_RANDOM,  /**< every decision by lot */
	CCSAN_REPLAY,  /**< one given schedule, once */
};

struct ccsan_plan {
	enum ccsan_strategy strategy;
	unsigned preemptions; /**< BOUNDED: the last bound to try */
	unsigned depth;       /**< PCT: d, at least 1 */
	uint64_t seed;        /**< PCT, RANDOM */
	uint64_t runs;        /**< stop after so many; 0: no limit. PCT and RANDOM need one */
	uint64_t most_steps;  /**< a run with more steps never ends (ccsan_search_exhausted()) */
	/** REPLAY, and a prefix that every run of EXHAUSTIVE, BRUTE and BOUNDED keeps to: a part of
	 *  the work for one of several processes. All parts together are the whole if their
	 *  prefixes are all runs of a BRUTE search that is ended after so many decisions.
	 *  Owns: the caller, as long as the search. */
	const struct ccsan_schedule *schedule;
	/** REPLAY: where the schedule asks for an actor that is not enabled, or ends, go on with
	 * the first enabled one, preferably the last that ran; for shrinking. */
	bool loosely;
};

struct ccsan_search_host {
	void *context;
	/** Memory as realloc() gives it; size 0 frees. Errors: does not return when there is none.
	 */
	void *(*memory)(void *context, void *old, size_t size);
};

struct ccsan_search;

/** Owns: the caller, until ccsan_search_free(). */
struct ccsan_search *ccsan_search_new(const struct ccsan_plan *plan,
				      const struct ccsan_search_host *host);

/** @param search may be NULL */
void ccsan_search_free(struct ccsan_search *search);

/** Return: false when there is no further run, or the budget of runs is used up. */
bool ccsan_search_begin(struct ccsan_search *search);

/**
 * The decision who runs next; the step of the actor before ends here.
 *
 * @param enabled who could run: not empty
 * Return: one of them; CCSAN_MOST_ACTORS if the run is to be given up: it would only repeat what
 * was seen before, or its schedule does not fit (ccsan_search_diverged()). Then the caller goes to
 * ccsan_search_end().
 */
unsigned ccsan_search_choose(struct ccsan_search *search, ccsan_actors enabled);

/** A decision inside of a step: does the time-out come first, what does the register hold.
 *  @param count alternatives, 1 to 65535. Return: 0 to count - 1. */
unsigned ccsan_search_choose_value(struct ccsan_search *search, unsigned count);

/** The step under way does this to an object. */
void ccsan_search_touch(struct ccsan_search *search, uint64_t object, enum ccsan_touch touch);

/**
 * Before ccsan_search_end(), also of a run that is given up, of every actor that is not done and
 * not enabled: its next step would be an ACQUIRES of this object. Without it the orders in which
 * that step is taken, which this run does not show, are not found. Of several objects: one call for
 * each.
 */
void ccsan_search_waits(struct ccsan_search *search, unsigned actor, uint64_t object);

/** The run is over, or cut short: then the last step is taken to stop whoever was enabled with it.
 *  @param failed counts it as one to be told about */
void ccsan_search_end(struct ccsan_search *search, bool failed);

/** The decisions of the run under way, or of the last one.
 *  Owns: the search, until the next call of ccsan_search_begin(). */
const struct ccsan_schedule *ccsan_search_schedule(const struct ccsan_search *search);

/** The program did not do what the schedule says it did (REPLAY, a prefix), or not what it did
 * after the same decisions before: no function of its decisions. No further run begins. */
bool ccsan_search_diverged(const struct ccsan_search *search);

/** This run has more steps than plan.most_steps. */
bool ccsan_search_exhausted(const struct ccsan_search *search);

struct ccsan_search_counts {
	uint64_t runs; /**< complete ones */
	/** Found to repeat others. EXHAUSTIVE: 0 as long as what a step touches does not depend on
	 * the step that it raced with, nor on values chosen. */
	uint64_t given_up;
	uint64_t failed;
	uint64_t steps;   /**< of all runs */
	uint64_t longest; /**< steps of the longest run */
	unsigned bound;   /**< BOUNDED: preemptions allowed now */
	/** Runs of BRUTE, estimated from the runs so far (Knuth's way: the mean over runs of the
	 *  product of the numbers of alternatives; at most 1e300); and of this strategy, from how
	 * much of each level is done. */
	double all_orders, expected;
};

void ccsan_search_counts(const struct ccsan_search *search, struct ccsan_search_counts *counts);

/**
 * The search as bytes, between two runs, and back: to go on later, or elsewhere.
 *
 * Return: bytes needed; nothing useful is written if `size` is less.
 */
size_t ccsan_search_save(const struct ccsan_search *search, void *to, size_t size);

/** @param search new, with the plan of the one that was saved; only `runs` may differ
 *  Return: false if this is no search that was saved, or one with another plan; `search` is then of
 *  no further use. */
bool ccsan_search_resume(struct ccsan_search *search, const void *from, size_t size);

#endif
