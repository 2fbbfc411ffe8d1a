// SPDX-License-Identifier: MIT
/*
 * A network driver with streaming DMA, as many in drivers/net/ethernet are built: descriptor rings
 * in coherent memory, buffers mapped for each frame, small frames copied out (copybreak) so that
 * their buffer can stay where it is.
 */
#include <linux/dma-mapping.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/platform_device.h>
#include <linux/string.h>

#include "nic.h"

#define COPYBREAK 256u

enum nic_mistake nic_mistake;

struct nic_slot {
	struct sk_buff *skb;
	dma_addr_t at;
};

struct nic {
	struct net_device *net;
	struct device *dev;
	void __iomem *registers;
	struct napi_struct napi;
	int irq;
	struct nic_descriptor *rx, *tx;
	dma_addr_t rx_at, tx_at;
	struct nic_slot rx_slots[NIC_RING], tx_slots[NIC_RING];
	unsigned int rx_next, tx_head, tx_tail;
	struct nic_counters *counters; /* memory of its own: the device writes it */
	u8 *filter;
	u32 requests;
	struct nic_counters embedded; /* the mistake: beside what the CPU uses */
};

/* --- descriptor rings --- */

static struct nic_descriptor *nic_ring(struct nic *nic, dma_addr_t *at)
{
	struct nic_descriptor *ring;

	if (nic_mistake != NIC_CACHED_DESCRIPTORS)
		return dma_alloc_coherent(nic->dev, NIC_RING * sizeof(*ring), at, GFP_KERNEL);
	ring = kzalloc(NIC_RING * sizeof(*ring), GFP_KERNEL);
	*at = virt_to_phys(ring);
	return ring;
}

static void nic_free_ring(struct nic *nic, struct nic_descriptor *ring, dma_addr_t at)
{
	if (nic_mistake != NIC_CACHED_DESCRIPTORS)
		dma_free_coherent(nic->dev, NIC_RING * sizeof(*ring), ring, at);
	else
		kfree(ring);
}

/* The device may take the descriptor as soon as it has NIC_OWN: everything else comes before. */
static void nic_give(struct nic_descriptor *descriptor, dma_addr_t at, unsigned int length)
{
	descriptor->address = lower_32_bits(at);
	descriptor->length = (u16)length;
	dma_wmb();
	descriptor->status = NIC_OWN;
}

/* --- receive --- */

static unsigned int nic_rx_length(void)
{
	return nic_mistake == NIC_WRONG_LENGTH ? 64 : NIC_BUFFER;
}

static enum dma_data_direction nic_rx_direction(void)
{
	return nic_mistake == NIC_WRONG_DIRECTION ? DMA_TO_DEVICE : DMA_FROM_DEVICE;
}

static int nic_refill(struct nic *nic, unsigned int i)
{
	struct nic_slot *slot = &nic->rx_slots[i];
	struct sk_buff *skb = netdev_alloc_skb_ip_align(nic->net, NIC_BUFFER);

	if (!skb)
		return -ENOMEM;
	slot->at = dma_map_single(nic->dev, skb->data, nic_rx_length(), nic_rx_direction());
	if (nic_mistake != NIC_ERROR_UNCHECKED && dma_mapping_error(nic->dev, slot->at)) {
		dev_kfree_skb(skb);
		return -ENOMEM;
	}
	slot->skb = skb;
	nic_give(&nic->rx[i], slot->at, NIC_BUFFER);
	return 0;
}

static void nic_rx_unmap(struct nic *nic, unsigned int i)
{
	unsigned int length = nic_rx_length();
	enum dma_data_direction direction = nic_rx_direction();

	if (nic_mistake == NIC_UNMAP_SIZE)
		length /= 2;
	if (nic_mistake == NIC_UNMAP_DIRECTION)
		direction = DMA_TO_DEVICE;
	dma_unmap_single(nic->dev, nic->rx_slots[i].at, length, direction);
}

/* A small frame is copied: its buffer stays mapped and goes back to the device. */
static struct sk_buff *nic_copy_frame(struct nic *nic, unsigned int i, unsigned int length)
{
	struct nic_slot *slot = &nic->rx_slots[i];
	struct sk_buff *skb = netdev_alloc_skb_ip_align(nic->net, length);

	if (!skb)
		return NULL;
	if (nic_mistake != NIC_NO_SYNC_FOR_CPU)
		dma_sync_single_for_cpu(nic->dev, slot->at, min(length, nic_rx_length()),
					nic_rx_direction());
	skb_put_data(skb, slot->skb->data, length);
	if (nic_mistake != NIC_NO_SYNC_FOR_DEVICE && nic_mistake != NIC_NO_SYNC_FOR_CPU)
		dma_sync_single_for_device(nic->dev, slot->at, min(length, nic_rx_length()),
					   nic_rx_direction());
	nic_give(&nic->rx[i], slot->at, NIC_BUFFER);
	return skb;
}

static struct sk_buff *nic_take_frame(struct nic *nic, unsigned int i, unsigned int length)
{
	struct sk_buff *skb = nic->rx_slots[i].skb;

	nic_rx_unmap(nic, i);
	nic->rx_slots[i].skb = NULL;
	skb_put(skb, length);
	nic_refill(nic, i);
	return skb;
}

static bool nic_receive_one(struct nic *nic)
{
	unsigned int i = nic->rx_next, length;
	struct sk_buff *skb;

	if (nic->rx[i].status & NIC_OWN)
		return false;
	dma_rmb();
	length = nic->rx[i].length;
	skb = length <= COPYBREAK ? nic_copy_frame(nic, i, length) : nic_take_frame(nic, i, length);
	nic->rx_next = (i + 1) % NIC_RING;
	if (!skb) {
		nic->net->stats.rx_dropped++;
		return true;
	}
	nic->net->stats.rx_packets++;
	netif_receive_skb(skb);
	return true;
}

/* --- transmit --- */

static void nic_tx_complete(struct nic *nic)
{
	while (nic->tx_tail != nic->tx_head) {
		unsigned int i = nic->tx_tail % NIC_RING;
		struct nic_slot *slot = &nic->tx_slots[i];

		if (nic->tx[i].status & NIC_OWN)
			return;
		if (nic_mistake != NIC_NO_UNMAP)
			dma_unmap_single(nic->dev, slot->at, slot->skb->len, DMA_TO_DEVICE);
		dev_kfree_skb(slot->skb);
		nic->net->stats.tx_packets++;
		nic->tx_tail++;
	}
}

static netdev_tx_t nic_start_xmit(struct sk_buff *skb, struct net_device *net)
{
	struct nic *nic = netdev_priv(net);
	unsigned int i = nic->tx_head % NIC_RING;
	dma_addr_t at;

	if (nic->tx_head - nic->tx_tail == NIC_RING)
		return NETDEV_TX_BUSY;
	at = dma_map_single(nic->dev, skb->data, skb->len, DMA_TO_DEVICE);
	if (dma_mapping_error(nic->dev, at)) {
		dev_kfree_skb(skb);
		net->stats.tx_dropped++;
		return NETDEV_TX_OK;
	}
	if (nic_mistake == NIC_TOUCH_AFTER_MAP)
		skb->data[14] ^= 1;
	nic->tx_slots[i] = (struct nic_slot){ skb, at };
	nic_give(&nic->tx[i], at, skb->len);
	nic->tx_head++;
	writel(1, nic->registers + NIC_TX_START);
	return NETDEV_TX_OK;
}

/* --- interrupt and poll --- */

static irqreturn_t nic_interrupt(int irq, void *data)
{
	struct nic *nic = data;

	(void)irq;
	napi_schedule(&nic->napi);
	return IRQ_HANDLED;
}

static int nic_poll(struct napi_struct *napi, int budget)
{
	struct nic *nic = container_of(napi, struct nic, napi);
	int done = 0;

	nic_tx_complete(nic);
	while (done < budget && nic_receive_one(nic))
		done++;
	if (done < budget)
		napi_complete_done(napi, done);
	return done;
}

/* --- what the device is told, and asked --- */

static int nic_set_filter(struct nic *nic)
{
	u8 on_stack[NIC_FILTER_BYTES];
	u8 *filter = nic_mistake == NIC_STACK_BUFFER ? on_stack : nic->filter;
	dma_addr_t at;

	memset(filter, 0xff, NIC_FILTER_BYTES);
	at = dma_map_single(nic->dev, filter, NIC_FILTER_BYTES, DMA_TO_DEVICE);
	if (dma_mapping_error(nic->dev, at))
		return -ENOMEM;
	writel(lower_32_bits(at), nic->registers + NIC_FILTER);
	dma_unmap_single(nic->dev, at, NIC_FILTER_BYTES, DMA_TO_DEVICE);
	return 0;
}

u32 nic_frames_in(struct net_device *net)
{
	struct nic *nic = netdev_priv(net);
	struct nic_counters *counters =
		nic_mistake == NIC_EMBEDDED_BUFFER ? &nic->embedded : nic->counters;
	dma_addr_t at = dma_map_single(nic->dev, counters, sizeof(*counters), DMA_FROM_DEVICE);

	if (dma_mapping_error(nic->dev, at))
		return 0;
	nic->requests++;
	writel(lower_32_bits(at), nic->registers + NIC_COUNTERS);
	dma_unmap_single(nic->dev, at, sizeof(*counters), DMA_FROM_DEVICE);
	return counters->frames_in;
}

/* --- up and down --- */

static void nic_free_rings(struct nic *nic)
{
	for (unsigned int i = 0; i < NIC_RING; i++)
		if (nic->rx_slots[i].skb) {
			nic_rx_unmap(nic, i);
			dev_kfree_skb(nic->rx_slots[i].skb);
			nic->rx_slots[i].skb = NULL;
		}
	nic_free_ring(nic, nic->rx, nic->rx_at);
	nic_free_ring(nic, nic->tx, nic->tx_at);
}

static int nic_open(struct net_device *net)
{
	struct nic *nic = netdev_priv(net);
	int error = 0;

	nic->rx = nic_ring(nic, &nic->rx_at);
	nic->tx = nic_ring(nic, &nic->tx_at);
	if (!nic->rx || !nic->tx)
		return -ENOMEM;
	for (unsigned int i = 0; i < NIC_RING && !error; i++)
		error = nic_refill(nic, i);
	if (!error)
		error = nic_set_filter(nic);
	if (!error)
		error = request_irq((unsigned int)nic->irq, nic_interrupt, 0, "nic", nic);
	if (error) {
		nic_free_rings(nic);
		return error;
	}
	napi_enable(&nic->napi);
	writel(lower_32_bits(nic->rx_at), nic->registers + NIC_RX_RING);
	writel(lower_32_bits(nic->tx_at), nic->registers + NIC_TX_RING);
	writel(1, nic->registers + NIC_RUN);
	return 0;
}

static int nic_stop(struct net_device *net)
{
	struct nic *nic = netdev_priv(net);

	writel(0, nic->registers + NIC_RUN);
	napi_disable(&nic->napi);
	free_irq((unsigned int)nic->irq, nic);
	nic_tx_complete(nic);
	nic_free_rings(nic);
	return 0;
}

static const struct net_device_ops nic_ops = { .ndo_open = nic_open,
					       .ndo_stop = nic_stop,
					       .ndo_start_xmit = nic_start_xmit };

static int nic_probe(struct platform_device *device)
{
	struct net_device *net;
	struct nic *nic;

	if (dma_set_mask_and_coherent(&device->dev, DMA_BIT_MASK(32)))
		return -EIO;
	net = alloc_etherdev(sizeof(*nic));
	if (!net)
		return -ENOMEM;
	nic = netdev_priv(net);
	nic->net = net;
	nic->dev = &device->dev;
	nic->irq = platform_get_irq(device, 0);
	nic->registers = devm_platform_ioremap_resource(device, 0);
	nic->counters = devm_kzalloc(&device->dev, sizeof(*nic->counters), GFP_KERNEL);
	nic->filter = devm_kzalloc(&device->dev, NIC_FILTER_BYTES, GFP_KERNEL);
	if (IS_ERR(nic->registers) || !nic->counters || !nic->filter) {
		free_netdev(net);
		return -ENOMEM;
	}
	SET_NETDEV_DEV(net, &device->dev);
	net->netdev_ops = &nic_ops;
	netif_napi_add(net, &nic->napi, nic_poll);
	platform_set_drvdata(device, nic);
	return register_netdev(net);
}

static int nic_remove(struct platform_device *device)
{
	struct nic *nic = platform_get_drvdata(device);

	unregister_netdev(nic->net);
	netif_napi_del(&nic->napi);
	free_netdev(nic->net);
	return 0;
}

static struct platform_driver nic_driver = {
	.probe = nic_probe,
	.remove = nic_remove,
	.driver = { .name = "nic" },
};
module_platform_driver(nic_driver);

MODULE_LICENSE("Dual MIT/GPL");
MODULE_DESCRIPTION("A network driver to make mistakes in");
