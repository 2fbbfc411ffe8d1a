/* SPDX-License-Identifier: MIT */
/* U-Boot: the types of linux/types.h that drivers use. */
#ifndef CCSAN_UBOOT_LINUX_TYPES_H
#define CCSAN_UBOOT_LINUX_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint8_t u8, __u8;
typedef uint16_t u16, __u16, __le16, __be16;
typedef uint32_t u32, __u32, __le32, __be32;
typedef uint64_t u64, __u64, __le64, __be64;
typedef int8_t s8;
typedef int16_t s16;
typedef int32_t s32;
typedef int64_t s64;
typedef unsigned char uchar;
typedef unsigned long ulong;
typedef unsigned long phys_addr_t, phys_size_t;
typedef unsigned long dma_addr_t;
typedef unsigned long lbaint_t;

#ifndef __aligned
#define __aligned(x) __attribute__((aligned(x)))
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __iomem
#define __iomem
#endif

#endif
