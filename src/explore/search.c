/* SPDX-License-Identifier: MIT */
/* Runs, their decisions and counts. See search.h; what to try next is the strategies' business. */
#include "search.h"

#include <string.h>

#include "strategy.h"

enum { SAVED_VERSION = 1, SUM_BYTES = 8 };

#define MOST_ORDERS 1e300 /* stays a number, whatever is computed from it */

static const struct ccsan_strategy_table *const strategies[] = {
	[CCSAN_EXHAUSTIVE] = &ccsan_exhaustive, [CCSAN_BRUTE] = &ccsan_brute,
	[CCSAN_BOUNDED] = &ccsan_bounded,       [CCSAN_PCT] = &ccsan_pct,
	[CCSAN_RANDOM] = &ccsan_random,         [CCSAN_REPLAY] = &ccsan_replay,
};

void *ccsan_search_room(const struct ccsan_search *s, void *old, size_t *room, size_t count,
			size_t size)
{
	if (count <= *room)
		return old;
	*room = count < 2 * *room ? 2 * *room : count < 16 ? 16 : count;
	return s->host.memory(s->host.context, old, *room * size);
}

struct ccsan_search *ccsan_search_new(const struct ccsan_plan *plan,
				      const struct ccsan_search_host *host)
{
	struct ccsan_search *s = host->memory(host->context, NULL, sizeof(*s));

	memset(s, 0, sizeof(*s));
	s->plan = *plan;
	s->host = *host;
	s->strategy = strategies[plan->strategy];
	if (s->strategy->start)
		s->strategy->start(s);
	return s;
}

void ccsan_search_free(struct ccsan_search *s)
{
	struct ccsan_search_host host;

	if (!s)
		return;
	host = s->host;
	if (s->strategy->free)
		s->strategy->free(s);
	host.memory(host.context, s->now.decisions, 0);
	host.memory(host.context, s->options, 0);
	host.memory(host.context, s, 0);
}

/* --- a run --- */

bool ccsan_search_begin(struct ccsan_search *s)
{
	if (s->diverged || (s->plan.runs && s->runs_begun >= s->plan.runs))
		return false;
	s->decided = s->known = 0;
	if (!s->strategy->begin(s))
		return false;
	s->runs_begun++;
	s->now.length = 0;
	s->steps = 0;
	s->last = CCSAN_MOST_ACTORS;
	s->open = 0;
	s->running = true;
	s->given_up = s->exhausted = false;
	return true;
}

static void record(struct ccsan_search *s, struct ccsan_decision decision, unsigned alternatives)
{
	size_t at = s->now.length;
	double orders = at ? s->options[at - 1].orders : 1;

	s->now.decisions[at] = decision;
	s->options[at].orders = orders < MOST_ORDERS ? orders * alternatives : MOST_ORDERS;
	s->now.length = at + 1;
}

void ccsan_search_decisions(struct ccsan_search *s, size_t count)
{
	s->now.decisions = ccsan_search_room(s, s->now.decisions, &s->now.room, count,
					     sizeof(*s->now.decisions));
	s->options = ccsan_search_room(s, s->options, &s->options_room, count, sizeof(*s->options));
}

bool ccsan_search_planned(struct ccsan_search *s, unsigned count, unsigned *chosen)
{
	const struct ccsan_decision *next;

	if (s->now.length >= ccsan_search_prefix(s))
		return false;
	next = &s->plan.schedule->decisions[s->now.length];
	if (next->count != count || (!count && next->chosen >= CCSAN_MOST_ACTORS))
		s->diverged = true;
	*chosen = s->diverged ? 0 : next->chosen;
	return true;
}

static unsigned give_up(struct ccsan_search *s)
{
	s->given_up = true;
	return CCSAN_MOST_ACTORS;
}

static unsigned begin_step(struct ccsan_search *s, unsigned actor)
{
	s->last = actor;
	s->steps++;
	if (s->strategy->step)
		s->strategy->step(s, actor);
	return actor;
}

/* What was decided when the run began; what an earlier run saw here is seen again, or the program
 * is no function of its decisions. */
static unsigned follow(struct ccsan_search *s, ccsan_actors enabled)
{
	size_t at = s->now.length;
	struct ccsan_decision decided = s->now.decisions[at];

	if (decided.count || !(enabled & ccsan_only(decided.chosen)) ||
	    (at < s->known && s->options[at].enabled != enabled)) {
		s->diverged = true;
		return give_up(s);
	}
	if (at < s->known) {
		s->now.length++;
	} else {
		s->options[at] = (struct ccsan_option){ .enabled = enabled, .total = 1 };
		record(s, decided, (unsigned)__builtin_popcountll(enabled));
	}
	return begin_step(s, decided.chosen);
}

unsigned ccsan_search_choose(struct ccsan_search *s, ccsan_actors enabled)
{
	unsigned actor;

	s->open = enabled;
	if (s->diverged || s->given_up)
		return give_up(s);
	if (s->plan.most_steps && s->steps >= s->plan.most_steps) {
		s->exhausted = true;
		return CCSAN_MOST_ACTORS;
	}
	if (s->now.length < s->decided)
		return follow(s, enabled);
	ccsan_search_decisions(s, s->now.length + 1);
	s->options[s->now.length] = (struct ccsan_option){ .enabled = enabled, .total = 1 };
	actor = s->strategy->choose(s, enabled);
	if (actor >= CCSAN_MOST_ACTORS || s->diverged)
		return give_up(s);
	record(s, (struct ccsan_decision){ (uint16_t)actor, 0 },
	       (unsigned)__builtin_popcountll(enabled));
	return begin_step(s, actor);
}

unsigned ccsan_search_choose_value(struct ccsan_search *s, unsigned count)
{
	struct ccsan_decision decided;

	if (count < 2 || s->diverged)
		return 0;
	if (s->now.length >= s->decided) {
		ccsan_search_decisions(s, s->now.length + 1);
		s->options[s->now.length] = (struct ccsan_option){ .total = 1 };
		decided.chosen = (uint16_t)s->strategy->value(s, count);
		decided.count = (uint16_t)count;
		record(s, decided, count);
		return decided.chosen;
	}
	decided = s->now.decisions[s->now.length];
	if (decided.count != count) {
		s->diverged = true;
		return 0;
	}
	if (s->now.length < s->known) {
		s->now.length++;
		return decided.chosen;
	}
	s->options[s->now.length] = (struct ccsan_option){ .total = 1 };
	record(s, decided, count);
	return decided.chosen;
}

void ccsan_search_touch(struct ccsan_search *s, uint64_t object, enum ccsan_touch touch)
{
	if (s->strategy->touch)
		s->strategy->touch(s, object, touch);
}

void ccsan_search_waits(struct ccsan_search *s, unsigned actor, uint64_t object)
{
	if (s->strategy->waits)
		s->strategy->waits(s, actor, object);
}

void ccsan_search_end(struct ccsan_search *s, bool failed)
{
	s->running = false;
	if (s->now.length < s->decided)
		s->diverged = true;
	if (s->strategy->end)
		s->strategy->end(s);
	s->counts.steps += s->steps;
	if (s->steps > s->counts.longest)
		s->counts.longest = s->steps;
	s->counts.failed += failed;
	if (s->given_up) {
		s->counts.given_up++;
		return;
	}
	s->counts.runs++;
	s->orders += s->now.length ? s->options[s->now.length - 1].orders : 1;
}

/* --- what is known of it --- */

const struct ccsan_schedule *ccsan_search_schedule(const struct ccsan_search *s)
{
	return &s->now;
}

bool ccsan_search_diverged(const struct ccsan_search *s)
{
	return s->diverged;
}

bool ccsan_search_exhausted(const struct ccsan_search *s)
{
	return s->exhausted;
}

void ccsan_search_counts(const struct ccsan_search *s, struct ccsan_search_counts *counts)
{
	*counts = s->counts;
	counts->all_orders = s->counts.runs ? s->orders / (double)s->counts.runs : 0;
	counts->expected = s->strategy->expected ? s->strategy->expected(s) : (double)s->plan.runs;
}

/* --- saving --- */

static uint64_t as_bits(double number)
{
	uint64_t bits;

	memcpy(&bits, &number, sizeof(bits));
	return bits;
}

static double as_number(uint64_t bits)
{
	double number;

	memcpy(&number, &bits, sizeof(number));
	return number;
}

/* All that makes another plan another search. Written, or compared with what is read. */
static void put_plan(const struct ccsan_plan *plan, struct ccsan_bytes *to)
{
	ccsan_bytes_put(to, SAVED_VERSION);
	ccsan_bytes_put(to, plan->strategy);
	ccsan_bytes_put(to, plan->preemptions);
	ccsan_bytes_put(to, plan->depth);
	ccsan_bytes_put(to, plan->seed);
	ccsan_bytes_put(to, plan->most_steps);
	ccsan_bytes_put(to, plan->schedule ? plan->schedule->length + 1 : 0);
	for (size_t i = 0; plan->schedule && i < plan->schedule->length; i++) {
		ccsan_bytes_put(to, plan->schedule->decisions[i].chosen);
		ccsan_bytes_put(to, plan->schedule->decisions[i].count);
	}
}

static void put_run(const struct ccsan_search *s, struct ccsan_bytes *to)
{
	const struct ccsan_search_counts *c = &s->counts;
	const uint64_t numbers[] = { s->runs_begun,      c->runs,     c->given_up, c->failed,
				     c->steps,           c->longest,  c->bound,    s->steps,
				     as_bits(s->orders), s->diverged, s->given_up };

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		ccsan_bytes_put(to, numbers[i]);
	ccsan_bytes_put(to, s->now.length);
	for (size_t i = 0; i < s->now.length; i++) {
		ccsan_bytes_put(to, s->now.decisions[i].chosen);
		ccsan_bytes_put(to, s->now.decisions[i].count);
		ccsan_bytes_put(to, s->options[i].tried);
		ccsan_bytes_put(to, s->options[i].total);
		ccsan_bytes_put(to, s->options[i].enabled);
		ccsan_bytes_put(to, s->options[i].left);
	}
}

size_t ccsan_search_save(const struct ccsan_search *s, void *to, size_t size)
{
	struct ccsan_bytes bytes = { .to = to, .size = size };
	uint64_t sum;

	put_plan(&s->plan, &bytes);
	put_run(s, &bytes);
	if (s->strategy->save)
		s->strategy->save(s, &bytes);
	if (bytes.at + SUM_BYTES <= size) {
		sum = ccsan_bytes_sum(to, bytes.at);
		for (int i = 0; i < SUM_BYTES; i++)
			bytes.to[bytes.at + (size_t)i] = (uint8_t)(sum >> 8 * i);
	}
	return bytes.at + SUM_BYTES;
}

static void get_run(struct ccsan_search *s, struct ccsan_bytes *from)
{
	struct ccsan_search_counts *c = &s->counts;
	uint64_t *const numbers[] = { &s->runs_begun, &c->runs,  &c->given_up,
				      &c->failed,     &c->steps, &c->longest };
	size_t length;

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		*numbers[i] = ccsan_bytes_get(from, UINT64_MAX);
	c->bound = (unsigned)ccsan_bytes_get(from, UINT32_MAX);
	s->steps = (size_t)ccsan_bytes_get(from, from->size);
	s->orders = as_number(ccsan_bytes_get(from, UINT64_MAX));
	s->diverged = ccsan_bytes_get(from, 1);
	s->given_up = ccsan_bytes_get(from, 1);
	length = (size_t)ccsan_bytes_get(from, from->size);
	for (s->now.length = 0; s->now.length < length && !from->damaged;) {
		struct ccsan_decision d;
		struct ccsan_option *o;

		ccsan_search_decisions(s, s->now.length + 1);
		o = &s->options[s->now.length];
		d.chosen = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		d.count = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		o->tried = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		o->total = (uint16_t)ccsan_bytes_get(from, UINT16_MAX);
		o->enabled = ccsan_bytes_get(from, UINT64_MAX);
		o->left = ccsan_bytes_get(from, UINT64_MAX);
		record(s, d, d.count ? d.count : (unsigned)__builtin_popcountll(o->enabled));
	}
}

bool ccsan_search_resume(struct ccsan_search *s, const void *from, size_t size)
{
	struct ccsan_bytes bytes = { .from = from, .size = size };
	uint64_t sum = 0;

	if (size < SUM_BYTES)
		return false;
	bytes.size -= SUM_BYTES;
	for (int i = 0; i < SUM_BYTES; i++)
		sum |= (uint64_t)bytes.from[bytes.size + (size_t)i] << 8 * i;
	if (sum != ccsan_bytes_sum(from, bytes.size))
		return false;
	put_plan(&s->plan, &bytes);
	if (bytes.damaged)
		return false;
	get_run(s, &bytes);
	if (s->strategy->resume && !bytes.damaged)
		s->strategy->resume(s, &bytes);
	return !bytes.damaged && bytes.at == bytes.size;
}
