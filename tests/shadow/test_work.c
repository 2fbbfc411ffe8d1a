/* SPDX-License-Identifier: MIT */
/*
 * What the engine costs, without a clock: it is compiled here so that every basic block reports
 * itself, and the blocks are counted. The bounds leave room for compilers, not for another order of
 * growth.
 */
#include "suite.h"

#include <stdlib.h>

#include "rig.h"

static uint64_t blocks;
static struct rig rig;

void __sanitizer_cov_trace_pc(void);

void __sanitizer_cov_trace_pc(void)
{
	blocks++;
}

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

/* Maps pages of frames at equal offsets from two bases. Return: aliases. Owns: the caller. */
static struct alias *map_pages(unsigned count, uint64_t va, uint64_t pa)
{
	struct alias *aliases = calloc(count, sizeof(*aliases));

	assert_non_null(aliases);
	for (unsigned i = 0; i < count; i++) {
		aliases[i] = alias_at(0, va + (uint64_t)i * PAGE, pa + (uint64_t)i * PAGE);
		map(&rig, &aliases[i]);
	}
	return aliases;
}

static uint64_t cost_of_flushing(struct alias *aliases, unsigned pages)
{
	uint64_t before;

	for (unsigned i = 0; i < pages; i++)
		cpu(&rig, &aliases[i], CCSAN_WRITE, 0, PAGE);
	before = blocks;
	for (unsigned i = 0; i < pages; i++)
		maintain(&rig, &aliases[i], CCSAN_FLUSH, 0, PAGE);
	return blocks - before;
}

static void test_maintain__twice_the_lines__twice_the_work(void **state)
{
	struct alias *aliases;
	uint64_t once, twice;

	(void)state;
	for (unsigned indexing = CCSAN_PIPT; indexing <= CCSAN_VIVT; indexing++) {
		start((enum ccsan_indexing)indexing, SPECULATIVE);
		aliases = map_pages(64, 0x10000000, frame_f);
		once = cost_of_flushing(aliases, 32);
		twice = cost_of_flushing(aliases, 64);
		assert_true(once > 32 * PAGE / LINE);
		assert_true(twice > once + once / 2 && twice < 3 * once);
		free(aliases);
		if (indexing < CCSAN_VIVT)
			rig_free(&rig);
	}
}

/* Ten thousand dirty lines elsewhere are nothing to it. */
static void test_maintain__much_else_is_dirty__the_same_work(void **state)
{
	struct alias *aliases, *others;
	uint64_t alone, among;

	(void)state;
	start(CCSAN_VIVT, 0);
	aliases = map_pages(1, 0x10000000, frame_f);
	alone = cost_of_flushing(aliases, 1);
	others = map_pages(100, 0x20000000, frame_f + 16 * PAGE);
	for (unsigned i = 0; i < 100; i++)
		cpu(&rig, &others[i], CCSAN_WRITE, 0, PAGE);
	among = cost_of_flushing(aliases, 1);
	assert_true(among < 2 * alone);
	free(aliases);
	free(others);
}

static void test_access__much_else_is_mapped__the_same_work(void **state)
{
	struct alias *aliases, *others;
	uint64_t before, alone, among;

	(void)state;
	start(CCSAN_PIPT, SPECULATIVE);
	aliases = map_pages(2, 0x10000000, frame_f);
	before = blocks;
	cpu(&rig, &aliases[0], CCSAN_WRITE, 0, PAGE);
	alone = blocks - before;
	others = map_pages(20000, 0x20000000, frame_f + 16 * PAGE);
	before = blocks;
	cpu(&rig, &aliases[1], CCSAN_WRITE, 0, PAGE);
	among = blocks - before;
	assert_true(among < 2 * alone);
	free(aliases);
	free(others);
}

enum { MANY = 10000 };

/* One frame, ten thousand aliases, all of which have read it. Return: what a write costs. */
static uint64_t cost_of_a_write_to_many(enum ccsan_indexing indexing, unsigned count)
{
	struct alias *aliases = calloc(count, sizeof(*aliases));
	uint64_t before;

	assert_non_null(aliases);
	start(indexing, 0);
	for (unsigned i = 0; i < count; i++) {
		aliases[i] = alias_at(0, 0x10000000 + (uint64_t)i * PAGE, frame_f);
		map(&rig, &aliases[i]);
		cpu(&rig, &aliases[i], CCSAN_READ, 0, 4);
	}
	before = blocks;
	cpu(&rig, &aliases[0], CCSAN_WRITE, 0, 4);
	before = blocks - before;
	assert_int_equal(new_faults(&rig), 0);
	cpu(&rig, &aliases[count - 1], CCSAN_READ, 0, 4);
	assert_int_equal(new_faults(&rig), indexing == CCSAN_PIPT ? 0 : 1);
	free(aliases);
	return before;
}

static void test_write__ten_thousand_aliases__costs_at_most_so_many_looks(void **state)
{
	uint64_t few, many;

	(void)state;
	for (unsigned indexing = CCSAN_PIPT; indexing <= CCSAN_VIVT; indexing += 2) {
		few = cost_of_a_write_to_many((enum ccsan_indexing)indexing, MANY / 10);
		rig_free(&rig);
		many = cost_of_a_write_to_many((enum ccsan_indexing)indexing, MANY);
		print_message("a write to a frame with %d aliases: %llu basic blocks\n", (int)MANY,
			      (unsigned long long)many);
		assert_true(many < 15 * few);
		if (indexing < CCSAN_VIVT)
			rig_free(&rig);
	}
}

/* One of very many aliases goes. It looks at the others, to know whether their places are its own,
 * but not once more for each line. */
static void cost_of_unmapping(unsigned traits, unsigned lines, uint64_t most)
{
	struct alias *aliases = calloc(MANY, sizeof(*aliases));
	uint64_t before;

	assert_non_null(aliases);
	start(CCSAN_VIVT, traits);
	for (unsigned i = 0; i < MANY; i++) {
		aliases[i] = alias_at(0, 0x10000000 + (uint64_t)i * PAGE, frame_f);
		map(&rig, &aliases[i]);
	}
	for (unsigned i = 0; i < lines; i++)
		cpu(&rig, &aliases[MANY / 2], CCSAN_READ, i * LINE, 4);
	before = blocks;
	unmap(&rig, &aliases[MANY / 2]);
	print_message("unmapping one of %d aliases, %u lines known: %llu basic blocks\n", (int)MANY,
		      lines, (unsigned long long)(blocks - before));
	assert_true(blocks - before < most);
	free(aliases);
}

static void test_unmap__ten_thousand_aliases__does_not_look_at_them_per_line(void **state)
{
	(void)state;
	cost_of_unmapping(SPECULATIVE, 1, 60 * MANY);
	rig_free(&rig);
	cost_of_unmapping(SPECULATIVE, 16, 60 * MANY);
}

static void test_unmap__in_order__does_not_look_at_other_aliases(void **state)
{
	(void)state;
	cost_of_unmapping(0, 16, MANY);
}

/* Tables grow with the lines that are used, not with what is mapped. */
static void test_tables__a_line_of_each_page__grow_by_lines(void **state)
{
	struct alias *aliases;
	size_t mapped, used, again;

	(void)state;
	start(CCSAN_PIPT, 0);
	aliases = map_pages(1000, 0x10000000, frame_f);
	mapped = ccsan_shadow_table_bytes(rig.shadow);
	for (unsigned i = 0; i < 1000; i++)
		cpu(&rig, &aliases[i], CCSAN_WRITE, 0, 4);
	used = ccsan_shadow_table_bytes(rig.shadow);
	assert_int_equal(rig.met, 1000);
	for (unsigned i = 0; i < 1000; i++) {
		maintain(&rig, &aliases[i], CCSAN_FLUSH, 0, LINE);
		cpu(&rig, &aliases[i], CCSAN_WRITE, 0, 4);
	}
	again = ccsan_shadow_table_bytes(rig.shadow);
	/* of each page the record of a line, and an array with a pointer for each line */
	assert_true(used - mapped < 1000 * (1024 + 4096 / LINE * sizeof(void *)));
	assert_int_equal(again, used);
	free(aliases);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_maintain__twice_the_lines__twice_the_work, stop),
		cmocka_unit_test_teardown(test_maintain__much_else_is_dirty__the_same_work, stop),
		cmocka_unit_test_teardown(test_access__much_else_is_mapped__the_same_work, stop),
		cmocka_unit_test_teardown(
			test_write__ten_thousand_aliases__costs_at_most_so_many_looks, stop),
		cmocka_unit_test_teardown(
			test_unmap__ten_thousand_aliases__does_not_look_at_them_per_line, stop),
		cmocka_unit_test_teardown(test_unmap__in_order__does_not_look_at_other_aliases,
					  stop),
		cmocka_unit_test_teardown(test_tables__a_line_of_each_page__grow_by_lines, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
