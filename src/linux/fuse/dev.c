/* SPDX-License-Identifier: MIT */
/* /dev/fuse: the queue of requests, and its other end in a process's memory. */
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/uio.h>

#include <asm/cacheflush.h>

#include "fuse_i.h"

/* --- requests --- */

struct fuse_conn *ccsan_fuse_conn_get(struct fuse_conn *fc)
{
	refcount_inc(&fc->count);
	return fc;
}

void ccsan_fuse_conn_put(struct fuse_conn *fc)
{
	if (refcount_dec_and_test(&fc->count))
		kfree(fc);
}

static void fuse_put_request(struct fuse_req *req)
{
	if (refcount_dec_and_test(&req->count))
		kfree(req);
}

/** Waits for FUSE_INIT's answer. Return: an ERR_PTR(), or a request with one reference. */
static struct fuse_req *fuse_get_req(struct fuse_conn *fc, struct fuse_args *args)
{
	struct fuse_req *req;
	unsigned int i;

	if (!args->force)
		wait_event(fc->blocked_waitq,
			   READ_ONCE(fc->initialized) || !READ_ONCE(fc->connected));
	if (!READ_ONCE(fc->connected))
		return ERR_PTR(-ENOTCONN);
	req = kzalloc(sizeof(*req), GFP_KERNEL);
	if (!req)
		return ERR_PTR(-ENOMEM);
	refcount_set(&req->count, 1);
	init_waitqueue_head(&req->waitq);
	INIT_LIST_HEAD(&req->list);
	req->args = args;
	req->in.opcode = args->opcode;
	req->in.nodeid = args->nodeid;
	req->in.pid = (u32)task_pid_nr(current);
	req->in.len = sizeof(req->in);
	for (i = 0; i < args->in_numargs; i++)
		req->in.len += args->in_args[i].size;
	return req;
}

/** The answer is there, or there will be none: from now on the arguments are not ours. Drops the
 *  queue's reference. */
static void fuse_request_end(struct fuse_conn *fc, struct fuse_req *req)
{
	if (!test_and_set_bit(FR_FINISHED, &req->flags)) {
		if (req->args->end)
			req->args->end(fc, req->args, req->out.error);
		else
			wake_up(&req->waitq);
	}
	fuse_put_request(req);
}

/** Owns: the queue takes over one reference. Return: -ENOTCONN if there is no queue any more. */
static int queue_request(struct fuse_conn *fc, struct fuse_req *req)
{
	int err = -ENOTCONN;

	spin_lock(&fc->lock);
	if (fc->connected) {
		req->in.unique = fc->reqctr += 2;
		list_add_tail(&req->list, &fc->pending);
		err = 0;
	}
	spin_unlock(&fc->lock);
	if (!err)
		wake_up(&fc->waitq);
	return err;
}

ssize_t ccsan_fuse_simple_request(struct fuse_conn *fc, struct fuse_args *args)
{
	struct fuse_req *req = fuse_get_req(fc, args);
	ssize_t ret;

	if (IS_ERR(req))
		return PTR_ERR(req);
	refcount_inc(&req->count);
	ret = queue_request(fc, req);
	if (!ret) {
		wait_event(req->waitq, test_bit(FR_FINISHED, &req->flags));
		ret = req->out.error;
	} else
		fuse_put_request(req);
	if (!ret && args->out_argvar)
		ret = args->out_args[args->out_numargs - 1].size;
	fuse_put_request(req); // NOLINT(clang-analyzer-unix.Malloc): another reference
	return ret;
}

int ccsan_fuse_simple_background(struct fuse_conn *fc, struct fuse_args *args)
{
	struct fuse_req *req = fuse_get_req(fc, args);
	int err;

	if (IS_ERR(req))
		return (int)PTR_ERR(req);
	err = queue_request(fc, req);
	if (err)
		fuse_put_request(req);
	return err;
}

/* A request that is being copied is not taken away from who copies, who may sleep meanwhile. */

static int lock_request(struct fuse_conn *fc, struct fuse_req *req)
{
	int err = 0;

	if (!req)
		return 0;
	spin_lock(&fc->lock);
	if (test_bit(FR_ABORTED, &req->flags))
		err = -ENOENT;
	else
		set_bit(FR_LOCKED, &req->flags);
	spin_unlock(&fc->lock);
	return err;
}

static int unlock_request(struct fuse_conn *fc, struct fuse_req *req)
{
	int err = 0;

	if (!req)
		return 0;
	spin_lock(&fc->lock);
	if (test_bit(FR_ABORTED, &req->flags))
		err = -ENOENT;
	else
		clear_bit(FR_LOCKED, &req->flags);
	spin_unlock(&fc->lock);
	return err;
}

/* --- copying between messages and the daemon's pages --- */

struct fuse_copy_state {
	struct fuse_conn *fc;
	struct fuse_req *req; /**< NULL: nobody's, as the head before it is known whose */
	struct iov_iter *iter;
	bool write;               /**< into the daemon's pages */
	struct page *pg;          /**< the current one of those, with a reference */
	unsigned int offset, len; /**< what is left of it */
};

/** Lets go of the daemon's page. What was stored into it by its kernel mapping has to be seen at
 *  the daemon's addresses. */
static void fuse_copy_finish(struct fuse_copy_state *cs)
{
	if (!cs->pg)
		return;
	if (cs->write) {
		flush_dcache_page(cs->pg);
		set_page_dirty_lock(cs->pg);
	}
	put_page(cs->pg);
	cs->pg = NULL;
}

/** Goes on to the daemon's next page, which may have to be faulted in. */
static int fuse_copy_fill(struct fuse_copy_state *cs)
{
	size_t offset;
	ssize_t bytes;
	int err = unlock_request(cs->fc, cs->req);

	if (err)
		return err;
	fuse_copy_finish(cs);
	if (!iov_iter_count(cs->iter))
		return -EINVAL;
	bytes = iov_iter_get_pages(cs->iter, &cs->pg, PAGE_SIZE, 1, &offset);
	if (bytes <= 0) {
		cs->pg = NULL;
		return bytes ? (int)bytes : -EFAULT;
	}
	cs->offset = (unsigned int)offset;
	cs->len = (unsigned int)bytes;
	iov_iter_advance(cs->iter, (size_t)bytes);
	return lock_request(cs->fc, cs->req);
}

/** Copies as much as the daemon's page has; without a value, passes over it. Return: bytes */
static unsigned int fuse_copy_do(struct fuse_copy_state *cs, char *value, unsigned int size)
{
	unsigned int bytes = min(size, cs->len);

	if (value) {
		char *pgaddr = kmap_atomic(cs->pg);

		if (cs->write)
			memcpy(pgaddr + cs->offset, value, bytes);
		else
			memcpy(value, pgaddr + cs->offset, bytes);
		kunmap_atomic(pgaddr);
	}
	cs->len -= bytes;
	cs->offset += bytes;
	return bytes;
}

static int fuse_copy_one(struct fuse_copy_state *cs, void *value, unsigned int size)
{
	char *at = value;

	while (size) {
		int err = cs->len ? 0 : fuse_copy_fill(cs);
		unsigned int bytes;

		if (err)
			return err;
		bytes = fuse_copy_do(cs, at, size);
		at += bytes;
		size -= bytes;
	}
	return 0;
}

/** Between a page of the request and the daemon's. What comes into a page of a file has to be seen
 *  by all its mappings. */
static int fuse_copy_page(struct fuse_copy_state *cs, struct page *page, unsigned int offset,
			  unsigned int count, bool zeroing)
{
	if (zeroing && count < PAGE_SIZE)
		clear_highpage(page);
	while (count) {
		int err = cs->len ? 0 : fuse_copy_fill(cs);
		unsigned int bytes;
		char *mapaddr;

		if (err)
			return err;
		mapaddr = kmap_atomic(page);
		bytes = fuse_copy_do(cs, mapaddr + offset, count);
		kunmap_atomic(mapaddr);
		offset += bytes;
		count -= bytes;
	}
	if (!cs->write)
		flush_dcache_page(page);
	return 0;
}

static int fuse_copy_pages(struct fuse_copy_state *cs, unsigned int bytes, bool zeroing)
{
	const struct fuse_args *args = cs->req->args;
	unsigned int i, count;
	int err = 0;

	for (i = 0; i < args->num_pages && (bytes || zeroing) && !err; i++) {
		count = min(bytes, args->descs[i].length);
		err = fuse_copy_page(cs, args->pages[i], args->descs[i].offset, count, zeroing);
		bytes -= count;
	}
	return err;
}

static int fuse_copy_args(struct fuse_copy_state *cs, unsigned int numargs, bool pages,
			  struct fuse_arg *args, bool zeroing)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < numargs && !err; i++)
		if (pages && i == numargs - 1)
			err = fuse_copy_pages(cs, args[i].size, zeroing);
		else
			err = fuse_copy_one(cs, args[i].value, args[i].size);
	return err;
}

/* --- the daemon reads --- */

static size_t smallest_buffer(const struct fuse_conn *fc)
{
	size_t for_writes =
		sizeof(struct fuse_in_header) + sizeof(struct fuse_write_in) + fc->max_write;

	return max_t(size_t, FUSE_MIN_READ_BUFFER, for_writes);
}

/** Waits for a request. Return: 0 and it, locked and being processed; -ENODEV, -EAGAIN. */
static int next_request(struct fuse_conn *fc, bool nonblock, struct fuse_req **req)
{
	spin_lock(&fc->lock);
	while (fc->connected && list_empty(&fc->pending)) {
		spin_unlock(&fc->lock);
		if (nonblock)
			return -EAGAIN;
		wait_event_exclusive(fc->waitq,
				     !READ_ONCE(fc->connected) || !list_empty(&fc->pending));
		spin_lock(&fc->lock);
	}
	if (!fc->connected) {
		spin_unlock(&fc->lock);
		return -ENODEV;
	}
	*req = list_first_entry(&fc->pending, struct fuse_req, list);
	list_move_tail(&(*req)->list, &fc->processing);
	set_bit(FR_COPYING, &(*req)->flags);
	set_bit(FR_LOCKED, &(*req)->flags);
	spin_unlock(&fc->lock);
	return 0;
}

/** A request that has been copied, or not, goes on or ends. Return: what read() returns. */
static ssize_t request_was_read(struct fuse_conn *fc, struct fuse_req *req, int err)
{
	ssize_t bytes = req->in.len;
	bool ends;

	spin_lock(&fc->lock);
	clear_bit(FR_LOCKED, &req->flags);
	clear_bit(FR_COPYING, &req->flags);
	if (test_bit(FR_ABORTED, &req->flags) || !fc->connected) {
		err = -ENODEV;
		req->out.error = -ECONNABORTED;
	} else if (err) {
		req->out.error = -EIO;
	}
	ends = err || req->args->noreply;
	if (ends)
		list_del_init(&req->list);
	spin_unlock(&fc->lock);
	if (ends)
		fuse_request_end(fc, req);
	return err ? err : bytes;
}

static ssize_t fuse_dev_do_read(struct fuse_conn *fc, struct fuse_copy_state *cs, bool nonblock)
{
	size_t room = iov_iter_count(cs->iter);
	struct fuse_req *req;
	int err;

	if (room < smallest_buffer(fc))
		return -EINVAL;
	for (;;) {
		err = next_request(fc, nonblock, &req);
		if (err)
			return err;
		if (req->in.len <= room)
			break;
		request_was_read(fc, req, -EIO); /* the daemon cannot take it: try the next */
	}
	cs->req = req;
	err = fuse_copy_one(cs, &req->in, sizeof(req->in));
	if (!err)
		err = fuse_copy_args(cs, req->args->in_numargs, req->args->in_pages,
				     req->args->in_args, false);
	fuse_copy_finish(cs);
	return request_was_read(fc, req, err);
}

static ssize_t fuse_dev_read(struct kiocb *iocb, struct iov_iter *to)
{
	struct fuse_conn *fc = READ_ONCE(iocb->ki_filp->private_data);
	struct fuse_copy_state cs = { .fc = fc, .iter = to, .write = true };

	if (!fc)
		return -EPERM; /* not mounted yet */
	if (!iter_is_iovec(to))
		return -EINVAL;
	return fuse_dev_do_read(fc, &cs, iocb->ki_filp->f_flags & O_NONBLOCK);
}

/* --- the daemon writes: answers --- */

/** Copies an answer. With out_argvar the last argument, or its pages, may be shorter. */
static int copy_out_args(struct fuse_copy_state *cs, struct fuse_args *args, unsigned int bytes)
{
	unsigned int wanted = sizeof(struct fuse_out_header), i;
	struct fuse_arg *last = &args->out_args[args->out_numargs - 1];

	for (i = 0; i < args->out_numargs; i++)
		wanted += args->out_args[i].size;
	if (bytes > wanted || (bytes < wanted && !args->out_argvar))
		return -EINVAL;
	if (bytes < wanted) {
		if (wanted - bytes > last->size)
			return -EINVAL;
		last->size -= wanted - bytes;
	}
	return fuse_copy_args(cs, args->out_numargs, args->out_pages, args->out_args,
			      args->page_zeroing);
}

/** The request that an answer is for, locked and in no queue; NULL: there is none. */
static struct fuse_req *take_request(struct fuse_conn *fc, u64 unique)
{
	struct fuse_req *req, *found = NULL;

	spin_lock(&fc->lock);
	list_for_each_entry (req, &fc->processing, list)
		if (req->in.unique == unique && !test_bit(FR_COPYING, &req->flags))
			found = req;
	if (found) {
		set_bit(FR_COPYING, &found->flags);
		set_bit(FR_LOCKED, &found->flags);
	}
	spin_unlock(&fc->lock);
	return found;
}

/** Return: whether the answer counts: the connection may be gone meanwhile. */
static bool request_was_answered(struct fuse_conn *fc, struct fuse_req *req, int err)
{
	bool counts;

	spin_lock(&fc->lock);
	clear_bit(FR_LOCKED, &req->flags);
	counts = !test_bit(FR_ABORTED, &req->flags);
	if (!counts)
		req->out.error = -ECONNABORTED;
	else if (err)
		req->out.error = -EIO;
	list_del_init(&req->list);
	spin_unlock(&fc->lock);
	fuse_request_end(fc, req);
	return counts;
}

/* --- the daemon writes: notifications --- */

static int fuse_notify_inval_inode(struct fuse_copy_state *cs, size_t bytes)
{
	struct fuse_notify_inval_inode_out out;
	int err;

	if (bytes != sizeof(out))
		return -EINVAL;
	err = fuse_copy_one(cs, &out, sizeof(out));
	fuse_copy_finish(cs);
	return err ? err : ccsan_fuse_reverse_inval_inode(cs->fc, out.ino, out.off, out.len);
}

static int fuse_notify_inval_entry(struct fuse_copy_state *cs, size_t bytes)
{
	struct fuse_notify_inval_entry_out out;
	char name[256];
	int err;

	if (bytes < sizeof(out))
		return -EINVAL;
	err = fuse_copy_one(cs, &out, sizeof(out));
	if (!err && (out.namelen >= sizeof(name) || bytes != sizeof(out) + out.namelen + 1))
		err = -EINVAL;
	if (!err)
		err = fuse_copy_one(cs, name, out.namelen + 1);
	fuse_copy_finish(cs);
	if (!err && name[out.namelen])
		err = -EINVAL;
	return err ? err : ccsan_fuse_reverse_inval_entry(cs->fc, out.parent, name, out.namelen);
}

/** Stores bytes into the page cache, page by page. */
static int store_pages(struct fuse_copy_state *cs, struct inode *inode, loff_t at,
		       unsigned int bytes)
{
	int err = 0;

	if (at + bytes > i_size_read(inode))
		i_size_write(inode, at + bytes);
	while (bytes && !err) {
		unsigned int offset = (unsigned int)offset_in_page(at);
		unsigned int n = min_t(unsigned int, bytes, (unsigned int)PAGE_SIZE - offset);
		struct page *page = find_or_create_page(inode->i_mapping, (pgoff_t)at >> PAGE_SHIFT,
							GFP_KERNEL);

		if (!page)
			return -ENOMEM;
		err = fuse_copy_page(cs, page, offset, n, false);
		if (!err && n == PAGE_SIZE)
			SetPageUptodate(page);
		unlock_page(page);
		put_page(page);
		at += n;
		bytes -= n;
	}
	return err;
}

static int fuse_notify_store(struct fuse_copy_state *cs, size_t bytes)
{
	struct fuse_notify_store_out out;
	struct inode *inode = NULL;
	int err;

	if (bytes < sizeof(out))
		return -EINVAL;
	err = fuse_copy_one(cs, &out, sizeof(out));
	if (!err && (bytes - sizeof(out) != out.size || out.offset > (u64)LLONG_MAX - out.size))
		err = -EINVAL;
	if (!err)
		inode = ccsan_fuse_ilookup(cs->fc, out.nodeid);
	if (!err && !inode)
		err = -ENOENT;
	if (!err)
		err = store_pages(cs, inode, (loff_t)out.offset, out.size);
	fuse_copy_finish(cs);
	if (inode)
		iput(inode);
	return err;
}

static int fuse_notify(struct fuse_copy_state *cs, int code, size_t bytes)
{
	switch (code) {
	case FUSE_NOTIFY_INVAL_INODE:
		return fuse_notify_inval_inode(cs, bytes);
	case FUSE_NOTIFY_INVAL_ENTRY:
		return fuse_notify_inval_entry(cs, bytes);
	case FUSE_NOTIFY_STORE:
		return fuse_notify_store(cs, bytes);
	default:
		return -EINVAL;
	}
}

static ssize_t fuse_dev_do_write(struct fuse_conn *fc, struct fuse_copy_state *cs)
{
	size_t bytes = iov_iter_count(cs->iter);
	struct fuse_out_header oh = { 0 };
	struct fuse_req *req;
	int err;

	if (bytes < sizeof(oh))
		return -EINVAL;
	err = fuse_copy_one(cs, &oh, sizeof(oh));
	if (!err && oh.len != bytes)
		err = -EINVAL;
	if (!err && !oh.unique) {
		err = fuse_notify(cs, oh.error, bytes - sizeof(oh));
		fuse_copy_finish(cs);
		return err ? err : (ssize_t)bytes;
	}
	if (!err && (oh.error <= -512 || oh.error > 0))
		err = -EINVAL;
	req = err ? NULL : take_request(fc, oh.unique);
	if (!err && !req)
		err = -ENOENT;
	if (err) {
		fuse_copy_finish(cs);
		return err;
	}
	req->out = oh;
	cs->req = req;
	if (!oh.error)
		err = copy_out_args(cs, req->args, (unsigned int)bytes);
	else if (bytes != sizeof(oh))
		err = -EINVAL;
	fuse_copy_finish(cs);
	if (!request_was_answered(fc, req, err))
		return -ENOENT;
	return err ? err : (ssize_t)bytes;
}

static ssize_t fuse_dev_write(struct kiocb *iocb, struct iov_iter *from)
{
	struct fuse_conn *fc = READ_ONCE(iocb->ki_filp->private_data);
	struct fuse_copy_state cs = { .fc = fc, .iter = from };

	if (!fc)
		return -EPERM;
	if (!iter_is_iovec(from))
		return -EINVAL;
	return fuse_dev_do_write(fc, &cs);
}

/* --- the end --- */

/** Takes one request out of its queue, with a reference for who ends it. With fc->lock held. */
static void abort_request(struct fuse_req *req, struct list_head *over)
{
	set_bit(FR_ABORTED, &req->flags);
	if (test_bit(FR_LOCKED, &req->flags))
		return; /* who copies ends it */
	if (test_bit(FR_COPYING, &req->flags))
		refcount_inc(&req->count); /* who copies comes back to it */
	req->out.error = -ECONNABORTED;
	list_del_init(&req->list);
	list_add_tail(&req->aborted, over);
}

void ccsan_fuse_abort_conn(struct fuse_conn *fc)
{
	struct fuse_req *req, *next;
	LIST_HEAD(over);

	spin_lock(&fc->lock);
	if (!fc->connected) {
		spin_unlock(&fc->lock);
		return;
	}
	WRITE_ONCE(fc->connected, false);
	list_for_each_entry_safe (req, next, &fc->pending, list)
		abort_request(req, &over);
	list_for_each_entry_safe (req, next, &fc->processing, list)
		abort_request(req, &over);
	spin_unlock(&fc->lock);

	list_for_each_entry_safe (req, next, &over, aborted)
		fuse_request_end(fc, req);
	wake_up_all(&fc->waitq);
	wake_up_all(&fc->blocked_waitq);
}

static int fuse_dev_open(struct inode *inode, struct file *file)
{
	(void)inode;
	file->private_data = NULL;
	return 0;
}

static int fuse_dev_release(struct inode *inode, struct file *file)
{
	struct fuse_conn *fc = file->private_data;

	(void)inode;
	if (fc) {
		ccsan_fuse_abort_conn(fc);
		ccsan_fuse_conn_put(fc);
	}
	return 0;
}

const struct file_operations ccsan_fuse_dev_operations = {
	.read_iter = fuse_dev_read,
	.write_iter = fuse_dev_write,
	.open = fuse_dev_open,
	.release = fuse_dev_release,
};
