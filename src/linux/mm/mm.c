/* SPDX-License-Identifier: MIT */
/* Life of address spaces, and which one a CPU is in. */
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "linux/arch/arch.h"
#include "linux/layer.h"
#include "mm_parts.h"

/* --- numbers of the machine's spaces: those of dead ones are used again, empty and flushed --- */

static u16 free_spaces[CCSAN_MAX_SPACES];
static unsigned int free_space_count;

static unsigned int take_space(void)
{
	return free_space_count ? free_spaces[--free_space_count] : ccsan_space_new();
}

static void give_space(unsigned int space)
{
	free_spaces[free_space_count++] = (u16)space;
}

/* --- birth and death --- */

static bool resume(void);

/* First mappings are where Linux's ports for 32 bits put them. */
enum { MMAP_BASE = 0x10000000 };

static struct mm_struct *init_mm(struct mm_struct *mm)
{
	mm->pgd = pgd_alloc(mm);
	mm->space = mm->pgd ? take_space() : 0;
	if (!mm->space) {
		pgd_free(mm, mm->pgd);
		kfree(mm);
		return NULL;
	}
	mm->mm_rb = RB_ROOT;
	mmap_init_lock(mm);
	spin_lock_init(&mm->page_table_lock);
	atomic_set(&mm->mm_users, 1);
	atomic_set(&mm->mm_count, 1);
	mm->mmap_base = MMAP_BASE;
	mm->task_size = TASK_SIZE;
	return mm;
}

struct mm_struct *mm_alloc(void)
{
	struct mm_struct *mm;

	ccsan_faults_begin();
	ccsan_hosted_on_switch(resume);
	if (ccsan_make_zero_page())
		return NULL;
	mm = ccsan_kalloc(sizeof(*mm));
	return mm ? init_mm(mm) : NULL;
}

void __mmdrop(struct mm_struct *mm)
{
	pgd_free(mm, mm->pgd);
	give_space(mm->space);
	kfree(mm);
}

void mmput(struct mm_struct *mm)
{
	might_sleep();
	if (!atomic_dec_and_test(&mm->mm_users))
		return;
	exit_mmap(mm);
	mmdrop(mm);
}

struct mm_struct *get_task_mm(struct task_struct *task)
{
	struct mm_struct *mm = task->mm;

	if (mm && !(task->flags & PF_KTHREAD))
		mmget(mm);
	else
		mm = NULL;
	return mm;
}

/* --- which one a CPU is in. Threads of the kernel stay in the last one, which therefore lives on
 * as a structure --- */

static struct mm_struct *loaded[NR_CPUS];

void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk)
{
	unsigned int cpu = smp_processor_id();

	(void)tsk;
	ccsan_arch_switch_mm(prev, next);
	ccsan_space_switch(next->space);
	ccsan_arch_switched_mm();
	mmgrab(next);
	loaded[cpu] = next;
	if (prev)
		mmdrop(prev);
}

static bool resume(void)
{
	struct task_struct *task = current;
	struct mm_struct *was = loaded[smp_processor_id()];

	if (!task->mm)
		return false;
	if (was != task->mm)
		switch_mm(was, task->mm, task);
	return ccsan_arch()->switch_mm != NULL;
}

void ccsan_mm_resume(void)
{
	preempt_disable();
	resume();
	preempt_enable();
}

/* --- threads of the kernel in a process's space --- */

void kthread_use_mm(struct mm_struct *mm)
{
	struct task_struct *task = current;

	if (task->mm)
		ccsan_misuse(NULL, 0, 0, "kthread_use_mm(): %s has an address space", task->comm);
	mmgrab(mm);
	task->mm = task->active_mm = mm;
	ccsan_mm_resume();
}

void kthread_unuse_mm(struct mm_struct *mm)
{
	struct task_struct *task = current;

	if (task->mm != mm) {
		ccsan_misuse(NULL, 0, 0, "kthread_unuse_mm() of what %s does not use", task->comm);
		return;
	}
	task->mm = NULL;
	mmdrop(mm);
}

/* --- user addresses --- */

void __user *ccsan_user_pointer(const struct mm_struct *mm, unsigned long address)
{
	return ccsan_hosted_pointer(mm->space, untagged_addr(address));
}
