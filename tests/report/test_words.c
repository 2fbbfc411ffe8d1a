/* SPDX-License-Identifier: MIT */
/* Cache operations in each host's own words, with the contract that asks for them. */
#include "suite.h"

#include <string.h>

#include "report/words.h"

static void assert_call(const char *host, enum ccsan_deed deed, const char *alias, bool device,
			const char *call)
{
	struct ccsan_words words = ccsan_words_for(host, deed, alias, device);

	assert_string_equal(words.call, call);
	assert_true(*words.source);
}

static void test_words__cmsis__scb_functions(void **state)
{
	(void)state;
	assert_call("cmsis", CCSAN_DEED_CLEAN, "own memory", true, "SCB_CleanDCache_by_Addr()");
	assert_call("cmsis", CCSAN_DEED_INVALIDATE, "own memory", true,
		    "SCB_InvalidateDCache_by_Addr()");
	assert_call("cmsis", CCSAN_DEED_FLUSH, "own memory", true,
		    "SCB_CleanInvalidateDCache_by_Addr()");
	assert_call("cmsis", CCSAN_DEED_ICACHE_INVALIDATE, "own memory", false,
		    "SCB_InvalidateICache_by_Addr()");
}

static void test_words__u_boot__its_flush_cleans(void **state)
{
	(void)state;
	assert_call("u-boot", CCSAN_DEED_CLEAN, "own memory", true, "flush_dcache_range()");
	assert_call("u-boot", CCSAN_DEED_OUTER_INVALIDATE, "own memory", true,
		    "invalidate_dcache_range()");
}

static void test_words__zephyr__sys_cache(void **state)
{
	(void)state;
	assert_call("zephyr", CCSAN_DEED_CLEAN, "own memory", true, "sys_cache_data_flush_range()");
	assert_call("zephyr", CCSAN_DEED_INVALIDATE, "own memory", true,
		    "sys_cache_data_invd_range()");
	assert_call("zephyr", CCSAN_DEED_FLUSH, "own memory", true,
		    "sys_cache_data_flush_and_invd_range()");
}

static void test_words__linux__by_alias_and_device(void **state)
{
	(void)state;
	assert_call("linux", CCSAN_DEED_CLEAN, "kernel", true,
		    "dma_map_single() or dma_sync_single_for_device()");
	assert_call("linux", CCSAN_DEED_INVALIDATE, "kernel", true,
		    "dma_unmap_single() or dma_sync_single_for_cpu()");
	assert_call("linux", CCSAN_DEED_CLEAN, "vmap, colour 1", false,
		    "flush_kernel_vmap_range()");
	assert_call("linux", CCSAN_DEED_INVALIDATE, "vmap, colour 1", false,
		    "invalidate_kernel_vmap_range()");
	assert_call("linux", CCSAN_DEED_CLEAN, "kernel, colour 0", false, "flush_dcache_page()");
	assert_call("linux", CCSAN_DEED_ICACHE_INVALIDATE, "user, colour 0", false,
		    "flush_icache_range()");
}

static void test_words__linux__contracts_are_documents(void **state)
{
	(void)state;
	for (int device = 0; device < 2; device++)
		assert_non_null(
			strstr(ccsan_words_for("linux", CCSAN_DEED_CLEAN, "kernel", device).source,
			       "Documentation/core-api/"));
}

static void test_words__unknown_host__ccsans_own(void **state)
{
	(void)state;
	assert_call("", CCSAN_DEED_CLEAN, "own memory", true, "ccsan_dma_clean()");
	assert_call("", CCSAN_DEED_CLEAN, "own memory", false, "ccsan_clean()");
	assert_call("vxworks", CCSAN_DEED_OUTER_FLUSH, "kernel", false, "ccsan_outer_flush()");
	assert_call("", CCSAN_DEED_ICACHE_INVALIDATE, "kernel", false, "ccsan_icache_invalidate()");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_words__cmsis__scb_functions),
		cmocka_unit_test(test_words__u_boot__its_flush_cleans),
		cmocka_unit_test(test_words__zephyr__sys_cache),
		cmocka_unit_test(test_words__linux__by_alias_and_device),
		cmocka_unit_test(test_words__linux__contracts_are_documents),
		cmocka_unit_test(test_words__unknown_host__ccsans_own),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
