/* SPDX-License-Identifier: MIT */
/* Every order at all: depth first, every enabled actor and every value at every decision. */
#include "tree.h"

static bool begin(struct ccsan_search *s)
{
	return !s->runs_begun || ccsan_tree_next(s, ccsan_search_prefix(s));
}

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	unsigned actor;

	if (!ccsan_search_planned(s, 0, &actor))
		return ccsan_tree_choose(s, enabled);
	if (!(enabled & ccsan_only(actor)))
		s->diverged = true;
	return actor;
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	unsigned chosen;

	return ccsan_search_planned(s, count, &chosen) ? chosen : ccsan_tree_value(s, count);
}

static double expected(const struct ccsan_search *s)
{
	if (!s->counts.runs)
		return 0;
	return (double)s->counts.runs / ccsan_tree_done(s, ccsan_search_prefix(s));
}

const struct ccsan_strategy_table ccsan_brute = {
	.begin = begin, .choose = choose, .value = value, .expected = expected
};
