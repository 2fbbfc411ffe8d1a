/* SPDX-License-Identifier: MIT */
/*
 * One given schedule, once.
 *
 * Strictly: every decision is the one that the schedule has, of the same kind, and there are as
 * many. Loosely: the schedule is a wish. Each decision uses up one entry of its kind; values that
 * nobody asks for are passed over; a wish that cannot be is answered by the actor that ran last,
 * else by the first enabled one, or by value 0.
 */
#include "strategy.h"

static void start(struct ccsan_search *s)
{
	s->own = s->host.memory(s->host.context, NULL, sizeof(size_t));
	*(size_t *)s->own = 0;
}

static void release(struct ccsan_search *s)
{
	s->host.memory(s->host.context, s->own, 0);
}

static bool begin(struct ccsan_search *s)
{
	return !s->runs_begun;
}

/* --- loosely --- */

static unsigned wished_actor(struct ccsan_search *s, ccsan_actors enabled)
{
	const struct ccsan_schedule *wish = s->plan.schedule;
	size_t *at = s->own;

	while (*at < wish->length && wish->decisions[*at].count)
		++*at;
	if (*at < wish->length) {
		unsigned actor = wish->decisions[(*at)++].chosen;

		if (actor < CCSAN_MOST_ACTORS && enabled & ccsan_only(actor))
			return actor;
	}
	if (s->last < CCSAN_MOST_ACTORS && enabled & ccsan_only(s->last))
		return s->last;
	return ccsan_lowest(enabled);
}

static unsigned wished_value(struct ccsan_search *s, unsigned count)
{
	const struct ccsan_schedule *wish = s->plan.schedule;
	size_t *at = s->own;

	if (*at >= wish->length || !wish->decisions[*at].count)
		return 0;
	++*at;
	return wish->decisions[*at - 1].chosen < count ? wish->decisions[*at - 1].chosen : 0;
}

/* --- strictly, too --- */

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	unsigned actor;

	if (s->plan.loosely)
		return wished_actor(s, enabled);
	if (ccsan_search_planned(s, 0, &actor) && !s->diverged && actor < CCSAN_MOST_ACTORS &&
	    enabled & ccsan_only(actor))
		return actor;
	s->diverged = true;
	return CCSAN_MOST_ACTORS;
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	unsigned chosen;

	if (s->plan.loosely)
		return wished_value(s, count);
	if (ccsan_search_planned(s, count, &chosen))
		return chosen;
	s->diverged = true;
	return 0;
}

static void end(struct ccsan_search *s)
{
	if (!s->plan.loosely && s->now.length < ccsan_search_prefix(s))
		s->diverged = true;
}

static double expected(const struct ccsan_search *s)
{
	(void)s;
	return 1;
}

const struct ccsan_strategy_table ccsan_replay = { .start = start,
						   .free = release,
						   .begin = begin,
						   .choose = choose,
						   .value = value,
						   .end = end,
						   .expected = expected };
