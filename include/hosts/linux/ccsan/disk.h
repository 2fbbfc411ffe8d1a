/* SPDX-License-Identifier: MIT */
/*
 * Disks to be used by what is tested: one that moves its data by DMA, as AHCI does, and one whose
 * data the CPU moves (PIO), as IDE did; over a file of the host, or memory.
 */
#ifndef CCSAN_HOSTS_LINUX_DISK_H
#define CCSAN_HOSTS_LINUX_DISK_H

#include <linux/blkdev.h>

enum {
	CCSAN_DISK_DMA = 0, /**< dma_map_page() for every piece of a bio */
	CCSAN_DISK_PIO = 1, /**< kmap_atomic(), a copy, and flush_dcache_page() after reads unless
			     * ccsan_behaviour.pio_flush says otherwise */

	/** Done before submit_bio() returns. Otherwise the disk is a device that acts when it
	 *  likes, and ends bios in an interrupt of CPU 0. */
	CCSAN_DISK_IMMEDIATE = 2,

	/** What is written stays in the disk's cache until it is flushed: for disks in memory. */
	CCSAN_DISK_WRITE_CACHE = 4,
};

/**
 * A disk of so many bytes (whole sectors) in the image file `path`, which is made, and made larger
 * if need be; NULL: in memory, all 0, so that every explored run finds it so again.
 *
 * What the host says of the file becomes the status of bios: no space is BLK_STS_NOSPC, everything
 * else BLK_STS_IOERR. A flush is fdatasync().
 *
 * Owns: the caller, until ccsan_linux_disk_free(). Return: ERR_PTR(-ENOMEM), or the error of the
 * host's open().
 */
struct block_device *ccsan_linux_disk(const char *path, u64 bytes, unsigned int flags);
void ccsan_linux_disk_free(struct block_device *bdev);

/** Power fails: of what was written and not flushed, nothing is there (seed 0), or some sectors are
 *  (others), if the disk has a CCSAN_DISK_WRITE_CACHE. Until power is on again, all transfers are
 *  errors. */
void ccsan_linux_disk_power_fails(struct block_device *bdev, unsigned int seed);
void ccsan_linux_disk_power_on(struct block_device *bdev);

/** The `nth` transfer from now fails with `error` (-EIO, -ENOSPC), 1 is the next one; 0: none. */
void ccsan_linux_disk_fail(struct block_device *bdev, unsigned int nth, int error);

/** Reads and writes of the medium behind the layer's back, for tests. Return: 0 or -Exxx. */
int ccsan_linux_disk_peek(struct block_device *bdev, u64 at, void *to, size_t bytes);
int ccsan_linux_disk_poke(struct block_device *bdev, u64 at, const void *from, size_t bytes);

/** How often the disk was flushed so far, by REQ_PREFLUSH and REQ_FUA. */
unsigned long ccsan_linux_disk_flushes(struct block_device *bdev);

#endif
