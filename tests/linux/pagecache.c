/* SPDX-License-Identifier: MIT */
/* The page cache, file by file: ok_… is silent on every CPU; bug_… makes the finding that
 * tests/linux/pagecache knows. */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/highmem.h>
#include <linux/pagemap.h>
#include <linux/rmap.h>
#include <linux/syscalls.h>
#include <linux/uaccess.h>
#include <linux/writeback.h>
#include <string.h>

enum { PAGES = 4 };

static struct inode *inode;
static struct address_space *mapping;
static pid_t process;
static int fd;

static size_t file_bytes(void)
{
	return PAGES * PAGE_SIZE;
}

static void begin(int flags)
{
	inode = ccsan_linux_testfs(file_bytes(), 0);
	mapping = inode->i_mapping;
	process = ccsan_linux_process_new("user");
	ccsan_linux_enter(process);
	fd = ccsan_linux_open_fd(inode, O_RDWR | flags);
	CCSAN_CHECK(fd >= 0);
}

static void end(void)
{
	CCSAN_CHECK(sys_close(fd) == 0);
	ccsan_linux_leave();
	ccsan_linux_end(process);
	ccsan_linux_testfs_free(inode);
}

static char *map(unsigned long fd_or_all, size_t bytes, unsigned long flags)
{
	unsigned long at = sys_mmap(0, bytes, PROT_READ | PROT_WRITE, flags, fd_or_all, 0);

	CCSAN_CHECK(!IS_ERR_VALUE(at));
	return (char *)at;
}

static char *map_file(void)
{
	return map(fd, file_bytes(), MAP_SHARED);
}

/* User memory of one page. */
static char *memory(const char *text)
{
	char *p = map(-1ul, PAGE_SIZE, MAP_PRIVATE | MAP_ANONYMOUS);

	strcpy(p, text);
	return p;
}

static char *store(void)
{
	return ccsan_linux_testfs_store(inode);
}

static bool is_cached(pgoff_t index)
{
	struct page *page = find_get_page(mapping, index);

	if (page)
		put_page(page);
	return page;
}

/* --- reading and writing --- */

CCSAN_TEST(ok_write_read_sync)
{
	char *p;

	begin(0);
	p = memory("hello");
	CCSAN_CHECK(sys_pwrite64(fd, p, 6, 100) == 6);
	CCSAN_CHECK(store()[100] == 0 && xa_marked(&mapping->i_pages, PAGECACHE_TAG_DIRTY));
	CCSAN_CHECK(sys_pread64(fd, p + 64, 6, 100) == 6 && !strcmp(p + 64, "hello"));
	CCSAN_CHECK(sys_fsync(fd) == 0 && !strcmp(store() + 100, "hello"));
	CCSAN_CHECK(!xa_marked(&mapping->i_pages, PAGECACHE_TAG_DIRTY));
	CCSAN_CHECK(sys_fsync(fd) == 0 && ccsan_linux_testfs_writes(inode) == 1);
	end();
}

CCSAN_TEST(ok_position_and_ends)
{
	loff_t size = (loff_t)file_bytes();
	char *p;

	begin(0);
	p = memory("end");
	CCSAN_CHECK(sys_lseek(fd, -3, SEEK_END) == size - 3);
	CCSAN_CHECK(sys_write(fd, p, 3) == 3 && sys_lseek(fd, 0, SEEK_CUR) == size);
	CCSAN_CHECK(sys_read(fd, p, 3) == 0);
	CCSAN_CHECK(sys_write(fd, p, 3) == -ENOSPC);
	CCSAN_CHECK(sys_pread64(fd, p, 8, size - 3) == 3);
	CCSAN_CHECK(sys_pread64(fd, p, 8, size + 8) == 0);
	CCSAN_CHECK(sys_pread64(fd, p, 8, -1) == -EINVAL);
	CCSAN_CHECK(sys_pread64(63, p, 8, 0) == -EBADF && sys_close(63) == -EBADF);
	CCSAN_CHECK(sys_lseek(fd, -1, SEEK_SET) == -EINVAL);
	end();
}

CCSAN_TEST(ok_over_page_ends)
{
	size_t most = PAGE_SIZE;
	char *p;

	begin(0);
	p = memory("");
	memset(p, 'x', most);
	CCSAN_CHECK(sys_pwrite64(fd, p, most, 50) == (long)most);
	memset(p, 0, most);
	CCSAN_CHECK(sys_pread64(fd, p, most, 50) == (long)most && p[0] == 'x' &&
		    p[most - 1] == 'x');
	CCSAN_CHECK(sys_fsync(fd) == 0 && store()[49] == 0 && store()[50] == 'x' &&
		    store()[most + 49] == 'x' && store()[most + 50] == 0);
	end();
}

CCSAN_TEST(ok_bad_memory)
{
	char *p;

	begin(0);
	p = map(-1ul, 2 * PAGE_SIZE, MAP_PRIVATE | MAP_ANONYMOUS);
	memset(p, 'y', PAGE_SIZE);
	CCSAN_CHECK(sys_munmap((unsigned long)p + PAGE_SIZE, PAGE_SIZE) == 0);
	CCSAN_CHECK(sys_pwrite64(fd, p + PAGE_SIZE, 10, 0) == -EFAULT);
	CCSAN_CHECK(sys_pwrite64(fd, p + PAGE_SIZE - 4, 10, 0) == -EFAULT); /* as Linux */
	CCSAN_CHECK(sys_pwrite64(fd, p + PAGE_SIZE - 4, 4, 0) == 4);
	CCSAN_CHECK(sys_pread64(fd, p + PAGE_SIZE, 10, 0) == -EFAULT);
	CCSAN_CHECK(sys_pread64(fd, p + PAGE_SIZE - 4, 10, 0) == 4);
	CCSAN_CHECK(sys_pread64(fd, p + PAGE_SIZE - 4, 4, 0) == 4 && p[PAGE_SIZE - 1] == 'y');
	end();
}

CCSAN_TEST(ok_readahead)
{
	char *p;

	begin(0);
	p = memory("");
	CCSAN_CHECK(sys_pread64(fd, p, 1, 0) == 1 && is_cached(0));
	CCSAN_CHECK(is_cached(1) && !is_cached(2));
	CCSAN_CHECK(sys_pread64(fd, p, 1, (loff_t)PAGE_SIZE) == 1);
	CCSAN_CHECK(is_cached(2) && PageUptodate(xa_load(&mapping->i_pages, 2)));
	end();
}

/* --- mappings --- */

CCSAN_TEST(ok_mapping_and_calls)
{
	char *p, *file;

	begin(0);
	file = map_file();
	p = memory("first");
	CCSAN_CHECK(file[10] == 0);
	CCSAN_CHECK(sys_pwrite64(fd, p, 6, 10) == 6 && !strcmp(file + 10, "first"));
	strcpy(file + 10, "other");
	CCSAN_CHECK(sys_pread64(fd, p, 6, 10) == 6 && !strcmp(p, "other"));
	strcpy(file + 10, "third");
	CCSAN_CHECK(sys_pread64(fd, p, 6, 10) == 6 && !strcmp(p, "third"));
	end();
}

CCSAN_TEST(ok_two_processes)
{
	pid_t other;
	char *file, *others;

	begin(0);
	file = map_file();
	strcpy(file, "one");
	other = ccsan_linux_process_new("other");
	ccsan_linux_enter(other);
	CCSAN_CHECK(ccsan_linux_open_fd(inode, O_RDWR) == 0);
	others = map(0, file_bytes(), MAP_SHARED);
	CCSAN_CHECK(!strcmp(others, "one"));
	strcpy(others, "two");
	ccsan_linux_leave();
	CCSAN_CHECK(!strcmp(file, "two"));
	ccsan_linux_enter(other);
	CCSAN_CHECK(sys_close(0) == 0);
	ccsan_linux_leave();
	ccsan_linux_end(other);
	end();
}

CCSAN_TEST(ok_stores_are_noticed)
{
	char *file;

	begin(0);
	file = map_file();
	strcpy(file, "one");
	CCSAN_CHECK(sys_fsync(fd) == 0 && !strcmp(store(), "one"));
	strcpy(file, "two");
	CCSAN_CHECK(PageDirty(xa_load(&mapping->i_pages, 0)));
	CCSAN_CHECK(sys_fsync(fd) == 0 && !strcmp(store(), "two"));
	strcpy(file, "six");
	CCSAN_CHECK(sys_munmap((unsigned long)file, file_bytes()) == 0);
	CCSAN_CHECK(sys_fsync(fd) == 0 && !strcmp(store(), "six"));
	end();
}

CCSAN_TEST(ok_private_copies)
{
	char *shared, *private;

	begin(0);
	strcpy(store(), "all");
	shared = map_file();
	private = map(fd, file_bytes(), MAP_PRIVATE);
	CCSAN_CHECK(!strcmp(shared, "all") && !strcmp(private, "all"));
	strcpy(private, "own");
	CCSAN_CHECK(!strcmp(shared, "all"));
	unmap_mapping_range(mapping, 0, 0, 0);
	CCSAN_CHECK(!strcmp(private, "own") && !strcmp(shared, "all"));
	unmap_mapping_range(mapping, 0, 0, 1);
	CCSAN_CHECK(!strcmp(private, "all"));
	end();
}

CCSAN_TEST(ok_truncate)
{
	char *p, *file;

	begin(0);
	file = map_file();
	p = memory("");
	memset(file, 'z', file_bytes());
	CCSAN_CHECK(sys_ftruncate(fd, 100) == 0 && mapping->nrpages == 1);
	CCSAN_CHECK(file[99] == 'z' && file[100] == 0);
	CCSAN_CHECK(copy_from_user(p, file + PAGE_SIZE, 1) == 1); /* beyond the end */
	CCSAN_CHECK(sys_ftruncate(fd, (loff_t)file_bytes()) == 0);
	CCSAN_CHECK(file[100] == 0);
	CCSAN_CHECK(sys_ftruncate(fd, 0) == 0 && !mapping->nrpages);
	end();
}

CCSAN_TEST(ok_punch)
{
	char *file;

	begin(0);
	file = map_file();
	memset(file, 'z', file_bytes());
	truncate_pagecache_range(inode, 10, 19);
	CCSAN_CHECK(file[9] == 'z' && file[10] == 0 && file[19] == 0 && file[20] == 'z');
	truncate_pagecache_range(inode, 100, (loff_t)(2 * PAGE_SIZE + 99));
	CCSAN_CHECK(!is_cached(1) && file[99] == 'z' && file[100] == 0);
	CCSAN_CHECK(file[2 * PAGE_SIZE + 99] == 0 && file[2 * PAGE_SIZE + 100] == 'z');
	end();
}

/* --- invalidation --- */

CCSAN_TEST(ok_invalidate_keeps_dirty)
{
	char *p;

	begin(0);
	p = memory("kept");
	for (int i = 0; i < PAGES; i++)
		CCSAN_CHECK(sys_pread64(fd, p + 64, 1, (loff_t)(i * PAGE_SIZE)) == 1);
	CCSAN_CHECK(sys_pwrite64(fd, p, 5, PAGE_SIZE) == 5);
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == -EIO);
	CCSAN_CHECK(!is_cached(0) && is_cached(1) && !is_cached(2) && !is_cached(3));
	CCSAN_CHECK(sys_fsync(fd) == 0 && !strcmp(store() + PAGE_SIZE, "kept"));
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == 0 && !mapping->nrpages);
	end();
}

CCSAN_TEST(ok_invalidate_keeps_stores)
{
	char *file;

	begin(0);
	file = map_file();
	strcpy(file, "kept");
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == -EIO && !strcmp(file, "kept"));
	CCSAN_CHECK(sys_fsync(fd) == 0);
	memcpy(store(), "news", 5); /* another client of the server */
	CCSAN_CHECK(!strcmp(file, "kept"));
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == 0 && !strcmp(file, "news"));
	end();
}

CCSAN_TEST(ok_invalidate_unused)
{
	char *file;

	begin(0);
	file = map_file();
	for (int i = 0; i < PAGES; i++)
		CCSAN_CHECK(file[i * PAGE_SIZE] == 0);
	CCSAN_CHECK(invalidate_mapping_pages(mapping, 0, ~0ul) == 0); /* all mapped */
	CCSAN_CHECK(sys_munmap((unsigned long)file, file_bytes()) == 0);
	CCSAN_CHECK(invalidate_mapping_pages(mapping, 1, 2) == 2 && mapping->nrpages == 2);
	end();
}

CCSAN_TEST(ok_write_and_invalidate)
{
	char *p, *file;

	begin(0);
	file = map_file();
	p = memory("called");
	strcpy(file, "stored");
	CCSAN_CHECK(sys_pwrite64(fd, p, 7, PAGE_SIZE) == 7);
	CCSAN_CHECK(filemap_write_and_invalidate_range(mapping, 0, 0) == 0);
	CCSAN_CHECK(!is_cached(0) && is_cached(1) && !strcmp(store(), "stored"));
	CCSAN_CHECK(filemap_write_and_invalidate_range(mapping, 0, LLONG_MAX) == 0);
	CCSAN_CHECK(!mapping->nrpages && !strcmp(store() + PAGE_SIZE, "called"));
	CCSAN_CHECK(!strcmp(file, "stored"));
	end();
}

CCSAN_TEST(ok_write_and_invalidate_fails)
{
	char *file;

	begin(0);
	file = map_file();
	strcpy(file, "stored");
	ccsan_linux_testfs_fail(inode, 1, -ENOSPC);
	CCSAN_CHECK(filemap_write_and_invalidate_range(mapping, 0, LLONG_MAX) == -ENOSPC);
	CCSAN_CHECK(is_cached(0) && !strcmp(file, "stored"));
	end();
}

/* --- writing out --- */

CCSAN_TEST(ok_errors_are_told_once)
{
	int second;
	char *p;

	begin(0);
	second = ccsan_linux_open_fd(inode, O_RDWR);
	p = memory("lost");
	CCSAN_CHECK(sys_pwrite64(fd, p, 5, 0) == 5);
	ccsan_linux_testfs_fail(inode, 1, -EIO);
	CCSAN_CHECK(sys_fsync(fd) == -EIO && sys_fsync(fd) == 0);
	CCSAN_CHECK(sys_fsync(second) == -EIO && sys_fsync(second) == 0);
	CCSAN_CHECK(sys_close(second) == 0);
	end();
}

CCSAN_TEST(ok_flusher)
{
	unsigned int flusher;
	char *p;

	begin(0);
	p = memory("flushed");
	CCSAN_CHECK(sys_pwrite64(fd, p, 8, 0) == 8);
	flusher = ccsan_linux_writeback_thread(0, 1);
	ccsan_thread_join(flusher);
	/* No super block, hence none of its business; fsync() is. */
	CCSAN_CHECK(store()[0] == 0 && sys_fdatasync(fd) == 0 && !strcmp(store(), "flushed"));
	end();
}

CCSAN_TEST(ok_range_of_bytes)
{
	char *p;

	begin(0);
	p = memory("some");
	for (int i = 0; i < PAGES; i++)
		CCSAN_CHECK(sys_pwrite64(fd, p, 5, (loff_t)(i * PAGE_SIZE)) == 5);
	CCSAN_CHECK(filemap_write_and_wait_range(mapping, PAGE_SIZE, 2 * PAGE_SIZE - 1) == 0);
	CCSAN_CHECK(ccsan_linux_testfs_writes(inode) == 1 && store()[PAGE_SIZE] == 's');
	CCSAN_CHECK(filemap_range_has_page(mapping, PAGE_SIZE, PAGE_SIZE));
	CCSAN_CHECK(!filemap_range_has_page(mapping, (loff_t)file_bytes(), LLONG_MAX));
	end();
}

/* --- direct transfers --- */

CCSAN_TEST(ok_direct)
{
	char *p, *file;

	begin(O_DIRECT);
	file = map_file();
	p = memory("direct");
	CCSAN_CHECK(sys_pwrite64(fd, p, 512, 0) == 512 && !strcmp(store(), "direct"));
	CCSAN_CHECK(!mapping->nrpages && !strcmp(file, "direct"));
	strcpy(file, "mapped");
	CCSAN_CHECK(sys_pread64(fd, p, 512, 0) == 512 && !strcmp(p, "mapped"));
	strcpy(p, "again");
	strcpy(file + 600, "kept");
	CCSAN_CHECK(sys_pwrite64(fd, p, 512, 0) == 512 && !strcmp(file, "again"));
	CCSAN_CHECK(!strcmp(file + 600, "kept") && !strcmp(store() + 600, "kept"));
	CCSAN_CHECK(sys_pwrite64(fd, p + 512, 100, 0) == -EINVAL);
	CCSAN_CHECK(sys_pread64(fd, p, 512, (loff_t)file_bytes()) == 0);
	end();
}

/* The memory of the transfer is a mapping of the very bytes that it writes. */
CCSAN_TEST(ok_direct_from_itself)
{
	char *file;

	begin(O_DIRECT);
	file = map_file();
	strcpy(file, "self");
	CCSAN_CHECK(sys_pwrite64(fd, file, 512, 0) == 512);
	CCSAN_CHECK(sys_pwrite64(fd, file, 512, 512) == 512);
	CCSAN_CHECK(!strcmp(file + 512, "self") && !strcmp(store() + 512, "self"));
	end();
}

/* --- memory runs out --- */

static long write_all(const char *p)
{
	long done = 0, step;

	for (int i = 0; i < PAGES; i++) {
		step = sys_pwrite64(fd, p, 8, (loff_t)(i * PAGE_SIZE));
		if (step < 0)
			return step;
		done += step;
	}
	return done;
}

CCSAN_TEST(ok_out_of_memory)
{
	unsigned int failures = 0;
	long done = -ENOMEM;
	char *p;

	for (unsigned int nth = 1; done == -ENOMEM; nth++) {
		begin(0);
		p = memory("memory!");
		ccsan_linux_fail_allocation(nth);
		done = write_all(p);
		ccsan_linux_fail_allocation(0);
		CCSAN_CHECK(done == 8 * PAGES || done == -ENOMEM);
		failures += done == -ENOMEM;
		end();
	}
	CCSAN_CHECK(failures >= PAGES && done == 8 * PAGES);
}

/* --- mistakes --- */

CCSAN_TEST(bug_destructive_invalidate)
{
	char *p;

	ccsan_behaviour.invalidate = CCSAN_INVALIDATE_DESTRUCTIVE;
	begin(0);
	p = memory("lost");
	CCSAN_CHECK(sys_pwrite64(fd, p, 5, 0) == 5);
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == 0 && store()[0] == 0);
	end();
	ccsan_behaviour.invalidate = CCSAN_INVALIDATE_KEEPS_DIRTY;
}

CCSAN_TEST(bug_store_to_dropped_page)
{
	struct page *page;

	begin(0);
	page = read_mapping_page(mapping, 0, NULL);
	CCSAN_CHECK(invalidate_inode_pages2(mapping) == 0);
	set_page_dirty_lock(page);
	put_page(page);
	end();
}

CCSAN_TEST(bug_unlocked_page)
{
	struct page *page;

	begin(0);
	page = read_mapping_page(mapping, 0, NULL);
	unlock_page(page);
	put_page(page);
	end();
}

CCSAN_TEST(bug_mapped_page_leaves)
{
	struct page *page;
	char *file;

	begin(0);
	file = map_file();
	CCSAN_CHECK(file[0] == 0);
	page = find_lock_page(mapping, 0);
	delete_from_page_cache(page);
	unlock_page(page);
	put_page(page);
	CCSAN_CHECK(sys_munmap((unsigned long)file, file_bytes()) == 0);
	end();
}

CCSAN_TEST(bug_writeback_without_begin)
{
	struct page *page;

	begin(0);
	page = read_mapping_page(mapping, 0, NULL);
	end_page_writeback(page);
	put_page(page);
	end();
}

CCSAN_TEST(bug_file_put_twice)
{
	struct file *file;

	begin(0);
	file = ccsan_linux_open(inode, O_RDONLY);
	get_file(file);
	fput(file);
	atomic_set(&file->f_count, 0);
	fput(file);
	atomic_set(&file->f_count, 1);
	fput(file);
	end();
}

/* A file system that reads a page by the CPU, and does not say so. */
static int read_without_flush(struct file *file, struct page *page)
{
	char *p = kmap_atomic(page);

	(void)file;
	memset(p, 'r', PAGE_SIZE);
	kunmap_atomic(p);
	SetPageUptodate(page);
	unlock_page(page);
	return 0;
}

static char flip(char c)
{
	return (char)(c ^ 1);
}

CCSAN_TEST(bug_readpage_without_flush)
{
	struct address_space_operations a_ops;
	char *file;

	begin(0);
	a_ops = *mapping->a_ops;
	a_ops.readpage = read_without_flush;
	a_ops.set_page_dirty = __set_page_dirty_no_writeback;
	mapping_set_gfp_mask(mapping, GFP_KERNEL); /* slots of highmem are flushed anyway */
	mapping->a_ops = &a_ops;
	file = map_file();
	CCSAN_CHECK(flip(file[0]) == flip('r'));
	end();
}
