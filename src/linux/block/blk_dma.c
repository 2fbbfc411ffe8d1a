/* SPDX-License-Identifier: MIT */
/* A disk that is a bus master: every piece of a bio is mapped for it, and it reads or writes there.
 */
#include <asm/cacheflush.h>
#include <linux/dma-mapping.h>

#include "blk.h"

enum { CHUNK = 4096 };

static enum dma_data_direction direction_of(const struct bio *bio)
{
	return op_is_write(bio_op(bio)) ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

static void unmap(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	for (unsigned int i = 0; i < request->piece_count; i++)
		dma_unmap_page(&disk->device, request->pieces[i].at, request->pieces[i].bytes,
			       direction_of(request->bio));
	request->piece_count = 0;
}

static int map(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	struct bvec_iter iter;
	struct bio_vec bv;

	bio_for_each_segment (bv, request->bio, iter) {
		dma_addr_t at = dma_map_page(&disk->device, bv.bv_page, bv.bv_offset, bv.bv_len,
					     direction_of(request->bio));

		if (dma_mapping_error(&disk->device, at)) {
			unmap(disk, request);
			return -ENOMEM;
		}
		request->pieces[request->piece_count++] = (struct ccsan_blk_piece){ at, bv.bv_len };
	}
	return 0;
}

/* Return: 0 or -Exxx; what came before the error has been moved. */
static int move(struct ccsan_disk *disk, u64 at, struct ccsan_blk_piece piece, bool write)
{
	char chunk[CHUNK];
	int error = 0;

	for (unsigned int done = 0; done < piece.bytes && !error; done += CHUNK) {
		unsigned int bytes = min_t(unsigned int, piece.bytes - done, CHUNK);

		if (write)
			ccsan_device_read(disk->bus, piece.at + done, chunk, bytes);
		error = write ? ccsan_store_write(&disk->store, at + done, chunk, bytes)
			      : ccsan_store_read(&disk->store, at + done, chunk, bytes);
		if (!write && !error)
			ccsan_device_write(disk->bus, piece.at + done, chunk, bytes);
	}
	return error;
}

static int transfer(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	u64 at = (u64)request->bio->bi_iter.bi_sector << SECTOR_SHIFT;
	int error = 0;

	for (unsigned int i = 0; i < request->piece_count && !error; i++) {
		error = move(disk, at, request->pieces[i], op_is_write(bio_op(request->bio)));
		at += request->pieces[i].bytes;
	}
	return error;
}

/* dma_unmap_page() knows the kernel's mapping only: what a CPU that speculates has fetched through
 * a user's one while the disk wrote is old. (No port of Linux does this: no CPU of theirs has
 * caches that alias and are filled unasked.) */
static void finish(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	struct bvec_iter iter;
	struct bio_vec bv;

	unmap(disk, request);
	if (direction_of(request->bio) == DMA_FROM_DEVICE)
		bio_for_each_segment (bv, request->bio, iter)
			if (page_mapped(bv.bv_page))
				flush_dcache_page(bv.bv_page);
}

const struct ccsan_disk_kind ccsan_disk_dma = { .prepare = map,
						.transfer = transfer,
						.finish = finish };
