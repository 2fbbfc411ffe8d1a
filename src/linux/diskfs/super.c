/* SPDX-License-Identifier: MIT */
/* Making and mounting. */
#include <linux/dcache.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "diskfs.h"

enum {
	INODES = DISKFS_BLOCK / sizeof(struct diskfs_disk_inode), /* in a block */
	BLOCK_BITS = DISKFS_BLOCK * 8,
};

static struct diskfs *new_fs(struct block_device *bdev)
{
	struct diskfs *fs = ccsan_kalloc(sizeof(*fs));

	if (!fs)
		return NULL;
	fs->bdev = bdev;
	mutex_init(&fs->lock);
	xa_init(&fs->blocks);
	xa_init(&fs->freed);
	xa_init(&fs->freed_inodes);
	fs->super.block_count = (u32)min_t(u64, get_capacity(bdev->bd_disk) / DISKFS_SECTORS, ~0u);
	return fs;
}

static void free_fs(struct diskfs *fs)
{
	ccsan_diskfs_drop(fs);
	kfree(fs);
}

/* --- making --- */

static void lay_out(struct diskfs_super *super, unsigned int files)
{
	u32 inode_blocks = DIV_ROUND_UP(files + DISKFS_ROOT + 1, INODES);

	super->magic = DISKFS_MAGIC;
	super->version = DISKFS_VERSION;
	super->block_bytes = DISKFS_BLOCK;
	super->inode_count = inode_blocks * INODES;
	super->inode_start = 1;
	super->bitmap_start = super->inode_start + inode_blocks;
	super->data_start = super->bitmap_start + DIV_ROUND_UP(super->block_count, BLOCK_BITS);
}

static int fill(struct diskfs *fs)
{
	struct diskfs_super *super = ccsan_diskfs_new_block(fs, 0);
	struct diskfs_disk_inode *root;
	u32 block;

	for (block = fs->super.inode_start; block < fs->super.bitmap_start; block++)
		if (IS_ERR(ccsan_diskfs_new_block(fs, block)))
			return -ENOMEM;
	root = ccsan_diskfs_slot(fs, DISKFS_ROOT, &block);
	if (IS_ERR(super) || IS_ERR(root))
		return -ENOMEM;
	*super = fs->super;
	root->mode = S_IFDIR | 0755;
	root->links = 1;
	return ccsan_diskfs_begin_bitmap(fs);
}

int ccsan_linux_diskfs_make(struct block_device *bdev, unsigned int files)
{
	struct diskfs *fs = new_fs(bdev);
	int error;

	if (!fs)
		return -ENOMEM;
	lay_out(&fs->super, files);
	if (files > 1u << 20 || fs->super.data_start >= fs->super.block_count) {
		free_fs(fs);
		return -ENOSPC;
	}
	mutex_lock(&fs->lock);
	error = fill(fs);
	if (!error)
		error = ccsan_diskfs_sync(fs);
	mutex_unlock(&fs->lock);
	free_fs(fs);
	return error;
}

/* --- mounting; with the lock --- */

static bool is_sound(const struct diskfs_super *super, u32 block_count)
{
	return super->magic == DISKFS_MAGIC && super->version == DISKFS_VERSION &&
	       super->block_bytes == DISKFS_BLOCK && super->block_count <= block_count &&
	       super->inode_start == 1 && super->inode_count >= INODES &&
	       super->inode_count % INODES == 0 &&
	       (u64)super->inode_start + super->inode_count / INODES == super->bitmap_start &&
	       (u64)super->bitmap_start + DIV_ROUND_UP(super->block_count, BLOCK_BITS) ==
		       super->data_start &&
	       super->data_start < super->block_count;
}

static int read_super(struct diskfs *fs)
{
	struct diskfs_super *super = ccsan_diskfs_block(fs, 0);

	if (IS_ERR(super))
		return (int)PTR_ERR(super);
	if (!is_sound(super, fs->super.block_count)) {
		pr_err("diskfs: %s: no such file system, or damaged\n",
		       fs->bdev->bd_disk->disk_name);
		return -EINVAL;
	}
	fs->super = *super;
	fs->next_free = super->data_start;
	return 0;
}

/* Which blocks are used is what the inodes say. */
static int claim_all(struct diskfs *fs)
{
	int error = ccsan_diskfs_begin_bitmap(fs);

	for (u32 ino = DISKFS_ROOT; ino < fs->super.inode_count && !error; ino++) {
		u32 block;
		struct diskfs_disk_inode *slot = ccsan_diskfs_slot(fs, ino, &block);

		if (IS_ERR(slot))
			return (int)PTR_ERR(slot);
		if (slot->mode)
			error = ccsan_diskfs_claim(fs, slot);
	}
	return error;
}

static int fill_super(struct super_block *sb, void *data, int silent)
{
	struct diskfs *fs = new_fs(data);
	struct inode *root;
	int error;

	(void)silent;
	if (!fs)
		return -ENOMEM;
	sb->s_fs_info = fs;
	sb->s_op = &ccsan_diskfs_super_ops;
	sb->s_bdev = data;
	sb->s_maxbytes = (loff_t)DISKFS_MOST_BLOCKS * DISKFS_BLOCK;
	sb_set_blocksize(sb, DISKFS_BLOCK);
	mutex_lock(&fs->lock);
	error = read_super(fs);
	if (!error)
		error = claim_all(fs);
	mutex_unlock(&fs->lock);
	if (error)
		return error;
	root = ccsan_diskfs_iget(sb, DISKFS_ROOT);
	if (IS_ERR(root) || !S_ISDIR(root->i_mode)) {
		error = IS_ERR(root) ? (int)PTR_ERR(root) : -EINVAL;
		if (!IS_ERR(root))
			iput(root);
		return error == -ESTALE ? -EINVAL : error;
	}
	sb->s_root = d_make_root(root);
	return sb->s_root ? 0 : -ENOMEM;
}

static struct dentry *mount(struct file_system_type *type, int flags, const char *dev_name,
			    void *data)
{
	(void)dev_name;
	return mount_nodev(type, flags, data, fill_super);
}

struct file_system_type ccsan_diskfs = { .name = "diskfs",
					 .mount = mount,
					 .kill_sb = kill_anon_super };

u32 ccsan_linux_diskfs_free_blocks(struct dentry *root)
{
	struct diskfs *fs = diskfs_of(root->d_sb);
	u32 count;

	mutex_lock(&fs->lock);
	count = ccsan_diskfs_count_free(fs);
	mutex_unlock(&fs->lock);
	return count;
}
