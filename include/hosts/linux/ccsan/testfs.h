/* SPDX-License-Identifier: MIT */
/*
 * The smallest file system: one file, whose disk is an array in the program's memory. For tests of
 * the page cache, and of what is built on it, without a block device.
 */
#ifndef CCSAN_HOSTS_LINUX_TESTFS_H
#define CCSAN_HOSTS_LINUX_TESTFS_H

#include <linux/fs.h>

enum {
	CCSAN_TESTFS_SLEEPS = 1, /**< a transfer lets others run before its bytes move */
};

/**
 * A new file of so many bytes, all 0; it cannot grow. Buffered, mapped and O_DIRECT access; direct
 * transfers are of blocks of 512 bytes.
 *
 * Owns: the caller, until ccsan_linux_testfs_free(), with all files closed. Return: NULL without
 * memory.
 */
struct inode *ccsan_linux_testfs(size_t bytes, unsigned int flags);
void ccsan_linux_testfs_free(struct inode *inode);

/** What is on the disk now. Owns: the file. */
char *ccsan_linux_testfs_store(struct inode *inode);

/** The `nth` transfer from now fails with `error` (-EIO, -ENOSPC), 1 is the next one; 0: none. */
void ccsan_linux_testfs_fail(struct inode *inode, unsigned int nth, int error);

/** How many pages were written out so far. */
unsigned long ccsan_linux_testfs_writes(struct inode *inode);

#endif
