/* SPDX-License-Identifier: MIT */
/*
 * Actors on a stage: random small programs of locks, counts, queues, handlers, switches and read
 * sides, on one and two CPUs. What the exhaustive search finds of them, final states and deadlocks,
 * is what brute force over all interleavings finds.
 *
 * usage: test_stage_random [PROGRAMS]
 */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "explore/stage.h"

enum {
	MOST_STATEMENTS = 6,
	MOST_PLAYERS = 4,
	VARIABLES = 2,
	MOST_OUTCOMES = 4096,
	RUN_BYTES = 1 << 16,
	PROGRAMS = 4000, /* unless the command line says otherwise */
	/* Brute force over more interleavings than that is not waited for. */
	MOST_RUNS = 60000,
};

enum verb {
	READ_AND_ADD, /* x = x + 1 + y */
	LOCK,
	UNLOCK,
	SPIN,
	END_SPIN,
	SHARE,
	END_SHARE,
	DOWN,
	UP,
	TRY_DOWN,
	JOIN_AND_WAIT,
	WAIT_TIMED,
	WAKE,
	IRQ_OFF,
	IRQ_ON,
	READ_SIDE,
	END_READ_SIDE,
	GRACE,
	END,
};

struct program {
	unsigned players, cpus;
	enum ccsan_role role[MOST_PLAYERS];
	unsigned cpu[MOST_PLAYERS];
	enum verb verb[MOST_PLAYERS][MOST_STATEMENTS + 1];
	unsigned variable[MOST_PLAYERS][MOST_STATEMENTS];
};

struct state {
	uint64_t value[VARIABLES];
	unsigned at[MOST_PLAYERS], got[MOST_PLAYERS], misuses;
	bool waits[MOST_PLAYERS]; /* has joined the queue, and wants to be woken */
};

/* --- random programs --- */

static uint64_t seed;

static unsigned any(unsigned count)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % count;
}

/* A section is a pair of statements around one or none. */
static unsigned put_section(struct program *p, unsigned who, unsigned at, enum verb begin)
{
	p->verb[who][at++] = begin;
	if (any(2) && at < MOST_STATEMENTS - 1)
		p->verb[who][at++] = READ_AND_ADD;
	p->verb[who][at++] = begin + 1;
	return at;
}

static void make_player(struct program *p, unsigned who)
{
	static const enum verb sections[] = { LOCK, SPIN, SHARE, IRQ_OFF, READ_SIDE };
	static const enum verb singles[] = { READ_AND_ADD,  DOWN,       UP,   TRY_DOWN,
					     JOIN_AND_WAIT, WAIT_TIMED, WAKE, GRACE };
	bool handles = p->role[who] != CCSAN_THREAD;
	unsigned at = 0, wanted = 1 + any(handles ? 2 : 4);

	for (unsigned i = 0; i < MOST_STATEMENTS; i++)
		p->variable[who][i] = any(VARIABLES);
	while (at < wanted)
		if (!any(3) && at + 2 < MOST_STATEMENTS)
			at = put_section(p, who, at, handles ? SPIN : sections[any(5)]);
		else
			p->verb[who][at++] =
				handles ? (any(2) ? READ_AND_ADD : UP) : singles[any(8)];
	p->verb[who][at] = END;
}

static struct program make_program(void)
{
	struct program p = { .players = 2 + any(2), .cpus = 1 + any(2) };

	for (unsigned who = 0; who < p.players; who++) {
		unsigned kind = who ? any(5) : 0;

		p.role[who] = kind == 3   ? CCSAN_INTERRUPT
			      : kind == 4 ? CCSAN_BUS_MASTER
					  : CCSAN_THREAD;
		p.cpu[who] = any(2);
		make_player(&p, who);
		if (p.role[who] == CCSAN_BUS_MASTER)
			for (unsigned i = 0; i < MOST_STATEMENTS && p.verb[who][i] != END; i++)
				p.verb[who][i] = READ_AND_ADD;
	}
	return p;
}

/* --- running one --- */

enum {
	THE_LOCK = 0x100,
	THE_SPINLOCK = 0x110,
	THE_RWSEM = 0x120,
	THE_COUNT = 0x130,
	QUEUE = 0x140
};

static _Alignas(64) unsigned char run_memory[RUN_BYTES];
static size_t run_used;
static struct state state;

static void *take_run_memory(void *context, size_t bytes)
{
	void *p = run_memory + run_used;

	(void)context;
	run_used += (bytes + 15) & ~(size_t)15;
	assert_true(run_used <= RUN_BYTES);
	return memset(p, 0, bytes);
}

static void count_misuse(void *context, const char *text, unsigned other, uint32_t origin)
{
	(void)context, (void)text, (void)other, (void)origin;
	state.misuses++;
}

static void *take_memory(void *context, void *old, size_t size)
{
	(void)context;
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

/* What the player wants before its next statement. */
static void announce(struct ccsan_stage *stage, const struct program *p, unsigned who)
{
	enum verb verb = p->verb[who][state.at[who]];

	if (verb == SPIN || verb == END_SPIN || verb == LOCK || verb == SHARE)
		ccsan_stage_want(stage,
				 verb == END_SPIN ? CCSAN_WANTS_NOTHING
				 : verb == SHARE  ? CCSAN_WANTS_SHARED
						  : CCSAN_WANTS_EXCLUSIVE,
				 verb == LOCK    ? CCSAN_MUTEX
				 : verb == SHARE ? CCSAN_RW_SEMAPHORE
						 : CCSAN_SPINLOCK,
				 verb == LOCK    ? THE_LOCK
				 : verb == SHARE ? THE_RWSEM
						 : THE_SPINLOCK,
				 false);
	else if (verb == DOWN)
		ccsan_stage_want(stage, CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, THE_COUNT, false);
	else if (verb == GRACE)
		ccsan_stage_want(stage, CCSAN_WANTS_GRACE, CCSAN_MUTEX, 0, false);
	else if ((verb == JOIN_AND_WAIT || verb == WAIT_TIMED) && state.waits[who])
		ccsan_stage_want(stage, CCSAN_WANTS_WAKE, CCSAN_WAIT_QUEUE, QUEUE,
				 verb == WAIT_TIMED);
}

static void touch_variable(struct ccsan_stage *stage, unsigned variable)
{
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_BYTES, variable), CCSAN_CHANGES);
}

static void read_and_add(struct ccsan_stage *stage, unsigned who, unsigned variable)
{
	touch_variable(stage, variable);
	state.value[variable] = state.value[variable] * 5 + who + 1 + state.got[who];
}

/* Return: whether the statement is over. */
static bool perform(struct ccsan_stage *stage, const struct program *p, unsigned who, bool got)
{
	unsigned at = state.at[who];

	switch (p->verb[who][at]) {
	case READ_AND_ADD:
		read_and_add(stage, who, p->variable[who][at]);
		break;
	case UNLOCK:
		ccsan_stage_release(stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_MUTEX, THE_LOCK);
		break;
	case SPIN:
		ccsan_stage_off(stage, CCSAN_SWITCH_PREEMPTION);
		break;
	case END_SPIN:
		ccsan_stage_release(stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, THE_SPINLOCK);
		ccsan_stage_on(stage, CCSAN_SWITCH_PREEMPTION);
		break;
	case END_SHARE:
		ccsan_stage_release(stage, CCSAN_WANTS_SHARED, CCSAN_RW_SEMAPHORE, THE_RWSEM);
		break;
	case UP:
		ccsan_stage_add_count(stage, CCSAN_SEMAPHORE, THE_COUNT, 1, false);
		break;
	case TRY_DOWN:
		state.got[who] +=
			ccsan_stage_try(stage, CCSAN_WANTS_COUNT, CCSAN_SEMAPHORE, THE_COUNT, 0);
		break;
	case JOIN_AND_WAIT:
	case WAIT_TIMED:
		state.waits[who] = !state.waits[who];
		if (state.waits[who]) {
			ccsan_stage_join(stage, QUEUE);
			return false;
		}
		state.got[who] += got;
		break;
	case WAKE:
		state.got[who] += ccsan_stage_wake(stage, QUEUE, false, true);
		break;
	case IRQ_OFF:
		ccsan_stage_off(stage, CCSAN_SWITCH_IRQ);
		break;
	case IRQ_ON:
		ccsan_stage_on(stage, CCSAN_SWITCH_IRQ);
		break;
	case READ_SIDE:
	case END_READ_SIDE:
		ccsan_stage_read_side(stage, p->verb[who][at] == READ_SIDE);
		break;
	default:
		break;
	}
	return true;
}

/* One step of a player: what it wanted, the statement, and what it wants next. */
static void take_step(struct ccsan_stage *stage, const struct program *p, unsigned who)
{
	bool got;

	if (ccsan_stage_starts(stage, who))
		state.at[who] = 0;
	got = ccsan_stage_get(stage, 0);
	if (perform(stage, p, who, got))
		state.at[who]++;
	if (p->verb[who][state.at[who]] == END)
		ccsan_stage_end(stage);
	else
		announce(stage, p, who);
}

static uint64_t outcome(const struct ccsan_stage *stage)
{
	uint64_t hash = ccsan_stage_stuck(stage);

	for (unsigned i = 0; i < VARIABLES; i++)
		hash = (hash ^ state.value[i]) * 0x9e3779b97f4a7c15u;
	for (unsigned i = 0; i < MOST_PLAYERS; i++)
		hash = (hash ^ state.got[i]) * 0xff51afd7ed558ccdu;
	return (hash ^ (state.misuses > 0)) * 0x9e3779b97f4a7c15u;
}

static void run(struct ccsan_search *search, const struct program *p, uint64_t *result, bool *whole)
{
	struct ccsan_stage_host host = { .memory = take_run_memory, .misuse = count_misuse };
	struct ccsan_stage *stage;
	unsigned who;

	run_used = 0;
	memset(&state, 0, sizeof(state));
	stage = ccsan_stage_new(search, p->cpus, &host);
	for (unsigned i = 0; i < p->players; i++)
		ccsan_stage_add(stage, p->role[i], p->cpu[i], "player", 1);
	while ((who = ccsan_stage_next(stage)) < CCSAN_MOST_ACTORS)
		take_step(stage, p, who);
	*whole = !ccsan_stage_given_up(stage);
	*result = outcome(stage);
	ccsan_stage_tell_waits(stage);
}

/* --- comparing --- */

struct outcomes {
	uint64_t seen[MOST_OUTCOMES];
	size_t count;
	uint64_t runs;
	bool complete;
};

static int order(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

static void add(struct outcomes *o, uint64_t result)
{
	for (size_t i = 0; i < o->count; i++)
		if (o->seen[i] == result)
			return;
	assert_true(o->count < MOST_OUTCOMES);
	o->seen[o->count++] = result;
}

static void explore(const struct program *p, enum ccsan_strategy strategy, struct outcomes *o)
{
	struct ccsan_plan plan = { .strategy = strategy, .runs = MOST_RUNS, .most_steps = 1000 };
	struct ccsan_search_host host = { .memory = take_memory };
	struct ccsan_search *search = ccsan_search_new(&plan, &host);

	o->count = 0;
	o->runs = 0;
	while (ccsan_search_begin(search)) {
		uint64_t result;
		bool whole;

		run(search, p, &result, &whole);
		ccsan_search_end(search, false);
		if (whole)
			add(o, result);
		o->runs++;
	}
	assert_false(ccsan_search_diverged(search));
	o->complete = o->runs < MOST_RUNS;
	qsort(o->seen, o->count, sizeof(o->seen[0]), order);
	ccsan_search_free(search);
}

static struct outcomes brute, exhaustive;

static void print_program(const struct program *p)
{
	static const char *const names[] = {
		"add",    "lock",      "unlock",        "spin",  "end_spin",   "share", "end_share",
		"down",   "up",        "try",           "wait",  "wait_timed", "wake",  "irq_off",
		"irq_on", "read_side", "end_read_side", "grace", "end",
	};

	print_message("%u CPUs\n", p->cpus);
	for (unsigned who = 0; who < p->players; who++) {
		print_message("  role %d on CPU %u:", (int)p->role[who], p->cpu[who]);
		for (unsigned i = 0; p->verb[who][i] != END; i++)
			print_message(" %s %u;", names[p->verb[who][i]], p->variable[who][i]);
		print_message("\n");
	}
}

static void test_stage__random_programs__same_outcomes_as_brute_force(void **count)
{
	unsigned programs = *(unsigned *)*count, compared = 0;

	seed = programs;
	for (unsigned i = 0; i < programs; i++) {
		struct program p = make_program();

		explore(&p, CCSAN_BRUTE, &brute);
		if (!brute.complete)
			continue;
		explore(&p, CCSAN_EXHAUSTIVE, &exhaustive);
		if (exhaustive.count != brute.count ||
		    memcmp(exhaustive.seen, brute.seen, brute.count * sizeof(brute.seen[0])) != 0) {
			print_program(&p);
			fail_msg("program %u: %zu outcomes, by brute force %zu", i,
				 exhaustive.count, brute.count);
		}
		compared++;
	}
	assert_true(compared > programs / 2);
}

int main(int argc, char **argv)
{
	unsigned programs = argc > 1 ? (unsigned)atoi(argv[1]) : PROGRAMS;
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_prestate(test_stage__random_programs__same_outcomes_as_brute_force,
					  &programs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
