/* SPDX-License-Identifier: MIT */
/* What is told about a fault: who wrote, who maintained, the picture of the line, the advice. */
#include "suite.h"

#include <string.h>

#include "rig.h"

static struct rig rig;
static struct alias k, v;
static const uint64_t frame_f = 0x80000000;

/* Two aliases of one frame, K and V, at different places unless physically indexed. */
static void start(enum ccsan_indexing indexing, unsigned traits)
{
	struct ccsan_geometry g = geometry(indexing, traits);

	rig_init(&rig, &g);
	k = alias_at(0, 0x10000, frame_f);
	v = alias_at(0, 0x21000, frame_f);
	map(&rig, &k);
	map(&rig, &v);
}

static int stop(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

static const struct ccsan_shadow_fault *fault(enum ccsan_fault wanted)
{
	const struct ccsan_shadow_fault *f = one_fault(&rig);

	assert_non_null(f);
	assert_int_equal(f->verdict.fault, wanted);
	return f;
}

static void assert_advice(const struct ccsan_shadow_fault *f, unsigned index,
			  enum ccsan_operation operation, uint64_t va)
{
	assert_true(index < f->advised_count);
	assert_int_equal(f->advised[index].operation, operation);
	assert_int_equal(f->advised[index].at.va, va);
	assert_int_equal(f->advised[index].at.pa, frame_f);
}

/* --- who --- */

static void test_writer__several__the_newest_of_the_bytes_at_fault(void **state)
{
	const struct ccsan_shadow_fault *f;
	uint32_t second;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 8);
	second = cpu(&rig, &k, CCSAN_WRITE, 4, 4);
	cpu(&rig, &k, CCSAN_WRITE, 16, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f + 4, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_int_equal(f->writer.origin, second);
	assert_int_equal(f->writer.operation, CCSAN_WRITE);
	assert_int_equal(f->writer.bytes, 4);
	assert_int_equal(f->writer.at.va, k.at.va + 4);
}

static void test_writer__overwritten__is_forgotten(void **state)
{
	const struct ccsan_shadow_fault *f;
	uint32_t last;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	last = cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_int_equal(f->writer.origin, last);
}

/* A line remembers so many writers; of the oldest it says that it does not know. */
static void test_writer__too_many__the_oldest_is_unknown(void **state)
{
	(void)state;
	start(CCSAN_PIPT, 0);
	for (unsigned i = 0; i < 4; i++)
		cpu(&rig, &k, CCSAN_WRITE, 4 * i, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_int_equal(fault(CCSAN_STALE_DMA)->writer.origin, 0);
}

static void test_writer__a_device__is_named(void **state)
{
	const struct ccsan_shadow_fault *f;
	uint32_t device;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	device = physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->writer.origin, device);
	assert_int_equal(f->writer.operation, CCSAN_DEVICE_WRITE);
	assert_false(f->writer_may_be_later);
}

static void test_writer__its_writes_were_permitted__may_be_later(void **state)
{
	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 16);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_true(fault(CCSAN_STALE_DMA)->writer_may_be_later);
}

static void test_writer__clobber__is_the_one_of_the_dirty_bytes(void **state)
{
	uint32_t dirty;

	(void)state;
	start(CCSAN_PIPT, 0);
	dirty = cpu(&rig, &k, CCSAN_WRITE, 8, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	assert_int_equal(fault(CCSAN_CLOBBER)->writer.origin, dirty);
}

static void test_keeper__last_operation__is_named(void **state)
{
	const struct ccsan_shadow_fault *f;
	uint32_t keeper;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_int_equal(fault(CCSAN_STALE_DMA)->keeper.origin, 0);
	maintain(&rig, &k, CCSAN_FLUSH, 0, LINE);
	keeper = maintain(&rig, &k, CCSAN_CLEAN, 0, LINE);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_int_equal(f->keeper.origin, keeper);
	assert_int_equal(f->keeper.operation, CCSAN_CLEAN);
}

/* --- the picture --- */

static void test_picture__stale_alias__each_copy_as_it_was(void **state)
{
	const struct ccsan_shadow_fault *f;
	const struct ccsan_seen_copy *dirty, *old;

	(void)state;
	start(CCSAN_VIPT, 0);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	cpu(&rig, &k, CCSAN_WRITE, 4, 4);
	cpu(&rig, &v, CCSAN_READ, 0, 8);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->line_pa, frame_f);
	assert_int_equal(f->touched, 0xff);
	assert_int_equal(f->verdict.set, 0xf0);
	assert_int_equal(f->memory_lacks, 0xf0);
	assert_int_equal(f->copy_count, 2);
	dirty = &f->copies[f->copies[0].dirty ? 0 : 1];
	old = &f->copies[f->copies[0].dirty ? 1 : 0];
	assert_int_equal(dirty->at.va, k.at.va);
	assert_true(dirty->dirty);
	assert_int_equal(old->at.va, v.at.va);
	assert_int_equal(old->stale, 0xf0);
	assert_false(old->dirty);
	assert_int_equal(old->certainty, CCSAN_ALWAYS);
}

static void test_picture__filled_unasked__says_so(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, SPECULATIVE);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->copy_count, 1);
	assert_int_equal(f->copies[0].certainty, CCSAN_ON_SPECULATIVE_FILL);
}

static void test_picture__more_copies_than_fit__present_ones_first(void **state)
{
	struct alias many[2 * CCSAN_SEEN_COPIES];
	const struct ccsan_shadow_fault *f;
	unsigned count = 2 * CCSAN_SEEN_COPIES;

	(void)state;
	start(CCSAN_VIVT, 0);
	for (unsigned i = 0; i < count; i++) {
		many[i] = alias_at(0, 0x100000 + i * PAGE, frame_f);
		map(&rig, &many[i]);
		cpu(&rig, &many[i], CCSAN_READ, 0, 4);
		if (i % 2)
			maintain(&rig, &many[i], CCSAN_INVALIDATE, 0, 4);
	}
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &many[0], CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->copy_count, count);
	for (unsigned i = 0; i < CCSAN_SEEN_COPIES; i++)
		assert_true(f->copies[i].present);
}

static void test_picture__instruction_side__only_where_it_is_at_fault(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_FETCH, 0, 4);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	assert_int_equal(fault(CCSAN_STALE_DMA)->copy_count, 1);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	cpu(&rig, &k, CCSAN_FETCH, 0, 4);
	f = fault(CCSAN_STALE_FETCH);
	assert_int_equal(f->copy_count, 2);
	assert_true(f->copies[0].instruction || f->copies[1].instruction);
}

static void test_picture__outer_cache__as_it_was(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, OUTER);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	maintain(&rig, &k, CCSAN_CLEAN, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_true(f->outer_present);
	assert_true(f->outer_dirty);
	assert_int_equal(f->below_lacks, 0);
	assert_int_equal(f->memory_lacks, 0xf);
	assert_false(f->culprit_known);
}

/* --- the advice --- */

static void test_advice__stale_dma__clean_where_it_is_dirty(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_VIPT, 0);
	cpu(&rig, &v, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_int_equal(f->advised_count, 1);
	assert_advice(f, 0, CCSAN_CLEAN, v.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__stale_dma_with_outer_cache__from_inside_out(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, OUTER);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_READ, frame_f, 4);
	f = fault(CCSAN_STALE_DMA);
	assert_int_equal(f->advised_count, 2);
	assert_advice(f, 0, CCSAN_CLEAN, k.at.va);
	assert_advice(f, 1, CCSAN_OUTER_CLEAN, 0);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__device_wrote__invalidate_where_it_is_read(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, SPECULATIVE);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->advised_count, 1);
	assert_advice(f, 0, CCSAN_INVALIDATE, k.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__device_wrote_with_outer_cache__from_outside_in(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, OUTER | SPECULATIVE);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_advice(f, 0, CCSAN_OUTER_INVALIDATE, 0);
	assert_advice(f, 1, CCSAN_INVALIDATE, k.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__other_alias_wrote__clean_there_and_invalidate_here(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_VIVT, 0);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	cpu(&rig, &v, CCSAN_READ, 0, 4);
	f = fault(CCSAN_STALE_READ);
	assert_int_equal(f->advised_count, 2);
	assert_advice(f, 0, CCSAN_CLEAN, k.at.va);
	assert_advice(f, 1, CCSAN_INVALIDATE, v.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__neighbour_lost__clean_before_the_invalidate(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	maintain(&rig, &k, CCSAN_INVALIDATE, 16, 4);
	f = fault(CCSAN_LOST_WRITE);
	assert_advice(f, 0, CCSAN_CLEAN, k.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__device_writes_under_dirty_data__flush_before(void **state)
{
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	physical(&rig, CCSAN_DEVICE_WRITE, frame_f, 4);
	f = fault(CCSAN_CLOBBER);
	assert_advice(f, 0, CCSAN_FLUSH, k.at.va);
	assert_int_equal(f->trial, CCSAN_TRIED_GONE);
}

static void test_advice__homonym__flush_the_other_page_and_not_tried(void **state)
{
	struct alias other = alias_at(0, 0x10000, frame_f + PAGE);
	const struct ccsan_shadow_fault *f;

	(void)state;
	start(CCSAN_VIVT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	unmap(&rig, &k);
	map(&rig, &other);
	cpu(&rig, &other, CCSAN_READ, 0, 4);
	f = fault(CCSAN_HOMONYM);
	assert_advice(f, 0, CCSAN_FLUSH, k.at.va);
	assert_int_equal(f->trial, CCSAN_NOT_TRIED);
}

static void test_advice__given_up_bytes__there_is_none(void **state)
{
	(void)state;
	start(CCSAN_PIPT, 0);
	cpu(&rig, &k, CCSAN_WRITE, 0, 4);
	maintain(&rig, &k, CCSAN_INVALIDATE, 0, 4);
	cpu(&rig, &k, CCSAN_READ, 0, 4);
	assert_int_equal(fault(CCSAN_LOST_WRITE)->advised_count, 0);
}

/* --- the trial is honest --- */

static void random_step(struct rig *r, struct alias *aliases, uint64_t *random)
{
	struct alias *alias = &aliases[random_number(random) % 2];
	unsigned offset = (unsigned)(random_number(random) % 2 * LINE + random_number(random) % 8);

	switch (random_number(random) % 8) {
	case 0:
	case 1:
		cpu(r, alias, CCSAN_READ, offset, 4);
		break;
	case 2:
	case 3:
		cpu(r, alias, CCSAN_WRITE, offset, 4);
		break;
	case 4:
		physical(r, CCSAN_DEVICE_READ, frame_f + offset, 4);
		break;
	case 5:
		physical(r, CCSAN_DEVICE_WRITE, frame_f + offset, 4);
		break;
	case 6:
		physical(r, CCSAN_OUTER_CLEAN, frame_f + offset, 4);
		break;
	default:
		maintain(r, alias, (enum ccsan_operation)(CCSAN_CLEAN + random_number(random) % 3),
			 offset, 4);
	}
}

static void do_advised(struct rig *r, const struct ccsan_advised_step *step)
{
	struct alias at = alias_at(step->at.space, step->at.va, step->at.pa);

	if (step->operation >= CCSAN_OUTER_CLEAN && step->operation <= CCSAN_OUTER_FLUSH)
		physical(r, step->operation, step->at.pa, LINE);
	else
		maintain(r, &at, step->operation, 0, LINE);
}

/* The program of this seed, up to its first fault; `advised` is done before the step `last`. */
static bool run(enum ccsan_indexing indexing, unsigned traits, uint64_t seed, unsigned last,
		const struct ccsan_shadow_fault *advised, unsigned *fault_at,
		struct ccsan_shadow_fault *found)
{
	struct ccsan_geometry g = geometry(indexing, traits);
	struct alias aliases[2] = { alias_at(0, 0x10000, frame_f), alias_at(0, 0x21000, frame_f) };
	struct rig r;
	bool wrong = false;

	rig_init(&r, &g);
	map(&r, &aliases[0]);
	map(&r, &aliases[1]);
	for (unsigned i = 0; i <= last && !wrong; i++) {
		if (i == last && advised)
			for (unsigned s = 0; s < advised->advised_count; s++)
				do_advised(&r, &advised->advised[s]);
		random_step(&r, aliases, &seed);
		wrong = r.fault_count > 0;
		*fault_at = i;
	}
	if (wrong)
		*found = r.faults[0];
	rig_free(&r);
	return wrong;
}

/* The same program on a new engine, with the advised calls made before the step that failed. */
static void test_trial__said_gone__is_gone_in_a_second_run(void **state)
{
	unsigned tried = 0;

	(void)state;
	for (uint64_t seed = 1; seed <= 4000; seed++) {
		enum ccsan_indexing indexing = (enum ccsan_indexing)(seed % 2);
		struct ccsan_shadow_fault found, again;
		unsigned at;

		if (!run(indexing, seed >> 1 & 7, seed * 77777, 40, NULL, &at, &found) ||
		    found.trial != CCSAN_TRIED_GONE)
			continue;
		tried++;
		assert_false(run(indexing, seed >> 1 & 7, seed * 77777, at, &found, &at, &again));
	}
	assert_true(tried > 1000);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_writer__several__the_newest_of_the_bytes_at_fault,
					  stop),
		cmocka_unit_test_teardown(test_writer__overwritten__is_forgotten, stop),
		cmocka_unit_test_teardown(test_writer__too_many__the_oldest_is_unknown, stop),
		cmocka_unit_test_teardown(test_writer__a_device__is_named, stop),
		cmocka_unit_test_teardown(test_writer__its_writes_were_permitted__may_be_later,
					  stop),
		cmocka_unit_test_teardown(test_writer__clobber__is_the_one_of_the_dirty_bytes,
					  stop),
		cmocka_unit_test_teardown(test_keeper__last_operation__is_named, stop),
		cmocka_unit_test_teardown(test_picture__stale_alias__each_copy_as_it_was, stop),
		cmocka_unit_test_teardown(test_picture__filled_unasked__says_so, stop),
		cmocka_unit_test_teardown(test_picture__more_copies_than_fit__present_ones_first,
					  stop),
		cmocka_unit_test_teardown(test_picture__instruction_side__only_where_it_is_at_fault,
					  stop),
		cmocka_unit_test_teardown(test_picture__outer_cache__as_it_was, stop),
		cmocka_unit_test_teardown(test_advice__stale_dma__clean_where_it_is_dirty, stop),
		cmocka_unit_test_teardown(test_advice__stale_dma_with_outer_cache__from_inside_out,
					  stop),
		cmocka_unit_test_teardown(test_advice__device_wrote__invalidate_where_it_is_read,
					  stop),
		cmocka_unit_test_teardown(
			test_advice__device_wrote_with_outer_cache__from_outside_in, stop),
		cmocka_unit_test_teardown(
			test_advice__other_alias_wrote__clean_there_and_invalidate_here, stop),
		cmocka_unit_test_teardown(test_advice__neighbour_lost__clean_before_the_invalidate,
					  stop),
		cmocka_unit_test_teardown(test_advice__device_writes_under_dirty_data__flush_before,
					  stop),
		cmocka_unit_test_teardown(test_advice__homonym__flush_the_other_page_and_not_tried,
					  stop),
		cmocka_unit_test_teardown(test_advice__given_up_bytes__there_is_none, stop),
		cmocka_unit_test_teardown(test_trial__said_gone__is_gone_in_a_second_run, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
