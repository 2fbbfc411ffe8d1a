/* SPDX-License-Identifier: MIT */
/* Work queues, and RCU's callbacks by one of them: linux/workqueue.h, linux/rcupdate.h. */
#include <stdio.h>

#include <linux/kthread.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "linux/layer.h"

enum { PENDING };

/* Works are done in the order of their tickets. Everything below the lock is under it. */
struct workqueue_struct {
	char name[TASK_COMM_LEN];
	wait_queue_head_t more, done;
	spinlock_t lock;
	struct list_head works;
	struct work_struct *running;
	unsigned long last_ticket, running_ticket;
	struct task_struct *worker; /* NULL: none in this test so far */
};

static struct workqueue_struct events = { .name = "events", .works = LIST_HEAD_INIT(events.works) };

struct workqueue_struct *const system_wq = &events;

struct workqueue_struct *alloc_workqueue(const char *name, unsigned int flags, int max_active, ...)
{
	struct workqueue_struct *queue = ccsan_kalloc(sizeof(*queue));

	(void)flags;
	(void)max_active;
	if (!queue)
		return NULL;
	snprintf(queue->name, sizeof(queue->name), "%s", name);
	INIT_LIST_HEAD(&queue->works);
	return queue;
}

/* --- the worker --- */

static bool has_work(struct workqueue_struct *queue)
{
	bool has;

	spin_lock_irq(&queue->lock);
	has = !list_empty(&queue->works);
	spin_unlock_irq(&queue->lock);
	return has;
}

/* Return: the first, which is running now; NULL if there is none. */
static struct work_struct *take_work(struct workqueue_struct *queue)
{
	struct work_struct *work;

	spin_lock_irq(&queue->lock);
	work = list_first_entry_or_null(&queue->works, struct work_struct, entry);
	if (work) {
		list_del_init(&work->entry);
		queue->running = work;
		queue->running_ticket = work->ccsan_ticket;
		clear_bit(PENDING, &work->pending);
	}
	spin_unlock_irq(&queue->lock);
	return work;
}

static void end_work(struct workqueue_struct *queue)
{
	spin_lock_irq(&queue->lock);
	queue->running = NULL;
	spin_unlock_irq(&queue->lock);
	wake_up_all(&queue->done);
}

/* What is queued from now on needs another worker. */
static bool retire(struct workqueue_struct *queue)
{
	bool empty;

	spin_lock_irq(&queue->lock);
	empty = list_empty(&queue->works);
	if (empty)
		queue->worker = NULL;
	spin_unlock_irq(&queue->lock);
	return empty;
}

/* The work may be freed by its own function. */
static int work_through(void *data)
{
	struct workqueue_struct *queue = data;
	struct work_struct *work;

	do {
		wait_event(queue->more, has_work(queue) || kthread_should_stop());
		work = take_work(queue);
		if (work) {
			work->func(work);
			end_work(queue);
		}
	} while (work || !kthread_should_stop() || !retire(queue));
	return 0;
}

/* Under the lock. Without memory for a worker the next one that queues or waits makes it. */
static void start_worker(struct workqueue_struct *queue)
{
	struct task_struct *task = kthread_create(work_through, queue, "%s", queue->name);

	if (IS_ERR(task))
		return;
	queue->worker = task;
	ccsan_kthread_service(task);
	wake_up_process(task);
}

/* --- queueing --- */

bool queue_work(struct workqueue_struct *queue, struct work_struct *work)
{
	unsigned long flags;
	bool starts;

	if (test_and_set_bit(PENDING, &work->pending))
		return false;
	spin_lock_irqsave(&queue->lock, flags);
	work->ccsan_queue = queue;
	work->ccsan_ticket = ++queue->last_ticket;
	list_add_tail(&work->entry, &queue->works);
	starts = !queue->worker;
	if (starts)
		start_worker(queue);
	spin_unlock_irqrestore(&queue->lock, flags);
	if (!starts)
		wake_up(&queue->more);
	return true;
}

bool queue_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
			unsigned long delay)
{
	(void)delay;
	return queue_work(queue, &work->work);
}

bool mod_delayed_work(struct workqueue_struct *queue, struct delayed_work *work,
		      unsigned long delay)
{
	return !queue_delayed_work(queue, work, delay);
}

/* --- waiting and cancelling --- */

/* All up to this ticket are done. */
static bool is_done(struct workqueue_struct *queue, unsigned long ticket)
{
	struct work_struct *first;
	bool done;

	spin_lock_irq(&queue->lock);
	first = list_first_entry_or_null(&queue->works, struct work_struct, entry);
	done = !(queue->running && queue->running_ticket <= ticket) &&
	       !(first && first->ccsan_ticket <= ticket);
	spin_unlock_irq(&queue->lock);
	return done;
}

void flush_workqueue(struct workqueue_struct *queue)
{
	unsigned long ticket;

	spin_lock_irq(&queue->lock);
	ticket = queue->last_ticket;
	if (!queue->worker && !list_empty(&queue->works))
		start_worker(queue);
	if (queue->worker == current)
		ccsan_misuse(queue, sizeof(*queue), 0, "%s: work waits for its own queue",
			     queue->name);
	spin_unlock_irq(&queue->lock);
	wait_event(queue->done, is_done(queue, ticket));
}

static bool is_busy(struct workqueue_struct *queue, const struct work_struct *work)
{
	bool busy;

	spin_lock_irq(&queue->lock);
	if (!queue->worker && !list_empty(&queue->works))
		start_worker(queue);
	busy = test_bit(PENDING, &work->pending) || queue->running == work;
	spin_unlock_irq(&queue->lock);
	return busy;
}

bool flush_work(struct work_struct *work)
{
	struct workqueue_struct *queue = work->ccsan_queue;

	if (!queue || !is_busy(queue, work))
		return false;
	wait_event(queue->done, !is_busy(queue, work));
	return true;
}

bool cancel_work(struct work_struct *work)
{
	struct workqueue_struct *queue = work->ccsan_queue;
	unsigned long flags;
	bool was;

	if (!queue)
		return false;
	spin_lock_irqsave(&queue->lock, flags);
	was = !list_empty(&work->entry);
	if (was) {
		list_del_init(&work->entry);
		clear_bit(PENDING, &work->pending);
	}
	spin_unlock_irqrestore(&queue->lock, flags);
	return was;
}

bool cancel_work_sync(struct work_struct *work)
{
	bool was = cancel_work(work);

	flush_work(work);
	return was;
}

void destroy_workqueue(struct workqueue_struct *queue)
{
	struct task_struct *worker = queue->worker;

	flush_workqueue(queue);
	if (worker) {
		ccsan_kthread_end_service(worker);
		kthread_stop(worker);
	}
	kfree(queue);
}

/* --- RCU --- */

static DEFINE_SPINLOCK(rcu_lock);
static struct rcu_head *rcu_first, **rcu_last = &rcu_first;

static void call_back(struct work_struct *work)
{
	struct rcu_head *head, *next;

	(void)work;
	spin_lock_irq(&rcu_lock);
	head = rcu_first;
	rcu_first = NULL;
	rcu_last = &rcu_first;
	spin_unlock_irq(&rcu_lock);
	synchronize_rcu();
	for (; head; head = next) {
		next = head->next;
		head->func(head);
	}
}

static DECLARE_WORK(rcu_work, call_back);
static struct workqueue_struct rcu = { .name = "rcu", .works = LIST_HEAD_INIT(rcu.works) };

void call_rcu(struct rcu_head *head, void (*function)(struct rcu_head *head))
{
	unsigned long flags;

	head->func = function;
	head->next = NULL;
	spin_lock_irqsave(&rcu_lock, flags);
	*rcu_last = head;
	rcu_last = &head->next;
	spin_unlock_irqrestore(&rcu_lock, flags);
	queue_work(&rcu, &rcu_work);
}

void rcu_barrier(void)
{
	flush_workqueue(&rcu);
}

struct freed_later {
	struct rcu_head head;
	void *p;
};

static void free_it(struct rcu_head *head)
{
	struct freed_later *later = container_of(head, struct freed_later, head);

	kfree(later->p);
	kfree(later);
}

void ccsan_kfree_rcu(struct rcu_head *head, size_t offset)
{
	struct freed_later *later = ccsan_kalloc(sizeof(*later));

	if (!later) { /* as the kernel: it sleeps where it cannot be queued */
		synchronize_rcu();
		kfree((char *)head - offset);
		return;
	}
	later->p = (char *)head - offset;
	call_rcu(&later->head, free_it);
}
