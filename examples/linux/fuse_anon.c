/* SPDX-License-Identifier: MIT */
/*
 * A FUSE daemon's buffers are anonymous memory. The kernel copies requests into them and answers
 * out of them through mappings of its own, so every byte of such a file system goes through an
 * alias. Discussed on linux-arch in December 2006 and January 2007 ("fuse, get_user_pages,
 * flush_anon_page, aliasing caches and all that"): flush_dcache_page() does nothing for anonymous
 * pages, and the process whose page it is may not be the current one.
 */
#include "fuse_daemon.h"
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <linux/dcache.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/mm.h>
#include <linux/syscalls.h>
#include <string.h>

enum { BUFFERED, DIRECT };
enum { BYTES = 600 };

static struct fuse_daemon d;

static char *user_memory(void)
{
	unsigned long at = sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE,
				    MAP_PRIVATE | MAP_ANONYMOUS, -1ul, 0);

	SCENARIO_CHECK(!IS_ERR_VALUE(at));
	return (char *)at;
}

static int open_file(void)
{
	struct dentry *dentry = lookup_one_len("file", d.root, 4);
	struct inode *dir = d.root->d_inode;
	int fd;

	if (dentry == ERR_PTR(-ENOENT)) {
		dentry = d_alloc_name(d.root, "file");
		SCENARIO_CHECK(dentry && !dir->i_op->create(dir, dentry, S_IFREG | 0644, true));
	}
	SCENARIO_CHECK(!IS_ERR(dentry));
	fd = ccsan_linux_open_fd(dentry->d_inode, O_RDWR);
	dput(dentry);
	SCENARIO_CHECK(fd >= 0);
	return fd;
}

/* Writes and reads again, twice: the second time buffers and pages have been used before. */
static int use_file(void *argument)
{
	char *p = user_memory();

	for (int round = 0; round < 2; round++) {
		int fd = open_file();

		memset(p, 'a' + round, BYTES);
		SCENARIO_CHECK(sys_write((unsigned)fd, p, BYTES) == BYTES);
		memset(p, 0, BYTES);
		SCENARIO_CHECK(sys_pread64((unsigned)fd, p, BYTES, 0) == BYTES);
		SCENARIO_CHECK(p[0] == 'a' + round && p[BYTES - 1] == 'a' + round);
		sys_close((unsigned)fd);
		fd = open_file(); /* asks the daemon again */
		SCENARIO_CHECK(sys_read((unsigned)fd, p, BYTES) == BYTES);
		SCENARIO_CHECK(p[0] == 'a' + round);
		sys_close((unsigned)fd);
	}
	return 0;
}

static void run(const struct scenario_variant *variant)
{
	const struct ccsan_behaviour *behaviour = variant->with;
	pid_t daemon, user;

	ccsan_linux_param("highmem=0"); /* Linux has none where VIPT caches alias */
	ccsan_behaviour = *behaviour;
	d.open_flags = variant->way == DIRECT ? FOPEN_DIRECT_IO : 0;
	init_completion(&d.ready);
	daemon = ccsan_linux_process("fused", 0, fuse_daemon_run, &d);
	wait_for_completion(&d.ready);
	SCENARIO_CHECK(d.root);
	user = ccsan_linux_process("user", 0, use_file, NULL);
	SCENARIO_CHECK(ccsan_linux_wait(user) == 0);
	ccsan_linux_unmount(d.root);
	SCENARIO_CHECK(ccsan_linux_wait(daemon) == 0);
}

static const struct ccsan_behaviour none = { .anon_flush = CCSAN_ANON_FLUSH_NONE },
				    gup = { .anon_flush = CCSAN_ANON_FLUSH_GUP },
				    hints = { .anon_flush = CCSAN_ANON_FLUSH_HINTS },
				    walk = { .anon_flush = CCSAN_ANON_FLUSH_WALK };

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = run,
	  .with = &none,
	  .expect = "sparc: silent; aliasing: stale-read + clobber?",
	  .reason = "the daemon's stores stay in its own lines, and its old lines hide requests; "
		    "SPARC's flush_dcache_page() goes by physical address" },
	{ .name = "flush-anon-page",
	  .run = run,
	  .with = &gup,
	  .expect = "speculative & aliasing: stale-read",
	  .reason =
		  "get_user_pages() writes the daemon's lines back before the kernel looks; a CPU "
		  "that speculates fetches them again before the kernel has written" },
	{ .name = "anon-vma-walk",
	  .run = run,
	  .with = &walk,
	  .expect = "silent",
	  .reason = "flush_dcache_page() finds the daemon's mapping by anon_vma as well" },
	{ .name = "hints",
	  .run = run,
	  .with = &hints,
	  .expect = "vivt: stale-read",
	  .reason = "the page remembers the colours of its users, which finds no line that is "
		    "tagged by its address" },
	{ .name = "direct-none",
	  .run = run,
	  .way = DIRECT,
	  .with = &none,
	  .expect = "sparc: silent; aliasing: stale-read + clobber?",
	  .reason = "the same on both ends: the caller's buffer is anonymous, too" },
	{ .name = "direct-anon-vma-walk",
	  .run = run,
	  .way = DIRECT,
	  .with = &walk,
	  .expect = "silent",
	  .reason = "both buffers are found, that of the process that is not running included" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "fuse_anon",
	.summary = "A FUSE daemon answers out of anonymous memory, and the kernel has its own "
		   "addresses",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
