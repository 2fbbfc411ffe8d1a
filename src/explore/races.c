/* SPDX-License-Identifier: MIT */
/* Vector clocks and races. See races.h. */
#include "races.h"

#include <string.h>

enum { FIRST_BUCKETS = 64 };

void ccsan_races_free(struct ccsan_races *r)
{
	const struct ccsan_search_host *host = &r->search->host;

	host->memory(host->context, r->objects, 0);
	host->memory(host->context, r->buckets, 0);
	host->memory(host->context, r->touches, 0);
	host->memory(host->context, r->steps, 0);
	host->memory(host->context, r->clocks, 0);
	host->memory(host->context, r->races, 0);
	host->memory(host->context, r->rivals, 0);
}

/* --- objects --- */

static size_t bucket_of(const struct ccsan_races *r, uint64_t name)
{
	uint64_t hash = name * 0x9e3779b97f4a7c15u;

	return (size_t)(hash >> 32) & (r->buckets_count - 1);
}

static uint32_t *find(const struct ccsan_races *r, uint64_t name)
{
	size_t at = bucket_of(r, name);

	while (r->buckets[at] && r->objects[r->buckets[at] - 1].name != name)
		at = (at + 1) & (r->buckets_count - 1);
	return &r->buckets[at];
}

static void spread(struct ccsan_races *r)
{
	const struct ccsan_search_host *host = &r->search->host;

	r->buckets_count = r->buckets_count ? 4 * r->buckets_count : FIRST_BUCKETS;
	r->buckets =
		host->memory(host->context, r->buckets, r->buckets_count * sizeof(*r->buckets));
	memset(r->buckets, 0, r->buckets_count * sizeof(*r->buckets));
	for (size_t i = 0; i < r->objects_count; i++)
		*find(r, r->objects[i].name) = (uint32_t)i + 1;
}

uint32_t ccsan_races_object(struct ccsan_races *r, uint64_t name)
{
	uint32_t *bucket;

	if (2 * r->objects_count >= r->buckets_count)
		spread(r);
	bucket = find(r, name);
	if (*bucket)
		return *bucket - 1;
	r->objects = ccsan_search_room(r->search, r->objects, &r->objects_room,
				       r->objects_count + 1, sizeof(*r->objects));
	r->objects[r->objects_count++] = (struct ccsan_object){ .name = name };
	*bucket = (uint32_t)r->objects_count;
	return *bucket - 1;
}

void ccsan_races_unmark(struct ccsan_races *r)
{
	if (++r->mark)
		return;
	for (size_t i = 0; i < r->objects_count; i++)
		r->objects[i].mark = 0;
	r->mark = 1;
}

void ccsan_races_mark(struct ccsan_races *r, uint32_t object, bool changes)
{
	struct ccsan_object *o = &r->objects[object];

	o->mark_changes = changes || (o->mark == r->mark && o->mark_changes);
	o->mark = r->mark;
}

bool ccsan_races_independent(const struct ccsan_races *r, size_t step)
{
	size_t end = ccsan_races_touches_end(r, step);

	for (size_t i = r->steps[step].touches; i < end; i++) {
		const struct ccsan_object *o = &r->objects[r->touches[i].object];

		if (o->mark == r->mark && (o->mark_changes || r->touches[i].touch != CCSAN_LOOKS))
			return false;
	}
	return true;
}

/* --- steps and touches --- */

/* Clocks are `width` numbers long: as many as there are actors. */
static void widen(struct ccsan_races *r, unsigned width)
{
	unsigned old = r->width;

	r->width = (width + 3) & ~3u;
	r->clocks = ccsan_search_room(r->search, r->clocks, &r->clocks_room,
				      r->steps_room * r->width, sizeof(*r->clocks));
	for (size_t i = r->closed; i--;) {
		uint32_t *to = &r->clocks[i * r->width];

		memmove(to, &r->clocks[i * old], old * sizeof(*to));
		memset(to + old, 0, (r->width - old) * sizeof(*to));
	}
}

uint32_t ccsan_races_number(const struct ccsan_races *r, unsigned actor)
{
	return r->last[actor] ? r->steps[r->last[actor] - 1].number + 1 : 1;
}

void ccsan_races_begin(struct ccsan_races *r, unsigned actor, size_t decision)
{
	struct ccsan_race_step *step;

	r->steps = ccsan_search_room(r->search, r->steps, &r->steps_room, r->steps_count + 1,
				     sizeof(*r->steps));
	if (actor >= r->width)
		widen(r, actor + 1);
	r->clocks = ccsan_search_room(r->search, r->clocks, &r->clocks_room,
				      r->steps_room * r->width, sizeof(*r->clocks));
	step = &r->steps[r->steps_count++];
	*step = (struct ccsan_race_step){ .touches = (uint32_t)r->touches_count,
					  .decision = (uint32_t)decision,
					  .previous = r->last[actor],
					  .number = ccsan_races_number(r, actor),
					  .actor = (uint8_t)actor };
	r->last[actor] = (uint32_t)r->steps_count;
}

/* A step that does two different things to an object changes it; but one that acquires it and gives
 * it back is still enabled only while nobody holds it. */
static void add_touch(struct ccsan_races *r, uint32_t object, enum ccsan_touch touch)
{
	struct ccsan_object *o = &r->objects[object];
	uint32_t step = (uint32_t)r->steps_count - 1;
	struct ccsan_touched *t = o->last ? &r->touches[o->last - 1] : NULL;

	if (t && t->step == step) {
		if (t->touch != (uint32_t)touch &&
		    !(t->touch == CCSAN_ACQUIRES && touch >= CCSAN_RELEASES))
			t->touch = CCSAN_CHANGES;
		if (touch != CCSAN_LOOKS)
			t->changed = o->last;
		return;
	}
	r->touches = ccsan_search_room(r->search, r->touches, &r->touches_room,
				       r->touches_count + 1, sizeof(*r->touches));
	t = &r->touches[r->touches_count++];
	*t = (struct ccsan_touched){ object, touch, step, o->last, 0 };
	if (touch != CCSAN_LOOKS)
		t->changed = (uint32_t)r->touches_count;
	else if (o->last)
		t->changed = r->touches[o->last - 1].changed;
	o->last = (uint32_t)r->touches_count;
}

void ccsan_races_touch(struct ccsan_races *r, uint64_t object, enum ccsan_touch touch)
{
	add_touch(r, ccsan_races_object(r, object), touch);
}

void ccsan_races_cut(struct ccsan_races *r, size_t steps)
{
	while (r->steps_count > steps) {
		const struct ccsan_race_step *step = &r->steps[--r->steps_count];

		for (; r->touches_count > step->touches; r->touches_count--) {
			const struct ccsan_touched *t = &r->touches[r->touches_count - 1];

			r->objects[t->object].last = t->previous;
		}
		r->last[step->actor] = step->previous;
	}
	if (r->closed > steps)
		r->closed = steps;
}

void ccsan_races_forget(struct ccsan_races *r)
{
	r->races_count = 0;
}

/* --- races --- */

/* Latest first, each step once. */
static void add_rival(struct ccsan_races *r, struct ccsan_rival rival)
{
	size_t at = r->rivals_count;

	while (at && r->rivals[at - 1].step < rival.step)
		at--;
	if (at && r->rivals[at - 1].step == rival.step) {
		r->rivals[at - 1].frees &= rival.frees;
		r->rivals[at - 1].adds &= rival.adds;
		r->rivals[at - 1].acquires |= rival.acquires;
		if (r->rivals[at - 1].until < rival.until) {
			r->rivals[at - 1].until = rival.until;
			r->rivals[at - 1].alone = rival.alone;
		}
		return;
	}
	r->rivals = ccsan_search_room(r->search, r->rivals, &r->rivals_room, r->rivals_count + 1,
				      sizeof(*r->rivals));
	memmove(&r->rivals[at + 1], &r->rivals[at], (r->rivals_count - at) * sizeof(*r->rivals));
	r->rivals[at] = rival;
	r->rivals_count++;
}

/* Whether an actor that acquires now waited for that already at an earlier step: somebody else had
 * part of it, and the race is with him as well. */
static bool waited_at(const struct ccsan_races *r, unsigned actor, size_t step)
{
	uint32_t before =
		r->closed < r->steps_count ? r->steps[r->closed].previous : r->last[actor];

	return before <= step &&
	       !(r->search->options[r->steps[step].decision].enabled & ccsan_only(actor));
}

/* Notes the step in which the actor gave back what it acquired, before the touch `last`. */
static void note_given_back(const struct ccsan_races *r, uint32_t last, struct ccsan_rival *rival)
{
	const struct ccsan_touched *t = &r->touches[last - 1];

	for (; t->step > rival->step; t = &r->touches[t->previous - 1])
		if (t->touch >= CCSAN_RELEASES &&
		    r->steps[t->step].actor == r->steps[rival->step].actor) {
			rival->until = t->step;
			rival->alone = t->touch == CCSAN_RELEASES;
			return;
		}
}

/* What a touch comes after: @param before the touch of the same object before it, from 1.
 * Earlier ones happen before those found here. */
static void collect(struct ccsan_races *r, unsigned actor, uint32_t before, enum ccsan_touch touch)
{
	uint32_t changed = before ? r->touches[before - 1].changed : 0;
	ccsan_actors looked = 0;

	for (uint32_t at = touch == CCSAN_LOOKS ? changed : before; at > changed;) {
		const struct ccsan_touched *t = &r->touches[at - 1];
		ccsan_actors who = ccsan_only(r->steps[t->step].actor);

		if (!(looked & who))
			add_rival(r, (struct ccsan_rival){ .step = t->step });
		looked |= who;
		at = t->previous;
	}
	if (touch != CCSAN_ACQUIRES) {
		if (changed)
			add_rival(r, (struct ccsan_rival){ .step = r->touches[changed - 1].step });
		return;
	}
	while (changed && r->touches[changed - 1].touch != CCSAN_CHANGES) {
		const struct ccsan_touched *t = &r->touches[changed - 1];
		bool acquires = t->touch == CCSAN_ACQUIRES, frees = t->touch == CCSAN_RELEASES;
		struct ccsan_rival rival = {
			.step = t->step, .frees = frees, .adds = !frees, .acquires = acquires
		};

		if (acquires)
			note_given_back(r, before, &rival);
		add_rival(r, rival);
		if (acquires && !waited_at(r, actor, t->step))
			return;
		changed = t->previous ? r->touches[t->previous - 1].changed : 0;
	}
	if (changed)
		add_rival(r, (struct ccsan_rival){ .step = r->touches[changed - 1].step,
						   .acquires = true });
}

static void join(uint32_t *to, const uint32_t *from, unsigned width)
{
	for (unsigned i = 0; i < width; i++)
		to[i] = to[i] > from[i] ? to[i] : from[i];
}

/* What a rival is to the actor that acquires what its own actor held then: between the acquire and
 * the giving back it is no reason for the two acquires to be in this order; and if the actor had to
 * wait there, or would have had to, no race of its own. */
enum inside { OUTSIDE, INSIDE, KEPT_OUT };

static enum inside inside(const struct ccsan_races *r, const struct ccsan_rival *rival,
			  unsigned actor)
{
	enum inside found = OUTSIDE;

	for (size_t i = 0; i < r->rivals_count; i++) {
		const struct ccsan_rival *taken = &r->rivals[i];

		if (!taken->acquires || rival->step <= taken->step || rival->step > taken->until ||
		    r->steps[rival->step].actor != r->steps[taken->step].actor)
			continue;
		found = INSIDE;
		if (taken->alone || waited_at(r, actor, rival->step))
			return KEPT_OUT;
	}
	return found;
}

/*
 * Goes through the rivals, latest first. A rival that happens before a later one, or before the
 * actor's own last step, is no race. Whether two acquires race is decided without the order that
 * the releases between them make: that order is there only because they came in this one.
 *
 * @param clock in: that of the actor's last step; out: with that of all rivals
 */
static void sift(struct ccsan_races *r, uint32_t *clock, struct ccsan_race race)
{
	uint32_t without[CCSAN_MOST_ACTORS];

	memcpy(without, clock, r->width * sizeof(*clock));
	for (size_t i = 0; i < r->rivals_count; i++) {
		const struct ccsan_rival *rival = &r->rivals[i];
		const uint32_t *rival_clock = &r->clocks[(size_t)rival->step * r->width];
		unsigned actor = r->steps[rival->step].actor;
		bool happens_before = (rival->acquires ? without : clock)[actor] > rival->step;
		enum inside where = inside(r, rival, race.actor);

		if (!happens_before && !rival->frees && where != KEPT_OUT && actor != race.actor) {
			race.earlier = rival->step;
			r->races = ccsan_search_room(r->search, r->races, &r->races_room,
						     r->races_count + 1, sizeof(*r->races));
			r->races[r->races_count++] = race;
		}
		join(clock, rival_clock, r->width);
		if (!rival->frees && !rival->adds && where == OUTSIDE)
			join(without, rival_clock, r->width);
	}
}

void ccsan_races_close(struct ccsan_races *r)
{
	size_t step = r->closed;
	uint32_t *clock;
	const struct ccsan_race_step *s;

	if (r->closed == r->steps_count)
		return;
	s = &r->steps[step];
	clock = &r->clocks[step * r->width];
	if (s->previous)
		memcpy(clock, &r->clocks[(size_t)(s->previous - 1) * r->width],
		       r->width * sizeof(*clock));
	else
		memset(clock, 0, r->width * sizeof(*clock));
	r->rivals_count = 0;
	for (size_t i = s->touches; i < r->touches_count; i++)
		collect(r, s->actor, r->touches[i].previous, (enum ccsan_touch)r->touches[i].touch);
	sift(r, clock, (struct ccsan_race){ .later = (int64_t)step, .actor = s->actor });
	clock[s->actor] = (uint32_t)step + 1;
	r->closed++;
}

void ccsan_races_wait(struct ccsan_races *r, unsigned actor, uint64_t object)
{
	uint32_t clock[CCSAN_MOST_ACTORS] = { 0 };
	uint32_t index = ccsan_races_object(r, object);

	ccsan_races_close(r);
	if (actor < r->width && r->last[actor])
		memcpy(clock, &r->clocks[(size_t)(r->last[actor] - 1) * r->width],
		       r->width * sizeof(*clock));
	r->rivals_count = 0;
	/* Who looked since found it held, and finds that only if it is before. */
	if (r->objects[index].last)
		collect(r, actor, r->touches[r->objects[index].last - 1].changed, CCSAN_ACQUIRES);
	sift(r, clock,
	     (struct ccsan_race){
		     .later = CCSAN_WAITING, .object = index, .actor = (uint8_t)actor });
}
