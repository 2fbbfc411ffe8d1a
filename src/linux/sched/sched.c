/* SPDX-License-Identifier: MIT */
/* Tasks and how they sleep: linux/sched.h, linux/wait.h. Compiled without hooks: who sleeps where
 * is known to the explorer by the queues of ccsan/thread.h, and by nothing else. */
#include <stdio.h>
#include <string.h>

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/wait.h>

#include "linux/layer.h"
#include "sched.h"

/* Of this test, by the number of their thread. */
static struct task_struct *tasks[CCSAN_ACTOR_LIMIT];

/* Threads that the layer did not make, the one that runs the test first. */
static struct task_struct strangers[CCSAN_ACTOR_LIMIT];

static int last_pid;

static void forget_tasks(void)
{
	memset(tasks, 0, sizeof(tasks));
}

/* --- tasks --- */

void ccsan_task_init(struct task_struct *task, unsigned cpu)
{
	task->pid = task->tgid = ++last_pid;
	task->group_leader = task;
	task->ccsan_cpu = cpu;
	atomic_set(&task->ccsan_usage, 1);
}

void ccsan_task_started(struct task_struct *task, unsigned actor)
{
	ccsan_hosted_at_end(forget_tasks);
	task->ccsan_actor = actor;
	tasks[actor] = task;
}

void ccsan_task_ended(struct task_struct *task)
{
	task->state = TASK_DEAD;
	task->flags |= PF_EXITING;
	tasks[task->ccsan_actor] = NULL;
}

static struct task_struct *meet_stranger(unsigned actor)
{
	struct task_struct *task = &strangers[actor];

	*task = (struct task_struct){ 0 };
	snprintf(task->comm, sizeof(task->comm), actor ? "thread %u" : "main", actor);
	ccsan_task_init(task, ccsan_cpu_current());
	task->ccsan_started = true;
	ccsan_task_started(task, actor);
	return task;
}

struct task_struct *ccsan_current(void)
{
	unsigned actor = ccsan_hosted_thread();

	return tasks[actor] ? tasks[actor] : meet_stranger(actor);
}

/* Tasks stay as long as the test: kthread_stop() of one that has ended is then found. They do not
 * count as alive. */
void put_task_struct(struct task_struct *task)
{
	if (atomic_dec_and_test(&task->ccsan_usage))
		ccsan_count_object(-1);
}

/* --- joining and leaving queues --- */

/* Where it waits for wake_up_process(). */
static void *own_queue(struct task_struct *task)
{
	return &task->ccsan_queue;
}

/* That one may be called meanwhile although the task is somewhere else: leaving says so. */
static void join(struct task_struct *task, void *queue)
{
	if (task->ccsan_queue && task->ccsan_queue != queue)
		ccsan_queue_leave(task->ccsan_queue);
	ccsan_queue_join(queue);
	if (queue != own_queue(task))
		ccsan_queue_leave(own_queue(task));
	task->ccsan_queue = queue;
}

static void leave(struct task_struct *task)
{
	if (task->ccsan_queue)
		ccsan_queue_leave(task->ccsan_queue);
	task->ccsan_queue = NULL;
}

void ccsan_set_state(struct task_struct *task, long state)
{
	if (state != TASK_RUNNING)
		join(task, task->ccsan_queue ? task->ccsan_queue : own_queue(task));
	else if (task->ccsan_queue == own_queue(task))
		leave(task);
	task->state = state;
}

/* Return: false if the time-out came. */
static bool sleep_until_woken(bool timed)
{
	struct task_struct *task = current;
	bool woken;

	if (task->state == TASK_RUNNING) {
		ccsan_thread_yield();
		return true;
	}
	woken = ccsan_queue_wait(task->ccsan_queue, timed);
	if (task->ccsan_queue == own_queue(task))
		task->ccsan_queue = NULL;
	task->state = TASK_RUNNING;
	return woken;
}

void schedule(void)
{
	sleep_until_woken(false);
}

long schedule_timeout(long timeout)
{
	if (timeout == MAX_SCHEDULE_TIMEOUT) {
		sleep_until_woken(false);
		return timeout;
	}
	if (!sleep_until_woken(true) || timeout <= 0)
		return 0;
	return timeout > 1 ? timeout - 1 : 1;
}

long schedule_timeout_interruptible(long timeout)
{
	ccsan_set_state(current, TASK_INTERRUPTIBLE);
	return schedule_timeout(timeout);
}

long schedule_timeout_uninterruptible(long timeout)
{
	ccsan_set_state(current, TASK_UNINTERRUPTIBLE);
	return schedule_timeout(timeout);
}

int wake_up_process(struct task_struct *task)
{
	if (!task->ccsan_started) {
		task->ccsan_started = true;
		ccsan_task_start(task);
		return 1;
	}
	ccsan_queue_wake(own_queue(task));
	if (!task->ccsan_queue)
		return 0;
	if (task->ccsan_queue != own_queue(task))
		ccsan_queue_wake_all(task->ccsan_queue);
	return 1;
}

int wake_up_state(struct task_struct *task, unsigned int state)
{
	(void)state;
	return wake_up_process(task);
}

void ccsan_might_sleep(void)
{
	if (ccsan_is_atomic())
		ccsan_misuse(NULL, 0, 0,
			     "may sleep where it must not: in a handler, with a "
			     "spinlock held, or with something switched off");
}

int ccsan_cond_resched(void)
{
	ccsan_might_sleep();
	ccsan_thread_yield();
	return 0;
}

unsigned long ccsan_jiffies(void)
{
	static unsigned long looks;

	return looks++;
}

/* --- wait queues: those that all wake, those of which one does --- */

static void *shared(struct wait_queue_head *head)
{
	return &head->lock + 1;
}

static void *exclusive(struct wait_queue_head *head)
{
	return (char *)(&head->lock + 1) + 1;
}

static void enter(struct wait_queue_head *head, struct wait_queue_entry *entry, bool alone)
{
	entry->flags = alone ? WQ_FLAG_EXCLUSIVE : 0;
	entry->ccsan_head = head;
	entry->private->ccsan_queue = alone ? exclusive(head) : shared(head);
}

/* wake_up() looks for exclusive ones in the step that wakes the others: it is in an order with the
 * step that makes the first one join. */
static void join_as(struct wait_queue_head *head, struct task_struct *task, bool alone)
{
	join(task, alone ? exclusive(head) : shared(head));
	if (!alone)
		return;
	ccsan_queue_leave(shared(head));
	head->ccsan_has_exclusive = 1;
}

static void add(struct wait_queue_head *head, struct wait_queue_entry *entry, bool alone)
{
	if (entry->private->state != TASK_RUNNING)
		join_as(head, entry->private, alone);
	else if (entry->private->ccsan_queue == own_queue(entry->private))
		leave(entry->private);
	enter(head, entry, alone);
}

void add_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	add(head, entry, false);
}

void add_wait_queue_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	add(head, entry, true);
	ccsan_queue_leave(shared(head));
	head->ccsan_has_exclusive = 1;
}

void remove_wait_queue(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	if (entry->ccsan_head != head) {
		ccsan_misuse(head, 0, 0, "remove_wait_queue(): the entry is not in this queue");
		return;
	}
	leave(entry->private);
	entry->ccsan_head = NULL;
}

void prepare_to_wait(struct wait_queue_head *head, struct wait_queue_entry *entry, int state)
{
	join_as(head, entry->private, false);
	enter(head, entry, false);
	entry->private->state = state;
}

void prepare_to_wait_exclusive(struct wait_queue_head *head, struct wait_queue_entry *entry,
			       int state)
{
	join_as(head, entry->private, true);
	enter(head, entry, true);
	entry->private->state = state;
}

void finish_wait(struct wait_queue_head *head, struct wait_queue_entry *entry)
{
	(void)head;
	entry->private->state = TASK_RUNNING;
	if (entry->ccsan_head)
		leave(entry->private);
	entry->ccsan_head = NULL;
}

bool waitqueue_active(struct wait_queue_head *head)
{
	return ccsan_queue_is_waited(shared(head)) ||
	       (head->ccsan_has_exclusive && ccsan_queue_is_waited(exclusive(head)));
}

void wake_up(struct wait_queue_head *head)
{
	ccsan_queue_wake_all(shared(head));
	if (head->ccsan_has_exclusive)
		ccsan_queue_wake(exclusive(head));
}

void wake_up_all(struct wait_queue_head *head)
{
	ccsan_queue_wake_all(shared(head));
	if (head->ccsan_has_exclusive)
		ccsan_queue_wake_all(exclusive(head));
}
