/* SPDX-License-Identifier: MIT */
/* The connection's beginning and end, and what the kernel knows of each node. */
#include <ccsan/fuse.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/writeback.h>

#include "fuse_i.h"
#include "linux/layer.h"

/* --- nodes --- */

static struct inode *fuse_alloc_inode(struct super_block *sb)
{
	struct fuse_inode *fi = ccsan_kalloc(sizeof(*fi));

	(void)sb;
	if (!fi)
		return NULL;
	inode_init_once(&fi->inode);
	init_waitqueue_head(&fi->page_waitq);
	INIT_LIST_HEAD(&fi->write_files);
	return &fi->inode;
}

static void fuse_free_inode(struct inode *inode)
{
	kfree(get_fuse_inode(inode));
}

/** Forgets a node's lookups in the daemon, too. */
static void fuse_evict_inode(struct inode *inode)
{
	struct fuse_inode *fi = get_fuse_inode(inode);

	ccsan_fuse_sync_writes(inode);
	truncate_inode_pages_final(&inode->i_data);
	clear_inode(inode);
	if (fi->nlookup && fi->nodeid != FUSE_ROOT_ID)
		ccsan_fuse_queue_forget(get_fuse_conn(inode), fi->nodeid, fi->nlookup);
}

static void fuse_init_inode(struct inode *inode, const struct fuse_attr *attr)
{
	inode->i_mode = (umode_t)attr->mode;
	inode->i_size = (loff_t)attr->size;
	inode->i_nlink = attr->nlink;
	if (S_ISDIR(inode->i_mode)) {
		inode->i_op = &ccsan_fuse_dir_inode_operations;
		inode->i_fop = &ccsan_fuse_dir_operations;
	} else {
		inode->i_op = &ccsan_fuse_common_inode_operations;
		inode->i_fop = &ccsan_fuse_file_operations;
		inode->i_data.a_ops = &ccsan_fuse_file_aops;
	}
}

struct inode *ccsan_fuse_iget(struct super_block *sb, u64 nodeid, const struct fuse_attr *attr,
			      u64 attr_valid)
{
	struct inode *inode = iget_locked(sb, nodeid);
	struct fuse_inode *fi;

	if (!inode)
		return NULL;
	fi = get_fuse_inode(inode);
	if (inode->i_state & I_NEW) {
		fi->nodeid = nodeid;
		fuse_init_inode(inode, attr);
		ccsan_fuse_change_attributes(inode, attr, attr_valid);
		unlock_new_inode(inode);
	} else {
		ccsan_fuse_change_attributes(inode, attr, attr_valid);
	}
	spin_lock(&get_fuse_conn(inode)->lock);
	fi->nlookup++;
	spin_unlock(&get_fuse_conn(inode)->lock);
	return inode;
}

/* While writes wait in the page cache, the kernel knows better how long a file is. */
void ccsan_fuse_change_attributes(struct inode *inode, const struct fuse_attr *attr, u64 attr_valid)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	struct fuse_inode *fi = get_fuse_inode(inode);
	bool own_size = fc->writeback_cache && S_ISREG(inode->i_mode);
	bool resized, changed;

	spin_lock(&fc->lock);
	resized = !own_size && (loff_t)attr->size != inode->i_size;
	changed = fi->mtime != attr->mtime || fi->mtimensec != attr->mtimensec;
	fi->mtime = attr->mtime;
	fi->mtimensec = attr->mtimensec;
	fi->attr_valid = attr_valid != 0;
	inode->i_nlink = attr->nlink;
	inode->i_mode = (umode_t)((inode->i_mode & S_IFMT) | (attr->mode & ~S_IFMT));
	if (resized)
		i_size_write(inode, (loff_t)attr->size);
	spin_unlock(&fc->lock);

	if (!S_ISREG(inode->i_mode) || own_size)
		return;
	if (resized)
		truncate_pagecache(inode, (loff_t)attr->size);
	if (resized || (changed && fc->auto_inval_data))
		invalidate_inode_pages2(inode->i_mapping);
}

struct inode *ccsan_fuse_ilookup(struct fuse_conn *fc, u64 nodeid)
{
	struct super_block *sb = fc->sb;
	struct inode *inode, *found = NULL;

	if (!sb)
		return NULL;
	spin_lock(&sb->s_inode_list_lock);
	list_for_each_entry (inode, &sb->s_inodes, i_sb_list)
		if (get_node_id(inode) == nodeid && !(inode->i_state & (I_NEW | I_FREEING)))
			found = inode;
	if (found)
		ihold(found);
	spin_unlock(&sb->s_inode_list_lock);
	return found;
}

/* --- what the daemon tells by itself --- */

int ccsan_fuse_reverse_inval_inode(struct fuse_conn *fc, u64 nodeid, loff_t offset, loff_t len)
{
	struct inode *inode = ccsan_fuse_ilookup(fc, nodeid);
	pgoff_t first, last;

	if (!inode)
		return -ENOENT;
	get_fuse_inode(inode)->attr_valid = false;
	if (offset >= 0) {
		first = (pgoff_t)offset >> PAGE_SHIFT;
		last = len <= 0 ? ~(pgoff_t)0 : (pgoff_t)(offset + len - 1) >> PAGE_SHIFT;
		invalidate_inode_pages2_range(inode->i_mapping, first, last);
	}
	iput(inode);
	return 0;
}

int ccsan_fuse_reverse_inval_entry(struct fuse_conn *fc, u64 parent, const char *name, u32 length)
{
	struct qstr qstr = QSTR_INIT(name, length);
	struct dentry *root = fc->sb ? fc->sb->s_root : NULL, *dentry;

	if (!root || !root->d_inode || get_node_id(root->d_inode) != parent)
		return -ENOENT; /* there is one directory */
	dentry = d_lookup(root, &qstr);
	if (!dentry)
		return -ENOENT;
	d_drop(dentry);
	dput(dentry);
	return 0;
}

/* --- FUSE_INIT --- */

struct fuse_init_args {
	struct fuse_args args;
	struct fuse_init_in in;
	struct fuse_init_out out;
};

static unsigned int clamp_pages(unsigned int pages)
{
	return pages < 1 ? 1 : pages > FUSE_MAX_MAX_PAGES ? FUSE_MAX_MAX_PAGES : pages;
}

static void take_answer(struct fuse_conn *fc, const struct fuse_init_out *out)
{
	fc->minor = out->minor;
	fc->max_write = max_t(u32, out->max_write, 4096);
	fc->writeback_cache = out->flags & FUSE_WRITEBACK_CACHE;
	fc->auto_inval_data = out->flags & FUSE_AUTO_INVAL_DATA;
	fc->atomic_o_trunc = out->flags & FUSE_ATOMIC_O_TRUNC;
	fc->max_pages = out->flags & FUSE_MAX_PAGES ? clamp_pages(out->max_pages) : 1;
	if (fc->max_pages > fc->max_write / PAGE_SIZE)
		fc->max_pages = clamp_pages((unsigned int)(fc->max_write / PAGE_SIZE));
}

static void process_init_reply(struct fuse_conn *fc, struct fuse_args *args, int error)
{
	struct fuse_init_args *ia = container_of(args, struct fuse_init_args, args);

	if (error || ia->out.major != FUSE_KERNEL_VERSION) {
		kfree(ia);
		ccsan_fuse_abort_conn(fc);
		return;
	}
	take_answer(fc, &ia->out);
	kfree(ia);
	WRITE_ONCE(fc->initialized, true);
	wake_up_all(&fc->blocked_waitq);
}

static int fuse_send_init(struct fuse_conn *fc)
{
	struct fuse_init_args *ia = kzalloc(sizeof(*ia), GFP_KERNEL);
	int err;

	if (!ia)
		return -ENOMEM;
	ia->in.major = FUSE_KERNEL_VERSION;
	ia->in.minor = FUSE_KERNEL_MINOR_VERSION;
	ia->in.max_readahead = (u32)(FUSE_MAX_MAX_PAGES * PAGE_SIZE);
	ia->in.flags = FUSE_ASYNC_READ | FUSE_ATOMIC_O_TRUNC | FUSE_BIG_WRITES |
		       FUSE_AUTO_INVAL_DATA | FUSE_WRITEBACK_CACHE | FUSE_MAX_PAGES;
	ia->args = (struct fuse_args){
		.opcode = FUSE_INIT,
		.in_numargs = 1,
		.in_args = { { sizeof(ia->in), &ia->in } },
		.out_numargs = 1,
		.out_args = { { sizeof(ia->out), &ia->out } },
		.out_argvar = true, /* older daemons know less of it */
		.force = true,
		.end = process_init_reply,
	};
	err = ccsan_fuse_simple_background(fc, &ia->args);
	if (err)
		kfree(ia);
	return err;
}

/* --- mounting --- */

static void fuse_put_super(struct super_block *sb)
{
	struct fuse_conn *fc = get_fuse_conn_super(sb);

	ccsan_fuse_abort_conn(fc);
	fc->sb = NULL;
	sb->s_fs_info = NULL;
	ccsan_fuse_conn_put(fc);
}

static const struct super_operations fuse_super_operations = {
	.alloc_inode = fuse_alloc_inode,
	.free_inode = fuse_free_inode,
	.evict_inode = fuse_evict_inode,
	.put_super = fuse_put_super,
};

static struct fuse_conn *fuse_conn_new(struct super_block *sb)
{
	struct fuse_conn *fc = ccsan_kalloc(sizeof(*fc));

	if (!fc)
		return NULL;
	refcount_set(&fc->count, 1);
	spin_lock_init(&fc->lock);
	INIT_LIST_HEAD(&fc->pending);
	INIT_LIST_HEAD(&fc->processing);
	init_waitqueue_head(&fc->waitq);
	init_waitqueue_head(&fc->blocked_waitq);
	fc->connected = true;
	fc->max_pages = 1;
	fc->max_write = 4096;
	fc->sb = sb;
	return fc;
}

/** The open /dev/fuse that "fd=N" of the mount options names, with a reference. */
static struct file *device_of(const char *options)
{
	const char *at = options ? strstr(options, "fd=") : NULL;
	unsigned int fd = 0;
	struct file *file;

	if (!at)
		return NULL;
	for (at += 3; *at >= '0' && *at <= '9'; at++)
		fd = fd * 10 + (unsigned int)(*at - '0');
	file = fget(fd);
	if (file && (file->f_op != &ccsan_fuse_dev_operations || file->private_data)) {
		fput(file);
		file = NULL;
	}
	return file;
}

static struct dentry *fuse_make_root(struct super_block *sb)
{
	const struct fuse_attr attr = { .ino = FUSE_ROOT_ID, .mode = S_IFDIR | 0755, .nlink = 1 };
	struct inode *root = ccsan_fuse_iget(sb, FUSE_ROOT_ID, &attr, 0);

	return root ? d_make_root(root) : NULL;
}

static int fuse_fill_super(struct super_block *sb, void *data, int silent)
{
	struct file *device = device_of(data);
	struct fuse_conn *fc;
	int err = -EINVAL;

	(void)silent;
	if (!device)
		return err;
	err = -ENOMEM;
	fc = fuse_conn_new(sb);
	if (!fc)
		goto out;
	/* from here on put_super() frees it */
	sb->s_fs_info = fc;
	sb->s_op = &fuse_super_operations;
	sb->s_blocksize = PAGE_SIZE;
	sb->s_blocksize_bits = (unsigned char)PAGE_SHIFT;
	sb->s_maxbytes = LLONG_MAX;
	sb->s_root = fuse_make_root(sb);
	if (!sb->s_root)
		goto out;
	err = fuse_send_init(fc);
	if (!err)
		device->private_data = ccsan_fuse_conn_get(fc);
out:
	fput(device);
	return err;
}

static struct dentry *fuse_mount(struct file_system_type *type, int flags, const char *dev_name,
				 void *data)
{
	(void)dev_name;
	return mount_nodev(type, flags, data, fuse_fill_super);
}

struct file_system_type fuse_fs_type = {
	.name = "fuse",
	.mount = fuse_mount,
	.kill_sb = kill_anon_super,
};

/* --- the device --- */

int ccsan_linux_open_dev_fuse(void)
{
	struct inode *inode = new_inode(NULL);
	int fd;

	if (!inode)
		return -ENOMEM;
	inode->i_mode = S_IFCHR | 0666;
	inode->i_fop = &ccsan_fuse_dev_operations;
	fd = ccsan_linux_open_fd(inode, O_RDWR);
	iput(inode);
	return fd;
}
