/* SPDX-License-Identifier: MIT */
/* Coherent memory: frames of its own, and an uncached alias of them that the CPU uses. */
#include <string.h>

#include "dma.h"

static unsigned int page_count_of(size_t bytes)
{
	return (unsigned int)((bytes + PAGE_SIZE - 1) / PAGE_SIZE);
}

/* In memory that the device reaches. What a cache holds of it from its former life is written back
 * before it is used past the caches. */
static char *allocate(const struct device *dev, size_t bytes, gfp_t gfp, uint64_t pc)
{
	bool low = dev->coherent_dma_mask < DMA_BIT_MASK(32);
	char *direct = alloc_pages_exact(bytes, (gfp & ~(__GFP_ZERO | __GFP_DMA32)) |
							(low ? __GFP_DMA : 0));

	if (direct)
		ccsan_hosted_maintain(CCSAN_FLUSH, direct, page_count_of(bytes) * PAGE_SIZE, false,
				      pc);
	return direct;
}

/* Its uncached alias, zeroed. */
static void *make(const struct device *dev, ccsan_phys *frames, size_t bytes, gfp_t gfp,
		  uint64_t pc)
{
	unsigned int count = page_count_of(bytes);
	char *direct = allocate(dev, bytes, gfp, pc), *p;

	if (!direct)
		return NULL;
	*frames = virt_to_phys(direct);
	p = ccsan_map(*frames, count, CCSAN_KERNEL | CCSAN_UNCACHED);
	if (!p) {
		free_pages_exact(direct, bytes);
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
	else if (call->device->coherent_dma_mask < ccsan_swiotlb_end())
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

	if (!can_allocate(&call) || !bytes || ccsan_dma_fails())
		return NULL;
	args.p = make(dev, &frames, bytes, gfp, call.pc);
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
	size_t allocated;

	if (!p)
		return;
	ccsan_call_begin(&call);
	m = ccsan_record_find(dev, &args);
	ccsan_check_unmap(&call, m, &args);
	ccsan_call_end(&call);
	if (!m || m->type != CCSAN_DMA_COHERENT)
		return;
	p = m->p;
	allocated = m->bytes;
	ccsan_call_begin(&call);
	ccsan_record_remove(&call, m);
	ccsan_call_end(&call);
	ccsan_unmap(p, page_count_of(allocated));
	free_pages_exact(phys_to_virt(address), allocated);
}
