/* SPDX-License-Identifier: MIT */
/*
 * What is told about a fault: the line as it was, who wrote and who maintained it, and an advice
 * that was tried: the same step again on the same line, with the advised operations just before it.
 */
#include "steps.h"

enum { MAX_TRIED_COPIES = 32 };

/* --- the advice --- */

struct advice {
	struct ccsan_met_line *line;
	struct ccsan_copy *targets[CCSAN_ADVISED_STEPS]; /* NULL for the outer cache */
	enum ccsan_operation operations[CCSAN_ADVISED_STEPS];
	unsigned count;
};

static void advise(struct advice *advice, enum ccsan_operation operation, struct ccsan_copy *target)
{
	advice->targets[advice->count] = target;
	advice->operations[advice->count++] = operation;
}

static struct ccsan_copy *dirty_copy_but(const struct ccsan_met_line *line,
					 const struct ccsan_copy *except)
{
	struct ccsan_copy *copy;

	ccsan_for_each_copy (copy, &line->model)
		if (copy->in[CCSAN_WORST].dirty && copy != except)
			return copy;
	return NULL;
}

/* What memory lacks has to get there: out of L1, then out of the outer cache. */
static void advise_write_back(const struct ccsan_shadow *shadow, struct advice *advice,
			      const struct ccsan_copy *except)
{
	struct ccsan_copy *dirty = dirty_copy_but(advice->line, except);

	if (dirty)
		advise(advice, CCSAN_CLEAN, dirty);
	if (shadow->geometry.caches.outer && advice->line->model.outer[CCSAN_WORST].dirty)
		advise(advice, CCSAN_OUTER_CLEAN, NULL);
}

/* A reader finds old bytes: what is newer elsewhere in L1 goes down, what is old goes away. */
static void advise_for_reader(const struct ccsan_shadow *shadow, struct advice *advice,
			      struct ccsan_copy *reader)
{
	struct ccsan_copy *dirty = dirty_copy_but(advice->line, reader);

	if (dirty)
		advise(advice, CCSAN_CLEAN, dirty);
	if (shadow->geometry.caches.outer && advice->line->model.outer[CCSAN_WORST].stale)
		advise(advice, CCSAN_OUTER_INVALIDATE, NULL);
	if (reader->in[CCSAN_WORST].stale)
		advise(advice, CCSAN_INVALIDATE, reader);
}

/* Memory is about to change under a dirty copy: it must not be written back afterwards. */
static void advise_before_memory_write(const struct ccsan_shadow *shadow, struct advice *advice)
{
	struct ccsan_copy *dirty = dirty_copy_but(advice->line, NULL);

	if (dirty)
		advise(advice, CCSAN_FLUSH, dirty);
	if (shadow->geometry.caches.outer && advice->line->model.outer[CCSAN_WORST].dirty)
		advise(advice, CCSAN_OUTER_FLUSH, NULL);
}

static void advise_against_rivals(struct advice *advice, struct ccsan_copy *copy)
{
	struct ccsan_copy *rival;

	ccsan_for_each_rival (rival, copy)
		if (rival->in[CCSAN_WORST].present && advice->count < CCSAN_ADVISED_STEPS)
			advise(advice, CCSAN_FLUSH, rival);
}

static void find_advice(const struct ccsan_shadow *shadow, const struct ccsan_step *step,
			enum ccsan_fault fault, struct advice *advice)
{
	struct ccsan_copy *dirty;

	if (fault == CCSAN_MISSING_BARRIER) {
		advise(advice, CCSAN_BARRIER, NULL);
		return;
	}
	if (fault == CCSAN_HOMONYM) {
		advise_against_rivals(advice, step->copy);
		return;
	}
	switch (step->operation) {
	case CCSAN_READ:
	case CCSAN_FETCH:
		if (fault != CCSAN_LOST_WRITE)
			advise_for_reader(shadow, advice, step->copy);
		break;
	case CCSAN_WRITE:
		dirty = dirty_copy_but(advice->line, step->copy);
		if (dirty)
			advise(advice, CCSAN_FLUSH, dirty);
		else
			advise_for_reader(shadow, advice, step->copy);
		break;
	case CCSAN_INVALIDATE:
		advise(advice, CCSAN_CLEAN, step->copy);
		break;
	case CCSAN_OUTER_INVALIDATE:
	case CCSAN_DEVICE_READ:
	case CCSAN_UNCACHED_READ:
		if (fault != CCSAN_LOST_WRITE || step->operation == CCSAN_OUTER_INVALIDATE)
			advise_write_back(shadow, advice, NULL);
		break;
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
		advise_before_memory_write(shadow, advice);
		break;
	default:
		break;
	}
}

/* --- the trial --- */

struct snapshot {
	struct ccsan_line line;
	struct ccsan_copy *copies[MAX_TRIED_COPIES];
	struct ccsan_copy states[MAX_TRIED_COPIES];
	unsigned count;
	struct ccsan_late lates[CCSAN_CACHED_CPUS]; /* in the order of the line's list */
};

static bool save(struct snapshot *s, struct ccsan_line *line)
{
	struct ccsan_copy *copy;

	struct ccsan_late *late;
	unsigned lates = 0;

	s->line = *line;
	s->count = 0;
	ccsan_for_each_late(late, line) s->lates[lates++] = *late;
	ccsan_for_each_copy (copy, line) {
		if (s->count == MAX_TRIED_COPIES)
			return false;
		s->copies[s->count] = copy;
		s->states[s->count++] = *copy;
	}
	return true;
}

static void restore(const struct snapshot *s, struct ccsan_line *line)
{
	struct ccsan_late *late;
	unsigned lates = 0;

	*line = s->line;
	ccsan_for_each_late(late, line) *late = s->lates[lates++];
	for (unsigned i = 0; i < s->count; i++)
		*s->copies[i] = s->states[i];
}

static void complete_all(const struct ccsan_caches *caches, struct ccsan_line *line)
{
	struct ccsan_step step = { .operation = CCSAN_BARRIER, .line = line };

	ccsan_for_each_late(step.late, line) ccsan_model_apply(caches, &step);
}

/* On all CPUs, and complete. What an advised operation gives up is what it is done for: the bytes
 * of the access. */
static bool advised_steps_are_right(const struct ccsan_caches *caches, const struct advice *advice)
{
	for (unsigned i = 0; i < advice->count; i++) {
		struct ccsan_step step = { .operation = advice->operations[i],
					   .line = &advice->line->model,
					   .copy = advice->targets[i],
					   .also = (ccsan_cpu_set)~0u };

		if (ccsan_model_check(caches, &step).fault)
			return false;
		ccsan_model_apply(caches, &step);
	}
	complete_all(caches, &advice->line->model);
	return true;
}

static enum ccsan_trial try_advice(const struct ccsan_shadow *shadow, const struct ccsan_step *step,
				   const struct advice *advice)
{
	const struct ccsan_caches *caches = &shadow->geometry.caches;
	struct snapshot before;
	enum ccsan_trial trial = CCSAN_TRIED_STAYS;

	for (unsigned i = 0; i < advice->count; i++)
		if (advice->targets[i] && advice->targets[i]->line != step->line)
			return CCSAN_NOT_TRIED; /* a homonym: another line's copy */
	if (!advice->count || !save(&before, step->line))
		return CCSAN_NOT_TRIED;
	if (advised_steps_are_right(caches, advice) && !ccsan_model_check(caches, step).fault)
		trial = CCSAN_TRIED_GONE;
	restore(&before, step->line);
	return trial;
}

static void add_advice(const struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		       const struct ccsan_step *step, struct ccsan_shadow_fault *fault)
{
	struct advice advice = { .line = line };

	find_advice(shadow, step, fault->verdict.fault, &advice);
	fault->advised_count = advice.count;
	for (unsigned i = 0; i < advice.count; i++) {
		fault->advised[i].operation = advice.operations[i];
		if (advice.targets[i])
			fault->advised[i].at = ccsan_pair_of(advice.targets[i])->at;
		else
			fault->advised[i].at.pa = line->pa;
	}
	fault->trial = try_advice(shadow, step, &advice);
}

/* --- the picture --- */

static enum ccsan_certainty presence(const struct ccsan_copy *copy)
{
	if (copy->in[CCSAN_QUIET].present)
		return CCSAN_ALWAYS;
	return copy->in[CCSAN_EVICTING].present ? CCSAN_ON_EVICTION : CCSAN_ON_SPECULATIVE_FILL;
}

static void see_copy(struct ccsan_seen_copy *seen, const struct ccsan_copy *copy)
{
	const struct ccsan_holding *worst = &copy->in[CCSAN_WORST];

	*seen = (struct ccsan_seen_copy){ .at = ccsan_pair_of(copy)->at,
					  .stale = worst->stale,
					  .present = worst->present,
					  .dirty = copy->in[CCSAN_WORST].dirty,
					  .present_on = worst->present,
					  .dirty_on = worst->dirty,
					  .mapped = copy->mapped,
					  .instruction = copy->instruction,
					  .certainty = presence(copy) };
}

/* Copies that matter come first: those at fault and those that are present. Instruction places are
 * shown only where the instruction side is at fault. */
static void see_copies(struct ccsan_shadow_fault *fault, const struct ccsan_met_line *line)
{
	bool fetching = fault->access.operation == CCSAN_FETCH;
	const struct ccsan_copy *copy;

	for (int present = 1; present >= 0; present--)
		ccsan_for_each_copy (copy, &line->model) {
			if ((copy->in[CCSAN_WORST].present != 0) != present ||
			    (copy->instruction && !fetching))
				continue;
			if (fault->copy_count < CCSAN_SEEN_COPIES)
				see_copy(&fault->copies[fault->copy_count], copy);
			fault->copy_count++;
		}
}

static void see_line(struct ccsan_shadow_fault *fault, const struct ccsan_met_line *line)
{
	const struct ccsan_line *model = &line->model;

	fault->line_pa = line->pa;
	fault->below_lacks = model->below_lacks[CCSAN_WORST];
	fault->memory_lacks = model->memory_lacks[CCSAN_WORST];
	fault->lost = model->lost;
	fault->outer_present = model->outer[CCSAN_WORST].present;
	fault->outer_stale = model->outer[CCSAN_WORST].stale;
	fault->outer_dirty = model->outer[CCSAN_WORST].dirty;
	fault->keeper = line->keeper;
	see_copies(fault, line);
}

static void name_writer(struct ccsan_shadow_fault *fault, const struct ccsan_met_line *line,
			ccsan_set set)
{
	for (unsigned i = 0; i < CCSAN_WRITERS; i++)
		if (line->writers[i].set & set) {
			fault->writer = line->writers[i].event;
			fault->writer_may_be_later = line->writers[i].granted;
			return;
		}
}

/* What was not complete: a store, or an operation. */
static void name_pending(struct ccsan_shadow_fault *fault, const struct ccsan_event *event)
{
	if (event->operation == CCSAN_UNCACHED_WRITE)
		fault->writer = *event;
	else
		fault->keeper = *event;
}

/* Whose bytes are at stake: the culprit's where it is another page's line, or where dirty data is
 * in the way; otherwise the newest of the bytes at fault. */
static void name_cause(struct ccsan_shadow_fault *fault, const struct ccsan_met_line *line,
		       const struct ccsan_verdict *verdict)
{
	const struct ccsan_copy *culprit = verdict->culprit;

	if (culprit) {
		fault->culprit_known = true;
		fault->culprit_at = ccsan_pair_of(culprit)->at;
	}
	if (verdict->fault == CCSAN_HOMONYM && culprit)
		name_writer(fault, ccsan_met_line_of(culprit->line), ~(ccsan_set)0);
	else if (verdict->fault == CCSAN_CLOBBER && culprit && culprit->in[CCSAN_WORST].dirty)
		name_writer(fault, line, line->model.below_lacks[CCSAN_WORST]);
	else
		name_writer(fault, line, verdict->set);
	if (verdict->late)
		name_pending(fault, &ccsan_pending_of(verdict->late)->event);
}

void ccsan_tell_fault(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		      const struct ccsan_step *step, const struct ccsan_verdict *verdict,
		      const struct ccsan_event *event)
{
	struct ccsan_shadow_fault fault = { .verdict = *verdict,
					    .access = *event,
					    .touched = step->set };

	see_line(&fault, line);
	name_cause(&fault, line, verdict);
	add_advice(shadow, line, step, &fault);
	shadow->host.fault(shadow->host.context, &fault);
}
