/* SPDX-License-Identifier: MIT */
/* See compiler.h and module.h. */
#ifndef CCSAN_HOSTS_LINUX_INIT_H
#define CCSAN_HOSTS_LINUX_INIT_H

#include <linux/compiler.h>

#endif
