/* SPDX-License-Identifier: MIT */
/*
 * A FUSE daemon with a few files in its memory: a process that reads requests into one anonymous
 * buffer and answers from another, as any libfuse program does. Everything here runs in the
 * daemon's process.
 */
#ifndef FUSE_DAEMON_H
#define FUSE_DAEMON_H

#include <ccsan/fuse.h>
#include <linux/completion.h>

enum { FUSE_DAEMON_FILES = 4, FUSE_DAEMON_PAGES = 4 };

struct fuse_daemon_file {
	char name[32]; /**< "": free */
	uint64_t size, opened, lookups;
	char *data;       /**< FUSE_DAEMON_PAGES pages of anonymous memory */
	uint64_t changes; /**< are the file's time */
};

struct fuse_daemon {
	/* what it is asked for: before it starts */
	uint32_t init_flags;  /**< FUSE_WRITEBACK_CACHE, FUSE_AUTO_INVAL_DATA */
	uint32_t open_flags;  /**< FOPEN_DIRECT_IO, FOPEN_KEEP_CACHE */
	bool forgets_nothing; /**< attributes and names stay valid */
	int error;            /**< the answer to every FUSE_READ and FUSE_WRITE; 0: as they go */

	/** Called before each answer, in the daemon; NULL: not. */
	void (*chore)(struct fuse_daemon *daemon, uint32_t opcode);

	/* what comes of it */
	struct completion ready; /**< `root` is there, or `fd` is an error */
	int fd;
	struct dentry *root;
	struct fuse_daemon_file files[FUSE_DAEMON_FILES];
	char *request, *replies; /**< its buffers */
	char *reply;             /**< the one in use */
	unsigned int served[64]; /**< requests, by opcode */
	long ended;              /**< why it does not read any more: -ENODEV after unmounting */
};

/** The daemon's life: opens /dev/fuse, mounts, serves until the device says -ENODEV, closes it.
 *  To be run as a process of its own. @param daemon a struct fuse_daemon
 *  Return: 0 */
int fuse_daemon_run(void *daemon);

/** Makes a file in the daemon, or finds it. Return: NULL if there are too many. */
struct fuse_daemon_file *fuse_daemon_file(struct fuse_daemon *daemon, const char *name);

#endif
