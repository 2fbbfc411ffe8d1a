/* SPDX-License-Identifier: MIT */
/* Threads of the kernel: linux/kthread.h. */
#include <stdarg.h>
#include <stdio.h>

#include <linux/bitops.h>
#include <linux/kthread.h>
#include <linux/list.h>
#include <linux/wait.h>

#include "linux/layer.h"
#include "sched.h"

/* Bits of task_struct.ccsan_kthread. */
enum { SHOULD_STOP, SHOULD_PARK, IS_PARKED, IS_JOINED };

static DECLARE_WAIT_QUEUE_HEAD(parked);

struct task_struct *kthread_create(int (*run)(void *data), void *data, const char *name, ...)
{
	struct task_struct *task = ccsan_kalloc(sizeof(*task));
	va_list arguments;

	if (!task)
		return ERR_PTR(-ENOMEM);
	va_start(arguments, name);
	vsnprintf(task->comm, sizeof(task->comm), name, arguments);
	va_end(arguments);
	task->flags = PF_KTHREAD;
	task->ccsan_run = run;
	task->ccsan_data = data;
	ccsan_task_init(task, smp_processor_id());
	return task;
}

void kthread_bind(struct task_struct *task, unsigned int cpu)
{
	if (task->ccsan_started)
		ccsan_misuse(NULL, 0, 0, "kthread_bind(): %s has started", task->comm);
	task->ccsan_cpu = cpu;
}

static void *run_task(void *data)
{
	struct task_struct *task = data;

	ccsan_task_started(task, ccsan_thread_self());
	if (test_bit(SHOULD_STOP, &task->ccsan_kthread))
		task->exit_code = -EINTR;
	else
		task->exit_code = task->ccsan_run(task->ccsan_data);
	ccsan_task_ended(task);
	put_task_struct(task);
	return NULL;
}

void ccsan_task_start(struct task_struct *task)
{
	ccsan_task_started(task, ccsan_thread_new(task->comm, task->ccsan_cpu, run_task, task));
}

/* --- ends --- */

int ccsan_kthread_join(struct task_struct *task)
{
	if (!task->ccsan_started)
		wake_up_process(task);
	ccsan_thread_join(task->ccsan_actor);
	return task->exit_code;
}

int kthread_stop(struct task_struct *task)
{
	if (test_and_set_bit(IS_JOINED, &task->ccsan_kthread)) {
		ccsan_misuse(task, sizeof(*task), 0, "kthread_stop(): %s was stopped already",
			     task->comm);
		return -EINTR;
	}
	set_bit(SHOULD_STOP, &task->ccsan_kthread);
	kthread_unpark(task);
	wake_up_process(task);
	return ccsan_kthread_join(task);
}

bool kthread_should_stop(void)
{
	return test_bit(SHOULD_STOP, &current->ccsan_kthread);
}

/* --- parking --- */

bool kthread_should_park(void)
{
	return test_bit(SHOULD_PARK, &current->ccsan_kthread);
}

void kthread_park(struct task_struct *task)
{
	set_bit(SHOULD_PARK, &task->ccsan_kthread);
	wake_up_process(task);
	wait_event(parked, test_bit(IS_PARKED, &task->ccsan_kthread));
}

void kthread_unpark(struct task_struct *task)
{
	if (!test_and_clear_bit(SHOULD_PARK, &task->ccsan_kthread))
		return;
	wake_up_all(&parked);
}

void kthread_parkme(void)
{
	struct task_struct *task = current;

	while (kthread_should_park()) {
		set_bit(IS_PARKED, &task->ccsan_kthread);
		wake_up_all(&parked);
		wait_event(parked, !kthread_should_park());
	}
	clear_bit(IS_PARKED, &task->ccsan_kthread);
}

/* --- services --- */

/* Both only used where nobody switches in between; 64 is the limit of actors. */
static struct task_struct *services[CCSAN_ACTOR_LIMIT];
static unsigned service_count;

static void stop_services(void)
{
	while (service_count)
		kthread_stop(services[--service_count]);
}

void ccsan_kthread_service(struct task_struct *task)
{
	ccsan_hosted_before_end(stop_services);
	services[service_count++] = task;
}

void ccsan_kthread_end_service(struct task_struct *task)
{
	unsigned i = 0;

	while (i < service_count && services[i] != task)
		i++;
	if (i < service_count)
		services[i] = services[--service_count];
}
