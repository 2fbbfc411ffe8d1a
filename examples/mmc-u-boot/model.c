/* SPDX-License-Identifier: MIT */
/* A model of the controller: a bus master that walks an ADMA2 table, and a card behind it that is
 * an image in memory. It snoops nothing. */
#include "model.h"

#include <ccsan/device.h>
#include <linux/compiler.h>
#include <string.h>

#include "sdhci.h"

u8 model_image[CARD_BLOCKS * MMC_MAX_BLOCK_LEN];

static volatile u32 registers[SDHCI_REGISTER_BYTES / 4] __aligned(64);
static struct ccsan_device *bus;
static u32 status;
static u8 scr[8] = { 0x02, 0x35, 0x80, 0x03, 0, 0, 0, 0 };

static u32 reg(unsigned int offset)
{
	return registers[offset / 4];
}

/* --- one command --- */

struct card_data {
	u8 *at;
	u32 bytes;
	bool to_card;
};

/* Return: whether the card has these blocks. */
static bool find_data(u32 command, struct card_data *data)
{
	u32 blocks = reg(SDHCI_BLOCKS) >> 16, size = reg(SDHCI_BLOCKS) & 0xffff;

	*data = (struct card_data){ scr, sizeof(scr), false };
	if (command == SD_CMD_APP_SEND_SCR)
		return blocks * size == sizeof(scr);
	if (size != MMC_MAX_BLOCK_LEN || blocks > CARD_BLOCKS ||
	    reg(SDHCI_ARGUMENT) > CARD_BLOCKS - blocks)
		return false;
	data->at = model_image + (size_t)reg(SDHCI_ARGUMENT) * size;
	data->bytes = blocks * size;
	data->to_card = command == MMC_CMD_WRITE_MULTIPLE_BLOCK;
	return data->to_card || command == MMC_CMD_READ_MULTIPLE_BLOCK;
}

/* Return: whether the table was one, and as long as the data. */
static bool walk_table(struct card_data data)
{
	struct sdhci_adma_desc desc;

	for (ccsan_phys at = reg(SDHCI_ADMA_ADDRESS);; at += sizeof(desc)) {
		ccsan_device_read(bus, at, &desc, sizeof(desc));
		if (!(desc.attributes & ADMA_VALID) || desc.bytes > data.bytes)
			return false;
		if (data.to_card)
			ccsan_device_read(bus, desc.address, data.at, desc.bytes);
		else
			ccsan_device_write(bus, desc.address, data.at, desc.bytes);
		data.at += desc.bytes;
		data.bytes -= desc.bytes;
		if (desc.attributes & ADMA_END)
			return !data.bytes;
	}
}

static void carry_out(u32 command)
{
	struct sdhci_result result = { .response = 0x900, .blocks = reg(SDHCI_BLOCKS) >> 16 };
	struct card_data data;

	if (!find_data(command, &data) || !walk_table(data)) {
		status |= SDHCI_INT_ADMA_ERROR;
		return;
	}
	if (reg(SDHCI_RESULT))
		ccsan_device_write(bus, reg(SDHCI_RESULT), &result, sizeof(result));
	status |= SDHCI_INT_DATA_END;
}

/* --- registers --- */

static void before_read(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	(void)bytes;
	if (offset == SDHCI_INT_STATUS)
		registers[offset / 4] = status;
}

static void written(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	(void)bytes;
	if (offset == SDHCI_COMMAND)
		carry_out(reg(SDHCI_COMMAND) >> 24);
	if (offset == SDHCI_INT_STATUS)
		status &= ~reg(SDHCI_INT_STATUS);
}

void *model_registers(void)
{
	static const struct ccsan_registers ops = { .read = before_read, .written = written };

	if (!bus) {
		bus = ccsan_device_new("sdhci", 0);
		ccsan_device_registers(registers, sizeof(registers), &ops);
	}
	return (void *)registers; // NOLINT: the driver says volatile where it matters
}

void model_reset(void)
{
	status = 0;
	memset(model_image, 0, sizeof(model_image));
}
