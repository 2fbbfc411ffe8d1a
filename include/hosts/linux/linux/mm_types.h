/* SPDX-License-Identifier: MIT */
/* The structures of memory management. Their fields have Linux's names; those that Linux does not
 * have are grouped at the end of each and are ccsan's. */
#ifndef CCSAN_HOSTS_LINUX_MM_TYPES_H
#define CCSAN_HOSTS_LINUX_MM_TYPES_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/rbtree.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>
#include <linux/types.h>

struct address_space;
struct anon_vma;
struct file;
struct mm_struct;
struct vm_area_struct;
struct vm_operations_struct;

typedef unsigned int vm_fault_t;
typedef unsigned long vm_flags_t;

/** Protection bits of a page-table entry, made from vm_flags. */
typedef struct {
	unsigned long pgprot;
} pgprot_t;

/** An entry of a page table (pgtable.h), and the levels above, of which one is real. */
typedef struct {
	u64 pte;
} pte_t;

typedef struct {
	pte_t *table;
} pgd_t;

typedef struct {
	pgd_t pgd;
} p4d_t;

typedef struct {
	p4d_t p4d;
} pud_t;

typedef struct {
	pud_t pud;
} pmd_t;

/** Where user mappings of a page were, for policies that flush by these instead of walking
 *  mappings: the addresses' colours, one bit each (modulo 64). */
struct page_hints {
	u64 colours;
};

/** One frame. Only for frames of simulated memory; the program's own memory has none. */
struct page {
	unsigned long flags; /**< enum pageflags */
	atomic_t _refcount;
	atomic_t _mapcount; /**< user mappings, minus one */
	/** The file's address_space, or an anon_vma with PAGE_MAPPING_ANON added. */
	struct address_space *mapping;
	pgoff_t index;
	unsigned long private;
	struct list_head lru;
	void *virtual; /**< in the direct map; NULL for highmem */

	struct page *head;        /**< of a higher-order page; itself otherwise */
	unsigned char order;      /**< of a head, or of a free block */
	unsigned char dcache_cpu; /**< where flush_dcache_page() was deferred */
	/** Origins (ccsan_hosted_here()) for findings: who did this last. */
	u32 allocated_by, freed_by, dirtied_by, locked_by, dropped_by;
	struct page_hints hints;
};

#define PAGE_MAPPING_ANON 1ul

/** One mapping in a process. Addresses are simulated ones. */
struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct vm_area_struct *vm_next, *vm_prev; /**< by address */
	struct rb_node vm_rb;
	unsigned long rb_subtree_gap; /**< largest hole before a VMA of this subtree */
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	vm_flags_t vm_flags;
	/** In the i_mmap tree of its file. */
	struct {
		struct rb_node rb;
		unsigned long rb_subtree_last;
	} shared;
	struct list_head anon_vma_chain; /**< of the anon_vmas its pages can belong to */
	struct anon_vma *anon_vma;
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff; /**< in pages */
	struct file *vm_file;
	void *vm_private_data;
};

/** An address space. */
struct mm_struct {
	struct vm_area_struct *mmap; /**< the first one */
	struct rb_root mm_rb;        /**< of VMAs, by address */
	int map_count;
	struct rw_semaphore mmap_lock;
	spinlock_t page_table_lock;
	atomic_t mm_users, mm_count;
	pgd_t *pgd;
	unsigned long mmap_base, task_size;
	unsigned long total_vm; /**< pages */
	atomic_t has_pinned;    /**< pin_user_pages() was used: fork copies pinned pages at once */

	unsigned int space; /**< the machine's number of this space, from 1 */
	u64 cpus_dirtied;   /**< CPUs it has run on since it was flushed, one bit each */
};

#endif
