/* SPDX-License-Identifier: MIT */
/* Mounted file systems: linux/fs.h. */
#include <linux/dcache.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/writeback.h>

#include "pagecache.h"

static DEFINE_MUTEX(list_lock);
static LIST_HEAD(super_blocks);

void ccsan_each_inode(void (*visit)(struct inode *inode))
{
	struct super_block *sb;

	mutex_lock(&list_lock);
	list_for_each_entry (sb, &super_blocks, s_list)
		ccsan_each_inode_of(sb, visit);
	mutex_unlock(&list_lock);
}

int sb_set_blocksize(struct super_block *sb, int size)
{
	if (size < 512 || (unsigned long)size > PAGE_SIZE || size & (size - 1))
		return 0;
	sb->s_blocksize = size;
	sb->s_blocksize_bits = (unsigned char)__builtin_ctz(size);
	return size;
}

static struct super_block *alloc_super(struct file_system_type *type)
{
	struct super_block *sb = ccsan_kalloc(sizeof(*sb));

	if (!sb)
		return NULL;
	sb->s_type = type;
	sb->s_maxbytes = MAX_LFS_FILESIZE;
	sb_set_blocksize(sb, (int)PAGE_SIZE);
	spin_lock_init(&sb->s_inode_list_lock);
	INIT_LIST_HEAD(&sb->s_inodes);
	mutex_lock(&list_lock);
	list_add_tail(&sb->s_list, &super_blocks);
	mutex_unlock(&list_lock);
	return sb;
}

static void free_super(struct super_block *sb)
{
	mutex_lock(&list_lock);
	list_del(&sb->s_list);
	mutex_unlock(&list_lock);
	kfree(sb);
}

struct dentry *mount_nodev(struct file_system_type *type, int flags, void *data,
			   int (*fill_super)(struct super_block *sb, void *data, int silent))
{
	struct super_block *sb = alloc_super(type);
	int error;

	(void)flags;
	if (!sb)
		return ERR_PTR(-ENOMEM);
	error = fill_super(sb, data, 0);
	if (!error)
		return dget(sb->s_root);
	kill_anon_super(sb);
	return ERR_PTR(error);
}

void kill_anon_super(struct super_block *sb)
{
	unsigned int busy;

	if (sb->s_root) {
		sync_filesystem(sb);
		shrink_dcache_parent(sb->s_root);
		dput(sb->s_root);
		sb->s_root = NULL;
	}
	busy = ccsan_evict_inodes(sb);
	if (sb->s_op && sb->s_op->put_super)
		sb->s_op->put_super(sb);
	if (busy) {
		pr_warn("%u inodes of a file system that is unmounted are in use\n", busy);
		return;
	}
	free_super(sb);
}

struct dentry *ccsan_linux_mount(struct file_system_type *type, const char *dev_name, void *data)
{
	return type->mount(type, 0, dev_name, data);
}

void ccsan_linux_unmount(struct dentry *root)
{
	struct super_block *sb = root->d_sb;

	dput(root);
	if (sb->s_type && sb->s_type->kill_sb)
		sb->s_type->kill_sb(sb);
	else
		kill_anon_super(sb);
}
