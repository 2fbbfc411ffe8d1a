/* SPDX-License-Identifier: MIT */
/* The hardware as its manual would describe it: registers, descriptors. And the mistakes. */
#ifndef NIC_LINUX_NIC_H
#define NIC_LINUX_NIC_H

#include <linux/types.h>

enum { NIC_RING = 16, NIC_BUFFER = 1536, NIC_IRQ = 5 };

/* Registers: offsets in bytes, 32 bits each. */
enum {
	NIC_RX_RING = 0x00,  /* physical address of NIC_RING descriptors */
	NIC_TX_RING = 0x04,  /* the same for transmission */
	NIC_TX_START = 0x08, /* written: look at the transmit ring */
	NIC_COUNTERS = 0x0c, /* written: store counters at this address */
	NIC_RUN = 0x10,      /* 1: receive and transmit */
	NIC_FILTER = 0x14,   /* written: read NIC_FILTER_BYTES of address filter from here */
	NIC_REGISTER_BYTES = 0x20,
};

enum { NIC_FILTER_BYTES = 64 };

#define NIC_OWN 0x8000u /* in `status`: the descriptor is the device's */

struct nic_descriptor {
	u32 address;
	u16 length; /* bytes: of the buffer, or of the frame in it */
	u16 status;
};

struct nic_counters {
	u32 frames_in, frames_out;
};

/** Which mistake the driver makes. A driver of your own has none of this. */
enum nic_mistake {
	NIC_RIGHT,
	NIC_NO_SYNC_FOR_CPU,
	NIC_NO_SYNC_FOR_DEVICE,
	NIC_UNMAP_SIZE,
	NIC_UNMAP_DIRECTION,
	NIC_WRONG_DIRECTION,
	NIC_WRONG_LENGTH,
	NIC_STACK_BUFFER,
	NIC_NO_UNMAP,
	NIC_ERROR_UNCHECKED,
	NIC_TOUCH_AFTER_MAP,
	NIC_EMBEDDED_BUFFER,
	NIC_CACHED_DESCRIPTORS,
};

extern enum nic_mistake nic_mistake;

/** Asks the device for its counters. Return: frames that it received. */
struct net_device;
u32 nic_frames_in(struct net_device *net);

#endif
