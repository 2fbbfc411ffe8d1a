/* SPDX-License-Identifier: MIT */
/*
 * The reference of the proof: concrete caches that hold data, and the set of all states they can be
 * in. It knows nothing of the algebra; it only fills, writes back, drops and copies.
 *
 * The world: up to 2 CPUs, each with 2 data places and 1 instruction place, which fetches what data
 * place 0 is mapped to; 2 frames of one line of 2 bytes; memory; with or without an outer cache. A
 * place holds the line of one frame at most. The copies of one line at one data place of several
 * CPUs are kept coherent: who stores has the only copy, who misses may be given another CPU's.
 *
 * With barriers, what an operation or an uncached store sends to memory is under way until the
 * barrier, and arrives at any time: CPUs see memory as if all of it had arrived, devices do not.
 *
 * Values: of each copy of a byte only "is it the newest?" matters, because an
 * old value never becomes the newest again; so a byte is one bit and the state space is finite.
 */
#ifndef CCSAN_TEST_REFERENCE_H
#define CCSAN_TEST_REFERENCE_H

#include "model.h"

enum { FRAMES = 2, PLACES = 2, BYTES = 2, ICACHE = PLACES, HOLDERS = PLACES + 1 };
enum { MOST_CPUS = 2, ALL_BYTES = (1 << BYTES) - 1, NO_FRAME = -1 };

/** What may happen unasked between two operations. */
enum unrest {
	QUIET,    /**< nothing: caches of unlimited size, no prefetch */
	EVICTING, /**< write-backs and evictions */
	FILLING,  /**< and speculative fills of what is mapped */
};

/** One operation of a program. */
struct action {
	enum ccsan_operation operation;
	int place;    /**< 0..2 (ICACHE), for operations through a place */
	int frame;    /**< for operations on a frame, and CCSAN_MAP */
	unsigned set; /**< bytes accessed, or given up */
	int cpu;
	bool broadcast; /**< cache operations: they reach the frame's line in every CPU's cache */
};

/** The size of the world: who is in it decides how a state is packed. */
struct extent {
	int cpus, frames;
	bool barriers;
};

/** What the program has done so far that is no cache state. */
struct context {
	signed char mapped[MOST_CPUS][PLACES]; /**< frame or NO_FRAME */
	unsigned char lost[FRAMES];            /**< bytes whose newest value was given up */
};

/** A set of concrete states, packed, sorted, without duplicates. */
struct state_set {
	unsigned count;
	const uint64_t *states;
};

/** Has to be called first, and whenever the extent changes: forgets nothing, but sets of one extent
 *  mean nothing in another. */
void reference_extend(const struct extent *extent);

enum { TOO_MUCH = CCSAN_MISSING_BARRIER + 1 };

/** The set at reset, closed under what may happen unasked. Owns: the reference, for ever. */
const struct state_set *reference_start(const struct ccsan_caches *caches, enum unrest unrest,
					const struct context *context);

/**
 * Does one action in every state of the set, then closes it.
 *
 * @param context  in: before the action; out: after it. Only `lost` of an invalidate depends on the
 *                 states; with `lost_if_given` it says which bytes may now be nowhere.
 * @param fault    out: what goes wrong in some state, CCSAN_NO_FAULT if nothing does; TOO_MUCH if
 *                 more would be under way than a state has room for: not judged.
 * Return: the set after the action; NULL after a fault. Owns: the reference, for ever.
 */
const struct state_set *reference_step(const struct ccsan_caches *caches, enum unrest unrest,
				       const struct state_set *from, struct context *context,
				       const struct action *action, int *fault);

/** The program gave these bytes up for lost, whatever this set of states may still hold of them. */
const struct state_set *reference_lose(const struct state_set *from, struct context *context,
				       int frame, unsigned set);

#endif
