/* SPDX-License-Identifier: MIT */
/*
 * Every order with no preemption, then with one, two … (M. Musuvathi, S. Qadeer, "Iterative context
 * bounding for systematic testing of multithreaded programs", PLDI 2007).
 *
 * A preemption: another actor goes on although the one before could. Where it could not, all
 * enabled ones are alternatives, and so are all values; they are a tree, searched depth first,
 * above each beginning. The beginnings for the next bound are the runs of this one, left at any
 * decision by a preemption. So runs are remembered, each as what it does not share with the one it
 * came from, except those of the last bound: about 8 bytes a decision, and no run is made twice.
 */
#include <string.h>

#include "tree.h"

enum { NO_RECORD = -1 };

/* A decision of a remembered run. */
struct piece {
	struct ccsan_decision decision;
	ccsan_actors preempting; /* who else could go on */
};

/* A run: the first decisions of another one, and then its own. */
struct record {
	int64_t parent;
	size_t shared;
	size_t pieces; /* where its own begin */
};

struct bounded {
	struct record *records;
	struct piece *pieces;
	size_t records_count, records_room, pieces_count, pieces_room;

	/* The beginnings of this bound: from the records `first` to `last` - 1. Next is a
	 * preemption at the piece `at` of record `record`, by one of `left`. */
	size_t first, last, record, at;
	ccsan_actors left;

	/* The beginning under way: so many decisions stay. */
	size_t base;
	int64_t parent; /* of the next run that is remembered */
	size_t shared;

	double begun, beginnings, next_beginnings; /* of this bound; of the next */
	uint64_t runs_before;                      /* of lower bounds */
};

static void start(struct ccsan_search *s)
{
	struct bounded *b = s->host.memory(s->host.context, NULL, sizeof(*b));

	memset(b, 0, sizeof(*b));
	b->parent = NO_RECORD;
	b->base = ccsan_search_prefix(s);
	b->begun = b->beginnings = 1;
	s->own = b;
}

static void release(struct ccsan_search *s)
{
	struct bounded *b = s->own;

	s->host.memory(s->host.context, b->records, 0);
	s->host.memory(s->host.context, b->pieces, 0);
	s->host.memory(s->host.context, b, 0);
}

/* --- the beginnings --- */

static size_t pieces_end(const struct bounded *b, size_t record)
{
	return record + 1 < b->records_count ? b->records[record + 1].pieces : b->pieces_count;
}

/* Return: whether there is a preemption left to begin with in this bound; it is at `at`. */
static bool find_beginning(struct bounded *b)
{
	while (!b->left) {
		if (b->record >= b->last)
			return false;
		if (++b->at >= pieces_end(b, b->record)) {
			if (++b->record >= b->last)
				return false;
			b->at = b->records[b->record].pieces;
		}
		if (b->at < pieces_end(b, b->record))
			b->left = b->pieces[b->at].preempting;
	}
	return true;
}

/* Writes the first decisions of a record's run. */
static void write_path(struct ccsan_search *s, size_t record, size_t length)
{
	const struct bounded *b = s->own;
	int64_t from = (int64_t)record;

	while (length) {
		const struct record *r = &b->records[from];

		for (; length > r->shared; length--)
			s->now.decisions[length - 1] =
				b->pieces[r->pieces + length - 1 - r->shared].decision;
		from = r->parent;
	}
}

static void begin_at(struct ccsan_search *s)
{
	struct bounded *b = s->own;
	const struct record *r = &b->records[b->record];
	size_t length = r->shared + (b->at - r->pieces);

	ccsan_search_decisions(s, length + 1);
	write_path(s, b->record, length);
	s->now.decisions[length] = (struct ccsan_decision){ (uint16_t)ccsan_lowest(b->left), 0 };
	b->left &= b->left - 1;
	b->parent = (int64_t)b->record;
	b->shared = length;
	b->base = s->decided = length + 1;
	b->begun++;
}

static bool raise_bound(struct ccsan_search *s)
{
	struct bounded *b = s->own;

	if (s->counts.bound >= s->plan.preemptions || !b->next_beginnings)
		return false;
	s->counts.bound++;
	b->first = b->last;
	b->last = b->records_count;
	b->record = b->first;
	b->at = b->records[b->record].pieces;
	b->left = b->pieces_count > b->at ? b->pieces[b->at].preempting : 0;
	b->begun = 0;
	b->beginnings = b->next_beginnings;
	b->next_beginnings = 0;
	b->runs_before = s->counts.runs;
	return find_beginning(b);
}

static bool begin(struct ccsan_search *s)
{
	struct bounded *b = s->own;

	if (!s->runs_begun)
		return true;
	if (ccsan_tree_next(s, b->base)) {
		b->shared = s->decided - 1;
		return true;
	}
	if (!find_beginning(b) && !raise_bound(s))
		return false;
	begin_at(s);
	return true;
}

/* --- a run --- */

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	unsigned actor;

	if (ccsan_search_planned(s, 0, &actor)) {
		if (!(enabled & ccsan_only(actor)))
			s->diverged = true;
		return actor;
	}
	if (s->last < CCSAN_MOST_ACTORS && enabled & ccsan_only(s->last))
		return s->last;
	return ccsan_tree_choose(s, enabled);
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	unsigned chosen;

	return ccsan_search_planned(s, count, &chosen) ? chosen : ccsan_tree_value(s, count);
}

/* The last actor before a decision; CCSAN_MOST_ACTORS: none. */
static unsigned actor_before(const struct ccsan_search *s, size_t at)
{
	while (at--) {
		if (!s->now.decisions[at].count)
			return s->now.decisions[at].chosen;
	}
	return CCSAN_MOST_ACTORS;
}

static void end(struct ccsan_search *s)
{
	struct bounded *b = s->own;
	size_t asked = s->decided > ccsan_search_prefix(s) ? s->decided : ccsan_search_prefix(s);
	unsigned last = actor_before(s, b->shared);

	if (s->counts.bound >= s->plan.preemptions)
		return;
	b->records = ccsan_search_room(s, b->records, &b->records_room, b->records_count + 1,
				       sizeof(*b->records));
	b->records[b->records_count] = (struct record){ b->parent, b->shared, b->pieces_count };
	b->pieces =
		ccsan_search_room(s, b->pieces, &b->pieces_room,
				  b->pieces_count + s->now.length - b->shared, sizeof(*b->pieces));
	for (size_t at = b->shared; at < s->now.length; at++) {
		struct piece *piece = &b->pieces[b->pieces_count++];

		*piece = (struct piece){ .decision = s->now.decisions[at] };
		if (piece->decision.count)
			continue;
		if (at >= asked && last < CCSAN_MOST_ACTORS && piece->decision.chosen == last)
			piece->preempting = s->options[at].enabled & ~ccsan_only(last);
		b->next_beginnings += __builtin_popcountll(piece->preempting);
		last = piece->decision.chosen;
	}
	b->parent = (int64_t)b->records_count++;
}

static double expected(const struct ccsan_search *s)
{
	const struct bounded *b = s->own;
	double done;

	if (!s->counts.runs)
		return 0;
	done = (b->begun - 1 + ccsan_tree_done(s, b->base)) / b->beginnings;
	return (double)b->runs_before + (double)(s->counts.runs - b->runs_before) / done;
}

/* --- saving --- */

static void save(const struct ccsan_search *s, struct ccsan_bytes *to)
{
	const struct bounded *b = s->own;
	const uint64_t numbers[] = { b->first,
				     b->last,
				     b->record,
				     b->at,
				     b->left,
				     b->base,
				     (uint64_t)b->parent,
				     b->shared,
				     (uint64_t)b->begun,
				     (uint64_t)b->beginnings,
				     (uint64_t)b->next_beginnings,
				     b->runs_before };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		ccsan_bytes_put(to, numbers[i]);
	ccsan_bytes_put(to, b->records_count);
	for (size_t i = 0; i < b->records_count; i++) {
		ccsan_bytes_put(to, (uint64_t)b->records[i].parent);
		ccsan_bytes_put(to, b->records[i].shared);
		ccsan_bytes_put(to, b->records[i].pieces);
	}
	ccsan_bytes_put(to, b->pieces_count);
	for (size_t i = 0; i < b->pieces_count; i++) {
		ccsan_bytes_put(to, b->pieces[i].decision.chosen);
		ccsan_bytes_put(to, b->pieces[i].decision.count);
		ccsan_bytes_put(to, b->pieces[i].preempting);
	}
}

static void get_runs(struct ccsan_search *s, struct ccsan_bytes *from)
{
	struct bounded *b = s->own;

	b->records_count = (size_t)ccsan_bytes_get(from, from->size);
	b->records = ccsan_search_room(s, b->records, &b->records_room, b->records_count,
				       sizeof(*b->records));
	for (size_t i = 0; i < b->records_count; i++) {
		b->records[i].parent = (int64_t)ccsan_bytes_get(from, UINT64_MAX);
		b->records[i].shared = (size_t)ccsan_bytes_get(from, UINT64_MAX);
		b->records[i].pieces = (size_t)ccsan_bytes_get(from, UINT64_MAX);
	}
	b->pieces_count = (size_t)ccsan_bytes_get(from, from->size);
	b->pieces = ccsan_search_room(s, b->pieces, &b->pieces_room, b->pieces_count,
				      sizeof(*b->pieces));
	for (size_t i = 0; i < b->pieces_count; i++) {
		b->pieces[i].decision.chosen = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		b->pieces[i].decision.count = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		b->pieces[i].preempting = ccsan_bytes_get(from, UINT64_MAX);
	}
}

static void resume(struct ccsan_search *s, struct ccsan_bytes *from)
{
	struct bounded *b = s->own;
	size_t *const places[] = { &b->first, &b->last, &b->record, &b->at };

	for (size_t i = 0; i < sizeof(places) / sizeof(*places); i++)
		*places[i] = (size_t)ccsan_bytes_get(from, UINT64_MAX);
	b->left = ccsan_bytes_get(from, UINT64_MAX);
	b->base = (size_t)ccsan_bytes_get(from, UINT64_MAX);
	b->parent = (int64_t)ccsan_bytes_get(from, UINT64_MAX);
	b->shared = (size_t)ccsan_bytes_get(from, UINT64_MAX);
	b->begun = (double)ccsan_bytes_get(from, UINT64_MAX);
	b->beginnings = (double)ccsan_bytes_get(from, UINT64_MAX);
	b->next_beginnings = (double)ccsan_bytes_get(from, UINT64_MAX);
	b->runs_before = ccsan_bytes_get(from, UINT64_MAX);
	get_runs(s, from);
}

const struct ccsan_strategy_table ccsan_bounded = { .start = start,
						    .free = release,
						    .begin = begin,
						    .choose = choose,
						    .value = value,
						    .end = end,
						    .expected = expected,
						    .save = save,
						    .resume = resume };
