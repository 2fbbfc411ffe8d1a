/* SPDX-License-Identifier: MIT */
/* Open files: their handles, and reading and writing them as processes do. Pages are pages.c's. */
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "fuse_i.h"

/* --- opening and closing --- */

static int send_open(struct inode *inode, u32 flags, enum fuse_opcode opcode,
		     struct fuse_open_out *out)
{
	struct fuse_open_in in = { .flags = flags };
	struct fuse_args args = {
		.nodeid = get_node_id(inode),
		.opcode = opcode,
		.in_numargs = 1,
		.in_args = { { sizeof(in), &in } },
		.out_numargs = 1,
		.out_args = { { sizeof(*out), out } },
	};

	return (int)ccsan_fuse_simple_request(get_fuse_conn(inode), &args);
}

/** The page cache may have what the daemon has changed since; it says so if not. */
static void fuse_finish_open(struct inode *inode, struct file *file, struct fuse_file *ff)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	struct fuse_inode *fi = get_fuse_inode(inode);

	file->private_data = ff;
	if (!S_ISREG(inode->i_mode))
		return;
	if (ff->open_flags & FOPEN_DIRECT_IO)
		file->f_op = &ccsan_fuse_direct_io_file_operations;
	if (fc->atomic_o_trunc && (file->f_flags & O_TRUNC)) {
		i_size_write(inode, 0);
		truncate_pagecache(inode, 0);
		fi->attr_valid = false;
	} else if (!(ff->open_flags & FOPEN_KEEP_CACHE)) {
		invalidate_inode_pages2(inode->i_mapping);
	}
	if (file->f_mode & FMODE_WRITE) {
		spin_lock(&fc->lock);
		list_add(&ff->write_entry, &fi->write_files);
		spin_unlock(&fc->lock);
	}
}

int ccsan_fuse_open_common(struct inode *inode, struct file *file, bool isdir)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	u32 flags = file->f_flags & ~(u32)(O_CREAT | O_EXCL | O_NOCTTY);
	struct fuse_open_out out = { 0 };
	struct fuse_file *ff;
	int err;

	if (!fc->atomic_o_trunc)
		flags &= ~(u32)O_TRUNC;
	ff = kzalloc(sizeof(*ff), GFP_KERNEL);
	if (!ff)
		return -ENOMEM;
	err = send_open(inode, flags, isdir ? FUSE_OPENDIR : FUSE_OPEN, &out);
	if (err) {
		kfree(ff);
		return err;
	}
	ff->fh = out.fh;
	ff->open_flags = out.open_flags;
	ff->nodeid = get_node_id(inode);
	INIT_LIST_HEAD(&ff->write_entry);
	fuse_finish_open(inode, file, ff);
	return 0;
}

static int fuse_open(struct inode *inode, struct file *file)
{
	return ccsan_fuse_open_common(inode, file, false);
}

struct fuse_release_args {
	struct fuse_args args;
	struct fuse_release_in in;
};

static void fuse_release_end(struct fuse_conn *fc, struct fuse_args *args, int error)
{
	(void)fc;
	(void)error;
	kfree(container_of(args, struct fuse_release_args, args));
}

/* Nobody waits for the answer. Without memory the daemon keeps the handle. */
void ccsan_fuse_release_common(struct inode *inode, struct file *file, enum fuse_opcode opcode)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	struct fuse_release_args *ra = kzalloc(sizeof(*ra), GFP_KERNEL);
	struct fuse_file *ff = file->private_data;

	spin_lock(&fc->lock);
	list_del_init(&ff->write_entry);
	spin_unlock(&fc->lock);
	if (ra) {
		ra->in.fh = ff->fh;
		ra->in.flags = file->f_flags;
		ra->args = (struct fuse_args){
			.nodeid = ff->nodeid,
			.opcode = opcode,
			.in_numargs = 1,
			.in_args = { { sizeof(ra->in), &ra->in } },
			.end = fuse_release_end,
		};
		if (ccsan_fuse_simple_background(fc, &ra->args))
			kfree(ra);
	}
	kfree(ff);
}

static int fuse_release(struct inode *inode, struct file *file)
{
	ccsan_fuse_release_common(inode, file, FUSE_RELEASE);
	return 0;
}

/** What close() and fsync() have written out before the daemon is told. Return: an error of writing
 *  that nobody has been told yet. */
static int write_out(struct file *file, loff_t start, loff_t end)
{
	int err = file_write_and_wait_range(file, start, end), late;

	ccsan_fuse_sync_writes(file_inode(file));
	late = file_check_and_advance_wb_err(file);
	return err ? err : late;
}

/** A request that has nothing but a handle. A daemon that does not know it has nothing to do. */
static int send_handle(struct inode *inode, enum fuse_opcode opcode, struct fuse_arg in)
{
	struct fuse_args args = {
		.nodeid = get_node_id(inode),
		.opcode = opcode,
		.in_numargs = 1,
		.in_args = { in },
	};
	int err = (int)ccsan_fuse_simple_request(get_fuse_conn(inode), &args);

	return err == -ENOSYS ? 0 : err;
}

static int fuse_flush(struct file *file, void *id)
{
	struct fuse_file *ff = file->private_data;
	struct fuse_flush_in in = { .fh = ff->fh };
	int err = write_out(file, 0, LLONG_MAX);

	(void)id;
	return err ? err
		   : send_handle(file_inode(file), FUSE_FLUSH,
				 (struct fuse_arg){ sizeof(in), &in });
}

static int fuse_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct fuse_file *ff = file->private_data;
	struct fuse_fsync_in in = { .fh = ff->fh,
				    .fsync_flags = datasync ? FUSE_FSYNC_FDATASYNC : 0 };
	struct inode *inode = file_inode(file);
	int err;

	inode_lock(inode);
	err = write_out(file, start, end);
	if (!err)
		err = send_handle(inode, FUSE_FSYNC, (struct fuse_arg){ sizeof(in), &in });
	inode_unlock(inode);
	return err;
}

/* --- by the page cache --- */

static ssize_t fuse_file_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	loff_t end = iocb->ki_pos + (loff_t)iov_iter_count(to);

	if (get_fuse_conn(inode)->auto_inval_data || end > i_size_read(inode)) {
		int err = ccsan_fuse_update_attributes(inode, iocb->ki_filp);

		if (err)
			return err;
	}
	return generic_file_read_iter(iocb, to);
}

/* Without a writeback cache the daemon has the bytes when write() returns. */
static ssize_t fuse_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t written;

	if (get_fuse_conn(inode)->writeback_cache) {
		int err = ccsan_fuse_update_attributes(inode, iocb->ki_filp);

		return err ? err : generic_file_write_iter(iocb, from);
	}
	inode_lock(inode);
	written = generic_write_checks(iocb, from);
	if (written > 0 && (iocb->ki_flags & IOCB_DIRECT))
		written = generic_file_direct_write(iocb, from);
	else if (written > 0)
		written = ccsan_fuse_perform_write(iocb, from);
	inode_unlock(inode);
	return written > 0 ? generic_write_sync(iocb, written) : written;
}

/** A mapping is gone: its stores need a handle to be written by. */
static void fuse_vma_close(struct vm_area_struct *vma)
{
	filemap_write_and_wait(vma->vm_file->f_mapping);
	ccsan_fuse_sync_writes(file_inode(vma->vm_file));
}

/** A page that is on its way to the daemon is a copy: the store need not wait. */
static vm_fault_t fuse_page_mkwrite(struct vm_fault *vmf)
{
	struct page *page = vmf->page;

	lock_page(page);
	if (page->mapping != vmf->vma->vm_file->f_mapping) {
		unlock_page(page);
		return VM_FAULT_NOPAGE;
	}
	return VM_FAULT_LOCKED;
}

static const struct vm_operations_struct fuse_file_vm_ops = {
	.close = fuse_vma_close,
	.fault = filemap_fault,
	.page_mkwrite = fuse_page_mkwrite,
};

static int fuse_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &fuse_file_vm_ops;
	return 0;
}

const struct file_operations ccsan_fuse_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = fuse_file_read_iter,
	.write_iter = fuse_file_write_iter,
	.mmap = fuse_file_mmap,
	.open = fuse_open,
	.flush = fuse_flush,
	.release = fuse_release,
	.fsync = fuse_fsync,
};

/* --- past the page cache: the daemon said FOPEN_DIRECT_IO --- */

static ssize_t fuse_direct_read_iter(struct kiocb *iocb, struct iov_iter *to)
{
	return ccsan_fuse_direct_io(iocb, to);
}

static ssize_t fuse_direct_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t written;

	inode_lock(inode);
	written = generic_write_checks(iocb, from);
	if (written > 0)
		written = ccsan_fuse_direct_io(iocb, from);
	get_fuse_inode(inode)->attr_valid = false;
	inode_unlock(inode);
	return written;
}

static int fuse_direct_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_MAYSHARE)
		return -ENODEV; /* nothing could keep it and the daemon's data the same */
	invalidate_inode_pages2(file->f_mapping);
	return generic_file_mmap(file, vma);
}

const struct file_operations ccsan_fuse_direct_io_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = fuse_direct_read_iter,
	.write_iter = fuse_direct_write_iter,
	.mmap = fuse_direct_mmap,
	.open = fuse_open,
	.flush = fuse_flush,
	.release = fuse_release,
	.fsync = fuse_fsync,
};
