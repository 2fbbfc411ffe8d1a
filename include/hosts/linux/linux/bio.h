/* SPDX-License-Identifier: MIT */
/* Making, sending and ending bios (block/biovecs.rst). Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_BIO_H
#define CCSAN_HOSTS_LINUX_BIO_H

#include <linux/blk_types.h>
#include <linux/mm.h>

#define BIO_MAX_PAGES 256

/** Owns: the caller, one reference, until bio_put(). Fidelity: exact.
 *  @param nr_iovecs room for so many pieces. Return: NULL without memory, or beyond BIO_MAX_PAGES.
 */
struct bio *bio_alloc(gfp_t gfp, unsigned int nr_iovecs);
void bio_get(struct bio *bio);
void bio_put(struct bio *bio);

/** Another piece, joined to the last one if it follows right behind it. Fidelity: exact.
 *  Return: len, or 0 when it is full. */
int bio_add_page(struct bio *bio, struct page *page, unsigned int len, unsigned int offset);

/** The transfer is over; calls bi_end_io. Often in an interrupt. Twice is `api-misuse`.
 *  Fidelity: exact */
void bio_endio(struct bio *bio);

static inline void bio_io_error(struct bio *bio)
{
	bio->bi_status = BLK_STS_IOERR;
	bio_endio(bio);
}

/** Hands it to its disk; bi_end_io may be called before this returns. Fidelity: simplified. No
 *  merging, no scheduler; a bio is never split. */
blk_qc_t submit_bio(struct bio *bio);

/** The same, and sleeps until it is over. Fidelity: exact. Return: 0 or -Exxx. */
int submit_bio_wait(struct bio *bio);

/** Pages of users that were read into are dirty. Fidelity: exact */
void bio_set_pages_dirty(struct bio *bio);

#define bio_sectors(bio)    ((bio)->bi_iter.bi_size >> SECTOR_SHIFT)
#define bio_end_sector(bio) ((bio)->bi_iter.bi_sector + bio_sectors(bio))
#define bio_data_dir(bio)   (op_is_write(bio_op(bio)) ? WRITE : READ)
#define bio_has_data(bio)   ((bio)->bi_iter.bi_size != 0)

/* --- walking: never beyond a page --- */

static inline struct bio_vec bio_iter_iovec(const struct bio *bio, struct bvec_iter iter)
{
	const struct bio_vec *bv = &bio->bi_io_vec[iter.bi_idx];
	unsigned int offset = bv->bv_offset + iter.bi_bvec_done;
	struct bio_vec piece = { .bv_page = bv->bv_page + offset / PAGE_SIZE,
				 .bv_offset = offset % PAGE_SIZE };

	piece.bv_len = bv->bv_len - iter.bi_bvec_done;
	if (piece.bv_len > PAGE_SIZE - piece.bv_offset)
		piece.bv_len = PAGE_SIZE - piece.bv_offset;
	if (piece.bv_len > iter.bi_size)
		piece.bv_len = iter.bi_size;
	return piece;
}

static inline void bio_advance_iter(const struct bio *bio, struct bvec_iter *iter,
				    unsigned int bytes)
{
	iter->bi_sector += bytes >> SECTOR_SHIFT;
	iter->bi_size -= bytes;
	iter->bi_bvec_done += bytes;
	while (iter->bi_size && iter->bi_bvec_done >= bio->bi_io_vec[iter->bi_idx].bv_len)
		iter->bi_bvec_done -= bio->bi_io_vec[iter->bi_idx++].bv_len;
}

#define bio_for_each_segment(bvl, bio, iter)                                                  \
	for (iter = (bio)->bi_iter; iter.bi_size && (((bvl) = bio_iter_iovec(bio, iter)), 1); \
	     bio_advance_iter(bio, &iter, (bvl).bv_len))

static inline unsigned int bio_segments(const struct bio *bio)
{
	struct bvec_iter iter;
	struct bio_vec bv;
	unsigned int count = 0;

	bio_for_each_segment (bv, bio, iter)
		count++;
	return count;
}

#define bio_set_dev(bio, bdev) ((void)((bio)->bi_disk = (bdev)->bd_disk))

#endif
