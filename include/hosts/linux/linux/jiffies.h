/* SPDX-License-Identifier: MIT */
/* Time does not pass: a time-out may come at any moment. `jiffies` only tells two moments apart. */
#ifndef CCSAN_HOSTS_LINUX_JIFFIES_H
#define CCSAN_HOSTS_LINUX_JIFFIES_H

#include <linux/types.h>

#define HZ 100

/** Fidelity: simplified. Goes on by one with every look at it. */
unsigned long ccsan_jiffies(void);
#define jiffies ccsan_jiffies()

#define msecs_to_jiffies(ms) ((unsigned long)(ms)*HZ / 1000)
#define jiffies_to_msecs(n)  ((unsigned int)((n)*1000 / HZ))
#define time_after(a, b)     ((long)((b) - (a)) < 0)
#define time_before(a, b)    time_after(b, a)
#define time_after_eq(a, b)  ((long)((a) - (b)) >= 0)
#define time_before_eq(a, b) time_after_eq(b, a)

#endif
