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
	uint64_t runs;
	uint64_t traces;                   /* classes of interleavings, counted with BRUTE */
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

/* As an interleaving is counted in a table of the literature: all of them. */
static const struct row rows[] = {
#define ROW(name, make, n, runs, traces, ...)            \
	{                                                \
		name, make, n, runs, traces, __VA_ARGS__ \
	}
	ROW("readers", program_readers, 2, 4, 4, 5, 4, 4),
	ROW("readers", program_readers, 8, 256, 256, 3281, 256, 256),
	ROW("readers", program_readers, 13, 8192, 0, 797162, 8192, 8192),
	ROW("last zero", program_last_zero, 3, 12, 12, 0),
	ROW("last zero", program_last_zero, 5, 64, 0, 241, 79, 64),
	ROW("last zero", program_last_zero, 10, 3328, 0, 53198, 7204, 3328),
	ROW("last zero", program_last_zero, 15, 147456, 0, 9378091, 302587, 147456),
	ROW("indexer", program_indexer, 12, 8, 0, 78, 8, 8),
	ROW("indexer", program_indexer, 15, 4096, 0, 341832, 4096, 4096),
	ROW("file system", program_file_system, 14, 2, 0, 4, 2, 2),
	ROW("file system", program_file_system, 16, 8, 0, 64, 8, 8),
	ROW("file system", program_file_system, 18, 32, 0, 1024, 32, 32),
	ROW("file system", program_file_system, 19, 64, 0, 4096, 64, 64),
	ROW("philosophers", program_philosophers, 2, 3, 3, 0),
	ROW("philosophers", program_philosophers, 3, 7, 7, 0),
	ROW("philosophers", program_philosophers, 4, 15, 15, 0),
	ROW("philosophers", program_philosophers, 5, 31, 0, 0),
	ROW("2 x k independent", independent, 5, 1, 1, 0),
	ROW("2 x k independent", independent, 12, 1, 1, 0),
	ROW("2 x k dependent", dependent, 5, 252, 252, 0),
	ROW("2 x k dependent", dependent, 10, 184756, 184756, 0),
};

/* --- all interleavings, counted as walks through the graph of states --- */

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

int main(void)
{
	static struct program p;

	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
		const struct row *row = &rows[i];
		struct ccsan_search_counts counts;
		struct set traces = { 0 };

		row->make(&p, row->n);
		counts = explore(&p, CCSAN_EXHAUSTIVE, NULL);
		printf("%s(%u) %" PRIu64 " given up %" PRIu64 " want %" PRIu64, row->name, row->n,
		       counts.runs, counts.given_up, row->runs);
		if (row->traces) {
			uint64_t all = explore(&p, CCSAN_BRUTE, &traces).runs;

			printf(" all %" PRIu64 " traces %zu", all, traces.count);
		}
		puts("");
		set_clear(&traces);
	}
	return 0;
}
