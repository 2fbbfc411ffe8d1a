/* SPDX-License-Identifier: MIT */
/* The controller and its card, as the test plays with them. */
#ifndef MMC_U_BOOT_MODEL_H
#define MMC_U_BOOT_MODEL_H

#include <linux/types.h>

enum { CARD_BLOCKS = 64 };

/** Where the registers are. */
void *model_registers(void);

/** An empty card. */
void model_reset(void);

/** What is on the card: CARD_BLOCKS blocks of 512 bytes. */
extern u8 model_image[];

#endif
