/* SPDX-License-Identifier: MIT */
/* Pages whose bytes are gone from the file, and user mappings of them: linux/pagemap.h. */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>

#include "pagecache.h"

/* --- user mappings --- */

static void unmap_from(struct vm_area_struct *vma, pgoff_t start, pgoff_t last,
		       struct zap_details *details)
{
	pgoff_t from = max(start, vma->vm_pgoff);
	pgoff_t to = min(last, vma->vm_pgoff + vma_pages(vma) - 1);

	zap_page_range_single(vma, vma->vm_start + ((from - vma->vm_pgoff) << PAGE_SHIFT),
			      (to - from + 1) << PAGE_SHIFT, details);
}

void unmap_mapping_pages(struct address_space *mapping, pgoff_t start, pgoff_t nr, bool even_cows)
{
	pgoff_t last = start + nr - 1 < start ? ~0ul : start + nr - 1;
	struct zap_details details = { .check_mapping = even_cows ? NULL : mapping,
				       .first_index = start,
				       .last_index = last };
	struct vm_area_struct *vma;

	i_mmap_lock_read(mapping);
	vma_interval_tree_foreach (vma, &mapping->i_mmap, start, last)
		unmap_from(vma, start, last, &details);
	i_mmap_unlock_read(mapping);
}

void unmap_mapping_range(struct address_space *mapping, loff_t holebegin, loff_t holelen,
			 int even_cows)
{
	pgoff_t first = (pgoff_t)holebegin >> PAGE_SHIFT;
	pgoff_t pages = ((pgoff_t)holelen + PAGE_SIZE - 1) >> PAGE_SHIFT;

	/* Without end, or beyond what indices can say. */
	if (!holelen || first + pages < first)
		pages = ~0ul - first + 1;
	unmap_mapping_pages(mapping, first, pages, even_cows);
}

/* --- truncation --- */

/* The page is locked. A fault may have come in since the whole range was unmapped. */
static void truncate_page(struct address_space *mapping, struct page *page)
{
	if (page_mapped(page))
		unmap_mapping_pages(mapping, page->index, 1, false);
	if (PagePrivate(page) && mapping->a_ops->invalidatepage)
		mapping->a_ops->invalidatepage(page, 0, PAGE_SIZE);
	cancel_dirty_page(page);
	delete_from_page_cache(page);
	page->dropped_by = 0; /* by intention: later stores are for nothing, and that is known */
}

static void truncate_whole_pages(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	struct pagevec pvec;

	pagevec_init(&pvec);
	while (start <= end && pagevec_lookup_range(&pvec, mapping, &start, end)) {
		for (unsigned int i = 0; i < pagevec_count(&pvec); i++) {
			struct page *page = pvec.pages[i];

			lock_page(page);
			if (page->mapping == mapping) {
				wait_on_page_writeback(page);
				truncate_page(mapping, page);
			}
			unlock_page(page);
		}
		pagevec_release(&pvec);
	}
}

/* Zeroes the bytes from `from` up to `to` of a page that keeps others. */
static void truncate_part(struct address_space *mapping, pgoff_t index, unsigned int from,
			  unsigned int to)
{
	struct page *page = find_lock_page(mapping, index);

	if (!page)
		return;
	wait_on_page_writeback(page);
	if (mapping_writably_mapped(mapping))
		flush_dcache_page(page);
	zero_user_segment(page, from, to);
	flush_dcache_page(page);
	if (PagePrivate(page) && mapping->a_ops->invalidatepage)
		mapping->a_ops->invalidatepage(page, from, to - from);
	unlock_page(page);
	put_page(page);
}

void truncate_inode_pages_range(struct address_space *mapping, loff_t lstart, loff_t lend)
{
	pgoff_t start = ((pgoff_t)lstart + PAGE_SIZE - 1) >> PAGE_SHIFT;
	pgoff_t end = ((pgoff_t)lend + 1) >> PAGE_SHIFT; /* the first that keeps something */
	unsigned int head = offset_in_page(lstart), tail = offset_in_page(lend + 1);

	if (!mapping->nrpages)
		return;
	if (lend == -1 || lend == LLONG_MAX) {
		end = ~0ul;
		tail = 0;
	}
	if (head && start > end) { /* all within one page */
		truncate_part(mapping, start - 1, head, tail);
		return;
	}
	if (head)
		truncate_part(mapping, start - 1, head, PAGE_SIZE);
	if (tail)
		truncate_part(mapping, end, 0, tail);
	if (end > start)
		truncate_whole_pages(mapping, start, end - 1);
}

void truncate_inode_pages(struct address_space *mapping, loff_t lstart)
{
	truncate_inode_pages_range(mapping, lstart, -1);
}

void truncate_inode_pages_final(struct address_space *mapping)
{
	truncate_inode_pages(mapping, 0);
}

void truncate_pagecache(struct inode *inode, loff_t newsize)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t hole = (loff_t)PAGE_ALIGN((unsigned long)newsize);

	/* Twice: private copies that a fault makes in between would show the old bytes. */
	unmap_mapping_range(mapping, hole, 0, 1);
	truncate_inode_pages(mapping, newsize);
	unmap_mapping_range(mapping, hole, 0, 1);
}

void truncate_pagecache_range(struct inode *inode, loff_t lstart, loff_t lend)
{
	struct address_space *mapping = inode->i_mapping;
	loff_t from = (loff_t)PAGE_ALIGN((unsigned long)lstart);
	loff_t to = (loff_t)((unsigned long)(lend + 1) & PAGE_MASK);

	if (to > from)
		unmap_mapping_range(mapping, from, to - from, 0);
	truncate_inode_pages_range(mapping, lstart, lend);
}

void truncate_setsize(struct inode *inode, loff_t newsize)
{
	loff_t oldsize = inode->i_size;

	i_size_write(inode, newsize);
	/* A page that became part of the file must fault before it is written, so that the file
	 * system gets to know. */
	if (newsize > oldsize)
		pagecache_isize_extended(inode, oldsize, newsize);
	truncate_pagecache(inode, newsize);
}

void pagecache_isize_extended(struct inode *inode, loff_t from, loff_t to)
{
	struct page *page;

	if (from >= to || !offset_in_page(from))
		return;
	page = find_lock_page(inode->i_mapping, (pgoff_t)from >> PAGE_SHIFT);
	if (!page)
		return;
	if (page_mkclean(page))
		set_page_dirty(page);
	unlock_page(page);
	put_page(page);
}
