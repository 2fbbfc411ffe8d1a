/* SPDX-License-Identifier: MIT */
/*
 * "Problems with mmap consistency", NFS list, February 2006: a client that finds that the server
 * has a newer file takes its mappings away, writes its dirty pages out, and drops all pages.
 * Between the second step and the third somebody dirties a page again.
 *
 * One page of one file. It is dirty at the start, by a store through a mapping; then one thread
 * revalidates the file while another one stores, writes, or writes directly to it. What that one
 * has written must be on the server at the end, after an fsync().
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/pagemap.h>
#include <linux/syscalls.h>
#include <linux/writeback.h>
#include <string.h>

enum { DESTRUCTIVE, KEEPING, ATOMIC };

enum { BLOCK = 512, AT = 5 };

static struct inode *inode;
static pid_t process;
static int fd, direct_fd;
static char *file, *memory;

/* --- who comes in between --- */

static void *store(void *unused)
{
	ccsan_linux_enter(process);
	file[AT] = 'n';
	ccsan_linux_leave();
	return unused;
}

static void *write_buffered(void *unused)
{
	ccsan_linux_enter(process);
	SCENARIO_CHECK(sys_pwrite64(fd, memory, 1, AT) == 1);
	ccsan_linux_leave();
	return unused;
}

static void *write_direct(void *unused)
{
	ccsan_linux_enter(process);
	SCENARIO_CHECK(sys_pwrite64(direct_fd, memory, BLOCK, 0) == BLOCK);
	ccsan_linux_leave();
	return unused;
}

/* --- who revalidates --- */

/* As nfs_revalidate_mapping() did. */
static int revalidate(struct address_space *mapping)
{
	unmap_mapping_range(mapping, 0, 0, 0);
	filemap_write_and_wait(mapping);
	return invalidate_inode_pages2(mapping);
}

static unsigned long user_memory(unsigned long fd_or_none, unsigned long flags)
{
	return sys_mmap(0, PAGE_SIZE, PROT_READ | PROT_WRITE, flags, fd_or_none, 0);
}

static void begin(void)
{
	inode = ccsan_linux_testfs(PAGE_SIZE, 0);
	process = ccsan_linux_process_new("user");
	ccsan_linux_enter(process);
	fd = ccsan_linux_open_fd(inode, O_RDWR);
	direct_fd = ccsan_linux_open_fd(inode, O_RDWR | O_DIRECT);
	file = (char *)user_memory((unsigned long)fd, MAP_SHARED);
	memory = (char *)user_memory(-1ul, MAP_PRIVATE | MAP_ANONYMOUS);
	memset(memory, 'n', BLOCK);
	file[0] = 'o';
	ccsan_linux_leave();
}

static void end(void)
{
	ccsan_linux_enter(process);
	SCENARIO_CHECK(sys_fsync((unsigned)fd) == 0);
	SCENARIO_CHECK(ccsan_linux_testfs_store(inode)[AT] == 'n');
	ccsan_linux_leave();
}

static void run(const struct scenario_variant *variant)
{
	struct address_space *mapping;
	unsigned other;
	int error;

	if (variant->way == DESTRUCTIVE)
		ccsan_behaviour.invalidate = CCSAN_INVALIDATE_DESTRUCTIVE;
	begin();
	mapping = inode->i_mapping;
	other = ccsan_thread_new("other", 0, *(void *(*const *)(void *))variant->with, NULL);
	if (variant->way == ATOMIC)
		error = filemap_write_and_invalidate_range(mapping, 0, LLONG_MAX);
	else
		error = revalidate(mapping);
	SCENARIO_CHECK(!error || (error == -EIO && variant->way == KEEPING));
	ccsan_thread_join(other);
	end();
}

static void *(*const storing)(void *) = store;
static void *(*const writing)(void *) = write_buffered;
static void *(*const writing_direct)(void *) = write_direct;

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = run,
	  .way = DESTRUCTIVE,
	  .with = &storing,
	  .explore = "",
	  .expect = "lost-dirty-page + failure",
	  .reason = "a store after the page was written and before it is dropped" },
	{ .name = "none-write",
	  .run = run,
	  .way = DESTRUCTIVE,
	  .with = &writing,
	  .explore = "",
	  .expect = "lost-dirty-page + failure",
	  .reason = "a write() in the same window" },
	{ .name = "none-direct",
	  .run = run,
	  .way = DESTRUCTIVE,
	  .with = &writing_direct,
	  .explore = "",
	  .expect = "silent",
	  .reason = "a direct write leaves nothing in the page cache that could be lost" },
	{ .name = "keep",
	  .run = run,
	  .way = KEEPING,
	  .with = &storing,
	  .explore = "",
	  .expect = "silent",
	  .reason = "dirty pages stay; the invalidation says -EIO, and is to be tried again" },
	{ .name = "keep-write",
	  .run = run,
	  .way = KEEPING,
	  .with = &writing,
	  .explore = "",
	  .expect = "silent",
	  .reason = "the same against write()" },
	{ .name = "keep-direct",
	  .run = run,
	  .way = KEEPING,
	  .with = &writing_direct,
	  .explore = "",
	  .expect = "silent",
	  .reason = "the same against a direct write" },
	{ .name = "atomic",
	  .run = run,
	  .way = ATOMIC,
	  .with = &storing,
	  .explore = "",
	  .expect = "silent",
	  .reason = "no page is mapped for writing until all are dropped; it never has to fail" },
	{ .name = "atomic-write",
	  .run = run,
	  .way = ATOMIC,
	  .with = &writing,
	  .explore = "",
	  .expect = "silent",
	  .reason = "i_rwsem keeps write() off; it never has to fail" },
	{ .name = "atomic-direct",
	  .run = run,
	  .way = ATOMIC,
	  .with = &writing_direct,
	  .explore = "",
	  .expect = "silent",
	  .reason = "i_rwsem keeps direct writes off; it never has to fail" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "nfs_mmap_invalidate",
	.summary = "A client revalidates a file while a user dirties it (NFS list, February 2006)",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
