/* SPDX-License-Identifier: MIT */
/* Metadata in memory: each block in a buffer of its own, which shares no cache line with others, so
 * that one of them may be on its way while the next is changed. */
#include <linux/bio.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "diskfs.h"

static int transfer(struct diskfs *fs, unsigned int opf, u32 block, void *p)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);
	int error;

	if (!bio)
		return -ENOMEM;
	bio_set_dev(bio, fs->bdev);
	bio->bi_opf = opf | REQ_META;
	bio->bi_iter.bi_sector = (sector_t)block * DISKFS_SECTORS;
	bio_add_page(bio, virt_to_page(p), DISKFS_BLOCK, offset_in_page(p));
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error;
}

/* Return: the buffer, now known; or an ERR_PTR(), and the buffer is gone. */
static void *keep(struct diskfs *fs, u32 block, void *p, int error)
{
	if (!error)
		error = xa_err(xa_store(&fs->blocks, block, p, GFP_KERNEL));
	if (!error)
		return p;
	kfree(p);
	return ERR_PTR(error);
}

void *ccsan_diskfs_block(struct diskfs *fs, u32 block)
{
	void *p = xa_load(&fs->blocks, block);

	if (p)
		return p;
	if (block >= fs->super.block_count) {
		pr_err("diskfs: a pointer leads to block %u of %u\n", block, fs->super.block_count);
		return ERR_PTR(-EIO);
	}
	p = kmalloc(DISKFS_BLOCK, GFP_KERNEL);
	if (!p)
		return ERR_PTR(-ENOMEM);
	return keep(fs, block, p, transfer(fs, REQ_OP_READ, block, p));
}

void *ccsan_diskfs_new_block(struct diskfs *fs, u32 block)
{
	void *p = xa_load(&fs->blocks, block);

	if (p)
		memset(p, 0, DISKFS_BLOCK);
	else if ((p = kzalloc(DISKFS_BLOCK, GFP_KERNEL)))
		p = keep(fs, block, p, 0);
	else
		p = ERR_PTR(-ENOMEM);
	if (!IS_ERR(p))
		ccsan_diskfs_dirty(fs, block);
	return p;
}

int ccsan_diskfs_write_block(struct diskfs *fs, u32 block)
{
	void *p = ccsan_diskfs_block(fs, block);
	int error = IS_ERR(p) ? (int)PTR_ERR(p) : transfer(fs, REQ_OP_WRITE | REQ_FUA, block, p);

	if (!error)
		xa_clear_mark(&fs->blocks, block, XA_MARK_0);
	return error;
}

void ccsan_diskfs_dirty(struct diskfs *fs, u32 block)
{
	xa_set_mark(&fs->blocks, block, XA_MARK_0);
}

void ccsan_diskfs_forget(struct diskfs *fs, u32 block)
{
	kfree(xa_erase(&fs->blocks, block));
}

int ccsan_diskfs_sync(struct diskfs *fs)
{
	unsigned long block;
	int error = 0, first = 0;
	void *p;

	xa_for_each_marked (&fs->blocks, block, p, XA_MARK_0) {
		error = transfer(fs, REQ_OP_WRITE, (u32)block, p);
		if (!error)
			xa_clear_mark(&fs->blocks, block, XA_MARK_0);
		else if (!first)
			first = error;
	}
	error = blkdev_issue_flush(fs->bdev, GFP_KERNEL);
	if (!error && !first) {
		xa_destroy(&fs->freed);
		xa_destroy(&fs->freed_inodes);
	}
	return first ? first : error;
}

void ccsan_diskfs_drop(struct diskfs *fs)
{
	unsigned long block;
	void *p;

	xa_for_each (&fs->blocks, block, p)
		kfree(p);
	xa_destroy(&fs->blocks);
	xa_destroy(&fs->freed);
	xa_destroy(&fs->freed_inodes);
}
