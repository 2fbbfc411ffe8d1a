/* SPDX-License-Identifier: MIT */
/* Inodes: linux/fs.h. Those of a super block are in its list until they are freed. */
#include <linux/dcache.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/writeback.h>

#include "pagecache.h"

static const struct address_space_operations no_operations;
static const struct inode_operations no_inode_operations;
static const struct file_operations no_file_operations;

/* --- making --- */

void inode_init_once(struct inode *inode)
{
	*inode = (struct inode){ .i_nlink = 1 };
	address_space_init_once(&inode->i_data);
	init_rwsem(&inode->i_rwsem);
	spin_lock_init(&inode->i_lock);
	INIT_LIST_HEAD(&inode->i_sb_list);
}

static struct inode *alloc_inode(struct super_block *sb)
{
	struct inode *inode;

	if (sb && sb->s_op && sb->s_op->alloc_inode) {
		inode = sb->s_op->alloc_inode(sb);
	} else {
		inode = ccsan_kalloc(sizeof(*inode));
		if (inode)
			inode_init_once(inode);
	}
	if (!inode)
		return NULL;
	inode->i_sb = sb;
	inode->i_op = &no_inode_operations;
	inode->i_fop = &no_file_operations;
	inode->i_mapping = &inode->i_data;
	inode->i_data.host = inode;
	inode->i_data.a_ops = &no_operations;
	inode->i_data.gfp_mask = GFP_HIGHUSER_MOVABLE;
	atomic_set(&inode->i_count, 1);
	return inode;
}

static void free_inode(struct inode *inode)
{
	if (inode->i_sb && inode->i_sb->s_op && inode->i_sb->s_op->free_inode)
		inode->i_sb->s_op->free_inode(inode);
	else
		kfree(inode);
}

static void join(struct inode *inode)
{
	if (inode->i_sb)
		list_add(&inode->i_sb_list, &inode->i_sb->s_inodes);
}

struct inode *new_inode(struct super_block *sb)
{
	struct inode *inode = alloc_inode(sb);

	if (!inode || !sb)
		return inode;
	spin_lock(&sb->s_inode_list_lock);
	join(inode);
	spin_unlock(&sb->s_inode_list_lock);
	return inode;
}

/* With the list's lock. Return: with a reference. */
static struct inode *find_inode(struct super_block *sb, unsigned long ino)
{
	struct inode *inode;

	list_for_each_entry (inode, &sb->s_inodes, i_sb_list)
		if (inode->i_ino == ino && !(inode->i_state & I_FREEING)) {
			ihold(inode);
			return inode;
		}
	return NULL;
}

static void wait_until_read(struct inode *inode)
{
	if (READ_ONCE(inode->i_state) & I_NEW)
		CCSAN_WAIT_EVENT(&inode->i_state, !(READ_ONCE(inode->i_state) & I_NEW));
}

struct inode *iget_locked(struct super_block *sb, unsigned long ino)
{
	struct inode *new = alloc_inode(sb), *inode;

	if (!new)
		return NULL;
	spin_lock(&sb->s_inode_list_lock);
	inode = find_inode(sb, ino);
	if (!inode) {
		new->i_ino = ino;
		new->i_state = I_NEW;
		join(new);
	}
	spin_unlock(&sb->s_inode_list_lock);
	if (!inode)
		return new;
	free_inode(new);
	wait_until_read(inode);
	return inode;
}

void unlock_new_inode(struct inode *inode)
{
	if (!(inode->i_state & I_NEW))
		ccsan_misuse(inode, sizeof(*inode), 0,
			     "unlock_new_inode() of an inode that is not new");
	WRITE_ONCE(inode->i_state, inode->i_state & ~I_NEW);
	ccsan_queue_wake_all(&inode->i_state);
}

void iget_failed(struct inode *inode)
{
	inode->i_nlink = 0;
	unlock_new_inode(inode);
	iput(inode);
}

/* --- references --- */

void ihold(struct inode *inode)
{
	atomic_inc(&inode->i_count);
}

struct inode *igrab(struct inode *inode)
{
	if (inode->i_state & I_FREEING)
		return NULL;
	ihold(inode);
	return inode;
}

void clear_nlink(struct inode *inode)
{
	inode->i_nlink = 0;
}

void clear_inode(struct inode *inode)
{
	if (inode->i_data.nrpages)
		ccsan_misuse(inode, sizeof(*inode), 0,
			     "clear_inode() of an inode that has %lu pages in the cache",
			     inode->i_data.nrpages);
}

/* Takes it out of the list first: nobody finds it any more. */
static void evict(struct inode *inode)
{
	const struct super_operations *s_op = inode->i_sb ? inode->i_sb->s_op : NULL;

	if (inode->i_sb) {
		spin_lock(&inode->i_sb->s_inode_list_lock);
		list_del_init(&inode->i_sb_list);
		spin_unlock(&inode->i_sb->s_inode_list_lock);
	}
	if (s_op && s_op->evict_inode) {
		s_op->evict_inode(inode);
	} else {
		truncate_inode_pages_final(&inode->i_data);
		clear_inode(inode);
	}
	free_inode(inode);
}

void iput(struct inode *inode)
{
	if (!inode)
		return;
	if (atomic_read(&inode->i_count) <= 0) {
		ccsan_misuse(inode, sizeof(*inode), 0, "iput() of an inode without references");
		return;
	}
	if (!atomic_dec_and_test(&inode->i_count))
		return;
	if (inode->i_sb && inode->i_nlink) /* stays in the cache */
		return;
	inode->i_state |= I_FREEING;
	evict(inode);
}

/* --- all of them --- */

/* The next one behind `inode`, or the first; with a reference. */
static struct inode *next_inode(struct super_block *sb, struct inode *inode)
{
	struct list_head *at = inode ? inode->i_sb_list.next : sb->s_inodes.next;
	struct inode *next = NULL;

	spin_lock(&sb->s_inode_list_lock);
	for (; at != &sb->s_inodes && !next; at = at->next) {
		next = list_entry(at, struct inode, i_sb_list);
		next = next->i_state & (I_FREEING | I_NEW) ? NULL : next;
	}
	if (next)
		ihold(next);
	spin_unlock(&sb->s_inode_list_lock);
	return next;
}

void ccsan_each_inode_of(struct super_block *sb, void (*visit)(struct inode *inode))
{
	struct inode *inode = next_inode(sb, NULL), *next;

	for (; inode; inode = next) {
		visit(inode);
		next = next_inode(sb, inode);
		iput(inode);
	}
}

unsigned int ccsan_evict_inodes(struct super_block *sb)
{
	unsigned int busy = 0;
	struct inode *inode, *next;

	list_for_each_entry_safe (inode, next, &sb->s_inodes, i_sb_list) {
		if (atomic_read(&inode->i_count)) {
			busy++;
			continue;
		}
		inode->i_state |= I_FREEING;
		evict(inode);
	}
	return busy;
}

/* --- attributes --- */

void mark_inode_dirty(struct inode *inode)
{
	if (!(inode->i_state & I_DIRTY_SYNC))
		inode->i_state |= I_DIRTY_SYNC;
}

int write_inode_now(struct inode *inode, int sync)
{
	struct writeback_control wbc = { .sync_mode = sync ? WB_SYNC_ALL : WB_SYNC_NONE };
	const struct super_operations *s_op = inode->i_sb ? inode->i_sb->s_op : NULL;

	if (!(inode->i_state & I_DIRTY_SYNC))
		return 0;
	inode->i_state &= ~I_DIRTY_SYNC;
	return s_op && s_op->write_inode ? s_op->write_inode(inode, &wbc) : 0;
}

int inode_newsize_ok(const struct inode *inode, loff_t offset)
{
	if (offset < 0)
		return -EINVAL;
	if (inode->i_sb && inode->i_sb->s_maxbytes && offset > inode->i_sb->s_maxbytes)
		return -EFBIG;
	return 0;
}

int setattr_prepare(struct dentry *dentry, struct iattr *attr)
{
	return attr->ia_valid & ATTR_SIZE ? inode_newsize_ok(d_inode(dentry), attr->ia_size) : 0;
}

void setattr_copy(struct inode *inode, const struct iattr *attr)
{
	if (attr->ia_valid & ATTR_MODE)
		inode->i_mode = attr->ia_mode;
	mark_inode_dirty(inode);
}
