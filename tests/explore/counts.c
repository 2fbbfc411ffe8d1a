/* SPDX-License-Identifier: MIT */
/*
 * Exact counts: runs of the programs of the literature, by the exhaustive strategy, against all
 * interleavings and against what the papers give. Prints the table of docs/explore.md; fails if
 * a number is not the pinned one.
 *
 * usage: counts
 */
#include <inttypes.h>
#include <string.h>

#include "check.h"
#include "program.h"

/* 0 where a number is not known: too many interleavings to count, or no paper that gives one. */
struct row {
	const char *name;
	void (*make)(struct program *p, unsigned n);
	unsigned n;
	uint64_t runs, given_up;           /* of the exhaustive strategy */
	uint64_t traces, all;              /* classes of interleavings, and interleavings (BRUTE) */
	uint64_t classic, source, optimal; /* POPL 2014, table 1 */
};

static void independent(struct program *p, unsigned k)
{
	program_steps(p, 2, k, false);
}

static void dependent(struct program *p, unsigned k)
{
	program_steps(p, 2, k, true);
}

static const struct row rows[] = {
	{ "readers", program_readers, 2, 4, 0, 4, 6, 5, 4, 4 },
	{ "readers", program_readers, 8, 256, 0, 256, 362880, 3281, 256, 256 },
	{ "readers", program_readers, 13, 8192, 0, 0, 0, 797162, 8192, 8192 },
	{ "last zero", program_last_zero, 3, 12, 0, 12, 920 },
	{ "last zero", program_last_zero, 5, 64, 0, 0, 0, 241, 79, 64 },
	{ "last zero", program_last_zero, 10, 3328, 0, 0, 0, 53198, 7204, 3328 },
	{ "last zero", program_last_zero, 15, 147456, 0, 0, 0, 9378091, 302587, 147456 },
	{ "indexer", program_indexer, 12, 10, 0, 0, 0, 78, 8, 8 },
	{ "indexer", program_indexer, 15, 4098, 28448, 0, 0, 341832, 4096, 4096 },
	{ "file system", program_file_system, 14, 4, 0, 0, 0, 4, 2, 2 },
	{ "file system", program_file_system, 16, 10, 0, 0, 0, 64, 8, 8 },
	{ "file system", program_file_system, 18, 34, 0, 0, 0, 1024, 32, 32 },
	{ "file system", program_file_system, 19, 66, 0, 0, 0, 4096, 64, 64 },
	{ "philosophers", program_philosophers, 2, 3, 0, 3, 6 },
	{ "philosophers", program_philosophers, 3, 7, 0, 7, 168 },
	{ "philosophers", program_philosophers, 4, 15, 0, 15, 98184 },
	{ "philosophers", program_philosophers, 5, 31, 0, 0, 0 },
	{ "2 x k independent", independent, 5, 1, 0, 1, 252 },
	{ "2 x k independent", independent, 9, 1, 0, 1, 48620 },
	{ "2 x k dependent", dependent, 5, 252, 0, 252, 252 },
	{ "2 x k dependent", dependent, 10, 184756, 0, 184756, 184756 },
};

static struct ccsan_search_counts explore(const struct program *p, enum ccsan_strategy strategy,
					  struct set *traces)
{
	struct ccsan_plan plan = { .strategy = strategy };
	struct ccsan_search *search = ccsan_search_new(&plan, &test_host);
	struct ccsan_search_counts counts;
	struct trace trace;
	uint64_t final;

	while (ccsan_search_begin(search)) {
		run_program(p, search, &final, traces ? &trace : NULL);
		if (traces)
			set_add(traces, trace.hash);
	}
	ccsan_search_counts(search, &counts);
	ccsan_search_free(search);
	return counts;
}

static void print_number(uint64_t number)
{
	if (number)
		printf(" %" PRIu64 " |", number);
	else
		printf(" |");
}

static void try_row(const struct row *row)
{
	static struct program p;
	struct ccsan_search_counts counts;
	struct set traces = { 0 };
	uint64_t all = 0;

	row->make(&p, row->n);
	counts = explore(&p, CCSAN_EXHAUSTIVE, NULL);
	if (row->all)
		all = explore(&p, CCSAN_BRUTE, &traces).runs;
	printf("| %s(%u) |", row->name, row->n);
	print_number(all);
	print_number(traces.count);
	print_number(counts.runs);
	print_number(counts.given_up);
	print_number(row->classic);
	print_number(row->source);
	print_number(row->optimal);
	printf("\n");
	check(counts.runs == row->runs && counts.given_up == row->given_up,
	      "%s(%u): %" PRIu64 " runs, %" PRIu64 " given up; pinned are %" PRIu64, row->name,
	      row->n, counts.runs, counts.given_up, row->runs);
	check(all == row->all && traces.count == row->traces, "%s(%u): other interleavings",
	      row->name, row->n);
	set_clear(&traces);
}

int main(void)
{
	puts("| program | interleavings | classes | runs | given up | classic | source | optimal "
	     "|");
	puts("|---|---|---|---|---|---|---|---|");
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		try_row(&rows[i]);
	return 0;
}
