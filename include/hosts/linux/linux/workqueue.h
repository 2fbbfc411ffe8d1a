/* SPDX-License-Identifier: MIT */
/* Work for later, in a thread (Documentation/core-api/workqueue.rst). Fidelity: exact, where
 * nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_WORKQUEUE_H
#define CCSAN_HOSTS_LINUX_WORKQUEUE_H

#include <linux/bitops.h>
#include <linux/jiffies.h>
#include <linux/list.h>
#include <linux/types.h>

struct workqueue_struct;
struct work_struct;

typedef void (*work_func_t)(struct work_struct *work);

struct work_struct {
	unsigned long pending; /* 1: is in a queue */
	struct list_head entry;
	work_func_t func;
	struct workqueue_struct *ccsan_queue;
	unsigned long ccsan_ticket;
};

struct delayed_work {
	struct work_struct work;
};

#define __WORK_INITIALIZER(name, function)                              \
	{                                                               \
		.entry = LIST_HEAD_INIT((name).entry), .func = function \
	}
#define DECLARE_WORK(name, function) struct work_struct name = __WORK_INITIALIZER(name, function)
#define DECLARE_DELAYED_WORK(name, function) \
	struct delayed_work name = { __WORK_INITIALIZER(name.work, function) }

static inline void ccsan_init_work(struct work_struct *work, work_func_t function)
{
	*work = (struct work_struct){ .func = function };
	INIT_LIST_HEAD(&work->entry);
}

#define INIT_WORK(work, function)            ccsan_init_work(work, function)
#define INIT_WORK_ONSTACK(work, function)    ccsan_init_work(work, function)
#define INIT_DELAYED_WORK(delayed, function) ccsan_init_work(&(delayed)->work, function)

static inline struct delayed_work *to_delayed_work(struct work_struct *work)
{
	return container_of(work, struct delayed_work, work);
}

#define work_pending(work)            test_bit(0, &(work)->pending)
#define delayed_work_pending(delayed) work_pending(&(delayed)->work)

enum { WQ_UNBOUND = 2, WQ_FREEZABLE = 4, WQ_MEM_RECLAIM = 8, WQ_HIGHPRI = 16 };

extern struct workqueue_struct *const system_wq;
#define system_unbound_wq system_wq
#define system_long_wq    system_wq

/** Fidelity: simplified. One thread for each queue, made for its first work, on that CPU.
 *  Return: NULL without memory. */
struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int max_active, ...);
#define alloc_ordered_workqueue(name, flags, ...) alloc_workqueue(name, flags, 1, ##__VA_ARGS__)
#define create_singlethread_workqueue(name)       alloc_workqueue(name, 0, 1)
void destroy_workqueue(struct workqueue_struct *queue);

/** Fidelity: exact. From any context. Return: false if it is in a queue already. */
bool queue_work(struct workqueue_struct *queue, struct work_struct *work);

/** Fidelity: simplified. Time does not pass: the delay is any. */
bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
			unsigned long delay);
bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
		      unsigned long delay);

/** Waits until it is done if it was queued. Fidelity: exact. Return: whether there was anything. */
bool flush_work(struct work_struct *work);
#define flush_delayed_work(delayed) flush_work(&(delayed)->work)
void flush_workqueue(struct workqueue_struct *queue);
#define drain_workqueue(queue) flush_workqueue(queue)

/** Takes it out of its queue, and waits for it if it runs. Fidelity: exact. Return: whether it was
 *  queued. */
bool cancel_work_sync(struct work_struct *work);
bool cancel_work(struct work_struct *work);
#define cancel_delayed_work_sync(delayed) cancel_work_sync(&(delayed)->work)
#define cancel_delayed_work(delayed)      cancel_work(&(delayed)->work)

#define schedule_work(work)                queue_work(system_wq, work)
#define schedule_delayed_work(work, delay) queue_delayed_work(system_wq, work, delay)
#define flush_scheduled_work()             flush_workqueue(system_wq)

#endif
