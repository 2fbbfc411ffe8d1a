/* SPDX-License-Identifier: MIT */
/*
 * The page cache: pages of files by index (core-api/cachetlb.rst, filesystems/vfs.rst,
 * filesystems/locking.rst). Every page in it has a reference from it; finding one takes another.
 *
 * Order of locks: i_rwsem, mmap_lock, invalidate lock, page lock, i_mmap_rwsem, page tables,
 * i_pages.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_PAGEMAP_H
#define CCSAN_HOSTS_LINUX_PAGEMAP_H

#include <linux/fs.h>
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagevec.h>
#include <linux/xarray.h>

#define PAGECACHE_TAG_DIRTY     XA_MARK_0
#define PAGECACHE_TAG_WRITEBACK XA_MARK_1
#define PAGECACHE_TAG_TOWRITE   XA_MARK_2

/** Bits of address_space.flags: errors of writing for who asks next, without errseq. */
enum mapping_flags { AS_EIO, AS_ENOSPC, AS_UNEVICTABLE = 3 };

/** Notes an error for fsync(). Fidelity: exact */
void mapping_set_error(struct address_space *mapping, int error);

static inline gfp_t mapping_gfp_mask(struct address_space *mapping)
{
	return mapping->gfp_mask;
}

static inline void mapping_set_gfp_mask(struct address_space *mapping, gfp_t mask)
{
	mapping->gfp_mask = mask;
}

static inline pgoff_t page_index(const struct page *page)
{
	return page->index;
}

static inline loff_t page_offset(const struct page *page)
{
	return (loff_t)page->index << PAGE_SHIFT;
}

/** Dirty pages of it are written out some time. */
static inline bool mapping_can_writeback(const struct address_space *mapping)
{
	return mapping->a_ops->writepage || mapping->a_ops->writepages;
}

/** The file's mapping; NULL for anonymous pages and pages of nobody. Fidelity: exact */
struct address_space *page_mapping(struct page *page);

/* --- finding --- */

#define FGP_ACCESSED 1
#define FGP_LOCK     2
#define FGP_CREAT    4
#define FGP_WRITE    8
#define FGP_NOFS     16
#define FGP_NOWAIT   32
#define FGP_FOR_MMAP 64

/** O(log pages). Return: with a reference, and the lock if wanted; NULL: not there, or no memory.
 *  Fidelity: exact */
struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp);

static inline struct page *find_get_page(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, 0, 0);
}

static inline struct page *find_lock_page(struct address_space *mapping, pgoff_t index)
{
	return pagecache_get_page(mapping, index, FGP_LOCK, 0);
}

static inline struct page *find_or_create_page(struct address_space *mapping, pgoff_t index,
					       gfp_t gfp)
{
	return pagecache_get_page(mapping, index, FGP_LOCK | FGP_ACCESSED | FGP_CREAT, gfp);
}

static inline struct page *grab_cache_page(struct address_space *mapping, pgoff_t index)
{
	return find_or_create_page(mapping, index, mapping_gfp_mask(mapping));
}

struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index,
					 unsigned int flags);

/** The next pages from *start to end, inclusive; *start goes on. Return: how many, each with a
 *  reference. O(found log pages). Fidelity: exact */
unsigned int find_get_pages_range(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				  unsigned int nr_pages, struct page **pages);
unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr_pages, struct page **pages);

/** The page, read if it has to be. Return: with a reference, up to date; or an ERR_PTR().
 *  Fidelity: exact */
struct page *read_cache_page(struct address_space *mapping, pgoff_t index,
			     int (*filler)(void *data, struct page *page), void *data);

static inline struct page *read_mapping_page(struct address_space *mapping, pgoff_t index,
					     void *data)
{
	return read_cache_page(mapping, index, NULL, data);
}

/* --- adding and taking out --- */

/** A new page, locked here. Return: -EEXIST, -ENOMEM. Owns: a reference of the cache's.
 *  Fidelity: exact */
int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp);
int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp);

/** Takes a locked page out. Dirty bytes that were not written and not truncated are a finding,
 *  `lost-dirty-page`. Fidelity: exact */
void delete_from_page_cache(struct page *page);
void __delete_from_page_cache(struct page *page, void *shadow); /* with i_pages locked */

struct page *__page_cache_alloc(gfp_t gfp);

static inline struct page *page_cache_alloc(struct address_space *mapping)
{
	return __page_cache_alloc(mapping_gfp_mask(mapping));
}

/** Used twice is active. Fidelity: simplified. Flags only; there is no reclaim by age. */
void mark_page_accessed(struct page *page);

/* --- the page's lock, and waiting for its bits --- */

void lock_page(struct page *page);
int lock_page_killable(struct page *page);
int trylock_page(struct page *page);
void unlock_page(struct page *page);

/** Return: 1 locked; 0 not, and mmap_lock was dropped, if flags allow a retry. Fidelity: exact */
struct mm_struct;
int lock_page_or_retry(struct page *page, struct mm_struct *mm, unsigned int flags);

void wait_on_page_bit(struct page *page, int bit_nr);

static inline void wait_on_page_locked(struct page *page)
{
	if (PageLocked(page))
		wait_on_page_bit(page, PG_locked);
}

void wait_on_page_writeback(struct page *page);

/** Waits for the end of writeback before the page is changed. Fidelity: simplified. Every disk
 * wants stable pages, as Linux 3.0 to 3.8 had it. */
void wait_for_stable_page(struct page *page);

/* --- dirty and under writeback --- */

/** Fidelity: exact. Each returns whether the page was clean; also in <linux/mm.h> in Linux. */
int set_page_dirty(struct page *page);
int set_page_dirty_lock(struct page *page);
int __set_page_dirty_nobuffers(struct page *page);
int __set_page_dirty_no_writeback(struct page *page);

/** The page, locked, will be written: user mappings are made read-only, so that the next store
 *  faults; what they had dirtied counts. Return: whether there is something to write.
 *  Fidelity: exact */
int clear_page_dirty_for_io(struct page *page);

/** Dirty bytes are not wanted any more: truncated. Fidelity: exact */
void cancel_dirty_page(struct page *page);

void set_page_writeback(struct page *page);
void end_page_writeback(struct page *page);
int test_clear_page_writeback(struct page *page);

/* --- faults --- */

vm_fault_t filemap_fault(struct vm_fault *vmf);

/** The first store: dirty, and locked for the fault. Fidelity: exact */
vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf);
extern const struct vm_operations_struct generic_file_vm_ops;

/* --- dropping --- */

/** User mappings of the bytes are taken away, dirty bits kept in the page. @param holelen 0: all to
 *  the end. @param even_cows copies of private mappings, too. O(log N + mappings found).
 *  Fidelity: exact */
void unmap_mapping_range(struct address_space *mapping, loff_t holebegin, loff_t holelen,
			 int even_cows);
void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows);

/** The bytes from lstart to lend, inclusive, are gone; what is left of a page is zeroed there.
 *  O(pages log pages). Fidelity: exact */
void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend);
void truncate_inode_pages(struct address_space *mapping, loff_t lstart);
void truncate_inode_pages_final(struct address_space *mapping);
void truncate_pagecache(struct inode *inode, loff_t newsize);
void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend);

/** The file's new size, and its pages. The caller holds i_rwsem. Fidelity: exact */
void truncate_setsize(struct inode *inode, loff_t newsize);

/** The page at the old end becomes read-only for users, so that the file system sees their next
 *  store to it. Fidelity: exact */
void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to);

/* --- readahead.c --- */

/** What readahead() is asked for: pages in the cache, locked, not up to date. */
struct readahead_control {
	struct file *file;
	struct address_space *mapping;
	pgoff_t _index;
	unsigned int _nr_pages, _batch_count;
};

/** Return: the next page, locked, with a reference for the caller to drop; NULL at the end. */
struct page *readahead_page(struct readahead_control *ractl);

static inline loff_t readahead_pos(const struct readahead_control *ractl)
{
	return (loff_t)ractl->_index << PAGE_SHIFT;
}

static inline unsigned int readahead_count(const struct readahead_control *ractl)
{
	return ractl->_nr_pages;
}

/** Fidelity: simplified. The window doubles up to ra_pages for sequential reads; nothing is learnt
 *  from the pages around. */
void page_cache_sync_readahead(struct address_space *mapping, struct file_ra_state *ra,
			       struct file *file, pgoff_t index, unsigned long count);
void page_cache_async_readahead(struct address_space *mapping, struct file_ra_state *ra,
				struct file *file, struct page *page, pgoff_t index,
				unsigned long count);
void page_cache_ra_unbounded(struct readahead_control *ractl, unsigned long nr_to_read,
			     unsigned long lookahead_size);
void file_ra_state_init(struct file_ra_state *ra, struct address_space *mapping);

#endif
