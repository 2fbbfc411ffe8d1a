/* SPDX-License-Identifier: MIT */
/* Failing schedules made simpler. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "explore/shrink.h"
#include "random_program.h"

struct trial {
	const struct program *program;
	enum verdict wanted;
	struct ccsan_search *search;
};

static bool fails(void *context, const struct ccsan_schedule *wish,
		  const struct ccsan_schedule **made)
{
	struct trial *t = context;
	struct ccsan_plan plan = { .strategy = CCSAN_REPLAY, .schedule = wish, .loosely = true };
	uint64_t final;
	bool same;

	ccsan_search_free(t->search);
	t->search = ccsan_search_new(&plan, &test_host);
	ccsan_search_begin(t->search);
	same = run_program(t->program, t->search, &final, NULL) == t->wanted;
	*made = ccsan_search_schedule(t->search);
	return same;
}

static void *memory(void *context, void *old, size_t size)
{
	(void)context;
	return test_host.memory(NULL, old, size);
}

static unsigned shrink(const struct program *p, enum verdict wanted,
		       struct ccsan_schedule *schedule, unsigned tries)
{
	struct trial trial = { p, wanted, NULL };
	struct ccsan_shrink_host host = { .context = &trial, .fails = fails, .memory = memory };
	unsigned made = ccsan_shrink(schedule, tries, &host);

	ccsan_search_free(trial.search);
	return made;
}

static void assert_shrinks(const struct program *p, enum verdict verdict, const char *from,
			   const char *to)
{
	static const struct ccsan_token_head head = { "p", "c" };
	struct ccsan_token_head ignored;
	struct ccsan_decision room[64];
	struct ccsan_schedule schedule = { room, 0, 64 };
	char text[200], problem[100];

	snprintf(text, sizeof(text), "1:p:c:%s", from);
	assert_true(ccsan_schedule_scan(text, &schedule, &ignored, problem, sizeof(problem)));
	shrink(p, verdict, &schedule, 1000);
	ccsan_schedule_print(&schedule, &head, text, sizeof(text));
	assert_string_equal(text + strlen("1:p:c:"), to);
}

/* a: x = 1, then three steps; b: three steps, then fails if x is 1. One switch will do. */
static void test_shrink__needless_switches__one_is_left(void **state)
{
	static struct program p = { .threads_count = 2 };

	(void)state;
	for (int i = 0; i < 3; i++) {
		p.threads[0].statements[i + 1] = (struct statement){ STORE, .at = 1 };
		p.threads[1].statements[i] = (struct statement){ LOAD, .at = 2 };
	}
	p.threads[0].statements[0] = (struct statement){ STORE, .at = 0, .value = 1 };
	p.threads[1].statements[3] = (struct statement){ ASSERT, .at = 0, .value = 1 };
	assert_shrinks(&p, ASSERTION, "bababab2", "ab4");
}

static void test_shrink__two_philosophers__deadlock_stays(void **state)
{
	static struct program p;

	(void)state;
	program_philosophers(&p, 3);
	assert_shrinks(&p, DEADLOCK, "b4abc", "abc");
}

static void test_shrink__a_value_that_does_not_matter__zero(void **state)
{
	static struct program p = { .threads_count = 1 };

	(void)state;
	p.threads[0].statements[0] = (struct statement){ CHOOSE, .r = 1, .at = 1, .value = 5 };
	p.threads[0].statements[1] = (struct statement){ ASSERT, .at = 0, .value = 0 };
	assert_shrinks(&p, ASSERTION, "a.3.5a", "a.0.5a");
}

/* Whatever fails in random programs still fails the same way, in no more tries than allowed, and
 * the result replays strictly. */
static void test_shrink__random_failures__same_verdict_and_replay(void **state)
{
	static struct program p;
	unsigned shrunk = 0;

	(void)state;
	for (uint64_t number = 1; number < 600; number++) {
		struct ccsan_plan plan = { .strategy = CCSAN_RANDOM, .seed = number, .runs = 10 };
		struct ccsan_search *search = ccsan_search_new(&plan, &test_host), *again;
		enum verdict verdict = DONE;
		struct ccsan_decision room[64];
		struct ccsan_schedule schedule = { room, 0, 64 };
		size_t switches;
		uint64_t final;

		random_program(&p, number, false);
		while (verdict == DONE && ccsan_search_begin(search))
			verdict = run_program(&p, search, &final, NULL);
		if (verdict != DONE && ccsan_search_schedule(search)->length) {
			schedule.length = ccsan_search_schedule(search)->length;
			memcpy(room, ccsan_search_schedule(search)->decisions,
			       schedule.length * sizeof(*room));
			switches = ccsan_schedule_switches(&schedule);
			assert_true(shrink(&p, verdict, &schedule, 40) <= 40);
			assert_true(ccsan_schedule_switches(&schedule) <= switches);
			shrunk += ccsan_schedule_switches(&schedule) < switches;
			plan = (struct ccsan_plan){ .strategy = CCSAN_REPLAY,
						    .schedule = &schedule };
			again = ccsan_search_new(&plan, &test_host);
			assert_true(ccsan_search_begin(again));
			assert_int_equal(run_program(&p, again, &final, NULL), verdict);
			assert_false(ccsan_search_diverged(again));
			ccsan_search_free(again);
		}
		ccsan_search_free(search);
	}
	assert_true(shrunk > 20);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_shrink__needless_switches__one_is_left),
		cmocka_unit_test(test_shrink__two_philosophers__deadlock_stays),
		cmocka_unit_test(test_shrink__a_value_that_does_not_matter__zero),
		cmocka_unit_test(test_shrink__random_failures__same_verdict_and_replay),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
