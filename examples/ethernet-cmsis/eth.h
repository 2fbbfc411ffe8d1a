/* SPDX-License-Identifier: MIT */
/* The Ethernet driver: frames in and out, through rings of chained descriptors. One controller. */
#ifndef ETH_H
#define ETH_H

#include <stdbool.h>
#include <stdint.h>

/** What engineers get wrong; see README.md. */
enum eth_mistake {
	ETH_RIGHT,
	ETH_RIGHT_CACHED_DESCRIPTORS,
	ETH_NO_CLEAN,
	ETH_INVALIDATE_FOR_CLEAN,
	ETH_SHORT_CLEAN,
	ETH_NO_INVALIDATE,
	ETH_INVALIDATE_BEFORE_ONLY,
	ETH_INVALIDATE_AFTER_ONLY,
	ETH_CLEAN_FOR_INVALIDATE,
	ETH_SHORT_INVALIDATE,
	ETH_SHARED_LINE,
	ETH_ALIGNED_TO_32,
	ETH_STACK_RECEIVE,
	ETH_STACK_SEND,
	ETH_CACHED_DESCRIPTORS,
	ETH_PACKED_DESCRIPTORS,
	ETH_NO_FLUSH_BEFORE_MPU,
};

enum { ETH_FRAME = 1514 /**< bytes of the longest frame, without checksum */ };

/** Sets up rings and buffers and starts the controller. */
void eth_open(enum eth_mistake mistake);

/**
 * The next frame, where the controller put it. The caller may write into it.
 *
 * Owns: the caller, until eth_release(). Return: NULL if none has arrived.
 */
uint8_t *eth_receive(uint32_t *length);

/** Gives the buffer of the last frame back to the controller. */
void eth_release(void);

/** Sends a copy of a frame. @param length 14 to ETH_FRAME bytes. Return: false if the ring is full
 */
bool eth_send(const uint8_t *frame, uint32_t length);

/** Sends from the caller's memory, which must stay as it is until the frame has left. */
bool eth_send_in_place(uint8_t *frame, uint32_t length);

/** Without interrupts and buffers, as a boot loader does: waits for one frame. Return: its length
 */
uint32_t eth_receive_once(uint8_t *frame);

#endif
