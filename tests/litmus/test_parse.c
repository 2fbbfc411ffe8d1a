/* SPDX-License-Identifier: MIT */
/* Mistakes in litmus files: each names file, line and column, and what is wrong. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "litmus/litmus.h"

static char problem[512];

static struct ccsan_litmus *read_text(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct ccsan_litmus *litmus;

	assert_non_null(file);
	problem[0] = '\0';
	litmus = ccsan_litmus_read(file, "x.litmus", problem, sizeof(problem));
	fclose(file);
	return litmus;
}

/* @param place "LINE:COLUMN", in the text with a head of 4 lines before it */
static void assert_mistake(const char *statement, const char *place, const char *reason)
{
	char text[1024], wanted[64];

	snprintf(text, sizeof(text), "litmus t\nframe F 2\nmap K F kernel\ndevice nic\n%s\n",
		 statement);
	assert_null(read_text(text));
	snprintf(wanted, sizeof(wanted), "x.litmus:%s: ", place);
	if (strncmp(problem, wanted, strlen(wanted)) != 0 || !strstr(problem, reason))
		print_error("%s: '%s' lacks '%s' or '%s'\n", statement, problem, wanted, reason);
	assert_int_equal(strncmp(problem, wanted, strlen(wanted)), 0);
	assert_non_null(strstr(problem, reason));
}

static void test_read__unknown_words__each_named(void **state)
{
	(void)state;
	assert_mistake("  raed K 4", "5:3", "'raed' is no statement");
	assert_mistake("read X 4", "5:6", "no alias is called 'X'");
	assert_mistake("map V G vmap", "5:7", "no frame is called 'G'");
	assert_mistake("map V F heap", "5:9", "'heap' is no region");
	assert_mistake("map V F vmap color 1", "5:14", "'color' is no option of map");
	assert_mistake("device-read F 4 by usb", "5:20", "no device is called 'usb'");
	assert_mistake("outer-clean G", "5:13", "no frame is called 'G'");
	assert_mistake("expect armv9 none", "5:8", "'armv9' is neither a CPU nor a property");
	assert_mistake("expect pipt+fast none", "5:8", "'fast' is neither a CPU nor a property");
	assert_mistake("expect all stale", "5:12", "'stale' is no kind of finding");
}

static void test_read__missing_and_surplus_words__their_column(void **state)
{
	(void)state;
	assert_mistake("read", "5:5", "an alias was expected");
	assert_mistake("read K", "5:7", "a number was expected");
	assert_mistake("read K 4 4", "5:10", "'4' is too much");
	assert_mistake("map V F", "5:8", "a region was expected");
	assert_mistake("expect all", "5:11", "a verdict was expected");
	assert_mistake("expect", "5:7", "a CPU or properties was expected");
	assert_mistake("frame", "5:6", "a frame was expected");
	assert_mistake("barrier now", "5:9", "'now' is too much");
	assert_mistake("remap K", "5:8", "a frame was expected");
}

static void test_read__numbers__out_of_range_or_none(void **state)
{
	(void)state;
	assert_mistake("read K four", "5:8", "'four' is no number");
	assert_mistake("read K 0x", "5:8", "is no number");
	assert_mistake("read K -4", "5:8", "is no number");
	assert_mistake("read K 99999999999999999999", "5:8", "is no number");
	assert_mistake("read K+x 4", "5:6", "+number");
	assert_mistake("frame G 0", "5:9", "a frame has 1 to 1024 pages");
	assert_mistake("frame G 1025", "5:9", "a frame has 1 to 1024 pages");
	assert_mistake("map V F vmap colour 4096", "5:21", "there are at most 4096 colours");
	assert_mistake("map V F user at 0x1001", "5:17", "a multiple of 4096");
	assert_mistake("map V F user at 0x200000000", "5:17", "below 8G");
}

static void test_read__ranges__outside_of_their_object(void **state)
{
	(void)state;
	assert_mistake("read K+8190 4", "5:6", "bytes 8190 to 8193 are outside of 'K'");
	assert_mistake("read K 0", "5:6", "no bytes of 'K'");
	assert_mistake("clean K+8193", "5:7", "outside of 'K'");
	assert_mistake("device-write F 8193", "5:14", "outside of 'F'");
	assert_mistake("outer-clean F+8000 400", "5:13", "outside of 'F'");
	assert_mistake("map V F+2 vmap", "5:7", "frame 'F' has 2 pages");
	assert_mistake("remap K F+1", "5:9", "alias 'K' has 2 pages");
}

static void test_read__names__taken_or_none(void **state)
{
	(void)state;
	assert_mistake("frame F", "5:7", "'F' is a frame already");
	assert_mistake("map K F vmap", "5:5", "'K' is an alias already");
	assert_mistake("map F F vmap", "5:5", "'F' is a frame already");
	assert_mistake("frame 4", "5:7", "'4' is no name for a frame");
	assert_mistake("map V F vmap space A", "5:14", "only user aliases");
}

static void test_read__braces__in_order(void **state)
{
	(void)state;
	assert_mistake("}", "5:1", "'}' without a thread");
	assert_mistake("{", "5:1", "'{' without 'thread NAME'");
	assert_mistake("thread T", "5:9", "'{' was expected");
	assert_mistake("thread T {", "5:1", "the file ends inside of thread 'T'");
	assert_mistake("thread T {\nthread U {", "6:1", "a thread inside of a thread");
}

static void test_read__threads__at_their_places(void **state)
{
	(void)state;
	assert_mistake("thread T { read K 4 }\nthread T { read K 4 }", "6:8",
		       "'T' is a thread already");
	assert_mistake("thread T { }\nread K 4\nthread U { read K 4 }", "6:1", "comes first");
	assert_mistake("thread T { }\nirq U { }\nread K 4", "7:1", "comes first");
	assert_mistake("lock L", "5:1", "'lock' outside of a thread");
	assert_mistake("irq-off", "5:1", "'irq-off' outside of a thread");
	assert_mistake("thread T {\njoin U\n}", "6:6", "no thread is called 'U'");
	assert_mistake("thread T {\njoin I\n}\nirq I { read K 4 }", "6:6", "may not come");
	assert_mistake("thread T {\nlock 4\n}", "6:6", "'4' is no name for a lock");
}

static void test_read__cpus__in_range(void **state)
{
	(void)state;
	assert_mistake("cpus 0", "5:6", "1 to 8 CPUs");
	assert_mistake("cpus 9", "5:6", "1 to 8 CPUs");
	assert_mistake("read K 4\ncpus 2", "6:6", "before the first statement");
	assert_mistake("thread T on 1 {", "5:13", "CPUs count from 0");
	assert_mistake("thread T on {", "5:13", "a number was expected");
}

static void test_read__no_head__says_how_a_file_begins(void **state)
{
	(void)state;
	assert_null(read_text("frame F\n"));
	assert_string_equal(problem, "x.litmus:1:1: a litmus file begins with 'litmus NAME'");
	assert_null(read_text("\n# only a comment\n"));
	assert_non_null(strstr(problem, "a litmus file begins with 'litmus NAME'"));
	assert_null(read_text("litmus\n"));
	assert_string_equal(problem, "x.litmus:1:7: a name was expected");
}

static void test_read__no_device__device_access_refused(void **state)
{
	(void)state;
	assert_null(read_text("litmus t\nframe F\ndevice-read F 4\n"));
	assert_non_null(strstr(problem, "x.litmus:3:16: no device was declared"));
}

static void test_read__too_many_words__refused(void **state)
{
	char text[512] = "litmus t\n";

	(void)state;
	for (int i = 0; i < 80; i++)
		strcat(text, "; ");
	assert_null(read_text(text));
	assert_non_null(strstr(problem, "x.litmus:2:129: more than 64 words in a line"));
}

static void test_read__whole_language__name_and_statements(void **state)
{
	struct ccsan_litmus *litmus =
		read_text("# a comment\nlitmus whole.thing-2\n"
			  "frame F 2; frame G\r\n"
			  "map K F kernel; map V F+1 vmap colour 3\n"
			  "map U F user at 0x10000 space A; map W G user at 0x10000 space B\n"
			  "map N F uncached\ndevice nic; device usb coherent\n"
			  "thread T0 {\n\tread K+0x10 4; write V 8   # comment\n"
			  "fetch K 4; clean K; invalidate K+64 64; flush V; icache-invalidate K\n"
			  "flush-all; clean-all; outer-clean F; outer-flush F+32 32\n"
			  "device-read F 4; device-write F 4 by usb; barrier; switch A\n"
			  "remap V F; unmap U\n}\n"
			  "expect all none\nexpect vivt+speculative stale-read,homonym\n");

	(void)state;
	if (!litmus)
		print_error("%s\n", problem);
	assert_non_null(litmus);
	assert_string_equal(ccsan_litmus_name(litmus), "whole.thing-2");
	assert_string_equal(ccsan_litmus_statement(litmus, 9), "read K+0x10 4; write V 8");
	assert_string_equal(ccsan_litmus_statement(litmus, 0), "");
	assert_string_equal(ccsan_litmus_statement(litmus, 1000), "");
	ccsan_litmus_free(litmus);
}

static void test_read__thread_in_one_line__as_in_several(void **state)
{
	struct ccsan_litmus *litmus =
		read_text("litmus t\nframe F\nmap K F kernel\nthread T { read K 4; write K 4 }\n");

	(void)state;
	assert_non_null(litmus);
	ccsan_litmus_free(litmus);
}

static void test_free__null__nothing(void **state)
{
	(void)state;
	ccsan_litmus_free(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read__unknown_words__each_named),
		cmocka_unit_test(test_read__missing_and_surplus_words__their_column),
		cmocka_unit_test(test_read__numbers__out_of_range_or_none),
		cmocka_unit_test(test_read__ranges__outside_of_their_object),
		cmocka_unit_test(test_read__names__taken_or_none),
		cmocka_unit_test(test_read__braces__in_order),
		cmocka_unit_test(test_read__threads__at_their_places),
		cmocka_unit_test(test_read__cpus__in_range),
		cmocka_unit_test(test_read__no_head__says_how_a_file_begins),
		cmocka_unit_test(test_read__no_device__device_access_refused),
		cmocka_unit_test(test_read__too_many_words__refused),
		cmocka_unit_test(test_read__whole_language__name_and_statements),
		cmocka_unit_test(test_read__thread_in_one_line__as_in_several),
		cmocka_unit_test(test_free__null__nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
