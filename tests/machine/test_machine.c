/* SPDX-License-Identifier: MIT */
/* What programs and devices do, cut into pages; what becomes of faults; who owns memory. */
#include "suite.h"

#include <string.h>

#include "rig.h"

static struct rig rig;

static int stop(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

/* --- ranges --- */

static void test_access__crosses_pages__one_access_in_the_finding(void **state)
{
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	va = map(&rig, f, 2, CCSAN_VMAP, 0);
	assert_int_equal(cpu(&rig, CCSAN_READ, 0, va, 8192), 8192);
	device(&rig, CCSAN_DEVICE_WRITE, f + 4096, 4);
	assert_int_equal(cpu(&rig, CCSAN_READ, 0, va + 4090, 12), 12);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_STALE_READ);
	assert_int_equal(finding->access.va, va + 4090);
	assert_int_equal(finding->access.bytes, 12);
	assert_int_equal(finding->line.pa, f + 4096);
	assert_int_equal(finding->line.wrong, 0xf);
}

static void test_access__runs_into_a_hole__says_where_it_stopped(void **state)
{
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_VMAP, 0);
	assert_int_equal(cpu(&rig, CCSAN_READ, 0, va + 4000, 200), 96);
	assert_int_equal(maintain(&rig, CCSAN_CLEAN, 0, va + 4000, 200), 96);
	assert_int_equal(cpu(&rig, CCSAN_READ, 0, va - 4096, 4), 0);
}

static void test_access__uncached_alias__past_the_caches(void **state)
{
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t k, u;

	(void)state;
	rig_init(&rig, "cortex-a53", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	k = map(&rig, f, 1, CCSAN_KERNEL, 0);
	u = map(&rig, f, 1, CCSAN_KERNEL | CCSAN_UNCACHED, 0);
	assert_int_not_equal(k, u);
	cpu(&rig, CCSAN_WRITE, 0, k, 4);
	cpu(&rig, CCSAN_READ, 0, u, 4);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_STALE_READ);
	assert_int_equal(finding->access.deed, CCSAN_DEED_UNCACHED_READ);
	assert_string_equal(finding->access.alias, "uncached");
	assert_int_equal(finding->cause.deed, CCSAN_DEED_WRITE);
}

static void test_maintain__uncached_alias__does_nothing(void **state)
{
	ccsan_phys f;
	uint64_t k, u;

	(void)state;
	rig_init(&rig, "cortex-a53", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	k = map(&rig, f, 1, CCSAN_KERNEL, 0);
	u = map(&rig, f, 1, CCSAN_VMAP | CCSAN_UNCACHED, 0);
	cpu(&rig, CCSAN_WRITE, 0, k, 4);
	assert_int_equal(maintain(&rig, CCSAN_CLEAN, 0, u, 4), 4);
	device(&rig, CCSAN_DEVICE_READ, f, 4);
	assert_int_equal(one_finding(&rig)->kind, CCSAN_KIND_STALE_DMA);
}

static void test_readonly_alias__write__stops_where_it_is_forbidden(void **state)
{
	ccsan_phys f;
	uint64_t k;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	k = map(&rig, f, 2, CCSAN_VMAP, 0);
	assert_true(ccsan_machine_protect(rig.machine, 0, k + 4096, 1, false));
	assert_true(ccsan_machine_allows(rig.machine, 0, k + 4096, false));
	assert_false(ccsan_machine_allows(rig.machine, 0, k + 4096, true));
	assert_int_equal(cpu(&rig, CCSAN_WRITE, 0, k, 8192), 4096);
	assert_int_equal(cpu(&rig, CCSAN_READ, 0, k, 8192), 8192);
	assert_true(ccsan_machine_protect(rig.machine, 0, k + 4096, 1, true));
	assert_int_equal(cpu(&rig, CCSAN_WRITE, 0, k, 8192), 8192);
	assert_false(ccsan_machine_protect(rig.machine, 0, k + 4096, 2, true));
}

static void test_protect__dirty_line__is_dirty_still(void **state)
{
	ccsan_phys f;
	uint64_t k;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	k = map(&rig, f, 1, CCSAN_VMAP, 0);
	cpu(&rig, CCSAN_WRITE, 0, k, 4);
	ccsan_machine_protect(rig.machine, 0, k, 1, false);
	device(&rig, CCSAN_DEVICE_READ, f, 4);
	assert_int_equal(one_finding(&rig)->kind, CCSAN_KIND_STALE_DMA);
}

static void test_set_and_way__dirty_lines__as_by_address(void **state)
{
	struct ccsan_event clean = { .operation = CCSAN_CLEAN };
	ccsan_phys f;

	(void)state;
	rig_init(&rig, "cortex-a7", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	cpu(&rig, CCSAN_WRITE, 0, map(&rig, f, 2, CCSAN_KERNEL, 0), 8192);
	assert_int_equal(ccsan_machine_maintain_all(rig.machine, &clean), 8192 / 64);
	device(&rig, CCSAN_DEVICE_READ, f, 8192);
	assert_int_equal(rig.finding_count, 0);
}

static void test_outer__by_address_and_physical__both_reach_it(void **state)
{
	struct ccsan_event event = { .operation = CCSAN_OUTER_CLEAN };
	ccsan_phys f;
	uint64_t va, changed = 0;

	(void)state;
	rig_init(&rig, "cortex-a9-pl310", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	va = map(&rig, f, 2, CCSAN_VMAP, 0);
	cpu(&rig, CCSAN_WRITE, 0, va, 8192);
	maintain(&rig, CCSAN_CLEAN, 0, va, 8192);
	event.at.va = va;
	assert_int_equal(ccsan_machine_outer(rig.machine, &event, 4096, &changed), 4096);
	assert_int_equal(changed, 4096 / 32);
	event.at.pa = f + 4096;
	assert_int_equal(ccsan_machine_outer_physical(rig.machine, &event, 4096), 4096 / 32);
	device(&rig, CCSAN_DEVICE_READ, f, 8192);
	assert_int_equal(rig.finding_count, 0);
}

static void test_x86__every_mistake__nothing_found(void **state)
{
	ccsan_phys f;
	uint64_t k, v;

	(void)state;
	rig_init(&rig, "x86", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	k = map(&rig, f, 1, CCSAN_KERNEL, 0);
	v = map(&rig, f, 1, CCSAN_VMAP, 0);
	cpu(&rig, CCSAN_WRITE, 0, k, 4);
	device(&rig, CCSAN_DEVICE_READ, f, 4);
	device(&rig, CCSAN_DEVICE_WRITE, f, 4);
	cpu(&rig, CCSAN_READ, 0, v, 4);
	maintain(&rig, CCSAN_INVALIDATE, 0, k, 4);
	cpu(&rig, CCSAN_FETCH, 0, v, 4);
	assert_int_equal(rig.finding_count, 0);
}

/* --- findings --- */

static void test_finding__stale_dma__everything_named(void **state)
{
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "arm1136", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_VMAP | CCSAN_COLOUR(1), 0);
	maintain(&rig, CCSAN_FLUSH, 0, va, 64);
	cpu(&rig, CCSAN_WRITE, 0, va + 8, 4);
	device(&rig, CCSAN_DEVICE_READ, f, 64);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_STALE_DMA);
	assert_int_equal(finding->needs, CCSAN_NEEDS_NOTHING);
	assert_int_equal(finding->count, 1);
	assert_string_equal(finding->cpu, "arm1136");
	assert_int_equal(finding->access.deed, CCSAN_DEED_DEVICE_READ);
	assert_int_equal(finding->access.va, 0);
	assert_int_equal(finding->access.pa, f);
	assert_int_equal(finding->access.bytes, 64);
	assert_int_equal(finding->cause.deed, CCSAN_DEED_WRITE);
	assert_int_equal(finding->cause.va, va + 8);
	assert_int_equal(finding->cause.pa, f + 8);
	assert_string_equal(finding->cause.alias, "vmap, colour 1");
	assert_string_equal(finding->cause.who, "origin 2");
	assert_int_equal(finding->keeper.deed, CCSAN_DEED_FLUSH);
	assert_int_equal(finding->line.bytes, 32);
	assert_int_equal(finding->line.granule, 1);
	assert_int_equal(finding->line.wrong, 0xf00);
	assert_int_equal(finding->line.memory_lacks, 0xf00);
	assert_false(finding->line.outer);
	assert_int_equal(finding->advised_count, 1);
	assert_int_equal(finding->advised[0].deed, CCSAN_DEED_CLEAN);
	assert_int_equal(finding->advised[0].va, va);
	assert_string_equal(finding->advised[0].alias, "vmap, colour 1");
	assert_int_equal(finding->trial, CCSAN_TRIAL_GONE);
}

static void test_finding__instruction_side__its_own_words(void **state)
{
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	cpu(&rig, CCSAN_FETCH, 0, va, 4);
	cpu(&rig, CCSAN_WRITE, 0, va, 4);
	maintain(&rig, CCSAN_CLEAN, 0, va, 4);
	cpu(&rig, CCSAN_FETCH, 0, va, 4);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_STALE_FETCH);
	assert_int_equal(finding->access.deed, CCSAN_DEED_FETCH);
	assert_int_equal(finding->advised[0].deed, CCSAN_DEED_ICACHE_INVALIDATE);
}

static void test_finding__own_memory__plain_addresses(void **state)
{
	const struct ccsan_finding *finding;

	(void)state;
	rig_init(&rig, "cortex-m7", 8);
	cpu(&rig, CCSAN_WRITE, 0, CCSAN_OWN_MEMORY | 0x7f0012345678, 4);
	device(&rig, CCSAN_DEVICE_READ, CCSAN_OWN_MEMORY | 0x7f0012345678, 4);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->access.pa, 0x7f0012345678);
	assert_int_equal(finding->cause.va, 0x7f0012345678);
	assert_string_equal(finding->cause.alias, "own memory");
}

static void test_report__without_a_line__text_and_both_actors(void **state)
{
	struct ccsan_event access = { .operation = CCSAN_READ, .origin = 7, .at = { .pa = 0x10 } };
	struct ccsan_event cause = { .operation = CCSAN_WRITE, .origin = 8 };
	const struct ccsan_finding *finding;

	(void)state;
	rig_init(&rig, "cortex-m7", 8);
	ccsan_machine_report(rig.machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_CALL, &access, &cause,
			     "what is wrong");
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_API_MISUSE);
	assert_int_equal(finding->access.deed, CCSAN_DEED_CALL);
	assert_int_equal(finding->cause.deed, CCSAN_DEED_MAP);
	assert_string_equal(finding->text, "what is wrong");
	assert_int_equal(finding->line.bytes, 0);
	assert_int_equal(rig.access_origin, 7);
	assert_int_equal(rig.cause_origin, 8);
}

static void test_report__text_too_long__cut(void **state)
{
	struct ccsan_event access = { .operation = CCSAN_READ };
	char text[2 * CCSAN_TEXT_BYTES];

	(void)state;
	rig_init(&rig, "cortex-m7", 8);
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	ccsan_machine_report(rig.machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_CALL, &access, NULL,
			     text);
	assert_int_equal(strlen(one_finding(&rig)->text), CCSAN_TEXT_BYTES - 1);
}

static void test_report_losses__given_up__told_at_the_end(void **state)
{
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "cortex-a53", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	cpu(&rig, CCSAN_WRITE, 0, va, 128);
	maintain(&rig, CCSAN_INVALIDATE, 0, va, 64);
	assert_int_equal(rig.finding_count, 0);
	ccsan_machine_report_losses(rig.machine, f, 4096);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_LOST_WRITE);
	assert_int_equal(finding->access.deed, CCSAN_DEED_INVALIDATE);
}

/* --- who owns memory --- */

static struct ccsan_owned owned_at(ccsan_phys pa, uint64_t bytes, bool device_writes)
{
	return (struct ccsan_owned){ .pa = pa,
				     .bytes = bytes,
				     .device_writes = device_writes,
				     .event = { .operation = CCSAN_READ, .origin = 9 },
				     .text = "nic, from device" };
}

static void test_ownership__device_writes__any_access_is_wrong(void **state)
{
	struct ccsan_owned owned;
	const struct ccsan_finding *finding;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "x86", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	owned = owned_at(f + 8, 64, true);
	ccsan_machine_give(rig.machine, &owned);
	cpu(&rig, CCSAN_READ, 0, va + 16, 4);
	finding = one_finding(&rig);
	assert_non_null(finding);
	assert_int_equal(finding->kind, CCSAN_KIND_DMA_OWNERSHIP);
	assert_string_equal(finding->text, "64 bytes belong to nic, from device");
	assert_int_equal(finding->cause.deed, CCSAN_DEED_MAP);
	assert_int_equal(rig.cause_origin, 9);
	cpu(&rig, CCSAN_READ, 0, va, 8);
	cpu(&rig, CCSAN_WRITE, 0, va + 72, 4);
	assert_int_equal(rig.finding_count, 0);
	ccsan_machine_take(rig.machine, &owned);
	cpu(&rig, CCSAN_WRITE, 0, va + 16, 4);
	assert_int_equal(rig.finding_count, 0);
}

static void test_ownership__device_reads__reads_are_right_and_writes_wrong(void **state)
{
	struct ccsan_owned owned;
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "x86", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	owned = owned_at(f, 64, false);
	ccsan_machine_give(rig.machine, &owned);
	cpu(&rig, CCSAN_READ, 0, va, 64);
	assert_int_equal(rig.finding_count, 0);
	cpu(&rig, CCSAN_WRITE, 0, va + 60, 8);
	assert_int_equal(one_finding(&rig)->kind, CCSAN_KIND_DMA_OWNERSHIP);
	ccsan_machine_take(rig.machine, &owned);
}

static void test_ownership__taken_in_any_order__the_others_stay(void **state)
{
	struct ccsan_owned owned[3];
	ccsan_phys f;
	uint64_t va;

	(void)state;
	rig_init(&rig, "x86", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	for (unsigned i = 0; i < 3; i++) {
		owned[i] = owned_at(f + i * 256, 64, true);
		ccsan_machine_give(rig.machine, &owned[i]);
	}
	ccsan_machine_take(rig.machine, &owned[1]);
	cpu(&rig, CCSAN_READ, 0, va + 256, 4);
	assert_int_equal(rig.finding_count, 0);
	cpu(&rig, CCSAN_READ, 0, va, 4);
	assert_non_null(one_finding(&rig));
	cpu(&rig, CCSAN_READ, 0, va + 512, 4);
	assert_non_null(one_finding(&rig));
	ccsan_machine_take(rig.machine, &owned[0]);
	ccsan_machine_take(rig.machine, &owned[2]);
	cpu(&rig, CCSAN_READ, 0, va, 4);
	assert_int_equal(rig.finding_count, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_access__crosses_pages__one_access_in_the_finding,
					  stop),
		cmocka_unit_test_teardown(test_access__runs_into_a_hole__says_where_it_stopped,
					  stop),
		cmocka_unit_test_teardown(test_access__uncached_alias__past_the_caches, stop),
		cmocka_unit_test_teardown(test_maintain__uncached_alias__does_nothing, stop),
		cmocka_unit_test_teardown(test_readonly_alias__write__stops_where_it_is_forbidden,
					  stop),
		cmocka_unit_test_teardown(test_protect__dirty_line__is_dirty_still, stop),
		cmocka_unit_test_teardown(test_set_and_way__dirty_lines__as_by_address, stop),
		cmocka_unit_test_teardown(test_outer__by_address_and_physical__both_reach_it, stop),
		cmocka_unit_test_teardown(test_x86__every_mistake__nothing_found, stop),
		cmocka_unit_test_teardown(test_finding__stale_dma__everything_named, stop),
		cmocka_unit_test_teardown(test_finding__instruction_side__its_own_words, stop),
		cmocka_unit_test_teardown(test_finding__own_memory__plain_addresses, stop),
		cmocka_unit_test_teardown(test_report__without_a_line__text_and_both_actors, stop),
		cmocka_unit_test_teardown(test_report__text_too_long__cut, stop),
		cmocka_unit_test_teardown(test_report_losses__given_up__told_at_the_end, stop),
		cmocka_unit_test_teardown(test_ownership__device_writes__any_access_is_wrong, stop),
		cmocka_unit_test_teardown(
			test_ownership__device_reads__reads_are_right_and_writes_wrong, stop),
		cmocka_unit_test_teardown(test_ownership__taken_in_any_order__the_others_stay,
					  stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
