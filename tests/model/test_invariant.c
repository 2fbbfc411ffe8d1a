/* SPDX-License-Identifier: MIT */
/* Invariants: every reachable state keeps them, and the walker notices what breaks them. */
#include "suite.h"

#include "small_world.h"

enum { K = 0, V = 1 };

static struct small_world w;

static void walk(void (*init)(struct small_world *w, unsigned traits), uint64_t seed)
{
	uint64_t random = seed;

	for (unsigned traits = 0; traits < TRAITS; traits++) {
		init(&w, traits);
		assert_null(world_broken(&w));
		for (int i = 0; i < 50000; i++) {
			random_step(&w, &random);
			assert_null(world_broken(&w));
		}
	}
}

static void test_invariants__random_steps__hold_after_each(void **state)
{
	(void)state;
	walk(world_init, 3);
}

static void test_invariants__random_steps_with_rivals__hold_after_each(void **state)
{
	(void)state;
	walk(world_init_rivals, 4);
}

/* A walk that never sees some kind of fault would prove little. */
static void test_random_steps__each_kind_of_fault__is_met(void **state)
{
	unsigned met = 0;
	uint64_t random = 5;

	(void)state;
	for (unsigned traits = 0; traits < TRAITS; traits++) {
		world_init_rivals(&w, traits);
		for (int i = 0; i < 5000; i++)
			met |= 1u << random_step(&w, &random).fault;
	}
	for (int fault = CCSAN_NO_FAULT; fault <= CCSAN_HOMONYM; fault++)
		assert_true(met >> fault & 1);
}

static void test_broken_invariant__absent_yet_stale__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	w.copy[K][F].in[CCSAN_WORST].stale = B0;
	assert_string_equal(world_broken(&w), "what is absent is not stale");
}

static void test_broken_invariant__calm_world_holds_more__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	w.copy[K][F].in[CCSAN_WORST].present = false;
	assert_string_equal(world_broken(&w), "what is present in a calmer world may be present");
	w.copy[K][F].in[CCSAN_WORST].present = true;
	w.copy[K][F].in[CCSAN_QUIET].stale = B0;
	assert_string_equal(world_broken(&w), "what is stale in a calmer world may be stale");
}

static void test_broken_invariant__dirty_with_old_bytes__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	w.copy[K][F].in[CCSAN_WORST].stale = B0;
	assert_string_equal(world_broken(&w), "a dirty copy holds nothing stale");
}

static void test_broken_invariant__two_dirty_places__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	w.copy[V][F].in[CCSAN_WORST].stale = w.copy[V][F].in[CCSAN_EVICTING].stale =
		w.copy[V][F].in[CCSAN_QUIET].stale = 0;
	w.copy[V][F].in[CCSAN_WORST].dirty = true;
	assert_string_equal(world_broken(&w), "one place at most is dirty");
}

static void test_broken_invariant__memory_has_what_nothing_below_l1_has__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	w.line[F].memory_lacks[CCSAN_WORST] = B0;
	assert_string_equal(world_broken(&w), "memory lacks what everything below L1 lacks");
}

static void test_broken_invariant__lacking_yet_nowhere_dirty__named(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	w.line[F].memory_lacks[CCSAN_WORST] = w.line[F].below_lacks[CCSAN_WORST] = B0;
	assert_string_equal(world_broken(&w), "what memory lacks is dirty somewhere");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_invariants__random_steps__hold_after_each),
		cmocka_unit_test(test_invariants__random_steps_with_rivals__hold_after_each),
		cmocka_unit_test(test_random_steps__each_kind_of_fault__is_met),
		cmocka_unit_test(test_broken_invariant__absent_yet_stale__named),
		cmocka_unit_test(test_broken_invariant__calm_world_holds_more__named),
		cmocka_unit_test(test_broken_invariant__dirty_with_old_bytes__named),
		cmocka_unit_test(test_broken_invariant__two_dirty_places__named),
		cmocka_unit_test(
			test_broken_invariant__memory_has_what_nothing_below_l1_has__named),
		cmocka_unit_test(test_broken_invariant__lacking_yet_nowhere_dirty__named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
