/* SPDX-License-Identifier: MIT */
/* Error numbers are the C library's; U-Boot has the kernel's few more. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_ERRNO_H
#define CCSAN_HOSTS_UBOOT_LINUX_ERRNO_H

#include_next <linux/errno.h>

#define EPROBE_DEFER 517
#define ENOTSUPP     524

#endif
