/* SPDX-License-Identifier: MIT */
/* The pages of mappings: which one an entry has, entries that drivers make, and letting go. */
#include <linux/pagemap.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

struct page *vm_normal_page(struct vm_area_struct *vma, unsigned long addr, pte_t pte)
{
	(void)vma;
	(void)addr;
	if (!pte_present(pte) || pte_special(pte))
		return NULL;
	return pte_page(pte);
}

/* --- letting go --- */

static bool is_spared(const struct page *page, const struct zap_details *details)
{
	if (!details || !page)
		return false;
	return (details->check_mapping && details->check_mapping != page->mapping) ||
	       (!PageAnon(page) &&
		(page->index < details->first_index || page->index > details->last_index));
}

/* Return: the page, whose reference the caller drops without the lock of the entries. */
static struct page *zap_entry(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep,
			      const struct zap_details *details)
{
	struct page *page = vm_normal_page(vma, addr, *ptep);
	pte_t pte;

	if (pte_none(*ptep) || is_spared(page, details))
		return NULL;
	/* What the process has stored goes to memory, also what it stored since the range was
	 * flushed; and the kernel's mapping forgets what it read before. Linux does neither here:
	 * with no user left flush_dcache_page() puts off what nobody will do. */
	if (page && !PageAnon(page) && pte_dirty(*ptep))
		flush_dcache_page(page);
	pte = ptep_get_and_clear(vma->vm_mm, addr, ptep);
	if (!page)
		return NULL;
	if (!PageAnon(page) && pte_dirty(pte))
		set_page_dirty(page);
	page_remove_rmap(page, false);
	return page;
}

static void zap_table(struct vm_area_struct *vma, pmd_t *pmd, unsigned long addr, unsigned long end,
		      const struct zap_details *details)
{
	struct page *dropped[PTRS_PER_PTE];
	unsigned int count = 0;
	spinlock_t *ptl;
	pte_t *first = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl), *pte = first;

	for (; addr < end; addr += PAGE_SIZE, pte++) {
		struct page *page = zap_entry(vma, addr, pte, details);

		if (page)
			dropped[count++] = page;
	}
	pte_unmap_unlock(first, ptl);
	while (count)
		put_page(dropped[--count]);
}

void ccsan_unmap_pages(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		       const struct zap_details *details)
{
	for (unsigned long addr = start, next; addr < end; addr = next) {
		pmd_t *pmd = ccsan_pmd_of(vma->vm_mm, addr);

		next = pmd_addr_end(addr, end);
		if (!pmd_none(*pmd))
			zap_table(vma, pmd, addr, next, details);
	}
}

void zap_page_range_single(struct vm_area_struct *vma, unsigned long address, unsigned long size,
			   struct zap_details *details)
{
	flush_cache_range(vma, address, address + size);
	ccsan_unmap_pages(vma, address, address + size, details);
	flush_tlb_range(vma, address, address + size);
}

void zap_page_range(struct vm_area_struct *vma, unsigned long start, unsigned long size)
{
	zap_page_range_single(vma, start, size, NULL);
}

/* --- entries without a fault --- */

int vm_insert_page(struct vm_area_struct *vma, unsigned long addr, struct page *page)
{
	pmd_t *pmd = ccsan_pmd_of(vma->vm_mm, addr);
	spinlock_t *ptl;
	pte_t *pte;
	int error = 0;

	if (addr < vma->vm_start || addr >= vma->vm_end)
		return -EFAULT;
	if (!ccsan_page_count_peek(&compound_head(page)->_refcount) || PageAnon(page))
		return -EINVAL;
	if (pte_alloc(vma->vm_mm, pmd))
		return -ENOMEM;
	vma->vm_flags |= VM_MIXEDMAP;
	flush_dcache_page(page);
	pte = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl);
	if (pte_none(*pte)) {
		get_page(page);
		page_add_file_rmap(page, false);
		set_pte_at(vma->vm_mm, addr, pte, mk_pte(page, vma->vm_page_prot));
	} else {
		error = -EBUSY;
	}
	pte_unmap_unlock(pte, ptl);
	return error;
}

/* Raw frames are the driver's own matter: nobody counts them. */
static int map_frame(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		     pgprot_t prot)
{
	pmd_t *pmd = ccsan_pmd_of(vma->vm_mm, addr);
	spinlock_t *ptl;
	pte_t *pte;

	if (pte_alloc(vma->vm_mm, pmd))
		return -ENOMEM;
	pte = pte_offset_map_lock(vma->vm_mm, pmd, addr, &ptl);
	set_pte_at(vma->vm_mm, addr, pte, pte_mkspecial(pte_mkdirty(pfn_pte(pfn, prot))));
	pte_unmap_unlock(pte, ptl);
	return 0;
}

int remap_pfn_range(struct vm_area_struct *vma, unsigned long addr, unsigned long pfn,
		    unsigned long size, pgprot_t prot)
{
	unsigned long end = addr + PAGE_ALIGN(size);
	int error = 0;

	if (offset_in_page(addr) || addr < vma->vm_start || end > vma->vm_end || end < addr)
		return -EINVAL;
	vma->vm_flags |= VM_IO | VM_PFNMAP | VM_DONTEXPAND;
	flush_cache_range(vma, addr, end);
	for (; addr < end && !error; addr += PAGE_SIZE, pfn++)
		error = map_frame(vma, addr, pfn, prot);
	return error;
}

int follow_pte(struct mm_struct *mm, unsigned long address, pte_t **ptepp, spinlock_t **ptlp)
{
	pmd_t *pmd = mm_find_pmd(mm, untagged_addr(address));

	if (!pmd)
		return -EINVAL;
	*ptepp = pte_offset_map_lock(mm, pmd, untagged_addr(address), ptlp);
	if (pte_present(**ptepp))
		return 0;
	pte_unmap_unlock(*ptepp, *ptlp);
	return -EINVAL;
}
