/* SPDX-License-Identifier: MIT */
/* What kernel code adds to the language. Annotations for other checkers mean nothing here. */
#ifndef CCSAN_HOSTS_LINUX_COMPILER_H
#define CCSAN_HOSTS_LINUX_COMPILER_H

#define __iomem
#define __user
#define __force
#define __init
#define __exit
#define __must_check   __attribute__((warn_unused_result))
#define __maybe_unused __attribute__((unused))
#undef __always_inline /* the C library has it, too */
#define __always_inline     inline __attribute__((always_inline))
#define __packed            __attribute__((packed))
#define __aligned(bytes)    __attribute__((aligned(bytes)))
#define __printf(f, a)      __attribute__((format(printf, f, a)))
#define likely(condition)   __builtin_expect(!!(condition), 1)
#define unlikely(condition) __builtin_expect(!!(condition), 0)
#define barrier()           __asm__ volatile("" ::: "memory")
#define READ_ONCE(x)        (*(const volatile __typeof__(x) *)&(x))
#define WRITE_ONCE(x, v)    (*(volatile __typeof__(x) *)&(x) = (v))

#endif
