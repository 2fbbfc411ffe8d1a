/* SPDX-License-Identifier: MIT */
/* U-Boot: error numbers in pointers. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_ERR_H
#define CCSAN_HOSTS_UBOOT_LINUX_ERR_H

#include <linux/errno.h>
#include <linux/types.h>

#define MAX_ERRNO       4095
#define IS_ERR_VALUE(x) ((unsigned long)(x) >= (unsigned long)-MAX_ERRNO)

static inline void *ERR_PTR(long error)
{
	return (void *)(intptr_t)error; // NOLINT
}

static inline long PTR_ERR(const void *p)
{
	return (long)(intptr_t)p;
}

static inline bool IS_ERR(const void *p)
{
	return IS_ERR_VALUE((uintptr_t)p);
}

#endif
