/* SPDX-License-Identifier: MIT */
/*
 * Memory without an address of its own: Documentation/vm/highmem.rst.
 *
 * kmap() gives a slot of a window that all CPUs share, for as long as it takes; kmap_local_page()
 * and kmap_atomic() a slot of this CPU's stack of them. Lowmem pages have an address already, and
 * are given that (unless the parameter force_map=1 says otherwise).
 */
#ifndef CCSAN_HOSTS_LINUX_HIGHMEM_H
#define CCSAN_HOSTS_LINUX_HIGHMEM_H

#include <asm/cacheflush.h>
#include <linux/mm.h>

/* --- the window --- */

/** First address and number of slots (parameter pkmap=512). */
unsigned long ccsan_pkmap_base(void);
unsigned int ccsan_last_pkmap(void);

#define PKMAP_BASE      ccsan_pkmap_base()
#define LAST_PKMAP      ccsan_last_pkmap()
#define LAST_PKMAP_MASK (LAST_PKMAP - 1)
#define PKMAP_ADDR(nr)  (PKMAP_BASE + ((unsigned long)(nr) << PAGE_SHIFT))
#define PKMAP_NR(virt)  (((virt)-PKMAP_BASE) >> PAGE_SHIFT)

/**
 * Maps a page until kunmap(). May sleep: waits for a slot while all are in use. O(1) for a page
 * that is mapped already, else O(slots) at worst.
 *
 * Fidelity: exact (mm/highmem.c): a slot's count is 0 when it is free, 1 when it is mapped but
 * unused, n + 1 with n users; slots come back only when the search wraps around, all unused ones at
 * once and after flush_cache_kmaps().
 */
void *kmap(struct page *page);
void kunmap(struct page *page);

/** As kmap() and kunmap(), of a page that is known to be highmem. Fidelity: exact */
void *kmap_high(struct page *page);
void kunmap_high(struct page *page);

/**
 * Another use of an existing mapping: it stays until kunmap_high(). From any context, interrupts
 * included, on CPUs whose architecture defines ARCH_NEEDS_KMAP_HIGH_GET; elsewhere `api-misuse`.
 *
 * Fidelity: exact. Return: NULL if the page is not mapped in the window.
 */
void *kmap_high_get(struct page *page);

/** Unmaps all unused slots. Fidelity: exact */
void kmap_flush_unused(void);

/** The page at an address of the window, of a kmap_local slot or of the direct map.
 *  Fidelity: exact */
struct page *kmap_to_page(void *vaddr);

/* --- slots of this CPU --- */

/**
 * Maps a page for this thread, until kunmap_local(); the last one is unmapped first. From any
 * context; the thread stays on its CPU meanwhile, and keeps its slots when another thread of the
 * CPU runs.
 *
 * Fidelity: exact (mm/highmem.c of 5.11).
 */
void *kmap_local_page(struct page *page);
void kunmap_local(const void *vaddr);

/** As kmap_local_page(), with page faults and preemption off. Fidelity: exact */
void *kmap_atomic(struct page *page);
void kunmap_atomic(const void *vaddr);

/* --- a mapping that agrees with a user's --- */

/**
 * Maps a page read-write at an address that shares its cache lines with the user address `addr`,
 * with page faults and preemption off, until kunmap_coherent(). A page whose flush was deferred by
 * flush_dcache_page() is refused: `api-misuse`; the caller flushes it before.
 *
 * Fidelity: exact (MIPS). Elsewhere than on aliasing virtually indexed caches it is any mapping.
 * Return: NULL if refused.
 */
void *kmap_coherent(struct page *page, unsigned long addr);
void kunmap_coherent(void);

/** Whether kmap_coherent() gives a mapping that agrees with user addresses: not on virtually tagged
 *  caches. */
bool ccsan_kmap_coherent_works(void);

/* --- what is done with such mappings --- */

/** Fidelity: exact */
void clear_highpage(struct page *page);
void copy_highpage(struct page *to, struct page *from);
void zero_user_segments(struct page *page, unsigned start1, unsigned end1, unsigned start2,
			unsigned end2);
void memcpy_from_page(char *to, struct page *page, size_t offset, size_t len);
void memcpy_to_page(struct page *page, size_t offset, const char *from, size_t len);
void memzero_page(struct page *page, size_t offset, size_t len);

static inline void zero_user_segment(struct page *page, unsigned start, unsigned end)
{
	zero_user_segments(page, start, end, 0, 0);
}

static inline void zero_user(struct page *page, unsigned start, unsigned size)
{
	zero_user_segments(page, start, start + size, 0, 0);
}

#endif
