/* SPDX-License-Identifier: MIT */
/* What processes ask for: mmap() and munmap(). vma.c keeps the mappings. */
#include <linux/err.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mman.h>
#include <linux/sched/mm.h>
#include <linux/shmem_fs.h>
#include <linux/syscalls.h>

#include <asm/cacheflush.h>
#include <asm/shmparam.h>

#include "linux/layer.h"
#include "mm_parts.h"

enum { MOST_MAPPINGS = 65530 }; /* of a process: vm.max_map_count */

/* --- where --- */

/* Two mappings of a page share their places in the cache when their addresses agree modulo SHMLBA.
 * The page's offset in the file says which. */
static unsigned long colour_mask(const struct file *file, unsigned long flags)
{
	return file || flags & MAP_SHARED ? (SHMLBA - 1) & PAGE_MASK : 0;
}

static unsigned long coloured(unsigned long addr, unsigned long pgoff, unsigned long mask)
{
	return addr + (((pgoff << PAGE_SHIFT) - addr) & mask);
}

static bool is_free(struct mm_struct *mm, unsigned long addr, unsigned long len)
{
	struct vm_area_struct *prev;

	return addr >= mm->mmap_base && len <= TASK_SIZE && addr <= TASK_SIZE - len &&
	       ccsan_vma_place(mm, addr, addr + len, &prev);
}

unsigned long arch_get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				     unsigned long pgoff, unsigned long flags)
{
	struct mm_struct *mm = current->mm;
	unsigned long mask = colour_mask(file, flags), hole;

	if (len > TASK_SIZE)
		return -ENOMEM;
	if (flags & MAP_FIXED) {
		if (flags & MAP_SHARED && (addr - (pgoff << PAGE_SHIFT)) & mask)
			return -EINVAL;
		return addr;
	}
	addr = coloured(PAGE_ALIGN(addr), pgoff, mask);
	if (is_free(mm, addr, len))
		return addr;
	hole = ccsan_vma_find_hole(mm, mm->mmap_base, len + mask);
	return hole ? coloured(hole, pgoff, mask) : (unsigned long)-ENOMEM;
}

unsigned long get_unmapped_area(struct file *file, unsigned long addr, unsigned long len,
				unsigned long pgoff, unsigned long flags)
{
	addr = arch_get_unmapped_area(file, addr, len, pgoff, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (addr > TASK_SIZE - len)
		return -ENOMEM;
	return offset_in_page(addr) ? (unsigned long)-EINVAL : addr;
}

/* --- what it may do --- */

static long flags_of_file(const struct file *file, unsigned long prot, unsigned long flags,
			  unsigned long *vm_flags)
{
	if (!file->f_op->mmap)
		return -ENODEV;
	if (!(file->f_mode & FMODE_READ))
		return -EACCES;
	if ((flags & MAP_TYPE) == MAP_PRIVATE)
		return 0;
	if (prot & PROT_WRITE && !(file->f_mode & FMODE_WRITE))
		return -EACCES;
	*vm_flags |= VM_SHARED | VM_MAYSHARE;
	if (!(file->f_mode & FMODE_WRITE))
		*vm_flags &= ~(VM_MAYWRITE | VM_SHARED);
	return 0;
}

static long flags_of_mapping(const struct file *file, unsigned long prot, unsigned long flags,
			     unsigned long *vm_flags)
{
	unsigned long type = flags & MAP_TYPE;

	*vm_flags = calc_vm_prot_bits(prot) | VM_MAYREAD | VM_MAYWRITE | VM_MAYEXEC;
	if (type != MAP_PRIVATE && type != MAP_SHARED && type != MAP_SHARED_VALIDATE)
		return -EINVAL;
	if (file)
		return flags_of_file(file, prot, flags, vm_flags);
	if (type != MAP_PRIVATE)
		*vm_flags |= VM_SHARED | VM_MAYSHARE;
	return 0;
}

/** Shared dirty pages have to be known: the entry is read-only until the first write. */
int vma_wants_writenotify(struct vm_area_struct *vma, pgprot_t vm_page_prot)
{
	const struct vm_operations_struct *ops = vma->vm_ops;

	(void)vm_page_prot;
	if ((vma->vm_flags & (VM_WRITE | VM_SHARED)) != (VM_WRITE | VM_SHARED))
		return 0;
	if (ops && (ops->page_mkwrite || ops->pfn_mkwrite))
		return 1;
	if (vma->vm_flags & VM_PFNMAP || !vma->vm_file || !vma->vm_file->f_mapping)
		return 0;
	return vma->vm_file->f_mapping->a_ops && vma->vm_file->f_mapping->a_ops->writepage;
}

void vma_set_page_prot(struct vm_area_struct *vma)
{
	unsigned long vm_flags = vma->vm_flags;

	if (vma_wants_writenotify(vma, vma->vm_page_prot))
		vm_flags &= ~VM_SHARED;
	vma->vm_page_prot = __pgprot((pgprot_val(vma->vm_page_prot) & _PAGE_UNCACHED) |
				     pgprot_val(vm_get_page_prot(vm_flags)));
}

/* --- making it --- */

static int ask_file(struct vm_area_struct *vma, struct file *file)
{
	int error;

	vma->vm_file = get_file(file);
	error = file->f_op->mmap(file, vma);
	if (!error)
		return 0;
	fput(file);
	vma->vm_file = NULL;
	return error;
}

static unsigned long map_region(struct file *file, unsigned long addr, unsigned long len,
				unsigned long vm_flags, unsigned long pgoff)
{
	struct mm_struct *mm = current->mm;
	struct vm_area_struct *vma = vm_area_alloc(mm);
	int error = 0;

	if (!vma)
		return -ENOMEM;
	vma->vm_start = addr;
	vma->vm_end = addr + len;
	vma->vm_flags = vm_flags;
	vma->vm_page_prot = vm_get_page_prot(vm_flags);
	vma->vm_pgoff = pgoff;
	if (file)
		error = ask_file(vma, file);
	else if (vm_flags & VM_SHARED)
		error = shmem_zero_setup(vma);
	if (error) {
		vm_area_free(vma);
		return error;
	}
	vma_set_page_prot(vma);
	ccsan_vma_link(mm, vma);
	ccsan_vma_join(vma);
	return addr;
}

unsigned long do_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long pgoff, unsigned long *populate)
{
	struct mm_struct *mm = current->mm;
	unsigned long vm_flags;
	long error;

	*populate = 0;
	if (!len)
		return -EINVAL;
	len = PAGE_ALIGN(len);
	if (!len || len > TASK_SIZE || mm->map_count > MOST_MAPPINGS)
		return -ENOMEM;
	if (pgoff + (len >> PAGE_SHIFT) < pgoff)
		return -EOVERFLOW;
	if (flags & MAP_FIXED_NOREPLACE)
		flags |= MAP_FIXED;
	addr = get_unmapped_area(file, untagged_addr(addr), len, file ? pgoff : 0, flags);
	if (IS_ERR_VALUE(addr))
		return addr;
	if (flags & MAP_FIXED_NOREPLACE && find_vma_intersection(mm, addr, addr + len))
		return -EEXIST;
	error = flags_of_mapping(file, prot, flags, &vm_flags);
	if (!error)
		error = do_munmap(mm, addr, len);
	if (error)
		return error;
	if (!file)
		pgoff = vm_flags & VM_SHARED ? 0 : addr >> PAGE_SHIFT;
	addr = map_region(file, addr, len, vm_flags, pgoff);
	if (!IS_ERR_VALUE(addr) && flags & MAP_POPULATE)
		*populate = len;
	return addr;
}

/* --- and undoing it --- */

/* Both ends of a range become ends of mappings. */
static int split_ends(struct mm_struct *mm, unsigned long start, unsigned long end)
{
	struct vm_area_struct *vma = find_vma(mm, start);
	int error = 0;

	if (vma && vma->vm_start < start)
		error = split_vma(mm, vma, start, 0);
	if (error)
		return error;
	vma = find_vma(mm, end);
	return vma && vma->vm_start < end ? split_vma(mm, vma, end, 1) : 0;
}

/* The pages go first: as long as an entry has one, the mapping is found from it. */
static void unmap_one(struct mm_struct *mm, struct vm_area_struct *vma)
{
	flush_cache_range(vma, vma->vm_start, vma->vm_end);
	ccsan_unmap_pages(vma, vma->vm_start, vma->vm_end, NULL);
	flush_tlb_range(vma, vma->vm_start, vma->vm_end);
	ccsan_vma_unlink(mm, vma);
	ccsan_vma_release(vma);
}

int do_munmap(struct mm_struct *mm, unsigned long start, size_t len)
{
	struct vm_area_struct *vma;
	int error;

	len = PAGE_ALIGN(len);
	if (offset_in_page(start) || start > TASK_SIZE || len > TASK_SIZE - start || !len)
		return -EINVAL;
	error = split_ends(mm, start, start + len);
	if (error)
		return error;
	while ((vma = find_vma_intersection(mm, start, start + len)))
		unmap_one(mm, vma);
	return 0;
}

void exit_mmap(struct mm_struct *mm)
{
	flush_cache_mm(mm);
	for (struct vm_area_struct *vma; (vma = mm->mmap);) {
		ccsan_unmap_pages(vma, vma->vm_start, vma->vm_end, NULL);
		ccsan_vma_unlink(mm, vma);
		ccsan_vma_release(vma);
	}
	flush_tlb_mm(mm);
}

/* --- with the lock --- */

static void populate_range(struct mm_struct *mm, unsigned long start, unsigned long len)
{
	mmap_read_lock(mm);
	for (unsigned long at = start; at < start + len; at += PAGE_SIZE) {
		struct vm_area_struct *vma = ccsan_vma_around(mm, at);
		unsigned int write = vma && vma->vm_flags & VM_WRITE ? FAULT_FLAG_WRITE : 0;

		if (!vma || fixup_user_fault(mm, at, write, NULL))
			break; /* what is not there yet comes by a fault */
	}
	mmap_read_unlock(mm);
}

unsigned long vm_mmap(struct file *file, unsigned long addr, unsigned long len, unsigned long prot,
		      unsigned long flags, unsigned long offset)
{
	struct mm_struct *mm = current->mm;
	unsigned long populate;

	if (offset_in_page(offset))
		return -EINVAL;
	mmap_write_lock(mm);
	addr = do_mmap(file, addr, len, prot, flags, offset >> PAGE_SHIFT, &populate);
	mmap_write_unlock(mm);
	if (populate)
		populate_range(mm, addr, populate);
	return addr;
}

int vm_munmap(unsigned long start, size_t len)
{
	struct mm_struct *mm = current->mm;
	int error;

	mmap_write_lock(mm);
	error = do_munmap(mm, untagged_addr(start), len);
	mmap_write_unlock(mm);
	return error;
}

/* --- system calls --- */

unsigned long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot,
		       unsigned long flags, unsigned long fd, unsigned long off)
{
	struct file *file = NULL;

	if (!current->mm)
		return -ENOMEM;
	if (!(flags & MAP_ANONYMOUS)) {
		file = fget((unsigned int)fd);
		if (!file)
			return -EBADF;
	}
	addr = vm_mmap(file, addr, len, prot, flags, off);
	if (file)
		fput(file);
	return IS_ERR_VALUE(addr) ? addr : (unsigned long)ccsan_user_pointer(current->mm, addr);
}

long sys_munmap(unsigned long addr, size_t len)
{
	return current->mm ? vm_munmap(addr, len) : -ENOMEM;
}
