/* SPDX-License-Identifier: MIT */
/* The C library's functions, which ccsan watches. */
#ifndef CCSAN_HOSTS_LINUX_STRING_H
#define CCSAN_HOSTS_LINUX_STRING_H

#include <string.h>

#include <linux/types.h>

#endif
