/* SPDX-License-Identifier: MIT */
/*
 * Private to the search: which steps of a run had to come before which, and which of those pairs
 * could have come the other way round.
 *
 * A step happens before another if it is an earlier one of the same actor, or an earlier one that
 * the other depends on, or before one that does. A race is a pair of steps of different actors that
 * depend on each other, with no third step between them in that order. Everything is kept as
 * stacks: a run that shares its first steps with the last one keeps what is known of them.
 */
#ifndef CCSAN_EXPLORE_RACES_H
#define CCSAN_EXPLORE_RACES_H

#include "strategy.h"

/** An object that was ever touched. */
struct ccsan_object {
	uint64_t name;
	uint32_t last; /**< the last touch of it in the run, from 1; 0: none */
	/** For asking whether a step is independent of some set of touches. */
	uint32_t mark;
	bool mark_changes;
};

struct ccsan_touched {
	uint32_t object; /**< an index */
	uint32_t touch;
	uint32_t step;
	uint32_t previous; /**< of the same object: the touch before, from 1; 0: none */
	uint32_t changed;  /**< the last one up to this that does more than look, likewise */
};

struct ccsan_race_step {
	uint32_t touches;  /**< where its touches begin */
	uint32_t decision; /**< its actor's, in the schedule */
	uint32_t previous; /**< the actor's step before, from 1; 0: none */
	uint32_t number;   /**< of the actor's steps, from 1 */
	uint8_t actor;
};

enum { CCSAN_WAITING = -1 };

/** Two steps that race. */
struct ccsan_race {
	uint32_t earlier;
	int64_t later; /**< CCSAN_WAITING: what `actor` would do next to `object` */
	uint32_t object;
	uint8_t actor;
};

/** A step that another one depends on directly. */
struct ccsan_rival {
	uint32_t step;
	bool frees;     /**< it is a release: no race */
	bool adds;      /**< a race, but no reason for two acquires to be in this order */
	bool acquires;  /**< two of one lock race at the acquires, whatever releases there are */
	uint32_t until; /**< acquires: the holder's step that gave it back; 0: none */
	bool alone;     /**< and nobody else could have it meanwhile */
};

struct ccsan_races {
	const struct ccsan_search *search; /**< for memory */
	struct ccsan_object *objects;
	uint32_t *buckets; /**< indices of objects from 1, by name; 0: empty */
	struct ccsan_touched *touches;
	struct ccsan_race_step *steps;
	uint32_t *clocks; /**< `width` for each step: for each actor, the last step that happens
			     before this one or is it, from 1; 0: none */
	struct ccsan_race *races; /**< found since ccsan_races_forget() */
	struct ccsan_rival *rivals;
	size_t objects_count, buckets_count, touches_count, steps_count, races_count, rivals_count;
	size_t objects_room, touches_room, steps_room, clocks_room, races_room, rivals_room;
	size_t closed; /**< so many steps have clocks */
	unsigned width;
	uint32_t mark;
	uint32_t last[CCSAN_MOST_ACTORS]; /**< the actor's last step, from 1 */
};

void ccsan_races_free(struct ccsan_races *races);

/** The number that the actor's next step will have. */
uint32_t ccsan_races_number(const struct ccsan_races *races, unsigned actor);

/** A step begins; its touches follow. */
void ccsan_races_begin(struct ccsan_races *races, unsigned actor, size_t decision);
void ccsan_races_touch(struct ccsan_races *races, uint64_t object, enum ccsan_touch touch);
/** The step under way, if there is one, is over: its clock is computed and its races are found. */
void ccsan_races_close(struct ccsan_races *races);
/** Finds the races of an actor that waits for an object. */
void ccsan_races_wait(struct ccsan_races *races, unsigned actor, uint64_t object);

/** Takes back all steps but the first ones. */
void ccsan_races_cut(struct ccsan_races *races, size_t steps);
void ccsan_races_forget(struct ccsan_races *races);

/** Whether a step happens before another one, or is it. */
static inline bool ccsan_races_before(const struct ccsan_races *r, size_t a, size_t b)
{
	return r->clocks[b * r->width + r->steps[a].actor] > a;
}

static inline size_t ccsan_races_touches_end(const struct ccsan_races *r, size_t step)
{
	return step + 1 < r->steps_count ? r->steps[step + 1].touches : r->touches_count;
}

/** The index of an object, a new one if it was never seen. */
uint32_t ccsan_races_object(struct ccsan_races *races, uint64_t name);

/** Forgets the set of touches that ccsan_races_independent() compares with; and adds one to it. */
void ccsan_races_unmark(struct ccsan_races *races);
void ccsan_races_mark(struct ccsan_races *races, uint32_t object, bool changes);
bool ccsan_races_independent(const struct ccsan_races *races, size_t step);

#endif
