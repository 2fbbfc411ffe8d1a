/* SPDX-License-Identifier: MIT */
/* The column "then": what a step leaves behind, reset, and healing. */
#include "suite.h"

#include <string.h>

#include "small_world.h"

enum { K = 0, V = 1 };

static struct small_world w;

static bool is_present(int place, int frame, enum ccsan_world world)
{
	return w.copy[place][frame].in[world].present;
}

static ccsan_set stale(int place, int frame, enum ccsan_world world)
{
	return w.copy[place][frame].in[world].stale;
}

static bool changes(enum ccsan_operation operation, int place, ccsan_set set)
{
	struct ccsan_step step = {
		.operation = operation, .line = &w.line[F], .copy = &w.copy[place][F], .set = set
	};

	return ccsan_model_apply(&w.caches, &step);
}

/* --- reset and mapping --- */

static void test_reset__any_cpu__memory_is_the_newest(void **state)
{
	(void)state;
	for (unsigned traits = 0; traits < TRAITS; traits++) {
		world_init(&w, traits);
		assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
		assert_int_equal(w.line[F].outer[CCSAN_WORST].present,
				 traits & OUTER && traits & SPECULATIVE);
		assert_false(w.line[F].outer[CCSAN_EVICTING].present);
		assert_null(world_broken(&w));
	}
}

static void test_map__in_order__fills_nothing(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_MAP, K, F, 0);
	assert_false(is_present(K, F, CCSAN_WORST));
}

static void test_map__speculative__may_be_filled_with_what_is_old_below(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_MAP, V, F, 0);
	assert_true(is_present(V, F, CCSAN_WORST));
	assert_false(is_present(V, F, CCSAN_EVICTING));
	assert_int_equal(stale(V, F, CCSAN_WORST), B0);
}

static void test_map__present_already__keeps_what_is_there(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	through(&w, CCSAN_MAP, V, F, 0);
	assert_int_equal(stale(V, F, CCSAN_WORST), B0);
}

static void test_map__another_frame__nothing_is_emptied(void **state)
{
	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_UNMAP, K, F, 0);
	through(&w, CCSAN_MAP, K, G, 0);
	assert_true(is_present(K, F, CCSAN_QUIET));
	assert_true(w.copy[K][F].in[CCSAN_WORST].dirty);
}

/* --- reads and writes --- */

static void test_read__miss__is_present_and_clean(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	assert_true(changes(CCSAN_READ, K, B0));
	assert_true(is_present(K, F, CCSAN_QUIET));
	assert_true(w.line[F].outer[CCSAN_QUIET].present);
	assert_false(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_false(changes(CCSAN_READ, K, B0));
}

static void test_write__back__dirty_and_memory_lacks_it(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_true(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_int_equal(w.line[F].below_lacks[CCSAN_WORST], B1);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], B1);
	assert_int_equal(stale(V, F, CCSAN_QUIET), B1);
	assert_false(changes(CCSAN_WRITE, K, B1));
}

static void test_write__through__memory_has_it_at_once(void **state)
{
	(void)state;
	world_init(&w, WRITE_THROUGH);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_false(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_int_equal(stale(V, F, CCSAN_QUIET), B1);
}

static void test_write__with_outer_cache__outer_may_be_dirty_and_is_up_to_date(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, BOTH);
	assert_int_equal(w.line[F].outer[CCSAN_WORST].stale, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_int_equal(w.line[F].outer[CCSAN_WORST].stale, 0);
	assert_true(w.line[F].outer[CCSAN_WORST].dirty);
}

static void test_write__absent_other_place__nothing_turns_old_there(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_int_equal(stale(V, F, CCSAN_WORST), 0);
}

/* --- cache operations --- */

static void test_clean__dirty__below_has_it_and_the_copy_stays(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_true(changes(CCSAN_CLEAN, K, 0));
	assert_false(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_true(is_present(K, F, CCSAN_QUIET));
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_false(changes(CCSAN_CLEAN, K, 0));
}

static void test_clean__with_outer_cache__memory_still_lacks_it(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_int_equal(w.line[F].below_lacks[CCSAN_WORST], 0);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], BOTH);
	assert_true(w.line[F].outer[CCSAN_WORST].dirty);
}

static void test_clean__other_place_dirty__does_nothing(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_false(changes(CCSAN_CLEAN, V, 0));
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], BOTH);
}

static void test_invalidate__in_order__absent(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	assert_true(changes(CCSAN_INVALIDATE, K, BOTH));
	assert_false(is_present(K, F, CCSAN_WORST));
	assert_false(changes(CCSAN_INVALIDATE, K, BOTH));
}

static void test_invalidate__speculative_and_mapped__refilled_with_what_is_below(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, V, F, 0);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_INVALIDATE, V, F, BOTH);
	assert_false(is_present(V, F, CCSAN_QUIET));
	assert_true(is_present(V, F, CCSAN_WORST));
	assert_int_equal(stale(V, F, CCSAN_WORST), B1);
}

static void test_invalidate__speculative_and_unmapped__absent(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_READ, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_false(is_present(K, F, CCSAN_WORST));
}

static void test_invalidate__dirty_and_named__the_newest_is_given_up(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_int_equal(w.line[F].lost, BOTH);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_int_equal(w.line[F].lost, B1);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	assert_int_equal(w.line[F].lost, 0);
}

static void test_flush__dirty__written_back_and_absent(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_true(changes(CCSAN_FLUSH, K, 0));
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_int_equal(w.line[F].lost, 0);
	assert_false(is_present(K, F, CCSAN_WORST));
}

static void test_outer_clean__dirty_in_l1_too__lacks_what_l1_has(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	through(&w, CCSAN_WRITE, K, F, B1);
	on_line(&w, CCSAN_OUTER_CLEAN, F, 0);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], B1);
	assert_true(w.line[F].outer[CCSAN_WORST].dirty);
	through(&w, CCSAN_CLEAN, K, F, 0);
	on_line(&w, CCSAN_OUTER_CLEAN, F, 0);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_false(w.line[F].outer[CCSAN_WORST].dirty);
}

static void test_outer_invalidate__old_copy__gone_unless_speculative(void **state)
{
	(void)state;
	for (unsigned traits = OUTER; traits <= (OUTER | SPECULATIVE); traits += SPECULATIVE) {
		world_init(&w, traits);
		through(&w, CCSAN_READ, K, F, BOTH);
		on_line(&w, CCSAN_DEVICE_WRITE, F, BOTH);
		on_line(&w, CCSAN_OUTER_INVALIDATE, F, BOTH);
		assert_int_equal(w.line[F].outer[CCSAN_WORST].stale, 0);
		assert_int_equal(w.line[F].outer[CCSAN_WORST].present, (traits & SPECULATIVE) != 0);
		assert_false(w.line[F].outer[CCSAN_EVICTING].present);
	}
}

static void test_outer_flush__dirty__memory_has_it(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	on_line(&w, CCSAN_OUTER_FLUSH, F, 0);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_false(w.line[F].outer[CCSAN_WORST].present);
}

static void test_outer_operations__no_outer_cache__change_nothing(void **state)
{
	static const enum ccsan_operation outer[] = { CCSAN_OUTER_CLEAN, CCSAN_OUTER_INVALIDATE,
						      CCSAN_OUTER_FLUSH };

	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	for (int i = 0; i < 3; i++)
		assert_false(changes(outer[i], K, BOTH));
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], BOTH);
}

/* --- past the caches --- */

static void test_device_write__copies_everywhere__all_turn_old(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	through(&w, CCSAN_FETCH, ICACHE, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	assert_int_equal(stale(K, F, CCSAN_QUIET), B1);
	assert_int_equal(stale(ICACHE, F, CCSAN_QUIET), B1);
	assert_int_equal(stale(V, F, CCSAN_WORST), 0);
	assert_int_equal(w.line[F].outer[CCSAN_QUIET].stale, B1);
}

static void test_memory_reads__any_state__leave_no_trace(void **state)
{
	(void)state;
	world_init(&w, OUTER | SPECULATIVE);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_false(changes(CCSAN_DEVICE_READ, K, B1));
	assert_false(changes(CCSAN_UNCACHED_READ, K, B1));
}

static void test_forget__dirty_and_old_bytes__nobody_minds_any_more(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	on_line(&w, CCSAN_FORGET, F, B0);
	assert_int_equal(stale(V, F, CCSAN_WORST), B1);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], B1);
	assert_int_equal(w.line[F].lost, 0);
	assert_true(w.copy[K][F].in[CCSAN_WORST].dirty);
}

static void test_forget__given_up_bytes__no_longer_lost(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	on_line(&w, CCSAN_FORGET, F, B0);
	assert_int_equal(w.line[F].lost, B1);
}

/* --- healing --- */

static void test_heal__dirty_and_stale__as_after_complete_maintenance(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	ccsan_model_heal(&w.line[F]);
	assert_false(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_false(w.line[F].outer[CCSAN_WORST].dirty);
	assert_int_equal(stale(V, F, CCSAN_WORST), 0);
	assert_int_equal(on_line(&w, CCSAN_DEVICE_READ, F, BOTH).fault, CCSAN_NO_FAULT);
	assert_int_equal(through(&w, CCSAN_READ, V, F, BOTH).fault, CCSAN_NO_FAULT);
}

static void test_heal__after_a_fault__one_missing_call_gives_one_finding(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_int_equal(on_line(&w, CCSAN_DEVICE_READ, F, B0).fault, CCSAN_STALE_DMA);
	assert_int_equal(on_line(&w, CCSAN_DEVICE_READ, F, BOTH).fault, CCSAN_NO_FAULT);
}

static void test_heal__lost_bytes__forgiven(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_int_equal(through(&w, CCSAN_READ, K, F, B0).fault, CCSAN_LOST_WRITE);
	assert_int_equal(through(&w, CCSAN_READ, K, F, BOTH).fault, CCSAN_NO_FAULT);
}

static void test_evict_rivals__homonym__other_line_healed_and_gone_from_here(void **state)
{
	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_int_equal(through(&w, CCSAN_READ, K, G, BOTH).fault, CCSAN_HOMONYM);
	assert_false(is_present(K, F, CCSAN_WORST));
	assert_false(w.copy[K][F].in[CCSAN_WORST].dirty);
	assert_int_equal(w.line[F].memory_lacks[CCSAN_WORST], 0);
	assert_int_equal(stale(V, F, CCSAN_WORST), 0);
	assert_int_equal(through(&w, CCSAN_READ, K, G, BOTH).fault, CCSAN_NO_FAULT);
}

/* --- what apply says --- */

/* "Changed" is what takes permissions back: it is said exactly when a bit is another one. Only a
 * FORGET may say it for nothing, which costs a slow access and no more. */
static void test_apply__random_states__says_changed_if_and_only_if_it_did(void **state)
{
	uint64_t random = 20261125;

	(void)state;
	for (unsigned traits = 0; traits < TRAITS; traits++) {
		world_init_rivals(&w, traits);
		for (int i = 0; i < 4000; i++) {
			struct ccsan_step step = { .operation = (enum ccsan_operation)(
							   random_number(&random) %
							   CCSAN_OPERATION_COUNT),
						   .line = &w.line[F],
						   .set = 1 + random_number(&random) % BOTH };
			struct small_world before;
			bool changed;

			random_step(&w, &random);
			step.copy = &w.copy[step.operation == CCSAN_FETCH ? ICACHE : K][F];
			if (ccsan_model_check(&w.caches, &step).fault)
				continue;
			memcpy(&before, &w, sizeof(w));
			changed = ccsan_model_apply(&w.caches, &step);
			if (memcmp(&before, &w, sizeof(w)) != 0)
				assert_true(changed);
			else
				assert_true(!changed || step.operation == CCSAN_FORGET);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_reset__any_cpu__memory_is_the_newest),
		cmocka_unit_test(test_map__in_order__fills_nothing),
		cmocka_unit_test(test_map__speculative__may_be_filled_with_what_is_old_below),
		cmocka_unit_test(test_map__present_already__keeps_what_is_there),
		cmocka_unit_test(test_map__another_frame__nothing_is_emptied),
		cmocka_unit_test(test_read__miss__is_present_and_clean),
		cmocka_unit_test(test_write__back__dirty_and_memory_lacks_it),
		cmocka_unit_test(test_write__through__memory_has_it_at_once),
		cmocka_unit_test(
			test_write__with_outer_cache__outer_may_be_dirty_and_is_up_to_date),
		cmocka_unit_test(test_write__absent_other_place__nothing_turns_old_there),
		cmocka_unit_test(test_clean__dirty__below_has_it_and_the_copy_stays),
		cmocka_unit_test(test_clean__with_outer_cache__memory_still_lacks_it),
		cmocka_unit_test(test_clean__other_place_dirty__does_nothing),
		cmocka_unit_test(test_invalidate__in_order__absent),
		cmocka_unit_test(
			test_invalidate__speculative_and_mapped__refilled_with_what_is_below),
		cmocka_unit_test(test_invalidate__speculative_and_unmapped__absent),
		cmocka_unit_test(test_invalidate__dirty_and_named__the_newest_is_given_up),
		cmocka_unit_test(test_flush__dirty__written_back_and_absent),
		cmocka_unit_test(test_outer_clean__dirty_in_l1_too__lacks_what_l1_has),
		cmocka_unit_test(test_outer_invalidate__old_copy__gone_unless_speculative),
		cmocka_unit_test(test_outer_flush__dirty__memory_has_it),
		cmocka_unit_test(test_outer_operations__no_outer_cache__change_nothing),
		cmocka_unit_test(test_device_write__copies_everywhere__all_turn_old),
		cmocka_unit_test(test_memory_reads__any_state__leave_no_trace),
		cmocka_unit_test(test_forget__dirty_and_old_bytes__nobody_minds_any_more),
		cmocka_unit_test(test_forget__given_up_bytes__no_longer_lost),
		cmocka_unit_test(test_heal__dirty_and_stale__as_after_complete_maintenance),
		cmocka_unit_test(test_heal__after_a_fault__one_missing_call_gives_one_finding),
		cmocka_unit_test(test_heal__lost_bytes__forgiven),
		cmocka_unit_test(test_evict_rivals__homonym__other_line_healed_and_gone_from_here),
		cmocka_unit_test(test_apply__random_states__says_changed_if_and_only_if_it_did),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
