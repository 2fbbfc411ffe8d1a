/* SPDX-License-Identifier: MIT */
/*
 * Nios II with an MMU: direct-mapped, virtually indexed. flush_dcache_page() flushes the kernel's
 * lines and walks the shared mappings of the loaded address space; what it put off is done after
 * the entry is written (PG_dcache_clean), with the same walk.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "nios2") && cpu->data.type != CCSAN_CACHE_VIVT;
}

/* --- user mappings --- */

static void nios2_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				    unsigned long end)
{
	ccsan_flush_user(vma->vm_mm, start, end);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache(ccsan_user_pointer(vma->vm_mm, start), end - start);
}

static void nios2_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				   unsigned long pfn)
{
	(void)pfn;
	nios2_flush_cache_range(vma, address, address + PAGE_SIZE);
}

/* --- pages --- */

/* The port walks the loaded address space alone, although lines of others survive a switch: all are
 * congruent, so one mapping would do, but there may be none in the loaded one. All are walked here.
 */
static void make_agree(struct page *page, struct address_space *mapping)
{
	ccsan_flush_kernel_page(page);
	if (!mapping)
		return;
	ccsan_flush_file_users(page, NULL);
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}

static void nios2_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !mapping_mapped(mapping) && ccsan_may_defer()) {
		clear_bit(PG_dcache_clean, &page->flags);
		return;
	}
	make_agree(page, mapping);
	if (mapping)
		ccsan_hosted_operate_icache(page_address(page), PAGE_SIZE);
	else
		ccsan_flush_anon(page, NULL);
	set_bit(PG_dcache_clean, &page->flags);
}

/* The port has no flush_anon_page(): its get_user_pages() reads what memory has. */
static void nios2_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				  unsigned long address)
{
	nios2_flush_cache_page(vma, address, page_to_pfn(page));
	ccsan_flush_kernel_page(page);
}

static void nios2_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			   bool executable)
{
	(void)mm;
	(void)address;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags))
		make_agree(page, page_mapping(page));
	if (executable)
		ccsan_hosted_operate_icache_all();
}

static bool nios2_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dcache_clean, &page->flags);
}

/* --- copies --- */

static void nios2_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				     struct vm_area_struct *vma)
{
	(void)vma;
	ccsan_flush_colour(from, address);
	ccsan_flush_kernel_page(from);
	copy_highpage(to, from);
	ccsan_flush_kernel_page(to);
}

static void nios2_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				    unsigned long address, void *dst, const void *src,
				    unsigned long bytes)
{
	nios2_flush_cache_page(vma, address & PAGE_MASK, page_to_pfn(page));
	memcpy(dst, src, bytes);
	ccsan_flush_data(dst, bytes);
	if (ccsan_speculates() || vma->vm_flags & VM_EXEC)
		nios2_flush_cache_page(vma, address & PAGE_MASK, page_to_pfn(page));
}

static void nios2_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
				      unsigned long address, void *dst, const void *src,
				      unsigned long bytes)
{
	nios2_flush_cache_page(vma, address & PAGE_MASK, page_to_pfn(page));
	ccsan_flush_data(src, bytes);
	memcpy(dst, src, bytes);
	ccsan_flush_data(src, bytes);
}

/* --- the kernel's own --- */

static unsigned long nios2_shmlba(void)
{
	return ccsan_colour_mask() + PAGE_SIZE;
}

const struct ccsan_arch ccsan_nios2 = {
	.name = "nios2",
	.is_for = is_for,
	.flush_cache_mm = ccsan_flush_all_of_mm,
	.flush_cache_dup_mm = ccsan_flush_all_of_mm,
	.flush_cache_range = nios2_flush_cache_range,
	.flush_cache_page = nios2_flush_cache_page,
	.flush_dcache_page = nios2_flush_dcache_page,
	.flush_kernel_dcache_page = ccsan_flush_kernel_page,
	.flush_anon_page = nios2_flush_anon_page,
	.copy_to_user_page = nios2_copy_to_user_page,
	.copy_from_user_page = nios2_copy_from_user_page,
	.copy_user_highpage = nios2_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = ccsan_flush_vmap_range,
	.flush_cache_vunmap = ccsan_flush_vmap_range,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = ccsan_flush_bytes,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = nios2_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = nios2_shmlba,
	.flush_deferred = nios2_flush_deferred,
	.kmap_coherent = true,
};
