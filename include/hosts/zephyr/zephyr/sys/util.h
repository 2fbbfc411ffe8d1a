/* SPDX-License-Identifier: MIT */
/* Zephyr: arithmetic. */
#ifndef CCSAN_ZEPHYR_UTIL_H
#define CCSAN_ZEPHYR_UTIL_H

#include <stddef.h>
#include <stdint.h>

#define ROUND_UP(x, align)   ((((unsigned long)(x) + (align)-1) / (align)) * (align))
#define ROUND_DOWN(x, align) (((unsigned long)(x) / (align)) * (align))
#define ARRAY_SIZE(array)    (sizeof(array) / sizeof((array)[0]))
#define BIT(n)               (1UL << (n))

#endif
