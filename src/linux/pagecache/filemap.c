/* SPDX-License-Identifier: MIT */
/* Pages of files by index: finding them, adding them, taking them out. See linux/pagemap.h. */
#include <linux/pagemap.h>
#include <linux/rcupdate.h>
#include <linux/rmap.h>

#include "pagecache.h"

void address_space_init_once(struct address_space *mapping)
{
	*mapping = (struct address_space){ .i_mmap = RB_ROOT_CACHED };
	xa_init_flags(&mapping->i_pages, XA_FLAGS_LOCK_IRQ);
	init_rwsem(&mapping->invalidate_lock);
	init_rwsem(&mapping->i_mmap_rwsem);
}

void filemap_invalidate_lock(struct address_space *mapping)
{
	down_write(&mapping->invalidate_lock);
}

void filemap_invalidate_unlock(struct address_space *mapping)
{
	up_write(&mapping->invalidate_lock);
}

void filemap_invalidate_lock_shared(struct address_space *mapping)
{
	down_read(&mapping->invalidate_lock);
}

void filemap_invalidate_unlock_shared(struct address_space *mapping)
{
	up_read(&mapping->invalidate_lock);
}

int mapping_mapped(struct address_space *mapping)
{
	return !RB_EMPTY_ROOT(&mapping->i_mmap.rb_root);
}

int mapping_writably_mapped(struct address_space *mapping)
{
	return atomic_read(&mapping->i_mmap_writable) > 0;
}

/* --- finding --- */

/* Whoever takes a page out has frozen its count, and is inside of i_pages' lock. */
static void wait_for_remover(struct address_space *mapping)
{
	xa_lock_irq(&mapping->i_pages);
	xa_unlock_irq(&mapping->i_pages);
}

static struct page *find_page(struct address_space *mapping, pgoff_t index)
{
	struct page *page;

	for (;;) {
		rcu_read_lock();
		page = xa_load(&mapping->i_pages, index);
		if (!page || get_page_unless_zero(page))
			break;
		rcu_read_unlock();
		wait_for_remover(mapping);
	}
	rcu_read_unlock();
	return page;
}

/* Return: NULL if it must not wait for the lock. */
static struct page *find_and_lock(struct address_space *mapping, pgoff_t index, bool nowait)
{
	struct page *page;

	while ((page = find_page(mapping, index))) {
		if (nowait && !trylock_page(page)) {
			put_page(page);
			return NULL;
		}
		if (!nowait)
			lock_page(page);
		if (page->mapping == mapping)
			break;
		unlock_page(page); /* truncated meanwhile */
		put_page(page);
	}
	return page;
}

static struct page *make_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
			      gfp_t gfp, int *error)
{
	struct page *page;

	if (fgp_flags & FGP_NOFS)
		gfp &= ~__GFP_FS;
	page = __page_cache_alloc(gfp);
	if (!page) {
		*error = -ENOMEM;
		return NULL;
	}
	if (fgp_flags & FGP_ACCESSED)
		__SetPageReferenced(page);
	*error = add_to_page_cache_lru(page, mapping, index, gfp);
	if (!*error)
		return page;
	put_page(page);
	return NULL;
}

struct page *pagecache_get_page(struct address_space *mapping, pgoff_t index, int fgp_flags,
				gfp_t gfp)
{
	struct page *page;
	int error;

	do {
		error = 0;
		if (fgp_flags & FGP_LOCK)
			page = find_and_lock(mapping, index, fgp_flags & FGP_NOWAIT);
		else
			page = find_page(mapping, index);
		if (page) {
			if (fgp_flags & FGP_ACCESSED)
				mark_page_accessed(page);
			return page;
		}
		if (!(fgp_flags & FGP_CREAT))
			return NULL;
		page = make_page(mapping, index, fgp_flags, gfp, &error);
	} while (error == -EEXIST); /* somebody was faster */
	/* A fault looks whether the page is still there, and locks it then. */
	if (page && (!(fgp_flags & FGP_LOCK) || fgp_flags & FGP_FOR_MMAP))
		unlock_page(page);
	return page;
}

struct page *grab_cache_page_write_begin(struct address_space *mapping, pgoff_t index,
					 unsigned int flags)
{
	struct page *page;

	(void)flags;
	page = pagecache_get_page(mapping, index, FGP_LOCK | FGP_WRITE | FGP_CREAT,
				  mapping_gfp_mask(mapping));
	if (page)
		wait_for_stable_page(page);
	return page;
}

static unsigned int find_range(struct address_space *mapping, pgoff_t *start, pgoff_t end,
			       xa_mark_t filter, unsigned int nr_pages, struct page **pages)
{
	unsigned long index = *start;
	unsigned int found = 0;
	struct page *page;

	rcu_read_lock();
	for (page = xa_find(&mapping->i_pages, &index, end, filter); page && found < nr_pages;
	     page = xa_find_after(&mapping->i_pages, &index, end, filter)) {
		if (!get_page_unless_zero(page))
			continue; /* leaves just now */
		pages[found++] = page;
		*start = index + 1;
	}
	rcu_read_unlock();
	if (found < nr_pages) /* no more to come, also where end is the last index there is */
		*start = end == ~0ul ? end : end + 1;
	return found;
}

unsigned int find_get_pages_range(struct address_space *mapping, pgoff_t *start, pgoff_t end,
				  unsigned int nr_pages, struct page **pages)
{
	return find_range(mapping, start, end, XA_PRESENT, nr_pages, pages);
}

unsigned int find_get_pages_range_tag(struct address_space *mapping, pgoff_t *index, pgoff_t end,
				      xa_mark_t tag, unsigned int nr_pages, struct page **pages)
{
	return find_range(mapping, index, end, tag, nr_pages, pages);
}

void pagevec_release(struct pagevec *pvec)
{
	for (unsigned int i = 0; i < pvec->nr; i++)
		put_page(pvec->pages[i]);
	pvec->nr = 0;
}

unsigned int pagevec_lookup_range(struct pagevec *pvec, struct address_space *mapping,
				  pgoff_t *start, pgoff_t end)
{
	pvec->nr = find_get_pages_range(mapping, start, end, PAGEVEC_SIZE, pvec->pages);
	return pvec->nr;
}

unsigned int pagevec_lookup_range_tag(struct pagevec *pvec, struct address_space *mapping,
				      pgoff_t *start, pgoff_t end, xa_mark_t tag)
{
	pvec->nr = find_get_pages_range_tag(mapping, start, end, tag, PAGEVEC_SIZE, pvec->pages);
	return pvec->nr;
}

bool filemap_range_has_page(struct address_space *mapping, loff_t start, loff_t end)
{
	unsigned long index = (unsigned long)start >> PAGE_SHIFT;

	if (end < start)
		return false;
	return xa_find(&mapping->i_pages, &index, (unsigned long)end >> PAGE_SHIFT, XA_PRESENT);
}

/* --- adding --- */

struct page *__page_cache_alloc(gfp_t gfp)
{
	return alloc_page(gfp);
}

int add_to_page_cache_locked(struct page *page, struct address_space *mapping, pgoff_t index,
			     gfp_t gfp)
{
	int error;

	if (!PageLocked(page))
		ccsan_misuse(page_address(page), PAGE_SIZE, 0,
			     "a page is added to the page cache that is not locked");
	get_page(page);
	page->mapping = mapping;
	page->index = index;
	page->dropped_by = page->dirtied_by = 0;
	xa_lock_irq(&mapping->i_pages);
	error = __xa_insert(&mapping->i_pages, index, page, gfp);
	if (!error)
		mapping->nrpages++;
	xa_unlock_irq(&mapping->i_pages);
	if (!error)
		return 0;
	page->mapping = NULL;
	put_page(page);
	return error == -EBUSY ? -EEXIST : error;
}

int add_to_page_cache_lru(struct page *page, struct address_space *mapping, pgoff_t index,
			  gfp_t gfp)
{
	int error;

	trylock_page(page); /* nobody knows it yet */
	error = add_to_page_cache_locked(page, mapping, index, gfp);
	if (error)
		unlock_page(page);
	return error;
}

void mark_page_accessed(struct page *page)
{
	if (!PageReferenced(page))
		SetPageReferenced(page);
	else if (!PageActive(page))
		SetPageActive(page);
}

/* --- taking out --- */

void __delete_from_page_cache(struct page *page, void *shadow)
{
	struct address_space *mapping = page->mapping;

	(void)shadow;
	__xa_erase(&mapping->i_pages, page->index);
	mapping->nrpages--;
	page->mapping = NULL;
}

/* Who looks for a page that is mapped after it was taken out would find a page of nobody's. */
static __always_inline void check_unmapped(struct page *page)
{
	if (page_mapped(page))
		ccsan_misuse(page_address(page), PAGE_SIZE, page->locked_by,
			     "a page leaves the page cache while user mappings of it exist");
}

void delete_from_page_cache(struct page *page)
{
	struct address_space *mapping = page_mapping(page);

	if (!mapping || !PageLocked(page)) {
		ccsan_misuse(page_address(page), PAGE_SIZE, 0,
			     "delete_from_page_cache() of a page that %s",
			     mapping ? "is not locked" : "is not in the page cache");
		return;
	}
	check_unmapped(page);
	if (page->dirtied_by)
		ccsan_page_leaves(page);
	xa_lock_irq(&mapping->i_pages);
	__delete_from_page_cache(page, NULL);
	xa_unlock_irq(&mapping->i_pages);
	if (mapping->a_ops->freepage)
		mapping->a_ops->freepage(page);
	put_page(page);
}

bool ccsan_remove_clean_page(struct address_space *mapping, struct page *page)
{
	check_unmapped(page);
	xa_lock_irq(&mapping->i_pages);
	if (PageDirty(page)) {
		xa_unlock_irq(&mapping->i_pages);
		return false;
	}
	__delete_from_page_cache(page, NULL);
	xa_unlock_irq(&mapping->i_pages);
	ccsan_page_leaves(page);
	if (mapping->a_ops->freepage)
		mapping->a_ops->freepage(page);
	return true;
}

/* --- reading one page --- */

static struct page *read_page(struct address_space *mapping, struct page *page,
			      int (*filler)(void *data, struct page *page), void *data)
{
	int error;

	ClearPageError(page);
	error = filler ? filler(data, page) : mapping->a_ops->readpage(data, page);
	if (!error)
		wait_on_page_locked(page);
	if (!error && PageUptodate(page))
		return page;
	put_page(page);
	return ERR_PTR(error ? error : -EIO);
}

struct page *read_cache_page(struct address_space *mapping, pgoff_t index,
			     int (*filler)(void *data, struct page *page), void *data)
{
	struct page *page;

	for (;;) {
		page = find_or_create_page(mapping, index, mapping_gfp_mask(mapping));
		if (!page)
			return ERR_PTR(-ENOMEM);
		if (!PageUptodate(page))
			page = read_page(mapping, page, filler, data);
		else
			unlock_page(page);
		if (IS_ERR(page) || page->mapping == mapping)
			return page;
		put_page(page); /* truncated meanwhile */
	}
}
