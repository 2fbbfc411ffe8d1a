/* SPDX-License-Identifier: MIT */
/* The stand-in for the network stack: it counts frames and sums up their bytes. */
#include "net.h"

#include <linux/string.h>

unsigned net_frames, net_sum;

static struct net_device *interface;
static struct napi_struct *polled;

/* --- buffers --- */

struct sk_buff *netdev_alloc_skb_ip_align(struct net_device *dev, unsigned int room)
{
	struct sk_buff *skb = kzalloc(sizeof(*skb), GFP_ATOMIC);

	if (!skb)
		return NULL;
	skb->head = kmalloc(NET_SKB_PAD + NET_IP_ALIGN + room, GFP_ATOMIC);
	if (!skb->head) {
		kfree(skb);
		return NULL;
	}
	skb->data = skb->head + NET_SKB_PAD + NET_IP_ALIGN;
	skb->room = room;
	skb->dev = dev;
	return skb;
}

void dev_kfree_skb(struct sk_buff *skb)
{
	kfree(skb->head);
	kfree(skb);
}

void *skb_put(struct sk_buff *skb, unsigned int bytes)
{
	void *end = skb->data + skb->len;

	skb->len += bytes;
	return end;
}

void *skb_put_data(struct sk_buff *skb, const void *data, unsigned int bytes)
{
	return memcpy(skb_put(skb, bytes), data, bytes);
}

/* --- interfaces --- */

struct net_device *alloc_etherdev(int priv_bytes)
{
	struct net_device *dev = kzalloc(sizeof(*dev), GFP_KERNEL);

	if (dev)
		dev->priv = kzalloc((size_t)priv_bytes, GFP_KERNEL);
	return dev;
}

void free_netdev(struct net_device *dev)
{
	kfree(dev->priv);
	kfree(dev);
}

int register_netdev(struct net_device *dev)
{
	interface = dev;
	return 0;
}

void unregister_netdev(struct net_device *dev)
{
	if (interface == dev)
		interface = NULL;
}

struct net_device *net_interface(void)
{
	return interface;
}

/* --- polling --- */

void netif_napi_add(struct net_device *dev, struct napi_struct *napi,
		    int (*poll)(struct napi_struct *napi, int budget))
{
	(void)dev;
	napi->poll = poll;
	polled = napi;
}

void netif_napi_del(struct napi_struct *napi)
{
	if (polled == napi)
		polled = NULL;
}

void napi_enable(struct napi_struct *napi)
{
	napi->enabled = true;
}

void napi_disable(struct napi_struct *napi)
{
	napi->enabled = false;
}

void napi_schedule(struct napi_struct *napi)
{
	napi->scheduled = true;
}

bool napi_complete_done(struct napi_struct *napi, int done)
{
	(void)done;
	napi->scheduled = false;
	return true;
}

void net_run(void)
{
	while (polled && polled->enabled && polled->scheduled)
		polled->poll(polled, 64);
}

void netif_receive_skb(struct sk_buff *skb)
{
	net_frames++;
	for (unsigned int i = 0; i < skb->len; i++)
		net_sum += skb->data[i];
	dev_kfree_skb(skb);
}

void net_reset(void)
{
	net_frames = net_sum = 0;
}
