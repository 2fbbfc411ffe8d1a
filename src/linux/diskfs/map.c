/* SPDX-License-Identifier: MIT */
/* Free blocks, and the blocks of files. */
#include <linux/bitops.h>
#include <linux/string.h>

#include "diskfs.h"

enum { BLOCK_BITS = DISKFS_BLOCK * 8 };

/* --- the bitmap; with the lock --- */

static bool is_data(const struct diskfs *fs, u32 block)
{
	return block >= fs->super.data_start && block < fs->super.block_count;
}

/* Return: the word's block of the bitmap; or an ERR_PTR(). */
static unsigned long *bits_of(struct diskfs *fs, u32 block, u32 *home)
{
	*home = fs->super.bitmap_start + block / BLOCK_BITS;
	return ccsan_diskfs_block(fs, *home);
}

/* Return: the first free block from `from` on; 0: none; or -Exxx. */
static s64 find_from(struct diskfs *fs, u32 from)
{
	while (from < fs->super.block_count) {
		u32 first = from / BLOCK_BITS * BLOCK_BITS, home, bit;
		u32 size = min_t(u32, BLOCK_BITS, fs->super.block_count - first);
		unsigned long *bits = bits_of(fs, from, &home);

		if (IS_ERR(bits))
			return PTR_ERR(bits);
		bit = (u32)find_next_zero_bit(bits, size, from - first);
		if (bit < size && !xa_load(&fs->freed, first + bit))
			return first + bit;
		from = first + bit + 1;
	}
	return 0;
}

/* What was freed since the last sync counts when nothing else is left. */
static s64 find_free(struct diskfs *fs)
{
	s64 found = find_from(fs, fs->next_free);

	if (!found)
		found = find_from(fs, fs->super.data_start);
	if (found || xa_empty(&fs->freed))
		return found;
	found = ccsan_diskfs_sync(fs);
	return found ? found : find_from(fs, fs->super.data_start);
}

/* Return: 0 or -Exxx. */
static int take_block(struct diskfs *fs, u32 *block)
{
	s64 found = find_free(fs);
	unsigned long *bits;
	u32 home;

	if (found <= 0)
		return found ? (int)found : -ENOSPC;
	*block = (u32)found;
	bits = bits_of(fs, *block, &home); /* in memory: it was just looked at */
	__set_bit(*block % BLOCK_BITS, bits);
	ccsan_diskfs_dirty(fs, home);
	fs->next_free = *block + 1;
	return 0;
}

static int give_block(struct diskfs *fs, u32 block)
{
	unsigned long *bits;
	u32 home;
	int error;

	if (!is_data(fs, block))
		return -EIO;
	bits = bits_of(fs, block, &home);
	if (IS_ERR(bits))
		return (int)PTR_ERR(bits);
	error = xa_err(xa_store(&fs->freed, block, fs, GFP_KERNEL));
	if (error)
		return error;
	__clear_bit(block % BLOCK_BITS, bits);
	ccsan_diskfs_dirty(fs, home);
	ccsan_diskfs_forget(fs, block);
	return 0;
}

/* --- making the bitmap anew; with the lock --- */

int ccsan_diskfs_begin_bitmap(struct diskfs *fs)
{
	u32 home;

	for (u32 block = 0; block < fs->super.block_count; block += BLOCK_BITS) {
		void *p = ccsan_diskfs_new_block(fs, fs->super.bitmap_start + block / BLOCK_BITS);

		if (IS_ERR(p))
			return (int)PTR_ERR(p);
	}
	for (u32 block = 0; block < fs->super.data_start; block++)
		__set_bit(block % BLOCK_BITS, bits_of(fs, block, &home));
	return 0;
}

/* The block that a pointer leads to, and those below it. */
static int claim(struct diskfs *fs, u32 *pointer, unsigned int depth)
{
	u32 home, *pointers;
	unsigned long *bits;
	int error = 0;

	if (!*pointer)
		return 0;
	bits = is_data(fs, *pointer) ? bits_of(fs, *pointer, &home) : NULL;
	if (!bits || __test_and_set_bit(*pointer % BLOCK_BITS, bits)) {
		pr_warn("diskfs: a pointer to block %u is wrong\n", *pointer);
		*pointer = 0;
		return 0;
	}
	if (!depth)
		return 0;
	pointers = ccsan_diskfs_block(fs, *pointer);
	if (IS_ERR(pointers))
		return (int)PTR_ERR(pointers);
	for (u32 i = 0; i < DISKFS_POINTERS && !error; i++)
		error = claim(fs, &pointers[i], depth - 1);
	return error;
}

int ccsan_diskfs_claim(struct diskfs *fs, struct diskfs_disk_inode *inode)
{
	int error = 0;

	for (unsigned int i = 0; i < DISKFS_DIRECT + 2 && !error; i++)
		error = claim(fs, &inode->blocks[i], i < DISKFS_DIRECT ? 0 : i - DISKFS_DIRECT + 1);
	return error;
}

u32 ccsan_diskfs_count_free(struct diskfs *fs)
{
	u32 count = 0;

	for (u32 block = fs->super.data_start; block < fs->super.block_count; block++) {
		unsigned long *bits =
			ccsan_diskfs_block(fs, fs->super.bitmap_start + block / BLOCK_BITS);

		if (!IS_ERR(bits))
			count += !test_bit(block % BLOCK_BITS, bits);
	}
	return count;
}

/* --- mapping; with the lock --- */

/* Where a block of a file is found: a slot of the inode, then of `depth` blocks of pointers. */
struct way {
	unsigned int slot, depth;
	u32 indices[2];
};

static int find_way(u64 index, struct way *way)
{
	if (index < DISKFS_DIRECT) {
		*way = (struct way){ (unsigned int)index, 0, { 0 } };
		return 0;
	}
	index -= DISKFS_DIRECT;
	if (index < DISKFS_POINTERS) {
		*way = (struct way){ DISKFS_DIRECT, 1, { (u32)index } };
		return 0;
	}
	index -= DISKFS_POINTERS;
	if (index >= 1ull * DISKFS_POINTERS * DISKFS_POINTERS)
		return -EFBIG;
	*way = (struct way){ DISKFS_DIRECT + 1,
			     2,
			     { (u32)index / DISKFS_POINTERS, (u32)index % DISKFS_POINTERS } };
	return 0;
}

/* New blocks are zeroes on the disk before anything leads there: a copy that breaks off does not
 * show what was there before, and pointers lead nowhere after a power failure. */
static int make_block(struct diskfs *fs, bool pointers, u32 *block)
{
	int error = take_block(fs, block);
	void *p;

	if (error)
		return error;
	if (pointers) {
		p = ccsan_diskfs_new_block(fs, *block);
		error = IS_ERR(p) ? (int)PTR_ERR(p) : ccsan_diskfs_write_block(fs, *block);
	} else {
		error = blkdev_issue_zeroout(fs->bdev, (sector_t)*block * DISKFS_SECTORS,
					     DISKFS_SECTORS, GFP_KERNEL, 0);
	}
	if (error)
		give_block(fs, *block);
	return error;
}

/* One pointer: what it leads to, made if wanted. `home` is the block it is in, 0: the inode. */
static int follow(struct inode *inode, u32 *pointer, u32 home, bool pointers, bool create)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	u32 block;
	int error;

	if (*pointer || !create)
		return 0;
	error = make_block(fs, pointers, &block);
	if (error)
		return error;
	*pointer = block;
	if (home)
		ccsan_diskfs_dirty(fs, home);
	else
		mark_inode_dirty(inode);
	return 0;
}

static int map(struct inode *inode, const struct way *way, bool create, u32 *block)
{
	u32 *pointer = &diskfs_inode_of(inode)->blocks[way->slot], home = 0;
	int error = follow(inode, pointer, 0, way->depth > 0, create);

	for (unsigned int level = 0; !error && *pointer && level < way->depth; level++) {
		u32 *pointers = ccsan_diskfs_block(diskfs_of(inode->i_sb), *pointer);

		if (IS_ERR(pointers))
			return (int)PTR_ERR(pointers);
		home = *pointer;
		pointer = &pointers[way->indices[level]];
		error = follow(inode, pointer, home, level + 1 < way->depth, create);
	}
	*block = *pointer;
	return error;
}

int ccsan_diskfs_map(struct inode *inode, u64 index, bool create, u32 *block)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	struct way way;
	int error = find_way(index, &way);

	if (error)
		return error;
	mutex_lock(&fs->lock);
	error = map(inode, &way, create, block);
	mutex_unlock(&fs->lock);
	return !error && *block && !is_data(fs, *block) ? -EIO : error;
}

/* --- shrinking --- */

/* Frees below a pointer what is beyond `keep` blocks of those it leads to, and what is empty then.
 */
static int prune(struct diskfs *fs, u32 *pointer, unsigned int depth, u64 keep)
{
	u64 each = depth == 2 ? DISKFS_POINTERS : 1;
	u32 *pointers;
	int error = 0;

	if (!*pointer || (!depth && keep))
		return 0;
	if (depth) {
		pointers = ccsan_diskfs_block(fs, *pointer);
		if (IS_ERR(pointers))
			return (int)PTR_ERR(pointers);
		for (u32 i = (u32)min_t(u64, keep / each, DISKFS_POINTERS);
		     i < DISKFS_POINTERS && !error; i++)
			error = prune(fs, &pointers[i], depth - 1,
				      keep > i * each ? keep - i * each : 0);
		ccsan_diskfs_dirty(fs, *pointer);
	}
	if (!error && !keep)
		error = give_block(fs, *pointer);
	if (!error && !keep)
		*pointer = 0;
	return error;
}

int ccsan_diskfs_shrink(struct inode *inode, u64 keep)
{
	struct diskfs *fs = diskfs_of(inode->i_sb);
	u32 *blocks = diskfs_inode_of(inode)->blocks;
	u64 first = DISKFS_DIRECT;
	int error = 0;

	mutex_lock(&fs->lock);
	for (u64 i = keep; i < DISKFS_DIRECT && !error; i++)
		error = prune(fs, &blocks[i], 0, 0);
	if (!error)
		error = prune(fs, &blocks[DISKFS_DIRECT], 1, keep > first ? keep - first : 0);
	first += DISKFS_POINTERS;
	if (!error)
		error = prune(fs, &blocks[DISKFS_DIRECT + 1], 2, keep > first ? keep - first : 0);
	if (!error) /* so that no sync has the blocks free and the inode lead to them */
		error = ccsan_diskfs_update(inode);
	mutex_unlock(&fs->lock);
	return error;
}
