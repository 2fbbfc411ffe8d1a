/* SPDX-License-Identifier: MIT */
/* linux/mm_gup.h: a debugger at another process's memory. */
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/mm_gup.h>
#include <linux/pagemap.h>
#include <linux/sched/mm.h>
#include <linux/uaccess.h>

#include "linux/layer.h"

static void copy(struct vm_area_struct *vma, struct page *page, unsigned long address, void *buffer,
		 size_t bytes, bool write)
{
	char *kernel = kmap(page), *at = kernel + offset_in_page(address);

	if (write) {
		copy_to_user_page(vma, page, address, at, buffer, bytes);
		set_page_dirty_lock(page);
	} else {
		copy_from_user_page(vma, page, address, buffer, at, bytes);
	}
	kunmap(page);
}

/* What is no memory with pages may still have an access function. Return: bytes, or -errno. */
static int access_special(struct mm_struct *mm, unsigned long address, void *buffer, int bytes,
			  unsigned int flags)
{
	struct vm_area_struct *vma = ccsan_vma_around(mm, address);

	if (!vma || !vma->vm_ops || !vma->vm_ops->access)
		return -EFAULT;
	return vma->vm_ops->access(vma, address, buffer, bytes, (flags & FOLL_WRITE) != 0);
}

/* With mmap_lock. Return: bytes, up to the end of a page; or -errno. */
static int access_page(struct mm_struct *mm, unsigned long address, void *buffer, int bytes,
		       unsigned int flags)
{
	int rest = (int)(PAGE_SIZE - offset_in_page(address));
	struct vm_area_struct *vma;
	struct page *page;

	if (get_user_pages_remote(mm, address, 1, flags, &page, &vma, NULL) <= 0)
		return access_special(mm, address, buffer, bytes, flags);
	bytes = bytes < rest ? bytes : rest;
	copy(vma, page, address, buffer, (size_t)bytes, flags & FOLL_WRITE);
	put_page(page);
	return bytes;
}

int access_remote_vm(struct mm_struct *mm, unsigned long address, void *buffer, int bytes,
		     unsigned int gup_flags)
{
	int done = 0, got;

	address = untagged_addr(address);
	mmap_read_lock(mm);
	while (done < bytes) {
		got = access_page(mm, address + (unsigned long)done, (char *)buffer + done,
				  bytes - done, gup_flags);
		if (got <= 0)
			break;
		done += got;
	}
	mmap_read_unlock(mm);
	return done;
}

int access_process_vm(struct task_struct *tsk, unsigned long address, void *buffer, int bytes,
		      unsigned int gup_flags)
{
	struct mm_struct *mm = get_task_mm(tsk);
	int done;

	if (!mm)
		return 0;
	done = access_remote_vm(mm, address, buffer, bytes, gup_flags);
	mmput(mm);
	return done;
}

int generic_ptrace_peekdata(struct task_struct *tsk, unsigned long address, unsigned long data)
{
	unsigned long word;

	if (access_process_vm(tsk, address, &word, sizeof(word), FOLL_FORCE) != sizeof(word))
		return -EIO;
	return put_user(word, (unsigned long *)data); // NOLINT
}

int generic_ptrace_pokedata(struct task_struct *tsk, unsigned long address, unsigned long data)
{
	int done = access_process_vm(tsk, address, &data, sizeof(data), FOLL_FORCE | FOLL_WRITE);

	return done == sizeof(data) ? 0 : -EIO;
}
