/* SPDX-License-Identifier: MIT */
/*
 * PA-RISC: virtually indexed with a boundary of 4 MiB, and speculating through every translation.
 * All mappings of a page of a file agree modulo the boundary, private ones too, so that one flush
 * is for all users. What flush_dcache_page() put off is done after the entry is written
 * (PG_dcache_dirty); kunmap() flushes what the kernel has.
 */
#include <string.h>

#include "parts.h"

enum { ALIAS_BOUNDARY = 4 << 20 };

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "parisc") && cpu->data.type != CCSAN_CACHE_VIVT;
}

/* --- user mappings --- */

static void parisc_flush_cache_mm(struct mm_struct *mm)
{
	if (ccsan_mm_is_cached(mm))
		ccsan_flush_all_of_mm(mm);
}

static void parisc_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				     unsigned long end)
{
	if (!ccsan_mm_is_cached(vma->vm_mm))
		return;
	ccsan_flush_user(vma->vm_mm, start, end);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache(ccsan_user_pointer(vma->vm_mm, start), end - start);
}

static void parisc_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				    unsigned long pfn)
{
	ccsan_flush_colour(pfn_to_page(pfn), address);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

/* The first mapping says where all users have it. */
static void flush_users(struct page *page, struct address_space *mapping)
{
	struct vm_area_struct *vma;
	unsigned long address = 0;

	flush_dcache_mmap_lock(mapping);
	vma = vma_interval_tree_iter_first(&mapping->i_mmap, page->index, page->index);
	if (vma)
		address = vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);
	flush_dcache_mmap_unlock(mapping);
	if (address)
		ccsan_flush_colour(page, address);
}

/* The port takes the users' translation away before it flushes, so that nothing comes back; here
 * the kernel's lines are flushed again. */
static void parisc_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !mapping_mapped(mapping) && ccsan_may_defer()) {
		set_bit(PG_dcache_dirty, &page->flags);
		return;
	}
	ccsan_flush_kernel_page(page);
	if (!mapping) {
		ccsan_flush_anon(page, NULL);
		return;
	}
	flush_users(page, mapping);
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}

static void parisc_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address)
{
	(void)vma;
	ccsan_flush_colour(page, address);
	ccsan_flush_kernel_page(page);
}

static void parisc_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			    bool executable)
{
	(void)mm;
	(void)address;
	if (page_mapping(page) && test_and_clear_bit(PG_dcache_dirty, &page->flags))
		ccsan_flush_kernel_page(page);
	if (executable && !ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache_all();
}

static bool parisc_flush_deferred(const struct page *page)
{
	return test_bit(PG_dcache_dirty, &page->flags);
}

/* --- copies --- */

static void parisc_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				      struct vm_area_struct *vma)
{
	(void)vma;
	ccsan_flush_colour(from, address);
	ccsan_flush_kernel_page(from);
	copy_highpage(to, from);
	ccsan_flush_kernel_page(to);
}

static void parisc_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				     unsigned long address, void *dst, const void *src,
				     unsigned long bytes)
{
	parisc_flush_cache_page(vma, address, page_to_pfn(page));
	memcpy(dst, src, bytes);
	ccsan_flush_data(dst, bytes);
	if (ccsan_speculates() || vma->vm_flags & VM_EXEC)
		parisc_flush_cache_page(vma, address, page_to_pfn(page));
}

static void parisc_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
				       unsigned long address, void *dst, const void *src,
				       unsigned long bytes)
{
	parisc_flush_cache_page(vma, address, page_to_pfn(page));
	ccsan_flush_data(src, bytes);
	memcpy(dst, src, bytes);
}

/* --- the kernel's own --- */

/* By purging: what the vmap holds is not written back, not even what it has dirtied. */
static void parisc_invalidate_kernel_vmap_range(void *address, int bytes)
{
	ccsan_hosted_operate(CCSAN_INVALIDATE, address, (size_t)bytes);
}

static unsigned long parisc_shmlba(void)
{
	return ALIAS_BOUNDARY;
}

const struct ccsan_arch ccsan_parisc = {
	.name = "parisc",
	.is_for = is_for,
	.flush_cache_mm = parisc_flush_cache_mm,
	.flush_cache_dup_mm = parisc_flush_cache_mm,
	.flush_cache_range = parisc_flush_cache_range,
	.flush_cache_page = parisc_flush_cache_page,
	.flush_dcache_page = parisc_flush_dcache_page,
	.flush_kernel_dcache_page = ccsan_flush_kernel_page,
	.flush_anon_page = parisc_flush_anon_page,
	.copy_to_user_page = parisc_copy_to_user_page,
	.copy_from_user_page = parisc_copy_from_user_page,
	.copy_user_highpage = parisc_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = ccsan_flush_all_of_vmap,
	.flush_cache_vunmap = ccsan_flush_all_of_vmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = parisc_invalidate_kernel_vmap_range,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.entry_made = ccsan_drop_fetched,
	.sync_pte = parisc_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.flush_on_kunmap = ccsan_flush_page_at,
	.shmlba = parisc_shmlba,
	.flush_deferred = parisc_flush_deferred,
	.kmap_coherent = true,
};
