/* SPDX-License-Identifier: MIT */
/*
 * Dirty pages: the bit of the page, the marks of its mapping, and the ledger of who dirtied it.
 *
 * The ledger is page->dirtied_by, and is ccsan's: the stack that made the page dirty, kept until
 * its bytes are under way to the disk or were truncated. A page that leaves its mapping with an
 * entry has lost data, whatever its dirty bit says by then; so has one that is written to after it
 * left for another reason than truncation (page->dropped_by).
 */
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/writeback.h>

#include "pagecache.h"

struct address_space *page_mapping(struct page *page)
{
	page = compound_head(page);
	return PageAnon(page) ? NULL : page->mapping;
}

/* --- the ledger --- */

static __always_inline void settle(struct page *page)
{
	page->dirtied_by = 0;
}

/* The first who made it dirty: what takes the dirty bit over from page tables is not meant. */
static __always_inline void ccsan_note_dirtied(struct page *page)
{
	if (!page->dirtied_by)
		page->dirtied_by = ccsan_hosted_here();
}

void ccsan_page_was_written(struct page *page)
{
	if (!PageDirty(page) && !PageWriteback(page))
		settle(page);
}

void ccsan_page_leaves(struct page *page)
{
	page->dropped_by = ccsan_hosted_here();
	if (!page->dirtied_by)
		return;
	ccsan_lost_page(page, page->dirtied_by,
			"the page cache drops a page, and what was written to it before was never "
			"written out");
	settle(page);
}

/* Truncated pages may be written as long as somebody has them; it is for nothing, and known. */
static __always_inline void ccsan_note_orphan(struct page *page)
{
	if (!page->dropped_by || PageAnon(page))
		return;
	ccsan_lost_page(
		page, page->dropped_by,
		"a page is written to that the page cache has dropped: nobody will write it out");
}

/* --- becoming dirty --- */

static void mark_dirty(struct page *page, struct address_space *mapping)
{
	unsigned long flags;

	xa_lock_irqsave(&mapping->i_pages, flags);
	if (page->mapping == mapping) /* not truncated meanwhile */
		__xa_set_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_DIRTY);
	xa_unlock_irqrestore(&mapping->i_pages, flags);
}

int __set_page_dirty_nobuffers(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping)
		ccsan_note_orphan(page);
	else
		ccsan_note_dirtied(page);
	if (TestSetPageDirty(page))
		return 0;
	if (mapping)
		mark_dirty(page, mapping);
	return 1;
}

int __set_page_dirty_no_writeback(struct page *page)
{
	return PageDirty(page) ? 0 : !TestSetPageDirty(page);
}

int set_page_dirty(struct page *page)
{
	struct address_space *mapping;

	page = compound_head(page);
	mapping = page_mapping(page);
	if (mapping && mapping->a_ops->set_page_dirty)
		return mapping->a_ops->set_page_dirty(page);
	return __set_page_dirty_nobuffers(page);
}

int set_page_dirty_lock(struct page *page)
{
	int was_clean;

	lock_page(page);
	was_clean = set_page_dirty(page);
	unlock_page(page);
	return was_clean;
}

int redirty_page_for_writepage(struct writeback_control *wbc, struct page *page)
{
	wbc->pages_skipped++;
	return __set_page_dirty_nobuffers(page);
}

/* --- becoming clean --- */

void cancel_dirty_page(struct page *page)
{
	ClearPageDirty(page);
	settle(page);
}

int clear_page_dirty_for_io(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!PageLocked(page))
		ccsan_misuse(page_address(page), PAGE_SIZE, 0,
			     "clear_page_dirty_for_io() of a page that is not locked");
	if (!mapping || !mapping_can_writeback(mapping))
		return TestClearPageDirty(page);
	/* A store through a mapping that is still writable would not be noticed: they become
	 * read-only, and what they have stored counts now. The kernel's mapping must forget what it
	 * read before: once the users are gone nobody knows that it has to. */
	if (page_mkclean(page)) {
		set_page_dirty(page);
		flush_dcache_page(page);
	}
	return TestClearPageDirty(page);
}

/* --- under writeback --- */

void set_page_writeback(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;

	if (!mapping) {
		SetPageWriteback(page);
		return;
	}
	xa_lock_irqsave(&mapping->i_pages, flags);
	SetPageWriteback(page);
	__xa_set_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_WRITEBACK);
	if (!PageDirty(page)) {
		__xa_clear_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_DIRTY);
		settle(page); /* its bytes are under way; an error will be told */
	}
	__xa_clear_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_TOWRITE);
	xa_unlock_irqrestore(&mapping->i_pages, flags);
}

int test_clear_page_writeback(struct page *page)
{
	struct address_space *mapping = page_mapping(page);
	unsigned long flags;
	int was;

	if (!mapping)
		return TestClearPageWriteback(page);
	xa_lock_irqsave(&mapping->i_pages, flags);
	was = TestClearPageWriteback(page);
	if (was)
		__xa_clear_mark(&mapping->i_pages, page->index, PAGECACHE_TAG_WRITEBACK);
	xa_unlock_irqrestore(&mapping->i_pages, flags);
	return was;
}
