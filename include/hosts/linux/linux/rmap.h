/* SPDX-License-Identifier: MIT */
/*
 * Reverse maps: from a page to the mappings that have it.
 *
 * Pages of files: page->mapping->i_mmap, an interval tree over offsets. Anonymous pages:
 * page->mapping is an anon_vma (with PAGE_MAPPING_ANON), whose interval tree has the mappings the
 * page can be in: that of its process, and those forked off later. A mapping is in the trees of all
 * anon_vmas its pages can belong to: its own, and those of the ancestors it was copied from; an
 * anon_vma_chain is one such membership.
 *
 * Order of locks, outermost first (as in mm/rmap.c of 5.10):
 *	mm->mmap_lock
 *	  page lock
 *	    mapping->i_mmap_rwsem
 *	      anon_vma->root->rwsem
 *	        mm->page_table_lock
 *	          anon_vma->root->flush_lock, i_pages lock (flush_dcache_mmap_lock())
 *
 * Sleeping locks cannot be taken where an interrupt handler flushes a page. For these the trees
 * change only inside flush_dcache_mmap_lock() and flush_anon_lock(), which disable interrupts: a
 * walk under either of them is allowed everywhere.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_RMAP_H
#define CCSAN_HOSTS_LINUX_RMAP_H

#include <linux/mm.h>
#include <linux/rwsem.h>
#include <linux/spinlock.h>

struct anon_vma {
	struct anon_vma *root; /* its lock protects all of the tree of forks */
	struct rw_semaphore rwsem;
	spinlock_t flush_lock; /* of the root: see above */
	atomic_t refcount;
	unsigned degree; /* children and mappings, to reuse one that has a single child */
	struct anon_vma *parent;
	struct rb_root_cached rb_root; /* of anon_vma_chains */
};

/** One mapping in one anon_vma's tree. */
struct anon_vma_chain {
	struct vm_area_struct *vma;
	struct anon_vma *anon_vma;
	struct list_head same_vma; /* with mmap_lock, for writing or with page_table_lock */
	struct rb_node rb;         /* with the root's rwsem and flush_lock */
	unsigned long rb_subtree_last;
};

enum ttu_flags {
	TTU_IGNORE_MLOCK = 0x8,
	TTU_SYNC = 0x10,
	TTU_BATCH_FLUSH = 0x40,
	TTU_RMAP_LOCKED = 0x80, /* the caller holds i_mmap_rwsem */
};

static inline void get_anon_vma(struct anon_vma *anon_vma)
{
	atomic_inc(&anon_vma->refcount);
}

void __put_anon_vma(struct anon_vma *anon_vma);

static inline void put_anon_vma(struct anon_vma *anon_vma)
{
	if (atomic_dec_and_test(&anon_vma->refcount))
		__put_anon_vma(anon_vma);
}

static inline void anon_vma_lock_write(struct anon_vma *anon_vma)
{
	down_write(&anon_vma->root->rwsem);
}

static inline void anon_vma_unlock_write(struct anon_vma *anon_vma)
{
	up_write(&anon_vma->root->rwsem);
}

static inline void anon_vma_lock_read(struct anon_vma *anon_vma)
{
	down_read(&anon_vma->root->rwsem);
}

static inline void anon_vma_unlock_read(struct anon_vma *anon_vma)
{
	up_read(&anon_vma->root->rwsem);
}

/** For walks from any context: the tree stays as it is in between. Not in 5.10, which does not
 *  walk anonymous mappings from interrupts. */
#define flush_anon_lock(anon_vma, flags) spin_lock_irqsave(&(anon_vma)->root->flush_lock, flags)
#define flush_anon_unlock(anon_vma, flags) \
	spin_unlock_irqrestore(&(anon_vma)->root->flush_lock, flags)

/* --- mappings and their anon_vmas --- */

int __anon_vma_prepare(struct vm_area_struct *vma);

/** A mapping gets an anon_vma before its first anonymous page. 0 or -ENOMEM. With mmap_lock held
 *  for reading. Fidelity: exact */
static inline int anon_vma_prepare(struct vm_area_struct *vma)
{
	return vma->anon_vma ? 0 : __anon_vma_prepare(vma);
}

/** `dst` joins all trees that `src` is in; and, for fork, gets one of its own. 0 or -ENOMEM. With
 *  mmap_lock held for writing. Fidelity: exact */
int anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src);
int anon_vma_fork(struct vm_area_struct *vma, struct vm_area_struct *pvma);
void unlink_anon_vmas(struct vm_area_struct *vma);

/** Two mappings become one. Fidelity: exact */
static inline void anon_vma_merge(struct vm_area_struct *vma, struct vm_area_struct *next)
{
	(void)vma;
	unlink_anon_vmas(next);
}

/** A page's anon_vma, with a reference, and locked for reading: NULL once nobody maps the page.
 *  Fidelity: exact */
struct anon_vma *page_get_anon_vma(struct page *page);
struct anon_vma *page_lock_anon_vma_read(struct page *page);
void page_unlock_anon_vma_read(struct anon_vma *anon_vma);

/** The page's anon_vma, NULL if it is no anonymous page. Fidelity: exact */
struct anon_vma *page_anon_vma(struct page *page);

/* --- the interval tree of an anon_vma, over offsets. O(log N), O(log N + k) --- */

void anon_vma_interval_tree_insert(struct anon_vma_chain *node, struct rb_root_cached *root);
void anon_vma_interval_tree_remove(struct anon_vma_chain *node, struct rb_root_cached *root);
struct anon_vma_chain *anon_vma_interval_tree_iter_first(struct rb_root_cached *root,
							 unsigned long start, unsigned long last);
struct anon_vma_chain *anon_vma_interval_tree_iter_next(struct anon_vma_chain *node,
							unsigned long start, unsigned long last);

#define anon_vma_interval_tree_foreach(avc, root, start, last)                    \
	for ((avc) = anon_vma_interval_tree_iter_first(root, start, last); (avc); \
	     (avc) = anon_vma_interval_tree_iter_next(avc, start, last))

/** While the offsets of a mapping change it is in no tree. Fidelity: exact */
void anon_vma_interval_tree_pre_update_vma(struct vm_area_struct *vma);
void anon_vma_interval_tree_post_update_vma(struct vm_area_struct *vma);

/* --- pages come and go. With the page table's lock --- */

/** A page that others may map already; a new page that nobody else knows; a page of a file.
 *  Fidelity: exact */
void page_add_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address,
			bool compound);
void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address,
			    bool compound);
void page_add_file_rmap(struct page *page, bool compound);
void page_remove_rmap(struct page *page, bool compound);

/** The page is this mapping's alone from now on: found in its own anon_vma. Fidelity: exact */
void page_move_anon_rmap(struct page *page, struct vm_area_struct *vma);

/** One more entry has the page (fork). */
static inline void page_dup_rmap(struct page *page, bool compound)
{
	(void)compound;
	ccsan_page_count_add(&page->_mapcount, 1);
}

/* --- from the page to its entries --- */

/** Where the page is in a mapping it can be in; -EFAULT if it is outside. Fidelity: exact */
unsigned long page_address_in_vma(struct page *page, struct vm_area_struct *vma);
unsigned long vma_address(struct page *page, struct vm_area_struct *vma);

struct page_vma_mapped_walk {
	struct page *page;
	struct vm_area_struct *vma;
	unsigned long address;
	pmd_t *pmd;
	pte_t *pte;
	spinlock_t *ptl;
	unsigned int flags;
};

/** Whether the page is mapped at pvmw->address: then with `pte` set and `ptl` held. Called again:
 *  false, and the lock is gone. Fidelity: exact (there are no huge pages) */
bool page_vma_mapped_walk(struct page_vma_mapped_walk *pvmw);
void page_vma_mapped_walk_done(struct page_vma_mapped_walk *pvmw);

/** What to do with each mapping that may have a page. */
struct rmap_walk_control {
	void *arg;
	/** Return: false to stop. */
	bool (*rmap_one)(struct page *page, struct vm_area_struct *vma, unsigned long addr,
			 void *arg);
	/** Return: whether the walk is done. May be NULL. */
	int (*done)(struct page *page);
	struct anon_vma *(*anon_lock)(struct page *page);
	bool (*invalid_vma)(struct vm_area_struct *vma, void *arg);
};

/** Every mapping the page may be in, each once; takes the tree's lock for reading (_locked: the
 *  caller has it). With the page locked if it is a file's. O(log N + k) for k of N mappings.
 *  Fidelity: exact */
void rmap_walk(struct page *page, struct rmap_walk_control *rwc);
void rmap_walk_locked(struct page *page, struct rmap_walk_control *rwc);

/** Removes a page of a file from all page tables; dirty bits go to the page. Return: whether nobody
 *  maps it any more. Fidelity: simplified. Anonymous pages stay: there is no swap. */
bool try_to_unmap(struct page *page, enum ttu_flags flags);

/** Write-protects and cleans all entries of a shared page of a file, so that the next write is
 *  noticed. With the page locked. Return: how many were dirty or writable. Fidelity: exact */
int page_mkclean(struct page *page);

/** Whether an entry of the mapping has the page. Fidelity: exact */
int page_mapped_in_vma(struct page *page, struct vm_area_struct *vma);

#endif
