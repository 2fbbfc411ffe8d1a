/* SPDX-License-Identifier: MIT */
/* The same traffic through the driver, once as it is and once with each mistake. */
#include <ccsan/ccsan.h>
#include <linux/platform_device.h>

#include "model.h"
#include "net.h"
#include "nic.h"

enum { FRAMES = 3 * NIC_RING };

static u8 frame[1500];

/* Large ones, small ones, and the smallest ones. */
static unsigned int length_of(unsigned int i)
{
	return i % 3 == 0 ? 1000 + i : i % 3 == 1 ? 60 + i : 60;
}

static unsigned int fill_frame(unsigned int i)
{
	unsigned int sum = 0;

	for (unsigned int k = 0; k < length_of(i); k++)
		sum += frame[k] = (u8)(i + k);
	return sum;
}

static void receive_frames(void)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < FRAMES; i++) {
		sum += fill_frame(i);
		CCSAN_CHECK(model_receive(frame, length_of(i)));
	}
	CCSAN_CHECK(net_frames == FRAMES);
	CCSAN_CHECK(net_sum == sum);
}

static void send_frames(struct net_device *net)
{
	unsigned int sum = 0;

	for (unsigned int i = 0; i < FRAMES; i++) {
		struct sk_buff *skb = netdev_alloc_skb_ip_align(net, length_of(i));

		sum += fill_frame(i);
		skb_put_data(skb, frame, length_of(i));
		CCSAN_CHECK(net->netdev_ops->ndo_start_xmit(skb, net) == NETDEV_TX_OK);
		if (i % 4 == 3)
			model_transmit();
	}
	CCSAN_CHECK(model_sum == sum || nic_mistake == NIC_TOUCH_AFTER_MAP);
}

static void play(enum nic_mistake mistake)
{
	struct platform_device *device;
	struct net_device *net;

	nic_mistake = mistake;
	net_reset();
	model_reset();
	device = platform_device_register_simple("nic", 0, model_resources(), 2);
	net = net_interface();
	CCSAN_CHECK(net && !net->netdev_ops->ndo_open(net));
	receive_frames();
	send_frames(net);
	CCSAN_CHECK(nic_frames_in(net) == FRAMES);
	net->netdev_ops->ndo_stop(net);
	platform_device_unregister(device);
}

CCSAN_TEST(right)
{
	play(NIC_RIGHT);
}

#define MISTAKE(name, mistake) \
	CCSAN_TEST(name)       \
	{                      \
		play(mistake); \
	}

MISTAKE(no_sync_for_cpu, NIC_NO_SYNC_FOR_CPU)
MISTAKE(no_sync_for_device, NIC_NO_SYNC_FOR_DEVICE)
MISTAKE(unmap_size, NIC_UNMAP_SIZE)
MISTAKE(unmap_direction, NIC_UNMAP_DIRECTION)
MISTAKE(wrong_direction, NIC_WRONG_DIRECTION)
MISTAKE(wrong_length, NIC_WRONG_LENGTH)
MISTAKE(stack_buffer, NIC_STACK_BUFFER)
MISTAKE(no_unmap, NIC_NO_UNMAP)
MISTAKE(error_unchecked, NIC_ERROR_UNCHECKED)
MISTAKE(touch_after_map, NIC_TOUCH_AFTER_MAP)
MISTAKE(embedded_buffer, NIC_EMBEDDED_BUFFER)
MISTAKE(cached_descriptors, NIC_CACHED_DESCRIPTORS)
