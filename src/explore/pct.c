/* SPDX-License-Identifier: MIT */
/*
 * Probabilistic concurrency testing (S. Burckhardt, P. Kothari, M. Musuvathi, S. Nagarakatte, "A
 * randomized scheduler with probabilistic guarantees of finding bugs", ASPLOS 2010).
 *
 * Every actor gets a priority by lot, and the enabled one with the highest goes on. At d - 1 steps,
 * chosen by lot from 1 to k, the actor under way falls below all others, to a rank that is the
 * change's own. With n actors and runs of up to k steps, one run hits a bug of depth d (one
 * that d order constraints suffice for) with a probability of at least 1 / (n k^(d-1)).
 *
 * k is not known before: it is the length of the longest run so far, and the first run has no
 * changes. Actors that come later get their priority when first seen enabled. Values are chosen by
 * lot, and are not part of the bound.
 */
#include <string.h>

#include "prng.h"
#include "strategy.h"

struct pct {
	uint64_t lot;
	uint64_t priorities[CCSAN_MOST_ACTORS];
	ccsan_actors seen;
	uint64_t *changes; /* steps, counted from 1; 0: none */
};

static unsigned changes_count(const struct ccsan_search *s)
{
	return s->plan.depth > 1 ? s->plan.depth - 1 : 0;
}

static void start(struct ccsan_search *s)
{
	struct pct *pct = s->host.memory(s->host.context, NULL, sizeof(*pct));

	memset(pct, 0, sizeof(*pct));
	if (changes_count(s))
		pct->changes = s->host.memory(s->host.context, NULL,
					      changes_count(s) * sizeof(*pct->changes));
	s->own = pct;
}

static void release(struct ccsan_search *s)
{
	struct pct *pct = s->own;

	if (pct->changes)
		s->host.memory(s->host.context, pct->changes, 0);
	s->host.memory(s->host.context, pct, 0);
}

static bool begin(struct ccsan_search *s)
{
	struct pct *pct = s->own;

	pct->lot = ccsan_prng_of_run(s->plan.seed, s->runs_begun);
	pct->seen = 0;
	for (unsigned i = 0; i < changes_count(s); i++) {
		uint64_t k = s->counts.longest < UINT32_MAX ? s->counts.longest : UINT32_MAX;

		pct->changes[i] = k ? 1 + ccsan_prng_below(&pct->lot, (uint32_t)k) : 0;
	}
	return true;
}

/* Above all that an actor can fall to. */
static void welcome(struct pct *pct, ccsan_actors newcomers)
{
	pct->seen |= newcomers;
	for (; newcomers; newcomers &= newcomers - 1)
		pct->priorities[ccsan_lowest(newcomers)] =
			ccsan_prng_next(&pct->lot) | (uint64_t)1 << 63;
}

static unsigned highest(const struct pct *pct, ccsan_actors actors)
{
	unsigned best = ccsan_lowest(actors);

	for (; actors; actors &= actors - 1) {
		if (pct->priorities[ccsan_lowest(actors)] > pct->priorities[best])
			best = ccsan_lowest(actors);
	}
	return best;
}

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	struct pct *pct = s->own;
	unsigned actor;

	welcome(pct, enabled & ~pct->seen);
	actor = highest(pct, enabled);
	for (unsigned i = 0; i < changes_count(s); i++) {
		if (pct->changes[i] != s->steps + 1)
			continue;
		pct->priorities[actor] = changes_count(s) - i;
		actor = highest(pct, enabled);
	}
	return actor;
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	return ccsan_prng_below(&((struct pct *)s->own)->lot, count);
}

const struct ccsan_strategy_table ccsan_pct = {
	.start = start, .free = release, .begin = begin, .choose = choose, .value = value
};
