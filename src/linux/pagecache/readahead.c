/* SPDX-License-Identifier: MIT */
/*
 * Reading pages before they are asked for: linux/pagemap.h.
 *
 * A window of pages is read at once; the first one that was not asked for carries a mark
 * (PG_reclaim, as in Linux), and who comes to it starts the next window, twice as large.
 */
#include <linux/pagemap.h>

#include "pagecache.h"

enum { DEFAULT_PAGES = 4 };

void file_ra_state_init(struct file_ra_state *ra, struct address_space *mapping)
{
	(void)mapping;
	*ra = (struct file_ra_state){ .ra_pages =
					      (unsigned int)ccsan_param("readahead", DEFAULT_PAGES),
				      .prev_pos = -1 };
}

struct page *readahead_page(struct readahead_control *ractl)
{
	struct page *page;

	if (!ractl->_nr_pages)
		return NULL;
	page = xa_load(&ractl->mapping->i_pages, ractl->_index);
	ractl->_index++;
	ractl->_nr_pages--;
	return page;
}

/* Hands the pages collected so far to the file system. */
static void read_pages(struct readahead_control *ractl)
{
	const struct address_space_operations *a_ops = ractl->mapping->a_ops;
	struct page *page;

	if (ractl->_nr_pages && a_ops->readahead)
		a_ops->readahead(ractl);
	while ((page = readahead_page(ractl))) {
		if (a_ops->readahead) /* it left this one */
			unlock_page(page);
		else
			a_ops->readpage(ractl->file, page);
		put_page(page);
	}
	ractl->_index++; /* the one that is there already, or could not be had */
}

/* Return: whether the page is new, and in the cache, locked. */
static bool add_page(struct readahead_control *ractl, bool mark)
{
	struct address_space *mapping = ractl->mapping;
	pgoff_t index = ractl->_index + ractl->_nr_pages;
	struct page *page;

	if (xa_load(&mapping->i_pages, index))
		return false;
	page = __page_cache_alloc(mapping_gfp_mask(mapping) | __GFP_NORETRY | __GFP_NOWARN);
	if (!page)
		return false;
	if (add_to_page_cache_lru(page, mapping, index, mapping_gfp_mask(mapping))) {
		put_page(page);
		return false;
	}
	if (mark)
		SetPageReclaim(page);
	ractl->_nr_pages++;
	return true;
}

void page_cache_ra_unbounded(struct readahead_control *ractl, unsigned long nr_to_read,
			     unsigned long lookahead_size)
{
	filemap_invalidate_lock_shared(ractl->mapping);
	for (unsigned long i = 0; i < nr_to_read; i++)
		if (!add_page(ractl, lookahead_size && i == nr_to_read - lookahead_size))
			read_pages(ractl);
	read_pages(ractl);
	filemap_invalidate_unlock_shared(ractl->mapping);
}

static void read_window(struct address_space *mapping, struct file_ra_state *ra, struct file *file)
{
	struct readahead_control ractl = { .file = file, .mapping = mapping, ._index = ra->start };
	loff_t size = i_size_read(mapping->host);
	pgoff_t pages = (pgoff_t)DIV_ROUND_UP(size, PAGE_SIZE);

	if (ra->start >= pages)
		return;
	ra->size = min_t(unsigned int, ra->size, pages - ra->start);
	ra->async_size = min_t(unsigned int, ra->async_size, ra->size);
	page_cache_ra_unbounded(&ractl, ra->size, ra->async_size);
}

void page_cache_sync_readahead(struct address_space *mapping, struct file_ra_state *ra,
			       struct file *file, pgoff_t index, unsigned long count)
{
	bool sequential = (loff_t)index == ra->prev_pos >> PAGE_SHIFT ||
			  (loff_t)index == (ra->prev_pos >> PAGE_SHIFT) + 1;

	if (!ra->ra_pages)
		return;
	ra->start = index;
	ra->size = (unsigned int)min_t(unsigned long, count, ra->ra_pages);
	if (sequential)
		ra->size = min_t(unsigned int, 2 * ra->size, ra->ra_pages);
	ra->async_size = ra->size > count ? ra->size - (unsigned int)count : ra->size;
	read_window(mapping, ra, file);
}

void page_cache_async_readahead(struct address_space *mapping, struct file_ra_state *ra,
				struct file *file, struct page *page, pgoff_t index,
				unsigned long count)
{
	(void)index, (void)count;
	if (!ra->ra_pages || PageWriteback(page))
		return;
	ClearPageReclaim(page);
	ra->start += ra->size;
	ra->size = min_t(unsigned int, 2 * ra->size, ra->ra_pages);
	ra->async_size = ra->size;
	read_window(mapping, ra, file);
}
