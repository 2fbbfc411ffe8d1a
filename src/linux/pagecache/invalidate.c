/* SPDX-License-Identifier: MIT */
/*
 * Pages that are dropped because the disk, or a server, has newer bytes: linux/fs.h.
 *
 * What was dirty in 2006 when invalidate_inode_pages2_range() came was lost ("Problems with mmap
 * consistency" on the NFS list); that form is kept as a behaviour, so that the discussion can be
 * run again.
 */
#include <ccsan/behaviour.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/writeback.h>

#include "pagecache.h"

/* --- clean pages that nobody uses --- */

static bool invalidate_unused(struct address_space *mapping, struct page *page)
{
	bool done = false;

	if (!trylock_page(page))
		return false;
	if (page->mapping == mapping && !PageDirty(page) && !PageWriteback(page) &&
	    !page_mapped(page) && page_count(page) == 2) /* the cache's and ours */
		done = ccsan_remove_clean_page(mapping, page);
	unlock_page(page);
	if (done)
		put_page(page);
	return done;
}

unsigned long invalidate_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long count = 0;
	struct pagevec pvec;

	pagevec_init(&pvec);
	while (start <= end && pagevec_lookup_range(&pvec, mapping, &start, end)) {
		for (unsigned int i = 0; i < pagevec_count(&pvec); i++)
			count += invalidate_unused(mapping, pvec.pages[i]);
		pagevec_release(&pvec);
		cond_resched();
	}
	return count;
}

/* --- all pages --- */

static int launder(struct address_space *mapping, struct page *page)
{
	int error;

	if (!PageDirty(page) || !mapping->a_ops->launder_page)
		return 0;
	error = mapping->a_ops->launder_page(page);
	if (!error)
		ccsan_page_was_written(page);
	return error;
}

static bool release_private(struct address_space *mapping, struct page *page)
{
	return !PagePrivate(page) || !mapping->a_ops->releasepage ||
	       mapping->a_ops->releasepage(page, GFP_KERNEL);
}

/* The page is locked, unmapped and not under writeback. One that is pinned for a device stays: what
 * the device writes would be lost. Return: 0, or why it stays. */
static int keep_dirty(struct address_space *mapping, struct page *page)
{
	int error = launder(mapping, page);

	if (error)
		return error;
	if (page_maybe_dma_pinned(page) || !release_private(mapping, page) ||
	    !ccsan_remove_clean_page(mapping, page))
		return -EIO;
	put_page(page);
	return 0;
}

/* As until 2.6.16: what was dirty goes with the page, unless that has to stay for another reason.
 */
static int drop_dirty(struct address_space *mapping, struct page *page)
{
	bool was_dirty = TestClearPageDirty(page);

	if (!release_private(mapping, page) || !ccsan_remove_clean_page(mapping, page)) {
		if (was_dirty)
			set_page_dirty(page);
		return -EIO;
	}
	put_page(page);
	return 0;
}

static int invalidate_page2(struct address_space *mapping, struct page *page)
{
	bool destructive = ccsan_behaviour.invalidate == CCSAN_INVALIDATE_DESTRUCTIVE;
	int error = 0;

	lock_page(page);
	if (page->mapping == mapping) {
		wait_on_page_writeback(page);
		if (page_mapped(page))
			unmap_mapping_pages(mapping, page->index, 1, false);
		error = destructive ? drop_dirty(mapping, page) : keep_dirty(mapping, page);
	}
	unlock_page(page);
	return error;
}

int invalidate_inode_pages2_range(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	bool stops = ccsan_behaviour.invalidate == CCSAN_INVALIDATE_DESTRUCTIVE;
	struct pagevec pvec;
	int result = 0, error;

	if (!mapping->nrpages)
		return 0;
	pagevec_init(&pvec);
	while (start <= end && !(stops && result) &&
	       pagevec_lookup_range(&pvec, mapping, &start, end)) {
		for (unsigned int i = 0; i < pagevec_count(&pvec) && !(stops && result); i++) {
			error = invalidate_page2(mapping, pvec.pages[i]);
			result = error ? error : result;
		}
		pagevec_release(&pvec);
		cond_resched();
	}
	return result;
}

int invalidate_inode_pages2(struct address_space *mapping)
{
	return invalidate_inode_pages2_range(mapping, 0, ~0ul);
}

/* --- written out and dropped, with nobody in between --- */

/*
 * Who could make a page of the range dirty between the two steps, and what keeps them off:
 *	write(), direct or not	holds i_rwsem
 *	a store that faults	page_mkwrite() takes the invalidate lock
 *	a store that does not	all mappings are taken away first, with what they have stored;
 *				to map a page for writing again takes the invalidate lock
 *	a device		its pages are pinned, and stay: -EIO
 * So what is clean after the first step is clean at the second.
 */
int ccsan_write_out_alone(struct address_space *mapping, pgoff_t first, pgoff_t last)
{
	loff_t from = (loff_t)(first << PAGE_SHIFT), to = LLONG_MAX;

	if (last < (pgoff_t)LLONG_MAX >> PAGE_SHIFT)
		to = (loff_t)(((last + 1) << PAGE_SHIFT) - 1);
	unmap_mapping_pages(mapping, first, last - first + 1, false);
	return filemap_write_and_wait_range(mapping, from, to);
}

int filemap_write_and_invalidate_range_locked(struct address_space *mapping, loff_t start,
					      loff_t end)
{
	pgoff_t first = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	int error;

	filemap_invalidate_lock(mapping);
	error = ccsan_write_out_alone(mapping, first, last);
	if (!error)
		error = invalidate_inode_pages2_range(mapping, first, last);
	filemap_invalidate_unlock(mapping);
	return error;
}

int filemap_write_and_invalidate_range(struct address_space *mapping, loff_t start, loff_t end)
{
	int error;

	inode_lock(mapping->host);
	error = filemap_write_and_invalidate_range_locked(mapping, start, end);
	inode_unlock(mapping->host);
	return error;
}
