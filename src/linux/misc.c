/* SPDX-License-Identifier: MIT */
/* Messages and interrupts: linux/printk.h, linux/interrupt.h. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include <ccsan/linux.h>
#include <ccsan/thread.h>
#include <linux/interrupt.h>
#include <linux/printk.h>

#include "machine/hosted.h"

int printk(const char *format, ...)
{
	va_list arguments;
	char level = '4';
	int n;

	if (format[0] == KERN_SOH[0] && format[1]) {
		level = format[1];
		format += 2;
	}
	if (level > '5')
		return 0;
	va_start(arguments, format);
	n = vfprintf(stderr, format, arguments);
	va_end(arguments);
	return n;
}

enum { MOST_INTERRUPTS = 256 };

static struct {
	irq_handler_t handler;
	const char *name;
	void *data;
	unsigned int actors[CCSAN_CPU_LIMIT]; /* of this test, plus one; 0: none so far */
} interrupts[MOST_INTERRUPTS];

int request_irq(unsigned int irq, irq_handler_t handler, unsigned long flags, const char *name,
		void *data)
{
	(void)flags;
	if (irq >= MOST_INTERRUPTS || !handler)
		return -EINVAL;
	if (interrupts[irq].handler)
		return -EBUSY;
	interrupts[irq].handler = handler;
	interrupts[irq].name = name;
	interrupts[irq].data = data;
	return 0;
}

const void *free_irq(unsigned int irq, void *data)
{
	if (irq >= MOST_INTERRUPTS || interrupts[irq].data != data)
		return NULL;
	interrupts[irq].handler = NULL;
	return interrupts[irq].name;
}

/* --- as interrupts of simulated CPUs --- */

static void handle(void *argument)
{
	ccsan_linux_interrupt((unsigned int)(uintptr_t)argument);
}

static void forget_actors(void)
{
	for (unsigned int irq = 0; irq < MOST_INTERRUPTS; irq++)
		memset(interrupts[irq].actors, 0, sizeof(interrupts[irq].actors));
}

void ccsan_linux_raise(unsigned int irq, unsigned int cpu)
{
	unsigned int *actor;

	if (irq >= MOST_INTERRUPTS || !interrupts[irq].handler || cpu >= CCSAN_CPU_LIMIT)
		return;
	actor = &interrupts[irq].actors[cpu];
	if (!*actor) {
		ccsan_hosted_at_end(forget_actors);
		*actor = 1 + ccsan_irq_handler(interrupts[irq].name, cpu, handle,
					       (void *)(uintptr_t)irq, 0); // NOLINT: a number
	}
	ccsan_raise(*actor - 1);
}

bool ccsan_linux_interrupt(unsigned int irq)
{
	if (irq >= MOST_INTERRUPTS || !interrupts[irq].handler)
		return false;
	interrupts[irq].handler((int)irq, interrupts[irq].data);
	return true;
}
