/* SPDX-License-Identifier: MIT */
/* The words for kinds and deeds. */
#include "suite.h"

#include <ccsan/finding.h>

static void test_kinds__each__has_a_name_and_is_found_by_it(void **state)
{
	(void)state;
	for (int kind = CCSAN_KIND_NONE + 1; kind < CCSAN_KIND_COUNT; kind++)
		assert_int_equal(ccsan_kind_find(ccsan_kind_name((enum ccsan_kind)kind)), kind);
	assert_null(ccsan_kind_name(CCSAN_KIND_COUNT));
	assert_int_equal(ccsan_kind_find("stale"), CCSAN_KIND_NONE);
	assert_int_equal(ccsan_kind_find("none"), CCSAN_KIND_NONE);
	assert_int_equal(ccsan_kind_find(""), CCSAN_KIND_NONE);
}

static void test_deeds__each__has_a_name(void **state)
{
	(void)state;
	for (int deed = 0; deed < CCSAN_DEED_COUNT; deed++)
		assert_non_null(ccsan_deed_name((enum ccsan_deed)deed));
	assert_null(ccsan_deed_name(CCSAN_DEED_COUNT));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_kinds__each__has_a_name_and_is_found_by_it),
		cmocka_unit_test(test_deeds__each__has_a_name),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
