// SPDX-License-Identifier: MIT
/*
 * An SD/MMC host driver with ADMA2, as those in U-Boot's drivers/mmc are built: a descriptor table
 * in cached memory that is flushed for each command, and cache functions around the data.
 */
#include <common.h>

#include <asm/io.h>
#include <cpu_func.h>
#include <linux/dma-mapping.h>
#include <linux/errno.h>
#include <memalign.h>

#include "sdhci.h"

enum mmc_mistake mmc_mistake;

static u32 sdhci_readl(struct sdhci_host *host, unsigned int reg)
{
	return readl((char *)host->registers + reg);
}

static void sdhci_writel(struct sdhci_host *host, u32 value, unsigned int reg)
{
	writel(value, (char *)host->registers + reg);
}

/* --- the data and the caches --- */

static unsigned long sdhci_start(const struct mmc_data *data)
{
	return (unsigned long)(data->flags & MMC_DATA_READ ? data->dest : data->src);
}

static unsigned long sdhci_stop(const struct mmc_data *data)
{
	size_t bytes = (size_t)data->blocks * data->blocksize;

	if (mmc_mistake == MMC_WRONG_LENGTH)
		bytes = data->blocks;
	else if (mmc_mistake != MMC_SHARED_LINE)
		bytes = ALIGN(bytes, (size_t)ARCH_DMA_MINALIGN);
	return sdhci_start(data) + bytes;
}

static bool sdhci_reads(const struct mmc_data *data)
{
	bool reads = data->flags & MMC_DATA_READ;

	return mmc_mistake == MMC_WRONG_DIRECTION ? !reads : reads;
}

/* The controller may read what is in memory, and no eviction may land on what it writes. */
static void sdhci_before_transfer(const struct mmc_data *data)
{
	bool nothing = mmc_mistake == MMC_NO_INVALIDATE || mmc_mistake == MMC_FLUSH_AFTER;

	if (!sdhci_reads(data)) {
		if (mmc_mistake != MMC_NO_FLUSH)
			flush_dcache_range(sdhci_start(data), sdhci_stop(data));
	} else if (!nothing) {
		invalidate_dcache_range(sdhci_start(data), sdhci_stop(data));
	}
}

/* What the CPU fetched by itself meanwhile is old. */
static void sdhci_after_transfer(const struct mmc_data *data)
{
	if (!sdhci_reads(data))
		return;
	if (mmc_mistake == MMC_FLUSH_AFTER)
		flush_dcache_range(sdhci_start(data), sdhci_stop(data));
	else if (mmc_mistake != MMC_NO_INVALIDATE && mmc_mistake != MMC_INVALIDATE_BEFORE)
		invalidate_dcache_range(sdhci_start(data), sdhci_stop(data));
}

/* --- the descriptor table --- */

static int sdhci_fill_table(struct sdhci_host *host, const struct mmc_data *data)
{
	unsigned long left = data->blocks * data->blocksize, at = sdhci_start(data);
	struct sdhci_adma_desc *desc = host->table;

	if (!left || left > ADMA_ENTRIES * ADMA_MAX_BYTES)
		return -EINVAL;
	for (unsigned long bytes; left; left -= bytes, at += bytes, desc++) {
		bytes = min(left, (unsigned long)ADMA_MAX_BYTES);
		desc->attributes = ADMA_VALID | ADMA_TRANSFER | (bytes == left ? ADMA_END : 0);
		desc->reserved = 0;
		desc->bytes = (u16)bytes;
		desc->address = lower_32_bits(at);
	}
	if (mmc_mistake != MMC_TABLE_NOT_FLUSHED)
		flush_cache((unsigned long)host->table,
			    ALIGN((char *)desc - (char *)host->table, ARCH_DMA_MINALIGN));
	return 0;
}

/* --- commands --- */

static int sdhci_wait(struct sdhci_host *host)
{
	for (int tries = 1000; tries; tries--) {
		u32 status = sdhci_readl(host, SDHCI_INT_STATUS);

		sdhci_writel(host, status, SDHCI_INT_STATUS);
		if (status & SDHCI_INT_ADMA_ERROR)
			return -EIO;
		if (status & SDHCI_INT_DATA_END)
			return 0;
		udelay(10);
	}
	return -EIO;
}

static int sdhci_get_result(struct sdhci_host *host, struct mmc_cmd *cmd, u32 blocks)
{
	unsigned long at = (unsigned long)host->result;

	if (mmc_mistake != MMC_RESULT_CACHED)
		invalidate_dcache_range(at, at + ARCH_DMA_MINALIGN);
	cmd->response[0] = host->result->response;
	return host->result->blocks == blocks ? 0 : -EIO;
}

int sdhci_send_command(struct sdhci_host *host, struct mmc_cmd *cmd, struct mmc_data *data)
{
	int error = sdhci_fill_table(host, data);

	if (error)
		return error;
	sdhci_before_transfer(data);
	sdhci_writel(host, lower_32_bits((unsigned long)host->table), SDHCI_ADMA_ADDRESS);
	sdhci_writel(host, data->blocks << 16 | data->blocksize, SDHCI_BLOCKS);
	sdhci_writel(host, cmd->cmdarg, SDHCI_ARGUMENT);
	sdhci_writel(host, (u32)cmd->cmdidx << 24, SDHCI_COMMAND);
	error = sdhci_wait(host);
	sdhci_after_transfer(data);
	return error ? error : sdhci_get_result(host, cmd, data->blocks);
}

ulong sdhci_bread(struct sdhci_host *host, lbaint_t start, lbaint_t blocks, void *dest)
{
	struct mmc_cmd cmd = { .cmdidx = MMC_CMD_READ_MULTIPLE_BLOCK, .cmdarg = (u32)start };
	struct mmc_data data = { .dest = dest,
				 .flags = MMC_DATA_READ,
				 .blocks = (u32)blocks,
				 .blocksize = MMC_MAX_BLOCK_LEN };

	return sdhci_send_command(host, &cmd, &data) ? 0 : blocks;
}

ulong sdhci_bwrite(struct sdhci_host *host, lbaint_t start, lbaint_t blocks, const void *src)
{
	struct mmc_cmd cmd = { .cmdidx = MMC_CMD_WRITE_MULTIPLE_BLOCK, .cmdarg = (u32)start };
	struct mmc_data data = { .src = src,
				 .flags = MMC_DATA_WRITE,
				 .blocks = (u32)blocks,
				 .blocksize = MMC_MAX_BLOCK_LEN };

	return sdhci_send_command(host, &cmd, &data) ? 0 : blocks;
}

static int sdhci_get_scr(struct sdhci_host *host, u32 *buffer, u32 scr[2])
{
	struct mmc_cmd cmd = { .cmdidx = SD_CMD_APP_SEND_SCR };
	struct mmc_data data = { .dest = (char *)buffer,
				 .flags = MMC_DATA_READ,
				 .blocks = 1,
				 .blocksize = 2 * sizeof(*scr) };
	int error;

	memset(buffer, 0, data.blocksize);
	error = sdhci_send_command(host, &cmd, &data);
	scr[0] = buffer[0];
	scr[1] = buffer[1];
	return error;
}

int sdhci_read_scr(struct sdhci_host *host, u32 scr[2])
{
	static struct {
		u32 scr[2], users;
	} shared __aligned(ARCH_DMA_MINALIGN);
	/* The mistake begins anywhere; here it has lines of its own, so that its neighbours on the
	 * stack, which differ from compiler to compiler, are not hit as well. */
	u32 on_stack[2 * ARCH_DMA_MINALIGN / sizeof(u32)] __aligned(ARCH_DMA_MINALIGN);
	ALLOC_CACHE_ALIGN_BUFFER(u32, buffer, 2);

	shared.users++;
	if (mmc_mistake == MMC_SHARED_LINE)
		return sdhci_get_scr(host, shared.scr, scr);
	if (mmc_mistake == MMC_STACK_BUFFER)
		return sdhci_get_scr(host, &on_stack[1], scr);
	return sdhci_get_scr(host, buffer, scr);
}

/* --- up and down --- */

int sdhci_probe(struct sdhci_host *host, void *registers)
{
	unsigned long at;

	host->registers = registers;
	host->table = malloc_cache_aligned(ADMA_ENTRIES * sizeof(*host->table));
	host->result = malloc_cache_aligned(sizeof(*host->result));
	if (!host->table || !host->result) {
		sdhci_remove(host);
		return -ENOMEM;
	}
	at = (unsigned long)host->result;
	memset(host->result, 0, sizeof(*host->result));
	flush_dcache_range(at, at + ARCH_DMA_MINALIGN);
	sdhci_writel(host, lower_32_bits(at), SDHCI_RESULT);
	return 0;
}

void sdhci_remove(struct sdhci_host *host)
{
	sdhci_writel(host, 0, SDHCI_RESULT);
	free(host->table);
	free(host->result);
}
