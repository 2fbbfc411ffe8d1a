/* SPDX-License-Identifier: MIT */
/*
 * The page cache: writing N pages of one file, writing them out, dropping them; nanoseconds of CPU
 * time for each page, as rows of a Markdown table. What is written goes nowhere. Of the simulated
 * memory half is the page allocator's, hence a million pages are four times a quarter of it, at
 * offsets that go on: the tree of indices is as high as it would be.
 */
#include <ccsan/linux.h>
#include <linux/pagemap.h>
#include <linux/uio.h>
#include <linux/writeback.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { AT_ONCE = 50000 }; /* the engine keeps 60 KB for each */

static int write_nowhere(struct page *page, struct writeback_control *wbc)
{
	(void)wbc;
	set_page_writeback(page);
	unlock_page(page);
	end_page_writeback(page);
	return 0;
}

static const struct address_space_operations a_ops = {
	.readpage = simple_readpage,
	.writepage = write_nowhere,
	.write_begin = simple_write_begin,
	.write_end = simple_write_end,
};

static const struct file_operations fops = {
	.write_iter = generic_file_write_iter,
};

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void need(bool holds, const char *what)
{
	if (holds)
		return;
	fprintf(stderr, "pagecache: %s\n", what);
	exit(2);
}

static void write_pages(struct file *file, char *bytes, unsigned long first, unsigned long count)
{
	loff_t pos = (loff_t)(first * PAGE_SIZE);

	for (unsigned long i = 0; i < count; i++) {
		struct kvec kvec = { bytes, PAGE_SIZE };
		struct iov_iter iter;

		iov_iter_kvec(&iter, WRITE, &kvec, 1, PAGE_SIZE);
		need(vfs_iter_write(file, &iter, &pos) == (ssize_t)PAGE_SIZE, "a write failed");
	}
}

static void measure(unsigned long count)
{
	struct inode *inode = new_inode(NULL);
	char *bytes = calloc(1, PAGE_SIZE);
	double written = 0, synced = 0, dropped = 0, start;
	struct file *file;

	need(inode && bytes, "no memory");
	inode->i_fop = &fops;
	inode->i_mapping->a_ops = &a_ops;
	file = ccsan_linux_open(inode, O_RDWR);
	for (unsigned long first = 0, part; first < count; first += part) {
		part = count - first < AT_ONCE ? count - first : AT_ONCE;
		start = now();
		write_pages(file, bytes, first, part);
		written += now() - start;
		start = now();
		need(!filemap_write_and_wait(inode->i_mapping), "writing out failed");
		synced += now() - start;
		start = now();
		need(!invalidate_inode_pages2(inode->i_mapping), "dropping failed");
		dropped += now() - start;
	}
	need(!inode->i_mapping->nrpages, "pages are left");
	printf("write\t%lu\t%.0f\n", count, written / (double)count);
	printf("write out\t%lu\t%.0f\n", count, synced / (double)count);
	printf("invalidate\t%lu\t%.0f\n", count, dropped / (double)count);
	fput(file);
	iput(inode);
	free(bytes);
}

int main(int argc, char **argv)
{
	unsigned long most = argc > 1 ? strtoul(argv[1], NULL, 10) : 10000;

	ccsan_linux_param("mem=1G");
	ccsan_linux_param("highmem=0");
	ccsan_linux_param("page_poison=0");
	ccsan_linux_param("dirty_pages=100000000");
	for (unsigned long count = 1000; count <= most; count *= 10)
		measure(count);
	return 0;
}
