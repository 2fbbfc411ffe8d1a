/* SPDX-License-Identifier: MIT */
/*
 * Atomic operations under -fsanitize=thread: the hook does the operation itself. All are done
 * sequentially consistent, which is at least what was asked for.
 */
#include "runtime/exploring/explore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

static inline void on_read(const volatile void *p, size_t bytes, uint64_t pc)
{
	ccsan_point();
	ccsan_range(CCSAN_READ, p, bytes, pc);
}

static inline void on_write(const volatile void *p, size_t bytes, uint64_t pc)
{
	ccsan_point();
	ccsan_range(CCSAN_WRITE, p, bytes, pc);
}

static inline void on_both(const volatile void *p, size_t bytes, uint64_t pc)
{
	ccsan_point();
	ccsan_range(CCSAN_READ, p, bytes, pc);
	ccsan_range(CCSAN_WRITE, p, bytes, pc);
}

#define NAME(bits, operation) __tsan_atomic##bits##_##operation

#define LOAD_AND_STORE(bits, type)                                        \
	type NAME(bits, load)(const volatile type *p, int order);         \
	type NAME(bits, load)(const volatile type *p, int order)          \
	{                                                                 \
		(void)order;                                              \
		on_read(p, sizeof(type), PC);                             \
		return load_##bits(p);                                    \
	}                                                                 \
	void NAME(bits, store)(volatile type * p, type value, int order); \
	void NAME(bits, store)(volatile type * p, type value, int order)  \
	{                                                                 \
		(void)order;                                              \
		on_write(p, sizeof(type), PC);                            \
		store_##bits(p, value);                                   \
	}

#define CHANGE(bits, type, operation)                                         \
	type NAME(bits, operation)(volatile type * p, type value, int order); \
	type NAME(bits, operation)(volatile type * p, type value, int order)  \
	{                                                                     \
		(void)order;                                                  \
		on_both(p, sizeof(type), PC);                                 \
		return operation##_##bits(p, value);                          \
	}

#define COMPARE_EXCHANGE(bits, type, strength)                                                   \
	int NAME(bits, compare_exchange_##strength)(volatile type * p, type * expected,          \
						    type desired, int order, int failure_order); \
	int NAME(bits, compare_exchange_##strength)(volatile type * p, type * expected,          \
						    type desired, int order, int failure_order)  \
	{                                                                                        \
		type before = *expected, found;                                                  \
                                                                                                 \
		(void)order;                                                                     \
		(void)failure_order;                                                             \
		on_both(p, sizeof(type), PC);                                                    \
		found = compare_exchange_##bits(p, before, desired);                             \
		*expected = found;                                                               \
		return found == before;                                                          \
	}

#define COMPARE_EXCHANGE_VALUE(bits, type)                                                    \
	type NAME(bits, compare_exchange_val)(volatile type * p, type expected, type desired, \
					      int order, int failure_order);                  \
	type NAME(bits, compare_exchange_val)(volatile type * p, type expected, type desired, \
					      int order, int failure_order)                   \
	{                                                                                     \
		(void)order;                                                                  \
		(void)failure_order;                                                          \
		on_both(p, sizeof(type), PC);                                                 \
		return compare_exchange_##bits(p, expected, desired);                         \
	}

#define ATOMICS(bits, type)                  \
	LOAD_AND_STORE(bits, type)           \
	CHANGE(bits, type, exchange)         \
	CHANGE(bits, type, fetch_add)        \
	CHANGE(bits, type, fetch_sub)        \
	CHANGE(bits, type, fetch_and)        \
	CHANGE(bits, type, fetch_or)         \
	CHANGE(bits, type, fetch_xor)        \
	CHANGE(bits, type, fetch_nand)       \
	COMPARE_EXCHANGE(bits, type, strong) \
	COMPARE_EXCHANGE(bits, type, weak)   \
	COMPARE_EXCHANGE_VALUE(bits, type)

/* --- the operations themselves --- */

#define NATIVE_CHANGE(bits, type, operation, builtin)                       \
	static inline type operation##_##bits(volatile type *p, type value) \
	{                                                                   \
		return builtin(p, value, __ATOMIC_SEQ_CST);                 \
	}

#define NATIVE(bits, type)                                                                        \
	static inline type load_##bits(const volatile type *p)                                    \
	{                                                                                         \
		return __atomic_load_n(p, __ATOMIC_SEQ_CST);                                      \
	}                                                                                         \
	static inline void store_##bits(volatile type *p, type value)                             \
	{                                                                                         \
		__atomic_store_n(p, value, __ATOMIC_SEQ_CST);                                     \
	}                                                                                         \
	static inline type compare_exchange_##bits(volatile type *p, type expected, type desired) \
	{                                                                                         \
		__atomic_compare_exchange_n(p, &expected, desired, 0, __ATOMIC_SEQ_CST,           \
					    __ATOMIC_SEQ_CST);                                    \
		return expected;                                                                  \
	}                                                                                         \
	NATIVE_CHANGE(bits, type, exchange, __atomic_exchange_n)                                  \
	NATIVE_CHANGE(bits, type, fetch_add, __atomic_fetch_add)                                  \
	NATIVE_CHANGE(bits, type, fetch_sub, __atomic_fetch_sub)                                  \
	NATIVE_CHANGE(bits, type, fetch_and, __atomic_fetch_and)                                  \
	NATIVE_CHANGE(bits, type, fetch_or, __atomic_fetch_or)                                    \
	NATIVE_CHANGE(bits, type, fetch_xor, __atomic_fetch_xor)                                  \
	NATIVE_CHANGE(bits, type, fetch_nand, __atomic_fetch_nand)

NATIVE(8, uint8_t)
NATIVE(16, uint16_t)
NATIVE(32, uint32_t)
NATIVE(64, uint64_t)

ATOMICS(8, uint8_t)
ATOMICS(16, uint16_t)
ATOMICS(32, uint32_t)
ATOMICS(64, uint64_t)

/* 16 bytes: cmpxchg16b is all there is (compiled with -mcx16). A load is an exchange with itself.
 */
typedef unsigned __int128 uint128;

static inline uint128 compare_exchange_128(volatile uint128 *p, uint128 expected, uint128 desired)
{
	return __sync_val_compare_and_swap(p, expected, desired);
}

static inline uint128 load_128(const volatile uint128 *p)
{
	return compare_exchange_128((volatile uint128 *)p, 0, 0);
}

#define LOOP_CHANGE_128(operation, new_value)                                      \
	static inline uint128 operation##_128(volatile uint128 *p, uint128 value)  \
	{                                                                          \
		uint128 old = load_128(p), found;                                  \
                                                                                   \
		while ((found = compare_exchange_128(p, old, (new_value))) != old) \
			old = found;                                               \
		return old;                                                        \
	}

LOOP_CHANGE_128(exchange, value)
LOOP_CHANGE_128(fetch_add, old + value)
LOOP_CHANGE_128(fetch_sub, old - value)
LOOP_CHANGE_128(fetch_and, old &value)
LOOP_CHANGE_128(fetch_or, old | value)
LOOP_CHANGE_128(fetch_xor, old ^ value)
LOOP_CHANGE_128(fetch_nand, ~(old &value))

static inline void store_128(volatile uint128 *p, uint128 value)
{
	exchange_128(p, value);
}

ATOMICS(128, uint128)

/* --- fences --- */

void __tsan_atomic_thread_fence(int order);
void __tsan_atomic_thread_fence(int order)
{
	(void)order;
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
}

void __tsan_atomic_signal_fence(int order);
void __tsan_atomic_signal_fence(int order)
{
	(void)order;
	__atomic_signal_fence(__ATOMIC_SEQ_CST);
}
