/* SPDX-License-Identifier: MIT */
/* The functions of CMSIS-Core, each with what it does and what it does not: see tests/hosts/check.
 */
#include <string.h>

#include <ccsan/ccsan.h>
#include <core_cm7.h>

static uint8_t buffer[128] __ALIGNED(64);
static uint8_t area[4096] __ALIGNED(4096);
static uint8_t table[128] CCSAN_CMSIS_UNCACHED __ALIGNED(64);

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

/* --- clean, by address --- */

CCSAN_TEST(ok_clean_by_addr)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	device_reads(buffer);
}

CCSAN_TEST(l1_ok_clean_by_addr_widens)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer + 31, 2);
	device_reads(buffer);
}

CCSAN_TEST(bug_clean_by_addr__of_nothing__stale_dma)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 0);
	device_reads(buffer);
}

CCSAN_TEST(bug_clean_by_addr__negative__stale_dma)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, -64);
	device_reads(buffer);
}

CCSAN_TEST(bug_clean_by_addr__too_short__stale_dma)
{
	memset(buffer, 7, 128);
	SCB_CleanDCache_by_Addr(buffer, 64);
	device_reads(buffer + 64);
}

CCSAN_TEST(bug_clean_by_addr__discards_nothing__stale_read)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	device_writes(buffer);
	SCB_CleanDCache_by_Addr(buffer, 64);
	look(buffer);
}

/* --- invalidate, by address --- */

CCSAN_TEST(ok_invalidate_by_addr_before_and_after)
{
	memset(buffer, 7, 64);
	SCB_InvalidateDCache_by_Addr(buffer, 64);
	device_writes(buffer);
	SCB_InvalidateDCache_by_Addr(buffer, 64);
	look(buffer);
}

CCSAN_TEST(bug_invalidate_by_addr__only_before__stale_read)
{
	memset(buffer, 7, 64);
	SCB_InvalidateDCache_by_Addr(buffer, 64);
	device_writes(buffer);
	look(buffer);
}

CCSAN_TEST(bug_invalidate_by_addr__of_nothing__stale_read)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	device_writes(buffer);
	SCB_InvalidateDCache_by_Addr(buffer, 0);
	SCB_InvalidateDCache_by_Addr(buffer, -64);
	look(buffer);
}

CCSAN_TEST(bug_invalidate_by_addr__widens__lost_write)
{
	buffer[8] = 1;
	SCB_InvalidateDCache_by_Addr(buffer, 4);
}

/* --- clean and invalidate, by address --- */

/* Afterwards it is right as well if there is no outer cache to fetch old bytes from meanwhile. */
CCSAN_TEST(l1_ok_clean_invalidate_by_addr)
{
	memset(buffer, 7, 64);
	SCB_CleanInvalidateDCache_by_Addr(buffer, 64);
	device_reads(buffer);
	device_writes(buffer);
	SCB_CleanInvalidateDCache_by_Addr(buffer, 64);
	look(buffer);
}

CCSAN_TEST(bug_clean_invalidate_by_addr__of_nothing__stale_dma)
{
	memset(buffer, 7, 64);
	SCB_CleanInvalidateDCache_by_Addr(buffer, 0);
	SCB_CleanInvalidateDCache_by_Addr(buffer, -64);
	device_reads(buffer);
}

/* --- the whole data cache --- */

CCSAN_TEST(l1_ok_clean)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache();
	device_reads(buffer);
}

CCSAN_TEST(l1_ok_clean_invalidate)
{
	memset(buffer, 7, 64);
	SCB_CleanInvalidateDCache();
	device_reads(buffer);
	device_writes(buffer);
	SCB_CleanInvalidateDCache();
	look(buffer);
}

CCSAN_TEST(l1_ok_invalidate)
{
	SCB_CleanDCache();
	device_writes(buffer);
	SCB_InvalidateDCache();
	look(buffer);
}

CCSAN_TEST(l1_bug_clean__discards_nothing__stale_read)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache();
	device_writes(buffer);
	SCB_CleanDCache();
	look(buffer);
}

CCSAN_TEST(l1_bug_invalidate__dirty__lost_write)
{
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_CleanDCache();
	buffer[0] = 1;
	SCB_InvalidateDCache();
}

/* Off: what was dirty is in memory. On again: what was written meanwhile is. */
CCSAN_TEST(l1_ok_disable_enable)
{
	SCB_EnableDCache();
	CCSAN_CHECK(SCB->CCR & SCB_CCR_DC_Msk);
	memset(buffer, 7, 64);
	SCB_DisableDCache();
	CCSAN_CHECK(!(SCB->CCR & SCB_CCR_DC_Msk));
	device_reads(buffer);
	SCB_EnableDCache();
}

CCSAN_TEST(l1_bug_enable__already_on__stale_dma)
{
	SCB_EnableDCache();
	memset(buffer, 7, 64);
	SCB_EnableDCache();
	device_reads(buffer);
}

/* --- instruction cache --- */

/* The instruction cache holds what is newest, before the test writes something newer. */
static void run_old_code(void)
{
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_InvalidateICache_by_Addr(buffer, 64);
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_icache_by_addr)
{
	run_old_code();
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_InvalidateICache_by_Addr(buffer, 64);
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(bug_icache_by_addr__of_nothing__stale_fetch)
{
	run_old_code();
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_InvalidateICache_by_Addr(buffer, 0);
	SCB_InvalidateICache_by_Addr(buffer, -64);
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_icache)
{
	run_old_code();
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_InvalidateICache();
	ccsan_fetch(buffer, 64);
}

CCSAN_TEST(ok_icache_disable_enable)
{
	SCB_EnableICache();
	run_old_code();
	SCB_DisableICache();
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_EnableICache();
	ccsan_fetch(buffer, 64);
	CCSAN_CHECK(SCB->CCR & SCB_CCR_IC_Msk);
}

CCSAN_TEST(bug_icache_enable__already_on__stale_fetch)
{
	SCB_EnableICache();
	run_old_code();
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	SCB_EnableICache();
	ccsan_fetch(buffer, 64);
}

/* --- barriers --- */

CCSAN_TEST(barrier_bug_none__missing_barrier)
{
	memset(buffer, 7, 64);
	ccsan_clean(buffer, 64);
	device_reads(buffer);
}

CCSAN_TEST(barrier_ok_dsb)
{
	memset(buffer, 7, 64);
	ccsan_clean(buffer, 64);
	__DSB();
	device_reads(buffer);
}

CCSAN_TEST(barrier_ok_dmb)
{
	memset(table, 7, 64);
	__DMB();
	device_reads(table);
}

/* The instruction barrier waits for no store. */
CCSAN_TEST(barrier_bug_isb__missing_barrier)
{
	memset(table, 7, 64);
	__ISB();
	device_reads(table);
}

CCSAN_TEST(barrier_ok_within_cache_functions)
{
	memset(buffer, 7, 64);
	SCB_CleanDCache_by_Addr(buffer, 64);
	device_reads(buffer);
	memset(buffer, 7, 64);
	SCB_CleanInvalidateDCache_by_Addr(buffer, 64);
	device_reads(buffer);
	memset(buffer, 7, 64);
	SCB_CleanDCache();
	device_reads(buffer);
	memset(buffer, 7, 64);
	SCB_CleanInvalidateDCache();
	device_reads(buffer);
}

/* --- memory that is not cached --- */

CCSAN_TEST(ok_uncached_section)
{
	memset(table, 7, 64);
	__DSB();
	device_reads(table);
	device_writes(table);
	look(table);
}

static void set_region(uint32_t tex, uint32_t cacheable)
{
	SCB_CleanInvalidateDCache_by_Addr(area, sizeof(area));
	ARM_MPU_Disable();
	ARM_MPU_SetRegion(ARM_MPU_RBAR(1U, (uint32_t)(uintptr_t)area),
			  ARM_MPU_RASR(1U, ARM_MPU_AP_FULL, tex, 0U, cacheable, 0U, 0U,
				       ARM_MPU_REGION_SIZE_4KB));
	ARM_MPU_Enable(MPU_CTRL_PRIVDEFENA_Msk);
}

CCSAN_TEST(ok_mpu_uncached)
{
	set_region(1U, 0U);
	memset(area, 7, 64);
	__DSB();
	device_reads(area);
	device_writes(area);
	look(area);
	set_region(1U, 1U);
}

CCSAN_TEST(ok_mpu_load)
{
	const ARM_MPU_Region_t regions[] = {
		{ ARM_MPU_RBAR(1U, (uint32_t)(uintptr_t)area),
		  ARM_MPU_RASR(1U, ARM_MPU_AP_FULL, 1U, 0U, 0U, 0U, 0U, ARM_MPU_REGION_SIZE_4KB) },
	};

	SCB_CleanInvalidateDCache_by_Addr(area, sizeof(area));
	ARM_MPU_Load(regions, 1);
	ARM_MPU_Enable(MPU_CTRL_PRIVDEFENA_Msk);
	memset(area, 7, 64);
	__DSB();
	device_reads(area);
	ARM_MPU_ClrRegion(1);
	set_region(1U, 1U);
}

CCSAN_TEST(bug_mpu__write_back__stale_dma)
{
	set_region(1U, 1U);
	memset(area, 7, 64);
	__DSB();
	device_reads(area);
}

CCSAN_TEST(bug_mpu__cleared_before_it_was_enabled__stale_dma)
{
	ARM_MPU_Disable();
	ARM_MPU_SetRegionEx(
		2U, (uint32_t)(uintptr_t)area,
		ARM_MPU_RASR(1U, ARM_MPU_AP_FULL, 1U, 0U, 0U, 0U, 0U, ARM_MPU_REGION_SIZE_4KB));
	ARM_MPU_ClrRegion(2U);
	ARM_MPU_Enable(MPU_CTRL_PRIVDEFENA_Msk);
	memset(area, 7, 64);
	device_reads(area);
}
