/* SPDX-License-Identifier: MIT */
/* See random_program.h. */
#include "random_program.h"

struct maker {
	uint64_t lot;
	int variables, locks;
	bool plain, with_locks, with_values, with_asserts, with_semaphores;
	struct statement *at;
	int count, held[4], held_count;
	enum op unlock[4];
};

static int below(struct maker *m, int count)
{
	m->lot = m->lot * 6364136223846793005u + 1442695040888963407u;
	return (int)((m->lot >> 33) % (uint64_t)count);
}

static void add(struct maker *m, struct statement s)
{
	m->at[m->count++] = s;
}

static void add_access(struct maker *m)
{
	int at = below(m, m->variables), value = below(m, 3);

	switch (below(m, m->plain ? 4 : 7)) {
	case 0:
	case 1:
		add(m, (struct statement){ LOAD, .r = below(m, 2), .at = at });
		break;
	case 2:
		add(m, (struct statement){ STORE, .r = below(m, 2), .at = at, .value = value });
		break;
	case 3:
		add(m, (struct statement){ INCREMENT, .r = below(m, 2), .at = at });
		break;
	case 4:
		add(m, (struct statement){ CAS, .at = at, .value = 1 });
		break;
	case 5:
		add(m, (struct statement){ STORE_IF, .at = at, .value = value,
					   .target = below(m, m->variables) });
		break;
	default:
		if (m->with_values)
			add(m, (struct statement){ CHOOSE, .r = below(m, 2), .at = at,
						   .value = 2 + below(m, 2) });
		else if (m->with_asserts)
			add(m, (struct statement){ ASSERT, .at = at, .value = 1 + below(m, 3) });
		else
			add(m, (struct statement){ LOAD, .at = at });
		break;
	}
}

/* Leaves out the next step, or not. */
static void add_jump(struct maker *m)
{
	add(m, (struct statement){ JUMP_IF, .r = below(m, 2), .value = below(m, 2),
				   .target = m->count + 2 });
	add_access(m);
}

static void give_back(struct maker *m)
{
	int last = --m->held_count;

	add(m, (struct statement){ m->unlock[last], .at = m->held[last] });
}

/* Only what is held is given back, so that a release comes after an acquire. */
static void add_lock(struct maker *m)
{
	int lock = below(m, m->locks);

	if (m->held_count && below(m, 2)) {
		give_back(m);
		return;
	}
	for (int i = 0; i < m->held_count; i++) {
		if (m->held[i] == lock) {
			add_access(m);
			return;
		}
	}
	if (m->plain || below(m, 3)) {
		bool reads = !m->plain && !below(m, 3);

		add(m, (struct statement){ reads ? READ_LOCK : LOCK, .at = lock });
		m->unlock[m->held_count] = reads ? READ_UNLOCK : UNLOCK;
		m->held[m->held_count++] = lock;
		return;
	}
	add(m, (struct statement){ TRYLOCK, .r = 0, .at = lock });
	add(m, (struct statement){ JUMP_UNLESS, .r = 0, .value = 1, .target = m->count + 2 });
	add(m, (struct statement){ UNLOCK, .at = lock });
}

static void make_thread(struct maker *m, struct thread *thread, int steps)
{
	m->at = thread->statements;
	m->count = m->held_count = 0;
	for (int i = 0; i < steps; i++) {
		if (m->with_locks && !below(m, 2))
			add_lock(m);
		else if (m->with_semaphores && !below(m, 2))
			add(m, (struct statement){ below(m, 2) ? UP : DOWN, .at = below(m, 2) });
		else if (!m->plain && !below(m, 4))
			add_jump(m);
		else
			add_access(m);
	}
	/* Some threads keep what they hold. */
	while (m->held_count && below(m, 4))
		give_back(m);
}

void random_program(struct program *p, uint64_t number, bool plain)
{
	struct maker m = { .lot = number * 0x9e3779b97f4a7c15u, .plain = plain };
	static const int most_steps[] = { 0, 0, 4, 3, 2 };

	below(&m, 2);
	*p = (struct program){ .threads_count = 2 + (unsigned)below(&m, 3) };
	m.variables = 1 + below(&m, 3);
	m.locks = 1 + below(&m, 3);
	m.with_locks = below(&m, 2);
	m.with_values = !plain && !below(&m, 3);
	m.with_asserts = !plain && !below(&m, 2);
	m.with_semaphores = !plain && !below(&m, 4);
	p->semaphores[0] = below(&m, 2);
	p->semaphores[1] = below(&m, 3);
	for (unsigned i = 0; i < p->threads_count; i++)
		make_thread(&m, &p->threads[i], 1 + below(&m, most_steps[p->threads_count]));
}

void print_program(const struct program *p, FILE *to)
{
	static const char *const names[] = { "END",     "LOAD",     "STORE",     "INCREMENT",
					     "CAS",     "STORE_IF", "ASSERT",    "LOCK",
					     "TRYLOCK", "UNLOCK",   "READ_LOCK", "READ_UNLOCK",
					     "DOWN",    "UP",       "CHOOSE",    "SET",
					     "ADD",     "HASH",     "JUMP_IF",   "JUMP_UNLESS" };

	fprintf(to, "semaphores %d %d\n", p->semaphores[0], p->semaphores[1]);
	for (unsigned i = 0; i < p->threads_count; i++) {
		fprintf(to, "thread %c:\n", 'a' + (int)i);
		for (int j = 0; p->threads[i].statements[j].op != END; j++) {
			const struct statement *s = &p->threads[i].statements[j];

			fprintf(to, "\t%d: %s r%d at %d value %d target %d\n", j, names[s->op],
				s->r, s->at, s->value, s->target);
		}
	}
}
