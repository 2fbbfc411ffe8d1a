/* SPDX-License-Identifier: MIT */
/* CMSIS: which function writes back, which one discards, and how far. */
// compilers: gcc clang-14
// build: $cc --host=cmsis -Wall -Wextra -Werror -o p $src
// run: CCSAN_OPTIONS=cpu=cortex-m7:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all as documented$
#include <core_cm7.h>

#include "probe.h"

static char ring[4096] __ALIGNED(4096);

static void by_address(void)
{
	char *p = probe_memory;

	DEVICE_SEES(0, false, (void)p);
	DEVICE_SEES(0, true, SCB_CleanDCache_by_Addr(p, 1));
	DEVICE_SEES(0, true, SCB_CleanInvalidateDCache_by_Addr(p, 1));
	DEVICE_SEES(0, false, SCB_CleanDCache_by_Addr(p, 0));
	DEVICE_SEES(0, false, SCB_CleanDCache_by_Addr(p, -1));
	/* From the line of the address to the line of the last byte, no further. */
	DEVICE_SEES(0, true, SCB_CleanDCache_by_Addr(p + 31, 1));
	DEVICE_SEES(32, true, SCB_CleanDCache_by_Addr(p + 31, 2));
	DEVICE_SEES(32, false, SCB_CleanDCache_by_Addr(p + 31, 1));

	CPU_SEES(0, false, (void)p);
	CPU_SEES(0, true, SCB_InvalidateDCache_by_Addr(p, 1));
	CPU_SEES(0, true, SCB_CleanInvalidateDCache_by_Addr(p, 1));
	CPU_SEES(0, false, SCB_CleanDCache_by_Addr(p, 1));
	CPU_SEES(0, false, SCB_InvalidateDCache_by_Addr(p, 0));
	CPU_SEES(0, false, SCB_InvalidateDCache_by_Addr(p, INT32_MIN));
	CPU_SEES(64, true, SCB_InvalidateDCache_by_Addr(p, 65));
	CPU_SEES(64, false, SCB_InvalidateDCache_by_Addr(p, 64));

	LOSES(8, true, SCB_InvalidateDCache_by_Addr(p, 8));
	LOSES(8, false, SCB_CleanInvalidateDCache_by_Addr(p, 8));
	LOSES(40, false, SCB_InvalidateDCache_by_Addr(p, 32));
}

static void whole(void)
{
	DEVICE_SEES(0, true, SCB_CleanDCache());
	DEVICE_SEES(0, true, SCB_CleanInvalidateDCache());
	CPU_SEES(0, true, SCB_CleanInvalidateDCache());
	CPU_SEES(0, true, SCB_InvalidateDCache());
	CPU_SEES(0, false, SCB_CleanDCache());
	DEVICE_SEES(0, true, SCB_DisableDCache());
	DEVICE_SEES(0, true, SCB_EnableDCache()); /* it was off */
	IS(SCB->CCR & SCB_CCR_DC_Msk);
	DEVICE_SEES(0, false, SCB_EnableDCache()); /* it is on */
}

static void barriers(void)
{
	DEVICE_SEES(0, false, __DSB());
	DEVICE_SEES(0, false, __DMB());
	DEVICE_SEES(0, false, __ISB());
	DEVICE_SEES(0, false, SCB_InvalidateICache());
	DEVICE_SEES(0, false, SCB_InvalidateICache_by_Addr(probe_memory, 64));
}

static unsigned ring_findings(void)
{
	unsigned before = ccsan_finding_count();
	char byte;

	ring[100] = 1;
	ccsan_device_read(probe_device, (ccsan_phys)(uintptr_t)&ring[100], &byte, 1);
	return ccsan_finding_count() - before;
}

static void set_ring(uint32_t number, uint32_t cacheable)
{
	ARM_MPU_SetRegion(ARM_MPU_RBAR(number, (uint32_t)(uintptr_t)ring),
			  ARM_MPU_RASR(1, ARM_MPU_AP_FULL, cacheable ? 0 : 1, 1, cacheable,
				       cacheable, 0, ARM_MPU_REGION_SIZE_4KB));
}

static void memory_protection_unit(void)
{
	SCB_CleanInvalidateDCache_by_Addr(ring, sizeof(ring));
	set_ring(3, 0);
	probe_judge("a region of an MPU that is off", ring_findings(), 1);
	SCB_CleanInvalidateDCache_by_Addr(ring, sizeof(ring));
	ARM_MPU_Enable(MPU_CTRL_PRIVDEFENA_Msk);
	probe_judge("a non-cacheable region", ring_findings(), 0);
	set_ring(3, 1);
	ring[101] = 1;
	IS(ccsan_mpu_is_cached(ARM_MPU_RASR(0, 3, 1, 0, 1, 1, 0, 4)));
	IS(!ccsan_mpu_is_cached(ARM_MPU_RASR(0, 3, 1, 0, 0, 0, 0, 4)));
	IS(!ccsan_mpu_is_cached(ARM_MPU_RASR(0, 3, 0, 0, 0, 1, 0, 4)));
	IS(!ccsan_mpu_is_cached(ARM_MPU_RASR(0, 3, 4, 0, 0, 0, 0, 4)));
}

int main(void)
{
	SCB_EnableICache();
	SCB_EnableDCache();
	by_address();
	whole();
	barriers();
	memory_protection_unit();
	return probe_result();
}
