/* SPDX-License-Identifier: MIT */
/* Zephyr: the part of kernel.h that cache code relies on. Threads are not simulated. */
#ifndef CCSAN_ZEPHYR_KERNEL_H
#define CCSAN_ZEPHYR_KERNEL_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <zephyr/linker/section_tags.h>
#include <zephyr/sys/barrier.h>
#include <zephyr/sys/util.h>
#include <zephyr/toolchain.h>

#endif
