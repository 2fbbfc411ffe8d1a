/* SPDX-License-Identifier: MIT */
/* Statements on a machine: what is found on which CPU, and calls that nobody needs. */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "litmus/litmus.h"

static struct ccsan_litmus *litmus;
static struct ccsan_finding last;

static void program(const char *statements)
{
	char text[2048], problem[256];
	FILE *file;

	ccsan_litmus_free(litmus);
	snprintf(text, sizeof(text), "litmus t\n%s\n", statements);
	file = fmemopen(text, strlen(text), "r");
	litmus = ccsan_litmus_read(file, "t", problem, sizeof(problem));
	fclose(file);
	if (!litmus)
		print_error("%s\n", problem);
	assert_non_null(litmus);
}

static int stop(void **state)
{
	(void)state;
	ccsan_litmus_free(litmus);
	litmus = NULL;
	return 0;
}

static void take(void *context, const struct ccsan_finding *finding)
{
	(void)context;
	last = *finding;
}

static void assert_found(const char *cpu, ccsan_kinds kinds)
{
	memset(&last, 0, sizeof(last));
	assert_int_equal(ccsan_litmus_run(litmus, ccsan_cpu_find(cpu), take, NULL), kinds);
}

enum {
	STALE_READ = 1 << CCSAN_KIND_STALE_READ,
	STALE_DMA = 1 << CCSAN_KIND_STALE_DMA,
	LOST_WRITE = 1 << CCSAN_KIND_LOST_WRITE,
	HOMONYM = 1 << CCSAN_KIND_HOMONYM,
	API_MISUSE = 1 << CCSAN_KIND_API_MISUSE,
};

static void test_run__two_aliases__by_kind_of_cache(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\nmap V F vmap\nread V 4\nwrite K 4\nclean K\nread V 4");
	assert_found("arm926ej-s", STALE_READ);
	assert_found("arm1136", STALE_READ);
	assert_found("cortex-a53", 0);
	assert_found("x86", 0);
}

static void test_run__device__unless_coherent(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\ndevice nic\nthread T0 {\nwrite K 4\n"
		"device-read F 4\n}");
	assert_found("cortex-m7", STALE_DMA);
	assert_int_equal(last.access.stack[0], 7);
	assert_string_equal(last.access.who, "nic");
	assert_string_equal(last.cause.who, "T0");
	assert_int_equal(last.cause.stack[0], 6);
	assert_found("x86", 0);
	program("frame F\nmap K F kernel\ndevice nic coherent\nwrite K 4\ndevice-read F 4");
	assert_found("cortex-m7", 0);
}

static void test_run__two_spaces_at_one_address__homonym_on_vivt(void **state)
{
	(void)state;
	program("frame F\nframe G\nmap A F user at 0x10000 space P\n"
		"map B G user at 0x10000 space Q\nread A 4\nread B 4");
	assert_found("arm926ej-s", HOMONYM);
	assert_found("arm1136", 0);
}

static void test_run__given_up_at_the_end__lost_write(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\nwrite K 64\ninvalidate K+0 64");
	assert_found("cortex-a53", LOST_WRITE);
	program("frame F\nmap K F kernel\ndevice d\nwrite K 64\ninvalidate K+0 64\n"
		"device-write F 64");
	assert_found("cortex-a53", 0);
}

static void test_run__unmapped_alias__api_misuse(void **state)
{
	(void)state;
	program("frame F\nmap V F vmap\nunmap V\nread V 4");
	assert_found("cortex-a53", API_MISUSE);
	assert_int_equal(last.access.stack[0], 5);
	program("frame F\nmap V F vmap\nread V 4\nremap V F\nread V 4");
	assert_found("cortex-a53", 0);
}

static void test_run__address_taken__api_misuse(void **state)
{
	(void)state;
	program("frame F\nframe G\nmap A F user at 0x10000\nmap B G user at 0x10000");
	assert_found("cortex-a53", API_MISUSE);
}

static void test_run__without_taker__kinds_only(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\ndevice nic\nwrite K 4\ndevice-read F 4");
	assert_int_equal(ccsan_litmus_run(litmus, ccsan_cpu_find("cortex-a8"), NULL, NULL),
			 STALE_DMA);
}

static void test_run__twice__the_same(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\ndevice nic\nwrite K 4\ndevice-read F 4");
	for (int i = 0; i < 3; i++)
		assert_found("worst", STALE_DMA);
}

static void test_redundant_line__nobody_needs_it__its_line(void **state)
{
	(void)state;
	program("frame F\nmap K F kernel\ndevice nic\nwrite K 4\nclean K\nouter-clean F\n"
		"device-read F 4");
	assert_int_equal(ccsan_litmus_redundant_line(litmus), 0);
	program("frame F\nmap K F kernel\ndevice nic\nwrite K 4\nclean K\nouter-clean F\n"
		"clean K\ndevice-read F 4");
	/* the two cleans make each other redundant only where no outer cache lies between */
	assert_int_equal(ccsan_litmus_redundant_line(litmus), 8);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_run__two_aliases__by_kind_of_cache, stop),
		cmocka_unit_test_teardown(test_run__device__unless_coherent, stop),
		cmocka_unit_test_teardown(test_run__two_spaces_at_one_address__homonym_on_vivt,
					  stop),
		cmocka_unit_test_teardown(test_run__given_up_at_the_end__lost_write, stop),
		cmocka_unit_test_teardown(test_run__unmapped_alias__api_misuse, stop),
		cmocka_unit_test_teardown(test_run__address_taken__api_misuse, stop),
		cmocka_unit_test_teardown(test_run__without_taker__kinds_only, stop),
		cmocka_unit_test_teardown(test_run__twice__the_same, stop),
		cmocka_unit_test_teardown(test_redundant_line__nobody_needs_it__its_line, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
