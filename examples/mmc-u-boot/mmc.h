/* SPDX-License-Identifier: MIT */
/* The SD card driver: blocks in and out, through a table of ADMA2 descriptors. One controller. */
#ifndef MMC_H
#define MMC_H

#include <linux/types.h>

/** What engineers get wrong; see README.md. */
enum mmc_mistake {
	MMC_RIGHT,
	MMC_NO_FLUSH,
	MMC_WRONG_DIRECTION,
	MMC_SHORT_FLUSH,
	MMC_LENGTH_FOR_STOP,
	MMC_NO_INVALIDATE,
	MMC_INVALIDATE_BEFORE_ONLY,
	MMC_INVALIDATE_AFTER_ONLY,
	MMC_FLUSH_AFTER,
	MMC_NO_BOUNCE,
	MMC_SHARED_LINE,
	MMC_STACK_BUFFER,
	MMC_TABLE_NOT_FLUSHED,
	MMC_TABLE_SHORT_FLUSH,
};

enum { MMC_BLOCK = 512 };

/** Starts the controller. */
void mmc_open(enum mmc_mistake mistake);

/** Blocks to and from any memory. @param count 1 to 128. Return: 0, -EIO, -EINVAL */
int mmc_read(lbaint_t start, lbaint_t count, void *to);
int mmc_write(lbaint_t start, lbaint_t count, const void *from);

/** The card's configuration register, 8 bytes. Return: 0 or -EIO */
int mmc_read_scr(u32 scr[2]);

/** How many commands the card was sent since mmc_open(). */
u32 mmc_commands(void);

#endif
