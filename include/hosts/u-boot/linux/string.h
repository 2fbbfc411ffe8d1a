/* SPDX-License-Identifier: MIT */
/* The C library's functions. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_STRING_H
#define CCSAN_HOSTS_UBOOT_LINUX_STRING_H

#include <string.h>

#endif
