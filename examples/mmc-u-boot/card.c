/* SPDX-License-Identifier: MIT */
/* See card.h; registers and descriptors: sdhci.h. */
#include "card.h"

#include <ccsan/device.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "sdhci.h"

uint8_t card_image[CARD_BLOCKS][CARD_BLOCK];
const uint8_t card_scr[8] = { 0x02, 0x35, 0x80, 0x03, 0, 0, 0, 0 };
volatile u32 sdhci_registers[SDHCI_BYTES / 4] __attribute__((aligned(64)));

static struct ccsan_device *master;
static u32 status;

static u32 reg(unsigned offset)
{
	return sdhci_registers[offset / 4];
}

/* --- a transfer --- */

/* The bytes that the command moves, and how many there are. */
static uint8_t *bytes_of(u32 number, u32 *bytes)
{
	static uint8_t scr[sizeof(card_scr)];
	u32 count = reg(SDHCI_BLOCK) >> 16, start = reg(SDHCI_ARGUMENT);

	*bytes = count * (reg(SDHCI_BLOCK) & 0xfff);
	if (number == SD_SEND_SCR) {
		memcpy(scr, card_scr, sizeof(scr));
		return *bytes == sizeof(scr) ? scr : NULL;
	}
	if (*bytes != count * CARD_BLOCK || start >= CARD_BLOCKS || count > CARD_BLOCKS - start)
		return NULL;
	return card_image[start];
}

static void move(bool to_memory, u32 address, uint8_t *bytes, u32 n)
{
	if (to_memory)
		ccsan_device_write(master, address, bytes, n);
	else
		ccsan_device_read(master, address, bytes, n);
}

/* Return: whether the table described exactly these bytes. */
static bool walk_table(bool to_memory, uint8_t *bytes, u32 left)
{
	u32 at = reg(SDHCI_ADMA_ADDRESS);
	struct adma_descriptor d;

	do {
		ccsan_device_read(master, at, &d, sizeof(d));
		if (!(d.attributes & ADMA_VALID) || d.length > left)
			return false;
		move(to_memory, d.address, bytes, d.length);
		bytes += d.length;
		left -= d.length;
		at += sizeof(d);
	} while (!(d.attributes & ADMA_END));
	return left == 0;
}

static void execute(u32 value)
{
	u32 n;
	uint8_t *bytes = bytes_of(value >> 24, &n);
	bool good = bytes && walk_table(value & SDHCI_MODE_READ, bytes, n);

	status |= good ? SDHCI_DONE : SDHCI_ADMA_ERROR;
}

/* --- registers --- */

static void written(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	(void)bytes;
	if (offset == SDHCI_COMMAND)
		execute(reg(SDHCI_COMMAND));
	if (offset == SDHCI_STATUS)
		status &= ~reg(SDHCI_STATUS);
}

static void read(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	(void)bytes;
	if (offset == SDHCI_STATUS)
		sdhci_registers[SDHCI_STATUS / 4] = status;
}

void card_insert(void)
{
	static const struct ccsan_registers ops = { .read = read, .written = written };

	if (!master) {
		master = ccsan_device_new("sdhci", 0);
		ccsan_device_registers(sdhci_registers, sizeof(sdhci_registers), &ops);
	}
	status = 0;
	for (unsigned i = 0; i < CARD_BLOCKS; i++)
		for (unsigned j = 0; j < CARD_BLOCK; j++)
			card_image[i][j] = (uint8_t)(i * 31 + j);
}
