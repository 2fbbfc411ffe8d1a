/* SPDX-License-Identifier: MIT */
/* Data between pages and the disk: by the page cache, and past it. */
#include <linux/bio.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/writeback.h>

#include "diskfs.h"

enum { MOST_IN_PAGE = 64, /* blocks: pages of up to 64 KiB */ DIRECT_PAGES = 16 };

static struct bio *new_bio(struct inode *inode, unsigned int opf, u32 block, unsigned int pieces)
{
	struct bio *bio = bio_alloc(GFP_NOIO, pieces);

	if (!bio)
		return NULL;
	bio_set_dev(bio, diskfs_of(inode->i_sb)->bdev);
	bio->bi_opf = opf;
	bio->bi_iter.bi_sector = (sector_t)block * DISKFS_SECTORS;
	return bio;
}

/* --- whole pages --- */

/** Where the blocks of a page are; `count` of them matter. */
struct layout {
	u32 blocks[MOST_IN_PAGE];
	unsigned int count;
};

static int lay_out(struct page *page, unsigned int count, bool create, struct layout *layout)
{
	u64 first = (u64)page_offset(page) / DISKFS_BLOCK;
	int error = 0;

	*layout = (struct layout){ .count = count };
	for (unsigned int i = 0; i < count && !error; i++)
		error = ccsan_diskfs_map(page->mapping->host, first + i, create,
					 &layout->blocks[i]);
	return error;
}

/* How many blocks from `from` on follow each other on the disk, or are holes. */
static unsigned int run_of(const struct layout *layout, unsigned int from)
{
	u32 first = layout->blocks[from];
	unsigned int i = from + 1;

	while (i < layout->count && layout->blocks[i] == (first ? first + (i - from) : 0))
		i++;
	return i - from;
}

/* Return: 0 or -Exxx. */
static int move_run(struct page *page, const struct layout *layout, unsigned int from,
		    unsigned int count, unsigned int opf)
{
	unsigned int offset = from * DISKFS_BLOCK, bytes = count * DISKFS_BLOCK;
	struct bio *bio;
	int error;

	if (!layout->blocks[from]) { /* only when reading */
		zero_user(page, offset, bytes);
		return 0;
	}
	bio = new_bio(page->mapping->host, opf, layout->blocks[from], 1);
	if (!bio)
		return -ENOMEM;
	bio_add_page(bio, page, bytes, offset);
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error;
}

static int move_runs(struct page *page, const struct layout *layout, unsigned int opf)
{
	unsigned int count;
	int error = 0;

	for (unsigned int from = 0; from < layout->count && !error; from += count) {
		count = run_of(layout, from);
		error = move_run(page, layout, from, count, opf);
	}
	return error;
}

/* Return: false without memory. */
static bool send_first_run(struct page *page, const struct layout *layout, unsigned int opf,
			   bio_end_io_t *end)
{
	struct bio *bio = new_bio(page->mapping->host, opf, layout->blocks[0], 1);

	if (!bio)
		return false;
	bio->bi_end_io = end;
	bio_add_page(bio, page, run_of(layout, 0) * DISKFS_BLOCK, 0);
	submit_bio(bio);
	return true;
}

/* --- reading a page --- */

static void end_read(struct page *page, int error)
{
	if (error)
		SetPageError(page);
	else
		SetPageUptodate(page);
	unlock_page(page);
}

static void read_bio_ended(struct bio *bio)
{
	end_read(bio->bi_io_vec[0].bv_page, blk_status_to_errno(bio->bi_status));
	bio_put(bio);
}

/* One run, and holes behind it: most pages. */
static bool is_one_run(const struct layout *layout)
{
	unsigned int count = layout->blocks[0] ? run_of(layout, 0) : layout->count;

	return count && layout->blocks[0] &&
	       (count == layout->count ||
		(!layout->blocks[count] && count + run_of(layout, count) == layout->count));
}

int ccsan_diskfs_readpage(struct file *file, struct page *page)
{
	struct layout layout;
	int error = lay_out(page, (unsigned int)(PAGE_SIZE / DISKFS_BLOCK), false, &layout);

	(void)file;
	if (!error && is_one_run(&layout)) {
		unsigned int bytes = run_of(&layout, 0) * DISKFS_BLOCK;

		if (bytes < PAGE_SIZE)
			zero_user_segment(page, bytes, (unsigned int)PAGE_SIZE);
		if (send_first_run(page, &layout, REQ_OP_READ, read_bio_ended))
			return 0;
		error = -ENOMEM;
	} else if (!error) {
		error = move_runs(page, &layout, REQ_OP_READ);
	}
	end_read(page, error);
	return error;
}

/* --- writing a page --- */

static void end_write(struct page *page, int error)
{
	if (error) {
		SetPageError(page);
		mapping_set_error(page->mapping, error);
	}
	end_page_writeback(page);
}

static void write_bio_ended(struct bio *bio)
{
	end_write(bio->bi_io_vec[0].bv_page, blk_status_to_errno(bio->bi_status));
	bio_put(bio);
}

/* Bytes of the page that are in the file; what is behind them is zeroes on the disk. */
static unsigned int bytes_in_file(struct page *page)
{
	loff_t left = i_size_read(page->mapping->host) - page_offset(page);
	unsigned int bytes = left <= 0 ? 0 : (unsigned int)min_t(loff_t, left, (loff_t)PAGE_SIZE);

	if (bytes && bytes < PAGE_SIZE)
		zero_user_segment(page, bytes, (unsigned int)PAGE_SIZE);
	return bytes;
}

int ccsan_diskfs_writepage(struct page *page, struct writeback_control *wbc)
{
	unsigned int bytes = bytes_in_file(page);
	struct layout layout;
	int error;

	(void)wbc;
	if (!bytes) { /* truncated meanwhile */
		unlock_page(page);
		return 0;
	}
	error = lay_out(page, DIV_ROUND_UP(bytes, DISKFS_BLOCK), true, &layout);
	set_page_writeback(page);
	unlock_page(page);
	if (!error && run_of(&layout, 0) == layout.count &&
	    send_first_run(page, &layout, REQ_OP_WRITE, write_bio_ended))
		return 0;
	if (!error)
		error = move_runs(page, &layout, REQ_OP_WRITE);
	end_write(page, error);
	return 0;
}

/* --- past the page cache --- */

/** Pages of a user, and how far they have been gone through. */
struct buffer {
	struct page *pages[DIRECT_PAGES];
	size_t start, bytes, done;
};

/* Calls back for each page of the next bytes. */
static void each_slice(const struct buffer *buffer, size_t bytes, void *context,
		       void (*visit)(void *context, struct page *page, unsigned int bytes,
				     unsigned int offset))
{
	size_t at = buffer->start + buffer->done, end = at + bytes;

	while (at < end) {
		unsigned int offset = (unsigned int)(at % PAGE_SIZE);
		unsigned int some = (unsigned int)min_t(size_t, end - at, PAGE_SIZE - offset);

		visit(context, buffer->pages[at / PAGE_SIZE], some, offset);
		at += some;
	}
}

static void add_slice(void *bio, struct page *page, unsigned int bytes, unsigned int offset)
{
	bio_add_page(bio, page, bytes, offset);
}

static void zero_slice(void *unused, struct page *page, unsigned int bytes, unsigned int offset)
{
	(void)unused;
	zero_user(page, offset, bytes);
}

/* The next bytes of the buffer that are in one piece on the disk. Return: bytes, or -Exxx. */
static ssize_t move_piece(struct inode *inode, u64 index, struct buffer *buffer, bool write)
{
	size_t bytes = DISKFS_BLOCK;
	u32 first, next;
	struct bio *bio;
	int error = ccsan_diskfs_map(inode, index, write, &first);

	while (!error && buffer->done + bytes < buffer->bytes) {
		error = ccsan_diskfs_map(inode, index + bytes / DISKFS_BLOCK, write, &next);
		if (error || next != (first ? first + bytes / DISKFS_BLOCK : 0))
			break;
		bytes += DISKFS_BLOCK;
	}
	if (error && bytes == DISKFS_BLOCK)
		return error;
	if (!first) {
		each_slice(buffer, bytes, NULL, zero_slice);
		return (ssize_t)bytes;
	}
	bio = new_bio(inode, write ? REQ_OP_WRITE : REQ_OP_READ, first, DIRECT_PAGES);
	if (!bio)
		return -ENOMEM;
	each_slice(buffer, bytes, bio, add_slice);
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error ? error : (ssize_t)bytes;
}

static void release(struct buffer *buffer, size_t got, bool write)
{
	size_t count = DIV_ROUND_UP(buffer->start + got, PAGE_SIZE);

	for (size_t i = 0; i < count; i++) {
		if (!write)
			set_page_dirty_lock(buffer->pages[i]);
		put_page(buffer->pages[i]);
	}
}

/* What lies in one piece of the user's memory. Return: bytes, or -Exxx if there are none. */
static ssize_t move_buffer(struct inode *inode, loff_t pos, struct iov_iter *iter, size_t most,
			   bool write)
{
	struct buffer buffer = { .done = 0 };
	ssize_t got = iov_iter_get_pages(iter, buffer.pages, most, DIRECT_PAGES, &buffer.start);
	ssize_t moved = -EINVAL; /* a piece that is no whole block */

	if (got <= 0)
		return got;
	buffer.bytes = (size_t)got / DISKFS_BLOCK * DISKFS_BLOCK;
	while (buffer.done < buffer.bytes) {
		moved = move_piece(inode, ((u64)pos + buffer.done) / DISKFS_BLOCK, &buffer, write);
		if (moved < 0)
			break;
		buffer.done += (size_t)moved;
	}
	release(&buffer, (size_t)got, write);
	iov_iter_advance(iter, buffer.done);
	return buffer.done ? (ssize_t)buffer.done : moved;
}

ssize_t ccsan_diskfs_direct_IO(struct kiocb *iocb, struct iov_iter *iter)
{
	struct inode *inode = iocb->ki_filp->f_mapping->host;
	bool write = iov_iter_rw(iter) == WRITE;
	loff_t pos = iocb->ki_pos, left = i_size_read(inode) - pos;
	size_t most = iov_iter_count(iter), done = 0;
	ssize_t moved = 0;

	if (((u64)pos | most) % DISKFS_BLOCK || iov_iter_alignment(iter) % SECTOR_SIZE)
		return -EINVAL;
	if (!write && left <= 0)
		return 0;
	if (!write)
		most = min_t(size_t, most, ALIGN((size_t)left, DISKFS_BLOCK));
	inode_dio_begin(inode);
	while (done < most &&
	       (moved = move_buffer(inode, pos + (loff_t)done, iter, most - done, write)) > 0)
		done += (size_t)moved;
	inode_dio_end(inode);
	if (!write)
		done = min_t(size_t, done, (size_t)left);
	return done ? (ssize_t)done : moved;
}
