/* SPDX-License-Identifier: MIT */
/*
 * SuperH: direct-mapped, virtually indexed caches of several colours. As MIPS, with the mark the
 * other way round (PG_dcache_clean: a page that nobody has flushed yet is dirty), and looked at
 * after the entry is written.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "sh") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool dc_aliases(void)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu());
}

/* --- user mappings --- */

static void sh_flush_cache_mm(struct mm_struct *mm)
{
	if (dc_aliases() && ccsan_mm_is_cached(mm))
		ccsan_flush_all_of_mm(mm);
}

static void sh_flush_cache_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (ccsan_mm_is_cached(vma->vm_mm) && (dc_aliases() || vma->vm_flags & VM_EXEC))
		ccsan_flush_all_of_range(vma, start, end);
}

static void sh_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				unsigned long pfn)
{
	ccsan_flush_colour(pfn_to_page(pfn), address);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

/* The port flushes the kernel's lines here; the users' colour is added, since the clause asks for
 * it before the kernel reads, and after it has written where users have had the page. */
static void sh_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !mapping_mapped(mapping) && ccsan_may_defer()) {
		clear_bit(PG_dcache_clean, &page->flags);
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

static bool is_shared_with_users(const struct page *page)
{
	return dc_aliases() && page_mapped((struct page *)page) &&
	       test_bit(PG_dcache_clean, &page->flags);
}

static void sh_flush_anon_page(struct vm_area_struct *vma, struct page *page, unsigned long address)
{
	(void)vma;
	if (is_shared_with_users(page)) {
		ccsan_flush_data(kmap_coherent(page, address), PAGE_SIZE);
		kunmap_coherent();
	}
	ccsan_flush_kernel_page(page);
}

static void sh_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			bool executable)
{
	(void)mm;
	(void)address;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags))
		ccsan_flush_kernel_page(page);
	if (executable && !ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache_all();
}

static bool sh_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dcache_clean, &page->flags);
}

/* --- copies --- */

static void sh_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				  struct vm_area_struct *vma)
{
	char *target, *source;

	if (!is_shared_with_users(from)) {
		ccsan_copy_and_flush(to, from, address, vma);
		return;
	}
	target = kmap_atomic(to);
	source = kmap_coherent(from, address);
	memcpy(target, source, PAGE_SIZE);
	kunmap_coherent();
	if (ccsan_pages_alias((unsigned long)target, address) || vma->vm_flags & VM_EXEC)
		ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(target);
}

static void sh_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				 unsigned long address, void *dst, const void *src,
				 unsigned long bytes)
{
	if (is_shared_with_users(page)) {
		char *coherent = kmap_coherent(page, address);

		memcpy(coherent + offset_in_page(address), src, bytes);
		kunmap_coherent();
	} else {
		memcpy(dst, src, bytes);
		ccsan_flush_data(dst, bytes);
	}
	if (vma->vm_flags & VM_EXEC)
		sh_flush_cache_page(vma, address, page_to_pfn(page));
}

static void sh_copy_from_user_page(struct vm_area_struct *vma, struct page *page,
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
	}
}

/* --- the kernel's own --- */

static void sh_invalidate_kernel_vmap_range(void *address, int bytes)
{
	ccsan_hosted_operate(CCSAN_INVALIDATE, address, (size_t)bytes);
}

static unsigned long sh_shmlba(void)
{
	unsigned long way = ccsan_colour_mask() + PAGE_SIZE;

	return way > 0x4000 ? way : 0x4000;
}

const struct ccsan_arch ccsan_sh = {
	.name = "sh",
	.is_for = is_for,
	.flush_cache_mm = sh_flush_cache_mm,
	.flush_cache_dup_mm = sh_flush_cache_mm,
	.flush_cache_range = sh_flush_cache_range,
	.flush_cache_page = sh_flush_cache_page,
	.flush_dcache_page = sh_flush_dcache_page,
	.flush_kernel_dcache_page = ccsan_flush_kernel_page,
	.flush_anon_page = sh_flush_anon_page,
	.copy_to_user_page = sh_copy_to_user_page,
	.copy_from_user_page = sh_copy_from_user_page,
	.copy_user_highpage = sh_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = ccsan_flush_all_of_vmap,
	.flush_cache_vunmap = ccsan_flush_all_of_vmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = sh_invalidate_kernel_vmap_range,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = sh_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = sh_shmlba,
	.flush_deferred = sh_flush_deferred,
	.kmap_coherent = true,
};
