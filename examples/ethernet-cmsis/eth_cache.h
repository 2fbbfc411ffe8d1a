/* SPDX-License-Identifier: MIT */
/*
 * All cache maintenance of the driver, with the mistakes. Each function's last line is what is
 * right.
 */
#ifndef ETH_CACHE_H
#define ETH_CACHE_H

#include "eth.h"
#include "stm32f7xx.h"

/* `sizeof(pointer)` where the size of the buffer was meant: 4 on the board. */
enum { SHORT = 4 };

/* The CPU has written a frame, the controller is going to read it. */
static inline void frame_to_controller(enum eth_mistake mistake, void *frame, uint32_t length)
{
	if (mistake == ETH_NO_CLEAN)
		return;
	if (mistake == ETH_INVALIDATE_FOR_CLEAN) {
		SCB_InvalidateDCache_by_Addr(frame, (int32_t)length);
		return;
	}
	if (mistake == ETH_SHORT_CLEAN)
		length = SHORT;
	SCB_CleanDCache_by_Addr(frame, (int32_t)length);
}

static inline void invalidate(enum eth_mistake mistake, void *buffer, uint32_t length)
{
	if (mistake == ETH_NO_INVALIDATE)
		return;
	if (mistake == ETH_CLEAN_FOR_INVALIDATE) {
		SCB_CleanDCache_by_Addr(buffer, (int32_t)length);
		return;
	}
	if (mistake == ETH_SHORT_INVALIDATE)
		length = SHORT;
	SCB_InvalidateDCache_by_Addr(buffer, (int32_t)length);
}

/* A buffer goes to the controller, which is going to write it: no line of it may be dirty, or its
 * write-back could land on the frame. */
static inline void buffer_to_controller(enum eth_mistake mistake, void *buffer, uint32_t length)
{
	if (mistake != ETH_INVALIDATE_AFTER_ONLY)
		invalidate(mistake, buffer, length);
}

/* The controller has written a frame: what the CPU fetched meanwhile, by speculation, is old. */
static inline void frame_to_cpu(enum eth_mistake mistake, void *frame, uint32_t length)
{
	if (mistake != ETH_INVALIDATE_BEFORE_ONLY)
		invalidate(mistake, frame, length);
}

static inline bool descriptors_need_care(enum eth_mistake mistake)
{
	return mistake == ETH_RIGHT_CACHED_DESCRIPTORS || mistake == ETH_PACKED_DESCRIPTORS;
}

static inline void descriptor_to_controller(enum eth_mistake mistake, void *descriptor,
					    int32_t size)
{
	if (descriptors_need_care(mistake))
		SCB_CleanDCache_by_Addr(descriptor, size);
}

static inline void descriptor_to_cpu(enum eth_mistake mistake, void *descriptor, int32_t size)
{
	if (descriptors_need_care(mistake))
		SCB_InvalidateDCache_by_Addr(descriptor, size);
}

#endif
