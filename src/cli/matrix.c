/* SPDX-License-Identifier: MIT */
/* Results for people: each finding once with the CPUs it was found on, then the matrix. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "report/text.h"
#include "results.h"

/* --- findings, merged over CPUs --- */

static const struct ccsan_found *find_key(const struct ccsan_run *run, uint64_t key)
{
	for (const struct ccsan_found *f = run->found; f; f = f->next)
		if (f->key == key)
			return f;
	return NULL;
}

static bool seen_before(const struct ccsan_results *r, size_t run, const struct ccsan_found *found)
{
	for (size_t i = 0; i < run; i++)
		if (find_key(&r->runs[i], found->key))
			return true;
	return false;
}

static void list_cpus(const struct ccsan_results *r, uint64_t key, char *text, size_t size)
{
	size_t used = 0, count = 0;

	for (size_t i = 0; i < r->run_count; i++)
		if (find_key(&r->runs[i], key) && used < size) {
			used += (size_t)snprintf(text + used, size - used, "%s%s",
						 count ? ", " : "", r->runs[i].cpu);
			count++;
		}
	if (count == r->run_count && count > 1)
		snprintf(text, size, "all %zu CPUs that were run", count);
	else if (r->run_count > 1 && used < size)
		snprintf(text + used, size - used, " (%zu of %zu CPUs)", count, r->run_count);
}

static void print_findings(const struct ccsan_results *r, FILE *to, bool colour)
{
	char cpus[1024];

	for (size_t i = 0; i < r->run_count; i++)
		for (const struct ccsan_found *f = r->runs[i].found; f; f = f->next) {
			if (seen_before(r, i, f))
				continue;
			list_cpus(r, f->key, cpus, sizeof(cpus));
			ccsan_text_print(to, &f->finding, f->process->symbols, colour, cpus);
		}
}

/* --- cells --- */

static const char letters[] = {
	[CCSAN_KIND_NONE] = '?',
	[CCSAN_KIND_STALE_READ] = 'R',
	[CCSAN_KIND_STALE_DMA] = 'D',
	[CCSAN_KIND_STALE_FETCH] = 'F',
	[CCSAN_KIND_LOST_WRITE] = 'L',
	[CCSAN_KIND_CLOBBER] = 'C',
	[CCSAN_KIND_HOMONYM] = 'H',
	[CCSAN_KIND_MISSING_BARRIER] = 'B',
	[CCSAN_KIND_DMA_OWNERSHIP] = 'O',
	[CCSAN_KIND_LOST_DIRTY_PAGE] = 'P',
	[CCSAN_KIND_API_MISUSE] = 'M',
	[CCSAN_KIND_DEADLOCK] = 'K',
	[CCSAN_KIND_REDUNDANT_MAINTENANCE] = 'r',
};

_Static_assert(sizeof(letters) == CCSAN_KIND_COUNT, "every kind has a letter");

static unsigned kinds_of(const struct ccsan_run *run, const char *test)
{
	unsigned kinds = 0;

	for (const struct ccsan_found *f = run->found; f; f = f->next)
		if (!strcmp(f->finding.test, test))
			kinds |= 1u << f->finding.kind;
	return kinds;
}

static const struct ccsan_test_result *find_test(const struct ccsan_run *run, const char *name)
{
	for (const struct ccsan_test_result *t = run->tests; t; t = t->next)
		if (!strcmp(t->name, name))
			return t;
	return NULL;
}

/* The letters of a cell; '.' is nothing found. */
static void cell(const struct ccsan_run *run, const char *test, char *text)
{
	const struct ccsan_test_result *t = *test ? find_test(run, test) : NULL;
	unsigned kinds = kinds_of(run, test);
	bool unfinished = t ? t->state == CCSAN_TEST_BEGINS : !*test && run->outcome != CCSAN_ENDED;
	size_t n = 0;

	for (int kind = 0; kind < CCSAN_KIND_COUNT; kind++)
		if (kinds >> kind & 1)
			text[n++] = letters[kind];
	if (unfinished)
		text[n++] = '!';
	if (t && t->state == CCSAN_TEST_FAILED)
		text[n++] = 'x';
	if (*test && !t)
		text[n++] = '-';
	if (!n)
		text[n++] = '.';
	text[n] = '\0';
}

static void print_legend(FILE *to)
{
	fprintf(to, ". nothing found");
	for (int kind = 1; kind < CCSAN_KIND_REDUNDANT_MAINTENANCE; kind++)
		fprintf(to, "  %c %s", letters[kind], ccsan_kind_name((enum ccsan_kind)kind));
	fprintf(to, "  ! crashed or hung  x check failed  - not run\n");
}

/* --- tables --- */

/* With one thing to tell of each CPU: a line for each. */
static void print_list(const struct ccsan_results *r, FILE *to)
{
	for (size_t i = 0; i < r->run_count; i++) {
		const struct ccsan_run *run = &r->runs[i];
		unsigned kinds = kinds_of(run, "");
		const char *before = "";

		fprintf(to, "%-18s ", run->cpu);
		for (int kind = 0; kind < CCSAN_KIND_COUNT; kind++)
			if (kinds >> kind & 1) {
				fprintf(to, "%s%s", before, ccsan_kind_name((enum ccsan_kind)kind));
				before = ", ";
			}
		if (run->outcome == CCSAN_EXITED)
			fprintf(to, "%sexit status %d", before, run->status);
		else if (run->outcome == CCSAN_SIGNALED)
			fprintf(to, "%scrashed: %s", before, strsignal(run->status));
		else if (run->outcome == CCSAN_HUNG)
			fprintf(to, "%shung, killed", before);
		else if (run->outcome == CCSAN_STOPPED)
			fprintf(to, "%sstopped before its end", before);
		else if (!kinds)
			fprintf(to, "nothing found");
		fputc('\n', to);
	}
}

static int cell_width(const struct ccsan_results *r, const char *test, int width)
{
	char text[CCSAN_KIND_COUNT + 4];

	for (size_t i = 0; i < r->run_count; i++) {
		cell(&r->runs[i], test, text);
		if ((int)strlen(text) > width)
			width = (int)strlen(text);
	}
	return width;
}

/* CPU names stand upright over their columns. */
static void print_heads(const struct ccsan_results *r, FILE *to, int name_width, int width)
{
	size_t height = 0;

	for (size_t i = 0; i < r->run_count; i++)
		if (strlen(r->runs[i].cpu) > height)
			height = strlen(r->runs[i].cpu);
	for (size_t row = 0; row < height; row++) {
		fprintf(to, "%-*s", name_width, "");
		for (size_t i = 0; i < r->run_count; i++) {
			size_t skip = height - strlen(r->runs[i].cpu);

			fprintf(to, " %-*c", width, row < skip ? ' ' : r->runs[i].cpu[row - skip]);
		}
		fputc('\n', to);
	}
}

static void print_row(const struct ccsan_results *r, FILE *to, const char *test, int name_width,
		      int width)
{
	char text[CCSAN_KIND_COUNT + 4];

	fprintf(to, "%-*s", name_width, *test ? test : "(outside tests)");
	for (size_t i = 0; i < r->run_count; i++) {
		cell(&r->runs[i], test, text);
		fprintf(to, " %-*s", width, text);
	}
	fputc('\n', to);
}

static const struct ccsan_run *run_with_most_tests(const struct ccsan_results *r)
{
	const struct ccsan_run *most = &r->runs[0];
	size_t most_tests = 0;

	for (size_t i = 0; i < r->run_count; i++) {
		size_t tests = 0;

		for (const struct ccsan_test_result *t = r->runs[i].tests; t; t = t->next)
			tests++;
		if (tests > most_tests) {
			most = &r->runs[i];
			most_tests = tests;
		}
	}
	return most;
}

static bool found_outside_tests(const struct ccsan_results *r)
{
	for (size_t i = 0; i < r->run_count; i++)
		if (kinds_of(&r->runs[i], ""))
			return true;
	return false;
}

static void print_matrix(const struct ccsan_results *r, FILE *to)
{
	const struct ccsan_test_result *tests = run_with_most_tests(r)->tests;
	int name_width = 15, width = 1;

	for (const struct ccsan_test_result *t = tests; t; t = t->next) {
		if ((int)strlen(t->name) > name_width)
			name_width = (int)strlen(t->name);
		width = cell_width(r, t->name, width);
	}
	print_heads(r, to, name_width, width);
	for (const struct ccsan_test_result *t = tests; t; t = t->next)
		print_row(r, to, t->name, name_width, width);
	if (found_outside_tests(r))
		print_row(r, to, "", name_width, width);
	print_legend(to);
}

/* --- advice about redundant calls --- */

static bool changed_somewhere(const struct ccsan_results *r, uint64_t key)
{
	for (size_t i = 0; i < r->run_count; i++)
		for (const struct ccsan_site_result *s = r->runs[i].sites; s; s = s->next)
			if (s->key == key && s->site.lines_changed)
				return true;
	return false;
}

/* A host's function is inlined where it is called: its caller is meant. */
static const struct ccsan_frame *outside_hosts(const struct ccsan_frame *frames, int count)
{
	int i = 0;

	while (i + 1 < count && frames[i].file && strstr(frames[i].file, "/include/hosts/"))
		i++;
	return &frames[i];
}

static void print_redundant(const struct ccsan_results *r, FILE *to)
{
	struct ccsan_frame frames[CCSAN_FRAMES];
	const struct ccsan_frame *frame;
	int count;

	for (const struct ccsan_site_result *s = r->runs[0].sites; s; s = s->next) {
		if (changed_somewhere(r, s->key))
			continue;
		count = ccsan_symbols_find(s->process->symbols, s->site.pc, frames, CCSAN_FRAMES);
		frame = outside_hosts(frames, count);
		fprintf(to,
			"ccsan: advice: redundant-maintenance: %s in %s (%s:%d): %" PRIu64
			" call%s changed no line on any CPU that was run\n",
			ccsan_deed_name(s->site.deed), frame->function ? frame->function : "?",
			frame->file ? frame->file : frame->module, frame->line, s->site.calls,
			s->site.calls == 1 ? "" : "s");
	}
}

/* --- the end --- */

static void print_unseen(const struct ccsan_results *r, FILE *to)
{
	for (size_t i = 0; i < r->run_count; i++)
		for (const struct ccsan_process *p = r->runs[i].processes; p; p = p->next)
			if (p->end.unseen_lines) {
				fprintf(to,
					"ccsan: on %s %" PRIu64 " lines changed without a recorded "
					"writer, one of them at %#" PRIx64
					": code that was not built by `ccsan cc`, or a system "
					"call\n",
					r->runs[i].cpu, p->end.unseen_lines, p->end.unseen_at);
				return; /* the others say the same */
			}
}

static void print_totals(const struct ccsan_results *r, FILE *to)
{
	size_t distinct = 0, on = 0;
	unsigned suppressed = 0;

	for (size_t i = 0; i < r->run_count; i++) {
		on += r->runs[i].found != NULL;
		suppressed += r->runs[i].suppressed;
		for (const struct ccsan_found *f = r->runs[i].found; f; f = f->next)
			distinct += !seen_before(r, i, f);
	}
	fprintf(to, "ccsan: %zu distinct finding%s on %zu of %zu CPU%s", distinct,
		distinct == 1 ? "" : "s", on, r->run_count, r->run_count == 1 ? "" : "s");
	if (suppressed)
		fprintf(to, ", %u suppressed", suppressed);
	fputc('\n', to);
}

void ccsan_results_print(const struct ccsan_results *r, FILE *to, bool colour)
{
	print_findings(r, to, colour);
	if (run_with_most_tests(r)->tests)
		print_matrix(r, to);
	else
		print_list(r, to);
	if (r->run_count > 1)
		print_redundant(r, to);
	print_unseen(r, to);
	ccsan_suppressions_tell(r->suppressions, to, false);
	print_totals(r, to);
}
