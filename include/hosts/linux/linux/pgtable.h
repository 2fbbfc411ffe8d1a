/* SPDX-License-Identifier: MIT */
/*
 * Page tables of simulated processes. Two levels, as on 32-bit ARM: pgd, p4d, pud and pmd are one
 * table of pointers to tables of ptes; the names of all levels are there, so that a walk reads as
 * it does in Linux.
 *
 * An entry says what Linux wants; what the machine gets follows from it: an alias exists while the
 * entry is present, young and accessible; it is writable while the entry is writable and dirty. So
 * both bits are set by faults, as on ARM and MIPS, and are exact. set_pte_at() and the ptep_*
 * functions are the only door to user aliases.
 *
 * All of them are called with the lock of pte_lockptr(). None flushes a cache: that is the caller's
 * part of the contract (Documentation/core-api/cachetlb.rst).
 *
 * Fidelity: simplified: two levels, of which one is real, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_PGTABLE_H
#define CCSAN_HOSTS_LINUX_PGTABLE_H

#include <linux/mm_types.h>
#include <linux/mm.h>

/* --- entries --- */

#define _PAGE_PRESENT   1ull
#define _PAGE_YOUNG     2ull
#define _PAGE_DIRTY     4ull
#define _PAGE_WRITE     8ull
#define _PAGE_READ      16ull /* accessible to the process at all: not with PROT_NONE */
#define _PAGE_EXEC      32ull
#define _PAGE_SPECIAL   64ull /* no struct page counts it: the zero page, raw frames */
#define _PAGE_UNCACHED  128ull
#define _PAGE_FLAGS     0xfffull
#define _PAGE_PFN_SHIFT 12

/* What mprotect() keeps. */
#define _PAGE_CHG_MASK (~_PAGE_FLAGS | _PAGE_PRESENT | _PAGE_YOUNG | _PAGE_DIRTY | _PAGE_SPECIAL)

#define __pte(value)     ((pte_t){ (value) })
#define pte_val(entry)   ((entry).pte)
#define __pgprot(value)  ((pgprot_t){ (value) })
#define pgprot_val(prot) ((prot).pgprot)

#define PAGE_NONE     __pgprot(0)
#define PAGE_READONLY __pgprot(_PAGE_READ)
#define PAGE_COPY     __pgprot(_PAGE_READ)
#define PAGE_SHARED   __pgprot(_PAGE_READ | _PAGE_WRITE)
#define PAGE_KERNEL   __pgprot(_PAGE_READ | _PAGE_WRITE)

#define pgprot_noncached(prot) __pgprot(pgprot_val(prot) | _PAGE_UNCACHED)

static inline int pte_none(pte_t pte)
{
	return !pte_val(pte);
}

static inline int pte_present(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_PRESENT);
}

static inline int pte_same(pte_t one, pte_t other)
{
	return pte_val(one) == pte_val(other);
}

static inline int pte_write(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_WRITE);
}

static inline int pte_dirty(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_DIRTY);
}

static inline int pte_young(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_YOUNG);
}

static inline int pte_exec(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_EXEC);
}

static inline int pte_special(pte_t pte)
{
	return !!(pte_val(pte) & _PAGE_SPECIAL);
}

/** With PROT_NONE: present, but no access. */
static inline int pte_protnone(pte_t pte)
{
	return pte_present(pte) && !(pte_val(pte) & _PAGE_READ);
}

static inline unsigned long pte_pfn(pte_t pte)
{
	return pte_val(pte) >> _PAGE_PFN_SHIFT;
}

#define pte_page(pte) pfn_to_page(pte_pfn(pte))

static inline pte_t pte_set_flags(pte_t pte, u64 set, u64 clear)
{
	return __pte((pte_val(pte) | set) & ~clear);
}

#define pte_mkwrite(pte)    pte_set_flags(pte, _PAGE_WRITE, 0)
#define pte_wrprotect(pte)  pte_set_flags(pte, 0, _PAGE_WRITE)
#define pte_mkdirty(pte)    pte_set_flags(pte, _PAGE_DIRTY, 0)
#define pte_mkclean(pte)    pte_set_flags(pte, 0, _PAGE_DIRTY)
#define pte_mkyoung(pte)    pte_set_flags(pte, _PAGE_YOUNG, 0)
#define pte_mkold(pte)      pte_set_flags(pte, 0, _PAGE_YOUNG)
#define pte_mkspecial(pte)  pte_set_flags(pte, _PAGE_SPECIAL, 0)
#define pte_mkuncached(pte) pte_set_flags(pte, _PAGE_UNCACHED, 0)
#define pte_mkcached(pte)   pte_set_flags(pte, 0, _PAGE_UNCACHED)
#define pte_sw_mkyoung(pte) pte_mkyoung(pte)

static inline pte_t pfn_pte(unsigned long pfn, pgprot_t prot)
{
	return __pte((u64)pfn << _PAGE_PFN_SHIFT | pgprot_val(prot) | _PAGE_PRESENT | _PAGE_YOUNG);
}

static inline pte_t mk_pte(const struct page *page, pgprot_t prot)
{
	return pfn_pte(page_to_pfn(page), prot);
}

/** New protection, the same page and history. */
static inline pte_t pte_modify(pte_t pte, pgprot_t prot)
{
	return __pte((pte_val(pte) & _PAGE_CHG_MASK) | pgprot_val(prot));
}

/** The protection of a mapping with these VM_ flags; private writable ones start read-only.
 *  Fidelity: exact */
pgprot_t vm_get_page_prot(unsigned long vm_flags);

/* --- tables --- */

#define PTRS_PER_PTE 512ul
#define PMD_SHIFT    (PAGE_SHIFT + 9)
#define PMD_SIZE     (1ul << PMD_SHIFT)
#define PMD_MASK     (~(PMD_SIZE - 1))
#define PGDIR_SHIFT  PMD_SHIFT
#define PGDIR_SIZE   PMD_SIZE
#define PTRS_PER_PGD (TASK_SIZE_LIMIT >> PGDIR_SHIFT)

/** User addresses are below this. */
#define TASK_SIZE_LIMIT ((unsigned long)ccsan_user_limit())
#define TASK_SIZE       (TASK_SIZE_LIMIT - PAGE_SIZE)

#define pmd_addr_end(addr, end)                                                            \
	({                                                                                 \
		unsigned long boundary_ = ((addr) + PMD_SIZE) & PMD_MASK;                  \
		boundary_ - 1 < (unsigned long)(end)-1 ? boundary_ : (unsigned long)(end); \
	})

static inline pgd_t *pgd_offset(const struct mm_struct *mm, unsigned long addr)
{
	return mm->pgd + (addr >> PGDIR_SHIFT);
}

static inline int pgd_none(pgd_t pgd)
{
	(void)pgd; /* folded: the level below says */
	return 0;
}

static inline p4d_t *p4d_offset(pgd_t *pgd, unsigned long addr)
{
	(void)addr;
	return (p4d_t *)pgd;
}

static inline pud_t *pud_offset(p4d_t *p4d, unsigned long addr)
{
	(void)addr;
	return (pud_t *)p4d;
}

static inline pmd_t *pmd_offset(pud_t *pud, unsigned long addr)
{
	(void)addr;
	return (pmd_t *)pud;
}

#define p4d_none(entry) ((void)(entry), 0)
#define pud_none(entry) ((void)(entry), 0)

static inline pte_t *pmd_table(pmd_t pmd)
{
	return pmd.pud.p4d.pgd.table;
}

#define pmd_none(pmd)    (!pmd_table(pmd))
#define pmd_present(pmd) (!pmd_none(pmd))

/** The entry of an address in an existing table. */
static inline pte_t *pte_offset_map(pmd_t *pmd, unsigned long addr)
{
	return pmd_table(*pmd) + (addr >> PAGE_SHIFT) % PTRS_PER_PTE;
}

#define pte_offset_kernel(pmd, addr) pte_offset_map(pmd, addr)
#define pte_unmap(pte)               ((void)(pte))

/** Fidelity: simplified. One lock for all tables of an mm: page_table_lock. */
static inline spinlock_t *pte_lockptr(struct mm_struct *mm, pmd_t *pmd)
{
	(void)pmd;
	return &mm->page_table_lock;
}

#define pte_offset_map_lock(mm, pmd, addr, ptlp)          \
	({                                                \
		spinlock_t *lock_ = pte_lockptr(mm, pmd); \
		pte_t *pte_ = pte_offset_map(pmd, addr);  \
		*(ptlp) = lock_;                          \
		spin_lock(lock_);                         \
		pte_;                                     \
	})

#define pte_unmap_unlock(pte, ptl) \
	do {                       \
		spin_unlock(ptl);  \
		pte_unmap(pte);    \
	} while (0)

/** The pmd of an address, NULL where there is no table below it. Fidelity: exact */
pmd_t *mm_find_pmd(struct mm_struct *mm, unsigned long address);

/** The entry of an address; its table is made if there is none. Return: NULL without memory. */
pte_t *pte_alloc_map(struct mm_struct *mm, pmd_t *pmd, unsigned long address);

/** 0, or -ENOMEM: makes sure that a pmd has a table. Fidelity: exact */
int pte_alloc(struct mm_struct *mm, pmd_t *pmd);

/** The table of a new mm; all tables of a dead one. Fidelity: exact */
pgd_t *pgd_alloc(struct mm_struct *mm);
void pgd_free(struct mm_struct *mm, pgd_t *pgd);

/* --- changing entries: the machine follows --- */

/** Reads one entry. */
static inline pte_t ptep_get(const pte_t *ptep)
{
	return *ptep;
}

/** Fidelity: exact */
void set_pte_at(struct mm_struct *mm, unsigned long addr, pte_t *ptep, pte_t pte);
#define set_pte_at_notify(mm, addr, ptep, pte) set_pte_at(mm, addr, ptep, pte)
void pte_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep);

/** Return: what was there. Fidelity: exact */
pte_t ptep_get_and_clear(struct mm_struct *mm, unsigned long addr, pte_t *ptep);
pte_t ptep_clear_flush(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep);

/** Fidelity: exact */
void ptep_set_wrprotect(struct mm_struct *mm, unsigned long addr, pte_t *ptep);
int ptep_test_and_clear_young(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep);

/** A fault made the entry young, dirty or writable. Return: whether it changed. Fidelity: exact */
int ptep_set_access_flags(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t entry,
			  int dirty);

/** Between these two the entry is not there; a fault waits for the lock. Fidelity: exact */
pte_t ptep_modify_prot_start(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep);
void ptep_modify_prot_commit(struct vm_area_struct *vma, unsigned long addr, pte_t *ptep, pte_t old,
			     pte_t pte);

/** What is read where nothing was written yet; never written to, and clean.
 *  Fidelity: simplified. One page, not one of each colour: memory and all caches agree about it. */
struct page *ccsan_zero_page(void);
#define ZERO_PAGE(vaddr) ((void)(vaddr), ccsan_zero_page())

static inline unsigned long my_zero_pfn(unsigned long addr)
{
	return page_to_pfn(ZERO_PAGE(addr));
}

int is_zero_pfn(unsigned long pfn);

/** After a fault, or whoever made an entry valid: what flush_dcache_page() put off is done now.
 *  Fidelity: exact */
void update_mmu_cache(struct vm_area_struct *vma, unsigned long address, pte_t *ptep);

/* --- TLB: the machine has none that gets stale; flushes are counted --- */

/** How often each was called: what a change of page tables costs beside the cache. */
struct ccsan_tlb_flushes {
	unsigned long mm, range, page;
};

extern struct ccsan_tlb_flushes ccsan_tlb_flushes;

/** Fidelity: simplified. Page tables take effect at once. */
void flush_tlb_mm(struct mm_struct *mm);
void flush_tlb_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void flush_tlb_page(struct vm_area_struct *vma, unsigned long addr);
void flush_tlb_all(void);

#endif
