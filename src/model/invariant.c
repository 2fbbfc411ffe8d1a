/* SPDX-License-Identifier: MIT */
/* What holds between any two steps; for debug, fuzz and unit builds. */
#include "rules.h"

static bool absent_yet_stale(const struct ccsan_holding *holding)
{
	return !holding->present && holding->stale;
}

static const char *broken_invariant_of_copy(const struct ccsan_caches *caches,
					    const struct ccsan_copy *copy)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		if (absent_yet_stale(&copy->in[w]))
			return "what is absent is not stale";
	for (int w = 0; w < CCSAN_WORST; w++) {
		if (copy->in[w].present && !copy->in[w + 1].present)
			return "what is present in a calmer world may be present";
		if (copy->in[w].stale & ~copy->in[w + 1].stale)
			return "what is stale in a calmer world may be stale";
	}
	if (copy->dirty && !copy->in[CCSAN_QUIET].present)
		return "what is dirty was asked for";
	if (copy->dirty && (copy->in[CCSAN_WORST].stale || caches->write_through))
		return "a dirty copy holds nothing stale";
	return NULL;
}

const char *ccsan_model_broken_invariant(const struct ccsan_caches *caches,
					 const struct ccsan_line *line)
{
	const struct ccsan_copy *copy;
	int dirty = 0;

	ccsan_for_each_copy (copy, line) {
		const char *broken = broken_invariant_of_copy(caches, copy);

		if (copy->line != line)
			return "a copy is in the list of its own line";
		if (broken)
			return broken;
		dirty += copy->dirty;
	}
	if (dirty > 1)
		return "one place at most is dirty";
	if (line->below_lacks & ~line->memory_lacks)
		return "memory lacks what everything below L1 lacks";
	if (!caches->outer && line->memory_lacks != line->below_lacks)
		return "without outer cache, below L1 is memory";
	if (line->memory_lacks && !dirty && !line->outer_dirty)
		return "what memory lacks is dirty somewhere";
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		if (absent_yet_stale(&line->outer[w]))
			return "what is absent from the outer cache is not stale";
	return NULL;
}
