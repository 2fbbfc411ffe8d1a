/* SPDX-License-Identifier: MIT */
/* The contract between the files of the disks: blk_store.c, blk_disk.c, blk_dma.c, blk_pio.c. */
#ifndef CCSAN_LINUX_BLK_H
#define CCSAN_LINUX_BLK_H

#include <ccsan/device.h>
#include <ccsan/disk.h>
#include <linux/device.h>
#include <linux/list.h>
#include <linux/spinlock.h>

#include "linux/layer.h"

/* --- blk_store.c: the medium, and the disk's cache --- */

struct ccsan_store {
	u64 bytes;
	int fd;                   /* of the image; -1: in memory */
	char *medium;             /* in memory */
	char *cache;              /* what is read and written; the medium itself without a cache */
	unsigned long *unflushed; /* sectors, with a cache */
	unsigned long flushes;
	unsigned int failing; /* the transfer that fails, counted down; 0: none */
	int error;
	bool off; /* without power */
};

int ccsan_store_open(struct ccsan_store *store, const char *path, u64 bytes, bool cached);
void ccsan_store_close(struct ccsan_store *store);

/** Return: 0; or why the transfer that begins fails. */
int ccsan_store_begin(struct ccsan_store *store);
int ccsan_store_read(struct ccsan_store *store, u64 at, void *to, size_t bytes);
int ccsan_store_write(struct ccsan_store *store, u64 at, const void *from, size_t bytes);
int ccsan_store_flush(struct ccsan_store *store);
void ccsan_store_power_fails(struct ccsan_store *store, unsigned int seed);

/* --- a bio on its way through a disk --- */

/** One piece that the disk moves: by its bus address, or in `data`. */
struct ccsan_blk_piece {
	dma_addr_t at;
	unsigned int bytes;
};

struct ccsan_blk_request {
	struct list_head link;
	struct bio *bio;
	int error;
	char *data; /* PIO: what went, or will go, through the data register */
	unsigned int piece_count;
	struct ccsan_blk_piece pieces[];
};

struct ccsan_disk {
	struct gendisk *gendisk;
	struct ccsan_store store;
	unsigned int flags, irq;
	const struct ccsan_disk_kind *kind;
	struct device device;
	u64 dma_mask;
	struct ccsan_device *bus;
	unsigned int activity; /* its actor, plus one; 0: none in this test so far */
	spinlock_t lock;       /* of both lists; the disk's own arbitration takes it, too */
	struct list_head waiting, done;
	struct list_head all;
};

/** How a kind of disk moves data. */
struct ccsan_disk_kind {
	/** On the CPU, before the disk starts. Return: 0 or -Exxx. */
	int (*prepare)(struct ccsan_disk *disk, struct ccsan_blk_request *request);
	/** In the disk: between the store and what it moves. Return: 0 or -Exxx. */
	int (*transfer)(struct ccsan_disk *disk, struct ccsan_blk_request *request);
	/** On the CPU, when it is over. */
	void (*finish)(struct ccsan_disk *disk, struct ccsan_blk_request *request);
};

extern const struct ccsan_disk_kind ccsan_disk_dma, ccsan_disk_pio;

#endif
