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

static bool cpus(ccsan_cpu_set *field, ccsan_cpu_set value)
{
	bool changed = *field != value;

	*field = value;
	return changed;
}

static bool hold(struct ccsan_holding *holding, ccsan_cpu_set present, ccsan_set stale)
{
	return cpus(&holding->present, present) | assign(&holding->stale, present ? stale : 0);
}

/* Bytes that turned old wherever a copy of them may be. */
static bool age(struct ccsan_holding *holding, ccsan_set set)
{
	return holding->present && assign(&holding->stale, holding->stale | set);
}

/* The CPUs that may fill a copy at this place unasked, in a world. */
static ccsan_cpu_set fillers(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			     enum ccsan_world world)
{
	return world == CCSAN_WORST && caches->speculative ? copy->mapped : 0;
}

/* A fill that nobody asked for may be answered by the dirty copy, and take its dirtiness over. */
static ccsan_cpu_set spread(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			    enum ccsan_world world, ccsan_cpu_set dirty)
{
	return dirty ? (ccsan_cpu_set)(dirty | fillers(caches, copy, world)) : 0;
}

/* A read where another CPU may have the dirty copy, which answers a miss. It is left in its place
 * on CPUs that share dirty lines, otherwise handed over, and is gone from where it was. By
 * misfortune it is handed over everywhere, or written back. */
static bool read_from_dirty(const struct ccsan_caches *caches, struct ccsan_copy *copy,
			    enum ccsan_world world, ccsan_cpu_set cpu)
{
	struct ccsan_holding *in = &copy->in[world];
	ccsan_cpu_set dirty = caches->shares_dirty ? in->dirty | cpu : cpu;

	if (world != CCSAN_QUIET)
		return cpus(&in->dirty, spread(caches, copy, world, dirty));
	if (caches->shares_dirty)
		return false;
	return cpus(&in->dirty, cpu) | cpus(&in->present, cpu);
}

static bool apply_read(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	ccsan_cpu_set cpu = cpu_bit(step);
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		struct ccsan_holding *in = &copy->in[w];
		bool below = goes_below(copy, w, cpu);

		if (below && caches->outer)
			changed |= cpus(&step->line->outer[w].present, 1);
		if (below)
			changed |=
				assign(&in->stale, in->stale | what_a_miss_brings(caches, copy, w));
		changed |= cpus(&in->present, in->present | cpu);
		if (in->dirty & ~cpu)
			changed |= read_from_dirty(caches, copy, w, cpu);
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
		struct ccsan_holding *outer = &line->outer[w];

		if (caches->write_through || goes_below(step->copy, w, cpu_bit(step)))
			changed |= cpus(&outer->present, 1);
		if (caches->write_through || w != CCSAN_QUIET)
			changed |= cpus(&outer->dirty, 1);
		changed |= assign(&outer->stale, outer->stale & ~step->set);
	}
	return changed;
}

/* The entry stays in the line's list. */
static void complete(struct ccsan_late *late)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		late->lacks[w] = 0;
		late->lands[w] = false;
	}
	late->stores = 0;
}

/* What was under way of these granules is the newest no more. */
static bool overtake(struct ccsan_line *line, ccsan_set set)
{
	struct ccsan_late *late;

	ccsan_for_each_late(late, line) for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		late->lacks[w] &= ~set;
	return assign(&line->lost, line->lost & ~set);
}

/* The writer takes the line over: no other CPU keeps a copy at this place, unless it fills it
 * again. */
static bool apply_write(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	struct ccsan_line *line = step->line;
	ccsan_cpu_set cpu = cpu_bit(step);
	bool changed = write_outer(caches, step) | age_others(step) | overtake(line, step->set);

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		ccsan_set old = may_be_old(caches, copy, w, cpu) & ~step->set;

		changed |= hold(&copy->in[w], cpu | fillers(caches, copy, w), old);
		if (!caches->write_through) {
			changed |= cpus(&copy->in[w].dirty, spread(caches, copy, w, cpu));
			changed |= assign(&line->below_lacks[w], line->below_lacks[w] | step->set);
		}
		if (!caches->write_through || caches->outer)
			changed |=
				assign(&line->memory_lacks[w], line->memory_lacks[w] | step->set);
	}
	return changed;
}

/* Only if all CPUs that may have the dirty copy are reached has it surely been written back. */
static bool clean_in(const struct ccsan_caches *caches, const struct ccsan_step *step,
		     enum ccsan_world world)
{
	struct ccsan_line *line = step->line;
	struct ccsan_holding *in = &step->copy->in[world];
	ccsan_cpu_set left = in->dirty & (ccsan_cpu_set)~reach(step);
	bool changed = false;

	if (left == in->dirty)
		return false;
	if (!left)
		changed |= assign(&line->below_lacks[world], 0);
	if (caches->outer)
		changed |=
			cpus(&line->outer[world].present, 1) | cpus(&line->outer[world].dirty, 1);
	else if (!left)
		changed |= assign(&line->memory_lacks[world], 0);
	return changed | cpus(&in->dirty, spread(caches, step->copy, world, left));
}

static bool apply_clean(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		changed |= clean_in(caches, step, w);
	return changed;
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
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		line->outer[w].stale &= ~set;
		line->below_lacks[w] &= ~set;
		line->memory_lacks[w] &= ~set;
	}
	overtake(line, set);
	line->lost |= set;
	return true;
}

/* A place that a speculating CPU can reach is filled again at once, with what is below or what
 * another CPU holds. */
static bool drop(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	ccsan_cpu_set away = (ccsan_cpu_set)~reach(step);
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		struct ccsan_holding *in = &copy->in[w];
		ccsan_cpu_set left = in->present & away, refilled = fillers(caches, copy, w);
		ccsan_set stale = left ? in->stale : 0;

		changed |= cpus(&in->dirty, spread(caches, copy, w, in->dirty & away));
		if (refilled)
			stale |= what_a_miss_brings(caches, copy, w);
		changed |= hold(in, left | refilled, stale);
	}
	return changed;
}

static bool apply_invalidate(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	bool dirty = step->copy->in[CCSAN_WORST].dirty & reach(step);
	ccsan_set lost = dirty ? step->line->below_lacks[CCSAN_WORST] & step->set : 0;

	return give_up(step->line, lost) | drop(caches, step);
}

static bool apply_flush(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	bool changed = apply_clean(caches, step);

	return changed | drop(caches, step);
}

/* In a quiet cache what is dirty in L1 stays there. */
static bool outer_stays_dirty(const struct ccsan_line *line, enum ccsan_world world)
{
	return world != CCSAN_QUIET && dirty_copy(line, NULL, world);
}

static bool apply_outer_clean(struct ccsan_line *line)
{
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		changed |= assign(&line->memory_lacks[w], line->below_lacks[w]);
		changed |= cpus(&line->outer[w].dirty, outer_stays_dirty(line, w));
	}
	return changed;
}

static bool drop_outer(const struct ccsan_caches *caches, struct ccsan_line *line)
{
	bool changed = false;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		bool dirty = outer_stays_dirty(line, w);
		bool refilled = w == CCSAN_WORST && caches->speculative;

		changed |= cpus(&line->outer[w].dirty, dirty);
		changed |= hold(&line->outer[w], dirty || refilled, 0);
	}
	return changed;
}

static bool apply_outer(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_line *line = step->line;
	bool changed;

	if (!caches->outer)
		return false;
	if (step->operation == CCSAN_OUTER_INVALIDATE)
		changed = give_up(line, line->outer[CCSAN_WORST].dirty
						? line->memory_lacks[CCSAN_WORST] & step->set
						: 0);
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
	bool changed = overtake(line, step->set);

	ccsan_for_each_copy (copy, line)
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			changed |= age(&copy->in[w], step->set);
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		changed |= age(&line->outer[w], step->set);
		changed |= assign(&line->below_lacks[w], line->below_lacks[w] & ~step->set);
		changed |= assign(&line->memory_lacks[w], line->memory_lacks[w] & ~step->set);
	}
	return changed;
}

static bool apply_forget(const struct ccsan_step *step)
{
	bool changed = give_up(step->line, step->set);

	return changed | assign(&step->line->lost, step->line->lost & ~step->set);
}

static bool apply_map(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;
	struct ccsan_holding *worst = &copy->in[CCSAN_WORST];
	ccsan_cpu_set cpu = cpu_bit(step);
	bool changed = cpus(&copy->mapped, copy->mapped | cpu);

	if (!caches->speculative)
		return changed;
	changed |= cpus(&worst->dirty, spread(caches, copy, CCSAN_WORST, worst->dirty));
	if (!(worst->present & cpu))
		changed |= hold(worst, worst->present | cpu,
				worst->stale | what_a_miss_brings(caches, copy, CCSAN_WORST));
	return changed;
}

static bool apply_unmap(const struct ccsan_step *step)
{
	struct ccsan_copy *copy = step->copy;

	return cpus(&copy->mapped, copy->mapped & (ccsan_cpu_set)~cpu_bit(step));
}

/* --- what is left pending --- */

/* A write-back, or an invalidate before which the dirty copy may be written back unasked. */
static void note_late_in_l1(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	struct ccsan_late *late = step->late;
	bool invalidates = step->operation == CCSAN_INVALIDATE;

	if (caches->outer)
		return; /* memory does not hear of it */
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		if (!(step->copy->in[w].dirty & reach(step)))
			continue;
		late->lands[w] |= !invalidates || w != CCSAN_QUIET;
		late->lacks[w] |= invalidates ? 0 : step->line->memory_lacks[w];
	}
}

static void note_late_in_outer(const struct ccsan_step *step)
{
	struct ccsan_late *late = step->late;
	const struct ccsan_line *line = step->line;
	bool invalidates = step->operation == CCSAN_OUTER_INVALIDATE;

	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		if (!line->outer[w].dirty)
			continue;
		late->lands[w] |= !invalidates || w != CCSAN_QUIET;
		if (!invalidates)
			late->lacks[w] |= line->memory_lacks[w] & ~line->below_lacks[w];
	}
}

static void note_late(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	switch (step->operation) {
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
		note_late_in_l1(caches, step);
		break;
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_INVALIDATE:
	case CCSAN_OUTER_FLUSH:
		if (caches->outer)
			note_late_in_outer(step);
		break;
	default:
		break;
	}
}

/* After its effect: older stores to the same granules were overtaken. */
static void note_late_store(const struct ccsan_step *step)
{
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
		step->late->lacks[w] |= step->set;
	step->late->stores |= step->set;
}

bool ccsan_model_is_pending(const struct ccsan_late *late)
{
	return late->lacks[CCSAN_WORST] || late->stores || late->lands[CCSAN_WORST];
}

/* --- all of them --- */

static bool apply(const struct ccsan_caches *caches, const struct ccsan_step *step)
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
		return apply_map(caches, step);
	case CCSAN_UNMAP:
		return apply_unmap(step);
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

bool ccsan_model_apply(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	bool changed;

	if (!step->late)
		return apply(caches, step);
	note_late(caches, step);
	changed = apply(caches, step);
	if (step->operation == CCSAN_UNCACHED_WRITE)
		note_late_store(step);
	/* Memory has such a store at once, and one CPU's stores to a line come in order. */
	if (step->operation == CCSAN_BARRIER ||
	    (step->operation == CCSAN_WRITE && caches->write_through && !caches->outer))
		complete(step->late);
	return changed;
}

void ccsan_model_heal(struct ccsan_line *line)
{
	struct ccsan_copy *copy;
	struct ccsan_late *late;

	ccsan_for_each_copy (copy, line)
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
			copy->in[w].stale = 0;
			copy->in[w].dirty = 0;
		}
	for (int w = 0; w < CCSAN_WORLD_COUNT; w++) {
		line->outer[w].stale = 0;
		line->outer[w].dirty = 0;
		line->below_lacks[w] = line->memory_lacks[w] = 0;
	}
	line->lost = 0;
	ccsan_for_each_late(late, line) complete(late);
}

void ccsan_model_evict_rivals(struct ccsan_copy *copy)
{
	struct ccsan_copy *rival;

	ccsan_for_each_rival (rival, copy) {
		ccsan_model_heal(rival->line);
		for (int w = 0; w < CCSAN_WORLD_COUNT; w++)
			hold(&rival->in[w], 0, 0);
	}
}
