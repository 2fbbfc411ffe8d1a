/* SPDX-License-Identifier: MIT */
/* See explored.h. */
#include "explored.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "report/text.h"

/* --- taking --- */

static uint64_t hash_text(uint64_t key, const char *text)
{
	for (; *text; text++)
		key = (key ^ (unsigned char)*text) * 1099511628211u;
	return key;
}

static uint64_t key_of(const struct ccsan_part *part, const struct ccsan_finding *f)
{
	uint64_t key = ccsan_symbols_key(part->symbols, &f->access) * 31 +
		       ccsan_symbols_key(part->symbols, &f->cause);

	return hash_text(hash_text(key * 31 + f->kind, f->test), part->cpu);
}

static struct ccsan_explored_failure *find(const struct ccsan_exploration *x, uint64_t key)
{
	struct ccsan_explored_failure *f = x->failures;

	while (f && f->key != key)
		f = f->next;
	return f;
}

static struct ccsan_explored_failure *
add(struct ccsan_exploration *x, const struct ccsan_part *part, uint32_t serial, uint64_t key)
{
	struct ccsan_explored_failure *f = calloc(1, sizeof(*f));

	if (!f)
		return NULL;
	f->part = part;
	f->serial = serial;
	f->key = key;
	if (!x->last_failure)
		x->last_failure = &x->failures;
	*x->last_failure = f;
	x->last_failure = &f->next;
	return f;
}

static struct ccsan_explored_failure *of_part(const struct ccsan_exploration *x,
					      const struct ccsan_part *part, uint32_t serial)
{
	struct ccsan_explored_failure *f = x->failures;

	while (f && (f->part != part || f->serial != serial))
		f = f->next;
	return f;
}

static int take_finding(struct ccsan_exploration *x, struct ccsan_part *part,
			const struct ccsan_finding *finding)
{
	uint64_t key = key_of(part, finding);
	struct ccsan_explored_failure *f;

	if (ccsan_suppressed(x->suppressions, finding, part->symbols)) {
		x->suppressed++;
		return 0;
	}
	if (find(x, key))
		return 0; /* another part has found it as well */
	f = add(x, part, finding->serial, key);
	if (!f)
		return -ENOMEM;
	f->has_finding = true;
	f->finding = *finding;
	return 0;
}

static int append(char **to, const char *text)
{
	size_t n = *to ? strlen(*to) : 0;
	char *longer = realloc(*to, n + strlen(text) + 1);

	if (!longer)
		return -ENOMEM;
	strcpy(longer + n, text); // NOLINT: it fits
	*to = longer;
	return 0;
}

static int take_schedule(struct ccsan_exploration *x, struct ccsan_part *part,
			 const struct ccsan_schedule_part *s)
{
	struct ccsan_explored_failure *f = of_part(x, part, s->serial);
	uint64_t key = hash_text(hash_text(1, s->failure), part->cpu);

	if (!f && *s->failure && !find(x, key)) {
		f = add(x, part, s->serial, key);
		if (!f)
			return -ENOMEM;
		snprintf(f->finding.text, sizeof(f->finding.text), "%s", s->failure);
	}
	if (!f || f->complete)
		return 0;
	f->switches = s->switches;
	f->steps = s->steps;
	f->complete = s->last;
	return append(&f->token, s->text);
}

static int take_step(struct ccsan_exploration *x, struct ccsan_part *part,
		     const struct ccsan_step_told *step)
{
	struct ccsan_explored_failure *f = of_part(x, part, step->serial);
	struct ccsan_step_list *list = f ? &f->trace : &x->run;
	struct ccsan_step_told *steps;

	x->run_part = part;
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 64;
		steps = realloc(list->steps, list->room * sizeof(*steps));
		if (!steps)
			return -ENOMEM;
		list->steps = steps;
	}
	list->steps[list->count++] = *step;
	return 0;
}

/* --- tests --- */

static struct ccsan_explored_test *test_of(struct ccsan_exploration *x, const char *cpu,
					   const char *name)
{
	struct ccsan_explored_test *t;

	for (t = x->tests; t; t = t->next)
		if (!strcmp(t->cpu, cpu) && !strcmp(t->sum.test, name))
			return t;
	t = calloc(1, sizeof(*t));
	if (!t)
		return NULL;
	t->cpu = cpu;
	snprintf(t->sum.test, sizeof(t->sum.test), "%s", name);
	t->sum.state = CCSAN_EXPLORED_ALL;
	if (!x->last_test)
		x->last_test = &x->tests;
	*x->last_test = t;
	x->last_test = &t->next;
	return t;
}

static int take_explored(struct ccsan_exploration *x, struct ccsan_part *part,
			 const struct ccsan_explored *told)
{
	struct ccsan_explored_test *t;

	part->last = *told;
	if (told->state == CCSAN_EXPLORED_RUNNING)
		return 0;
	t = test_of(x, part->cpu, told->test);
	if (!t)
		return -ENOMEM;
	t->parts++;
	t->sum.strategy = told->strategy;
	t->sum.runs += told->runs;
	t->sum.given_up += told->given_up;
	t->sum.failed += told->failed;
	t->sum.bound = told->bound;
	if (told->longest > t->sum.longest)
		t->sum.longest = told->longest;
	if (told->seconds > t->sum.seconds)
		t->sum.seconds = told->seconds;
	if (told->state > t->sum.state)
		t->sum.state = told->state;
	if (told->all_orders > t->sum.all_orders)
		t->sum.all_orders = told->all_orders;
	if (*told->text)
		snprintf(t->sum.text, sizeof(t->sum.text), "%s", told->text);
	return 0;
}

int ccsan_exploration_take(struct ccsan_exploration *x, struct ccsan_part *part,
			   const struct ccsan_message *m)
{
	switch (m->type) {
	case CCSAN_RECORD_MODULE:
		ccsan_symbols_add(part->symbols, &m->body.module);
		return 0;
	case CCSAN_RECORD_FINDING:
		return take_finding(x, part, &m->body.finding);
	case CCSAN_RECORD_SCHEDULE:
		return take_schedule(x, part, &m->body.schedule);
	case CCSAN_RECORD_STEP:
		return take_step(x, part, &m->body.step);
	case CCSAN_RECORD_EXPLORED:
		return take_explored(x, part, &m->body.explored);
	case CCSAN_RECORD_END:
		part->ended = true;
		part->exit_status = m->body.end.exit_status;
		return 0;
	default:
		return 0;
	}
}

/* --- for people --- */

static void print_replay(const struct ccsan_exploration *x, const struct ccsan_explored_failure *f,
			 FILE *to)
{
	if (!f->token)
		return;
	fprintf(to, "Replay (%" PRIu64 " decisions, %" PRIu64 " switches):\n  ccsan replay %s %s",
		f->steps, f->switches, f->token, x->program);
	for (char **argument = x->arguments; argument && *argument; argument++)
		fprintf(to, " %s", *argument);
	fputc('\n', to);
}

static void print_failure(const struct ccsan_exploration *x, const struct ccsan_explored_failure *f,
			  FILE *to, bool colour)
{
	if (f->has_finding)
		ccsan_text_print(to, &f->finding, f->part->symbols, colour, NULL);
	else
		fprintf(to,
			"==================================================================\n"
			"ERROR: ccsan: %s\n\n",
			f->finding.text);
	if (f->trace.count) {
		fprintf(to, "The schedule, as short as it gets:\n");
		ccsan_trace_print(&f->trace, f->part->symbols, to);
	}
	print_replay(x, f, to);
	fprintf(to, "==================================================================\n");
}

static const char *how_far(const struct ccsan_explored *sum)
{
	switch (sum->state) {
	case CCSAN_EXPLORED_ALL:
		return "all there are";
	case CCSAN_EXPLORED_BUDGET:
		return "the budget is used up";
	case CCSAN_EXPLORED_HUNG:
		return "then one did not get on";
	default:
		return "not explored";
	}
}

static void print_test(const struct ccsan_explored_test *t, FILE *to)
{
	fprintf(to, "%s%son %s: %" PRIu64 " execution%s (%s)", t->sum.test, *t->sum.test ? " " : "",
		t->cpu, t->sum.runs, t->sum.runs == 1 ? "" : "s", how_far(&t->sum));
	if (t->sum.all_orders > (double)t->sum.runs)
		fprintf(to, " of about %.3g interleavings", t->sum.all_orders);
	fprintf(to, ", the longest of %" PRIu64 " steps, %.1f s", t->sum.longest, t->sum.seconds);
	if (t->sum.given_up)
		fprintf(to, "; %" PRIu64 " given up as repetitions", t->sum.given_up);
	fprintf(to, "; %" PRIu64 " failed\n", t->sum.failed);
	if (*t->sum.text)
		fprintf(to, "  note: %s\n", t->sum.text);
}

void ccsan_exploration_print(const struct ccsan_exploration *x, FILE *to, bool colour)
{
	unsigned count = 0;

	if (x->run.count)
		ccsan_trace_print(&x->run, x->run_part->symbols, to);
	for (const struct ccsan_explored_failure *f = x->failures; f; f = f->next, count++)
		print_failure(x, f, to, colour);
	for (const struct ccsan_explored_test *t = x->tests; t; t = t->next)
		print_test(t, to);
	ccsan_suppressions_tell(x->suppressions, to, false);
	fprintf(to, "ccsan: %u distinct failure%s", count, count == 1 ? "" : "s");
	if (x->suppressed)
		fprintf(to, ", %u suppressed", x->suppressed);
	fputc('\n', to);
}

/* --- JSON --- */

static json_t *stats_json(const struct ccsan_explored *sum)
{
	static const char *const states[] = { "running", "all", "budget", "unsteady", "hung" };
	unsigned state = sum->state < sizeof(states) / sizeof(*states) ? sum->state : 0;

	return json_pack("{s:I, s:I, s:I, s:I, s:f, s:f, s:s, s:s}", "executions",
			 (json_int_t)sum->runs, "given_up", (json_int_t)sum->given_up, "failed",
			 (json_int_t)sum->failed, "longest", (json_int_t)sum->longest,
			 "interleavings", sum->all_orders, "seconds", sum->seconds, "state",
			 states[state], "note", sum->text);
}

static json_t *failure_json(const struct ccsan_explored_failure *f)
{
	json_t *object = f->has_finding ? ccsan_json_finding(&f->finding, f->part->symbols)
					: json_pack("{s:s, s:s}", "kind", "failure", "text",
						    f->finding.text);

	json_object_set_new(object, "schedule", f->token ? json_string(f->token) : json_null());
	return object;
}

static json_t *test_json(const struct ccsan_exploration *x, const struct ccsan_explored_test *t)
{
	json_t *findings = json_array(), *object = json_object();
	const char *token = NULL;

	for (const struct ccsan_explored_failure *f = x->failures; f; f = f->next) {
		bool here = !strcmp(f->part->cpu, t->cpu) &&
			    (!f->has_finding || !strcmp(f->finding.test, t->sum.test));

		if (!here)
			continue;
		json_array_append_new(findings, failure_json(f));
		token = token ? token : f->token;
	}
	json_object_set_new(object, "program", json_string(x->program));
	json_object_set_new(object, "test", *t->sum.test ? json_string(t->sum.test) : json_null());
	json_object_set_new(object, "cpu", json_string(t->cpu));
	json_object_set_new(object, "engine", json_string("shadow"));
	json_object_set_new(object, "schedule", token ? json_string(token) : json_null());
	json_object_set_new(object, "findings", findings);
	json_object_set_new(object, "stats", stats_json(&t->sum));
	return object;
}

json_t *ccsan_exploration_json(const struct ccsan_exploration *x)
{
	json_t *results = json_array();

	for (const struct ccsan_explored_test *t = x->tests; t; t = t->next)
		json_array_append_new(results, test_json(x, t));
	return ccsan_json_document(results);
}

/* --- freeing --- */

void ccsan_exploration_free(struct ccsan_exploration *x)
{
	for (struct ccsan_explored_failure *f = x->failures, *next; f; f = next) {
		next = f->next;
		free(f->token);
		free(f->trace.steps);
		free(f);
	}
	free(x->run.steps);
	for (struct ccsan_explored_test *t = x->tests, *next; t; t = next) {
		next = t->next;
		free(t);
	}
	ccsan_suppressions_free(x->suppressions);
}
