/* SPDX-License-Identifier: MIT */
/* Error numbers are the C library's; the kernel has a few more. */
#ifndef CCSAN_HOSTS_LINUX_ERRNO_H
#define CCSAN_HOSTS_LINUX_ERRNO_H

#include_next <linux/errno.h>

#define EPROBE_DEFER 517
#define EBADHANDLE   521
#define ENOTSYNC     522
#define EBADCOOKIE   523
#define ENOTSUPP     524
#define ETOOSMALL    525
#define EJUKEBOX     528

#endif
