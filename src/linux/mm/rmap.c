/* SPDX-License-Identifier: MIT */
/*
 * Reverse maps: linux/rmap.h. anon_vma.c has the life of anon_vmas; here pages come and go, and are
 * looked for.
 */
#include <linux/pagemap.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- pages come and go --- */

static void set_anon(struct page *page, struct anon_vma *anon_vma, pgoff_t index)
{
	page->mapping = (struct address_space *)((unsigned long)anon_vma | PAGE_MAPPING_ANON);
	page->index = index;
}

void page_add_new_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address,
			    bool compound)
{
	(void)compound;
	__SetPageSwapBacked(page);
	atomic_set(&page->_mapcount, 0);
	set_anon(page, vma->anon_vma, linear_page_index(vma, address));
}

/* Whose it was first is not known any more: the root's tree has all who may have it. */
void page_add_anon_rmap(struct page *page, struct vm_area_struct *vma, unsigned long address,
			bool compound)
{
	(void)compound;
	if (ccsan_page_count_add(&page->_mapcount, 1) == 0 && !PageAnon(page))
		set_anon(page, vma->anon_vma->root, linear_page_index(vma, address));
}

void page_add_file_rmap(struct page *page, bool compound)
{
	(void)compound;
	ccsan_page_count_add(&page->_mapcount, 1);
}

/* An anonymous page keeps its anon_vma until it is freed. */
void page_remove_rmap(struct page *page, bool compound)
{
	(void)compound;
	if (ccsan_page_count_add(&page->_mapcount, -1) < -1)
		ccsan_misuse(page->virtual, PAGE_SIZE, page->freed_by,
			     "page_remove_rmap() of a page that nobody maps");
}

void page_move_anon_rmap(struct page *page, struct vm_area_struct *vma)
{
	set_anon(page, vma->anon_vma, page->index);
}

/* --- where a page is in a mapping --- */

unsigned long vma_address(struct page *page, struct vm_area_struct *vma)
{
	return vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);
}

unsigned long page_address_in_vma(struct page *page, struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = page_anon_vma(page);

	if (PageAnon(page)) {
		if (!vma->anon_vma || !anon_vma || vma->anon_vma->root != anon_vma->root)
			return (unsigned long)-EFAULT;
	} else if (!page->mapping || !vma->vm_file || vma->vm_file->f_mapping != page->mapping) {
		return (unsigned long)-EFAULT;
	}
	if (page->index < vma->vm_pgoff || page->index >= vma->vm_pgoff + vma_pages(vma))
		return (unsigned long)-EFAULT;
	return vma_address(page, vma);
}

bool page_vma_mapped_walk(struct page_vma_mapped_walk *pvmw)
{
	struct mm_struct *mm = pvmw->vma->vm_mm;

	if (pvmw->pte) { /* there is one entry in a mapping */
		page_vma_mapped_walk_done(pvmw);
		return false;
	}
	pvmw->pmd = mm_find_pmd(mm, pvmw->address);
	if (!pvmw->pmd)
		return false;
	pvmw->pte = pte_offset_map_lock(mm, pvmw->pmd, pvmw->address, &pvmw->ptl);
	if (pte_present(*pvmw->pte) && pte_pfn(*pvmw->pte) == page_to_pfn(pvmw->page))
		return true;
	page_vma_mapped_walk_done(pvmw);
	return false;
}

void page_vma_mapped_walk_done(struct page_vma_mapped_walk *pvmw)
{
	if (pvmw->pte)
		pte_unmap_unlock(pvmw->pte, pvmw->ptl);
	pvmw->pte = NULL;
}

int page_mapped_in_vma(struct page *page, struct vm_area_struct *vma)
{
	struct page_vma_mapped_walk walk = { .page = page, .vma = vma };

	walk.address = page_address_in_vma(page, vma);
	if (walk.address == (unsigned long)-EFAULT || !page_vma_mapped_walk(&walk))
		return 0;
	page_vma_mapped_walk_done(&walk);
	return 1;
}

/* --- walking --- */

/* Return: false to stop. */
static bool visit(struct page *page, struct vm_area_struct *vma, struct rmap_walk_control *rwc)
{
	if (rwc->invalid_vma && rwc->invalid_vma(vma, rwc->arg))
		return true;
	if (!rwc->rmap_one(page, vma, vma_address(page, vma), rwc->arg))
		return false;
	return !rwc->done || !rwc->done(page);
}

static void walk_anon(struct page *page, struct rmap_walk_control *rwc, bool locked)
{
	struct anon_vma *anon_vma = locked           ? page_anon_vma(page)
				    : rwc->anon_lock ? rwc->anon_lock(page)
						     : page_lock_anon_vma_read(page);
	struct anon_vma_chain *avc;

	if (!anon_vma)
		return;
	anon_vma_interval_tree_foreach (avc, &anon_vma->rb_root, page->index, page->index)
		if (!visit(page, avc->vma, rwc))
			break;
	if (!locked)
		page_unlock_anon_vma_read(anon_vma);
}

static void walk_file(struct page *page, struct rmap_walk_control *rwc, bool locked)
{
	struct address_space *mapping = page_mapping(page);
	struct vm_area_struct *vma;

	if (!PageLocked(page))
		ccsan_misuse(page->virtual, PAGE_SIZE, 0,
			     "rmap_walk() of a file's page that is not locked");
	if (!mapping)
		return;
	if (!locked)
		i_mmap_lock_read(mapping);
	vma_interval_tree_foreach (vma, &mapping->i_mmap, page->index, page->index)
		if (!visit(page, vma, rwc))
			break;
	if (!locked)
		i_mmap_unlock_read(mapping);
}

void rmap_walk(struct page *page, struct rmap_walk_control *rwc)
{
	if (PageAnon(page))
		walk_anon(page, rwc, false);
	else
		walk_file(page, rwc, false);
}

void rmap_walk_locked(struct page *page, struct rmap_walk_control *rwc)
{
	if (PageAnon(page))
		walk_anon(page, rwc, true);
	else
		walk_file(page, rwc, true);
}

/* --- what is done with each --- */

static bool unmap_one(struct page *page, struct vm_area_struct *vma, unsigned long address,
		      void *arg)
{
	struct page_vma_mapped_walk walk = { .page = page, .vma = vma, .address = address };

	(void)arg;
	while (page_vma_mapped_walk(&walk)) {
		pte_t pte;

		flush_cache_page(vma, address, pte_pfn(*walk.pte));
		pte = ptep_clear_flush(vma, address, walk.pte);
		if (pte_dirty(pte))
			set_page_dirty(page);
		page_remove_rmap(page, false);
		put_page(page);
	}
	return true;
}

static int is_unmapped(struct page *page)
{
	return !page_mapped(page);
}

bool try_to_unmap(struct page *page, enum ttu_flags flags)
{
	struct rmap_walk_control rwc = { .rmap_one = unmap_one, .done = is_unmapped };

	if (PageAnon(page))
		return !page_mapped(page);
	if (flags & TTU_RMAP_LOCKED)
		rmap_walk_locked(page, &rwc);
	else
		rmap_walk(page, &rwc);
	return !page_mapped(page);
}

static bool mkclean_one(struct page *page, struct vm_area_struct *vma, unsigned long address,
			void *arg)
{
	struct page_vma_mapped_walk walk = { .page = page, .vma = vma, .address = address };
	int *cleaned = arg;

	while (page_vma_mapped_walk(&walk)) {
		pte_t pte = *walk.pte;

		if (!pte_dirty(pte) && !pte_write(pte))
			continue;
		flush_cache_page(vma, address, pte_pfn(pte));
		pte = ptep_clear_flush(vma, address, walk.pte);
		pte = pte_mkclean(pte_wrprotect(pte));
		set_pte_at(vma->vm_mm, address, walk.pte, pte);
		++*cleaned;
	}
	return true;
}

static bool is_private(struct vm_area_struct *vma, void *arg)
{
	(void)arg;
	return !(vma->vm_flags & VM_SHARED);
}

int page_mkclean(struct page *page)
{
	int cleaned = 0;
	struct rmap_walk_control rwc = { .arg = &cleaned,
					 .rmap_one = mkclean_one,
					 .invalid_vma = is_private };

	if (page_mapped(page) && page_mapping(page))
		rmap_walk(page, &rwc);
	return cleaned;
}
