/* SPDX-License-Identifier: MIT */
/* The controller's side and the card behind it: touches memory only as a bus master. */
#ifndef CARD_H
#define CARD_H

#include <stdint.h>

enum { CARD_BLOCKS = 512, CARD_BLOCK = 512 };

/** The card's content, for tests to look at. */
extern uint8_t card_image[CARD_BLOCKS][CARD_BLOCK];
extern const uint8_t card_scr[8];

/** A card with known content is in the slot: each byte differs from that of the next block. */
void card_insert(void);

#endif
