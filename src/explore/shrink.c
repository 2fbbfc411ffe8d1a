/* SPDX-License-Identifier: MIT */
/*
 * See shrink.h. Three kinds of change, each tried everywhere until none helps any more:
 * - a block, all that an actor does without a switch, joins the actor's next or previous block;
 * - a piece is left out: half of the schedule, a quarter, … one decision;
 * - a value becomes 0.
 */
#include "shrink.h"

#include <string.h>

struct shrinking {
	const struct ccsan_shrink_host *host;
	struct ccsan_schedule *best;
	struct ccsan_schedule wish;
	unsigned left, made;
};

static uint64_t sum_of_values(const struct ccsan_schedule *s)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < s->length; i++)
		sum += s->decisions[i].count ? s->decisions[i].chosen : 0;
	return sum;
}

static bool is_simpler(const struct ccsan_schedule *a, const struct ccsan_schedule *b)
{
	size_t switches_a = ccsan_schedule_switches(a), switches_b = ccsan_schedule_switches(b);

	if (switches_a != switches_b)
		return switches_a < switches_b;
	if (a->length != b->length)
		return a->length < b->length;
	return sum_of_values(a) < sum_of_values(b);
}

/* Runs the wish. Return: whether a simpler failing schedule came of it, which is then the best. */
static bool try_wish(struct shrinking *s)
{
	const struct ccsan_schedule *made;

	if (!s->left)
		return false;
	s->left--;
	s->made++;
	if (!s->host->fails(s->host->context, &s->wish, &made) || made->length > s->best->room ||
	    !is_simpler(made, s->best))
		return false;
	memcpy(s->best->decisions, made->decisions, made->length * sizeof(*made->decisions));
	s->best->length = made->length;
	return true;
}

static void wish_for(struct shrinking *s, size_t from, size_t to)
{
	const struct ccsan_decision *d = &s->best->decisions[from];

	memcpy(&s->wish.decisions[s->wish.length], d, (to - from) * sizeof(*d));
	s->wish.length += to - from;
}

/* Where the block that begins here ends: before the next decision for another actor. */
static size_t block_end(const struct ccsan_schedule *s, size_t begin)
{
	size_t end = begin + 1;

	while (end < s->length &&
	       (s->decisions[end].count || s->decisions[end].chosen == s->decisions[begin].chosen))
		end++;
	return end;
}

/* Where the actor's next block begins; the length if there is none. */
static size_t next_block(const struct ccsan_schedule *s, size_t block)
{
	size_t at = block_end(s, block);

	while (at < s->length && s->decisions[at].chosen != s->decisions[block].chosen)
		at = block_end(s, at);
	return at;
}

/* The block and the actor's next one become one, at the place of this or of that. */
static bool join_blocks(struct shrinking *s, size_t block, bool later)
{
	size_t end = block_end(s->best, block), next = next_block(s->best, block), next_end;

	if (next >= s->best->length)
		return false;
	next_end = block_end(s->best, next);
	s->wish.length = 0;
	wish_for(s, 0, block);
	if (!later) {
		wish_for(s, block, end);
		wish_for(s, next, next_end);
		wish_for(s, end, next);
	} else {
		wish_for(s, end, next);
		wish_for(s, block, end);
		wish_for(s, next, next_end);
	}
	wish_for(s, next_end, s->best->length);
	return try_wish(s);
}

static bool join_any(struct shrinking *s)
{
	bool any = false;

	for (size_t block = 0; block < s->best->length && s->left;) {
		if (join_blocks(s, block, false) || join_blocks(s, block, true)) {
			any = true;
			block = 0;
		} else {
			block = block_end(s->best, block);
		}
	}
	return any;
}

static bool leave_out_any(struct shrinking *s)
{
	bool any = false;

	for (size_t piece = (s->best->length + 1) / 2; piece && s->left; piece /= 2) {
		for (size_t at = 0; at + piece <= s->best->length && s->left;) {
			s->wish.length = 0;
			wish_for(s, 0, at);
			wish_for(s, at + piece, s->best->length);
			if (try_wish(s))
				any = true;
			else
				at += piece;
		}
	}
	return any;
}

static bool lower_any(struct shrinking *s)
{
	bool any = false;

	for (size_t at = 0; at < s->best->length && s->left; at++) {
		if (!s->best->decisions[at].count || !s->best->decisions[at].chosen)
			continue;
		s->wish.length = 0;
		wish_for(s, 0, s->best->length);
		s->wish.decisions[at].chosen = 0;
		any |= try_wish(s);
	}
	return any;
}

unsigned ccsan_shrink(struct ccsan_schedule *schedule, unsigned tries,
		      const struct ccsan_shrink_host *host)
{
	struct shrinking s = { .host = host, .best = schedule, .left = tries };
	size_t bytes = (schedule->room + 1) * sizeof(*schedule->decisions);
	bool any = true;

	s.wish.decisions = host->memory(host->context, NULL, bytes);
	s.wish.room = schedule->room;
	while (any && s.left) {
		any = join_any(&s);
		any |= leave_out_any(&s);
		any |= lower_any(&s);
	}
	host->memory(host->context, s.wish.decisions, 0);
	return s.made;
}
