/* SPDX-License-Identifier: MIT */
/*
 * An Ethernet driver with receive and transmit rings in cached memory, as on a Cortex-M7, and its
 * device: each frame comes in by DMA, is summed and copied by the CPU, and goes out by DMA. What
 * the driver maintains is what a CMSIS driver maintains, by the functions that CMSIS's names stand
 * for here.
 *
 * usage: ethernet FRAMES
 */
#include <ccsan/cache.h>
#include <ccsan/device.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RING = 16, BUFFER = 1536, LINE = 256 /* the longest of any CPU */, OWN = 1 };

struct descriptor {
	uint64_t address;
	uint32_t length, status;
} __attribute__((aligned(LINE)));

static struct descriptor rx_ring[RING], tx_ring[RING];
static uint8_t rx_buffers[RING][BUFFER] __attribute__((aligned(LINE)));
static uint8_t tx_buffers[RING][BUFFER] __attribute__((aligned(LINE)));
static struct ccsan_device *device;

static uint64_t bus_address(const void *p)
{
	return (uint64_t)(uintptr_t)p;
}

/* --- the device --- */

static uint32_t sum_out;

static void device_receive(unsigned slot, const uint8_t *frame, uint32_t length)
{
	struct descriptor d;

	ccsan_device_read(device, bus_address(&rx_ring[slot]), &d, 16);
	if (!(d.status & OWN))
		exit(1);
	ccsan_device_write(device, d.address, frame, length);
	d.length = length;
	d.status = 0;
	ccsan_device_write(device, bus_address(&rx_ring[slot]), &d, 16);
}

static void device_transmit(unsigned slot)
{
	static uint8_t frame[BUFFER];
	struct descriptor d;

	ccsan_device_read(device, bus_address(&tx_ring[slot]), &d, 16);
	if (!(d.status & OWN))
		exit(1);
	ccsan_device_read(device, d.address, frame, d.length);
	sum_out = sum_out * 31 + frame[0] + frame[d.length - 1];
	d.status = 0;
	ccsan_device_write(device, bus_address(&tx_ring[slot]), &d, 16);
}

/* --- the driver --- */

static void give_to_device(struct descriptor *d, const void *buffer, uint32_t length)
{
	d->address = bus_address(buffer);
	d->length = length;
	d->status = OWN;
	ccsan_dma_clean(d, sizeof(*d));
	ccsan_barrier();
}

static void open_rings(void)
{
	for (unsigned i = 0; i < RING; i++) {
		ccsan_dma_flush(rx_buffers[i], BUFFER);
		give_to_device(&rx_ring[i], rx_buffers[i], BUFFER);
	}
}

static bool is_done(struct descriptor *d)
{
	ccsan_dma_invalidate(d, sizeof(*d));
	return !(d->status & OWN);
}

static uint32_t sum_of(const uint8_t *p, uint32_t n)
{
	uint32_t sum = 0;

	for (uint32_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	return sum;
}

static uint32_t forward(unsigned slot)
{
	struct descriptor *in = &rx_ring[slot];
	uint32_t sum, length;

	if (!is_done(in))
		exit(1);
	length = in->length;
	ccsan_dma_invalidate(rx_buffers[slot], length);
	sum = sum_of(rx_buffers[slot], length);
	memcpy(tx_buffers[slot], rx_buffers[slot], length);
	ccsan_dma_invalidate(rx_buffers[slot], BUFFER);
	give_to_device(in, rx_buffers[slot], BUFFER);
	ccsan_dma_clean(tx_buffers[slot], length);
	give_to_device(&tx_ring[slot], tx_buffers[slot], length);
	return sum;
}

/* Sizes as in traffic: full ones, small ones, some in between. */
static uint32_t length_of(unsigned long i)
{
	return i % 3 == 0 ? 1514 : i % 3 == 1 ? 64 : 64 + (uint32_t)(i * 97 % 1400);
}

int main(int argc, char **argv)
{
	unsigned long frames = argc > 1 ? strtoul(argv[1], NULL, 10) : 100;
	static uint8_t frame[BUFFER];
	uint32_t sum = 0;

	for (unsigned i = 0; i < BUFFER; i++)
		frame[i] = (uint8_t)(i * 7);
	device = ccsan_device_new("mac", 0);
	open_rings();
	for (unsigned long i = 0; i < frames; i++) {
		unsigned slot = i % RING;

		frame[0] = (uint8_t)i;
		device_receive(slot, frame, length_of(i));
		sum = sum * 31 + forward(slot);
		device_transmit(slot);
		if (!is_done(&tx_ring[slot]))
			return 1;
	}
	printf("%08x %08x\n", sum, sum_out);
	return 0;
}
