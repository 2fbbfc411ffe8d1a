/* SPDX-License-Identifier: MIT */
/*
 * Cache flushing as Documentation/core-api/cachetlb.rst describes it. What each function does on a
 * CPU is its architecture's policy (src/linux/arch/); docs/contracts.md names the clause and the
 * choice of each. "User address": simulated or a pointer, see linux/mm.h.
 */
#ifndef CCSAN_HOSTS_LINUX_ASM_CACHEFLUSH_H
#define CCSAN_HOSTS_LINUX_ASM_CACHEFLUSH_H

#include <linux/types.h>

struct address_space;
struct mm_struct;
struct page;
struct vm_area_struct;

#define ARCH_IMPLEMENTS_FLUSH_DCACHE_PAGE       1
#define ARCH_HAS_FLUSH_ANON_PAGE                1
#define ARCH_HAS_FLUSH_KERNEL_DCACHE_PAGE       1
#define ARCH_IMPLEMENTS_FLUSH_KERNEL_VMAP_RANGE 1

/* --- user mappings: before page tables change --- */

/** Everything that is cached, of kernel and users. Fidelity: exact. O(size of the cache) */
void flush_cache_all(void);

/** All user mappings of an address space: before it is torn down. Fidelity: exact */
void flush_cache_mm(struct mm_struct *mm);

/** The same before fork copies page tables. Fidelity: exact */
void flush_cache_dup_mm(struct mm_struct *mm);

/** User addresses from `start` up to `end`. Fidelity: exact */
void flush_cache_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);

/** One user page, which is mapped to frame `pfn`. Fidelity: exact */
void flush_cache_page(struct vm_area_struct *vma, unsigned long address, unsigned long pfn);

/* --- the kernel touches pages that users see --- */

/**
 * The kernel wrote to a page of a file, or is about to read one that users may have written: all
 * its mappings agree afterwards, or do before the next user sees it. Any context.
 *
 * Fidelity: exact. O(log N + k) with k mappings of this page among N of the file
 */
void flush_dcache_page(struct page *page);

/** As flush_dcache_page(), of the kernel's mapping only: what a driver has stored by the CPU.
 *  Fidelity: exact */
void flush_kernel_dcache_page(struct page *page);

/** An anonymous page is about to be accessed by the kernel through its own mapping: the user's one
 *  at `address` is written back. Other pages are left alone. Fidelity: exact */
void flush_anon_page(struct vm_area_struct *vma, struct page *page, unsigned long address);

/** Held while the mappings of a file change, so that flush_dcache_page() may walk them from any
 *  context. Fidelity: exact */
void flush_dcache_mmap_lock(struct address_space *mapping);
void flush_dcache_mmap_unlock(struct address_space *mapping);

/** Copies between a user's page (`dst` or `src` lies in the kernel's mapping of it) and kernel
 *  memory, so that the user at `address` sees it, instructions included. Fidelity: exact */
void copy_to_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
		       void *dst, const void *src, unsigned long bytes);
void copy_from_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
			 void *dst, const void *src, unsigned long bytes);

/** Copies or zeroes a page that a user is about to see at `address`. Fidelity: exact */
void copy_user_highpage(struct page *to, struct page *from, unsigned long address,
			struct vm_area_struct *vma);
void clear_user_highpage(struct page *page, unsigned long address);

/* --- instructions --- */

/** Kernel addresses, where instructions have been stored: data goes out, instructions are dropped.
 *  Fidelity: exact */
void flush_icache_range(unsigned long start, unsigned long end);

/** The same for user addresses of the current process. Fidelity: exact */
void flush_icache_user_range(unsigned long start, unsigned long end);

/** A page is going to be executed by users of `vma`. Fidelity: exact */
void flush_icache_page(struct vm_area_struct *vma, struct page *page);

/** The kernel stored instructions at a user's address. Fidelity: exact */
void flush_icache_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
			    int bytes);

/* --- the kernel's own second mappings --- */

/** Kernel mappings from `start` to `end` have been made; are about to be unmapped. Fidelity: exact
 */
void flush_cache_vmap(unsigned long start, unsigned long end);
void flush_cache_vunmap(unsigned long start, unsigned long end);

/** What was stored through a vmap reaches memory, before the page is used otherwise. Fidelity:
 *  exact */
void flush_kernel_vmap_range(void *address, int bytes);

/** The vmap drops what it holds: the pages have been written otherwise. Fidelity: exact */
void invalidate_kernel_vmap_range(void *address, int bytes);

/** Before mappings of the kmap window are recycled. Fidelity: exact */
void flush_cache_kmaps(void);

#endif
