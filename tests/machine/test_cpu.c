/* SPDX-License-Identifier: MIT */
/* CPUs as values: those built in, contradictions, a line of text and back. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include <ccsan/cpu.h>

static struct ccsan_cpu good(void)
{
	struct ccsan_cache cache = {
		.type = CCSAN_CACHE_VIPT, .size = 32768, .ways = 4, .line = 32, .alias = 8192
	};

	return (struct ccsan_cpu){ .name = "good",
				   .title = "good",
				   .data = cache,
				   .instruction = cache,
				   .page = 4096,
				   .speculative = true };
}

static void test_built_in__all__valid_and_found_by_name(void **state)
{
	const struct ccsan_cpu *cpu;
	size_t count = 0;

	(void)state;
	for (; (cpu = ccsan_cpu_at(count)); count++) {
		assert_null(ccsan_cpu_problem(cpu));
		assert_ptr_equal(ccsan_cpu_find(cpu->name), cpu);
		assert_true(*cpu->title && *cpu->family);
	}
	assert_true(count >= 28);
	assert_string_equal(ccsan_cpu_at(0)->name, "worst");
	assert_null(ccsan_cpu_find("no-such-cpu"));
	assert_null(ccsan_cpu_find(""));
}

static void test_built_in__after_worst__sorted(void **state)
{
	(void)state;
	for (size_t i = 2; ccsan_cpu_at(i); i++)
		assert_true(strcmp(ccsan_cpu_at(i - 1)->name, ccsan_cpu_at(i)->name) < 0);
}

static void test_colours__each_type__how_many_places(void **state)
{
	struct ccsan_cpu cpu = good();

	(void)state;
	assert_int_equal(ccsan_cpu_data_colours(&cpu), 2);
	cpu.data.alias = 4096;
	assert_int_equal(ccsan_cpu_data_colours(&cpu), 1);
	cpu.data.type = CCSAN_CACHE_VIVT;
	assert_int_equal(ccsan_cpu_data_colours(&cpu), 0);
	cpu.data.type = CCSAN_CACHE_PIPT;
	cpu.data.alias = 8192;
	assert_int_equal(ccsan_cpu_data_colours(&cpu), 1);
}

static void assert_problem(const struct ccsan_cpu *cpu, const char *key)
{
	const char *problem = ccsan_cpu_problem(cpu);

	assert_non_null(problem);
	assert_memory_equal(problem, key, strlen(key));
	assert_int_equal(problem[strlen(key)], ':');
}

#define CONTRADICTION(field, value, key)       \
	do {                                   \
		struct ccsan_cpu odd = good(); \
                                               \
		odd.field = (value);           \
		assert_problem(&odd, key);     \
	} while (0)

static void test_problem__each_contradiction__named_by_its_key(void **state)
{
	struct ccsan_cpu cpu = good();

	(void)state;
	assert_null(ccsan_cpu_problem(&cpu));
	CONTRADICTION(page, 0, "page");
	CONTRADICTION(page, 2048, "page");
	CONTRADICTION(page, 5000, "page");
	CONTRADICTION(page, 131072, "page");
	CONTRADICTION(data.line, 0, "line");
	CONTRADICTION(data.line, 8, "line");
	CONTRADICTION(data.line, 48, "line");
	CONTRADICTION(data.line, 512, "line");
	CONTRADICTION(data.ways, 0, "size");
	CONTRADICTION(data.size, 0, "size");
	CONTRADICTION(data.ways, 3, "size");
	CONTRADICTION(data.size, 49152, "size");
	CONTRADICTION(data.size, 64, "line");
	CONTRADICTION(data.alias, 4096, "alias");
	CONTRADICTION(data.alias, 12288, "alias");
	CONTRADICTION(data.alias, 1u << 25, "alias");
	CONTRADICTION(data.tagged, true, "asid");
	CONTRADICTION(instruction.line, 8, "line");
	CONTRADICTION(instruction.size, 0, "size");
	CONTRADICTION(outer.size, 1024, "line");
}

static void test_print_scan__all_built_in__the_same_caches(void **state)
{
	const struct ccsan_cpu *cpu;

	(void)state;
	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++) {
		struct ccsan_cpu again;
		char text[256], text_again[256];
		int n = ccsan_cpu_print(cpu, text, sizeof(text));

		assert_true(n > 0 && (size_t)n < sizeof(text));
		assert_null(strpbrk(text, ":= "));
		assert_true(ccsan_cpu_scan(text, &again));
		ccsan_cpu_print(&again, text_again, sizeof(text_again));
		assert_string_equal(text, text_again);
		assert_string_equal(again.name, cpu->name);
		assert_int_equal(ccsan_cpu_data_colours(&again), ccsan_cpu_data_colours(cpu));
		assert_int_equal(again.outer.size, cpu->outer.size);
		assert_int_equal(again.speculative, cpu->speculative);
		assert_int_equal(again.snooping, cpu->snooping);
	}
}

static void test_print__too_little_room__says_how_much_it_needs(void **state)
{
	struct ccsan_cpu cpu = good();
	char text[256], small[16];
	int n;

	(void)state;
	n = ccsan_cpu_print(&cpu, text, sizeof(text));
	assert_int_equal(ccsan_cpu_print(&cpu, small, sizeof(small)), n);
	assert_int_equal(strlen(small), sizeof(small) - 1);
	assert_int_equal(ccsan_cpu_print(&cpu, NULL, 0), n);
}

/* Every prefix of a good text, and each text with one character replaced: never a crash, and what
 * is taken for a CPU has no contradiction. */
static void test_scan__damaged_texts__refused_or_valid(void **state)
{
	struct ccsan_cpu cpu = good(), again;
	char text[256], damaged[260];
	int n = ccsan_cpu_print(&cpu, text, sizeof(text));

	(void)state;
	for (int i = 0; i < n; i++) {
		snprintf(damaged, sizeof(damaged), "%.*s", i, text);
		assert_false(ccsan_cpu_scan(damaged, &again));
	}
	for (int i = 0; i < n; i++)
		for (const char *c = ",@-9x0"; *c; c++) {
			snprintf(damaged, sizeof(damaged), "%s", text);
			damaged[i] = *c;
			if (ccsan_cpu_scan(damaged, &again))
				assert_null(ccsan_cpu_problem(&again));
		}
	snprintf(damaged, sizeof(damaged), "%s0", text);
	assert_false(ccsan_cpu_scan(damaged, &again));
	assert_false(ccsan_cpu_scan("@,99999999999999999999,00", &again));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_built_in__all__valid_and_found_by_name),
		cmocka_unit_test(test_built_in__after_worst__sorted),
		cmocka_unit_test(test_colours__each_type__how_many_places),
		cmocka_unit_test(test_problem__each_contradiction__named_by_its_key),
		cmocka_unit_test(test_print_scan__all_built_in__the_same_caches),
		cmocka_unit_test(test_print__too_little_room__says_how_much_it_needs),
		cmocka_unit_test(test_scan__damaged_texts__refused_or_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
