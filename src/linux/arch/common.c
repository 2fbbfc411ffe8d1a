/* SPDX-License-Identifier: MIT */
/* The port for the CPU, and the public functions, which ask it. */
#include <string.h>

#include "parts.h"

/* The first that fits; ports for a family before those for a kind of cache. */
static const struct ccsan_arch *const arches[] = {
	&ccsan_mips,     &ccsan_parisc,   &ccsan_sh,       &ccsan_sparc64,
	&ccsan_arc,      &ccsan_xtensa,   &ccsan_csky,     &ccsan_nios2,
	&ccsan_arm_vivt, &ccsan_arm_vipt, &ccsan_coherent,
};

const struct ccsan_arch *ccsan_arch(void)
{
	static const struct ccsan_arch *arch;

	for (size_t i = 0; !arch; i++)
		if (arches[i]->is_for(ccsan_hosted_cpu()))
			arch = arches[i];
	return arch;
}

/* --- the CPU --- */

bool ccsan_is_family(const struct ccsan_cpu *cpu, const char *family)
{
	return !strcmp(cpu->family, family);
}

bool ccsan_cpu_aliases(const struct ccsan_cpu *cpu)
{
	return ccsan_cpu_data_colours(cpu) != 1;
}

unsigned long ccsan_colour_mask(void)
{
	uint32_t colours = ccsan_cpu_data_colours(ccsan_hosted_cpu());

	return colours ? (colours - 1) * PAGE_SIZE : PAGE_MASK;
}

bool ccsan_speculates(void)
{
	return ccsan_hosted_cpu()->speculative;
}

bool ccsan_icache_is_coherent(void)
{
	return ccsan_hosted_cpu()->instruction.coherent || !ccsan_hosted_cpu()->instruction.size;
}

bool ccsan_may_defer(void)
{
	const struct ccsan_cpu *cpu = ccsan_hosted_cpu();

	return ccsan_behaviour.defer == CCSAN_DEFER_ALWAYS ||
	       (!cpu->local_maintenance && !(cpu->speculative && ccsan_cpu_aliases(cpu)));
}

static struct mm_struct *loaded[CCSAN_CPU_LIMIT];

struct mm_struct *ccsan_loaded_mm(void)
{
	return loaded[ccsan_cpu_current()];
}

static u64 this_cpu(void)
{
	return 1ull << ccsan_cpu_current();
}

bool ccsan_mm_is_cached(const struct mm_struct *mm)
{
	return mm->cpus_dirtied != 0;
}

void ccsan_mm_is_gone(struct mm_struct *mm)
{
	mm->cpus_dirtied &= ~this_cpu();
}

void ccsan_arch_switch_mm(struct mm_struct *prev, struct mm_struct *next)
{
	if (ccsan_arch()->switch_mm)
		ccsan_arch()->switch_mm(prev, next);
	loaded[ccsan_cpu_current()] = next;
	next->cpus_dirtied |= this_cpu();
}

/* --- asm/cacheflush.h --- */

void flush_cache_all(void)
{
	ccsan_flush_both_all();
}

void flush_cache_mm(struct mm_struct *mm)
{
	if (ccsan_arch()->flush_cache_mm)
		ccsan_arch()->flush_cache_mm(mm);
}

void flush_cache_dup_mm(struct mm_struct *mm)
{
	if (ccsan_behaviour.fork_copy) /* no port could do without it then */
		flush_cache_mm(mm);
	else if (ccsan_arch()->flush_cache_dup_mm)
		ccsan_arch()->flush_cache_dup_mm(mm);
}

void flush_cache_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (ccsan_arch()->flush_cache_range)
		ccsan_arch()->flush_cache_range(vma, untagged_addr(start) & PAGE_MASK,
						PAGE_ALIGN(untagged_addr(end)));
}

void flush_cache_page(struct vm_area_struct *vma, unsigned long address, unsigned long pfn)
{
	if (ccsan_arch()->flush_cache_page)
		ccsan_arch()->flush_cache_page(vma, untagged_addr(address) & PAGE_MASK, pfn);
}

static bool is_no_page(struct page *page, const char *function)
{
	if (page && ccsan_page_count_peek(&compound_head(page)->_refcount))
		return false;
	ccsan_misuse(page, page ? sizeof(*page) : 0, page ? page->freed_by : 0, "%s of %s",
		     function, page ? "a page that is free" : "NULL");
	return true;
}

void flush_dcache_page(struct page *page)
{
	if (!is_no_page(page, "flush_dcache_page()") && ccsan_arch()->flush_dcache_page &&
	    page != ccsan_zero_page())
		ccsan_arch()->flush_dcache_page(page);
}

void flush_kernel_dcache_page(struct page *page)
{
	if (is_no_page(page, "flush_kernel_dcache_page()"))
		return;
	if (ccsan_speculates() && ccsan_cpu_aliases(ccsan_hosted_cpu()))
		flush_dcache_page(page); /* users may have fetched what was there before */
	else if (ccsan_arch()->flush_kernel_dcache_page)
		ccsan_arch()->flush_kernel_dcache_page(page);
}

void flush_anon_page(struct vm_area_struct *vma, struct page *page, unsigned long address)
{
	if (!is_no_page(page, "flush_anon_page()") && PageAnon(page) &&
	    ccsan_arch()->flush_anon_page && ccsan_behaviour.anon_flush <= CCSAN_ANON_FLUSH_GUP)
		ccsan_arch()->flush_anon_page(vma, page, untagged_addr(address) & PAGE_MASK);
}

void flush_dcache_mmap_lock(struct address_space *mapping)
{
	xa_lock_irq(&mapping->i_pages);
}

void flush_dcache_mmap_unlock(struct address_space *mapping)
{
	xa_unlock_irq(&mapping->i_pages);
}

void copy_to_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
		       void *dst, const void *src, unsigned long bytes)
{
	if (ccsan_arch()->copy_to_user_page)
		ccsan_arch()->copy_to_user_page(vma, page, untagged_addr(address), dst, src, bytes);
	else
		memcpy(dst, src, bytes);
}

void copy_from_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
			 void *dst, const void *src, unsigned long bytes)
{
	if (ccsan_arch()->copy_from_user_page)
		ccsan_arch()->copy_from_user_page(vma, page, untagged_addr(address), dst, src,
						  bytes);
	else
		memcpy(dst, src, bytes);
}

void copy_user_highpage(struct page *to, struct page *from, unsigned long address,
			struct vm_area_struct *vma)
{
	if (ccsan_behaviour.fork_copy)
		ccsan_copy_as_before(to, from, untagged_addr(address) & PAGE_MASK, vma);
	else if (ccsan_arch()->copy_user_highpage)
		ccsan_arch()->copy_user_highpage(to, from, untagged_addr(address) & PAGE_MASK, vma);
	else
		copy_highpage(to, from);
}

void clear_user_highpage(struct page *page, unsigned long address)
{
	if (ccsan_arch()->clear_user_highpage)
		ccsan_arch()->clear_user_highpage(page, untagged_addr(address) & PAGE_MASK);
	else
		clear_highpage(page);
}

void flush_icache_range(unsigned long start, unsigned long end)
{
	if (end > start && ccsan_arch()->flush_icache_range)
		ccsan_arch()->flush_icache_range(start, end);
}

void flush_icache_user_range(unsigned long start, unsigned long end)
{
	struct mm_struct *mm = current->mm;

	if (end > start && mm)
		flush_icache_range((unsigned long)ccsan_user_pointer(mm, untagged_addr(start)),
				   (unsigned long)ccsan_user_pointer(mm, untagged_addr(end)));
}

void flush_icache_page(struct vm_area_struct *vma, struct page *page)
{
	if (ccsan_arch()->flush_icache_page)
		ccsan_arch()->flush_icache_page(vma, page);
}

void flush_icache_user_page(struct vm_area_struct *vma, struct page *page, unsigned long address,
			    int bytes)
{
	char *kernel = kmap_atomic(page);

	(void)vma;
	if (bytes > 0)
		flush_icache_range((unsigned long)kernel + offset_in_page(address),
				   (unsigned long)kernel + offset_in_page(address) +
					   (unsigned long)bytes);
	kunmap_atomic(kernel);
}

void flush_cache_vmap(unsigned long start, unsigned long end)
{
	if (ccsan_arch()->flush_cache_vmap)
		ccsan_arch()->flush_cache_vmap(start, end);
}

void flush_cache_vunmap(unsigned long start, unsigned long end)
{
	if (ccsan_arch()->flush_cache_vunmap)
		ccsan_arch()->flush_cache_vunmap(start, end);
}

void flush_kernel_vmap_range(void *address, int bytes)
{
	if (bytes > 0 && ccsan_arch()->flush_kernel_vmap_range)
		ccsan_arch()->flush_kernel_vmap_range(address, bytes);
}

void invalidate_kernel_vmap_range(void *address, int bytes)
{
	if (bytes > 0 && ccsan_arch()->invalidate_kernel_vmap_range)
		ccsan_arch()->invalidate_kernel_vmap_range(address, bytes);
}

void flush_cache_kmaps(void)
{
	if (ccsan_arch()->flush_cache_kmaps)
		ccsan_arch()->flush_cache_kmaps();
}

unsigned long ccsan_linux_shmlba(void)
{
	return ccsan_arch()->shmlba ? ccsan_arch()->shmlba() : PAGE_SIZE;
}

/* --- arch.h --- */

void ccsan_arch_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			 bool executable)
{
	ccsan_note_hint(page, address);
	if (ccsan_arch()->sync_pte)
		ccsan_arch()->sync_pte(mm, address, page, executable);
}

void ccsan_arch_entry_made(const void *address)
{
	if (ccsan_arch()->entry_made)
		ccsan_arch()->entry_made(address);
}

void ccsan_arch_switched_mm(void)
{
	if (ccsan_arch()->switched_mm)
		ccsan_arch()->switched_mm();
}

void ccsan_arch_update_mmu_cache(struct vm_area_struct *vma, unsigned long address,
				 struct page *page)
{
	if (ccsan_arch()->update_mmu_cache && page != ccsan_zero_page())
		ccsan_arch()->update_mmu_cache(vma, address & PAGE_MASK, page);
}

bool ccsan_arch_gup_fast_permitted(void)
{
	return !ccsan_cpu_aliases(ccsan_hosted_cpu());
}

bool ccsan_arch_flush_deferred(const struct page *page)
{
	return ccsan_cpu_aliases(ccsan_hosted_cpu()) && ccsan_arch()->flush_deferred &&
	       ccsan_arch()->flush_deferred(page);
}

void ccsan_arch_kmap_local_pre_unmap(void *address)
{
	if (ccsan_arch()->kmap_local_pre_unmap)
		ccsan_arch()->kmap_local_pre_unmap(address);
}

/* Between the flush and the end of the last mapping of this colour (or, untagged, of this address)
 * a CPU that speculates may have fetched lines again, which are old by now. */
void ccsan_arch_kmap_local_post_map(void *address)
{
	if (ccsan_arch()->kmap_local_pre_unmap && ccsan_speculates())
		ccsan_arch()->kmap_local_pre_unmap(address);
}

void ccsan_arch_flush_on_kunmap(void *address)
{
	if (ccsan_arch()->flush_on_kunmap)
		ccsan_arch()->flush_on_kunmap(address);
}

/* --- copies by the kernel's mapping --- */

void ccsan_copy_and_flush(struct page *to, struct page *from, unsigned long address,
			  struct vm_area_struct *vma)
{
	char *target = kmap_atomic(to), *source = kmap_atomic(from);

	memcpy(target, source, PAGE_SIZE);
	kunmap_atomic(source);
	if (ccsan_pages_alias((unsigned long)target, address) || (vma->vm_flags & VM_EXEC))
		ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(target);
}

void ccsan_clear_and_flush(struct page *page, unsigned long address)
{
	char *target = kmap_atomic(page);

	memset(target, 0, PAGE_SIZE);
	if (ccsan_pages_alias((unsigned long)target, address))
		ccsan_flush_data(target, PAGE_SIZE);
	kunmap_atomic(target);
}
