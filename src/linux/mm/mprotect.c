/* SPDX-License-Identifier: MIT */
/* mprotect() and msync(): what else is done to ranges of a process. */
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- entries --- */

/* A page that is dirty already has told; where writing need not be noticed it may go on. */
static pte_t new_protection(const struct vm_area_struct *vma, pte_t old)
{
	pte_t pte = pte_modify(old, vma->vm_page_prot);

	if (vma->vm_flags & VM_SHARED && vma->vm_flags & VM_WRITE && pte_dirty(pte))
		pte = pte_mkwrite(pte);
	return pte;
}

static void change_table(struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr,
			 unsigned long end)
{
	spinlock_t *ptl;
	pte_t *first = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl), *pte = first;

	for (; addr < end; addr += PAGE_SIZE, pte++) {
		pte_t old;

		if (!pte_present(*pte))
			continue;
		old = ptep_modify_prot_start(vma, addr, pte);
		ptep_modify_prot_commit(vma, addr, pte, old, new_protection(vma, old));
	}
	pte_unmap_unlock(first, ptl);
}

static void change_protection(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	flush_cache_range(vma, start, end);
	for (unsigned long addr = start, next; addr < end; addr = next) {
		pmd_t *pmd = ccsan_pmd_of(vma->vm_mm, addr);

		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			change_table(vma, pmd, addr, next);
	}
	flush_tlb_range(vma, start, end);
}

/* --- mappings --- */

int mprotect_fixup(struct vm_area_struct *vma, struct vm_area_struct **pprev, unsigned long start,
		   unsigned long end, unsigned long newflags)
{
	int error = 0;

	*pprev = vma;
	if (newflags == vma->vm_flags)
		return 0;
	if (start > vma->vm_start)
		error = split_vma(vma->vm_mm, vma, start, 1);
	if (!error && end < vma->vm_end)
		error = split_vma(vma->vm_mm, vma, end, 0);
	if (error)
		return error;
	vma->vm_flags = newflags;
	vma_set_page_prot(vma);
	change_protection(vma, start, end);
	*pprev = ccsan_vma_join(vma);
	return 0;
}

/* Return: the end of what was done, or -errno. */
static long protect_next(struct mm_struct *mm, unsigned long start, unsigned long end,
			 unsigned long access)
{
	const unsigned long all = VM_READ | VM_WRITE | VM_EXEC;
	struct vm_area_struct *vma = ccsan_vma_around(mm, start), *prev;
	unsigned long flags;
	int error;

	if (!vma)
		return -ENOMEM;
	flags = (vma->vm_flags & ~all) | access;
	if (flags & ~(flags >> 4) & all) /* VM_MAYREAD and so on */
		return -EACCES;
	end = end < vma->vm_end ? end : vma->vm_end;
	error = mprotect_fixup(vma, &prev, start, end, flags);
	return error ? error : (long)end;
}

long sys_mprotect(unsigned long start, size_t len, unsigned long prot)
{
	struct mm_struct *mm = current->mm;
	unsigned long end;
	long at;

	start = untagged_addr(start);
	if (offset_in_page(start) || prot & ~(PROT_READ | PROT_WRITE | PROT_EXEC))
		return -EINVAL;
	end = start + PAGE_ALIGN(len);
	if (end < start || !mm)
		return -ENOMEM;
	mmap_write_lock(mm);
	for (at = (long)start; at >= 0 && (unsigned long)at < end;)
		at = protect_next(mm, (unsigned long)at, end, calc_vm_prot_bits(prot));
	mmap_write_unlock(mm);
	return at < 0 ? at : 0;
}

/* --- msync() --- */

/* The file of one mapping, with a reference; the lock is not held while it is written. */
static struct file *file_at(struct mm_struct *mm, unsigned long *at, unsigned long end,
			    loff_t *from, loff_t *to)
{
	struct vm_area_struct *vma = ccsan_vma_around(mm, *at);
	unsigned long stop;

	if (!vma)
		return ERR_PTR(-ENOMEM);
	stop = vma->vm_end < end ? vma->vm_end : end;
	*from = (loff_t)(*at - vma->vm_start) + ((loff_t)vma->vm_pgoff << PAGE_SHIFT);
	*to = *from + (loff_t)(stop - *at) - 1;
	*at = stop;
	return vma->vm_file && vma->vm_flags & VM_SHARED ? get_file(vma->vm_file) : NULL;
}

long sys_msync(unsigned long start, size_t len, int flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long at = untagged_addr(start), end = at + PAGE_ALIGN(len);
	long error = 0;

	if (offset_in_page(at) || (flags & MS_ASYNC && flags & MS_SYNC))
		return -EINVAL;
	if (end < at || !mm)
		return -ENOMEM;
	while (at < end && !error) {
		struct file *file;
		loff_t from, to;

		mmap_read_lock(mm);
		file = file_at(mm, &at, end, &from, &to);
		mmap_read_unlock(mm);
		if (IS_ERR(file))
			return PTR_ERR(file);
		if (file && flags & MS_SYNC)
			error = vfs_fsync_range(file, from, to, 1);
		if (file)
			fput(file);
	}
	return error;
}
