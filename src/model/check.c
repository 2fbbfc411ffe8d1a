/* SPDX-License-Identifier: MIT */
/* The column "fault if" of docs/model.md. See model.h. */
#include "rules.h"

static struct ccsan_verdict verdict(enum ccsan_fault fault, enum ccsan_certainty certainty,
				    ccsan_set set, const struct ccsan_copy *culprit)
{
	return (struct ccsan_verdict){
		.fault = fault, .certainty = certainty, .set = set, .culprit = culprit
	};
}

static struct ccsan_verdict no_fault(void)
{
	return verdict(CCSAN_NO_FAULT, CCSAN_ALWAYS, 0, NULL);
}

/* The fault exists in the worst world; the calmest one in which it does says how certain it is. */
static enum ccsan_certainty certainty(bool in_quiet, bool in_evicting)
{
	if (in_quiet)
		return CCSAN_ALWAYS;
	return in_evicting ? CCSAN_ON_EVICTION : CCSAN_ON_SPECULATIVE_FILL;
}

static struct ccsan_verdict check_homonym(const struct ccsan_copy *copy, ccsan_set set)
{
	const struct ccsan_copy *rival = present_rival(copy, CCSAN_WORST);

	if (!rival)
		return no_fault();
	return verdict(
		CCSAN_HOMONYM,
		certainty(present_rival(copy, CCSAN_QUIET), present_rival(copy, CCSAN_EVICTING)),
		set, rival);
}

static struct ccsan_verdict check_read(const struct ccsan_caches *caches,
				       const struct ccsan_step *step, enum ccsan_fault fault)
{
	const struct ccsan_copy *copy = step->copy;
	struct ccsan_verdict homonym = check_homonym(copy, step->set);
	ccsan_set old = may_be_old(caches, copy, CCSAN_WORST) & step->set;

	if (homonym.fault)
		return homonym;
	if (step->line->lost & step->set)
		return verdict(CCSAN_LOST_WRITE, CCSAN_ALWAYS, step->line->lost & step->set, NULL);
	if (!old)
		return no_fault();
	return verdict(fault,
		       certainty(may_be_old(caches, copy, CCSAN_QUIET) & step->set,
				 may_be_old(caches, copy, CCSAN_EVICTING) & step->set),
		       old, copy->in[CCSAN_WORST].stale & step->set ? copy : NULL);
}

/* A dirty copy with old bytes in it would put them over newer ones when it is written back: the
 * copy written now if it holds or brings in old bytes, or another one that is dirty already. */
static struct ccsan_verdict check_write(const struct ccsan_caches *caches,
					const struct ccsan_step *step)
{
	struct ccsan_verdict homonym = check_homonym(step->copy, step->set);
	const struct ccsan_copy *other = dirty_copy(step->line, step->copy);
	ccsan_set old = goes_along(caches, step->copy, step->set, CCSAN_WORST);

	if (homonym.fault)
		return homonym;
	if (other)
		return verdict(CCSAN_CLOBBER, CCSAN_ON_EVICTION, step->set, other);
	if (!old)
		return no_fault();
	return verdict(CCSAN_CLOBBER,
		       certainty(false, goes_along(caches, step->copy, step->set, CCSAN_EVICTING)),
		       old, caches->write_through ? NULL : step->copy);
}

static struct ccsan_verdict check_invalidate(const struct ccsan_step *step)
{
	ccsan_set lost = step->copy->dirty ? step->line->below_lacks & ~step->set : 0;

	return lost ? verdict(CCSAN_LOST_WRITE, CCSAN_ALWAYS, lost, step->copy) : no_fault();
}

static struct ccsan_verdict check_outer_invalidate(const struct ccsan_line *line, ccsan_set set)
{
	ccsan_set lost = line->outer_dirty ? line->memory_lacks & ~set : 0;

	if (!lost)
		return no_fault();
	/* A dirty copy in L1 holds the whole line; only after its eviction is the outer one the
	 * last. */
	return verdict(CCSAN_LOST_WRITE, dirty_copy(line, NULL) ? CCSAN_ON_EVICTION : CCSAN_ALWAYS,
		       lost, NULL);
}

static struct ccsan_verdict check_memory_read(const struct ccsan_step *step, enum ccsan_fault fault)
{
	const struct ccsan_line *line = step->line;

	if (line->lost & step->set)
		return verdict(CCSAN_LOST_WRITE, CCSAN_ALWAYS, line->lost & step->set, NULL);
	if (line->memory_lacks & step->set)
		return verdict(fault, CCSAN_ALWAYS, line->memory_lacks & step->set,
			       dirty_copy(line, NULL));
	return no_fault();
}

static struct ccsan_verdict check_memory_write(const struct ccsan_caches *caches,
					       const struct ccsan_step *step)
{
	const struct ccsan_copy *dirty = dirty_copy(step->line, NULL);

	if (dirty || (caches->outer && step->line->outer_dirty))
		return verdict(CCSAN_CLOBBER, CCSAN_ON_EVICTION, step->set, dirty);
	return no_fault();
}

struct ccsan_verdict ccsan_model_check(const struct ccsan_caches *caches,
				       const struct ccsan_step *step)
{
	switch (step->operation) {
	case CCSAN_READ:
		return check_read(caches, step, CCSAN_STALE_READ);
	case CCSAN_FETCH:
		return check_read(caches, step, CCSAN_STALE_FETCH);
	case CCSAN_WRITE:
		return check_write(caches, step);
	case CCSAN_INVALIDATE:
		return check_invalidate(step);
	case CCSAN_OUTER_INVALIDATE:
		return caches->outer ? check_outer_invalidate(step->line, step->set) : no_fault();
	case CCSAN_DEVICE_READ:
		return check_memory_read(step, CCSAN_STALE_DMA);
	case CCSAN_UNCACHED_READ:
		return check_memory_read(step, CCSAN_STALE_READ);
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
		return check_memory_write(caches, step);
	default:
		return no_fault();
	}
}
