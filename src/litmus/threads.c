/* SPDX-License-Identifier: MIT */
/* Threads, interrupts, locks and CPUs in a file. See reading.h. */
#include <string.h>

#include "reading.h"

static bool read_cpu_of_thread(struct ccsan_reading *r, struct ccsan_thread_object *thread)
{
	uint64_t cpu = 0;
	int at;

	r->at++;
	at = ccsan_reading_column(r);
	if (!ccsan_reading_take_number(r, "a CPU", &cpu))
		return false;
	if (cpu >= r->litmus->cpus)
		return ccsan_reading_fail(r, at, "CPUs count from 0, and the file says 'cpus %u'",
					  r->litmus->cpus);
	thread->cpu = (unsigned)cpu;
	thread->placed = true;
	return true;
}

bool ccsan_reading_begin_thread(struct ccsan_reading *r, int at, bool irq)
{
	struct ccsan_thread_object thread = { .irq = irq, .first = r->litmus->statements_count };
	int at_name = ccsan_reading_column(r);
	unsigned i;

	if (r->in_thread)
		return ccsan_reading_fail(r, at, "a thread inside of a thread");
	if (r->litmus->threads_count == CCSAN_MOST_ACTORS)
		return ccsan_reading_fail(r, at, "more than %d threads", (int)CCSAN_MOST_ACTORS);
	if (!ccsan_reading_take_name(r, "a thread", thread.name))
		return false;
	CCSAN_FIND(r->litmus, threads, thread.name, i);
	if (i < r->litmus->threads_count)
		return ccsan_reading_fail(r, at_name, "'%s' is a thread already", thread.name);
	if (ccsan_reading_next_is(r, "on") && !read_cpu_of_thread(r, &thread))
		return false;
	if (!ccsan_reading_next_is(r, "{"))
		return ccsan_reading_fail(r, ccsan_reading_column(r), "'{' was expected");
	r->at++;
	r->in_thread = true;
	r->litmus->explored |= irq || r->litmus->threads_count > 0;
	CCSAN_APPEND(r->litmus, threads, thread);
	return true;
}

bool ccsan_reading_end_thread(struct ccsan_reading *r, int at)
{
	struct ccsan_litmus *l = r->litmus;
	struct ccsan_thread_object *thread;
	unsigned transfers = 0;

	if (!r->in_thread)
		return ccsan_reading_fail(r, at, "'}' without a thread");
	thread = &l->threads[l->threads_count - 1];
	r->in_thread = false;
	thread->count = l->statements_count - thread->first;
	for (unsigned i = thread->first; i < l->statements_count; i++) {
		enum ccsan_verb verb = l->statements[i].verb;

		transfers += verb == CCSAN_VERB_DEVICE;
		if (verb != CCSAN_VERB_DEVICE && verb != CCSAN_VERB_JOIN)
			return true;
	}
	thread->device = transfers && !thread->irq && !thread->placed;
	return true;
}

bool ccsan_reading_cpus(struct ccsan_reading *r)
{
	uint64_t cpus = 0;
	int at = ccsan_reading_column(r);

	if (!ccsan_reading_take_number(r, "CPUs", &cpus))
		return false;
	if (!cpus || cpus > CCSAN_CACHED_CPUS)
		return ccsan_reading_fail(r, at, "there are 1 to %d CPUs", (int)CCSAN_CACHED_CPUS);
	if (r->acts)
		return ccsan_reading_fail(r, at, "'cpus' comes before the first statement");
	r->litmus->cpus = (unsigned)cpus;
	return true;
}

/* Locks need no declaration. */
static bool read_lock(struct ccsan_reading *r, struct ccsan_statement *s)
{
	struct ccsan_named lock = { 0 };

	if (!ccsan_reading_take_name(r, "a lock", lock.name))
		return false;
	CCSAN_FIND(r->litmus, locks, lock.name, s->object);
	if (s->object == r->litmus->locks_count)
		CCSAN_APPEND(r->litmus, locks, lock);
	return true;
}

static bool read_join(struct ccsan_reading *r)
{
	struct ccsan_join join = { .statement = r->litmus->statements_count,
				   .line = r->line,
				   .column = ccsan_reading_column(r) };

	if (!ccsan_reading_take_name(r, "a thread", join.name))
		return false;
	CCSAN_APPEND(r, joins, join);
	return true;
}

/* What is about who runs when only makes sense in a thread. */
bool ccsan_reading_on_order(struct ccsan_reading *r, struct ccsan_statement *s, int at)
{
	if (!r->in_thread)
		return ccsan_reading_fail(r, at, "'%s' outside of a thread",
					  r->words[r->at - 1].text);
	r->litmus->explored = true;
	if (s->verb == CCSAN_VERB_LOCK || s->verb == CCSAN_VERB_UNLOCK)
		return read_lock(r, s);
	return s->verb != CCSAN_VERB_JOIN || read_join(r);
}

static bool find_threads_to_join(struct ccsan_reading *r)
{
	struct ccsan_litmus *l = r->litmus;

	for (unsigned i = 0; i < r->joins_count; i++) {
		const struct ccsan_join *join = &r->joins[i];
		unsigned thread;

		CCSAN_FIND(l, threads, join->name, thread);
		r->line = join->line;
		if (thread == l->threads_count)
			return ccsan_reading_fail(r, join->column, "no thread is called '%s'",
						  join->name);
		if (l->threads[thread].irq)
			return ccsan_reading_fail(r, join->column,
						  "'%s' is an interrupt, which may not come",
						  join->name);
		l->statements[join->statement].object = thread;
	}
	return true;
}

/* Statements outside of threads run before them: that should be how it reads. */
static bool check_order(struct ccsan_reading *r)
{
	const struct ccsan_litmus *l = r->litmus;
	unsigned expected = l->threads_count ? l->threads[0].first : 0;

	for (unsigned i = 0; l->explored && i < l->threads_count; i++) {
		if (l->threads[i].first != expected)
			break;
		expected += l->threads[i].count;
	}
	if (!l->explored || expected == l->statements_count)
		return true;
	r->line = l->statements[expected].line;
	return ccsan_reading_fail(r, 1,
				  "what is outside of several threads runs first, and comes first");
}

bool ccsan_reading_finish_threads(struct ccsan_reading *r)
{
	return find_threads_to_join(r) && check_order(r);
}
