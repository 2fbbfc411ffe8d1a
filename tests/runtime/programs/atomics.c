/* SPDX-License-Identifier: MIT */
/* Atomic operations of every size do what they say, whatever the order asked for, and are seen. */
// build: $cc -mcx16 -I$lib -o p $src -latomic
// run: CCSAN_OPTIONS=cpu=arm926ej-s:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all seen$
#include "seen.h"

typedef unsigned __int128 uint128_t;

#define CHECK(condition)                                                       \
	do {                                                                   \
		if (!(condition)) {                                            \
			printf("%s:%d: %s\n", __func__, __LINE__, #condition); \
			seen_failures++;                                       \
		}                                                              \
	} while (0)

/* --- seen --- */

#define SEEN(type)                                                                                \
	__attribute__((noinline)) static void load_##type(char *p)                                \
	{                                                                                         \
		seen_sink = (char)__atomic_load_n((type *)(void *)p, __ATOMIC_ACQUIRE);           \
	}                                                                                         \
	__attribute__((noinline)) static void store_##type(char *p)                               \
	{                                                                                         \
		__atomic_store_n((type *)(void *)p, (type)2, __ATOMIC_RELEASE);                   \
	}                                                                                         \
	__attribute__((noinline)) static void exchange_##type(char *p)                            \
	{                                                                                         \
		seen_sink =                                                                       \
			(char)__atomic_exchange_n((type *)(void *)p, (type)2, __ATOMIC_ACQ_REL);  \
	}                                                                                         \
	__attribute__((noinline)) static void add_##type(char *p)                                 \
	{                                                                                         \
		seen_sink =                                                                       \
			(char)__atomic_fetch_add((type *)(void *)p, (type)2, __ATOMIC_RELAXED);   \
	}                                                                                         \
	__attribute__((noinline)) static void swap_##type(char *p)                                \
	{                                                                                         \
		type expected = (type)-1;                                                         \
                                                                                                  \
		seen_sink = __atomic_compare_exchange_n((type *)(void *)p, &expected, (type)2, 0, \
							__ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);      \
	}

SEEN(uint8_t)
SEEN(uint16_t)
SEEN(uint32_t)
SEEN(uint64_t)
SEEN(uint128_t)

#define ALL_SEEN(type)                                      \
	do {                                                \
		READS(load_##type, 48, sizeof(type));       \
		WRITES(store_##type, 48, sizeof(type));     \
		CHANGES(exchange_##type, 48, sizeof(type)); \
		WRITES(exchange_##type, 48, sizeof(type));  \
		CHANGES(add_##type, 48, sizeof(type));      \
		WRITES(add_##type, 48, sizeof(type));       \
		CHANGES(swap_##type, 48, sizeof(type));     \
	} while (0)

/* --- right --- */

#define RIGHT(type)                                                                         \
	__attribute__((noinline)) static void right_##type(int order)                       \
	{                                                                                   \
		static type v;                                                              \
		type most = (type)-1, expected, got;                                        \
                                                                                            \
		__atomic_store(&v, &most, __ATOMIC_SEQ_CST);                                \
		CHECK(__atomic_load_n(&v, __ATOMIC_RELAXED) == most);                       \
		CHECK(__atomic_load_n(&v, __ATOMIC_CONSUME) == most);                       \
		CHECK(__atomic_fetch_add(&v, 3, order) == most && v == 2);                  \
		CHECK(__atomic_fetch_sub(&v, 3, order) == 2 && v == most);                  \
		CHECK(__atomic_fetch_and(&v, 12, order) == most && v == 12);                \
		CHECK(__atomic_fetch_or(&v, 3, order) == 12 && v == 15);                    \
		CHECK(__atomic_fetch_xor(&v, 5, order) == 15 && v == 10);                   \
		CHECK(__atomic_fetch_nand(&v, 8, order) == 10 && v == (type) ~(type)8);     \
		CHECK(__atomic_add_fetch(&v, 9, order) == 0 && v == 0);                     \
		CHECK(__atomic_sub_fetch(&v, 1, order) == most);                            \
		CHECK(__atomic_nand_fetch(&v, 7, order) == (type) ~(type)7);                \
		CHECK(__atomic_exchange_n(&v, 7, order) == (type) ~(type)7 && v == 7);      \
		expected = 8;                                                               \
		CHECK(!__atomic_compare_exchange_n(&v, &expected, 9, 0, __ATOMIC_ACQ_REL,   \
						   __ATOMIC_RELAXED));                      \
		CHECK(expected == 7 && v == 7);                                             \
		CHECK(__atomic_compare_exchange_n(&v, &expected, most, 0, __ATOMIC_ACQ_REL, \
						  __ATOMIC_ACQUIRE));                       \
		CHECK(v == most);                                                           \
		expected = most;                                                            \
		got = 5;                                                                    \
		while (!__atomic_compare_exchange(&v, &expected, &got, 1, __ATOMIC_SEQ_CST, \
						  __ATOMIC_RELAXED))                        \
			;                                                                   \
		CHECK(v == 5);                                                              \
		CHECK(__sync_val_compare_and_swap(&v, 5, 6) == 5 && v == 6);                \
		CHECK(__sync_bool_compare_and_swap(&v, 6, 1) && v == 1);                    \
		CHECK(__sync_lock_test_and_set(&v, 9) == 1 && v == 9);                      \
		__sync_lock_release(&v);                                                    \
		CHECK(v == 0);                                                              \
	}

RIGHT(uint8_t)
RIGHT(uint16_t)
RIGHT(uint32_t)
RIGHT(uint64_t)
RIGHT(uint128_t)

int main(void)
{
	static const int orders[] = { __ATOMIC_RELAXED, __ATOMIC_ACQUIRE, __ATOMIC_RELEASE,
				      __ATOMIC_ACQ_REL, __ATOMIC_SEQ_CST };
	_Bool flag = 0;

	for (unsigned i = 0; i < sizeof(orders) / sizeof(*orders); i++) {
		right_uint8_t(orders[i]);
		right_uint16_t(orders[i]);
		right_uint32_t(orders[i]);
		right_uint64_t(orders[i]);
		right_uint128_t(orders[i]);
	}
	CHECK(!__atomic_test_and_set(&flag, __ATOMIC_ACQUIRE) && flag);
	__atomic_clear(&flag, __ATOMIC_RELEASE);
	CHECK(!flag);
	__atomic_thread_fence(__ATOMIC_SEQ_CST);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	__atomic_signal_fence(__ATOMIC_RELEASE);
	__sync_synchronize();
	ALL_SEEN(uint8_t);
	ALL_SEEN(uint16_t);
	ALL_SEEN(uint32_t);
	ALL_SEEN(uint64_t);
	ALL_SEEN(uint128_t);
	return seen_result();
}
