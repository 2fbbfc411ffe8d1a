/* SPDX-License-Identifier: MIT */
/* Direct writes beside a page cache: linux/fs.h. Reads are in file_read.c. */
#include <ccsan/behaviour.h>
#include <linux/pagemap.h>
#include <linux/printk.h>
#include <linux/uio.h>
#include <linux/wait.h>

#include "pagecache.h"

void inode_dio_begin(struct inode *inode)
{
	atomic_inc(&inode->i_dio_count);
}

void inode_dio_end(struct inode *inode)
{
	if (atomic_dec_and_test(&inode->i_dio_count))
		ccsan_queue_wake_all(&inode->i_dio_count);
}

void inode_dio_wait(struct inode *inode)
{
	if (atomic_read(&inode->i_dio_count))
		CCSAN_WAIT_EVENT(&inode->i_dio_count, !atomic_read(&inode->i_dio_count));
}

/* The transfer, and where the iterator is afterwards. Return: bytes, or an error. */
static ssize_t transfer(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	size_t count = iov_iter_count(from);
	ssize_t done = mapping->a_ops->direct_IO(iocb, from);
	size_t rest = done > 0 ? count - done : count;

	if (iov_iter_count(from) > rest)
		iov_iter_advance(from, iov_iter_count(from) - rest);
	else if (iov_iter_count(from) < rest)
		iov_iter_revert(from, rest - iov_iter_count(from));
	return done;
}

/* The new size, after the bytes are on the disk. */
static void account(struct kiocb *iocb, ssize_t done)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;

	if (done <= 0)
		return;
	iocb->ki_pos += done;
	if (iocb->ki_pos > i_size_read(inode)) {
		i_size_write(inode, iocb->ki_pos);
		mark_inode_dirty(inode);
	}
}

/* Linux: the pages of the range are dropped before, so that nobody reads old bytes, and after,
 * since faults and reads may have brought old ones in again. If one of those has been dirtied
 * meanwhile it stays, with the old bytes in it: Linux warns, and the write may be undone. */
static ssize_t write_around(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t start = iocb->ki_pos, end = start + iov_iter_count(from) - 1;
	pgoff_t first = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	ssize_t done = filemap_write_and_wait_range(mapping, start, end);

	if (done)
		return done;
	if (invalidate_inode_pages2_range(mapping, first, last))
		return 0; /* through the page cache, then */
	done = transfer(iocb, from);
	if (mapping->nrpages && invalidate_inode_pages2_range(mapping, first, last))
		pr_warn("direct write: a page of the range is in use, and stale\n");
	account(iocb, done);
	return done;
}

/* Nobody brings in a page, or stores to one, from the first step to the last. */
static ssize_t write_locked(struct kiocb *iocb, struct iov_iter *from)
{
	struct address_space *mapping = iocb->ki_filp->f_mapping;
	loff_t start = iocb->ki_pos, end = start + iov_iter_count(from) - 1;
	pgoff_t first = (pgoff_t)start >> PAGE_SHIFT, last = (pgoff_t)end >> PAGE_SHIFT;
	ssize_t done;

	filemap_invalidate_lock(mapping);
	done = ccsan_write_out_alone(mapping, first, last);
	if (!done && !invalidate_inode_pages2_range(mapping, first, last))
		done = transfer(iocb, from);
	account(iocb, done);
	filemap_invalidate_unlock(mapping);
	/* 0: a page is pinned, or the memory is a mapping of these very bytes, which cannot be
	 * brought in meanwhile. Through the page cache, then. */
	return done == -EFAULT ? 0 : done;
}

ssize_t generic_file_direct_write(struct kiocb *iocb, struct iov_iter *from)
{
	if (ccsan_behaviour.direct_write == CCSAN_DIRECT_WRITE_AROUND)
		return write_around(iocb, from);
	return write_locked(iocb, from);
}
