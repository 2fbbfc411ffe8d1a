/* SPDX-License-Identifier: MIT */
/* Which expect line counts for a CPU. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "litmus/litmus.h"

static struct ccsan_litmus *litmus;

static void expectations(const char *lines)
{
	char text[1024], problem[256];
	FILE *file;

	ccsan_litmus_free(litmus);
	snprintf(text, sizeof(text), "litmus t\n%s\n", lines);
	file = fmemopen(text, strlen(text), "r");
	litmus = ccsan_litmus_read(file, "t", problem, sizeof(problem));
	fclose(file);
	assert_non_null(litmus);
}

static int stop(void **state)
{
	(void)state;
	ccsan_litmus_free(litmus);
	litmus = NULL;
	return 0;
}

enum { NOT_JUDGED = -1 };

static int expected(const char *cpu)
{
	const struct ccsan_cpu *c = ccsan_cpu_find(cpu);
	ccsan_kinds kinds = 0;

	assert_non_null(c);
	return ccsan_litmus_expects(litmus, c, &kinds) ? (int)kinds : NOT_JUDGED;
}

static void test_expect__no_line_fits__not_judged(void **state)
{
	(void)state;
	expectations("expect vivt stale-read");
	assert_int_equal(expected("cortex-a53"), NOT_JUDGED);
	assert_int_equal(expected("arm926ej-s"), 1 << CCSAN_KIND_STALE_READ);
}

static void test_expect__several_lines_fit__the_last_counts(void **state)
{
	(void)state;
	expectations("expect all none\nexpect vivt stale-read\nexpect arm926ej-s homonym\n");
	assert_int_equal(expected("cortex-a53"), 0);
	assert_int_equal(expected("arm920t"), 1 << CCSAN_KIND_STALE_READ);
	assert_int_equal(expected("arm926ej-s"), 1 << CCSAN_KIND_HOMONYM);
	expectations("expect arm926ej-s homonym\nexpect all none");
	assert_int_equal(expected("arm926ej-s"), 0);
}

static void test_expect__several_kinds__all_of_them(void **state)
{
	(void)state;
	expectations("expect all stale-read,lost-write");
	assert_int_equal(expected("x86"), 1 << CCSAN_KIND_STALE_READ | 1 << CCSAN_KIND_LOST_WRITE);
}

static void test_expect__properties_joined__all_have_to_hold(void **state)
{
	(void)state;
	expectations("expect pipt+non-snooping stale-dma");
	assert_int_equal(expected("cortex-m7"), 1 << CCSAN_KIND_STALE_DMA);
	assert_int_equal(expected("x86"), NOT_JUDGED);
	expectations("expect pipt+outer stale-dma");
	assert_int_equal(expected("cortex-a9-pl310"), 1 << CCSAN_KIND_STALE_DMA);
	assert_int_equal(expected("cortex-a9"), NOT_JUDGED);
}

static bool fits(const char *property, const char *cpu)
{
	char line[64];

	snprintf(line, sizeof(line), "expect %s none", property);
	expectations(line);
	return expected(cpu) != NOT_JUDGED;
}

static void test_property__each__as_the_cpu_is(void **state)
{
	(void)state;
	assert_true(fits("vivt", "arm926ej-s") && !fits("vivt", "arm1136"));
	assert_true(fits("vipt-aliasing", "arm1136") && !fits("vipt-aliasing", "cortex-a53"));
	assert_true(fits("pipt", "cortex-a8") && !fits("pipt", "arm1136"));
	assert_true(fits("speculative", "cortex-a9") && !fits("speculative", "arm926ej-s"));
	assert_true(fits("in-order", "arm926ej-s") && !fits("in-order", "cortex-a9"));
	assert_true(fits("outer", "cortex-a9-pl310") && !fits("outer", "cortex-a9"));
	assert_true(fits("write-back", "arm926ej-s") && !fits("write-back", "ultrasparc-ii"));
	assert_true(fits("write-through", "ultrasparc-ii") && !fits("write-through", "arm926ej-s"));
	assert_true(fits("snooping", "x86") && !fits("snooping", "cortex-a53"));
	assert_true(fits("non-snooping", "cortex-a53") && !fits("non-snooping", "x86"));
}

/* Each CPU has exactly one of each group. */
static void test_property__all_cpus__one_of_each_group(void **state)
{
	static const char *const groups[][4] = { { "vivt", "vipt-aliasing", "pipt" },
						 { "speculative", "in-order" },
						 { "write-back", "write-through" },
						 { "snooping", "non-snooping" } };
	const struct ccsan_cpu *cpu;

	(void)state;
	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++)
		for (size_t g = 0; g < sizeof(groups) / sizeof(*groups); g++) {
			int count = 0;

			for (int p = 0; groups[g][p]; p++)
				count += fits(groups[g][p], cpu->name);
			assert_int_equal(count, 1);
		}
}

static void test_judges_redundancy__named__yes(void **state)
{
	(void)state;
	expectations("expect all none");
	assert_false(ccsan_litmus_judges_redundancy(litmus));
	expectations("expect vivt redundant-maintenance");
	assert_true(ccsan_litmus_judges_redundancy(litmus));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_expect__no_line_fits__not_judged, stop),
		cmocka_unit_test_teardown(test_expect__several_lines_fit__the_last_counts, stop),
		cmocka_unit_test_teardown(test_expect__several_kinds__all_of_them, stop),
		cmocka_unit_test_teardown(test_expect__properties_joined__all_have_to_hold, stop),
		cmocka_unit_test_teardown(test_property__each__as_the_cpu_is, stop),
		cmocka_unit_test_teardown(test_property__all_cpus__one_of_each_group, stop),
		cmocka_unit_test_teardown(test_judges_redundancy__named__yes, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
