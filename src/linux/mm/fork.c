/* SPDX-License-Identifier: MIT */
/*
 * fork(): a copy of an address space. The caches of the parent are flushed before its page tables
 * are copied and write-protected; another thread of it may store in between, and those bytes are in
 * the cache under the user's address when the page is shared: copying it later has to see them
 * (copy_user_highpage()).
 */
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/sched/mm.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- page tables --- */

/* Both tables, locked. */
struct copying {
	struct vm_area_struct *dst, *src;
	pte_t *to, *from;
	spinlock_t *dst_lock, *src_lock;
	struct page *spare; /* for a page that cannot be shared */
};

static void lock_tables(struct copying *copying, unsigned long addr)
{
	struct mm_struct *dst = copying->dst->vm_mm, *src = copying->src->vm_mm;

	copying->to = pte_offset_map_lock(dst, ccsan_pmd_of(dst, addr), addr, &copying->dst_lock);
	copying->from = pte_offset_map(ccsan_pmd_of(src, addr), addr);
	copying->src_lock = pte_lockptr(src, ccsan_pmd_of(src, addr));
	spin_lock_nested(copying->src_lock, 1);
}

static void unlock_tables(struct copying *copying)
{
	spin_unlock(copying->src_lock);
	spin_unlock(copying->dst_lock);
}

/* A device may be writing to it, for the parent. */
static bool must_not_be_shared(const struct copying *copying, struct page *page)
{
	return is_cow_mapping(copying->src->vm_flags) && PageAnon(page) &&
	       atomic_read(&copying->src->vm_mm->has_pinned) && page_maybe_dma_pinned(page);
}

static void enter_spare(struct copying *copying, struct page *page, unsigned long addr)
{
	struct vm_area_struct *dst = copying->dst;
	struct page *copy = copying->spare;
	pte_t entry;

	copying->spare = NULL;
	copy_user_highpage(copy, page, addr, copying->src);
	__SetPageUptodate(copy);
	page_add_new_anon_rmap(copy, dst, addr, false);
	entry = pte_mkdirty(mk_pte(copy, dst->vm_page_prot));
	if (dst->vm_flags & VM_WRITE)
		entry = pte_mkwrite(entry);
	set_pte_at(dst->vm_mm, addr, copying->to, entry);
}

/* Shared from now on, and read-only in both if each is to have its own. The child's entry is old:
 * it comes to life by a fault of the child's. */
static void share_entry(struct copying *copying, struct page *page, unsigned long addr)
{
	struct mm_struct *src = copying->src->vm_mm;
	pte_t pte = *copying->from;

	if (page) {
		get_page(page);
		page_dup_rmap(page, false);
	}
	if (is_cow_mapping(copying->src->vm_flags) && pte_write(pte)) {
		ptep_set_wrprotect(src, addr, copying->from);
		pte = pte_wrprotect(pte);
	}
	if (copying->src->vm_flags & VM_SHARED)
		pte = pte_mkclean(pte);
	set_pte_at(copying->dst->vm_mm, addr, copying->to, pte_mkold(pte));
}

/* Return: false if it needs a spare page first. */
static bool copy_entry(struct copying *copying, unsigned long addr)
{
	struct page *page = vm_normal_page(copying->src, addr, *copying->from);

	if (!pte_present(*copying->from))
		return true;
	if (!page || !must_not_be_shared(copying, page)) {
		share_entry(copying, page, addr);
		return true;
	}
	if (!copying->spare)
		return false;
	enter_spare(copying, page, addr);
	return true;
}

/* Return: how far it came; short of `end` if it needs a spare page. */
static unsigned long copy_entries(struct copying *copying, unsigned long addr, unsigned long end)
{
	lock_tables(copying, addr);
	for (; addr < end && copy_entry(copying, addr); addr += PAGE_SIZE) {
		copying->to++;
		copying->from++;
	}
	unlock_tables(copying);
	return addr;
}

static int copy_table(struct copying *copying, unsigned long addr, unsigned long end)
{
	struct mm_struct *dst = copying->dst->vm_mm, *src = copying->src->vm_mm;

	if (pmd_none(*ccsan_pmd_of(src, addr)))
		return 0;
	if (pte_alloc(dst, ccsan_pmd_of(dst, addr)))
		return -ENOMEM;
	while ((addr = copy_entries(copying, addr, end)) < end) {
		copying->spare = alloc_page_vma(GFP_HIGHUSER_MOVABLE, copying->src, addr);
		if (!copying->spare)
			return -ENOMEM;
	}
	return 0;
}

int ccsan_copy_page_range(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct copying copying = { .dst = dst, .src = src };
	int error = 0;

	/* Pages of files without copies come back by faults. */
	if (!(src->vm_flags & (VM_PFNMAP | VM_MIXEDMAP)) && !src->anon_vma && src->vm_file)
		return 0;
	for (unsigned long addr = src->vm_start, next; addr < src->vm_end && !error; addr = next) {
		next = pmd_addr_end(addr, src->vm_end);
		error = copy_table(&copying, addr, next);
	}
	if (copying.spare)
		put_page(copying.spare);
	return error;
}

/* --- mappings --- */

static struct vm_area_struct *copy_vma(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *copy = vm_area_dup(vma);

	if (!copy)
		return NULL;
	copy->vm_mm = mm;
	if (vma->vm_flags & VM_WIPEONFORK)
		copy->anon_vma = NULL;
	else if (anon_vma_fork(copy, vma)) {
		vm_area_free(copy);
		return NULL;
	}
	if (copy->vm_file)
		get_file(copy->vm_file);
	return copy;
}

/* What is linked goes with the new mm if it fails. */
static int copy_mapping(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *copy;
	int error = 0;

	if (vma->vm_flags & VM_DONTCOPY)
		return 0;
	copy = copy_vma(mm, vma);
	if (!copy)
		return -ENOMEM;
	ccsan_vma_link(mm, copy);
	if (!(vma->vm_flags & VM_WIPEONFORK))
		error = ccsan_copy_page_range(copy, vma);
	if (copy->vm_ops && copy->vm_ops->open)
		copy->vm_ops->open(copy);
	return error;
}

static int dup_mmap(struct mm_struct *mm, struct mm_struct *oldmm)
{
	int error = 0;

	mmap_write_lock(oldmm);
	flush_cache_dup_mm(oldmm);
	mmap_write_lock(mm);
	for (struct vm_area_struct *vma = oldmm->mmap; vma && !error; vma = vma->vm_next)
		error = copy_mapping(mm, vma);
	mmap_write_unlock(mm);
	flush_tlb_mm(oldmm);
	mmap_write_unlock(oldmm);
	return error;
}

struct mm_struct *dup_mm(struct task_struct *tsk, struct mm_struct *oldmm)
{
	struct mm_struct *mm = mm_alloc();

	(void)tsk;
	if (!mm)
		return NULL;
	if (!dup_mmap(mm, oldmm))
		return mm;
	mmput(mm);
	return NULL;
}
