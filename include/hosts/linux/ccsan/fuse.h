/* SPDX-License-Identifier: MIT */
/*
 * The FUSE client of the hosted Linux (filesystems/fuse.rst): how a daemon, which is a simulated
 * process, comes to its file system.
 *
 *	fd = ccsan_linux_open_dev_fuse();
 *	sprintf(options, "fd=%d", fd);
 *	root = ccsan_linux_mount(&fuse_fs_type, "fuse", options);
 *	for (;;) {
 *		n = sys_read(fd, buffer, size);      (a request: linux/fuse.h)
 *		…
 *		sys_write(fd, answer, bytes);
 *	}
 *
 * sys_read() returns -ENODEV once the file system is unmounted; closing the descriptor ends every
 * request with -ECONNABORTED.
 */
#ifndef CCSAN_HOSTS_LINUX_CCSAN_FUSE_H
#define CCSAN_HOSTS_LINUX_CCSAN_FUSE_H

#include <linux/fs.h>
#include <linux/fuse.h>

/** To be mounted with the option fd=N. The root is a directory; there are no others. */
extern struct file_system_type fuse_fs_type;

/** Opens /dev/fuse in the current process. Return: the descriptor, -ENOMEM, -EMFILE. */
int ccsan_linux_open_dev_fuse(void);

#endif
