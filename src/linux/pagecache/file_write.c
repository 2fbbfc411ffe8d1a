/* SPDX-License-Identifier: MIT */
/* Writing files through the page cache: linux/fs.h. */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "pagecache.h"

/* Copies up to the end of one page. The user's memory is faulted in before the page is locked,
 * since the fault may want the same page. Return: bytes, 0 to try a smaller piece, or an error. */
static ssize_t write_piece(struct file *file, struct iov_iter *i, loff_t pos, size_t bytes)
{
	struct address_space *mapping = file->f_mapping;
	const struct address_space_operations *a_ops = mapping->a_ops;
	unsigned int offset = offset_in_page(pos);
	struct page *page;
	void *fsdata = NULL;
	size_t copied;
	int status;

	if (iov_iter_fault_in_readable(i, bytes))
		return -EFAULT;
	status = a_ops->write_begin(file, mapping, pos, bytes, 0, &page, &fsdata);
	if (status < 0)
		return status;
	if (mapping_writably_mapped(mapping))
		flush_dcache_page(page);
	copied = iov_iter_copy_from_user_atomic(page, i, offset, bytes);
	flush_dcache_page(page);
	status = a_ops->write_end(file, mapping, pos, bytes, copied, page, fsdata);
	if (status > 0)
		iov_iter_advance(i, status);
	return status;
}

ssize_t generic_perform_write(struct file *file, struct iov_iter *i, loff_t pos)
{
	ssize_t done = 0, status = 0;

	while (iov_iter_count(i)) {
		size_t rest = PAGE_SIZE - offset_in_page(pos);
		size_t bytes = min_t(size_t, rest, iov_iter_count(i));

		status = write_piece(file, i, pos, bytes);
		if (!status) { /* never stuck: one piece alone is there, or is an error */
			bytes = min_t(size_t, rest, iov_iter_single_seg_count(i));
			status = write_piece(file, i, pos, bytes);
		}
		if (status < 0)
			break;
		pos += status;
		done += status;
		balance_dirty_pages_ratelimited(file->f_mapping);
	}
	return done ? done : status;
}

ssize_t generic_write_checks(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	loff_t most =
		inode->i_sb && inode->i_sb->s_maxbytes ? inode->i_sb->s_maxbytes : MAX_LFS_FILESIZE;

	if (!iov_iter_count(from))
		return 0;
	if (iocb->ki_flags & IOCB_APPEND)
		iocb->ki_pos = i_size_read(inode);
	if (iocb->ki_pos >= most)
		return -EFBIG;
	iov_iter_truncate(from, most - iocb->ki_pos);
	return iov_iter_count(from);
}

/* A direct write that did not come to its end goes on through the page cache, and what that has
 * written goes to the disk and out of the cache: O_DIRECT has no pages left behind. */
static ssize_t finish_by_buffer(struct kiocb *iocb, struct iov_iter *from, ssize_t done)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t pos = iocb->ki_pos, end;
	ssize_t status = generic_perform_write(iocb->ki_filp, from, pos);

	if (status < 0)
		return done ? done : status;
	end = pos + status - 1;
	if (filemap_write_and_wait_range(mapping, pos, end))
		return done;
	iocb->ki_pos = end + 1;
	invalidate_mapping_pages(mapping, (pgoff_t)pos >> PAGE_SHIFT, (pgoff_t)end >> PAGE_SHIFT);
	return done + status;
}

ssize_t __generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	ssize_t done;

	if (iocb->ki_flags & IOCB_DIRECT) {
		done = generic_file_direct_write(iocb, from);
		if (done < 0 || !iov_iter_count(from))
			return done;
		return finish_by_buffer(iocb, from, done);
	}
	done = generic_perform_write(iocb->ki_filp, from, iocb->ki_pos);
	if (done > 0)
		iocb->ki_pos += done;
	return done;
}

ssize_t generic_write_sync(struct kiocb *iocb, ssize_t count)
{
	int error = 0;

	if (iocb->ki_flags & (IOCB_DSYNC | IOCB_SYNC))
		error = vfs_fsync_range(iocb->ki_filp, iocb->ki_pos - count, iocb->ki_pos - 1,
					!(iocb->ki_flags & IOCB_SYNC));
	return error ? error : count;
}

ssize_t generic_file_write_iter(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	ssize_t done;

	inode_lock(inode);
	done = generic_write_checks(iocb, from);
	if (done > 0)
		done = __generic_file_write_iter(iocb, from);
	inode_unlock(inode);
	if (done > 0)
		done = generic_write_sync(iocb, done);
	return done;
}

/* --- for file systems --- */

int simple_readpage(struct file *file, struct page *page)
{
	(void)file;
	clear_highpage(page);
	flush_dcache_page(page);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

int simple_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
		       unsigned int len, unsigned int flags, struct page **pagep, void **fsdata)
{
	unsigned int from = offset_in_page(pos);
	struct page *page;

	(void)file, (void)fsdata;
	page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT, flags);
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page) && len != PAGE_SIZE)
		zero_user_segments(page, 0, from, from + len, PAGE_SIZE);
	*pagep = page;
	return 0;
}

int simple_write_end(struct file *file, struct address_space *mapping, loff_t pos, unsigned int len,
		     unsigned int copied, struct page *page, void *fsdata)
{
	unsigned int from = offset_in_page(pos);

	if (!PageUptodate(page) && copied < len)
		zero_user(page, from + copied, len - copied);
	return generic_write_end(file, mapping, pos, len, len == copied ? len : copied, page,
				 fsdata);
}

int generic_write_end(struct file *file, struct address_space *mapping, loff_t pos,
		      unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	struct inode *inode = mapping->host;

	(void)file, (void)len, (void)fsdata;
	SetPageUptodate(page);
	set_page_dirty(page);
	/* Under i_rwsem, and before the page is unlocked: who reads it then may see it all. */
	if (pos + copied > i_size_read(inode)) {
		i_size_write(inode, pos + copied);
		mark_inode_dirty(inode);
	}
	unlock_page(page);
	put_page(page);
	return (int)copied;
}
