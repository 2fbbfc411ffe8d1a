/* SPDX-License-Identifier: MIT */
/* The same transfers through the driver, once as it is and once with each mistake. */
#include <ccsan/ccsan.h>
#include <memalign.h>
#include <string.h>

#include "model.h"
#include "sdhci.h"

enum { BLOCKS = 16, BYTES = BLOCKS * MMC_MAX_BLOCK_LEN, ROUNDS = 3 };

DEFINE_CACHE_ALIGN_BUFFER(u8, out, BYTES);
DEFINE_CACHE_ALIGN_BUFFER(u8, in, BYTES);

static void fill(unsigned int round)
{
	for (unsigned int i = 0; i < BYTES; i++)
		out[i] = (u8)(i * 7 + i / 256 + round);
}

static void play(enum mmc_mistake mistake)
{
	struct sdhci_host host;
	u32 scr[2];

	mmc_mistake = mistake;
	model_reset();
	CCSAN_CHECK(!sdhci_probe(&host, model_registers()));
	CCSAN_CHECK(!sdhci_read_scr(&host, scr));
	CCSAN_CHECK(scr[0] == 0x03803502);
	for (unsigned int round = 0; round < ROUNDS; round++) {
		fill(round);
		CCSAN_CHECK(sdhci_bwrite(&host, round * BLOCKS, BLOCKS, out) == BLOCKS);
		memset(in, 0xaa, BYTES);
		CCSAN_CHECK(sdhci_bread(&host, round * BLOCKS, BLOCKS, in) == BLOCKS);
		fill(round);
		CCSAN_CHECK(!memcmp(model_image + (size_t)round * BYTES, out, BYTES));
		CCSAN_CHECK(!memcmp(in, out, BYTES));
	}
	CCSAN_CHECK(!sdhci_bread(&host, CARD_BLOCKS - 1, 2, in)); /* beyond the card's end */
	sdhci_remove(&host);
}

CCSAN_TEST(right)
{
	play(MMC_RIGHT);
}

#define MISTAKE(name, mistake) \
	CCSAN_TEST(name)       \
	{                      \
		play(mistake); \
	}

/* What finds each, and where, is in the README. */
MISTAKE(no_flush, MMC_NO_FLUSH)
MISTAKE(no_invalidate, MMC_NO_INVALIDATE)
MISTAKE(invalidate_before, MMC_INVALIDATE_BEFORE)
MISTAKE(flush_after, MMC_FLUSH_AFTER)
MISTAKE(wrong_direction, MMC_WRONG_DIRECTION)
MISTAKE(wrong_length, MMC_WRONG_LENGTH)
MISTAKE(shared_line, MMC_SHARED_LINE)
MISTAKE(stack_buffer, MMC_STACK_BUFFER)
MISTAKE(table_not_flushed, MMC_TABLE_NOT_FLUSHED)
MISTAKE(result_cached, MMC_RESULT_CACHED)
