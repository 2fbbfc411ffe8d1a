/* SPDX-License-Identifier: MIT */
/* The column "fault if": for each row a world in which it is one, and the twin in which it is not.
 */
#include "suite.h"

#include "small_world.h"

/* Two places of one frame: two virtual aliases of different colours. */
enum { K = 0, V = 1 };

static struct small_world w;

static void assert_right(struct ccsan_verdict verdict)
{
	assert_int_equal(verdict.fault, CCSAN_NO_FAULT);
}

static void assert_wrong(struct ccsan_verdict verdict, enum ccsan_fault fault,
			 enum ccsan_certainty certainty, ccsan_set set)
{
	assert_int_equal(verdict.fault, fault);
	assert_int_equal(verdict.certainty, certainty);
	assert_int_equal(verdict.set, set);
}

/* --- read --- */

static void test_read__other_alias_wrote_over_a_copy__stale_always(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_wrong(through(&w, CCSAN_READ, V, F, BOTH), CCSAN_STALE_READ, CCSAN_ALWAYS, B0);
}

static void test_read__other_alias_wrote_other_bytes__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_right(through(&w, CCSAN_READ, V, F, B1));
}

static void test_read__miss_while_other_alias_dirty__stale_always(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_wrong(through(&w, CCSAN_READ, V, F, B0), CCSAN_STALE_READ, CCSAN_ALWAYS, B0);
}

static void test_read__cleaned_and_never_here__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_right(through(&w, CCSAN_READ, V, F, B0));
}

static void test_read__cleaned_but_old_copy_here__stale(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(through(&w, CCSAN_READ, V, F, BOTH), CCSAN_STALE_READ, CCSAN_ALWAYS, B0);
}

static void test_read__cleaned_there_and_invalidated_here__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	through(&w, CCSAN_INVALIDATE, V, F, BOTH);
	assert_right(through(&w, CCSAN_READ, V, F, BOTH));
}

static void test_read__invalidated_here_but_never_cleaned_there__stale(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_INVALIDATE, V, F, BOTH);
	assert_wrong(through(&w, CCSAN_READ, V, F, B0), CCSAN_STALE_READ, CCSAN_ALWAYS, B0);
}

static void test_read__device_wrote_under_a_copy__stale(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_STALE_READ, CCSAN_ALWAYS, B1);
}

static void test_read__invalidated_before_the_device__right_in_order(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	assert_right(through(&w, CCSAN_READ, K, F, BOTH));
}

static void test_read__invalidated_before_the_device__stale_on_speculative_fill(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_READ, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_STALE_READ,
		     CCSAN_ON_SPECULATIVE_FILL, B1);
}

static void test_read__unmapped_while_the_device_writes__right_though_speculative(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_UNMAP, K, F, 0);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B1);
	through(&w, CCSAN_MAP, K, F, 0);
	assert_right(through(&w, CCSAN_READ, K, F, BOTH));
}

static void test_read__device_wrote_under_the_outer_copy__stale(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_STALE_READ, CCSAN_ALWAYS, B0);
}

static void test_read__outer_invalidated_too__right(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	on_line(&w, CCSAN_OUTER_INVALIDATE, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_right(through(&w, CCSAN_READ, K, F, BOTH));
}

static void test_read__l1_invalidated_before_outer__stale_on_speculative_fill(void **state)
{
	(void)state;
	world_init(&w, OUTER | SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	on_line(&w, CCSAN_OUTER_INVALIDATE, F, BOTH);
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_STALE_READ,
		     CCSAN_ON_SPECULATIVE_FILL, B0);
}

/* A second read of a line that is in L1 does not fetch it into the outer cache again, unless the
 * line was evicted in between. */
static void test_read__outer_copy_gone_before_the_reread__stale_on_eviction(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_OUTER_FLUSH, F, 0);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_STALE_READ, CCSAN_ON_EVICTION, B0);
}

static void test_read__given_up_by_an_invalidate__lost_write_until_written(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(through(&w, CCSAN_INVALIDATE, K, F, BOTH));
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	assert_right(through(&w, CCSAN_READ, K, F, B0));
	assert_wrong(through(&w, CCSAN_READ, K, F, BOTH), CCSAN_LOST_WRITE, CCSAN_ALWAYS, B1);
}

static void test_read__same_place_as_the_writer__right(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(through(&w, CCSAN_READ, K, F, BOTH));
}

/* --- homonyms --- */

static void test_read__place_holds_another_frame__homonym_always(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	verdict = through(&w, CCSAN_READ, K, G, B0);
	assert_wrong(verdict, CCSAN_HOMONYM, CCSAN_ALWAYS, B0);
	assert_ptr_equal(verdict.culprit, &w.copy[K][F]);
}

static void test_write__place_holds_another_frame__homonym(void **state)
{
	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_wrong(through(&w, CCSAN_WRITE, K, G, B1), CCSAN_HOMONYM, CCSAN_ALWAYS, B1);
}

static void test_read__flushed_before_the_remap__right(void **state)
{
	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_FLUSH, K, F, 0);
	assert_right(through(&w, CCSAN_READ, K, G, BOTH));
}

static void test_read__cleaned_only_before_the_remap__homonym(void **state)
{
	(void)state;
	world_init_rivals(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(through(&w, CCSAN_READ, K, G, BOTH), CCSAN_HOMONYM, CCSAN_ALWAYS, BOTH);
}

static void test_read__flushed_while_still_mapped__homonym_on_speculative_fill(void **state)
{
	(void)state;
	world_init_rivals(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_FLUSH, K, F, 0);
	through(&w, CCSAN_UNMAP, K, F, 0);
	through(&w, CCSAN_MAP, K, G, 0);
	assert_wrong(through(&w, CCSAN_READ, K, G, BOTH), CCSAN_HOMONYM, CCSAN_ON_SPECULATIVE_FILL,
		     BOTH);
}

static void test_read__flushed_after_the_unmap__right_though_speculative(void **state)
{
	(void)state;
	world_init_rivals(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_UNMAP, K, F, 0);
	through(&w, CCSAN_FLUSH, K, F, 0);
	through(&w, CCSAN_MAP, K, G, 0);
	assert_right(through(&w, CCSAN_READ, K, G, BOTH));
}

/* --- fetch --- */

static void test_fetch__code_written_and_not_cleaned__stale_fetch(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_wrong(through(&w, CCSAN_FETCH, ICACHE, F, B0), CCSAN_STALE_FETCH, CCSAN_ALWAYS, B0);
}

static void test_fetch__cleaned_and_never_fetched__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_right(through(&w, CCSAN_FETCH, ICACHE, F, B0));
}

static void test_fetch__old_code_in_the_instruction_cache__stale_fetch(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_FETCH, ICACHE, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(through(&w, CCSAN_FETCH, ICACHE, F, BOTH), CCSAN_STALE_FETCH, CCSAN_ALWAYS,
		     B1);
}

static void test_fetch__cleaned_and_invalidated__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_FETCH, ICACHE, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_CLEAN, K, F, 0);
	through(&w, CCSAN_INVALIDATE, ICACHE, F, BOTH);
	assert_right(through(&w, CCSAN_FETCH, ICACHE, F, BOTH));
}

static void test_fetch__invalidated_before_the_clean__stale_on_speculative_fill(void **state)
{
	(void)state;
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, ICACHE, F, 0);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_INVALIDATE, ICACHE, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(through(&w, CCSAN_FETCH, ICACHE, F, BOTH), CCSAN_STALE_FETCH,
		     CCSAN_ON_SPECULATIVE_FILL, B1);
}

/* --- write --- */

static void test_write__other_alias_dirty__clobber_on_eviction(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	verdict = through(&w, CCSAN_WRITE, V, F, B1);
	assert_wrong(verdict, CCSAN_CLOBBER, CCSAN_ON_EVICTION, B1);
	assert_ptr_equal(verdict.culprit, &w.copy[K][F]);
}

static void test_write__other_alias_flushed__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_FLUSH, K, F, 0);
	assert_right(through(&w, CCSAN_WRITE, V, F, B1));
}

static void test_write__into_an_old_copy__clobber_of_the_bytes_beside(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	verdict = through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(verdict, CCSAN_CLOBBER, CCSAN_ON_EVICTION, B0);
	assert_ptr_equal(verdict.culprit, &w.copy[K][F]);
}

static void test_write__over_all_old_bytes__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	assert_right(through(&w, CCSAN_WRITE, K, F, B0));
}

static void test_write__through_beside_old_bytes__right(void **state)
{
	(void)state;
	world_init(&w, WRITE_THROUGH);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	assert_right(through(&w, CCSAN_WRITE, K, F, B1));
}

static void test_write__through_into_an_old_outer_copy__clobber(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, WRITE_THROUGH | OUTER);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	verdict = through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(verdict, CCSAN_CLOBBER, CCSAN_ON_EVICTION, B0);
	assert_null(verdict.culprit);
}

/* --- maintenance --- */

static void test_invalidate__dirty_neighbour__lost_write(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(through(&w, CCSAN_INVALIDATE, K, F, B0), CCSAN_LOST_WRITE, CCSAN_ALWAYS, B1);
}

static void test_invalidate__dirty_neighbour_cleaned__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_right(through(&w, CCSAN_INVALIDATE, K, F, B0));
}

static void test_invalidate__nothing_given_up__lost_write_of_all_dirty_bytes(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_wrong(through(&w, CCSAN_INVALIDATE, K, F, 0), CCSAN_LOST_WRITE, CCSAN_ALWAYS, BOTH);
}

static void test_invalidate__write_through__right(void **state)
{
	(void)state;
	world_init(&w, WRITE_THROUGH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(through(&w, CCSAN_INVALIDATE, K, F, 0));
}

static void test_invalidate__other_alias_dirty__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(through(&w, CCSAN_INVALIDATE, V, F, 0));
}

static void test_flush__dirty__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(through(&w, CCSAN_FLUSH, K, F, 0));
	assert_right(on_line(&w, CCSAN_DEVICE_READ, F, BOTH));
}

static void test_outer_invalidate__cleaned_into_it__lost_write_always(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(on_line(&w, CCSAN_OUTER_INVALIDATE, F, B0), CCSAN_LOST_WRITE, CCSAN_ALWAYS,
		     B1);
}

static void test_outer_invalidate__still_dirty_in_l1__lost_write_on_eviction(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_wrong(on_line(&w, CCSAN_OUTER_INVALIDATE, F, 0), CCSAN_LOST_WRITE, CCSAN_ON_EVICTION,
		     B0);
}

static void test_outer_invalidate__outer_cleaned__right(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_CLEAN, K, F, 0);
	on_line(&w, CCSAN_OUTER_CLEAN, F, 0);
	assert_right(on_line(&w, CCSAN_OUTER_INVALIDATE, F, 0));
}

static void test_outer_invalidate__no_outer_cache__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(on_line(&w, CCSAN_OUTER_INVALIDATE, F, 0));
}

/* --- past the caches --- */

static void test_device_read__dirty_in_l1__stale_dma(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	verdict = on_line(&w, CCSAN_DEVICE_READ, F, BOTH);
	assert_wrong(verdict, CCSAN_STALE_DMA, CCSAN_ALWAYS, B0);
	assert_ptr_equal(verdict.culprit, &w.copy[K][F]);
}

static void test_device_read__other_bytes_dirty__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_right(on_line(&w, CCSAN_DEVICE_READ, F, B1));
}

static void test_device_read__cleaned_to_the_outer_cache_only__stale_dma(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	verdict = on_line(&w, CCSAN_DEVICE_READ, F, B0);
	assert_wrong(verdict, CCSAN_STALE_DMA, CCSAN_ALWAYS, B0);
	assert_null(verdict.culprit);
}

static void test_device_read__outer_cleaned_before_l1__stale_dma(void **state)
{
	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, B0);
	on_line(&w, CCSAN_OUTER_CLEAN, F, 0);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_wrong(on_line(&w, CCSAN_DEVICE_READ, F, B0), CCSAN_STALE_DMA, CCSAN_ALWAYS, B0);
}

static void test_device_read__written_through__right_without_outer_cache(void **state)
{
	(void)state;
	world_init(&w, WRITE_THROUGH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_right(on_line(&w, CCSAN_DEVICE_READ, F, BOTH));
	world_init(&w, WRITE_THROUGH | OUTER);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	assert_wrong(on_line(&w, CCSAN_DEVICE_READ, F, BOTH), CCSAN_STALE_DMA, CCSAN_ALWAYS, BOTH);
}

static void test_device_read__given_up__lost_write(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	through(&w, CCSAN_INVALIDATE, K, F, B0);
	assert_wrong(on_line(&w, CCSAN_DEVICE_READ, F, BOTH), CCSAN_LOST_WRITE, CCSAN_ALWAYS, B0);
}

static void test_device_write__dirty_line__clobber_on_eviction(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(on_line(&w, CCSAN_DEVICE_WRITE, F, B0), CCSAN_CLOBBER, CCSAN_ON_EVICTION, B0);
}

static void test_device_write__dirty_outer_line__clobber_on_eviction(void **state)
{
	struct ccsan_verdict verdict;

	(void)state;
	world_init(&w, OUTER);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_FLUSH, K, F, 0);
	verdict = on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	assert_wrong(verdict, CCSAN_CLOBBER, CCSAN_ON_EVICTION, B0);
	assert_null(verdict.culprit);
}

static void test_device_write__clean_line__right(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	through(&w, CCSAN_CLEAN, K, F, 0);
	assert_right(on_line(&w, CCSAN_DEVICE_WRITE, F, B0));
}

static void test_uncached_read__dirty_line__stale_read(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(on_line(&w, CCSAN_UNCACHED_READ, F, B1), CCSAN_STALE_READ, CCSAN_ALWAYS, B1);
}

static void test_uncached_write__dirty_line__clobber(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B1);
	assert_wrong(on_line(&w, CCSAN_UNCACHED_WRITE, F, B0), CCSAN_CLOBBER, CCSAN_ON_EVICTION,
		     B0);
}

/* --- what is never wrong --- */

static void test_other_steps__any_state__never_wrong(void **state)
{
	(void)state;
	for (unsigned traits = 0; traits < TRAITS; traits++) {
		world_init_rivals(&w, traits);
		through(&w, CCSAN_WRITE, K, F, BOTH);
		assert_right(through(&w, CCSAN_MAP, K, G, 0));
		assert_right(through(&w, CCSAN_UNMAP, K, G, 0));
		assert_right(through(&w, CCSAN_CLEAN, K, F, 0));
		assert_right(on_line(&w, CCSAN_OUTER_CLEAN, F, 0));
		assert_right(on_line(&w, CCSAN_OUTER_FLUSH, F, 0));
		assert_right(on_line(&w, CCSAN_FORGET, F, BOTH));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_read__other_alias_wrote_over_a_copy__stale_always),
		cmocka_unit_test(test_read__other_alias_wrote_other_bytes__right),
		cmocka_unit_test(test_read__miss_while_other_alias_dirty__stale_always),
		cmocka_unit_test(test_read__cleaned_and_never_here__right),
		cmocka_unit_test(test_read__cleaned_but_old_copy_here__stale),
		cmocka_unit_test(test_read__cleaned_there_and_invalidated_here__right),
		cmocka_unit_test(test_read__invalidated_here_but_never_cleaned_there__stale),
		cmocka_unit_test(test_read__device_wrote_under_a_copy__stale),
		cmocka_unit_test(test_read__invalidated_before_the_device__right_in_order),
		cmocka_unit_test(
			test_read__invalidated_before_the_device__stale_on_speculative_fill),
		cmocka_unit_test(
			test_read__unmapped_while_the_device_writes__right_though_speculative),
		cmocka_unit_test(test_read__device_wrote_under_the_outer_copy__stale),
		cmocka_unit_test(test_read__outer_invalidated_too__right),
		cmocka_unit_test(test_read__l1_invalidated_before_outer__stale_on_speculative_fill),
		cmocka_unit_test(test_read__outer_copy_gone_before_the_reread__stale_on_eviction),
		cmocka_unit_test(test_read__given_up_by_an_invalidate__lost_write_until_written),
		cmocka_unit_test(test_read__same_place_as_the_writer__right),
		cmocka_unit_test(test_read__place_holds_another_frame__homonym_always),
		cmocka_unit_test(test_write__place_holds_another_frame__homonym),
		cmocka_unit_test(test_read__flushed_before_the_remap__right),
		cmocka_unit_test(test_read__cleaned_only_before_the_remap__homonym),
		cmocka_unit_test(
			test_read__flushed_while_still_mapped__homonym_on_speculative_fill),
		cmocka_unit_test(test_read__flushed_after_the_unmap__right_though_speculative),
		cmocka_unit_test(test_fetch__code_written_and_not_cleaned__stale_fetch),
		cmocka_unit_test(test_fetch__cleaned_and_never_fetched__right),
		cmocka_unit_test(test_fetch__old_code_in_the_instruction_cache__stale_fetch),
		cmocka_unit_test(test_fetch__cleaned_and_invalidated__right),
		cmocka_unit_test(
			test_fetch__invalidated_before_the_clean__stale_on_speculative_fill),
		cmocka_unit_test(test_write__other_alias_dirty__clobber_on_eviction),
		cmocka_unit_test(test_write__other_alias_flushed__right),
		cmocka_unit_test(test_write__into_an_old_copy__clobber_of_the_bytes_beside),
		cmocka_unit_test(test_write__over_all_old_bytes__right),
		cmocka_unit_test(test_write__through_beside_old_bytes__right),
		cmocka_unit_test(test_write__through_into_an_old_outer_copy__clobber),
		cmocka_unit_test(test_invalidate__dirty_neighbour__lost_write),
		cmocka_unit_test(test_invalidate__dirty_neighbour_cleaned__right),
		cmocka_unit_test(test_invalidate__nothing_given_up__lost_write_of_all_dirty_bytes),
		cmocka_unit_test(test_invalidate__write_through__right),
		cmocka_unit_test(test_invalidate__other_alias_dirty__right),
		cmocka_unit_test(test_flush__dirty__right),
		cmocka_unit_test(test_outer_invalidate__cleaned_into_it__lost_write_always),
		cmocka_unit_test(test_outer_invalidate__still_dirty_in_l1__lost_write_on_eviction),
		cmocka_unit_test(test_outer_invalidate__outer_cleaned__right),
		cmocka_unit_test(test_outer_invalidate__no_outer_cache__right),
		cmocka_unit_test(test_device_read__dirty_in_l1__stale_dma),
		cmocka_unit_test(test_device_read__other_bytes_dirty__right),
		cmocka_unit_test(test_device_read__cleaned_to_the_outer_cache_only__stale_dma),
		cmocka_unit_test(test_device_read__outer_cleaned_before_l1__stale_dma),
		cmocka_unit_test(test_device_read__written_through__right_without_outer_cache),
		cmocka_unit_test(test_device_read__given_up__lost_write),
		cmocka_unit_test(test_device_write__dirty_line__clobber_on_eviction),
		cmocka_unit_test(test_device_write__dirty_outer_line__clobber_on_eviction),
		cmocka_unit_test(test_device_write__clean_line__right),
		cmocka_unit_test(test_uncached_read__dirty_line__stale_read),
		cmocka_unit_test(test_uncached_write__dirty_line__clobber),
		cmocka_unit_test(test_other_steps__any_state__never_wrong),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
