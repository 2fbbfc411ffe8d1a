/* SPDX-License-Identifier: MIT */
/*
 * A file with several threads in every order that matters: rows of statements as actors on a stage,
 * under a search. Between two runs the machine's memory is as it was when the threads began.
 */
#include <stdlib.h>
#include <string.h>

#include "explore/shrink.h"
#include "running.h"

enum { FIRST_LOCK = 64, LOCK_SPACING = 8 };

/* How far a thread is. */
struct progress {
	unsigned done;  /* statements */
	uint64_t bytes; /* of the range operation under way */
	bool started;
};

/* A way to fail: a kind and two statements. */
struct failure {
	struct ccsan_finding finding;
	uint32_t access, cause;
	bool now; /* in the run under way */
	struct ccsan_schedule schedule;
};

struct exploring {
	struct ccsan_running running;
	struct ccsan_litmus_search *wanted;
	struct ccsan_dependence dependence;
	struct ccsan_litmus_touches touches;
	struct ccsan_search *search;
	struct ccsan_stage *stage;
	struct progress progress[CCSAN_MOST_ACTORS];
	struct failure *failures;
	unsigned failure_count, init_failures;
	char *stage_memory;
	size_t stage_room, stage_used;
	bool schedules_matter; /* CPUs of actors make a difference to who can run */
};

static void *search_memory(void *context, void *old, size_t size)
{
	(void)context;
	if (size)
		return ccsan_must(realloc(old, size));
	free(old);
	return NULL;
}

/* Zeroed, until the next run. */
static void *stage_memory(void *context, size_t bytes)
{
	struct exploring *x = context;
	void *taken = x->stage_memory + x->stage_used;

	bytes = (bytes + 15) & ~(size_t)15;
	if (x->stage_used + bytes > x->stage_room) {
		fprintf(stderr, "ccsan: more than %zu bytes of locks\n", x->stage_room);
		abort();
	}
	x->stage_used += bytes;
	return memset(taken, 0, bytes);
}

/* --- the machine's memory --- */

static void keep_memory(struct ccsan_running *r)
{
	for (struct ccsan_chunk *chunk = r->chunks; chunk; chunk = chunk->next) {
		chunk->before = ccsan_must(malloc(chunk->bytes));
		memcpy(chunk->before, chunk->memory, chunk->bytes);
	}
	r->mapped = false;
}

/* Large chunks are page tables, but for the engine's pool: they change with mappings only. */
static bool is_page_table(const struct ccsan_chunk *chunk)
{
	return chunk->bytes == CCSAN_LITMUS_TABLE_BYTES;
}

static void restore_memory(struct ccsan_running *r)
{
	while (r->chunks && !r->chunks->before) {
		struct ccsan_chunk *gone = r->chunks;

		r->chunks = gone->next;
		free(gone);
	}
	for (struct ccsan_chunk *chunk = r->chunks; chunk; chunk = chunk->next)
		if (r->mapped || !is_page_table(chunk))
			memcpy(chunk->memory, chunk->before, chunk->bytes);
	r->mapped = false;
}

/* --- findings --- */

static void found(void *context, const struct ccsan_finding *finding, uint32_t access,
		  uint32_t cause)
{
	struct exploring *x = context;
	struct failure *f = x->failures;

	for (; f < x->failures + x->failure_count; f++)
		if (f->finding.kind == finding->kind && f->access == access && f->cause == cause) {
			f->now = true;
			return;
		}
	x->failures =
		ccsan_must(realloc(x->failures, (x->failure_count + 1) * sizeof(*x->failures)));
	x->failures[x->failure_count++] = (struct failure){
		.finding = *finding, .access = access, .cause = cause, .now = true
	};
}

static void report(struct exploring *x, enum ccsan_kind kind, uint32_t access, uint32_t cause,
		   const char *text)
{
	struct ccsan_event waiter = { .origin = access }, holder = { .origin = cause };

	ccsan_machine_report_waiting(x->running.machine, kind, &waiter, cause ? &holder : NULL,
				     text);
}

static const struct ccsan_statement *statement_of(const struct exploring *x, unsigned actor)
{
	const struct ccsan_litmus *l = x->running.litmus;
	const struct ccsan_thread_object *t = &l->threads[actor];
	unsigned done = x->progress[actor].done;

	return t->count ? &l->statements[t->first + (done < t->count ? done : t->count - 1)] : NULL;
}

static uint32_t origin_of(const struct exploring *x, unsigned actor)
{
	const struct ccsan_statement *s = statement_of(x, actor);

	return s ? ccsan_running_origin(&x->running, s) : 0;
}

static void take_misuse(void *context, const char *text, unsigned other, uint32_t origin)
{
	struct exploring *x = context;

	(void)other;
	report(x, CCSAN_KIND_API_MISUSE, origin_of(x, ccsan_stage_current(x->stage)), origin, text);
}

/* "T0 waits for lock L which T1 holds": the stage knows locks by address only. */
static void why(const struct exploring *x, unsigned actor, char *text, size_t size,
		uint32_t *origin)
{
	const struct ccsan_litmus *l = x->running.litmus;
	const struct ccsan_statement *s = statement_of(x, actor);
	unsigned holder;
	char wait[128];

	ccsan_stage_why(x->stage, actor, wait, sizeof(wait), &holder, origin);
	if (s && s->verb == CCSAN_VERB_LOCK && holder < CCSAN_MOST_ACTORS)
		snprintf(wait, sizeof(wait), "waits for lock %.40s which %.40s holds",
			 l->locks[s->object].name,
			 holder == actor ? "it" : l->threads[holder].name);
	snprintf(text, size, "%.40s %s", l->threads[actor].name, wait);
}

/* Of those that are stuck, the first that waits for something itself. */
static unsigned first_waiter(const struct exploring *x, ccsan_actors stuck)
{
	for (unsigned actor = 0; actor < ccsan_stage_actor_count(x->stage); actor++) {
		const struct ccsan_statement *s = statement_of(x, actor);

		if (stuck >> actor & 1 && s &&
		    (s->verb == CCSAN_VERB_LOCK || s->verb == CCSAN_VERB_JOIN))
			return actor;
	}
	return (unsigned)__builtin_ctzll(stuck);
}

static void report_deadlock(struct exploring *x)
{
	ccsan_actors stuck = ccsan_stage_stuck(x->stage);
	unsigned first = first_waiter(x, stuck);
	char text[CCSAN_TEXT_BYTES] = "", one[192];
	uint32_t cause = 0, origin;
	size_t used = 0;

	for (unsigned actor = 0; actor < ccsan_stage_actor_count(x->stage); actor++) {
		if (!(stuck >> actor & 1))
			continue;
		why(x, actor, one, sizeof(one), &origin);
		if (actor == first)
			cause = origin;
		if (used < sizeof(text))
			used += (size_t)snprintf(text + used, sizeof(text) - used, "%s%s",
						 used ? "; " : "", one);
	}
	report(x, CCSAN_KIND_DEADLOCK, origin_of(x, first), cause, text);
}

/* --- one step --- */

static uint64_t lock_address(const struct ccsan_statement *s)
{
	return FIRST_LOCK + (uint64_t)s->object * LOCK_SPACING;
}

static bool is_range(const struct ccsan_statement *s)
{
	return s->verb == CCSAN_VERB_MAINTAIN || s->verb == CCSAN_VERB_OUTER;
}

/* Up to the end of the line, for range operations; else all of it. */
static struct ccsan_deed_part next_part(const struct exploring *x, const struct ccsan_statement *s,
					uint64_t done)
{
	struct ccsan_deed_part part = { s, s->offset + done, s->bytes - done };
	uint64_t unit = ccsan_running_unit(&x->running, s), left = unit - part.offset % unit;

	if (is_range(s) && part.bytes > left)
		part.bytes = left;
	return part;
}

static void tell_state(struct exploring *x, const struct ccsan_deed_part *part,
		       struct ccsan_litmus_step *step)
{
	const struct ccsan_running *r = &x->running;
	const struct ccsan_statement *s = part->statement;
	struct ccsan_shadow *shadow = ccsan_machine_shadow(r->machine);
	uint64_t pa;
	bool cached;

	if (s->verb == CCSAN_VERB_OUTER || s->verb == CCSAN_VERB_DEVICE)
		pa = r->frames[s->object] + part->offset;
	else if ((s->verb != CCSAN_VERB_ACCESS && s->verb != CCSAN_VERB_MAINTAIN) ||
		 !ccsan_machine_translate(r->machine,
					  ccsan_running_space(&r->litmus->aliases[s->object]),
					  r->aliases[s->object] + part->offset, &pa, &cached))
		return;
	if (ccsan_shadow_knows(shadow, pa))
		snprintf(step->state, sizeof(step->state), "%s",
			 ccsan_shadow_is_clean(shadow, pa) ? "memory is newest"
							   : "newer in a cache");
}

static void tell_step(struct exploring *x, unsigned actor, const struct ccsan_deed_part *part)
{
	const struct ccsan_thread_object *t = &x->running.litmus->threads[actor];
	const struct ccsan_statement *s = part->statement;
	struct ccsan_litmus_step step = {
		.actor = actor, .cpu = t->cpu, .device = t->device, .name = t->name, .text = ""
	};

	if (!x->wanted->step)
		return;
	if (s) {
		step.line = s->line;
		step.text = s->text;
		tell_state(x, part, &step);
	}
	if (s && part->bytes < s->bytes) {
		step.offset = part->offset - s->offset;
		step.bytes = part->bytes;
	}
	x->wanted->step(x->wanted->context, &step);
}

static void do_unlock(struct exploring *x, const struct ccsan_statement *s, unsigned actor)
{
	const struct ccsan_litmus *l = x->running.litmus;
	char text[192];

	if (ccsan_stage_held(x->stage, lock_address(s), true)) {
		ccsan_stage_release(x->stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK,
				    lock_address(s));
		return;
	}
	snprintf(text, sizeof(text), "unlock of lock %.40s, which %.40s does not hold",
		 l->locks[s->object].name, l->threads[actor].name);
	take_misuse(x, text, CCSAN_MOST_ACTORS, 0);
}

/* The names are those of the state before. */
static void do_on_machine(struct exploring *x, const struct ccsan_deed_part *part)
{
	struct ccsan_litmus_touches *t = &x->touches;

	ccsan_dependence_collect(&x->dependence, part, t);
	for (unsigned i = 0; i < t->count; i++)
		ccsan_stage_touch(x->stage, t->all[i].name, t->all[i].touch);
	ccsan_running_do(&x->running, part);
}

static void do_part(struct exploring *x, const struct ccsan_deed_part *part, unsigned actor)
{
	const struct ccsan_statement *s = part->statement;

	switch (s->verb) {
	case CCSAN_VERB_LOCK: /* it has it */
	case CCSAN_VERB_JOIN:
		break;
	case CCSAN_VERB_UNLOCK:
		do_unlock(x, s, actor);
		break;
	case CCSAN_VERB_IRQ_OFF:
		ccsan_stage_off(x->stage, CCSAN_SWITCH_IRQ);
		break;
	case CCSAN_VERB_IRQ_ON:
		ccsan_stage_on(x->stage, CCSAN_SWITCH_IRQ);
		break;
	default:
		do_on_machine(x, part);
	}
}

/* Says what the next statement waits for. Return: whether it may have to wait. */
static bool want(struct exploring *x, unsigned actor)
{
	const struct ccsan_litmus *l = x->running.litmus;
	const struct ccsan_statement *s = statement_of(x, actor);

	if (x->progress[actor].done == l->threads[actor].count)
		return false;
	if (s->verb == CCSAN_VERB_LOCK)
		ccsan_stage_want(x->stage, CCSAN_WANTS_EXCLUSIVE, CCSAN_SPINLOCK, lock_address(s),
				 false);
	else if (s->verb == CCSAN_VERB_JOIN)
		ccsan_stage_want(x->stage, CCSAN_WANTS_END, CCSAN_MUTEX, s->object, false);
	return s->verb == CCSAN_VERB_LOCK || s->verb == CCSAN_VERB_JOIN;
}

/* A statement, or a line of it. */
static void advance(struct exploring *x, unsigned actor)
{
	struct progress *p = &x->progress[actor];
	const struct ccsan_statement *s = statement_of(x, actor);
	struct ccsan_deed_part part = next_part(x, s, p->bytes);
	unsigned misuses = x->running.findings;

	tell_step(x, actor, &part);
	if (s->line != x->running.skipped_line)
		do_part(x, &part, actor);
	p->bytes += part.bytes;
	if (p->bytes < s->bytes && (x->running.kinds & 1u << CCSAN_KIND_API_MISUSE) &&
	    x->running.findings != misuses)
		p->bytes = s->bytes; /* the alias is gone: so is the rest */
	if (p->bytes < s->bytes)
		return;
	p->bytes = 0;
	p->done++;
}

static void take_step(struct exploring *x, unsigned actor)
{
	const struct ccsan_thread_object *t = &x->running.litmus->threads[actor];
	struct progress *p = &x->progress[actor];
	struct ccsan_deed_part start = { 0 };

	if (!p->started) {
		p->started = true;
		if (want(x, actor)) {
			tell_step(x, actor, &start);
			return;
		}
	} else {
		ccsan_stage_get(x->stage, origin_of(x, actor));
	}
	if (p->done < t->count)
		advance(x, actor);
	if (p->done == t->count)
		ccsan_stage_end(x->stage);
	else if (!p->bytes)
		want(x, actor);
}

/* --- one run --- */

static void add_actors(struct exploring *x)
{
	const struct ccsan_litmus *l = x->running.litmus;

	for (unsigned i = 0; i < l->threads_count; i++) {
		const struct ccsan_thread_object *t = &l->threads[i];
		unsigned cpu = t->device ? l->cpus : t->cpu;

		x->progress[i] = (struct progress){ 0 };
		ccsan_stage_add(x->stage, t->irq ? CCSAN_INTERRUPT : CCSAN_THREAD,
				x->schedules_matter ? cpu : 0, t->name, t->irq ? 1 : 0);
	}
}

static void run_once(struct exploring *x)
{
	struct ccsan_stage_host host = { .context = x,
					 .memory = stage_memory,
					 .misuse = take_misuse };
	unsigned cpus = x->schedules_matter ? x->running.litmus->cpus + 1 : 1, actor;

	restore_memory(&x->running);
	for (unsigned i = 0; i < x->failure_count; i++)
		x->failures[i].now = false;
	x->stage_used = 0;
	x->stage = ccsan_stage_new(x->search, cpus, &host);
	add_actors(x);
	while ((actor = ccsan_stage_next(x->stage)) < CCSAN_MOST_ACTORS)
		take_step(x, actor);
	ccsan_stage_tell_waits(x->stage);
	if (ccsan_stage_given_up(x->stage))
		return;
	if (ccsan_stage_stuck(x->stage))
		report_deadlock(x);
	else
		ccsan_running_end(&x->running);
}

/* --- schedules --- */

static void copy_schedule(struct ccsan_schedule *to, const struct ccsan_schedule *from)
{
	if (from->length > to->room) {
		to->room = from->length;
		to->decisions =
			ccsan_must(realloc(to->decisions, to->room * sizeof(*to->decisions)));
	}
	memcpy(to->decisions, from->decisions, from->length * sizeof(*from->decisions));
	to->length = from->length;
}

static bool is_simpler(const struct ccsan_schedule *a, const struct ccsan_schedule *b)
{
	size_t switches_a = ccsan_schedule_switches(a), switches_b = ccsan_schedule_switches(b);

	return switches_a != switches_b ? switches_a < switches_b : a->length < b->length;
}

/* Of a run that ended: the failures that it showed have its schedule, if that is the simplest. */
static void keep_schedules(struct exploring *x)
{
	const struct ccsan_schedule *schedule = ccsan_search_schedule(x->search);

	for (unsigned i = x->init_failures; i < x->failure_count; i++) {
		struct failure *f = &x->failures[i];

		if (f->now && (!f->schedule.length || is_simpler(schedule, &f->schedule)))
			copy_schedule(&f->schedule, schedule);
	}
}

/* A failure that is to be shown by simpler schedules, and the search of the last try. */
struct shrinking {
	struct exploring *x;
	unsigned failure;
};

static bool fails(void *context, const struct ccsan_schedule *wish,
		  const struct ccsan_schedule **made)
{
	struct shrinking *s = context;
	struct exploring *x = s->x;
	struct ccsan_plan plan = { .strategy = CCSAN_REPLAY, .schedule = wish, .loosely = true };
	struct ccsan_search_host host = { .memory = search_memory };

	ccsan_search_free(x->search);
	x->search = ccsan_search_new(&plan, &host);
	ccsan_search_begin(x->search);
	run_once(x);
	ccsan_search_end(x->search, false);
	*made = ccsan_search_schedule(x->search);
	return x->failures[s->failure].now;
}

static void shrink(struct exploring *x, unsigned failure)
{
	struct shrinking shrinking = { x, failure };
	struct ccsan_shrink_host host = { .context = &shrinking,
					  .fails = fails,
					  .memory = search_memory };
	struct ccsan_schedule schedule = x->failures[failure].schedule;

	ccsan_shrink(&schedule, x->wanted->tries, &host);
	x->failures[failure].schedule = schedule;
}

static char *token_of(const struct exploring *x, const struct ccsan_schedule *schedule)
{
	struct ccsan_token_head head = ccsan_token_head_of(x->running.litmus, x->running.cpu->name);
	int size = ccsan_schedule_print(schedule, &head, NULL, 0) + 1;
	char *text = ccsan_must(malloc((size_t)size));

	ccsan_schedule_print(schedule, &head, text, (size_t)size);
	return text;
}

/* --- all runs --- */

static void run_init(struct exploring *x)
{
	const struct ccsan_litmus *l = x->running.litmus;
	unsigned end = l->threads_count ? l->threads[0].first : l->statements_count;

	ccsan_running_start(&x->running);
	for (unsigned i = 0; i < end; i++) {
		const struct ccsan_statement *s = &l->statements[i];
		struct ccsan_deed_part part = { s, s->offset, s->bytes };

		if (s->line != x->running.skipped_line)
			ccsan_running_do(&x->running, &part);
	}
	x->init_failures = x->failure_count;
	keep_memory(&x->running);
	ccsan_dependence_find(&x->dependence, &x->running);
}

static void set_up(struct exploring *x)
{
	const struct ccsan_litmus *l = x->running.litmus;

	x->stage_room = 65536 + (size_t)l->locks_count * 256;
	x->stage_memory = ccsan_must(malloc(x->stage_room));
	for (unsigned i = 0; i < l->threads_count; i++)
		x->schedules_matter |= l->threads[i].irq;
	for (unsigned i = 0; i < l->statements_count; i++)
		x->schedules_matter |= l->statements[i].verb == CCSAN_VERB_IRQ_OFF;
	run_init(x);
}

static void clean_up(struct exploring *x)
{
	for (unsigned i = 0; i < x->failure_count; i++)
		free(x->failures[i].schedule.decisions);
	free(x->failures);
	free(x->stage_memory);
	free(x->touches.all);
	ccsan_dependence_free(&x->dependence);
	ccsan_running_free(&x->running);
	ccsan_search_free(x->search);
}

static void search_all(struct exploring *x, const struct ccsan_schedule *schedule)
{
	struct ccsan_litmus_search *wanted = x->wanted;
	struct ccsan_plan plan = { .strategy = wanted->strategy,
				   .runs = wanted->most_executions,
				   .schedule = schedule };
	struct ccsan_search_host host = { .memory = search_memory };
	struct ccsan_search_counts counts;

	x->search = ccsan_search_new(&plan, &host);
	while (ccsan_search_begin(x->search)) {
		run_once(x);
		ccsan_search_end(x->search, false);
		if (!ccsan_stage_given_up(x->stage))
			keep_schedules(x);
	}
	ccsan_search_counts(x->search, &counts);
	wanted->executions = counts.runs;
	wanted->complete = !plan.runs || counts.runs + counts.given_up < plan.runs;
	if (ccsan_search_diverged(x->search))
		snprintf(wanted->problem, sizeof(wanted->problem),
			 "the token's schedule does not fit this file");
}

/* Findings of runs that were given up, as other ones were, have no schedule, and do not count. */
static ccsan_kinds tell_failures(struct exploring *x)
{
	struct ccsan_litmus_search *wanted = x->wanted;
	ccsan_kinds kinds = 0;

	for (unsigned i = 0; i < x->failure_count; i++) {
		struct failure *f = &x->failures[i];
		char *token = NULL;

		if (i >= x->init_failures && !f->schedule.length)
			continue;
		kinds |= 1u << f->finding.kind;
		if (!wanted->finding)
			continue;
		if (i >= x->init_failures) {
			if (wanted->tries)
				shrink(x, i);
			token = token_of(x, &x->failures[i].schedule);
		}
		wanted->finding(wanted->context, &x->failures[i].finding, token);
		free(token);
	}
	return kinds;
}

static ccsan_kinds explore(struct exploring *x, struct ccsan_schedule *schedule)
{
	struct ccsan_litmus_search *wanted = x->wanted;
	struct ccsan_token_head head;
	ccsan_kinds kinds = 0;

	if (wanted->strategy == CCSAN_REPLAY &&
	    !ccsan_token_scan(x->running.litmus, wanted->token, schedule, &head, wanted->problem,
			      sizeof(wanted->problem)))
		return 0;
	set_up(x);
	search_all(x, wanted->strategy == CCSAN_REPLAY ? schedule : NULL);
	if (!*wanted->problem)
		kinds = tell_failures(x);
	clean_up(x);
	return kinds;
}

/* --- files with one order --- */

static void take_at_once(void *context, const struct ccsan_finding *finding, uint32_t access,
			 uint32_t cause)
{
	struct ccsan_litmus_search *wanted = context;

	(void)access, (void)cause;
	if (wanted->finding)
		wanted->finding(wanted->context, finding, NULL);
}

static ccsan_kinds run_in_order(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
				struct ccsan_litmus_search *wanted)
{
	struct ccsan_running r = {
		.litmus = litmus, .cpu = cpu, .found = take_at_once, .context = wanted
	};

	ccsan_running_start(&r);
	for (unsigned i = 0; i < litmus->statements_count; i++) {
		const struct ccsan_statement *s = &litmus->statements[i];
		struct ccsan_deed_part part = { s, s->offset, s->bytes };

		if (s->line != wanted->skipped_line)
			ccsan_running_do(&r, &part);
	}
	ccsan_running_end(&r);
	ccsan_running_free(&r);
	wanted->executions = 1;
	wanted->complete = true;
	return r.kinds;
}

/* --- both --- */

ccsan_kinds ccsan_litmus_search(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
				struct ccsan_litmus_search *wanted)
{
	struct exploring *x;
	struct ccsan_schedule schedule = { 0 };
	ccsan_kinds kinds;

	*wanted->problem = '\0';
	wanted->executions = 0;
	wanted->complete = false;
	if (!litmus->explored)
		return run_in_order(litmus, cpu, wanted);
	x = ccsan_must(calloc(1, sizeof(*x)));
	x->running.litmus = litmus;
	x->running.cpu = cpu;
	x->running.skipped_line = wanted->skipped_line;
	x->running.found = found;
	x->running.context = x;
	x->wanted = wanted;
	kinds = explore(x, &schedule);
	free(schedule.decisions);
	free(x);
	return kinds;
}

struct taker {
	void (*take)(void *context, const struct ccsan_finding *finding);
	void *context;
};

static void take_without_token(void *context, const struct ccsan_finding *finding,
			       const char *token)
{
	struct taker *taker = context;

	(void)token;
	taker->take(taker->context, finding);
}

ccsan_kinds ccsan_litmus_run(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
			     void (*take)(void *context, const struct ccsan_finding *finding),
			     void *context)
{
	struct taker taker = { take, context };
	struct ccsan_litmus_search search = { .strategy = CCSAN_EXHAUSTIVE,
					      .finding = take ? take_without_token : NULL,
					      .context = &taker };

	return ccsan_litmus_search(litmus, cpu, &search);
}

bool ccsan_litmus_is_explored(const struct ccsan_litmus *litmus)
{
	return litmus->explored;
}
