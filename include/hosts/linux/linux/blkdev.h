/* SPDX-License-Identifier: MIT */
/* Disks, and drivers that take bios as they come. ccsan/disk.h has two of them. */
#ifndef CCSAN_HOSTS_LINUX_BLKDEV_H
#define CCSAN_HOSTS_LINUX_BLKDEV_H

#include <linux/bio.h>
#include <linux/blk_types.h>

struct module;

struct block_device_operations {
	/** Owns: the bio, until the driver ends it. */
	blk_qc_t (*submit_bio)(struct bio *bio);
	struct module *owner;
};

#define DISK_NAME_LEN 32

struct gendisk {
	char disk_name[DISK_NAME_LEN];
	const struct block_device_operations *fops;
	void *private_data;
	sector_t ccsan_capacity;
	struct block_device ccsan_bdev;
};

/** Fidelity: exact */
static inline sector_t get_capacity(const struct gendisk *disk)
{
	return disk->ccsan_capacity;
}

static inline void set_capacity(struct gendisk *disk, sector_t sectors)
{
	disk->ccsan_capacity = sectors;
}

/** Fidelity: exact. Return: NULL without memory. */
struct gendisk *alloc_disk(int minors);
void put_disk(struct gendisk *disk);

/** The device of a disk. Fidelity: simplified. There is no /dev, and nothing to open. */
struct block_device *bdget_disk(struct gendisk *disk, int partition);

/** What the disk has said was done is on its medium afterwards. Fidelity: exact. Return: 0, -Exxx.
 */
int blkdev_issue_flush(struct block_device *bdev, gfp_t gfp);

/** What is written is zeroes. Fidelity: simplified. By writes of a page of them. */
int blkdev_issue_zeroout(struct block_device *bdev, sector_t sector, sector_t nr_sects, gfp_t gfp,
			 unsigned int flags);

#endif
