/* SPDX-License-Identifier: MIT */
/* Functions run on other CPUs: linux/smp.h. */
#include <linux/errno.h>
#include <linux/irqflags.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "linux/layer.h"

/* One call for each CPU at a time; `busy` is a sequence count, odd until the call is done. */
static struct call {
	smp_call_func_t function;
	void *info;
	volatile unsigned busy;
	unsigned handler; /* its actor, plus one */
} calls[NR_CPUS];

static DEFINE_SPINLOCK(lock); /* of those that call */

static void forget_handlers(void)
{
	for (int cpu = 0; cpu < NR_CPUS; cpu++)
		calls[cpu].handler = 0;
}

static void be_called(void *argument)
{
	struct call *call = argument;

	call->function(call->info);
	ccsan_seq_write_end(&call->busy);
}

/* Under the lock. */
static void start(unsigned cpu, smp_call_func_t function, void *info)
{
	struct call *call = &calls[cpu];

	if (!call->handler) {
		ccsan_hosted_at_end(forget_handlers);
		call->handler = 1 + ccsan_irq_handler("call", cpu, be_called, call, 0);
	}
	ccsan_seq_begin(&call->busy);
	call->function = function;
	call->info = info;
	ccsan_seq_write_begin(&call->busy);
	ccsan_raise(call->handler - 1);
}

static void call_others(u32 cpus, smp_call_func_t function, void *info, int wait)
{
	if (!cpus)
		return;
	if (irqs_disabled())
		ccsan_misuse(NULL, 0, 0,
			     "a function is called on other CPUs with interrupts off: "
			     "two that do so wait for each other");
	spin_lock(&lock);
	for (unsigned cpu = 0; cpu < NR_CPUS; cpu++)
		if (cpus >> cpu & 1)
			start(cpu, function, info);
	for (unsigned cpu = 0; wait && cpu < NR_CPUS; cpu++)
		if (cpus >> cpu & 1)
			ccsan_seq_begin(&calls[cpu].busy);
	spin_unlock(&lock);
}

static void call_here(smp_call_func_t function, void *info)
{
	local_irq_disable();
	function(info);
	local_irq_enable();
}

int smp_call_function_single(int cpu, smp_call_func_t function, void *info, int wait)
{
	unsigned here = get_cpu();

	if (cpu < 0 || (unsigned)cpu >= num_online_cpus()) {
		put_cpu();
		return -ENXIO;
	}
	if ((unsigned)cpu == here)
		call_here(function, info);
	else
		call_others(1u << cpu, function, info, wait);
	put_cpu();
	return 0;
}

void smp_call_function(smp_call_func_t function, void *info, int wait)
{
	unsigned here = get_cpu();

	call_others(((1u << num_online_cpus()) - 1) & ~(1u << here), function, info, wait);
	put_cpu();
}

void on_each_cpu(smp_call_func_t function, void *info, int wait)
{
	preempt_disable();
	smp_call_function(function, info, wait);
	call_here(function, info);
	preempt_enable();
}
