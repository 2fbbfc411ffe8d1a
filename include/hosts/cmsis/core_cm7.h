/* SPDX-License-Identifier: MIT */
/*
 * CMSIS-Core for the Cortex-M7: the part of the system control block that cache code looks at, the
 * MPU, and the cache functions. A part's own header (stm32h7xx.h …) is not here: give yours a
 * stand-in that includes this one.
 *
 * Reference: CMSIS-Core (Cortex-M) documentation; ARMv7-M Architecture Reference Manual
 * (ARM DDI 0403E), B3.2 "System Control Space".
 */
#ifndef CCSAN_CMSIS_CORE_CM7_H
#define CCSAN_CMSIS_CORE_CM7_H

#include <cmsis_compiler.h>

#define __CORTEX_M 7U

#ifndef __MPU_PRESENT
#define __MPU_PRESENT 1U
#endif
#ifndef __ICACHE_PRESENT
#define __ICACHE_PRESENT 1U
#endif
#ifndef __DCACHE_PRESENT
#define __DCACHE_PRESENT 1U
#endif
#ifndef __NVIC_PRIO_BITS
#define __NVIC_PRIO_BITS 4U
#endif

/** What a linker script and the MPU do on the part: data that is uncached from the start. The
 * runtime knows this section (a driver's own attribute can name it as well). */
#define CCSAN_CMSIS_UNCACHED __attribute__((section("ccsan_uncached")))

#include <cachel1_armv7.h>
#include <ccsan_scb.h>
#include <mpu_armv7.h>

#endif
