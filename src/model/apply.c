/* SPDX-License-Identifier: MIT */
/* The column "then" of docs/model.md; each function returns whether the state changed. */
#include "rules.h"

void ccsan_model_reset(const struct ccsan_caches *caches, struct ccsan_line *line)
{
	*line = (struct ccsan_line){ 0 };
	/* An outer prefetcher goes by physical address and needs no mapping. */
	line->outer[CCSAN_WORST].present = caches->outer && caches->speculative;
}

static bool assign(ccsan_set *field, ccsan_set value)
{
	bool changed = *field != value;

	*field = value;
	return changed;
}

static bool flag(bool *field, bool value)
{
	bool changed = *field != value;

	*field = value;
	return changed;
}

static bool hold(struct ccsan_holding *holding, bool present, ccsan_set stale)
{
	return flag(&holding->present, present) | assign(&holding->stale, present ? stale : 0);
}

/* Bytes that turned old wherever a copy of them may be. */
static bool age(struct ccsan_holding *holding, ccsan_set set)
{
	return holding->present && assign(&holding->stale, holding->stale | set);
}

static bool apply_read(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		if (caches->outer && goes_below(copy, w))
			changed |= flag(&step->line->outer[w].present, true);
		changed |= hold(&copy->in[w], true, may_be_old(caches, copy, w));
	}
	return changed;
}

static bool age_others(const struct ccsan_step *step)
{
	struct ccsan_copy *other;
	bool changed = false;

	ccsan_for_each_copy (other, step->line)
		for (int w = 0; w < CCSAN_WORLD_COUNT && other != step->copy; w++)
			changed |= age(&other->in[w], step->set);
	return changed;
}

/* The outer cache may get the line at any time from now on, by an eviction or a write-through; in a
 * quiet cache, if it is fetched for the write. */
static bool write_outer(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_line *line = step->line;
	bool changed = false;

	if (!caches->outer)
		return false;
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		if (caches->write_through || goes_below(step->copy, w))
			changed |= flag(&line->outer[w].present, true);
		changed |= assign(&line->outer[w].stale, line->outer[w].stale & ~step->set);
	}
	return changed | flag(&line->outer_dirty, true);
}

static bool apply_write(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	struct ccsan_line *line = step->line;
	bool changed = false;

	changed |= write_outer(caches, step);
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		changed |= hold(&copy->in[w], true, may_be_old(caches, copy, w) & ~step->set);
	changed |= age_others(step);
	changed |= assign(&line->lost, line->lost & ~step->set);
	if (!caches->write_through) {
		changed |= flag(&copy->dirty, true);
		changed |= assign(&line->below_lacks, line->below_lacks | step->set);
	}
	if (!caches->write_through || caches->outer)
		changed |= assign(&line->memory_lacks, line->memory_lacks | step->set);
	return changed;
}

static bool apply_clean(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_line *line = step->line;
	bool changed = false;

	if (!step->copy->dirty)
		return false;
	changed |= assign(&line->below_lacks, 0);
	if (caches->outer)
		changed |= hold(&line->outer[CCSAN_QUIET], true, 0);
	else
		changed |= assign(&line->memory_lacks, 0);
	return changed | flag(&step->copy->dirty, false);
}

/* The newest value of these bytes may be nowhere: who reads them before they are written again gets
 * a finding. Until then no cache is to blame for what it holds of them. */
static bool give_up(struct ccsan_line *line, ccsan_set set)
{
	struct ccsan_copy *copy;

	if (!set)
		return false;
	ccsan_for_each_copy (copy, line)
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			copy->in[w].stale &= ~set;
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		line->outer[w].stale &= ~set;
	line->below_lacks &= ~set;
	line->memory_lacks &= ~set;
	line->lost |= set;
	return true;
}

/* A place that a speculating CPU can reach is filled again at once, with what is below. */
static bool drop(const struct ccsan_caches *caches, struct ccsan_copy *copy)
{
	bool refilled = caches->speculative && copy->mapped;
	bool changed = flag(&copy->dirty, false);

	changed |= hold(&copy->in[CCSAN_QUIET], false, 0);
	changed |= hold(&copy->in[CCSAN_EVICTING], false, 0);
	return changed | hold(&copy->in[CCSAN_WORST], refilled,
			      what_a_miss_brings(caches, copy, CCSAN_WORST));
}

static bool apply_invalidate(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	ccsan_set lost = step->copy->dirty ? step->line->below_lacks & step->set : 0;

	return give_up(step->line, lost) | drop(caches, step->copy);
}

static bool apply_flush(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	bool changed = apply_clean(caches, step);

	return changed | drop(caches, step->copy);
}

static bool apply_outer_clean(struct ccsan_line *line)
{
	return assign(&line->memory_lacks, line->below_lacks) |
	       flag(&line->outer_dirty, dirty_copy(line, NULL) != NULL);
}

static bool drop_outer(const struct ccsan_caches *caches, struct ccsan_line *line)
{
	bool dirty = dirty_copy(line, NULL) != NULL;

	return flag(&line->outer_dirty, dirty) | hold(&line->outer[CCSAN_QUIET], false, 0) |
	       hold(&line->outer[CCSAN_EVICTING], dirty, 0) |
	       hold(&line->outer[CCSAN_WORST], dirty || caches->speculative, 0);
}

static bool apply_outer(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_line *line = step->line;
	bool changed;

	if (!caches->outer)
		return false;
	if (step->operation == CCSAN_OUTER_INVALIDATE)
		changed = give_up(line, line->outer_dirty ? line->memory_lacks & step->set : 0);
	else
		changed = apply_outer_clean(line);
	if (step->operation != CCSAN_OUTER_CLEAN)
		changed |= drop_outer(caches, line);
	return changed;
}

static bool apply_memory_write(const struct ccsan_step *step)
{
	struct ccsan_line *line = step->line;
	struct ccsan_copy *copy;
	bool changed = false;

	ccsan_for_each_copy (copy, line)
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			changed |= age(&copy->in[w], step->set);
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		changed |= age(&line->outer[w], step->set);
	changed |= assign(&line->below_lacks, line->below_lacks & ~step->set);
	changed |= assign(&line->memory_lacks, line->memory_lacks & ~step->set);
	return changed | assign(&line->lost, line->lost & ~step->set);
}

static bool apply_forget(const struct ccsan_step *step)
{
	bool changed = give_up(step->line, step->set);

	return changed | assign(&step->line->lost, step->line->lost & ~step->set);
}

static bool apply_map(const struct ccsan_caches *caches, struct ccsan_copy *copy)
{
	struct ccsan_holding *worst = &copy->in[CCSAN_WORST];
	bool changed = flag(&copy->mapped, true);

	if (caches->speculative && !worst->present)
		changed |= hold(worst, true, what_a_miss_brings(caches, copy, CCSAN_WORST));
	return changed;
}

bool ccsan_model_apply(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	switch (step->operation) {
	case CCSAN_READ:
	case CCSAN_FETCH:
		return apply_read(caches, step);
	case CCSAN_WRITE:
		return apply_write(caches, step);
	case CCSAN_CLEAN:
		return apply_clean(caches, step);
	case CCSAN_INVALIDATE:
		return apply_invalidate(caches, step);
	case CCSAN_FLUSH:
		return apply_flush(caches, step);
	case CCSAN_MAP:
		return apply_map(caches, step->copy);
	case CCSAN_UNMAP:
		return flag(&step->copy->mapped, false);
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_INVALIDATE:
	case CCSAN_OUTER_FLUSH:
		return apply_outer(caches, step);
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
		return apply_memory_write(step);
	case CCSAN_FORGET:
		return apply_forget(step);
	default:
		return false; /* reads of memory leave no trace */
	}
}

void ccsan_model_heal(struct ccsan_line *line)
{
	struct ccsan_copy *copy;

	ccsan_for_each_copy (copy, line) {
		copy->dirty = false;
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			copy->in[w].stale = 0;
	}
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		line->outer[w].stale = 0;
	line->below_lacks = line->memory_lacks = line->lost = 0;
	line->outer_dirty = false;
}

void ccsan_model_evict_rivals(struct ccsan_copy *copy)
{
	struct ccsan_copy *rival;

	ccsan_for_each_rival (rival, copy) {
		ccsan_model_heal(rival->line);
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			hold(&rival->in[w], false, 0);
	}
}
