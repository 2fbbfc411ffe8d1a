/* SPDX-License-Identifier: MIT */
/* Tasks, wait queues, kernel threads, work queues, RCU and calls of other CPUs. ok_… is silent in
 * every order; bug_… is found in some, with the words that tests/linux/sleeping knows. */
#include <ccsan/ccsan.h>
#include <linux/completion.h>
#include <linux/irqflags.h>
#include <linux/kthread.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/rwsem.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

/* --- current --- */

static struct task_struct *seen;

static int note_current(void *data)
{
	CCSAN_CHECK(!strcmp(current->comm, "noter 7") && current->flags & PF_KTHREAD);
	CCSAN_CHECK(data == &seen);
	seen = current;
	return 42;
}

CCSAN_TEST(ok_current)
{
	struct task_struct *me = current, *task = kthread_run(note_current, &seen, "noter %d", 7);

	CCSAN_CHECK(!strcmp(me->comm, "main") && current == me);
	CCSAN_CHECK(ccsan_kthread_join(task) == 42 && seen == task && current == me);
	CCSAN_CHECK(task->pid != me->pid);
}

static struct task_struct *interrupted;

static void look_who(void *argument)
{
	CCSAN_CHECK(in_irq() && in_interrupt() && !in_softirq() && !in_task());
	interrupted = current;
	complete(argument);
}

CCSAN_TEST(ok_current_in_handler)
{
	DECLARE_COMPLETION_ONSTACK(came);

	ccsan_raise(ccsan_irq_handler("irq", 0, look_who, &came, 0));
	wait_for_completion(&came);
	CCSAN_CHECK(interrupted == current && !in_interrupt() && in_task());
	local_bh_disable();
	CCSAN_CHECK(in_softirq() && in_interrupt() && !in_irq());
	local_bh_enable();
}

/* --- waiting for a condition --- */

static DECLARE_WAIT_QUEUE_HEAD(queue);
static int ready, woken;

static int set_ready(void *data)
{
	WRITE_ONCE(ready, 1);
	wake_up(data);
	return 0;
}

CCSAN_TEST(ok_wait_event)
{
	ready = 0;
	kthread_run(set_ready, &queue, "setter");
	wait_event(queue, READ_ONCE(ready));
	CCSAN_CHECK(ready == 1 && current->state == TASK_RUNNING);
}

/* As kmap() waits: the state first, then the queue. */
CCSAN_TEST(ok_add_wait_queue)
{
	DECLARE_WAITQUEUE(entry, current);

	ready = 0;
	kthread_run(set_ready, &queue, "setter");
	while (!READ_ONCE(ready)) {
		__set_current_state(TASK_UNINTERRUPTIBLE);
		add_wait_queue(&queue, &entry);
		if (!READ_ONCE(ready))
			schedule();
		__set_current_state(TASK_RUNNING);
		remove_wait_queue(&queue, &entry);
	}
}

/* The queue first, then the state, in a loop. */
CCSAN_TEST(ok_add_wait_queue_loop)
{
	DECLARE_WAITQUEUE(entry, current);

	ready = 0;
	kthread_run(set_ready, &queue, "setter");
	add_wait_queue(&queue, &entry);
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (READ_ONCE(ready))
			break;
		schedule();
	}
	set_current_state(TASK_RUNNING);
	remove_wait_queue(&queue, &entry);
}

/* The condition is looked at before the task has joined: woken in between, it sleeps for ever. */
CCSAN_TEST(bug_lost_wake_up)
{
	DEFINE_WAIT(entry);

	ready = 0;
	kthread_run(set_ready, &queue, "setter");
	if (!READ_ONCE(ready)) {
		prepare_to_wait(&queue, &entry, TASK_UNINTERRUPTIBLE);
		schedule();
		finish_wait(&queue, &entry);
	}
}

CCSAN_TEST(ok_waitqueue_active)
{
	ready = 0;
	CCSAN_CHECK(!waitqueue_active(&queue));
	kthread_run(set_ready, &queue, "setter");
	wait_event(queue, READ_ONCE(ready));
	CCSAN_CHECK(!waitqueue_active(&queue));
}

static int set_ready_if_active(void *data)
{
	WRITE_ONCE(ready, 1);
	if (waitqueue_active(data))
		wake_up(data);
	return 0;
}

CCSAN_TEST(ok_wake_if_active)
{
	ready = 0;
	kthread_run(set_ready_if_active, &queue, "setter");
	wait_event(queue, READ_ONCE(ready));
}

static int if_active_set_ready(void *data)
{
	bool active = waitqueue_active(data);

	WRITE_ONCE(ready, 1);
	if (active)
		wake_up(data);
	return 0;
}

CCSAN_TEST(bug_active_asked_too_early)
{
	ready = 0;
	kthread_run(if_active_set_ready, &queue, "setter");
	wait_event(queue, READ_ONCE(ready));
}

static int wait_alone(void *data)
{
	wait_event_exclusive(queue, READ_ONCE(ready));
	WRITE_ONCE(woken, woken + 1);
	wake_up(data);
	return 0;
}

static DECLARE_WAIT_QUEUE_HEAD(other);

/* Each one that goes on wakes the next. */
CCSAN_TEST(ok_exclusive)
{
	ready = woken = 0;
	kthread_run(wait_alone, &queue, "first");
	kthread_run(wait_alone, &queue, "second");
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

/* Only one of them is woken. */
CCSAN_TEST(bug_exclusive)
{
	ready = woken = 0;
	kthread_run(wait_alone, &other, "first");
	kthread_run(wait_alone, &other, "second");
	WRITE_ONCE(ready, 1);
	wake_up(&queue);
}

CCSAN_TEST(ok_timeout)
{
	long left;

	ready = 0;
	kthread_run(set_ready, &queue, "setter");
	left = wait_event_timeout(queue, READ_ONCE(ready), 10);
	CCSAN_CHECK(left == 0 || READ_ONCE(ready));
}

/* --- kernel threads --- */

static int rounds;

static int until_stopped(void *data)
{
	(void)data;
	for (;;) {
		set_current_state(TASK_INTERRUPTIBLE);
		if (kthread_should_stop())
			break;
		schedule();
		rounds++;
	}
	__set_current_state(TASK_RUNNING);
	return 5;
}

CCSAN_TEST(ok_kthread_stop)
{
	struct task_struct *task = kthread_run(until_stopped, NULL, "server");
	int result;

	wake_up_process(task);
	result = kthread_stop(task);
	CCSAN_CHECK(result == 5 || result == -EINTR);
}

static int until_stopped_or_ready(void *data)
{
	(void)data;
	wait_event_interruptible(queue, READ_ONCE(ready) || kthread_should_stop());
	return READ_ONCE(ready);
}

/* kthread_stop() wakes a task that sleeps in a queue of its own choice. */
CCSAN_TEST(ok_kthread_stop_in_queue)
{
	struct task_struct *task;

	ready = 0;
	task = kthread_run(until_stopped_or_ready, NULL, "server");
	CCSAN_CHECK(kthread_stop(task) <= 0);
}

CCSAN_TEST(ok_kthread_service)
{
	ccsan_kthread_service(kthread_run(until_stopped, NULL, "server"));
}

static int look_where(void *data)
{
	*(unsigned *)data = smp_processor_id();
	return 0;
}

CCSAN_TEST(ok_kthread_bind)
{
	unsigned cpu = 9;
	struct task_struct *task;

	ccsan_cpus(2);
	task = kthread_create_on_cpu(look_where, &cpu, 1, "bound");
	wake_up_process(task);
	ccsan_kthread_join(task);
	CCSAN_CHECK(cpu == 1 && num_online_cpus() == 2);
}

CCSAN_TEST(bug_kthread_stop_twice)
{
	struct task_struct *task = kthread_run(until_stopped, NULL, "server");

	kthread_stop(task);
	kthread_stop(task);
}

static int parks(void *data)
{
	(void)data;
	while (!kthread_should_stop()) {
		if (kthread_should_park())
			kthread_parkme();
		else
			cond_resched();
	}
	return 0;
}

CCSAN_TEST(plain_park)
{
	struct task_struct *task = kthread_run(parks, NULL, "parks");

	kthread_park(task);
	kthread_unpark(task);
	kthread_stop(task);
}

/* --- sleeping where it is not allowed --- */

static DEFINE_SPINLOCK(lock);

CCSAN_TEST(bug_sleeps_in_spinlock)
{
	spin_lock(&lock);
	might_sleep();
	spin_unlock(&lock);
}

CCSAN_TEST(ok_trylocks)
{
	static DEFINE_MUTEX(mutex);
	static DECLARE_RWSEM(sem);
	static DEFINE_RWLOCK(rw);

	CCSAN_CHECK(spin_trylock(&lock) && in_atomic());
	spin_unlock(&lock);
	CCSAN_CHECK(mutex_trylock(&mutex) && mutex_is_locked(&mutex) && !in_atomic());
	mutex_unlock(&mutex);
	CCSAN_CHECK(down_read_trylock(&sem) && !down_write_trylock(&sem));
	up_read(&sem);
	CCSAN_CHECK(down_write_trylock(&sem));
	downgrade_write(&sem);
	CCSAN_CHECK(down_read_trylock(&sem) == 1);
	up_read(&sem);
	CCSAN_CHECK(read_trylock(&rw) && !write_trylock(&rw));
	read_unlock(&rw);
	CCSAN_CHECK(write_trylock(&rw));
	write_unlock(&rw);
	CCSAN_CHECK(!in_atomic());
}

/* --- work queues --- */

static int done;

static void count(struct work_struct *work)
{
	CCSAN_CHECK(!work_pending(work) && !in_atomic());
	WRITE_ONCE(done, done + 1);
}

CCSAN_TEST(ok_work)
{
	static DECLARE_WORK(work, count);

	done = 0;
	CCSAN_CHECK(schedule_work(&work));
	flush_work(&work);
	CCSAN_CHECK(done == 1 && !flush_work(&work));
	CCSAN_CHECK(schedule_work(&work));
	flush_workqueue(system_wq);
	CCSAN_CHECK(done == 2);
}

/* What is queued and never waited for is done nevertheless. */
CCSAN_TEST(ok_work_left_alone)
{
	static DECLARE_WORK(work, count);

	schedule_work(&work);
}

static void count_and_free(struct work_struct *work)
{
	count(work);
	kfree(work);
}

CCSAN_TEST(ok_work_frees_itself)
{
	struct workqueue_struct *wq = alloc_workqueue("mine", 0, 1);
	struct work_struct *work = kmalloc(sizeof(*work), GFP_KERNEL);

	done = 0;
	INIT_WORK(work, count_and_free);
	queue_work(wq, work);
	destroy_workqueue(wq);
	CCSAN_CHECK(done == 1);
}

CCSAN_TEST(ok_cancel_work)
{
	static DECLARE_DELAYED_WORK(work, count);
	bool cancelled;

	done = 0;
	schedule_delayed_work(&work, HZ);
	cancelled = cancel_delayed_work_sync(&work);
	CCSAN_CHECK(cancelled ? done == 0 : done == 1);
}

/* --- RCU --- */

struct thing {
	int value;
	struct rcu_head rcu;
};

static struct thing *the_thing;

static int look_at_thing(void *data)
{
	struct thing *thing;

	(void)data;
	rcu_read_lock();
	thing = rcu_dereference(the_thing);
	if (thing)
		CCSAN_CHECK(READ_ONCE(thing->value) == 7);
	rcu_read_unlock();
	return 0;
}

static struct thing *new_thing(void)
{
	struct thing *thing = kzalloc(sizeof(*thing), GFP_KERNEL);

	thing->value = 7;
	return thing;
}

static void spoil(struct rcu_head *head)
{
	struct thing *thing = container_of(head, struct thing, rcu);

	thing->value = 0;
	kfree(thing);
}

CCSAN_TEST(ok_call_rcu)
{
	struct thing *thing = new_thing();

	rcu_assign_pointer(the_thing, thing);
	kthread_run(look_at_thing, NULL, "reader");
	rcu_assign_pointer(the_thing, NULL);
	call_rcu(&thing->rcu, spoil);
	rcu_barrier();
}

CCSAN_TEST(bug_no_grace_period)
{
	struct thing *thing = new_thing();

	rcu_assign_pointer(the_thing, thing);
	kthread_run(look_at_thing, NULL, "reader");
	rcu_assign_pointer(the_thing, NULL);
	spoil(&thing->rcu);
}

CCSAN_TEST(ok_kfree_rcu)
{
	kfree_rcu(new_thing(), rcu);
}

/* --- other CPUs --- */

static DEFINE_PER_CPU(int, called);

static void note_call(void *info)
{
	CCSAN_CHECK(irqs_disabled());
	this_cpu_add(called, *(int *)info);
}

CCSAN_TEST(ok_on_each_cpu)
{
	int step = 3, cpu;

	ccsan_cpus(3);
	memset(called, 0, sizeof(called));
	on_each_cpu(note_call, &step, 1);
	for_each_online_cpu (cpu)
		CCSAN_CHECK(per_cpu(called, cpu) == 3);
	CCSAN_CHECK(smp_call_function_single(2, note_call, &step, 1) == 0);
	CCSAN_CHECK(per_cpu(called, 2) == 6 && smp_call_function_single(3, note_call, &step, 1));
}

CCSAN_TEST(bug_call_with_interrupts_off)
{
	int step = 3;

	ccsan_cpus(2);
	local_irq_disable();
	smp_call_function(note_call, &step, 0);
	local_irq_enable();
}
