/* SPDX-License-Identifier: MIT */
/* mremap(): mappings grow, shrink and move. */
#include <linux/err.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/syscalls.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- moving entries. Whoever looks for a page's entry meanwhile would look at the new place, and
 * then at the old one: with the locks of the trees nobody does --- */

static void lock_trees(struct vm_area_struct *vma)
{
	if (vma->vm_file)
		i_mmap_lock_write(vma->vm_file->f_mapping);
	if (vma->anon_vma)
		anon_vma_lock_write(vma->anon_vma);
}

static void unlock_trees(struct vm_area_struct *vma)
{
	if (vma->anon_vma)
		anon_vma_unlock_write(vma->anon_vma);
	if (vma->vm_file)
		i_mmap_unlock_write(vma->vm_file->f_mapping);
}

static void move_entry(struct vm_area_struct *vma, unsigned long from, unsigned long to)
{
	struct mm_struct *mm = vma->vm_mm;
	pmd_t *old_pmd = ccsan_pmd_of(mm, from), *new_pmd = ccsan_pmd_of(mm, to);
	spinlock_t *ptl = pte_lockptr(mm, old_pmd);
	pte_t pte;

	spin_lock(ptl);
	pte = ptep_get_and_clear(mm, from, pte_offset_map(old_pmd, from));
	if (!pte_none(pte))
		set_pte_at(mm, to, pte_offset_map(new_pmd, to), pte);
	spin_unlock(ptl);
}

/* Return: how much was moved: all, unless memory for tables is exhausted. */
static unsigned long move_pages(struct vm_area_struct *vma, unsigned long from, unsigned long to,
				unsigned long len)
{
	unsigned long done;

	flush_cache_range(vma, from, from + len);
	lock_trees(vma);
	for (done = 0; done < len; done += PAGE_SIZE) {
		if (pmd_none(*ccsan_pmd_of(vma->vm_mm, from + done)))
			continue;
		if (pte_alloc(vma->vm_mm, ccsan_pmd_of(vma->vm_mm, to + done)))
			break;
		move_entry(vma, from + done, to + done);
	}
	unlock_trees(vma);
	flush_tlb_range(vma, from, from + len);
	return done;
}

/* --- moving a mapping --- */

static struct vm_area_struct *copy_of(struct vm_area_struct *vma, unsigned long from,
				      unsigned long to, unsigned long len)
{
	struct vm_area_struct *copy = vm_area_dup(vma);

	if (!copy)
		return NULL;
	copy->vm_start = to;
	copy->vm_end = to + len;
	copy->vm_pgoff = vma->vm_pgoff + ((from - vma->vm_start) >> PAGE_SHIFT);
	if (vma_is_anonymous(vma) && !vma->anon_vma) /* no page knows the offset yet */
		copy->vm_pgoff = to >> PAGE_SHIFT;
	if (anon_vma_clone(copy, vma)) {
		vm_area_free(copy);
		return NULL;
	}
	if (copy->vm_file)
		get_file(copy->vm_file);
	if (copy->vm_ops && copy->vm_ops->open)
		copy->vm_ops->open(copy);
	ccsan_vma_link(copy->vm_mm, copy);
	return copy;
}

static unsigned long move_vma(struct vm_area_struct *vma, unsigned long from, unsigned long old_len,
			      unsigned long new_len, unsigned long to)
{
	struct mm_struct *mm = vma->vm_mm;
	struct vm_area_struct *copy = copy_of(vma, from, to, new_len);
	unsigned long done;
	int error;

	if (!copy)
		return -ENOMEM;
	done = move_pages(vma, from, to, old_len);
	if (done < old_len) {
		move_pages(copy, to, from, done);
		do_munmap(mm, to, new_len);
		return -ENOMEM;
	}
	error = do_munmap(mm, from, old_len);
	if (error) /* no memory to split with: the pages are here, the mapping stays, empty */
		return to;
	copy = ccsan_vma_around(mm, to);
	if (copy)
		ccsan_vma_join(copy);
	return to;
}

static unsigned long move_to(struct vm_area_struct *vma, unsigned long from, unsigned long old_len,
			     unsigned long new_len, unsigned long flags, unsigned long to)
{
	unsigned long map_flags = vma->vm_flags & VM_MAYSHARE ? MAP_SHARED : 0;
	pgoff_t pgoff = vma->vm_pgoff + ((from - vma->vm_start) >> PAGE_SHIFT);

	if (flags & MREMAP_FIXED)
		map_flags |= MAP_FIXED;
	to = get_unmapped_area(vma->vm_file, flags & MREMAP_FIXED ? to : 0, new_len, pgoff,
			       map_flags);
	return IS_ERR_VALUE(to) ? to : move_vma(vma, from, old_len, new_len, to);
}

/* --- growing --- */

static bool can_grow(const struct vm_area_struct *vma, unsigned long more)
{
	unsigned long end = vma->vm_end + more;

	return end > vma->vm_end && end <= TASK_SIZE &&
	       (!vma->vm_next || vma->vm_next->vm_start >= end);
}

static void grow(struct vm_area_struct *vma, unsigned long more)
{
	unsigned long old_end = vma->vm_end;

	ccsan_vma_adjust(vma, vma->vm_start, old_end + more, vma->vm_pgoff);
	ccsan_hosted_expect_faults(vma->vm_mm->space, old_end, more);
	ccsan_vma_join(vma);
}

/* The destination of MREMAP_FIXED is emptied first. Return: 0 or -errno. */
static long clear_target(struct mm_struct *mm, unsigned long addr, unsigned long old_len,
			 unsigned long new_len, unsigned long to)
{
	if (offset_in_page(to) || new_len > TASK_SIZE || to > TASK_SIZE - new_len)
		return -EINVAL;
	if (addr + old_len > to && to + new_len > addr)
		return -EINVAL;
	return do_munmap(mm, to, new_len);
}

static unsigned long remap(struct mm_struct *mm, unsigned long addr, unsigned long old_len,
			   unsigned long new_len, unsigned long flags, unsigned long to)
{
	struct vm_area_struct *vma;
	long error = 0;

	if (flags & MREMAP_FIXED)
		error = clear_target(mm, addr, old_len, new_len, to);
	if (!error && old_len > new_len) {
		error = do_munmap(mm, addr + new_len, old_len - new_len);
		old_len = new_len;
	}
	if (error)
		return error;
	vma = ccsan_vma_around(mm, addr);
	if (!vma || old_len > vma->vm_end - addr)
		return -EFAULT;
	if (old_len != new_len && vma->vm_flags & (VM_DONTEXPAND | VM_PFNMAP))
		return -EFAULT;
	if (flags & MREMAP_FIXED)
		return move_to(vma, addr, old_len, new_len, flags, to);
	if (old_len == new_len)
		return addr;
	if (addr + old_len == vma->vm_end && can_grow(vma, new_len - old_len)) {
		grow(vma, new_len - old_len);
		return addr;
	}
	return flags & MREMAP_MAYMOVE ? move_to(vma, addr, old_len, new_len, flags, 0)
				      : (unsigned long)-ENOMEM;
}

unsigned long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			 unsigned long flags, unsigned long new_addr)
{
	struct mm_struct *mm = current->mm;

	addr = untagged_addr(addr);
	old_len = PAGE_ALIGN(old_len);
	new_len = PAGE_ALIGN(new_len);
	if (!mm || flags & ~(MREMAP_MAYMOVE | MREMAP_FIXED) || offset_in_page(addr) || !new_len ||
	    !old_len || (flags & MREMAP_FIXED && !(flags & MREMAP_MAYMOVE)))
		return -EINVAL;
	mmap_write_lock(mm);
	addr = remap(mm, addr, old_len, new_len, flags, untagged_addr(new_addr));
	mmap_write_unlock(mm);
	return IS_ERR_VALUE(addr) ? addr : (unsigned long)ccsan_user_pointer(mm, addr);
}
