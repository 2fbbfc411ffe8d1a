/* SPDX-License-Identifier: MIT */
/* Interrupt handlers. They run when ccsan_linux_interrupt() says so (ccsan/linux.h). */
#ifndef CCSAN_HOSTS_LINUX_INTERRUPT_H
#define CCSAN_HOSTS_LINUX_INTERRUPT_H

#include <linux/types.h>

typedef enum irqreturn { IRQ_NONE, IRQ_HANDLED, IRQ_WAKE_THREAD } irqreturn_t;
typedef irqreturn_t (*irq_handler_t)(int irq, void *data);

#define IRQF_SHARED 0x80

/** Fidelity: simplified. One handler for each number, 0 to 255; flags do nothing. */
int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *data);
const void *free_irq(unsigned int irq, void *data);

#endif
