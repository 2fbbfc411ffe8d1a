/* SPDX-License-Identifier: MIT */
/* A disk whose data the CPU moves, from and to its data register: the pages are touched by the CPU,
 * through the kernel's mapping, in an interrupt when it reads. */
#include <ccsan/behaviour.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "blk.h"

/* A user may have mapped the page: what the kernel has stored must reach him. */
static void copy_in(struct bio_vec bv, const char *data)
{
	char *p = kmap_atomic(bv.bv_page);

	memcpy(p + bv.bv_offset, data, bv.bv_len);
	kunmap_atomic(p);
	if (ccsan_behaviour.pio_flush == CCSAN_PIO_FLUSHES)
		flush_dcache_page(bv.bv_page);
}

/* And what he has stored must reach the kernel before. */
static void copy_out(struct bio_vec bv, char *data)
{
	char *p;

	flush_dcache_page(bv.bv_page);
	p = kmap_atomic(bv.bv_page);

	memcpy(data, p + bv.bv_offset, bv.bv_len);
	kunmap_atomic(p);
}

static void copy(struct ccsan_blk_request *request, bool in)
{
	char *data = request->data;
	struct bvec_iter iter;
	struct bio_vec bv;

	bio_for_each_segment (bv, request->bio, iter) {
		if (in)
			copy_in(bv, data);
		else
			copy_out(bv, data);
		data += bv.bv_len;
	}
}

static int prepare(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	unsigned int bytes = request->bio->bi_iter.bi_size;

	(void)disk;
	request->data = bytes ? ccsan_kalloc(bytes) : NULL;
	if (bytes && !request->data)
		return -ENOMEM;
	if (op_is_write(bio_op(request->bio)))
		copy(request, false);
	return 0;
}

static int transfer(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	struct bio *bio = request->bio;
	u64 at = (u64)bio->bi_iter.bi_sector << SECTOR_SHIFT;

	if (op_is_write(bio_op(bio)))
		return ccsan_store_write(&disk->store, at, request->data, bio->bi_iter.bi_size);
	return ccsan_store_read(&disk->store, at, request->data, bio->bi_iter.bi_size);
}

static void finish(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	(void)disk;
	if (!op_is_write(bio_op(request->bio)) && !request->error)
		copy(request, true);
}

const struct ccsan_disk_kind ccsan_disk_pio = { .prepare = prepare,
						.transfer = transfer,
						.finish = finish };
