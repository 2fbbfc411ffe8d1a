/* SPDX-License-Identifier: MIT */
/* Life and use of address spaces. */
#ifndef CCSAN_HOSTS_LINUX_SCHED_MM_H
#define CCSAN_HOSTS_LINUX_SCHED_MM_H

#include <linux/mm.h>
#include <linux/sched.h>

/** A new, empty one, with one user. NULL without memory. Fidelity: exact */
struct mm_struct *mm_alloc(void);

/** References to the structure alone, not to what is mapped. Fidelity: exact */
void __mmdrop(struct mm_struct *mm);

static inline void mmgrab(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_count);
}

static inline void mmdrop(struct mm_struct *mm)
{
	if (atomic_dec_and_test(&mm->mm_count))
		__mmdrop(mm);
}

/** Users of what is mapped; the last one unmaps all. mmput() may sleep. Fidelity: exact */
static inline void mmget(struct mm_struct *mm)
{
	atomic_inc(&mm->mm_users);
}

static inline bool mmget_not_zero(struct mm_struct *mm)
{
	return atomic_inc_not_zero(&mm->mm_users);
}

void mmput(struct mm_struct *mm);

/** The task's mm with a reference; NULL for kernel threads. Fidelity: exact */
struct mm_struct *get_task_mm(struct task_struct *task);

/** The CPU goes on in another address space: flushes what the CPU's caches need then (nothing with
 *  address-space ids or physical tags). Fidelity: exact */
void switch_mm(struct mm_struct *prev, struct mm_struct *next, struct task_struct *tsk);

/** A kernel thread works in a process's address space, and goes back. Fidelity: exact.
 *  use_mm() and unuse_mm() are their names up to 5.7. */
void kthread_use_mm(struct mm_struct *mm);
void kthread_unuse_mm(struct mm_struct *mm);
#define use_mm(mm)   kthread_use_mm(mm)
#define unuse_mm(mm) kthread_unuse_mm(mm)

/** A copy of an address space for a new process: mappings copied, private pages write-protected in
 *  both. NULL without memory. Fidelity: exact */
struct mm_struct *dup_mm(struct task_struct *tsk, struct mm_struct *oldmm);

/** Unmaps everything. The caller is the last user. Fidelity: exact */
void exit_mmap(struct mm_struct *mm);

#endif
