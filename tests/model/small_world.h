/* SPDX-License-Identifier: MIT */
/*
 * The smallest world in which every rule has something to do: 2 frames of one line, 2 data places
 * and an instruction place, and a copy for each pair. Steps are taken as the engine takes them:
 * checked, healed after a fault, applied.
 */
#ifndef CCSAN_TEST_SMALL_WORLD_H
#define CCSAN_TEST_SMALL_WORLD_H

#include "model/model.h"

enum { FRAMES = 2, PLACES = 3, ICACHE = 2 };

/** Two frames, as the mapping of a page table leads to them. */
enum { F = 0, G = 1 };

/** What the caches of a world are like; none: write-back, in order, one level. */
enum { PLAIN = 0, OUTER = 1, SPECULATIVE = 2, WRITE_THROUGH = 4, TRAITS = 8 };

/** Granules of a line. */
enum { B0 = 1, B1 = 2, BOTH = 3 };

struct small_world {
	struct ccsan_caches caches;
	struct ccsan_line line[FRAMES];
	struct ccsan_copy copy[PLACES][FRAMES];
	bool rivals; /**< both frames share the places, as under one virtual address */
};

/** Links a world at reset. @param traits OUTER | SPECULATIVE | WRITE_THROUGH */
void world_init(struct small_world *w, unsigned traits);

/** Both frames at the same places: what only a virtually tagged cache has. */
void world_init_rivals(struct small_world *w, unsigned traits);

/** One step through a place; the verdict is what ccsan_model_check() said before healing. */
struct ccsan_verdict through(struct small_world *w, enum ccsan_operation operation, int place,
			     int frame, ccsan_set set);

/** One step on a frame's line: by physical address. */
struct ccsan_verdict on_line(struct small_world *w, enum ccsan_operation operation, int frame,
			     ccsan_set set);

/** Any step that makes sense, chosen by `random`. Return: its verdict. */
struct ccsan_verdict random_step(struct small_world *w, uint64_t *random);

/** xorshift64. Never 0 for a seed that is not 0. */
uint64_t random_number(uint64_t *random);

/** Return: NULL, or the invariant that is broken on either line. */
const char *world_broken(const struct small_world *w);

#endif
