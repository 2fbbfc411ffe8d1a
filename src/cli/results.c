/* SPDX-License-Identifier: MIT */
/* Streams of records become results. See results.h. */
#include "results.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"
#include "report/json.h"
#include "report/stream.h"

/* --- reading --- */

static struct ccsan_process *find_process(struct ccsan_results *results, struct ccsan_run *run,
					  uint32_t id)
{
	struct ccsan_process *p;

	for (p = run->processes; p; p = p->next)
		if (p->id == id)
			return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	p->id = id;
	p->symbols = ccsan_symbols_new(results->strip, results->symbolize);
	p->next = run->processes;
	run->processes = p;
	return p;
}

static uint64_t key_of(const struct ccsan_finding *finding, const struct ccsan_symbols *symbols)
{
	uint64_t key = ccsan_symbols_key(symbols, &finding->access) * 31 +
		       ccsan_symbols_key(symbols, &finding->cause);

	for (const char *c = finding->test; *c; c++)
		key = (key ^ (unsigned char)*c) * 1099511628211u;
	return key * 31 + finding->kind;
}

static int add_finding(struct ccsan_results *results, struct ccsan_run *run,
		       struct ccsan_process *process, const struct ccsan_finding *finding)
{
	struct ccsan_found *found;

	if (ccsan_suppressed(results->suppressions, finding, process->symbols)) {
		run->suppressed++;
		return 0;
	}
	found = calloc(1, sizeof(*found));
	if (!found)
		return -ENOMEM;
	found->finding = *finding;
	found->process = process;
	found->key = key_of(finding, process->symbols);
	*run->last_found = found;
	run->last_found = &found->next;
	return 0;
}

static void add_count(struct ccsan_run *run, const struct ccsan_process *process,
		      const struct ccsan_recount *count)
{
	for (struct ccsan_found *f = run->found; f; f = f->next)
		if (f->process == process && f->finding.serial == count->serial)
			f->finding.count = count->count;
}

static int add_site(struct ccsan_run *run, struct ccsan_process *process,
		    const struct ccsan_site *site)
{
	struct ccsan_actor actor = { .depth = 1, .stack = { site->pc } };
	struct ccsan_site_result *s = calloc(1, sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->site = *site;
	s->process = process;
	s->key = ccsan_symbols_key(process->symbols, &actor) + site->deed;
	s->next = run->sites;
	run->sites = s;
	return 0;
}

static int add_test(struct ccsan_run *run, const struct ccsan_test_event *event)
{
	struct ccsan_test_result *t;

	for (t = run->tests; t; t = t->next)
		if (!strcmp(t->name, event->name)) {
			t->state = event->state;
			return 0;
		}
	t = calloc(1, sizeof(*t));
	if (!t)
		return -ENOMEM;
	memcpy(t->name, event->name, sizeof(t->name));
	t->state = event->state;
	*run->last_test = t;
	run->last_test = &t->next;
	return 0;
}

static int add_message(struct ccsan_results *results, struct ccsan_run *run,
		       const struct ccsan_message *m)
{
	struct ccsan_process *process = find_process(results, run, m->process);

	if (!process || !process->symbols)
		return -ENOMEM;
	switch (m->type) {
	case CCSAN_RECORD_MODULE:
		ccsan_symbols_add(process->symbols, &m->body.module);
		return 0;
	case CCSAN_RECORD_FINDING:
		return add_finding(results, run, process, &m->body.finding);
	case CCSAN_RECORD_COUNT:
		add_count(run, process, &m->body.count);
		return 0;
	case CCSAN_RECORD_SITE:
		return add_site(run, process, &m->body.site);
	case CCSAN_RECORD_TEST:
		return add_test(run, &m->body.test);
	case CCSAN_RECORD_END:
		process->end = m->body.end;
		process->ended = true;
		return 0;
	default: /* what explored runs tell */
		return 0;
	}
}

int ccsan_results_read(struct ccsan_results *results, struct ccsan_run *run, const char *path)
{
	struct ccsan_message message;
	int fd = open(path, O_RDONLY | O_CLOEXEC), got, error = 0;

	run->last_found = &run->found;
	run->last_test = &run->tests;
	if (fd < 0)
		return errno == ENOENT ? 0 : -errno;
	while (!error && (got = ccsan_stream_next(fd, &message)) != 0)
		error = got < 0 ? got : add_message(results, run, &message);
	close(fd);
	return error;
}

/* --- freeing --- */

#define FREE_LIST(type, list, free_one)                         \
	do {                                                    \
		type *next_;                                    \
                                                                \
		for (type *item = (list); item; item = next_) { \
			next_ = item->next;                     \
			free_one;                               \
			free(item);                             \
		}                                               \
	} while (0)

void ccsan_results_free(struct ccsan_results *results)
{
	for (size_t i = 0; i < results->run_count; i++) {
		struct ccsan_run *run = &results->runs[i];

		FREE_LIST(struct ccsan_found, run->found, (void)0);
		FREE_LIST(struct ccsan_test_result, run->tests, (void)0);
		FREE_LIST(struct ccsan_site_result, run->sites, (void)0);
		FREE_LIST(struct ccsan_process, run->processes, ccsan_symbols_free(item->symbols));
	}
	free(results->runs);
	ccsan_suppressions_free(results->suppressions);
}

/* --- the verdict --- */

static bool has_failed_test(const struct ccsan_run *run)
{
	for (const struct ccsan_test_result *t = run->tests; t; t = t->next)
		if (t->state == CCSAN_TEST_FAILED)
			return true;
	return false;
}

/* A program of tests exits with 1 if one of them failed or found something: that is a verdict, all
 * the more if the findings are suppressed here. */
static bool is_tests_verdict(const struct ccsan_run *run)
{
	if (run->outcome != CCSAN_EXITED || run->status != 1 || !run->tests)
		return false;
	for (const struct ccsan_test_result *t = run->tests; t; t = t->next)
		if (t->state == CCSAN_TEST_BEGINS)
			return false;
	return true;
}

bool ccsan_run_is_explained(const struct ccsan_run *run)
{
	return run->outcome == CCSAN_ENDED || (is_tests_verdict(run) && !has_failed_test(run));
}

int ccsan_results_status(const struct ccsan_results *results)
{
	int status = CCSAN_FINE;

	for (size_t i = 0; i < results->run_count; i++) {
		const struct ccsan_run *run = &results->runs[i];

		if (run->outcome == CCSAN_FOREIGN || run->outcome == CCSAN_REFUSED)
			return CCSAN_USAGE;
		if (run->outcome != CCSAN_ENDED && !is_tests_verdict(run))
			status = CCSAN_CRASHED;
		if ((run->found || has_failed_test(run)) && status == CCSAN_FINE)
			status = CCSAN_FOUND;
	}
	return status;
}

/* --- JSON --- */

static json_t *stats(const struct ccsan_run *run)
{
	static const char *const outcomes[] = { "ended",   "exited",  "signaled", "hung",
						"foreign", "refused", "stopped" };
	json_t *object = json_object();
	json_int_t accesses = 0, unseen = 0, bytes = 0, lines = 0;

	for (const struct ccsan_process *p = run->processes; p; p = p->next) {
		accesses += (json_int_t)p->end.slow_accesses;
		unseen += (json_int_t)p->end.unseen_lines;
		bytes += (json_int_t)p->end.table_bytes;
		lines += (json_int_t)p->end.maintained_lines;
	}
	json_object_set_new(object, "outcome", json_string(outcomes[run->outcome]));
	json_object_set_new(object, "status", json_integer(run->status));
	json_object_set_new(object, "slow_accesses", json_integer(accesses));
	json_object_set_new(object, "unseen_lines", json_integer(unseen));
	json_object_set_new(object, "maintained_lines", json_integer(lines));
	json_object_set_new(object, "table_bytes", json_integer(bytes));
	json_object_set_new(object, "suppressed", json_integer(run->suppressed));
	return object;
}

static json_t *result(const struct ccsan_results *results, const struct ccsan_run *run,
		      const char *test, json_t *findings)
{
	json_t *object = json_object();

	json_object_set_new(object, "program", json_string(results->program));
	json_object_set_new(object, "test", test ? json_string(test) : json_null());
	json_object_set_new(object, "cpu", json_string(run->cpu));
	json_object_set_new(object, "engine", json_string("shadow"));
	json_object_set_new(object, "schedule", json_null());
	json_object_set_new(object, "findings", findings);
	json_object_set_new(object, "stats", stats(run));
	return object;
}

static json_t *findings_of(const struct ccsan_run *run, const char *test)
{
	json_t *array = json_array();

	for (const struct ccsan_found *f = run->found; f; f = f->next)
		if (!strcmp(f->finding.test, test))
			json_array_append_new(array,
					      ccsan_json_finding(&f->finding, f->process->symbols));
	return array;
}

json_t *ccsan_results_json(const struct ccsan_results *results)
{
	json_t *array = json_array();

	for (size_t i = 0; i < results->run_count; i++) {
		const struct ccsan_run *run = &results->runs[i];
		json_t *outside = findings_of(run, "");

		if (!run->tests || json_array_size(outside))
			json_array_append_new(array, result(results, run, NULL, outside));
		else
			json_decref(outside);
		for (const struct ccsan_test_result *t = run->tests; t; t = t->next)
			json_array_append_new(
				array, result(results, run, t->name, findings_of(run, t->name)));
	}
	return ccsan_json_document(array);
}
