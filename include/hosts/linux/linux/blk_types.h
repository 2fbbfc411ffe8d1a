/* SPDX-License-Identifier: MIT */
/* One transfer between pages and a disk, and what became of it (block/biodoc.rst). Fidelity: exact,
 * where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_BLK_TYPES_H
#define CCSAN_HOSTS_LINUX_BLK_TYPES_H

#include <linux/atomic.h>
#include <linux/bvec.h>
#include <linux/types.h>

struct bio;
struct gendisk;
struct inode;

typedef u8 blk_status_t;
typedef unsigned int blk_qc_t;
typedef void bio_end_io_t(struct bio *bio);

#define BLK_STS_OK       ((blk_status_t)0)
#define BLK_STS_NOTSUPP  ((blk_status_t)1)
#define BLK_STS_TIMEOUT  ((blk_status_t)2)
#define BLK_STS_NOSPC    ((blk_status_t)3)
#define BLK_STS_RESOURCE ((blk_status_t)9)
#define BLK_STS_IOERR    ((blk_status_t)10)
#define BLK_QC_T_NONE    (~0u)

#define SECTOR_SHIFT 9
#define SECTOR_SIZE  (1 << SECTOR_SHIFT)

/** A disk as a whole; there are no partitions. */
struct block_device {
	struct gendisk *bd_disk;
	unsigned int bd_openers;
	void *bd_private;
};

/** Where a walk over the pieces of a bio is. */
struct bvec_iter {
	sector_t bi_sector;
	unsigned int bi_size; /* bytes to go */
	unsigned int bi_idx, bi_bvec_done;
};

enum req_opf {
	REQ_OP_READ = 0,
	REQ_OP_WRITE = 1,
	REQ_OP_FLUSH = 2,
	REQ_OP_DISCARD = 3,
	REQ_OP_WRITE_ZEROES = 9,
};

#define REQ_OP_BITS  8
#define REQ_OP_MASK  ((1u << REQ_OP_BITS) - 1)
#define REQ_SYNC     (1u << 11)
#define REQ_META     (1u << 12)
#define REQ_PRIO     (1u << 13)
#define REQ_FUA      (1u << 17) /* done means: on the medium */
#define REQ_PREFLUSH (1u << 18) /* what was done before is on the medium first */
#define REQ_RAHEAD   (1u << 19)

struct bio {
	struct bio *bi_next;
	struct gendisk *bi_disk;
	unsigned int bi_opf; /* enum req_opf | REQ_… */
	unsigned short bi_flags;
	blk_status_t bi_status;
	struct bvec_iter bi_iter;
	bio_end_io_t *bi_end_io;
	void *bi_private;
	unsigned short bi_vcnt, bi_max_vecs;
	atomic_t __bi_cnt;
	u32 ccsan_ended_by; /* origin; 0: is not ended */
	struct bio_vec bi_io_vec[];
};

#define bio_op(bio) ((bio)->bi_opf & REQ_OP_MASK)

static inline bool op_is_write(unsigned int op)
{
	return op & 1;
}

static inline bool op_is_flush(unsigned int opf)
{
	return opf & (REQ_FUA | REQ_PREFLUSH);
}

static inline void bio_set_op_attrs(struct bio *bio, unsigned int op, unsigned int flags)
{
	bio->bi_opf = op | flags;
}

/** Fidelity: exact */
int blk_status_to_errno(blk_status_t status);
blk_status_t errno_to_blk_status(int error);

#endif
