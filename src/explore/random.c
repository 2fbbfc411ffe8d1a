/* SPDX-License-Identifier: MIT */
/* Every decision by lot. A run depends on the seed and its own number only. */
#include "prng.h"
#include "strategy.h"

static void start(struct ccsan_search *s)
{
	s->own = s->host.memory(s->host.context, NULL, sizeof(uint64_t));
}

static void release(struct ccsan_search *s)
{
	s->host.memory(s->host.context, s->own, 0);
}

static bool begin(struct ccsan_search *s)
{
	*(uint64_t *)s->own = ccsan_prng_of_run(s->plan.seed, s->runs_begun);
	return true;
}

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	return ccsan_nth(enabled,
			 ccsan_prng_below(s->own, (uint32_t)__builtin_popcountll(enabled)));
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	return ccsan_prng_below(s->own, count);
}

const struct ccsan_strategy_table ccsan_random = {
	.start = start, .free = release, .begin = begin, .choose = choose, .value = value
};
