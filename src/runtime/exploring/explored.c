/* SPDX-License-Identifier: MIT */
/*
 * `ccsan explore` and `ccsan replay` inside of the program: the body of each test, or main(), under
 * a search, within a budget; what fails is made as short as it gets and told.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "explore/shrink.h"
#include "explored.h"
#include "failures.h"
#include "plan.h"
#include "restore.h"
#include "signals.h"
#include "trace.h"

enum {
	TABLE_BYTES = 256 << 20, /* reserved for tables; used pages only take memory */
	HEAP_BYTES = 64 << 20,   /* taken at once, so that the heap does not grow in a run */
	MOST_TRIES = 3000, /* of making one failure simpler; of long ones: so many steps together */
	STEPS_TO_TRY = 150000,
	FEWEST_TRIES = 200,
	PREFIXES_A_JOB = 8,
	DEEPEST_SPLIT = 24,
};

static struct {
	struct ccsan_wanted wanted;
	struct ccsan_search_host host;
	const struct ccsan_body *body;
	struct ccsan_search *search;
	struct ccsan_explored told;
	double started, last_told, last_saved;
	double time;                /* after the last run */
	uint64_t runs;              /* of all tests */
	struct ccsan_schedule made; /* by the last run of a schedule */
} * e;

const struct ccsan_wanted *ccsan_wanted(void)
{
	static struct ccsan_wanted wanted;
	static bool read;

	if (!read)
		ccsan_plan_read(&wanted);
	read = true;
	return e ? &e->wanted : &wanted;
}

static double now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

/* --- set-up --- */

/* What the program prints is the same thousands of times. */
static void silence(void)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	fflush(NULL);
	if (null < 0)
		return;
	ccsan_keep_last_words(fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3));
	dup2(null, STDOUT_FILENO);
	dup2(null, STDERR_FILENO);
}

static void settle_heap(void)
{
	void *volatile block; /* the compiler leaves out a free(malloc()) */

	/* More than half of HEAP_BYTES (of libc's HEAP_MAX_SIZE) is refused; and what is as large
	 * as the threshold is mapped, and no part of the heap. */
	if (!mallopt(M_MMAP_THRESHOLD, HEAP_BYTES / 2))
		ccsan_die("libc's malloc() cannot be set up for exploring");
	mallopt(M_TRIM_THRESHOLD, 2 * HEAP_BYTES);
	mallopt(M_TOP_PAD, HEAP_BYTES);
	block = malloc(HEAP_BYTES / 4);
	free(block);
}

static void set_up(void)
{
	const struct ccsan_wanted *wanted = ccsan_wanted();

	if (e)
		return;
	e = ccsan_keep(sizeof(*e));
	e->wanted = *wanted;
	e->host.memory = ccsan_keep_again;
	e->started = e->last_told = e->last_saved = now();
	settle_heap();
	ccsan_trace_begin();
	ccsan_points_begin();
	if (e->wanted.strategy != CCSAN_REPLAY)
		silence();
	ccsan_reserve_memory(TABLE_BYTES);
	ccsan_origin(0); /* the depot of stacks is there before the first run */
	ccsan_note_open_files();
	ccsan_prepare_exploring();
	ccsan_failures_begin();
	ccsan_signals_begin();
	ccsan_restore_begin();
}

/* --- one run --- */

static const char *steps_text(void)
{
	static char text[CCSAN_TEXT_BYTES];

	snprintf(text, sizeof(text), "the test does not end: more than %llu steps, the last by %s",
		 (unsigned long long)e->wanted.steps, ccsan_last_actor());
	return text;
}

/* A failure seen for the first time, be it while another one is made shorter, has this schedule. */
static void note_schedules(const struct ccsan_search *search)
{
	for (struct ccsan_failure *failure = ccsan_failures_all(); failure; failure = failure->next)
		if (!failure->schedule.decisions)
			ccsan_schedule_copy(&failure->schedule, ccsan_search_schedule(search));
}

/* Return: whether it failed. */
static bool run(struct ccsan_search *search)
{
	bool failed;

	ccsan_failures_begin();
	ccsan_signals_run();
	ccsan_trace_run();
	ccsan_run_once(search, e->body);
	if (ccsan_search_exhausted(search))
		ccsan_fail_run(steps_text());
	failed = ccsan_failures_seen(0);
	if (failed)
		note_schedules(search);
	ccsan_restore();
	return failed;
}

static struct ccsan_plan plan_of(enum ccsan_strategy strategy)
{
	return (struct ccsan_plan){ .strategy = strategy,
				    .preemptions = (unsigned)e->wanted.preemptions,
				    .depth = (unsigned)e->wanted.depth,
				    .seed = e->wanted.seed * e->wanted.jobs + e->wanted.job,
				    .runs = e->wanted.runs,
				    .most_steps = e->wanted.steps };
}

static void note_made(const struct ccsan_schedule *made)
{
	size_t bytes = made->length * sizeof(*made->decisions);

	e->made.decisions = ccsan_keep_again(NULL, e->made.decisions, bytes + 1);
	e->made.length = e->made.room = made->length;
	memcpy(e->made.decisions, made->decisions, bytes);
}

/* Runs a schedule once; e->made is what was decided in the end. */
static bool run_schedule(const struct ccsan_schedule *schedule, bool loosely, bool *diverged)
{
	struct ccsan_plan plan = plan_of(CCSAN_REPLAY);
	struct ccsan_search *search;
	bool failed;

	plan.schedule = schedule;
	plan.loosely = loosely;
	search = ccsan_search_new(&plan, &e->host);
	ccsan_search_begin(search);
	failed = run(search);
	if (diverged)
		*diverged = ccsan_search_diverged(search);
	note_made(ccsan_search_schedule(search));
	ccsan_search_end(search, failed);
	ccsan_search_free(search);
	return failed;
}

/* --- failures: shorter, then told --- */

static bool still_fails(void *context, const struct ccsan_schedule *wish,
			const struct ccsan_schedule **made)
{
	const struct ccsan_failure *failure = context;

	run_schedule(wish, true, NULL);
	*made = &e->made;
	return ccsan_failures_seen(failure->key);
}

static void make_simpler(struct ccsan_failure *failure)
{
	struct ccsan_shrink_host host = { .context = failure,
					  .fails = still_fails,
					  .memory = ccsan_keep_again };

	unsigned tries = (unsigned)(STEPS_TO_TRY / (failure->schedule.length + 1));

	tries = tries > MOST_TRIES ? MOST_TRIES : tries < FEWEST_TRIES ? FEWEST_TRIES : tries;
	ccsan_shrink(&failure->schedule, tries, &host);
}

static void tell_schedule(const struct ccsan_failure *failure)
{
	struct ccsan_schedule_part part = { .serial = failure->finding.serial,
					    .switches = ccsan_schedule_switches(&failure->schedule),
					    .steps = failure->schedule.length };
	struct ccsan_token_head head;
	int length;
	char *text;

	ccsan_token_head(&head, e->body->name, e->wanted.granularity);
	length = ccsan_schedule_print(&failure->schedule, &head, NULL, 0);
	text = ccsan_keep((size_t)length + 1);
	ccsan_schedule_print(&failure->schedule, &head, text, (size_t)length + 1);
	if (!failure->has_finding)
		snprintf(part.failure, sizeof(part.failure), "%s", failure->finding.text);
	for (int at = 0; at < length; at += (int)sizeof(part.text) - 1) {
		snprintf(part.text, sizeof(part.text), "%s", text + at);
		part.last = at + (int)sizeof(part.text) - 1 >= length;
		ccsan_send(CCSAN_RECORD_SCHEDULE, &part, sizeof(part));
	}
}

/* Twice: what is shared by several actors is known only after the first time. */
static void tell_trace(const struct ccsan_failure *failure)
{
	ccsan_trace_mode(CCSAN_TRACE_COLLECT, 0);
	run_schedule(&failure->schedule, false, NULL);
	ccsan_trace_mode(CCSAN_TRACE_TELL, failure->finding.serial);
	run_schedule(&failure->schedule, false, NULL);
	ccsan_trace_mode(CCSAN_TRACE_OFF, 0);
}

static void tell_failure(struct ccsan_failure *failure)
{
	make_simpler(failure);
	if (failure->has_finding)
		ccsan_send_finding(&failure->finding);
	tell_schedule(failure);
	tell_trace(failure);
}

static struct ccsan_failure *first_untold(void)
{
	struct ccsan_failure *failure = ccsan_failures_all();

	while (failure && failure->told)
		failure = failure->next;
	return failure;
}

static void tell_new_failures(void)
{
	struct ccsan_failure *failure;

	while ((failure = first_untold())) {
		failure->told = true;
		tell_failure(failure);
	}
}

/* --- progress, budget --- */

static void count_runs(void)
{
	struct ccsan_search_counts counts;

	if (!e->search)
		return;
	ccsan_search_counts(e->search, &counts);
	e->told.runs = e->told.earlier_runs + counts.runs;
	e->told.given_up = e->told.earlier_given_up + counts.given_up;
	e->told.failed = e->told.earlier_failed + counts.failed;
	e->told.steps = counts.steps;
	e->told.longest = counts.longest > e->told.longest ? counts.longest : e->told.longest;
	e->told.bound = counts.bound;
	e->told.all_orders = counts.all_orders;
	e->told.expected = counts.expected;
	e->told.failures = ccsan_failures_count();
	e->told.seconds = now() - e->started;
}

static void tell_progress(enum ccsan_explored_state state)
{
	count_runs();
	e->told.state = state;
	ccsan_send(CCSAN_RECORD_EXPLORED, &e->told, sizeof(e->told));
	e->last_told = now();
}

static bool budget_is_used_up(void)
{
	if (e->wanted.failures && ccsan_failures_count() >= e->wanted.failures)
		return true;
	return e->wanted.seconds && e->time - e->started >= (double)e->wanted.seconds;
}

/* --- checkpoints --- */

static void write_checkpoint(void)
{
	struct ccsan_token_head head;
	size_t bytes;
	void *saved;

	if (!*e->wanted.checkpoint)
		return;
	bytes = ccsan_search_save(e->search, NULL, 0);
	saved = ccsan_keep_again(NULL, NULL, bytes);
	ccsan_search_save(e->search, saved, bytes);
	ccsan_token_head(&head, e->body->name, e->wanted.granularity);
	ccsan_write_checkpoint(e->wanted.checkpoint, &head, saved, bytes);
	ccsan_keep_again(NULL, saved, 0);
	e->last_saved = now();
}

static void go_on_from_checkpoint(void)
{
	struct ccsan_token_head head;
	size_t bytes;
	void *saved;

	if (!*e->wanted.resume)
		return;
	ccsan_token_head(&head, e->body->name, e->wanted.granularity);
	saved = ccsan_read_checkpoint(e->wanted.resume, &head, &bytes);
	if (!ccsan_search_resume(e->search, saved, bytes))
		ccsan_die("%s: a checkpoint of a search with another plan", e->wanted.resume);
}

/* --- a search --- */

/* The first schedule, a second time: whatever differs is no function of the schedule. */
static bool is_steady(void)
{
	const struct ccsan_schedule *schedule = ccsan_search_schedule(e->search);
	uint64_t first = ccsan_trace_hash();
	bool diverged;

	run_schedule(schedule, false, &diverged);
	if (!diverged && ccsan_trace_hash() == first)
		return true;
	snprintf(
		e->told.text, sizeof(e->told.text),
		"the same schedule went another way the second time: what the program does depends "
		"on something else (time, rand(), what a file holds)");
	return false;
}

/* Where no further run of the schedule makes sense: failures are told as they were found. */
static void tell_as_found(void)
{
	struct ccsan_failure *failure = first_untold();

	for (; failure; failure = first_untold()) {
		failure->told = true;
		if (failure->has_finding)
			ccsan_send_finding(&failure->finding);
		tell_schedule(failure);
	}
}

/* Return: whether further runs make sense. */
static bool looks_explorable(enum ccsan_explored_state *state, bool first)
{
	*state = CCSAN_EXPLORED_HUNG;
	if (ccsan_how_run_ended() != CCSAN_RUN_HUNG) {
		*state = CCSAN_EXPLORED_UNSTEADY;
		if (first)
			ccsan_find_open_files(e->told.text, sizeof(e->told.text));
		if (!first || is_steady())
			return true;
	}
	tell_as_found();
	return false;
}

static enum ccsan_explored_state run_search(bool first)
{
	enum ccsan_explored_state state;
	struct ccsan_search_counts counts;

	while (ccsan_search_begin(e->search)) {
		bool failed = run(e->search);

		ccsan_search_end(e->search, failed);
		if (!looks_explorable(&state, first))
			return state;
		first = false;
		if (failed)
			tell_new_failures();
		if (ccsan_search_diverged(e->search))
			return CCSAN_EXPLORED_UNSTEADY;
		e->time = now();
		if (budget_is_used_up())
			return CCSAN_EXPLORED_BUDGET;
		if (e->time - e->last_told > 1)
			tell_progress(CCSAN_EXPLORED_RUNNING);
		if (e->time - e->last_saved > 10)
			write_checkpoint();
	}
	ccsan_search_counts(e->search, &counts);
	return e->wanted.runs && counts.runs + counts.given_up >= e->wanted.runs
		       ? CCSAN_EXPLORED_BUDGET
		       : CCSAN_EXPLORED_ALL;
}

static enum ccsan_explored_state search(const struct ccsan_schedule *prefix, bool first)
{
	struct ccsan_plan plan = plan_of(e->wanted.strategy);
	enum ccsan_explored_state state;

	plan.schedule = prefix;
	if (first) /* what one run shows of the lines that matter, the search need not find out */
		run_schedule(&(struct ccsan_schedule){ 0 }, true, NULL);
	e->search = ccsan_search_new(&plan, &e->host);
	go_on_from_checkpoint();
	state = run_search(first);
	count_runs();
	write_checkpoint();
	e->told.earlier_runs = e->told.runs;
	e->told.earlier_given_up = e->told.given_up;
	e->told.earlier_failed = e->told.failed;
	ccsan_search_free(e->search);
	e->search = NULL;
	return state;
}

/* --- a part of the work, for one of several processes --- */

static bool splits(void)
{
	return e->wanted.jobs > 1 &&
	       (e->wanted.strategy == CCSAN_EXHAUSTIVE || e->wanted.strategy == CCSAN_BRUTE);
}

/* All beginnings of so many decisions. Return: how many there are; those from `from` on, up to
 * `room`, are kept. */
static size_t find_prefixes(unsigned decisions, struct ccsan_schedule *prefixes, size_t room)
{
	struct ccsan_plan plan = plan_of(CCSAN_BRUTE);
	struct ccsan_search *brute;
	size_t count = 0;

	plan.runs = 0;
	brute = ccsan_search_new(&plan, &e->host);
	ccsan_cut_runs(decisions);
	while (ccsan_search_begin(brute)) {
		run(brute);
		if (count < room)
			ccsan_schedule_copy(&prefixes[count], ccsan_search_schedule(brute));
		ccsan_search_end(brute, false);
		count++;
	}
	ccsan_cut_runs(0);
	ccsan_search_free(brute);
	return count;
}

static enum ccsan_explored_state search_part(void)
{
	size_t wanted = e->wanted.jobs * PREFIXES_A_JOB, count = 0;
	size_t room = 64 * wanted;
	struct ccsan_schedule *prefixes = ccsan_keep(room * sizeof(*prefixes));
	enum ccsan_explored_state state = CCSAN_EXPLORED_ALL;

	for (unsigned decisions = 2; decisions < DEEPEST_SPLIT; decisions += 2) {
		size_t more = find_prefixes(decisions, prefixes, room);

		if (more > room)
			break;
		count = more;
		if (count >= wanted)
			break;
	}
	for (size_t i = e->wanted.job; i < count && state == CCSAN_EXPLORED_ALL;
	     i += e->wanted.jobs) {
		state = search(&prefixes[i], false);
	}
	return state;
}

/* --- replay --- */

static uint64_t count_steps(const struct ccsan_schedule *schedule)
{
	uint64_t steps = 0;

	for (size_t i = 0; i < schedule->length; i++)
		steps += schedule->decisions[i].count == 0;
	return steps;
}

static enum ccsan_explored_state replay(void)
{
	struct ccsan_plan plan;
	struct ccsan_token_head head, own;
	size_t room = 2 * e->wanted.steps + 64;
	struct ccsan_schedule schedule = { .room = room };
	char problem[CCSAN_TEXT_BYTES];
	bool failed;

	schedule.decisions = ccsan_keep(room * sizeof(*schedule.decisions));
	ccsan_token_head(&own, e->body->name, e->wanted.granularity);
	if (!ccsan_schedule_scan(e->wanted.token, &schedule, &head, problem, sizeof(problem)))
		ccsan_die("not a token of a schedule: %s", problem);
	if (ccsan_is_for_other_test(&head, &own))
		return CCSAN_EXPLORED_RUNNING; /* not this one */
	ccsan_check_head("the token", &head, &own);
	e->wanted.steps = count_steps(&schedule); /* one that does not end, ends there */
	ccsan_trace_mode(CCSAN_TRACE_COLLECT, 0);
	if (e->wanted.trace)
		run_schedule(&schedule, false, NULL);
	ccsan_trace_mode(e->wanted.trace ? CCSAN_TRACE_TELL : CCSAN_TRACE_OFF, 0);
	plan = plan_of(CCSAN_REPLAY);
	plan.schedule = &schedule;
	e->search = ccsan_search_new(&plan, &e->host);
	ccsan_search_begin(e->search);
	failed = run(e->search);
	ccsan_search_end(e->search, failed);
	ccsan_trace_mode(CCSAN_TRACE_OFF, 0);
	for (struct ccsan_failure *failure = ccsan_failures_all(); failure;
	     failure = failure->next) {
		if (failure->has_finding && ccsan_failures_seen(failure->key))
			ccsan_send_finding(&failure->finding);
		if (ccsan_failures_seen(failure->key))
			tell_schedule(failure);
	}
	if (!ccsan_search_diverged(e->search))
		return CCSAN_EXPLORED_ALL;
	snprintf(e->told.text, sizeof(e->told.text),
		 "the program did not do what the schedule says it did");
	return CCSAN_EXPLORED_UNSTEADY;
}

/* --- the whole --- */

static enum ccsan_explored_state explore(void)
{
	if (e->wanted.strategy == CCSAN_REPLAY)
		return replay();
	if (splits())
		return search_part();
	return search(NULL, e->wanted.job == 0 && !*e->wanted.resume);
}

bool ccsan_explore(const struct ccsan_body *body)
{
	unsigned before;
	enum ccsan_explored_state state;

	set_up();
	if (*e->wanted.test && strcmp(e->wanted.test, body->name) != 0)
		return true;
	e->body = body;
	memset(&e->told, 0, sizeof(e->told));
	snprintf(e->told.test, sizeof(e->told.test), "%s", body->name);
	e->told.strategy = (uint32_t)e->wanted.strategy;
	before = ccsan_failures_count();
	state = explore();
	if (state == CCSAN_EXPLORED_RUNNING)
		return true;
	tell_progress(state);
	ccsan_search_free(e->search);
	return ccsan_failures_count() == before;
}
