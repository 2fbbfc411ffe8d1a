/* SPDX-License-Identifier: MIT */
/* Inodes on the disk and in memory. */
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "diskfs.h"

enum { IN_BLOCK = DISKFS_BLOCK / sizeof(struct diskfs_disk_inode) };

/* --- in memory --- */

static struct inode *alloc_inode(struct super_block *sb)
{
	struct diskfs_inode *inode = ccsan_kalloc(sizeof(*inode));

	(void)sb;
	if (!inode)
		return NULL;
	inode_init_once(&inode->vfs);
	return &inode->vfs;
}

static void free_inode(struct inode *inode)
{
	kfree(diskfs_inode_of(inode));
}

static void set_operations(struct inode *inode)
{
	if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ccsan_diskfs_dir_ops;
		return;
	}
	inode->i_op = &ccsan_diskfs_file_inode_ops;
	inode->i_fop = &ccsan_diskfs_file_ops;
	inode->i_mapping->a_ops = &ccsan_diskfs_aops;
}

/* --- on the disk --- */

struct diskfs_disk_inode *ccsan_diskfs_slot(struct diskfs *fs, unsigned long ino, u32 *block)
{
	struct diskfs_disk_inode *inodes;

	if (!ino || ino >= fs->super.inode_count)
		return ERR_PTR(-ESTALE);
	*block = fs->super.inode_start + (u32)(ino / IN_BLOCK);
	inodes = ccsan_diskfs_block(fs, *block);
	return IS_ERR(inodes) ? inodes : &inodes[ino % IN_BLOCK];
}

int ccsan_diskfs_update(struct inode *inode)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	struct diskfs_disk_inode *slot;
	u32 block;

	slot = ccsan_diskfs_slot(fs, inode->i_ino, &block);
	if (IS_ERR(slot))
		return (int)PTR_ERR(slot);
	slot->mode = inode->i_mode;
	slot->links = inode->i_nlink;
	slot->size = (u64)i_size_read(inode);
	memcpy(slot->blocks, diskfs_inode_of(inode)->blocks, sizeof(slot->blocks));
	ccsan_diskfs_dirty(fs, block);
	return 0;
}

static int write_inode(struct inode *inode, struct writeback_control *wbc)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	int error;

	(void)wbc;
	mutex_lock(&fs->lock);
	error = ccsan_diskfs_update(inode);
	mutex_unlock(&fs->lock);
	return error;
}

static int read_inode(struct inode *inode)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	struct diskfs_disk_inode *slot;
	int error = 0;
	u32 block;

	mutex_lock(&fs->lock);
	slot = ccsan_diskfs_slot(fs, inode->i_ino, &block);
	if (IS_ERR(slot)) {
		error = (int)PTR_ERR(slot);
	} else if (!slot->mode || slot->size > (u64)DISKFS_MOST_BLOCKS * DISKFS_BLOCK) {
		error = -ESTALE;
	} else {
		inode->i_mode = (umode_t)slot->mode;
		inode->i_nlink = slot->links;
		inode->i_size = (loff_t)slot->size;
		memcpy(diskfs_inode_of(inode)->blocks, slot->blocks, sizeof(slot->blocks));
	}
	mutex_unlock(&fs->lock);
	return error;
}

struct inode *ccsan_diskfs_iget(struct super_block *sb, u32 ino)
{
	struct inode *inode = iget_locked(sb, ino);
	int error;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	if (!(inode->i_state & I_NEW))
		return inode;
	error = read_inode(inode);
	if (error) {
		/* it was never there: nothing is to be freed on the disk */
		memset(diskfs_inode_of(inode)->blocks, 0, sizeof(u32[DISKFS_DIRECT + 2]));
		inode->i_ino = 0;
		iget_failed(inode);
		return ERR_PTR(error);
	}
	set_operations(inode);
	unlock_new_inode(inode);
	return inode;
}

/* --- new ones, old ones; with the lock --- */

/* Return: the number; 0: none; or -Exxx. */
static long find_unused(struct diskfs *fs)
{
	for (u32 ino = DISKFS_ROOT + 1; ino < fs->super.inode_count; ino++) {
		u32 block;
		struct diskfs_disk_inode *slot = ccsan_diskfs_slot(fs, ino, &block);

		if (IS_ERR(slot))
			return PTR_ERR(slot);
		if (!slot->mode && !xa_load(&fs->freed_inodes, ino))
			return ino;
	}
	return 0;
}

static long take_inode(struct diskfs *fs)
{
	long ino = find_unused(fs);
	int error;

	if (ino || xa_empty(&fs->freed_inodes))
		return ino;
	error = ccsan_diskfs_sync(fs);
	return error ? error : find_unused(fs);
}

struct inode *ccsan_diskfs_new_inode(struct super_block *sb, umode_t mode)
{
	struct diskfs *fs = diskfs_of(sb);
	struct inode *inode = new_inode(sb);
	long ino;

	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_mode = mode;
	set_operations(inode);
	mutex_lock(&fs->lock);
	ino = take_inode(fs);
	inode->i_ino = ino > 0 ? (unsigned long)ino : 0;
	if (ino > 0)
		ino = ccsan_diskfs_update(inode);
	else if (!ino)
		ino = -ENOSPC;
	mutex_unlock(&fs->lock);
	if (!ino)
		return inode;
	clear_nlink(inode);
	inode->i_ino = 0;
	iput(inode);
	return ERR_PTR(ino);
}

/* Its slot is free from the next sync on. Without memory for that note it stays taken. */
static void free_slot(struct inode *inode)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);

	mutex_lock(&fs->lock);
	if (!xa_err(xa_store(&fs->freed_inodes, inode->i_ino, fs, GFP_KERNEL))) {
		inode->i_mode = 0;
		ccsan_diskfs_update(inode);
	}
	mutex_unlock(&fs->lock);
}

static void evict_inode(struct inode *inode)
{
	truncate_inode_pages_final(&inode->i_data);
	if (!inode->i_nlink && inode->i_ino) {
		i_size_write(inode, 0);
		if (!ccsan_diskfs_shrink(inode, 0))
			free_slot(inode);
	}
	clear_inode(inode);
}

/* --- the file system --- */

static int sync_fs(struct super_block *sb, int wait)
{
	struct diskfs *fs = diskfs_of(sb);
	int error;

	if (!wait)
		return 0;
	mutex_lock(&fs->lock);
	error = ccsan_diskfs_sync(fs);
	mutex_unlock(&fs->lock);
	return error;
}

static void put_super(struct super_block *sb)
{
	struct diskfs *fs = diskfs_of(sb);

	sync_fs(sb, 1);
	ccsan_diskfs_drop(fs);
	kfree(fs);
	sb->s_fs_info = NULL;
}

const struct super_operations ccsan_diskfs_super_ops = {
	.alloc_inode = alloc_inode,
	.free_inode = free_inode,
	.write_inode = write_inode,
	.evict_inode = evict_inode,
	.sync_fs = sync_fs,
	.put_super = put_super,
};
