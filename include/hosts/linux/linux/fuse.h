/* SPDX-License-Identifier: MIT */
/*
 * The messages between the kernel and the daemon of a file system in user space (fuse(4),
 * filesystems/fuse.rst), version 7.31: what Linux 5.10 speaks. Written anew; the layout of each is
 * that of the system's <linux/fuse.h>, which a test compares. All numbers have the machine's byte
 * order, all structures a multiple of 8 bytes.
 *
 * A request is a fuse_in_header and what its opcode says; a reply a fuse_out_header and, without an
 * error, what the opcode says. FUSE_FORGET has no reply. A message whose `unique` is 0 is the
 * daemon's own, a notification; its `error` is the code.
 */
#ifndef CCSAN_HOSTS_LINUX_FUSE_H
#define CCSAN_HOSTS_LINUX_FUSE_H

#include <stdint.h>

#define FUSE_KERNEL_VERSION       7
#define FUSE_KERNEL_MINOR_VERSION 31
#define FUSE_ROOT_ID              1
#define FUSE_MIN_READ_BUFFER      8192 /* bytes that a daemon's buffer has at least */

enum fuse_opcode {
	FUSE_LOOKUP = 1,
	FUSE_FORGET = 2,
	FUSE_GETATTR = 3,
	FUSE_SETATTR = 4,
	FUSE_MKNOD = 8,
	FUSE_UNLINK = 10,
	FUSE_OPEN = 14,
	FUSE_READ = 15,
	FUSE_WRITE = 16,
	FUSE_RELEASE = 18,
	FUSE_FSYNC = 20,
	FUSE_FLUSH = 25,
	FUSE_INIT = 26,
	FUSE_OPENDIR = 27,
	FUSE_READDIR = 28,
	FUSE_RELEASEDIR = 29,
	FUSE_DESTROY = 38,
};

enum fuse_notify_code {
	FUSE_NOTIFY_INVAL_INODE = 2,
	FUSE_NOTIFY_INVAL_ENTRY = 3,
	FUSE_NOTIFY_STORE = 4,
};

/* --- heads --- */

struct fuse_in_header {
	uint32_t len; /**< of the whole request */
	uint32_t opcode;
	uint64_t unique;
	uint64_t nodeid;
	uint32_t uid, gid, pid;
	uint32_t padding;
};

struct fuse_out_header {
	uint32_t len;
	int32_t error; /**< 0 or -errno */
	uint64_t unique;
};

/* --- FUSE_INIT --- */

#define FUSE_ASYNC_READ      (1u << 0)
#define FUSE_ATOMIC_O_TRUNC  (1u << 3)
#define FUSE_BIG_WRITES      (1u << 5)
#define FUSE_AUTO_INVAL_DATA (1u << 12)
#define FUSE_WRITEBACK_CACHE (1u << 16)
#define FUSE_MAX_PAGES       (1u << 22)

struct fuse_init_in {
	uint32_t major, minor;
	uint32_t max_readahead; /**< bytes */
	uint32_t flags;
};

struct fuse_init_out {
	uint32_t major, minor;
	uint32_t max_readahead;
	uint32_t flags;
	uint16_t max_background, congestion_threshold;
	uint32_t max_write; /**< bytes */
	uint32_t time_gran;
	uint16_t max_pages;
	uint16_t map_alignment;
	uint32_t unused[8];
};

/* --- inodes --- */

struct fuse_attr {
	uint64_t ino, size, blocks;
	uint64_t atime, mtime, ctime;
	uint32_t atimensec, mtimensec, ctimensec;
	uint32_t mode, nlink, uid, gid, rdev, blksize;
	uint32_t padding;
};

/** The reply to FUSE_LOOKUP, whose request is a name with its end, and to FUSE_MKNOD. */
struct fuse_entry_out {
	uint64_t nodeid; /**< 0: no such name */
	uint64_t generation;
	uint64_t entry_valid, attr_valid; /**< seconds */
	uint32_t entry_valid_nsec, attr_valid_nsec;
	struct fuse_attr attr;
};

/** Before the name. */
struct fuse_mknod_in {
	uint32_t mode, rdev, umask;
	uint32_t padding;
};

struct fuse_forget_in {
	uint64_t nlookup;
};

#define FUSE_GETATTR_FH 1u

struct fuse_getattr_in {
	uint32_t getattr_flags;
	uint32_t dummy;
	uint64_t fh;
};

/** The reply to FUSE_GETATTR and FUSE_SETATTR. */
struct fuse_attr_out {
	uint64_t attr_valid;
	uint32_t attr_valid_nsec;
	uint32_t dummy;
	struct fuse_attr attr;
};

#define FATTR_MODE (1u << 0)
#define FATTR_SIZE (1u << 3)
#define FATTR_FH   (1u << 6)

struct fuse_setattr_in {
	uint32_t valid;
	uint32_t padding;
	uint64_t fh, size, lock_owner;
	uint64_t atime, mtime, ctime;
	uint32_t atimensec, mtimensec, ctimensec;
	uint32_t mode;
	uint32_t unused4;
	uint32_t uid, gid;
	uint32_t unused5;
};

/* --- open files --- */

#define FOPEN_DIRECT_IO  1u /* nothing of it is in the page cache */
#define FOPEN_KEEP_CACHE 2u /* what the page cache has is still right */

struct fuse_open_in {
	uint32_t flags; /**< O_RDONLY … */
	uint32_t unused;
};

struct fuse_open_out {
	uint64_t fh;
	uint32_t open_flags;
	uint32_t padding;
};

struct fuse_release_in {
	uint64_t fh;
	uint32_t flags, release_flags;
	uint64_t lock_owner;
};

struct fuse_flush_in {
	uint64_t fh;
	uint32_t unused, padding;
	uint64_t lock_owner;
};

#define FUSE_FSYNC_FDATASYNC 1u

struct fuse_fsync_in {
	uint64_t fh;
	uint32_t fsync_flags;
	uint32_t padding;
};

/* --- data --- */

/** Of FUSE_READ, whose reply is up to `size` bytes (fewer: the end of the file), and
 *  FUSE_READDIR, whose reply is entries. */
struct fuse_read_in {
	uint64_t fh, offset;
	uint32_t size, read_flags;
	uint64_t lock_owner;
	uint32_t flags;
	uint32_t padding;
};

#define FUSE_WRITE_CACHE 1u /* from the page cache, later than the write() */

/** Before the data. */
struct fuse_write_in {
	uint64_t fh, offset;
	uint32_t size, write_flags;
	uint64_t lock_owner;
	uint32_t flags;
	uint32_t padding;
};

struct fuse_write_out {
	uint32_t size;
	uint32_t padding;
};

struct fuse_dirent {
	uint64_t ino;
	uint64_t off; /**< where the entry after it begins, for the next FUSE_READDIR */
	uint32_t namelen;
	uint32_t type; /**< as d_type of readdir(3) */
	char name[];   /**< without an end */
};

#define FUSE_NAME_OFFSET     __builtin_offsetof(struct fuse_dirent, name)
#define FUSE_DIRENT_ALIGN(x) (((x) + 7) & ~(uint64_t)7)
#define FUSE_DIRENT_SIZE(d)  FUSE_DIRENT_ALIGN(FUSE_NAME_OFFSET + (d)->namelen)

/* --- notifications --- */

/** Drops what the page cache has of these bytes; with a negative offset the attributes only. */
struct fuse_notify_inval_inode_out {
	uint64_t ino;
	int64_t off, len; /**< len 0 or less: to the end */
};

/** Before a name with its end. */
struct fuse_notify_inval_entry_out {
	uint64_t parent;
	uint32_t namelen;
	uint32_t padding;
};

/** Before data for the page cache. */
struct fuse_notify_store_out {
	uint64_t nodeid, offset;
	uint32_t size;
	uint32_t padding;
};

#endif
