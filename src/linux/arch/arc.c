/* SPDX-License-Identifier: MIT */
/*
 * ARC700: virtually indexed, of two colours. A page that the kernel wrote is marked (PG_dc_clean is
 * cleared) by the copy that wrote it, and flushed when it is mapped on another colour.
 */
#include <string.h>

#include "parts.h"

#define PG_dc_clean PG_arch_1

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "arc") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool dc_aliases(void)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu());
}

static bool is_congruent(struct page *page, unsigned long address)
{
	return !PageHighMem(page) && !ccsan_pages_alias((unsigned long)page_address(page), address);
}

/* --- user mappings --- */

static void arc_flush_cache_mm(struct mm_struct *mm)
{
	if (dc_aliases())
		ccsan_flush_all_of_mm(mm);
}

static void arc_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_range(vma, start, end);
}

static void arc_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				 unsigned long pfn)
{
	if (dc_aliases())
		ccsan_flush_colour(pfn_to_page(pfn), address);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

/* The port flushes the users' colour only, and nothing of anonymous pages: that is right before the
 * kernel reads. What it wrote is flushed as well here. */
static void arc_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long address = page->index << PAGE_SHIFT;

	if (!dc_aliases() || (mapping && !mapping_mapped(mapping) && ccsan_may_defer())) {
		clear_bit(PG_dc_clean, &page->flags);
		return;
	}
	if (mapping && is_congruent(page, address))
		return;
	ccsan_flush_kernel_page(page);
	if (!mapping) {
		ccsan_flush_anon(page, NULL);
		return;
	}
	ccsan_flush_colour(page, address);
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}

static void arc_flush_kernel_dcache_page(struct page *page)
{
	if (dc_aliases())
		ccsan_flush_kernel_page(page);
}

static void arc_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				unsigned long address)
{
	(void)vma;
	if (!dc_aliases())
		return;
	ccsan_flush_colour(page, address);
	ccsan_flush_kernel_page(page);
}

static void arc_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			 bool executable)
{
	(void)mm;
	bool fetched = executable && !ccsan_icache_is_coherent();

	if (!fetched && is_congruent(page, address))
		return;
	if (!test_and_set_bit(PG_dc_clean, &page->flags))
		ccsan_flush_kernel_page(page);
	if (fetched)
		ccsan_hosted_operate_icache_all();
}

static bool arc_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dc_clean, &page->flags);
}

/* --- copies --- */

static void arc_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				   struct vm_area_struct *vma)
{
	bool clean_source = dc_aliases() && page_mapped(from) && !is_congruent(from, address);

	(void)vma;
	if (clean_source) {
		ccsan_flush_colour(from, address);
		ccsan_flush_kernel_page(from); /* what it has read before: added */
	}
	copy_highpage(to, from);
	clear_bit(PG_dc_clean, &to->flags);
	if (clean_source) {
		ccsan_flush_kernel_page(from);
		set_bit(PG_dc_clean, &from->flags);
	} else {
		clear_bit(PG_dc_clean, &from->flags);
	}
}

static void arc_clear_user_highpage(struct page *page, unsigned long address)
{
	(void)address;
	clear_highpage(page);
	clear_bit(PG_dc_clean, &page->flags);
}

/* The port does nothing about aliases: get_user_pages() has dropped the user's lines, and the
 * kernel's are left. They are flushed here. */
static void arc_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				  unsigned long address, void *dst, const void *src,
				  unsigned long bytes)
{
	memcpy(dst, src, bytes);
	if (!is_congruent(page, address))
		ccsan_flush_data(dst, bytes);
	if (ccsan_speculates())
		arc_flush_cache_page(vma, address, page_to_pfn(page));
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

/* --- the kernel's own --- */

static void arc_flush_cache_vmap(unsigned long start, unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_vmap(start, end);
}

static void arc_flush_kernel_vmap_range(void *address, int bytes)
{
	if (dc_aliases())
		ccsan_flush_data(address, (size_t)bytes);
}

static unsigned long arc_shmlba(void)
{
	unsigned long way = ccsan_colour_mask() + PAGE_SIZE;

	return way > 2 * PAGE_SIZE ? way : 2 * PAGE_SIZE;
}

const struct ccsan_arch ccsan_arc = {
	.name = "arc",
	.is_for = is_for,
	.flush_cache_mm = arc_flush_cache_mm,
	.flush_cache_range = arc_flush_cache_range,
	.flush_cache_page = arc_flush_cache_page,
	.flush_dcache_page = arc_flush_dcache_page,
	.flush_kernel_dcache_page = arc_flush_kernel_dcache_page,
	.flush_anon_page = arc_flush_anon_page,
	.copy_to_user_page = arc_copy_to_user_page,
	.copy_user_highpage = arc_copy_user_highpage,
	.clear_user_highpage = arc_clear_user_highpage,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = arc_flush_cache_vmap,
	.flush_cache_vunmap = arc_flush_cache_vmap,
	.flush_kernel_vmap_range = arc_flush_kernel_vmap_range,
	.invalidate_kernel_vmap_range = arc_flush_kernel_vmap_range,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = arc_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = arc_shmlba,
	.flush_deferred = arc_flush_deferred,
	.kmap_coherent = true,
};
