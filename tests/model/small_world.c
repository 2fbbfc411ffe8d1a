/* SPDX-License-Identifier: MIT */
/* See small_world.h. */
#include "small_world.h"

#include <string.h>

static void link_copy(struct small_world *w, int place, int frame)
{
	struct ccsan_copy *copy = &w->copy[place][frame];

	copy->line = &w->line[frame];
	copy->next_of_line = w->line[frame].copies;
	w->line[frame].copies = copy;
	copy->next_at_place = w->rivals ? &w->copy[place][(frame + 1) % FRAMES] : copy;
	copy->instruction = place == ICACHE;
}

static void init(struct small_world *w, unsigned traits, bool rivals)
{
	memset(w, 0, sizeof(*w));
	w->rivals = rivals;
	w->caches.outer = traits & OUTER;
	w->caches.speculative = traits & SPECULATIVE;
	w->caches.write_through = traits & WRITE_THROUGH;
	for (int f = 0; f < FRAMES; f++) {
		ccsan_model_reset(&w->caches, &w->line[f]);
		for (int p = 0; p < PLACES; p++)
			link_copy(w, p, f);
	}
}

void world_init(struct small_world *w, unsigned traits)
{
	init(w, traits, false);
}

void world_init_rivals(struct small_world *w, unsigned traits)
{
	init(w, traits, true);
}

static struct ccsan_verdict take(struct small_world *w, const struct ccsan_step *step)
{
	struct ccsan_verdict verdict = ccsan_model_check(&w->caches, step);

	if (verdict.fault == CCSAN_HOMONYM)
		ccsan_model_evict_rivals(step->copy);
	if (verdict.fault)
		ccsan_model_heal(step->line);
	ccsan_model_apply(&w->caches, step);
	return verdict;
}

struct ccsan_verdict through(struct small_world *w, enum ccsan_operation operation, int place,
			     int frame, ccsan_set set)
{
	struct ccsan_step step = { .operation = operation,
				   .line = &w->line[frame],
				   .copy = &w->copy[place][frame],
				   .set = set };

	return take(w, &step);
}

struct ccsan_verdict on_line(struct small_world *w, enum ccsan_operation operation, int frame,
			     ccsan_set set)
{
	struct ccsan_step step = { .operation = operation, .line = &w->line[frame], .set = set };

	return take(w, &step);
}

uint64_t random_number(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random >> 11;
}

static bool is_through(enum ccsan_operation operation)
{
	return operation <= CCSAN_UNMAP;
}

static bool is_maintenance(enum ccsan_operation operation)
{
	return operation == CCSAN_CLEAN || operation == CCSAN_INVALIDATE ||
	       operation == CCSAN_FLUSH;
}

/* An operation on a place hits every line that may be there. */
static struct ccsan_verdict step_through(struct small_world *w, enum ccsan_operation operation,
					 int place, int frame, ccsan_set set)
{
	struct ccsan_verdict verdict = through(w, operation, place, frame, set), other;

	if (!w->rivals || !is_maintenance(operation))
		return verdict;
	other = through(w, operation, place, !frame, 0);
	return verdict.fault ? verdict : other;
}

/* A page table leads from one address to one frame. */
static void map(struct small_world *w, int place, int frame)
{
	if (w->rivals)
		through(w, CCSAN_UNMAP, place, !frame, 0);
	through(w, CCSAN_MAP, place, frame, 0);
}

static bool fits(enum ccsan_operation operation, int place)
{
	if (operation == CCSAN_FETCH || operation == CCSAN_INVALIDATE)
		return operation == CCSAN_INVALIDATE || place == ICACHE;
	return place != ICACHE || operation >= CCSAN_MAP;
}

struct ccsan_verdict random_step(struct small_world *w, uint64_t *random)
{
	enum ccsan_operation operation;
	int place, frame = (int)(random_number(random) % FRAMES);
	ccsan_set set = 1 + random_number(random) % BOTH;

	do {
		operation = (enum ccsan_operation)(random_number(random) % CCSAN_OPERATION_COUNT);
		place = (int)(random_number(random) % PLACES);
	} while (!fits(operation, place));
	if (!is_through(operation))
		return on_line(w, operation, frame, set);
	if (operation != CCSAN_UNMAP)
		map(w, place, frame);
	return step_through(w, operation, place, frame, set);
}

const char *world_broken(const struct small_world *w)
{
	const char *broken = ccsan_model_broken_invariant(&w->caches, &w->line[F]);

	return broken ? broken : ccsan_model_broken_invariant(&w->caches, &w->line[G]);
}
