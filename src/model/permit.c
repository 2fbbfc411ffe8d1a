/* SPDX-License-Identifier: MIT */
/* Which accesses are right and change nothing: exactly those may be skipped. */
#include "rules.h"

/* Only where there is one CPU. */
enum { CPU = 1 };

/* The copy is there, and so is the outer one where the access may have to go below. */
static bool settled(const struct ccsan_caches *caches, const struct ccsan_copy *copy, bool through)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		bool below = through || goes_below(copy, w, CPU);

		if (!copy->in[w].present ||
		    (caches->outer && below && !copy->line->outer[w].present))
			return false;
	}
	return !present_rival(copy, CCSAN_WORST, CPU);
}

bool ccsan_model_read_passes(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			     ccsan_set set)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		if (may_be_old(caches, copy, w, CPU) & ~copy->in[w].stale)
			return false;
	return settled(caches, copy, false) &&
	       !((copy->in[CCSAN_WORST].stale | copy->line->lost) & set);
}

/* All other copies count these granules as old already, and none of them is dirty. */
static bool others_know(const struct ccsan_copy *copy, ccsan_set set)
{
	const struct ccsan_copy *other;

	ccsan_for_each_copy (other, copy->line)
		for (int w = 0; w < CCSAN_WORLD_COUNT && other != copy; w++)
			if (other->in[w].dirty ||
			    (other->in[w].present && (set & ~other->in[w].stale)))
				return false;
	return true;
}

static bool outer_knows(const struct ccsan_caches *caches, const struct ccsan_line *line,
			ccsan_set set)
{
	if (!caches->outer)
		return true;
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		bool gets_it = caches->write_through || w != CCSAN_QUIET;

		if (line->outer[w].stale & set || (gets_it && !line->outer[w].dirty))
			return false;
	}
	return true;
}

static bool below_knows(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			ccsan_set set)
{
	const struct ccsan_line *line = copy->line;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		if ((caches->outer || !caches->write_through) && (set & ~line->memory_lacks[w]))
			return false;
		if (!caches->write_through && (!copy->in[w].dirty || (set & ~line->below_lacks[w])))
			return false;
	}
	return outer_knows(caches, line, set);
}

bool ccsan_model_write_passes(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			      ccsan_set set)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		if ((may_be_old(caches, copy, w, CPU) & ~set) != copy->in[w].stale)
			return false;
	return settled(caches, copy, caches->write_through) && below_knows(caches, copy, set) &&
	       others_know(copy, set) && !(copy->line->lost & set) &&
	       !goes_along(caches, copy, set, CCSAN_WORST, CPU);
}
