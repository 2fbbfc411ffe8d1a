/* SPDX-License-Identifier: MIT */
/* The JSON of a finding: the documented keys and their types. */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "report/json.h"
#include "sample.h"

static json_t *json;

static void make(const struct ccsan_finding *finding)
{
	struct ccsan_symbols *symbols = sample_symbols(true);

	json = ccsan_json_finding(finding, symbols);
	ccsan_symbols_free(symbols);
}

static int stop(void **state)
{
	(void)state;
	json_decref(json);
	json = NULL;
	return 0;
}

static const char *string(const json_t *object, const char *key)
{
	const char *value = json_string_value(json_object_get(object, key));

	assert_non_null(value);
	return value;
}

static void test_finding__stale_dma__documented_shape(void **state)
{
	struct ccsan_finding f = sample_stale_dma();
	const json_t *access, *cause, *frame, *line, *advice, *call;

	(void)state;
	make(&f);
	assert_string_equal(string(json, "kind"), "stale-dma");
	assert_true(json_is_null(json_object_get(json, "va")));
	assert_string_equal(string(json, "pa"), "0x80000000");
	assert_int_equal(json_integer_value(json_object_get(json, "bytes")), 32);
	assert_string_equal(string(json, "alias"), "");
	assert_string_equal(string(json, "certainty"), "always");
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 1);
	assert_true(json_is_null(json_object_get(json, "maintained")));
	access = json_object_get(json, "access");
	assert_string_equal(string(access, "op"), "device read");
	frame = json_array_get(json_object_get(access, "stack"), 0);
	assert_string_equal(string(frame, "function"), "sample_reader");
	assert_non_null(strstr(string(frame, "file"), "sample.c"));
	assert_true(json_integer_value(json_object_get(frame, "line")) > 0);
	cause = json_object_get(json, "cause");
	assert_string_equal(string(cause, "op"), "write");
	assert_string_equal(string(cause, "va"), "0x300001008");
	assert_string_equal(string(cause, "alias"), "vmap, colour 1");
	line = json_object_get(json, "line");
	assert_int_equal(json_array_size(json_object_get(line, "wrong")), 4);
	assert_int_equal(json_integer_value(json_array_get(json_object_get(line, "wrong"), 0)), 8);
	assert_int_equal(json_array_size(json_object_get(line, "places")), 1);
	advice = json_object_get(json, "advice");
	assert_true(json_is_true(json_object_get(advice, "tried")));
	call = json_array_get(json_object_get(advice, "calls"), 0);
	assert_string_equal(string(call, "op"), "clean");
	assert_string_equal(string(call, "call"), "ccsan_dma_clean()");
}

static void test_finding__no_line_and_no_cause__null(void **state)
{
	struct ccsan_finding f = sample_misuse();

	(void)state;
	make(&f);
	assert_true(json_is_null(json_object_get(json, "line")));
	assert_true(json_is_null(json_object_get(json, "cause")));
	assert_true(json_is_null(json_object_get(json, "certainty")));
	assert_string_equal(string(json, "text"), "a device address that leads nowhere");
	assert_int_equal(json_integer_value(json_object_get(json, "count")), 3);
}

static void test_finding__certainty__each_word(void **state)
{
	static const char *const words[] = { "always", "on-eviction", "on-speculative-fill" };
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	for (int needs = 0; needs < 3; needs++) {
		f.needs = (enum ccsan_needs)needs;
		make(&f);
		assert_string_equal(string(json, "certainty"), words[needs]);
		json_decref(json);
	}
	json = NULL;
}

static void test_finding__names_that_are_no_utf8__null_not_nothing(void **state)
{
	struct ccsan_finding f = sample_misuse();
	char *dumped;

	(void)state;
	memcpy(f.access.who, "\xff\xfe", 3);
	make(&f);
	assert_true(json_is_null(json_object_get(json_object_get(json, "access"), "by")));
	dumped = json_dumps(json, 0);
	assert_non_null(dumped);
	free(dumped);
}

static void test_document__results__with_the_version(void **state)
{
	(void)state;
	json = ccsan_json_document(json_array());
	assert_true(*string(json, "ccsan") >= '0' && *string(json, "ccsan") <= '9');
	assert_true(json_is_array(json_object_get(json, "results")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_finding__stale_dma__documented_shape, stop),
		cmocka_unit_test_teardown(test_finding__no_line_and_no_cause__null, stop),
		cmocka_unit_test_teardown(test_finding__certainty__each_word, stop),
		cmocka_unit_test_teardown(test_finding__names_that_are_no_utf8__null_not_nothing,
					  stop),
		cmocka_unit_test_teardown(test_document__results__with_the_version, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
