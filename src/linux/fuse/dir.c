/* SPDX-License-Identifier: MIT */
/* Names and attributes. */
#include <linux/pagemap.h>
#include <linux/slab.h>

#include "fuse_i.h"

/* --- forgetting --- */

struct fuse_forget_args {
	struct fuse_args args;
	struct fuse_forget_in in;
};

static void fuse_forget_end(struct fuse_conn *fc, struct fuse_args *args, int error)
{
	(void)fc;
	(void)error;
	kfree(container_of(args, struct fuse_forget_args, args));
}

/* Without memory the daemon remembers a node for longer than it has to. */
void ccsan_fuse_queue_forget(struct fuse_conn *fc, u64 nodeid, u64 nlookup)
{
	struct fuse_forget_args *fa = kzalloc(sizeof(*fa), GFP_KERNEL);

	if (!fa)
		return;
	fa->in.nlookup = nlookup;
	fa->args = (struct fuse_args){
		.nodeid = nodeid,
		.opcode = FUSE_FORGET,
		.in_numargs = 1,
		.in_args = { { sizeof(fa->in), &fa->in } },
		.force = true,
		.noreply = true,
		.end = fuse_forget_end,
	};
	if (ccsan_fuse_simple_background(fc, &fa->args))
		kfree(fa);
}

/* --- attributes --- */

static bool is_type(u32 mode)
{
	return S_ISREG(mode) || S_ISDIR(mode);
}

int ccsan_fuse_update_attributes(struct inode *inode, struct file *file)
{
	struct fuse_getattr_in in = { 0 };
	struct fuse_attr_out out = { 0 };
	struct fuse_args args = {
		.nodeid = get_node_id(inode),
		.opcode = FUSE_GETATTR,
		.in_numargs = 1,
		.in_args = { { sizeof(in), &in } },
		.out_numargs = 1,
		.out_args = { { sizeof(out), &out } },
	};
	int err;

	if (get_fuse_inode(inode)->attr_valid)
		return 0;
	if (file && S_ISREG(inode->i_mode)) {
		in.getattr_flags = FUSE_GETATTR_FH;
		in.fh = ((struct fuse_file *)file->private_data)->fh;
	}
	err = (int)ccsan_fuse_simple_request(get_fuse_conn(inode), &args);
	if (!err && (out.attr.mode & S_IFMT) != (inode->i_mode & S_IFMT))
		err = -EIO;
	if (!err)
		ccsan_fuse_change_attributes(inode, &out.attr, out.attr_valid);
	return err;
}

/** A new size (truncate), or a mode. */
static int fuse_setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = dentry->d_inode;
	struct fuse_setattr_in in = { 0 };
	struct fuse_attr_out out = { 0 };
	struct fuse_args args = {
		.nodeid = get_node_id(inode),
		.opcode = FUSE_SETATTR,
		.in_numargs = 1,
		.in_args = { { sizeof(in), &in } },
		.out_numargs = 1,
		.out_args = { { sizeof(out), &out } },
	};
	bool resize = attr->ia_valid & ATTR_SIZE;
	int err = setattr_prepare(dentry, attr);

	if (err)
		return err;
	if (resize) {
		in.valid |= FATTR_SIZE;
		in.size = (u64)attr->ia_size;
		filemap_write_and_wait(inode->i_mapping);
		ccsan_fuse_sync_writes(inode); /* or they would make the file longer again */
	}
	if (attr->ia_valid & ATTR_MODE) {
		in.valid |= FATTR_MODE;
		in.mode = attr->ia_mode;
	}
	err = (int)ccsan_fuse_simple_request(get_fuse_conn(inode), &args);
	if (!err && (out.attr.mode & S_IFMT) != (inode->i_mode & S_IFMT))
		err = -EIO;
	if (err)
		return err;
	ccsan_fuse_change_attributes(inode, &out.attr, out.attr_valid);
	if (resize) {
		i_size_write(inode, (loff_t)out.attr.size);
		truncate_pagecache(inode, (loff_t)out.attr.size);
		invalidate_inode_pages2(inode->i_mapping);
	}
	return 0;
}

/* --- names --- */

/** Sends a request whose last argument is a name and whose answer is an entry. Return: 0 and the
 *  inode, NULL if there is no such name. */
static int entry_request(struct inode *dir, struct fuse_args *args, struct inode **inode)
{
	struct fuse_conn *fc = get_fuse_conn(dir);
	struct fuse_entry_out out = { 0 };
	int err;

	*inode = NULL;
	args->nodeid = get_node_id(dir);
	args->out_numargs = 1;
	args->out_args[0] = (struct fuse_arg){ sizeof(out), &out };
	err = (int)ccsan_fuse_simple_request(fc, args);
	if (err || !out.nodeid)
		return err == -ENOENT ? 0 : err;
	if (out.nodeid == FUSE_ROOT_ID || !is_type(out.attr.mode))
		return -EIO;
	*inode = ccsan_fuse_iget(dir->i_sb, out.nodeid, &out.attr, out.attr_valid);
	if (!*inode) {
		ccsan_fuse_queue_forget(fc, out.nodeid, 1);
		return -ENOMEM;
	}
	return 0;
}

static struct fuse_arg name_of(const struct dentry *dentry)
{
	return (struct fuse_arg){ dentry->d_name.len + 1, (void *)(uintptr_t)dentry->d_name.name };
}

static struct dentry *fuse_lookup(struct inode *dir, struct dentry *dentry, unsigned int flags)
{
	struct fuse_args args = {
		.opcode = FUSE_LOOKUP,
		.in_numargs = 1,
		.in_args = { name_of(dentry) },
	};
	struct inode *inode;
	int err = entry_request(dir, &args, &inode);

	(void)flags;
	if (err)
		return ERR_PTR(err);
	d_add(dentry, inode);
	return NULL;
}

static int fuse_create(struct inode *dir, struct dentry *dentry, umode_t mode, bool excl)
{
	struct fuse_mknod_in in = { .mode = mode };
	struct fuse_args args = {
		.opcode = FUSE_MKNOD,
		.in_numargs = 2,
		.in_args = { { sizeof(in), &in }, name_of(dentry) },
	};
	struct inode *inode;
	int err = entry_request(dir, &args, &inode);

	(void)excl;
	if (!err && !inode)
		err = -EIO;
	if (!err)
		d_instantiate(dentry, inode);
	return err;
}

static int fuse_unlink(struct inode *dir, struct dentry *dentry)
{
	struct fuse_args args = {
		.nodeid = get_node_id(dir),
		.opcode = FUSE_UNLINK,
		.in_numargs = 1,
		.in_args = { name_of(dentry) },
	};
	int err = (int)ccsan_fuse_simple_request(get_fuse_conn(dir), &args);

	if (!err)
		clear_nlink(dentry->d_inode);
	return err;
}

static int fuse_dir_open(struct inode *inode, struct file *file)
{
	return ccsan_fuse_open_common(inode, file, true);
}

static int fuse_dir_release(struct inode *inode, struct file *file)
{
	(void)inode;
	ccsan_fuse_release_common(inode, file, FUSE_RELEASEDIR);
	return 0;
}

const struct file_operations ccsan_fuse_dir_operations = {
	.open = fuse_dir_open,
	.release = fuse_dir_release,
};

const struct inode_operations ccsan_fuse_dir_inode_operations = {
	.lookup = fuse_lookup,
	.create = fuse_create,
	.unlink = fuse_unlink,
	.setattr = fuse_setattr,
};

const struct inode_operations ccsan_fuse_common_inode_operations = {
	.setattr = fuse_setattr,
};
