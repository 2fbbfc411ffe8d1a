/* SPDX-License-Identifier: MIT */
/* Suppressions: what matches, what never did, and files that are malformed. */
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report/suppress.h"
#include "sample.h"

static char problem[256];

static struct ccsan_suppressions *read_text(const char *text)
{
	FILE *file = fmemopen((void *)(uintptr_t)text, strlen(text), "r");
	struct ccsan_suppressions *s;

	assert_non_null(file);
	problem[0] = '\0';
	s = ccsan_suppressions_read(file, "known.supp", problem, sizeof(problem));
	fclose(file);
	return s;
}

static bool suppresses(const char *text, const struct ccsan_finding *finding)
{
	struct ccsan_suppressions *s = read_text(text);
	struct ccsan_symbols *symbols = sample_symbols(true);
	bool result;

	assert_non_null(s);
	result = ccsan_suppressed(s, finding, symbols);
	ccsan_symbols_free(symbols);
	ccsan_suppressions_free(s);
	return result;
}

static void test_suppressed__function_file_and_kind__globs(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	assert_true(suppresses("stale-dma:sample_reader\n", &f));
	assert_true(suppresses("stale-dma:sample_writer\n", &f));
	assert_true(suppresses("stale-dma:*_wri?er", &f));
	assert_true(suppresses("stale-dma:sample.c\n", &f));
	assert_true(suppresses("stale-dma:*/report/sample.c\n", &f));
	assert_true(suppresses("*:sample_reader\n", &f));
	assert_true(suppresses("# known\n\n  stale-dma:sample_reader  \r\n", &f));
}

static void test_suppressed__something_else__not(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	assert_false(suppresses("stale-read:sample_reader\n", &f));
	assert_false(suppresses("stale-dma:sample\n", &f));
	assert_false(suppresses("stale-dma:other_*\n", &f));
	assert_false(suppresses("", &f) || suppresses("# only a comment\n", &f));
	assert_false(ccsan_suppressed(NULL, &f, NULL));
}

static void test_tell__unmatched_line__warned_of_with_its_place(void **state)
{
	struct ccsan_suppressions *s =
		read_text("# first\nstale-dma:sample_reader\nhomonym:never_*\n");
	struct ccsan_symbols *symbols = sample_symbols(true);
	struct ccsan_finding f = sample_stale_dma();
	char *text;
	size_t size;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_true(ccsan_suppressed(s, &f, symbols));
	assert_true(ccsan_suppressed(s, &f, symbols));
	ccsan_suppressions_tell(s, to, true);
	fclose(to);
	assert_non_null(strstr(text, "'stale-dma:sample_reader' matched 2 findings\n"));
	assert_non_null(
		strstr(text, "known.supp:3: suppression 'homonym:never_*' matched nothing"));
	free(text);
	to = open_memstream(&text, &size);
	ccsan_suppressions_tell(s, to, false);
	fclose(to);
	assert_null(strstr(text, "matched 2"));
	assert_non_null(strstr(text, "warning"));
	free(text);
	ccsan_symbols_free(symbols);
	ccsan_suppressions_free(s);
}

static void assert_refused(const char *text, const char *message)
{
	assert_null(read_text(text));
	assert_string_equal(problem, message);
}

static void test_read__malformed__file_line_and_reason(void **state)
{
	(void)state;
	assert_refused("stale-dma:x\nnonsense\n", "known.supp:2: kind:pattern was expected");
	assert_refused("stale-dmx:x\n", "known.supp:1: no such kind (see `ccsan explain`)");
	assert_refused("\n\n# c\nstale-dma:\n", "known.supp:4: the pattern is empty");
	assert_refused(":x\n", "known.supp:1: no such kind (see `ccsan explain`)");
}

static void test_open__no_such_file__named(void **state)
{
	(void)state;
	assert_null(ccsan_suppressions_open("/nonexistent/known.supp", problem, sizeof(problem)));
	assert_string_equal(problem, "/nonexistent/known.supp: No such file or directory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_suppressed__function_file_and_kind__globs),
		cmocka_unit_test(test_suppressed__something_else__not),
		cmocka_unit_test(test_tell__unmatched_line__warned_of_with_its_place),
		cmocka_unit_test(test_read__malformed__file_line_and_reason),
		cmocka_unit_test(test_open__no_such_file__named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
