/* SPDX-License-Identifier: MIT */
/*
 * What depends on what (touches.c): leaving out orders that are as good as others leaves out no
 * finding. The same statements go wrong in the same ways whether every order at all is tried or
 * only those that matter, for random programs and for the files of the repository; and each
 * finding's token shows it again.
 */
#include "suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "litmus/litmus.h"

enum { PROGRAMS = 300, MOST_WAYS = 256, BRUTE_LIMIT = 4000 };

static const char *const cpus[] = { "arm926ej-s", "arm1136",      "cortex-a9-pl310",
				    "worst",      "arm11-mpcore", "x86" };

/* --- the ways in which a file goes wrong, on one CPU --- */

struct ways {
	uint64_t way[MOST_WAYS];
	unsigned count;
	uint64_t executions;
	bool complete;
	ccsan_kinds kinds;
};

static uint64_t line_of(const struct ccsan_actor *actor)
{
	return actor->depth ? actor->stack[0] : 0;
}

static void take(void *context, const struct ccsan_finding *finding, const char *token)
{
	struct ways *ways = context;
	uint64_t way = (uint64_t)finding->kind << 32 | line_of(&finding->access) << 16 |
		       line_of(&finding->cause);

	(void)token;
	for (unsigned i = 0; i < ways->count; i++)
		if (ways->way[i] == way)
			return;
	assert_true(ways->count < MOST_WAYS);
	ways->way[ways->count++] = way;
}

static int compare(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

static struct ways find(const struct ccsan_litmus *litmus, const char *cpu,
			enum ccsan_strategy strategy, uint64_t limit)
{
	struct ways ways = { 0 };
	struct ccsan_litmus_search search = {
		.strategy = strategy, .most_executions = limit, .finding = take, .context = &ways
	};

	ways.kinds = ccsan_litmus_search(litmus, ccsan_cpu_find(cpu), &search);
	ways.executions = search.executions;
	ways.complete = search.complete;
	qsort(ways.way, ways.count, sizeof(*ways.way), compare);
	return ways;
}

static bool same(const struct ways *a, const struct ways *b)
{
	return a->kinds == b->kinds && a->count == b->count &&
	       !memcmp(a->way, b->way, a->count * sizeof(*a->way));
}

static struct ccsan_litmus *read_text(const char *text)
{
	char problem[256];
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct ccsan_litmus *litmus = ccsan_litmus_read(file, "t", problem, sizeof(problem));

	fclose(file);
	if (!litmus)
		print_error("%s\n%s\n", problem, text);
	assert_non_null(litmus);
	return litmus;
}

static void print_ways(const char *label, const struct ways *ways)
{
	print_error("%s, %llu executions:\n", label, (unsigned long long)ways->executions);
	for (unsigned i = 0; i < ways->count; i++)
		print_error("  %s at line %u, line %u\n",
			    ccsan_kind_name((enum ccsan_kind)(ways->way[i] >> 32)),
			    (unsigned)(ways->way[i] >> 16 & 0xffff),
			    (unsigned)(ways->way[i] & 0xffff));
}

/* Return: the executions that were saved; a few less than none where interrupts wait for locks. */
static int64_t check(const struct ccsan_litmus *litmus, const char *cpu, const char *text)
{
	struct ways brute = find(litmus, cpu, CCSAN_BRUTE, BRUTE_LIMIT);
	struct ways reduced = find(litmus, cpu, CCSAN_EXHAUSTIVE, 0);

	assert_true(reduced.complete);
	if (!brute.complete)
		return 0;
	if (!same(&brute, &reduced)) {
		print_error("%s: %s\n", cpu, text);
		print_ways("every order", &brute);
		print_ways("orders that matter", &reduced);
	}
	assert_true(same(&brute, &reduced));
	return (int64_t)(brute.executions - reduced.executions);
}

/* --- replay --- */

/* Findings with the tokens they were given. */
struct told {
	struct ways ways;
	char *tokens[MOST_WAYS];
};

static void take_token(void *context, const struct ccsan_finding *finding, const char *token)
{
	struct told *told = context;
	unsigned before = told->ways.count;

	take(&told->ways, finding, token);
	if (told->ways.count > before)
		told->tokens[before] = token ? strdup(token) : NULL;
}

static bool shows(const struct ccsan_litmus *litmus, const char *cpu, const char *token,
		  uint64_t way)
{
	struct ways ways = { 0 };
	struct ccsan_litmus_search search = {
		.strategy = CCSAN_REPLAY, .token = token, .finding = take, .context = &ways
	};

	ccsan_litmus_search(litmus, ccsan_cpu_find(cpu), &search);
	for (unsigned i = 0; i < ways.count; i++)
		if (ways.way[i] == way)
			return !*search.problem;
	return false;
}

/* Return: how many schedules were replayed. */
static unsigned check_replays(const struct ccsan_litmus *litmus, const char *cpu)
{
	struct told told = { 0 };
	struct ccsan_litmus_search search = {
		.strategy = CCSAN_EXHAUSTIVE, .tries = 40, .finding = take_token, .context = &told
	};
	unsigned replayed = 0;

	ccsan_litmus_search(litmus, ccsan_cpu_find(cpu), &search);
	for (unsigned i = 0; i < told.ways.count; i++) {
		if (!told.tokens[i])
			continue;
		assert_true(shows(litmus, cpu, told.tokens[i], told.ways.way[i]));
		replayed++;
		free(told.tokens[i]);
	}
	return replayed;
}

/* --- random programs --- */

static uint64_t random_state;
static unsigned cpu_count, map_count;

static unsigned below(unsigned count)
{
	random_state = random_state * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)((random_state >> 33) % count);
}

static const char *one_of(const char *const *words)
{
	unsigned count = 1;

	while (words[count])
		count++;
	return words[below(count)];
}

static const char *const aliases[] = { "K", "V", "L", "W", "R", "R", "A", "B", "N", NULL };
static const char *const frames[] = { "F", "F", "G", NULL };
static const char *const ranges[] = { "+0 4", "+0 4", "+4 4", "+256 4", "+252 8", NULL };

static void append(char *text, const char *more)
{
	size_t used = strlen(text);

	snprintf(text + used, 4096 - used, "%s", more);
}

static void add(char *text, const char *verb, const char *object, const char *range)
{
	size_t used = strlen(text);

	snprintf(text + used, 4096 - used, "%s %s%s\n", verb, object, range);
}

static void add_access(char *text)
{
	static const char *const verbs[] = {
		"read",  "read",  "write",      "write", "write",
		"fetch", "clean", "invalidate", "flush", "icache-invalidate",
		NULL
	};

	add(text, one_of(verbs), one_of(aliases), one_of(ranges));
}

static void add_on_frame(char *text)
{
	static const char *const verbs[] = { "device-read",      "device-write", "device-read",
					     "device-write",     "outer-clean",  "outer-flush",
					     "outer-invalidate", "forget",       NULL };

	add(text, one_of(verbs), one_of(frames), one_of(ranges));
}

static void add_other(char *text)
{
	static const char *const verbs[] = {
		"remap R F\n", "remap R G\n", "unmap R\n",        "remap V G\n",
		"flush-all\n", "clean-all\n", "invalidate-all\n", "switch P\n",
		"switch Q\n",  "barrier\n",   "irq-off\n",        "irq-on\n",
		"lock X\n",    "lock Y\n",    "unlock X\n",       NULL
	};

	append(text, one_of(verbs));
}

/* A new alias, at an address that another one may have by then. */
static void add_map(char *text)
{
	size_t used = strlen(text);

	snprintf(text + used, 4096 - used, "map M%u %s kmap%s\n%s M%u+0 4\n", map_count,
		 one_of(frames), below(2) ? " at 0x5000" : "", below(2) ? "write" : "read",
		 map_count);
	map_count++;
}

static void add_statement(char *text)
{
	unsigned kind = below(10);

	if (!below(16))
		add_map(text);
	else if (kind < 6)
		add_access(text);
	else if (kind < 8)
		add_on_frame(text);
	else
		add_other(text);
}

static void add_thread(char *text, unsigned number, unsigned statements)
{
	size_t used = strlen(text);
	bool locked = below(4) == 0;

	snprintf(text + used, 4096 - used, "%s T%u on %u {\n",
		 number && !below(5) ? "irq" : "thread", number, below(cpu_count));
	if (locked)
		append(text, "lock X\n");
	for (unsigned i = 0; i < statements; i++)
		add_statement(text);
	if (locked)
		append(text, "unlock X\n");
	append(text, "}\n");
}

static void make_program(char *text)
{
	unsigned threads = 2 + !below(3);

	cpu_count = 1 + below(2);
	*text = '\0';
	append(text, cpu_count > 1 ? "litmus t\ncpus 2\n" : "litmus t\n");
	append(text, "frame F\nframe G\nmap K F kernel\nmap V F vmap\nmap L G kernel\n"
		     "map W G vmap colour 0\nmap R F kmap\nmap A F user at 0x20000 space P\n"
		     "map B G user at 0x20000 space Q\nmap N F uncached\ndevice d\n");
	for (unsigned i = below(4); i; i--)
		add_access(text);
	for (unsigned i = 0; i < threads; i++)
		add_thread(text, i, threads == 2 ? 2 + below(3) : 2);
}

static void test_orders__random_programs__every_way_to_fail_is_found(void **state)
{
	int64_t saved = 0;
	unsigned failing = 0, replayed = 0;
	char text[4096];

	(void)state;
	/* Of these programs some fail without each of the names: lines, rivals, ways, frames, the
	 * cache, spaces, barriers. */
	random_state = 8;
	for (unsigned i = 0; i < PROGRAMS; i++) {
		struct ccsan_litmus *litmus;

		make_program(text);
		litmus = read_text(text);
		for (size_t cpu = 0; cpu < sizeof(cpus) / sizeof(*cpus); cpu++)
			saved += check(litmus, cpus[cpu], text);
		failing += find(litmus, "worst", CCSAN_EXHAUSTIVE, 0).count > 0;
		replayed += check_replays(litmus, cpus[i % 4]);
		ccsan_litmus_free(litmus);
	}
	assert_true(saved > PROGRAMS);
	assert_true(replayed > PROGRAMS);
	assert_in_range(failing, PROGRAMS / 4, PROGRAMS - 1);
}

/* --- files --- */

static unsigned check_file(const char *path)
{
	char problem[256];
	FILE *file = fopen(path, "r");
	struct ccsan_litmus *litmus;
	unsigned explored;

	assert_non_null(file);
	litmus = ccsan_litmus_read(file, path, problem, sizeof(problem));
	fclose(file);
	if (!litmus)
		print_error("%s\n", problem);
	assert_non_null(litmus);
	explored = ccsan_litmus_is_explored(litmus);
	for (size_t cpu = 0; explored && cpu < sizeof(cpus) / sizeof(*cpus); cpu++) {
		check(litmus, cpus[cpu], path);
		check_replays(litmus, cpus[cpu]);
	}
	ccsan_litmus_free(litmus);
	return explored;
}

static unsigned check_folder(const char *path)
{
	DIR *folder = opendir(path);
	struct dirent *entry;
	unsigned explored = 0;
	char inside[512];

	assert_non_null(folder);
	while ((entry = readdir(folder))) {
		struct stat info;

		if (*entry->d_name == '.')
			continue;
		snprintf(inside, sizeof(inside), "%s/%s", path, entry->d_name);
		if (stat(inside, &info))
			continue;
		if (S_ISDIR(info.st_mode))
			explored += check_folder(inside);
		else if (strstr(entry->d_name, ".litmus"))
			explored += check_file(inside);
	}
	closedir(folder);
	return explored;
}

static void test_orders__files__every_way_to_fail_is_found(void **state)
{
	(void)state;
	assert_true(check_folder(CCSAN_LITMUS_FILES) > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_orders__random_programs__every_way_to_fail_is_found),
		cmocka_unit_test(test_orders__files__every_way_to_fail_is_found),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
