/* SPDX-License-Identifier: MIT */
/* Frames from a capture file, and the checksums in them. */
#ifndef FRAMES_H
#define FRAMES_H

#include <stdbool.h>
#include <stdint.h>

struct frame {
	uint32_t length;
	uint8_t bytes[1514];
};

/** All frames of a capture file, loaded once. Errors: exits with 2 and a message. Return: never
 * NULL
 *  @param count takes how many there are */
const struct frame *frames_load(unsigned *count);

/** Whether the checksums of an Ethernet frame agree: IPv4 header, TCP, UDP, ICMP; else true. */
bool frame_is_good(const uint8_t *frame, uint32_t length);

#endif
