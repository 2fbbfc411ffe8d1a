/* SPDX-License-Identifier: MIT */
/* See mmc.h. Cache maintenance, and what is wrong with it, is in mmc_cache.h. */
#include "mmc.h"

#include <asm/io.h>
#include <common.h>
#include <memalign.h>

#include "mmc_cache.h"
#include "sdhci.h"

enum {
	MOST_BLOCKS = 128,
	SEGMENT = 4096,
	TABLE = MOST_BLOCKS * MMC_BLOCK / SEGMENT,
	SCR_BYTES = 8
};

static struct adma_descriptor table[TABLE] __aligned(ARCH_DMA_MINALIGN);
static u8 bounce_buffer[MOST_BLOCKS * MMC_BLOCK] __aligned(ARCH_DMA_MINALIGN);

static struct {
	enum mmc_mistake mistake;
	u32 commands;
} mmc;

/* For MMC_SHARED_LINE: it would be right if the counter had a line of its own. */
static struct {
	u32 scr[SCR_BYTES / 4];
	u32 commands;
} beside __aligned(ARCH_DMA_MINALIGN);

static void *sdhci(unsigned offset)
{
	return (u8 *)(uintptr_t)sdhci_registers + offset;
}

static void fill_table(dma_addr_t data, size_t bytes)
{
	struct adma_descriptor *d = table;
	size_t used;

	for (size_t done = 0; done < bytes; done += SEGMENT, d++) {
		d->attributes =
			ADMA_VALID | ADMA_TRANSFER | (done + SEGMENT >= bytes ? ADMA_END : 0);
		d->length = (u16)(bytes - done < SEGMENT ? bytes - done : SEGMENT);
		d->address = (u32)(data + done);
	}
	used = (size_t)((u8 *)d - (u8 *)table);
	table_to_controller(mmc.mistake, table, used);
}

static void count_command(void)
{
	if (mmc.mistake == MMC_SHARED_LINE)
		beside.commands++;
	else
		mmc.commands++;
}

static int command(u32 number, u32 argument, u32 mode, u32 block)
{
	u32 status;

	writel(block, sdhci(SDHCI_BLOCK));
	writel((u32)(uintptr_t)table, sdhci(SDHCI_ADMA_ADDRESS));
	writel(argument, sdhci(SDHCI_ARGUMENT));
	count_command();
	writel(number << 24 | mode | SDHCI_MODE_DMA, sdhci(SDHCI_COMMAND));
	do
		status = readl(sdhci(SDHCI_STATUS));
	while (!status);
	writel(status, sdhci(SDHCI_STATUS));
	return status & SDHCI_ADMA_ERROR ? -EIO : 0;
}

/* --- transfers from and to memory that shares no line with anything --- */

static int read_blocks(lbaint_t start, lbaint_t count, void *to)
{
	size_t bytes = count * MMC_BLOCK;
	dma_addr_t data = buffer_to_controller(mmc.mistake, to, bytes);
	int error;

	fill_table(data, bytes);
	error = command(SD_READ_BLOCKS, (u32)start, SDHCI_MODE_READ, (u32)count << 16 | MMC_BLOCK);
	data_to_cpu(mmc.mistake, data, bytes);
	return error;
}

static int write_blocks(lbaint_t start, lbaint_t count, void *from)
{
	size_t bytes = count * MMC_BLOCK;
	dma_addr_t data = data_to_controller(mmc.mistake, from, bytes);

	fill_table(data, bytes);
	return command(SD_WRITE_BLOCKS, (u32)start, 0, (u32)count << 16 | MMC_BLOCK);
}

/* --- what callers see --- */

static bool needs_bounce(const void *p)
{
	return !IS_ALIGNED((uintptr_t)p, ARCH_DMA_MINALIGN) && mmc.mistake != MMC_NO_BOUNCE;
}

int mmc_read(lbaint_t start, lbaint_t count, void *to)
{
	int error;

	if (!count || count > MOST_BLOCKS)
		return -EINVAL;
	if (!needs_bounce(to))
		return read_blocks(start, count, to);
	error = read_blocks(start, count, bounce_buffer);
	if (!error)
		memcpy(to, bounce_buffer, count * MMC_BLOCK);
	return error;
}

int mmc_write(lbaint_t start, lbaint_t count, const void *from)
{
	if (!count || count > MOST_BLOCKS)
		return -EINVAL;
	if (!needs_bounce(from))
		return write_blocks(start, count, (void *)(uintptr_t)from);
	memcpy(bounce_buffer, from, count * MMC_BLOCK);
	return write_blocks(start, count, bounce_buffer);
}

static int read_scr(u32 *scr)
{
	dma_addr_t data = buffer_to_controller(mmc.mistake, scr, SCR_BYTES);
	int error;

	fill_table(data, SCR_BYTES);
	error = command(SD_SEND_SCR, 0, SDHCI_MODE_READ, 1u << 16 | SCR_BYTES);
	data_to_cpu(mmc.mistake, data, SCR_BYTES);
	return error;
}

int mmc_read_scr(u32 scr[2])
{
	ALLOC_CACHE_ALIGN_BUFFER(u32, aligned, SCR_BYTES / 4);
	struct {
		u32 other[2], scr[2];
	} local __aligned(16) = { { 0 } };
	u32 *buffer = aligned;
	int error;

	if (mmc.mistake == MMC_STACK_BUFFER)
		buffer = local.scr;
	if (mmc.mistake == MMC_SHARED_LINE)
		buffer = beside.scr;
	error = read_scr(buffer);
	memcpy(scr, buffer, SCR_BYTES);
	return error;
}

u32 mmc_commands(void)
{
	return mmc.mistake == MMC_SHARED_LINE ? beside.commands : mmc.commands;
}

static void clear(void *memory, size_t bytes)
{
	memset(memory, 0, bytes);
	flush_dcache_range((unsigned long)memory, (unsigned long)memory + bytes);
}

void mmc_open(enum mmc_mistake mistake)
{
	clear(table, sizeof(table));
	clear(bounce_buffer, sizeof(bounce_buffer));
	clear(&beside, sizeof(beside));
	mmc.mistake = mistake;
	mmc.commands = 0;
}
