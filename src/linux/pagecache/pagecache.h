/* SPDX-License-Identifier: MIT */
/* The contract between the files of the page cache, beyond Linux's own names. */
#ifndef CCSAN_LINUX_PAGECACHE_H
#define CCSAN_LINUX_PAGECACHE_H

#include <asm/cacheflush.h>
#include <linux/pagemap.h>

#include "linux/layer.h"

/* --- dirty.c: the ledger of unwritten bytes --- */

/** writepage() has taken the page, and said that all is well. */
void ccsan_page_was_written(struct page *page);

/** The page, locked, leaves its mapping, and not by truncation: a finding if the ledger has an
 *  entry. */
void ccsan_page_leaves(struct page *page);

/** A `lost-dirty-page` of the calling line. @param cause who dirtied it, or dropped it */
void ccsan_lost_page(struct page *page, u32 cause, const char *text);

/* --- filemap.c --- */

/** Takes a locked page out of a mapping unless it is dirty, i_pages locked in between.
 *  Return: whether; then the cache's reference is the caller's to drop. */
bool ccsan_remove_clean_page(struct address_space *mapping, struct page *page);

/* --- invalidate.c --- */

/** Unmaps these pages, writes them out and waits. With i_rwsem and the invalidate lock held nothing
 *  of them is dirty afterwards, nor becomes dirty. Return: 0, or the error of writing. */
int ccsan_write_out_alone(struct address_space *mapping, pgoff_t first, pgoff_t last);

/* --- inode.c, super.c --- */

/** Calls back for every inode of a file system, of all of them, with a reference. */
void ccsan_each_inode_of(struct super_block *sb, void (*visit)(struct inode *inode));
void ccsan_each_inode(void (*visit)(struct inode *inode));

/** The file system is unmounted: all inodes that nobody uses go. Return: how many stay. */
unsigned int ccsan_evict_inodes(struct super_block *sb);

/** The file's new size, by its file system. Takes i_rwsem. Return: 0 or -errno. */
int ccsan_set_size(struct file *file, loff_t length);

#endif
