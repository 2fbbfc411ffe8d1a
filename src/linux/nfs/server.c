/* SPDX-License-Identifier: MIT */
/*
 * A server of NFS version 3 and of its mount protocol (RFC 1813), for tests: one directory of
 * files, in memory. Not a part of what is simulated: it stands for another machine, and is compiled
 * without the hooks.
 *
 * What is written UNSTABLE is lost in a reboot if it was not committed. Time is a count of changes.
 */
#include <arpa/inet.h>
#include <ccsan/nfs.h>
#include <errno.h>
#include <linux/nfs3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ROOT_ID = 1, FIRST_ID = 2 };
enum { MOST_BYTES_AT_ONCE = 1 << 20, MOST_FILE_BYTES = 1 << 30 };

/* --- files --- */

struct contents {
	u8 *bytes;
	u64 size;
};

struct file {
	char name[NFS_MAXNAMLEN + 1];
	struct contents now, stable;
	u32 changed; /* when */
};

struct ccsan_nfs_server {
	struct file *files;
	u32 file_count;
	u32 clock, root_changed, boots;
	u32 fail_status, fail_count;
	unsigned int calls[NFS3PROC_COMMIT + 1];
};

static bool resize(struct contents *contents, u64 size)
{
	u8 *bytes;

	if (size > MOST_FILE_BYTES)
		return false;
	bytes = realloc(contents->bytes, size ? size : 1);
	if (!bytes)
		return false;
	if (size > contents->size)
		memset(bytes + contents->size, 0, size - contents->size);
	contents->bytes = bytes;
	contents->size = size;
	return true;
}

static bool copy_contents(struct contents *to, const struct contents *from)
{
	if (!resize(to, from->size))
		return false;
	if (from->size)
		memcpy(to->bytes, from->bytes, from->size);
	return true;
}

static struct file *find_name(const struct ccsan_nfs_server *server, const char *name, size_t len)
{
	for (u32 i = 0; i < server->file_count; i++)
		if (strlen(server->files[i].name) == len &&
		    !memcmp(server->files[i].name, name, len))
			return &server->files[i];
	return NULL;
}

static struct file *make_file(struct ccsan_nfs_server *server, const char *name)
{
	struct file *files, *file;

	if (strlen(name) > NFS_MAXNAMLEN)
		return NULL;
	files = realloc(server->files, (server->file_count + 1) * sizeof(*files));
	if (!files)
		return NULL;
	server->files = files;
	file = &files[server->file_count++];
	memset(file, 0, sizeof(*file));
	snprintf(file->name, sizeof(file->name), "%s", name);
	server->root_changed = file->changed = ++server->clock;
	return file;
}

static bool write_file(struct ccsan_nfs_server *server, struct file *file, u64 offset,
		       const void *from, size_t bytes)
{
	if (offset + bytes < offset ||
	    (offset + bytes > file->now.size && !resize(&file->now, offset + bytes)))
		return false;
	if (bytes)
		memcpy(file->now.bytes + offset, from, bytes);
	file->changed = ++server->clock;
	return true;
}

static size_t read_file(const struct file *file, u64 offset, void *to, size_t bytes)
{
	if (offset >= file->now.size)
		return 0;
	if (bytes > file->now.size - offset)
		bytes = file->now.size - offset;
	memcpy(to, file->now.bytes + offset, bytes);
	return bytes;
}

/* --- what tests call --- */

struct ccsan_nfs_server *ccsan_linux_nfs_server(void)
{
	struct ccsan_nfs_server *server = calloc(1, sizeof(*server));

	if (server)
		server->clock = server->root_changed = server->boots = 1;
	return server;
}

bool ccsan_linux_nfs_server_write(struct ccsan_nfs_server *server, const char *name, u64 offset,
				  const void *from, size_t bytes)
{
	struct file *file = find_name(server, name, strlen(name));

	if (!file)
		file = make_file(server, name);
	return file && write_file(server, file, offset, from, bytes) &&
	       copy_contents(&file->stable, &file->now);
}

ssize_t ccsan_linux_nfs_server_read(struct ccsan_nfs_server *server, const char *name, u64 offset,
				    void *to, size_t bytes)
{
	struct file *file = find_name(server, name, strlen(name));

	return file ? (ssize_t)read_file(file, offset, to, bytes) : -1;
}

bool ccsan_linux_nfs_server_truncate(struct ccsan_nfs_server *server, const char *name, u64 size)
{
	struct file *file = find_name(server, name, strlen(name));

	if (!file || !resize(&file->now, size))
		return false;
	file->changed = ++server->clock;
	return copy_contents(&file->stable, &file->now);
}

unsigned int ccsan_linux_nfs_server_calls(const struct ccsan_nfs_server *server, u32 procedure)
{
	return procedure <= NFS3PROC_COMMIT ? server->calls[procedure] : 0;
}

void ccsan_linux_nfs_server_reboot(struct ccsan_nfs_server *server)
{
	server->boots++;
	for (u32 i = 0; i < server->file_count; i++)
		copy_contents(&server->files[i].now, &server->files[i].stable);
}

void ccsan_linux_nfs_server_fail(struct ccsan_nfs_server *server, u32 status, unsigned int count)
{
	server->fail_status = status;
	server->fail_count = count;
}

/* --- reading a call --- */

struct reader {
	const u8 *at, *end;
	bool short_of; /* it ended too early */
};

static u32 get32(struct reader *in)
{
	u32 value;

	if (in->end - in->at < 4) {
		in->short_of = true;
		return 0;
	}
	memcpy(&value, in->at, 4);
	in->at += 4;
	return ntohl(value);
}

static u64 get64(struct reader *in)
{
	u64 high = get32(in);

	return high << 32 | get32(in);
}

/* Return: its bytes; none if there are more than `most`. */
static const u8 *get_opaque(struct reader *in, u32 most, u32 *bytes)
{
	const u8 *data;

	*bytes = get32(in);
	data = in->at;
	if (in->short_of || *bytes > most || (*bytes + 3ull) / 4 * 4 > (u64)(in->end - in->at)) {
		in->short_of = true;
		*bytes = 0;
		return data;
	}
	in->at += (*bytes + 3ull) / 4 * 4;
	return data;
}

/* --- writing a reply --- */

struct writer {
	u8 *bytes;
	size_t size, room;
	bool failed; /* no memory */
};

static u8 *put_room(struct writer *out, size_t bytes)
{
	size_t padded = (bytes + 3) / 4 * 4;
	u8 *more;

	if (out->size + padded > out->room) {
		more = realloc(out->bytes, (out->size + padded) * 2);
		if (!more) {
			out->failed = true;
			return NULL;
		}
		out->bytes = more;
		out->room = (out->size + padded) * 2;
	}
	memset(out->bytes + out->size, 0, padded);
	out->size += padded;
	return out->bytes + out->size - padded;
}

static void put(struct writer *out, const void *from, size_t bytes)
{
	u8 *to = put_room(out, bytes);

	if (to && bytes)
		memcpy(to, from, bytes);
}

static void put32(struct writer *out, u32 value)
{
	u32 big = htonl(value);

	put(out, &big, 4);
}

static void put64(struct writer *out, u64 value)
{
	put32(out, (u32)(value >> 32));
	put32(out, (u32)value);
}

static void put_opaque(struct writer *out, const void *from, size_t bytes)
{
	put32(out, (u32)bytes);
	put(out, from, bytes);
}

/* --- handles, attributes --- */

static const char handle_text[12] = "ccsan-export";

static void put_handle(struct writer *out, u32 id)
{
	u8 handle[16];
	u32 big = htonl(id);

	memcpy(handle, handle_text, sizeof(handle_text));
	memcpy(handle + sizeof(handle_text), &big, 4);
	put_opaque(out, handle, sizeof(handle));
}

/* Return: the number of a file or of the root, 0 for a handle of nothing. */
static u32 get_handle(struct ccsan_nfs_server *server, struct reader *in)
{
	u32 bytes, id;
	const u8 *handle = get_opaque(in, NFS3_FHSIZE, &bytes);

	if (bytes != 16 || memcmp(handle, handle_text, sizeof(handle_text)) != 0)
		return 0;
	memcpy(&id, handle + sizeof(handle_text), 4);
	id = ntohl(id);
	return id < FIRST_ID + server->file_count ? id : 0;
}

static struct file *file_of(struct ccsan_nfs_server *server, u32 id)
{
	return id >= FIRST_ID ? &server->files[id - FIRST_ID] : NULL;
}

static void put_time(struct writer *out, u32 count)
{
	put32(out, count);
	put32(out, 0);
}

static void put_attributes(struct ccsan_nfs_server *server, struct writer *out, u32 id)
{
	struct file *file = file_of(server, id);
	u32 changed = file ? file->changed : server->root_changed;
	u64 size = file ? file->now.size : 512;

	put32(out, file ? NF3REG : NF3DIR);
	put32(out, file ? 0644 : 0755);
	put32(out, file ? 1 : 2);
	put32(out, 0); /* owner */
	put32(out, 0);
	put64(out, size);
	put64(out, size);
	put64(out, 0); /* device */
	put64(out, 1); /* file system */
	put64(out, id);
	put_time(out, changed);
	put_time(out, changed);
	put_time(out, changed);
}

static void put_post_attributes(struct ccsan_nfs_server *server, struct writer *out, u32 id)
{
	put32(out, id != 0);
	if (id)
		put_attributes(server, out, id);
}

struct before {
	u64 size;
	u32 changed;
};

static struct before look_before(const struct file *file)
{
	return (struct before){ file->now.size, file->changed };
}

static void put_wcc(struct ccsan_nfs_server *server, struct writer *out, u32 id,
		    const struct before *before)
{
	put32(out, 1);
	put64(out, before->size);
	put_time(out, before->changed);
	put_time(out, before->changed);
	put_post_attributes(server, out, id);
}

static void put_no_wcc(struct writer *out, u32 status)
{
	put32(out, status);
	put32(out, 0);
	put32(out, 0);
}

static void put_verifier(struct ccsan_nfs_server *server, struct writer *out)
{
	put64(out, server->boots);
}

/* --- procedures. Each puts its results, status first. --- */

typedef void procedure(struct ccsan_nfs_server *server, struct reader *in, struct writer *out);

static void null(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	(void)server, (void)in, (void)out;
}

static void getattr(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 id = get_handle(server, in);

	put32(out, id ? NFS_OK : NFSERR_STALE);
	if (id)
		put_attributes(server, out, id);
}

/* Only the size is set, if at all. */
static void setattr(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 id = get_handle(server, in);
	struct file *file = file_of(server, id);
	struct before before;
	bool set_size;

	for (int i = 0; i < 3; i++) /* mode, owner, group */
		if (get32(in))
			get32(in);
	set_size = get32(in);
	if (!file) {
		put_no_wcc(out, id ? NFSERR_ISDIR : NFSERR_STALE);
		return;
	}
	before = look_before(file);
	if (set_size && !resize(&file->now, get64(in))) {
		put_no_wcc(out, NFSERR_NOSPC);
		return;
	}
	file->changed = ++server->clock;
	copy_contents(&file->stable, &file->now);
	put32(out, NFS_OK);
	put_wcc(server, out, id, &before);
}

static u32 id_of_name(struct ccsan_nfs_server *server, const u8 *name, u32 bytes)
{
	struct file *file;

	if ((bytes == 1 && name[0] == '.') || (bytes == 2 && !memcmp(name, "..", 2)))
		return ROOT_ID;
	file = find_name(server, (const char *)name, bytes);
	return file ? FIRST_ID + (u32)(file - server->files) : 0;
}

static void lookup(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 dir = get_handle(server, in), bytes, id;
	const u8 *name = get_opaque(in, NFS_MAXNAMLEN, &bytes);
	u32 status = !dir ? NFSERR_STALE : dir != ROOT_ID ? NFSERR_NOTDIR : NFS_OK;

	id = status ? 0 : id_of_name(server, name, bytes);
	if (!status && !id)
		status = NFSERR_NOENT;
	put32(out, status);
	if (!status) {
		put_handle(out, id);
		put_post_attributes(server, out, id);
	}
	put_post_attributes(server, out, dir);
}

static void read_procedure(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 id = get_handle(server, in), bytes, got;
	struct file *file = file_of(server, id);
	u64 offset = get64(in);
	u8 *data;

	bytes = get32(in);
	bytes = bytes > MOST_BYTES_AT_ONCE ? MOST_BYTES_AT_ONCE : bytes;
	put32(out, file ? NFS_OK : id ? NFSERR_ISDIR : NFSERR_STALE);
	put_post_attributes(server, out, id);
	if (!file)
		return;
	data = malloc(bytes ? bytes : 1);
	got = data ? (u32)read_file(file, offset, data, bytes) : 0;
	out->failed |= !data;
	put32(out, got);
	put32(out, offset + got >= file->now.size);
	put_opaque(out, data, got);
	free(data);
}

static void write_procedure(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 id = get_handle(server, in), count, how, bytes;
	struct file *file = file_of(server, id);
	u64 offset = get64(in);
	struct before before;
	const u8 *data;

	count = get32(in);
	how = get32(in);
	data = get_opaque(in, MOST_BYTES_AT_ONCE, &bytes);
	if (!file || in->short_of || bytes != count) {
		put_no_wcc(out, !id ? NFSERR_STALE : NFSERR_INVAL);
		return;
	}
	before = look_before(file);
	if (!write_file(server, file, offset, data, bytes)) {
		put_no_wcc(out, NFSERR_NOSPC);
		return;
	}
	if (how != NFS_UNSTABLE)
		copy_contents(&file->stable, &file->now);
	put32(out, NFS_OK);
	put_wcc(server, out, id, &before);
	put32(out, bytes);
	put32(out, how);
	put_verifier(server, out);
}

static void commit(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 id = get_handle(server, in);
	struct file *file = file_of(server, id);
	struct before before;

	if (!file || !copy_contents(&file->stable, &file->now)) {
		put_no_wcc(out, file ? NFSERR_NOSPC : NFSERR_STALE);
		return;
	}
	before = look_before(file);
	put32(out, NFS_OK);
	put_wcc(server, out, id, &before);
	put_verifier(server, out);
}

/* The entries of the directory: itself, its parent, the files; a cookie is the number of entries up
 * to it. */
static void put_entry(struct ccsan_nfs_server *server, struct writer *out, u64 number)
{
	u32 id = number < 2 ? ROOT_ID : (u32)number;
	const char *name = number == 0 ? "." : number == 1 ? ".." : file_of(server, id)->name;

	put32(out, 1);
	put64(out, id);
	put_opaque(out, name, strlen(name));
	put64(out, number + 1);
	put_post_attributes(server, out, id);
	put32(out, 1);
	put_handle(out, id);
}

/* Return: whether the last entry was among them. */
static bool put_entries(struct ccsan_nfs_server *server, struct writer *out, u64 number,
			size_t room)
{
	for (; number < 2 + (u64)server->file_count; number++) {
		size_t before = out->size;

		put_entry(server, out, number);
		if (out->size + 8 > room) {
			out->size = before;
			return false;
		}
	}
	return true;
}

static void readdirplus(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 dir = get_handle(server, in), status = NFS_OK;
	u64 cookie = get64(in);
	size_t start = out->size, room, first;
	bool all;

	get64(in); /* verifier: cookies are good for ever */
	get32(in); /* dircount */
	room = start + get32(in);
	if (dir != ROOT_ID)
		status = dir ? NFSERR_NOTDIR : NFSERR_STALE;
	put32(out, status);
	put_post_attributes(server, out, dir);
	if (status)
		return;
	put64(out, 0);
	first = out->size;
	all = put_entries(server, out, cookie, room);
	if (!all && out->size == first) { /* there was no room for one */
		out->size = start;
		put32(out, NFSERR_TOOSMALL);
		put32(out, 0);
		return;
	}
	put32(out, 0);
	put32(out, all);
}

static void mount_export(struct ccsan_nfs_server *server, struct reader *in, struct writer *out)
{
	u32 bytes;
	const u8 *path = get_opaque(in, NFS3_MAXPATHLEN, &bytes);
	bool known = bytes == 7 && !memcmp(path, "/export", 7);

	(void)server;
	put32(out, known ? NFS_OK : NFSERR_NOENT);
	if (!known)
		return;
	put_handle(out, ROOT_ID);
	put32(out, 1);
	put32(out, 1); /* AUTH_SYS */
}

/* --- calls --- */

static procedure *const nfs_procedures[NFS3PROC_COMMIT + 1] = {
	[NFS3PROC_NULL] = null,
	[NFS3PROC_GETATTR] = getattr,
	[NFS3PROC_SETATTR] = setattr,
	[NFS3PROC_LOOKUP] = lookup,
	[NFS3PROC_READ] = read_procedure,
	[NFS3PROC_WRITE] = write_procedure,
	[NFS3PROC_READDIRPLUS] = readdirplus,
	[NFS3PROC_COMMIT] = commit,
};
static procedure *const mount_procedures[MOUNTPROC3_UMNT + 1] = {
	[MOUNTPROC3_NULL] = null,
	[MOUNTPROC3_MNT] = mount_export,
	[MOUNTPROC3_UMNT] = null,
};

enum { SUCCESS, PROG_UNAVAIL, PROG_MISMATCH, PROC_UNAVAIL, GARBAGE_ARGS };

/* Return: how the call is accepted (RFC 5531, accept_stat). */
static u32 find_procedure(u32 program, u32 version, u32 number, procedure **found)
{
	if (program != NFS_PROGRAM && program != NFS_MNT_PROGRAM)
		return PROG_UNAVAIL;
	if (version != NFS3_VERSION)
		return PROG_MISMATCH;
	*found = program == NFS_PROGRAM && number <= NFS3PROC_COMMIT ? nfs_procedures[number]
		 : program == NFS_MNT_PROGRAM && number <= MOUNTPROC3_UMNT
			 ? mount_procedures[number]
			 : NULL;
	return *found ? SUCCESS : PROC_UNAVAIL;
}

/* What a failure carries differs from one procedure to another: nothing for GETATTR, and no
 * attributes, that is a zero or two, for others. */
static void put_failure(struct ccsan_nfs_server *server, struct writer *out)
{
	server->fail_count--;
	put_no_wcc(out, server->fail_status);
}

static void answer_accepted(struct ccsan_nfs_server *server, struct reader *in, struct writer *out,
			    const u32 words[3])
{
	procedure *found = NULL;
	u32 status = find_procedure(words[0], words[1], words[2], &found);
	size_t start = out->size;

	put32(out, status);
	if (status == PROG_MISMATCH) {
		put32(out, NFS3_VERSION);
		put32(out, NFS3_VERSION);
	}
	if (status)
		return;
	if (words[0] == NFS_PROGRAM)
		server->calls[words[2]]++;
	if (server->fail_count && words[0] == NFS_PROGRAM && words[2] != NFS3PROC_NULL)
		put_failure(server, out);
	else
		found(server, in, out);
	if (in->short_of) {
		out->size = start;
		put32(out, GARBAGE_ARGS);
	}
}

ssize_t ccsan_linux_nfs_server_answer(struct ccsan_nfs_server *server, const void *call,
				      size_t bytes, void **reply)
{
	struct reader in = { call, (const u8 *)call + bytes, false };
	struct writer out = { 0 };
	u32 xid = get32(&in), direction = get32(&in), rpc = get32(&in), ignored, words[3];

	for (int i = 0; i < 3; i++)
		words[i] = get32(&in);
	for (int i = 0; i < 2; i++) { /* credentials, verifier */
		get32(&in);
		get_opaque(&in, 400, &ignored);
	}
	if (in.short_of || direction != 0 || rpc != 2)
		return -EINVAL;
	put32(&out, xid);
	put32(&out, 1); /* a reply */
	put32(&out, 0); /* accepted */
	put64(&out, 0); /* no verifier */
	answer_accepted(server, &in, &out, words);
	if (out.failed) {
		free(out.bytes);
		return -ENOMEM;
	}
	*reply = out.bytes;
	return (ssize_t)out.size;
}
