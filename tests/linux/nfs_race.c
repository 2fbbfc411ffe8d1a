/* SPDX-License-Identifier: MIT */
/*
 * A file on a server changes; one thread finds that out and drops the pages, while another one
 * stores through a mapping. Explored by tests/linux/nfs_race.
 *
 * usage: nfs_race [destructive]
 */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/nfs.h>
#include <ccsan/process.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/nfs_fs.h>
#include <linux/pagemap.h>
#include <linux/string.h>
#include <linux/syscalls.h>

enum { AT = 5 };

static pid_t process;
static char *file;

static void *store(void *unused)
{
	ccsan_linux_enter(process);
	file[AT] = 'n';
	ccsan_linux_leave();
	return unused;
}

int main(int argc, char **argv)
{
	struct ccsan_nfs_server *server = ccsan_linux_nfs_server();
	struct rpc_xprt *xprt = ccsan_linux_nfs_server_xprt(server);
	struct dentry *root, *dentry;
	struct inode *inode;
	unsigned int other;
	struct nfs_fh fh;
	char byte = 0;
	long fd;
	int error;

	if (argc > 1 && !strcmp(argv[1], "destructive"))
		ccsan_behaviour.invalidate = CCSAN_INVALIDATE_DESTRUCTIVE;
	ccsan_linux_nfs_server_write(server, "file", 0, "old bytes", 9);
	CCSAN_CHECK(!ccsan_linux_nfs_mount_handle(xprt, "/export", &fh));
	root = ccsan_linux_nfs_mount(xprt, &fh, 0);
	dentry = lookup_one_len("file", root, 4);
	inode = d_inode(dentry);
	process = ccsan_linux_process_new("user");
	ccsan_linux_enter(process);
	fd = ccsan_linux_open_fd(inode, O_RDWR);
	file = (char *)sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED, (unsigned)fd, 0);
	file[0] = 'o';
	ccsan_linux_leave();
	ccsan_linux_nfs_server_write(server, "file", 8, "S", 1);
	other = ccsan_thread_new("other", 0, store, NULL);
	error = __nfs_revalidate_inode(NFS_SERVER(inode), inode);
	if (!error)
		error = nfs_revalidate_mapping(inode, inode->i_mapping);
	CCSAN_CHECK(!error || error == -EBUSY || error == -EIO);
	ccsan_thread_join(other);
	ccsan_linux_enter(process);
	CCSAN_CHECK(!sys_fsync((unsigned)fd));
	ccsan_linux_leave();
	ccsan_linux_nfs_server_read(server, "file", AT, &byte, 1);
	CCSAN_CHECK(byte == 'n');
	return byte != 'n';
}
