/* SPDX-License-Identifier: MIT */
/* What a page is, bit by bit: Documentation/vm, and the names of include/linux/page-flags.h.
 * Fidelity: exact, where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_PAGE_FLAGS_H
#define CCSAN_HOSTS_LINUX_PAGE_FLAGS_H

#include <linux/bitops.h>
#include <linux/mm_types.h>

enum pageflags {
	PG_locked,
	PG_referenced,
	PG_uptodate,
	PG_dirty,
	PG_lru,
	PG_active,
	PG_workingset,
	PG_waiters, /* somebody waits for PG_locked or PG_writeback */
	PG_error,
	PG_slab,
	PG_owner_priv_1,
	PG_arch_1, /* the architecture's; where flushes are deferred: flush_dcache_page() was */
	PG_reserved,
	PG_private,
	PG_private_2,
	PG_writeback,
	PG_head,
	PG_mappedtodisk,
	PG_reclaim,
	PG_swapbacked,
	PG_unevictable,
	PG_mlocked,
	PG_buddy,    /* free, and the first of its block */
	PG_free,     /* free */
	PG_highmem,  /* without an address in the direct map */
	PG_poisoned, /* free, and filled with a pattern */
	NR_PAGEFLAGS,

	PG_checked = PG_owner_priv_1,
	PG_dcache_dirty = PG_arch_1,
	PG_dcache_clean = PG_arch_1,
	PG_fscache = PG_private_2,
};

/* page_state.c: one bit each, for the explorer too. The two changes return what it was. */
bool ccsan_page_flag(const unsigned long *flags, unsigned int flag);
bool ccsan_page_flag_set(unsigned long *flags, unsigned int flag);
bool ccsan_page_flag_clear(unsigned long *flags, unsigned int flag);

#define CCSAN_TEST_PAGE_FLAG(name, flag)                      \
	static inline int Page##name(const struct page *page) \
	{                                                     \
		return ccsan_page_flag(&page->flags, flag);   \
	}
#define CCSAN_SET_PAGE_FLAG(name, flag)                       \
	static inline void SetPage##name(struct page *page)   \
	{                                                     \
		ccsan_page_flag_set(&page->flags, flag);      \
	}                                                     \
	static inline void ClearPage##name(struct page *page) \
	{                                                     \
		ccsan_page_flag_clear(&page->flags, flag);    \
	}
/* For pages that nobody else knows yet. */
#define CCSAN_UNSHARED_PAGE_FLAG(name, flag)                    \
	static inline void __SetPage##name(struct page *page)   \
	{                                                       \
		ccsan_page_flag_set(&page->flags, flag);        \
	}                                                       \
	static inline void __ClearPage##name(struct page *page) \
	{                                                       \
		ccsan_page_flag_clear(&page->flags, flag);      \
	}
#define CCSAN_EXCHANGE_PAGE_FLAG(name, flag)                      \
	static inline int TestSetPage##name(struct page *page)    \
	{                                                         \
		return ccsan_page_flag_set(&page->flags, flag);   \
	}                                                         \
	static inline int TestClearPage##name(struct page *page)  \
	{                                                         \
		return ccsan_page_flag_clear(&page->flags, flag); \
	}
#define CCSAN_PAGE_FLAG(name, flag)          \
	CCSAN_TEST_PAGE_FLAG(name, flag)     \
	CCSAN_SET_PAGE_FLAG(name, flag)      \
	CCSAN_UNSHARED_PAGE_FLAG(name, flag) \
	CCSAN_EXCHANGE_PAGE_FLAG(name, flag)

CCSAN_PAGE_FLAG(Locked, PG_locked)
CCSAN_PAGE_FLAG(Referenced, PG_referenced)
CCSAN_PAGE_FLAG(Uptodate, PG_uptodate)
CCSAN_PAGE_FLAG(Dirty, PG_dirty)
CCSAN_PAGE_FLAG(LRU, PG_lru)
CCSAN_PAGE_FLAG(Active, PG_active)
CCSAN_PAGE_FLAG(Workingset, PG_workingset)
CCSAN_PAGE_FLAG(Waiters, PG_waiters)
CCSAN_PAGE_FLAG(Error, PG_error)
CCSAN_PAGE_FLAG(Slab, PG_slab)
CCSAN_PAGE_FLAG(OwnerPriv1, PG_owner_priv_1)
CCSAN_PAGE_FLAG(Checked, PG_checked)
CCSAN_PAGE_FLAG(Reserved, PG_reserved)
CCSAN_PAGE_FLAG(Private, PG_private)
CCSAN_PAGE_FLAG(Private2, PG_private_2)
CCSAN_PAGE_FLAG(Writeback, PG_writeback)
CCSAN_PAGE_FLAG(Head, PG_head)
CCSAN_PAGE_FLAG(MappedToDisk, PG_mappedtodisk)
CCSAN_PAGE_FLAG(Reclaim, PG_reclaim)
CCSAN_PAGE_FLAG(SwapBacked, PG_swapbacked)
CCSAN_PAGE_FLAG(Unevictable, PG_unevictable)
CCSAN_PAGE_FLAG(Mlocked, PG_mlocked)
CCSAN_TEST_PAGE_FLAG(Buddy, PG_buddy)
CCSAN_TEST_PAGE_FLAG(HighMem, PG_highmem)
CCSAN_TEST_PAGE_FLAG(Poisoned, PG_poisoned)

/** Anonymous: `mapping` is an anon_vma with PAGE_MAPPING_ANON added. */
static inline int PageAnon(const struct page *page)
{
	return ((unsigned long)page->mapping & PAGE_MAPPING_ANON) != 0;
}

/* --- pages of a higher order that are one (__GFP_COMP) --- */

static inline struct page *compound_head(struct page *page)
{
	return page->head ? page->head : page;
}

static inline int PageTail(const struct page *page)
{
	return page->head && page->head != page;
}

static inline int PageCompound(const struct page *page)
{
	return PageHead(page) || PageTail(page);
}

#endif
