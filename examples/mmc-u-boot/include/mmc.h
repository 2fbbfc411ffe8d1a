/* SPDX-License-Identifier: MIT */
/* A stand-in for U-Boot's mmc.h: what this driver needs of commands and their data. */
#ifndef MMC_U_BOOT_MMC_H
#define MMC_U_BOOT_MMC_H

#include <linux/types.h>

#define MMC_CMD_READ_MULTIPLE_BLOCK  18
#define MMC_CMD_WRITE_MULTIPLE_BLOCK 25
#define SD_CMD_APP_SEND_SCR          51

#define MMC_DATA_READ  1
#define MMC_DATA_WRITE 2

#define MMC_MAX_BLOCK_LEN 512

struct mmc_cmd {
	u16 cmdidx;
	u32 cmdarg;
	u32 response[4];
};

struct mmc_data {
	union {
		char *dest;
		const char *src;
	};
	u32 flags;
	u32 blocks;
	u32 blocksize; /* bytes */
};

#endif
