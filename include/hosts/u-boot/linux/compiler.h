/* SPDX-License-Identifier: MIT */
/* U-Boot: attributes. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_COMPILER_H
#define CCSAN_HOSTS_UBOOT_LINUX_COMPILER_H

#ifndef __iomem
#define __iomem
#endif
#ifndef __force
#define __force
#endif
#ifndef __aligned
#define __aligned(x) __attribute__((aligned(x)))
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#ifndef __maybe_unused
#define __maybe_unused __attribute__((unused))
#endif
#ifndef __weak
#define __weak __attribute__((weak))
#endif

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)
#define barrier()   __asm__ __volatile__("" ::: "memory")

#endif
