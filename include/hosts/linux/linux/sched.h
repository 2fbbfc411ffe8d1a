/* SPDX-License-Identifier: MIT */
/* Tasks, and how they sleep. */
#ifndef CCSAN_HOSTS_LINUX_SCHED_H
#define CCSAN_HOSTS_LINUX_SCHED_H

#include <setjmp.h>

#include <ccsan/thread.h>
#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/smp.h>
#include <linux/types.h>

struct mm_struct;
struct files_struct;

enum {
	TASK_RUNNING = 0,
	TASK_INTERRUPTIBLE = 1,
	TASK_UNINTERRUPTIBLE = 2,
	TASK_KILLABLE = 0x102,
	TASK_NORMAL = 3,
	TASK_DEAD = 0x80,
};

enum {
	PF_EXITING = 0x4,
	PF_MEMALLOC = 0x800,
	PF_KTHREAD = 0x200000,
};

enum { TASK_COMM_LEN = 16, KM_MAX_IDX = 16 };

#define MAX_SCHEDULE_TIMEOUT __LONG_MAX__

/** The slots of kmap_local_page() that the task has in use. */
struct kmap_ctrl {
	int idx;
	unsigned long pteval[KM_MAX_IDX];
};

/** A thread of the kernel or of a process. */
struct task_struct {
	long state;
	unsigned int flags;
	int pid, tgid;
	char comm[TASK_COMM_LEN];
	struct mm_struct *mm;        /* NULL in kernel threads */
	struct mm_struct *active_mm; /* whose page tables are in use */
	struct files_struct *files;
	struct task_struct *group_leader;
	jmp_buf *fault_fixup; /* where a fault in copy_from_user() and the like goes on */
	struct kmap_ctrl kmap_ctrl;
	int pagefault_disabled, exit_code;
	void *journal_info;

	atomic_t ccsan_usage;
	unsigned ccsan_actor, ccsan_cpu; /* of ccsan/thread.h */
	bool ccsan_started, ccsan_on_cpu_fixed;
	void *ccsan_queue; /* where it has joined to be woken; NULL: nowhere */
	int (*ccsan_run)(void *data);
	void *ccsan_data;
	unsigned long ccsan_kthread; /* see kthread.h */
};

/** The task that runs; in a handler the one it interrupted. A thread that is no kthread and no
 *  process is given one on its first look. Fidelity: exact. Return: never NULL. */
struct task_struct *ccsan_current(void);
#define current ccsan_current()

static inline void get_task_struct(struct task_struct *task)
{
	atomic_inc(&task->ccsan_usage);
}

/** Fidelity: exact */
void put_task_struct(struct task_struct *task);

static inline struct task_struct *get_current(void)
{
	return current;
}

/* --- sleeping: say so, look at the condition, schedule() --- */

/** Fidelity: simplified. From a state other than TASK_RUNNING on, the task can be woken; it is in
 *  one wait queue at most. */
void ccsan_set_state(struct task_struct *task, long state);
#define set_current_state(state)   ccsan_set_state(current, state)
#define __set_current_state(state) ccsan_set_state(current, state)
#define task_is_running(task)      ((task)->state == TASK_RUNNING)

/** Waits until woken, if the state says so; else lets others go on. Fidelity: exact */
void schedule(void);
#define io_schedule() schedule()

/** Fidelity: simplified. A time-out comes at any moment. Return: 0 if it came. */
long schedule_timeout(long timeout);
long schedule_timeout_interruptible(long timeout);
long schedule_timeout_uninterruptible(long timeout);
#define io_schedule_timeout(timeout) schedule_timeout(timeout)

/** Fidelity: simplified. Others that sleep in the same queue are woken too, and sleep again if
 *  their condition says so. Return: whether it slept. */
int wake_up_process(struct task_struct *task);
int wake_up_state(struct task_struct *task, unsigned int state);

/** Others may go on here; sleeping must be allowed. Fidelity: exact */
int ccsan_cond_resched(void);
#define cond_resched()          ccsan_cond_resched()
#define cond_resched_lock(lock) (spin_unlock(lock), cond_resched(), spin_lock(lock), 0)
#define need_resched()          false
#define yield()                 ccsan_thread_yield()

/** Sleeping where it is not allowed is `api-misuse`. Fidelity: exact */
void ccsan_might_sleep(void);
#define might_sleep()        ccsan_might_sleep()
#define might_sleep_if(when) ((void)((when) && (ccsan_might_sleep(), 0)))

/** Signals do not exist. */
#define signal_pending(task)              ((void)(task), false)
#define fatal_signal_pending(task)        ((void)(task), false)
#define signal_pending_state(state, task) ((void)(task), false)

#define msleep(milliseconds) ccsan_thread_sleep(milliseconds)
#define task_pid_nr(task)    ((task)->pid)

#endif
