/* SPDX-License-Identifier: MIT */
/*
 * Private to the search: wakeup trees, the beginnings of runs that are still to be made.
 *
 * (P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, "Source sets: a foundation for optimal dynamic
 * partial order reduction", J. ACM 64(4), 2017; sections 5 and 6 for weak initials and the trees.)
 *
 * A tree hangs below a decision of the run under way; a path down from there is a sequence of
 * steps. A sequence is added only if no path, and no actor that sleeps, leads to the same: w is
 * weakly initial in a sequence if it could be its first step, or is independent of all of it.
 */
#ifndef CCSAN_EXPLORE_WAKE_H
#define CCSAN_EXPLORE_WAKE_H

#include "races.h"

/** A list of pairs of numbers, in pieces from a pool: an index, 0 for an empty one. */
typedef uint32_t ccsan_pairs;

/** A piece of a list. */
struct ccsan_piece {
	ccsan_pairs next;
	uint32_t count;
	struct {
		uint32_t a, b;
	} pairs[3];
};

/** A step still to be taken. Nodes are known by an index; 0 is none. */
struct ccsan_wake_node {
	uint32_t next, child;
	ccsan_pairs footprint; /**< object, whether it is changed */
	uint32_t origin;       /**< the level that the tree hangs below */
	uint8_t actor;
	bool known; /**< its footprint is */
};

/** A step of a sequence: one of the run under way, or one that was not taken yet. */
struct ccsan_wish {
	int64_t step;    /**< CCSAN_WAITING: none */
	uint32_t object; /**< what it waits for */
	uint8_t actor;
	bool known; /**< false: a step of which nothing is known */
	bool last;  /**< the later step of the race: its clock is of no use */
};

struct ccsan_wakes {
	struct ccsan_races *races;
	struct ccsan_piece *pieces;
	struct ccsan_wake_node *nodes;
	struct ccsan_wish *wishes; /**< the sequence to be added */
	size_t pieces_count, nodes_count, wishes_count, pieces_room, nodes_room, wishes_room;
	ccsan_pairs free_pieces;
	uint32_t free_nodes;
};

void ccsan_wakes_free(struct ccsan_wakes *wakes);

/* --- lists --- */

ccsan_pairs ccsan_pairs_add(struct ccsan_wakes *wakes, ccsan_pairs list, uint32_t a, uint32_t b);
/** Adds what a step touched. */
ccsan_pairs ccsan_pairs_add_step(struct ccsan_wakes *wakes, ccsan_pairs list, size_t step);
void ccsan_pairs_free(struct ccsan_wakes *wakes, ccsan_pairs list);
/** Whether a footprint is what a step touched. */
bool ccsan_pairs_are_step(const struct ccsan_wakes *wakes, ccsan_pairs footprint, size_t step);
/** Marks a footprint for ccsan_races_independent(). */
void ccsan_pairs_mark(struct ccsan_wakes *wakes, ccsan_pairs footprint);

/* --- trees --- */

/** Frees these nodes and all below. */
void ccsan_wakes_drop(struct ccsan_wakes *wakes, uint32_t nodes);
uint32_t ccsan_wakes_node(struct ccsan_wakes *wakes);

/* --- the sequence to be added --- */

void ccsan_wakes_wish(struct ccsan_wakes *wakes, struct ccsan_wish wish);

/** Whether a wish could be the first step of the sequence. */
bool ccsan_wakes_comes_first(const struct ccsan_wakes *wakes, size_t at);

/** Whether an actor with this footprint is weakly initial in the sequence. */
bool ccsan_wakes_is_initial(struct ccsan_wakes *wakes, unsigned actor, ccsan_pairs footprint);

/** Adds the sequence, which it uses up. @param nodes the tree. Return: the tree then. */
uint32_t ccsan_wakes_add(struct ccsan_wakes *wakes, uint32_t nodes, uint32_t origin);

#endif
