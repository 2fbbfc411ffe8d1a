/* SPDX-License-Identifier: MIT */
/* The device, as the test plays with it. */
#ifndef NIC_LINUX_MODEL_H
#define NIC_LINUX_MODEL_H

#include <linux/ioport.h>

/** Where its registers and its interrupt are: two resources. */
const struct resource *model_resources(void);

/** A frame comes in from the wire. Return: whether there was a descriptor for it. */
bool model_receive(const void *frame, unsigned int bytes);

/** Sends what is in the transmit ring, and interrupts. */
void model_transmit(void);

/** The sum of all bytes that were sent since model_reset(). */
extern unsigned model_sum;
void model_reset(void);

#endif
