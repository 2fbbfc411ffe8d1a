/* SPDX-License-Identifier: MIT */
/*
 * What gcc 12 and clang 14 to 19 call under -fsanitize=thread, but for the atomic operations. The
 * same checks as in instrument.h, for calls that were not replaced there; nothing here thinks.
 */
#include <string.h>

#include "runtime/exploring/explore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

#define likely(condition) __builtin_expect(!!(condition), 1)

/* The fast path: one byte says that this read changes nothing. */
static inline __attribute__((always_inline)) void on_read(const volatile void *p, size_t bytes,
							  uint64_t pc)
{
	uint64_t address = (uint64_t)(uintptr_t)p;

	if (likely(!(address & (bytes - 1)) && !(*ccsan_permit_of(address) & CCSAN_READ_SLOW)))
		return;
	ccsan_range(CCSAN_READ, p, bytes, pc);
}

/* And for writes; who wrote last is noted. */
static inline __attribute__((always_inline)) void on_write(const volatile void *p, size_t bytes,
							   uint64_t pc)
{
	uint64_t address = (uint64_t)(uintptr_t)p;

	if (likely(!(address & (bytes - 1)) && !(*ccsan_permit_of(address) & CCSAN_WRITE_SLOW))) {
		*ccsan_writer_of(address) = (uint32_t)pc;
		return;
	}
	ccsan_range(CCSAN_WRITE, p, bytes, pc);
}

static inline __attribute__((always_inline)) void on_both(const volatile void *p, size_t bytes,
							  uint64_t pc)
{
	on_read(p, bytes, pc);
	on_write(p, bytes, pc);
}

#define HOOK(name, action, bytes)     \
	void name(void *p);           \
	void name(void *p)            \
	{                             \
		action(p, bytes, PC); \
	}

/* Device registers, flags that others wait for: a switch may happen before such an access. */
#define VOLATILE_HOOK(name, action, bytes) \
	void name(void *p);                \
	void name(void *p)                 \
	{                                  \
		ccsan_point();             \
		action(p, bytes, PC);      \
	}

#define HOOKS_OF_SIZE(bytes)                                                   \
	HOOK(__tsan_read##bytes, on_read, bytes)                               \
	HOOK(__tsan_write##bytes, on_write, bytes)                             \
	VOLATILE_HOOK(__tsan_volatile_read##bytes, on_read, bytes)             \
	VOLATILE_HOOK(__tsan_volatile_write##bytes, on_write, bytes)           \
	HOOK(__tsan_read_write##bytes, on_both, bytes)                         \
	HOOK(__tsan_unaligned_read##bytes, on_read, bytes)                     \
	HOOK(__tsan_unaligned_write##bytes, on_write, bytes)                   \
	VOLATILE_HOOK(__tsan_unaligned_volatile_read##bytes, on_read, bytes)   \
	VOLATILE_HOOK(__tsan_unaligned_volatile_write##bytes, on_write, bytes) \
	HOOK(__tsan_unaligned_read_write##bytes, on_both, bytes)

HOOKS_OF_SIZE(1)
HOOKS_OF_SIZE(2)
HOOKS_OF_SIZE(4)
HOOKS_OF_SIZE(8)
HOOKS_OF_SIZE(16)

void __tsan_read_range(void *p, size_t n);
void __tsan_read_range(void *p, size_t n)
{
	ccsan_short_range(CCSAN_READ, p, n, PC);
}

void __tsan_write_range(void *p, size_t n);
void __tsan_write_range(void *p, size_t n)
{
	ccsan_short_range(CCSAN_WRITE, p, n, PC);
}

/* --- C++ virtual tables: a pointer like any other --- */

void __tsan_vptr_update(void **vptr, void *value);
void __tsan_vptr_update(void **vptr, void *value)
{
	(void)value;
	on_write(vptr, sizeof(*vptr), PC);
}

void __tsan_vptr_read(void **vptr);
void __tsan_vptr_read(void **vptr)
{
	on_read(vptr, sizeof(*vptr), PC);
}

/* --- memory functions of clang 16 and later --- */

void *__tsan_memcpy(void *to, const void *from, size_t n);
void *__tsan_memcpy(void *to, const void *from, size_t n)
{
	ccsan_short_range(CCSAN_READ, from, n, PC);
	ccsan_short_range(CCSAN_WRITE, to, n, PC);
	return memcpy(to, from, n);
}

void *__tsan_memmove(void *to, const void *from, size_t n);
void *__tsan_memmove(void *to, const void *from, size_t n)
{
	ccsan_short_range(CCSAN_READ, from, n, PC);
	ccsan_short_range(CCSAN_WRITE, to, n, PC);
	return memmove(to, from, n);
}

void *__tsan_memset(void *to, int byte, size_t n);
void *__tsan_memset(void *to, int byte, size_t n)
{
	ccsan_short_range(CCSAN_WRITE, to, n, PC);
	return memset(to, byte, n);
}

/* --- functions --- */

void __tsan_func_entry(void *caller);
void __tsan_func_entry(void *caller)
{
	if (!ccsan_stack_top)
		ccsan_make_stack();
	*ccsan_stack_top++ = (uint64_t)(uintptr_t)caller;
}

void __tsan_func_exit(void);
void __tsan_func_exit(void)
{
	ccsan_stack_top--;
}

/* --- nothing to do --- */

void __tsan_init(void);
void __tsan_init(void)
{
	ccsan_start();
}

void __tsan_ignore_thread_begin(void);
void __tsan_ignore_thread_begin(void)
{
}

void __tsan_ignore_thread_end(void);
void __tsan_ignore_thread_end(void)
{
}

/* Annotations that programs make for the thread sanitizer: order between threads is not our matter.
 */
void __tsan_acquire(void *p);
void __tsan_acquire(void *p)
{
	(void)p;
}

void __tsan_release(void *p);
void __tsan_release(void *p)
{
	(void)p;
}
