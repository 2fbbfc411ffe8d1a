/* SPDX-License-Identifier: MIT */
/* What a disk keeps its sectors on: a file of the host, or memory, with a cache that forgets when
 * power fails. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "blk.h"

/* --- coming and going --- */

/* Return: 0 or -Exxx. The file is grown here, not when its end is first written: a host without
 * space says so either way. */
static int open_image(struct ccsan_store *store, const char *path)
{
	struct stat status;

	store->fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	if (store->fd < 0)
		return -errno;
	if (fstat(store->fd, &status) ||
	    (S_ISREG(status.st_mode) && (u64)status.st_size < store->bytes &&
	     ftruncate(store->fd, (off_t)store->bytes))) {
		int error = -errno;

		close(store->fd);
		return error;
	}
	return 0;
}

static int open_memory(struct ccsan_store *store, bool cached)
{
	store->medium = ccsan_kalloc(store->bytes);
	store->cache = store->medium;
	if (store->medium && cached) {
		store->cache = ccsan_kalloc(store->bytes);
		store->unflushed =
			ccsan_kalloc(BITS_TO_LONGS(store->bytes / SECTOR_SIZE) * sizeof(long));
	}
	if (store->medium && store->cache && (store->unflushed || !cached))
		return 0;
	ccsan_store_close(store);
	return -ENOMEM;
}

int ccsan_store_open(struct ccsan_store *store, const char *path, u64 bytes, bool cached)
{
	*store = (struct ccsan_store){ .bytes = bytes & ~(u64)(SECTOR_SIZE - 1), .fd = -1 };
	return path ? open_image(store, path) : open_memory(store, cached);
}

void ccsan_store_close(struct ccsan_store *store)
{
	if (store->fd >= 0)
		close(store->fd);
	if (store->cache != store->medium)
		kfree(store->cache);
	kfree(store->medium);
	kfree(store->unflushed);
}

/* --- the host's file --- */

/* What a disk can say about it. */
static int disk_error(int error)
{
	return error == ENOSPC || error == EDQUOT || error == EFBIG ? -ENOSPC : -EIO;
}

/* A piece that the host moved in part is gone on with: the next call has the reason. */
static int read_image(struct ccsan_store *store, u64 at, char *to, size_t bytes)
{
	memset(to, 0, bytes); /* beyond its end a file is zeroes; and the host may write here now */
	while (bytes) {
		ssize_t n = pread(store->fd, to, bytes, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return disk_error(errno);
		if (!n)
			break;
		to += n;
		at += (u64)n;
		bytes -= (size_t)n;
	}
	return 0;
}

static int write_image(struct ccsan_store *store, u64 at, const char *from, size_t bytes)
{
	while (bytes) {
		ssize_t n = pwrite(store->fd, from, bytes, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n ? disk_error(errno) : -EIO;
		from += n;
		at += (u64)n;
		bytes -= (size_t)n;
	}
	return 0;
}

/* --- transfers --- */

int ccsan_store_begin(struct ccsan_store *store)
{
	if (store->off)
		return -EIO;
	return store->failing && !--store->failing ? store->error : 0;
}

int ccsan_store_read(struct ccsan_store *store, u64 at, void *to, size_t bytes)
{
	if (store->fd >= 0)
		return read_image(store, at, to, bytes);
	memcpy(to, store->cache + at, bytes);
	return 0;
}

int ccsan_store_write(struct ccsan_store *store, u64 at, const void *from, size_t bytes)
{
	if (store->fd >= 0)
		return write_image(store, at, from, bytes);
	memcpy(store->cache + at, from, bytes);
	for (u64 sector = at / SECTOR_SIZE; store->unflushed && sector * SECTOR_SIZE < at + bytes;
	     sector++)
		__set_bit((long)sector, store->unflushed);
	return 0;
}

static void copy_sector(struct ccsan_store *store, char *to, const char *from, unsigned long sector)
{
	memcpy(to + sector * SECTOR_SIZE, from + sector * SECTOR_SIZE, SECTOR_SIZE);
	__clear_bit((long)sector, store->unflushed);
}

int ccsan_store_flush(struct ccsan_store *store)
{
	unsigned long sector;

	store->flushes++;
	if (store->fd >= 0) /* what has no cache of its own says EINVAL */
		return fdatasync(store->fd) && errno != EINVAL ? disk_error(errno) : 0;
	if (store->unflushed)
		for_each_set_bit (sector, store->unflushed, store->bytes / SECTOR_SIZE)
			copy_sector(store, store->medium, store->cache, sector);
	return 0;
}

/* Any set of sectors may have reached the medium before. */
void ccsan_store_power_fails(struct ccsan_store *store, unsigned int seed)
{
	unsigned long sector;

	store->off = true;
	if (!store->unflushed)
		return;
	for_each_set_bit (sector, store->unflushed, store->bytes / SECTOR_SIZE) {
		bool reached = seed && (sector * 2654435761u ^ seed * 40503ull) >> 7 & 1;

		if (reached)
			copy_sector(store, store->medium, store->cache, sector);
		else
			copy_sector(store, store->cache, store->medium, sector);
	}
}
