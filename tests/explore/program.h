/* SPDX-License-Identifier: MIT */
/*
 * Small abstract programs, and an interpreter of them that asks a search for every decision.
 *
 * A step is one statement that touches something shared, and all local ones up to the next such.
 * Names of objects: variables, then locks, then semaphores.
 */
#ifndef CCSAN_TEST_PROGRAM_H
#define CCSAN_TEST_PROGRAM_H

#include "explore/search.h"

enum {
	MOST_STATEMENTS = 24,
	MOST_VARIABLES = 192,
	MOST_LOCKS = 64,
	MOST_SEMAPHORES = 4,
	MOST_THREADS = 24,
	REGISTERS = 3,
	LOCKS_FROM = 1000,
	SEMAPHORES_FROM = 2000,
};

enum op {
	END,
	/* shared; the place is `at` plus the register `index`, if there is one */
	LOAD,      /* r = [at] */
	STORE,     /* [at] = r + value */
	INCREMENT, /* r = ++[at], in one step */
	CAS,       /* r = whether [at] was 0, and then becomes r + value */
	STORE_IF,  /* if [at] == value, [target] = value + 1: what is touched depends */
	ASSERT,    /* [at] != value, or the run is over */
	LOCK,
	TRYLOCK, /* r = whether it was got */
	UNLOCK,
	READ_LOCK, /* many may, while nobody has the lock */
	READ_UNLOCK,
	DOWN,
	UP,
	CHOOSE, /* r = one of `value` values; then [at] = r */
	/* local */
	SET,        /* r = value */
	ADD,        /* r = (r + value) modulo `target` */
	HASH,       /* r = r * 77 + 7 * value modulo 128: the indexer's */
	JUMP_IF,    /* if r == value, go to `target` */
	JUMP_UNLESS /* if r != value, go to `target` */
};

struct statement {
	enum op op;
	int r, at, value, target;
	bool indexed; /* by register 2 */
};

struct thread {
	struct statement statements[MOST_STATEMENTS];
};

struct program {
	struct thread threads[MOST_THREADS];
	unsigned threads_count;
	int semaphores[MOST_SEMAPHORES]; /* at first */
};

enum verdict { DONE, GIVEN_UP, DEADLOCK, ASSERTION };

/* What the conflicts of a run were ordered like: equal for two runs that differ only in the order
 * of independent steps. Computed without the search, step by step. */
struct trace {
	bool wanted;
	uint64_t hash;
};

/* Does one run. @param final out: a hash of what memory, locks and registers were at its end
 * @param trace may be NULL */
enum verdict run_program(const struct program *program, struct ccsan_search *search,
			 uint64_t *final, struct trace *trace);

/* Memory from malloc(). `host_calls` counts how often it was asked. */
extern const struct ccsan_search_host test_host;
extern unsigned long host_calls;

/* A set of 64-bit numbers. */
struct set {
	uint64_t *members;
	size_t count, room;
};

bool set_add(struct set *set, uint64_t member);
void set_clear(struct set *set);
bool sets_equal(const struct set *a, const struct set *b);

/* The programs of the literature. */
void program_readers(struct program *p, unsigned n);
void program_last_zero(struct program *p, unsigned n);
void program_indexer(struct program *p, unsigned n);
void program_file_system(struct program *p, unsigned n);
void program_philosophers(struct program *p, unsigned n);
void program_steps(struct program *p, unsigned threads, unsigned k, bool dependent);

#endif
