/* SPDX-License-Identifier: MIT */
/*
 * CMSIS-Core (Cortex-M): compiler words and barriers.
 * Reference: CMSIS-Core (Cortex-M) documentation, "Compiler Control" and "Intrinsic Functions".
 */
#ifndef CCSAN_CMSIS_COMPILER_H
#define CCSAN_CMSIS_COMPILER_H

#include <stdint.h>

#include <ccsan/cache.h>

#ifndef __ASM
#define __ASM __asm__
#endif
#define __INLINE             inline
#define __STATIC_INLINE      static inline
#define __STATIC_FORCEINLINE __attribute__((always_inline)) static inline
#define __NO_RETURN          __attribute__((__noreturn__))
#define __USED               __attribute__((used))
#define __WEAK               __attribute__((weak))
#define __PACKED             __attribute__((packed, aligned(1)))
#define __PACKED_STRUCT      struct __attribute__((packed, aligned(1)))
#define __ALIGNED(x)         __attribute__((aligned(x)))
#ifndef __RESTRICT
#define __RESTRICT __restrict
#endif
#define __COMPILER_BARRIER() __asm__ volatile("" ::: "memory")
#define __UNUSED             __attribute__((unused))

#ifdef __cplusplus
#define __I volatile
#else
#define __I volatile const
#endif
#define __O   volatile
#define __IO  volatile
#define __IM  volatile const
#define __OM  volatile
#define __IOM volatile

/** Verb: ccsan_barrier. */
__STATIC_FORCEINLINE void __DSB(void)
{
	__COMPILER_BARRIER();
	ccsan_barrier();
}

/** Verb: ccsan_barrier, which is stronger than DMB: a device is told of register writes here. */
__STATIC_FORCEINLINE void __DMB(void)
{
	__COMPILER_BARRIER();
	ccsan_barrier();
}

/** Hosted code is not fetched: keeps the compiler in order only. */
__STATIC_FORCEINLINE void __ISB(void)
{
	__COMPILER_BARRIER();
}

#define __NOP() __COMPILER_BARRIER()

/* Interrupts do not exist here: there is nothing to mask. */
__STATIC_FORCEINLINE void __enable_irq(void)
{
	__COMPILER_BARRIER();
}

__STATIC_FORCEINLINE void __disable_irq(void)
{
	__COMPILER_BARRIER();
}

__STATIC_FORCEINLINE uint32_t __get_PRIMASK(void)
{
	return 0;
}

__STATIC_FORCEINLINE void __set_PRIMASK(uint32_t mask)
{
	(void)mask;
}

__STATIC_FORCEINLINE uint32_t __REV(uint32_t value)
{
	return __builtin_bswap32(value);
}

__STATIC_FORCEINLINE uint32_t __REV16(uint32_t value)
{
	return (value & 0xff00ff00u) >> 8 | (value & 0x00ff00ffu) << 8;
}

#endif
