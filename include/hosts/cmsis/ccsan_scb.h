/* SPDX-License-Identifier: MIT */
/*
 * The system control block, as far as cache and MPU code looks at it. In CMSIS it is part of
 * core_cm7.h. Reference: ARMv7-M Architecture Reference Manual (ARM DDI 0403E), B3.2.
 */
#ifndef CCSAN_CMSIS_SCB_H
#define CCSAN_CMSIS_SCB_H

#include <cmsis_compiler.h>

/** Model: registers that cache and MPU code reads back; plain memory, without effect if written. */
typedef struct {
	__IM uint32_t CPUID;
	__IOM uint32_t CCR; /**< the enable bits, kept by the functions below */
	__IOM uint32_t SHCSR;
	__IM uint32_t CLIDR, CTR, CCSIDR;
	__IOM uint32_t CSSELR;
} SCB_Type;

#define SCB_CCR_IC_Pos            17U
#define SCB_CCR_IC_Msk            (1UL << SCB_CCR_IC_Pos)
#define SCB_CCR_DC_Pos            16U
#define SCB_CCR_DC_Msk            (1UL << SCB_CCR_DC_Pos)
#define SCB_SHCSR_MEMFAULTENA_Msk (1UL << 16U)

/* CCSIDR: 16 KB of 4 ways and 32-byte lines (DDI 0489F, 3.3.4). */
__WEAK SCB_Type ccsan_cmsis_scb = {
	0x411fc271UL, 0, 0, 0x09000003UL, 0x8303c003UL, 0xf00fe019UL, 0
};
#define SCB (&ccsan_cmsis_scb)

#endif
