/* SPDX-License-Identifier: MIT */
/* A run for people: a column for each actor, a row for each step. */
#include "explored.h"

#include <string.h>

enum { MOST_COLUMNS = 64, NARROW = 30, STEP_WIDTH = 5 };

static void print_column(FILE *to, const char *text)
{
	fprintf(to, "%-*s", NARROW, text);
}

static void print_heads(const struct ccsan_step_list *trace, FILE *to)
{
	bool seen[MOST_COLUMNS] = { false };
	unsigned printed = 0;

	fprintf(to, "%*s  ", STEP_WIDTH, "step");
	for (unsigned actor = 0; actor < MOST_COLUMNS; actor++)
		for (size_t i = 0; i < trace->count && !seen[actor]; i++) {
			const struct ccsan_step_told *s = &trace->steps[i];
			char head[NARROW + 16];

			if (s->actor != actor)
				continue;
			seen[actor] = true;
			for (; printed < actor; printed++)
				print_column(to, "");
			if (s->cpu == CCSAN_NO_CPU)
				snprintf(head, sizeof(head), "%.28s", s->name);
			else
				snprintf(head, sizeof(head), "%.18s (CPU %u)", s->name, s->cpu);
			print_column(to, head);
			printed++;
		}
	fputc('\n', to);
}

static void print_place(const struct ccsan_step_told *step, struct ccsan_symbols *symbols, FILE *to)
{
	struct ccsan_frame frames[CCSAN_FRAMES];
	const char *slash;

	if (!step->pc)
		return;
	ccsan_symbols_find(symbols, step->pc, frames, CCSAN_FRAMES);
	if (!frames[0].file)
		return;
	slash = strrchr(frames[0].file, '/');
	fprintf(to, "  %s:%d", slash ? slash + 1 : frames[0].file, frames[0].line);
}

/* Accesses of one actor to one line of memory that follow each other, from one place, are one row.
 */
static bool is_more_of_the_same(const struct ccsan_step_told *a, const struct ccsan_step_told *b)
{
	return a->actor == b->actor && a->pc && a->pc == b->pc && !strncmp(a->what, b->what, 4);
}

/* A loop over a buffer is a round of few places. Return: how many steps after `at` go round with
 * the first `period` of them. */
static size_t repeated(const struct ccsan_step_list *trace, size_t at, size_t period)
{
	size_t count = 0;

	while (at + period + count < trace->count &&
	       is_more_of_the_same(&trace->steps[at + count], &trace->steps[at + period + count]))
		count++;
	return count - count % period;
}

enum { LONGEST_ROUND = 8, FEW = 2 };

/* Return: how many steps to leave out after this row, and of which round. */
static size_t to_fold(const struct ccsan_step_list *trace, size_t at, size_t *period)
{
	for (*period = 1; *period <= LONGEST_ROUND; ++*period) {
		size_t count = repeated(trace, at, *period);

		if (count > FEW * *period)
			return count;
	}
	return 0;
}

static void print_row(const struct ccsan_step_told *s, unsigned columns,
		      struct ccsan_symbols *symbols, FILE *to)
{
	fprintf(to, "%*u  %*s", STEP_WIDTH, s->step, (int)(s->actor * NARROW), "");
	/* A long text goes on into the columns to its right, which are empty here. */
	fprintf(to, "%-*s", (int)((columns - s->actor) * NARROW), s->what);
	print_place(s, symbols, to);
	if (*s->line)
		fprintf(to, "  [%s]", s->line);
	fputc('\n', to);
}

void ccsan_trace_print(const struct ccsan_step_list *trace, struct ccsan_symbols *symbols, FILE *to)
{
	unsigned columns = 0;

	if (!trace->count)
		return;
	for (size_t i = 0; i < trace->count; i++)
		if (trace->steps[i].actor >= columns)
			columns = trace->steps[i].actor + 1;
	print_heads(trace, to);
	for (size_t i = 0, period; i < trace->count; i++) {
		size_t folded = to_fold(trace, i, &period);

		for (size_t k = 0; folded && k < period - 1; k++)
			print_row(&trace->steps[i++], columns, symbols, to);
		print_row(&trace->steps[i], columns, symbols, to);
		if (folded)
			fprintf(to, "%*s  … and %zu times more\n", STEP_WIDTH, "", folded / period);
		i += folded;
	}
}
