/* SPDX-License-Identifier: MIT */
/* The NFS client against the server inside of the program: see tests/linux/twins. Wrong ways to
 * read a directory are examples/linux/nfs_readdir.c's. */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/nfs.h>
#include <ccsan/process.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/kernel.h>
#include <linux/nfs_fs.h>
#include <linux/pagemap.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/syscalls.h>
#include <linux/vmalloc.h>
#include <linux/writeback.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static struct ccsan_nfs_server *server;
static struct rpc_xprt *xprt;
static struct nfs_fh export;

static void start(void)
{
	memset(&ccsan_behaviour, 0, sizeof(ccsan_behaviour));
	server = ccsan_linux_nfs_server();
	xprt = ccsan_linux_nfs_server_xprt(server);
	CCSAN_CHECK(!ccsan_linux_nfs_mount_handle(xprt, "/export", &export));
}

/* --- calls --- */

CCSAN_TEST(ok_calls)
{
	struct nfs3_diropargs name = { &export, "file", 4 };
	struct nfs_fattr fattr;
	struct nfs_fh fh = { 0 }, none = { 4, "none" };

	start();
	CCSAN_CHECK(ccsan_linux_nfs_mount_handle(xprt, "/other", &fh) == -ENOENT);
	CCSAN_CHECK(ccsan_linux_nfs_server_write(server, "file", 0, "hello", 5));
	CCSAN_CHECK(!ccsan_nfs3_null(xprt));
	CCSAN_CHECK(!ccsan_nfs3_getattr(xprt, &export, &fattr) && S_ISDIR(fattr.mode));
	CCSAN_CHECK(!ccsan_nfs3_lookup(xprt, &name, &fh, &fattr) && fattr.size == 5);
	CCSAN_CHECK(S_ISREG(fattr.mode) && (fattr.mode & 0777) == 0644 && fattr.fileid == 2);
	name.len = 3;
	CCSAN_CHECK(ccsan_nfs3_lookup(xprt, &name, &none, &fattr) == -ENOENT);
	name.len = NFS_MAXNAMLEN + 1;
	CCSAN_CHECK(ccsan_nfs3_lookup(xprt, &name, &none, &fattr) == -ENAMETOOLONG);
	CCSAN_CHECK(ccsan_nfs3_getattr(xprt, &none, &fattr) == -ESTALE);
	CCSAN_CHECK(!ccsan_nfs3_setsize(xprt, &fh, 3, &fattr) && fattr.size == 3);
	CCSAN_CHECK(fattr.pre_size == 5 && fattr.valid & NFS_ATTR_FATTR_PRE);
	ccsan_linux_nfs_server_fail(server, NFSERR_JUKEBOX, 1);
	CCSAN_CHECK(ccsan_nfs3_getattr(xprt, &fh, &fattr) == -EJUKEBOX);
	CCSAN_CHECK(ccsan_linux_nfs_server_calls(server, NFS3PROC_LOOKUP) == 2);
	xprt->destroy(xprt);
}

/* Data starts and ends anywhere in its pages; nothing beside it changes. */
CCSAN_TEST(ok_read_and_write_at_odd_places)
{
	struct page *pages[3];
	struct nfs_fattr fattr;
	struct nfs_fh fh = { 0 };
	struct nfs3_diropargs name = { &export, "file", 4 };
	struct nfs_pgio_args args = { .fh = &fh, .offset = 3, .pages = pages };
	struct nfs_pgio_res res = { .fattr = &fattr };
	char byte;

	start();
	CCSAN_CHECK(ccsan_linux_nfs_server_write(server, "file", 0, "", 0));
	CCSAN_CHECK(!ccsan_nfs3_lookup(xprt, &name, &fh, &fattr));
	for (int i = 0; i < 3; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		memset(page_address(pages[i]), 'a' + i, PAGE_SIZE);
	}
	args.pgbase = (unsigned int)PAGE_SIZE - 5;
	args.count = (u32)PAGE_SIZE + 11;
	args.stable = NFS_UNSTABLE;
	CCSAN_CHECK(!ccsan_nfs3_write(xprt, &args, &res) && res.count == args.count);
	CCSAN_CHECK(res.committed == NFS_UNSTABLE && !ccsan_nfs3_commit(xprt, &args, &res));
	CCSAN_CHECK(ccsan_linux_nfs_server_read(server, "file", 3 + 4, &byte, 1) == 1);
	CCSAN_CHECK(byte == 'a');
	CCSAN_CHECK(ccsan_linux_nfs_server_read(server, "file", 3 + 5, &byte, 1) == 1);
	CCSAN_CHECK(byte == 'b');
	for (int i = 0; i < 3; i++)
		memset(page_address(pages[i]), '-', PAGE_SIZE);
	args.pgbase = 1;
	CCSAN_CHECK(!ccsan_nfs3_read(xprt, &args, &res) && res.count == args.count && res.eof);
	CCSAN_CHECK(!memcmp(page_address(pages[0]), "-aaaaab", 7));
	CCSAN_CHECK(!memcmp((char *)page_address(pages[1]) + 6, "cccccc-", 7) ||
		    !memcmp((char *)page_address(pages[1]) + 5, "bcccccc-", 7));
	for (int i = 0; i < 3; i++)
		__free_page(pages[i]);
	xprt->destroy(xprt);
}

CCSAN_TEST(ok_reboot_forgets_what_was_not_committed)
{
	struct page *page = alloc_page(GFP_KERNEL);
	struct nfs_fattr fattr;
	struct nfs_fh fh = { 0 };
	struct nfs3_diropargs name = { &export, "file", 4 };
	struct nfs_pgio_args args = { &fh, 0, 4, 0, &page, NFS_UNSTABLE };
	struct nfs_pgio_res written = { .fattr = &fattr }, committed = { .fattr = &fattr };
	char bytes[4];

	start();
	ccsan_linux_nfs_server_write(server, "file", 0, "old.", 4);
	CCSAN_CHECK(!ccsan_nfs3_lookup(xprt, &name, &fh, &fattr));
	memcpy(page_address(page), "new.", 4);
	CCSAN_CHECK(!ccsan_nfs3_write(xprt, &args, &written));
	ccsan_linux_nfs_server_reboot(server);
	CCSAN_CHECK(!ccsan_nfs3_commit(xprt, &args, &committed));
	CCSAN_CHECK(memcmp(written.verf, committed.verf, sizeof(written.verf)));
	CCSAN_CHECK(ccsan_linux_nfs_server_read(server, "file", 0, bytes, 4) == 4);
	CCSAN_CHECK(!memcmp(bytes, "old.", 4));
	__free_page(page);
	xprt->destroy(xprt);
}

/* --- directories --- */

enum { FILES = 90, REPLY = 4000 };

static unsigned int seen;

static bool count_entry(void *context, const struct nfs_entry *entry)
{
	char name[NFS_MAXNAMLEN + 1];

	(void)context;
	snprintf(name, sizeof(name), "file-%u-%0*u", seen - 2, (int)(seen * 7 % 60), seen);
	if (seen >= 2)
		CCSAN_CHECK(entry->len == strlen(name) && !memcmp(entry->name, name, entry->len));
	CCSAN_CHECK(entry->fattr->fileid == entry->ino && entry->fh->size);
	seen++;
	return true;
}

static void make_files(void)
{
	char name[NFS_MAXNAMLEN + 1];

	start();
	for (unsigned int i = 2; i < FILES + 2; i++) {
		snprintf(name, sizeof(name), "file-%u-%0*u", i - 2, (int)(i * 7 % 60), i);
		CCSAN_CHECK(ccsan_linux_nfs_server_write(server, name, 0, "x", 1));
	}
}

static int list(void)
{
	seen = 0;
	return ccsan_linux_nfs_readdir(xprt, &export, REPLY * 3, count_entry, NULL);
}

static void list_by(unsigned int way)
{
	make_files();
	ccsan_behaviour.nfs_readdir = way;
	CCSAN_CHECK(!list() && seen == FILES + 2);
	CCSAN_CHECK(ccsan_linux_nfs_server_calls(server, NFS3PROC_READDIRPLUS) > 1);
	xprt->destroy(xprt);
}

CCSAN_TEST(ok_readdir_pagewise)
{
	list_by(CCSAN_READDIR_PAGEWISE);
}

CCSAN_TEST(ok_readdir_contiguous)
{
	list_by(CCSAN_READDIR_CONTIGUOUS);
}

CCSAN_TEST(ok_readdir_vmap_invalidated)
{
	list_by(CCSAN_READDIR_VMAP_INVALIDATED);
}

static bool stop_at_third(void *context, const struct nfs_entry *entry)
{
	(void)context, (void)entry;
	return ++seen < 3;
}

CCSAN_TEST(ok_readdir_fails)
{
	struct nfs_fh none = { 4, "none" };

	make_files();
	CCSAN_CHECK(ccsan_linux_nfs_readdir(xprt, &none, REPLY, count_entry, NULL) == -ESTALE);
	CCSAN_CHECK(ccsan_linux_nfs_readdir(xprt, &export, 0, count_entry, NULL) == -EINVAL);
	CCSAN_CHECK(ccsan_linux_nfs_readdir(xprt, &export, 120, count_entry, NULL) == -ETOOSMALL);
	seen = 0;
	CCSAN_CHECK(!ccsan_linux_nfs_readdir(xprt, &export, REPLY, stop_at_third, NULL));
	CCSAN_CHECK(seen == 3);
	xprt->destroy(xprt);
}

CCSAN_TEST(ok_readdir_without_memory)
{
	unsigned long before;
	unsigned int first, count;

	make_files();
	ccsan_behaviour.nfs_readdir = CCSAN_READDIR_VMAP_INVALIDATED;
	CCSAN_CHECK(!list());
	vm_unmap_aliases();
	before = nr_free_pages();
	first = ccsan_linux_allocations();
	CCSAN_CHECK(!list());
	count = ccsan_linux_allocations() - first;
	CCSAN_CHECK(count > 5);
	for (unsigned int nth = 1; nth <= count; nth++) {
		ccsan_linux_fail_allocation(nth);
		CCSAN_CHECK(list() == -ENOMEM);
		ccsan_linux_fail_allocation(0);
		vm_unmap_aliases();
		CCSAN_CHECK(nr_free_pages() == before);
	}
	xprt->destroy(xprt);
}

/* --- replies that are wrong --- */

struct liar {
	struct rpc_xprt xprt; /* first */
	struct rpc_xprt *to;
	size_t cut; /* bytes that are left of a reply */
	size_t at;  /* the byte that is changed; 0: none */
	unsigned char to_byte;
};

static ssize_t lie(struct rpc_xprt *liar, const void *call, size_t bytes, void **reply)
{
	struct liar *l = (struct liar *)liar;
	ssize_t size = l->to->exchange(l->to, call, bytes, reply);

	if (size > 0 && (size_t)size > l->cut)
		size = (ssize_t)l->cut;
	if (l->at && size > (ssize_t)l->at)
		((unsigned char *)*reply)[l->at] = l->to_byte;
	return size;
}

/* Every cut, and each byte of the first entries made large: nothing is read outside of the pages,
 * and nothing waits for ever. */
CCSAN_TEST(ok_replies_cut_short_and_lying)
{
	static struct liar liar;
	unsigned int good = 0;

	make_files();
	liar = (struct liar){ .xprt = { .exchange = lie }, .to = xprt, .cut = ~0ul };
	xprt = &liar.xprt;
	for (liar.cut = 0; liar.cut < 700; liar.cut += 13) {
		int result =
			list(); /* entries that are whole count; the others are asked for again */

		CCSAN_CHECK(result < 0 || (liar.cut > 250 && seen == FILES + 2));
	}
	liar.cut = ~0ul;
	liar.to_byte = 0xff;
	for (liar.at = 4; liar.at < 400; liar.at += 7) {
		seen = 0;
		good += !ccsan_linux_nfs_readdir(xprt, &export, REPLY, stop_at_third, NULL);
	}
	CCSAN_CHECK(good); /* attributes may be anything */
}

/* --- recordings --- */

CCSAN_TEST(ok_recording)
{
	static u8 bytes[1 << 18];
	struct ccsan_rpc_recording recording = { .bytes = bytes };
	char name[] = "/tmp/ccsan-nfs-XXXXXX";
	FILE *file;

	make_files();
	close(mkstemp(name));
	xprt = ccsan_linux_rpc_record(xprt, name);
	CCSAN_CHECK(!list());
	xprt->destroy(xprt);
	file = fopen(name, "r");
	recording.size = fread(bytes, 1, sizeof(bytes), file);
	fclose(file);
	unlink(name);
	xprt = ccsan_linux_rpc_replay(&recording);
	CCSAN_CHECK(!list() && seen == FILES + 2);
	CCSAN_CHECK(list() == -EIO); /* that was all of it */
	xprt->destroy(xprt);
}

/* --- a file system --- */

static struct dentry *root;
static struct inode *inode;
static pid_t process;
static long fd;
static char *memory;

static char *map(long file, unsigned long flags)
{
	unsigned long at =
		sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE, flags, (unsigned long)file, 0);

	CCSAN_CHECK(!IS_ERR_VALUE(at));
	return (char *)at;
}

/* The file has two pages: '1' and '2'. */
static void mount_and_open(unsigned int mount_flags, int flags)
{
	static char page[16384];
	struct dentry *dentry;

	start();
	memset(page, '1', sizeof(page));
	ccsan_linux_nfs_server_write(server, "file", 0, page, PAGE_SIZE);
	memset(page, '2', sizeof(page));
	ccsan_linux_nfs_server_write(server, "file", PAGE_SIZE, page, PAGE_SIZE);
	root = ccsan_linux_nfs_mount(xprt, &export, mount_flags);
	CCSAN_CHECK(!IS_ERR(root));
	dentry = lookup_one_len("file", root, 4);
	CCSAN_CHECK(!IS_ERR(dentry) && d_really_is_positive(dentry));
	inode = d_inode(dentry);
	process = ccsan_linux_process_new("user");
	ccsan_linux_enter(process);
	fd = ccsan_linux_open_fd(inode, O_RDWR | flags);
	CCSAN_CHECK(fd >= 0);
	memory = map(-1, MAP_PRIVATE | MAP_ANONYMOUS);
	dput(dentry);
}

static void close_and_unmount(void)
{
	CCSAN_CHECK(!sys_close((unsigned)fd));
	ccsan_linux_leave();
	ccsan_linux_end(process);
	ccsan_linux_unmount(root);
	xprt->destroy(xprt);
}

static char at_server(u64 offset)
{
	char byte = 0;

	ccsan_linux_nfs_server_read(server, "file", offset, &byte, 1);
	return byte;
}

CCSAN_TEST(ok_file_read_write_sync)
{
	mount_and_open(0, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 4, (loff_t)PAGE_SIZE - 2) == 4);
	CCSAN_CHECK(!memcmp(memory, "1122", 4));
	memcpy(memory, "abcd", 4);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 4, (loff_t)PAGE_SIZE - 2) == 4);
	CCSAN_CHECK(at_server(PAGE_SIZE) == '2');
	CCSAN_CHECK(!sys_fsync((unsigned)fd));
	CCSAN_CHECK(at_server(PAGE_SIZE - 2) == 'a' && at_server(PAGE_SIZE + 1) == 'd');
	CCSAN_CHECK(at_server(PAGE_SIZE - 3) == '1' && at_server(PAGE_SIZE + 2) == '2');
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 10, (loff_t)PAGE_SIZE * 2 - 3) == 3);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 10, (loff_t)PAGE_SIZE * 2) == 0);
	close_and_unmount();
}

CCSAN_TEST(ok_file_grows)
{
	mount_and_open(0, O_APPEND);
	memcpy(memory, "end", 3);
	CCSAN_CHECK(sys_write((unsigned)fd, memory, 3) == 3);
	CCSAN_CHECK(i_size_read(inode) == (loff_t)PAGE_SIZE * 2 + 3);
	CCSAN_CHECK(!sys_fsync((unsigned)fd) && at_server(PAGE_SIZE * 2 + 2) == 'd');
	CCSAN_CHECK(!sys_ftruncate((unsigned)fd, 5) && i_size_read(inode) == 5);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 9, 0) == 5 && !memcmp(memory, "11111", 5));
	close_and_unmount();
}

/* Another client writes. Who has the file open goes on with what it has, until attributes are asked
 * for. */
CCSAN_TEST(ok_attributes_are_believed)
{
	mount_and_open(0, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == '1');
	ccsan_linux_nfs_server_write(server, "file", 0, "new", 3);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == '1');
	NFS_I(inode)->cache_validity |= NFS_INO_INVALID_ATTR;
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == 'n');
	close_and_unmount();
}

CCSAN_TEST(ok_noac)
{
	mount_and_open(NFS_MOUNT_NOAC, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == '1');
	ccsan_linux_nfs_server_write(server, "file", 0, "new", 3);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == 'n');
	ccsan_linux_nfs_server_truncate(server, "file", 2);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 9, 0) == 2);
	close_and_unmount();
}

CCSAN_TEST(ok_close_to_open)
{
	long again;

	mount_and_open(0, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1 && memory[0] == '1');
	ccsan_linux_nfs_server_write(server, "file", 0, "new", 3);
	again = ccsan_linux_open_fd(inode, O_RDWR);
	CCSAN_CHECK(sys_pread64((unsigned)again, memory, 1, 0) == 1 && memory[0] == 'n');
	memory[0] = 'c';
	CCSAN_CHECK(sys_pwrite64((unsigned)again, memory, 1, 7) == 1 && at_server(7) == '1');
	CCSAN_CHECK(!sys_close((unsigned)again) && at_server(7) == 'c');
	close_and_unmount();
}

/* Our own writes change the times at the server, too: that is no reason to read again. */
CCSAN_TEST(ok_own_writes_do_not_invalidate)
{
	unsigned int reads;

	mount_and_open(NFS_MOUNT_NOAC, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1);
	reads = ccsan_linux_nfs_server_calls(server, NFS3PROC_READ);
	for (int i = 0; i < 3; i++) {
		CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 4, i) == 4);
		CCSAN_CHECK(!sys_fsync((unsigned)fd));
		CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 4, 0) == 4);
	}
	CCSAN_CHECK(ccsan_linux_nfs_server_calls(server, NFS3PROC_READ) == reads);
	close_and_unmount();
}

/* A shared mapping sees the new file once somebody has revalidated it, and keeps its own stores. */
CCSAN_TEST(ok_mmap_and_revalidation)
{
	char *file;

	mount_and_open(0, 0);
	file = map(fd, MAP_SHARED);
	CCSAN_CHECK(file[0] == '1');
	file[10] = 's';
	ccsan_linux_nfs_server_write(server, "file", PAGE_SIZE, "new", 3);
	CCSAN_CHECK(file[0] == '1' && at_server(10) == '1');
	CCSAN_CHECK(!__nfs_revalidate_inode(NFS_SERVER(inode), inode));
	CCSAN_CHECK(!nfs_revalidate_mapping(inode, inode->i_mapping));
	CCSAN_CHECK(at_server(10) == 's' && !inode->i_mapping->nrpages);
	CCSAN_CHECK(file[10] == 's' && file[0] == '1');
	file[11] = 't';
	CCSAN_CHECK(!sys_msync((unsigned long)file, PAGE_SIZE, MS_SYNC) && at_server(11) == 't');
	close_and_unmount();
}

CCSAN_TEST(ok_direct)
{
	mount_and_open(0, O_DIRECT);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, PAGE_SIZE, 0) == (long)PAGE_SIZE);
	CCSAN_CHECK(memory[0] == '1' && memory[PAGE_SIZE - 1] == '1');
	memset(memory, 'd', 512);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 512, 512) == 512);
	CCSAN_CHECK(at_server(511) == '1' && at_server(512) == 'd' && at_server(1023) == 'd' &&
		    at_server(1024) == '1');
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1024, 512) == 1024);
	CCSAN_CHECK(memory[0] == 'd' && memory[512] == '1');
	close_and_unmount();
}

CCSAN_TEST(ok_errors_come_back)
{
	mount_and_open(0, 0);
	ccsan_linux_nfs_server_fail(server, NFSERR_IO, 100); /* readahead fails, too */
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == -EIO);
	ccsan_linux_nfs_server_fail(server, NFSERR_IO, 0);
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, 0) == 1);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 1, 0) == 1);
	ccsan_linux_nfs_server_fail(server, NFSERR_NOSPC, 1);
	CCSAN_CHECK(sys_fsync((unsigned)fd) == -ENOSPC);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 1, 0) == 1);
	CCSAN_CHECK(sys_fsync((unsigned)fd) == 0);
	close_and_unmount();
}

/* Whatever cannot be had, the call says so, and what was written before is not lost. */
CCSAN_TEST(ok_file_without_memory)
{
	unsigned int failed = 0, first, count;
	long got;

	mount_and_open(NFS_MOUNT_NOAC, 0);
	memory[0] = 'k';
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 1, 0) == 1 && !sys_fsync((unsigned)fd));
	first = ccsan_linux_allocations();
	CCSAN_CHECK(sys_pread64((unsigned)fd, memory, 1, (loff_t)PAGE_SIZE) == 1);
	CCSAN_CHECK(sys_pwrite64((unsigned)fd, memory, 1, 5) == 1 && !sys_fsync((unsigned)fd));
	count = ccsan_linux_allocations() - first;
	for (unsigned int nth = 1; nth <= count; nth++) {
		ccsan_linux_fail_allocation(nth);
		got = sys_pread64((unsigned)fd, memory, 1, (loff_t)PAGE_SIZE);
		CCSAN_CHECK(got == 1 || got == -ENOMEM);
		failed += got != 1;
		got = sys_pwrite64((unsigned)fd, memory, 1, 5);
		CCSAN_CHECK(got == 1 || got == -ENOMEM);
		failed += got != 1;
		got = sys_fsync((unsigned)fd);
		CCSAN_CHECK(!got || got == -ENOMEM || got == -EIO);
		failed += got != 0;
		ccsan_linux_fail_allocation(0);
		sys_fsync((unsigned)fd);
		CCSAN_CHECK(at_server(0) == 'k');
	}
	CCSAN_CHECK(failed);
	close_and_unmount();
}
