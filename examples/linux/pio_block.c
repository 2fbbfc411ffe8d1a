/* SPDX-License-Identifier: MIT */
/*
 * A driver whose CPU copies a disk's data into pages, as those of IDE, MMC and USB storage do, and
 * flush_dcache_page() after the copy, which they forgot one after the other. Two processes share
 * the pages: brought in by a fault and mapped by both then; mapped by both already, as the buffer
 * of a direct read; and executed.
 */
#include "scenario.h"

#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/disk.h>
#include <ccsan/diskfs.h>
#include <ccsan/linux.h>
#include <ccsan/process.h>
#include <ccsan/testfs.h>
#include <linux/err.h>
#include <linux/file.h>
#include <linux/syscalls.h>
#include <linux/uio.h>
#include <string.h>

enum { FORGETS = 1, BY_DMA = 2 };

/* Of three pages the first is touched, then the third: where the kernel's and the users' addresses
 * may have different colours, one of the two frames has. */
enum { DISK_BYTES = 128 << 10, PAGES = 3, LAST = 2 };

#define BYTES (PAGES * PAGE_SIZE)

static struct block_device *disk;
static struct dentry *root;
static pid_t first, second;

/* --- set-up: a file on the disk, and not in memory --- */

static void write_file(void)
{
	static char text[PAGES * 8192];
	struct kvec vec = { text, BYTES };
	struct file *file = ccsan_linux_diskfs_open(root, "file", O_RDWR | O_CREAT);
	struct iov_iter iter;
	loff_t pos = 0;

	memset(text, 'n', BYTES);
	iov_iter_kvec(&iter, WRITE, &vec, 1, BYTES);
	SCENARIO_CHECK(vfs_iter_write(file, &iter, &pos) == (ssize_t)BYTES);
	fput(file);
}

static void begin(const struct scenario_variant *variant)
{
	unsigned kind = variant->way & BY_DMA ? CCSAN_DISK_DMA : CCSAN_DISK_PIO;

	ccsan_linux_param("highmem=0"); /* kunmap() of highmem flushes anyway */
	ccsan_linux_param("readahead=0");

	disk = ccsan_linux_disk(NULL, DISK_BYTES, kind);
	SCENARIO_CHECK(!IS_ERR(disk) && !ccsan_linux_diskfs_make(disk, 4));
	root = ccsan_linux_mount(&ccsan_diskfs, NULL, disk);
	write_file();
	ccsan_linux_unmount(root);
	root = ccsan_linux_mount(&ccsan_diskfs, NULL, disk);
	first = ccsan_linux_process_new("first");
	second = ccsan_linux_process_new("second");
	if (variant->way & FORGETS)
		ccsan_behaviour.pio_flush = CCSAN_PIO_FORGETS;
}

static void end(void)
{
	ccsan_linux_end(first);
	ccsan_linux_end(second);
	ccsan_linux_unmount(root);
	ccsan_linux_disk_free(disk);
}

/* Return: the file, as the current process maps it. */
static char *map(int fd, unsigned long protection)
{
	char *p = (char *)sys_mmap(0, BYTES, protection, MAP_SHARED, (unsigned)fd, 0);

	SCENARIO_CHECK(!IS_ERR(p));
	return p;
}

static char *map_file(unsigned long protection)
{
	int fd = ccsan_linux_diskfs_open_fd(root, "file", O_RDONLY);
	char *p = map(fd, protection);

	sys_close((unsigned)fd);
	return p;
}

/* --- brought in by a fault --- */

static void look(pid_t process)
{
	char *p;

	ccsan_linux_enter(process);
	p = map_file(PROT_READ);
	SCENARIO_CHECK(p[0] == 'n' && p[LAST * PAGE_SIZE] == 'n');
	ccsan_linux_leave();
}

static void by_fault(const struct scenario_variant *variant)
{
	begin(variant);
	look(first);
	look(second);
	end();
}

/* --- mapped before --- */

static void check(pid_t process, char *p)
{
	ccsan_linux_enter(process);
	SCENARIO_CHECK(p[0] == 'n' && p[LAST * PAGE_SIZE] == 'n');
	ccsan_linux_leave();
}

static char *map_buffer(pid_t process, struct inode *buffer)
{
	char *p;
	int fd;

	ccsan_linux_enter(process);
	fd = ccsan_linux_open_fd(buffer, O_RDWR);
	p = map(fd, PROT_READ | PROT_WRITE);
	p[0] = p[LAST * PAGE_SIZE] = 'o';
	sys_close((unsigned)fd);
	ccsan_linux_leave();
	return p;
}

/* Direct reads go to whatever the caller has mapped, here to a page that two share. */
static void into_mapped(const struct scenario_variant *variant)
{
	struct inode *buffer;
	char *ours, *theirs;
	int fd;

	begin(variant);
	buffer = ccsan_linux_testfs(BYTES, 0);
	ours = map_buffer(first, buffer);
	theirs = map_buffer(second, buffer);
	ccsan_linux_enter(first);
	fd = ccsan_linux_diskfs_open_fd(root, "file", O_RDONLY | O_DIRECT);
	SCENARIO_CHECK(sys_pread64((unsigned)fd, ours, BYTES, 0) == (long)BYTES);
	sys_close((unsigned)fd);
	ccsan_linux_leave();
	check(first, ours);
	check(second, theirs);
	end();
	ccsan_linux_testfs_free(buffer);
}

/* --- executed --- */

static void execute(pid_t process)
{
	char *p;

	ccsan_linux_enter(process);
	p = map_file(PROT_READ | PROT_EXEC);
	for (int page = 0; page < PAGES; page += LAST) {
		SCENARIO_CHECK(p[(page + 1) * PAGE_SIZE - 1] == 'n'); /* the fault */
		ccsan_fetch(p + page * PAGE_SIZE, 64);
	}
	ccsan_linux_leave();
}

static void by_execution(const struct scenario_variant *variant)
{
	begin(variant);
	execute(first);
	execute(second);
	end();
}

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = by_fault,
	  .way = FORGETS,
	  .expect = "mips & aliasing | xtensa: stale-read",
	  .reason =
		  "these ports flush a new page when it is mapped only if flush_dcache_page() has "
		  "marked it; the others take it for dirty, and PA-RISC's kunmap() has flushed "
		  "it" },
	{ .name = "flush",
	  .run = by_fault,
	  .expect = "silent",
	  .reason = "flush_dcache_page() marks the page, and mapping it flushes" },
	{ .name = "mapped",
	  .run = into_mapped,
	  .way = FORGETS,
	  .expect = "aliasing & !write-through: stale-read",
	  .reason =
		  "nothing is mapped anew, so no port flushes: both processes read memory, and the "
		  "data are in the kernel's lines; PA-RISC's kunmap() flushes these, but users' "
		  "lines "
		  "may have been fetched before" },
	{ .name = "mapped-flush",
	  .run = into_mapped,
	  .expect = "silent",
	  .reason = "flush_dcache_page() in the interrupt finds both mappings by the file" },
	{ .name = "mapped-dma",
	  .run = into_mapped,
	  .way = BY_DMA,
	  .expect = "silent",
	  .reason = "the disk writes memory, get_user_pages() has emptied the users' lines" },
	{ .name = "exec",
	  .run = by_execution,
	  .way = FORGETS,
	  .expect = "mips & aliasing: stale-fetch + stale-read; mips: stale-fetch",
	  .reason = "MIPS again: the code is dirty in the data cache and the instruction cache "
		    "fetches "
		    "memory; the other ports flush executable pages when they are mapped" },
	{ .name = "exec-flush",
	  .run = by_execution,
	  .expect = "silent",
	  .reason =
		  "marked pages are written back, and instructions dropped, when they are mapped" },
	{ .name = "exec-dma",
	  .run = by_execution,
	  .way = BY_DMA,
	  .expect = "silent",
	  .reason = "code that a disk has written is in memory" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "pio_block",
	.summary = "A driver copies a disk's data into pages that two processes have mapped",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
