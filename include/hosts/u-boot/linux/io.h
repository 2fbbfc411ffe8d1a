/* SPDX-License-Identifier: MIT */
/* See asm/io.h. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_IO_H
#define CCSAN_HOSTS_UBOOT_LINUX_IO_H

#include <asm/io.h>

#endif
