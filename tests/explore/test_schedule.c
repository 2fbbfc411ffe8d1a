/* SPDX-License-Identifier: MIT */
/* Schedules as tokens: there and back, and what is refused. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include <cmocka.h>

#include "explore/schedule.h"

enum { ROOM = 400 };

static const struct ccsan_token_head head = { "driver-7.rx", "arm926ej-s" };

static void assert_scans(const char *text, struct ccsan_schedule *schedule)
{
	struct ccsan_token_head found;
	char problem[100] = "";

	if (!ccsan_schedule_scan(text, schedule, &found, problem, sizeof(problem)))
		fail_msg("%s: %s", text, problem);
}

static void assert_refused(const char *text, const char *expected)
{
	struct ccsan_decision room[8];
	struct ccsan_schedule schedule = { room, 0, 8 };
	struct ccsan_token_head found;
	char problem[120] = "";

	if (ccsan_schedule_scan(text, &schedule, &found, problem, sizeof(problem)))
		fail_msg("%s was read", text);
	assert_string_equal(problem, expected);
}

static void test_print__steps_and_values__runs_of_letters(void **state)
{
	struct ccsan_decision decisions[] = { { 0, 0 },  { 0, 0 },  { 0, 0 },  { 1, 0 },
					      { 1, 4 },  { 0, 0 },  { 25, 0 }, { 26, 0 },
					      { 51, 0 }, { 52, 0 }, { 63, 0 } };
	struct ccsan_schedule schedule = { decisions, 11, 11 };
	char text[100];

	(void)state;
	assert_int_equal(ccsan_schedule_print(&schedule, &head, text, sizeof(text)), 40);
	assert_string_equal(text, "1:driver-7.rx:arm926ej-s:a3b.1.4azAZ-a-l");
}

static void test_print__too_small__cut_and_length(void **state)
{
	struct ccsan_decision decisions[] = { { 0, 0 }, { 1, 0 } };
	struct ccsan_schedule schedule = { decisions, 2, 2 };
	struct ccsan_token_head odd = { "a b:c", "" };
	char text[8];

	(void)state;
	assert_int_equal(ccsan_schedule_print(&schedule, &odd, text, sizeof(text)), 12);
	assert_string_equal(text, "1:a-b-c");
	assert_int_equal(ccsan_schedule_print(&schedule, &odd, NULL, 0), 12);
}

/* Every schedule has one text, and every text one schedule. */
static void test_scan__what_was_printed__the_same(void **state)
{
	uint32_t lot = 7;
	struct ccsan_decision decisions[ROOM], found[ROOM];
	char text[8 * ROOM], again[8 * ROOM];

	(void)state;
	for (int round = 0; round < 2000; round++) {
		struct ccsan_schedule schedule = { decisions, 0, ROOM }, back = { found, 0, ROOM };

		for (size_t n = (size_t)round % ROOM; schedule.length < n; schedule.length++) {
			struct ccsan_decision *d = &decisions[schedule.length];

			lot = lot * 1664525 + 1013904223;
			d->count = lot >> 30 ? 0 : (uint16_t)(2 + (lot >> 8) % 65534);
			d->chosen = (uint16_t)((lot >> 4) % (d->count ? d->count : 64));
			if (!d->count && lot >> 31)
				d->chosen = lot >> 29 & 1;
		}
		ccsan_schedule_print(&schedule, &head, text, sizeof(text));
		assert_scans(text, &back);
		assert_int_equal(back.length, schedule.length);
		assert_memory_equal(found, decisions, schedule.length * sizeof(*found));
		ccsan_schedule_print(&back, &head, again, sizeof(again));
		assert_string_equal(again, text);
	}
}

static void test_scan__damaged__refused_with_the_place(void **state)
{
	(void)state;
	assert_refused("", "character 1: a version was expected");
	assert_refused("2:p:c:a", "character 1: version 2 of tokens, not 1");
	assert_refused("01:p:c:a", "character 1: a number does not begin with 0");
	assert_refused("1;p:c:a", "character 2: ':' was expected after the version");
	assert_refused("1::c:a", "character 3: a program was expected");
	assert_refused("1:p c:a", "character 4: ':' was expected after a program");
	assert_refused("1:p:c", "character 6: ':' was expected after a CPU");
	assert_refused("1:p:0123456789012345678901234567890123456789:a",
		       "character 5: a CPU is longer than 31 characters");
	assert_refused("1:p:c:a?",
		       "character 8: an actor (a letter) or a value ('.') was expected");
	assert_refused("1:p:c:3", "character 7: an actor (a letter) or a value ('.') was expected");
	assert_refused("1:p:c:-m",
		       "character 7: an actor (a letter) or a value ('.') was expected");
	assert_refused("1:p:c:aa", "character 8: the actor before goes on: its number of steps was "
				   "expected");
	assert_refused("1:p:c:a1", "character 8: a number of steps of 2 to 8 was expected");
	assert_refused("1:p:c:a02", "character 8: a number does not begin with 0");
	assert_refused("1:p:c:a99999999999999999999999",
		       "character 8: a number of steps of 2 to 8 was expected");
	assert_refused("1:p:c:a.4.4", "character 8: value 4 is not one of 4");
	assert_refused("1:p:c:a.0.1",
		       "character 11: a number of values of 2 to 65535 was expected");
	assert_refused("1:p:c:a.0", "character 10: '.' and the number of values were expected");
	assert_refused("1:p:c:a5b4", "character 9: more than 8 decisions");
}

static void test_switches__values_between__counts_actors(void **state)
{
	struct ccsan_decision room[16];
	struct ccsan_schedule schedule = { room, 0, 16 };

	(void)state;
	assert_scans("1:p:c:a2.0.2a.1.2ba3c", &schedule);
	assert_int_equal(ccsan_schedule_switches(&schedule), 3);
	assert_scans("1:p:c:", &schedule);
	assert_int_equal(ccsan_schedule_switches(&schedule), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_print__steps_and_values__runs_of_letters),
		cmocka_unit_test(test_print__too_small__cut_and_length),
		cmocka_unit_test(test_scan__what_was_printed__the_same),
		cmocka_unit_test(test_scan__damaged__refused_with_the_place),
		cmocka_unit_test(test_switches__values_between__counts_actors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
