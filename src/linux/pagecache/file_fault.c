/* SPDX-License-Identifier: MIT */
/* Faults in mappings of files: linux/pagemap.h. */
#include <linux/pagemap.h>

#include "pagecache.h"

/* The invalidate lock is held by this very thread: it is in a direct write whose memory is a
 * mapping of the same file. Waiting would be forever; the write goes through the page cache
 * instead. */
static bool would_deadlock(struct address_space *mapping)
{
	return ccsan_is_locked_by_me(&mapping->invalidate_lock);
}

static bool is_beyond_end(struct address_space *mapping, pgoff_t offset)
{
	return offset >= (pgoff_t)DIV_ROUND_UP(i_size_read(mapping->host), PAGE_SIZE);
}

/* A page that has to be read, and waited for. The caller holds the invalidate lock shared. */
static int read_for_fault(struct file *file, struct page *page)
{
	int error;

	ClearPageError(page);
	error = page->mapping->a_ops->readpage(file, page);
	if (!error && !PageUptodate(page))
		wait_on_page_locked(page);
	return error;
}

/* Brings in a page that is not there, or not up to date. Return: 0, or what the fault answers. */
static vm_fault_t fill(struct file *file, struct address_space *mapping, pgoff_t offset)
{
	vm_fault_t answer = 0;
	struct page *page;

	filemap_invalidate_lock_shared(mapping);
	page = find_or_create_page(mapping, offset, mapping_gfp_mask(mapping));
	if (!page)
		answer = VM_FAULT_OOM;
	else if (PageUptodate(page))
		unlock_page(page);
	else if (read_for_fault(file, page) || !PageUptodate(page))
		answer = VM_FAULT_SIGBUS;
	if (page)
		put_page(page);
	filemap_invalidate_unlock_shared(mapping);
	return answer;
}

vm_fault_t filemap_fault(struct vm_fault *vmf)
{
	struct file *file = vmf->vma->vm_file;
	struct address_space *mapping = file->f_mapping;
	vm_fault_t answer, major = 0;
	struct page *page;

	for (;;) {
		if (is_beyond_end(mapping, vmf->pgoff))
			return VM_FAULT_SIGBUS;
		page = find_lock_page(mapping, vmf->pgoff);
		if (page && PageUptodate(page))
			break;
		if (page) {
			unlock_page(page);
			put_page(page);
		}
		if (would_deadlock(mapping))
			return VM_FAULT_SIGBUS;
		major = VM_FAULT_MAJOR;
		answer = fill(file, mapping, vmf->pgoff);
		if (answer)
			return answer;
	}
	if (is_beyond_end(mapping, vmf->pgoff)) { /* truncated before it was locked */
		unlock_page(page);
		put_page(page);
		return VM_FAULT_SIGBUS;
	}
	vmf->page = page;
	return major | VM_FAULT_LOCKED;
}

vm_fault_t filemap_page_mkwrite(struct vm_fault *vmf)
{
	struct address_space *mapping = vmf->vma->vm_file->f_mapping;
	vm_fault_t answer = VM_FAULT_LOCKED;
	struct page *page = vmf->page;

	if (would_deadlock(mapping))
		return VM_FAULT_SIGBUS;
	filemap_invalidate_lock_shared(mapping);
	lock_page(page);
	if (page->mapping != mapping || is_beyond_end(mapping, page->index)) {
		unlock_page(page);
		answer = VM_FAULT_NOPAGE;
	} else {
		/* Dirty before it becomes writable: writeback that comes in between finds it, and
		 * takes the right to write away again. */
		set_page_dirty(page);
		wait_for_stable_page(page);
	}
	filemap_invalidate_unlock_shared(mapping);
	return answer;
}

const struct vm_operations_struct generic_file_vm_ops = {
	.fault = filemap_fault,
	.page_mkwrite = filemap_page_mkwrite,
};

int generic_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (!file->f_mapping->a_ops->readpage)
		return -ENOEXEC;
	vma->vm_ops = &generic_file_vm_ops;
	return 0;
}

int generic_file_readonly_mmap(struct file *file, struct vm_area_struct *vma)
{
	if (vma->vm_flags & VM_SHARED && vma->vm_flags & VM_MAYWRITE)
		return -EINVAL;
	return generic_file_mmap(file, vma);
}
