/* SPDX-License-Identifier: MIT */
/*
 * On random small programs the exhaustive strategy finds what brute force over all interleavings
 * finds: the same final states and verdicts, no more and no less. On plain ones it also makes one
 * run for each class of interleavings, and gives none up. Every failing schedule is replayed.
 *
 * usage: completeness [PROGRAMS [FIRST]]
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "random_program.h"

enum { MOST_RUNS = 20000 };

struct outcome {
	struct set results, traces;
	struct ccsan_search_counts counts;
};

struct totals {
	uint64_t programs, left_out, plain, brute, exhaustive, given_up, deadlocks, assertions;
};

/* A run that an assertion ends has a verdict, but no final state: who else came how far does not
 * matter to it. */
static uint64_t result_of(enum verdict verdict, uint64_t final)
{
	return verdict == ASSERTION ? 7 : final * 4 + verdict;
}

static void replay(const struct program *p, const struct ccsan_schedule *schedule,
		   enum verdict verdict, uint64_t final)
{
	struct ccsan_plan plan = { .strategy = CCSAN_REPLAY, .schedule = schedule };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	uint64_t again;

	check(ccsan_search_begin(search), "nothing to replay");
	check(run_program(p, search, &again, NULL) == verdict && again == final,
	      "a replay is another run");
	check(!ccsan_search_diverged(search), "a replay diverges");
	check(!ccsan_search_begin(search), "a replay is one run");
	ccsan_search_free(search);
}

/* Return: false if there are too many runs. */
static bool explore(const struct program *p, enum ccsan_strategy strategy, struct outcome *o,
		    struct totals *totals)
{
	struct ccsan_plan plan = { .strategy = strategy, .runs = MOST_RUNS };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	struct trace trace;
	uint64_t final;

	*o = (struct outcome){ 0 };
	while (ccsan_search_begin(search)) {
		enum verdict verdict = run_program(p, search, &final, &trace);

		check(!ccsan_search_diverged(search), "a search diverges");
		if (verdict == GIVEN_UP)
			continue;
		if (!set_add(&o->results, result_of(verdict, final)) || verdict == DONE) {
			set_add(&o->traces, trace.hash);
			continue;
		}
		set_add(&o->traces, trace.hash);
		totals->deadlocks += verdict == DEADLOCK;
		totals->assertions += verdict == ASSERTION;
		replay(p, ccsan_search_schedule(search), verdict, final);
	}
	ccsan_search_counts(search, &o->counts);
	ccsan_search_free(search);
	return o->counts.runs + o->counts.given_up < MOST_RUNS;
}

static void fail(const struct program *p, uint64_t number, const char *what,
		 const struct outcome *brute, const struct outcome *exhaustive)
{
	fprintf(stderr,
		"program %" PRIu64 ": %s\nbrute: %zu results, %zu classes, %" PRIu64
		" runs; exhaustive: %zu results, %zu classes, %" PRIu64 " runs, %" PRIu64
		" given up\n",
		number, what, brute->results.count, brute->traces.count, brute->counts.runs,
		exhaustive->results.count, exhaustive->traces.count, exhaustive->counts.runs,
		exhaustive->counts.given_up);
	print_program(p, stderr);
	exit(1);
}

static void try_program(uint64_t number, struct totals *totals)
{
	static struct program p;
	struct outcome brute, exhaustive;
	bool plain = number % 4 == 0;

	random_program(&p, number, plain);
	if (!explore(&p, CCSAN_BRUTE, &brute, totals)) {
		totals->left_out++;
	} else {
		explore(&p, CCSAN_EXHAUSTIVE, &exhaustive, totals);
		totals->programs++;
		totals->plain += plain;
		totals->brute += brute.counts.runs;
		totals->exhaustive += exhaustive.counts.runs;
		totals->given_up += exhaustive.counts.given_up;
		if (!sets_equal(&brute.results, &exhaustive.results))
			fail(&p, number, "other results", &brute, &exhaustive);
		if (plain &&
		    (exhaustive.counts.given_up || exhaustive.counts.runs != brute.traces.count))
			fail(&p, number, "not one run for each class", &brute, &exhaustive);
		set_clear(&exhaustive.results);
		set_clear(&exhaustive.traces);
	}
	set_clear(&brute.results);
	set_clear(&brute.traces);
}

int main(int argc, char **argv)
{
	uint64_t programs = argc > 1 ? strtoull(argv[1], NULL, 10) : 4000;
	uint64_t first = argc > 2 ? strtoull(argv[2], NULL, 10) : 1;
	struct totals t = { 0 };

	for (uint64_t number = first; t.programs < programs; number++)
		try_program(number, &t);
	printf("%" PRIu64 " programs (%" PRIu64 " plain; %" PRIu64
	       " more with over %d runs left out): "
	       "%" PRIu64 " interleavings, %" PRIu64 " runs, %" PRIu64 " given up; %" PRIu64
	       " deadlocks and %" PRIu64 " assertions, each replayed\n",
	       t.programs, t.plain, t.left_out, MOST_RUNS, t.brute, t.exhaustive, t.given_up,
	       t.deadlocks, t.assertions);
	check(t.deadlocks && t.assertions && t.plain, "nothing was tried");
	return 0;
}
