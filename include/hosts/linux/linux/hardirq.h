/* SPDX-License-Identifier: MIT */
/* See preempt.h. */
#ifndef CCSAN_HOSTS_LINUX_HARDIRQ_H
#define CCSAN_HOSTS_LINUX_HARDIRQ_H

#include <linux/preempt.h>

/** Waits for a handler that runs on another CPU. Fidelity: exact; see interrupt.h. */
void synchronize_irq(unsigned int irq);

#endif
