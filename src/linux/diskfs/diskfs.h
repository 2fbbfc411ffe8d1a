/* SPDX-License-Identifier: MIT */
/*
 * The contract between the files of the disk file system.
 *
 * On the disk, all little-endian: the super block; the table of inodes; the bitmap of blocks, in
 * which a 1 is a block in use; data. The root directory is inode 1, an array of entries.
 *
 * After a power failure any of the sectors written since the last flush may be there, or not. So:
 * a block, or an inode, that was freed is nobody's until that is on the medium; blocks of pointers
 * are zeroes on the medium before anything leads to them; and mounting makes the bitmap anew from
 * the inodes. What has been synced is then whole, whatever became of the rest.
 *
 * Locks: a page's, then `lock`. That one is held while metadata is looked at, changed, or on its
 * way.
 */
#ifndef CCSAN_LINUX_DISKFS_H
#define CCSAN_LINUX_DISKFS_H

#include <ccsan/diskfs.h>
#include <linux/mutex.h>
#include <linux/xarray.h>

#include "linux/layer.h"

enum {
	DISKFS_BLOCK = 1024,
	DISKFS_SECTORS = DISKFS_BLOCK / SECTOR_SIZE,
	DISKFS_MAGIC = 0x73666463, /* "cdfs" */
	DISKFS_VERSION = 1,
	DISKFS_ROOT = 1,
	DISKFS_DIRECT = 10, /* blocks of a file that its inode knows; then one level, then two */
	DISKFS_POINTERS = DISKFS_BLOCK / 4,
	DISKFS_MOST_BLOCKS = DISKFS_DIRECT + DISKFS_POINTERS + DISKFS_POINTERS * DISKFS_POINTERS,
	DISKFS_NAME = 28, /* with its 0 */
};

struct diskfs_super {
	u32 magic, version, block_bytes, block_count;
	u32 inode_count, inode_start, bitmap_start, data_start;
};

/** mode 0: free. blocks: 10 direct, one of one level, one of two; 0 is a hole. */
struct diskfs_disk_inode {
	u32 mode, links;
	u64 size;
	u32 blocks[DISKFS_DIRECT + 2];
};

/** ino 0: free */
struct diskfs_entry {
	u32 ino;
	char name[DISKFS_NAME];
};

struct diskfs {
	struct block_device *bdev;
	struct diskfs_super super;
	struct mutex lock;
	struct xarray blocks; /* of metadata that is in memory, by number; XA_MARK_0 is dirty */
	struct xarray freed, freed_inodes; /* since the last sync: not to be used yet */
	u32 next_free;                     /* where to look for a free block first */
};

struct diskfs_inode {
	struct inode vfs;
	u32 blocks[DISKFS_DIRECT + 2];
};

static inline struct diskfs *diskfs_of(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct diskfs_inode *diskfs_inode_of(struct inode *inode)
{
	return container_of(inode, struct diskfs_inode, vfs);
}

/* --- meta.c: blocks of metadata in memory; with `lock` held --- */

/** Return: its bytes, read if need be; or an ERR_PTR(). Owns: the file system. */
void *ccsan_diskfs_block(struct diskfs *fs, u32 block);

/** The same of a block that is all 0 from now on, and dirty. */
void *ccsan_diskfs_new_block(struct diskfs *fs, u32 block);

/** Writes one now, on to the medium. */
int ccsan_diskfs_write_block(struct diskfs *fs, u32 block);
void ccsan_diskfs_dirty(struct diskfs *fs, u32 block);

/** The block is no metadata any more. */
void ccsan_diskfs_forget(struct diskfs *fs, u32 block);

/** Writes all that is dirty, then flushes the disk. Return: the first error; what could not be
 *  written stays dirty. */
int ccsan_diskfs_sync(struct diskfs *fs);
void ccsan_diskfs_drop(struct diskfs *fs);

/* --- map.c: which block of the disk is which of a file --- */

/** @param create makes one of zeroes where there is a hole. @param block out: 0 is a hole
 *  Return: 0; -EFBIG, -ENOSPC, or the disk's error. Takes `lock`. */
int ccsan_diskfs_map(struct inode *inode, u64 index, bool create, u32 *block);

/** Frees what lies beyond so many blocks of a file. Takes `lock`. */
int ccsan_diskfs_shrink(struct inode *inode, u64 keep);

/** Makes the bitmap anew: of what is no file's, and of all that these inodes lead to. Pointers that
 *  lead to nowhere, or where another one leads, become holes. With `lock`. */
int ccsan_diskfs_begin_bitmap(struct diskfs *fs);
int ccsan_diskfs_claim(struct diskfs *fs, struct diskfs_disk_inode *inode);
u32 ccsan_diskfs_count_free(struct diskfs *fs);

/* --- inode.c --- */

/** Return: with a reference; or an ERR_PTR(). */
struct inode *ccsan_diskfs_iget(struct super_block *sb, u32 ino);

/** A new one on the disk, with one link. */
struct inode *ccsan_diskfs_new_inode(struct super_block *sb, umode_t mode);

/** Writes an inode's fields into its block of the table. With `lock`. */
int ccsan_diskfs_update(struct inode *inode);

/** An inode in its block of the table, which is *block. With `lock`. Return: or an ERR_PTR(). */
struct diskfs_disk_inode *ccsan_diskfs_slot(struct diskfs *fs, unsigned long ino, u32 *block);

extern const struct super_operations ccsan_diskfs_super_ops;

/* --- file.c, io.c, dir.c --- */

extern const struct file_operations ccsan_diskfs_file_ops;
extern const struct inode_operations ccsan_diskfs_file_inode_ops, ccsan_diskfs_dir_ops;
extern const struct address_space_operations ccsan_diskfs_aops;

int ccsan_diskfs_readpage(struct file *file, struct page *page);
int ccsan_diskfs_writepage(struct page *page, struct writeback_control *wbc);
ssize_t ccsan_diskfs_direct_IO(struct kiocb *iocb, struct iov_iter *iter);

#endif
