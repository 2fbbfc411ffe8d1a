/* SPDX-License-Identifier: MIT */
/* What the test sees of the stand-in for the network stack. */
#ifndef NIC_LINUX_NET_H
#define NIC_LINUX_NET_H

#include <linux/netdevice.h>

/** The interface that was registered; NULL if none is. */
struct net_device *net_interface(void);

/** Runs what napi_schedule() put off. */
void net_run(void);

/** Frames received and the sum of all their bytes, since net_reset(). */
extern unsigned net_frames, net_sum;
void net_reset(void);

#endif
