/* SPDX-License-Identifier: MIT */
/*
 * Xtensa with more than one colour: the kernel touches users' pages through temporary mappings on
 * the user's colour, flushes a page on both colours when it has to, and takes kmap() slots of the
 * page's colour. A set PG_arch_1 says that both are to be flushed when the page is mapped.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "xtensa") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool dc_aliases(void)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu());
}

/* The colour of the frame, which is the kernel's, highmem or not; and the user's. */
static void flush_both_colours(struct page *page, unsigned long address)
{
	unsigned long phys = (unsigned long)page_to_phys(page);

	ccsan_flush_colour(page, phys);
	if (!ccsan_pages_alias(phys, address))
		return;
	ccsan_flush_colour(page, address);
	if (ccsan_speculates())
		ccsan_flush_colour(page, phys);
}

/* --- user mappings --- */

static void xtensa_flush_cache_mm(struct mm_struct *mm)
{
	if (dc_aliases())
		ccsan_flush_all_of_mm(mm);
}

static void xtensa_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				     unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_range(vma, start, end);
}

static void xtensa_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				    unsigned long pfn)
{
	(void)vma;
	if (!dc_aliases())
		return;
	ccsan_flush_colour(pfn_to_page(pfn), address);
	ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

/* Anonymous pages have an index, too, whose colour is the user's until mremap() moves the mapping
 * to another: the port goes by it, and by nothing else. */
static void xtensa_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long address = page->index << PAGE_SHIFT;

	if (mapping && !mapping_mapped(mapping) && ccsan_may_defer()) {
		set_bit(PG_arch_1, &page->flags);
		return;
	}
	if (mapping) {
		flush_both_colours(page, address);
		ccsan_hosted_operate_icache_all();
	} else {
		ccsan_flush_colour(page, (unsigned long)page_to_phys(page));
		ccsan_flush_anon(page, NULL);
	}
}

static void xtensa_flush_kernel_dcache_page(struct page *page)
{
	if (dc_aliases())
		ccsan_flush_colour(page, (unsigned long)page_to_phys(page));
}

static void xtensa_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address)
{
	xtensa_flush_cache_page(vma, address, page_to_pfn(page));
	ccsan_flush_colour(page, (unsigned long)page_to_phys(page));
}

static void xtensa_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			    bool executable)
{
	(void)mm;
	if (test_and_clear_bit(PG_arch_1, &page->flags))
		flush_both_colours(page, address);
	if (executable && !ccsan_icache_is_coherent()) {
		flush_both_colours(page, address);
		ccsan_hosted_operate_icache_all();
	}
}

static bool xtensa_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && test_bit(PG_arch_1, &page->flags);
}

/* --- copies: on the colour of the user --- */

/* What the kernel still has of the page is in the way when the user stores. */
static void forget_kernel_lines(struct page *page, unsigned long address)
{
	if (ccsan_pages_alias((unsigned long)page_to_phys(page), address))
		ccsan_flush_colour(page, (unsigned long)page_to_phys(page));
}

static void xtensa_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				      struct vm_area_struct *vma)
{
	char *target, *source;

	(void)vma;
	forget_kernel_lines(to, address);
	if (ccsan_arch_flush_deferred(from))
		flush_both_colours(from, address);
	set_bit(PG_arch_1, &to->flags);
	target = ccsan_map_colour(to, address);
	source = ccsan_map_colour(from, address);
	memcpy(target, source, PAGE_SIZE);
	ccsan_unmap_colour(source);
	ccsan_finish_colour(target);
}

static void xtensa_clear_user_highpage(struct page *page, unsigned long address)
{
	char *target;

	forget_kernel_lines(page, address);
	set_bit(PG_arch_1, &page->flags);
	target = ccsan_map_colour(page, address);
	memset(target, 0, PAGE_SIZE);
	ccsan_finish_colour(target);
}

static void xtensa_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				     unsigned long address, void *dst, const void *src,
				     unsigned long bytes)
{
	bool aliases = ccsan_pages_alias((unsigned long)page_to_phys(page), address);

	if (aliases)
		ccsan_flush_colour(page, address);
	memcpy(dst, src, bytes);
	if (aliases)
		ccsan_flush_data(dst, bytes);
	if (aliases && ccsan_speculates())
		ccsan_flush_colour(page, address);
	if (vma->vm_flags & VM_EXEC) {
		ccsan_hosted_operate(CCSAN_CLEAN, dst, bytes);
		ccsan_hosted_operate_icache_all();
	}
}

static void xtensa_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
				       unsigned long address, void *dst, const void *src,
				       unsigned long bytes)
{
	(void)vma;
	if (ccsan_pages_alias((unsigned long)page_to_phys(page), address))
		ccsan_flush_colour(page, address);
	ccsan_flush_data(src, bytes);
	memcpy(dst, src, bytes);
}

/* --- the kernel's own --- */

static void xtensa_flush_cache_vmap(unsigned long start, unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_vmap(start, end);
}

static unsigned long xtensa_shmlba(void)
{
	return ccsan_colour_mask() + PAGE_SIZE;
}

const struct ccsan_arch ccsan_xtensa = {
	.name = "xtensa",
	.is_for = is_for,
	.flush_cache_mm = xtensa_flush_cache_mm,
	.flush_cache_dup_mm = xtensa_flush_cache_mm,
	.flush_cache_range = xtensa_flush_cache_range,
	.flush_cache_page = xtensa_flush_cache_page,
	.flush_dcache_page = xtensa_flush_dcache_page,
	.flush_kernel_dcache_page = xtensa_flush_kernel_dcache_page,
	.flush_anon_page = xtensa_flush_anon_page,
	.copy_to_user_page = xtensa_copy_to_user_page,
	.copy_from_user_page = xtensa_copy_from_user_page,
	.copy_user_highpage = xtensa_copy_user_highpage,
	.clear_user_highpage = xtensa_clear_user_highpage,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = xtensa_flush_cache_vmap,
	.flush_cache_vunmap = xtensa_flush_cache_vmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = ccsan_flush_bytes,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = xtensa_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = xtensa_shmlba,
	.flush_deferred = xtensa_flush_deferred,
	.kmap_coherent = true,
	.kmap_coloured = true,
};
