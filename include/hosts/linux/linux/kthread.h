/* SPDX-License-Identifier: MIT */
/* Threads of the kernel. */
#ifndef CCSAN_HOSTS_LINUX_KTHREAD_H
#define CCSAN_HOSTS_LINUX_KTHREAD_H

#include <linux/err.h>
#include <linux/sched.h>

/**
 * A thread that starts when wake_up_process() says so first, on the CPU of the caller or that of
 * kthread_bind(). Fidelity: exact. Return: the task, or ERR_PTR(-ENOMEM).
 *
 * A test waits at its end for the threads that it left: stop them, or say that it is a service.
 */
struct task_struct *kthread_create(int (*run)(void *data), void *data, const char *name, ...)
	__printf(3, 4);

/** Fidelity: exact */
void kthread_bind(struct task_struct *task, unsigned int cpu);

#define kthread_create_on_cpu(run, data, cpu, name)                                 \
	({                                                                          \
		struct task_struct *kthread_task = kthread_create(run, data, name); \
		if (!IS_ERR(kthread_task))                                          \
			kthread_bind(kthread_task, cpu);                            \
		kthread_task;                                                       \
	})
#define kthread_create_on_node(run, data, node, ...) kthread_create(run, data, __VA_ARGS__)

#define kthread_run(run, data, ...)                                                        \
	({                                                                                 \
		struct task_struct *kthread_task = kthread_create(run, data, __VA_ARGS__); \
		if (!IS_ERR(kthread_task))                                                 \
			wake_up_process(kthread_task);                                     \
		kthread_task;                                                              \
	})

/** Tells it to stop, wakes it and waits for its end. Fidelity: exact. The task is gone then.
 *  Return: what it returned; -EINTR if it never ran. */
int kthread_stop(struct task_struct *task);
bool kthread_should_stop(void);
void kthread_park(struct task_struct *task);
void kthread_unpark(struct task_struct *task);
bool kthread_should_park(void);
void kthread_parkme(void);

/** Waits for its end without telling it to stop; of ours. Return: what it returned. */
int ccsan_kthread_join(struct task_struct *task);

/** It serves others and never ends by itself: it is stopped at the end of the test. */
void ccsan_kthread_service(struct task_struct *task);

/** It was stopped before. */
void ccsan_kthread_end_service(struct task_struct *task);

#endif
