/* SPDX-License-Identifier: MIT */
/* The strategies one by one, saving, splitting and the budget. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "random_program.h"

enum { MOST_TEXT = 1000 };

static uint64_t hash_schedule(const struct ccsan_schedule *schedule)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (size_t i = 0; i < schedule->length; i++)
		hash = (hash ^ schedule->decisions[i].chosen ^
			(uint64_t)schedule->decisions[i].count << 16) *
		       0x100000001b3u;
	return hash;
}

/* Runs a search to its end, or for so many runs. Return: how many schedules came twice. */
static unsigned collect(const struct program *p, struct ccsan_search *search, struct set *schedules,
			uint64_t most)
{
	unsigned twice = 0;
	uint64_t final;

	for (; most && ccsan_search_begin(search); most--) {
		run_program(p, search, &final, NULL);
		twice += !set_add(schedules, hash_schedule(ccsan_search_schedule(search)));
	}
	return twice;
}

static struct ccsan_search_counts run_plan(const struct program *p, const struct ccsan_plan *plan,
					   struct set *schedules, unsigned *twice)
{
	struct ccsan_search *search = ccsan_search_new(plan, &test_host);
	struct ccsan_search_counts counts;

	*twice = collect(p, search, schedules, UINT64_MAX);
	ccsan_search_counts(search, &counts);
	ccsan_search_free(search);
	return counts;
}

/* --- bounded --- */

/* With bounds enough for all, the same runs as brute force, each once. */
static void test_bounded__random_programs__every_run_once(void **state)
{
	static struct program p;

	(void)state;
	for (uint64_t number = 1; number < 400; number++) {
		struct ccsan_plan brute = { .strategy = CCSAN_BRUTE, .runs = 3000 };
		struct ccsan_plan bounded = { .strategy = CCSAN_BOUNDED, .preemptions = 100 };
		struct set all = { 0 }, found = { 0 };
		struct ccsan_search_counts counts;
		unsigned twice;

		random_program(&p, number, false);
		counts = run_plan(&p, &brute, &all, &twice);
		assert_int_equal(twice, 0);
		if (counts.runs < 3000) {
			assert_int_equal((uint64_t)(counts.expected + 0.5), counts.runs);
			counts = run_plan(&p, &bounded, &found, &twice);
			assert_int_equal(twice, 0);
			assert_true(sets_equal(&all, &found));
		}
		set_clear(&all);
		set_clear(&found);
	}
}

/* Two threads of two steps: 2 runs without a preemption; in all 6. */
static void test_bounded__two_times_two__grows_with_the_bound(void **state)
{
	static const uint64_t runs[] = { 2, 4, 6, 6 };
	static struct program p;

	(void)state;
	program_steps(&p, 2, 2, true);
	for (unsigned bound = 0; bound < 4; bound++) {
		struct ccsan_plan plan = { .strategy = CCSAN_BOUNDED, .preemptions = bound };
		struct set found = { 0 };
		unsigned twice;

		assert_int_equal(run_plan(&p, &plan, &found, &twice).runs, runs[bound]);
		set_clear(&found);
	}
}

/* --- PCT and random --- */

/* a: x = 1; x = 0, two steps later.  b fails if it finds 1. 12 steps in all. */
static void make_depth_two(struct program *p)
{
	*p = (struct program){ .threads_count = 2 };
	for (int i = 0; i < 8; i++)
		p->threads[0].statements[i] = (struct statement){ STORE, .at = 1 };
	p->threads[0].statements[3] = (struct statement){ STORE, .at = 0, .value = 1 };
	p->threads[0].statements[5] = (struct statement){ STORE, .at = 0, .value = 0 };
	for (int i = 0; i < 4; i++)
		p->threads[1].statements[i] = (struct statement){ LOAD, .at = 2 };
	p->threads[1].statements[2] = (struct statement){ ASSERT, .at = 0, .value = 1 };
}

static void test_pct__bug_of_depth_two__found_as_often_as_promised(void **state)
{
	enum { RUNS = 20000 };
	struct ccsan_plan plan = { .strategy = CCSAN_PCT, .depth = 2, .seed = 1, .runs = RUNS };
	struct set found = { 0 };
	static struct program p;
	struct ccsan_search_counts counts;
	unsigned twice;

	(void)state;
	make_depth_two(&p);
	counts = run_plan(&p, &plan, &found, &twice);
	assert_int_equal(counts.runs, RUNS);
	/* 1 / (n k^(d-1)) = 1 / (2 * 12) */
	assert_true(counts.failed >= RUNS / 24);
	plan.depth = 1; /* no change of priorities: never */
	assert_int_equal(run_plan(&p, &plan, &found, &twice).failed, 0);
	set_clear(&found);
}

static void test_random__same_seed__same_runs(void **state)
{
	struct ccsan_plan plan = { .strategy = CCSAN_RANDOM, .seed = 5, .runs = 300 };
	struct set first = { 0 }, second = { 0 }, other = { 0 };
	static struct program p;
	unsigned twice;

	(void)state;
	program_steps(&p, 3, 4, true);
	run_plan(&p, &plan, &first, &twice);
	run_plan(&p, &plan, &second, &twice);
	plan.seed = 6;
	assert_int_equal(run_plan(&p, &plan, &other, &twice).expected, 300);
	assert_true(sets_equal(&first, &second));
	assert_false(sets_equal(&first, &other));
	set_clear(&first);
	set_clear(&second);
	set_clear(&other);
}

/* --- replay --- */

static struct ccsan_search *replay(const struct program *p, const char *decisions, bool loosely,
				   struct ccsan_schedule *schedule)
{
	struct ccsan_plan plan = { .strategy = CCSAN_REPLAY,
				   .schedule = schedule,
				   .loosely = loosely };
	struct ccsan_search *search;
	struct ccsan_token_head head;
	char text[MOST_TEXT], problem[100];
	uint64_t final;

	snprintf(text, sizeof(text), "1:p:c:%s", decisions);
	assert_true(ccsan_schedule_scan(text, schedule, &head, problem, sizeof(problem)));
	search = ccsan_search_new(&plan, &test_host);
	assert_true(ccsan_search_begin(search));
	run_program(p, search, &final, NULL);
	return search;
}

static void assert_replay(const struct program *p, const char *decisions, bool loosely,
			  const char *expected)
{
	static const struct ccsan_token_head head = { "p", "c" };
	struct ccsan_decision room[64];
	struct ccsan_schedule schedule = { room, 0, 64 };
	struct ccsan_search *search = replay(p, decisions, loosely, &schedule);
	char text[MOST_TEXT];

	assert_int_equal(ccsan_search_diverged(search), !expected);
	if (expected) {
		ccsan_schedule_print(ccsan_search_schedule(search), &head, text, sizeof(text));
		assert_string_equal(text + strlen("1:p:c:"), expected);
	}
	ccsan_search_free(search);
}

static void test_replay__strictly__only_what_fits(void **state)
{
	static struct program p;

	(void)state;
	program_steps(&p, 2, 2, true);
	assert_replay(&p, "abab", false, "abab");
	assert_replay(&p, "aba", false, NULL);   /* too short */
	assert_replay(&p, "ababa", false, NULL); /* too long */
	assert_replay(&p, "a3b", false, NULL);   /* a has two steps */
	assert_replay(&p, "abc", false, NULL);   /* there is no c */
	assert_replay(&p, "a.0.2bab", false, NULL);
}

static void test_replay__loosely__as_near_as_it_can(void **state)
{
	static struct program p;

	(void)state;
	program_steps(&p, 2, 2, true);
	assert_replay(&p, "", true, "a2b2");
	assert_replay(&p, "ba", true, "ba2b");
	assert_replay(&p, "b3a", true, "b2a2");
	assert_replay(&p, "b.1.7ab", true, "baba");
}

/* --- saving --- */

static struct ccsan_search *save_and_resume(struct ccsan_search *search,
					    const struct ccsan_plan *plan)
{
	size_t size = ccsan_search_save(search, NULL, 0);
	uint8_t *bytes = malloc(size);
	struct ccsan_search *again = ccsan_search_new(plan, &test_host);

	assert_int_equal(ccsan_search_save(search, bytes, size), size);
	assert_true(ccsan_search_resume(again, bytes, size));
	ccsan_search_free(search);
	free(bytes);
	return again;
}

static void assert_resumes(const struct program *p, const struct ccsan_plan *plan, uint64_t every)
{
	struct set whole = { 0 }, parts = { 0 };
	struct ccsan_search *search = ccsan_search_new(plan, &test_host);
	struct ccsan_search_counts at_once, in_parts;
	unsigned twice;
	uint64_t before;

	at_once = run_plan(p, plan, &whole, &twice);
	do {
		ccsan_search_counts(search, &in_parts);
		before = in_parts.runs + in_parts.given_up;
		collect(p, search, &parts, every);
		search = save_and_resume(search, plan);
		ccsan_search_counts(search, &in_parts);
	} while (in_parts.runs + in_parts.given_up > before);
	assert_true(sets_equal(&whole, &parts));
	assert_int_equal(in_parts.runs, at_once.runs);
	assert_int_equal(in_parts.given_up, at_once.given_up);
	assert_int_equal(in_parts.steps, at_once.steps);
	assert_int_equal(in_parts.failed, at_once.failed);
	ccsan_search_free(search);
	set_clear(&whole);
	set_clear(&parts);
}

static void test_save__any_strategy__exactly_the_runs_that_remain(void **state)
{
	static struct program p;

	(void)state;
	for (uint64_t number = 1; number < 120; number++) {
		random_program(&p, number, number % 3 == 0);
		for (int strategy = CCSAN_EXHAUSTIVE; strategy <= CCSAN_RANDOM; strategy++) {
			struct ccsan_plan plan = { .strategy = (enum ccsan_strategy)strategy,
						   .preemptions = 2,
						   .depth = 3,
						   .seed = number,
						   .runs = 60 };

			assert_resumes(&p, &plan, 1 + number % 7);
		}
	}
}

static void test_resume__damaged_or_of_another_plan__refused(void **state)
{
	struct ccsan_plan plan = { .strategy = CCSAN_EXHAUSTIVE },
			  other = { .strategy = CCSAN_BRUTE };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host), *again;
	struct set schedules = { 0 };
	static struct program p;
	uint8_t bytes[8192];
	size_t size;

	(void)state;
	program_last_zero(&p, 4);
	collect(&p, search, &schedules, 5);
	size = ccsan_search_save(search, bytes, sizeof(bytes));
	assert_true(size < sizeof(bytes));
	for (size_t i = 0; i <= size; i++) {
		again = ccsan_search_new(i == size ? &other : &plan, &test_host);
		if (i < size)
			bytes[i] ^= 4;
		assert_false(ccsan_search_resume(again, bytes, size));
		if (i < size)
			bytes[i] ^= 4;
		ccsan_search_free(again);
	}
	again = ccsan_search_new(&plan, &test_host);
	assert_false(ccsan_search_resume(again, bytes, size - 1));
	ccsan_search_free(again);
	ccsan_search_free(search);
	set_clear(&schedules);
}

/* --- parts, limits, memory --- */

/* All beginnings of three decisions, each searched by itself: together all results. */
static void test_prefix__all_beginnings__all_results(void **state)
{
	struct ccsan_plan brute = { .strategy = CCSAN_BRUTE };
	static struct program p;

	(void)state;
	for (uint64_t number = 4; number < 80; number += 4) {
		struct set whole = { 0 }, parts = { 0 };
		struct ccsan_search *search = ccsan_search_new(&brute, &test_host);
		uint64_t final;

		random_program(&p, number, true);
		while (ccsan_search_begin(search)) {
			struct ccsan_schedule start;
			struct ccsan_plan part = { .strategy = CCSAN_EXHAUSTIVE,
						   .schedule = &start };
			struct ccsan_search *below;

			run_program(&p, search, &final, NULL);
			set_add(&whole, final);
			start = *ccsan_search_schedule(search);
			start.length = start.length < 3 ? start.length : 3;
			below = ccsan_search_new(&part, &test_host);
			while (ccsan_search_begin(below)) {
				run_program(&p, below, &final, NULL);
				assert_false(ccsan_search_diverged(below));
				set_add(&parts, final);
			}
			ccsan_search_free(below);
			if (whole.count > 60)
				break;
		}
		if (whole.count <= 60)
			assert_true(sets_equal(&whole, &parts));
		ccsan_search_free(search);
		set_clear(&whole);
		set_clear(&parts);
	}
}

static void test_most_steps__longer_run__exhausted(void **state)
{
	struct ccsan_plan plan = { .strategy = CCSAN_BRUTE, .most_steps = 3, .runs = 1 };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	static struct program p;
	uint64_t final;

	(void)state;
	program_steps(&p, 2, 2, true);
	assert_true(ccsan_search_begin(search));
	run_program(&p, search, &final, NULL);
	assert_true(ccsan_search_exhausted(search));
	assert_int_equal(ccsan_search_schedule(search)->length, 3);
	assert_false(ccsan_search_begin(search));
	ccsan_search_free(search);
}

/* A program that is no function of its decisions. */
static void test_begin__program_changes_between_runs__diverged(void **state)
{
	struct ccsan_plan plan = { .strategy = CCSAN_EXHAUSTIVE };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	static struct program p;
	uint64_t final;

	(void)state;
	program_steps(&p, 2, 2, true);
	assert_true(ccsan_search_begin(search));
	run_program(&p, search, &final, NULL);
	program_steps(&p, 3, 2, true);
	assert_true(ccsan_search_begin(search));
	run_program(&p, search, &final, NULL);
	assert_true(ccsan_search_diverged(search));
	assert_false(ccsan_search_begin(search));
	ccsan_search_free(search);
}

static void test_memory__after_the_first_runs__none(void **state)
{
	struct ccsan_plan plan = { .strategy = CCSAN_EXHAUSTIVE };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	static struct program p;
	uint64_t final;
	unsigned long before = 0;

	(void)state;
	program_steps(&p, 2, 10, true);
	for (int run = 0; run < 100000; run++) {
		assert_true(ccsan_search_begin(search));
		run_program(&p, search, &final, NULL);
		if (run == 50000)
			before = host_calls;
	}
	assert_int_equal(host_calls, before);
	ccsan_search_free(search);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_bounded__random_programs__every_run_once),
		cmocka_unit_test(test_bounded__two_times_two__grows_with_the_bound),
		cmocka_unit_test(test_pct__bug_of_depth_two__found_as_often_as_promised),
		cmocka_unit_test(test_random__same_seed__same_runs),
		cmocka_unit_test(test_replay__strictly__only_what_fits),
		cmocka_unit_test(test_replay__loosely__as_near_as_it_can),
		cmocka_unit_test(test_save__any_strategy__exactly_the_runs_that_remain),
		cmocka_unit_test(test_resume__damaged_or_of_another_plan__refused),
		cmocka_unit_test(test_prefix__all_beginnings__all_results),
		cmocka_unit_test(test_most_steps__longer_run__exhausted),
		cmocka_unit_test(test_begin__program_changes_between_runs__diverged),
		cmocka_unit_test(test_memory__after_the_first_runs__none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
