/* SPDX-License-Identifier: MIT */
/* See reference.h. Slow and plain on purpose: every line should be obviously what a cache does. */
#include "reference.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

/* --- one concrete state --- */

struct held {
	signed char frame; /* whose line is here, or NO_FRAME */
	bool dirty;
	unsigned char newest; /* for each byte: is this copy of it the newest? */
};

struct state {
	struct held place[HOLDERS];
	struct held outer[FRAMES]; /* frame is NO_FRAME where the outer cache has no copy */
	unsigned char memory[FRAMES];
};

static uint32_t pack_held(const struct held *held)
{
	if (held->frame == NO_FRAME)
		return 0;
	return (uint32_t)(held->frame + 1) | (uint32_t)held->dirty << 2 |
	       (uint32_t)held->newest << 3;
}

static struct held unpack_held(uint32_t bits)
{
	return (struct held){ .frame = (signed char)((int)(bits & 3) - 1),
			      .dirty = bits >> 2 & 1,
			      .newest = bits >> 3 & ALL_BYTES };
}

static uint32_t pack(const struct state *state)
{
	uint32_t bits = 0;

	for (int i = 0; i < HOLDERS; i++)
		bits = bits << 5 | pack_held(&state->place[i]);
	for (int f = 0; f < FRAMES; f++)
		bits = bits << 5 | pack_held(&state->outer[f]);
	for (int f = 0; f < FRAMES; f++)
		bits = bits << 2 | state->memory[f];
	return bits;
}

static struct state unpack(uint32_t bits)
{
	struct state state;

	for (int f = FRAMES - 1; f >= 0; f--, bits >>= 2)
		state.memory[f] = bits & ALL_BYTES;
	for (int f = FRAMES - 1; f >= 0; f--, bits >>= 5)
		state.outer[f] = unpack_held(bits & 31);
	for (int i = HOLDERS - 1; i >= 0; i--, bits >>= 5)
		state.place[i] = unpack_held(bits & 31);
	return state;
}

static struct held empty(void)
{
	return (struct held){ .frame = NO_FRAME };
}

/* The bytes of the frame whose newest value is not in memory and in no dirty copy. A clean copy is
 * no safe home: it is dropped, not written back. */
static unsigned nowhere(const struct state *state, int frame)
{
	unsigned somewhere = state->memory[frame];

	if (state->outer[frame].dirty)
		somewhere |= state->outer[frame].newest;
	for (int i = 0; i < HOLDERS; i++)
		if (state->place[i].frame == frame && state->place[i].dirty)
			somewhere |= state->place[i].newest;
	return ALL_BYTES & ~somewhere;
}

/* Every copy of these bytes, wherever it is, now is (or is not) the newest. */
static void set_everywhere(struct state *state, int frame, unsigned set, bool newest)
{
	unsigned keep = ALL_BYTES & ~set;
	unsigned add = newest ? set : 0;

	state->memory[frame] = (state->memory[frame] & keep) | add;
	if (state->outer[frame].frame != NO_FRAME)
		state->outer[frame].newest = (state->outer[frame].newest & keep) | add;
	for (int i = 0; i < HOLDERS; i++)
		if (state->place[i].frame == frame)
			state->place[i].newest = (state->place[i].newest & keep) | add;
}

/* --- what caches do --- */

static void outer_write_back(struct state *state, int frame)
{
	if (state->outer[frame].dirty)
		state->memory[frame] = state->outer[frame].newest;
	state->outer[frame].dirty = false;
}

static void write_back(const struct ccsan_caches *caches, struct state *state, int place)
{
	struct held *held = &state->place[place];

	if (!held->dirty)
		return;
	if (caches->outer)
		state->outer[held->frame] = (struct held){ .frame = held->frame,
							   .dirty = true,
							   .newest = held->newest };
	else
		state->memory[held->frame] = held->newest;
	held->dirty = false;
}

static void outer_fill(struct state *state, int frame)
{
	if (state->outer[frame].frame == NO_FRAME)
		state->outer[frame] = (struct held){ .frame = (signed char)frame,
						     .newest = state->memory[frame] };
}

static void fill(const struct ccsan_caches *caches, struct state *state, int place, int frame)
{
	if (state->place[place].frame != NO_FRAME)
		return;
	if (caches->outer)
		outer_fill(state, frame);
	state->place[place] = (struct held){ .frame = (signed char)frame,
					     .newest = caches->outer ? state->outer[frame].newest
								     : state->memory[frame] };
}

static void store(const struct ccsan_caches *caches, struct state *state, int place, int frame,
		  unsigned set)
{
	fill(caches, state, place, frame);
	set_everywhere(state, frame, set, false);
	state->place[place].newest |= set;
	if (!caches->write_through) {
		state->place[place].dirty = true;
		return;
	}
	if (caches->outer) {
		outer_fill(state, frame);
		state->outer[frame].newest |= set;
		state->outer[frame].dirty = true;
	} else {
		state->memory[frame] |= set;
	}
}

/* --- sets of states --- */

struct gathering {
	uint32_t *states;
	unsigned count, room;
	uint32_t *slots; /* open addressing; state + 1, 0 is free */
	unsigned slot_count;
};

static void gather_rehash(struct gathering *g, unsigned slot_count)
{
	free(g->slots);
	g->slots = calloc(slot_count, sizeof(*g->slots));
	check(g->slots, "memory");
	g->slot_count = slot_count;
	for (unsigned i = 0; i < g->count; i++) {
		unsigned at = g->states[i] * 2654435761u & (slot_count - 1);

		while (g->slots[at])
			at = (at + 1) & (slot_count - 1);
		g->slots[at] = g->states[i] + 1;
	}
}

static void gather(struct gathering *g, const struct state *state)
{
	uint32_t bits = pack(state);
	unsigned at;

	if (2 * (g->count + 1) > g->slot_count)
		gather_rehash(g, g->slot_count ? 2 * g->slot_count : 64);
	for (at = bits * 2654435761u & (g->slot_count - 1); g->slots[at];
	     at = (at + 1) & (g->slot_count - 1))
		if (g->slots[at] == bits + 1)
			return;
	g->slots[at] = bits + 1;
	if (g->count == g->room) {
		g->room = g->room ? 2 * g->room : 32;
		g->states = realloc(g->states, g->room * sizeof(*g->states));
		check(g->states, "memory");
	}
	g->states[g->count++] = bits;
}

static int by_value(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Every set once, so that sets are compared by address. */
static const struct state_set *intern(struct gathering *g)
{
	static struct state_set **table;
	static unsigned used, size;
	unsigned hash = 2166136261u, at;
	struct state_set *set;

	qsort(g->states, g->count, sizeof(*g->states), by_value);
	for (unsigned i = 0; i < g->count; i++)
		hash = (hash ^ g->states[i]) * 16777619u;
	if (4 * (used + 1) > 3 * size) {
		unsigned old_size = size;
		struct state_set **old = table;

		size = size ? 2 * size : 1024;
		table = calloc(size, sizeof(*table));
		check(table, "memory");
		for (unsigned i = 0; i < old_size; i++) {
			unsigned h = 2166136261u;

			if (!old[i])
				continue;
			for (unsigned k = 0; k < old[i]->count; k++)
				h = (h ^ old[i]->states[k]) * 16777619u;
			for (h &= size - 1; table[h]; h = (h + 1) & (size - 1))
				;
			table[h] = old[i];
		}
		free(old);
	}
	for (at = hash & (size - 1); table[at]; at = (at + 1) & (size - 1))
		if (table[at]->count == g->count &&
		    !memcmp(table[at]->states, g->states, g->count * sizeof(*g->states)))
			return table[at];
	set = malloc(sizeof(*set));
	check(set, "memory");
	set->count = g->count;
	set->states = g->states;
	g->states = NULL;
	table[at] = set;
	used++;
	return set;
}

/* --- what may happen unasked --- */

static int fetches(const struct context *context, int place)
{
	return context->mapped[place == ICACHE ? 0 : place];
}

static void disturb(const struct ccsan_caches *caches, enum unrest unrest,
		    const struct context *context, const struct state *from, struct gathering *g)
{
	struct state state;

	for (int i = 0; i < HOLDERS; i++) {
		state = *from;
		write_back(caches, &state, i);
		gather(g, &state);
		state.place[i] = empty();
		gather(g, &state);
		state = *from;
		if (unrest == FILLING && fetches(context, i) != NO_FRAME)
			fill(caches, &state, i, fetches(context, i));
		gather(g, &state);
	}
	for (int f = 0; f < FRAMES && caches->outer; f++) {
		state = *from;
		outer_write_back(&state, f);
		gather(g, &state);
		state.outer[f] = empty();
		gather(g, &state);
		state = *from;
		if (unrest == FILLING)
			outer_fill(&state, f);
		gather(g, &state);
	}
}

static void close_under(const struct ccsan_caches *caches, enum unrest unrest,
			const struct context *context, struct gathering *g)
{
	for (unsigned i = 0; i < g->count && unrest != QUIET; i++) {
		struct state state = unpack(g->states[i]);

		disturb(caches, unrest, context, &state, g);
	}
}

const struct state_set *reference_start(const struct ccsan_caches *caches, enum unrest unrest,
					const struct context *context)
{
	struct gathering g = { 0 };
	struct state state;
	const struct state_set *set;

	for (int i = 0; i < HOLDERS; i++)
		state.place[i] = empty();
	for (int f = 0; f < FRAMES; f++) {
		state.outer[f] = empty();
		state.memory[f] = ALL_BYTES;
	}
	gather(&g, &state);
	close_under(caches, unrest, context, &g);
	set = intern(&g);
	free(g.slots);
	free(g.states);
	return set;
}

/* --- actions --- */

static bool is_access(const struct action *a)
{
	return a->operation == CCSAN_READ || a->operation == CCSAN_WRITE ||
	       a->operation == CCSAN_FETCH;
}

/* What the CPU or a device finds out at once: an answer that is not the newest value. */
static enum ccsan_fault answer(const struct state *state, const struct context *context,
			       const struct action *a, int frame)
{
	bool lost = context->lost[frame] & a->set;

	switch (a->operation) {
	case CCSAN_READ:
	case CCSAN_FETCH:
		if (lost)
			return CCSAN_LOST_WRITE;
		if (!(a->set & ~state->place[a->place].newest))
			return CCSAN_NO_FAULT;
		return a->operation == CCSAN_READ ? CCSAN_STALE_READ : CCSAN_STALE_FETCH;
	case CCSAN_DEVICE_READ:
	case CCSAN_UNCACHED_READ:
		if (lost)
			return CCSAN_LOST_WRITE;
		if (!(a->set & ~state->memory[frame]))
			return CCSAN_NO_FAULT;
		return a->operation == CCSAN_DEVICE_READ ? CCSAN_STALE_DMA : CCSAN_STALE_READ;
	default:
		return CCSAN_NO_FAULT;
	}
}

/* The action on one state. Return: what goes wrong at once. */
static enum ccsan_fault act(const struct ccsan_caches *caches, const struct context *context,
			    const struct action *a, struct state *state)
{
	int frame = is_access(a) ? fetches(context, a->place) : a->frame;
	struct held *held = &state->place[a->place];

	if (is_access(a)) {
		fill(caches, state, a->place, frame);
		if (held->frame != frame)
			return CCSAN_HOMONYM;
	}
	switch (a->operation) {
	case CCSAN_WRITE:
		store(caches, state, a->place, frame, a->set);
		break;
	case CCSAN_CLEAN:
	case CCSAN_FLUSH:
		write_back(caches, state, a->place);
		if (a->operation == CCSAN_FLUSH)
			*held = empty();
		break;
	case CCSAN_INVALIDATE:
		*held = empty();
		break;
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_FLUSH:
		outer_write_back(state, frame);
		if (a->operation == CCSAN_OUTER_FLUSH)
			state->outer[frame] = empty();
		break;
	case CCSAN_OUTER_INVALIDATE:
		state->outer[frame] = empty();
		break;
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
		set_everywhere(state, frame, a->set, false);
		state->memory[frame] |= a->set;
		break;
	case CCSAN_FORGET:
		set_everywhere(state, frame, a->set, true);
		break;
	default:
		break;
	}
	return answer(state, context, a, frame);
}

/* What the program itself does to the context, whatever the caches hold. */
static void act_on_context(struct context *context, const struct action *a)
{
	int frame = is_access(a) ? fetches(context, a->place) : a->frame;

	switch (a->operation) {
	case CCSAN_WRITE:
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
	case CCSAN_FORGET:
		context->lost[frame] &= ~a->set;
		break;
	case CCSAN_MAP:
		context->mapped[a->place] = (signed char)a->frame;
		break;
	case CCSAN_UNMAP:
		context->mapped[a->place] = NO_FRAME;
		break;
	default:
		break;
	}
}

/* Of which frame an invalidate gives bytes up. */
static int given_up(const struct context *context, const struct action *a)
{
	if (a->operation == CCSAN_INVALIDATE && a->place != ICACHE)
		return context->mapped[a->place];
	return a->operation == CCSAN_OUTER_INVALIDATE ? a->frame : NO_FRAME;
}

/* From now on a read of these bytes is a fault by itself; no cache is to blame for its copy. */
static void lose(struct gathering *g, struct context *context, int frame, unsigned set)
{
	struct gathering all = *g;

	context->lost[frame] |= set;
	*g = (struct gathering){ 0 };
	for (unsigned i = 0; i < all.count; i++) {
		struct state state = unpack(all.states[i]);

		set_everywhere(&state, frame, set, true);
		gather(g, &state);
	}
	free(all.slots);
	free(all.states);
}

/* The newest value of some byte is nowhere: a fault, unless the action gave the byte up. */
static enum ccsan_fault settle_losses(struct gathering *g, struct context *context,
				      const struct action *a)
{
	int giving = given_up(context, a);
	unsigned gone = 0;

	for (unsigned i = 0; i < g->count; i++) {
		struct state state = unpack(g->states[i]);

		for (int f = 0; f < FRAMES; f++) {
			unsigned missing = nowhere(&state, f);

			if (missing & ~(f == giving ? a->set : 0))
				return a->operation == CCSAN_INVALIDATE ||
						       a->operation == CCSAN_OUTER_INVALIDATE
					       ? CCSAN_LOST_WRITE
					       : CCSAN_CLOBBER;
			gone |= missing;
		}
	}
	if (gone)
		lose(g, context, giving, gone);
	return CCSAN_NO_FAULT;
}

const struct state_set *reference_step(const struct ccsan_caches *caches, enum unrest unrest,
				       const struct state_set *from, struct context *context,
				       const struct action *action, enum ccsan_fault *fault)
{
	struct gathering g = { 0 };
	const struct state_set *set = NULL;
	struct context before = *context;

	*fault = CCSAN_NO_FAULT;
	act_on_context(context, action);
	for (unsigned i = 0; i < from->count; i++) {
		struct state state = unpack(from->states[i]);
		enum ccsan_fault now = act(caches, &before, action, &state);

		/* another page's answer is named before a lost one, a lost one before an old one */
		if (now == CCSAN_HOMONYM || *fault == CCSAN_NO_FAULT ||
		    (now == CCSAN_LOST_WRITE && *fault != CCSAN_HOMONYM))
			*fault = now == CCSAN_NO_FAULT ? *fault : now;
		gather(&g, &state);
	}
	if (!*fault) {
		close_under(caches, unrest, context, &g);
		*fault = settle_losses(&g, context, action);
	}
	if (!*fault)
		set = intern(&g);
	free(g.slots);
	free(g.states);
	return set;
}

const struct state_set *reference_lose(const struct state_set *from, struct context *context,
				       int frame, unsigned set)
{
	struct gathering g = { 0 };
	const struct state_set *after;

	for (unsigned i = 0; i < from->count; i++) {
		struct state state = unpack(from->states[i]);

		gather(&g, &state);
	}
	lose(&g, context, frame, set);
	after = intern(&g);
	free(g.slots);
	free(g.states);
	return after;
}
