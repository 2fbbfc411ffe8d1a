/* SPDX-License-Identifier: MIT */
/* Zephyr: compiler words. */
#ifndef CCSAN_ZEPHYR_TOOLCHAIN_H
#define CCSAN_ZEPHYR_TOOLCHAIN_H

#define ALWAYS_INLINE inline __attribute__((always_inline))
#ifndef __aligned
#define __aligned(x) __attribute__((aligned(x)))
#endif
#ifndef __packed
#define __packed __attribute__((packed))
#endif
#define __sparse_cache
#define __sparse_force
#define ARG_UNUSED(x) (void)(x)

#endif
