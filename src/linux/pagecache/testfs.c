/* SPDX-License-Identifier: MIT */
/* A file of its own, over a store in the program's memory: ccsan/testfs.h. */
#include <ccsan/testfs.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "pagecache.h"

struct testfs {
	char *store; /**< `bytes`, of the host's heap: no cache is between it and the "disk" */
	size_t bytes;
	unsigned int flags;
	unsigned int failing; /**< the transfer that fails, counted down; 0: none */
	int error;
	unsigned long reads, writes;
};

enum { BLOCK_BYTES = 512 };

static struct testfs *testfs_of(const struct inode *inode)
{
	return inode->i_private;
}

/* --- the disk --- */

/* Return: what became of the transfer. */
static int go_to_disk(struct testfs *fs)
{
	if (fs->flags & CCSAN_TESTFS_SLEEPS)
		ccsan_thread_yield();
	return fs->failing && !--fs->failing ? fs->error : 0;
}

static size_t bytes_at(const struct testfs *fs, loff_t pos, size_t most)
{
	if ((size_t)pos >= fs->bytes)
		return 0;
	return min_t(size_t, most, fs->bytes - (size_t)pos);
}

/* --- pages --- */

static int testfs_readpage(struct file *file, struct page *page)
{
	struct testfs *fs = testfs_of(page->mapping->host);
	loff_t pos = page_offset(page);
	size_t bytes = bytes_at(fs, pos, PAGE_SIZE);
	int error = go_to_disk(fs);
	char *p;

	(void)file;
	fs->reads++;
	if (error) {
		SetPageError(page);
		unlock_page(page);
		return error;
	}
	p = kmap_atomic(page);
	memcpy(p, fs->store + pos, bytes);
	memset(p + bytes, 0, PAGE_SIZE - bytes);
	kunmap_atomic(p);
	flush_dcache_page(page);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

/* Users may have stored to the page at addresses of theirs: flush_dcache_page() before it is
 * read. */
static void copy_to_store(struct testfs *fs, struct page *page)
{
	loff_t pos = page_offset(page);
	size_t bytes = bytes_at(fs, pos, PAGE_SIZE);
	char *p;

	flush_dcache_page(page);
	p = kmap_atomic(page);
	memcpy(fs->store + pos, p, bytes);
	kunmap_atomic(p);
}

static int testfs_writepage(struct page *page, struct writeback_control *wbc)
{
	struct testfs *fs = testfs_of(page->mapping->host);
	int error;

	(void)wbc;
	fs->writes++;
	set_page_writeback(page);
	unlock_page(page);
	error = go_to_disk(fs);
	if (error) {
		SetPageError(page);
		mapping_set_error(page->mapping, error);
	} else {
		copy_to_store(fs, page);
	}
	end_page_writeback(page);
	return 0;
}

static int testfs_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			      unsigned int len, unsigned int flags, struct page **pagep,
			      void **fsdata)
{
	struct page *page;
	int error;

	(void)fsdata;
	if (pos + len > (loff_t)testfs_of(mapping->host)->bytes)
		return -ENOSPC;
	for (;;) {
		page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT, flags);
		if (!page)
			return -ENOMEM;
		*pagep = page;
		if (PageUptodate(page) || len == PAGE_SIZE)
			return 0;
		error = testfs_readpage(file, page); /* and unlocks it */
		if (error) {
			put_page(page);
			return error;
		}
		lock_page(page);
		if (page->mapping == mapping)
			return 0;
		unlock_page(page);
		put_page(page);
	}
}

static int testfs_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	if (!PageUptodate(page) && copied < len)
		copied = 0; /* the rest of the page is nobody's */
	if (copied)
		return generic_write_end(file, mapping, pos, len, copied, page, fsdata);
	unlock_page(page);
	put_page(page);
	return 0;
}

/* --- direct transfers: by the user's own addresses, as a copying host adapter does --- */

static ssize_t testfs_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	struct testfs *fs = testfs_of(inode);
	loff_t pos = iocb->ki_pos;
	size_t wanted, done;
	int error;

	if ((pos | (loff_t)iov_iter_count(iter)) % BLOCK_BYTES)
		return -EINVAL;
	wanted = iov_iter_rw(iter) == READ ? min_t(size_t, iov_iter_count(iter),
						   max_t(loff_t, i_size_read(inode) - pos, 0))
					   : iov_iter_count(iter);
	wanted = bytes_at(fs, pos, wanted);
	if (!wanted)
		return iov_iter_rw(iter) == READ ? 0 : -ENOSPC;
	error = go_to_disk(fs);
	if (error)
		return error;
	done = iov_iter_rw(iter) == READ ? copy_to_iter(fs->store + pos, wanted, iter)
					 : copy_from_iter(fs->store + pos, wanted, iter);
	return done ? (ssize_t)done : -EFAULT;
}

static const struct address_space_operations testfs_a_ops = {
	.readpage = testfs_readpage,
	.writepage = testfs_writepage,
	.write_begin = testfs_write_begin,
	.write_end = testfs_write_end,
	.direct_IO = testfs_direct_IO,
};

static const struct file_operations testfs_fops = {
	.llseek = generic_file_llseek,
	.read_iter = generic_file_read_iter,
	.write_iter = generic_file_write_iter,
	.mmap = generic_file_mmap,
	.fsync = generic_file_fsync,
};

/* --- making and looking --- */

struct inode *ccsan_linux_testfs(size_t bytes, unsigned int flags)
{
	struct testfs *fs = ccsan_kalloc(sizeof(*fs));
	struct inode *inode = fs ? new_inode(NULL) : NULL;

	if (inode) {
		*fs = (struct testfs){ .bytes = bytes, .flags = flags };
		fs->store = ccsan_kalloc(bytes + 1);
	}
	if (!inode || !fs->store) {
		kfree(fs);
		iput(inode);
		return NULL;
	}
	inode->i_private = fs;
	inode->i_mode = S_IFREG | 0644;
	inode->i_size = (loff_t)bytes;
	inode->i_fop = &testfs_fops;
	inode->i_mapping->a_ops = &testfs_a_ops;
	return inode;
}

void ccsan_linux_testfs_free(struct inode *inode)
{
	struct testfs *fs = testfs_of(inode);

	truncate_inode_pages_final(&inode->i_data);
	kfree(fs->store);
	kfree(fs);
	iput(inode);
}

char *ccsan_linux_testfs_store(struct inode *inode)
{
	return testfs_of(inode)->store;
}

void ccsan_linux_testfs_fail(struct inode *inode, unsigned int nth, int error)
{
	testfs_of(inode)->failing = nth;
	testfs_of(inode)->error = error;
}

unsigned long ccsan_linux_testfs_writes(struct inode *inode)
{
	return testfs_of(inode)->writes;
}
