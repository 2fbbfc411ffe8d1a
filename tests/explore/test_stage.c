/* SPDX-License-Identifier: MIT */
/* Actors on a stage, under a search: every outcome that brute force has. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "explore/stage.h"

enum deed { END, OFF, ON, TAKE, GIVE_BACK, WRITE };

enum { MOST_DEEDS = 8, ACTORS = 2, OUTCOMES = 16, VARIABLE = 1, LOCK = 64 };

/* Two actors as rows of deeds. */
struct rows {
	enum deed deeds[ACTORS][MOST_DEEDS];
	enum ccsan_role roles[ACTORS];
};

static unsigned done[ACTORS];
static bool started[ACTORS];
static char stage_room[1 << 16];
static size_t stage_used;

static void *stage_memory(void *context, size_t bytes)
{
	void *taken = stage_room + stage_used;

	(void)context;
	stage_used += (bytes + 15) & ~(size_t)15;
	assert_true(stage_used <= sizeof(stage_room));
	return memset(taken, 0, bytes);
}

static void *search_memory(void *context, void *old, size_t size)
{
	(void)context;
	if (size)
		return realloc(old, size);
	free(old);
	return NULL;
}

static void misuse(void *context, const char *text, unsigned other, uint32_t origin)
{
	(void)context, (void)other, (void)origin;
	fail_msg("%s", text);
}

static bool want(struct ccsan_stage *stage, enum deed deed)
{
	if (deed == TAKE)
		ccsan_stage_want(stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, LOCK, false);
	return deed == TAKE;
}

/* Writes: the value is the order in which the actors came. */
static void do_deed(struct ccsan_stage *stage, enum deed deed, unsigned actor, unsigned *order)
{
	if (deed == OFF)
		ccsan_stage_off(stage, CCSAN_SWITCH_IRQ);
	else if (deed == ON)
		ccsan_stage_on(stage, CCSAN_SWITCH_IRQ);
	else if (deed == GIVE_BACK)
		ccsan_stage_release(stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, LOCK);
	if (deed != WRITE)
		return;
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_BYTES, VARIABLE), CCSAN_CHANGES);
	*order = *order * 2 % OUTCOMES + actor;
}

static void take_step(struct ccsan_stage *stage, const struct rows *rows, unsigned actor,
		      unsigned *order)
{
	const enum deed *deeds = rows->deeds[actor];

	if (started[actor])
		ccsan_stage_get(stage, 0);
	started[actor] = true;
	if (!done[actor] && want(stage, deeds[0])) {
		done[actor]++;
		return;
	}
	do_deed(stage, deeds[done[actor]], actor, order);
	done[actor]++;
	if (deeds[done[actor]] == END)
		ccsan_stage_end(stage);
	else
		want(stage, deeds[done[actor]]);
}

/* Return: a bit for each outcome. */
static unsigned outcomes(const struct rows *rows, enum ccsan_strategy strategy)
{
	struct ccsan_search_host search_host = { .memory = search_memory };
	struct ccsan_stage_host host = { .memory = stage_memory, .misuse = misuse };
	struct ccsan_plan plan = { .strategy = strategy };
	struct ccsan_search *search = ccsan_search_new(&plan, &search_host);
	unsigned seen = 0;

	while (ccsan_search_begin(search)) {
		struct ccsan_stage *stage;
		unsigned order = 1, actor;

		stage_used = 0;
		memset(done, 0, sizeof(done));
		memset(started, 0, sizeof(started));
		stage = ccsan_stage_new(search, 2, &host);
		for (unsigned i = 0; i < ACTORS; i++)
			ccsan_stage_add(stage, rows->roles[i], 0, i ? "B" : "A", 1);
		while ((actor = ccsan_stage_next(stage)) < CCSAN_MOST_ACTORS)
			take_step(stage, rows, actor, &order);
		ccsan_stage_tell_waits(stage);
		if (!ccsan_stage_given_up(stage))
			seen |= 1u << order;
		ccsan_search_end(search, false);
	}
	ccsan_search_free(search);
	return seen;
}

static void assert_all_outcomes(const struct rows *rows, unsigned count)
{
	unsigned all = outcomes(rows, CCSAN_BRUTE);

	assert_int_equal(__builtin_popcount(all), count);
	assert_int_equal(outcomes(rows, CCSAN_EXHAUSTIVE), all);
}

static void test_exhaustive__left_off_at_the_end__both_orders(void **state)
{
	struct rows rows = { .deeds = { { OFF, WRITE, END }, { WRITE, END } } };

	(void)state;
	assert_all_outcomes(&rows, 2);
}

static void test_exhaustive__writes_while_off__both_orders(void **state)
{
	struct rows rows = { .deeds = { { OFF, WRITE, WRITE, ON, END }, { WRITE, END } } };

	(void)state;
	assert_all_outcomes(&rows, 2);
}

static void test_exhaustive__interrupt_writes_too__all_orders(void **state)
{
	struct rows rows = { .deeds = { { WRITE, OFF, WRITE, ON, WRITE, END }, { WRITE, END } },
			     .roles = { CCSAN_THREAD, CCSAN_INTERRUPT } };

	(void)state;
	assert_all_outcomes(&rows, 4);
}

static void test_exhaustive__writes_under_a_lock__both_orders(void **state)
{
	struct rows rows = { .deeds = { { TAKE, WRITE, WRITE, GIVE_BACK, END },
					{ TAKE, WRITE, GIVE_BACK, END } } };

	(void)state;
	assert_all_outcomes(&rows, 2);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exhaustive__left_off_at_the_end__both_orders),
		cmocka_unit_test(test_exhaustive__writes_while_off__both_orders),
		cmocka_unit_test(test_exhaustive__interrupt_writes_too__all_orders),
		cmocka_unit_test(test_exhaustive__writes_under_a_lock__both_orders),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
