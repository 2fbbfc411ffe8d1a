/* SPDX-License-Identifier: MIT */
/* Bios on their way to any disk and back: linux/bio.h, linux/blkdev.h. */
#include <linux/blkdev.h>
#include <linux/completion.h>
#include <linux/page-flags.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include "linux/layer.h"

/* --- statuses --- */

static const struct {
	blk_status_t status;
	int error;
} statuses[] = {
	{ BLK_STS_OK, 0 },
	{ BLK_STS_NOTSUPP, -EOPNOTSUPP },
	{ BLK_STS_TIMEOUT, -ETIMEDOUT },
	{ BLK_STS_NOSPC, -ENOSPC },
	{ BLK_STS_RESOURCE, -ENOMEM },
	{ BLK_STS_IOERR, -EIO },
};

int blk_status_to_errno(blk_status_t status)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].status == status)
			return statuses[i].error;
	return -EIO;
}

blk_status_t errno_to_blk_status(int error)
{
	for (size_t i = 0; i < ARRAY_SIZE(statuses); i++)
		if (statuses[i].error == error)
			return statuses[i].status;
	return BLK_STS_IOERR;
}

/* --- making --- */

struct bio *bio_alloc(gfp_t gfp, unsigned int nr_iovecs)
{
	struct bio *bio;

	(void)gfp;
	if (nr_iovecs > BIO_MAX_PAGES)
		return NULL;
	bio = ccsan_kalloc(sizeof(*bio) + nr_iovecs * sizeof(bio->bi_io_vec[0]));
	if (!bio)
		return NULL;
	bio->bi_max_vecs = (unsigned short)nr_iovecs;
	atomic_set(&bio->__bi_cnt, 1);
	return bio;
}

void bio_get(struct bio *bio)
{
	atomic_inc(&bio->__bi_cnt);
}

void bio_put(struct bio *bio)
{
	if (atomic_dec_and_test(&bio->__bi_cnt))
		kfree(bio);
}

int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset)
{
	struct bio_vec *last = bio->bi_vcnt ? &bio->bi_io_vec[bio->bi_vcnt - 1] : NULL;

	if (last && last->bv_page == page && last->bv_offset + last->bv_len == offset) {
		last->bv_len += len;
	} else {
		if (bio->bi_vcnt == bio->bi_max_vecs)
			return 0;
		bio->bi_io_vec[bio->bi_vcnt++] = (struct bio_vec){ page, len, offset };
	}
	bio->bi_iter.bi_size += len;
	return (int)len;
}

void bio_set_pages_dirty(struct bio *bio)
{
	for (unsigned short i = 0; i < bio->bi_vcnt; i++)
		set_page_dirty_lock(bio->bi_io_vec[i].bv_page);
}

/* --- sending --- */

/* Return: what is wrong with it; NULL: nothing. */
static const char *fault_of(const struct bio *bio)
{
	struct bvec_iter iter;
	struct bio_vec bv;

	if (!bio->bi_disk)
		return "it has no disk: bio_set_dev()";
	if (bio->ccsan_ended_by)
		return "it is over already: a bio goes once";
	if (bio->bi_iter.bi_size % SECTOR_SIZE)
		return "its bytes are no whole sectors";
	if (!bio_has_data(bio) && !op_is_flush(bio->bi_opf) && bio_op(bio) != REQ_OP_FLUSH)
		return "it has no data";
	bio_for_each_segment (bv, bio, iter)
		if (!bv.bv_page || page_ref_count(compound_head(bv.bv_page)) <= 0)
			return bv.bv_page ? "a page of it is free" : "a page of it is NULL";
	return NULL;
}

blk_qc_t submit_bio(struct bio *bio)
{
	const char *fault = fault_of(bio);

	if (fault) {
		ccsan_misuse(bio, sizeof(*bio), bio->ccsan_ended_by, "submit_bio(): %s", fault);
		if (!bio->ccsan_ended_by)
			bio_io_error(bio);
		return BLK_QC_T_NONE;
	}
	if (bio->bi_iter.bi_sector > get_capacity(bio->bi_disk) ||
	    bio_sectors(bio) > get_capacity(bio->bi_disk) - bio->bi_iter.bi_sector) {
		bio_io_error(bio); /* beyond the end of the disk */
		return BLK_QC_T_NONE;
	}
	return bio->bi_disk->fops->submit_bio(bio);
}

void bio_endio(struct bio *bio)
{
	if (bio->ccsan_ended_by) {
		ccsan_misuse(bio, sizeof(*bio), bio->ccsan_ended_by,
			     "bio_endio(): it was ended already");
		return;
	}
	bio->ccsan_ended_by = ccsan_hosted_here();
	if (bio->bi_end_io)
		bio->bi_end_io(bio);
}

static void end_waited(struct bio *bio)
{
	complete(bio->bi_private);
}

int submit_bio_wait(struct bio *bio)
{
	DECLARE_COMPLETION_ONSTACK(over);

	bio->bi_private = &over;
	bio->bi_end_io = end_waited;
	bio->bi_opf |= REQ_SYNC;
	submit_bio(bio);
	wait_for_completion_io(&over);
	return blk_status_to_errno(bio->bi_status);
}

/* --- disks --- */

struct gendisk *alloc_disk(int minors)
{
	struct gendisk *disk = ccsan_kalloc(sizeof(*disk));

	(void)minors;
	if (disk)
		disk->ccsan_bdev.bd_disk = disk;
	return disk;
}

void put_disk(struct gendisk *disk)
{
	kfree(disk);
}

struct block_device *bdget_disk(struct gendisk *disk, int partition)
{
	return partition ? NULL : &disk->ccsan_bdev;
}

int blkdev_issue_flush(struct block_device *bdev, gfp_t gfp)
{
	struct bio *bio = bio_alloc(gfp, 0);
	int error;

	if (!bio)
		return -ENOMEM;
	bio_set_dev(bio, bdev);
	bio->bi_opf = REQ_OP_WRITE | REQ_PREFLUSH;
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error;
}

/* The same page of zeroes for every piece. */
static int write_zeroes(struct block_device *bdev, sector_t sector, sector_t nr_sects,
			struct page *zeroes, gfp_t gfp)
{
	sector_t in_page = PAGE_SIZE >> SECTOR_SHIFT;
	int error = 0;

	while (nr_sects && !error) {
		sector_t some = min(nr_sects, in_page);
		struct bio *bio = bio_alloc(gfp, 1);

		if (!bio)
			return -ENOMEM;
		bio_set_dev(bio, bdev);
		bio->bi_opf = REQ_OP_WRITE;
		bio->bi_iter.bi_sector = sector;
		bio_add_page(bio, zeroes, (unsigned int)some << SECTOR_SHIFT, 0);
		error = submit_bio_wait(bio);
		bio_put(bio);
		sector += some;
		nr_sects -= some;
	}
	return error;
}

int blkdev_issue_zeroout(struct block_device *bdev, sector_t sector, sector_t nr_sects, gfp_t gfp,
			 unsigned int flags)
{
	struct page *zeroes = alloc_page(gfp | __GFP_ZERO);
	int error;

	(void)flags;
	if (!zeroes)
		return -ENOMEM;
	error = write_zeroes(bdev, sector, nr_sects, zeroes, gfp);
	__free_page(zeroes);
	return error;
}
