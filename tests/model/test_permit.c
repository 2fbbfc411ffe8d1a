/* SPDX-License-Identifier: MIT */
/* Permissions are exact: what passes is right and changes nothing, and all that is so passes. */
#include "suite.h"

#include <string.h>

#include "small_world.h"

enum { K = 0, V = 1 };

static struct small_world w;

static bool passes(enum ccsan_operation operation, int place, int frame, ccsan_set set)
{
	const struct ccsan_copy *copy = &w.copy[place][frame];

	return operation == CCSAN_READ ? ccsan_model_read_passes(&w.caches, copy, set)
				       : ccsan_model_write_passes(&w.caches, copy, set);
}

/* Does the access repeat: no fault, and every bit of the world as before? Leaves the world alone.
 */
static bool repeats(enum ccsan_operation operation, int place, int frame, ccsan_set set)
{
	struct small_world before;
	struct ccsan_step step = { .operation = operation,
				   .line = &w.line[frame],
				   .copy = &w.copy[place][frame],
				   .set = set };
	bool same;

	if (ccsan_model_check(&w.caches, &step).fault)
		return false;
	memcpy(&before, &w, sizeof(w));
	ccsan_model_apply(&w.caches, &step);
	same = !memcmp(&before, &w, sizeof(w));
	memcpy(&w, &before, sizeof(w));
	return same;
}

static unsigned compare_all(void)
{
	unsigned passed = 0;

	for (int place = 0; place < ICACHE; place++)
		for (int frame = 0; frame < FRAMES; frame++)
			for (ccsan_set set = B0; set <= BOTH; set++)
				for (int op = CCSAN_READ; op <= CCSAN_WRITE; op++) {
					bool pass =
						passes((enum ccsan_operation)op, place, frame, set);

					assert_int_equal(pass, repeats((enum ccsan_operation)op,
								       place, frame, set));
					passed += pass;
				}
	return passed;
}

static void random_states(void (*init)(struct small_world *w, unsigned traits), uint64_t seed)
{
	uint64_t random = seed;

	for (unsigned traits = 0; traits < TRAITS; traits++) {
		unsigned passed = 0;

		init(&w, traits);
		for (int i = 0; i < 5000; i++) {
			random_step(&w, &random);
			passed += compare_all();
		}
		assert_true(passed > 5000); /* the walk saw states that matter */
	}
}

static void test_passes__random_states__exactly_what_repeats(void **state)
{
	(void)state;
	random_states(world_init, 1);
}

static void test_passes__random_states_with_rivals__exactly_what_repeats(void **state)
{
	(void)state;
	random_states(world_init_rivals, 2);
}

static void test_read_passes__after_a_read__yes(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	assert_false(passes(CCSAN_READ, K, F, BOTH));
	through(&w, CCSAN_READ, K, F, B0);
	assert_true(passes(CCSAN_READ, K, F, BOTH));
	assert_false(passes(CCSAN_WRITE, K, F, BOTH));
}

static void test_write_passes__after_a_write__only_for_bytes_that_are_dirty(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_true(passes(CCSAN_WRITE, K, F, B0));
	assert_false(passes(CCSAN_WRITE, K, F, B1));
	assert_true(passes(CCSAN_READ, K, F, BOTH));
}

static void test_write_passes__another_alias_read_since__not_for_bytes_it_would_age(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, V, F, BOTH);
	through(&w, CCSAN_WRITE, K, F, B0);
	assert_true(passes(CCSAN_WRITE, K, F, B0)); /* the other copy counts as old already */
	through(&w, CCSAN_CLEAN, K, F, 0);
	through(&w, CCSAN_INVALIDATE, V, F, BOTH);
	through(&w, CCSAN_READ, V, F, BOTH);
	assert_false(passes(CCSAN_WRITE, K, F, B0));
}

static void test_read_passes__stale_or_lost_bytes__no(void **state)
{
	(void)state;
	world_init(&w, PLAIN);
	through(&w, CCSAN_READ, K, F, BOTH);
	on_line(&w, CCSAN_DEVICE_WRITE, F, B0);
	assert_false(passes(CCSAN_READ, K, F, B0));
	assert_true(passes(CCSAN_READ, K, F, B1));
	world_init(&w, SPECULATIVE);
	through(&w, CCSAN_MAP, K, F, 0);
	through(&w, CCSAN_WRITE, K, F, BOTH);
	through(&w, CCSAN_INVALIDATE, K, F, BOTH);
	assert_false(passes(CCSAN_READ, K, F, BOTH));
}

static void test_passes__rival_present__no(void **state)
{
	(void)state;
	world_init_rivals(&w, SPECULATIVE);
	through(&w, CCSAN_READ, K, F, BOTH);
	through(&w, CCSAN_MAP, K, G, 0);
	assert_false(passes(CCSAN_READ, K, F, BOTH));
	assert_false(passes(CCSAN_READ, K, G, BOTH));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_passes__random_states__exactly_what_repeats),
		cmocka_unit_test(test_passes__random_states_with_rivals__exactly_what_repeats),
		cmocka_unit_test(test_read_passes__after_a_read__yes),
		cmocka_unit_test(test_write_passes__after_a_write__only_for_bytes_that_are_dirty),
		cmocka_unit_test(
			test_write_passes__another_alias_read_since__not_for_bytes_it_would_age),
		cmocka_unit_test(test_read_passes__stale_or_lost_bytes__no),
		cmocka_unit_test(test_passes__rival_present__no),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
