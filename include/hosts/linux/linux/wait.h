/* SPDX-License-Identifier: MIT */
/* Wait queues. Fidelity: exact, but that no signal ever comes, that a time-out may come at any
 * moment, that a task is in one queue at a time, and that entries have no function of their own. */
#ifndef CCSAN_HOSTS_LINUX_WAIT_H
#define CCSAN_HOSTS_LINUX_WAIT_H

#include <ccsan/thread.h>
#include <linux/errno.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

typedef struct wait_queue_head {
	spinlock_t lock;              /* for those who keep a condition of their own under it */
	unsigned ccsan_has_exclusive; /* somebody waited here to be woken alone */
} wait_queue_head_t;

typedef struct wait_queue_entry {
	struct task_struct *private;
	unsigned int flags;
	struct wait_queue_head *ccsan_head; /* NULL: in no queue */
} wait_queue_entry_t;

#define WQ_FLAG_EXCLUSIVE 1

#define __WAIT_QUEUE_HEAD_INITIALIZER(name) \
	{                                   \
		{ 0 }, 0                    \
	}
#define DECLARE_WAIT_QUEUE_HEAD(name)         wait_queue_head_t name = { { 0 }, 0 }
#define DECLARE_WAIT_QUEUE_HEAD_ONSTACK(name) DECLARE_WAIT_QUEUE_HEAD(name)
#define init_waitqueue_head(head)             ((void)(*(head) = (wait_queue_head_t){ { 0 }, 0 }))

#define DECLARE_WAITQUEUE(name, task) wait_queue_entry_t name = { .private = (task) }
#define DEFINE_WAIT(name)             wait_queue_entry_t name = { .private = current }
#define init_wait(entry)              ((void)(*(entry) = (wait_queue_entry_t){ .private = current }))
#define init_waitqueue_entry(entry, task) \
	((void)(*(entry) = (wait_queue_entry_t){ .private = (task) }))

void add_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
void add_wait_queue_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry);
void remove_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry);
void prepare_to_wait(struct wait_queue_head *head, struct wait_queue_entry *entry, int state);
void prepare_to_wait_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry,
			       int state);
void finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry);

/** Somebody has joined. */
bool waitqueue_active(struct wait_queue_head *head);

#define wq_has_sleeper(head) waitqueue_active(head)

/** The first that came goes on with wake_up() if all are exclusive; all that are not do anyway. */
void wake_up(struct wait_queue_head *head);
void wake_up_all(struct wait_queue_head *head);
#define wake_up_interruptible(head)     wake_up(head)
#define wake_up_interruptible_all(head) wake_up_all(head)
#define wake_up_locked(head)            wake_up(head)
#define wake_up_poll(head, mask)        wake_up(head)

#define ccsan_wait_event(head, condition, join, state, leave) \
	do {                                                  \
		DEFINE_WAIT(wait_event_entry);                \
		for (;;) {                                    \
			join(head, &wait_event_entry, state); \
			if (condition)                        \
				break;                        \
			schedule();                           \
		}                                             \
		leave(head, &wait_event_entry);               \
	} while (0)

#define wait_event(head, condition) \
	ccsan_wait_event(&(head), condition, prepare_to_wait, TASK_UNINTERRUPTIBLE, finish_wait)
#define wait_event_exclusive(head, condition)                                                 \
	ccsan_wait_event(&(head), condition, prepare_to_wait_exclusive, TASK_UNINTERRUPTIBLE, \
			 finish_wait)
#define wait_event_interruptible(head, condition)                                         \
	({                                                                                \
		ccsan_wait_event(&(head), condition, prepare_to_wait, TASK_INTERRUPTIBLE, \
				 finish_wait);                                            \
		0;                                                                        \
	})
#define wait_event_killable(head, condition) wait_event_interruptible(head, condition)
#define io_wait_event(head, condition)       wait_event(head, condition)

/** Return: 0 if the time-out came and the condition does not hold. */
#define wait_event_timeout(head, condition, timeout)                                       \
	({                                                                                 \
		DEFINE_WAIT(wait_event_entry);                                             \
		long wait_event_left = (timeout);                                          \
		bool wait_event_holds;                                                     \
		for (;;) {                                                                 \
			prepare_to_wait(&(head), &wait_event_entry, TASK_UNINTERRUPTIBLE); \
			wait_event_holds = (condition);                                    \
			if (wait_event_holds || !wait_event_left)                          \
				break;                                                     \
			wait_event_left = schedule_timeout(wait_event_left);               \
		}                                                                          \
		finish_wait(&(head), &wait_event_entry);                                   \
		wait_event_holds && !wait_event_left ? 1 : wait_event_left;                \
	})
#define wait_event_interruptible_timeout(head, condition, timeout) \
	wait_event_timeout(head, condition, timeout)

#endif
