/* SPDX-License-Identifier: MIT */
/* Permission bytes: given where an access repeats, taken back from every alias, never wrong. */
#include "suite.h"

#include <string.h>

#include "rig.h"

static struct rig rig;
static const uint64_t frame_f = 0x80000000;

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

/* --- given --- */

static void test_permit__after_a_read__reads_of_the_bytes_touched(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_READ, 20, 4);
	assert_int_equal(k.permits[1], CCSAN_WRITE_SLOW);
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
	assert_int_equal(k.permits[2], CCSAN_ALL_SLOW);
}

static void test_permit__after_a_whole_write__all_accesses(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	assert_int_equal(k.permits[0], 0);
}

/* One byte stands for 16: a write of some of them does not permit writes of the others. */
static void test_permit__after_a_partial_write__reads_only(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 8);
	assert_int_equal(k.permits[0], CCSAN_WRITE_SLOW);
	cpu(&rig, &k, CCSAN_WRITE, 8, 8);
	assert_int_equal(k.permits[0], 0);
}

static void test_permit__fetch__gives_none(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_FETCH, 0, 16);
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
}

static void test_permit__no_bytes__engine_does_without(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	ccsan_shadow_map(rig.shadow, &k.at, true, NULL);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_int_equal(new_faults(&rig), 1);
	assert_null(ccsan_shadow_broken_invariant(rig.shadow));
}

/* --- taken back --- */

enum { MANY = 7 };

static void assert_all_slow(const struct alias *aliases, unsigned count)
{
	for (unsigned i = 0; i < count; i++)
		assert_int_equal(aliases[i].permits[0], CCSAN_ALL_SLOW);
}

static void test_revoke__a_device_writes__for_all_aliases(void **state)
{
	(void)state;
	for (unsigned count = 1; count <= MANY; count++) {
		struct alias aliases[MANY];

		start(CCSAN_PIPT, 0);
		for (unsigned i = 0; i < count; i++) {
			aliases[i] = alias_at(0, 0x10000 + i * PAGE, frame_f);
			map(&rig, &aliases[i]);
			cpu(&rig, &aliases[i], CCSAN_READ, 0, 16);
		}
		for (unsigned i = 0; i < count; i++)
			assert_int_equal(aliases[i].permits[0], CCSAN_WRITE_SLOW);
		physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 1);
		assert_all_slow(aliases, count);
		if (count < MANY)
			rig_free(&rig);
	}
}

static void test_revoke__maintenance_changes_the_line__slow(void **state)
{
	static const enum ccsan_operation operations[] = { CCSAN_CLEAN, CCSAN_INVALIDATE,
							   CCSAN_FLUSH };
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	for (int i = 0; i < 3; i++) {
		cpu(&rig, &k, CCSAN_WRITE, 0, 16);
		assert_int_equal(k.permits[0], 0);
		maintain(&rig, &k, operations[i], 0, 16);
		assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
	}
}

static void test_revoke__unmapped__slow(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	unmap(&rig, &k);
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
}

static void test_revoke__another_place_reads__writes_are_slow(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f), v = alias_at(0, 0x21000, frame_f);

	(void)state;
	start(CCSAN_VIPT, 0);
	map(&rig, &k);
	map(&rig, &v);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	cpu(&rig, &v, CCSAN_READ, 16, 4);
	assert_true(k.permits[0] & CCSAN_WRITE_SLOW);
	assert_null(ccsan_shadow_broken_invariant(rig.shadow));
}

static void test_revoke__homonym__the_other_pages_alias_too(void **state)
{
	struct alias a = alias_at(1, 0x10000, frame_f), b = alias_at(2, 0x10000, frame_f + PAGE);

	(void)state;
	start(CCSAN_VIVT, 0);
	map(&rig, &a);
	map(&rig, &b);
	cpu(&rig, &a, CCSAN_WRITE, 0, 16);
	cpu(&rig, &b, CCSAN_READ, 0, 16);
	assert_int_equal(new_faults(&rig), 1);
	assert_int_equal(a.permits[0], CCSAN_ALL_SLOW);
}

/* A process that runs again finds its place filled, unasked, for the other one. */
static void test_revoke__another_page_is_filled_at_the_place__its_accesses_are_slow(void **state)
{
	struct alias a = alias_at(1, 0x10000, frame_f), b = alias_at(2, 0x10000, frame_f + PAGE);

	(void)state;
	start(CCSAN_VIVT, SPECULATIVE);
	map(&rig, &a);
	map(&rig, &b);
	ccsan_shadow_meet(rig.shadow, frame_f + PAGE, LINE);
	ccsan_shadow_switch(rig.shadow, 0, 1);
	cpu(&rig, &a, CCSAN_READ, 0, 16);
	assert_int_equal(a.permits[0], CCSAN_WRITE_SLOW);
	ccsan_shadow_switch(rig.shadow, 0, 2);
	assert_int_equal(a.permits[0], CCSAN_ALL_SLOW);
}

/* An alias that held a permission is gone and its record is in use for another page: that page's
 * bytes are not the line's. */
static void test_revoke__one_of_many_aliases_is_gone__leaves_other_pages_alone(void **state)
{
	struct alias aliases[MANY];
	struct ccsan_address other = { 0, 0x90000, frame_f - PAGE };
	uint8_t permits[2][PAGE / CCSAN_PERMIT_BYTES] = { 0 };

	(void)state;
	start(CCSAN_PIPT, 0);
	for (unsigned i = 0; i < MANY; i++) {
		aliases[i] = alias_at(0, 0x10000 + i * PAGE, frame_f);
		map(&rig, &aliases[i]);
		cpu(&rig, &aliases[i], CCSAN_READ, 0, 16);
	}
	unmap(&rig, &aliases[0]);
	ccsan_shadow_map(rig.shadow, &other, true, permits[0]);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 1);
	assert_all_slow(aliases, MANY);
	assert_int_equal(permits[1][0], 0);
}

/* --- watched lines and words --- */

static void test_watch__while_watched__every_access_comes(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 2 * LINE);
	ccsan_shadow_watch(rig.shadow, frame_f, LINE, true);
	ccsan_shadow_watch(rig.shadow, frame_f, LINE, true);
	assert_true(ccsan_shadow_watched(rig.shadow, frame_f + 4));
	assert_false(ccsan_shadow_watched(rig.shadow, frame_f + LINE));
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
	assert_int_equal(k.permits[2], 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, LINE);
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
	ccsan_shadow_watch(rig.shadow, frame_f, LINE, false);
	assert_true(ccsan_shadow_watched(rig.shadow, frame_f));
	ccsan_shadow_watch(rig.shadow, frame_f, LINE, false);
	cpu(&rig, &k, CCSAN_WRITE, 0, LINE);
	assert_int_equal(k.permits[0], 0);
}

static void test_set_word__next_write__comes(void **state)
{
	struct alias k = alias_at(0, 0x10000, frame_f);

	(void)state;
	start(CCSAN_PIPT, 0);
	map(&rig, &k);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	ccsan_shadow_set_word(rig.shadow, frame_f, 1);
	assert_int_equal(k.permits[0], CCSAN_ALL_SLOW);
	/* a read permits reads again, but the word is only kept if no write does without us */
	cpu(&rig, &k, CCSAN_READ, 0, 16);
	assert_true(k.permits[0] & CCSAN_WRITE_SLOW);
}

/* --- the byte is never the truth --- */

enum { ALIASES = 8, STEPS = 3000 };

/* A frame with kernel aliases, two processes at the same addresses, a second frame that takes
 * turns with the first one at the same address, one uncached alias. */
static void make_aliases(struct alias *aliases)
{
	const uint64_t g = frame_f + PAGE;

	aliases[0] = alias_at(0, 0x40000, frame_f);
	aliases[1] = alias_at(0, 0x51000, frame_f);
	aliases[2] = alias_at(0, 0x62000, frame_f);
	aliases[3] = alias_at(1, 0x10000, frame_f);
	aliases[4] = alias_at(2, 0x10000, g);
	aliases[5] = alias_at(0, 0x73000, g);
	aliases[6] = alias_at(0, 0x40000, g); /* instead of 0 */
	aliases[7] = alias_at(0, 0x84000, frame_f);
	aliases[7].uncached = true;
}

static void toggle(struct rig *r, struct alias *aliases, unsigned index)
{
	if (aliases[index].mapped) {
		unmap(r, &aliases[index]);
		return;
	}
	if (index == 0 && aliases[6].mapped)
		unmap(r, &aliases[6]);
	if (index == 6 && aliases[0].mapped)
		unmap(r, &aliases[0]);
	map(r, &aliases[index]);
}

static void use(struct rig *r, struct alias *alias, uint64_t choice, unsigned offset,
		unsigned bytes)
{
	if (!alias->mapped)
		return;
	if (choice < 5)
		cpu(r, alias, CCSAN_READ, offset, bytes);
	else if (choice < 10)
		cpu(r, alias, CCSAN_WRITE, offset, bytes);
	else if (choice < 11)
		cpu(r, alias, CCSAN_FETCH, offset, bytes);
	else if (!alias->uncached && choice < 14)
		maintain(r, alias, (enum ccsan_operation)(CCSAN_CLEAN + choice - 11), offset,
			 bytes);
	else if (!alias->uncached)
		invalidate_instructions(r, alias, offset, bytes);
}

static void rare(struct rig *r, struct alias *aliases, uint64_t choice, uint64_t number)
{
	if (choice < 4)
		toggle(r, aliases, (unsigned)(number % ALIASES));
	else if (choice < 6)
		ccsan_shadow_switch(r->shadow, 0, (uint32_t)(number % 3));
	else if (choice < 9)
		physical(r, (enum ccsan_operation)(CCSAN_OUTER_CLEAN + choice - 6),
			 frame_f + number % PAGE / 64 * 64, 64);
	else if (choice < 10)
		maintain_all(r, CCSAN_CLEAN, false);
	else
		physical(r, CCSAN_FORGET, frame_f + number % 64, 16);
}

static void random_step(struct rig *r, struct alias *aliases, uint64_t *random)
{
	uint64_t what = random_number(random) % 100, choice = random_number(random) % 15;
	uint64_t number = random_number(random);
	unsigned offset = (unsigned)(random_number(random) % 80), bytes = 1u << number % 6;

	if (what < 80) /* most programs repeat themselves */
		for (unsigned i = 0; i <= number % 3; i++)
			use(r, &aliases[number / 64 % ALIASES], choice, offset, bytes);
	else if (what < 90)
		physical(r, choice < 8 ? CCSAN_DEVICE_READ : CCSAN_DEVICE_WRITE,
			 frame_f + number % 2 * PAGE + offset, bytes);
	else
		rare(r, aliases, choice % 11, number);
}

/* Only the order of writers may differ: a repeat that is skipped does not make a writer the newest.
 */
static void assert_same_faults(const struct rig *fast, const struct rig *slow)
{
	assert_int_equal(fast->fault_count, slow->fault_count);
	for (unsigned i = fast->seen; i < fast->fault_count; i++) {
		const struct ccsan_shadow_fault *a = &fast->faults[i], *b = &slow->faults[i];

		assert_int_equal(a->verdict.fault, b->verdict.fault);
		assert_int_equal(a->verdict.certainty, b->verdict.certainty);
		assert_int_equal(a->verdict.set, b->verdict.set);
		assert_int_equal(a->access.origin, b->access.origin);
		assert_int_equal(a->memory_lacks, b->memory_lacks);
		assert_int_equal(a->keeper.origin, b->keeper.origin);
		assert_int_equal(a->trial, b->trial);
	}
}

/* The same program twice: with permitted accesses skipped, and with all of them at the engine. */
static uint64_t run_twice(const struct ccsan_geometry *g, uint64_t seed)
{
	struct rig runs[2];
	struct alias aliases[2][ALIASES];
	uint64_t random[2] = { seed, seed }, skipped;

	for (int i = 0; i < 2; i++) {
		rig_init(&runs[i], g);
		make_aliases(aliases[i]);
		runs[i].fast = i == 0;
	}
	for (unsigned step = 0; step < STEPS; step++) {
		for (int i = 0; i < 2; i++) {
			random_step(&runs[i], aliases[i], &random[i]);
			if (step % 8 == 0)
				assert_null(ccsan_shadow_broken_invariant(runs[i].shadow));
		}
		assert_same_faults(&runs[0], &runs[1]);
		new_faults(&runs[0]);
	}
	skipped = runs[0].skipped;
	for (int i = 0; i < 2; i++)
		rig_free(&runs[i]);
	return skipped;
}

static void test_permissions__random_programs__same_faults_without_them(void **state)
{
	(void)state;
	start(CCSAN_PIPT, 0); /* for stop() */
	for (unsigned indexing = CCSAN_PIPT; indexing <= CCSAN_VIVT; indexing++)
		for (unsigned traits = 0; traits < 16; traits++) {
			struct ccsan_geometry g = geometry((enum ccsan_indexing)indexing, traits);

			assert_true(run_twice(&g, 1000 + 16 * indexing + traits) > STEPS / 100);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_permit__after_a_read__reads_of_the_bytes_touched,
					  stop),
		cmocka_unit_test_teardown(test_permit__after_a_whole_write__all_accesses, stop),
		cmocka_unit_test_teardown(test_permit__after_a_partial_write__reads_only, stop),
		cmocka_unit_test_teardown(test_permit__fetch__gives_none, stop),
		cmocka_unit_test_teardown(test_permit__no_bytes__engine_does_without, stop),
		cmocka_unit_test_teardown(test_revoke__a_device_writes__for_all_aliases, stop),
		cmocka_unit_test_teardown(test_revoke__maintenance_changes_the_line__slow, stop),
		cmocka_unit_test_teardown(test_revoke__unmapped__slow, stop),
		cmocka_unit_test_teardown(test_revoke__another_place_reads__writes_are_slow, stop),
		cmocka_unit_test_teardown(test_revoke__homonym__the_other_pages_alias_too, stop),
		cmocka_unit_test_teardown(
			test_revoke__another_page_is_filled_at_the_place__its_accesses_are_slow,
			stop),
		cmocka_unit_test_teardown(
			test_revoke__one_of_many_aliases_is_gone__leaves_other_pages_alone, stop),
		cmocka_unit_test_teardown(test_watch__while_watched__every_access_comes, stop),
		cmocka_unit_test_teardown(test_set_word__next_write__comes, stop),
		cmocka_unit_test_teardown(
			test_permissions__random_programs__same_faults_without_them, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
