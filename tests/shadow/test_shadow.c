/* SPDX-License-Identifier: MIT */
/* Lines, places, aliases: what the tables make of the rules. */
#include "suite.h"

#include "rig.h"

static struct rig rig;
static const uint64_t frame_f = 0x80000000, frame_g = 0x80001000;

static void start(enum ccsan_indexing indexing, unsigned traits)
{
	struct ccsan_geometry g = geometry(indexing, traits);

	rig_init(&rig, &g);
}

static int stop(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static void assert_fault(enum ccsan_fault wanted)
{
	const struct ccsan_shadow_fault *fault = one_fault(&rig);

	assert_non_null(fault);
	assert_int_equal(fault->verdict.fault, wanted);
}

static void assert_none(void)
{
	assert_int_equal(new_faults(&rig), 0);
}

/* --- which aliases share a place --- */

/* A write through K, a read through V: wrong unless they share a place. */
static void write_then_read(enum ccsan_indexing indexing, uint64_t va_k, uint64_t va_v)
{
	struct alias k = alias_at(0, va_k, frame_f), v = alias_at(0, va_v, frame_f);

	start(indexing, 0);
	map(&rig, &k);
	map(&rig, &v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
}

static void test_aliases__pipt__share_a_place(void **state)
{
	(void)state;
	write_then_read(CCSAN_PIPT, 0x10000, 0x21000);
	assert_none();
}

static void test_aliases__vipt_same_colour__share_a_place(void **state)
{
	(void)state;
	write_then_read(CCSAN_VIPT, 0x10000, 0x24000);
	assert_none();
}

static void test_aliases__vipt_other_colour__stale_read(void **state)
{
	(void)state;
	write_then_read(CCSAN_VIPT, 0x10000, 0x21000);
	assert_fault(CCSAN_STALE_READ);
}

static void test_aliases__vivt__stale_read(void **state)
{
	(void)state;
	write_then_read(CCSAN_VIVT, 0x10000, 0x24000);
	assert_fault(CCSAN_STALE_READ);
}

static void test_access__crosses_lines__each_line_is_judged(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);
	const struct ccsan_shadow_fault *fault;

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_READ, 0, 2 * LINE);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f + LINE + 4, 4);
	cpu(&rig, &k, CCSAN_READ, LINE - 8, 16);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->line_pa, frame_f + LINE);
	assert_int_equal(fault->verdict.set, 0xf0);
	assert_int_equal(fault->access.bytes, 8);
	assert_int_equal(fault->access.before, 8);
	assert_int_equal(fault->access.after, 0);
}

static void test_access__long_lines__a_granule_is_line_over_64(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);
	struct ccsan_geometry g = geometry(CCSAN_PIPT, 0);
	const struct ccsan_shadow_fault *fault;

	(void)state;
	g.line_bytes = g.instruction_line_bytes = g.outer_line_bytes = 256;
	rig_init(&rig, &g);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_READ, 0, 256);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f + 252, 1);
	cpu(&rig, &k, CCSAN_READ, 0, 252);
	assert_none();
	cpu(&rig, &k, CCSAN_READ, 0, 256);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.set, 1ull << 63);
}

/* --- widening --- */

static void test_invalidate__widened_to_the_line__loses_a_neighbour(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);
	const struct ccsan_shadow_fault *fault;

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	maintain(&rig, &k, CCSAN_INVALIDATE, 8, 4);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.fault, CCSAN_LOST_WRITE);
	assert_int_equal(fault->verdict.set, 0xf);
}

static void test_invalidate__instruction_lines_are_longer__widened_to_them(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);
	struct ccsan_geometry g = geometry(CCSAN_PIPT, 0);

	(void)state;
	g.instruction_line_bytes = 2 * LINE;
	rig_init(&rig, &g);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_FETCH, LINE, 4);
	cpu(&rig, &k, CCSAN_WRITE, LINE, 4);
	maintain(&rig, &k, CCSAN_CLEAN, LINE, 4);
	invalidate_instructions(&rig, &k, 0, 4);
	cpu(&rig, &k, CCSAN_FETCH, LINE, 4);
	assert_none();
}

static void test_maintain__empty_range__does_nothing(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	maintain(&rig, &k, CCSAN_INVALIDATE, 0, 0);
	maintain(&rig, &k, CCSAN_CLEAN, 0, 0);
	assert_none();
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_fault(CCSAN_STALE_DMA);
}

/* --- virtual places: homonyms --- */

static void test_remap__vivt_nothing_flushed__homonym(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x10000, frame_g);
	const struct ccsan_shadow_fault *fault;
	uint32_t writer;

	(void)state;
	start(CCSAN_VIVT, 0);
	map(&rig, &a);
	writer = cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	unmap(&rig, &a);
	map(&rig, &b);
	cpu(&rig, &b, CCSAN_READ, 0, 4);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.fault, CCSAN_HOMONYM);
	assert_true(fault->culprit_known);
	assert_int_equal(fault->culprit_at.pa, frame_f);
	assert_int_equal(fault->writer.origin, writer);
	cpu(&rig, &b, CCSAN_READ, 0, 4);
	assert_none();
}

static void test_remap__vivt_flushed__right(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x10000, frame_g);

	(void)state;
	start(CCSAN_VIVT, 0);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	maintain(&rig, &a, CCSAN_FLUSH, 0, PAGE);
	unmap(&rig, &a);
	map(&rig, &b);
	cpu(&rig, &b, CCSAN_READ, 0, 4);
	assert_none();
}

static void test_remap__physically_tagged__right(void **state)
{
	(void)state;
	for (int indexing = CCSAN_PIPT; indexing <= CCSAN_VIPT; indexing++) {
		struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x10000, frame_g);

		start((enum ccsan_indexing)indexing, 0);
		map(&rig, &a);
		cpu(&rig, &a, CCSAN_WRITE, 0, 4);
		unmap(&rig, &a);
		map(&rig, &b);
		cpu(&rig, &b, CCSAN_READ, 0, 4);
		assert_none();
		if (indexing < CCSAN_VIPT)
			rig_free(&rig);
	}
}

static void test_invalidate__recycled_address__destroys_the_other_pages_dirty_line(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x10000, frame_g);
	const struct ccsan_shadow_fault *fault;

	(void)state;
	start(CCSAN_VIVT, 0);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	unmap(&rig, &a);
	map(&rig, &b);
	maintain(&rig, &b, CCSAN_INVALIDATE, 0, LINE);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.fault, CCSAN_LOST_WRITE);
	assert_int_equal(fault->line_pa, frame_f);
}

/* --- address spaces --- */

static void two_processes(unsigned traits)
{
	struct alias a = alias_at(1, 0x10000, frame_f), b = alias_at(2, 0x10000, frame_g);

	start(CCSAN_VIVT, traits);
	map(&rig, &a);
	map(&rig, &b);
	ccsan_shadow_switch(rig.shadow, 0, 1);
	cpu(&rig, &a, CCSAN_READ, 0, 4);
	ccsan_shadow_switch(rig.shadow, 0, 2);
	cpu(&rig, &b, CCSAN_READ, 0, 4);
}

static void test_switch__vivt_untagged_nothing_flushed__homonym(void **state)
{
	(void)state;
	two_processes(0);
	assert_fault(CCSAN_HOMONYM);
}

static void test_switch__vivt_tagged__right(void **state)
{
	(void)state;
	two_processes(TAGGED);
	assert_none();
}

/* Processes that share a frame at the same address share its place: right without an id. */
static void test_switch__same_frame_at_the_same_address__one_place_unless_tagged(void **state)
{
	(void)state;
	for (unsigned traits = 0; traits <= TAGGED; traits += TAGGED) {
		struct alias a = alias_at(1, 0x10000, frame_f), b = alias_at(2, 0x10000, frame_f);

		start(CCSAN_VIVT, traits);
		map(&rig, &a);
		map(&rig, &b);
		cpu(&rig, &a, CCSAN_WRITE, 0, 4);
		cpu(&rig, &b, CCSAN_READ, 0, 4);
		assert_int_equal(new_faults(&rig), traits ? 1 : 0);
		if (!traits)
			rig_free(&rig);
	}
}

/* --- speculation follows the mappings --- */

/* An alias nobody uses: invalidated, then memory changes under it. Old only if it can be filled. */
static void invalidate_then_device_write(struct alias *idle)
{
	maintain(&rig, idle, CCSAN_INVALIDATE, 0, LINE);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
}

static void test_speculation__mapped__fills_at_any_time(void **state)
{
	struct alias v = alias_at(0, 0x10000, frame_f);
	const struct ccsan_shadow_fault *fault;

	(void)state;
	start(CCSAN_VIPT, SPECULATIVE);
	map(&rig, &v);
	invalidate_then_device_write(&v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.certainty, CCSAN_ON_SPECULATIVE_FILL);
}

static void test_speculation__unmapped_meanwhile__fills_nothing(void **state)
{
	struct alias v = alias_at(0, 0x10000, frame_f), k = alias_at(0, 0x21000, frame_f);

	(void)state;
	start(CCSAN_VIPT, SPECULATIVE);
	map(&rig, &k);
	map(&rig, &v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	unmap(&rig, &v);
	invalidate_then_device_write(&v);
	map(&rig, &v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	assert_none();
}

static void test_speculation__another_alias_of_the_place_is_mapped__fills(void **state)
{
	struct alias v = alias_at(0, 0x10000, frame_f), same = alias_at(0, 0x24000, frame_f);

	(void)state;
	start(CCSAN_VIPT, SPECULATIVE);
	map(&rig, &same);
	map(&rig, &v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	unmap(&rig, &v);
	invalidate_then_device_write(&v);
	map(&rig, &v);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	assert_fault(CCSAN_STALE_READ);
}

static void test_speculation__other_space_runs__fills_nothing(void **state)
{
	struct alias v = alias_at(1, 0x10000, frame_f);

	(void)state;
	start(CCSAN_VIPT, SPECULATIVE);
	map(&rig, &v);
	ccsan_shadow_switch(rig.shadow, 0, 1);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	ccsan_shadow_switch(rig.shadow, 0, 2);
	invalidate_then_device_write(&v);
	ccsan_shadow_switch(rig.shadow, 0, 1);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	assert_none();
}

static void test_speculation__uncached_alias__fills_nothing(void **state)
{
	struct alias u = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, SPECULATIVE);
	u.uncached = true;
	map(&rig, &u);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &u, CCSAN_READ, 0, 4);
	assert_none();
}

/* --- whole caches --- */

static void test_clean_all__dirty_lines_of_several_pages__memory_has_them(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x20000, frame_g);

	(void)state;
	start(CCSAN_VIVT, 0);
	map(&rig, &a);
	map(&rig, &b);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	cpu(&rig, &b, CCSAN_WRITE, 64, 4);
	maintain_all(&rig, CCSAN_CLEAN, false);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, PAGE);
	physical(&rig, CCSAN_DEVICE_READ, frame_g, PAGE);
	assert_none();
}

static void test_invalidate_all__dirty_lines__each_is_lost(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	cpu(&rig, &a, CCSAN_WRITE, 64, 4);
	maintain_all(&rig, CCSAN_INVALIDATE, false);
	assert_int_equal(new_faults(&rig), 2);
}

static void test_invalidate_all__instruction_side__leaves_data_alone(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_FETCH, 0, 4);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	maintain(&rig, &a, CCSAN_CLEAN, 0, 4);
	cpu(&rig, &a, CCSAN_WRITE, 8, 4);
	maintain_all(&rig, CCSAN_INVALIDATE, true);
	cpu(&rig, &a, CCSAN_FETCH, 0, 4);
	assert_none();
}

/* --- coherent machines --- */

static void test_snooping__anything__never_wrong(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, SNOOPING);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &a, CCSAN_READ, 0, 4);
	maintain(&rig, &a, CCSAN_INVALIDATE, 0, 4);
	assert_none();
}

static void test_fetch__instruction_side_is_coherent__sees_stores(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);
	struct ccsan_geometry g = geometry(CCSAN_PIPT, 0);

	(void)state;
	g.instruction_coherent = true;
	rig_init(&rig, &g);
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_FETCH, 0, 4);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	cpu(&rig, &a, CCSAN_FETCH, 0, 4);
	assert_none();
}

/* --- own memory --- */

static uint8_t own_permits[PAGE / CCSAN_PERMIT_BYTES];
static struct alias own;

static void start_own(unsigned traits, enum ccsan_birth birth)
{
	start(CCSAN_PIPT, traits);
	rig.own_from = 0x400000;
	rig.own_to = rig.own_from + PAGE;
	rig.own_birth = birth;
	rig.own_permits = own_permits;
	own = alias_at(0, rig.own_from, rig.own_from);
}

static void test_birth__written__memory_lacks_it_until_cleaned(void **state)
{
	(void)state;
	start_own(0, CCSAN_BORN_WRITTEN);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa, 4);
	assert_fault(CCSAN_STALE_DMA);
	maintain(&rig, &own, CCSAN_CLEAN, 64, 4);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa + 64, 4);
	assert_none();
}

static void test_birth__garbage__may_be_dirty_but_nobody_misses_it(void **state)
{
	(void)state;
	start_own(0, CCSAN_BORN_GARBAGE);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa, 4);
	maintain(&rig, &own, CCSAN_INVALIDATE, 0, 4);
	assert_none();
	physical(&rig, CCSAN_DEVICE_WRITE, own.at.pa + 64, 4);
	assert_fault(CCSAN_CLOBBER);
}

static void test_birth__clean__may_be_cached(void **state)
{
	(void)state;
	start_own(0, CCSAN_BORN_CLEAN);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, own.at.pa, 4);
	assert_none();
	cpu(&rig, &own, CCSAN_READ, 0, 4);
	assert_fault(CCSAN_STALE_READ);
}

static void test_birth__at_reset__nothing_is_cached(void **state)
{
	(void)state;
	start_own(0, CCSAN_BORN_AT_RESET);
	physical(&rig, CCSAN_DEVICE_WRITE, own.at.pa, 4);
	cpu(&rig, &own, CCSAN_READ, 0, 4);
	assert_none();
}

static void test_set_own_alias__uncached__goes_to_memory(void **state)
{
	(void)state;
	start_own(0, CCSAN_BORN_AT_RESET);
	ccsan_shadow_set_own_alias(rig.shadow, own.at.pa, LINE, false);
	cpu(&rig, &own, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, own.at.pa, 4);
	cpu(&rig, &own, CCSAN_READ, 0, 4);
	assert_none();
	ccsan_shadow_set_own_alias(rig.shadow, own.at.pa, LINE, true);
	cpu(&rig, &own, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, own.at.pa, 4);
	assert_fault(CCSAN_STALE_DMA);
}

/* --- small questions --- */

static void test_is_clean__dirty_and_cleaned__tells(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &a);
	assert_false(ccsan_shadow_knows(rig.shadow, frame_f));
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	assert_true(ccsan_shadow_knows(rig.shadow, frame_f + 5));
	assert_false(ccsan_shadow_is_clean(rig.shadow, frame_f));
	maintain(&rig, &a, CCSAN_CLEAN, 0, 4);
	assert_true(ccsan_shadow_is_clean(rig.shadow, frame_f));
}

static void test_word__a_write__is_0_again(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	rig.fast = true;
	map(&rig, &a);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	ccsan_shadow_set_word(rig.shadow, frame_f, 7);
	cpu(&rig, &a, CCSAN_READ, 0, 4);
	assert_int_equal(ccsan_shadow_word(rig.shadow, frame_f), 7);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	assert_int_equal(ccsan_shadow_word(rig.shadow, frame_f), 0);
	assert_int_equal(ccsan_shadow_word(rig.shadow, frame_g), 0);
}

static void test_report_loss__given_up_and_never_written__told_once(void **state)
{
	struct alias a = alias_at(0, 0x10000, frame_f);
	const struct ccsan_shadow_fault *fault;
	uint32_t writer, keeper;

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &a);
	writer = cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	keeper = maintain(&rig, &a, CCSAN_INVALIDATE, 0, 4);
	ccsan_shadow_report_loss(rig.shadow, frame_f + LINE);
	assert_none();
	ccsan_shadow_report_loss(rig.shadow, frame_f);
	fault = one_fault(&rig);
	assert_non_null(fault);
	assert_int_equal(fault->verdict.fault, CCSAN_LOST_WRITE);
	assert_int_equal(fault->access.origin, keeper);
	assert_int_equal(fault->writer.origin, writer);
	ccsan_shadow_report_loss(rig.shadow, frame_f);
	assert_none();
}

/* --- two engines --- */

static void test_engines__side_by_side__do_not_know_of_each_other(void **state)
{
	struct ccsan_geometry g = geometry(CCSAN_VIVT, 0);
	struct alias a = alias_at(0, 0x10000, frame_f), b = alias_at(0, 0x10000, frame_f);
	struct rig other;

	(void)state;
	start(CCSAN_PIPT, 0);
	rig_init(&other, &g);
	map(&rig, &a);
	map(&other, &b);
	cpu(&rig, &a, CCSAN_WRITE, 0, 4);
	physical(&other, CCSAN_DEVICE_READ, frame_f, 4);
	assert_int_equal(new_faults(&other), 0);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_fault(CCSAN_STALE_DMA);
	assert_int_equal(new_faults(&other), 0);
	rig_free(&other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_aliases__pipt__share_a_place, stop),
		cmocka_unit_test_teardown(test_aliases__vipt_same_colour__share_a_place, stop),
		cmocka_unit_test_teardown(test_aliases__vipt_other_colour__stale_read, stop),
		cmocka_unit_test_teardown(test_aliases__vivt__stale_read, stop),
		cmocka_unit_test_teardown(test_access__crosses_lines__each_line_is_judged, stop),
		cmocka_unit_test_teardown(test_access__long_lines__a_granule_is_line_over_64, stop),
		cmocka_unit_test_teardown(test_invalidate__widened_to_the_line__loses_a_neighbour,
					  stop),
		cmocka_unit_test_teardown(
			test_invalidate__instruction_lines_are_longer__widened_to_them, stop),
		cmocka_unit_test_teardown(test_maintain__empty_range__does_nothing, stop),
		cmocka_unit_test_teardown(test_remap__vivt_nothing_flushed__homonym, stop),
		cmocka_unit_test_teardown(test_remap__vivt_flushed__right, stop),
		cmocka_unit_test_teardown(test_remap__physically_tagged__right, stop),
		cmocka_unit_test_teardown(
			test_invalidate__recycled_address__destroys_the_other_pages_dirty_line,
			stop),
		cmocka_unit_test_teardown(test_switch__vivt_untagged_nothing_flushed__homonym,
					  stop),
		cmocka_unit_test_teardown(test_switch__vivt_tagged__right, stop),
		cmocka_unit_test_teardown(
			test_switch__same_frame_at_the_same_address__one_place_unless_tagged, stop),
		cmocka_unit_test_teardown(test_speculation__mapped__fills_at_any_time, stop),
		cmocka_unit_test_teardown(test_speculation__unmapped_meanwhile__fills_nothing,
					  stop),
		cmocka_unit_test_teardown(
			test_speculation__another_alias_of_the_place_is_mapped__fills, stop),
		cmocka_unit_test_teardown(test_speculation__other_space_runs__fills_nothing, stop),
		cmocka_unit_test_teardown(test_speculation__uncached_alias__fills_nothing, stop),
		cmocka_unit_test_teardown(
			test_clean_all__dirty_lines_of_several_pages__memory_has_them, stop),
		cmocka_unit_test_teardown(test_invalidate_all__dirty_lines__each_is_lost, stop),
		cmocka_unit_test_teardown(test_invalidate_all__instruction_side__leaves_data_alone,
					  stop),
		cmocka_unit_test_teardown(test_snooping__anything__never_wrong, stop),
		cmocka_unit_test_teardown(test_fetch__instruction_side_is_coherent__sees_stores,
					  stop),
		cmocka_unit_test_teardown(test_birth__written__memory_lacks_it_until_cleaned, stop),
		cmocka_unit_test_teardown(test_birth__garbage__may_be_dirty_but_nobody_misses_it,
					  stop),
		cmocka_unit_test_teardown(test_birth__clean__may_be_cached, stop),
		cmocka_unit_test_teardown(test_birth__at_reset__nothing_is_cached, stop),
		cmocka_unit_test_teardown(test_set_own_alias__uncached__goes_to_memory, stop),
		cmocka_unit_test_teardown(test_is_clean__dirty_and_cleaned__tells, stop),
		cmocka_unit_test_teardown(test_word__a_write__is_0_again, stop),
		cmocka_unit_test_teardown(test_report_loss__given_up_and_never_written__told_once,
					  stop),
		cmocka_unit_test_teardown(test_engines__side_by_side__do_not_know_of_each_other,
					  stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
