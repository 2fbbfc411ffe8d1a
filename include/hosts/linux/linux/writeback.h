/* SPDX-License-Identifier: MIT */
/* Dirty pages on their way to the disk (filesystems/vfs.rst, admin-guide/sysctl/vm.rst). */
#ifndef CCSAN_HOSTS_LINUX_WRITEBACK_H
#define CCSAN_HOSTS_LINUX_WRITEBACK_H

#include <linux/fs.h>
#include <linux/types.h>

enum writeback_sync_modes {
	WB_SYNC_NONE, /**< waits for nothing */
	WB_SYNC_ALL,  /**< every page that is dirty now */
};

struct writeback_control {
	long nr_to_write; /**< counts down, pages */
	long pages_skipped;
	loff_t range_start, range_end; /**< bytes, inclusive */
	enum writeback_sync_modes sync_mode;
	unsigned tagged_writepages : 1, for_background : 1, for_sync : 1, for_reclaim : 1,
		range_cyclic : 1;
};

typedef int (*writepage_t)(struct page *page, struct writeback_control *wbc, void *data);

/** Writes the dirty pages of a range, each locked and with clear_page_dirty_for_io() done; with
 *  WB_SYNC_ALL those that are dirty at the start, each once. Return: the first error, after which
 *  it goes on if everything is wanted. O(dirty pages log pages). Fidelity: exact */
int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
		      writepage_t writepage, void *data);
int generic_writepages(struct address_space *mapping, struct writeback_control *wbc);
int do_writepages(struct address_space *mapping, struct writeback_control *wbc);
int __filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end,
			       int sync_mode);
void tag_pages_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end);

/** Writes one locked page and unlocks it. Return: -Exxx. Fidelity: exact */
int write_one_page(struct page *page);

/** The page will not be written now: dirty again. Fidelity: exact */
int redirty_page_for_writepage(struct writeback_control *wbc, struct page *page);

/** All dirty pages and inodes of a file system, of all. Fidelity: exact */
void sync_inodes_sb(struct super_block *sb);
int sync_filesystem(struct super_block *sb);

/** What the dirty throttle does before a writer goes on: every dirty_pages= calls (1024) the writer
 *  itself writes its file out. May sleep. Fidelity: simplified. As until 2.6.36, when the flusher
 *  threads took over. */
void balance_dirty_pages_ratelimited(struct address_space *mapping);

/** One round of the flusher: the dirty pages of all mounted file systems, without waiting. */
void ccsan_linux_writeback(void);

/** Starts a flusher thread that makes so many rounds whenever it likes.
 *  Return: its number for ccsan_thread_join(). Fidelity: simplified. No pages have an age. */
unsigned int ccsan_linux_writeback_thread(unsigned int cpu, unsigned int rounds);

#endif
