/* SPDX-License-Identifier: MIT */
/* The contract between sched.c, kthread.c and what makes processes. */
#ifndef CCSAN_LINUX_SCHED_H
#define CCSAN_LINUX_SCHED_H

#include <linux/sched.h>

/** Gives a zeroed task its number. It has one reference, its own. */
void ccsan_task_init(struct task_struct *task, unsigned cpu);

/** The task is the thread `actor` from now on; and is at its end. */
void ccsan_task_started(struct task_struct *task, unsigned actor);
void ccsan_task_ended(struct task_struct *task);

/** kthread.c: the thread of a task that was only made so far. */
void ccsan_task_start(struct task_struct *task);

#endif
