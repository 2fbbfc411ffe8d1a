/* SPDX-License-Identifier: MIT */
/* A model of the device: a bus master that walks two descriptor rings. It snoops nothing. */
#include "model.h"

#include <ccsan/device.h>
#include <ccsan/linux.h>
#include <linux/string.h>

#include "net.h"
#include "nic.h"

unsigned model_sum;

static volatile u32 registers[NIC_REGISTER_BYTES / 4] __aligned(64);
static struct ccsan_device *bus;
static unsigned int rx_next, tx_next;
static struct nic_counters counters;

static u32 reg(unsigned int offset)
{
	return registers[offset / 4];
}

static void written(void *context, size_t offset, unsigned bytes)
{
	u8 filter[NIC_FILTER_BYTES];

	(void)context;
	(void)bytes;
	if (offset == NIC_COUNTERS)
		ccsan_device_write(bus, reg(NIC_COUNTERS), &counters, sizeof(counters));
	if (offset == NIC_FILTER)
		ccsan_device_read(bus, reg(NIC_FILTER), filter, sizeof(filter));
}

const struct resource *model_resources(void)
{
	static const struct ccsan_registers ops = { .written = written };
	static struct resource resources[2];

	if (!bus) {
		bus = ccsan_device_new("nic", 0);
		ccsan_device_registers(registers, sizeof(registers), &ops);
		resources[0] =
			(struct resource){ .start = (unsigned long)registers,
					   .end = (unsigned long)registers + sizeof(registers) - 1,
					   .flags = IORESOURCE_MEM };
		resources[1] = (struct resource){ .start = NIC_IRQ,
						  .end = NIC_IRQ,
						  .flags = IORESOURCE_IRQ };
	}
	return resources;
}

/* --- rings --- */

static ccsan_phys read_descriptor(u32 ring, unsigned int i, struct nic_descriptor *descriptor)
{
	ccsan_phys at = ring + i * sizeof(*descriptor);

	ccsan_device_read(bus, at, descriptor, sizeof(*descriptor));
	return at;
}

static void interrupt(void)
{
	ccsan_linux_interrupt(NIC_IRQ);
	net_run();
}

bool model_receive(const void *frame, unsigned int bytes)
{
	struct nic_descriptor descriptor;
	ccsan_phys at = read_descriptor(reg(NIC_RX_RING), rx_next, &descriptor);

	if (!reg(NIC_RUN) || !(descriptor.status & NIC_OWN) || bytes > descriptor.length)
		return false;
	ccsan_device_write(bus, descriptor.address, frame, bytes);
	descriptor.length = (u16)bytes;
	descriptor.status = 0;
	ccsan_device_write(bus, at, &descriptor, sizeof(descriptor));
	rx_next = (rx_next + 1) % NIC_RING;
	counters.frames_in++;
	interrupt();
	return true;
}

static bool transmit_one(void)
{
	static u8 frame[2048];
	struct nic_descriptor descriptor;
	ccsan_phys at = read_descriptor(reg(NIC_TX_RING), tx_next, &descriptor);

	if (!(descriptor.status & NIC_OWN) || descriptor.length > sizeof(frame))
		return false;
	ccsan_device_read(bus, descriptor.address, frame, descriptor.length);
	for (unsigned int i = 0; i < descriptor.length; i++)
		model_sum += frame[i];
	descriptor.status = 0;
	ccsan_device_write(bus, at, &descriptor, sizeof(descriptor));
	tx_next = (tx_next + 1) % NIC_RING;
	counters.frames_out++;
	return true;
}

void model_transmit(void)
{
	while (reg(NIC_RUN) && transmit_one())
		;
	interrupt();
}

void model_reset(void)
{
	rx_next = tx_next = model_sum = 0;
	memset(&counters, 0, sizeof(counters));
}
