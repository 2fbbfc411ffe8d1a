/* SPDX-License-Identifier: MIT */
/*
 * The NFS client against a server process on this machine: see tests/linux/nfs_live.
 *
 * usage: nfs_live PORT MOUNT_PORT PATH            lists the directory in each way, on standard
 * output; writes and reads the file "written" if it is there nfs_live --record FILE PORT MOUNT_PORT
 * PATH BYTES records the mount and one listing
 */
#include <ccsan/behaviour.h>
#include <ccsan/nfs.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void must(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "nfs_live: %s\n", what);
	exit(1);
}

/* The server may still be starting. */
static struct rpc_xprt *connect_to(const char *port)
{
	struct rpc_xprt *xprt;

	for (int tries = 0; tries < 200; tries++) {
		xprt = ccsan_linux_rpc_tcp((unsigned short)atoi(port));
		if (xprt)
			return xprt;
		usleep(50000);
	}
	must(false, "no server answers");
	return NULL;
}

static bool print_entry(void *context, const struct nfs_entry *entry)
{
	must(entry->fattr->valid && entry->fh->size, "no attributes or no handle");
	if (entry->d_type == 8) /* DT_REG */
		printf("%s %.*s %llu\n", (const char *)context, (int)entry->len, entry->name,
		       (unsigned long long)entry->fattr->size);
	return true;
}

static void list_in_each_way(struct rpc_xprt *xprt, const struct nfs_fh *dir)
{
	static const char *const ways[] = { [CCSAN_READDIR_PAGEWISE] = "pagewise",
					    [CCSAN_READDIR_VMAP_INVALIDATED] = "invalidate",
					    [CCSAN_READDIR_VMAP] = "vmap",
					    [CCSAN_READDIR_CONTIGUOUS] = "contiguous" };

	for (unsigned int way = 0; way < ARRAY_SIZE(ways); way++) {
		ccsan_behaviour.nfs_readdir = way;
		must(!ccsan_linux_nfs_readdir(xprt, dir, 12 << 10, print_entry, (void *)ways[way]),
		     "the directory cannot be read");
	}
}

/* Two pages, with all calls of the client. */
static void write_and_read(struct rpc_xprt *xprt, const struct nfs_fh *dir)
{
	struct nfs3_diropargs name = { dir, "written", 7 };
	struct page *pages[2] = { alloc_page(GFP_KERNEL), alloc_page(GFP_KERNEL) };
	struct nfs_fattr fattr;
	struct nfs_fh fh = { 0 };
	struct nfs_pgio_args args = { &fh, 0, 5000, 0, pages, NFS_UNSTABLE };
	struct nfs_pgio_res res = { .fattr = &fattr };

	if (ccsan_nfs3_lookup(xprt, &name, &fh, &fattr))
		return;
	must(!ccsan_nfs3_null(xprt), "NULL");
	must(!ccsan_nfs3_setsize(xprt, &fh, 0, &fattr), "SETATTR");
	memset(page_address(pages[0]), 'a', PAGE_SIZE);
	memset(page_address(pages[1]), 'b', PAGE_SIZE);
	must(!ccsan_nfs3_write(xprt, &args, &res) && res.count == 5000, "WRITE");
	must(!ccsan_nfs3_commit(xprt, &args, &res), "COMMIT");
	must(!ccsan_nfs3_getattr(xprt, &fh, &fattr) && fattr.size == 5000, "GETATTR");
	memset(page_address(pages[0]), 0, PAGE_SIZE);
	args.offset = 5000 - 100;
	args.count = 300;
	args.pgbase = 7;
	must(!ccsan_nfs3_read(xprt, &args, &res) && res.count == 100 && res.eof, "READ");
	for (int i = 0; i < 100; i++)
		must(((char *)page_address(pages[0]))[7 + i] == (PAGE_SIZE > 5000 ? 'a' : 'b'),
		     "other bytes were read than written");
	must(((char *)page_address(pages[0]))[6] == 0 && ((char *)page_address(pages[0]))[107] == 0,
	     "bytes beside those that were read have changed");
	puts("written");
}

static bool pass(void *context, const struct nfs_entry *entry)
{
	(void)context, (void)entry;
	return true;
}

static int record(char **argv)
{
	struct rpc_xprt *mount = ccsan_linux_rpc_record(connect_to(argv[2]), argv[0]), *xprt;
	struct nfs_fh dir;

	must(mount && !ccsan_linux_nfs_mount_handle(mount, argv[3], &dir), "MNT");
	mount->destroy(mount);
	xprt = ccsan_linux_rpc_record(connect_to(argv[1]), argv[0]);
	must(xprt && !ccsan_linux_nfs_readdir(xprt, &dir, (size_t)atoi(argv[4]), pass, NULL),
	     "READDIRPLUS");
	xprt->destroy(xprt);
	return 0;
}

int main(int argc, char **argv)
{
	struct rpc_xprt *mount, *xprt;
	struct nfs_fh dir;

	if (argc == 7 && !strcmp(argv[1], "--record"))
		return record(argv + 2);
	must(argc == 4, "usage: nfs_live PORT MOUNT_PORT PATH");
	mount = connect_to(argv[2]);
	xprt = connect_to(argv[1]);
	must(!ccsan_linux_nfs_mount_handle(mount, argv[3], &dir), "MNT");
	must(ccsan_linux_nfs_mount_handle(mount, "/not/exported", &(struct nfs_fh){ 0 }) < 0,
	     "a directory that is not exported was mounted");
	list_in_each_way(xprt, &dir);
	write_and_read(xprt, &dir);
	mount->destroy(mount);
	xprt->destroy(xprt);
	return 0;
}
