/* SPDX-License-Identifier: MIT */
/* A stand-in for the network stack's buffers: one linear piece of kmalloc()ed memory. */
#ifndef NIC_LINUX_SKBUFF_H
#define NIC_LINUX_SKBUFF_H

#include <linux/slab.h>
#include <linux/types.h>

#define NET_SKB_PAD  64
#define NET_IP_ALIGN 2

struct net_device;

struct sk_buff {
	unsigned char *head, *data;
	unsigned int len, room; /* bytes: in use, from `data` on */
	struct net_device *dev;
};

struct sk_buff *netdev_alloc_skb_ip_align(struct net_device *dev, unsigned int room);
void dev_kfree_skb(struct sk_buff *skb);
void *skb_put(struct sk_buff *skb, unsigned int bytes);
void *skb_put_data(struct sk_buff *skb, const void *data, unsigned int bytes);

#endif
