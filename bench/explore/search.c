/* SPDX-License-Identifier: MIT */
/*
 * Executions per second of the search itself: the program is a handful of array accesses.
 *
 * usage: bench_explore_search [RUNS]
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "explore/search.h"

struct bench {
	const char *name;
	enum ccsan_strategy strategy;
	unsigned actors, steps;
};

static void *memory(void *context, void *old, size_t size)
{
	void *got;

	(void)context;
	if (!size) {
		free(old);
		return NULL;
	}
	got = realloc(old, size);
	if (!got)
		abort();
	return got;
}

static const struct ccsan_search_host host = { .memory = memory };

/* Every actor changes one object in each of its steps. */
static uint64_t one_run(const struct bench *b, struct ccsan_search *search)
{
	unsigned done[4] = { 0 };
	ccsan_actors enabled = (1u << b->actors) - 1;
	uint64_t value = 0;

	while (enabled) {
		unsigned actor = ccsan_search_choose(search, enabled);

		if (actor == CCSAN_MOST_ACTORS)
			break;
		ccsan_search_touch(search, 1, CCSAN_CHANGES);
		value = value * 3 + actor;
		if (++done[actor] == b->steps)
			enabled &= ~(1u << actor);
	}
	ccsan_search_end(search, false);
	return value;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void measure(const struct bench *b, uint64_t runs)
{
	struct ccsan_plan plan = {
		.strategy = b->strategy, .depth = 3, .seed = 1, .runs = runs, .preemptions = 3
	};
	struct ccsan_search *search = ccsan_search_new(&plan, &host);
	uint64_t made = 0, sum = 0;
	double start = now(), seconds;

	while (made < runs) {
		if (!ccsan_search_begin(search)) {
			ccsan_search_free(search);
			search = ccsan_search_new(&plan, &host);
			continue;
		}
		sum += one_run(b, search);
		made++;
	}
	seconds = now() - start;
	ccsan_search_free(search);
	printf("%-12s %u x %-3u %10.0f executions/s  (%" PRIu64 " in %.2f s, sum %" PRIx64 ")\n",
	       b->name, b->actors, b->steps, (double)made / seconds, made, seconds, sum);
}

int main(int argc, char **argv)
{
	static const struct bench benches[] = {
		{ "exhaustive", CCSAN_EXHAUSTIVE, 2, 2 }, { "exhaustive", CCSAN_EXHAUSTIVE, 2, 20 },
		{ "brute", CCSAN_BRUTE, 2, 2 },           { "brute", CCSAN_BRUTE, 2, 20 },
		{ "bounded", CCSAN_BOUNDED, 2, 20 },      { "pct", CCSAN_PCT, 2, 20 },
		{ "random", CCSAN_RANDOM, 2, 20 },
	};
	uint64_t runs = argc > 1 ? strtoull(argv[1], NULL, 10) : 1000000;

	for (size_t i = 0; i < sizeof(benches) / sizeof(*benches); i++)
		measure(&benches[i], runs);
	return 0;
}
