/* SPDX-License-Identifier: MIT */
/*
 * ARMv6 with more than one colour (ARM1136, ARM1176), and every other aliasing VIPT cache without a
 * port of its own. Shared mappings agree modulo SHMLBA, so a page of a file has two places at most:
 * the kernel's, and the colour of its index. Tagged physically: lines survive a switch of the
 * address space. PG_dcache_clean is looked at before the entry is written.
 *
 * The port has no highmem here; what is done for it is what its VIVT sibling does.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return cpu->data.type == CCSAN_CACHE_VIPT && ccsan_cpu_aliases(cpu);
}

/* --- user mappings --- */

static void vipt_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				  unsigned long pfn)
{
	ccsan_flush_colour(pfn_to_page(pfn), address);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

/* The kernel's place, and the one of a file's users. */
static void make_agree(struct page *page, struct address_space *mapping)
{
	ccsan_flush_kernel_page(page);
	if (!mapping)
		return;
	ccsan_flush_colour(page, page->index << PAGE_SHIFT);
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}

static void vipt_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !page_mapped(page) && ccsan_may_defer()) {
		clear_bit(PG_dcache_clean, &page->flags);
		return;
	}
	make_agree(page, mapping);
	if (mapping)
		ccsan_hosted_operate_icache_all();
	else
		ccsan_flush_anon(page, NULL);
	set_bit(PG_dcache_clean, &page->flags);
}

static void vipt_flush_kernel_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping || mapping_mapped(mapping))
		ccsan_flush_kernel_page(page);
}

static void vipt_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				 unsigned long address)
{
	vipt_flush_cache_page(vma, address, page_to_pfn(page));
	ccsan_flush_kernel_page(page);
}

static void vipt_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			  bool executable)
{
	(void)mm;
	(void)address;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags))
		make_agree(page, page_mapping(page));
	if (executable)
		ccsan_hosted_operate_icache_all();
}

static bool vipt_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dcache_clean, &page->flags);
}

/* --- copies: on the colour that the user is going to have --- */

/* What the kernel has of the new page is of its last owner. Flushed, not discarded: nothing is lost
 * if that owner's last store is still on its way. */
static void vipt_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				    struct vm_area_struct *vma)
{
	char *source, *target;

	(void)vma;
	if (!test_and_set_bit(PG_dcache_clean, &from->flags))
		make_agree(from, page_mapping(from));
	ccsan_flush_kernel_page(to);
	source = kmap_coherent(from, address);
	target = ccsan_map_colour(to, address);
	memcpy(target, source, PAGE_SIZE);
	ccsan_finish_colour(target);
	kunmap_coherent();
}

static void vipt_clear_user_highpage(struct page *page, unsigned long address)
{
	char *target;

	ccsan_flush_kernel_page(page);
	target = ccsan_map_colour(page, address);
	memset(target, 0, PAGE_SIZE);
	ccsan_finish_colour(target);
}

static void vipt_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address, void *dst, const void *src,
				   unsigned long bytes)
{
	memcpy(dst, src, bytes);
	ccsan_flush_data(dst, bytes);
	vipt_flush_cache_page(vma, address, page_to_pfn(page));
}

/* --- the kernel's own --- */

/* Four pages, as fixed for ARMv6; more where a way is larger. */
static unsigned long vipt_shmlba(void)
{
	unsigned long way = ccsan_colour_mask() + PAGE_SIZE;

	return way > 4 * PAGE_SIZE ? way : 4 * PAGE_SIZE;
}

const struct ccsan_arch ccsan_arm_vipt = {
	.name = "arm-vipt",
	.is_for = is_for,
	.flush_cache_mm = ccsan_flush_all_of_mm,
	.flush_cache_dup_mm = ccsan_flush_all_of_mm,
	.flush_cache_range = ccsan_flush_all_of_range,
	.flush_cache_page = vipt_flush_cache_page,
	.flush_dcache_page = vipt_flush_dcache_page,
	.flush_kernel_dcache_page = vipt_flush_kernel_dcache_page,
	.flush_anon_page = vipt_flush_anon_page,
	.copy_to_user_page = vipt_copy_to_user_page,
	.copy_user_highpage = vipt_copy_user_highpage,
	.clear_user_highpage = vipt_clear_user_highpage,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = ccsan_flush_all_of_vmap,
	.flush_cache_vunmap = ccsan_flush_all_of_vmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = ccsan_flush_bytes,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = vipt_sync_pte,
	.entry_made = ccsan_drop_fetched,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = vipt_shmlba,
	.flush_deferred = vipt_flush_deferred,
	.kmap_coherent = true,
};
