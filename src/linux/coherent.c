/* SPDX-License-Identifier: MIT */
/* Coherent memory: frames of its own, and an uncached alias of them that the CPU uses. */
#include <string.h>

#include "linux.h"

static unsigned int page_count_of(size_t bytes)
{
	return (unsigned int)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
}

/* What a cache holds of the frames from their former life is written back before they are used
 * past it. A frame that was never mapped is in no cache. */
static void empty_caches(ccsan_phys frames, unsigned int count, uint64_t pc)
{
	char *direct = ccsan_map(frames, count, CCSAN_KERNEL);

	if (direct)
		ccsan_hosted_maintain(CCSAN_FLUSH, direct, count * PAGE_SIZE, false, pc);
}

static void *make(ccsan_phys *frames, unsigned int count, uint64_t pc)
{
	char *p;

	*frames = ccsan_page_alloc(count);
	if (!*frames)
		return NULL;
	empty_caches(*frames, count, pc);
	p = ccsan_map(*frames, count, CCSAN_KERNEL | CCSAN_UNCACHED);
	if (!p) {
		ccsan_page_free(*frames, count);
		return NULL;
	}
	ccsan_hosted_writes(p, count * PAGE_SIZE, pc);
	return memset(p, 0, count * PAGE_SIZE);
}

static bool can_allocate(struct ccsan_call *call)
{
	ccsan_call_begin(call);
	if (!call->device)
		ccsan_call_problem(call, "no device");
	else if (call->device->coherent_dma_mask < DMA_BIT_MASK(32))
		ccsan_call_problem(call, "the device has no coherent DMA mask");
	ccsan_call_end(call);
	return !call->length;
}

void *dma_alloc_attrs(struct device *dev, size_t bytes, dma_addr_t *address, gfp_t gfp,
		      unsigned long attrs)
{
	struct ccsan_call call = {
		.verb = "dma_alloc_coherent()", .device = dev, .pc = CCSAN_PC, .bytes = bytes
	};
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_COHERENT,
					   .bytes = bytes,
					   .direction = DMA_BIDIRECTIONAL,
					   .attrs = attrs };
	ccsan_phys frames;

	(void)gfp;
	if (!can_allocate(&call) || !bytes || ccsan_dma_fails())
		return NULL;
	args.p = make(&frames, page_count_of(bytes), call.pc);
	if (!args.p)
		return NULL;
	*address = args.address = frames;
	ccsan_call_begin(&call);
	ccsan_record_add(&call, &args);
	ccsan_call_end(&call);
	return args.p;
}

void dma_free_attrs(struct device *dev, size_t bytes, void *p, dma_addr_t address,
		    unsigned long attrs)
{
	struct ccsan_call call = {
		.verb = "dma_free_coherent()", .device = dev, .pc = CCSAN_PC, .p = p, .bytes = bytes
	};
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_COHERENT,
					   .address = address,
					   .bytes = bytes,
					   .direction = DMA_BIDIRECTIONAL,
					   .attrs = attrs,
					   .p = p };
	struct ccsan_mapping *m;
	unsigned int count = 0;

	if (!p)
		return;
	ccsan_call_begin(&call);
	m = ccsan_record_find(dev, &args);
	ccsan_check_unmap(&call, m, &args);
	ccsan_call_end(&call);
	if (!m || m->type != CCSAN_DMA_COHERENT)
		return;
	p = m->p;
	count = page_count_of(m->bytes);
	ccsan_call_begin(&call);
	ccsan_record_remove(&call, m);
	ccsan_call_end(&call);
	ccsan_unmap(p, count);
	ccsan_page_free(address, count);
}
