/* SPDX-License-Identifier: MIT */
/*
 * Data caches in which all aliases of a page share one place: x86, RISC-V, PowerPC, m68k, and ARM
 * from v7 on. Only instruction fetches are left to care for, where they do not see stores: a page
 * that the kernel wrote is cleaned when it is first mapped for execution (PG_dcache_clean), as on
 * arm, arm64 and riscv, or at once where only the CPU that wrote it can do that (ARM11 MPCore).
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	(void)cpu;
	return true;
}

static void sync_page(struct page *page)
{
	char *address = kmap_atomic(page);

	ccsan_hosted_operate(CCSAN_CLEAN, address, PAGE_SIZE);
	kunmap_atomic(address);
}

static void coherent_flush_dcache_page(struct page *page)
{
	if (ccsan_icache_is_coherent())
		return;
	clear_bit(PG_dcache_clean, &page->flags);
	if (ccsan_may_defer())
		return;
	sync_page(page);
	ccsan_hosted_operate_icache_all();
	set_bit(PG_dcache_clean, &page->flags);
}

static void coherent_flush_icache_range(unsigned long start, unsigned long end)
{
	if (!ccsan_icache_is_coherent())
		ccsan_sync_range(start, end);
}

/* Instruction caches may alias where data caches do not: all of it. */
static void coherent_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			      bool executable)
{
	(void)mm;
	(void)address;
	if (!executable || ccsan_icache_is_coherent())
		return;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags))
		sync_page(page);
	ccsan_hosted_operate_icache_all();
}

static void coherent_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				       unsigned long address, void *dst, const void *src,
				       unsigned long bytes)
{
	(void)page;
	(void)address;
	memcpy(dst, src, bytes);
	if (!(vma->vm_flags & VM_EXEC) || ccsan_icache_is_coherent())
		return;
	ccsan_hosted_operate(CCSAN_CLEAN, dst, bytes);
	ccsan_hosted_operate_icache_all();
}

const struct ccsan_arch ccsan_coherent = {
	.name = "coherent",
	.is_for = is_for,
	.flush_dcache_page = coherent_flush_dcache_page,
	.copy_to_user_page = coherent_copy_to_user_page,
	.flush_icache_range = coherent_flush_icache_range,
	.sync_pte = coherent_sync_pte,
};
