/* SPDX-License-Identifier: MIT */
/* The functions of Zephyr's cache API, each with what it does and what it does not: see
 * tests/hosts/check. */
#include <ccsan/ccsan.h>
#include <zephyr/cache.h>

static uint8_t buffer[128] __aligned(64);
static uint8_t table[128] __nocache __aligned(64);

static struct ccsan_device *bus(void)
{
	static struct ccsan_device *device;

	if (!device)
		device = ccsan_device_new("bus", 0);
	return device;
}

static void device_reads(const volatile void *memory)
{
	uint8_t got[64];

	ccsan_device_read(bus(), (uintptr_t)memory, got, sizeof(got));
	CCSAN_CHECK(got[5] == 7);
}

static void device_writes(volatile void *memory)
{
	uint8_t bytes[64];

	memset(bytes, 9, sizeof(bytes));
	ccsan_device_write(bus(), (uintptr_t)memory, bytes, sizeof(bytes));
}

static void look(const volatile uint8_t *memory)
{
	CCSAN_CHECK(memory[5] == 9);
}

/* --- ranges --- */

CCSAN_TEST(ok_flush_range)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_flush_range(buffer, 64));
	device_reads(buffer);
}

CCSAN_TEST(bug_flush_range__of_nothing__stale_dma)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_flush_range(buffer, 0));
	device_reads(buffer);
}

CCSAN_TEST(bug_flush_range__discards_nothing__stale_read)
{
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	device_writes(buffer);
	sys_cache_data_flush_range(buffer, 64);
	look(buffer);
}

CCSAN_TEST(ok_invd_range_before_and_after)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_invd_range(buffer, 64));
	device_writes(buffer);
	CCSAN_CHECK(!sys_cache_data_invd_range(buffer, 64));
	look(buffer);
}

CCSAN_TEST(bug_invd_range__only_before__stale_read)
{
	memset(buffer, 7, 64);
	sys_cache_data_invd_range(buffer, 64);
	device_writes(buffer);
	look(buffer);
}

CCSAN_TEST(bug_invd_range__widens__lost_write)
{
	buffer[8] = 1;
	sys_cache_data_invd_range(buffer, 4);
}

/* Afterwards it is right as well if there is no outer cache to fetch old bytes from meanwhile. */
CCSAN_TEST(l1_ok_flush_and_invd_range)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_flush_and_invd_range(buffer, 64));
	device_reads(buffer);
	device_writes(buffer);
	CCSAN_CHECK(!sys_cache_data_flush_and_invd_range(buffer, 64));
	look(buffer);
}

CCSAN_TEST(bug_flush_and_invd_range__too_short__stale_dma)
{
	memset(buffer, 7, 128);
	sys_cache_data_flush_and_invd_range(buffer, 64);
	device_reads(buffer + 64);
}

/* --- whole caches --- */

CCSAN_TEST(l1_ok_flush_all)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_flush_all());
	device_reads(buffer);
}

CCSAN_TEST(l1_bug_flush_all__discards_nothing__stale_read)
{
	sys_cache_data_flush_all();
	device_writes(buffer);
	sys_cache_data_flush_all();
	look(buffer);
}

CCSAN_TEST(l1_ok_flush_and_invd_all)
{
	memset(buffer, 7, 64);
	CCSAN_CHECK(!sys_cache_data_flush_and_invd_all());
	device_reads(buffer);
	device_writes(buffer);
	CCSAN_CHECK(!sys_cache_data_flush_and_invd_all());
	look(buffer);
}

CCSAN_TEST(l1_bug_invd_all__dirty__lost_write)
{
	sys_cache_data_flush_range(buffer, 64);
	sys_cache_data_flush_all();
	buffer[0] = 1;
	CCSAN_CHECK(!sys_cache_data_invd_all());
}

CCSAN_TEST(l1_ok_disable_enable)
{
	memset(buffer, 7, 64);
	sys_cache_data_disable();
	device_reads(buffer);
	memset(buffer, 7, 64);
	sys_cache_data_enable();
	device_reads(buffer);
}

/* --- instruction cache --- */

/* The instruction cache holds what is newest, before the test writes something newer. */
static void run_old_code(void)
{
	sys_cache_data_flush_range(buffer, 64);
	sys_cache_instr_invd_range(buffer, 64);
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_instr_invd_range)
{
	run_old_code();
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	CCSAN_CHECK(!sys_cache_instr_invd_range(buffer, 64));
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_instr_invd_all)
{
	run_old_code();
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	CCSAN_CHECK(!sys_cache_instr_invd_all());
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_instr_enable_disable)
{
	run_old_code();
	sys_cache_instr_disable();
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	sys_cache_instr_enable();
	ccsan_fetch(buffer, 64);
}

/* What there is not: the old instructions stay. */
CCSAN_TEST(bug_instr_flush__not_supported__stale_fetch)
{
	run_old_code();
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	CCSAN_CHECK(sys_cache_instr_flush_all() == -ENOTSUP);
	CCSAN_CHECK(sys_cache_instr_flush_range(buffer, 64) == -ENOTSUP);
	CCSAN_CHECK(sys_cache_instr_flush_and_invd_all() == -ENOTSUP);
	CCSAN_CHECK(sys_cache_instr_flush_and_invd_range(buffer, 64) == -ENOTSUP);
	ccsan_fetch(buffer, 64);
}

/* --- barriers, and memory that is not cached --- */

CCSAN_TEST(barrier_bug_none__missing_barrier)
{
	memset(table, 7, 64);
	barrier_isync_fence_full();
	device_reads(table);
}

CCSAN_TEST(barrier_ok_fences)
{
	memset(table, 7, 64);
	barrier_dmem_fence_full();
	device_reads(table);
	memset(table, 7, 64);
	barrier_dsync_fence_full();
	device_reads(table);
}

CCSAN_TEST(barrier_ok_within_cache_functions)
{
	memset(buffer, 7, 64);
	sys_cache_data_flush_range(buffer, 64);
	device_reads(buffer);
	memset(buffer, 7, 64);
	sys_cache_data_flush_and_invd_range(buffer, 64);
	device_reads(buffer);
	memset(buffer, 7, 64);
	sys_cache_data_flush_all();
	device_reads(buffer);
	memset(buffer, 7, 64);
	sys_cache_data_flush_and_invd_all();
	device_reads(buffer);
}

CCSAN_TEST(ok_nocache)
{
	memset(table, 7, 64);
	barrier_dmem_fence_full();
	device_reads(table);
	device_writes(table);
	look(table);
}

CCSAN_TEST(ok_line_size)
{
	CCSAN_CHECK(sys_cache_data_line_size_get() == ccsan_line_size());
	CCSAN_CHECK(sys_cache_instr_line_size_get() == ccsan_line_size());
}
