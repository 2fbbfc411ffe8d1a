/* SPDX-License-Identifier: MIT */
/* Files: what the page cache and system calls ask for. */
#include <linux/dcache.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>

#include "diskfs.h"

/* --- buffered writes --- */

static int make_blocks(struct inode *inode, loff_t pos, u64 bytes)
{
	u64 index = (u64)pos / DISKFS_BLOCK, end = DIV_ROUND_UP((u64)pos + bytes, DISKFS_BLOCK);
	int error = 0;
	u32 block;

	for (; index < end && !error; index++)
		error = ccsan_diskfs_map(inode, index, true, &block);
	return error;
}

/* Return: the page, locked and up to date unless all of it will be written; or an ERR_PTR(). */
static struct page *get_page_to_write(struct file *file, struct address_space *mapping, loff_t pos,
				      unsigned int len, unsigned int flags)
{
	for (;;) {
		struct page *page =
			grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT, flags);
		int error;

		if (!page)
			return ERR_PTR(-ENOMEM);
		if (PageUptodate(page) || len == PAGE_SIZE)
			return page;
		error = ccsan_diskfs_readpage(file, page);
		if (!error)
			wait_on_page_locked(page);
		if (error || !PageUptodate(page)) {
			put_page(page);
			return ERR_PTR(error ? error : -EIO);
		}
		lock_page(page);
		if (page->mapping == mapping)
			return page;
		unlock_page(page); /* truncated meanwhile */
		put_page(page);
	}
}

/* Blocks are made before anything is copied: no space is told to who writes. */
static int write_begin(struct file *file, struct address_space *mapping, loff_t pos,
		       unsigned int len, unsigned int flags, struct page **pagep, void **fsdata)
{
	struct page *page = get_page_to_write(file, mapping, pos, len, flags);
	int error;

	(void)fsdata;
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	error = make_blocks(mapping->host, pos, len);
	if (!error) {
		*pagep = page;
		return 0;
	}
	unlock_page(page);
	put_page(page);
	return error;
}

static int write_end(struct file *file, struct address_space *mapping, loff_t pos, unsigned int len,
		     unsigned int copied, struct page *page, void *fsdata)
{
	if (!PageUptodate(page) && copied < len)
		copied = 0; /* the rest of the page is nobody's */
	if (copied)
		return generic_write_end(file, mapping, pos, len, copied, page, fsdata);
	unlock_page(page);
	put_page(page);
	return 0;
}

const struct address_space_operations ccsan_diskfs_aops = {
	.readpage = ccsan_diskfs_readpage,
	.writepage = ccsan_diskfs_writepage,
	.write_begin = write_begin,
	.write_end = write_end,
	.direct_IO = ccsan_diskfs_direct_IO,
};

/* --- mappings --- */

/* A page of a hole gets blocks before it becomes writable: no space is a SIGBUS. */
static vm_fault_t page_mkwrite(struct vm_fault *vmf)
{
	struct inode *inode = vmf->vma->vm_file->f_mapping->host;
	loff_t pos = (loff_t)vmf->page->index << PAGE_SHIFT, left = i_size_read(inode) - pos;
	int error;

	if (left <= 0)
		return VM_FAULT_SIGBUS;
	error = make_blocks(inode, pos, (u64)min_t(loff_t, left, (loff_t)PAGE_SIZE));
	if (error)
		return error == -ENOMEM ? VM_FAULT_OOM : VM_FAULT_SIGBUS;
	return filemap_page_mkwrite(vmf);
}

static const struct vm_operations_struct vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = page_mkwrite,
};

static int file_mmap(struct file *file, struct vm_area_struct *vma)
{
	int error = generic_file_mmap(file, vma);

	vma->vm_ops = &vm_ops;
	return error;
}

/* --- on to the medium --- */

static int fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	struct inode *inode = file_inode(file);
	int error = file_write_and_wait_range(file, start, end), other;

	(void)datasync;
	other = write_inode_now(inode, 1);
	if (!other)
		other = inode->i_sb->s_op->sync_fs(inode->i_sb, 1);
	return error ? error : other;
}

const struct file_operations ccsan_diskfs_file_ops = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = file_mmap,
	.fsync = fsync,
};

/* --- another size --- */

/* The rest of the last block is zeroes, in the cache and some time on the disk: the file may grow
 * over it. */
static int zero_rest(struct inode *inode, loff_t size)
{
	unsigned int offset = (unsigned int)((u64)size % PAGE_SIZE);
	struct page *page;

	if (!offset || size >= i_size_read(inode))
		return 0;
	page = read_mapping_page(inode->i_mapping, (pgoff_t)size >> PAGE_SHIFT, NULL);
	if (IS_ERR(page))
		return (int)PTR_ERR(page);
	lock_page(page);
	wait_on_page_writeback(page); /* the disk has it */
	zero_user_segment(page, offset, (unsigned int)PAGE_SIZE);
	set_page_dirty(page);
	unlock_page(page);
	put_page(page);
	return 0;
}

static int setattr(struct dentry *dentry, struct iattr *attr)
{
	struct inode *inode = d_inode(dentry);
	int error = setattr_prepare(dentry, attr);

	if (!error && attr->ia_valid & ATTR_SIZE)
		error = zero_rest(inode, attr->ia_size);
	if (error)
		return error;
	if (attr->ia_valid & ATTR_SIZE) {
		inode_dio_wait(inode);
		truncate_setsize(inode, attr->ia_size);
		error = ccsan_diskfs_shrink(inode, DIV_ROUND_UP((u64)attr->ia_size, DISKFS_BLOCK));
	}
	setattr_copy(inode, attr);
	return error;
}

const struct inode_operations ccsan_diskfs_file_inode_ops = { .setattr = setattr };
