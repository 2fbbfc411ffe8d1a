/* SPDX-License-Identifier: MIT */
/*
 * The part of linux/mm.h about address spaces: mappings, faults, what unmaps pages. Include
 * linux/mm.h.
 *
 * A user address is a simulated one, below TASK_SIZE; where a `__user` pointer comes in,
 * untagged_addr() makes one of it, and ccsan_user_pointer() makes a pointer again.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_MM_VMA_H
#define CCSAN_HOSTS_LINUX_MM_VMA_H

#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/sched.h>

struct file;
struct pt_regs;

/* --- flags of mappings --- */

#define VM_NONE       0x00000000ul
#define VM_READ       0x00000001ul
#define VM_WRITE      0x00000002ul
#define VM_EXEC       0x00000004ul
#define VM_SHARED     0x00000008ul
#define VM_MAYREAD    0x00000010ul
#define VM_MAYWRITE   0x00000020ul
#define VM_MAYEXEC    0x00000040ul
#define VM_MAYSHARE   0x00000080ul
#define VM_PFNMAP     0x00000400ul
#define VM_LOCKED     0x00002000ul
#define VM_IO         0x00004000ul
#define VM_DONTCOPY   0x00020000ul
#define VM_DONTEXPAND 0x00040000ul
#define VM_ACCOUNT    0x00100000ul
#define VM_WIPEONFORK 0x02000000ul
#define VM_MIXEDMAP   0x10000000ul
#define VM_SPECIAL    (VM_IO | VM_DONTEXPAND | VM_PFNMAP | VM_MIXEDMAP)

/* --- faults --- */

#define FAULT_FLAG_WRITE       0x01u
#define FAULT_FLAG_MKWRITE     0x02u
#define FAULT_FLAG_ALLOW_RETRY 0x04u
#define FAULT_FLAG_KILLABLE    0x10u
#define FAULT_FLAG_TRIED       0x20u
#define FAULT_FLAG_USER        0x40u
#define FAULT_FLAG_REMOTE      0x80u
#define FAULT_FLAG_INSTRUCTION 0x100u
#define FAULT_FLAG_DEFAULT     FAULT_FLAG_KILLABLE

#define VM_FAULT_OOM      0x000001u
#define VM_FAULT_SIGBUS   0x000002u
#define VM_FAULT_MAJOR    0x000004u
#define VM_FAULT_WRITE    0x000008u
#define VM_FAULT_SIGSEGV  0x000040u
#define VM_FAULT_NOPAGE   0x000100u
#define VM_FAULT_LOCKED   0x000200u
#define VM_FAULT_RETRY    0x000400u
#define VM_FAULT_DONE_COW 0x001000u
#define VM_FAULT_ERROR    (VM_FAULT_OOM | VM_FAULT_SIGSEGV | VM_FAULT_SIGBUS)

/** One fault on its way. */
struct vm_fault {
	struct vm_area_struct *vma;
	unsigned int flags; /* FAULT_FLAG_ */
	gfp_t gfp_mask;
	pgoff_t pgoff; /* in the file */
	unsigned long address;
	pmd_t *pmd;
	pte_t orig_pte; /* what was found */
	struct page *cow_page, *page;
	pte_t *pte;
	spinlock_t *ptl; /* held while `pte` is mapped */
};

/** What a file (or driver) does for its mappings. Fidelity: simplified. As in 5.10, without huge
 *  pages and NUMA. */
struct vm_operations_struct {
	void (*open)(struct vm_area_struct *vma);
	void (*close)(struct vm_area_struct *vma);
	int (*split)(struct vm_area_struct *vma, unsigned long address);
	int (*mremap)(struct vm_area_struct *vma);
	/** Sets vmf->page, locked (VM_FAULT_LOCKED) or not. With mmap_lock held for reading. */
	vm_fault_t (*fault)(struct vm_fault *vmf);
	void (*map_pages)(struct vm_fault *vmf, pgoff_t start, pgoff_t end);
	/** A page of a shared mapping is about to become writable. Returns with it locked
	 *  (VM_FAULT_LOCKED), or 0 if the caller shall lock it and look whether it is still there.
	 */
	vm_fault_t (*page_mkwrite)(struct vm_fault *vmf);
	vm_fault_t (*pfn_mkwrite)(struct vm_fault *vmf);
	int (*access)(struct vm_area_struct *vma, unsigned long addr, void *buf, int len,
		      int write);
	const char *(*name)(struct vm_area_struct *vma);
};

/** Brings in, or makes writable, the page of one address. With mmap_lock held for reading.
 *  Fidelity: simplified. No huge pages, no swap, no retry with the lock dropped. */
vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs);

/** The fault of one address as get_user_pages() and futexes want it: 0, -EFAULT, -ENOMEM.
 *  With mmap_lock held for reading. Fidelity: exact */
int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags,
		     bool *unlocked);

/** What a fault's result means as an errno; 0 for those that are none. Fidelity: exact */
int vm_fault_to_errno(vm_fault_t vm_fault, int foll_flags);

/* --- user addresses --- */

/** The simulated part of a user address, whichever way it is given. Others are beyond TASK_SIZE. */
unsigned long untagged_addr(unsigned long address);

/** The pointer by which a process (or the kernel, on its behalf) reaches a user address. */
void __user *ccsan_user_pointer(const struct mm_struct *mm, unsigned long address);

/* --- mappings --- */

static inline bool vma_is_anonymous(const struct vm_area_struct *vma)
{
	return !vma->vm_ops;
}

static inline unsigned long vma_pages(const struct vm_area_struct *vma)
{
	return (vma->vm_end - vma->vm_start) >> PAGE_SHIFT;
}

/** The offset, in pages, of an address in what is mapped there. */
static inline pgoff_t linear_page_index(const struct vm_area_struct *vma, unsigned long address)
{
	return vma->vm_pgoff + ((address - vma->vm_start) >> PAGE_SHIFT);
}

static inline bool is_cow_mapping(unsigned long flags)
{
	return (flags & (VM_SHARED | VM_MAYWRITE)) == VM_MAYWRITE;
}

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm);
struct vm_area_struct *vm_area_dup(struct vm_area_struct *vma);
void vm_area_free(struct vm_area_struct *vma);

/** The first mapping that ends above the address, NULL if there is none. With mmap_lock held.
 *  O(log N) of the mappings of the mm. Fidelity: exact */
struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr);
struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev);
struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start_addr,
					     unsigned long end_addr);
#define find_extend_vma(mm, addr) ccsan_vma_around(mm, addr)
/** The mapping that contains the address, NULL if none does. */
struct vm_area_struct *ccsan_vma_around(struct mm_struct *mm, unsigned long addr);

/** Maps. @param addr a hint, or with MAP_FIXED the place. With mmap_lock held for writing.
 *  Return: the address, or -errno. Fidelity: simplified. No huge pages, limits or seals.
 *  O(log N). */
unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff, unsigned long *populate);

/** The same for the current process, takes the lock. @param offset bytes, page aligned */
unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset);
int vm_munmap(unsigned long start, size_t len);

/** Room for a mapping. Shared ones and those of files get addresses congruent to their offset
 *  modulo SHMLBA on CPUs whose caches alias. Fidelity: simplified. First fit from below. */
unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags);
unsigned long arch_get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				     unsigned long pgoff, unsigned long flags);

/** With mmap_lock held for writing. Fidelity: exact */
int do_munmap(struct mm_struct *mm, unsigned long start, size_t len);
int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev, unsigned long start,
		   unsigned long end, unsigned long newflags);
int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below);
void vma_set_page_prot(struct vm_area_struct *vma);

/** A writable shared mapping whose pages have to tell when they become dirty. Fidelity: exact */
int vma_wants_writenotify(struct vm_area_struct *vma, pgprot_t vm_page_prot);

/* --- pages of mappings --- */

/** The page of an entry, NULL for the zero page and raw frames. Fidelity: exact */
struct page *vm_normal_page(struct vm_area_struct *vma, unsigned long addr, pte_t pte);

/** Maps a page into a mapping of a driver, from its mmap(). 0 or -errno. Fidelity: exact */
int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page);
int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot);

/** Drops the pages of a range of one mapping; dirty bits go to the pages. Fidelity: exact */
void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size);

/** The same for who unmaps a page of a file everywhere: with its i_mmap_rwsem held. */
struct zap_details {
	struct address_space *check_mapping; /**< only pages of this file; NULL: copies as well */
	pgoff_t first_index, last_index;     /**< only these */
};
void zap_page_range_single(struct vm_area_struct *vma, unsigned long address, unsigned long size,
			   struct zap_details *details);

/** Locks the entry of an address if it maps a frame. 0 or -EINVAL. Fidelity: exact */
int follow_pte(struct mm_struct *mm, unsigned long address, pte_t **ptepp, spinlock_t **ptlp);

/* --- which mappings have a page of a file: mapping->i_mmap --- */

/** With the mapping's i_mmap_rwsem held for writing. O(log N). Fidelity: exact */
void vma_interval_tree_insert(struct vm_area_struct *node, struct rb_root_cached *root);
void vma_interval_tree_insert_after(struct vm_area_struct *node, struct vm_area_struct *prev,
				    struct rb_root_cached *root);
void vma_interval_tree_remove(struct vm_area_struct *node, struct rb_root_cached *root);

/** Those that have one of the pages [start, last]: O(log N + k) for k of N. Fidelity: exact */
struct vm_area_struct *vma_interval_tree_iter_first(struct rb_root_cached *root,
						    unsigned long start, unsigned long last);
struct vm_area_struct *vma_interval_tree_iter_next(struct vm_area_struct *node, unsigned long start,
						   unsigned long last);

#define vma_interval_tree_foreach(vma, root, start, last)                    \
	for ((vma) = vma_interval_tree_iter_first(root, start, last); (vma); \
	     (vma) = vma_interval_tree_iter_next(vma, start, last))

/* --- the mm's lock --- */

static inline void mmap_init_lock(struct mm_struct *mm)
{
	init_rwsem(&mm->mmap_lock);
}

static inline void mmap_write_lock(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
}

static inline int mmap_write_lock_killable(struct mm_struct *mm)
{
	down_write(&mm->mmap_lock);
	return 0;
}

static inline void mmap_write_unlock(struct mm_struct *mm)
{
	up_write(&mm->mmap_lock);
}

static inline void mmap_read_lock(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
}

static inline int mmap_read_lock_killable(struct mm_struct *mm)
{
	down_read(&mm->mmap_lock);
	return 0;
}

static inline void mmap_read_unlock(struct mm_struct *mm)
{
	up_read(&mm->mmap_lock);
}

#endif
