/* SPDX-License-Identifier: MIT */
/* Shared anonymous memory: files without a name or a disk. */
#include <linux/err.h>
#include <linux/pagemap.h>
#include <linux/shmem_fs.h>

#include "linux/layer.h"

static const struct address_space_operations shmem_aops = {
	.readpage = simple_readpage,
	.set_page_dirty = __set_page_dirty_no_writeback,
	.write_begin = simple_write_begin,
	.write_end = simple_write_end,
};

static const struct vm_operations_struct shmem_vm_ops = {
	.fault = filemap_fault,
};

static int shmem_mmap(struct file *file, struct vm_area_struct *vma)
{
	(void)file;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}

static const struct file_operations shmem_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = shmem_mmap,
};

struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags)
{
	struct inode *inode;
	struct file *file;

	(void)name;
	(void)flags;
	if (size < 0)
		return ERR_PTR(-EINVAL);
	inode = new_inode(NULL);
	if (!inode)
		return ERR_PTR(-ENOMEM);
	inode->i_mode = S_IFREG;
	inode->i_size = size;
	inode->i_fop = &shmem_file_operations;
	inode->i_mapping->a_ops = &shmem_aops;
	file = ccsan_linux_open(inode, O_RDWR);
	iput(inode); /* the file has one */
	return file;
}

int shmem_zero_setup(struct vm_area_struct *vma)
{
	struct file *file = shmem_file_setup("dev/zero", (loff_t)(vma->vm_end - vma->vm_start), 0);

	if (IS_ERR(file))
		return (int)PTR_ERR(file);
	vma->vm_file = file;
	vma->vm_ops = &shmem_vm_ops;
	return 0;
}
