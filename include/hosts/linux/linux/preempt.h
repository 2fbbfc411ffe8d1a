/* SPDX-License-Identifier: MIT */
/* Preemption, and where code runs (Documentation/kernel-hacking/hacking.rst). Fidelity: exact. */
#ifndef CCSAN_HOSTS_LINUX_PREEMPT_H
#define CCSAN_HOSTS_LINUX_PREEMPT_H

#include <ccsan/thread.h>

#define preempt_disable()           ccsan_preempt_off()
#define preempt_enable()            ccsan_preempt_on()
#define preempt_disable_notrace()   ccsan_preempt_off()
#define preempt_enable_notrace()    ccsan_preempt_on()
#define preempt_enable_no_resched() ccsan_preempt_on()
#define preemptible()               (!ccsan_is_atomic())

/** Sleeping is not allowed here: a handler, a spinlock, or something is switched off. */
#define in_atomic() ccsan_is_atomic()

/** In the handler of a hard interrupt; of a soft one, or with those switched off. */
#define in_irq()             ccsan_in_irq()
#define in_hardirq()         ccsan_in_irq()
#define in_softirq()         ccsan_in_softirq()
#define in_serving_softirq() ccsan_in_softirq_handler()
#define in_interrupt()       (ccsan_in_irq() || ccsan_in_softirq())
#define in_nmi()             false
#define in_task()            (!ccsan_in_irq() && !ccsan_in_softirq_handler())

/** The task stays on its CPU anyway. */
#define migrate_disable() ((void)0)
#define migrate_enable()  ((void)0)

#endif
