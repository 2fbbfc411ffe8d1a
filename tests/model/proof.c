/* SPDX-License-Identifier: MIT */
/*
 * The proof that the algebra is exact: for every program, the rules and the reference name the same
 * first fault at the same operation, with the same certainty.
 *
 * A program's past matters only through the state it leaves: the state of the rules, and the set of
 * concrete states of the reference. So instead of running each program from the start, the proof
 * walks the graph of these joint states, tries every action in each of them once, and counts the
 * programs by the paths through the graph. Where the walk closes, with no joint state left that is
 * new, the proof holds for programs of every length.
 *
 * usage: proof [LENGTH [STATES [PROGRAMS]]]
 * One CPU: all programs of up to LENGTH (4) operations. With STATES, also programs of every length
 * in smaller worlds (one frame, or one place), as long as there are not more joint states than
 * that. With PROGRAMS, so many random programs of 24 operations. Then two CPUs, and barriers, the
 * same in the smaller worlds; see the table of scopes.
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "reference.h"

/* --- the rules' side of a joint state --- */

/* Data places are shared by the CPUs, each has an instruction place of its own. */
enum { RULED = PLACES + MOST_CPUS };

struct world {
	struct ccsan_line line[FRAMES];
	struct ccsan_copy copy[RULED][FRAMES];
	struct ccsan_late late[FRAMES]; /* of CPU 0: barriers are proved with one */
};

static int ruled_place(int place, int cpu)
{
	return place == ICACHE ? PLACES + cpu : place;
}

/* What the programs may use of the world. */
struct scope {
	const char *name;
	int cpus, places, frames;
	bool barriers;
};

static const struct scope *scope;

static int ruled_places(void)
{
	return PLACES + scope->cpus;
}

static void link_world(struct world *w)
{
	for (int f = 0; f < FRAMES; f++) {
		w->line[f].copies = NULL;
		w->line[f].late = scope->barriers ? &w->late[f] : NULL;
	}
	for (int i = 0; i < ruled_places(); i++)
		for (int f = 0; f < FRAMES; f++) {
			struct ccsan_copy *copy = &w->copy[i][f];

			copy->line = &w->line[f];
			copy->next_of_line = w->line[f].copies;
			w->line[f].copies = copy;
			copy->next_at_place = &w->copy[i][(f + 1) % FRAMES];
			copy->instruction = i >= PLACES;
		}
}

enum { WORDS = 6 };

struct bits {
	uint64_t words[WORDS];
	unsigned used;
	bool taking;
};

/* Puts a field into the bits, or takes it out of them. */
static uint64_t pass(struct bits *bits, uint64_t value, unsigned width)
{
	unsigned word = bits->used / 64, shift = bits->used % 64;

	check(bits->used + width < 64 * WORDS, "room for the rules' state");
	bits->used += width;
	if (!bits->taking) {
		bits->words[word] |= value << shift;
		if (shift + width > 64)
			bits->words[word + 1] |= value >> (64 - shift);
		return value;
	}
	value = bits->words[word] >> shift;
	if (shift + width > 64)
		value |= bits->words[word + 1] << (64 - shift);
	return value & ((1u << width) - 1);
}

#define PASS(bits, field, width) ((field) = (__typeof__(field))pass(bits, field, width))

static void pass_holding(struct bits *bits, struct ccsan_holding *holding, unsigned cpus)
{
	PASS(bits, holding->stale, BYTES);
	PASS(bits, holding->present, cpus);
	PASS(bits, holding->dirty, cpus);
}

static void pass_line(struct bits *bits, struct ccsan_line *line)
{
	PASS(bits, line->lost, BYTES);
	for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
		PASS(bits, line->below_lacks[k], BYTES);
		PASS(bits, line->memory_lacks[k], BYTES);
		pass_holding(bits, &line->outer[k], 1);
	}
}

static void pass_copy(struct bits *bits, struct ccsan_copy *copy)
{
	PASS(bits, copy->mapped, (unsigned)scope->cpus);
	for (int k = 0; k < CCSAN_WORLD_COUNT; k++)
		pass_holding(bits, &copy->in[k], (unsigned)scope->cpus);
}

static void pass_late(struct bits *bits, struct ccsan_late *late)
{
	PASS(bits, late->stores, BYTES);
	for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
		PASS(bits, late->lacks[k], BYTES);
		PASS(bits, late->lands[k], 1);
	}
}

static void pass_world(struct bits *bits, struct world *w)
{
	for (int f = 0; f < FRAMES; f++) {
		pass_line(bits, &w->line[f]);
		for (int i = 0; i < ruled_places(); i++)
			pass_copy(bits, &w->copy[i][f]);
		if (scope->barriers)
			pass_late(bits, &w->late[f]);
	}
}

static void pack_world(struct world *w, uint64_t key[WORDS])
{
	struct bits bits = { .taking = false };

	pass_world(&bits, w);
	memcpy(key, bits.words, sizeof(bits.words));
}

static void unpack_world(const uint64_t key[WORDS], struct world *w)
{
	struct bits bits = { .taking = true };

	memset(w, 0, sizeof(*w));
	memcpy(bits.words, key, sizeof(bits.words));
	pass_world(&bits, w);
	link_world(w);
}

static bool may_pass(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	if (scope->cpus > 1)
		return false;
	if (step->operation == CCSAN_READ)
		return ccsan_model_read_passes(caches, step->copy, step->set);
	return step->operation == CCSAN_WRITE &&
	       ccsan_model_write_passes(caches, step->copy, step->set);
}

/* One step of the rules, checked and done. What is let pass must be what changes nothing. */
static struct ccsan_verdict take_step(const struct ccsan_caches *caches, struct world *w,
				      struct ccsan_step step, int frame)
{
	struct ccsan_verdict verdict;
	bool passes, changed;

	step.line = &w->line[frame];
	step.late = scope->barriers ? &w->late[frame] : NULL;
	verdict = ccsan_model_check(caches, &step);
	passes = may_pass(caches, &step);
	check(!passes || !verdict.fault, "an access was let pass that goes wrong");
	if (verdict.fault)
		return verdict;
	changed = ccsan_model_apply(caches, &step);
	if (scope->cpus == 1 && (step.operation == CCSAN_READ || step.operation == CCSAN_WRITE))
		check(passes == !changed, "an access %s",
		      passes ? "was let pass that changes something" : "could have been let pass");
	return verdict;
}

static struct ccsan_verdict step_through(const struct ccsan_caches *caches, struct world *w,
					 const struct action *a, int place, int frame)
{
	struct ccsan_step step = { .operation = a->operation,
				   .copy = &w->copy[ruled_place(place, a->cpu)][frame],
				   .cpu = (uint8_t)a->cpu,
				   .set = a->set };

	return take_step(caches, w, step, frame);
}

/* Data place 0 and the instruction place share their mapping: they are the same virtual address. */
static void remap(const struct ccsan_caches *caches, struct world *w, int cpu, int place, int from,
		  int to)
{
	struct action map = { .operation = CCSAN_MAP, .cpu = cpu };
	struct action unmap = { .operation = CCSAN_UNMAP, .cpu = cpu };

	for (int i = place; i < HOLDERS; i += ICACHE - place) {
		if (from != NO_FRAME)
			step_through(caches, w, &unmap, i, from);
		if (to != NO_FRAME)
			step_through(caches, w, &map, i, to);
		if (place != 0)
			break;
	}
}

/* A cache operation is a step for every line that the place may hold. To other CPUs it is sent for
 * the line that is mapped only. */
static struct ccsan_verdict maintain(const struct ccsan_caches *caches, struct world *w, int mapped,
				     const struct action *a)
{
	struct ccsan_verdict verdict = { .fault = CCSAN_NO_FAULT };
	ccsan_cpu_set all = (ccsan_cpu_set)((1u << scope->cpus) - 1);

	for (int f = 0; f < FRAMES && !verdict.fault; f++) {
		struct ccsan_step step = {
			.operation = a->operation,
			.copy = &w->copy[ruled_place(a->place, a->cpu)][f],
			.cpu = (uint8_t)a->cpu,
			.also = a->broadcast && f == mapped ? all : 0,
			.set = f == mapped ? a->set : 0,
		};

		verdict = take_step(caches, w, step, f);
	}
	return verdict;
}

/* An action by the rules. */
static struct ccsan_verdict rules(const struct ccsan_caches *caches, struct world *w,
				  const struct context *context, const struct action *a)
{
	int mapped = context->mapped[a->cpu][a->place == ICACHE ? 0 : a->place];
	struct ccsan_step step = { .operation = a->operation, .set = a->set };
	struct ccsan_verdict verdict = { .fault = CCSAN_NO_FAULT };

	switch (a->operation) {
	case CCSAN_READ:
	case CCSAN_WRITE:
	case CCSAN_FETCH:
		return step_through(caches, w, a, a->place, mapped);
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
		return maintain(caches, w, mapped, a);
	case CCSAN_MAP:
	case CCSAN_UNMAP:
		remap(caches, w, a->cpu, a->place, mapped,
		      a->operation == CCSAN_MAP ? a->frame : NO_FRAME);
		return verdict;
	case CCSAN_BARRIER:
		for (int f = 0; f < FRAMES; f++)
			take_step(caches, w, step, f);
		return verdict;
	default:
		return take_step(caches, w, step, a->frame);
	}
}

/* --- the joint states --- */

enum { UNRESTS = 3, MAX_ACTIONS = 192, NOT_TRIED = -2 };

struct joint {
	uint64_t rules[WORDS];
	const struct state_set *states[UNRESTS];
	struct context context[UNRESTS];
};

struct graph {
	const struct ccsan_caches *caches;
	struct action actions[MAX_ACTIONS];
	unsigned action_count;
	struct joint *nodes;
	unsigned *depth; /* the length of the shortest program that leads here */
	int *next; /* [node][action]: the node after it, -1 after a fault or where not possible */
	unsigned count, room;
	unsigned *slots, slot_count;
	uint64_t faults[TOO_MUCH + 1];
};

static void add_action(struct graph *g, struct action a)
{
	check(g->action_count < MAX_ACTIONS, "too many actions");
	g->actions[g->action_count++] = a;
}

static void add_maintenance(struct graph *g, int cpu, int place, bool broadcast)
{
	struct action a = { .place = place, .cpu = cpu, .broadcast = broadcast };

	a.operation = CCSAN_INVALIDATE;
	for (a.set = 0; a.set <= ALL_BYTES; a.set++)
		add_action(g, a);
	a.set = 0;
	a.operation = CCSAN_CLEAN;
	add_action(g, a);
	a.operation = CCSAN_FLUSH;
	add_action(g, a);
}

static void add_place_actions(struct graph *g, int cpu, int place)
{
	struct action a = { .place = place, .cpu = cpu };

	for (a.set = 1; a.set <= ALL_BYTES; a.set++) {
		a.operation = CCSAN_READ;
		add_action(g, a);
		a.operation = CCSAN_WRITE;
		add_action(g, a);
	}
	a.set = 0;
	add_maintenance(g, cpu, place, false);
	if (scope->cpus > 1)
		add_maintenance(g, cpu, place, true);
	a.operation = CCSAN_UNMAP;
	add_action(g, a);
	a.operation = CCSAN_MAP;
	for (a.frame = 0; a.frame < scope->frames; a.frame++)
		add_action(g, a);
}

static void add_instruction_actions(struct graph *g, int cpu)
{
	struct action a = { .operation = CCSAN_FETCH, .place = ICACHE, .cpu = cpu };

	for (a.set = 1; a.set <= ALL_BYTES; a.set++)
		add_action(g, a);
	a.set = 0;
	a.operation = CCSAN_INVALIDATE;
	add_action(g, a);
}

static void add_frame_actions(struct graph *g, int frame)
{
	struct action a = { .frame = frame };

	for (a.set = 1; a.set <= ALL_BYTES; a.set++)
		for (a.operation = CCSAN_DEVICE_READ; a.operation <= CCSAN_FORGET; a.operation++)
			add_action(g, a);
	if (!g->caches->outer)
		return;
	a.operation = CCSAN_OUTER_INVALIDATE;
	for (a.set = 0; a.set <= ALL_BYTES; a.set++)
		add_action(g, a);
	a.set = 0;
	a.operation = CCSAN_OUTER_CLEAN;
	add_action(g, a);
	a.operation = CCSAN_OUTER_FLUSH;
	add_action(g, a);
}

static void add_all_actions(struct graph *g)
{
	for (int cpu = 0; cpu < scope->cpus; cpu++) {
		for (int place = 0; place < scope->places; place++)
			add_place_actions(g, cpu, place);
		add_instruction_actions(g, cpu);
	}
	for (int f = 0; f < scope->frames; f++)
		add_frame_actions(g, f);
	if (scope->barriers)
		add_action(g, (struct action){ .operation = CCSAN_BARRIER });
}

static unsigned hash_joint(const struct joint *node)
{
	const unsigned char *bytes = (const void *)node;
	uint64_t hash = 14695981039346656037u;

	for (size_t i = 0; i < sizeof(*node); i++)
		hash = (hash ^ bytes[i]) * 1099511628211u;
	return (unsigned)(hash ^ hash >> 32);
}

static void grow(struct graph *g)
{
	g->room = g->room ? 2 * g->room : 1024;
	g->nodes = realloc(g->nodes, g->room * sizeof(*g->nodes));
	g->depth = realloc(g->depth, g->room * sizeof(*g->depth));
	g->next = realloc(g->next, (size_t)g->room * g->action_count * sizeof(*g->next));
	free(g->slots);
	g->slot_count = 4 * g->room;
	g->slots = calloc(g->slot_count, sizeof(*g->slots));
	check(g->nodes && g->depth && g->next && g->slots, "memory");
	for (size_t i = (size_t)g->count * g->action_count; i < (size_t)g->room * g->action_count;
	     i++)
		g->next[i] = NOT_TRIED;
	for (unsigned n = 0; n < g->count; n++) {
		unsigned at = hash_joint(&g->nodes[n]) & (g->slot_count - 1);

		while (g->slots[at])
			at = (at + 1) & (g->slot_count - 1);
		g->slots[at] = n + 1;
	}
}

static int add_joint(struct graph *g, const struct joint *node, unsigned depth)
{
	unsigned at;

	if (g->count == g->room)
		grow(g);
	for (at = hash_joint(node) & (g->slot_count - 1); g->slots[at];
	     at = (at + 1) & (g->slot_count - 1))
		if (!memcmp(&g->nodes[g->slots[at] - 1], node, sizeof(*node)))
			return (int)g->slots[at] - 1;
	g->nodes[g->count] = *node;
	g->depth[g->count] = depth;
	g->slots[at] = ++g->count;
	return (int)g->count - 1;
}

/* A CPU that does not speculate is no worse than one that evicts. */
static enum unrest unrest_of(const struct ccsan_caches *caches, int level)
{
	return level == FILLING && !caches->speculative ? EVICTING : (enum unrest)level;
}

static void add_start(struct graph *g)
{
	struct joint start;
	struct world w;

	memset(&start, 0, sizeof(start));
	memset(&w, 0, sizeof(w));
	for (int f = 0; f < FRAMES; f++)
		ccsan_model_reset(g->caches, &w.line[f]);
	link_world(&w);
	for (int u = 0; u < UNRESTS; u++)
		memset(start.context[u].mapped, NO_FRAME, sizeof(start.context[u].mapped));
	/* The places in use begin mapped to frame 0: aliases of one page. */
	for (int cpu = 0; cpu < scope->cpus; cpu++)
		for (int place = 0; place < scope->places; place++) {
			remap(g->caches, &w, cpu, place, NO_FRAME, 0);
			for (int u = 0; u < UNRESTS; u++)
				start.context[u].mapped[cpu][place] = 0;
		}
	pack_world(&w, start.rules);
	for (int u = 0; u < UNRESTS; u++)
		start.states[u] =
			reference_start(g->caches, unrest_of(g->caches, u), &start.context[u]);
	add_joint(g, &start, 0);
}

/* --- the comparison --- */

static const char *const operation_names[] = {
	"read",        "write",       "fetch",        "clean",         "invalidate",
	"flush",       "map",         "unmap",        "outer-clean",   "outer-invalidate",
	"outer-flush", "device-read", "device-write", "uncached-read", "uncached-write",
	"forget",      "barrier"
};
static const char *const fault_names[] = { "none",        "stale-read",     "stale-dma",
					   "stale-fetch", "lost-write",     "clobber",
					   "homonym",     "missing-barrier" };
static const char *const certainty_names[] = { "always", "on eviction", "on speculative fill" };

static void print_action(const struct action *a)
{
	fprintf(stderr, "  %s cpu %d place %d frame %d bytes %u%s\n", operation_names[a->operation],
		a->cpu, a->place, a->frame, a->set, a->broadcast ? " broadcast" : "");
}

/* The program that first led to a node, found backwards through the graph. */
static void print_path(const struct graph *g, int node)
{
	if (node == 0)
		return;
	for (int n = 0; n < node; n++)
		for (unsigned a = 0; a < g->action_count; a++)
			if (g->depth[n] + 1 == g->depth[node] &&
			    g->next[(size_t)n * g->action_count + a] == node) {
				print_path(g, n);
				print_action(&g->actions[a]);
				return;
			}
}

static void disagree(const struct graph *g, int node, const struct action *a, const char *what,
		     const char *by_rules, const char *by_reference)
{
	fprintf(stderr,
		"DISAGREEMENT about the %s of the last operation (%s, outer %d speculative %d "
		"write-through %d shares-dirty %d): rules say %s, reference says %s\n",
		what, scope->name, g->caches->outer, g->caches->speculative,
		g->caches->write_through, g->caches->shares_dirty, by_rules, by_reference);
	print_path(g, node);
	print_action(a);
	exit(1);
}

static bool possible(const struct joint *node, const struct action *a)
{
	int place = a->place == ICACHE ? 0 : a->place;

	switch (a->operation) {
	case CCSAN_READ:
	case CCSAN_WRITE:
	case CCSAN_FETCH:
	case CCSAN_UNMAP:
		return node->context[0].mapped[a->cpu][place] != NO_FRAME;
	case CCSAN_MAP:
		return node->context[0].mapped[a->cpu][place] != a->frame;
	case CCSAN_CLEAN:
	case CCSAN_FLUSH:
		return !a->broadcast || node->context[0].mapped[a->cpu][place] != NO_FRAME;
	case CCSAN_INVALIDATE: /* nothing to give up where nothing is mapped */
		return !(a->set || a->broadcast) ||
		       node->context[0].mapped[a->cpu][place] != NO_FRAME;
	default:
		return true;
	}
}

/* The calmest caches in which this same fault is possible. */
static enum ccsan_certainty certainty_of(const int faults[UNRESTS])
{
	if (faults[QUIET] == faults[FILLING])
		return CCSAN_ALWAYS;
	return faults[EVICTING] == faults[FILLING] ? CCSAN_ON_EVICTION : CCSAN_ON_SPECULATIVE_FILL;
}

/* Many joint states share a set of concrete states: each step of the reference is done once. */
struct remembered {
	const struct state_set *from, *after;
	struct context before, behind;
	short action, unrest;
	int fault;
};

static struct remembered *memory_slots;
static unsigned memory_size, memory_used;

static unsigned hash_step(const struct remembered *r)
{
	uint64_t hash = (uintptr_t)r->from >> 4;
	unsigned char context[sizeof(r->before)];

	memcpy(context, &r->before, sizeof(context));
	for (size_t i = 0; i < sizeof(context); i++)
		hash = (hash ^ context[i]) * 1099511628211u;
	hash = (hash ^ (unsigned)(UNRESTS * r->action + r->unrest)) * 1099511628211u;
	return (unsigned)(hash ^ hash >> 29);
}

static bool same_step(const struct remembered *a, const struct remembered *b)
{
	return a->from == b->from && a->action == b->action && a->unrest == b->unrest &&
	       !memcmp(&a->before, &b->before, sizeof(a->before));
}

static struct remembered *find_step(const struct remembered *key)
{
	unsigned at = hash_step(key) & (memory_size - 1);

	while (memory_slots[at].from && !same_step(&memory_slots[at], key))
		at = (at + 1) & (memory_size - 1);
	return &memory_slots[at];
}

static void forget_steps(void)
{
	memory_size = 1u << 21;
	free(memory_slots);
	memory_slots = calloc(memory_size, sizeof(*memory_slots));
	check(memory_slots, "memory");
	memory_used = 0;
}

static const struct state_set *remembered_step(const struct graph *g, int unrest,
					       const struct state_set *from,
					       struct context *context, const struct action *a,
					       int *fault)
{
	struct remembered key = { .from = from,
				  .before = *context,
				  .behind = *context,
				  .action = (short)(a - g->actions),
				  .unrest = (short)unrest };
	struct remembered *found;

	if (2 * memory_used >= memory_size)
		forget_steps();
	found = find_step(&key);
	if (!found->from) {
		key.after = reference_step(g->caches, (enum unrest)unrest, from, &key.behind, a,
					   &key.fault);
		*found = key;
		memory_used++;
	}
	*context = found->behind;
	*fault = found->fault;
	return found->after;
}

/* Which bytes were given up while they may have been dirty is decided by what the CPU permits, and
 * holds for the calmer caches too: to read them is wrong, however lucky one was. */
static void step_references(const struct graph *g, const struct joint *from, struct joint *after,
			    const struct action *a, int faults[UNRESTS])
{
	for (int u = FILLING; u >= QUIET; u--) {
		after->context[u] = from->context[u];
		after->states[u] = remembered_step(g, unrest_of(g->caches, u), from->states[u],
						   &after->context[u], a, &faults[u]);
		for (int f = 0; f < FRAMES && after->states[u]; f++) {
			unsigned lost =
				after->context[FILLING].lost[f] & ~after->context[u].lost[f];

			if (lost)
				after->states[u] = reference_lose(after->states[u],
								  &after->context[u], f, lost);
		}
	}
}

static int try_action(struct graph *g, unsigned n, const struct action *a)
{
	struct joint node = g->nodes[n], after;
	int faults[UNRESTS], fault;
	struct ccsan_verdict verdict;
	struct world w;

	if (!possible(&node, a))
		return -1;
	memset(&after, 0, sizeof(after));
	step_references(g, &node, &after, a, faults);
	if (faults[FILLING] == TOO_MUCH) {
		g->faults[TOO_MUCH]++;
		return -1;
	}
	unpack_world(node.rules, &w);
	verdict = rules(g->caches, &w, &node.context[FILLING], a);
	fault = faults[FILLING];
	if ((int)verdict.fault != fault)
		disagree(g, (int)n, a, "fault", fault_names[verdict.fault], fault_names[fault]);
	if (fault && verdict.certainty != certainty_of(faults))
		disagree(g, (int)n, a, "certainty", certainty_names[verdict.certainty],
			 certainty_names[certainty_of(faults)]);
	g->faults[fault]++;
	if (fault)
		return -1;
	for (int f = 0; f < FRAMES; f++) {
		const char *broken = ccsan_model_broken_invariant(g->caches, &w.line[f]);

		if (broken)
			disagree(g, (int)n, a, "invariant", "broken", broken);
	}
	pack_world(&w, after.rules);
	return add_joint(g, &after, g->depth[n] + 1);
}

/* How many programs of this length reach each node: paths through the graph. */
static uint64_t count_programs(const struct graph *g, unsigned length)
{
	uint64_t *paths = calloc(g->count, sizeof(*paths)), *longer, total = 0;

	check(paths, "memory");
	paths[0] = 1;
	for (unsigned l = 0; l < length; l++) {
		longer = calloc(g->count, sizeof(*longer));
		check(longer, "memory");
		for (unsigned n = 0; n < g->count; n++)
			for (unsigned a = 0; paths[n] && a < g->action_count; a++) {
				int next = g->next[(size_t)n * g->action_count + a];

				total += possible(&g->nodes[n], &g->actions[a]) ? paths[n] : 0;
				if (next >= 0 && l + 1 < length)
					longer[next] += paths[n];
			}
		free(paths);
		paths = longer;
	}
	free(paths);
	return total;
}

/* --- walks --- */

static struct graph *new_graph(const struct ccsan_caches *caches)
{
	struct extent extent = { scope->cpus, scope->frames, scope->barriers };
	struct graph *g = calloc(1, sizeof(*g));

	check(g, "memory");
	g->caches = caches;
	forget_steps();
	reference_extend(&extent);
	add_all_actions(g);
	add_start(g);
	return g;
}

static void free_graph(struct graph *g)
{
	free(g->nodes);
	free(g->depth);
	free(g->next);
	free(g->slots);
	free(g);
}

static int step_from(struct graph *g, unsigned node, unsigned action)
{
	size_t at = (size_t)node * g->action_count + action;

	if (g->next[at] == NOT_TRIED) {
		int next = try_action(g, node, &g->actions[action]);

		g->next[at] = next; /* the table may have moved */
	}
	return g->next[at];
}

static void print_world(const struct graph *g)
{
	printf("%s, %-8s, %-11s, %s: ", scope->name, g->caches->outer ? "outer" : "no outer",
	       g->caches->speculative ? "speculative" : "in-order",
	       g->caches->write_through  ? "write-through"
	       : g->caches->shares_dirty ? "shares dirty "
					 : "write-back   ");
}

/* Every action in every joint state up to a depth; `most` joint states at most. */
static void prove(const struct ccsan_caches *caches, unsigned length, unsigned most)
{
	struct graph *g = new_graph(caches);
	unsigned n;

	for (n = 0; n < g->count && g->depth[n] < length && g->count < most; n++)
		for (unsigned a = 0; a < g->action_count; a++)
			step_from(g, n, a);
	print_world(g);
	printf("%3u actions, %8u joint states, ", g->action_count, g->count);
	if (n == g->count)
		printf("closed at depth %u: programs of every length\n", g->depth[n - 1]);
	else if (g->depth[n] < length)
		printf("not closed: %" PRIu64 " programs of length <= %u\n",
		       count_programs(g, g->depth[n]), g->depth[n]);
	else
		printf("%" PRIu64 " programs of length <= %u\n", count_programs(g, length), length);
	fflush(stdout);
	free_graph(g);
}

static uint64_t random_number(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* One random program, up to its first fault. Return: operations done. */
static uint64_t walk(struct graph *g, unsigned length, uint64_t *random)
{
	int node = 0;
	unsigned done = 0;

	while (done < length) {
		unsigned action = (unsigned)(random_number(random) >> 20) % g->action_count;

		if (!possible(&g->nodes[node], &g->actions[action]))
			continue;
		node = step_from(g, (unsigned)node, action);
		done++;
		if (node < 0)
			break;
	}
	return done;
}

static void walk_randomly(const struct ccsan_caches *caches, uint64_t programs, unsigned length,
			  uint64_t seed)
{
	struct graph *g = new_graph(caches);
	uint64_t random = seed, operations = 0, faults = 0;

	for (uint64_t i = 0; i < programs; i++) {
		uint64_t done = walk(g, length, &random);

		operations += done;
		faults += done < length;
		if (g->count > 3000000) {
			free_graph(g);
			g = new_graph(caches);
		}
	}
	print_world(g);
	printf("%" PRIu64 " random programs of %u, %" PRIu64 " operations, %" PRIu64
	       " ended in a fault\n",
	       programs, length, operations, faults);
	fflush(stdout);
	free_graph(g);
}

static const struct scope whole = { "1 CPU,  2 places x 2 frames", 1, PLACES, FRAMES, false };
static const struct scope parts[] = {
	{ "1 CPU,  2 places x 1 frame ", 1, PLACES, 1, false },
	{ "1 CPU,  1 place  x 2 frames", 1, 1, FRAMES, false },
};

/* Scopes with several CPUs or with barriers, and how long programs are where those of
 * one CPU have 4 operations. */
static const struct {
	struct scope scope;
	unsigned length;
} extensions[] = {
	{ { "2 CPUs, 1 place  x 1 frame ", 2, 1, 1, false }, 4 },
	{ { "2 CPUs, 2 places x 1 frame ", 2, PLACES, 1, false }, 3 },
	{ { "2 CPUs, 1 place  x 2 frames", 2, 1, FRAMES, false }, 3 },
	{ { "barriers, 1 place  x 1 frame ", 1, 1, 1, true }, 4 },
	{ { "barriers, 2 places x 1 frame ", 1, PLACES, 1, true }, 3 },
	{ { "barriers, 1 place  x 2 frames", 1, 1, FRAMES, true }, 3 },
};

static struct ccsan_caches caches_of(int kind)
{
	return (struct ccsan_caches){ .outer = kind & 1,
				      .speculative = kind >> 1 & 1,
				      .write_through = kind >> 2 & 1,
				      .shares_dirty = kind >> 3 & 1 };
}

/* Who shares dirty lines is only a question between CPUs that have any. */
static bool is_a_kind(const struct ccsan_caches *caches, const struct scope *of)
{
	return !caches->shares_dirty || (of->cpus > 1 && !caches->write_through);
}

static void prove_extensions(unsigned length, unsigned most)
{
	for (size_t i = 0; i < sizeof(extensions) / sizeof(*extensions); i++)
		for (int kind = 0; kind < 16; kind++) {
			struct ccsan_caches caches = caches_of(kind);

			scope = &extensions[i].scope;
			if (is_a_kind(&caches, scope))
				prove(&caches, extensions[i].length + length - 4, most);
		}
}

int main(int argc, char **argv)
{
	unsigned length = argc > 1 ? (unsigned)atoi(argv[1]) : 4;
	unsigned most = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
	uint64_t programs = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

	for (int kind = 0; kind < 8; kind++) {
		struct ccsan_caches caches = caches_of(kind);

		scope = &whole;
		prove(&caches, length, ~0u);
		for (int i = 0; i < 2 && most; i++) {
			scope = &parts[i];
			prove(&caches, ~0u, most);
		}
		scope = &whole;
		if (programs)
			walk_randomly(&caches, programs, 24, 88172645463325252u + (unsigned)kind);
	}
	if (length > 1)
		prove_extensions(length, most ? most : ~0u);
	return 0;
}
