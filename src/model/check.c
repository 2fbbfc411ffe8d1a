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

static struct ccsan_verdict check_homonym(const struct ccsan_step *step)
{
	const struct ccsan_copy *copy = step->copy;
	ccsan_cpu_set cpu = cpu_bit(step);
	const struct ccsan_copy *rival = present_rival(copy, CCSAN_WORST, cpu);

	if (!rival)
		return no_fault();
	return verdict(CCSAN_HOMONYM,
		       certainty(present_rival(copy, CCSAN_QUIET, cpu),
				 present_rival(copy, CCSAN_EVICTING, cpu)),
		       step->set, rival);
}

static struct ccsan_verdict check_read(const struct ccsan_caches *caches,
				       const struct ccsan_step *step, enum ccsan_fault fault)
{
	const struct ccsan_copy *copy = step->copy;
	ccsan_cpu_set cpu = cpu_bit(step);
	struct ccsan_verdict homonym = check_homonym(step);
	ccsan_set old = may_be_old(caches, copy, CCSAN_WORST, cpu) & step->set;

	if (homonym.fault)
		return homonym;
	if (step->line->lost & step->set)
		return verdict(CCSAN_LOST_WRITE, CCSAN_ALWAYS, step->line->lost & step->set, NULL);
	if (!old)
		return no_fault();
	return verdict(fault,
		       certainty(may_be_old(caches, copy, CCSAN_QUIET, cpu) & step->set,
				 may_be_old(caches, copy, CCSAN_EVICTING, cpu) & step->set),
		       old, copy->in[CCSAN_WORST].stale & step->set ? copy : NULL);
}

/* A dirty copy with old bytes in it would put them over newer ones when it is written back: the
 * copy written now if it holds or brings in old bytes, or another one that is dirty already. */
static struct ccsan_verdict check_write(const struct ccsan_caches *caches,
					const struct ccsan_step *step)
{
	const struct ccsan_copy *copy = step->copy;
	ccsan_cpu_set cpu = cpu_bit(step);
	struct ccsan_verdict homonym = check_homonym(step);
	const struct ccsan_copy *other = dirty_copy(step->line, copy, CCSAN_WORST);
	ccsan_set old = goes_along(caches, copy, step->set, CCSAN_WORST, cpu);

	if (homonym.fault)
		return homonym;
	if (other)
		return verdict(CCSAN_CLOBBER,
			       certainty(false, other->in[CCSAN_EVICTING].dirty ||
							goes_along(caches, copy, step->set,
								   CCSAN_EVICTING, cpu)),
			       step->set, other);
	if (!old)
		return no_fault();
	return verdict(CCSAN_CLOBBER,
		       certainty(false, goes_along(caches, copy, step->set, CCSAN_EVICTING, cpu)),
		       old, caches->write_through ? NULL : copy);
}

/* What an invalidate of these CPUs' caches discards against the program's will. */
static ccsan_set discarded(const struct ccsan_step *step, enum ccsan_world world)
{
	if (!(step->copy->in[world].dirty & reach(step)))
		return 0;
	return step->line->below_lacks[world] & ~step->set;
}

static struct ccsan_verdict check_invalidate(const struct ccsan_step *step)
{
	ccsan_set lost = discarded(step, CCSAN_WORST);

	if (!lost)
		return no_fault();
	return verdict(CCSAN_LOST_WRITE,
		       certainty(discarded(step, CCSAN_QUIET), discarded(step, CCSAN_EVICTING)),
		       lost, step->copy);
}

static ccsan_set outer_discarded(const struct ccsan_step *step, enum ccsan_world world)
{
	return step->line->outer[world].dirty ? step->line->memory_lacks[world] & ~step->set : 0;
}

static struct ccsan_verdict check_outer_invalidate(const struct ccsan_step *step)
{
	ccsan_set lost = outer_discarded(step, CCSAN_WORST);

	if (!lost)
		return no_fault();
	/* A dirty copy in L1 holds the whole line; only after its eviction is the outer one the
	 * last. */
	return verdict(CCSAN_LOST_WRITE,
		       certainty(outer_discarded(step, CCSAN_QUIET) &&
					 !dirty_copy(step->line, NULL, CCSAN_QUIET),
				 outer_discarded(step, CCSAN_EVICTING)),
		       lost, NULL);
}

/* Is there an operation whose write to memory is not complete, and which matters to this step of a
 * device? CPUs see their operations in order; a device may come before them. */
static bool comes_too_early(const struct ccsan_late *late, const struct ccsan_step *step,
			    enum ccsan_world world)
{
	if (step->operation == CCSAN_DEVICE_READ)
		return late->lacks[world] & step->set;
	return late->lands[world] || late->stores & step->set;
}

static struct ccsan_verdict check_late(const struct ccsan_step *step)
{
	struct ccsan_verdict missing = no_fault();
	const struct ccsan_late *late;
	bool in_quiet = false, in_evicting = false;

	ccsan_for_each_late(late, step->line)
	{
		if (!comes_too_early(late, step, CCSAN_WORST))
			continue;
		missing.set |= step->operation == CCSAN_DEVICE_READ
				       ? late->lacks[CCSAN_WORST] & step->set
				       : step->set;
		missing.late = late;
		in_quiet |= comes_too_early(late, step, CCSAN_QUIET);
		in_evicting |= comes_too_early(late, step, CCSAN_EVICTING);
	}
	if (!missing.late)
		return missing;
	missing.fault = CCSAN_MISSING_BARRIER;
	missing.certainty = certainty(in_quiet, in_evicting);
	return missing;
}

static struct ccsan_verdict check_memory_read(const struct ccsan_step *step, enum ccsan_fault fault)
{
	const struct ccsan_line *line = step->line;

	if (line->lost & step->set)
		return verdict(CCSAN_LOST_WRITE, CCSAN_ALWAYS, line->lost & step->set, NULL);
	if (line->memory_lacks[CCSAN_WORST] & step->set)
		return verdict(fault,
			       certainty(line->memory_lacks[CCSAN_QUIET] & step->set,
					 line->memory_lacks[CCSAN_EVICTING] & step->set),
			       line->memory_lacks[CCSAN_WORST] & step->set,
			       dirty_copy(line, NULL, CCSAN_WORST));
	return step->operation == CCSAN_DEVICE_READ ? check_late(step) : no_fault();
}

static struct ccsan_verdict check_memory_write(const struct ccsan_caches *caches,
					       const struct ccsan_step *step)
{
	const struct ccsan_line *line = step->line;
	const struct ccsan_copy *dirty = dirty_copy(line, NULL, CCSAN_WORST);

	if (dirty || (caches->outer && line->outer[CCSAN_WORST].dirty))
		return verdict(CCSAN_CLOBBER,
			       certainty(false, dirty_copy(line, NULL, CCSAN_EVICTING) ||
							line->outer[CCSAN_EVICTING].dirty),
			       step->set, dirty);
	return step->operation == CCSAN_DEVICE_WRITE ? check_late(step) : no_fault();
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
		return caches->outer ? check_outer_invalidate(step) : no_fault();
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
