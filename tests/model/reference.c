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

enum under_way {
	NOTHING,
	WRITES, /* will arrive in memory */
	STAYS,  /* a dirty copy that is to be discarded: until then it may be written back */
};

struct sent {
	unsigned char kind, set, newest;
};

enum { MOST_SENT = 3 };

struct state {
	struct held place[MOST_CPUS][HOLDERS];
	struct held outer[FRAMES]; /* frame is NO_FRAME where the outer cache has no copy */
	unsigned char memory[FRAMES];
	struct sent sent[FRAMES][MOST_SENT]; /* the oldest first */
};

static struct extent world;

static int sent_room(void)
{
	if (!world.barriers)
		return 0;
	return world.frames == 1 ? MOST_SENT : MOST_SENT - 1;
}

void reference_extend(const struct extent *extent)
{
	world = *extent;
}

static uint64_t pack_held(const struct held *held)
{
	if (held->frame == NO_FRAME)
		return 0;
	return (uint64_t)(held->frame + 1) | (uint64_t)held->dirty << 2 |
	       (uint64_t)held->newest << 3;
}

static struct held unpack_held(uint64_t bits)
{
	return (struct held){ .frame = (signed char)((int)(bits & 3) - 1),
			      .dirty = bits >> 2 & 1,
			      .newest = bits >> 3 & ALL_BYTES };
}

static uint64_t pack(const struct state *state)
{
	uint64_t bits = 0;

	for (int c = 0; c < world.cpus; c++)
		for (int i = 0; i < HOLDERS; i++)
			bits = bits << 5 | pack_held(&state->place[c][i]);
	for (int f = 0; f < world.frames; f++) {
		bits = bits << 5 | pack_held(&state->outer[f]);
		bits = bits << 2 | state->memory[f];
		for (int k = 0; k < sent_room(); k++)
			bits = bits << 6 | state->sent[f][k].kind << 4 |
			       state->sent[f][k].set << 2 | state->sent[f][k].newest;
	}
	return bits;
}

static struct state unpack(uint64_t bits)
{
	struct state state = { .memory = { 0 } };

	for (int f = world.frames - 1; f >= 0; f--) {
		for (int k = sent_room() - 1; k >= 0; k--, bits >>= 6)
			state.sent[f][k] = (struct sent){ bits >> 4 & 3, bits >> 2 & 3, bits & 3 };
		state.memory[f] = bits & ALL_BYTES;
		bits >>= 2;
		state.outer[f] = unpack_held(bits & 31);
		bits >>= 5;
	}
	for (int c = world.cpus - 1; c >= 0; c--)
		for (int i = HOLDERS - 1; i >= 0; i--, bits >>= 5)
			state.place[c][i] = unpack_held(bits & 31);
	return state;
}

static struct held empty(void)
{
	return (struct held){ .frame = NO_FRAME };
}

static unsigned char over(unsigned old, unsigned set, unsigned new)
{
	return (unsigned char)((old & ~set) | (new &set));
}

/* Memory as CPUs see it: after everything that is under way. */
static unsigned char memory_for_cpus(const struct state *state, int frame)
{
	unsigned char seen = state->memory[frame];

	for (int k = 0; k < sent_room(); k++)
		if (state->sent[frame][k].kind == WRITES)
			seen = over(seen, state->sent[frame][k].set, state->sent[frame][k].newest);
	return seen;
}

/* The bytes of the frame whose newest value is not in memory, not on the way there and in no dirty
 * copy. A clean copy is no safe home: it is dropped, not written back. */
static unsigned nowhere(const struct state *state, int frame)
{
	unsigned somewhere = memory_for_cpus(state, frame);

	if (state->outer[frame].dirty)
		somewhere |= state->outer[frame].newest;
	for (int c = 0; c < world.cpus; c++)
		for (int i = 0; i < HOLDERS; i++)
			if (state->place[c][i].frame == frame && state->place[c][i].dirty)
				somewhere |= state->place[c][i].newest;
	return ALL_BYTES & ~somewhere;
}

/* Every copy of these bytes, wherever it is, now is (or is not) the newest. */
static void set_everywhere(struct state *state, int frame, unsigned set, bool newest)
{
	unsigned value = newest ? set : 0;

	state->memory[frame] = over(state->memory[frame], set, value);
	for (int k = 0; k < sent_room(); k++) {
		struct sent *sent = &state->sent[frame][k];

		sent->newest = over(sent->newest, set & sent->set, value);
	}
	if (state->outer[frame].frame != NO_FRAME)
		state->outer[frame].newest = over(state->outer[frame].newest, set, value);
	for (int c = 0; c < world.cpus; c++)
		for (int i = 0; i < HOLDERS; i++) {
			struct held *held = &state->place[c][i];

			if (held->frame == frame)
				held->newest = over(held->newest, set, value);
		}
}

/* --- what is under way --- */

static bool too_much;

static void send(struct state *state, int frame, enum under_way kind, unsigned set, unsigned newest)
{
	struct sent *sent = state->sent[frame];

	if (!sent_room()) {
		if (kind == WRITES)
			state->memory[frame] = over(state->memory[frame], set, newest);
		return;
	}
	for (int k = 0; k < sent_room(); k++)
		if (sent[k].kind == NOTHING) {
			sent[k] = (struct sent){ (unsigned char)kind, (unsigned char)set,
						 (unsigned char)(newest & set) };
			return;
		}
	too_much = true;
}

static bool is_under_way(const struct state *state, int frame)
{
	return sent_room() && state->sent[frame][0].kind != NOTHING;
}

/* The oldest of what is under way is done. */
static void complete_one(struct state *state, int frame, bool arrives)
{
	struct sent *sent = state->sent[frame];

	if (arrives)
		state->memory[frame] = over(state->memory[frame], sent[0].set, sent[0].newest);
	for (int k = 0; k + 1 < sent_room(); k++)
		sent[k] = sent[k + 1];
	sent[sent_room() - 1] = (struct sent){ NOTHING, 0, 0 };
}

static void complete_all(struct state *state, int frame)
{
	while (is_under_way(state, frame))
		complete_one(state, frame, state->sent[frame][0].kind == WRITES);
}

/* --- what caches do --- */

static void outer_write_back(struct state *state, int frame)
{
	if (state->outer[frame].dirty)
		send(state, frame, WRITES, ALL_BYTES, state->outer[frame].newest);
	state->outer[frame].dirty = false;
}

static void write_back(const struct ccsan_caches *caches, struct state *state, int cpu, int place)
{
	struct held *held = &state->place[cpu][place];

	if (!held->dirty)
		return;
	if (caches->outer)
		state->outer[held->frame] = (struct held){ .frame = held->frame,
							   .dirty = true,
							   .newest = held->newest };
	else
		send(state, held->frame, WRITES, ALL_BYTES, held->newest);
	held->dirty = false;
}

static void outer_fill(struct state *state, int frame)
{
	if (state->outer[frame].frame == NO_FRAME)
		state->outer[frame] = (struct held){ .frame = (signed char)frame,
						     .newest = memory_for_cpus(state, frame) };
}

/* The states that one may turn into: what hardware is free to choose. */
struct outcomes {
	struct state states[2 + 3 * MOST_CPUS];
	int count;
};

static void may_be(struct outcomes *outcomes, const struct state *state)
{
	check(outcomes->count < 2 + 3 * MOST_CPUS, "room for outcomes");
	outcomes->states[outcomes->count++] = *state;
}

static void fill_from_below(const struct ccsan_caches *caches, struct state state, int cpu,
			    int place, int frame, struct outcomes *outcomes)
{
	if (caches->outer)
		outer_fill(&state, frame);
	state.place[cpu][place] =
		(struct held){ .frame = (signed char)frame,
			       .newest = caches->outer ? state.outer[frame].newest
						       : memory_for_cpus(&state, frame) };
	may_be(outcomes, &state);
}

/* The dirty copy of another CPU answers. If nothing happens that need not, it stays where it is on
 * CPUs that share dirty lines, and is handed over on the others. Otherwise each may do either, or
 * write it back first. */
static void fill_from_dirty(const struct ccsan_caches *caches, enum unrest unrest,
			    const struct state *before, int cpu, int owner, int place,
			    struct outcomes *outcomes)
{
	struct state state = *before;

	if (caches->shares_dirty) {
		state.place[cpu][place] = state.place[owner][place];
		state.place[cpu][place].dirty = false;
		may_be(outcomes, &state);
		if (unrest == QUIET)
			return;
		state.place[cpu][place].dirty = true;
		state.place[owner][place].dirty = false;
		may_be(outcomes, &state);
	}
	state = *before;
	state.place[cpu][place] = state.place[owner][place];
	state.place[owner][place] = empty();
	may_be(outcomes, &state);
	if (unrest == QUIET)
		return;
	state = *before;
	write_back(caches, &state, owner, place);
	state.place[cpu][place] = state.place[owner][place];
	may_be(outcomes, &state);
}

/* The line comes into an empty place, from wherever coherence may take it. */
static void fill(const struct ccsan_caches *caches, enum unrest unrest, const struct state *before,
		 int cpu, int place, int frame, struct outcomes *outcomes)
{
	if (before->place[cpu][place].frame != NO_FRAME) {
		may_be(outcomes, before);
		return;
	}
	for (int c = 0; c < world.cpus && place != ICACHE; c++)
		if (before->place[c][place].frame == frame && before->place[c][place].dirty) {
			fill_from_dirty(caches, unrest, before, cpu, c, place, outcomes);
			return;
		}
	for (int c = 0; c < world.cpus && place != ICACHE; c++)
		if (before->place[c][place].frame == frame) {
			struct state state = *before;

			state.place[cpu][place] = state.place[c][place];
			may_be(outcomes, &state);
		}
	fill_from_below(caches, *before, cpu, place, frame, outcomes);
}

/* Into a copy that is there: it becomes the only one at this place. */
static void store(const struct ccsan_caches *caches, struct state *state, int cpu, int place,
		  int frame, unsigned set)
{
	struct held *held = &state->place[cpu][place];

	for (int c = 0; c < world.cpus; c++)
		if (c != cpu && state->place[c][place].frame == frame)
			state->place[c][place] = empty();
	set_everywhere(state, frame, set, false);
	held->newest = over(held->newest, set, set);
	if (!caches->write_through) {
		held->dirty = true;
		return;
	}
	if (caches->outer) {
		outer_fill(state, frame);
		state->outer[frame].newest = over(state->outer[frame].newest, set, set);
		state->outer[frame].dirty = true;
	} else {
		complete_all(state, frame); /* in order on one line */
		state->memory[frame] = over(state->memory[frame], set, set);
	}
}

/* --- sets of states --- */

struct gathering {
	uint64_t *states;
	unsigned count, room;
	uint64_t *slots; /* open addressing; state + 1, 0 is free */
	unsigned slot_count;
};

static unsigned slot_of(uint64_t bits, unsigned slot_count)
{
	uint64_t hash = bits * 0x9e3779b97f4a7c15u;

	return (unsigned)(hash >> 32) & (slot_count - 1);
}

static void gather_rehash(struct gathering *g, unsigned slot_count)
{
	free(g->slots);
	g->slots = calloc(slot_count, sizeof(*g->slots));
	check(g->slots, "memory");
	g->slot_count = slot_count;
	for (unsigned i = 0; i < g->count; i++) {
		unsigned at = slot_of(g->states[i], slot_count);

		while (g->slots[at])
			at = (at + 1) & (slot_count - 1);
		g->slots[at] = g->states[i] + 1;
	}
}

static void gather(struct gathering *g, const struct state *state)
{
	uint64_t bits = pack(state);
	unsigned at;

	if (2 * (g->count + 1) > g->slot_count)
		gather_rehash(g, g->slot_count ? 2 * g->slot_count : 64);
	for (at = slot_of(bits, g->slot_count); g->slots[at]; at = (at + 1) & (g->slot_count - 1))
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
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static unsigned hash_states(const uint64_t *states, unsigned count)
{
	uint64_t hash = 14695981039346656037u;

	for (unsigned i = 0; i < count; i++)
		hash = (hash ^ states[i] ^ states[i] >> 32) * 1099511628211u;
	return (unsigned)(hash ^ hash >> 32);
}

/* Every set once, so that sets are compared by address. */
static const struct state_set *intern(struct gathering *g)
{
	static struct state_set **table;
	static unsigned used, size;
	unsigned hash, at;
	struct state_set *set;

	qsort(g->states, g->count, sizeof(*g->states), by_value);
	hash = hash_states(g->states, g->count);
	if (4 * (used + 1) > 3 * size) {
		unsigned old_size = size;
		struct state_set **old = table;

		size = size ? 2 * size : 1024;
		table = calloc(size, sizeof(*table));
		check(table, "memory");
		for (unsigned i = 0; i < old_size; i++) {
			unsigned h;

			if (!old[i])
				continue;
			h = hash_states(old[i]->states, old[i]->count);
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

static int fetches(const struct context *context, int cpu, int place)
{
	return context->mapped[cpu][place == ICACHE ? 0 : place];
}

static void gather_outcomes(struct gathering *g, const struct outcomes *outcomes)
{
	for (int i = 0; i < outcomes->count; i++)
		gather(g, &outcomes->states[i]);
}

/* An eviction goes to memory behind what is on the way there. */
static bool may_write_back(const struct state *state, int frame)
{
	return frame == NO_FRAME || !is_under_way(state, frame);
}

static void evict(const struct ccsan_caches *caches, const struct state *from, int cpu, int place,
		  struct gathering *g)
{
	const struct held *held = &from->place[cpu][place];
	struct state state = *from;

	if (!held->dirty) {
		state.place[cpu][place] = empty();
		gather(g, &state);
	} else if (caches->outer || may_write_back(from, held->frame)) {
		write_back(caches, &state, cpu, place);
		if (!caches->outer)
			complete_all(&state, held->frame);
		gather(g, &state);
	}
}

static void evict_from_outer(const struct state *from, int frame, struct gathering *g)
{
	struct state state = *from;

	if (!from->outer[frame].dirty) {
		state.outer[frame] = empty();
		gather(g, &state);
	} else if (may_write_back(from, frame)) {
		outer_write_back(&state, frame);
		complete_all(&state, frame);
		gather(g, &state);
	}
}

static void disturb(const struct ccsan_caches *caches, enum unrest unrest,
		    const struct context *context, const struct state *from, struct gathering *g)
{
	for (int c = 0; c < world.cpus; c++)
		for (int i = 0; i < HOLDERS; i++) {
			struct outcomes outcomes = { .count = 0 };

			evict(caches, from, c, i, g);
			if (unrest != FILLING || fetches(context, c, i) == NO_FRAME)
				continue;
			fill(caches, unrest, from, c, i, fetches(context, c, i), &outcomes);
			gather_outcomes(g, &outcomes);
		}
	for (int f = 0; f < world.frames && caches->outer; f++) {
		struct state state = *from;

		evict_from_outer(from, f, g);
		if (unrest == FILLING)
			outer_fill(&state, f);
		gather(g, &state);
	}
}

/* What is under way arrives by itself. What is to be discarded is discarded, or written back before
 * that if caches evict. */
static void arrive(enum unrest unrest, const struct state *from, struct gathering *g)
{
	for (int f = 0; f < world.frames; f++) {
		bool stays = is_under_way(from, f) && from->sent[f][0].kind == STAYS;
		struct state state = *from;

		if (!is_under_way(from, f))
			continue;
		complete_one(&state, f, !stays);
		gather(g, &state);
		if (!stays || unrest == QUIET)
			continue;
		state = *from;
		complete_one(&state, f, true);
		gather(g, &state);
	}
}

static void close_under(const struct ccsan_caches *caches, enum unrest unrest,
			const struct context *context, struct gathering *g)
{
	for (unsigned i = 0; i < g->count; i++) {
		struct state state = unpack(g->states[i]);

		arrive(unrest, &state, g);
		if (unrest != QUIET)
			disturb(caches, unrest, context, &state, g);
	}
}

const struct state_set *reference_start(const struct ccsan_caches *caches, enum unrest unrest,
					const struct context *context)
{
	struct gathering g = { 0 };
	struct state state = { .memory = { 0 } };
	const struct state_set *set;

	for (int c = 0; c < MOST_CPUS; c++)
		for (int i = 0; i < HOLDERS; i++)
			state.place[c][i] = empty();
	for (int f = 0; f < world.frames; f++) {
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
		if (!(a->set & ~state->place[a->cpu][a->place].newest))
			return CCSAN_NO_FAULT;
		return a->operation == CCSAN_READ ? CCSAN_STALE_READ : CCSAN_STALE_FETCH;
	case CCSAN_DEVICE_READ:
		if (lost)
			return CCSAN_LOST_WRITE;
		return a->set & ~state->memory[frame] ? CCSAN_STALE_DMA : CCSAN_NO_FAULT;
	case CCSAN_UNCACHED_READ:
		if (lost)
			return CCSAN_LOST_WRITE;
		return a->set & ~memory_for_cpus(state, frame) ? CCSAN_STALE_READ : CCSAN_NO_FAULT;
	default:
		return CCSAN_NO_FAULT;
	}
}

/* A cache operation in the cache of one CPU. */
static void maintain(const struct ccsan_caches *caches, const struct action *a, int cpu,
		     struct state *state)
{
	struct held *held = &state->place[cpu][a->place];

	if (a->operation != CCSAN_INVALIDATE)
		write_back(caches, state, cpu, a->place);
	else if (held->dirty && !caches->outer)
		send(state, held->frame, STAYS, ALL_BYTES, held->newest);
	if (a->operation != CCSAN_CLEAN)
		*held = empty();
}

/* By address it is sent to other CPUs with the physical address of what is mapped. */
static void maintain_everywhere(const struct ccsan_caches *caches, const struct context *context,
				const struct action *a, struct state *state)
{
	int mapped = fetches(context, a->cpu, a->place);

	for (int c = 0; c < world.cpus; c++)
		if (c == a->cpu || (a->broadcast && mapped != NO_FRAME &&
				    state->place[c][a->place].frame == mapped))
			maintain(caches, a, c, state);
}

static void act_below(const struct action *a, struct state *state)
{
	int frame = a->frame;
	struct held *outer = &state->outer[frame];

	switch (a->operation) {
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_FLUSH:
		outer_write_back(state, frame);
		if (a->operation == CCSAN_OUTER_FLUSH)
			*outer = empty();
		break;
	case CCSAN_OUTER_INVALIDATE:
		if (outer->dirty)
			send(state, frame, STAYS, ALL_BYTES, outer->newest);
		*outer = empty();
		break;
	case CCSAN_DEVICE_WRITE:
		set_everywhere(state, frame, a->set, false);
		state->memory[frame] = over(state->memory[frame], a->set, a->set);
		break;
	case CCSAN_UNCACHED_WRITE:
		set_everywhere(state, frame, a->set, false);
		send(state, frame, WRITES, a->set, a->set);
		break;
	case CCSAN_FORGET:
		set_everywhere(state, frame, a->set, true);
		break;
	case CCSAN_BARRIER:
		for (int f = 0; f < world.frames; f++)
			complete_all(state, f);
		break;
	default:
		break;
	}
}

/* The action on one state whose line is there, if it is an access. Return: what goes wrong at once.
 */
static enum ccsan_fault act(const struct ccsan_caches *caches, const struct context *context,
			    const struct action *a, struct state *state)
{
	int frame = is_access(a) ? fetches(context, a->cpu, a->place) : a->frame;

	if (is_access(a) && state->place[a->cpu][a->place].frame != frame)
		return CCSAN_HOMONYM;
	switch (a->operation) {
	case CCSAN_WRITE:
		store(caches, state, a->cpu, a->place, frame, a->set);
		break;
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
		maintain_everywhere(caches, context, a, state);
		break;
	default:
		act_below(a, state);
	}
	return answer(state, context, a, frame);
}

/* What the program itself does to the context, whatever the caches hold. */
static void act_on_context(struct context *context, const struct action *a)
{
	int frame = is_access(a) ? fetches(context, a->cpu, a->place) : a->frame;

	switch (a->operation) {
	case CCSAN_WRITE:
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
	case CCSAN_FORGET:
		context->lost[frame] &= ~a->set;
		break;
	case CCSAN_MAP:
		context->mapped[a->cpu][a->place] = (signed char)a->frame;
		break;
	case CCSAN_UNMAP:
		context->mapped[a->cpu][a->place] = NO_FRAME;
		break;
	default:
		break;
	}
}

/* Of which frame an invalidate gives bytes up. */
static int given_up(const struct context *context, const struct action *a)
{
	if (a->operation == CCSAN_INVALIDATE && a->place != ICACHE)
		return context->mapped[a->cpu][a->place];
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

		for (int f = 0; f < world.frames; f++) {
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

/* The action in each way one state allows. */
static void act_in_all_ways(const struct ccsan_caches *caches, enum unrest unrest,
			    const struct context *before, const struct action *a,
			    const struct state *from, struct gathering *g, int *fault)
{
	struct outcomes outcomes = { .count = 0 };

	if (is_access(a))
		fill(caches, unrest, from, a->cpu, a->place, fetches(before, a->cpu, a->place),
		     &outcomes);
	else
		may_be(&outcomes, from);
	for (int i = 0; i < outcomes.count; i++) {
		struct state *state = &outcomes.states[i];
		enum ccsan_fault now = act(caches, before, a, state);

		/* another page's answer is named before a lost one, a lost one before an old one */
		if (now == CCSAN_HOMONYM || *fault == CCSAN_NO_FAULT ||
		    (now == CCSAN_LOST_WRITE && *fault != CCSAN_HOMONYM))
			*fault = now == CCSAN_NO_FAULT ? *fault : (int)now;
		gather(g, state);
	}
}

static bool is_complete(const struct state *state)
{
	for (int f = 0; f < world.frames; f++)
		if (is_under_way(state, f))
			return false;
	return true;
}

static const struct state_set *step(const struct ccsan_caches *caches, enum unrest unrest,
				    const struct state_set *from, struct context *context,
				    const struct action *action, bool after_barriers, int *fault)
{
	struct gathering g = { 0 };
	const struct state_set *set = NULL;
	struct context before = *context;

	*fault = CCSAN_NO_FAULT;
	too_much = false;
	act_on_context(context, action);
	for (unsigned i = 0; i < from->count; i++) {
		struct state state = unpack(from->states[i]);

		if (!after_barriers || is_complete(&state))
			act_in_all_ways(caches, unrest, &before, action, &state, &g, fault);
	}
	if (!*fault) {
		close_under(caches, unrest, context, &g);
		*fault = (int)settle_losses(&g, context, action);
	}
	if (too_much)
		*fault = TOO_MUCH;
	if (!*fault && !after_barriers)
		set = intern(&g);
	free(g.slots);
	free(g.states);
	return set;
}

static bool is_by_device(const struct action *a)
{
	return a->operation == CCSAN_DEVICE_READ || a->operation == CCSAN_DEVICE_WRITE;
}

/* What goes wrong for a device only while something is under way misses a barrier. */
const struct state_set *reference_step(const struct ccsan_caches *caches, enum unrest unrest,
				       const struct state_set *from, struct context *context,
				       const struct action *action, int *fault)
{
	struct context trial = *context;
	const struct state_set *after;

	if (!world.barriers || !is_by_device(action))
		return step(caches, unrest, from, context, action, false, fault);
	step(caches, unrest, from, &trial, action, true, fault);
	if (*fault)
		return NULL;
	after = step(caches, unrest, from, context, action, false, fault);
	if (*fault && *fault != TOO_MUCH)
		*fault = CCSAN_MISSING_BARRIER;
	return after;
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
