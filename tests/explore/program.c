/* SPDX-License-Identifier: MIT */
/* See program.h. */
#include "program.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_STEPS = 512, MOST_TOUCHES = 4 };

unsigned long host_calls;

static void *memory(void *context, void *old, size_t size)
{
	void *got;

	(void)context;
	host_calls++;
	if (!size) {
		free(old);
		return NULL;
	}
	got = realloc(old, size);
	if (!got)
		abort();
	return got;
}

const struct ccsan_search_host test_host = { .memory = memory };

/* --- the machine --- */

struct step_made {
	unsigned actor;
	unsigned touches_count;
	struct {
		uint64_t object;
		enum ccsan_touch touch;
	} touches[MOST_TOUCHES];
};

struct machine {
	const struct program *program;
	struct ccsan_search *search;
	int memory[MOST_VARIABLES];
	bool held[MOST_LOCKS];
	int readers[MOST_LOCKS];
	int semaphores[MOST_SEMAPHORES];
	int registers[MOST_THREADS][REGISTERS];
	int next[MOST_THREADS];
	struct step_made *steps; /* NULL: nobody wants them */
	size_t steps_count;
};

static const struct statement *next_of(const struct machine *m, unsigned actor)
{
	return &m->program->threads[actor].statements[m->next[actor]];
}

static int place(const struct machine *m, unsigned actor, const struct statement *s)
{
	return s->at + (s->indexed ? m->registers[actor][2] : 0);
}

static void touch(struct machine *m, uint64_t object, enum ccsan_touch how)
{
	ccsan_search_touch(m->search, object, how);
	if (m->steps) {
		struct step_made *step = &m->steps[m->steps_count - 1];

		step->touches[step->touches_count].object = object;
		step->touches[step->touches_count++].touch = how;
	}
}

static bool is_local(enum op op)
{
	return op >= SET;
}

static void do_local(struct machine *m, unsigned actor)
{
	for (;;) {
		const struct statement *s = next_of(m, actor);
		int *r = &m->registers[actor][s->r];

		if (!is_local(s->op))
			return;
		m->next[actor]++;
		if (s->op == SET)
			*r = s->value;
		else if (s->op == ADD)
			*r = (*r + s->value + s->target) % s->target;
		else if (s->op == HASH)
			*r = (*r * 77 + 7 * s->value) % 128;
		else if ((*r == s->value) == (s->op == JUMP_IF))
			m->next[actor] = s->target;
	}
}

static void do_memory(struct machine *m, const struct statement *s, int at, int *r)
{
	int *cell = &m->memory[at];
	bool hit = s->op == CAS ? !*cell : *cell == s->value;

	switch (s->op) {
	case LOAD:
		touch(m, (uint64_t)at, CCSAN_LOOKS);
		*r = *cell;
		break;
	case STORE:
		touch(m, (uint64_t)at, CCSAN_CHANGES);
		*cell = *r + s->value;
		break;
	case INCREMENT:
		touch(m, (uint64_t)at, CCSAN_CHANGES);
		*r = ++*cell;
		break;
	case CAS:
		touch(m, (uint64_t)at, hit ? CCSAN_CHANGES : CCSAN_LOOKS);
		if (hit)
			*cell = *r + s->value;
		*r = hit;
		break;
	default: /* STORE_IF */
		touch(m, (uint64_t)at, CCSAN_LOOKS);
		if (!hit)
			break;
		touch(m, (uint64_t)s->target, CCSAN_CHANGES);
		m->memory[s->target] = s->value + 1;
		break;
	}
}

static void do_lock(struct machine *m, const struct statement *s, int at, int *r)
{
	uint64_t lock = LOCKS_FROM + (uint64_t)at, semaphore = SEMAPHORES_FROM + (uint64_t)at;

	switch (s->op) {
	case LOCK:
		touch(m, lock, CCSAN_ACQUIRES);
		m->held[at] = true;
		break;
	case TRYLOCK:
		*r = !m->held[at] && !m->readers[at];
		touch(m, lock, *r ? CCSAN_CHANGES : CCSAN_LOOKS);
		m->held[at] |= *r;
		break;
	case UNLOCK:
		touch(m, lock, CCSAN_RELEASES);
		m->held[at] = false;
		break;
	case READ_LOCK:
		touch(m, lock, CCSAN_ACQUIRES);
		m->readers[at]++;
		break;
	case READ_UNLOCK:
		touch(m, lock, CCSAN_ADDS);
		m->readers[at]--;
		break;
	case DOWN:
		touch(m, semaphore, CCSAN_ACQUIRES);
		m->semaphores[at]--;
		break;
	default:
		touch(m, semaphore, CCSAN_ADDS);
		m->semaphores[at]++;
		break;
	}
}

/* Return: whether the run goes on. */
static bool do_step(struct machine *m, unsigned actor)
{
	const struct statement *s = next_of(m, actor);
	int at = place(m, actor, s), *r = &m->registers[actor][s->r];

	if (m->steps)
		m->steps[m->steps_count++] = (struct step_made){ .actor = actor };
	m->next[actor]++;
	if (s->op == ASSERT) {
		touch(m, (uint64_t)at, CCSAN_LOOKS);
		if (m->memory[at] == s->value)
			return false;
	} else if (s->op == CHOOSE) {
		*r = (int)ccsan_search_choose_value(m->search, (unsigned)s->value);
		touch(m, (uint64_t)at, CCSAN_CHANGES);
		m->memory[at] = *r;
	} else if (s->op >= LOCK) {
		do_lock(m, s, at, r);
	} else {
		do_memory(m, s, at, r);
	}
	do_local(m, actor);
	return true;
}

/* What the actor waits for; 0: nothing. */
static uint64_t waits_for(const struct machine *m, unsigned actor)
{
	const struct statement *s = next_of(m, actor);
	int at = place(m, actor, s);

	if ((s->op == LOCK && (m->held[at] || m->readers[at])) ||
	    (s->op == READ_LOCK && m->held[at]))
		return LOCKS_FROM + (uint64_t)at;
	if (s->op == DOWN && !m->semaphores[at])
		return SEMAPHORES_FROM + (uint64_t)at;
	return 0;
}

static ccsan_actors enabled(const struct machine *m)
{
	ccsan_actors actors = 0;

	for (unsigned i = 0; i < m->program->threads_count; i++) {
		if (next_of(m, i)->op != END && !waits_for(m, i))
			actors |= (ccsan_actors)1 << i;
	}
	return actors;
}

/* Return: whether somebody is left waiting. */
static bool tell_who_waits(struct machine *m)
{
	bool any = false;

	for (unsigned i = 0; i < m->program->threads_count; i++) {
		if (next_of(m, i)->op == END || !waits_for(m, i))
			continue;
		ccsan_search_waits(m->search, i, waits_for(m, i));
		any = true;
	}
	return any;
}

/* --- what a run came to --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint64_t hash_of(const struct machine *m)
{
	uint64_t hash = 1;

	for (int i = 0; i < MOST_VARIABLES; i++)
		hash = mix(hash, (uint64_t)m->memory[i]);
	for (int i = 0; i < MOST_LOCKS; i++)
		hash = mix(hash, (uint64_t)m->readers[i] * 2 + m->held[i]);
	for (int i = 0; i < MOST_SEMAPHORES; i++)
		hash = mix(hash, (uint64_t)m->semaphores[i]);
	for (unsigned i = 0; i < m->program->threads_count; i++) {
		for (int r = 0; r < REGISTERS; r++)
			hash = mix(hash, (uint64_t)m->registers[i][r]);
		hash = mix(hash, (uint64_t)m->next[i]);
	}
	return hash;
}

static bool conflict(const struct step_made *a, const struct step_made *b)
{
	for (unsigned i = 0; i < a->touches_count; i++) {
		for (unsigned j = 0; j < b->touches_count; j++) {
			if (a->touches[i].object == b->touches[j].object &&
			    (a->touches[i].touch != CCSAN_LOOKS ||
			     b->touches[j].touch != CCSAN_LOOKS))
				return true;
		}
	}
	return false;
}

/* For each step, in no order: who made it, its number among theirs, and which steps of others that
 * it is in conflict with came before. */
static uint64_t trace_of(const struct machine *m)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < m->steps_count; i++) {
		unsigned numbers[MOST_THREADS] = { 0 };
		uint64_t others = 0;

		for (size_t j = 0; j < i; j++) {
			const struct step_made *other = &m->steps[j];

			numbers[other->actor]++;
			if (other->actor != m->steps[i].actor && conflict(other, &m->steps[i]))
				others += mix(mix(3, other->actor), numbers[other->actor]);
		}
		sum += mix(mix(mix(2, m->steps[i].actor), numbers[m->steps[i].actor]), others);
	}
	return sum;
}

static enum verdict run_machine(struct machine *m)
{
	ccsan_actors actors;
	bool waiting;

	for (unsigned i = 0; i < m->program->threads_count; i++)
		do_local(m, i);
	while ((actors = enabled(m))) {
		unsigned actor = ccsan_search_choose(m->search, actors);

		if (actor == CCSAN_MOST_ACTORS) {
			tell_who_waits(m);
			ccsan_search_end(m->search, false);
			return GIVEN_UP;
		}
		if (do_step(m, actor))
			continue;
		tell_who_waits(m);
		ccsan_search_end(m->search, true);
		return ASSERTION;
	}
	waiting = tell_who_waits(m);
	ccsan_search_end(m->search, waiting);
	return waiting ? DEADLOCK : DONE;
}

enum verdict run_program(const struct program *program, struct ccsan_search *search,
			 uint64_t *final, struct trace *trace)
{
	struct step_made steps[MOST_STEPS];
	struct machine m = { .program = program, .search = search };
	enum verdict verdict;

	memcpy(m.semaphores, program->semaphores, sizeof(m.semaphores));
	if (trace)
		m.steps = steps;
	verdict = run_machine(&m);
	*final = hash_of(&m);
	if (trace)
		trace->hash = trace_of(&m);
	return verdict;
}

/* --- sets --- */

static size_t slot_of(const struct set *set, uint64_t member)
{
	size_t at = (size_t)mix(5, member) & (set->room - 1);

	while (set->members[at] && set->members[at] != member)
		at = (at + 1) & (set->room - 1);
	return at;
}

bool set_add(struct set *set, uint64_t member)
{
	size_t at;

	member += !member;
	if (2 * set->count >= set->room) {
		struct set bigger = { .count = set->count, .room = set->room ? 4 * set->room : 64 };

		bigger.members = calloc(bigger.room, sizeof(*bigger.members));
		for (size_t i = 0; i < set->room; i++) {
			if (set->members[i])
				bigger.members[slot_of(&bigger, set->members[i])] = set->members[i];
		}
		free(set->members);
		*set = bigger;
	}
	at = slot_of(set, member);
	if (set->members[at])
		return false;
	set->members[at] = member;
	set->count++;
	return true;
}

void set_clear(struct set *set)
{
	free(set->members);
	*set = (struct set){ 0 };
}

bool sets_equal(const struct set *a, const struct set *b)
{
	if (a->count != b->count)
		return false;
	for (size_t i = 0; i < a->room; i++) {
		if (a->members[i] && !b->members[slot_of(b, a->members[i])])
			return false;
	}
	return true;
}

/* --- the programs of the literature --- */

static struct thread *add_thread(struct program *p)
{
	return &p->threads[p->threads_count++];
}

/* One writer of x, n readers. */
void program_readers(struct program *p, unsigned n)
{
	*p = (struct program){ 0 };
	add_thread(p)->statements[0] = (struct statement){ STORE, .value = 42 };
	for (unsigned i = 0; i < n; i++)
		add_thread(p)->statements[0] = (struct statement){ LOAD };
}

/* n threads: a[i] = a[i - 1] + 1; one that looks for the last zero, from a[n] down. */
void program_last_zero(struct program *p, unsigned n)
{
	*p = (struct program){ 0 };
	*add_thread(p) = (struct thread){ {
		{ SET, .r = 2, .value = (int)n },
		{ LOAD, .r = 0, .indexed = true },
		{ JUMP_IF, .r = 0, .value = 0, .target = 5 },
		{ ADD, .r = 2, .value = -1, .target = 1000 },
		{ JUMP_UNLESS, .r = 2, .value = -1, .target = 1 },
	} };
	for (unsigned i = 1; i <= n; i++)
		*add_thread(p) = (struct thread){ {
			{ LOAD, .r = 0, .at = (int)i - 1 },
			{ STORE, .r = 0, .at = (int)i, .value = 1 },
		} };
}

/* n threads that put 4 messages each into a hash table of 128 (Flanagan and Godefroid, POPL 2005).
 */
void program_indexer(struct program *p, unsigned n)
{
	*p = (struct program){ 0 };
	for (unsigned i = 0; i < n; i++)
		*add_thread(p) = (struct thread){ {
			{ SET, .r = 1, .value = 0 },
			{ ADD, .r = 1, .value = 1, .target = 1000 },
			{ JUMP_IF, .r = 1, .value = 5, .target = 12 },
			/* register 2 = 7 * (11 * m + tid) modulo 128 */
			{ SET, .r = 2, .value = 0 },
			{ JUMP_IF, .r = 1, .value = 1, .target = 16 },
			{ JUMP_IF, .r = 1, .value = 2, .target = 18 },
			{ JUMP_IF, .r = 1, .value = 3, .target = 20 },
			{ SET, .r = 2, .value = 4 },
			{ HASH, .r = 2, .value = (int)i },
			{ SET, .r = 0, .value = 0 },
			{ CAS, .r = 0, .at = 0, .value = 1, .indexed = true },
			{ JUMP_UNLESS, .r = 0, .value = 1, .target = 13 },
			{ JUMP_IF, .r = 1, .value = 5, .target = 22 },
			{ JUMP_IF, .r = 0, .value = 1, .target = 1 },
			{ ADD, .r = 2, .value = 1, .target = 128 },
			{ JUMP_UNLESS, .r = 2, .value = -1, .target = 9 },
			{ SET, .r = 2, .value = 1 },
			{ JUMP_UNLESS, .r = 2, .value = -1, .target = 8 },
			{ SET, .r = 2, .value = 2 },
			{ JUMP_UNLESS, .r = 2, .value = -1, .target = 8 },
			{ SET, .r = 2, .value = 3 },
			{ JUMP_UNLESS, .r = 2, .value = -1, .target = 8 },
		} };
}

/* n threads that allocate a block for an inode: 32 inodes, 26 blocks (the same). Locks: those of
 * the inodes, then those of the blocks; variables likewise. */
void program_file_system(struct program *p, unsigned n)
{
	*p = (struct program){ 0 };
	for (unsigned i = 0; i < n; i++) {
		int inode = (int)i % 32;

		*add_thread(p) = (struct thread){ {
			{ LOCK, .at = inode },
			{ LOAD, .r = 0, .at = inode },
			{ JUMP_UNLESS, .r = 0, .value = 0, .target = 14 },
			{ SET, .r = 2, .value = inode * 2 % 26 },
			{ LOCK, .at = 32, .indexed = true },
			{ LOAD, .r = 0, .at = 32, .indexed = true },
			{ JUMP_IF, .r = 0, .value = 0, .target = 10 },
			{ UNLOCK, .at = 32, .indexed = true },
			{ ADD, .r = 2, .value = 1, .target = 26 },
			{ JUMP_UNLESS, .r = 2, .value = -1, .target = 4 },
			{ SET, .r = 0, .value = 0 },
			{ STORE, .r = 0, .at = 32, .value = 1, .indexed = true },
			{ STORE, .r = 2, .at = inode, .value = 1 },
			{ UNLOCK, .at = 32, .indexed = true },
			{ UNLOCK, .at = inode },
		} };
	}
}

/* Each takes the fork to the left, then the one to the right, and puts them back. */
void program_philosophers(struct program *p, unsigned n)
{
	*p = (struct program){ 0 };
	for (unsigned i = 0; i < n; i++) {
		int left = (int)i, right = (int)((i + 1) % n);

		*add_thread(p) = (struct thread){ {
			{ LOCK, .at = left },
			{ LOCK, .at = right },
			{ UNLOCK, .at = right },
			{ UNLOCK, .at = left },
		} };
	}
}

/* Threads of k steps each, on one variable or on one for each. */
void program_steps(struct program *p, unsigned threads, unsigned k, bool dependent)
{
	*p = (struct program){ 0 };
	for (unsigned i = 0; i < threads; i++) {
		struct thread *thread = add_thread(p);

		for (unsigned j = 0; j < k; j++)
			thread->statements[j] =
				(struct statement){ STORE, .at = dependent ? 0 : (int)i,
						    .value = (int)(i * k + j) };
	}
}
