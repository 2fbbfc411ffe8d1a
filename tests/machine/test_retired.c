/* SPDX-License-Identifier: MIT */
/* Frames and aliases that were given back. */
#include "suite.h"

#include <string.h>

#include "rig.h"

enum { FREER = 7 };

static struct rig rig;

static int stop(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static ccsan_phys frame(uint64_t *va, unsigned attributes)
{
	ccsan_phys pa;

	rig_init(&rig, "arm926ej-s", 8);
	pa = ccsan_machine_alloc(rig.machine, 1);
	*va = map(&rig, pa, 1, attributes, 0);
	return pa;
}

static void expect_freed(const char *text)
{
	const struct ccsan_finding *f = one_finding(&rig);

	assert_non_null(f);
	assert_int_equal(f->kind, CCSAN_KIND_API_MISUSE);
	assert_int_equal(f->cause.deed, CCSAN_DEED_FREE);
	assert_int_equal(rig.cause_origin, FREER);
	assert_non_null(strstr(f->text, text));
}

static void test_retire__read__found_with_who_freed(void **state)
{
	uint64_t va;
	ccsan_phys pa = frame(&va, CCSAN_KERNEL);

	(void)state;
	cpu(&rig, CCSAN_WRITE, 0, va, 8);
	ccsan_machine_retire(rig.machine, pa, 1, FREER);
	cpu(&rig, CCSAN_READ, 0, va + 64, 8);
	expect_freed("a page that is free");
}

static void test_retire__device_writes__found(void **state)
{
	uint64_t va;
	ccsan_phys pa = frame(&va, CCSAN_KERNEL);

	(void)state;
	ccsan_machine_retire(rig.machine, pa, 1, FREER);
	device(&rig, CCSAN_DEVICE_WRITE, pa + 16, 4);
	expect_freed("a page that is free");
}

static void test_retire__dirty_lines_and_next_owner__nothing_lost(void **state)
{
	uint64_t va;
	ccsan_phys pa = frame(&va, CCSAN_KERNEL);

	(void)state;
	cpu(&rig, CCSAN_WRITE, 0, va, 8);
	ccsan_machine_retire(rig.machine, pa, 1, FREER);
	maintain(&rig, CCSAN_INVALIDATE, 0, va, 32);
	ccsan_machine_revive(rig.machine, pa, 1);
	cpu(&rig, CCSAN_WRITE, 0, va, 8);
	cpu(&rig, CCSAN_READ, 0, va, 8);
	assert_int_equal(rig.finding_count, 0);
}

static void test_retire_alias__read__found_until_revived(void **state)
{
	uint64_t va;

	(void)state;
	frame(&va, CCSAN_KMAP);
	cpu(&rig, CCSAN_WRITE, 0, va, 8);
	ccsan_machine_retire_alias(rig.machine, 0, va, 1, FREER);
	cpu(&rig, CCSAN_READ, 0, va, 8);
	expect_freed("a mapping that was given back");
	ccsan_machine_revive_alias(rig.machine, 0, va, 1);
	cpu(&rig, CCSAN_READ, 0, va, 8);
	assert_int_equal(rig.finding_count, 0);
}

static void test_retire_alias__maintained__silent(void **state)
{
	uint64_t va;

	(void)state;
	frame(&va, CCSAN_KMAP);
	cpu(&rig, CCSAN_WRITE, 0, va, 8);
	ccsan_machine_retire_alias(rig.machine, 0, va, 1, FREER);
	maintain(&rig, CCSAN_FLUSH, 0, va, 32);
	assert_int_equal(rig.finding_count, 0);
}

static void test_retire_alias__mapped_anew__alive(void **state)
{
	uint64_t va;
	ccsan_phys pa = frame(&va, CCSAN_KMAP);

	(void)state;
	assert_true(ccsan_machine_unmap(rig.machine, 0, va, 1));
	ccsan_machine_retire_alias(rig.machine, 0, va, 1, FREER);
	assert_int_equal(ccsan_machine_killer(rig.machine, 0, va), FREER);
	assert_int_equal(map_at(&rig, pa, 1, CCSAN_KMAP, 0, va), va);
	assert_int_equal(ccsan_machine_killer(rig.machine, 0, va), 0);
}

static void test_retire_alias__more_than_are_kept__no_false_alarm(void **state)
{
	uint64_t va;

	(void)state;
	frame(&va, CCSAN_KMAP);
	ccsan_machine_retire_alias(rig.machine, 0, va + 4096, 10000, FREER);
	cpu(&rig, CCSAN_READ, 0, va, 8);
	assert_int_equal(rig.finding_count, 0);
	assert_int_equal(ccsan_machine_killer(rig.machine, 0, va + 10000 * 4096ull), FREER);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_retire__read__found_with_who_freed, stop),
		cmocka_unit_test_teardown(test_retire__device_writes__found, stop),
		cmocka_unit_test_teardown(test_retire__dirty_lines_and_next_owner__nothing_lost,
					  stop),
		cmocka_unit_test_teardown(test_retire_alias__read__found_until_revived, stop),
		cmocka_unit_test_teardown(test_retire_alias__maintained__silent, stop),
		cmocka_unit_test_teardown(test_retire_alias__mapped_anew__alive, stop),
		cmocka_unit_test_teardown(test_retire_alias__more_than_are_kept__no_false_alarm,
					  stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
