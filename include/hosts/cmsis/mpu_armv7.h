/* SPDX-License-Identifier: MIT */
/*
 * CMSIS-Core (Cortex-M): the MPU, as far as it decides what is cached. Included by core_cm7.h.
 *
 * Model: regions act when they are set or the MPU is enabled, whichever comes later, on the
 * program's own memory; access permissions, sub-regions and write-through are left out. A region
 * without access (ARM_MPU_AP_NONE) changes nothing. Nothing is flushed, as on hardware: clean and
 * invalidate what the cache holds of a region before you make it non-cacheable.
 *
 * Reference: CMSIS-Core (Cortex-M) documentation, "MPU Functions for Armv6-M/v7-M"; ARM DDI 0403E,
 * B3.5 "Protected Memory System Architecture, PMSAv7".
 */
#ifndef CCSAN_CMSIS_MPU_ARMV7_H
#define CCSAN_CMSIS_MPU_ARMV7_H

#include <stdbool.h>

#include <ccsan/machine.h>
#include <ccsan_scb.h>

enum { CCSAN_MPU_REGIONS = 16 };

typedef struct {
	__IOM uint32_t CTRL, RNR, RBAR, RASR;
	uint32_t set_rbar[CCSAN_MPU_REGIONS], set_rasr[CCSAN_MPU_REGIONS]; /**< behind the window */
} MPU_Type;

__WEAK MPU_Type ccsan_cmsis_mpu;
#define MPU (&ccsan_cmsis_mpu)

#define MPU_CTRL_ENABLE_Msk     1UL
#define MPU_CTRL_HFNMIENA_Msk   2UL
#define MPU_CTRL_PRIVDEFENA_Msk 4UL
#define MPU_RBAR_ADDR_Msk       0xffffffe0UL
#define MPU_RBAR_VALID_Msk      0x10UL
#define MPU_RBAR_REGION_Msk     0xfUL
#define MPU_RASR_XN_Pos         28U
#define MPU_RASR_XN_Msk         (1UL << 28U)
#define MPU_RASR_AP_Pos         24U
#define MPU_RASR_AP_Msk         (7UL << 24U)
#define MPU_RASR_TEX_Pos        19U
#define MPU_RASR_TEX_Msk        (7UL << 19U)
#define MPU_RASR_S_Pos          18U
#define MPU_RASR_S_Msk          (1UL << 18U)
#define MPU_RASR_C_Pos          17U
#define MPU_RASR_C_Msk          (1UL << 17U)
#define MPU_RASR_B_Pos          16U
#define MPU_RASR_B_Msk          (1UL << 16U)
#define MPU_RASR_SRD_Pos        8U
#define MPU_RASR_SRD_Msk        (0xffUL << 8U)
#define MPU_RASR_SIZE_Pos       1U
#define MPU_RASR_SIZE_Msk       (0x1fUL << 1U)
#define MPU_RASR_ENABLE_Msk     1UL

/* The size field: a region has 2^(field + 1) bytes. */
#define ARM_MPU_REGION_SIZE_32B   0x04U
#define ARM_MPU_REGION_SIZE_64B   0x05U
#define ARM_MPU_REGION_SIZE_128B  0x06U
#define ARM_MPU_REGION_SIZE_256B  0x07U
#define ARM_MPU_REGION_SIZE_512B  0x08U
#define ARM_MPU_REGION_SIZE_1KB   0x09U
#define ARM_MPU_REGION_SIZE_2KB   0x0aU
#define ARM_MPU_REGION_SIZE_4KB   0x0bU
#define ARM_MPU_REGION_SIZE_8KB   0x0cU
#define ARM_MPU_REGION_SIZE_16KB  0x0dU
#define ARM_MPU_REGION_SIZE_32KB  0x0eU
#define ARM_MPU_REGION_SIZE_64KB  0x0fU
#define ARM_MPU_REGION_SIZE_128KB 0x10U
#define ARM_MPU_REGION_SIZE_256KB 0x11U
#define ARM_MPU_REGION_SIZE_512KB 0x12U
#define ARM_MPU_REGION_SIZE_1MB   0x13U

#define ARM_MPU_AP_NONE 0U
#define ARM_MPU_AP_PRIV 1U
#define ARM_MPU_AP_URO  2U
#define ARM_MPU_AP_FULL 3U
#define ARM_MPU_AP_PRO  5U
#define ARM_MPU_AP_RO   6U

#define ARM_MPU_RBAR(Region, BaseAddress)                                                \
	((uint32_t)(((BaseAddress)&MPU_RBAR_ADDR_Msk) | ((Region)&MPU_RBAR_REGION_Msk) | \
		    MPU_RBAR_VALID_Msk))

#define CCSAN_MPU_FIELD(value, name) (((uint32_t)(value) << name##_Pos) & (uint32_t)name##_Msk)

#define ARM_MPU_RASR(DisableExec, AccessPermission, TypeExtField, IsShareable, IsCacheable,       \
		     IsBufferable, SubRegionDisable, Size)                                        \
	(CCSAN_MPU_FIELD(DisableExec, MPU_RASR_XN) |                                              \
	 CCSAN_MPU_FIELD(AccessPermission, MPU_RASR_AP) |                                         \
	 CCSAN_MPU_FIELD(TypeExtField, MPU_RASR_TEX) | CCSAN_MPU_FIELD(IsShareable, MPU_RASR_S) | \
	 CCSAN_MPU_FIELD(IsCacheable, MPU_RASR_C) | CCSAN_MPU_FIELD(IsBufferable, MPU_RASR_B) |   \
	 CCSAN_MPU_FIELD(SubRegionDisable, MPU_RASR_SRD) | CCSAN_MPU_FIELD(Size, MPU_RASR_SIZE) | \
	 (uint32_t)MPU_RASR_ENABLE_Msk)

typedef struct {
	uint32_t RBAR, RASR;
} ARM_MPU_Region_t;

/* Normal memory is cached for C = 1, for TEX = 1xx as the outer policy says, not for TEX = 1 with
 * C = B = 0 (DDI 0403E, table B3-13). */
__STATIC_FORCEINLINE bool ccsan_mpu_is_cached(uint32_t rasr)
{
	uint32_t tex = (rasr & MPU_RASR_TEX_Msk) >> MPU_RASR_TEX_Pos;

	if (tex & 4U)
		return (rasr & (MPU_RASR_C_Msk | MPU_RASR_B_Msk)) != 0;
	return (rasr & MPU_RASR_C_Msk) != 0;
}

/* Verb: ccsan_set_cached. */
__STATIC_FORCEINLINE void ccsan_mpu_apply(uint32_t region)
{
	uint32_t rasr = MPU->set_rasr[region];
	size_t size = (size_t)2 << ((rasr & MPU_RASR_SIZE_Msk) >> MPU_RASR_SIZE_Pos);
	uintptr_t base = MPU->set_rbar[region] & MPU_RBAR_ADDR_Msk;

	if ((rasr & MPU_RASR_ENABLE_Msk) && (rasr & MPU_RASR_AP_Msk))
		ccsan_set_cached((const volatile void *)base, size, ccsan_mpu_is_cached(rasr));
}

/** Verb: ccsan_set_cached, for every region set so far; a higher number wins. */
__STATIC_FORCEINLINE void ARM_MPU_Enable(uint32_t MPU_Control)
{
	__DMB();
	MPU->CTRL = MPU_Control | MPU_CTRL_ENABLE_Msk;
	SCB->SHCSR |= SCB_SHCSR_MEMFAULTENA_Msk;
	for (uint32_t region = 0; region < CCSAN_MPU_REGIONS; region++)
		ccsan_mpu_apply(region);
	__DSB();
	__ISB();
}

/** Model: memory stays as the regions made it. */
__STATIC_FORCEINLINE void ARM_MPU_Disable(void)
{
	__DMB();
	SCB->SHCSR &= ~(uint32_t)SCB_SHCSR_MEMFAULTENA_Msk;
	MPU->CTRL &= ~(uint32_t)MPU_CTRL_ENABLE_Msk;
	__DSB();
	__ISB();
}

/** Model: memory stays as the region made it. */
__STATIC_FORCEINLINE void ARM_MPU_ClrRegion(uint32_t rnr)
{
	MPU->RNR = rnr;
	MPU->RASR = 0;
	MPU->set_rasr[rnr % CCSAN_MPU_REGIONS] = 0;
}

/** Verb: ccsan_set_cached, if the MPU is enabled. The region's number is in RNR, or in RBAR with
 *  its VALID bit. */
__STATIC_FORCEINLINE void ARM_MPU_SetRegion(uint32_t rbar, uint32_t rasr)
{
	uint32_t region;

	if (rbar & MPU_RBAR_VALID_Msk)
		MPU->RNR = rbar & MPU_RBAR_REGION_Msk;
	region = MPU->RNR % CCSAN_MPU_REGIONS;
	MPU->RBAR = rbar;
	MPU->RASR = rasr;
	MPU->set_rbar[region] = rbar;
	MPU->set_rasr[region] = rasr;
	if (MPU->CTRL & MPU_CTRL_ENABLE_Msk)
		ccsan_mpu_apply(region);
}

/** As ARM_MPU_SetRegion(), of the region `rnr`. */
__STATIC_FORCEINLINE void ARM_MPU_SetRegionEx(uint32_t rnr, uint32_t rbar, uint32_t rasr)
{
	MPU->RNR = rnr;
	ARM_MPU_SetRegion(rbar & ~(uint32_t)(MPU_RBAR_VALID_Msk | MPU_RBAR_REGION_Msk), rasr);
}

/** As ARM_MPU_SetRegion(), of a table. */
__STATIC_FORCEINLINE void ARM_MPU_Load(const ARM_MPU_Region_t *table, uint32_t cnt)
{
	for (uint32_t i = 0; i < cnt; i++)
		ARM_MPU_SetRegion(table[i].RBAR, table[i].RASR);
}

#endif
