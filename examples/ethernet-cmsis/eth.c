/* SPDX-License-Identifier: MIT */
/* See eth.h. Cache maintenance, and what is wrong with it, is in eth_cache.h. */
#include "eth.h"

#include <stddef.h>
#include <string.h>

#include "eth_cache.h"

/* The longest line of all CPUs; for a Cortex-M7 alone it would be __SCB_DCACHE_LINE_SIZE. */
enum { LINE = 64, RX_COUNT = 4, TX_COUNT = 4, BUFFER = 1536, PAGE = 4096 };

/* RM0385, 38.6.7 and 38.6.8: normal descriptors. The next one's address makes any spacing possible.
 */
struct descriptor {
	__IO uint32_t status, control, buffer, next;
};

enum {
	TX_LAST = 1 << 29,
	TX_FIRST = 1 << 28,
	TX_CHAINED = 1 << 20,
	RX_CHAINED = 1 << 14,
	RX_LENGTH_SHIFT = 16,
	LENGTH_MASK = 0x3fff,
};

#define OWN (1u << 31)

/* --- memory --- */

/* A buffer, and beside it what the CPU counts. */
struct slot {
	uint8_t buffer[BUFFER];
	uint32_t frames;
} __ALIGNED(LINE);

struct slot_aligned_to_32 {
	uint8_t buffer[BUFFER];
	uint32_t frames;
} __ALIGNED(32);

/* 1524 bytes are enough for a frame with its checksum, and the counter fits in behind it. */
struct slot_sharing_lines {
	uint8_t buffer[1524];
	uint32_t frames;
} __ALIGNED(LINE);

static union {
	struct slot right[RX_COUNT];
	struct slot_aligned_to_32 aligned_to_32[RX_COUNT];
	struct slot_sharing_lines sharing_lines[RX_COUNT];
} rx_slots;
static uint8_t tx_buffers[TX_COUNT][BUFFER] __ALIGNED(LINE);

/* What the MPU makes uncached has the size and the alignment of a region. */
static uint8_t uncached_memory[PAGE] __ALIGNED(PAGE), late_memory[PAGE] __ALIGNED(PAGE);
static uint8_t cached_memory[PAGE] __ALIGNED(LINE);

static struct {
	enum eth_mistake mistake;
	uint8_t *descriptors; /* of both rings, the receive ring first */
	uint32_t spacing;     /* bytes from one to the next */
	uint32_t buffer_bytes;
	unsigned rx, tx; /* the next of each */
} eth;

static uint32_t bus_address(const volatile void *p)
{
	return (uint32_t)(uintptr_t)p;
}

static struct descriptor *rx_descriptor(unsigned index)
{
	return (struct descriptor *)(void *)(eth.descriptors + eth.spacing * index);
}

static struct descriptor *tx_descriptor(unsigned index)
{
	return rx_descriptor(RX_COUNT + index);
}

static uint8_t *rx_buffer(unsigned index)
{
	switch (eth.mistake) {
	case ETH_ALIGNED_TO_32:
		return rx_slots.aligned_to_32[index].buffer;
	case ETH_SHARED_LINE:
		return rx_slots.sharing_lines[index].buffer;
	default:
		return rx_slots.right[index].buffer;
	}
}

static uint32_t *rx_counter(unsigned index)
{
	switch (eth.mistake) {
	case ETH_ALIGNED_TO_32:
		return &rx_slots.aligned_to_32[index].frames;
	case ETH_SHARED_LINE:
		return &rx_slots.sharing_lines[index].frames;
	default:
		return &rx_slots.right[index].frames;
	}
}

/* --- set-up --- */

/* Normal memory, not cacheable: TEX 1, C 0, B 0. What the cache holds of it goes to memory first.
 */
static void make_uncached(uint8_t *memory, bool flush)
{
	if (flush)
		SCB_CleanInvalidateDCache_by_Addr(memory, PAGE);
	ARM_MPU_Disable();
	ARM_MPU_SetRegion(ARM_MPU_RBAR(0, bus_address(memory)),
			  ARM_MPU_RASR(1, ARM_MPU_AP_FULL, 1, 1, 0, 0, 0, ARM_MPU_REGION_SIZE_4KB));
	ARM_MPU_Enable(MPU_CTRL_PRIVDEFENA_Msk);
}

/* Nothing is left in memory, nor of it in the cache, from whoever used it before. */
static void clear(void *memory, uint32_t bytes)
{
	memset(memory, 0, bytes);
	SCB_CleanInvalidateDCache_by_Addr(memory, (int32_t)bytes);
}

static void choose_memory(void)
{
	eth.buffer_bytes = eth.mistake == ETH_SHARED_LINE ? 1524 : BUFFER;
	eth.spacing = eth.mistake == ETH_PACKED_DESCRIPTORS ? sizeof(struct descriptor) : LINE;
	switch (eth.mistake) {
	case ETH_RIGHT_CACHED_DESCRIPTORS:
	case ETH_CACHED_DESCRIPTORS:
	case ETH_PACKED_DESCRIPTORS:
		eth.descriptors = cached_memory;
		clear(cached_memory, sizeof(cached_memory));
		break;
	case ETH_NO_FLUSH_BEFORE_MPU:
		eth.descriptors = late_memory;
		memset(late_memory, 0, sizeof(late_memory));
		make_uncached(late_memory, false);
		break;
	default:
		eth.descriptors = uncached_memory;
		make_uncached(uncached_memory, true);
	}
}

static void give_rx(unsigned index, uint8_t *buffer, uint32_t bytes)
{
	struct descriptor *d = rx_descriptor(index);

	buffer_to_controller(eth.mistake, buffer, bytes);
	d->buffer = bus_address(buffer);
	d->control = RX_CHAINED | bytes;
	d->next = bus_address(rx_descriptor((index + 1) % RX_COUNT));
	__DMB(); /* OWN is written last */
	d->status = OWN;
	descriptor_to_controller(eth.mistake, d, sizeof(*d));
}

static void make_tx(unsigned index)
{
	struct descriptor *d = tx_descriptor(index);

	d->status = 0;
	d->next = bus_address(tx_descriptor((index + 1) % TX_COUNT));
	descriptor_to_controller(eth.mistake, d, sizeof(*d));
}

void eth_open(enum eth_mistake mistake)
{
	memset(&eth, 0, sizeof(eth));
	eth.mistake = mistake;
	ETH->MACCR = 0;
	ETH->DMAOMR = 0;
	__DSB();
	choose_memory();
	clear(&rx_slots, sizeof(rx_slots));
	clear(tx_buffers, sizeof(tx_buffers));
	for (unsigned i = 0; i < RX_COUNT; i++)
		if (mistake == ETH_STACK_RECEIVE)
			rx_descriptor(i)->status = 0;
		else
			give_rx(i, rx_buffer(i), eth.buffer_bytes);
	for (unsigned i = 0; i < TX_COUNT; i++)
		make_tx(i);
	ETH->DMARDLAR = bus_address(rx_descriptor(0));
	ETH->DMATDLAR = bus_address(tx_descriptor(0));
	ETH->DMAOMR = ETH_DMAOMR_SR | ETH_DMAOMR_ST;
	ETH->MACCR = ETH_MACCR_RE | ETH_MACCR_TE;
	__DSB();
}

/* --- receiving --- */

uint8_t *eth_receive(uint32_t *length)
{
	struct descriptor *d = rx_descriptor(eth.rx);
	uint8_t *buffer = rx_buffer(eth.rx);
	uint32_t status;

	descriptor_to_cpu(eth.mistake, d, sizeof(*d));
	status = d->status;
	if (status & OWN)
		return NULL;
	*length = status >> RX_LENGTH_SHIFT & LENGTH_MASK;
	frame_to_cpu(eth.mistake, buffer, *length);
	return buffer;
}

void eth_release(void)
{
	give_rx(eth.rx, rx_buffer(eth.rx), eth.buffer_bytes);
	ETH->DMARPDR = 1;
	__DSB();
	++*rx_counter(eth.rx);
	eth.rx = (eth.rx + 1) % RX_COUNT;
}

uint32_t eth_receive_once(uint8_t *frame)
{
	struct descriptor *d = rx_descriptor(eth.rx);

	give_rx(eth.rx, frame, ETH_FRAME);
	ETH->DMARPDR = 1;
	__DSB();
	while (d->status & OWN)
		;
	eth.rx = (eth.rx + 1) % RX_COUNT;
	frame_to_cpu(eth.mistake, frame, ETH_FRAME);
	return d->status >> RX_LENGTH_SHIFT & LENGTH_MASK;
}

/* --- sending --- */

static struct descriptor *free_tx(void)
{
	struct descriptor *d = tx_descriptor(eth.tx);

	descriptor_to_cpu(eth.mistake, d, sizeof(*d));
	return d->status & OWN ? NULL : d;
}

bool eth_send_in_place(uint8_t *frame, uint32_t length)
{
	struct descriptor *d = free_tx();

	if (!d)
		return false;
	frame_to_controller(eth.mistake, frame, length);
	d->buffer = bus_address(frame);
	d->control = length;
	__DMB();
	d->status = OWN | TX_FIRST | TX_LAST | TX_CHAINED;
	descriptor_to_controller(eth.mistake, d, sizeof(*d));
	eth.tx = (eth.tx + 1) % TX_COUNT;
	ETH->DMATPDR = 1;
	__DSB();
	return true;
}

bool eth_send(const uint8_t *frame, uint32_t length)
{
	uint8_t *buffer = tx_buffers[eth.tx];

	if (!free_tx())
		return false;
	memcpy(buffer, frame, length);
	return eth_send_in_place(buffer, length);
}
