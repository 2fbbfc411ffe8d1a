/* SPDX-License-Identifier: MIT */
/*
 * Every order that matters, once: optimal dynamic partial order reduction.
 *
 * (P. Abdulla, S. Aronis, B. Jonsson, K. Sagonas, "Optimal dynamic partial order reduction", POPL
 * 2014; Algorithm 2, with the races of C. Flanagan and P. Godefroid, "Dynamic partial-order
 * reduction for model checking software", POPL 2005.)
 *
 * After a run, each race in it that was not in the one before is turned round: the steps after the
 * earlier one that do not depend on it, and then the later one, are put before it as a sequence of
 * a wakeup tree (wake.h), unless something that sleeps there has led to the same. The next run is
 * the deepest one that is planned. An actor that is done at a decision sleeps until a step depends
 * on what it would do.
 *
 * What is different here:
 * - Values. All values of a step are tried before its actor is done; what it touches is then
 *   whatever it touched with any of them.
 * - An actor that is to come first but is not enabled there: all enabled ones are tried instead.
 * - What a step touches can change when it loses a race. The sequence then does not go on as
 *   planned, and may end where all enabled actors sleep. Races are looked for in such a run as
 * well, so that this costs runs (`given_up`), not results: it is then as with source sets
 * (Algorithm 1).
 * - A run that is cut short: its last step depends on every actor that was enabled with it.
 */
#include <string.h>

#include "wake.h"

/* A decision who runs, and what has come of it. */
struct level {
	ccsan_actors sleep;
	ccsan_actors done;  /* of these, those that were tried here */
	uint32_t decision;  /* in the schedule */
	uint32_t wake;      /* what is to be tried next */
	uint32_t ahead;     /* what is to be tried at the next level, after this step */
	ccsan_pairs so_far; /* what the step touched with the values tried before */
	ccsan_pairs asleep[CCSAN_MOST_ACTORS]; /* what the sleeping ones would touch */
};

struct exhaustive {
	struct ccsan_races races;
	struct ccsan_wakes wakes;
	struct level *levels;
	size_t levels_count, levels_room;
	size_t fresh;      /* the first step that is not known from the run before */
	ccsan_pairs guide; /* values for the step under way */
	size_t guided;     /* how many of them are used */
	ccsan_actors waiting;
};

static void start(struct ccsan_search *s)
{
	struct exhaustive *e = s->host.memory(s->host.context, NULL, sizeof(*e));

	memset(e, 0, sizeof(*e));
	e->races.search = s;
	e->wakes.races = &e->races;
	s->own = e;
}

static void release(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;

	ccsan_races_free(&e->races);
	ccsan_wakes_free(&e->wakes);
	s->host.memory(s->host.context, e->levels, 0);
	s->host.memory(s->host.context, e, 0);
}

static ccsan_actors enabled_at(const struct ccsan_search *s, const struct level *level)
{
	return s->options[level->decision].enabled;
}

/* --- what is still to be tried --- */

static void set_guide(struct exhaustive *e, ccsan_pairs values)
{
	ccsan_pairs_free(&e->wakes, e->guide);
	e->guide = values;
	e->guided = 0;
}

static void add_alone(struct ccsan_search *s, size_t at, ccsan_actors actors)
{
	struct exhaustive *e = s->own;
	struct level *level = &e->levels[at];

	actors &= enabled_at(s, level) & ~level->sleep;
	if (level->decision < ccsan_search_prefix(s))
		return;
	for (; actors; actors &= actors - 1) {
		ccsan_wakes_wish(&e->wakes,
				 (struct ccsan_wish){ .step = CCSAN_WAITING,
						      .actor = (uint8_t)ccsan_lowest(actors),
						      .last = true });
		level->wake = ccsan_wakes_add(&e->wakes, level->wake, (uint32_t)at);
	}
}

/* Everything that could be done in place of the step that was. */
static void add_all(struct ccsan_search *s, size_t at)
{
	const struct exhaustive *e = s->own;

	add_alone(s, at, ~ccsan_only(s->now.decisions[e->levels[at].decision].chosen));
}

/* The first node that can be tried. Return: its index, 0 if there is none; it is out of the list.
 */
static uint32_t take_wake(struct ccsan_search *s, size_t at, ccsan_actors enabled)
{
	struct exhaustive *e = s->own;

	while (e->levels[at].wake) {
		uint32_t index = e->levels[at].wake;
		struct ccsan_wake_node *node = &e->wakes.nodes[index];
		ccsan_actors who = ccsan_only(node->actor);
		uint32_t origin = node->origin;

		e->levels[at].wake = node->next;
		node->next = 0;
		if (who & enabled & ~e->levels[at].sleep)
			return index;
		ccsan_wakes_drop(&e->wakes, index);
		if (!(who & enabled))
			add_all(s, origin);
	}
	return 0;
}

/* Return: the node's actor. */
static unsigned follow(struct exhaustive *e, struct level *level, uint32_t index)
{
	struct ccsan_wake_node *node = &e->wakes.nodes[index];
	unsigned actor = node->actor;

	set_guide(e, node->values);
	level->ahead = node->child;
	node->values = 0;
	node->child = 0;
	ccsan_wakes_drop(&e->wakes, index);
	return actor;
}

/* --- a run --- */

/* Who still sleeps after a step. */
static void fall_asleep(struct exhaustive *e, struct level *level, const struct level *before,
			size_t step)
{
	for (ccsan_actors left = before->sleep; left; left &= left - 1) {
		unsigned actor = ccsan_lowest(left);

		ccsan_pairs_mark(&e->wakes, before->asleep[actor]);
		if (!ccsan_races_independent(&e->races, step))
			continue;
		level->sleep |= ccsan_only(actor);
		level->asleep[actor] = before->asleep[actor];
	}
}

static struct level *new_level(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;
	size_t at = e->levels_count++;
	struct level *level;

	e->levels = ccsan_search_room(s, e->levels, &e->levels_room, at + 1, sizeof(*e->levels));
	level = &e->levels[at];
	level->sleep = level->done = 0;
	level->decision = (uint32_t)s->now.length;
	level->wake = level->ahead = level->so_far = 0;
	if (!at)
		return level;
	fall_asleep(e, level, level - 1, at - 1);
	level->wake = level[-1].ahead;
	level[-1].ahead = 0;
	return level;
}

static unsigned choose(struct ccsan_search *s, ccsan_actors enabled)
{
	struct exhaustive *e = s->own;
	struct level *level;
	uint32_t node;
	unsigned actor;

	ccsan_races_close(&e->races);
	level = new_level(s);
	set_guide(e, 0);
	if (ccsan_search_planned(s, 0, &actor)) {
		if (!(enabled & ccsan_only(actor)))
			s->diverged = true;
		return actor;
	}
	node = take_wake(s, e->levels_count - 1, enabled);
	if (node)
		return follow(e, level, node);
	if (!(enabled & ~level->sleep)) {
		e->levels_count--;
		return CCSAN_MOST_ACTORS;
	}
	if (s->last < CCSAN_MOST_ACTORS && enabled & ~level->sleep & ccsan_only(s->last))
		return s->last;
	return ccsan_lowest(enabled & ~level->sleep);
}

/* The value that a planned sequence has here; 0 if it has none. */
static unsigned guided_value(struct exhaustive *e, unsigned count)
{
	ccsan_pairs piece = e->guide;
	size_t at = e->guided++;

	for (; piece && at >= e->wakes.pieces[piece].count; piece = e->wakes.pieces[piece].next)
		at -= e->wakes.pieces[piece].count;
	if (!piece || e->wakes.pieces[piece].pairs[at].b != count)
		return 0;
	return e->wakes.pieces[piece].pairs[at].a;
}

static unsigned value(struct ccsan_search *s, unsigned count)
{
	struct ccsan_option *option = &s->options[s->now.length];
	unsigned chosen;

	if (ccsan_search_planned(s, count, &chosen))
		return chosen;
	option->first = (uint16_t)guided_value(s->own, count);
	return option->first;
}

static void step(struct ccsan_search *s, unsigned actor)
{
	struct exhaustive *e = s->own;

	if (s->steps > e->fresh)
		ccsan_races_begin(&e->races, actor, s->now.length - 1);
}

static void touch(struct ccsan_search *s, uint64_t object, enum ccsan_touch how)
{
	struct exhaustive *e = s->own;

	if (s->steps > e->fresh)
		ccsan_races_touch(&e->races, object, how);
}

static void waits(struct ccsan_search *s, unsigned actor, uint64_t object)
{
	struct exhaustive *e = s->own;

	e->waiting |= ccsan_only(actor);
	ccsan_races_wait(&e->races, actor, object);
}

/* --- after a run --- */

/* Whether the actor could not take the later step of a race before the earlier one: it is not
 * enabled there, and nothing in the sequence makes it so. */
static bool is_blocked(const struct ccsan_search *s, const struct ccsan_race *race)
{
	const struct exhaustive *e = s->own;

	return !(enabled_at(s, &e->levels[race->earlier]) & ccsan_only(race->actor)) &&
	       ccsan_wakes_comes_first(&e->wakes, e->wakes.wishes_count - 1);
}

static void turn_round(struct ccsan_search *s, const struct ccsan_race *race)
{
	struct exhaustive *e = s->own;
	struct ccsan_wakes *w = &e->wakes;
	struct level *level = &e->levels[race->earlier];

	if (level->decision < ccsan_search_prefix(s))
		return;
	for (size_t i = race->earlier + 1; i < e->races.steps_count; i++) {
		if (!ccsan_races_before(&e->races, race->earlier, i))
			ccsan_wakes_wish(w, (struct ccsan_wish){ .step = (int64_t)i,
								 .actor = e->races.steps[i].actor,
								 .known = true });
	}
	ccsan_wakes_wish(w, (struct ccsan_wish){ .step = race->later,
						 .object = race->object,
						 .actor = race->actor,
						 .known = true,
						 .last = true });
	if (is_blocked(s, race)) {
		w->wishes_count = 0;
		add_all(s, race->earlier);
		return;
	}
	for (ccsan_actors left = level->sleep; left; left &= left - 1) {
		unsigned actor = ccsan_lowest(left);

		if (ccsan_wakes_is_initial(w, actor, level->asleep[actor])) {
			w->wishes_count = 0;
			return;
		}
	}
	level->wake = ccsan_wakes_add(w, level->wake, race->earlier);
}

static void end(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;

	ccsan_races_close(&e->races);
	set_guide(e, 0);
	for (size_t i = 0; i < e->races.races_count && !s->diverged; i++)
		turn_round(s, &e->races.races[i]);
	ccsan_races_forget(&e->races);
	if (s->steps && !s->given_up && !s->exhausted && !s->diverged)
		add_alone(s, s->steps - 1, s->open & ~ccsan_only(s->last) & ~e->waiting);
	e->waiting = 0;
}

/* --- the next run --- */

static void begin_with(struct ccsan_search *s, size_t decided, size_t step)
{
	struct exhaustive *e = s->own;

	s->decided = s->known = decided;
	e->fresh = step;
	ccsan_races_cut(&e->races, step);
}

/* The next value of the last step. */
static bool next_value(struct ccsan_search *s, struct level *level, size_t length)
{
	struct exhaustive *e = s->own;
	size_t step = e->levels_count - 1;

	for (size_t at = length; at-- > level->decision + 1 && at >= ccsan_search_prefix(s);) {
		struct ccsan_option *option = &s->options[at];
		struct ccsan_decision *decision = &s->now.decisions[at];

		if (option->tried + 1 >= decision->count)
			continue;
		option->tried++;
		decision->chosen = (uint16_t)((option->first + option->tried) % decision->count);
		level->so_far = ccsan_pairs_add_step(&e->wakes, level->so_far, step);
		begin_with(s, at + 1, step);
		return true;
	}
	return false;
}

/* The next actor in place of the last step's. */
static bool next_actor(struct ccsan_search *s, struct level *level)
{
	struct exhaustive *e = s->own;
	size_t step = e->levels_count - 1;
	struct ccsan_decision *decision = &s->now.decisions[level->decision];
	uint32_t node;

	level->asleep[decision->chosen] = ccsan_pairs_add_step(&e->wakes, level->so_far, step);
	level->so_far = 0;
	level->sleep |= ccsan_only(decision->chosen);
	level->done |= ccsan_only(decision->chosen);
	node = take_wake(s, step, enabled_at(s, level));
	if (!node)
		return false;
	decision->chosen = (uint16_t)follow(e, level, node);
	begin_with(s, level->decision + 1, step);
	return true;
}

static bool begin(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;
	size_t length = s->now.length;

	if (!s->runs_begun)
		return true;
	for (; e->levels_count; e->levels_count--) {
		struct level *level = &e->levels[e->levels_count - 1];

		ccsan_wakes_drop(&e->wakes, level->ahead);
		level->ahead = 0;
		if (next_value(s, level, length))
			return true;
		if (level->decision < ccsan_search_prefix(s))
			return false;
		if (next_actor(s, level))
			return true;
		for (; level->done; level->done &= level->done - 1)
			ccsan_pairs_free(&e->wakes, level->asleep[ccsan_lowest(level->done)]);
		length = level->decision;
	}
	return false;
}

static double expected(const struct ccsan_search *s)
{
	const struct exhaustive *e = s->own;
	double done = 0, share = 1;
	size_t level = 0;

	if (!s->counts.runs)
		return 0;
	for (size_t at = 0; at < s->now.length; at++) {
		double tried = s->options[at].tried, total = s->now.decisions[at].count;

		if (!s->now.decisions[at].count && level < e->levels_count) {
			const struct level *l = &e->levels[level++];

			tried = __builtin_popcountll(l->done);
			total = tried + 1;
			for (uint32_t node = l->wake; node; node = e->wakes.nodes[node].next)
				total++;
		}
		if (total < 1 || at < ccsan_search_prefix(s))
			continue;
		share /= total;
		done += tried * share;
	}
	return (double)s->counts.runs / (done + share);
}

/* --- saving --- */

static void put_pairs(const struct exhaustive *e, ccsan_pairs list, bool objects,
		      struct ccsan_bytes *to)
{
	for (; list; list = e->wakes.pieces[list].next) {
		const struct ccsan_piece *piece = &e->wakes.pieces[list];

		for (uint32_t i = 0; i < piece->count; i++) {
			ccsan_bytes_put(to, 1);
			ccsan_bytes_put(to, objects ? e->races.objects[piece->pairs[i].a].name
						    : piece->pairs[i].a);
			ccsan_bytes_put(to, piece->pairs[i].b);
		}
	}
	ccsan_bytes_put(to, 0);
}

static ccsan_pairs get_pairs(struct exhaustive *e, bool objects, struct ccsan_bytes *from)
{
	ccsan_pairs list = 0;

	while (ccsan_bytes_get(from, 1)) {
		uint64_t a = ccsan_bytes_get(from, objects ? UINT64_MAX : UINT32_MAX);
		uint32_t b = (uint32_t)ccsan_bytes_get(from, UINT32_MAX);

		list = ccsan_pairs_add(&e->wakes, list,
				       objects ? ccsan_races_object(&e->races, a) : (uint32_t)a, b);
	}
	return list;
}

static void put_wake(const struct exhaustive *e, uint32_t nodes, struct ccsan_bytes *to)
{
	for (; nodes; nodes = e->wakes.nodes[nodes].next) {
		const struct ccsan_wake_node *node = &e->wakes.nodes[nodes];

		ccsan_bytes_put(to, 1);
		ccsan_bytes_put(to, node->actor);
		ccsan_bytes_put(to, node->known);
		ccsan_bytes_put(to, node->origin);
		put_pairs(e, node->footprint, true, to);
		put_pairs(e, node->values, false, to);
		put_wake(e, node->child, to);
	}
	ccsan_bytes_put(to, 0);
}

static uint32_t get_wake(struct exhaustive *e, struct ccsan_bytes *from)
{
	uint32_t first = 0, last = 0;

	while (ccsan_bytes_get(from, 1)) {
		uint32_t index = ccsan_wakes_node(&e->wakes);
		struct ccsan_wake_node node = { 0 };

		node.actor = (uint8_t)ccsan_bytes_get(from, CCSAN_MOST_ACTORS - 1);
		node.known = ccsan_bytes_get(from, 1);
		node.origin = (uint32_t)ccsan_bytes_get(from, UINT32_MAX);
		node.footprint = get_pairs(e, true, from);
		node.values = get_pairs(e, false, from);
		node.child = get_wake(e, from);
		e->wakes.nodes[index] = node;
		if (last)
			e->wakes.nodes[last].next = index;
		else
			first = index;
		last = index;
	}
	return first;
}

static void put_touches(const struct ccsan_races *r, size_t step, struct ccsan_bytes *to)
{
	size_t begin = r->steps[step].touches, end = ccsan_races_touches_end(r, step);

	ccsan_bytes_put(to, end - begin);
	for (size_t i = begin; i < end; i++) {
		ccsan_bytes_put(to, r->objects[r->touches[i].object].name);
		ccsan_bytes_put(to, r->touches[i].touch);
	}
}

static void get_touches(struct ccsan_races *r, struct ccsan_bytes *from)
{
	uint64_t count = ccsan_bytes_get(from, from->size);

	while (count--) {
		uint64_t object = ccsan_bytes_get(from, UINT64_MAX);

		ccsan_races_touch(r, object,
				  (enum ccsan_touch)ccsan_bytes_get(from, CCSAN_RELEASES));
	}
}

static void save(const struct ccsan_search *s, struct ccsan_bytes *to)
{
	const struct exhaustive *e = s->own;

	ccsan_bytes_put(to, e->levels_count);
	for (size_t i = 0; i < e->levels_count; i++) {
		const struct level *level = &e->levels[i];

		ccsan_bytes_put(to, level->decision);
		ccsan_bytes_put(to, level->sleep);
		ccsan_bytes_put(to, level->done);
		for (ccsan_actors left = level->done; left; left &= left - 1)
			put_pairs(e, level->asleep[ccsan_lowest(left)], true, to);
		put_pairs(e, level->so_far, true, to);
		put_wake(e, level->wake, to);
		put_wake(e, level->ahead, to);
		put_touches(&e->races, i, to);
	}
}

static void get_level(struct ccsan_search *s, size_t at, struct ccsan_bytes *from)
{
	struct exhaustive *e = s->own;
	struct level *level;

	e->levels = ccsan_search_room(s, e->levels, &e->levels_room, at + 1, sizeof(*e->levels));
	level = &e->levels[at];
	level->decision = (uint32_t)ccsan_bytes_get(from, s->now.length - 1);
	level->sleep = ccsan_bytes_get(from, UINT64_MAX);
	level->done = ccsan_bytes_get(from, UINT64_MAX);
	if (at)
		memcpy(level->asleep, level[-1].asleep, sizeof(level->asleep));
	for (ccsan_actors left = level->done; left; left &= left - 1)
		level->asleep[ccsan_lowest(left)] = get_pairs(e, true, from);
	level->so_far = get_pairs(e, true, from);
	level->wake = get_wake(e, from);
	level->ahead = get_wake(e, from);
	ccsan_races_begin(&e->races, s->now.decisions[level->decision].chosen, level->decision);
	get_touches(&e->races, from);
	ccsan_races_close(&e->races);
}

static void resume(struct ccsan_search *s, struct ccsan_bytes *from)
{
	struct exhaustive *e = s->own;
	size_t count = (size_t)ccsan_bytes_get(from, s->now.length);

	for (; e->levels_count < count && !from->damaged; e->levels_count++)
		get_level(s, e->levels_count, from);
	ccsan_races_forget(&e->races);
}

const struct ccsan_strategy_table ccsan_exhaustive = { .start = start,
						       .free = release,
						       .begin = begin,
						       .choose = choose,
						       .value = value,
						       .step = step,
						       .touch = touch,
						       .waits = waits,
						       .end = end,
						       .expected = expected,
						       .save = save,
						       .resume = resume };
