/* SPDX-License-Identifier: MIT */
/*
 * C-SKY. The first generation (CK610) has virtually indexed caches of several colours and flushes
 * all of them whenever something has to be; the second (CK807 on) has physically indexed ones, so
 * that only instructions matter: a page is written back when it is first mapped.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "csky") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool dc_aliases(void)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu());
}

/* --- user mappings --- */

static void csky_flush_cache_mm(struct mm_struct *mm)
{
	if (dc_aliases())
		ccsan_flush_all_of_mm(mm);
}

static void csky_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_range(vma, start, end);
	else if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

static void csky_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				  unsigned long pfn)
{
	(void)pfn;
	csky_flush_cache_range(vma, address, address + PAGE_SIZE);
}

/* --- pages --- */

static void csky_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!dc_aliases() || (mapping && !page_mapped(page) && ccsan_may_defer())) {
		clear_bit(PG_dcache_clean, &page->flags);
		return;
	}
	ccsan_flush_data_all();
	if (mapping)
		ccsan_hosted_operate_icache_all();
	set_bit(PG_dcache_clean, &page->flags);
}

static void csky_flush_kernel_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (dc_aliases() && (!mapping || mapping_mapped(mapping)))
		ccsan_flush_data_all();
}

static void csky_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				 unsigned long address)
{
	(void)page;
	(void)address;
	csky_flush_cache_mm(vma->vm_mm);
}

static void clean_page(struct page *page)
{
	char *address = kmap_atomic(page);

	ccsan_hosted_operate(CCSAN_CLEAN, address, PAGE_SIZE);
	kunmap_atomic(address);
}

static void csky_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			  bool executable)
{
	(void)mm;
	(void)address;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags)) {
		if (dc_aliases())
			ccsan_flush_data_all();
		else
			clean_page(page);
	}
	if (executable)
		ccsan_hosted_operate_icache_all();
}

static bool csky_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dcache_clean, &page->flags);
}

/* --- copies --- */

static void csky_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				    struct vm_area_struct *vma)
{
	if (ccsan_pages_alias((unsigned long)page_to_phys(from), address) && page_mapped(from))
		ccsan_flush_data_all();
	ccsan_copy_and_flush(to, from, address, vma);
}

static void csky_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address, void *dst, const void *src,
				   unsigned long bytes)
{
	(void)page;
	(void)address;
	memcpy(dst, src, bytes);
	csky_flush_cache_mm(vma->vm_mm);
	if (vma->vm_flags & VM_EXEC) {
		ccsan_hosted_operate(CCSAN_CLEAN, dst, bytes);
		ccsan_hosted_operate_icache_all();
	}
}

static void csky_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
				     unsigned long address, void *dst, const void *src,
				     unsigned long bytes)
{
	(void)page;
	(void)address;
	csky_flush_cache_mm(vma->vm_mm);
	memcpy(dst, src, bytes);
}

/* --- the kernel's own --- */

static void csky_flush_cache_vmap(unsigned long start, unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_vmap(start, end);
}

static void csky_flush_kernel_vmap_range(void *address, int bytes)
{
	(void)address;
	(void)bytes;
	if (dc_aliases())
		ccsan_flush_data_all();
}

static void csky_flush_kmaps(void)
{
	if (dc_aliases())
		ccsan_flush_all_of_kmaps();
}

static void csky_pre_unmap(void *address)
{
	if (dc_aliases())
		ccsan_flush_page_at(address);
}

static unsigned long csky_shmlba(void)
{
	unsigned long way = ccsan_colour_mask() + PAGE_SIZE;

	return way > 4 * PAGE_SIZE ? way : 4 * PAGE_SIZE;
}

const struct ccsan_arch ccsan_csky = {
	.name = "csky",
	.is_for = is_for,
	.flush_cache_mm = csky_flush_cache_mm,
	.flush_cache_dup_mm = csky_flush_cache_mm,
	.flush_cache_range = csky_flush_cache_range,
	.flush_cache_page = csky_flush_cache_page,
	.flush_dcache_page = csky_flush_dcache_page,
	.flush_kernel_dcache_page = csky_flush_kernel_dcache_page,
	.flush_anon_page = csky_flush_anon_page,
	.copy_to_user_page = csky_copy_to_user_page,
	.copy_from_user_page = csky_copy_from_user_page,
	.copy_user_highpage = csky_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = csky_flush_cache_vmap,
	.flush_cache_vunmap = csky_flush_cache_vmap,
	.flush_kernel_vmap_range = csky_flush_kernel_vmap_range,
	.invalidate_kernel_vmap_range = csky_flush_kernel_vmap_range,
	.flush_cache_kmaps = csky_flush_kmaps,
	.sync_pte = csky_sync_pte,
	.kmap_local_pre_unmap = csky_pre_unmap,
	.shmlba = csky_shmlba,
	.flush_deferred = csky_flush_deferred,
	.kmap_coherent = true,
};
