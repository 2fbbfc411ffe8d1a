/* SPDX-License-Identifier: MIT */
/* A page's lines under its different addresses. */
#include "parts.h"

void ccsan_flush_data(const void *p, size_t bytes)
{
	ccsan_hosted_operate(CCSAN_FLUSH, p, bytes);
}

void ccsan_flush_bytes(void *address, int bytes)
{
	ccsan_flush_data(address, (size_t)bytes);
}

void ccsan_flush_page_at(void *address)
{
	ccsan_flush_data(address, PAGE_SIZE);
}

void ccsan_flush_to_memory(const void *address)
{
	ccsan_hosted_maintain(CCSAN_FLUSH, address, PAGE_SIZE, false,
			      (uint64_t)(uintptr_t)__builtin_return_address(0));
	if (ccsan_speculates()) /* fetched again from the outer cache */
		ccsan_flush_data(address, PAGE_SIZE);
}

void ccsan_sync_instructions(const void *p, size_t bytes)
{
	ccsan_hosted_operate(CCSAN_CLEAN, p, bytes);
	ccsan_hosted_operate_icache(p, bytes);
}

void ccsan_sync_range(unsigned long start, unsigned long end)
{
	ccsan_sync_instructions((const void *)start, end - start); // NOLINT
}

/* Sets and ways come in any order: a CPU that speculates may have fetched from memory what is dirty
 * in a line that comes later. That goes by a second round, when nothing is dirty. */
void ccsan_flush_data_all(void)
{
	ccsan_hosted_operate_all(CCSAN_FLUSH);
	if (ccsan_speculates())
		ccsan_hosted_operate_all(CCSAN_FLUSH);
}

void ccsan_flush_both_all(void)
{
	ccsan_flush_data_all();
	ccsan_hosted_operate_icache_all();
}

/* --- ranges for which a port flushes everything. That reaches this CPU's caches; where there are
 * several, addresses are gone through, whose operations reach all (as PA-RISC's port does with few)
 * --- */

static bool is_alone(void)
{
	return ccsan_cpus_online() == 1;
}

void ccsan_flush_all_of_mm(struct mm_struct *mm)
{
	struct vm_area_struct *vma;

	if (is_alone()) {
		ccsan_flush_both_all();
		return;
	}
	for (vma = find_vma(mm, 0); vma; vma = find_vma(mm, vma->vm_end))
		ccsan_flush_user(mm, vma->vm_start, vma->vm_end);
	ccsan_hosted_operate_icache_all();
}

void ccsan_flush_all_of_range(struct vm_area_struct *vma, unsigned long start, unsigned long end)
{
	if (is_alone())
		ccsan_flush_data_all();
	else
		ccsan_flush_user(vma->vm_mm, start, end);
	if (vma->vm_flags & VM_EXEC && !ccsan_icache_is_coherent())
		ccsan_hosted_operate_icache_all();
}

void ccsan_flush_vmap_range(unsigned long start, unsigned long end)
{
	ccsan_flush_data((void *)start, end - start); // NOLINT
	for (; start < end; start += PAGE_SIZE) {
		phys_addr_t phys = ccsan_physical_address((void *)start); // NOLINT

		if (phys)
			ccsan_flush_kernel_page(phys_to_page(phys));
	}
}

void ccsan_flush_all_of_vmap(unsigned long start, unsigned long end)
{
	if (is_alone())
		ccsan_flush_data_all();
	else
		ccsan_flush_vmap_range(start, end);
}

void ccsan_flush_all_of_kmaps(void)
{
	ccsan_flush_all_of_vmap(PKMAP_ADDR(0), PKMAP_ADDR(LAST_PKMAP));
}

/* A mapping of highmem may be recycled meanwhile where it is not pinned; a flush by another page's
 * address then costs time and nothing else. Slots of kmap_local_page() are flushed when they are
 * given up. */
static void flush_highmem_page(struct page *page)
{
	bool pinned = ccsan_arch()->needs_kmap_high_get;
	void *address = pinned ? kmap_high_get(page) : page_address(page);

	if (!address)
		return;
	ccsan_flush_data(address, PAGE_SIZE);
	if (pinned)
		kunmap_high(page);
}

void ccsan_flush_kernel_page(struct page *page)
{
	if (PageHighMem(page))
		flush_highmem_page(page);
	else
		ccsan_flush_data(page_address(page), PAGE_SIZE);
}

/* Not in the window that kmap() shares, so that interrupts can do it, too. */
void *ccsan_map_colour(struct page *page, unsigned long address)
{
	unsigned int colour = (unsigned int)((address & ccsan_colour_mask()) >> PAGE_SHIFT);

	return ccsan_map(page_to_phys(page), 1, CCSAN_KMAP | CCSAN_COLOUR(colour));
}

void ccsan_unmap_colour(void *window)
{
	ccsan_unmap(window, 1);
}

/* Ports that fill a page on the user's colour leave it dirty there, and have nobody to flush it if
 * the page is given back unused, as when two threads fault at once. */
void ccsan_finish_colour(void *window)
{
	ccsan_flush_data(window, PAGE_SIZE);
	ccsan_unmap(window, 1);
}

void ccsan_flush_colour(struct page *page, unsigned long address)
{
	void *window;

	if (!PageHighMem(page) && !ccsan_pages_alias((unsigned long)page_address(page), address)) {
		ccsan_flush_data(page_address(page), PAGE_SIZE);
		return;
	}
	window = ccsan_map_colour(page, address);
	ccsan_flush_data(window, PAGE_SIZE);
	ccsan_unmap_colour(window);
}

void ccsan_drop_fetched(const void *address)
{
	if (ccsan_speculates())
		ccsan_flush_data(address, PAGE_SIZE);
}

void ccsan_flush_user(const struct mm_struct *mm, unsigned long start, unsigned long end)
{
	ccsan_flush_data(ccsan_user_pointer(mm, start), end - start);
}

/* --- by the mappings of a page --- */

static void flush_in_vma(const struct page *page, const struct vm_area_struct *vma)
{
	unsigned long address = vma->vm_start + ((page->index - vma->vm_pgoff) << PAGE_SHIFT);

	if (page->index >= vma->vm_pgoff && address < vma->vm_end)
		ccsan_flush_user(vma->vm_mm, address, address + PAGE_SIZE);
}

void ccsan_flush_file_users(struct page *page, const struct mm_struct *mm)
{
	struct address_space *mapping = page_mapping(page);
	struct vm_area_struct *vma;

	if (!mapping)
		return;
	flush_dcache_mmap_lock(mapping);
	vma_interval_tree_foreach (vma, &mapping->i_mmap, page->index, page->index)
		if (!mm || vma->vm_mm == mm)
			flush_in_vma(page, vma);
	flush_dcache_mmap_unlock(mapping);
}

static void flush_tree(const struct page *page, struct anon_vma *anon_vma,
		       const struct mm_struct *mm)
{
	struct anon_vma_chain *chain;

	anon_vma_interval_tree_foreach (chain, &anon_vma->rb_root, page->index, page->index)
		if (!mm || chain->vma->vm_mm == mm)
			flush_in_vma(page, chain->vma);
}

void ccsan_flush_anon_users(struct page *page, const struct mm_struct *mm)
{
	struct anon_vma *anon_vma = page_get_anon_vma(page);
	unsigned long flags;

	if (!anon_vma)
		return;
	if (ccsan_behaviour.anon_lock == CCSAN_ANON_LOCK_RWSEM) {
		anon_vma_lock_read(anon_vma);
		flush_tree(page, anon_vma, mm);
		anon_vma_unlock_read(anon_vma);
	} else if (ccsan_behaviour.anon_lock == CCSAN_ANON_LOCK_PLAIN) {
		spin_lock(&anon_vma->root->flush_lock);
		flush_tree(page, anon_vma, mm);
		spin_unlock(&anon_vma->root->flush_lock);
	} else {
		flush_anon_lock(anon_vma, flags);
		flush_tree(page, anon_vma, mm);
		flush_anon_unlock(anon_vma, flags);
	}
	put_anon_vma(anon_vma);
}

/* --- by hints: the colours, modulo 64, that users had a page at --- */

void ccsan_note_hint(struct page *page, unsigned long address)
{
	page->hints.colours |= 1ull << ((address & ccsan_colour_mask()) >> PAGE_SHIFT) % 64;
}

/* A colour stands for all that are the same modulo 64. On VIVT caches no colour says where a line
 * is, and this flushes another address: that is what became of the idea. */
static void flush_hinted(struct page *page)
{
	unsigned long colours = (ccsan_colour_mask() >> PAGE_SHIFT) + 1;

	if (ccsan_hosted_cpu()->data.type == CCSAN_CACHE_VIVT)
		colours = 64;
	for (unsigned long colour = 0; colour < colours; colour++)
		if (page->hints.colours >> colour % 64 & 1)
			ccsan_flush_colour(page, colour << PAGE_SHIFT);
}

void ccsan_flush_anon(struct page *page, const struct mm_struct *mm)
{
	if (!PageAnon(page))
		return;
	if (ccsan_behaviour.anon_flush == CCSAN_ANON_FLUSH_WALK)
		ccsan_flush_anon_users(page, mm);
	else if (ccsan_behaviour.anon_flush == CCSAN_ANON_FLUSH_HINTS)
		flush_hinted(page);
	else
		return;
	if (ccsan_speculates())
		ccsan_flush_kernel_page(page);
}
