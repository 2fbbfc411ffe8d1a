/* SPDX-License-Identifier: MIT */
/*
 * The registers and descriptors that the driver and the model share.
 * Reference: SD Host Controller Simplified Specification 4.20, 1.13 "ADMA" and 2.1 "SD Host
 * Controller Standard Register Map".
 */
#ifndef SDHCI_H
#define SDHCI_H

#include <linux/types.h>

enum {
	SDHCI_BLOCK = 0x04, /**< size in bits 0 to 11, count in bits 16 to 31 */
	SDHCI_ARGUMENT = 0x08,
	SDHCI_COMMAND =
		0x0c, /**< transfer mode in bits 0 to 15, command in bits 16 to 31: starts it */
	SDHCI_STATUS = 0x30, /**< writing ones clears */
	SDHCI_ADMA_ADDRESS = 0x58,
	SDHCI_BYTES = 0x100,

	SDHCI_MODE_DMA = 1 << 0,
	SDHCI_MODE_READ = 1 << 4,
	SDHCI_DONE = 1 << 1,
	SDHCI_ADMA_ERROR = 1 << 25,
};

/** Commands of the card (SD Physical Layer Simplified Specification 9.10, 4.7.4). */
enum { SD_READ_BLOCKS = 18, SD_WRITE_BLOCKS = 25, SD_SEND_SCR = 51 };

enum { ADMA_VALID = 1 << 0, ADMA_END = 1 << 1, ADMA_TRANSFER = 2 << 4 };

struct adma_descriptor {
	u16 attributes, length;
	u32 address;
};

extern volatile u32 sdhci_registers[SDHCI_BYTES / 4];

#endif
