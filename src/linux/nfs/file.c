/* SPDX-License-Identifier: MIT */
/*
 * Data of files. Pages come by READ and go by WRITE, each on its own and, as single ones are,
 * stable at once (NFS_FILE_SYNC): there is nothing left to COMMIT.
 *
 * Replies are copied into a page through the kernel's mapping and flushed (xdr_buf.c); before a
 * page is sent, what users stored at their own addresses is flushed.
 */
#include <asm/cacheflush.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/nfs_fs.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/vmalloc.h>
#include <linux/writeback.h>

#include "nfs.h"

/* --- one transfer --- */

/* READs until all is there or the file ends. Return: bytes, -errno. */
static ssize_t read_to_pages(struct inode *inode, struct nfs_pgio_args *args)
{
	struct nfs_fattr fattr;
	struct nfs_pgio_res res = { .fattr = &fattr };
	u32 wanted = args->count, done = 0;
	int error;

	while (done < wanted) {
		args->count = wanted - done;
		error = ccsan_nfs3_read(NFS_SERVER(inode)->client, args, &res);
		if (error)
			return error;
		nfs_refresh_inode(inode, &fattr);
		done += res.count;
		args->offset += res.count;
		args->pgbase += res.count;
		if (res.eof)
			break;
		if (!res.count)
			return -EIO; /* neither bytes nor the end */
	}
	return done;
}

/* Return: 0, -errno. */
static int write_from_pages(struct inode *inode, struct nfs_pgio_args *args)
{
	struct nfs_fattr fattr;
	struct nfs_pgio_res res = { .fattr = &fattr };
	int error;

	args->stable = NFS_FILE_SYNC;
	while (args->count) {
		error = ccsan_nfs3_write(NFS_SERVER(inode)->client, args, &res);
		if (!error && (!res.count || res.committed != NFS_FILE_SYNC))
			error = -EIO;
		if (error)
			return error;
		nfs_post_op_update_inode(inode, &fattr);
		args->count -= res.count;
		args->offset += res.count;
		args->pgbase += res.count;
	}
	return 0;
}

/* --- pages --- */

static struct nfs_pgio_args args_of_page(struct inode *inode, struct page **page, u32 bytes)
{
	return (struct nfs_pgio_args){ .fh = NFS_FH(inode),
				       .offset = (u64)page_offset(*page),
				       .count = bytes,
				       .pages = page };
}

static int nfs_readpage(struct file *file, struct page *page)
{
	struct inode *inode = page->mapping->host;
	struct nfs_pgio_args args = args_of_page(inode, &page, (u32)PAGE_SIZE);
	ssize_t bytes = read_to_pages(inode, &args);

	(void)file;
	if (bytes < 0) {
		SetPageError(page);
		unlock_page(page);
		return (int)bytes;
	}
	if (bytes < (ssize_t)PAGE_SIZE)
		zero_user_segment(page, (unsigned int)bytes, (unsigned int)PAGE_SIZE);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

/* How much of a page is in the file. */
static u32 bytes_in_file(struct inode *inode, struct page *page)
{
	loff_t left = i_size_read(inode) - page_offset(page);

	return left <= 0 ? 0 : (u32)min_t(loff_t, left, (loff_t)PAGE_SIZE);
}

static int send_page(struct page *page)
{
	struct inode *inode = page->mapping->host;
	struct nfs_pgio_args args = args_of_page(inode, &page, bytes_in_file(inode, page));
	int error;

	flush_dcache_page(page);
	error = write_from_pages(inode, &args);
	if (error) {
		SetPageError(page);
		mapping_set_error(page->mapping, error);
	}
	return error;
}

static int nfs_writepage(struct page *page, struct writeback_control *wbc)
{
	int error;

	(void)wbc;
	set_page_writeback(page);
	unlock_page(page);
	error = send_page(page);
	end_page_writeback(page);
	return error;
}

/* It stays locked: nobody dirties it until it is gone. */
static int nfs_launder_page(struct page *page)
{
	int error = 0;

	wait_on_page_writeback(page);
	if (clear_page_dirty_for_io(page)) {
		set_page_writeback(page);
		error = send_page(page);
		end_page_writeback(page);
	}
	return error;
}

/* A page that is written in part is read before, unless it lies behind the end. */
static bool must_read(struct page *page, loff_t pos, unsigned int len)
{
	if (PageUptodate(page) || len == PAGE_SIZE)
		return false;
	return page_offset(page) < i_size_read(page->mapping->host) || offset_in_page(pos);
}

static int nfs_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			   unsigned int len, unsigned int flags, struct page **pagep, void **fsdata)
{
	struct page *page;
	int error;

	(void)fsdata;
	for (;;) {
		page = grab_cache_page_write_begin(mapping, (pgoff_t)(pos >> PAGE_SHIFT), flags);
		if (!page)
			return -ENOMEM;
		*pagep = page;
		if (!must_read(page, pos, len))
			return 0;
		error = nfs_readpage(file, page); /* and unlocks it */
		put_page(page);
		if (error)
			return error;
	}
}

static int nfs_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			 unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	if (!PageUptodate(page) && copied < len)
		copied = 0; /* the rest of the page is nobody's */
	if (!PageUptodate(page) && copied && copied < PAGE_SIZE)
		zero_user_segment(page, copied, (unsigned int)PAGE_SIZE); /* behind the end */
	if (copied)
		return generic_write_end(file, mapping, pos, len, copied, page, fsdata);
	unlock_page(page);
	put_page(page);
	return 0;
}

/* --- direct transfers: to and from the user's own pages --- */

static ssize_t transfer(struct inode *inode, bool write, struct nfs_pgio_args *args)
{
	ssize_t bytes = args->count;
	int error;

	if (!write)
		return read_to_pages(inode, args);
	error = write_from_pages(inode, args);
	return error ? error : bytes;
}

/* The next piece of the user's memory. Return: bytes, -errno. */
static ssize_t direct_piece(struct inode *inode, struct iov_iter *iter, loff_t pos)
{
	bool write = iov_iter_rw(iter) == WRITE;
	struct nfs_server *server = NFS_SERVER(inode);
	struct page **pages;
	size_t start;
	ssize_t bytes = iov_iter_get_pages_alloc(iter, &pages,
						 write ? server->wsize : server->rsize, &start);
	unsigned int count =
		(unsigned int)DIV_ROUND_UP(start + (size_t)max_t(ssize_t, bytes, 0), PAGE_SIZE);
	struct nfs_pgio_args args = { .fh = NFS_FH(inode),
				      .offset = (u64)pos,
				      .count = (u32)bytes,
				      .pgbase = (unsigned int)start,
				      .pages = pages };

	if (bytes <= 0)
		return bytes;
	for (unsigned int i = 0; i < count; i++)
		flush_dcache_page(pages[i]);
	bytes = transfer(inode, write, &args);
	for (unsigned int i = 0; i < count; i++) {
		if (!write && bytes > 0)
			set_page_dirty_lock(pages[i]);
		put_page(pages[i]);
	}
	kvfree(pages);
	return bytes;
}

static ssize_t nfs_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	loff_t pos = iocb->ki_pos;
	ssize_t bytes = 0, done = 0;

	while (iov_iter_count(iter)) {
		bytes = direct_piece(inode, iter, pos);
		if (bytes <= 0)
			break;
		iov_iter_advance(iter, (size_t)bytes);
		pos += bytes;
		done += bytes;
	}
	return done ? done : bytes;
}

const struct address_space_operations nfs_file_aops = {
	.readpage = nfs_readpage,
	.writepage = nfs_writepage,
	.launder_page = nfs_launder_page,
	.write_begin = nfs_write_begin,
	.write_end = nfs_write_end,
	.direct_IO = nfs_direct_IO,
};

/* --- files --- */

/* Close-to-open: who opens a file sees what was closed before. */
static int nfs_open(struct inode *inode, struct file *file)
{
	(void)file;
	return __nfs_revalidate_inode(NFS_SERVER(inode), inode);
}

static int nfs_file_flush(struct file *file, void *id)
{
	(void)id;
	return file->f_mode & FMODE_WRITE ? vfs_fsync(file, 0) : 0;
}

static int nfs_file_fsync(struct file *file, loff_t start, loff_t end, int datasync)
{
	(void)datasync;
	return file_write_and_wait_range(file, start, end);
}

static ssize_t nfs_file_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct file *file = iocb->ki_filp;
	int error = nfs_revalidate_mapping(file_inode(file), file->f_mapping);

	return error ? error : generic_file_read_iter(iocb, to);
}

/* Where the end of the file is has to be known to who appends. */
static ssize_t nfs_file_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	int error = 0;

	if (iocb->ki_flags & IOCB_APPEND)
		error = __nfs_revalidate_inode(NFS_SERVER(inode), inode);
	if (!error)
		error = nfs_revalidate_mapping(inode, inode->i_mapping);
	return error ? error : generic_file_write_iter(iocb, from);
}

static int nfs_file_mmap(struct file *file, struct vm_area_struct *vma)
{
	int error = generic_file_mmap(file, vma);

	return error ? error : nfs_revalidate_mapping(file_inode(file), file->f_mapping);
}

const struct file_operations nfs_file_operations = {
	.llseek = generic_file_llseek,
	.read_iter = nfs_file_read,
	.write_iter = nfs_file_write,
	.mmap = nfs_file_mmap,
	.open = nfs_open,
	.flush = nfs_file_flush,
	.fsync = nfs_file_fsync,
};
