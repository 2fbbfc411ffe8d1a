/* SPDX-License-Identifier: MIT */
/* The contract between the files of memory management: pgtable.c mm.c vma.c mmap.c mprotect.c
 * mremap.c fault.c cow.c zap.c fork.c rmap.c process.c. */
#ifndef CCSAN_LINUX_MM_PARTS_H
#define CCSAN_LINUX_MM_PARTS_H

#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>

/* --- pgtable.c --- */

/** The pmd of an address, with or without a table. */
pmd_t *ccsan_pmd_of(struct mm_struct *mm, unsigned long address);

/** 0 or -ENOMEM. */
int ccsan_make_zero_page(void);

/* --- vma.c: with mmap_lock held for writing --- */

/** Where a VMA goes, or would go: the VMA before it. Return: false if [start, end) is not free. */
bool ccsan_vma_place(struct mm_struct *mm, unsigned long start, unsigned long end,
		     struct vm_area_struct **prev);

/** Into the list, the tree and the file's tree; accesses to it are faults from now on. */
void ccsan_vma_link(struct mm_struct *mm, struct vm_area_struct *vma);
void ccsan_vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma);

/** Moves the ends of a VMA, which is in no other's way. */
void ccsan_vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		      pgoff_t pgoff);

/** Joins a VMA with its neighbours, if they are of the same kind. Return: what it is part of. */
struct vm_area_struct *ccsan_vma_join(struct vm_area_struct *vma);

/** Drops what a VMA holds, and the VMA. It is in no tree of its mm. */
void ccsan_vma_release(struct vm_area_struct *vma);

/** The lowest hole of so many bytes from `low` on; 0 if there is none. O(log N). */
unsigned long ccsan_vma_find_hole(struct mm_struct *mm, unsigned long low, unsigned long bytes);

/* --- zap.c --- */

/** The pages of [start, end), which lies in the VMA, are let go. */
void ccsan_unmap_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       const struct zap_details *details);

/* --- cow.c: with the entry's lock, which they release --- */

/** A write to a present, read-only entry. */
vm_fault_t ccsan_do_wp_page(struct vm_fault *vmf);

/** A write through a shared mapping has been allowed: the page is dirty, and unlocked. */
vm_fault_t ccsan_fault_dirty_shared_page(struct vm_fault *vmf);

/* --- fault.c --- */

/** Asks the file whether the page may be written. Return: VM_FAULT_LOCKED, or an error. */
vm_fault_t ccsan_do_page_mkwrite(struct vm_fault *vmf);

/** The runtime calls the fault handler from now on. */
void ccsan_faults_begin(void);

/* --- fork.c --- */

/** Copies page tables for a child. 0 or -ENOMEM. */
int ccsan_copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src);

/* --- mm.c --- */

/** The CPU goes on with the current task's address space. */
void ccsan_mm_resume(void);

/* --- process.c --- */

/** The current process cannot go on: ends it, if it is one that can be ended. */
void ccsan_kill_current(int signal);

#endif
