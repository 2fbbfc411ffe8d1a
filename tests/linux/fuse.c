/* SPDX-License-Identifier: MIT */
/* The FUSE client, against the daemon of examples/linux and against one that tells lies. */
#include "fuse_daemon.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/fuse.h>
#include <ccsan/process.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <stdio.h>
#include <string.h>

static struct fuse_daemon d;
static char first_of_a; /* what the daemon has there */
static pid_t daemon_pid, user_pid;

static char *user_memory(unsigned long pages)
{
	unsigned long at = sys_mmap(0, pages * PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);

	CCSAN_CHECK(!IS_ERR_VALUE(at));
	return (char *)at;
}

/* What the test cannot do itself: the daemon's memory is in another process. */

static void overwrite(struct fuse_daemon *daemon, uint32_t opcode)
{
	if (opcode == FUSE_OPEN)
		memset(daemon->files[0].data, 'y', 100);
}

static void look(struct fuse_daemon *daemon, uint32_t opcode)
{
	if (opcode == FUSE_FSYNC)
		first_of_a = daemon->files[0].data[PAGE_SIZE];
}

/** A daemon that asks for these flags, and a user, as which the test goes on. */
static void start(uint32_t init_flags, uint32_t open_flags)
{
	memset(&d, 0, sizeof(d));
	d.init_flags = init_flags;
	d.open_flags = open_flags;
	init_completion(&d.ready);
	daemon_pid = ccsan_linux_process("fused", 0, fuse_daemon_run, &d);
	wait_for_completion(&d.ready);
	CCSAN_CHECK(d.root);
	user_pid = ccsan_linux_process_new("user");
	ccsan_linux_enter(user_pid);
}

/** Everything is closed: what the daemon was told of must have been forgotten. */
static void stop(void)
{
	ccsan_linux_leave();
	ccsan_linux_end(user_pid);
	ccsan_linux_unmount(d.root);
	CCSAN_CHECK(ccsan_linux_wait(daemon_pid) == 0);
	CCSAN_CHECK(d.ended == -ENODEV);
}

/** Return: a descriptor, or -errno. */
static int open_name(const char *name, int flags)
{
	struct dentry *dentry = lookup_one_len(name, d.root, (int)strlen(name));
	struct inode *dir = d.root->d_inode;
	int fd;

	if (dentry == ERR_PTR(-ENOENT) && flags & O_CREAT) {
		int err;

		dentry = d_alloc_name(d.root, name);
		err = dir->i_op->create(dir, dentry, S_IFREG | 0644, true);
		if (err) {
			dput(dentry);
			return err;
		}
	}
	if (IS_ERR(dentry))
		return (int)PTR_ERR(dentry);
	fd = ccsan_linux_open_fd(dentry->d_inode, flags & ~O_CREAT);
	dput(dentry);
	return fd;
}

/** A file of `bytes` bytes of `letter`. */
static void make_file(const char *name, char letter, size_t bytes)
{
	int fd = open_name(name, O_RDWR | O_CREAT);
	char *p = user_memory(4);

	CCSAN_CHECK(fd >= 0);
	memset(p, letter, bytes);
	CCSAN_CHECK(sys_write((unsigned)fd, p, bytes) == (long)bytes);
	CCSAN_CHECK(sys_close((unsigned)fd) == 0);
	sys_munmap((unsigned long)p, 4 * PAGE_SIZE);
}

CCSAN_TEST(a_file_is_made_written_and_read)
{
	char *p;
	int fd;

	start(0, 0);
	make_file("a", 'x', 5000);
	CCSAN_CHECK(d.files[0].size == 5000);
	CCSAN_CHECK(open_name("b", O_RDONLY) == -ENOENT);

	fd = open_name("a", O_RDONLY);
	p = user_memory(2);
	CCSAN_CHECK(sys_read((unsigned)fd, p, 8000) == 5000);
	CCSAN_CHECK(p[0] == 'x' && p[4999] == 'x' && p[5000] == 0);
	CCSAN_CHECK(sys_read((unsigned)fd, p, 8000) == 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 4990) == 10);
	sys_close((unsigned)fd);
	CCSAN_CHECK(d.served[FUSE_READ] > 0 && d.served[FUSE_FLUSH] == 2);
	stop();
}

CCSAN_TEST(a_node_is_forgotten_with_its_last_user)
{
	struct dentry *dentry;
	int fd;

	start(0, 0);
	make_file("a", 'x', 10);
	fd = open_name("a", O_RDONLY);
	dentry = lookup_one_len("a", d.root, 1);
	CCSAN_CHECK(!d.root->d_inode->i_op->unlink(d.root->d_inode, dentry));
	d_delete(dentry);
	dput(dentry);
	CCSAN_CHECK(open_name("a", O_RDONLY) == -ENOENT);
	CCSAN_CHECK(d.files[0].lookups > 0);
	sys_close((unsigned)fd);
	CCSAN_CHECK(open_name("b", O_RDONLY) == -ENOENT); /* comes after it */
	CCSAN_CHECK(d.served[FUSE_FORGET] == 1 && d.files[0].lookups == 0);
	stop();
}

CCSAN_TEST(a_new_open_reads_again)
{
	char *p;
	int fd;

	start(0, 0);
	make_file("a", 'x', 100);
	fd = open_name("a", O_RDWR);
	p = user_memory(1);
	CCSAN_CHECK(sys_read((unsigned)fd, p, 100) == 100 && p[0] == 'x');
	sys_close((unsigned)fd);
	d.chore = overwrite;
	fd = open_name("a", O_RDWR);
	CCSAN_CHECK(sys_read((unsigned)fd, p, 100) == 100 && p[0] == 'y');
	sys_close((unsigned)fd);
	stop();
}

CCSAN_TEST(stores_to_a_mapping_reach_the_daemon)
{
	char *p, *map;
	int fd;

	start(0, 0);
	make_file("a", 'x', 2 * PAGE_SIZE);
	fd = open_name("a", O_RDWR);
	map = (char *)sys_mmap(0, 2 * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED,
			       (unsigned long)fd, 0);
	CCSAN_CHECK(!IS_ERR_VALUE((unsigned long)map));
	CCSAN_CHECK(map[0] == 'x');
	map[PAGE_SIZE] = 'y';
	d.chore = look;
	CCSAN_CHECK(sys_msync((unsigned long)map, 2 * PAGE_SIZE, MS_SYNC) == 0);
	CCSAN_CHECK(first_of_a == 'y');

	map[1] = 'z'; /* and what is written when nothing but the mapping is left */
	sys_close((unsigned)fd);
	sys_munmap((unsigned long)map, 2 * PAGE_SIZE);
	fd = open_name("a", O_RDONLY);
	p = user_memory(1);
	CCSAN_CHECK(sys_read((unsigned)fd, p, 3) == 3 && !memcmp(p, "xzx", 3));
	sys_close((unsigned)fd);
	stop();
}

CCSAN_TEST(the_writeback_cache_writes_at_fsync)
{
	unsigned int before;
	char *p;
	int fd;

	start(FUSE_WRITEBACK_CACHE, FOPEN_KEEP_CACHE);
	fd = open_name("a", O_RDWR | O_CREAT);
	p = user_memory(1);
	memset(p, 'w', 300);
	CCSAN_CHECK(sys_write((unsigned)fd, p, 300) == 300);
	before = d.served[FUSE_WRITE];
	CCSAN_CHECK(before == 0);
	CCSAN_CHECK(sys_fsync((unsigned)fd) == 0);
	CCSAN_CHECK(d.served[FUSE_WRITE] == 1 && d.served[FUSE_FSYNC] == 1);
	CCSAN_CHECK(d.files[0].size == 300);

	CCSAN_CHECK(sys_pwrite64((unsigned)fd, p, 5, 100) == 5);
	d.error = -ENOSPC;
	CCSAN_CHECK(sys_fsync((unsigned)fd) < 0);
	d.error = 0;
	CCSAN_CHECK(sys_fsync((unsigned)fd) == 0);
	sys_close((unsigned)fd);
	stop();
}

CCSAN_TEST(direct_transfers_go_past_the_page_cache)
{
	char *p;
	int fd;

	start(0, FOPEN_DIRECT_IO);
	fd = open_name("a", O_RDWR | O_CREAT);
	p = user_memory(3);
	memset(p, 'd', 2 * PAGE_SIZE);
	CCSAN_CHECK(sys_write((unsigned)fd, p + 100, PAGE_SIZE) == (long)PAGE_SIZE);
	memset(p, 0, 2 * PAGE_SIZE);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p + 50, 2 * PAGE_SIZE, 0) == (long)PAGE_SIZE);
	CCSAN_CHECK(p[49] == 0 && p[50] == 'd' && p[PAGE_SIZE + 49] == 'd');
	CCSAN_CHECK(p[PAGE_SIZE + 50] == 0);
	CCSAN_CHECK(
		IS_ERR_VALUE(sys_mmap(0, PAGE_SIZE, PROT_READ, MAP_SHARED, (unsigned long)fd, 0)));
	sys_close((unsigned)fd);
	stop();
}

CCSAN_TEST(errors_of_the_daemon_reach_the_caller)
{
	char *p;
	int fd;

	start(0, 0);
	make_file("a", 'x', 100);
	fd = open_name("a", O_RDWR);
	p = user_memory(1);
	d.error = -EREMOTEIO;
	CCSAN_CHECK(sys_read((unsigned)fd, p, 100) < 0);
	CCSAN_CHECK(sys_write((unsigned)fd, p, 100) == -EREMOTEIO);
	d.error = 0;
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 0) == 100 && p[0] == 'x');
	CCSAN_CHECK(sys_ftruncate((unsigned)fd, 10) == 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 0) == 10);
	CCSAN_CHECK(sys_ftruncate((unsigned)fd, 100l << 20) == -EFBIG);
	sys_close((unsigned)fd);
	stop();
}

/* --- notifications --- */

static struct {
	int code;
	const void *head;
	size_t head_bytes, bytes;
	long result;
} note;

static void send_note(struct fuse_daemon *daemon, uint32_t opcode)
{
	struct fuse_out_header out = { .error = note.code };
	char *p;

	if (opcode != FUSE_FLUSH)
		return;
	p = user_memory(2);
	out.len = (uint32_t)(sizeof(out) + note.head_bytes + note.bytes);
	memcpy(p, &out, sizeof(out));
	memcpy(p + sizeof(out), note.head, note.head_bytes);
	memcpy(p + sizeof(out) + note.head_bytes, "hello", note.bytes);
	note.result = sys_write((unsigned)daemon->fd, p, out.len);
	sys_munmap((unsigned long)p, 2 * PAGE_SIZE);
}

/** The daemon sends a notification, with so many bytes of data. Return: what its write() did. */
static long notify(int code, const void *head, size_t head_bytes, size_t bytes)
{
	int fd = open_name("a", O_RDONLY);

	note.code = code;
	note.head = head;
	note.head_bytes = head_bytes;
	note.bytes = bytes;
	d.chore = send_note;
	sys_close((unsigned)fd); /* FUSE_FLUSH */
	d.chore = NULL;
	return note.result;
}

CCSAN_TEST(the_daemon_stores_into_the_page_cache_and_drops_from_it)
{
	struct fuse_notify_store_out store = { .nodeid = 2, .offset = 10, .size = 5 };
	struct fuse_notify_inval_inode_out inval = { .ino = 2 };
	unsigned int reads;
	char *p;
	int fd;

	start(0, FOPEN_KEEP_CACHE);
	make_file("a", 'x', 100);
	fd = open_name("a", O_RDONLY);
	p = user_memory(1);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 0) == 100);
	CCSAN_CHECK(notify(FUSE_NOTIFY_STORE, &store, sizeof(store), 5) > 0);
	reads = d.served[FUSE_READ];
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 0) == 100);
	CCSAN_CHECK(d.served[FUSE_READ] == reads && !memcmp(p + 9, "xhellox", 7));
	CCSAN_CHECK(notify(FUSE_NOTIFY_INVAL_INODE, &inval, sizeof(inval), 0) > 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, p, 100, 0) == 100);
	CCSAN_CHECK(d.served[FUSE_READ] == reads + 1 && p[10] == 'x');

	store.size = 6;
	CCSAN_CHECK(notify(FUSE_NOTIFY_STORE, &store, sizeof(store), 5) == -EINVAL);
	store.size = 5;
	store.nodeid = 77;
	CCSAN_CHECK(notify(FUSE_NOTIFY_STORE, &store, sizeof(store), 5) == -ENOENT);
	CCSAN_CHECK(notify(99, &store, sizeof(store), 0) == -EINVAL);
	sys_close((unsigned)fd);
	stop();
}

/* --- a daemon that tells lies: the test is the daemon --- */

static struct dentry *liar_root;
static long looked_up;

static int look_up(void *name)
{
	struct dentry *dentry = lookup_one_len(name, liar_root, (int)strlen(name));

	looked_up = IS_ERR(dentry) ? PTR_ERR(dentry) : d_really_is_positive(dentry);
	if (!IS_ERR(dentry))
		dput(dentry);
	return 0;
}

struct reply {
	struct fuse_out_header head;
	union {
		struct fuse_init_out init;
		struct fuse_entry_out entry;
	};
};

static long reply_with(int fd, char *p, uint64_t unique, int error, uint32_t len, size_t bytes)
{
	struct fuse_out_header head = { .len = len, .error = error, .unique = unique };

	memcpy(p, &head, sizeof(head));
	return sys_write((unsigned)fd, p, bytes);
}

CCSAN_TEST(answers_that_are_none_are_refused)
{
	enum { ROOM = 32768 };
	struct fuse_in_header *in;
	struct reply *out;
	char options[32], *p;
	pid_t liar = ccsan_linux_process_new("liar"), user;
	size_t whole = sizeof(out->head) + sizeof(out->entry);
	int fd;

	ccsan_linux_enter(liar);
	fd = ccsan_linux_open_dev_fuse();
	in = (void *)user_memory(ROOM / PAGE_SIZE);
	out = (void *)user_memory(1);
	p = (char *)out;
	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, ROOM) == -EPERM); /* not mounted */
	snprintf(options, sizeof(options), "fd=%d", fd);
	liar_root = ccsan_linux_mount(&fuse_fs_type, "fuse", options);
	CCSAN_CHECK(!IS_ERR(liar_root));
	CCSAN_CHECK(ccsan_linux_mount(&fuse_fs_type, "fuse", options) == ERR_PTR(-EINVAL));
	CCSAN_CHECK(ccsan_linux_mount(&fuse_fs_type, "fuse", "fd=63") == ERR_PTR(-EINVAL));

	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, 4096) == -EINVAL); /* too small */
	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, ROOM) > 0 && in->opcode == FUSE_INIT);
	memset(out, 0, sizeof(*out));
	out->init.major = FUSE_KERNEL_VERSION;
	out->init.minor = FUSE_KERNEL_MINOR_VERSION;
	whole = sizeof(out->head) + sizeof(out->init);
	CCSAN_CHECK(reply_with(fd, p, in->unique, 0, (uint32_t)whole, whole) == (long)whole);

	looked_up = 77;
	user = ccsan_linux_process("user", 0, look_up, "name");
	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, ROOM) ==
		    sizeof(struct fuse_in_header) + sizeof("name"));
	CCSAN_CHECK(in->opcode == FUSE_LOOKUP && in->nodeid == FUSE_ROOT_ID);
	CCSAN_CHECK(!strcmp((char *)(in + 1), "name"));
	memset(out, 0, sizeof(*out));
	whole = sizeof(out->head) + sizeof(out->entry);
	CCSAN_CHECK(reply_with(fd, p, in->unique, 0, 15, 15) == -EINVAL);
	CCSAN_CHECK(reply_with(fd, p, in->unique, 0, 17, 16) == -EINVAL);
	CCSAN_CHECK(reply_with(fd, p, in->unique, 5, 16, 16) == -EINVAL);
	CCSAN_CHECK(reply_with(fd, p, in->unique, -600, 16, 16) == -EINVAL);
	CCSAN_CHECK(reply_with(fd, p, in->unique + 1, 0, 16, 16) == -ENOENT);
	CCSAN_CHECK(sys_write((unsigned)fd, (char *)8, 16) == -EFAULT);
	CCSAN_CHECK(looked_up == 77);
	/* an answer of the wrong size is refused, and ends the request */
	CCSAN_CHECK(reply_with(fd, p, in->unique, 0, (uint32_t)whole - 8, whole - 8) == -EINVAL);
	CCSAN_CHECK(ccsan_linux_wait(user) == 0 && looked_up == -EIO);
	CCSAN_CHECK(reply_with(fd, p, in->unique, 0, (uint32_t)whole, whole) == -ENOENT);

	user = ccsan_linux_process("user", 0, look_up, "name");
	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, ROOM) > 0);
	CCSAN_CHECK(reply_with(fd, p, in->unique, -ENOENT, 16, 16) == 16);
	CCSAN_CHECK(ccsan_linux_wait(user) == 0 && looked_up == -ENOENT);

	/* the daemon goes away with a request in its hands */
	user = ccsan_linux_process("user", 0, look_up, "other");
	CCSAN_CHECK(sys_read((unsigned)fd, (char *)in, ROOM) > 0);
	CCSAN_CHECK(sys_close((unsigned)fd) == 0);
	CCSAN_CHECK(ccsan_linux_wait(user) == 0 && looked_up == -ECONNABORTED);
	look_up("third");
	CCSAN_CHECK(looked_up == -ENOTCONN);
	ccsan_linux_leave();
	ccsan_linux_unmount(liar_root);
	ccsan_linux_end(liar);
}
