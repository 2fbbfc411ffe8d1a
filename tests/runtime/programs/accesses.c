/* SPDX-License-Identifier: MIT */
/* Every plain access is seen with its exact bytes: each size, aligned, unaligned, volatile, whole
 * structs, reading and writing at once. The exit status of a program that finds nothing wrong is 0
 * here: all findings are wanted ones. */
// build: $cc -I$lib -o p $src
// build: $cc -I$lib -fno-plt -fno-pie -no-pie -o called $src
// run: CCSAN_OPTIONS=cpu=arm926ej-s:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all seen$
// run: CCSAN_OPTIONS=cpu=arm926ej-s:exitcode=0:log_path=log:symbolize=0 ./called
// expect: ^all seen$
#include "seen.h"

#define ACCESSES(name, type)                                          \
	__attribute__((noinline)) static void read_##name(char *p)    \
	{                                                             \
		seen_sink = (char)*(type *)(void *)p;                 \
	}                                                             \
	__attribute__((noinline)) static void write_##name(char *p)   \
	{                                                             \
		*(type *)(void *)p = (type)(uintptr_t)p;              \
	}                                                             \
	__attribute__((noinline)) static void change_##name(char *p)  \
	{                                                             \
		*(type *)(void *)p = (type)(*(type *)(void *)p + 41); \
	}

typedef unsigned __int128 uint128_t;

ACCESSES(1, uint8_t)
ACCESSES(2, uint16_t)
ACCESSES(4, uint32_t)
ACCESSES(8, uint64_t)
ACCESSES(16, uint128_t)
ACCESSES(volatile_1, volatile uint8_t)
ACCESSES(volatile_2, volatile uint16_t)
ACCESSES(volatile_4, volatile uint32_t)
ACCESSES(volatile_8, volatile uint64_t)
ACCESSES(volatile_16, volatile uint128_t)

#define UNALIGNED(name, type)                                                  \
	struct unaligned_##name {                                              \
		type value;                                                    \
	} __attribute__((packed));                                             \
	__attribute__((noinline)) static void read_unaligned_##name(char *p)   \
	{                                                                      \
		seen_sink = (char)((struct unaligned_##name *)p)->value;       \
	}                                                                      \
	__attribute__((noinline)) static void write_unaligned_##name(char *p)  \
	{                                                                      \
		((struct unaligned_##name *)p)->value = (type)(uintptr_t)p;    \
	}                                                                      \
	__attribute__((noinline)) static void change_unaligned_##name(char *p) \
	{                                                                      \
		((struct unaligned_##name *)p)->value += 41;                   \
	}

UNALIGNED(2, uint16_t)
UNALIGNED(4, uint32_t)
UNALIGNED(8, uint64_t)
UNALIGNED(16, uint128_t)
UNALIGNED(volatile_2, volatile uint16_t)
UNALIGNED(volatile_4, volatile uint32_t)
UNALIGNED(volatile_8, volatile uint64_t)
UNALIGNED(volatile_16, volatile uint128_t)

#define STRUCT(n)                                                       \
	struct bytes_##n {                                              \
		char bytes[n];                                          \
	};                                                              \
	static struct bytes_##n other_##n;                              \
	__attribute__((noinline)) static void read_struct_##n(char *p)  \
	{                                                               \
		other_##n = *(struct bytes_##n *)p;                     \
		seen_sink = other_##n.bytes[0];                         \
	}                                                               \
	__attribute__((noinline)) static void write_struct_##n(char *p) \
	{                                                               \
		*(struct bytes_##n *)p = other_##n;                     \
		__asm__ volatile("" ::: "memory");                      \
	}

STRUCT(3)
STRUCT(7)
STRUCT(12)
STRUCT(24)
STRUCT(33)
STRUCT(100)

/* A bit field is read and written with its whole unit, or a part of it: the byte that holds it. */
struct fields {
	uint8_t a : 3, b : 5;
};

__attribute__((noinline)) static void change_field(char *p)
{
	((struct fields *)p)->b ^= 9;
}

#define ALL(name, offset, n)               \
	READS(read_##name, offset, n);     \
	WRITES(write_##name, offset, n);   \
	CHANGES(change_##name, offset, n); \
	WRITES(change_##name, offset, n)

/* Inside a permission byte's 16 bytes, across two of them, across two lines. */
#define ALL_UNALIGNED(name, n)        \
	ALL(unaligned_##name, 33, n); \
	ALL(unaligned_##name, 47, n); \
	ALL(unaligned_##name, 255, n)

#define BOTH(name, offset, n)          \
	READS(read_##name, offset, n); \
	WRITES(write_##name, offset, n)

int main(void)
{
	ALL(1, 33, 1);
	ALL(2, 34, 2);
	ALL(4, 36, 4);
	ALL(8, 40, 8);
	ALL(16, 48, 16);
	ALL(volatile_1, 33, 1);
	ALL(volatile_2, 34, 2);
	ALL(volatile_4, 36, 4);
	ALL(volatile_8, 40, 8);
	ALL(volatile_16, 48, 16);
	ALL_UNALIGNED(2, 2);
	ALL_UNALIGNED(4, 4);
	ALL_UNALIGNED(8, 8);
	ALL_UNALIGNED(16, 16);
	ALL_UNALIGNED(volatile_2, 2);
	ALL_UNALIGNED(volatile_4, 4);
	ALL_UNALIGNED(volatile_8, 8);
	ALL_UNALIGNED(volatile_16, 16);
	BOTH(struct_3, 33, 3);
	BOTH(struct_7, 61, 7);
	BOTH(struct_12, 33, 12);
	BOTH(struct_24, 250, 24);
	BOTH(struct_33, 33, 33);
	BOTH(struct_100, 33, 100);
	CHANGES(change_field, 33, 1);
	WRITES(change_field, 33, 1);
	return seen_result();
}
