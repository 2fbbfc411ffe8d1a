/* SPDX-License-Identifier: MIT */
/* Interrupts of this CPU: off and on. */
#ifndef CCSAN_HOSTS_LINUX_IRQFLAGS_H
#define CCSAN_HOSTS_LINUX_IRQFLAGS_H

#include <ccsan/thread.h>

/** Fidelity: simplified. Calls nest: local_irq_enable() undoes one local_irq_disable(), and
 *  local_irq_restore() the local_irq_save() before it. */
#define local_irq_disable()      ccsan_irq_off()
#define local_irq_enable()       ccsan_irq_on()
#define local_irq_save(flags)    ((void)((flags) = ccsan_irqs_are_off()), ccsan_irq_off())
#define local_irq_restore(flags) ((void)(flags), ccsan_irq_on())

/** Fidelity: exact */
#define irqs_disabled()            ccsan_irqs_are_off()
#define local_save_flags(flags)    ((void)((flags) = ccsan_irqs_are_off()))
#define irqs_disabled_flags(flags) ((flags) != 0)

#define local_bh_disable() ccsan_softirq_off()
#define local_bh_enable()  ccsan_softirq_on()

#endif
