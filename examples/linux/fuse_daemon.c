/* SPDX-License-Identifier: MIT */
/* See fuse_daemon.h. Node 2 is the first file. */
#include "fuse_daemon.h"

#include <linux/file.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER_PAGES = 4 };

/* --- files --- */

static char *anonymous(unsigned long pages)
{
	unsigned long at = sys_mmap(0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);

	return IS_ERR_VALUE(at) ? NULL : (char *)at;
}

struct fuse_daemon_file *fuse_daemon_file(struct fuse_daemon *d, const char *name)
{
	struct fuse_daemon_file *free = NULL;

	for (unsigned i = 0; i < FUSE_DAEMON_FILES; i++) {
		if (!strcmp(d->files[i].name, name))
			return &d->files[i];
		if (!free && !d->files[i].name[0])
			free = &d->files[i];
	}
	if (!free || strlen(name) >= sizeof(free->name))
		return NULL;
	if (!free->data)
		free->data = anonymous(FUSE_DAEMON_PAGES);
	if (!free->data)
		return NULL;
	strcpy(free->name, name);
	free->size = 0;
	return free;
}

static struct fuse_daemon_file *find_name(struct fuse_daemon *d, const char *name)
{
	for (unsigned i = 0; i < FUSE_DAEMON_FILES; i++)
		if (d->files[i].name[0] && !strcmp(d->files[i].name, name))
			return &d->files[i];
	return NULL;
}

static struct fuse_daemon_file *node(struct fuse_daemon *d, uint64_t nodeid)
{
	if (nodeid < 2 || nodeid >= 2 + FUSE_DAEMON_FILES || !d->files[nodeid - 2].data)
		return NULL;
	return &d->files[nodeid - 2];
}

static void tell_attributes(struct fuse_daemon *d, uint64_t nodeid, struct fuse_attr *attr)
{
	struct fuse_daemon_file *f = node(d, nodeid);

	memset(attr, 0, sizeof(*attr));
	attr->ino = nodeid;
	attr->nlink = 1;
	attr->mode = f ? S_IFREG | 0644 : S_IFDIR | 0755;
	attr->size = f ? f->size : 0;
	attr->mtime = f ? f->changes : 0;
}

/* --- answers: an error, or bytes in the reply buffer behind the head --- */

#define HEAD sizeof(struct fuse_out_header)

static int tell_entry(struct fuse_daemon *d, struct fuse_daemon_file *f)
{
	struct fuse_entry_out *out = (void *)(d->reply + HEAD);

	if (!f)
		return -ENOENT;
	memset(out, 0, sizeof(*out));
	out->nodeid = (uint64_t)(f - d->files) + 2;
	out->attr_valid = out->entry_valid = d->forgets_nothing;
	tell_attributes(d, out->nodeid, &out->attr);
	f->lookups++;
	return sizeof(*out);
}

static int answer_init(struct fuse_daemon *d, const struct fuse_init_in *in)
{
	struct fuse_init_out *out = (void *)(d->reply + HEAD);

	memset(out, 0, sizeof(*out));
	out->major = FUSE_KERNEL_VERSION;
	out->minor = in->minor < FUSE_KERNEL_MINOR_VERSION ? in->minor : FUSE_KERNEL_MINOR_VERSION;
	out->max_readahead = in->max_readahead;
	out->flags = in->flags & (d->init_flags | FUSE_BIG_WRITES | FUSE_MAX_PAGES);
	out->max_write = (uint32_t)(2 * PAGE_SIZE);
	out->max_pages = 2;
	return sizeof(*out);
}

static int answer_attributes(struct fuse_daemon *d, uint64_t nodeid)
{
	struct fuse_attr_out *out = (void *)(d->reply + HEAD);

	memset(out, 0, sizeof(*out));
	out->attr_valid = d->forgets_nothing;
	tell_attributes(d, nodeid, &out->attr);
	return sizeof(*out);
}

static int answer_setattr(struct fuse_daemon *d, uint64_t nodeid, const struct fuse_setattr_in *in)
{
	struct fuse_daemon_file *f = node(d, nodeid);

	if (!f)
		return -ENOENT;
	if (in->valid & FATTR_SIZE) {
		if (in->size > FUSE_DAEMON_PAGES * PAGE_SIZE)
			return -EFBIG;
		if (in->size > f->size)
			memset(f->data + f->size, 0, in->size - f->size);
		f->size = in->size;
		f->changes++;
	}
	return answer_attributes(d, nodeid);
}

static int answer_open(struct fuse_daemon *d, uint64_t nodeid)
{
	struct fuse_open_out *out = (void *)(d->reply + HEAD);

	memset(out, 0, sizeof(*out));
	out->fh = nodeid;
	out->open_flags = d->open_flags;
	if (node(d, nodeid))
		node(d, nodeid)->opened++;
	return sizeof(*out);
}

static int answer_read(struct fuse_daemon *d, uint64_t nodeid, const struct fuse_read_in *in)
{
	struct fuse_daemon_file *f = node(d, nodeid);
	uint64_t bytes = 0;

	if (!f || d->error)
		return f ? d->error : -ENOENT;
	if (in->offset < f->size)
		bytes = f->size - in->offset < in->size ? f->size - in->offset : in->size;
	if (bytes > BUFFER_PAGES * PAGE_SIZE - HEAD)
		return -EIO;
	memcpy(d->reply + HEAD, f->data + in->offset, bytes);
	return (int)bytes;
}

static int answer_write(struct fuse_daemon *d, uint64_t nodeid, const struct fuse_write_in *in)
{
	struct fuse_write_out *out = (void *)(d->reply + HEAD);
	struct fuse_daemon_file *f = node(d, nodeid);

	if (!f || d->error)
		return f ? d->error : -ENOENT;
	if (in->offset + in->size > FUSE_DAEMON_PAGES * PAGE_SIZE)
		return -ENOSPC;
	memcpy(f->data + in->offset, in + 1, in->size);
	if (in->offset + in->size > f->size)
		f->size = in->offset + in->size;
	f->changes++;
	out->size = in->size;
	out->padding = 0;
	return sizeof(*out);
}

static int answer_unlink(struct fuse_daemon *d, const char *name)
{
	struct fuse_daemon_file *f = find_name(d, name);

	if (!f)
		return -ENOENT;
	f->name[0] = 0;
	return 0;
}

static void forget(struct fuse_daemon *d, uint64_t nodeid, const struct fuse_forget_in *in)
{
	if (node(d, nodeid))
		node(d, nodeid)->lookups -= in->nlookup;
}

static int answer(struct fuse_daemon *d, const struct fuse_in_header *in)
{
	const void *body = in + 1;

	switch (in->opcode) {
	case FUSE_INIT:
		return answer_init(d, body);
	case FUSE_LOOKUP:
		return tell_entry(d, find_name(d, body));
	case FUSE_MKNOD:
		return tell_entry(
			d, fuse_daemon_file(d, (const char *)body + sizeof(struct fuse_mknod_in)));
	case FUSE_GETATTR:
		return answer_attributes(d, in->nodeid);
	case FUSE_SETATTR:
		return answer_setattr(d, in->nodeid, body);
	case FUSE_OPEN:
	case FUSE_OPENDIR:
		return answer_open(d, in->nodeid);
	case FUSE_READ:
		return answer_read(d, in->nodeid, body);
	case FUSE_WRITE:
		return answer_write(d, in->nodeid, body);
	case FUSE_UNLINK:
		return answer_unlink(d, body);
	case FUSE_RELEASE:
	case FUSE_RELEASEDIR:
	case FUSE_FLUSH:
	case FUSE_FSYNC:
		return 0;
	default:
		return -ENOSYS;
	}
}

/* --- life --- */

static void serve(struct fuse_daemon *d)
{
	struct fuse_in_header *in = (void *)d->request;
	struct fuse_out_header *out;
	int bytes;

	for (;;) {
		d->ended = sys_read((unsigned)d->fd, d->request, BUFFER_PAGES * PAGE_SIZE);
		if (d->ended <= 0)
			return;
		if (in->opcode < 64)
			d->served[in->opcode]++;
		if (in->opcode == FUSE_FORGET) {
			forget(d, in->nodeid, (const void *)(in + 1));
			continue;
		}
		/* two buffers in turn, as threads would have: on pages of either colour */
		d->reply = d->replies + (in->unique / 2 & 1 ? PAGE_SIZE : 0);
		out = (void *)d->reply;
		if (d->chore)
			d->chore(d, in->opcode);
		bytes = answer(d, in);
		out->unique = in->unique;
		out->error = bytes < 0 ? bytes : 0;
		out->len = (uint32_t)(HEAD + (size_t)(bytes < 0 ? 0 : bytes));
		sys_write((unsigned)d->fd, d->reply, out->len);
	}
}

int fuse_daemon_run(void *daemon)
{
	struct fuse_daemon *d = daemon;
	struct dentry *root = ERR_PTR(-ENOMEM);
	char options[32];

	d->request = anonymous(BUFFER_PAGES);
	d->replies = anonymous(BUFFER_PAGES + 1);
	d->fd = ccsan_linux_open_dev_fuse();
	snprintf(options, sizeof(options), "fd=%d", d->fd);
	if (d->fd >= 0 && d->request && d->replies)
		root = ccsan_linux_mount(&fuse_fs_type, "fuse", options);
	if (d->fd >= 0 && IS_ERR(root)) {
		close_fd((unsigned)d->fd);
		d->fd = (int)PTR_ERR(root);
	}
	if (!IS_ERR(root))
		d->root = root;
	complete(&d->ready);
	if (!d->root)
		return 1;
	serve(d);
	close_fd((unsigned)d->fd);
	return 0;
}
