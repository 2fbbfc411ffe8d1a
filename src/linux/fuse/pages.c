/* SPDX-License-Identifier: MIT */
/* Pages of files on their way from and to the daemon. */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include <asm/cacheflush.h>

#include "fuse_i.h"

static u64 handle_of(const struct file *file)
{
	const struct fuse_file *ff = file->private_data;

	return ff->fh;
}

static void fuse_write_update_size(struct inode *inode, loff_t end)
{
	struct fuse_conn *fc = get_fuse_conn(inode);

	spin_lock(&fc->lock);
	if (end > i_size_read(inode))
		i_size_write(inode, end);
	get_fuse_inode(inode)->attr_valid = false;
	spin_unlock(&fc->lock);
}

static unsigned int bytes_of_pages(const struct fuse_args *args)
{
	unsigned int bytes = 0, i;

	for (i = 0; i < args->num_pages; i++)
		bytes += args->descs[i].length;
	return bytes;
}

static void add_page(struct fuse_args *args, struct page *page, unsigned int offset,
		     unsigned int length)
{
	args->pages[args->num_pages] = page;
	args->descs[args->num_pages++] = (struct fuse_page_desc){ length, offset };
}

/* --- reading --- */

/** Reads into the pages of args. Return: bytes, or -errno. */
static ssize_t fuse_send_read(struct file *file, struct fuse_args *args, loff_t pos)
{
	struct inode *inode = file_inode(file);
	struct fuse_read_in in = { .fh = handle_of(file),
				   .offset = (u64)pos,
				   .size = bytes_of_pages(args),
				   .flags = file->f_flags };

	args->nodeid = get_node_id(inode);
	args->opcode = FUSE_READ;
	args->in_numargs = args->out_numargs = 1;
	args->in_args[0] = (struct fuse_arg){ sizeof(in), &in };
	args->out_args[0].size = in.size;
	args->out_pages = args->out_argvar = true;
	return ccsan_fuse_simple_request(get_fuse_conn(inode), args);
}

/** The file is shorter than the kernel thought. With a writeback cache it knows better. */
static void fuse_short_read(struct inode *inode, loff_t end)
{
	struct fuse_conn *fc = get_fuse_conn(inode);

	if (fc->writeback_cache)
		return;
	spin_lock(&fc->lock);
	if (end < i_size_read(inode))
		i_size_write(inode, end);
	spin_unlock(&fc->lock);
}

static int fuse_do_readpage(struct file *file, struct page *page)
{
	struct fuse_args args = { .page_zeroing = true };
	ssize_t bytes;

	ccsan_fuse_sync_writes(file_inode(file)); /* or the daemon's bytes may be older than ours */
	add_page(&args, page, 0, (unsigned int)PAGE_SIZE);
	bytes = fuse_send_read(file, &args, page_offset(page));
	if (bytes < 0)
		return (int)bytes;
	if ((size_t)bytes < PAGE_SIZE)
		fuse_short_read(file_inode(file), page_offset(page) + bytes);
	SetPageUptodate(page);
	return 0;
}

static int fuse_readpage(struct file *file, struct page *page)
{
	int err = fuse_do_readpage(file, page);

	unlock_page(page);
	return err;
}

/** Reads the pages of args and lets them go. */
static void read_batch(struct file *file, struct fuse_args *args)
{
	loff_t pos = page_offset(args->pages[0]);
	unsigned int wanted = bytes_of_pages(args), i;
	ssize_t bytes = fuse_send_read(file, args, pos);

	if (bytes >= 0 && bytes < (ssize_t)wanted)
		fuse_short_read(file_inode(file), pos + bytes);
	for (i = 0; i < args->num_pages; i++) {
		if (bytes < 0)
			SetPageError(args->pages[i]);
		else
			SetPageUptodate(args->pages[i]);
		unlock_page(args->pages[i]);
		put_page(args->pages[i]);
	}
}

static void fuse_readahead(struct readahead_control *ractl)
{
	struct inode *inode = ractl->mapping->host;
	struct page *page = NULL;

	ccsan_fuse_sync_writes(inode);
	do {
		struct fuse_args args = { .page_zeroing = true };

		while (args.num_pages < get_fuse_conn(inode)->max_pages &&
		       (page = readahead_page(ractl)))
			add_page(&args, page, 0, (unsigned int)PAGE_SIZE);
		if (args.num_pages)
			read_batch(ractl->file, &args);
	} while (page);
}

/* --- writing through --- */

/** Writes the pages of args, that are locked or copies. Return: bytes, or -errno. */
static ssize_t fuse_send_write(struct inode *inode, struct fuse_args *args, u64 fh, loff_t pos,
			       u32 flags)
{
	struct fuse_write_in in = {
		.fh = fh, .offset = (u64)pos, .size = bytes_of_pages(args), .flags = flags
	};
	struct fuse_write_out out = { 0 };
	ssize_t err;

	args->nodeid = get_node_id(inode);
	args->opcode = FUSE_WRITE;
	args->in_numargs = 2;
	args->in_args[0] = (struct fuse_arg){ sizeof(in), &in };
	args->in_args[1].size = in.size;
	args->in_pages = true;
	args->out_numargs = 1;
	args->out_args[0] = (struct fuse_arg){ sizeof(out), &out };
	err = ccsan_fuse_simple_request(get_fuse_conn(inode), args);
	if (!err && (out.size > in.size || !out.size))
		err = -EIO;
	return err ? err : (ssize_t)out.size;
}

/** Copies from the caller into one page of the file, locked. Return: bytes, or -errno. */
static ssize_t fill_page(struct address_space *mapping, struct iov_iter *from, loff_t pos,
			 size_t bytes, struct page **pagep)
{
	unsigned int offset = (unsigned int)offset_in_page(pos);
	struct page *page;
	size_t copied;

	if (iov_iter_fault_in_readable(from, bytes))
		return -EFAULT;
	page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT, 0);
	if (!page)
		return -ENOMEM;
	if (mapping_writably_mapped(mapping))
		flush_dcache_page(page);
	copied = iov_iter_copy_from_user_atomic(page, from, offset, bytes);
	flush_dcache_page(page);
	iov_iter_advance(from, copied);
	if (!copied) {
		unlock_page(page);
		put_page(page);
	} else {
		*pagep = page;
	}
	return (ssize_t)copied;
}

/** Fills as many pages as one request takes. Return: 0, or an error if there is none. */
static int fuse_fill_write_pages(struct fuse_args *args, struct inode *inode, struct iov_iter *from,
				 loff_t pos)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	size_t room = fc->max_write, offset, bytes;
	struct page *page;
	ssize_t copied;

	do {
		offset = offset_in_page(pos);
		bytes = min(PAGE_SIZE - offset, room);
		bytes = min(bytes, iov_iter_count(from));
		copied = fill_page(inode->i_mapping, from, pos, bytes, &page);
		if (!copied) /* the memory went away: once more, no further than this piece */
			copied = fill_page(inode->i_mapping, from, pos,
					   min(bytes, iov_iter_single_seg_count(from)), &page);
		if (copied <= 0)
			return args->num_pages ? 0 : copied ? (int)copied : -EFAULT;
		add_page(args, page, (unsigned int)offset, (unsigned int)copied);
		pos += copied;
		room -= (size_t)copied;
	} while (iov_iter_count(from) && room && args->num_pages < fc->max_pages &&
		 !offset_in_page(pos));
	return 0;
}

/** A page of which the daemon has got all is up to date. */
static void let_go(struct fuse_args *args, ssize_t written)
{
	unsigned int i;

	for (i = 0; i < args->num_pages; i++) {
		written -= args->descs[i].length;
		if (written >= 0 && args->descs[i].length == PAGE_SIZE)
			SetPageUptodate(args->pages[i]);
		unlock_page(args->pages[i]);
		put_page(args->pages[i]);
	}
}

ssize_t ccsan_fuse_perform_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct file *file = iocb->ki_filp;
	struct inode *inode = file_inode(file);
	ssize_t all = 0, written = 0;

	while (iov_iter_count(from)) {
		struct fuse_args args = { 0 };
		unsigned int wanted;

		written = fuse_fill_write_pages(&args, inode, from, iocb->ki_pos);
		if (written)
			break;
		wanted = bytes_of_pages(&args);
		ccsan_fuse_sync_writes(inode);
		written =
			fuse_send_write(inode, &args, handle_of(file), iocb->ki_pos, file->f_flags);
		let_go(&args, written < 0 ? 0 : written);
		if (written < 0)
			break;
		iocb->ki_pos += written;
		all += written;
		fuse_write_update_size(inode, iocb->ki_pos);
		if (written < (ssize_t)wanted)
			break;
	}
	return all ? all : written;
}

/* --- the writeback cache --- */

static int fuse_write_begin(struct file *file, struct address_space *mapping, loff_t pos,
			    unsigned int len, unsigned int flags, struct page **pagep,
			    void **fsdata)
{
	struct page *page = grab_cache_page_write_begin(mapping, (pgoff_t)pos >> PAGE_SHIFT, flags);
	unsigned int offset = (unsigned int)offset_in_page(pos);
	int err = 0;

	(void)fsdata;
	if (!page)
		return -ENOMEM;
	if (!PageUptodate(page) && len < PAGE_SIZE) {
		if (i_size_read(mapping->host) > page_offset(page))
			err = fuse_do_readpage(file, page);
		else if (offset)
			zero_user_segment(page, 0, offset);
	}
	if (err) {
		unlock_page(page);
		put_page(page);
		return err;
	}
	*pagep = page;
	return 0;
}

static int fuse_write_end(struct file *file, struct address_space *mapping, loff_t pos,
			  unsigned int len, unsigned int copied, struct page *page, void *fsdata)
{
	unsigned int end = (unsigned int)offset_in_page(pos) + copied;

	(void)file;
	(void)fsdata;
	if (copied < len && !PageUptodate(page))
		copied = 0; /* what is behind is not known: once more */
	if (copied) {
		if (!PageUptodate(page)) {
			if (end < PAGE_SIZE)
				zero_user_segment(page, end, (unsigned int)PAGE_SIZE);
			SetPageUptodate(page);
		}
		fuse_write_update_size(mapping->host, pos + copied);
		set_page_dirty(page);
	}
	unlock_page(page);
	put_page(page);
	return (int)copied;
}

struct fuse_writepage_args {
	struct fuse_args args;
	struct fuse_write_in in;
	struct fuse_write_out out;
};

/** Under fc->lock to the end: after it, who waits may free the inode. */
static void one_write_less(struct fuse_conn *fc, struct fuse_inode *fi)
{
	spin_lock(&fc->lock);
	fi->writes--;
	wake_up_all(&fi->page_waitq);
	spin_unlock(&fc->lock);
}

static void fuse_writepage_end(struct fuse_conn *fc, struct fuse_args *args, int error)
{
	struct fuse_writepage_args *wpa = container_of(args, struct fuse_writepage_args, args);

	if (!error && wpa->out.size != wpa->in.size)
		error = -EIO;
	if (error)
		mapping_set_error(args->inode->i_mapping, error);
	__free_page(args->pages[0]);
	one_write_less(fc, get_fuse_inode(args->inode));
	kfree(wpa);
}

static bool has_no_writes(struct fuse_conn *fc, struct fuse_inode *fi)
{
	bool none;

	spin_lock(&fc->lock);
	none = !fi->writes;
	spin_unlock(&fc->lock);
	return none;
}

/* Fidelity: simplified. Linux waits for the page in question only. */
void ccsan_fuse_sync_writes(struct inode *inode)
{
	struct fuse_inode *fi = get_fuse_inode(inode);

	wait_event(fi->page_waitq, has_no_writes(get_fuse_conn(inode), fi));
}

/** A handle to write by. Return: false if the file is open for writing nowhere. */
static bool write_handle(struct fuse_conn *fc, struct fuse_inode *fi, uint64_t *fh)
{
	bool found;

	spin_lock(&fc->lock);
	found = !list_empty(&fi->write_files);
	if (found) {
		*fh = list_first_entry(&fi->write_files, struct fuse_file, write_entry)->fh;
		fi->writes++;
	}
	spin_unlock(&fc->lock);
	return found;
}

/** Sends a copy of a page: a daemon that does not answer must not hold up who wants the memory.
 *  Owns: takes over `copy`. */
static int send_copy(struct inode *inode, struct page *copy, loff_t pos, unsigned int bytes)
{
	struct fuse_conn *fc = get_fuse_conn(inode);
	struct fuse_inode *fi = get_fuse_inode(inode);
	struct fuse_writepage_args *wpa = kzalloc(sizeof(*wpa), GFP_NOFS);
	int err = -ENOMEM;

	if (wpa)
		err = write_handle(fc, fi, &wpa->in.fh) ? 0 : -EIO;
	if (err) {
		kfree(wpa);
		__free_page(copy);
		return err;
	}
	wpa->in.offset = (u64)pos;
	wpa->in.size = bytes;
	wpa->in.write_flags = FUSE_WRITE_CACHE;
	wpa->args = (struct fuse_args){
		.nodeid = fi->nodeid,
		.opcode = FUSE_WRITE,
		.in_numargs = 2,
		.in_args = { { sizeof(wpa->in), &wpa->in }, { bytes, NULL } },
		.in_pages = true,
		.out_numargs = 1,
		.out_args = { { sizeof(wpa->out), &wpa->out } },
		.end = fuse_writepage_end,
		.inode = inode,
	};
	add_page(&wpa->args, copy, 0, bytes);
	err = ccsan_fuse_simple_background(fc, &wpa->args);
	if (err) {
		__free_page(copy);
		one_write_less(fc, fi);
		kfree(wpa);
	}
	return err;
}

static int fuse_writepage_locked(struct page *page)
{
	struct inode *inode = page->mapping->host;
	loff_t pos = page_offset(page), size = i_size_read(inode);
	struct page *copy;
	int err;

	if (pos >= size)
		return 0; /* truncated meanwhile */
	copy = alloc_page(GFP_NOFS | __GFP_HIGHMEM);
	if (!copy) {
		set_page_dirty(page);
		return -ENOMEM;
	}
	ccsan_fuse_sync_writes(inode); /* an older copy must not come later */
	set_page_writeback(page);
	flush_dcache_page(page); /* users may have stored to it */
	copy_highpage(copy, page);
	err = send_copy(inode, copy, pos, (unsigned int)min_t(loff_t, size - pos, PAGE_SIZE));
	if (err) {
		set_page_dirty(page);
		mapping_set_error(page->mapping, err);
	}
	end_page_writeback(page);
	return err;
}

static int fuse_writepage(struct page *page, struct writeback_control *wbc)
{
	int err = fuse_writepage_locked(page);

	(void)wbc;
	unlock_page(page);
	return err;
}

static int fuse_launder_page(struct page *page)
{
	struct inode *inode = page->mapping->host;
	int err = 0;

	if (clear_page_dirty_for_io(page)) {
		err = fuse_writepage_locked(page);
		if (!err)
			ccsan_fuse_sync_writes(inode);
	}
	return err;
}

/* --- from and to the caller's own pages --- */

/** The caller's pages for one request; they stay until release_user_pages(). */
static ssize_t get_user_buffer(struct fuse_args *args, struct fuse_conn *fc, struct iov_iter *iter)
{
	size_t start, most = min_t(size_t, fc->max_write, fc->max_pages * PAGE_SIZE), offset;
	ssize_t bytes = iov_iter_get_pages(iter, args->pages, most, fc->max_pages, &start), left;

	if (bytes <= 0)
		return bytes ? bytes : -EFAULT;
	offset = start;
	for (left = bytes; left > 0; offset = 0) {
		struct page *page = args->pages[args->num_pages];
		unsigned int length = (unsigned int)min_t(size_t, PAGE_SIZE - offset, (size_t)left);

		add_page(args, page, (unsigned int)offset, length);
		left -= length;
	}
	iov_iter_advance(iter, (size_t)bytes);
	return bytes;
}

static void release_user_pages(struct fuse_args *args, bool dirty)
{
	unsigned int i;

	for (i = 0; i < args->num_pages; i++) {
		if (dirty)
			set_page_dirty_lock(args->pages[i]);
		put_page(args->pages[i]);
	}
}

/** One request. Return: bytes transferred; *wanted: that were asked for. */
static ssize_t direct_request(struct kiocb *iocb, struct iov_iter *iter, bool write,
			      ssize_t *wanted)
{
	struct file *file = iocb->ki_filp;
	struct inode *inode = file_inode(file);
	struct fuse_args args = { 0 };
	ssize_t bytes;

	*wanted = get_user_buffer(&args, get_fuse_conn(inode), iter);
	if (*wanted < 0)
		return *wanted;
	bytes = write ? fuse_send_write(inode, &args, handle_of(file), iocb->ki_pos, file->f_flags)
		      : fuse_send_read(file, &args, iocb->ki_pos);
	release_user_pages(&args, !write);
	return bytes;
}

ssize_t ccsan_fuse_direct_io(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = file_inode(iocb->ki_filp);
	bool write = iov_iter_rw(iter) == WRITE;
	ssize_t all = 0, bytes = 0, wanted;

	if (!iter_is_iovec(iter))
		return -EINVAL;
	if (!write) {
		filemap_write_and_wait_range(inode->i_mapping, iocb->ki_pos,
					     iocb->ki_pos + (loff_t)iov_iter_count(iter) - 1);
		ccsan_fuse_sync_writes(inode);
	}
	while (iov_iter_count(iter)) {
		bytes = direct_request(iocb, iter, write, &wanted);
		if (bytes < 0)
			break;
		iocb->ki_pos += bytes;
		all += bytes;
		if (bytes < wanted)
			break;
	}
	if (write && all)
		fuse_write_update_size(inode, iocb->ki_pos);
	return all ? all : bytes;
}

static ssize_t fuse_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	loff_t pos = iocb->ki_pos;
	ssize_t bytes = ccsan_fuse_direct_io(iocb, iter);

	iocb->ki_pos = pos; /* generic_file_…() moves it itself */
	return bytes;
}

const struct address_space_operations ccsan_fuse_file_aops = {
	.readpage = fuse_readpage,
	.readahead = fuse_readahead,
	.writepage = fuse_writepage,
	.write_begin = fuse_write_begin,
	.write_end = fuse_write_end,
	.set_page_dirty = __set_page_dirty_nobuffers,
	.launder_page = fuse_launder_page,
	.direct_IO = fuse_direct_IO,
};
