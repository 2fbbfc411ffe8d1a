/* SPDX-License-Identifier: MIT */
/* The report for people: each of its parts, in their order, with the lines that matter. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/text.h"
#include "sample.h"

static char *text;
static const char *at; /* behind the last line that was found */

static void print(const struct ccsan_finding *finding, bool symbolize, const char *cpus)
{
	struct ccsan_symbols *symbols = sample_symbols(symbolize);
	size_t size;
	FILE *to = open_memstream(&text, &size);

	assert_non_null(to);
	ccsan_text_print(to, finding, symbols, false, cpus);
	fclose(to);
	ccsan_symbols_free(symbols);
	at = text;
}

static int stop(void **state)
{
	(void)state;
	free(text);
	text = NULL;
	return 0;
}

/* The next line that contains this; lines in between do not matter. */
static void then(const char *wanted)
{
	const char *found = strstr(at, wanted);

	if (!found)
		print_error("'%s' is not in the rest of:\n%s\n", wanted, at);
	assert_non_null(found);
	at = found + strlen(wanted);
}

static void never(const char *unwanted)
{
	assert_null(strstr(text, unwanted));
}

static void test_print__stale_dma__eight_parts_in_order(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	print(&f, true, NULL);
	then("ERROR: ccsan: stale-dma in sample_reader / sample_writer\n");
	then("device read of 32 bytes at physical 0x80000000 by device nic\n");
	then("    #0 sample_reader ");
	then("sample.c:");
	then("4 bytes (+8..11 of the line at physical 0x80000000) may be an older version in "
	     "memory");
	then("The newer bytes were written by:\n");
	then("  write of 4 bytes at 0x300001008 (vmap, colour 1), physical 0x80000008 by T0\n");
	then("    #0 sample_writer ");
	then("Nothing has cleaned or invalidated the line so far.\n");
	then("  byte                     0       8       16      24");
	then("  vmap, colour 1           DDDDDDDDDDDDDDDDDDDDDDDDDDDDDDDD  present, dirty\n");
	then("  memory                   ========oooo====================  lacks the newest "
	     "bytes\n");
	then("  this access              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^");
	then("Goes wrong always");
	then("On: arm1136 ");
	then("Advice: a missing call may be ccsan_dma_clean() (clean) on the line at 0x300001000 "
	     "(vmap, colour 1), after the write in sample_writer() and before the device read");
	then("Contract: ccsan/cache.h.\n");
	then("Tried: with it at that point, this finding is gone.\n");
	then("SUMMARY: ccsan: stale-dma ");
	then(" in sample_reader\n");
}

static void test_print__keeper_and_certainty__named(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	f.keeper = f.cause;
	f.keeper.deed = CCSAN_DEED_FLUSH;
	f.needs = CCSAN_NEEDS_SPECULATIVE_FILL;
	f.trial = CCSAN_TRIAL_STAYS;
	print(&f, true, "arm1136, cortex-a8");
	then("The line was last maintained by:\n  flush of 4 bytes");
	then("#0 sample_writer");
	then("Goes wrong on speculative fill");
	then("On: arm1136, cortex-a8.\n");
	then("Tried: it is not enough by itself");
	free(text);
	f.needs = CCSAN_NEEDS_EVICTION;
	print(&f, true, NULL);
	then("Goes wrong on eviction");
}

static void test_print__old_alias_and_outer_cache__in_the_picture(void **state)
{
	struct ccsan_finding f = sample_stale_dma();
	struct ccsan_place_seen *old = &f.line.places[1];

	(void)state;
	f.line.place_count = 9;
	snprintf(old->alias, sizeof(old->alias), "kernel, colour 0");
	old->present = old->by_speculation = true;
	old->stale = 0xf00;
	f.line.outer = f.line.outer_present = f.line.outer_dirty = true;
	print(&f, true, NULL);
	then("  kernel, colour 0         ========oooo====================  may have been fetched "
	     "unasked, partly old\n");
	then("(3 more places)\n");
	then("  outer cache              DDDD");
}

static void test_print__long_line__a_column_for_each_granule(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	f.line.bytes = 256;
	f.line.granule = 4;
	f.line.wrong = 1ull << 63;
	print(&f, true, NULL);
	then("4 bytes (+252..255 of the line");
	then("  byte                     0       32      64");
}

static void test_print__shared_line__advises_alignment(void **state)
{
	struct ccsan_finding f = sample_lost_write();

	(void)state;
	print(&f, true, NULL);
	then("ERROR: ccsan: lost-write in sample_reader / sample_writer\n");
	then("The bytes that are lost were written by:\n");
	then("shares this line with other data.");
	then("whole lines of 32 bytes");
	then("before the invalidate");
}

static void test_print__api_misuse__text_and_no_line(void **state)
{
	struct ccsan_finding f = sample_misuse();

	(void)state;
	print(&f, true, NULL);
	then("ERROR: ccsan: api-misuse in sample_reader\n");
	then("a device address that leads nowhere\n");
	then("SUMMARY: ccsan: api-misuse ");
	then("(3 times with the same stacks)\n");
	never("The line before that");
	never("Goes wrong");
	never("Advice");
}

static void test_print__in_a_test__named(void **state)
{
	struct ccsan_finding f = sample_misuse();

	(void)state;
	snprintf(f.test, sizeof(f.test), "ring_wraps");
	print(&f, true, NULL);
	then("(test ring_wraps)");
}

static void test_print__nobody_known__says_so(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	memset(&f.cause, 0, sizeof(f.cause));
	print(&f, true, NULL);
	then("nobody that ccsan has seen\n");
	free(text);
	snprintf(f.cause.who, sizeof(f.cause.who), "start-up");
	print(&f, true, NULL);
	then("start-up: initialised data is written through the cache\n");
}

static void test_print__not_symbolized__module_and_offset(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	print(&f, false, NULL);
	then("ERROR: ccsan: stale-dma in test_text+0x");
	then("#0 (test_text+0x");
	never("sample.c");
}

static void test_print__colour__only_when_asked_for(void **state)
{
	struct ccsan_finding f = sample_stale_dma();
	struct ccsan_symbols *symbols = sample_symbols(true);
	size_t size;
	FILE *to;

	(void)state;
	print(&f, true, NULL);
	never("\033");
	free(text);
	to = open_memstream(&text, &size);
	ccsan_text_print(to, &f, symbols, true, NULL);
	fclose(to);
	ccsan_symbols_free(symbols);
	at = text;
	then("\033[1;31mERROR: ccsan: stale-dma\033[0m");
}

static void test_print__every_kind_and_host__has_its_parts(void **state)
{
	static const char *const hosts[] = { "", "linux", "cmsis", "u-boot", "zephyr" };

	(void)state;
	for (int kind = CCSAN_KIND_NONE + 1; kind < CCSAN_KIND_COUNT; kind++)
		for (int host = 0; host < 5; host++) {
			struct ccsan_finding f = sample_stale_dma();

			f.kind = (enum ccsan_kind)kind;
			snprintf(f.host, sizeof(f.host), "%s", hosts[host]);
			print(&f, true, NULL);
			then(ccsan_kind_name(f.kind));
			then("Contract: ");
			then("SUMMARY: ccsan: ");
			free(text);
			text = NULL;
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_print__stale_dma__eight_parts_in_order, stop),
		cmocka_unit_test_teardown(test_print__keeper_and_certainty__named, stop),
		cmocka_unit_test_teardown(test_print__old_alias_and_outer_cache__in_the_picture,
					  stop),
		cmocka_unit_test_teardown(test_print__long_line__a_column_for_each_granule, stop),
		cmocka_unit_test_teardown(test_print__shared_line__advises_alignment, stop),
		cmocka_unit_test_teardown(test_print__api_misuse__text_and_no_line, stop),
		cmocka_unit_test_teardown(test_print__in_a_test__named, stop),
		cmocka_unit_test_teardown(test_print__nobody_known__says_so, stop),
		cmocka_unit_test_teardown(test_print__not_symbolized__module_and_offset, stop),
		cmocka_unit_test_teardown(test_print__colour__only_when_asked_for, stop),
		cmocka_unit_test_teardown(test_print__every_kind_and_host__has_its_parts, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
