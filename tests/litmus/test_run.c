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
	DEADLOCK = 1 << CCSAN_KIND_DEADLOCK,
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

/* --- several threads --- */

static char token[256];
static unsigned steps;

static void take_token(void *context, const struct ccsan_finding *finding, const char *of)
{
	(void)context;
	last = *finding;
	snprintf(token, sizeof(token), "%s", of ? of : "");
}

static void count_step(void *context, const struct ccsan_litmus_step *step)
{
	(void)context;
	steps += *step->name != '\0';
}

/* Return: the executions. */
static uint64_t assert_explored(const char *cpu, ccsan_kinds kinds)
{
	struct ccsan_litmus_search search = { .strategy = CCSAN_EXHAUSTIVE,
					      .tries = 100,
					      .finding = take_token };

	*token = '\0';
	assert_int_equal(ccsan_litmus_search(litmus, ccsan_cpu_find(cpu), &search), kinds);
	assert_true(search.complete);
	return search.executions;
}

#define HEAD "frame F\nmap K F kernel\nmap V F vmap\ndevice nic\n" /* 4 lines */

static void test_explore__race__found_and_replayed(void **state)
{
	struct ccsan_litmus_search search = {
		.strategy = CCSAN_REPLAY, .token = token, .finding = take_token, .step = count_step
	};

	(void)state;
	program(HEAD "thread T0 {\nwrite K 4\nclean K+0 4\nouter-clean F+0 4\n}\n"
		     "thread nic {\ndevice-read F 4\n}");
	assert_int_equal(assert_explored("cortex-a8", STALE_DMA), 4);
	assert_int_equal(last.access.stack[0], 12);
	assert_int_equal(last.cause.stack[0], 7);
	steps = 0;
	assert_int_equal(ccsan_litmus_search(litmus, ccsan_cpu_find("cortex-a8"), &search),
			 STALE_DMA);
	assert_string_equal(search.problem, "");
	assert_int_equal(steps, 4);
	assert_explored("x86", 0);
	assert_string_equal(token, "");
}

static void test_explore__found_before_the_threads__no_token(void **state)
{
	(void)state;
	program(HEAD "write K 4\ndevice-read F 4\nthread T0 { read V+256 4 }\n"
		     "thread T1 { read K+512 4 }");
	assert_int_equal(assert_explored("cortex-a8", STALE_DMA), 1);
	assert_string_equal(token, "");
	assert_int_equal(last.access.stack[0], 7);
}

static void test_explore__token_of_another_file__says_what_differs(void **state)
{
	char cpu[64], problem[256];

	(void)state;
	program(HEAD "thread T0 { write K 4 }\nthread nic { device-read F 4 }");
	assert_explored("cortex-a8", STALE_DMA);
	assert_true(
		ccsan_litmus_token_cpu(litmus, token, cpu, sizeof(cpu), problem, sizeof(problem)));
	assert_string_equal(cpu, "cortex-a8");
	program(HEAD "thread T0 { write K 8 }\nthread nic { device-read F 4 }");
	assert_false(
		ccsan_litmus_token_cpu(litmus, token, cpu, sizeof(cpu), problem, sizeof(problem)));
	assert_non_null(strstr(problem, "another version of the file"));
	assert_false(ccsan_litmus_token_cpu(litmus, "1:other.0:worst:ab", cpu, sizeof(cpu), problem,
					    sizeof(problem)));
	assert_non_null(strstr(problem, "is for 'other.0'"));
	assert_false(ccsan_litmus_token_cpu(litmus, "nonsense", cpu, sizeof(cpu), problem,
					    sizeof(problem)));
	assert_non_null(strstr(problem, "not a token"));
}

static void test_explore__locks_in_two_orders__deadlock(void **state)
{
	(void)state;
	program(HEAD "thread T0 { lock A; lock B; unlock B; unlock A }\n"
		     "thread T1 { lock B; lock A; unlock A; unlock B }");
	assert_explored("cortex-a8", DEADLOCK);
	assert_non_null(strstr(last.text, "T0 waits for lock B which T1 holds; "
					  "T1 waits for lock A which T0 holds"));
	program(HEAD "thread T0 { lock A; lock B; unlock B; unlock A }\n"
		     "thread T1 { lock A; lock B; unlock B; unlock A }");
	assert_explored("cortex-a8", 0);
}

static void test_explore__handler_takes_the_lock__unless_interrupts_are_off(void **state)
{
	(void)state;
	program(HEAD "thread T0 { lock A; unlock A }\nirq I { lock A; unlock A }");
	assert_explored("cortex-a8", DEADLOCK);
	program(HEAD "thread T0 { irq-off; lock A; unlock A; irq-on }\n"
		     "irq I { lock A; unlock A }");
	assert_explored("cortex-a8", 0);
	program("cpus 2\n" HEAD "thread T0 { lock A; unlock A }\n"
		"irq I on 1 { lock A; unlock A }");
	assert_explored("cortex-a8", 0);
}

static void test_explore__lock_misused__api_misuse(void **state)
{
	(void)state;
	program(HEAD "thread T0 { lock A; join T1; unlock A }\nthread T1 { unlock A }");
	assert_explored("cortex-a8", API_MISUSE);
	program(HEAD "thread T0 { lock A }\nthread T1 { read K 4 }");
	assert_explored("cortex-a8", API_MISUSE);
	program(HEAD "thread T0 { irq-on }\nthread T1 { read K 4 }");
	assert_explored("cortex-a8", API_MISUSE);
}

static void test_explore__joined__in_order(void **state)
{
	(void)state;
	program(HEAD "thread T0 { write K 4; clean K+0 4; outer-clean F+0 4 }\n"
		     "thread nic { join T0; device-read F 4 }");
	assert_int_equal(assert_explored("cortex-a8", 0), 1);
	program(HEAD "thread T0 { join T1 }\nthread T1 { join T0 }");
	assert_explored("cortex-a8", DEADLOCK);
}

/* A device acts beside the CPUs: interrupts that are off do not hold it up. */
static void test_explore__device_beside__interrupts_off_or_not(void **state)
{
	(void)state;
	program(HEAD "thread T0 {\nirq-off\nwrite K 4\nclean K+0 4\nouter-clean F+0 4\nirq-on\n}\n"
		     "thread nic {\ndevice-read F 4\n}");
	assert_explored("cortex-a8", STALE_DMA);
	program(HEAD "thread T0 {\nirq-off\nwrite K 4\nclean K+0 4\nouter-clean F+0 4\nirq-on\n}\n"
		     "thread nic on 0 {\ndevice-read F 4\n}");
	assert_explored("cortex-a8", 0);
}

/* Line by line, with others in between; what is past the end of a mapping is not done. */
static void test_explore__range__switch_between_two_lines(void **state)
{
	(void)state;
	program(HEAD "write K 512\nthread T0 { clean K+0 512; outer-clean F+0 512 }\n"
		     "thread T1 { write K 4; write K+508 4 }\n"
		     "thread nic { join T0; join T1; device-read F+0 4 }");
	assert_explored("cortex-a8", STALE_DMA);
	program(HEAD "thread T0 { clean V+0 512 }\nthread T1 { unmap V }");
	assert_explored("cortex-a8", API_MISUSE);
}

static void test_explore__limit__incomplete(void **state)
{
	struct ccsan_litmus_search search = { .strategy = CCSAN_EXHAUSTIVE, .most_executions = 2 };

	(void)state;
	program(HEAD "thread T0 { write K 4; write K 4 }\nthread T1 { write K 4; write K 4 }");
	ccsan_litmus_search(litmus, ccsan_cpu_find("cortex-a8"), &search);
	assert_int_equal(search.executions, 2);
	assert_false(search.complete);
	assert_int_equal(assert_explored("cortex-a8", 0), 6);
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
		cmocka_unit_test_teardown(test_explore__race__found_and_replayed, stop),
		cmocka_unit_test_teardown(test_explore__found_before_the_threads__no_token, stop),
		cmocka_unit_test_teardown(test_explore__token_of_another_file__says_what_differs,
					  stop),
		cmocka_unit_test_teardown(test_explore__locks_in_two_orders__deadlock, stop),
		cmocka_unit_test_teardown(
			test_explore__handler_takes_the_lock__unless_interrupts_are_off, stop),
		cmocka_unit_test_teardown(test_explore__lock_misused__api_misuse, stop),
		cmocka_unit_test_teardown(test_explore__joined__in_order, stop),
		cmocka_unit_test_teardown(test_explore__device_beside__interrupts_off_or_not, stop),
		cmocka_unit_test_teardown(test_explore__range__switch_between_two_lines, stop),
		cmocka_unit_test_teardown(test_explore__limit__incomplete, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
