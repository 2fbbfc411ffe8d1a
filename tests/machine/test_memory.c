/* SPDX-License-Identifier: MIT */
/* Frames, page tables, addresses and their colours, address spaces. */
#include "suite.h"

#include "rig.h"

static struct rig rig;

static int stop(void **state)
{
	(void)state;
	rig_free(&rig);
	return 0;
}

/* --- frames --- */

static void test_alloc__more_than_there_is__0(void **state)
{
	(void)state;
	rig_init(&rig, "arm926ej-s", 4);
	assert_int_equal(ccsan_machine_alloc(rig.machine, 5), 0);
	assert_int_equal(ccsan_machine_alloc(rig.machine, 0), 0);
	assert_int_not_equal(ccsan_machine_alloc(rig.machine, 4), 0);
	assert_int_equal(ccsan_machine_alloc(rig.machine, 1), 0);
}

static void test_alloc__runs__do_not_overlap_and_are_reused(void **state)
{
	ccsan_phys a, b;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	a = ccsan_machine_alloc(rig.machine, 3);
	b = ccsan_machine_alloc(rig.machine, 3);
	assert_int_equal(a, CCSAN_RAM_BASE);
	assert_int_equal(b, a + 3 * 4096);
	assert_true(ccsan_machine_free(rig.machine, a, 3));
	assert_int_equal(ccsan_machine_alloc(rig.machine, 3), a);
}

static void test_free__not_allocated_or_not_a_frame__refused(void **state)
{
	ccsan_phys a;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	a = ccsan_machine_alloc(rig.machine, 2);
	assert_false(ccsan_machine_free(rig.machine, a + 1, 1));
	assert_false(ccsan_machine_free(rig.machine, a, 3));
	assert_false(ccsan_machine_free(rig.machine, a, 0));
	assert_false(ccsan_machine_free(rig.machine, 0x1000, 1));
	assert_true(ccsan_machine_free(rig.machine, a, 2));
	assert_false(ccsan_machine_free(rig.machine, a, 2));
}

static void test_has_frames__ends_and_overflow__exact(void **state)
{
	ccsan_phys a;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	a = ccsan_machine_alloc(rig.machine, 2);
	assert_true(ccsan_machine_has_frames(rig.machine, a, 2 * 4096));
	assert_true(ccsan_machine_has_frames(rig.machine, a + 8191, 1));
	assert_false(ccsan_machine_has_frames(rig.machine, a + 8191, 2));
	assert_false(ccsan_machine_has_frames(rig.machine, a - 1, 2));
	assert_false(ccsan_machine_has_frames(rig.machine, a, UINT64_MAX));
	assert_false(ccsan_machine_has_frames(rig.machine, UINT64_MAX - 1, 4));
}

static void test_free__dirty_page__its_content_matters_to_nobody(void **state)
{
	ccsan_phys a;
	uint64_t k;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	a = ccsan_machine_alloc(rig.machine, 1);
	k = map(&rig, a, 1, CCSAN_KERNEL, 0);
	cpu(&rig, CCSAN_WRITE, 0, k, 4);
	ccsan_machine_free(rig.machine, a, 1);
	device(&rig, CCSAN_DEVICE_READ, a, 4);
	assert_int_equal(rig.finding_count, 0);
	/* but the dirty line is still there, a danger to the next owner */
	device(&rig, CCSAN_DEVICE_WRITE, a, 4);
	assert_int_equal(rig.findings[0].kind, CCSAN_KIND_CLOBBER);
}

/* --- addresses --- */

static unsigned colour(uint64_t va)
{
	return ccsan_machine_colour(rig.machine, va);
}

static void test_map__regions__colours_as_documented(void **state)
{
	ccsan_phys frames;

	(void)state;
	rig_init(&rig, "arm1136", 64);
	assert_true(ccsan_machine_colours(rig.machine) > 1);
	frames = ccsan_machine_alloc(rig.machine, 8);
	for (unsigned i = 0; i < 8; i++) {
		ccsan_phys f = frames + i * 4096;
		unsigned own = colour(f), next = (own + 1) % ccsan_machine_colours(rig.machine);

		assert_int_equal(colour(map(&rig, f, 1, CCSAN_KERNEL, 0)), own);
		assert_int_equal(colour(map(&rig, f, 1, CCSAN_VMAP, 0)), next);
		assert_int_equal(colour(map(&rig, f, 1, CCSAN_KMAP, 0)), next);
		assert_int_equal(colour(map(&rig, f, 1, CCSAN_VMAP | CCSAN_COLOUR(0), 0)), 0);
		assert_int_equal(colour(map(&rig, f, 1, CCSAN_KMAP | CCSAN_COLOUR(1), 0)), 1);
	}
}

static void test_map__regions__addresses_in_their_ranges(void **state)
{
	ccsan_phys f;
	uint32_t space;
	uint64_t va;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	space = ccsan_machine_new_space(rig.machine);
	va = map(&rig, f, 1, CCSAN_USER, space);
	assert_true(va >= CCSAN_USER_BASE && va < CCSAN_USER_END);
	va = map(&rig, f, 1, CCSAN_KERNEL, 0);
	assert_true(va >= CCSAN_KERNEL_BASE && va < CCSAN_VMAP_BASE);
	va = map(&rig, f, 1, CCSAN_VMAP, 0);
	assert_true(va >= CCSAN_VMAP_BASE && va < CCSAN_VMAP_FIXED);
	va = map(&rig, f, 1, CCSAN_KMAP, 0);
	assert_true(va >= CCSAN_KMAP_BASE && va < CCSAN_KMAP_FIXED);
}

static void test_map__direct_map_twice__the_same_address(void **state)
{
	ccsan_phys f;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	assert_int_equal(map(&rig, f, 2, CCSAN_KERNEL, 0), map(&rig, f, 2, CCSAN_KERNEL, 0));
	assert_int_equal(map(&rig, f + 4096, 1, CCSAN_KERNEL, 0),
			 map(&rig, f, 2, CCSAN_KERNEL, 0) + 4096);
	assert_int_not_equal(map(&rig, f, 1, CCSAN_VMAP, 0), map(&rig, f, 1, CCSAN_VMAP, 0));
}

static void test_map_at__taken__0(void **state)
{
	uint32_t a, b;
	ccsan_phys f;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	a = ccsan_machine_new_space(rig.machine);
	b = ccsan_machine_new_space(rig.machine);
	assert_int_equal(map_at(&rig, f, 2, CCSAN_USER, a, 0x40000), 0x40000);
	assert_int_equal(map_at(&rig, f, 1, CCSAN_USER, a, 0x41000), 0);
	assert_int_equal(map_at(&rig, f, 1, CCSAN_USER, b, 0x41000), 0x41000);
}

static void test_map__host_has_no_room__0_and_nothing_mapped(void **state)
{
	uint64_t pa;
	ccsan_phys f;
	bool cached;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	rig.no_room = true;
	assert_int_equal(map(&rig, f, 1, CCSAN_VMAP, 0), 0);
	assert_false(ccsan_machine_translate(rig.machine, 0, CCSAN_VMAP_BASE, &pa, &cached));
}

static void test_translate__alias_unmapped_and_own_memory__each(void **state)
{
	uint64_t va, pa;
	ccsan_phys f;
	bool cached;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	va = map(&rig, f, 1, CCSAN_VMAP | CCSAN_UNCACHED, 0);
	assert_true(ccsan_machine_translate(rig.machine, 0, va + 12, &pa, &cached));
	assert_int_equal(pa, f + 12);
	assert_false(cached);
	assert_true(ccsan_machine_unmap(rig.machine, 0, va, 1));
	assert_false(ccsan_machine_translate(rig.machine, 0, va, &pa, &cached));
	assert_false(ccsan_machine_unmap(rig.machine, 0, va, 1));
	assert_true(
		ccsan_machine_translate(rig.machine, 0, CCSAN_OWN_MEMORY | 0x1234, &pa, &cached));
	assert_int_equal(pa, CCSAN_OWN_MEMORY | 0x1234);
	assert_true(cached);
}

static void test_translate__wild_addresses__not_mapped(void **state)
{
	uint64_t pa;
	bool cached;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	assert_false(ccsan_machine_translate(rig.machine, 0, CCSAN_WINDOW_BYTES, &pa, &cached));
	assert_false(ccsan_machine_translate(rig.machine, 9, 0x10000, &pa, &cached));
	assert_false(ccsan_machine_translate(rig.machine, 0, 0, &pa, &cached));
}

static void test_map__two_runs__a_free_page_between(void **state)
{
	ccsan_phys f;
	uint64_t a, b;

	(void)state;
	rig_init(&rig, "cortex-a53", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	a = map(&rig, f, 2, CCSAN_VMAP, 0);
	b = map(&rig, f, 2, CCSAN_VMAP, 0);
	assert_true(b >= a + 3 * 4096ull);
}

/* --- spaces --- */

static void test_spaces__more_than_fit__0(void **state)
{
	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	for (uint32_t i = 1; i <= CCSAN_MAX_SPACES; i++)
		assert_int_equal(ccsan_machine_new_space(rig.machine), i);
	assert_int_equal(ccsan_machine_new_space(rig.machine), 0);
	assert_true(ccsan_machine_has_space(rig.machine, CCSAN_MAX_SPACES));
	assert_false(ccsan_machine_has_space(rig.machine, CCSAN_MAX_SPACES + 1));
}

static void count_page(void *context, uint32_t space, uint64_t va, uint64_t pa)
{
	(void)space, (void)va, (void)pa;
	++*(unsigned *)context;
}

static void test_each_page__aliases_in_two_spaces__all_of_them(void **state)
{
	unsigned count = 0;
	ccsan_phys f;

	(void)state;
	rig_init(&rig, "arm926ej-s", 8);
	f = ccsan_machine_alloc(rig.machine, 2);
	map(&rig, f, 2, CCSAN_USER, ccsan_machine_new_space(rig.machine));
	map(&rig, f, 2, CCSAN_KERNEL, 0);
	map(&rig, f, 1, CCSAN_VMAP, 0);
	ccsan_machine_each_page(rig.machine, count_page, &count);
	assert_int_equal(count, 5);
}

/* --- names --- */

static void assert_name(uint32_t space, uint64_t va, const char *wanted)
{
	char name[CCSAN_NAME_BYTES];

	ccsan_machine_name_alias(rig.machine, space, va, name, sizeof(name));
	assert_string_equal(name, wanted);
}

static void test_name_alias__each_kind__in_people_s_words(void **state)
{
	ccsan_phys f;
	uint32_t space;

	(void)state;
	rig_init(&rig, "arm1136", 8);
	f = ccsan_machine_alloc(rig.machine, 1);
	space = ccsan_machine_new_space(rig.machine);
	assert_name(0, map(&rig, f, 1, CCSAN_KERNEL, 0), "kernel, colour 0");
	assert_name(0, map(&rig, f, 1, CCSAN_VMAP | CCSAN_COLOUR(1), 0), "vmap, colour 1");
	assert_name(0, map(&rig, f, 1, CCSAN_KMAP | CCSAN_COLOUR(0), 0), "kmap, colour 0");
	assert_name(space, map(&rig, f, 1, CCSAN_USER | CCSAN_COLOUR(1), space),
		    "user, space 1, colour 1");
	assert_name(0, map(&rig, f, 1, CCSAN_VMAP | CCSAN_UNCACHED, 0), "uncached");
	assert_name(0, CCSAN_OWN_MEMORY | 0x1000, "own memory");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_alloc__more_than_there_is__0, stop),
		cmocka_unit_test_teardown(test_alloc__runs__do_not_overlap_and_are_reused, stop),
		cmocka_unit_test_teardown(test_free__not_allocated_or_not_a_frame__refused, stop),
		cmocka_unit_test_teardown(test_has_frames__ends_and_overflow__exact, stop),
		cmocka_unit_test_teardown(test_free__dirty_page__its_content_matters_to_nobody,
					  stop),
		cmocka_unit_test_teardown(test_map__regions__colours_as_documented, stop),
		cmocka_unit_test_teardown(test_map__regions__addresses_in_their_ranges, stop),
		cmocka_unit_test_teardown(test_map__direct_map_twice__the_same_address, stop),
		cmocka_unit_test_teardown(test_map_at__taken__0, stop),
		cmocka_unit_test_teardown(test_map__host_has_no_room__0_and_nothing_mapped, stop),
		cmocka_unit_test_teardown(test_translate__alias_unmapped_and_own_memory__each,
					  stop),
		cmocka_unit_test_teardown(test_translate__wild_addresses__not_mapped, stop),
		cmocka_unit_test_teardown(test_map__two_runs__a_free_page_between, stop),
		cmocka_unit_test_teardown(test_spaces__more_than_fit__0, stop),
		cmocka_unit_test_teardown(test_each_page__aliases_in_two_spaces__all_of_them, stop),
		cmocka_unit_test_teardown(test_name_alias__each_kind__in_people_s_words, stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
