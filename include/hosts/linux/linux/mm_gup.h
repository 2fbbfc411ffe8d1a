/* SPDX-License-Identifier: MIT */
/*
 * The part of linux/mm.h about pages that are reached through user addresses
 * (core-api/pin_user_pages.rst). Include linux/mm.h.
 *
 * "get" takes a reference for looking at the struct page; "pin" says that the data will be
 * accessed, by the kernel or a device: it is counted apart, so that page_maybe_dma_pinned() can
 * tell.
 */
#ifndef CCSAN_HOSTS_LINUX_MM_GUP_H
#define CCSAN_HOSTS_LINUX_MM_GUP_H

#include <linux/types.h>

struct mm_struct;
struct page;
struct task_struct;
struct vm_area_struct;

#define FOLL_WRITE     0x01u    /* the page will be written: copies are made */
#define FOLL_TOUCH     0x02u    /* mark it accessed */
#define FOLL_GET       0x04u    /* take a reference */
#define FOLL_DUMP      0x08u    /* holes are errors, not zeroes */
#define FOLL_FORCE     0x10u    /* protection does not count, for debuggers */
#define FOLL_NOWAIT    0x20u    /* do not wait for I/O */
#define FOLL_TRIED     0x800u   /* (ours: a retry) */
#define FOLL_REMOTE    0x2000u  /* another process's */
#define FOLL_COW       0x4000u  /* (ours: a copy was made for it) */
#define FOLL_ANON      0x8000u  /* anonymous memory only */
#define FOLL_LONGTERM  0x10000u /* kept until user space says so */
#define FOLL_PIN       0x40000u /* (ours) */
#define FOLL_FAST_ONLY 0x80000u /* nothing is faulted in */

/** A pin counts as so many references. */
#define GUP_PIN_COUNTING_BIAS 1024

/**
 * References to the pages of user addresses from `start`, faulted in where they are not. Before
 * each is handed out, flush_anon_page() and flush_dcache_page() make the kernel's mapping of it
 * agree with the user's. With mmap_lock held for reading; keeps it.
 *
 * @param start a user address or pointer
 * @param pages out, or NULL: only fault in
 * @param vmas  out, or NULL
 * Fidelity: simplified. No huge pages. O(nr_pages log mappings)
 * Return: pages, fewer than nr_pages where an error came after the first; -EFAULT, -ENOMEM.
 */
long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas);
long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas);

/** The same in another address space. @param locked may be NULL; mmap_lock is never dropped here,
 *  and *locked stays 1. Fidelity: as above */
long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas, int *locked);
long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas, int *locked);

long get_user_pages_locked(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
			   struct page **pages, int *locked);

/** Takes mmap_lock itself. Fidelity: as above */
long get_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags);
long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags);

/**
 * Without mmap_lock: looks at page tables with interrupts off, and falls back to the slow way for
 * what is not there. Nothing is flushed on the fast way, so it is only taken where caches do not
 * alias (gup_fast_permitted()).
 *
 * Fidelity: exact. Return: as get_user_pages(); _only: what the fast way found, from any context.
 */
int get_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages);
int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages);
int get_user_pages_fast_only(unsigned long start, int nr_pages, unsigned int gup_flags,
			     struct page **pages);
int pin_user_pages_fast_only(unsigned long start, int nr_pages, unsigned int gup_flags,
			     struct page **pages);

/** Gives pins back; _dirty_lock: marks them dirty first. Pages that are not pinned: `api-misuse`.
 *  Fidelity: exact */
void unpin_user_page(struct page *page);
void unpin_user_pages(struct page **pages, unsigned long npages);
void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty);

/** Whether a page may be pinned: wrong for pages with very many references. Fidelity: exact */
bool page_maybe_dma_pinned(struct page *page);

/** The page of one address if it is there. With mmap_lock held. Return: NULL, an ERR_PTR(), or the
 *  page, with a reference if FOLL_GET says so. Fidelity: exact */
struct page *follow_page(struct vm_area_struct *vma, unsigned long address,
			 unsigned int foll_flags);

/* --- ptrace.c --- */

/** Copies from or to (FOLL_WRITE) the memory of another process, as debuggers do; FOLL_FORCE writes
 *  what is read-only there. Return: bytes copied, up to the first that cannot be. Fidelity: exact
 */
int access_process_vm(struct task_struct *tsk, unsigned long address, void *buffer, int bytes,
		      unsigned int gup_flags);
int access_remote_vm(struct mm_struct *mm, unsigned long address, void *buffer, int bytes,
		     unsigned int gup_flags);

/** One word of another process. Return: 0 or -EIO. Fidelity: exact */
int generic_ptrace_peekdata(struct task_struct *tsk, unsigned long address, unsigned long data);
int generic_ptrace_pokedata(struct task_struct *tsk, unsigned long address, unsigned long data);

#endif
