/* SPDX-License-Identifier: MIT */
/*
 * The contract between the files of the FUSE client: filesystems/fuse.rst, and the message format
 * of linux/fuse.h. Names are Linux's where it has them.
 *
 * A request is made by who needs an answer, queued, copied into the daemon's buffer when the daemon
 * reads /dev/fuse, and answered by its write(). Pages of a request or a reply are copied between
 * the page cache and the pages of the daemon's buffer, which get_user_pages() finds.
 */
#ifndef CCSAN_LINUX_FUSE_FUSE_I_H
#define CCSAN_LINUX_FUSE_FUSE_I_H

#include <limits.h>

#include <linux/dcache.h>
#include <linux/fs.h>
#include <linux/fuse.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/wait.h>

/** Most pages of one request; FUSE_INIT may agree on fewer. */
enum { FUSE_MAX_MAX_PAGES = 8 };

struct fuse_conn;
struct fuse_args;

/* --- requests --- */

/** A piece of a message that is no page. */
struct fuse_arg {
	unsigned int size;
	void *value;
};

/** Bytes of a page that belong to a message. */
struct fuse_page_desc {
	unsigned int length, offset;
};

/** What is sent and what comes back. The caller's until the answer is there; of one that is not
 *  waited for, until end(). */
struct fuse_args {
	u64 nodeid;
	enum fuse_opcode opcode;
	unsigned int in_numargs, out_numargs;
	struct fuse_arg in_args[2],
		out_args[2];      /**< where there are pages, the last has their size */
	bool in_pages, out_pages; /**< the last argument is `pages` */
	bool out_argvar;          /**< the last one may be shorter */
	bool page_zeroing;        /**< what a short answer leaves of a page is zeroed */
	bool force;               /**< also before FUSE_INIT is answered */
	bool noreply;
	unsigned int num_pages;
	struct page *pages[FUSE_MAX_MAX_PAGES];
	struct fuse_page_desc descs[FUSE_MAX_MAX_PAGES];
	/** Called once the answer is there, or will never be: frees what the caller allocated. */
	void (*end)(struct fuse_conn *fc, struct fuse_args *args, int error);
	struct inode *inode; /**< for end() */
};

enum fuse_req_flag {
	FR_COPYING, /**< the daemon is reading it, or answering */
	FR_LOCKED,  /**< and touches its arguments: who aborts leaves it alone */
	FR_ABORTED, /**< meanwhile */
	FR_FINISHED,
};

struct fuse_req {
	struct list_head list;    /**< pending or processing, or in none */
	struct list_head aborted; /**< in the list of who aborts */
	refcount_t count;         /**< the queue's, and that of who waits */
	unsigned long flags;
	struct fuse_args *args;
	struct fuse_in_header in;
	struct fuse_out_header out;
	wait_queue_head_t waitq; /**< for FR_FINISHED */
};

/* --- a connection: a mounted file system and the daemon's open /dev/fuse --- */

struct fuse_conn {
	refcount_t count;
	spinlock_t lock; /**< what follows, and requests that are in a queue */
	struct list_head pending, processing;
	u64 reqctr;
	bool connected, initialized;
	wait_queue_head_t waitq;         /**< daemons, for pending */
	wait_queue_head_t blocked_waitq; /**< requests, for initialized */

	struct super_block *sb; /**< NULL once it is unmounted */
	unsigned int minor, max_write, max_pages;
	bool writeback_cache, auto_inval_data, atomic_o_trunc;
};

struct fuse_inode {
	struct inode inode;
	u64 nodeid, nlookup;
	u64 mtime, mtimensec; /**< as last told, to see changes */
	bool attr_valid;      /**< nothing to ask before the next look */
	unsigned int writes;  /**< from the page cache, under way; under fc->lock */
	wait_queue_head_t page_waitq;
	struct list_head write_files; /**< open for writing; under fc->lock */
};

struct fuse_file {
	u64 fh, nodeid;
	u32 open_flags;
	struct list_head write_entry;
};

static inline struct fuse_conn *get_fuse_conn_super(const struct super_block *sb)
{
	return sb->s_fs_info;
}

static inline struct fuse_conn *get_fuse_conn(const struct inode *inode)
{
	return get_fuse_conn_super(inode->i_sb);
}

static inline struct fuse_inode *get_fuse_inode(struct inode *inode)
{
	return container_of(inode, struct fuse_inode, inode);
}

static inline u64 get_node_id(struct inode *inode)
{
	return get_fuse_inode(inode)->nodeid;
}

/* --- dev.c --- */

extern const struct file_operations ccsan_fuse_dev_operations;

/**
 * Sends a request and waits for its answer.
 *
 * Return: 0, or with out_argvar the bytes of the last argument; the daemon's error; -ENOTCONN,
 *         -ECONNABORTED, -ENOMEM; -EIO for an answer of the wrong size.
 */
ssize_t ccsan_fuse_simple_request(struct fuse_conn *fc, struct fuse_args *args);

/** Sends one and does not wait; args->end() is called if this returns 0. */
int ccsan_fuse_simple_background(struct fuse_conn *fc, struct fuse_args *args);

/** Nothing is sent any more; what waits for an answer gets -ECONNABORTED. */
void ccsan_fuse_abort_conn(struct fuse_conn *fc);

struct fuse_conn *ccsan_fuse_conn_get(struct fuse_conn *fc);
void ccsan_fuse_conn_put(struct fuse_conn *fc);

/* --- inode.c --- */

/** The inode of a node, with one more lookup to be forgotten. Return: NULL without memory */
struct inode *ccsan_fuse_iget(struct super_block *sb, u64 nodeid, const struct fuse_attr *attr,
			      u64 attr_valid);

/** Takes over what the daemon says; cached pages that no longer fit are dropped. */
void ccsan_fuse_change_attributes(struct inode *inode, const struct fuse_attr *attr,
				  u64 attr_valid);

/** Tells the daemon that a node's lookups are forgotten. */
void ccsan_fuse_queue_forget(struct fuse_conn *fc, u64 nodeid, u64 nlookup);

/** Notifications, in the daemon's write(): see linux/fuse.h. @param len of the file to drop, 0 or
 *  less: all. Return: -ENOENT for a node that the kernel does not know. */
int ccsan_fuse_reverse_inval_inode(struct fuse_conn *fc, u64 nodeid, loff_t offset, loff_t len);
int ccsan_fuse_reverse_inval_entry(struct fuse_conn *fc, u64 parent, const char *name, u32 length);

/** The inode of a node if the kernel has it, with a reference; else NULL. */
struct inode *ccsan_fuse_ilookup(struct fuse_conn *fc, u64 nodeid);

/* --- dir.c --- */

extern const struct inode_operations ccsan_fuse_dir_inode_operations,
	ccsan_fuse_common_inode_operations;
extern const struct file_operations ccsan_fuse_dir_operations;

/** Asks for attributes if they are not valid any more. */
int ccsan_fuse_update_attributes(struct inode *inode, struct file *file);

/* --- file.c --- */

extern const struct file_operations ccsan_fuse_file_operations,
	ccsan_fuse_direct_io_file_operations;

int ccsan_fuse_open_common(struct inode *inode, struct file *file, bool isdir);
void ccsan_fuse_release_common(struct inode *inode, struct file *file, enum fuse_opcode opcode);

/* --- pages.c --- */

extern const struct address_space_operations ccsan_fuse_file_aops;

/** Through the page cache to the daemon, which has all bytes when it returns. */
ssize_t ccsan_fuse_perform_write(struct kiocb *iocb, struct iov_iter *from);

/** Between the caller's pages and the daemon; moves ki_pos. @param iter says whether it writes */
ssize_t ccsan_fuse_direct_io(struct kiocb *iocb, struct iov_iter *iter);

/** Waits until no write from the page cache is under way. */
void ccsan_fuse_sync_writes(struct inode *inode);

#endif
