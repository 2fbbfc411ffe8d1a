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
 * That is right, and optimal, as long as a step touches the same whether it wins a race or loses
 * it. So what an actor's first, second … step touches is learned. Should it ever be something else,
 * or should an actor have to come first that is not enabled there, the search begins again, with
 * source sets (Algorithm 1 of the same paper): of a race turned round only one actor that could
 * begin is remembered, and what sleeps counts only if it is that actor. That does not depend on
 * what steps touch elsewhere; it makes runs that end where all enabled actors sleep (`given_up`).
 *
 * What is different from the papers:
 * - Values. All values of a step are tried before its actor is done; what it touches is then
 *   whatever it touched with any of them.
 * - An actor that is to come first but is not enabled there: all enabled ones are tried instead.
 * - Races are looked for in runs that are given up, too.
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
	bool careful;                         /* source sets */
	bool surprised;                       /* and they are needed */
	uint64_t *learned[CCSAN_MOST_ACTORS]; /* a hash of what each step of an actor touches; 0:
						 none */
	size_t learned_room[CCSAN_MOST_ACTORS], learned_count[CCSAN_MOST_ACTORS];
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
	for (int i = 0; i < CCSAN_MOST_ACTORS; i++)
		s->host.memory(s->host.context, e->learned[i], 0);
	s->host.memory(s->host.context, e->levels, 0);
	s->host.memory(s->host.context, e, 0);
}

static ccsan_actors enabled_at(const struct ccsan_search *s, const struct level *level)
{
	return s->options[level->decision].enabled;
}

/* --- what steps touch --- */

static void learn(struct ccsan_search *s, unsigned actor, uint32_t number, uint64_t hash)
{
	struct exhaustive *e = s->own;

	e->learned[actor] = ccsan_search_room(s, e->learned[actor], &e->learned_room[actor], number,
					      sizeof(*e->learned[actor]));
	for (; e->learned_count[actor] < number; e->learned_count[actor]++)
		e->learned[actor][e->learned_count[actor]] = 0;
	if (!e->learned[actor][number - 1])
		e->learned[actor][number - 1] = hash;
	else if (e->learned[actor][number - 1] != hash)
		e->surprised = true;
}

static uint64_t add_touch(uint64_t hash, uint64_t object, uint32_t touch)
{
	hash = (hash ^ object) * 0x9e3779b97f4a7c15u;
	hash = (hash ^ hash >> 32 ^ touch) * 0xff51afd7ed558ccdu;
	return hash | 1;
}

static void close_step(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;
	const struct ccsan_races *r = &e->races;
	const struct ccsan_race_step *step;
	uint64_t hash = 1;

	if (r->closed == r->steps_count)
		return;
	step = &r->steps[r->closed];
	for (size_t i = step->touches; !e->careful && i < r->touches_count; i++)
		hash = add_touch(hash, r->objects[r->touches[i].object].name, r->touches[i].touch);
	if (!e->careful)
		learn(s, step->actor, step->number, hash);
	ccsan_races_close(&e->races);
}

/* --- what is still to be tried --- */

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
		e->surprised = true;
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

	level->ahead = node->child;
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

	close_step(s);
	level = new_level(s);
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

/* What comes of a value is nothing that a sequence of steps could tell. */
static unsigned value(struct ccsan_search *s, unsigned count)
{
	struct exhaustive *e = s->own;
	unsigned chosen;

	e->surprised = true;
	return ccsan_search_planned(s, count, &chosen) ? chosen : 0;
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

	close_step(s);
	if (!e->careful)
		learn(s, actor, ccsan_races_number(&e->races, actor),
		      add_touch(1, object, CCSAN_ACQUIRES));
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

/* Whether the actor of the later step, which sleeps at the earlier one, would do there what it did.
 * If not, others may matter to what it would do that did not matter to what it did. */
static bool sleeps_as_it_ran(const struct exhaustive *e, const struct level *level,
			     const struct ccsan_race *race)
{
	return race->later != CCSAN_WAITING &&
	       ccsan_pairs_are_step(&e->wakes, level->asleep[race->actor], (size_t)race->later);
}

/* Source sets: plans one actor that could begin, unless such a one sleeps or is planned. If nothing
 * is between the two steps that does not depend on the earlier one, that is the later one's. */
static void turn_round_carefully(struct ccsan_search *s, const struct ccsan_race *race)
{
	struct exhaustive *e = s->own;
	struct ccsan_wakes *w = &e->wakes;
	struct level *level = &e->levels[race->earlier];
	ccsan_actors could_begin = 0, planned = level->sleep;

	for (size_t i = 0; i + 1 < w->wishes_count; i++) {
		if (ccsan_wakes_comes_first(w, i))
			could_begin |= ccsan_only(w->wishes[i].actor);
	}
	w->wishes_count = 0;
	if (!could_begin)
		could_begin = ccsan_only(race->actor);
	if (could_begin == ccsan_only(race->actor) && could_begin & level->sleep &&
	    !sleeps_as_it_ran(e, level, race)) {
		add_all(s, race->earlier);
		return;
	}
	for (uint32_t node = level->wake; node; node = w->nodes[node].next)
		planned |= ccsan_only(w->nodes[node].actor);
	if (!(could_begin & enabled_at(s, level)))
		add_all(s, race->earlier);
	else if (!(could_begin & planned))
		add_alone(s, race->earlier,
			  ccsan_only(ccsan_lowest(could_begin & enabled_at(s, level))));
}

static void turn_round_optimally(struct ccsan_search *s, const struct ccsan_race *race)
{
	struct exhaustive *e = s->own;
	struct ccsan_wakes *w = &e->wakes;
	struct level *level = &e->levels[race->earlier];

	for (ccsan_actors left = level->sleep; left; left &= left - 1) {
		unsigned actor = ccsan_lowest(left);

		if (ccsan_wakes_is_initial(w, actor, level->asleep[actor])) {
			w->wishes_count = 0;
			return;
		}
	}
	level->wake = ccsan_wakes_add(w, level->wake, race->earlier);
}

/* Puts the steps that do not depend on the earlier one of a race, and then the later one, before
 * it. */
static void turn_round(struct ccsan_search *s, const struct ccsan_race *race)
{
	struct exhaustive *e = s->own;
	struct ccsan_wakes *w = &e->wakes;
	size_t end = e->careful && race->later != CCSAN_WAITING ? (size_t)race->later
								: e->races.steps_count;

	if (e->levels[race->earlier].decision < ccsan_search_prefix(s))
		return;
	for (size_t i = race->earlier + 1; i < end; i++) {
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
	if (e->careful) {
		turn_round_carefully(s, race);
	} else if (is_blocked(s, race)) {
		w->wishes_count = 0;
		add_all(s, race->earlier);
	} else {
		turn_round_optimally(s, race);
	}
}

/* Who could have gone on after the last step, and did not. */
static ccsan_actors stopped(const struct ccsan_search *s)
{
	const struct exhaustive *e = s->own;

	if (!s->steps || s->given_up || s->exhausted || s->diverged)
		return 0;
	return s->open & ~ccsan_only(s->last) & ~e->waiting;
}

static void end(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;

	close_step(s);
	for (size_t i = 0; i < e->races.races_count && !s->diverged; i++)
		turn_round(s, &e->races.races[i]);
	ccsan_races_forget(&e->races);
	if (stopped(s))
		add_alone(s, s->steps - 1, stopped(s));
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
		decision->chosen = option->tried;
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

/* Forgets all that was planned and is asleep. */
static void begin_again(struct exhaustive *e)
{
	for (; e->levels_count; e->levels_count--) {
		struct level *level = &e->levels[e->levels_count - 1];

		ccsan_wakes_drop(&e->wakes, level->wake);
		ccsan_wakes_drop(&e->wakes, level->ahead);
		ccsan_pairs_free(&e->wakes, level->so_far);
		for (; level->done; level->done &= level->done - 1)
			ccsan_pairs_free(&e->wakes, level->asleep[ccsan_lowest(level->done)]);
	}
	ccsan_races_cut(&e->races, 0);
	e->fresh = 0;
	e->careful = true;
}

static bool begin(struct ccsan_search *s)
{
	struct exhaustive *e = s->own;
	size_t length = s->now.length;

	if (!s->runs_begun)
		return true;
	if (e->surprised && !e->careful) {
		begin_again(e);
		return true;
	}
	for (; e->levels_count; e->levels_count--) {
		struct level *level = &e->levels[e->levels_count - 1];

		ccsan_wakes_drop(&e->wakes, level->ahead); /* the run ended before */
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

static void put_pairs(const struct exhaustive *e, ccsan_pairs list, struct ccsan_bytes *to)
{
	for (; list; list = e->wakes.pieces[list].next) {
		const struct ccsan_piece *piece = &e->wakes.pieces[list];

		for (uint32_t i = 0; i < piece->count; i++) {
			ccsan_bytes_put(to, 1);
			ccsan_bytes_put(to, e->races.objects[piece->pairs[i].a].name);
			ccsan_bytes_put(to, piece->pairs[i].b);
		}
	}
	ccsan_bytes_put(to, 0);
}

static ccsan_pairs get_pairs(struct exhaustive *e, struct ccsan_bytes *from)
{
	ccsan_pairs list = 0;

	while (ccsan_bytes_get(from, 1)) {
		uint32_t object = ccsan_races_object(&e->races, ccsan_bytes_get(from, UINT64_MAX));

		list = ccsan_pairs_add(&e->wakes, list, object, (uint32_t)ccsan_bytes_get(from, 1));
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
		put_pairs(e, node->footprint, to);
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
		node.footprint = get_pairs(e, from);
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

		ccsan_races_touch(r, object, (enum ccsan_touch)ccsan_bytes_get(from, CCSAN_ADDS));
	}
}

static void save(const struct ccsan_search *s, struct ccsan_bytes *to)
{
	const struct exhaustive *e = s->own;

	ccsan_bytes_put(to, e->careful);
	ccsan_bytes_put(to, e->surprised);
	for (unsigned i = 0; i < CCSAN_MOST_ACTORS; i++) {
		ccsan_bytes_put(to, e->learned_count[i]);
		for (size_t j = 0; j < e->learned_count[i]; j++)
			ccsan_bytes_put(to, e->learned[i][j]);
	}
	ccsan_bytes_put(to, e->levels_count);
	for (size_t i = 0; i < e->levels_count; i++) {
		const struct level *level = &e->levels[i];

		ccsan_bytes_put(to, level->decision);
		ccsan_bytes_put(to, level->sleep);
		ccsan_bytes_put(to, level->done);
		for (ccsan_actors left = level->done; left; left &= left - 1)
			put_pairs(e, level->asleep[ccsan_lowest(left)], to);
		put_pairs(e, level->so_far, to);
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
		level->asleep[ccsan_lowest(left)] = get_pairs(e, from);
	level->so_far = get_pairs(e, from);
	level->wake = get_wake(e, from);
	level->ahead = get_wake(e, from);
	ccsan_races_begin(&e->races, s->now.decisions[level->decision].chosen, level->decision);
	get_touches(&e->races, from);
	ccsan_races_close(&e->races);
}

static void resume(struct ccsan_search *s, struct ccsan_bytes *from)
{
	struct exhaustive *e = s->own;
	size_t count;

	e->careful = ccsan_bytes_get(from, 1);
	e->surprised = ccsan_bytes_get(from, 1);
	for (unsigned i = 0; i < CCSAN_MOST_ACTORS; i++) {
		count = (size_t)ccsan_bytes_get(from, from->size);
		for (uint32_t j = 1; j <= count && !from->damaged; j++)
			learn(s, i, j, ccsan_bytes_get(from, UINT64_MAX));
	}
	count = (size_t)ccsan_bytes_get(from, s->now.length);

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
