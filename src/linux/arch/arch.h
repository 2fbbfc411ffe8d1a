/* SPDX-License-Identifier: MIT */
/*
 * What an architecture's port decides about caches: one table for each family. The rest of the
 * layer asks here and nowhere else; the public functions of asm/cacheflush.h (common.c) call it.
 */
#ifndef CCSAN_LINUX_ARCH_ARCH_H
#define CCSAN_LINUX_ARCH_ARCH_H

#include <asm/cacheflush.h>
#include <asm/shmparam.h>
#include <ccsan/cpu.h>

/** Every function may be NULL: nothing is to be done. User addresses are simulated ones. */
struct ccsan_arch {
	const char *name;

	/** Whether this is the port for a CPU; the first of ccsan_arches that says so is. */
	bool (*is_for)(const struct ccsan_cpu *cpu);

	/* As the function of the same name in asm/cacheflush.h. */
	void (*flush_cache_mm)(struct mm_struct *mm);
	void (*flush_cache_dup_mm)(struct mm_struct *mm);
	void (*flush_cache_range)(struct vm_area_struct *vma, unsigned long start,
				  unsigned long end);
	void (*flush_cache_page)(struct vm_area_struct *vma, unsigned long address,
				 unsigned long pfn);
	void (*flush_dcache_page)(struct page *page);
	void (*flush_kernel_dcache_page)(struct page *page);
	void (*flush_anon_page)(struct vm_area_struct *vma, struct page *page,
				unsigned long address);
	void (*copy_to_user_page)(struct vm_area_struct *vma, struct page *page,
				  unsigned long address, void *dst, const void *src,
				  unsigned long bytes);
	void (*copy_from_user_page)(struct vm_area_struct *vma, struct page *page,
				    unsigned long address, void *dst, const void *src,
				    unsigned long bytes);
	void (*copy_user_highpage)(struct page *to, struct page *from, unsigned long address,
				   struct vm_area_struct *vma);
	void (*clear_user_highpage)(struct page *page, unsigned long address);
	void (*flush_icache_range)(unsigned long start, unsigned long end);
	void (*flush_icache_page)(struct vm_area_struct *vma, struct page *page);
	void (*flush_cache_vmap)(unsigned long start, unsigned long end);
	void (*flush_cache_vunmap)(unsigned long start, unsigned long end);
	void (*flush_kernel_vmap_range)(void *address, int bytes);
	void (*invalidate_kernel_vmap_range)(void *address, int bytes);
	void (*flush_cache_kmaps)(void);

	/** Before a present user entry is written (`sync_pte`), and after it has been
	 *  (`update_mmu_cache`): what flush_dcache_page() put off. Ports differ in which they use.
	 */
	void (*sync_pte)(struct mm_struct *mm, unsigned long address, struct page *page,
			 bool executable);
	void (*update_mmu_cache)(struct vm_area_struct *vma, unsigned long address,
				 struct page *page);

	/** A user address leads to a page now; the CPU is in another address space. What the cache
	 *  has under it may have been fetched unasked, from what was mapped until now. */
	void (*entry_made)(const void *address);
	void (*switched_mm)(void);

	/** The CPU goes from one address space to another; the old one is still current. */
	void (*switch_mm)(struct mm_struct *prev, struct mm_struct *next);

	/** Before a kmap_atomic() or kmap_local_page() slot is given up; before kunmap() of a page
	 *  without a mapping of its own (PA-RISC: of any page). */
	void (*kmap_local_pre_unmap)(void *address);
	void (*flush_on_kunmap)(void *address);

	/** Bytes modulo which shared user mappings agree; NULL: a page. */
	unsigned long (*shmlba)(void);

	/** What flush_dcache_page() put off is still to be done: kmap_coherent() may not be used.
	 */
	bool (*flush_deferred)(const struct page *page);

	/** kmap_coherent() can give a mapping that agrees with a user's: lines are found by index
	 * and physical tag. */
	bool kmap_coherent;
	/** DMA must pin a kmap by kmap_high_get(), which needs its lock with interrupts off. */
	bool needs_kmap_high_get;
	/** get_user_pages_fast() may look at page tables alone: nothing would have to be flushed.
	 */
	bool gup_fast_permitted;
	/** kmap() chooses slots whose colour is the page's (Xtensa). */
	bool kmap_coloured;
};

/** The port for the CPU that is simulated. */
const struct ccsan_arch *ccsan_arch(void);

/* Called by the layer at the places that the table's comments name; common.c. */

/** pgtable.c, before it writes a present user entry. */
void ccsan_arch_sync_pte(struct mm_struct *mm, unsigned long address, struct page *page,
			 bool executable);
/** pgtable.c, when an address leads to a page again, before anybody can use it. */
void ccsan_arch_entry_made(const void *address);
void ccsan_arch_switched_mm(void);
/** update_mmu_cache() of linux/pgtable.h, with the page that the entry leads to. */
void ccsan_arch_update_mmu_cache(struct vm_area_struct *vma, unsigned long address,
				 struct page *page);
/** get_user_pages_fast() may look at page tables alone: nothing would have to be flushed. */
bool ccsan_arch_gup_fast_permitted(void);
bool ccsan_arch_flush_deferred(const struct page *page);
void ccsan_arch_switch_mm(struct mm_struct *prev, struct mm_struct *next);
void ccsan_arch_kmap_local_pre_unmap(void *address);
/** After a slot was given. */
void ccsan_arch_kmap_local_post_map(void *address);
void ccsan_arch_flush_on_kunmap(void *address);

#endif
