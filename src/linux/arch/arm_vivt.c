/* SPDX-License-Identifier: MIT */
/*
 * ARM up to v5: virtually tagged caches, without address-space ids. Every address has lines of its
 * own, so congruence helps nothing; a switch of the address space flushes everything, so only what
 * the loaded address space maps can be cached. One CPU.
 *
 * Also the port for `worst`, and for any other VIVT cache. `worst` speculates, which no CPU here
 * does: see parts.h.
 */
#include <string.h>

#include "parts.h"

static bool is_for(const struct ccsan_cpu *cpu)
{
	return cpu->data.type == CCSAN_CACHE_VIVT;
}

/* --- user mappings --- */

static void vivt_flush_cache_mm(struct mm_struct *mm)
{
	if (ccsan_mm_is_cached(mm))
		ccsan_flush_all_of_mm(mm);
}

static void vivt_flush_cache_range(struct vm_area_struct *vma, unsigned long start,
				   unsigned long end)
{
	if (!ccsan_mm_is_cached(vma->vm_mm))
		return;
	ccsan_flush_user(vma->vm_mm, start, end);
	if (vma->vm_flags & VM_EXEC)
		ccsan_hosted_operate_icache(ccsan_user_pointer(vma->vm_mm, start), end - start);
}

static void vivt_flush_cache_page(struct vm_area_struct *vma, unsigned long address,
				  unsigned long pfn)
{
	(void)pfn;
	vivt_flush_cache_range(vma, address, address + PAGE_SIZE);
}

/* Lines with an address-space id survive, and have to be found in the caches later. */
static void vivt_switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	if (ccsan_hosted_cpu()->data.tagged || !prev || prev == next)
		return;
	ccsan_flush_both_all();
	ccsan_mm_is_gone(prev);
}

/* --- pages --- */

/* Only the loaded address space can have lines, unless they are tagged. */
static const struct mm_struct *whose_lines(void)
{
	return ccsan_hosted_cpu()->data.tagged ? NULL : ccsan_loaded_mm();
}

static pte_t *entry_of(struct vm_area_struct *vma, unsigned long address)
{
	pmd_t *pmd = mm_find_pmd(vma->vm_mm, address);

	return pmd ? pte_offset_map(pmd, address) : NULL;
}

static unsigned long address_in(const struct vm_area_struct *vma, const struct page *page)
{
	return vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);
}

/* The entry of a mapping that has a page of its file; NULL if it has not. */
static pte_t *entry_with(struct vm_area_struct *vma, const struct page *page)
{
	pte_t *ptep = entry_of(vma, address_in(vma, page));

	return ptep && pte_present(ptep_get(ptep)) && pte_pfn(ptep_get(ptep)) == page_to_pfn(page)
		       ? ptep
		       : NULL;
}

static bool is_uncached_somewhere(struct page *page, struct address_space *mapping)
{
	struct vm_area_struct *vma;
	bool uncached = false;
	pte_t *ptep;

	flush_dcache_mmap_lock(mapping);
	vma_interval_tree_foreach (vma, &mapping->i_mmap, page->index, page->index) {
		ptep = entry_with(vma, page);
		uncached |= ptep && pte_val(ptep_get(ptep)) & _PAGE_UNCACHED;
	}
	flush_dcache_mmap_unlock(mapping);
	return uncached;
}

/* The port leaves private mappings of files out: POSIX lets them see old bytes. The engine does
 * not, so they are flushed as well. */
static void make_agree(struct page *page, struct address_space *mapping)
{
	ccsan_flush_kernel_page(page);
	if (!mapping) {
		ccsan_flush_anon(page, whose_lines());
		return;
	}
	ccsan_flush_file_users(page, whose_lines());
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
	if (ccsan_hosted_cpu()->outer.size && !PageHighMem(page) &&
	    is_uncached_somewhere(page, mapping))
		ccsan_flush_to_memory(page_address(page));
}

static void vivt_flush_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && !page_mapped(page) && ccsan_may_defer()) {
		clear_bit(PG_dcache_clean, &page->flags);
		return;
	}
	make_agree(page, mapping);
	set_bit(PG_dcache_clean, &page->flags);
}

static void vivt_flush_kernel_dcache_page(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping || mapping_mapped(mapping))
		ccsan_flush_kernel_page(page);
}

static void vivt_flush_anon_page(struct vm_area_struct *vma, struct page *page,
				 unsigned long address)
{
	vivt_flush_cache_page(vma, address, page_to_pfn(page));
	ccsan_flush_kernel_page(page);
}

/* --- a page appears in a process --- */

/* What was mapped may have been fetched up to the moment it went. Only `worst` does that. */
static void vivt_switched_mm(void)
{
	if (ccsan_speculates() && !ccsan_hosted_cpu()->data.tagged)
		ccsan_flush_both_all();
}

/* Uncached goes past the outer cache as well. */
static void make_uncached(struct vm_area_struct *vma, unsigned long address, pte_t *ptep)
{
	pte_t pte = ptep_get(ptep);

	if (!pte_present(pte) || pte_val(pte) & _PAGE_UNCACHED)
		return;
	ccsan_flush_to_memory(ccsan_user_pointer(vma->vm_mm, address));
	set_pte_at(vma->vm_mm, address, ptep, pte_mkuncached(pte));
}

/* Another shared mapping of the page in the same process. Return: whether it has it. */
static bool make_other_uncached(struct vm_area_struct *other, const struct page *page)
{
	pte_t *ptep = entry_with(other, page);

	if (ptep)
		make_uncached(other, address_in(other, page), ptep);
	return ptep;
}

/* One page at two addresses of one process: no flush helps, since both may be used at any time. So
 * all of them become uncached. With the page-table lock, which is the same for both. */
static void make_coherent(struct address_space *mapping, struct vm_area_struct *vma,
			  unsigned long address, const struct page *page)
{
	struct vm_area_struct *other;
	bool aliases = false;
	pte_t *ptep;

	flush_dcache_mmap_lock(mapping);
	vma_interval_tree_foreach (other, &mapping->i_mmap, page->index, page->index)
		if (other->vm_mm == vma->vm_mm && other != vma && other->vm_flags & VM_MAYSHARE)
			aliases |= make_other_uncached(other, page);
	flush_dcache_mmap_unlock(mapping);
	ptep = aliases ? entry_of(vma, address) : NULL;
	if (ptep)
		make_uncached(vma, address, ptep);
}

static void vivt_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			  bool executable)
{
	(void)mm;
	(void)address;
	(void)executable;
	if (!test_and_set_bit(PG_dcache_clean, &page->flags))
		ccsan_flush_kernel_page(page);
}

static void vivt_update_mmu_cache(struct vm_area_struct *vma, unsigned long address,
				  struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (mapping && vma->vm_flags & VM_MAYSHARE)
		make_coherent(mapping, vma, address, page);
	if (vma->vm_flags & VM_EXEC && !ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache(ccsan_user_pointer(vma->vm_mm, address), PAGE_SIZE);
}

static bool vivt_flush_deferred(const struct page *page)
{
	return page_mapping((struct page *)page) && !test_bit(PG_dcache_clean, &page->flags);
}

/* --- copies --- */

/* Real ones need no flush of the target: these caches allocate on reads only, so that a store that
 * misses goes to memory; the engine's caches may allocate on writes. The kernel may have old
 * lines of the source since a get_user_pages(), and a page of a file may have been stored to at
 * another address of the process: the port does not look for either. */
static void vivt_copy_user_highpage(struct page *to, struct page *from, unsigned long address,
				    struct vm_area_struct *vma)
{
	struct address_space *mapping = page_mapping(from);
	char *target = kmap_atomic(to), *source = kmap_atomic(from);

	vivt_flush_cache_page(vma, address, page_to_pfn(from));
	if (mapping)
		make_agree(from, mapping);
	else
		ccsan_flush_data(source, PAGE_SIZE);
	memcpy(target, source, PAGE_SIZE);
	ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(source);
	kunmap_atomic(target);
}

/* get_user_pages() has flushed the user's lines, and the process is not running. */
static void vivt_copy_to_user_page(struct vm_area_struct *vma, struct page *page,
				   unsigned long address, void *dst, const void *src,
				   unsigned long bytes)
{
	memcpy(dst, src, bytes);
	ccsan_flush_data(dst, bytes);
	if (ccsan_speculates() || vma->vm_flags & VM_EXEC)
		vivt_flush_cache_page(vma, address & PAGE_MASK, page_to_pfn(page));
}

/* --- the kernel's own --- */

const struct ccsan_arch ccsan_arm_vivt = {
	.name = "arm-vivt",
	.is_for = is_for,
	.flush_cache_mm = vivt_flush_cache_mm,
	.flush_cache_dup_mm = vivt_flush_cache_mm,
	.flush_cache_range = vivt_flush_cache_range,
	.flush_cache_page = vivt_flush_cache_page,
	.flush_dcache_page = vivt_flush_dcache_page,
	.flush_kernel_dcache_page = vivt_flush_kernel_dcache_page,
	.flush_anon_page = vivt_flush_anon_page,
	.copy_to_user_page = vivt_copy_to_user_page,
	.copy_user_highpage = vivt_copy_user_highpage,
	.clear_user_highpage = ccsan_clear_and_flush,
	.flush_icache_range = ccsan_sync_range,
	.flush_cache_vmap = ccsan_flush_all_of_vmap,
	.flush_cache_vunmap = ccsan_flush_all_of_vmap,
	.flush_kernel_vmap_range = ccsan_flush_bytes,
	.invalidate_kernel_vmap_range = ccsan_flush_bytes,
	.flush_cache_kmaps = ccsan_flush_all_of_kmaps,
	.switched_mm = vivt_switched_mm,
	.sync_pte = vivt_sync_pte,
	.update_mmu_cache = vivt_update_mmu_cache,
	.switch_mm = vivt_switch_mm,
	.kmap_local_pre_unmap = ccsan_flush_page_at,
	.flush_deferred = vivt_flush_deferred,
	.needs_kmap_high_get = true,
};
