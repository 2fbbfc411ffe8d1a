/* SPDX-License-Identifier: MIT */
/*
 * What the ports of this folder are made of. common.c: their doors and what they share; alias.c: a
 * page's lines under its different addresses.
 *
 * On a CPU that speculates any mapped alias may be filled again at any time, so that two aliases
 * are made to agree by three flushes: the kernel's (what it wrote goes out), the users' (what they
 * wrote goes out, what is old is dropped), and the kernel's again (what it fetched in between is
 * dropped). Ports for real CPUs of this kind get by with two where they take the users' translation
 * away; the engine has no translations that can be missing while an alias is mapped.
 */
#ifndef CCSAN_LINUX_ARCH_PARTS_H
#define CCSAN_LINUX_ARCH_PARTS_H

#include <ccsan/behaviour.h>
#include <linux/fs.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/pgtable.h>
#include <linux/rmap.h>

#include "linux/layer.h"
#include "arch.h"

extern const struct ccsan_arch ccsan_arm_vivt, ccsan_arm_vipt, ccsan_mips, ccsan_parisc, ccsan_sh,
	ccsan_sparc64, ccsan_arc, ccsan_xtensa, ccsan_csky, ccsan_nios2, ccsan_coherent;

/* --- the CPU: common.c --- */

bool ccsan_is_family(const struct ccsan_cpu *cpu, const char *family);

/** Two addresses of a page may be in the data cache at once. */
bool ccsan_cpu_aliases(const struct ccsan_cpu *cpu);

/** Address bits that choose a place in the data cache, above those within a page; 0 where aliases
 *  share one. VIVT: all. */
unsigned long ccsan_colour_mask(void);
static inline bool ccsan_pages_alias(unsigned long one, unsigned long other)
{
	return ((one ^ other) & ccsan_colour_mask()) != 0;
}

bool ccsan_speculates(void);
bool ccsan_icache_is_coherent(void);

/** A deferred flush may be done by whoever maps the page: cache operations reach all CPUs, or there
 *  is one; and who reads the page in between finds no line that was fetched unasked while a user's
 *  was newer. */
bool ccsan_may_defer(void);

/** The address space that this CPU has loaded; kernel threads and handlers borrow it. */
struct mm_struct *ccsan_loaded_mm(void);

/** The mm has run on some CPU since its lines were flushed from there; they were, from this one. */
bool ccsan_mm_is_cached(const struct mm_struct *mm);
void ccsan_mm_is_gone(struct mm_struct *mm);

/* --- a page: alias.c --- */

/** Flushes what the kernel's own mapping holds: the direct map, or the window for highmem. */
void ccsan_flush_kernel_page(struct page *page);

/** Maps a page on the colour of an address, on VIPT caches: where the user's lines are. Any
 * context. */
void *ccsan_map_colour(struct page *page, unsigned long address);
void ccsan_unmap_colour(void *window);
void ccsan_finish_colour(void *window); /**< after it was written: flushes first */

/** Flushes the page's lines of the colour of an address, by such a mapping. */
void ccsan_flush_colour(struct page *page, unsigned long address);

/** entry_made() of ports for CPUs that speculate: up to the moment it went, the page's former
 * mapping of that colour may have been fetched from. Ports for real ones flush once more after the
 *  translation is gone; here that is when the next one has come. */
void ccsan_drop_fetched(const void *address);

/** Flushes user addresses of an mm. */
void ccsan_flush_user(const struct mm_struct *mm, unsigned long start, unsigned long end);

/** Flushes one page at each user address where a mapping of its file may have it; of `mm` only,
 * NULL: of all. Any context. O(log N + k). */
void ccsan_flush_file_users(struct page *page, const struct mm_struct *mm);

/** The same for anonymous pages, by their anon_vma. */
void ccsan_flush_anon_users(struct page *page, const struct mm_struct *mm);

/** Flushes an anonymous page where users have it, in the way that ccsan_behaviour.anon_flush says;
 *  the kernel's mapping once more on CPUs that speculate. Other pages: nothing. */
void ccsan_flush_anon(struct page *page, const struct mm_struct *mm);

/** Notes where a user is going to have a page. */
void ccsan_note_hint(struct page *page, unsigned long address);

/* --- whole caches --- */

void ccsan_flush_data_all(void);
void ccsan_flush_both_all(void); /**< and instructions */
void ccsan_flush_all_of_mm(struct mm_struct *mm);
void ccsan_flush_all_of_range(struct vm_area_struct *vma, unsigned long start, unsigned long end);
void ccsan_flush_all_of_vmap(unsigned long start, unsigned long end);
void ccsan_flush_all_of_kmaps(void);

/** A range of vmap addresses, and the pages' own lines: vmalloc() may have zeroed them. */
void ccsan_flush_vmap_range(unsigned long start, unsigned long end);

/** Flushes and, for instructions, invalidates a range of kernel or user memory that is mapped. */
void ccsan_flush_data(const void *p, size_t bytes);
void ccsan_sync_instructions(const void *p, size_t bytes);

/** Kernel addresses as numbers. */
void ccsan_sync_range(unsigned long start, unsigned long end);
void ccsan_flush_bytes(void *address, int bytes);
void ccsan_flush_page_at(void *address);

/** The page at an address, out of all levels: for who reads memory. */
void ccsan_flush_to_memory(const void *address);

/* --- copies, for ports that copy between the pages' kernel mappings: common.c --- */

/** Copies or clears by the kernel's mapping, and flushes that if its colour is not the user's. */
void ccsan_copy_and_flush(struct page *to, struct page *from, unsigned long address,
			  struct vm_area_struct *vma);
/** fork_copy.c: as ccsan_behaviour.fork_copy says. */
void ccsan_copy_as_before(struct page *to, struct page *from, unsigned long address,
			  struct vm_area_struct *vma);
void ccsan_clear_and_flush(struct page *page, unsigned long address);

#endif
