/* SPDX-License-Identifier: MIT */
/*
 * Faults: from the access that the machine could not do, to the page. cow.c has writes to pages
 * that are there.
 */
#include <signal.h>

#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/uaccess.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- a page for an entry --- */

static void lock_entry(struct vm_fault *vmf)
{
	vmf->pte = pte_offset_map_lock(vmf->vma->vm_mm, vmf->pmd, vmf->address, &vmf->ptl);
}

static void unlock_entry(struct vm_fault *vmf)
{
	pte_unmap_unlock(vmf->pte, vmf->ptl);
}

static pte_t maybe_mkwrite(pte_t pte, const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

/* With the lock, which it releases. Return: false if somebody else was faster. */
static bool enter(struct vm_fault *vmf, pte_t entry, struct page *page)
{
	struct vm_area_struct *vma = vmf->vma;

	if (!pte_none(*vmf->pte)) {
		unlock_entry(vmf);
		return false;
	}
	if (page && vmf->flags & FAULT_FLAG_WRITE && !(vma->vm_flags & VM_SHARED))
		page_add_new_anon_rmap(page, vma, vmf->address, false);
	else if (page)
		page_add_file_rmap(page, false);
	set_pte_at(vma->vm_mm, vmf->address, vmf->pte, entry);
	update_mmu_cache(vma, vmf->address, vmf->pte);
	unlock_entry(vmf);
	return true;
}

/* --- anonymous memory --- */

static vm_fault_t map_zero_page(struct vm_fault *vmf)
{
	pte_t entry = pfn_pte(my_zero_pfn(vmf->address), vmf->vma->vm_page_prot);

	lock_entry(vmf);
	enter(vmf, pte_mkspecial(entry), NULL);
	return 0;
}

static vm_fault_t do_anonymous_page(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	struct page *page;
	pte_t entry;

	if (pte_alloc(vma->vm_mm, vmf->pmd))
		return VM_FAULT_OOM;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return map_zero_page(vmf);
	if (anon_vma_prepare(vma))
		return VM_FAULT_OOM;
	page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vma, vmf->address);
	if (!page)
		return VM_FAULT_OOM;
	clear_user_highpage(page, vmf->address);
	__SetPageUptodate(page);
	entry = pte_mkdirty(maybe_mkwrite(mk_pte(page, vma->vm_page_prot), vma));
	lock_entry(vmf);
	if (!enter(vmf, entry, page))
		put_page(page);
	return 0;
}

/* --- pages of files --- */

/* Return: with vmf->page locked, unless it is an error or VM_FAULT_NOPAGE. */
static vm_fault_t ask_file(struct vm_fault *vmf)
{
	const vm_fault_t done =
		VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY | VM_FAULT_DONE_COW;
	vm_fault_t result;

	if (pte_alloc(vmf->vma->vm_mm, vmf->pmd)) /* not with the page locked */
		return VM_FAULT_OOM;
	result = vmf->vma->vm_ops->fault(vmf);
	if (result & done)
		return result;
	if (!(result & VM_FAULT_LOCKED))
		lock_page(vmf->page);
	return result | VM_FAULT_LOCKED;
}

static bool is_over(vm_fault_t result)
{
	return result & (VM_FAULT_ERROR | VM_FAULT_NOPAGE | VM_FAULT_RETRY | VM_FAULT_DONE_COW);
}

/* Return: 0, or VM_FAULT_NOPAGE if somebody else was faster. */
static vm_fault_t finish_fault(struct vm_fault *vmf, struct page *page)
{
	struct vm_area_struct *vma = vmf->vma;
	pte_t entry;

	lock_entry(vmf);
	if (vma->vm_flags & VM_EXEC)
		flush_icache_page(vma, page);
	entry = mk_pte(page, vma->vm_page_prot);
	if (vmf->flags & FAULT_FLAG_WRITE)
		entry = maybe_mkwrite(pte_mkdirty(entry), vma);
	return enter(vmf, entry, page) ? 0 : VM_FAULT_NOPAGE;
}

static vm_fault_t do_read_fault(struct vm_fault *vmf)
{
	vm_fault_t result = ask_file(vmf);

	if (is_over(result))
		return result;
	result |= finish_fault(vmf, vmf->page);
	unlock_page(vmf->page);
	if (result & VM_FAULT_NOPAGE)
		put_page(vmf->page);
	return result & ~VM_FAULT_LOCKED;
}

static vm_fault_t copy_from_file(struct vm_fault *vmf)
{
	vm_fault_t result = ask_file(vmf);

	if (is_over(result))
		return result | VM_FAULT_NOPAGE;
	copy_user_highpage(vmf->cow_page, vmf->page, vmf->address, vmf->vma);
	__SetPageUptodate(vmf->cow_page);
	result |= finish_fault(vmf, vmf->cow_page);
	unlock_page(vmf->page);
	put_page(vmf->page);
	return result & ~VM_FAULT_LOCKED;
}

static vm_fault_t do_cow_fault(struct vm_fault *vmf)
{
	vm_fault_t result;

	if (anon_vma_prepare(vmf->vma))
		return VM_FAULT_OOM;
	vmf->cow_page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vmf->vma, vmf->address);
	if (!vmf->cow_page)
		return VM_FAULT_OOM;
	result = copy_from_file(vmf);
	if (result & VM_FAULT_NOPAGE)
		put_page(vmf->cow_page);
	return result;
}

vm_fault_t ccsan_do_page_mkwrite(struct vm_fault *vmf)
{
	struct page *page = vmf->page;
	unsigned int flags = vmf->flags;
	vm_fault_t result;

	vmf->flags = FAULT_FLAG_WRITE | FAULT_FLAG_MKWRITE;
	result = vmf->vma->vm_ops->page_mkwrite(vmf);
	vmf->flags = flags;
	if (result & (VM_FAULT_ERROR | VM_FAULT_NOPAGE) || result & VM_FAULT_LOCKED)
		return result;
	lock_page(page);
	if (page->mapping)
		return result | VM_FAULT_LOCKED;
	unlock_page(page); /* truncated: the access comes again */
	return result | VM_FAULT_NOPAGE;
}

static vm_fault_t do_shared_fault(struct vm_fault *vmf)
{
	vm_fault_t result = ask_file(vmf), allowed = 0;

	if (is_over(result))
		return result;
	if (vmf->vma->vm_ops->page_mkwrite) {
		unlock_page(vmf->page);
		allowed = ccsan_do_page_mkwrite(vmf);
		if (allowed & (VM_FAULT_ERROR | VM_FAULT_NOPAGE)) {
			put_page(vmf->page);
			return allowed;
		}
	}
	result |= finish_fault(vmf, vmf->page);
	if (result & VM_FAULT_NOPAGE) {
		unlock_page(vmf->page);
		put_page(vmf->page);
		return VM_FAULT_NOPAGE;
	}
	return (result & ~VM_FAULT_LOCKED) | ccsan_fault_dirty_shared_page(vmf);
}

static vm_fault_t do_fault(struct vm_fault *vmf)
{
	if (!vmf->vma->vm_ops->fault)
		return VM_FAULT_SIGBUS;
	if (!(vmf->flags & FAULT_FLAG_WRITE))
		return do_read_fault(vmf);
	if (!(vmf->vma->vm_flags & VM_SHARED))
		return do_cow_fault(vmf);
	return do_shared_fault(vmf);
}

/* --- an entry that is there --- */

static vm_fault_t touch_entry(struct vm_fault *vmf)
{
	pte_t entry = vmf->orig_pte;

	lock_entry(vmf);
	if (!pte_same(*vmf->pte, entry)) {
		unlock_entry(vmf);
		return 0;
	}
	if (vmf->flags & FAULT_FLAG_WRITE) {
		if (!pte_write(entry))
			return ccsan_do_wp_page(vmf);
		entry = pte_mkdirty(entry);
	}
	entry = pte_mkyoung(entry);
	if (ptep_set_access_flags(vmf->vma, vmf->address, vmf->pte, entry,
				  vmf->flags & FAULT_FLAG_WRITE))
		update_mmu_cache(vmf->vma, vmf->address, vmf->pte);
	unlock_entry(vmf);
	return 0;
}

vm_fault_t handle_mm_fault(struct vm_area_struct *vma, unsigned long address, unsigned int flags,
			   struct pt_regs *regs)
{
	struct vm_fault vmf = { .vma = vma,
				.address = untagged_addr(address) & PAGE_MASK,
				.flags = flags,
				.gfp_mask = GFP_KERNEL };

	(void)regs;
	vmf.pgoff = linear_page_index(vma, vmf.address);
	vmf.pmd = ccsan_pmd_of(vma->vm_mm, vmf.address);
	if (!pmd_none(*vmf.pmd))
		vmf.orig_pte = *pte_offset_map(vmf.pmd, vmf.address);
	if (!pte_none(vmf.orig_pte))
		return touch_entry(&vmf);
	return vma_is_anonymous(vma) ? do_anonymous_page(&vmf) : do_fault(&vmf);
}

int vm_fault_to_errno(vm_fault_t vm_fault, int foll_flags)
{
	(void)foll_flags;
	if (vm_fault & VM_FAULT_OOM)
		return -ENOMEM;
	return vm_fault & (VM_FAULT_SIGBUS | VM_FAULT_SIGSEGV) ? -EFAULT : 0;
}

static bool is_allowed(const struct vm_area_struct *vma, bool write)
{
	return vma->vm_flags & (write ? VM_WRITE : VM_READ | VM_WRITE | VM_EXEC);
}

int fixup_user_fault(struct mm_struct *mm, unsigned long address, unsigned int fault_flags,
		     bool *unlocked)
{
	struct vm_area_struct *vma = ccsan_vma_around(mm, address);

	(void)unlocked; /* the lock is never dropped */
	if (!vma || !is_allowed(vma, fault_flags & FAULT_FLAG_WRITE))
		return -EFAULT;
	return vm_fault_to_errno(handle_mm_fault(vma, address, fault_flags, NULL), 0);
}

/* --- from the machine --- */

static vm_fault_t fault_in(struct mm_struct *mm, unsigned long address, bool write)
{
	unsigned int flags = FAULT_FLAG_DEFAULT | FAULT_FLAG_USER | (write ? FAULT_FLAG_WRITE : 0);
	struct vm_area_struct *vma;
	vm_fault_t result = VM_FAULT_SIGSEGV;

	mmap_read_lock(mm);
	vma = ccsan_vma_around(mm, address);
	if (vma && is_allowed(vma, write))
		result = handle_mm_fault(vma, address, flags, NULL);
	mmap_read_unlock(mm);
	return result;
}

/* The exception table: code of the kernel that reaches for user memory says where it goes on. */
static bool no_way(struct task_struct *task, vm_fault_t result)
{
	if (task->fault_fixup)
		longjmp(*task->fault_fixup, 1);
	if (result & VM_FAULT_OOM)
		ccsan_kill_current(SIGKILL);
	return false;
}

static bool do_page_fault(unsigned int space, uint64_t address, bool write)
{
	struct task_struct *task = current;
	struct mm_struct *mm = task->mm;
	vm_fault_t result = VM_FAULT_SIGSEGV;

	if (mm && mm->space == space && address < TASK_SIZE && !faulthandler_disabled() &&
	    !in_atomic())
		result = fault_in(mm, address, write);
	return result & VM_FAULT_ERROR ? no_way(task, result) : true;
}

void ccsan_faults_begin(void)
{
	ccsan_hosted_on_fault(do_page_fault);
}
