/* SPDX-License-Identifier: MIT */
/*
 * MIPS: virtually indexed caches, of one or several colours; shared mappings of users agree. What
 * flush_dcache_page() put off is marked in the page (PG_dcache_dirty) and done before the entry is
 * written. A page that users have is touched by the kernel through kmap_coherent(), on the user's
 * colour, unless it is so marked.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "mips") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool dc_aliases(void)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu());
}

static bool is_executable(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_EXEC && !ccsan_icache_is_coherent();
}

/* --- user mappings --- */

static void mips_flush_cache_mm(struct mm_struct *mm)
{
	if (dc_aliases() && ccsan_mm_is_cached(mm))
		ccsan_flush_all_of_mm(mm);
}

static void mips_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end)
{
	if (ccsan_mm_is_cached(vma->vm_mm) && (dc_aliases() || is_executable(vma)))
		ccsan_flush_all_of_range(vma, start, end);
}

static void mips_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				  unsigned long pfn)
{
	(void)pfn;
	if (!ccsan_mm_is_cached(vma->vm_mm))
		return;
	if (dc_aliases() || is_executable(vma))
		ccsan_flush_user(vma->vm_mm, address, address + PAGE_SIZE);
	if (is_executable(vma))
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

static bool mips_flush_deferred(const struct page *page)
{
	return test_bit(PG_dcache_dirty, &page->flags);
}

/* kmap_coherent() is the way to a page that users may have lines of. */
static bool is_shared_with_users(const struct page *page)
{
	return dc_aliases() && page_mapped((struct page *)page) && !mips_flush_deferred(page);
}

static void mips_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!dc_aliases()) {
		if (!ccsan_icache_is_coherent())
			set_bit(PG_dcache_dirty, &page->flags);
		return;
	}
	if (mapping && !mapping_mapped(mapping) && ccsan_may_defer()) {
		set_bit(PG_dcache_dirty, &page->flags);
		return;
	}
	ccsan_flush_kernel_page(page);
	if (!mapping) {
		ccsan_flush_anon(page, NULL);
		return;
	}
	ccsan_flush_colour(page, page->index << PAGE_SHIFT);
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}

static void mips_flush_kernel_dcache_page(struct page *page)
{
	if (dc_aliases())
		ccsan_flush_kernel_page(page);
}

/* The user's lines by kmap_coherent(); a page marked dirty has none yet but the kernel's. */
static void mips_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				 unsigned long address)
{
	(void)vma;
	if (!dc_aliases())
		return;
	if (is_shared_with_users(page)) {
		ccsan_flush_data(kmap_coherent(page, address), PAGE_SIZE);
		kunmap_coherent();
	}
	ccsan_flush_kernel_page(page);
}

/* Before the entry is written, so that no other thread can use it too early. */
static void mips_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			  bool executable)
{
	bool fetched = executable && !ccsan_icache_is_coherent();
	bool aliases = PageHighMem(page)
			       ? dc_aliases()
			       : ccsan_pages_alias((unsigned long)page_address(page), address);

	(void)mm;
	if (test_and_clear_bit(PG_dcache_dirty, &page->flags) && (fetched || aliases))
		ccsan_flush_kernel_page(page);
	if (fetched)
		ccsan_hosted_operate_icache_all();
}

/* --- copies --- */

static void mips_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				    struct vm_area_struct *vma)
{
	char *target = kmap_atomic(to), *source;

	if (is_shared_with_users(from)) {
		source = kmap_coherent(from, address);
		memcpy(target, source, PAGE_SIZE);
		kunmap_coherent();
	} else {
		source = kmap_atomic(from);
		memcpy(target, source, PAGE_SIZE);
		kunmap_atomic(source);
	}
	if (ccsan_pages_alias((unsigned long)target, address) || is_executable(vma))
		ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(target);
}

static void mips_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address, void *dst, const void *src,
				   unsigned long bytes)
{
	if (is_shared_with_users(page)) {
		char *coherent = kmap_coherent(page, address);

		memcpy(coherent + offset_in_page(address), src, bytes);
		kunmap_coherent();
	} else {
		memcpy(dst, src, bytes);
		if (dc_aliases())
			set_bit(PG_dcache_dirty, &page->flags);
	}
	if (is_executable(vma))
		mips_flush_cache_page(vma, address & PAGE_MASK, page_to_pfn(page));
}

static void mips_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
				     unsigned long address, void *dst, const void *src,
				     unsigned long bytes)
{
	(void)vma;
	if (is_shared_with_users(page)) {
		char *coherent = kmap_coherent(page, address);

		memcpy(dst, coherent + offset_in_page(address), bytes);
		kunmap_coherent();
	} else {
		memcpy(dst, src, bytes);
		if (dc_aliases())
			set_bit(PG_dcache_dirty, &page->flags);
	}
}

/* --- the kernel's own --- */

static void mips_flush_cache_vmap(unsigned long start, unsigned long end)
{
	if (dc_aliases())
		ccsan_flush_all_of_vmap(start, end);
}

static void mips_flush_kernel_vmap_range(void *address, int bytes)
{
	if (dc_aliases())
		ccsan_flush_data(address, (size_t)bytes);
}

static void mips_flush_kmaps(void)
{
	if (dc_aliases())
		ccsan_flush_all_of_kmaps();
}

static void mips_pre_unmap(void *address)
{
	if (dc_aliases())
		ccsan_flush_data(address, PAGE_SIZE);
}

static void mips_flush_icache_range(unsigned long start, unsigned long end)
{
	if (!ccsan_icache_is_coherent())
		ccsan_sync_range(start, end);
}

static unsigned long mips_shmlba(void)
{
	unsigned long way = ccsan_colour_mask() + PAGE_SIZE;

	return way > 0x40000 ? way : 0x40000;
}

const struct ccsan_arch ccsan_mips = {
	.name = "mips",
	.is_for = is_for,
	.flush_cache_mm = mips_flush_cache_mm,
	.flush_cache_range = mips_flush_cache_range,
	.flush_cache_page = mips_flush_cache_page,
	.flush_dcache_page = mips_flush_dcache_page,
	.flush_kernel_dcache_page = mips_flush_kernel_dcache_page,
	.flush_anon_page = mips_flush_anon_page,
	.copy_to_user_page = mips_copy_to_user_page,
	.copy_from_user_page = mips_copy_from_user_page,
	.copy_user_highpage = mips_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = mips_flush_icache_range,
	.flush_cache_vmap = mips_flush_cache_vmap,
	.flush_cache_vunmap = mips_flush_cache_vmap,
	.flush_kernel_vmap_range = mips_flush_kernel_vmap_range,
	.invalidate_kernel_vmap_range = mips_flush_kernel_vmap_range,
	.flush_cache_kmaps = mips_flush_kmaps,
	.sync_pte = mips_sync_pte,
	.kmap_local_pre_unmap = mips_pre_unmap,
	.shmlba = mips_shmlba,
	.flush_deferred = mips_flush_deferred,
	.kmap_coherent = true,
};
