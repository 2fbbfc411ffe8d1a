/* SPDX-License-Identifier: MIT */
/* The disks: by DMA and by PIO, at once and by interrupts, in lowmem and highmem; errors of the
 * host's file; what is lost when power fails. ok_… and bug_… as in tests/linux/checks. */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/disk.h>
#include <ccsan/linux.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/completion.h>
#include <linux/err.h>
#include <linux/highmem.h>
#include <linux/string.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { DISK_BYTES = 256 << 10 };

static struct block_device *new_disk(unsigned int flags)
{
	struct block_device *disk = ccsan_linux_disk(NULL, DISK_BYTES, flags);

	CCSAN_CHECK(!IS_ERR(disk));
	return disk;
}

static int transfer(struct block_device *disk, unsigned int opf, sector_t sector, struct page *page,
		    unsigned int bytes, unsigned int offset)
{
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);
	int error;

	bio_set_dev(bio, disk);
	bio->bi_opf = opf;
	bio->bi_iter.bi_sector = sector;
	if (page)
		CCSAN_CHECK(bio_add_page(bio, page, bytes, offset) == (int)bytes);
	error = submit_bio_wait(bio);
	bio_put(bio);
	return error;
}

static void fill(struct page *page, char c)
{
	char *p = kmap_local_page(page);

	memset(p, c, PAGE_SIZE);
	kunmap_local(p);
}

/* Return: whether all bytes of this part of the page are so. */
static bool holds(struct page *page, unsigned int offset, unsigned int bytes, char c)
{
	char *p = kmap_local_page(page);
	bool same = true;

	for (unsigned int i = 0; i < bytes; i++)
		same &= p[offset + i] == c;
	kunmap_local(p);
	return same;
}

/* --- there and back --- */

static void write_and_read(unsigned int flags, gfp_t gfp)
{
	struct block_device *disk = new_disk(flags);
	struct page *page = alloc_page(gfp), *other = alloc_page(gfp);

	fill(page, 'a');
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 8, page, PAGE_SIZE, 0) == 0);
	fill(page, 'b');
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 9, page, 512, 512) == 0);
	fill(other, 'c');
	CCSAN_CHECK(transfer(disk, REQ_OP_READ, 8, other, 2048, 1024) == 0);
	CCSAN_CHECK(holds(other, 0, 1024, 'c') && holds(other, 1024, 512, 'a'));
	CCSAN_CHECK(holds(other, 1536, 512, 'b') && holds(other, 2048, 1024, 'a'));
	CCSAN_CHECK(holds(other, 3072, PAGE_SIZE - 3072, 'c'));
	__free_page(page);
	__free_page(other);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_dma)
{
	write_and_read(CCSAN_DISK_DMA, GFP_KERNEL);
}

CCSAN_TEST(ok_dma_immediate)
{
	write_and_read(CCSAN_DISK_DMA | CCSAN_DISK_IMMEDIATE, GFP_KERNEL);
}

CCSAN_TEST(ok_dma_highmem)
{
	write_and_read(CCSAN_DISK_DMA, GFP_HIGHUSER);
}

CCSAN_TEST(ok_pio)
{
	write_and_read(CCSAN_DISK_PIO, GFP_KERNEL);
}

CCSAN_TEST(ok_pio_immediate_highmem)
{
	write_and_read(CCSAN_DISK_PIO | CCSAN_DISK_IMMEDIATE, GFP_HIGHUSER);
}

/* A bio of many pieces, one of them beyond its first page. */
static void many_pieces(unsigned int flags)
{
	struct block_device *disk = new_disk(flags);
	struct page *pages = alloc_pages(GFP_KERNEL | __GFP_COMP, 1),
		    *page = alloc_page(GFP_KERNEL);
	struct bio *bio = bio_alloc(GFP_KERNEL, 3);

	fill(pages, '0');
	fill(pages + 1, '1');
	fill(page, '2');
	bio_set_dev(bio, disk);
	bio->bi_opf = REQ_OP_WRITE;
	bio_add_page(bio, page, 512, 0);
	bio_add_page(bio, page, 512, 512); /* joins the first */
	bio_add_page(bio, pages, (unsigned int)PAGE_SIZE, 1024);
	bio_add_page(bio, page, 512, 0);
	CCSAN_CHECK(bio->bi_vcnt == 3 && bio_segments(bio) == 4);
	CCSAN_CHECK(bio_add_page(bio, pages, 512, 0) == 0 &&
		    bio_sectors(bio) == PAGE_SIZE / 512 + 3);
	CCSAN_CHECK(submit_bio_wait(bio) == 0);
	bio_put(bio);
	for (unsigned int sector = 0; sector < PAGE_SIZE / 512 + 3; sector++) {
		unsigned int last = PAGE_SIZE / 512;

		CCSAN_CHECK(transfer(disk, REQ_OP_READ, sector, page, 512, 0) == 0);
		CCSAN_CHECK(holds(page, 0, 512,
				  sector < 2 || sector == last + 2 ? '2'
				  : sector < last                  ? '0'
								   : '1'));
	}
	__free_page(page);
	__free_pages(pages, 1);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_many_pieces_dma)
{
	many_pieces(CCSAN_DISK_DMA);
}

CCSAN_TEST(ok_many_pieces_pio)
{
	many_pieces(CCSAN_DISK_PIO);
}

static void count_end(struct bio *bio)
{
	CCSAN_CHECK(in_irq() && bio->bi_status == BLK_STS_OK);
	complete(bio->bi_private);
}

/* Several at once, ended by interrupts, in any order of threads. */
CCSAN_TEST(ok_two_at_once)
{
	struct block_device *disk = new_disk(CCSAN_DISK_DMA);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct completion over;
	struct bio *bios[2];

	init_completion(&over);
	for (int i = 0; i < 2; i++) {
		bios[i] = bio_alloc(GFP_KERNEL, 1);
		bio_set_dev(bios[i], disk);
		bios[i]->bi_iter.bi_sector = 8 * i;
		bios[i]->bi_opf = REQ_OP_WRITE;
		bios[i]->bi_end_io = count_end;
		bios[i]->bi_private = &over;
		bio_add_page(bios[i], page, 512, 512 * i);
		submit_bio(bios[i]);
	}
	for (int i = 0; i < 2; i++)
		wait_for_completion(&over);
	bio_put(bios[0]);
	bio_put(bios[1]);
	__free_page(page);
	ccsan_linux_disk_free(disk);
}

/* --- errors --- */

CCSAN_TEST(ok_beyond_the_end)
{
	struct block_device *disk = new_disk(CCSAN_DISK_DMA);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	sector_t end = DISK_BYTES / 512;

	CCSAN_CHECK(get_capacity(disk->bd_disk) == end);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, end - 1, page, 512, 0) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, end - 1, page, 1024, 0) == -EIO);
	CCSAN_CHECK(transfer(disk, REQ_OP_READ, end, page, 512, 0) == -EIO);
	CCSAN_CHECK(transfer(disk, REQ_OP_READ, ~0ull, page, 512, 0) == -EIO);
	__free_page(page);
	ccsan_linux_disk_free(disk);
}

static void injected(unsigned int flags)
{
	struct block_device *disk = new_disk(flags);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	ccsan_linux_disk_fail(disk, 2, -ENOSPC);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) == -ENOSPC);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) == 0);
	ccsan_linux_disk_fail(disk, 1, -EIO);
	CCSAN_CHECK(blkdev_issue_flush(disk, GFP_KERNEL) == -EIO);
	__free_page(page);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_injected_errors)
{
	injected(CCSAN_DISK_DMA);
	injected(CCSAN_DISK_PIO);
}

/* Each allocation fails once: the transfer says so, or succeeds; nothing leaks or crashes. */
static void without_memory(unsigned int flags)
{
	struct block_device *disk = new_disk(flags);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	for (unsigned int nth = 1; nth < 6; nth++) {
		struct bio *bio = bio_alloc(GFP_KERNEL, 1);
		int error;

		bio_set_dev(bio, disk);
		bio->bi_opf = REQ_OP_WRITE;
		bio_add_page(bio, page, 512, 0);
		ccsan_linux_fail_allocation(nth);
		error = submit_bio_wait(bio);
		ccsan_linux_fail_allocation(0);
		CCSAN_CHECK(error == 0 || error == -ENOMEM);
		CCSAN_CHECK(nth > 1 || error == -ENOMEM);
		bio_put(bio);
	}
	ccsan_linux_fail_dma(1);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) ==
		    (flags & CCSAN_DISK_PIO ? 0 : -ENOMEM));
	ccsan_linux_fail_dma(0);
	__free_page(page);
	ccsan_linux_disk_free(disk);
}

CCSAN_TEST(ok_without_memory)
{
	without_memory(CCSAN_DISK_DMA);
	without_memory(CCSAN_DISK_PIO);
	ccsan_linux_fail_allocation(1);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_disk(NULL, 512, 0)) == -ENOMEM);
	ccsan_linux_fail_allocation(0);
}

/* --- files of the host --- */

/* The host has no space; or cannot read. */
CCSAN_TEST(ok_host_errors)
{
	struct block_device *full = ccsan_linux_disk("/dev/full", DISK_BYTES, CCSAN_DISK_DMA);
	struct block_device *odd = ccsan_linux_disk("/proc/self/mem", DISK_BYTES, CCSAN_DISK_PIO);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	CCSAN_CHECK(transfer(full, REQ_OP_WRITE, 0, page, 512, 0) == -ENOSPC);
	CCSAN_CHECK(transfer(full, REQ_OP_READ, 0, page, 512, 0) == 0);
	CCSAN_CHECK(transfer(odd, REQ_OP_READ, 0, page, 512, 0) == -EIO);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_disk("/nowhere/image", 512, 0)) == -ENOENT);
	CCSAN_CHECK(PTR_ERR(ccsan_linux_disk("/", 512, 0)) == -EISDIR);
	__free_page(page);
	ccsan_linux_disk_free(full);
	ccsan_linux_disk_free(odd);
}

CCSAN_TEST(ok_image_file)
{
	char path[] = "/tmp/ccsan-disk-XXXXXX", text[512];
	int fd = mkstemp(path);
	struct block_device *disk = ccsan_linux_disk(path, DISK_BYTES, CCSAN_DISK_DMA);
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	fill(page, 'x');
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE | REQ_FUA, 3, page, 512, 0) == 0);
	CCSAN_CHECK(ccsan_linux_disk_flushes(disk) == 1);
	memset(text, 0, sizeof(text));
	CCSAN_CHECK(pread(fd, text, sizeof(text), 3 * 512) == 512 && text[0] == 'x');
	CCSAN_CHECK(lseek(fd, 0, SEEK_END) == DISK_BYTES);
	ccsan_linux_disk_free(disk);
	disk = ccsan_linux_disk(path, DISK_BYTES, CCSAN_DISK_PIO);
	CCSAN_CHECK(transfer(disk, REQ_OP_READ, 3, page, 512, 512) == 0 &&
		    holds(page, 512, 512, 'x'));
	CCSAN_CHECK(transfer(disk, REQ_OP_READ, 4, page, 512, 0) == 0 && holds(page, 0, 512, 0));
	ccsan_linux_disk_free(disk);
	__free_page(page);
	close(fd);
	unlink(path);
}

/* --- power fails --- */

static char on_medium(struct block_device *disk, sector_t sector)
{
	char c;

	CCSAN_CHECK(ccsan_linux_disk_peek(disk, sector * 512, &c, 1) == 0);
	return c;
}

CCSAN_TEST(ok_flush_and_fua)
{
	struct block_device *disk = new_disk(CCSAN_DISK_PIO | CCSAN_DISK_WRITE_CACHE);
	struct page *page = alloc_page(GFP_KERNEL);

	fill(page, 'x');
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) == 0);
	CCSAN_CHECK(on_medium(disk, 0) == 'x');
	ccsan_linux_disk_power_fails(disk, 0);
	ccsan_linux_disk_power_on(disk);
	CCSAN_CHECK(on_medium(disk, 0) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 0, page, 512, 0) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE | REQ_PREFLUSH, 1, page, 512, 0) == 0);
	ccsan_linux_disk_power_fails(disk, 0);
	ccsan_linux_disk_power_on(disk);
	CCSAN_CHECK(on_medium(disk, 0) == 'x' && on_medium(disk, 1) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE | REQ_FUA, 2, page, 512, 0) == 0);
	CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, 3, page, 512, 0) == 0);
	CCSAN_CHECK(blkdev_issue_flush(disk, GFP_KERNEL) == 0);
	for (sector_t sector = 10; sector < 60; sector++)
		CCSAN_CHECK(transfer(disk, REQ_OP_WRITE, sector, page, 512, 0) == 0);
	ccsan_linux_disk_power_fails(disk, 1);
	ccsan_linux_disk_power_on(disk);
	CCSAN_CHECK(on_medium(disk, 2) == 'x' && on_medium(disk, 3) == 'x');
	CCSAN_CHECK(blkdev_issue_zeroout(disk, 2, 20, GFP_KERNEL, 0) == 0 &&
		    on_medium(disk, 2) == 0);
	__free_page(page);
	ccsan_linux_disk_free(disk);
}

/* --- wrong use: the words are in tests/linux/disk --- */

static void wrong(struct block_device *disk, unsigned int bytes, bool freed)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);

	if (disk)
		bio_set_dev(bio, disk);
	bio->bi_opf = REQ_OP_READ;
	if (bytes)
		bio_add_page(bio, page, bytes, 0);
	if (freed)
		__free_page(page);
	CCSAN_CHECK(submit_bio_wait(bio) == -EIO);
	bio_put(bio);
}

CCSAN_TEST(bug_no_disk)
{
	wrong(NULL, 512, false);
}

CCSAN_TEST(bug_half_a_sector)
{
	wrong(new_disk(0), 256, false);
}

CCSAN_TEST(bug_no_data)
{
	wrong(new_disk(0), 0, false);
}

CCSAN_TEST(bug_free_page)
{
	wrong(new_disk(0), 512, true);
}

static void end_again(struct bio *bio)
{
	if (bio->bi_private)
		return;
	bio->bi_private = bio;
	bio_endio(bio);
}

CCSAN_TEST(bug_ended_twice)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);

	bio_set_dev(bio, new_disk(CCSAN_DISK_IMMEDIATE));
	bio->bi_end_io = end_again;
	bio_add_page(bio, page, 512, 0);
	submit_bio(bio);
}

CCSAN_TEST(bug_sent_twice)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	struct bio *bio = bio_alloc(GFP_KERNEL, 1);

	bio_set_dev(bio, new_disk(CCSAN_DISK_IMMEDIATE));
	bio_add_page(bio, page, 512, 0);
	submit_bio(bio);
	submit_bio(bio);
}
