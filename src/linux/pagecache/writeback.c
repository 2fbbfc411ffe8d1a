/* SPDX-License-Identifier: MIT */
/* Writing dirty pages out: linux/writeback.h, and filemap_* of linux/fs.h. */
#include <linux/kthread.h>
#include <linux/pagemap.h>
#include <linux/writeback.h>

#include "pagecache.h"

/* --- errors --- */

void mapping_set_error(struct address_space *mapping, int error)
{
	if (!error)
		return;
	errseq_set(&mapping->wb_err, error);
	set_bit(error == -ENOSPC ? AS_ENOSPC : AS_EIO, &mapping->flags);
}

int filemap_check_errors(struct address_space *mapping)
{
	int error = 0;

	if (test_bit(AS_ENOSPC, &mapping->flags) && test_and_clear_bit(AS_ENOSPC, &mapping->flags))
		error = -ENOSPC;
	if (test_bit(AS_EIO, &mapping->flags) && test_and_clear_bit(AS_EIO, &mapping->flags))
		error = -EIO;
	return error;
}

int file_check_and_advance_wb_err(struct file *file)
{
	struct address_space *mapping = file->f_mapping;
	int error = errseq_check_and_advance(&mapping->wb_err, &file->f_wb_err);

	clear_bit(AS_EIO, &mapping->flags);
	clear_bit(AS_ENOSPC, &mapping->flags);
	return error;
}

/* --- the pages of one file --- */

void tag_pages_for_writeback(struct address_space *mapping, pgoff_t start, pgoff_t end)
{
	unsigned long index = start;
	void *page;

	xa_lock_irq(&mapping->i_pages);
	for (page = xa_find(&mapping->i_pages, &index, end, PAGECACHE_TAG_DIRTY); page;
	     page = xa_find_after(&mapping->i_pages, &index, end, PAGECACHE_TAG_DIRTY))
		__xa_set_mark(&mapping->i_pages, index, PAGECACHE_TAG_TOWRITE);
	xa_unlock_irq(&mapping->i_pages);
}

/* The page, locked, still has to be written: then it is clean, but for what writepage() does. */
static bool wants_writing(struct address_space *mapping, struct page *page,
			  const struct writeback_control *wbc)
{
	if (page->mapping != mapping || !PageDirty(page))
		return false;
	if (PageWriteback(page)) {
		if (wbc->sync_mode == WB_SYNC_NONE)
			return false;
		wait_on_page_writeback(page);
	}
	return clear_page_dirty_for_io(page);
}

/* Return: -Exxx of writepage(), which has unlocked the page. */
static int write_page(struct address_space *mapping, struct page *page,
		      struct writeback_control *wbc, writepage_t writepage, void *data)
{
	int error;

	lock_page(page);
	if (!wants_writing(mapping, page, wbc)) {
		unlock_page(page);
		return 0;
	}
	wbc->nr_to_write--;
	error = writepage(page, wbc, data);
	if (!error)
		ccsan_page_was_written(page);
	return error;
}

int write_cache_pages(struct address_space *mapping, struct writeback_control *wbc,
		      writepage_t writepage, void *data)
{
	bool all = wbc->sync_mode == WB_SYNC_ALL || wbc->tagged_writepages;
	xa_mark_t tag = all ? PAGECACHE_TAG_TOWRITE : PAGECACHE_TAG_DIRTY;
	pgoff_t index = (pgoff_t)wbc->range_start >> PAGE_SHIFT;
	pgoff_t end = (pgoff_t)wbc->range_end >> PAGE_SHIFT;
	struct pagevec pvec;
	bool enough = false;
	int first = 0;

	/* Pages that become dirty meanwhile are left alone: who writes faster than the disk would
	 * keep us here for ever. */
	if (all)
		tag_pages_for_writeback(mapping, index, end);
	pagevec_init(&pvec);
	while (!enough && index <= end &&
	       pagevec_lookup_range_tag(&pvec, mapping, &index, end, tag)) {
		for (unsigned int i = 0; i < pagevec_count(&pvec) && !enough; i++) {
			int error = write_page(mapping, pvec.pages[i], wbc, writepage, data);

			first = first ? first : error;
			enough = !all && (error || wbc->nr_to_write <= 0);
		}
		pagevec_release(&pvec);
		cond_resched();
	}
	return first;
}

static int call_writepage(struct page *page, struct writeback_control *wbc, void *data)
{
	struct address_space *mapping = data;
	int error = mapping->a_ops->writepage(page, wbc);

	mapping_set_error(mapping, error);
	return error;
}

int generic_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (!mapping->a_ops->writepage)
		return 0;
	return write_cache_pages(mapping, wbc, call_writepage, mapping);
}

int do_writepages(struct address_space *mapping, struct writeback_control *wbc)
{
	if (wbc->nr_to_write <= 0)
		return 0;
	if (mapping->a_ops->writepages)
		return mapping->a_ops->writepages(mapping, wbc);
	return generic_writepages(mapping, wbc);
}

int write_one_page(struct page *page)
{
	struct address_space *mapping = page->mapping;
	struct writeback_control wbc = { .sync_mode = WB_SYNC_ALL, .nr_to_write = 1 };
	int error;

	wait_on_page_writeback(page);
	if (!clear_page_dirty_for_io(page)) {
		unlock_page(page);
		return 0;
	}
	get_page(page);
	error = call_writepage(page, &wbc, mapping);
	if (!error) {
		wait_on_page_writeback(page);
		ccsan_page_was_written(page);
	}
	put_page(page);
	return error ? error : filemap_check_errors(mapping);
}

/* --- ranges, and waiting for them --- */

int __filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end,
			       int sync_mode)
{
	struct writeback_control wbc = { .sync_mode = (enum writeback_sync_modes)sync_mode,
					 .nr_to_write = LONG_MAX,
					 .range_start = start,
					 .range_end = end };

	if (!mapping_can_writeback(mapping) || !xa_marked(&mapping->i_pages, PAGECACHE_TAG_DIRTY))
		return 0;
	return do_writepages(mapping, &wbc);
}

int filemap_fdatawrite_range(struct address_space *mapping, loff_t start, loff_t end)
{
	return __filemap_fdatawrite_range(mapping, start, end, WB_SYNC_ALL);
}

int filemap_fdatawrite(struct address_space *mapping)
{
	return filemap_fdatawrite_range(mapping, 0, LLONG_MAX);
}

int filemap_flush(struct address_space *mapping)
{
	return __filemap_fdatawrite_range(mapping, 0, LLONG_MAX, WB_SYNC_NONE);
}

static void wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	pgoff_t index = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	struct pagevec pvec;

	pagevec_init(&pvec);
	while (end >= start && index <= last &&
	       pagevec_lookup_range_tag(&pvec, mapping, &index, last, PAGECACHE_TAG_WRITEBACK)) {
		for (unsigned int i = 0; i < pagevec_count(&pvec); i++) {
			wait_on_page_writeback(pvec.pages[i]);
			ClearPageError(pvec.pages[i]);
		}
		pagevec_release(&pvec);
	}
}

int filemap_fdatawait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	wait_range(mapping, start, end);
	return filemap_check_errors(mapping);
}

int filemap_fdatawait(struct address_space *mapping)
{
	return filemap_fdatawait_range(mapping, 0, LLONG_MAX);
}

int filemap_write_and_wait_range(struct address_space *mapping, loff_t start, loff_t end)
{
	int error = 0, waiting;

	if (mapping->nrpages) {
		error = filemap_fdatawrite_range(mapping, start, end);
		if (error != -EIO) { /* otherwise the disk may be gone */
			waiting = filemap_fdatawait_range(mapping, start, end);
			return error ? error : waiting;
		}
	}
	waiting = filemap_check_errors(mapping);
	return error ? error : waiting;
}

int filemap_write_and_wait(struct address_space *mapping)
{
	return filemap_write_and_wait_range(mapping, 0, LLONG_MAX);
}

int file_write_and_wait_range(struct file *file, loff_t start, loff_t end)
{
	struct address_space *mapping = file->f_mapping;
	int error = 0, told;

	if (mapping->nrpages) {
		error = filemap_fdatawrite_range(mapping, start, end);
		if (error != -EIO)
			wait_range(mapping, start, end);
	}
	told = file_check_and_advance_wb_err(file);
	return error ? error : told;
}

int generic_file_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	int error = file_write_and_wait_range(file, start, end);

	(void)datasync;
	return error ? error : write_inode_now(file_inode(file), 1);
}

/* --- the flusher --- */

static void flush_inode(struct inode *inode)
{
	filemap_flush(inode->i_mapping);
	write_inode_now(inode, 0);
}

void ccsan_linux_writeback(void)
{
	ccsan_each_inode(flush_inode);
}

static void sync_inode(struct inode *inode)
{
	filemap_write_and_wait(inode->i_mapping);
	write_inode_now(inode, 1);
}

void sync_inodes_sb(struct super_block *sb)
{
	ccsan_each_inode_of(sb, sync_inode);
}

int sync_filesystem(struct super_block *sb)
{
	sync_inodes_sb(sb);
	return sb->s_op && sb->s_op->sync_fs ? sb->s_op->sync_fs(sb, 1) : 0;
}

static void *flush_rounds(void *rounds)
{
	for (unsigned long i = 0; i < (unsigned long)rounds; i++) {
		ccsan_thread_yield();
		ccsan_linux_writeback();
	}
	return NULL;
}

unsigned int ccsan_linux_writeback_thread(unsigned int cpu, unsigned int rounds)
{
	return ccsan_thread_new("flusher", cpu, flush_rounds,
				(void *)(unsigned long)rounds); // NOLINT: a number
}

void balance_dirty_pages_ratelimited(struct address_space *mapping)
{
	struct writeback_control wbc = { .sync_mode = WB_SYNC_NONE,
					 .nr_to_write = LONG_MAX,
					 .range_end = LLONG_MAX };

	if (!mapping_can_writeback(mapping) ||
	    ++mapping->nr_dirtied < ccsan_param("dirty_pages", 1024))
		return;
	mapping->nr_dirtied = 0;
	do_writepages(mapping, &wbc);
}
