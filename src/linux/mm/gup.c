/* SPDX-License-Identifier: MIT */
/* linux/mm_gup.h: from user addresses to pages. */
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/highmem.h>
#include <linux/irqflags.h>
#include <linux/mm.h>
#include <linux/mm_gup.h>
#include <linux/page_ref.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/sched.h>

#include "linux/arch/arch.h"
#include "linux/layer.h"

/* --- references and pins --- */

static void grab_page(struct page *page, unsigned int flags)
{
	if (flags & FOLL_PIN)
		page_ref_add(compound_head(page), GUP_PIN_COUNTING_BIAS);
	else if (flags & FOLL_GET)
		get_page(page);
}

bool page_maybe_dma_pinned(struct page *page)
{
	return page_ref_count(compound_head(page)) >= GUP_PIN_COUNTING_BIAS;
}

void unpin_user_page(struct page *page)
{
	struct page *head;

	if (!page || !page_maybe_dma_pinned(page)) {
		ccsan_misuse(page, page ? sizeof(*page) : 0, page ? page->freed_by : 0,
			     "unpin_user_page() of %s",
			     page ? "a page that is not pinned" : "NULL");
		return;
	}
	head = compound_head(page);
	page_ref_sub(head, GUP_PIN_COUNTING_BIAS - 1);
	put_page(head);
}

void unpin_user_pages(struct page **pages, unsigned long npages)
{
	for (unsigned long i = 0; i < npages; i++)
		unpin_user_page(pages[i]);
}

void unpin_user_pages_dirty_lock(struct page **pages, unsigned long npages, bool make_dirty)
{
	for (unsigned long i = 0; make_dirty && i < npages; i++)
		if (!PageDirty(compound_head(pages[i])))
			set_page_dirty_lock(compound_head(pages[i]));
	unpin_user_pages(pages, npages);
}

/* --- one page that is there --- */

/* A forced write to a private mapping has got its copy: read-only still, but its own. */
static bool can_follow_write(pte_t pte, unsigned int flags)
{
	return pte_write(pte) || ((flags & FOLL_FORCE) && (flags & FOLL_COW) && pte_dirty(pte));
}

/* Nothing is mapped: a hole in a core dump is not worth a page of zeroes. */
static struct page *no_page(const struct vm_area_struct *vma, unsigned int flags)
{
	if (flags & FOLL_DUMP && (vma_is_anonymous(vma) || !vma->vm_ops->fault))
		return ERR_PTR(-EFAULT);
	return NULL;
}

static struct page *page_of(struct vm_area_struct *vma, unsigned long address, pte_t pte)
{
	struct page *page = vm_normal_page(vma, address, pte);

	if (!page && is_zero_pfn(pte_pfn(pte)))
		page = pte_page(pte);
	return page ? page : ERR_PTR(-EFAULT); /* a raw frame */
}

static void touch(struct page *page, pte_t pte, unsigned int flags)
{
	if (flags & FOLL_WRITE && !pte_dirty(pte) && !PageDirty(page))
		set_page_dirty(page);
	mark_page_accessed(page);
}

/* With the page-table lock. */
static struct page *follow_entry(struct vm_area_struct *vma, unsigned long address, pte_t pte,
				 unsigned int flags)
{
	struct page *page;

	if (!pte_present(pte))
		return no_page(vma, flags);
	if (flags & FOLL_WRITE && !can_follow_write(pte, flags))
		return NULL;
	page = page_of(vma, address, pte);
	if (IS_ERR(page))
		return page;
	grab_page(page, flags);
	if (flags & FOLL_TOUCH)
		touch(page, pte, flags);
	return page;
}

struct page *follow_page(struct vm_area_struct *vma, unsigned long address, unsigned int foll_flags)
{
	struct mm_struct *mm = vma->vm_mm;
	struct page *page;
	spinlock_t *lock;
	pmd_t *pmd;
	pte_t *pte;

	address = untagged_addr(address) & PAGE_MASK;
	pmd = mm_find_pmd(mm, address);
	if (!pmd)
		return no_page(vma, foll_flags);
	pte = pte_offset_map_lock(mm, pmd, address, &lock);
	page = follow_entry(vma, address, ptep_get(pte), foll_flags);
	pte_unmap_unlock(pte, lock);
	return page;
}

/* --- the slow way --- */

static int check_vma(const struct vm_area_struct *vma, unsigned int flags)
{
	vm_flags_t has = vma->vm_flags;

	if (has & (VM_IO | VM_PFNMAP))
		return -EFAULT;
	if (flags & FOLL_ANON && !vma_is_anonymous(vma))
		return -EFAULT;
	if (flags & FOLL_WRITE) {
		if (!(has & VM_WRITE) && (!(flags & FOLL_FORCE) || !is_cow_mapping(has)))
			return -EFAULT;
	} else if (!(has & VM_READ) && (!(flags & FOLL_FORCE) || !(has & VM_MAYREAD))) {
		return -EFAULT;
	}
	return 0;
}

static int fault_in(struct vm_area_struct *vma, unsigned long address, unsigned int *flags)
{
	unsigned int fault = (*flags & FOLL_WRITE ? FAULT_FLAG_WRITE : 0) |
			     (*flags & FOLL_REMOTE ? FAULT_FLAG_REMOTE : 0);
	vm_fault_t result = handle_mm_fault(vma, address, fault, NULL);

	if (result & VM_FAULT_ERROR)
		return vm_fault_to_errno(result, (int)*flags);
	if (result & VM_FAULT_WRITE && !(vma->vm_flags & VM_WRITE))
		*flags |= FOLL_COW;
	return 0;
}

/* Return: the page, or an ERR_PTR(). */
static struct page *get_page_at(struct vm_area_struct *vma, unsigned long address,
				unsigned int flags)
{
	struct page *page;
	int error;

	for (;;) {
		cond_resched();
		page = follow_page(vma, address, flags);
		if (page)
			return page;
		error = fault_in(vma, address, &flags);
		if (error)
			return ERR_PTR(error);
	}
}

static struct vm_area_struct *vma_of(struct mm_struct *mm, unsigned long address,
				     unsigned int flags)
{
	struct vm_area_struct *vma = ccsan_vma_around(mm, address);

	return vma && !check_vma(vma, flags) ? vma : NULL;
}

static long get_pages(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
		      unsigned int flags, struct page **pages, struct vm_area_struct **vmas)
{
	struct vm_area_struct *vma = NULL;
	unsigned long i;

	start = untagged_addr(start) & PAGE_MASK;
	if (!rwsem_is_locked(&mm->mmap_lock))
		ccsan_misuse(mm, sizeof(*mm), 0, "get_user_pages() without mmap_lock");
	for (i = 0; i < nr_pages; i++, start += PAGE_SIZE) {
		struct page *page;

		if (!vma || start >= vma->vm_end)
			vma = vma_of(mm, start, flags);
		page = vma ? get_page_at(vma, start, flags) : ERR_PTR(-EFAULT);
		if (IS_ERR(page))
			return i ? (long)i : PTR_ERR(page);
		if (pages) {
			pages[i] = page;
			flush_anon_page(vma, page, start);
			flush_dcache_page(page);
		}
		if (vmas)
			vmas[i] = vma;
	}
	return (long)i;
}

/* FOLL_GET and FOLL_PIN are ours to set. Return: whether the caller left them alone. */
static bool are_flags_right(unsigned int flags, const char *function)
{
	if (!(flags & (FOLL_GET | FOLL_PIN | FOLL_FAST_ONLY)))
		return true;
	ccsan_misuse(NULL, 0, 0, "%s with FOLL_GET, FOLL_PIN or FOLL_FAST_ONLY", function);
	return false;
}

static unsigned int how(unsigned int flags, bool pin, struct page **pages)
{
	return pages ? flags | (pin ? FOLL_PIN : FOLL_GET) : flags;
}

long get_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas, int *locked)
{
	(void)locked;
	if (!are_flags_right(gup_flags, "get_user_pages_remote()"))
		return -EINVAL;
	return get_pages(mm, start, nr_pages,
			 how(gup_flags, false, pages) | FOLL_TOUCH | FOLL_REMOTE, pages, vmas);
}

long pin_user_pages_remote(struct mm_struct *mm, unsigned long start, unsigned long nr_pages,
			   unsigned int gup_flags, struct page **pages,
			   struct vm_area_struct **vmas, int *locked)
{
	(void)locked;
	if (!are_flags_right(gup_flags, "pin_user_pages_remote()"))
		return -EINVAL;
	return get_pages(mm, start, nr_pages,
			 how(gup_flags, true, pages) | FOLL_TOUCH | FOLL_REMOTE, pages, vmas);
}

long get_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas)
{
	if (!are_flags_right(gup_flags, "get_user_pages()"))
		return -EINVAL;
	if (!current->mm)
		return -EFAULT;
	return get_pages(current->mm, start, nr_pages, how(gup_flags, false, pages) | FOLL_TOUCH,
			 pages, vmas);
}

long pin_user_pages(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
		    struct page **pages, struct vm_area_struct **vmas)
{
	if (!are_flags_right(gup_flags, "pin_user_pages()"))
		return -EINVAL;
	if (!current->mm)
		return -EFAULT;
	return get_pages(current->mm, start, nr_pages, how(gup_flags, true, pages) | FOLL_TOUCH,
			 pages, vmas);
}

long get_user_pages_locked(unsigned long start, unsigned long nr_pages, unsigned int gup_flags,
			   struct page **pages, int *locked)
{
	(void)locked;
	return get_user_pages(start, nr_pages, gup_flags, pages, NULL);
}

static long get_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			 unsigned int flags)
{
	struct mm_struct *mm = current->mm;
	long got;

	if (!mm)
		return -EFAULT;
	mmap_read_lock(mm);
	got = get_pages(mm, start, nr_pages, flags | FOLL_TOUCH, pages, NULL);
	mmap_read_unlock(mm);
	return got;
}

long get_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags)
{
	if (!are_flags_right(gup_flags, "get_user_pages_unlocked()"))
		return -EINVAL;
	return get_unlocked(start, nr_pages, pages, how(gup_flags, false, pages));
}

long pin_user_pages_unlocked(unsigned long start, unsigned long nr_pages, struct page **pages,
			     unsigned int gup_flags)
{
	if (!are_flags_right(gup_flags, "pin_user_pages_unlocked()"))
		return -EINVAL;
	return get_unlocked(start, nr_pages, pages, how(gup_flags, true, pages));
}

/* --- the fast way: entries, without a lock --- */

/* With interrupts off, so that no page table and no page goes away. */
static struct page *get_fast(struct mm_struct *mm, unsigned long address, unsigned int flags)
{
	pmd_t *pmd = mm_find_pmd(mm, address);
	struct page *page;
	pte_t *ptep, pte;

	if (!pmd)
		return NULL;
	ptep = pte_offset_map(pmd, address);
	pte = ptep_get(ptep);
	if (!pte_present(pte) || pte_protnone(pte) || pte_special(pte) ||
	    (flags & FOLL_WRITE && !pte_write(pte)))
		return NULL;
	page = pte_page(pte);
	grab_page(page, flags);
	return page;
}

static unsigned long get_all_fast(unsigned long start, unsigned long nr_pages, unsigned int flags,
				  struct page **pages)
{
	struct mm_struct *mm = current->mm;
	unsigned long got = 0, irq;

	local_irq_save(irq);
	for (; got < nr_pages; got++) {
		pages[got] = get_fast(mm, start + got * PAGE_SIZE, flags);
		if (!pages[got])
			break;
	}
	local_irq_restore(irq);
	return got;
}

static int get_fast_then_slow(unsigned long start, int nr_pages, unsigned int flags,
			      struct page **pages)
{
	unsigned long wanted = nr_pages > 0 ? (unsigned long)nr_pages : 0, got = 0;
	long more;

	start = untagged_addr(start) & PAGE_MASK;
	if (!current->mm || start >= TASK_SIZE || wanted > (TASK_SIZE - start) >> PAGE_SHIFT)
		return -EFAULT;
	if (ccsan_arch_gup_fast_permitted())
		got = get_all_fast(start, wanted, flags, pages);
	if (got == wanted || flags & FOLL_FAST_ONLY)
		return (int)got;
	more = get_unlocked(start + got * PAGE_SIZE, wanted - got, pages + got, flags);
	return more < 0 && got ? (int)got : (int)(more + (long)got);
}

int get_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages)
{
	if (!are_flags_right(gup_flags, "get_user_pages_fast()"))
		return -EINVAL;
	return get_fast_then_slow(start, nr_pages, gup_flags | FOLL_GET, pages);
}

int pin_user_pages_fast(unsigned long start, int nr_pages, unsigned int gup_flags,
			struct page **pages)
{
	if (!are_flags_right(gup_flags, "pin_user_pages_fast()"))
		return -EINVAL;
	return get_fast_then_slow(start, nr_pages, gup_flags | FOLL_PIN, pages);
}

static int at_least_none(int got)
{
	return got < 0 ? 0 : got;
}

int get_user_pages_fast_only(unsigned long start, int nr_pages, unsigned int gup_flags,
			     struct page **pages)
{
	return at_least_none(
		get_fast_then_slow(start, nr_pages, gup_flags | FOLL_GET | FOLL_FAST_ONLY, pages));
}

int pin_user_pages_fast_only(unsigned long start, int nr_pages, unsigned int gup_flags,
			     struct page **pages)
{
	return at_least_none(
		get_fast_then_slow(start, nr_pages, gup_flags | FOLL_PIN | FOLL_FAST_ONLY, pages));
}
