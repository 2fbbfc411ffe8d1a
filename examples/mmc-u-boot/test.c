/* SPDX-License-Identifier: MIT */
/*
 * The same transfers for the driver, right and with each of its mistakes: a read into memory that
 * was used before, a write, a read into memory that is not aligned, and the card's SCR.
 */
#include <ccsan/test.h>
#include <common.h>

#include "card.h"
#include "mmc.h"

/* 40 KiB: ten descriptors, which is more than a line of them. */
enum { BLOCKS = 80, FIRST = 100 };

static u8 buffer[BLOCKS * MMC_BLOCK] __aligned(ARCH_DMA_MINALIGN);
/* A file system's header, and the block behind it. */
static struct {
	u32 header[2];
	u8 block[MMC_BLOCK];
} cached_block __aligned(ARCH_DMA_MINALIGN);

static void fill(u8 *p, size_t n, u8 byte)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (u8)(byte + i);
}

static void read_many(void)
{
	fill(buffer, sizeof(buffer), 0xaa);
	CCSAN_CHECK(mmc_read(FIRST, BLOCKS, buffer) == 0);
	CCSAN_CHECK(memcmp(buffer, card_image[FIRST], sizeof(buffer)) == 0);
}

static void write_many(void)
{
	fill(buffer, sizeof(buffer), 3);
	CCSAN_CHECK(mmc_write(FIRST, BLOCKS, buffer) == 0);
	CCSAN_CHECK(memcmp(buffer, card_image[FIRST], sizeof(buffer)) == 0);
}

static void read_unaligned(void)
{
	fill(cached_block.block, MMC_BLOCK, 0x55);
	CCSAN_CHECK(mmc_read(7, 1, cached_block.block) == 0);
	CCSAN_CHECK(memcmp(cached_block.block, card_image[7], MMC_BLOCK) == 0);
}

static void read_scr(void)
{
	u32 scr[2], before = mmc_commands();

	CCSAN_CHECK(mmc_read_scr(scr) == 0);
	CCSAN_CHECK(memcmp(scr, card_scr, sizeof(scr)) == 0);
	CCSAN_CHECK(mmc_commands() == before + 1);
}

static void start(enum mmc_mistake mistake)
{
	memset(buffer, 0, sizeof(buffer));
	flush_dcache_range((ulong)buffer, (ulong)buffer + sizeof(buffer));
	memset(&cached_block, 0, sizeof(cached_block));
	flush_dcache_range((ulong)&cached_block, (ulong)(&cached_block + 1));
	card_insert();
	mmc_open(mistake);
}

static void transfers(enum mmc_mistake mistake)
{
	start(mistake);
	read_many();
	write_many();
	read_unaligned();
	read_scr();
}

CCSAN_TEST(right)
{
	transfers(MMC_RIGHT);
}

/* Predicted: stale-dma, the data is still in the cache. */
CCSAN_TEST(no_flush)
{
	transfers(MMC_NO_FLUSH);
}

/* Predicted: lost-write, DMA_FROM_DEVICE throws the data away. */
CCSAN_TEST(wrong_direction)
{
	transfers(MMC_WRONG_DIRECTION);
}

/* Predicted: stale-dma behind the first block. */
CCSAN_TEST(short_flush)
{
	transfers(MMC_SHORT_FLUSH);
}

/* Predicted: stale-dma, the range is empty. */
CCSAN_TEST(length_for_stop)
{
	transfers(MMC_LENGTH_FOR_STOP);
}

/* Predicted: clobber, as the buffer is dirty; stale-read. */
CCSAN_TEST(no_invalidate)
{
	transfers(MMC_NO_INVALIDATE);
}

/* Predicted: stale-read where the CPU speculates. */
CCSAN_TEST(invalidate_before_only)
{
	transfers(MMC_INVALIDATE_BEFORE_ONLY);
}

/* Predicted: clobber. */
CCSAN_TEST(invalidate_after_only)
{
	transfers(MMC_INVALIDATE_AFTER_ONLY);
}

/* Predicted: clobber, the flush writes the old bytes over the new ones. */
CCSAN_TEST(flush_after)
{
	transfers(MMC_FLUSH_AFTER);
}

/* Predicted: U-Boot refuses to invalidate what is not aligned: clobber and stale-read. */
CCSAN_TEST(no_bounce)
{
	transfers(MMC_NO_BOUNCE);
}

/* Predicted: lost-write of the counter beside the buffer. */
CCSAN_TEST(shared_line)
{
	transfers(MMC_SHARED_LINE);
}

/* Predicted: clobber and stale-read, as no_bounce. */
CCSAN_TEST(stack_buffer)
{
	transfers(MMC_STACK_BUFFER);
}

/* Predicted: stale-dma of the table. */
CCSAN_TEST(table_not_flushed)
{
	transfers(MMC_TABLE_NOT_FLUSHED);
}

/* Predicted: stale-dma of the table's second line. */
CCSAN_TEST(table_short_flush)
{
	transfers(MMC_TABLE_SHORT_FLUSH);
}
