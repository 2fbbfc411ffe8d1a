/* SPDX-License-Identifier: MIT */
/* Page tables: linux/pgtable.h. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <stdio.h>
#include <stdlib.h>

#include "linux/arch/arch.h"
#include "linux/layer.h"
#include "mm_parts.h"

/* --- what protection a mapping gives --- */

pgprot_t vm_get_page_prot(unsigned long vm_flags)
{
	unsigned long prot = 0;

	if (vm_flags & (VM_READ | VM_WRITE | VM_EXEC))
		prot |= _PAGE_READ;
	if (vm_flags & VM_EXEC)
		prot |= _PAGE_EXEC;
	if ((vm_flags & (VM_WRITE | VM_SHARED)) == (VM_WRITE | VM_SHARED))
		prot |= _PAGE_WRITE;
	return __pgprot(prot);
}

/* --- tables --- */

pgd_t *pgd_alloc(struct mm_struct *mm)
{
	(void)mm;
	return ccsan_kalloc(PTRS_PER_PGD * sizeof(pgd_t));
}

void pgd_free(struct mm_struct *mm, pgd_t *pgd)
{
	(void)mm;
	for (unsigned long i = 0; pgd && i < PTRS_PER_PGD; i++)
		if (pgd[i].table)
			kfree(pgd[i].table);
	kfree(pgd);
}

int pte_alloc(struct mm_struct *mm, pmd_t *pmd)
{
	pte_t *table;

	if (!pmd_none(*pmd))
		return 0;
	table = ccsan_kalloc(PTRS_PER_PTE * sizeof(pte_t));
	if (!table)
		return -ENOMEM;
	spin_lock(&mm->page_table_lock);
	if (pmd_none(*pmd)) {
		pmd->pud.p4d.pgd.table = table;
		table = NULL;
	}
	spin_unlock(&mm->page_table_lock);
	kfree(table); /* somebody was faster */
	return 0;
}

pte_t *pte_alloc_map(struct mm_struct *mm, pmd_t *pmd, unsigned long address)
{
	return pte_alloc(mm, pmd) ? NULL : pte_offset_map(pmd, address);
}

pmd_t *ccsan_pmd_of(struct mm_struct *mm, unsigned long address)
{
	return pmd_offset(pud_offset(p4d_offset(pgd_offset(mm, address), address), address),
			  address);
}

pmd_t *mm_find_pmd(struct mm_struct *mm, unsigned long address)
{
	pmd_t *pmd;

	if (address >= TASK_SIZE_LIMIT)
		return NULL;
	pmd = ccsan_pmd_of(mm, address);
	return pmd_none(*pmd) ? NULL : pmd;
}

/* --- the machine follows --- */

static bool has_alias(pte_t pte)
{
	const u64 all = _PAGE_PRESENT | _PAGE_YOUNG | _PAGE_READ;

	return (pte_val(pte) & all) == all;
}

static bool is_writable(pte_t pte)
{
	return pte_write(pte) && pte_dirty(pte);
}

static bool leads_elsewhere(pte_t old, pte_t new)
{
	return pte_pfn(old) != pte_pfn(new) || (pte_val(old) ^ pte_val(new)) & _PAGE_UNCACHED;
}

static void make_alias(struct mm_struct *mm, unsigned long addr, pte_t pte)
{
	unsigned int attributes = (pte_val(pte) & _PAGE_UNCACHED ? CCSAN_UNCACHED : 0) |
				  (is_writable(pte) ? 0 : CCSAN_READONLY);
	ccsan_phys frame = (ccsan_phys)pte_pfn(pte) << PAGE_SHIFT;

	void *made = ccsan_hosted_map_user(frame, 1, attributes, mm->space, addr);

	if (made) {
		ccsan_arch_entry_made(made);
		return;
	}
	fprintf(stderr,
		"ccsan: the host maps no more memory (vm.max_map_count), or frame 0x%llx "
		"was freed while it is mapped at 0x%lx\n",
		(unsigned long long)frame, addr);
	exit(2);
}

static void follow(struct mm_struct *mm, unsigned long addr, pte_t old, pte_t new)
{
	bool had = has_alias(old), has = has_alias(new);

	if (had && (!has || leads_elsewhere(old, new))) {
		ccsan_hosted_unmap(mm->space, addr, 1);
		had = false;
	}
	if (has && !had)
		make_alias(mm, addr, new);
	else if (has && is_writable(old) != is_writable(new))
		ccsan_hosted_protect(mm->space, addr, 1, is_writable(new));
}

static void write_entry(struct mm_struct *mm, unsigned long addr, pte_t *ptep, pte_t pte)
{
	pte_t old = *ptep;

	*ptep = pte;
	follow(mm, addr & PAGE_MASK, old, pte);
}

void set_pte_at(struct mm_struct *mm, unsigned long addr, pte_t *ptep, pte_t pte)
{
	if (has_alias(pte) && !pte_special(pte))
		ccsan_arch_sync_pte(mm, addr & PAGE_MASK, pte_page(pte), pte_exec(pte));
	write_entry(mm, addr, ptep, pte);
}

void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	write_entry(mm, addr, ptep, __pte(0));
}

pte_t ptep_get_and_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	pte_t old = *ptep;

	write_entry(mm, addr, ptep, __pte(0));
	return old;
}

pte_t ptep_clear_flush(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	pte_t old = ptep_get_and_clear(vma->vm_mm, addr, ptep);

	flush_tlb_page(vma, addr);
	return old;
}

void ptep_set_wrprotect(struct mm_struct *mm, unsigned long addr, pte_t *ptep)
{
	write_entry(mm, addr, ptep, pte_wrprotect(*ptep));
}

int ptep_test_and_clear_young(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	int young = pte_young(*ptep);

	write_entry(vma->vm_mm, addr, ptep, pte_mkold(*ptep));
	return young;
}

int ptep_set_access_flags(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t entry,
			  int dirty)
{
	int changed = !pte_same(*ptep, entry);

	(void)dirty;
	if (changed) {
		set_pte_at(vma->vm_mm, addr, ptep, entry);
		flush_tlb_page(vma, addr);
	}
	return changed;
}

pte_t ptep_modify_prot_start(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep)
{
	return ptep_get_and_clear(vma->vm_mm, addr, ptep);
}

void ptep_modify_prot_commit(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t old,
			     pte_t pte)
{
	(void)old;
	set_pte_at(vma->vm_mm, addr, ptep, pte);
}

void update_mmu_cache(struct vm_area_struct *vma, unsigned long address, pte_t *ptep)
{
	struct page *page = vm_normal_page(vma, address, *ptep);

	if (page && has_alias(*ptep))
		ccsan_arch_update_mmu_cache(vma, address & PAGE_MASK, page);
}

/* --- the zero page: mm_alloc() makes it --- */

static struct page *zero_page;

int ccsan_make_zero_page(void)
{
	if (zero_page)
		return 0;
	zero_page = alloc_page(GFP_KERNEL);
	if (!zero_page)
		return -ENOMEM;
	memset(page_address(zero_page), 0, PAGE_SIZE);
	ccsan_hosted_operate(CCSAN_FLUSH, page_address(zero_page), PAGE_SIZE);
	SetPageReserved(zero_page);
	return 0;
}

struct page *ccsan_zero_page(void)
{
	return zero_page;
}

int is_zero_pfn(unsigned long pfn)
{
	return zero_page && pfn == page_to_pfn(zero_page);
}
