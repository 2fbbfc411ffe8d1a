/* SPDX-License-Identifier: MIT */
/* What holds between any two steps; for debug, fuzz and unit builds. */
#include "rules.h"

static const char *broken_invariant_of_holding(const struct ccsan_holding *holding)
{
	if (!holding->present && holding->stale)
		return "what is absent is not stale";
	if (holding->dirty & ~holding->present)
		return "what is dirty was asked for";
	return NULL;
}

static const char *broken_between_worlds(const struct ccsan_holding *calm,
					 const struct ccsan_holding *worse)
{
	if (calm->present & ~worse->present)
		return "what is present in a calmer world may be present";
	if (calm->stale & ~worse->stale)
		return "what is stale in a calmer world may be stale";
	if (calm->dirty & ~worse->dirty)
		return "what is dirty in a calmer world may be dirty";
	return NULL;
}

static const char *broken_invariant_of_copy(const struct ccsan_caches *caches,
					    const struct ccsan_copy *copy)
{
	const char *broken = NULL;

	for (int w = 0; w < CCSAN_WORLD_COUNT && !broken; w++)
		broken = broken_invariant_of_holding(&copy->in[w]);
	for (int w = 0; w < CCSAN_WORST && !broken; w++)
		broken = broken_between_worlds(&copy->in[w], &copy->in[w + 1]);
	if (broken)
		return broken;
	if (copy->in[CCSAN_WORST].dirty && (copy->in[CCSAN_WORST].stale || caches->write_through))
		return "a dirty copy holds nothing stale";
	return NULL;
}

static const char *broken_below(const struct ccsan_caches *caches, const struct ccsan_line *line,
				enum ccsan_world w)
{
	if (line->below_lacks[w] & ~line->memory_lacks[w])
		return "memory lacks what everything below L1 lacks";
	if (!caches->outer && line->memory_lacks[w] != line->below_lacks[w])
		return "without outer cache, below L1 is memory";
	if (line->memory_lacks[w] && !dirty_copy(line, NULL, w) && !line->outer[w].dirty)
		return "what memory lacks is dirty somewhere";
	if (!line->outer[w].present && line->outer[w].stale)
		return "what is absent from the outer cache is not stale";
	return NULL;
}

static const char *broken_between_worlds_below(const struct ccsan_line *line, enum ccsan_world calm)
{
	if (line->memory_lacks[calm] & ~line->memory_lacks[calm + 1] ||
	    line->below_lacks[calm] & ~line->below_lacks[calm + 1])
		return "what is lacking in a calmer world may be lacking";
	return NULL;
}

const char *ccsan_model_broken_invariant(const struct ccsan_caches *caches,
					 const struct ccsan_line *line)
{
	const struct ccsan_copy *copy;
	const char *broken = NULL;
	int dirty = 0;

	ccsan_for_each_copy (copy, line) {
		if (copy->line != line)
			return "a copy is in the list of its own line";
		broken = broken_invariant_of_copy(caches, copy);
		if (broken)
			return broken;
		dirty += copy->in[CCSAN_WORST].dirty != 0;
	}
	if (dirty > 1)
		return "one place at most is dirty";
	for (int w = 0; w < CCSAN_WORLD_COUNT && !broken; w++)
		broken = broken_below(caches, line, w);
	for (int w = 0; w < CCSAN_WORST && !broken; w++)
		broken = broken_between_worlds_below(line, w);
	return broken;
}
