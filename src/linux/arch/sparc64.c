/* SPDX-License-Identifier: MIT */
/*
 * UltraSPARC I and II: a write-through, direct-mapped data cache of two pages, so that memory is
 * never behind and only old lines have to go. Flushed by physical address, which reaches both
 * colours; flush_cache_mm() and its like have nothing to do but for instructions. A deferred flush
 * remembers the CPU that wrote, and is done there.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return ccsan_is_family(cpu, "sparc") && cpu->data.type != CCSAN_CACHE_VIVT;
}

static bool is_fetched(const struct vm_area_struct *vma)
{
	return vma->vm_flags & VM_EXEC && !ccsan_icache_is_coherent();
}

/* All colours of the page. */
static void flush_page_here(void *info)
{
	unsigned long mask = ccsan_colour_mask();
	struct page *page = info;

	for (unsigned long colour = 0; colour <= mask; colour += PAGE_SIZE)
		ccsan_flush_colour(page, colour);
	if (!ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache_all();
}

static void flush_page_on(struct page *page, unsigned int cpu)
{
	if (cpu == smp_processor_id() || !ccsan_hosted_cpu()->local_maintenance)
		flush_page_here(page);
	else
		smp_call_function_single((int)cpu, flush_page_here, page, 1);
}

/* --- user mappings --- */

static void sparc64_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				     unsigned long pfn)
{
	(void)address;
	(void)pfn;
	if (is_fetched(vma))
		ccsan_hosted_operate_icache_all();
}

/* --- pages --- */

static void defer(struct page *page)
{
	if (test_bit(PG_dcache_dirty, &page->flags)) {
		if (page->dcache_cpu == smp_processor_id())
			return;
		flush_page_on(page, page->dcache_cpu);
	}
	page->dcache_cpu = (unsigned char)smp_processor_id();
	set_bit(PG_dcache_dirty, &page->flags);
}

static void sparc64_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !mapping_mapped(mapping))
		defer(page);
	else
		flush_page_here(page);
}

static void sparc64_flush_kernel_dcache_page(struct page *page)
{
	flush_page_here(page);
}

static void sparc64_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				    unsigned long address)
{
	(void)vma;
	(void)address;
	flush_page_here(page);
}

static void sparc64_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			     bool executable)
{
	(void)mm;
	(void)address;
	if (test_and_clear_bit(PG_dcache_dirty, &page->flags))
		flush_page_on(page, page->dcache_cpu);
	if (executable && !ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache_all();
}

static bool sparc64_flush_deferred(const struct page *page)
{
	return test_bit(PG_dcache_dirty, &page->flags);
}

/* --- copies: both pages on the colour of the user --- */

static void sparc64_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				       struct vm_area_struct *vma)
{
	char *target = ccsan_map_colour(to, address), *source = ccsan_map_colour(from, address);

	(void)vma;
	memcpy(target, source, PAGE_SIZE);
	ccsan_unmap_colour(source);
	ccsan_finish_colour(target);
	set_bit(PG_dcache_dirty, &to->flags);
	to->dcache_cpu = (unsigned char)smp_processor_id();
}

static void sparc64_clear_user_highpage(struct page *page, unsigned long address)
{
	char *target = ccsan_map_colour(page, address);

	memset(target, 0, PAGE_SIZE);
	ccsan_finish_colour(target);
}

/* The user's lines were dropped by get_user_pages(). */
static void sparc64_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				      unsigned long address, void *dst, const void *src,
				      unsigned long bytes)
{
	memcpy(dst, src, bytes);
	if (ccsan_speculates())
		ccsan_flush_colour(page, address);
	if (is_fetched(vma))
		ccsan_hosted_operate_icache_all();
}

/* --- the kernel's own: the port leaves second mappings alone; the clauses are fulfilled here ---
 */

static void sparc64_flush_cache_vunmap(unsigned long start, unsigned long end)
{
	ccsan_flush_data((void *)start, end - start); // NOLINT
}

static void sparc64_flush_icache_range(unsigned long start, unsigned long end)
{
	if (!ccsan_icache_is_coherent())
		ccsan_sync_range(start, end);
}

static unsigned long sparc64_shmlba(void)
{
	return ccsan_colour_mask() + PAGE_SIZE;
}

const struct ccsan_arch ccsan_sparc64 = {
	.name = "sparc64",
	.is_for = is_for,
	.flush_cache_page = sparc64_flush_cache_page,
	.flush_dcache_page = sparc64_flush_dcache_page,
	.flush_kernel_dcache_page = sparc64_flush_kernel_dcache_page,
	.flush_anon_page = sparc64_flush_anon_page,
	.copy_to_user_page = sparc64_copy_to_user_page,
	.copy_user_highpage = sparc64_copy_user_highpage,
	.clear_user_highpage = sparc64_clear_user_highpage,
	.flush_icache_range = sparc64_flush_icache_range,
	.flush_cache_vunmap = sparc64_flush_cache_vunmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = ccsan_flush_bytes,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.sync_pte = sparc64_sync_pte,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.shmlba = sparc64_shmlba,
	.flush_deferred = sparc64_flush_deferred,
	.kmap_coherent = true,
};
