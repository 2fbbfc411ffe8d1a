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
 * All programs of up to LENGTH (4) operations. With STATES, also programs of every length in
 * smaller worlds (one frame, or one place), as long as there are not more joint states than that.
 * With PROGRAMS, so many random programs of 24 operations.
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "reference.h"

/* --- the rules' side of a joint state --- */

struct world {
	struct ccsan_line line[FRAMES];
	struct ccsan_copy copy[HOLDERS][FRAMES];
};

static void link_world(struct world *w)
{
	for (int f = 0; f < FRAMES; f++)
		w->line[f].copies = NULL;
	for (int i = 0; i < HOLDERS; i++)
		for (int f = 0; f < FRAMES; f++) {
			struct ccsan_copy *copy = &w->copy[i][f];

			copy->line = &w->line[f];
			copy->next_of_line = w->line[f].copies;
			w->line[f].copies = copy;
			copy->next_at_place = &w->copy[i][(f + 1) % FRAMES];
			copy->instruction = i == ICACHE;
		}
}

struct bits {
	uint64_t words[3];
	unsigned used;
};

static void put(struct bits *bits, uint64_t value, unsigned width)
{
	bits->words[bits->used / 64] |= value << bits->used % 64;
	if (bits->used % 64 + width > 64)
		bits->words[bits->used / 64 + 1] |= value >> (64 - bits->used % 64);
	bits->used += width;
}

static uint64_t take(struct bits *bits, unsigned width)
{
	uint64_t value = bits->words[bits->used / 64] >> bits->used % 64;

	if (bits->used % 64 + width > 64)
		value |= bits->words[bits->used / 64 + 1] << (64 - bits->used % 64);
	bits->used += width;
	return value & ((1u << width) - 1);
}

static void pack_world(const struct world *w, uint64_t key[3])
{
	struct bits bits = { 0 };

	for (int f = 0; f < FRAMES; f++) {
		put(&bits, w->line[f].below_lacks, BYTES);
		put(&bits, w->line[f].memory_lacks, BYTES);
		put(&bits, w->line[f].lost, BYTES);
		put(&bits, w->line[f].outer_dirty, 1);
		for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
			put(&bits, w->line[f].outer[k].stale, BYTES);
			put(&bits, w->line[f].outer[k].present, 1);
		}
		for (int i = 0; i < HOLDERS; i++) {
			put(&bits, w->copy[i][f].dirty, 1);
			put(&bits, w->copy[i][f].mapped, 1);
			for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
				put(&bits, w->copy[i][f].in[k].stale, BYTES);
				put(&bits, w->copy[i][f].in[k].present, 1);
			}
		}
	}
	memcpy(key, bits.words, sizeof(bits.words));
}

static void unpack_world(const uint64_t key[3], struct world *w)
{
	struct bits bits = { .words = { key[0], key[1], key[2] } };

	memset(w, 0, sizeof(*w));
	for (int f = 0; f < FRAMES; f++) {
		w->line[f].below_lacks = take(&bits, BYTES);
		w->line[f].memory_lacks = take(&bits, BYTES);
		w->line[f].lost = take(&bits, BYTES);
		w->line[f].outer_dirty = take(&bits, 1);
		for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
			w->line[f].outer[k].stale = take(&bits, BYTES);
			w->line[f].outer[k].present = take(&bits, 1);
		}
		for (int i = 0; i < HOLDERS; i++) {
			w->copy[i][f].dirty = take(&bits, 1);
			w->copy[i][f].mapped = take(&bits, 1);
			for (int k = 0; k < CCSAN_WORLD_COUNT; k++) {
				w->copy[i][f].in[k].stale = take(&bits, BYTES);
				w->copy[i][f].in[k].present = take(&bits, 1);
			}
		}
	}
	link_world(w);
}

static bool may_pass(const struct ccsan_caches *caches, const struct ccsan_step *step)
{
	if (step->operation == CCSAN_READ)
		return ccsan_model_read_passes(caches, step->copy, step->set);
	return step->operation == CCSAN_WRITE &&
	       ccsan_model_write_passes(caches, step->copy, step->set);
}

/* One step of the rules, checked and done. What is let pass must be what changes nothing. */
static struct ccsan_verdict take_step(const struct ccsan_caches *caches, struct world *w,
				      enum ccsan_operation operation, int place, int frame,
				      unsigned set)
{
	struct ccsan_step step = { .operation = operation,
				   .line = &w->line[frame],
				   .copy = place >= 0 ? &w->copy[place][frame] : NULL,
				   .set = set };
	struct ccsan_verdict verdict = ccsan_model_check(caches, &step);
	bool passes = may_pass(caches, &step), changed;

	check(!passes || !verdict.fault, "an access was let pass that goes wrong");
	if (verdict.fault)
		return verdict;
	changed = ccsan_model_apply(caches, &step);
	if (operation == CCSAN_READ || operation == CCSAN_WRITE)
		check(passes == !changed, "an access %s",
		      passes ? "was let pass that changes something" : "could have been let pass");
	return verdict;
}

/* Data place 0 and the instruction place share their mapping: they are the same virtual address. */
static void remap(const struct ccsan_caches *caches, struct world *w, int place, int from, int to)
{
	for (int i = place; i < HOLDERS; i += ICACHE - place) {
		if (from != NO_FRAME)
			take_step(caches, w, CCSAN_UNMAP, i, from, 0);
		if (to != NO_FRAME)
			take_step(caches, w, CCSAN_MAP, i, to, 0);
		if (place != 0)
			break;
	}
}

/* An action by the rules. A cache operation is a step for every line that the place may hold. */
static struct ccsan_verdict rules(const struct ccsan_caches *caches, struct world *w,
				  const struct context *context, const struct action *a)
{
	int mapped = context->mapped[a->place == ICACHE ? 0 : a->place];
	struct ccsan_verdict verdict = { 0 };

	switch (a->operation) {
	case CCSAN_READ:
	case CCSAN_WRITE:
	case CCSAN_FETCH:
		return take_step(caches, w, a->operation, a->place, mapped, a->set);
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
		for (int f = 0; f < FRAMES && !verdict.fault; f++)
			verdict = take_step(caches, w, a->operation, a->place, f,
					    f == mapped ? a->set : 0);
		return verdict;
	case CCSAN_MAP:
	case CCSAN_UNMAP:
		remap(caches, w, a->place, mapped, a->operation == CCSAN_MAP ? a->frame : NO_FRAME);
		return verdict;
	default:
		return take_step(caches, w, a->operation, -1, a->frame, a->set);
	}
}

/* --- the joint states --- */

enum { UNRESTS = 3, MAX_ACTIONS = 128, NOT_TRIED = -2 };

struct joint {
	uint64_t rules[3];
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
	uint64_t faults[CCSAN_HOMONYM + 1];
};

static void add_action(struct graph *g, struct action a)
{
	check(g->action_count < MAX_ACTIONS, "too many actions");
	g->actions[g->action_count++] = a;
}

/* Which part of the world the programs use. */
struct scope {
	const char *name;
	int places, frames;
};

static void add_place_actions(struct graph *g, int place, int frames)
{
	for (unsigned set = 1; set <= ALL_BYTES; set++) {
		add_action(g, (struct action){ CCSAN_READ, place, 0, set });
		add_action(g, (struct action){ CCSAN_WRITE, place, 0, set });
	}
	for (unsigned set = 0; set <= ALL_BYTES; set++)
		add_action(g, (struct action){ CCSAN_INVALIDATE, place, 0, set });
	add_action(g, (struct action){ CCSAN_CLEAN, place, 0, 0 });
	add_action(g, (struct action){ CCSAN_FLUSH, place, 0, 0 });
	add_action(g, (struct action){ CCSAN_UNMAP, place, 0, 0 });
	for (int f = 0; f < frames; f++)
		add_action(g, (struct action){ CCSAN_MAP, place, f, 0 });
}

static void add_frame_actions(struct graph *g, int frame)
{
	for (unsigned set = 1; set <= ALL_BYTES; set++)
		for (int op = CCSAN_DEVICE_READ; op <= CCSAN_FORGET; op++)
			add_action(g, (struct action){ op, 0, frame, set });
	if (!g->caches->outer)
		return;
	add_action(g, (struct action){ CCSAN_OUTER_CLEAN, 0, frame, 0 });
	add_action(g, (struct action){ CCSAN_OUTER_FLUSH, 0, frame, 0 });
	for (unsigned set = 0; set <= ALL_BYTES; set++)
		add_action(g, (struct action){ CCSAN_OUTER_INVALIDATE, 0, frame, set });
}

static void add_all_actions(struct graph *g, const struct scope *scope)
{
	for (int place = 0; place < scope->places; place++)
		add_place_actions(g, place, scope->frames);
	for (unsigned set = 1; set <= ALL_BYTES; set++)
		add_action(g, (struct action){ CCSAN_FETCH, ICACHE, 0, set });
	add_action(g, (struct action){ CCSAN_INVALIDATE, ICACHE, 0, 0 });
	for (int f = 0; f < scope->frames; f++)
		add_frame_actions(g, f);
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

static void add_start(struct graph *g, const struct scope *scope)
{
	struct joint start;
	struct world w;

	memset(&start, 0, sizeof(start));
	memset(&w, 0, sizeof(w));
	for (int f = 0; f < FRAMES; f++)
		ccsan_model_reset(g->caches, &w.line[f]);
	link_world(&w);
	/* The places in use begin mapped to frame 0: aliases of one page. */
	for (int place = 0; place < PLACES; place++) {
		int frame = place < scope->places ? 0 : NO_FRAME;

		remap(g->caches, &w, place, NO_FRAME, frame);
		for (int u = 0; u < UNRESTS; u++)
			start.context[u].mapped[place] = (signed char)frame;
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
	"forget"
};
static const char *const fault_names[] = { "none",       "stale-read", "stale-dma", "stale-fetch",
					   "lost-write", "clobber",    "homonym" };
static const char *const certainty_names[] = { "always", "on eviction", "on speculative fill" };

static void print_action(const struct action *a)
{
	fprintf(stderr, "  %s place %d frame %d bytes %u\n", operation_names[a->operation],
		a->place, a->frame, a->set);
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
		"DISAGREEMENT about the %s of the last operation (outer %d speculative %d "
		"write-through %d): rules say %s, reference says %s\n",
		what, g->caches->outer, g->caches->speculative, g->caches->write_through, by_rules,
		by_reference);
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
		return node->context[0].mapped[place] != NO_FRAME;
	case CCSAN_MAP:
		return node->context[0].mapped[place] != a->frame;
	case CCSAN_INVALIDATE: /* nothing to give up where nothing is mapped */
		return !a->set || node->context[0].mapped[place] != NO_FRAME;
	default:
		return true;
	}
}

/* The calmest caches in which this same fault is possible. */
static enum ccsan_certainty certainty_of(const enum ccsan_fault faults[UNRESTS])
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
	enum ccsan_fault fault;
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
					       enum ccsan_fault *fault)
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
			    const struct action *a, enum ccsan_fault faults[UNRESTS])
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
	enum ccsan_fault faults[UNRESTS], fault;
	struct ccsan_verdict verdict;
	struct world w;

	if (!possible(&node, a))
		return -1;
	memset(&after, 0, sizeof(after));
	step_references(g, &node, &after, a, faults);
	unpack_world(node.rules, &w);
	verdict = rules(g->caches, &w, &node.context[FILLING], a);
	fault = faults[FILLING];
	if (verdict.fault != fault)
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

static struct graph *new_graph(const struct ccsan_caches *caches, const struct scope *scope)
{
	struct graph *g = calloc(1, sizeof(*g));

	check(g, "memory");
	g->caches = caches;
	forget_steps();
	add_all_actions(g, scope);
	add_start(g, scope);
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

static void print_world(const struct graph *g, const struct scope *scope)
{
	printf("%s, %-8s, %-11s, %-13s: ", scope->name, g->caches->outer ? "outer" : "no outer",
	       g->caches->speculative ? "speculative" : "in-order",
	       g->caches->write_through ? "write-through" : "write-back");
}

/* Every action in every joint state up to a depth; `most` joint states at most. */
static void prove(const struct ccsan_caches *caches, const struct scope *scope, unsigned length,
		  unsigned most)
{
	struct graph *g = new_graph(caches, scope);
	unsigned n;

	for (n = 0; n < g->count && g->depth[n] < length && g->count < most; n++)
		for (unsigned a = 0; a < g->action_count; a++)
			step_from(g, n, a);
	print_world(g, scope);
	printf("%2u actions, %8u joint states, ", g->action_count, g->count);
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

static void walk_randomly(const struct ccsan_caches *caches, const struct scope *scope,
			  uint64_t programs, unsigned length, uint64_t seed)
{
	struct graph *g = new_graph(caches, scope);
	uint64_t random = seed, operations = 0, faults = 0;

	for (uint64_t i = 0; i < programs; i++) {
		uint64_t done = walk(g, length, &random);

		operations += done;
		faults += done < length;
		if (g->count > 3000000) {
			free_graph(g);
			g = new_graph(caches, scope);
		}
	}
	print_world(g, scope);
	printf("%" PRIu64 " random programs of %u, %" PRIu64 " operations, %" PRIu64
	       " ended in a fault\n",
	       programs, length, operations, faults);
	fflush(stdout);
	free_graph(g);
}

int main(int argc, char **argv)
{
	static const struct scope whole = { "2 places x 2 frames", PLACES, FRAMES };
	static const struct scope parts[] = { { "2 places x 1 frame ", PLACES, 1 },
					      { "1 place  x 2 frames", 1, FRAMES } };
	unsigned length = argc > 1 ? (unsigned)atoi(argv[1]) : 4;
	unsigned most = argc > 2 ? (unsigned)atoi(argv[2]) : 0;
	uint64_t programs = argc > 3 ? strtoull(argv[3], NULL, 10) : 0;

	for (int kind = 0; kind < 8; kind++) {
		struct ccsan_caches caches = { .outer = kind & 1,
					       .speculative = kind >> 1 & 1,
					       .write_through = kind >> 2 & 1 };

		prove(&caches, &whole, length, ~0u);
		for (int i = 0; i < 2 && most; i++)
			prove(&caches, &parts[i], ~0u, most);
		if (programs)
			walk_randomly(&caches, &whole, programs, 24,
				      88172645463325252u + (unsigned)kind);
	}
	return 0;
}
