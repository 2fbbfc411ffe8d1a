/* SPDX-License-Identifier: MIT */
/* Byte order, on top of what the C library's own file has. Fidelity: exact, where nothing else is
 * said. */
#ifndef CCSAN_HOSTS_LINUX_ASM_BYTEORDER_H
#define CCSAN_HOSTS_LINUX_ASM_BYTEORDER_H

#include_next <asm/byteorder.h>

#include <linux/types.h>

#define cpu_to_le16(x) __cpu_to_le16(x)
#define cpu_to_le32(x) __cpu_to_le32(x)
#define cpu_to_le64(x) __cpu_to_le64(x)
#define le16_to_cpu(x) __le16_to_cpu(x)
#define le32_to_cpu(x) __le32_to_cpu(x)
#define le64_to_cpu(x) __le64_to_cpu(x)
#define cpu_to_be16(x) __cpu_to_be16(x)
#define cpu_to_be32(x) __cpu_to_be32(x)
#define cpu_to_be64(x) __cpu_to_be64(x)
#define be16_to_cpu(x) __be16_to_cpu(x)
#define be32_to_cpu(x) __be32_to_cpu(x)
#define be64_to_cpu(x) __be64_to_cpu(x)

static inline u32 be32_to_cpup(const __be32 *p)
{
	return be32_to_cpu(*p);
}

#endif
