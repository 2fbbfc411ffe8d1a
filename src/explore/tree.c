/* SPDX-License-Identifier: MIT */
/* See tree.h. */
#include "tree.h"

unsigned ccsan_tree_choose(struct ccsan_search *s, ccsan_actors alternatives)
{
	struct ccsan_option *option = &s->options[s->now.length];

	option->left = alternatives & (alternatives - 1);
	option->total = (uint16_t)__builtin_popcountll(alternatives);
	return ccsan_lowest(alternatives);
}

unsigned ccsan_tree_value(struct ccsan_search *s, unsigned count)
{
	s->options[s->now.length].total = (uint16_t)count;
	return 0;
}

static bool advance(struct ccsan_search *s, size_t at)
{
	struct ccsan_decision *decision = &s->now.decisions[at];
	struct ccsan_option *option = &s->options[at];

	if (decision->count) {
		if (decision->chosen + 1 >= option->total)
			return false;
		decision->chosen++;
		return true;
	}
	if (!option->left)
		return false;
	decision->chosen = (uint16_t)ccsan_lowest(option->left);
	option->left &= option->left - 1;
	return true;
}

bool ccsan_tree_next(struct ccsan_search *s, size_t base)
{
	for (size_t at = s->now.length; at > base; at--) {
		if (!advance(s, at - 1))
			continue;
		s->decided = s->known = at;
		return true;
	}
	return false;
}

double ccsan_tree_done(const struct ccsan_search *s, size_t base)
{
	double done = 0, share = 1;

	for (size_t at = base; at < s->now.length; at++) {
		const struct ccsan_option *option = &s->options[at];
		int left = __builtin_popcountll(option->left);

		share /= option->total;
		if (s->now.decisions[at].count)
			done += share * (option->total > 1 ? s->now.decisions[at].chosen : 0);
		else
			done += share * (option->total - 1 - left);
	}
	return done + share;
}
