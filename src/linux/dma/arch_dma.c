/* SPDX-License-Identifier: MIT */
/*
 * What "for the device" and "for the CPU" mean to the caches, by the kind of CPU.
 *
 * Lines that a buffer only shares are never just invalidated: before a transfer they are written
 * back first, so that a neighbour's bytes are safe. During the transfer nobody can save a shared
 * line; what goes wrong there the engine finds, when it happens.
 */
#include <string.h>

#include "dma.h"

bool ccsan_arch_coherent(const struct device *dev)
{
	return ccsan_hosted_cpu()->snooping || (dev && dev->dma_coherent);
}

size_t ccsan_arch_line(void)
{
	const struct ccsan_cpu *c = ccsan_hosted_cpu();

	return c->outer.size && c->outer.line > c->data.line ? c->outer.line : c->data.line;
}

/* Architectures whose ports write back before a device writes, so that what it leaves alone keeps
 * its content. */
static bool cleans_before_reception(const struct ccsan_cpu *c)
{
	static const char *const families[] = { "riscv", "csky", "parisc" };

	for (size_t i = 0; i < sizeof(families) / sizeof(*families); i++)
		if (!strcmp(c->family, families[i]))
			return true;
	return false;
}

/* Whole lines are invalidated, shared ones flushed. @param after the transfer, or before it */
static void discard(const char *p, size_t bytes, bool after, uint64_t pc)
{
	uint64_t line = ccsan_arch_line(), from = (uint64_t)(uintptr_t)p, to = from + bytes;
	uint64_t first = (from + line - 1) & ~(line - 1), last = to & ~(line - 1);

	if (first > last) { /* within one line */
		ccsan_hosted_maintain(CCSAN_FLUSH, p, bytes, after, pc);
		return;
	}
	if (from < first)
		ccsan_hosted_maintain(CCSAN_FLUSH, p, 1, after, pc);
	if (first < last)
		ccsan_hosted_maintain(CCSAN_INVALIDATE, p + (first - from), last - first, after,
				      pc);
	if (last < to)
		ccsan_hosted_maintain(CCSAN_FLUSH, p + (last - from), to - last, after, pc);
}

void ccsan_arch_for_device(const struct device *dev, const char *p, size_t bytes,
			   enum dma_data_direction direction, uint64_t pc)
{
	if (!bytes || ccsan_arch_coherent(dev))
		return;
	if (direction == DMA_TO_DEVICE)
		ccsan_hosted_maintain(CCSAN_CLEAN, p, bytes, false, pc);
	else if (direction == DMA_BIDIRECTIONAL || cleans_before_reception(ccsan_hosted_cpu()))
		ccsan_hosted_maintain(CCSAN_FLUSH, p, bytes, false, pc);
	else
		discard(p, bytes, false, pc);
}

void ccsan_arch_for_cpu(const struct device *dev, const char *p, size_t bytes,
			enum dma_data_direction direction, uint64_t pc)
{
	if (!bytes || direction == DMA_TO_DEVICE || ccsan_arch_coherent(dev) ||
	    !ccsan_hosted_cpu()->speculative)
		return;
	discard(p, bytes, true, pc);
}
