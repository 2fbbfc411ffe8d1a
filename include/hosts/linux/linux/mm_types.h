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
	u32 allocated_by, freed_by, dirtied_by, locked_by;
	struct page_hints hints;
};

#define PAGE_MAPPING_ANON 1ul

/** What a fault handler of a mapping is told, and answers. */
struct vm_fault {
	struct vm_area_struct *vma;
	unsigned int flags; /**< FAULT_FLAG_* */
	gfp_t gfp_mask;
	pgoff_t pgoff;         /**< of the page in its file */
	unsigned long address; /**< of the page, simulated */
	struct page *page;     /**< out: with a reference; locked if VM_FAULT_LOCKED is returned */
	struct page *cow_page; /**< for private mappings that are written */
};

struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	vm_fault_t (*fault)(struct vm_fault *vmf);
	/** A page of a shared mapping is about to become writable. */
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
};

/** One mapping in a process. Addresses are simulated ones. */
struct vm_area_struct {
	unsigned long vm_start, vm_end;
	struct rb_node vm_rb;
	struct mm_struct *vm_mm;
	pgprot_t vm_page_prot;
	vm_flags_t vm_flags;
	/** In the i_mmap tree of its file. */
	struct {
		struct rb_node rb;
		unsigned long rb_subtree_last;
	} shared;
	struct list_head anon_vma_chain;
	struct anon_vma *anon_vma;
	const struct vm_operations_struct *vm_ops;
	unsigned long vm_pgoff; /**< in pages */
	struct file *vm_file;
	void *vm_private_data;
};

/** An address space. */
struct mm_struct {
	struct rb_root mm_rb; /**< of VMAs, by address */
	int map_count;
	struct rw_semaphore mmap_lock;
	spinlock_t page_table_lock;
	atomic_t mm_users, mm_count;
	struct ccsan_page_table *pgd; /**< pgtable.c's */
	unsigned long mmap_base, task_size;
	unsigned long total_vm;

	unsigned int space; /**< the machine's number of this space, from 1 */
	u64 cpus_dirtied;   /**< CPUs it has run on since it was flushed, one bit each */
};

#define FAULT_FLAG_WRITE       0x01u
#define FAULT_FLAG_MKWRITE     0x02u
#define FAULT_FLAG_ALLOW_RETRY 0x04u
#define FAULT_FLAG_REMOTE      0x80u
#define FAULT_FLAG_USER        0x40u

#define VM_FAULT_OOM      0x0001u
#define VM_FAULT_SIGBUS   0x0002u
#define VM_FAULT_MAJOR    0x0004u
#define VM_FAULT_SIGSEGV  0x0040u
#define VM_FAULT_NOPAGE   0x0100u
#define VM_FAULT_LOCKED   0x0200u
#define VM_FAULT_RETRY    0x0400u
#define VM_FAULT_DONE_COW 0x1000u
#define VM_FAULT_ERROR    (VM_FAULT_OOM | VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV)

#define VM_READ     0x00000001ul
#define VM_WRITE    0x00000002ul
#define VM_EXEC     0x00000004ul
#define VM_SHARED   0x00000008ul
#define VM_MAYREAD  0x00000010ul
#define VM_MAYWRITE 0x00000020ul
#define VM_MAYEXEC  0x00000040ul
#define VM_MAYSHARE 0x00000080ul

#endif
