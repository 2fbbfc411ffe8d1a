/* SPDX-License-Identifier: MIT */
/* What the rows of the table in docs/model.md share: the contract between the .c files here. */
#ifndef CCSAN_MODEL_RULES_H
#define CCSAN_MODEL_RULES_H

#include "model.h"

#include <stddef.h>

static inline ccsan_set outer_stale(const struct ccsan_caches *caches,
				    const struct ccsan_line *line, enum ccsan_world world)
{
	return caches->outer ? line->outer[world].stale : 0;
}

static inline ccsan_cpu_set cpu_bit(const struct ccsan_step *step)
{
	return (ccsan_cpu_set)(1u << step->cpu);
}

/* The CPUs whose caches a cache operation acts on. */
static inline ccsan_cpu_set reach(const struct ccsan_step *step)
{
	return (ccsan_cpu_set)(cpu_bit(step) | step->also);
}

/* F: what a miss at this place may bring in stale. A dirty copy at the same place answers it,
 * whichever CPU has it. */
static inline ccsan_set what_a_miss_brings(const struct ccsan_caches *caches,
					   const struct ccsan_copy *copy, enum ccsan_world world)
{
	ccsan_set newer_elsewhere = copy->in[world].dirty ? 0 : copy->line->below_lacks[world];

	return newer_elsewhere | outer_stale(caches, copy->line, world);
}

/* A touch of a copy that surely is there goes no further. */
static inline bool goes_below(const struct ccsan_copy *copy, enum ccsan_world world,
			      ccsan_cpu_set cpu)
{
	return world != CCSAN_QUIET || !(copy->in[world].present & cpu);
}

/* S, and F where the copy may have to be fetched: what an access through this place may find old.
 * A miss may be answered by another CPU's copy as well, so S is one for all of them. */
static inline ccsan_set may_be_old(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
				   enum ccsan_world world, ccsan_cpu_set cpu)
{
	ccsan_set missed =
		goes_below(copy, world, cpu) ? what_a_miss_brings(caches, copy, world) : 0;

	return copy->in[world].stale | missed;
}

static inline const struct ccsan_copy *present_rival(const struct ccsan_copy *copy,
						     enum ccsan_world world, ccsan_cpu_set cpu)
{
	const struct ccsan_copy *rival;

	ccsan_for_each_rival (rival, copy)
		if (rival->in[world].present & cpu)
			return rival;
	return NULL;
}

static inline const struct ccsan_copy *
dirty_copy(const struct ccsan_line *line, const struct ccsan_copy *except, enum ccsan_world world)
{
	const struct ccsan_copy *copy;

	ccsan_for_each_copy (copy, line)
		if (copy->in[world].dirty && copy != except)
			return copy;
	return NULL;
}

/* The old bytes that will be written back together with those written now: by the copy in L1, or,
 * where stores go through, by the outer cache. */
static inline ccsan_set goes_along(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
				   ccsan_set written, enum ccsan_world world, ccsan_cpu_set cpu)
{
	ccsan_set old = caches->write_through ? outer_stale(caches, copy->line, world)
					      : may_be_old(caches, copy, world, cpu);

	return old & ~written;
}

#endif
