/* SPDX-License-Identifier: MIT */
/* See preempt.h. */
#ifndef CCSAN_HOSTS_LINUX_HARDIRQ_H
#define CCSAN_HOSTS_LINUX_HARDIRQ_H

#include <linux/preempt.h>

#endif
