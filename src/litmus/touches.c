/* SPDX-License-Identifier: MIT */
/*
 * What a step of an explored file depends on, as names for the search. Two steps that touch the
 * same name, one of them changing it, are tried in both orders; so every way in which one step can
 * change what the other one does or finds needs a name here:
 *
 *	a line       whatever is done to it through any place, by a device, or to the outer cache.
 *Two reads need no order as long as nothing is found: a finding puts the line into order, and
 *another finding may be missing afterwards a place      of a virtually tagged cache that can hold
 *lines of several frames: all of these a way        the translation of a page of an alias a frame
 *what is mapped to it: a CPU that speculates fills what it can reach the cache    operations by set
 *and way, against everything else the spaces   on CPUs that speculate; barriers
 */
#include <stdlib.h>
#include <string.h>

#include "running.h"

/* Where the numbers of pages of different kinds begin. */
#define PHYSICAL_PAGE (1ull << 52)
#define UNKNOWN_PAGE  (1ull << 53)

enum { STATE_MAPS = 1, STATE_SPACES, STATE_BARRIERS };

static bool is_mapping(const struct ccsan_statement *s)
{
	return s->verb == CCSAN_VERB_MAP || s->verb == CCSAN_VERB_REMAP ||
	       s->verb == CCSAN_VERB_UNMAP;
}

static bool is_on_alias(const struct ccsan_statement *s)
{
	return s->verb == CCSAN_VERB_ACCESS || s->verb == CCSAN_VERB_MAINTAIN;
}

/* --- before the first run --- */

/* The address of an alias, if it is the same in every run; else 0. */
static uint64_t sure_address(const struct ccsan_running *r, unsigned index)
{
	const struct ccsan_alias_object *alias = &r->litmus->aliases[index];

	if (r->aliases[index])
		return r->aliases[index];
	if (alias->fixed)
		return ccsan_running_fixed_address(alias);
	if (alias->attributes == CCSAN_KERNEL) /* the direct map */
		return CCSAN_KERNEL_BASE +
		       (ccsan_running_page(r, alias->frame, alias->first_page) - CCSAN_RAM_BASE);
	return 0;
}

static uint64_t way_page(const struct ccsan_dependence *d, unsigned index, uint64_t offset)
{
	uint64_t va = sure_address(d->running, index), page = offset >> d->page_shift;

	return va ? (va >> d->page_shift) + page : UNKNOWN_PAGE | (uint64_t)index << 20 | page;
}

static struct ccsan_way *find_way(const struct ccsan_dependence *d, uint64_t page)
{
	for (unsigned i = 0; i < d->ways_count; i++)
		if (d->ways[i].page == page)
			return &d->ways[i];
	return NULL;
}

static void add_way(struct ccsan_dependence *d, uint64_t page, ccsan_phys frame)
{
	struct ccsan_way *way = find_way(d, page);

	if (!way) {
		d->ways = ccsan_must(realloc(d->ways, (d->ways_count + 1) * sizeof(*d->ways)));
		way = &d->ways[d->ways_count++];
		*way = (struct ccsan_way){ .page = page };
	}
	for (unsigned i = 0; i < way->frames_count; i++)
		if (way->frames[i] == frame)
			return;
	way->frames =
		ccsan_must(realloc(way->frames, (way->frames_count + 1) * sizeof(*way->frames)));
	way->frames[way->frames_count++] = frame;
}

static void add_ways(struct ccsan_dependence *d, const struct ccsan_statement *s)
{
	const struct ccsan_litmus *l = d->running->litmus;
	const struct ccsan_alias_object *alias = &l->aliases[s->object];
	bool first = s->verb == CCSAN_VERB_MAP;

	for (unsigned page = 0; page < alias->pages; page++)
		add_way(d, way_page(d, s->object, (uint64_t)page << d->page_shift),
			ccsan_running_page(d->running, first ? alias->frame : s->frame,
					   (first ? alias->first_page : s->first_page) + page));
}

static bool is_user(const struct ccsan_litmus *l, const struct ccsan_statement *s)
{
	return is_on_alias(s) && ccsan_running_space(&l->aliases[s->object]);
}

void ccsan_dependence_find(struct ccsan_dependence *d, const struct ccsan_running *r)
{
	const struct ccsan_litmus *l = r->litmus;
	unsigned first = l->threads_count ? l->threads[0].first : l->statements_count;

	*d = (struct ccsan_dependence){ .running = r };
	while (1u << d->page_shift < r->cpu->page)
		d->page_shift++;
	while (1u << d->line_shift < r->cpu->data.line)
		d->line_shift++;
	for (unsigned i = 0; i < l->statements_count; i++) {
		const struct ccsan_statement *s = &l->statements[i];

		if (s->verb == CCSAN_VERB_MAP || s->verb == CCSAN_VERB_REMAP)
			add_ways(d, s);
		if (i < first)
			continue;
		d->whole_cache |= s->verb == CCSAN_VERB_ALL;
		d->maps |= is_mapping(s);
		d->new_aliases |= s->verb == CCSAN_VERB_MAP;
		d->barriers |= s->verb == CCSAN_VERB_BARRIER;
		d->spaces |= r->cpu->speculative && l->spaces_count &&
			     (s->verb == CCSAN_VERB_SWITCH || is_user(l, s));
	}
}

void ccsan_dependence_free(struct ccsan_dependence *d)
{
	for (unsigned i = 0; i < d->ways_count; i++)
		free(d->ways[i].frames);
	free(d->ways);
}

/* --- names --- */

static void touch(struct ccsan_litmus_touches *t, enum ccsan_name_class class, uint64_t what,
		  enum ccsan_touch how)
{
	if (t->count == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->all = ccsan_must(realloc(t->all, t->room * sizeof(*t->all)));
	}
	t->all[t->count++] = (struct ccsan_litmus_touch){ ccsan_name_of(class, what), how };
}

static void touch_lines(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			ccsan_phys from, ccsan_phys to)
{
	for (uint64_t line = from >> d->line_shift; line << d->line_shift < to; line++)
		touch(t, CCSAN_NAMES_LINE, line, CCSAN_CHANGES);
}

/* What everything that reaches memory or caches looks at. */
static void touch_surroundings(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			       const struct ccsan_statement *s)
{
	if (d->whole_cache)
		touch(t, CCSAN_NAMES_CACHE, 0,
		      s->verb == CCSAN_VERB_ALL ? CCSAN_CHANGES : CCSAN_LOOKS);
	if (d->barriers)
		touch(t, CCSAN_NAMES_STATE, STATE_BARRIERS,
		      s->verb == CCSAN_VERB_BARRIER ? CCSAN_CHANGES : CCSAN_LOOKS);
	if (d->spaces)
		touch(t, CCSAN_NAMES_STATE, STATE_SPACES,
		      s->verb == CCSAN_VERB_SWITCH || is_user(d->running->litmus, s) ? CCSAN_CHANGES
										     : CCSAN_LOOKS);
}

/* The translation of a frame's page matters to a CPU that fills what it can reach. */
static void touch_frame(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			ccsan_phys at, enum ccsan_touch how)
{
	if (d->maps && d->running->cpu->speculative)
		touch(t, CCSAN_NAMES_PAGE, PHYSICAL_PAGE | at >> d->page_shift, how);
}

static bool is_virtual(const struct ccsan_cpu *cpu)
{
	return cpu->data.type == CCSAN_CACHE_VIVT || cpu->instruction.type == CCSAN_CACHE_VIVT;
}

/* The lines of other frames that may be at the same places. */
static void touch_rivals(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			 const struct ccsan_way *way, uint64_t from, uint64_t to)
{
	uint64_t in_page = (1ull << d->page_shift) - 1;

	for (unsigned i = 0; i < way->frames_count; i++)
		touch_lines(d, t, way->frames[i] + (from & in_page),
			    way->frames[i] + ((to - 1) & in_page) + 1);
}

/* A range within one page of an alias, widened to lines. */
static void collect_page(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			 const struct ccsan_statement *s, uint64_t from, uint64_t to)
{
	const struct ccsan_running *r = d->running;
	const struct ccsan_alias_object *alias = &r->litmus->aliases[s->object];
	const struct ccsan_way *way;
	uint64_t page = way_page(d, s->object, from), pa;
	bool cached;

	touch(t, CCSAN_NAMES_PAGE, page, CCSAN_LOOKS);
	way = find_way(d, page);
	if (!ccsan_machine_translate(r->machine, ccsan_running_space(alias),
				     r->aliases[s->object] + from, &pa, &cached))
		return;
	touch_frame(d, t, pa, CCSAN_LOOKS);
	if (way && way->frames_count > 1 && is_virtual(r->cpu))
		touch_rivals(d, t, way, from, to);
	else
		touch_lines(d, t, pa, pa + (to - from));
}

static void collect_on_alias(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			     const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;
	uint64_t unit = s->verb == CCSAN_VERB_MAINTAIN ? ccsan_running_unit(d->running, s) : 1;
	uint64_t page = 1ull << d->page_shift;
	uint64_t from = part->offset & ~(unit - 1);
	uint64_t to = (part->offset + part->bytes + unit - 1) & ~(unit - 1);

	for (uint64_t end; from < to; from = end) {
		end = (from & ~(page - 1)) + page;
		if (end > to)
			end = to;
		collect_page(d, t, s, from, end);
	}
}

static void collect_on_frame(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			     const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;
	uint64_t unit = s->verb == CCSAN_VERB_OUTER ? ccsan_running_unit(d->running, s) : 1;
	uint64_t at = d->running->frames[s->object] + part->offset, page = 1ull << d->page_shift;
	uint64_t from = at & ~(unit - 1), to = (at + part->bytes + unit - 1) & ~(unit - 1);

	touch_lines(d, t, from, to);
	for (from &= ~(page - 1); from < to; from += page)
		touch_frame(d, t, from, CCSAN_LOOKS);
}

static void collect_mapping(const struct ccsan_dependence *d, struct ccsan_litmus_touches *t,
			    const struct ccsan_statement *s)
{
	const struct ccsan_running *r = d->running;
	const struct ccsan_alias_object *alias = &r->litmus->aliases[s->object];
	bool first = s->verb == CCSAN_VERB_MAP, cached;

	if (d->new_aliases)
		touch(t, CCSAN_NAMES_STATE, STATE_MAPS, CCSAN_CHANGES);
	for (unsigned page = 0; page < alias->pages; page++) {
		uint64_t offset = (uint64_t)page << d->page_shift, pa;

		touch(t, CCSAN_NAMES_PAGE, way_page(d, s->object, offset), CCSAN_CHANGES);
		if (s->verb != CCSAN_VERB_UNMAP)
			touch_frame(d, t,
				    ccsan_running_page(r, first ? alias->frame : s->frame,
						       (first ? alias->first_page : s->first_page) +
							       page),
				    CCSAN_CHANGES);
		if (ccsan_machine_translate(r->machine, ccsan_running_space(alias),
					    r->aliases[s->object] + offset, &pa, &cached))
			touch_frame(d, t, pa, CCSAN_CHANGES);
	}
}

void ccsan_dependence_collect(const struct ccsan_dependence *d, const struct ccsan_deed_part *part,
			      struct ccsan_litmus_touches *t)
{
	const struct ccsan_statement *s = part->statement;

	t->count = 0;
	if (s->verb >= CCSAN_VERB_LOCK) /* the stage knows about these */
		return;
	touch_surroundings(d, t, s);
	if (is_on_alias(s))
		collect_on_alias(d, t, part);
	else if (is_mapping(s))
		collect_mapping(d, t, s);
	else if (s->verb == CCSAN_VERB_OUTER || s->verb == CCSAN_VERB_DEVICE ||
		 s->verb == CCSAN_VERB_FORGET)
		collect_on_frame(d, t, part);
}
