/* SPDX-License-Identifier: MIT */
/* Flushes of the TLB. Compiled without hooks: counting makes no two steps depend on each other. */
#include <linux/pgtable.h>

struct ccsan_tlb_flushes ccsan_tlb_flushes;

void flush_tlb_mm(struct mm_struct *mm)
{
	(void)mm;
	ccsan_tlb_flushes.mm++;
}

void flush_tlb_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	(void)vma;
	(void)start;
	(void)end;
	ccsan_tlb_flushes.range++;
}

void flush_tlb_page(struct vm_area_struct *vma, unsigned long addr)
{
	(void)vma;
	(void)addr;
	ccsan_tlb_flushes.page++;
}

void flush_tlb_all(void)
{
	ccsan_tlb_flushes.mm++;
}
