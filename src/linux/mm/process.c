/* SPDX-License-Identifier: MIT */
/* Processes: ccsan/process.h. A process is a thread of the kernel with an address space. */
#include <ccsan/process.h>
#include <stdlib.h>

#include <linux/err.h>
#include <linux/file.h>
#include <linux/kthread.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

#include "linux/layer.h"
#include "mm_parts.h"

/** A process, or one thread of one. */
struct process {
	struct task_struct *task; /**< its number is the pid */
	int parent;               /**< the process that may wait for it */
	struct process *leader;   /**< itself but for threads */
	unsigned int threads;     /**< of a leader: that have not ended */
	ccsan_linux_main *run;    /**< NULL: nobody runs it, it is entered */
	void *argument;
	jmp_buf exit;
	int code; /**< that it exits with */
	struct process *next;
};

static struct process *processes;

static struct process *find(pid_t pid)
{
	struct process *p = processes;

	while (p && p->task->pid != pid)
		p = p->next;
	return p;
}

static void forget(struct process *gone)
{
	struct process **link = &processes;

	while (*link != gone)
		link = &(*link)->next;
	*link = gone->next;
	kfree(gone);
}

struct task_struct *ccsan_linux_task(pid_t pid)
{
	struct process *p = find(pid);

	return p ? p->task : NULL;
}

/* --- ends --- */

/* The last thread closes the files; the last user of the address space unmaps it. */
static void let_go(struct process *p)
{
	struct task_struct *task = p->task;
	struct mm_struct *mm = task->mm;

	if (!--p->leader->threads) {
		ccsan_files_put(p->leader->task->files);
		p->leader->task->files = NULL;
	}
	task->active_mm = mm;
	task->mm = NULL;
	mmput(mm);
}

static int run_process(void *data)
{
	struct process *p = data;

	ccsan_mm_resume();
	if (!setjmp(p->exit))
		p->code = p->run(p->argument);
	let_go(p);
	return p->code;
}

/* The process that the current thread is; not one that it has entered. */
static struct process *current_process(void)
{
	struct task_struct *task = current;
	struct process *p = find(task->pid);

	return p && p->run && p->task == task ? p : NULL;
}

void ccsan_kill_current(int signal)
{
	struct process *p = current_process();

	if (!p)
		return;
	p->code = 128 + signal;
	longjmp(p->exit, 1);
}

long sys_exit(int error_code)
{
	struct process *p = current_process();

	if (!p) {
		ccsan_misuse(NULL, 0, 0, "sys_exit(): the current thread runs no process");
		exit(error_code);
	}
	p->code = error_code;
	longjmp(p->exit, 1);
}

long sys_getpid(void)
{
	return current->tgid;
}

/* --- beginnings --- */

/* Owns: takes over the reference to `mm`, also when it fails. */
static struct process *make(const char *name, struct mm_struct *mm, ccsan_linux_main *run,
			    void *argument)
{
	struct process *p = mm ? ccsan_kalloc(sizeof(*p)) : NULL;
	struct task_struct *task = p ? kthread_create(run_process, p, "%s", name) : NULL;

	if (!p || IS_ERR(task)) {
		kfree(p);
		if (mm)
			mmput(mm);
		return NULL;
	}
	p->task = task;
	task->flags &= ~(unsigned int)PF_KTHREAD; /* also one that is only entered */
	p->run = run;
	p->argument = argument;
	p->parent = current->tgid;
	p->leader = p;
	p->threads = 1;
	task->mm = task->active_mm = mm;
	task->flags &= ~(unsigned int)PF_KTHREAD;
	p->next = processes;
	processes = p;
	return p;
}

/* Of a task whose thread never began. */
static void end_without_running(struct process *p)
{
	struct task_struct *task = p->task;

	let_go(p);
	forget(p);
	put_task_struct(task);
}

static struct process *make_child(ccsan_linux_main *run, void *argument)
{
	struct task_struct *parent = current;
	struct process *p;

	if (!parent->mm) {
		ccsan_misuse(NULL, 0, 0, "fork: the current thread is in no process");
		return NULL;
	}
	p = make(parent->comm, dup_mm(parent, parent->mm), run, argument);
	if (!p)
		return NULL;
	p->task->files = ccsan_files_copy(parent->group_leader->files);
	if (p->task->files)
		return p;
	end_without_running(p);
	return NULL;
}

static pid_t start(struct process *p, unsigned int cpu)
{
	pid_t pid;

	if (!p)
		return -ENOMEM;
	pid = p->task->pid;
	kthread_bind(p->task, cpu);
	wake_up_process(p->task);
	return pid;
}

pid_t ccsan_linux_process(const char *name, unsigned int cpu, ccsan_linux_main *run, void *argument)
{
	return start(make(name, mm_alloc(), run, argument), cpu);
}

pid_t ccsan_linux_fork(ccsan_linux_main *run, void *argument)
{
	return start(make_child(run, argument), smp_processor_id());
}

pid_t ccsan_linux_thread(const char *name, unsigned int cpu, ccsan_linux_main *run, void *argument)
{
	struct task_struct *task = current;
	struct process *leader = find(task->tgid), *p;

	if (!leader || !task->mm) {
		ccsan_misuse(NULL, 0, 0, "ccsan_linux_thread(): the caller is in no process");
		return -EINVAL;
	}
	mmget(task->mm);
	p = make(name, task->mm, run, argument);
	if (!p)
		return -ENOMEM;
	p->leader = leader;
	leader->threads++;
	p->task->group_leader = leader->task;
	p->task->tgid = leader->task->pid;
	return start(p, cpu);
}

int ccsan_linux_wait(pid_t pid)
{
	struct process *p = find(pid);
	int code;

	if (!p || !p->run || p->parent != current->tgid)
		return -ECHILD;
	code = ccsan_kthread_join(p->task);
	if (p->leader != p || !p->threads)
		forget(p);
	return code;
}

/* --- entered ones --- */

pid_t ccsan_linux_process_new(const char *name)
{
	struct process *p = make(name, mm_alloc(), NULL, NULL);

	return p ? p->task->pid : -ENOMEM;
}

pid_t ccsan_linux_fork_new(void)
{
	struct process *p = make_child(NULL, NULL);

	return p ? p->task->pid : -ENOMEM;
}

/** What the thread was before it entered a process. */
struct entered {
	struct task_struct *task, *group_leader;
	struct mm_struct *mm;
	int tgid;
	struct entered *outer;
};

static struct entered *entered; /* of all threads */

void ccsan_linux_enter(pid_t pid)
{
	struct process *p = find(pid);
	struct task_struct *task = current;
	struct entered *was;

	if (!p || p->run) {
		ccsan_misuse(NULL, 0, 0,
			     "ccsan_linux_enter(): %d is no process that waits to be "
			     "entered",
			     pid);
		return;
	}
	was = malloc(sizeof(*was)); /* the tester's, not the kernel's: never told to fail */
	if (!was)
		abort();
	*was = (struct entered){ task, task->group_leader, task->mm, task->tgid, entered };
	entered = was;
	mmget(p->task->mm);
	task->mm = p->task->mm;
	task->group_leader = p->task;
	task->tgid = p->task->pid;
	ccsan_mm_resume();
}

void ccsan_linux_leave(void)
{
	struct task_struct *task = current;
	struct entered **link = &entered, *was;
	struct mm_struct *mm = task->mm;

	while (*link && (*link)->task != task)
		link = &(*link)->outer;
	was = *link;
	if (!was) {
		ccsan_misuse(NULL, 0, 0, "ccsan_linux_leave() without ccsan_linux_enter()");
		return;
	}
	*link = was->outer;
	task->active_mm = mm;
	task->mm = was->mm;
	task->group_leader = was->group_leader;
	task->tgid = was->tgid;
	free(was);
	ccsan_mm_resume();
	mmput(mm);
}

void ccsan_linux_end(pid_t pid)
{
	struct process *p = find(pid);

	if (!p || p->run) {
		ccsan_misuse(NULL, 0, 0, "ccsan_linux_end(): %d is no process that is entered",
			     pid);
		return;
	}
	end_without_running(p);
}
