/* SPDX-License-Identifier: MIT */
/*
 * A small file system for disks: one directory, files of up to 64 MiB in blocks of 1 KiB, no
 * journal. What fsync() has acknowledged is there after power has failed.
 */
#ifndef CCSAN_HOSTS_LINUX_DISKFS_H
#define CCSAN_HOSTS_LINUX_DISKFS_H

#include <linux/blkdev.h>
#include <linux/fs.h>

/** Makes an empty one of the whole disk, with room for so many files (rounded up to whole blocks).
 *  Return: 0, -ENOSPC if the disk is too small, or the disk's error. */
int ccsan_linux_diskfs_make(struct block_device *bdev, unsigned int files);

/** mount() takes the struct block_device as its data: ccsan_linux_mount(&ccsan_diskfs, NULL, bdev).
 *  What is no such file system, or is damaged, is -EINVAL. */
extern struct file_system_type ccsan_diskfs;

/** open(2) in its directory: O_CREAT, O_TRUNC, O_DIRECT … Return: a file with one reference;
 *  -ENOENT, -ENAMETOOLONG (beyond 27 bytes), -ENOSPC … */
struct file *ccsan_linux_diskfs_open(struct dentry *root, const char *name, int flags);

/** The same as the next descriptor of the current process. */
int ccsan_linux_diskfs_open_fd(struct dentry *root, const char *name, int flags);

/** Return: 0 or -ENOENT. The file goes when nobody has it open. */
int ccsan_linux_diskfs_unlink(struct dentry *root, const char *name);

/** Blocks of 1 KiB that are free. */
u32 ccsan_linux_diskfs_free_blocks(struct dentry *root);

#endif
