/* SPDX-License-Identifier: MIT */
/* Reading files through the page cache: linux/fs.h. */
#include <linux/pagemap.h>
#include <linux/uio.h>

#include "pagecache.h"

/* Reads a locked page and waits. The caller holds the invalidate lock shared. */
static int read_now(struct file *file, struct page *page)
{
	int error;

	ClearPageError(page);
	error = page->mapping->a_ops->readpage(file, page);
	if (error)
		return error;
	if (!PageUptodate(page))
		wait_on_page_locked(page);
	return PageUptodate(page) ? 0 : -EIO;
}

/* Return: 0 and a page that may have been truncated already; -EEXIST: somebody was faster. */
static int read_new_page(struct file *file, struct address_space *mapping, pgoff_t index,
			 struct page **pagep)
{
	struct page *page = page_cache_alloc(mapping);
	int error;

	if (!page)
		return -ENOMEM;
	filemap_invalidate_lock_shared(mapping);
	error = add_to_page_cache_lru(page, mapping, index, mapping_gfp_mask(mapping));
	if (!error)
		error = read_now(file, page);
	filemap_invalidate_unlock_shared(mapping);
	if (error)
		put_page(page);
	else
		*pagep = page;
	return error;
}

/* Return: 0; -EEXIST if the page was truncated, so that another one may be there now. */
static int bring_up_to_date(struct file *file, struct address_space *mapping, struct page *page)
{
	int error = 0;

	filemap_invalidate_lock_shared(mapping);
	lock_page(page);
	if (page->mapping != mapping)
		error = -EEXIST;
	if (error || PageUptodate(page))
		unlock_page(page);
	else
		error = read_now(file, page);
	filemap_invalidate_unlock_shared(mapping);
	return error;
}

static int find_or_read(struct file *file, struct address_space *mapping, pgoff_t index,
			unsigned long wanted, struct page **pagep)
{
	struct page *page = find_get_page(mapping, index);
	int error = 0;

	if (!page) {
		page_cache_sync_readahead(mapping, &file->f_ra, file, index, wanted);
		page = find_get_page(mapping, index);
	}
	if (!page)
		return read_new_page(file, mapping, index, pagep);
	if (PageReclaim(page))
		page_cache_async_readahead(mapping, &file->f_ra, file, page, index, wanted);
	if (!PageUptodate(page))
		error = bring_up_to_date(file, mapping, page);
	if (error)
		put_page(page);
	*pagep = page;
	return error;
}

/* Copies what one page has of the range. Return: bytes; fewer where the user's memory ends. */
static size_t copy_out(struct kiocb *iocb, struct address_space *mapping, struct page *page,
		       loff_t size, struct iov_iter *iter)
{
	size_t offset = offset_in_page(iocb->ki_pos);
	size_t bytes = min_t(size_t, PAGE_SIZE - offset, iov_iter_count(iter));

	bytes = min_t(size_t, bytes, size - iocb->ki_pos);
	/* Users may have stored through mappings of theirs since. */
	if (mapping_writably_mapped(mapping))
		flush_dcache_page(page);
	if (iocb->ki_filp->f_ra.prev_pos >> PAGE_SHIFT != (loff_t)page->index || !offset)
		mark_page_accessed(page);
	bytes = copy_page_to_iter(page, offset, bytes, iter);
	iocb->ki_pos += bytes;
	iocb->ki_filp->f_ra.prev_pos = iocb->ki_pos;
	return bytes;
}

ssize_t generic_file_buffered_read(struct kiocb *iocb, struct iov_iter *iter, ssize_t already_read)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	ssize_t done = already_read;
	int error = 0;

	while (iov_iter_count(iter)) {
		pgoff_t index = (pgoff_t)iocb->ki_pos >> PAGE_SHIFT;
		unsigned long wanted = DIV_ROUND_UP(
			offset_in_page(iocb->ki_pos) + iov_iter_count(iter), PAGE_SIZE);
		struct page *page;
		loff_t size;
		size_t bytes;

		if (iocb->ki_pos >= i_size_read(mapping->host))
			break;
		error = find_or_read(iocb->ki_filp, mapping, index, wanted, &page);
		if (error == -EEXIST)
			continue;
		if (error)
			break;
		/* The size after the page was found up to date: what was truncated before that and
		 * extended again is not shown. */
		size = i_size_read(mapping->host);
		bytes = iocb->ki_pos < size ? copy_out(iocb, mapping, page, size, iter) : 0;
		put_page(page);
		done += bytes;
		if (!bytes) {
			error = iocb->ki_pos < size ? -EFAULT : 0;
			break;
		}
	}
	return done ? done : error;
}

/* Return: bytes, and then the iterator is behind them; or an error. */
static ssize_t direct_read(struct kiocb *iocb, struct iov_iter *iter)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	size_t count = iov_iter_count(iter);
	ssize_t done;

	/* Dirty pages are newer than the disk. They may stay: reading does not make them wrong. */
	done = filemap_write_and_wait_range(mapping, iocb->ki_pos, iocb->ki_pos + count - 1);
	if (done < 0)
		return done;
	done = mapping->a_ops->direct_IO(iocb, iter);
	if (done > 0) {
		iocb->ki_pos += done;
		count -= done;
	}
	if (iov_iter_count(iter) > count)
		iov_iter_advance(iter, iov_iter_count(iter) - count);
	return done;
}

ssize_t generic_file_read_iter(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t done = 0;

	if (!iov_iter_count(iter))
		return 0;
	if (iocb->ki_flags & IOCB_DIRECT && iocb->ki_filp->f_mapping->a_ops->direct_IO) {
		done = direct_read(iocb, iter);
		/* What it could not do is done the other way, but for errors and the file's end. */
		if (done < 0 || !iov_iter_count(iter) || iocb->ki_pos >= i_size_read(inode))
			return done;
	}
	return generic_file_buffered_read(iocb, iter, done);
}
