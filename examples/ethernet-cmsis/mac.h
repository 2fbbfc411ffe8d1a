/* SPDX-License-Identifier: MIT */
/*
 * The controller's side: a model that touches memory only as a bus master, and the wire behind it.
 */
#ifndef MAC_H
#define MAC_H

#include <stdint.h>

/** Called with each frame that leaves. Valid during the call. */
typedef void mac_wire(const uint8_t *frame, uint32_t length);

/** Connects the controller to a wire. What is left of earlier traffic is dropped. */
void mac_connect(mac_wire *wire);

/** A frame arrives. Without a free descriptor it waits; one frame can. @param length up to 1518 */
void mac_receive(const uint8_t *frame, uint32_t length);

/** Time passes: frames leave, as far as the transmit ring has them. */
void mac_run(void);

#endif
