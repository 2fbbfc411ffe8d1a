/* SPDX-License-Identifier: MIT */
/* The driver of both disks: requests wait for the disk, the disk acts, its interrupt ends them. How
 * data move is the matter of blk_dma.c and blk_pio.c. */
#include <stdio.h>

#include <ccsan/linux.h>
#include <linux/interrupt.h>
#include <linux/mutex.h>
#include <linux/slab.h>

#include "blk.h"

enum { FIRST_IRQ = 200, DISKS = 32 };

static DEFINE_MUTEX(disks_lock);
static struct ccsan_disk *disks[DISKS];

static struct ccsan_disk *disk_of(const struct block_device *bdev)
{
	return bdev->bd_disk->private_data;
}

/* --- lists of requests --- */

static void put(struct ccsan_disk *disk, struct list_head *list, struct ccsan_blk_request *request)
{
	unsigned long flags;

	spin_lock_irqsave(&disk->lock, flags);
	list_add_tail(&request->link, list);
	spin_unlock_irqrestore(&disk->lock, flags);
}

static struct ccsan_blk_request *take(struct ccsan_disk *disk, struct list_head *list)
{
	struct ccsan_blk_request *request;
	unsigned long flags;

	spin_lock_irqsave(&disk->lock, flags);
	request = list_first_entry_or_null(list, struct ccsan_blk_request, link);
	if (request)
		list_del_init(&request->link);
	spin_unlock_irqrestore(&disk->lock, flags);
	return request;
}

/* --- the disk --- */

static int serve(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	struct bio *bio = request->bio;
	int error = ccsan_store_begin(&disk->store);

	if (!error && bio->bi_opf & REQ_PREFLUSH)
		error = ccsan_store_flush(&disk->store);
	if (!error && bio_op(bio) == REQ_OP_FLUSH)
		return ccsan_store_flush(&disk->store);
	if (!error && bio_has_data(bio))
		error = disk->kind->transfer(disk, request);
	if (!error && bio->bi_opf & REQ_FUA)
		error = ccsan_store_flush(&disk->store);
	return error;
}

/* One request for each time that it was started. */
static void act(void *argument)
{
	struct ccsan_disk *disk = argument;
	struct ccsan_blk_request *request = take(disk, &disk->waiting);

	if (!request)
		return;
	request->error = serve(disk, request);
	put(disk, &disk->done, request);
	ccsan_linux_raise(disk->irq, 0);
}

static void forget_activities(void)
{
	for (unsigned int i = 0; i < DISKS; i++)
		if (disks[i])
			disks[i]->activity = 0;
}

static void start(struct ccsan_disk *disk)
{
	if (!disk->activity) {
		ccsan_hosted_at_end(forget_activities);
		disk->activity = 1 + ccsan_device_activity(disk->gendisk->disk_name, act, disk, 0);
	}
	ccsan_raise(disk->activity - 1);
}

/* --- the driver --- */

static void end(struct ccsan_disk *disk, struct ccsan_blk_request *request)
{
	struct bio *bio = request->bio;

	disk->kind->finish(disk, request);
	bio->bi_status = errno_to_blk_status(request->error);
	kfree(request->data);
	kfree(request);
	bio_endio(bio);
}

static irqreturn_t handle_irq(int irq, void *data)
{
	struct ccsan_disk *disk = data;
	struct ccsan_blk_request *request = take(disk, &disk->done);

	(void)irq;
	if (!request)
		return IRQ_NONE;
	end(disk, request);
	return IRQ_HANDLED;
}

static blk_qc_t disk_submit_bio(struct bio *bio)
{
	struct ccsan_disk *disk = bio->bi_disk->private_data;
	unsigned int pieces = bio_segments(bio);
	struct ccsan_blk_request *request =
		ccsan_kalloc(sizeof(*request) + pieces * sizeof(request->pieces[0]));
	int error = -ENOMEM;

	if (request) {
		request->bio = bio;
		error = disk->kind->prepare(disk, request);
	}
	if (error) {
		kfree(request);
		bio->bi_status = errno_to_blk_status(error);
		bio_endio(bio);
	} else if (disk->flags & CCSAN_DISK_IMMEDIATE) {
		request->error = serve(disk, request);
		end(disk, request);
	} else {
		put(disk, &disk->waiting, request);
		start(disk);
	}
	return BLK_QC_T_NONE;
}

static const struct block_device_operations disk_fops = { .submit_bio = disk_submit_bio };

/* --- coming and going --- */

/* Return: its number; -ENOSPC when there are too many. */
static int join(struct ccsan_disk *disk)
{
	int number = -ENOSPC;

	mutex_lock(&disks_lock);
	for (int i = 0; i < DISKS && number < 0; i++)
		if (!disks[i])
			number = i;
	if (number >= 0)
		disks[number] = disk;
	mutex_unlock(&disks_lock);
	return number;
}

static int set_up(struct ccsan_disk *disk, const char *path, u64 bytes)
{
	int number = join(disk), error;
	char *name;

	if (number < 0)
		return number;
	disk->irq = FIRST_IRQ + (unsigned int)number;
	error = ccsan_store_open(&disk->store, path, bytes, disk->flags & CCSAN_DISK_WRITE_CACHE);
	if (error)
		return error;
	name = disk->gendisk->disk_name;
	snprintf(name, DISK_NAME_LEN, "disk%d", number);
	disk->dma_mask = ~0ull;
	disk->device = (struct device){ .init_name = name, .dma_mask = &disk->dma_mask };
	disk->bus = ccsan_device_new(name, 0);
	disk->gendisk->fops = &disk_fops;
	disk->gendisk->private_data = disk;
	set_capacity(disk->gendisk, disk->store.bytes >> SECTOR_SHIFT);
	return request_irq(disk->irq, handle_irq, 0, name, disk);
}

static void tear_down(struct ccsan_disk *disk)
{
	mutex_lock(&disks_lock);
	for (int i = 0; i < DISKS; i++)
		if (disks[i] == disk)
			disks[i] = NULL;
	mutex_unlock(&disks_lock);
	put_disk(disk->gendisk);
	kfree(disk);
}

struct block_device *ccsan_linux_disk(const char *path, u64 bytes, unsigned int flags)
{
	struct ccsan_disk *disk = ccsan_kalloc(sizeof(*disk));
	int error;

	if (!disk)
		return ERR_PTR(-ENOMEM);
	disk->flags = flags;
	disk->kind = flags & CCSAN_DISK_PIO ? &ccsan_disk_pio : &ccsan_disk_dma;
	INIT_LIST_HEAD(&disk->waiting);
	INIT_LIST_HEAD(&disk->done);
	disk->gendisk = alloc_disk(1);
	error = disk->gendisk ? set_up(disk, path, bytes) : -ENOMEM;
	if (!error)
		return bdget_disk(disk->gendisk, 0);
	tear_down(disk);
	return ERR_PTR(error);
}

void ccsan_linux_disk_free(struct block_device *bdev)
{
	struct ccsan_disk *disk = disk_of(bdev);

	if (!list_empty(&disk->waiting) || !list_empty(&disk->done))
		ccsan_misuse(bdev, sizeof(*bdev), 0, "%s goes while transfers are under way",
			     disk->gendisk->disk_name);
	free_irq(disk->irq, disk);
	ccsan_store_close(&disk->store);
	tear_down(disk);
}

/* --- for tests --- */

void ccsan_linux_disk_power_fails(struct block_device *bdev, unsigned int seed)
{
	ccsan_store_power_fails(&disk_of(bdev)->store, seed);
}

void ccsan_linux_disk_power_on(struct block_device *bdev)
{
	disk_of(bdev)->store.off = false;
}

void ccsan_linux_disk_fail(struct block_device *bdev, unsigned int nth, int error)
{
	disk_of(bdev)->store.failing = nth;
	disk_of(bdev)->store.error = error;
}

int ccsan_linux_disk_peek(struct block_device *bdev, u64 at, void *to, size_t bytes)
{
	return ccsan_store_read(&disk_of(bdev)->store, at, to, bytes);
}

int ccsan_linux_disk_poke(struct block_device *bdev, u64 at, const void *from, size_t bytes)
{
	int error = ccsan_store_write(&disk_of(bdev)->store, at, from, bytes);

	return error ? error : ccsan_store_flush(&disk_of(bdev)->store);
}

unsigned long ccsan_linux_disk_flushes(struct block_device *bdev)
{
	return disk_of(bdev)->store.flushes;
}
