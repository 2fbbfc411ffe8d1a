/* SPDX-License-Identifier: MIT */
/* See linux/io.h. */
#ifndef CCSAN_HOSTS_LINUX_ASM_IO_H
#define CCSAN_HOSTS_LINUX_ASM_IO_H

#include <linux/io.h>

#endif
