/* SPDX-License-Identifier: MIT */
/* Writes to pages that are there, but read-only: copies, and shared pages that become dirty. */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

static void unlock_entry(struct vm_fault *vmf)
{
	pte_unmap_unlock(vmf->pte, vmf->ptl);
}

static pte_t writable(pte_t pte, const struct vm_area_struct *vma)
{
	pte = pte_mkdirty(pte_mkyoung(pte));
	return vma->vm_flags & VM_WRITE ? pte_mkwrite(pte) : pte;
}

/* The page is this process's alone, or shared on purpose: the entry becomes writable. */
static vm_fault_t reuse(struct vm_fault *vmf)
{
	struct vm_area_struct *vma = vmf->vma;
	pte_t entry = writable(vmf->orig_pte, vma);

	flush_cache_page(vma, vmf->address, pte_pfn(vmf->orig_pte));
	if (ptep_set_access_flags(vma, vmf->address, vmf->pte, entry, 1))
		update_mmu_cache(vma, vmf->address, vmf->pte);
	unlock_entry(vmf);
	return VM_FAULT_WRITE;
}

/* --- a copy --- */

static struct page *make_copy(struct vm_fault *vmf, struct page *old)
{
	struct page *page = alloc_page_vma(GFP_HIGHUSER_MOVABLE, vmf->vma, vmf->address);

	if (!page)
		return NULL;
	if (old)
		copy_user_highpage(page, old, vmf->address, vmf->vma);
	else
		clear_user_highpage(page, vmf->address);
	__SetPageUptodate(page);
	return page;
}

static void enter_copy(struct vm_fault *vmf, struct page *page)
{
	struct vm_area_struct *vma = vmf->vma;

	flush_cache_page(vma, vmf->address, pte_pfn(vmf->orig_pte));
	ptep_clear_flush(vma, vmf->address, vmf->pte);
	page_add_new_anon_rmap(page, vma, vmf->address, false);
	set_pte_at_notify(vma->vm_mm, vmf->address, vmf->pte,
			  writable(mk_pte(page, vma->vm_page_prot), vma));
	update_mmu_cache(vma, vmf->address, vmf->pte);
}

/* With a reference to `old`, if there is one; without the lock. */
static vm_fault_t copy(struct vm_fault *vmf, struct page *old)
{
	struct mm_struct *mm = vmf->vma->vm_mm;
	struct page *page = anon_vma_prepare(vmf->vma) ? NULL : make_copy(vmf, old);
	bool entered;

	if (!page) {
		if (old)
			put_page(old);
		return VM_FAULT_OOM;
	}
	vmf->pte = pte_offset_map_lock(mm, vmf->pmd, vmf->address, &vmf->ptl);
	entered = pte_same(*vmf->pte, vmf->orig_pte);
	if (entered) {
		enter_copy(vmf, page);
		if (old)
			page_remove_rmap(old, false);
	}
	unlock_entry(vmf);
	if (!entered)
		put_page(page);
	else if (old)
		put_page(old); /* the entry's */
	if (old)
		put_page(old);
	return entered ? VM_FAULT_WRITE : 0;
}

/* --- shared pages --- */

vm_fault_t ccsan_fault_dirty_shared_page(struct vm_fault *vmf)
{
	struct address_space *mapping = page_mapping(vmf->page);

	set_page_dirty(vmf->page);
	unlock_page(vmf->page);
	if (mapping)
		balance_dirty_pages_ratelimited(mapping);
	return 0;
}

/* The file says whether the page may be written. It sleeps, so the entry is looked at again. */
static vm_fault_t ask_file(struct vm_fault *vmf)
{
	vm_fault_t result;

	unlock_entry(vmf);
	result = ccsan_do_page_mkwrite(vmf);
	if (result & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))
		return result;
	vmf->pte = pte_offset_map_lock(vmf->vma->vm_mm, vmf->pmd, vmf->address, &vmf->ptl);
	if (pte_same(*vmf->pte, vmf->orig_pte))
		return reuse(vmf) | VM_FAULT_LOCKED;
	unlock_entry(vmf);
	unlock_page(vmf->page);
	return VM_FAULT_NOPAGE;
}

static vm_fault_t write_shared(struct vm_fault *vmf)
{
	vm_fault_t result = VM_FAULT_WRITE;

	get_page(vmf->page);
	if (vmf->vma->vm_ops && vmf->vma->vm_ops->page_mkwrite) {
		result = ask_file(vmf);
	} else {
		reuse(vmf);
		lock_page(vmf->page);
		result |= VM_FAULT_LOCKED;
	}
	if (result & VM_FAULT_LOCKED)
		ccsan_fault_dirty_shared_page(vmf);
	put_page(vmf->page);
	return result & ~(VM_FAULT_LOCKED | VM_FAULT_NOPAGE);
}

static vm_fault_t write_shared_frame(struct vm_fault *vmf)
{
	vm_fault_t (*ask)(struct vm_fault *) =
		vmf->vma->vm_ops ? vmf->vma->vm_ops->pfn_mkwrite : NULL;
	vm_fault_t result;

	if (!ask)
		return reuse(vmf);
	unlock_entry(vmf);
	result = ask(vmf);
	if (result & (VM_FAULT_ERROR | VM_FAULT_NOPAGE))
		return result;
	vmf->pte = pte_offset_map_lock(vmf->vma->vm_mm, vmf->pmd, vmf->address, &vmf->ptl);
	if (pte_same(*vmf->pte, vmf->orig_pte))
		return reuse(vmf);
	unlock_entry(vmf);
	return 0;
}

/* --- which of them --- */

/* Nobody else has the page: neither an entry, nor a reference that sees what is written. */
static bool is_ours(struct page *page)
{
	bool ours;

	if (!PageAnon(page) || page_count(page) != 1 || !trylock_page(page))
		return false;
	ours = page_mapcount(page) == 1 && page_count(page) == 1;
	unlock_page(page);
	return ours;
}

vm_fault_t ccsan_do_wp_page(struct vm_fault *vmf)
{
	bool shared = (vmf->vma->vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED);

	vmf->page = vm_normal_page(vmf->vma, vmf->address, vmf->orig_pte);
	if (shared)
		return vmf->page ? write_shared(vmf) : write_shared_frame(vmf);
	if (vmf->page && is_ours(vmf->page)) {
		page_move_anon_rmap(vmf->page, vmf->vma);
		return reuse(vmf);
	}
	if (vmf->page)
		get_page(vmf->page);
	unlock_entry(vmf);
	return copy(vmf, vmf->page);
}
