/* SPDX-License-Identifier: MIT */
/*
 * U-Boot: the types of linux/types.h, on top of those the C library's own file has.
 * Model: addresses are as wide as the host's pointers, of which the program's own memory needs 32
 * bits; only what lies on the stack has more. A 32-bit field of a descriptor may hold any of them:
 * see ccsan_device_read().
 */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_TYPES_H
#define CCSAN_HOSTS_UBOOT_LINUX_TYPES_H

#include_next <linux/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <linux/compiler.h>

typedef __u8 u8;
typedef __u16 u16;
typedef __u32 u32;
typedef __u64 u64;
typedef __s8 s8;
typedef __s16 s16;
typedef __s32 s32;
typedef __s64 s64;
typedef unsigned char uchar;

typedef unsigned long phys_addr_t;
typedef unsigned long phys_size_t;
typedef unsigned long dma_addr_t;
typedef unsigned long lbaint_t;

#endif
