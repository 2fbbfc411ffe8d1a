/* SPDX-License-Identifier: MIT */
/* A stand-in for the network stack's interfaces, as far as a simple driver uses them. */
#ifndef NIC_LINUX_NETDEVICE_H
#define NIC_LINUX_NETDEVICE_H

#include <linux/device.h>
#include <linux/skbuff.h>

typedef enum netdev_tx { NETDEV_TX_OK = 0, NETDEV_TX_BUSY = 0x10 } netdev_tx_t;

struct net_device_ops {
	int (*ndo_open)(struct net_device *dev);
	int (*ndo_stop)(struct net_device *dev);
	netdev_tx_t (*ndo_start_xmit)(struct sk_buff *skb, struct net_device *dev);
};

struct net_device {
	const struct net_device_ops *netdev_ops;
	struct device *parent;
	struct {
		unsigned long rx_packets, tx_packets, rx_dropped, tx_dropped;
	} stats;
	void *priv;
};

struct napi_struct {
	int (*poll)(struct napi_struct *napi, int budget);
	bool enabled, scheduled;
	struct napi_struct *next;
};

#define SET_NETDEV_DEV(net, device) ((net)->parent = (device))

struct net_device *alloc_etherdev(int priv_bytes);
void free_netdev(struct net_device *dev);
int register_netdev(struct net_device *dev);
void unregister_netdev(struct net_device *dev);

static inline void *netdev_priv(const struct net_device *dev)
{
	return dev->priv;
}

void netif_napi_add(struct net_device *dev, struct napi_struct *napi,
		    int (*poll)(struct napi_struct *napi, int budget));
void netif_napi_del(struct napi_struct *napi);
void napi_enable(struct napi_struct *napi);
void napi_disable(struct napi_struct *napi);
void napi_schedule(struct napi_struct *napi);
bool napi_complete_done(struct napi_struct *napi, int done);

/** Takes a frame from the driver. */
void netif_receive_skb(struct sk_buff *skb);

#endif
