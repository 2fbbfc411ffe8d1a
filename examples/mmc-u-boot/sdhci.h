/* SPDX-License-Identifier: MIT */
/* The hardware as its manual would describe it: registers, descriptors. And the mistakes. */
#ifndef MMC_U_BOOT_SDHCI_H
#define MMC_U_BOOT_SDHCI_H

#include <linux/types.h>
#include <mmc.h>

/* Registers: offsets in bytes, 32 bits each. After the SD Host Controller's, but for the last. */
enum {
	SDHCI_BLOCKS = 0x04,       /* block size, and block count << 16 */
	SDHCI_ARGUMENT = 0x08,     /* the first block */
	SDHCI_COMMAND = 0x0c,      /* written: command << 24 is carried out */
	SDHCI_INT_STATUS = 0x30,   /* SDHCI_INT_…, cleared by writing ones */
	SDHCI_ADMA_ADDRESS = 0x58, /* physical address of the descriptor table */
	SDHCI_RESULT = 0x60,       /* physical address of a struct sdhci_result, or 0 */
	SDHCI_REGISTER_BYTES = 0x80,
};

#define SDHCI_INT_DATA_END   0x00000002u
#define SDHCI_INT_ADMA_ERROR 0x02000000u

#define ADMA_VALID    0x01
#define ADMA_END      0x02
#define ADMA_TRANSFER 0x20

enum { ADMA_ENTRIES = 32, ADMA_MAX_BYTES = 4096 };

struct sdhci_adma_desc {
	u8 attributes;
	u8 reserved;
	u16 bytes;
	u32 address;
};

/* What the controller writes at the end of a command. */
struct sdhci_result {
	u32 response;
	u32 blocks;
};

struct sdhci_host {
	void *registers;
	struct sdhci_adma_desc *table;
	struct sdhci_result *result;
};

/** Return: 0 or -ENOMEM. Owns: the host, until sdhci_remove(). */
int sdhci_probe(struct sdhci_host *host, void *registers);
void sdhci_remove(struct sdhci_host *host);

/** Carries a command out. Buffers begin and end on lines, as all of U-Boot's DMA asks for.
 *  Return: 0, -EINVAL (too long) or -EIO. */
int sdhci_send_command(struct sdhci_host *host, struct mmc_cmd *cmd, struct mmc_data *data);

/** Blocks of 512 bytes. Return: how many were moved. */
ulong sdhci_bread(struct sdhci_host *host, lbaint_t start, lbaint_t blocks, void *dest);
ulong sdhci_bwrite(struct sdhci_host *host, lbaint_t start, lbaint_t blocks, const void *src);

/** The card's configuration register, 8 bytes. Return: as sdhci_send_command(). */
int sdhci_read_scr(struct sdhci_host *host, u32 scr[2]);

/** Which mistake the driver makes. A driver of your own has none of this. */
enum mmc_mistake {
	MMC_RIGHT,
	MMC_NO_FLUSH,
	MMC_NO_INVALIDATE,
	MMC_INVALIDATE_BEFORE,
	MMC_FLUSH_AFTER,
	MMC_WRONG_DIRECTION,
	MMC_WRONG_LENGTH,
	MMC_SHARED_LINE,
	MMC_STACK_BUFFER,
	MMC_TABLE_NOT_FLUSHED,
	MMC_RESULT_CACHED,
};

extern enum mmc_mistake mmc_mistake;

#endif
