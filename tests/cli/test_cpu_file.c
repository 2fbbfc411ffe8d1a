/* SPDX-License-Identifier: MIT */
/* CPU files: what is malformed or contradicts itself is refused with file, line and reason. */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cpu_file.h"

static const char good[] = "[cpu]\n"              /* 1 */
			   "name = board\n"       /* 2 */
			   "title = My board\n"   /* 3 */
			   "[dcache]\n"           /* 4 */
			   "type = vipt\n"        /* 5 */
			   "size = 32K\n"         /* 6 */
			   "ways = 4\n"           /* 7 */
			   "line = 32\n"          /* 8 */
			   "[icache]\n"           /* 9 */
			   "type = vipt\n"        /* 10 */
			   "size = 32K\n"         /* 11 */
			   "ways = 4\n"           /* 12 */
			   "line = 32\n"          /* 13 */
			   "[mmu]\n"              /* 14 */
			   "page = 4K\n"          /* 15 */
			   "[bus]\n"              /* 16 */
			   "speculative = yes\n"; /* 17 */

static char problem[256];
static struct ccsan_cpu cpu;

static int read_text(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	int result;

	assert_non_null(file);
	problem[0] = '\0';
	result = ccsan_cpu_file_read(file, "board.ini", &cpu, problem, sizeof(problem));
	fclose(file);
	return result;
}

/* The good file with line `number` replaced. */
static char *with_line(int number, const char *replacement)
{
	char *text = calloc(1, sizeof(good) + strlen(replacement) + 1);
	const char *from = good, *end;

	assert_non_null(text);
	while (--number)
		from = strchr(from, '\n') + 1;
	end = strchr(from, '\n');
	memcpy(text, good, (size_t)(from - good));
	strcat(text, replacement);
	strcat(text, end);
	return text;
}

static void assert_refused(int number, const char *replacement, const char *message)
{
	char *text = with_line(number, replacement);
	int result = read_text(text);

	free(text);
	if (result != -EINVAL || strncmp(problem, message, strlen(message)) != 0)
		print_error("'%s' gives '%s', not '%s'\n", replacement, problem, message);
	assert_int_equal(result, -EINVAL);
	assert_int_equal(strncmp(problem, message, strlen(message)), 0);
}

static void test_read__good_file__all_values(void **state)
{
	(void)state;
	assert_int_equal(read_text(good), 0);
	assert_string_equal(cpu.name, "board");
	assert_string_equal(cpu.title, "My board");
	assert_int_equal(cpu.data.type, CCSAN_CACHE_VIPT);
	assert_int_equal(cpu.data.size, 32768);
	assert_int_equal(cpu.data.ways, 4);
	assert_int_equal(cpu.data.line, 32);
	assert_int_equal(cpu.data.alias, 8192); /* a way, unless it is given */
	assert_int_equal(cpu.outer.size, 0);
	assert_int_equal(cpu.page, 4096);
	assert_true(cpu.speculative);
	assert_false(cpu.snooping);
}

static void test_read__malformed__file_and_line(void **state)
{
	(void)state;
	assert_refused(6, "size", "board.ini:6: syntax: ");
	assert_refused(4, "[dcache", "board.ini:4: syntax: ");
	assert_refused(4, "[tlb]", "board.ini:5: tlb: no such section");
	assert_refused(7, "way = 4", "board.ini:7: way: no such key in this section");
	assert_refused(15, "pages = 4K", "board.ini:15: pages: no such key in this section");
	assert_refused(17, "prefetch = yes", "board.ini:17: prefetch: no such key");
}

static void test_read__bad_values__file_line_and_key(void **state)
{
	(void)state;
	assert_refused(5, "type = virtual", "board.ini:5: type: not a value");
	assert_refused(6, "size = big", "board.ini:6: size: not a value");
	assert_refused(6, "size = -32K", "board.ini:6: size: not a value");
	assert_refused(6, "size = 32KB", "board.ini:6: size: not a value");
	assert_refused(6, "size = 99999999999999999999", "board.ini:6: size: not a value");
	assert_refused(6, "size = 8192M", "board.ini:6: size: not a value");
	assert_refused(17, "speculative = maybe", "board.ini:17: speculative: not a value");
	assert_refused(2, "name = a,b", "board.ini:2: name: not a value");
	assert_refused(2, "name =", "board.ini:2: name: not a value");
	assert_refused(2, "name = a name that is much too long for a name of a CPU",
		       "board.ini:2: name: not a value");
}

static void test_read__contradictions__the_line_of_the_key(void **state)
{
	(void)state;
	assert_refused(15, "page = 5000", "board.ini:15: page: must be a power of two");
	assert_refused(15, "page = 1M", "board.ini:15: page: must be a power of two");
	assert_refused(8, "line = 48", "board.ini:8: line: must be a power of two");
	assert_refused(8, "line = 512", "board.ini:8: line: must be a power of two");
	assert_refused(7, "ways = 3", "board.ini:6: size: must be a multiple of ways");
	assert_refused(7, "ways = 0", "board.ini:6: size: a cache has at least one way");
	assert_refused(6, "size = 48K", "board.ini:6: size: a way (size / ways) must be a power");
	assert_refused(6, "size = 64", "board.ini:8: line: is larger than a way");
	assert_refused(8, "line = 32\nalias = 4K", "board.ini:9: alias: must be a power of two");
	assert_refused(8, "line = 32\nasid = yes", "board.ini:9: asid: only virtually tagged");
	assert_refused(8, "line = 32\nalias = 32M", "board.ini:9: alias: more than 4096 colours");
}

/* The same mistake on the other side is told of at the other side's line. */
static void test_read__contradiction_of_another_cache__its_line(void **state)
{
	(void)state;
	assert_refused(13, "line = 48", "board.ini:13: line: must be a power of two");
	assert_refused(11, "size = 48K", "board.ini:11: size: a way");
	assert_refused(13, "line = 32\n[outer]\nsize = 512K\nways = 8\nline = 8",
		       "board.ini:17: line: must be a power of two");
}

static void test_read__sections_missing__named(void **state)
{
	(void)state;
	assert_int_equal(read_text(""), -EINVAL);
	assert_non_null(strstr(problem, "cpu: the section or its keys are missing"));
	assert_refused(2, "", "board.ini:");
	assert_non_null(strstr(problem, "cpu: the section or its keys are missing"));
	assert_refused(6, "", "board.ini:");
	assert_non_null(strstr(problem, "dcache: the section or its keys are missing"));
	assert_refused(10, "", "board.ini:");
	assert_non_null(strstr(problem, "icache: the section or its keys are missing"));
	assert_refused(15, "", "board.ini:");
	assert_non_null(strstr(problem, "mmu: the section or its keys are missing"));
}

static void test_open__no_such_file__named_with_errno(void **state)
{
	(void)state;
	assert_int_equal(ccsan_cpu_file_open("/nonexistent/b.ini", &cpu, problem, sizeof(problem)),
			 -ENOENT);
	assert_string_equal(problem, "/nonexistent/b.ini: No such file or directory");
}

/* Any text gives an answer: every prefix, and every byte replaced. */
static void test_read__damaged_texts__refused_or_valid(void **state)
{
	char text[sizeof(good)];

	(void)state;
	for (size_t i = 0; i < sizeof(good) - 1; i++)
		for (const char *c = "\n=[;0"; *c; c++) {
			memcpy(text, good, sizeof(good));
			text[i] = *c;
			if (read_text(text) == 0)
				assert_null(ccsan_cpu_problem(&cpu));
			else
				assert_int_equal(strncmp(problem, "board.ini:", 10), 0);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read__good_file__all_values),
		cmocka_unit_test(test_read__malformed__file_and_line),
		cmocka_unit_test(test_read__bad_values__file_line_and_key),
		cmocka_unit_test(test_read__contradictions__the_line_of_the_key),
		cmocka_unit_test(test_read__contradiction_of_another_cache__its_line),
		cmocka_unit_test(test_read__sections_missing__named),
		cmocka_unit_test(test_open__no_such_file__named_with_errno),
		cmocka_unit_test(test_read__damaged_texts__refused_or_valid),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
