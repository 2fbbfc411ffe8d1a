/* SPDX-License-Identifier: MIT */
/* linux/dma-mapping.h, verb by verb: checks, the record, then what the caches are told. */
#include <ccsan/linux.h>

#include "dma.h"

/* --- what the device can reach --- */

/* At least the memory of which bounce buffers are made. */
static bool mask_reaches_memory(u64 mask)
{
	return mask >= ccsan_swiotlb_end();
}

int dma_set_mask(struct device *dev, u64 mask)
{
	if (!dev->dma_mask || !mask_reaches_memory(mask))
		return -EIO;
	*dev->dma_mask = mask;
	return 0;
}

int dma_set_coherent_mask(struct device *dev, u64 mask)
{
	if (!mask_reaches_memory(mask))
		return -EIO;
	dev->coherent_dma_mask = mask;
	return 0;
}

int dma_set_mask_and_coherent(struct device *dev, u64 mask)
{
	int error = dma_set_mask(dev, mask);

	return error ? error : dma_set_coherent_mask(dev, mask);
}

int dma_get_cache_alignment(void)
{
	return ccsan_arch_coherent(NULL) ? 1 : (int)ccsan_arch_line();
}

int dma_set_max_seg_size(struct device *dev, unsigned int bytes)
{
	if (!dev->dma_parms)
		return -EIO;
	dev->dma_parms->max_segment_size = bytes;
	return 0;
}

unsigned int dma_get_max_seg_size(struct device *dev)
{
	return dev->dma_parms && dev->dma_parms->max_segment_size ? dev->dma_parms->max_segment_size
								  : 65536;
}

static u64 limit_of(const struct device *dev)
{
	return dev->bus_dma_limit && dev->bus_dma_limit < *dev->dma_mask ? dev->bus_dma_limit
									 : *dev->dma_mask;
}

/* A device of 32 bits knows the low half of an address of the program's own memory, and the machine
 * completes it (ccsan/device.h). */
bool ccsan_dma_reach(const struct ccsan_call *call, struct ccsan_mapping_args *args)
{
	dma_addr_t address = call->phys ? call->phys : ccsan_physical_address(call->p);
	bool framed = call->phys || ccsan_memory_of(call->p) == CCSAN_MEMORY_DIRECT;
	u64 limit = limit_of(call->device);

	if (!framed && address > limit)
		address = lower_32_bits(address);
	args->address = DMA_MAPPING_ERROR;
	if (address + (call->bytes ? call->bytes - 1 : 0) <= limit) {
		args->address = address;
	} else if (framed && call->bytes && limit >= ccsan_swiotlb_end()) {
		args->bounce = ccsan_swiotlb_alloc(call->bytes);
		if (args->bounce)
			args->address = ccsan_physical_address(args->bounce);
	}
	return args->address != DMA_MAPPING_ERROR;
}

static unsigned int failing;

void ccsan_linux_fail_dma(unsigned int nth)
{
	failing = nth;
}

bool ccsan_dma_fails(void)
{
	return failing && --failing == 0;
}

/* --- map and unmap --- */

static struct ccsan_place place_of_args(const struct ccsan_mapping_args *args)
{
	return (struct ccsan_place){ args->p, args->phys, args->bounce };
}

static dma_addr_t map(struct ccsan_call *call, enum dma_data_direction direction,
		      unsigned long attrs)
{
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SINGLE,
					   .address = DMA_MAPPING_ERROR,
					   .bytes = call->bytes,
					   .direction = direction,
					   .attrs = attrs,
					   .p = (void *)(uintptr_t)call->p,
					   .phys = call->phys };
	bool sync = !(attrs & DMA_ATTR_SKIP_CPU_SYNC);
	struct ccsan_mapping *m = NULL;
	bool possible;

	ccsan_call_begin(call);
	possible = ccsan_check_map(call, direction) && !ccsan_dma_fails();
	ccsan_call_end(call);
	if (!possible || !ccsan_dma_reach(call, &args))
		return DMA_MAPPING_ERROR;
	if (sync)
		ccsan_place_copy(call, place_of_args(&args), call->bytes);
	ccsan_call_begin(call);
	ccsan_check_overlap(call, &args);
	m = ccsan_record_add(call, &args);
	if (m && sync)
		ccsan_record_hold(call, m, 0, call->bytes);
	ccsan_call_end(call);
	if (m && sync)
		ccsan_place_for_device(call, ccsan_place_of(m, 0), call->bytes, direction);
	return m ? args.address : DMA_MAPPING_ERROR;
}

static void unmap(struct ccsan_call *call, const struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *m;
	struct ccsan_place place;
	size_t mapped;

	ccsan_call_begin(call);
	m = ccsan_record_find(call->device, args);
	call->p = m ? m->p : NULL;
	call->bytes = args->bytes;
	ccsan_check_unmap(call, m, args);
	ccsan_call_end(call);
	if (!m)
		return;
	place = ccsan_place_of(m, 0);
	mapped = m->bytes;
	ccsan_call_begin(call);
	ccsan_record_remove(call, m);
	ccsan_call_end(call);
	if (!(args->attrs & DMA_ATTR_SKIP_CPU_SYNC))
		ccsan_place_for_cpu(call, place, args->bytes, args->direction);
	if (place.bounce)
		ccsan_swiotlb_free(place.bounce, mapped);
}

dma_addr_t dma_map_single_attrs(struct device *dev, void *p, size_t bytes,
				enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = {
		.verb = "dma_map_single()", .device = dev, .pc = CCSAN_PC, .p = p, .bytes = bytes
	};

	return map(&call, direction, attrs);
}

void dma_unmap_single_attrs(struct device *dev, dma_addr_t address, size_t bytes,
			    enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_unmap_single()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SINGLE,
					   .address = address,
					   .bytes = bytes,
					   .direction = direction,
					   .attrs = attrs };

	unmap(&call, &args);
}

void ccsan_call_at_page(struct ccsan_call *call, struct page *page, size_t offset)
{
	bool high = PageHighMem(page);

	call->p = high ? NULL : (char *)page_address(page) + offset;
	call->phys = high ? page_to_phys(page) + offset : 0;
}

dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t bytes,
			      enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = {
		.verb = "dma_map_page()", .device = dev, .pc = CCSAN_PC, .bytes = bytes
	};

	ccsan_call_at_page(&call, page, offset);
	return map(&call, direction, attrs);
}

void dma_unmap_page_attrs(struct device *dev, dma_addr_t address, size_t bytes,
			  enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_unmap_page()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SINGLE,
					   .address = address,
					   .bytes = bytes,
					   .direction = direction,
					   .attrs = attrs };

	unmap(&call, &args);
}

/* Registers of another device: no memory, no caches. */
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t bytes,
			    enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = {
		.verb = "dma_map_resource()", .device = dev, .pc = CCSAN_PC, .bytes = bytes
	};
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_RESOURCE,
					   .address = phys,
					   .bytes = bytes,
					   .direction = direction,
					   .attrs = attrs };
	bool mapped;

	ccsan_call_begin(&call);
	if (ccsan_machine_has_frames(call.machine, phys, 1))
		ccsan_call_problem(&call, "%#llx is memory, not a resource",
				   (unsigned long long)phys);
	mapped = !call.length && !ccsan_dma_fails() && ccsan_record_add(&call, &args);
	ccsan_call_end(&call);
	return mapped ? phys : DMA_MAPPING_ERROR;
}

void dma_unmap_resource(struct device *dev, dma_addr_t address, size_t bytes,
			enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_unmap_resource()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_RESOURCE,
					   .address = address,
					   .bytes = bytes,
					   .direction = direction,
					   .attrs = attrs };

	unmap(&call, &args);
}

int dma_mapping_error(struct device *dev, dma_addr_t address)
{
	struct ccsan_call call = { .verb = "dma_mapping_error()", .device = dev, .pc = CCSAN_PC };

	if (address == DMA_MAPPING_ERROR)
		return -ENOMEM;
	ccsan_call_begin(&call);
	ccsan_record_check_error(dev, address);
	ccsan_call_end(&call);
	return 0;
}

/* --- sync --- */

static size_t bytes_in(const struct ccsan_mapping *m, const struct ccsan_mapping_args *args)
{
	size_t left = m->bytes - (size_t)(args->address - m->address);

	return args->bytes < left ? args->bytes : left;
}

/* Before the device has it again. */
static void copy_for_device(struct ccsan_call *call, const struct ccsan_mapping_args *args)
{
	const struct ccsan_mapping *m;

	ccsan_call_begin(call);
	m = ccsan_record_around(call->device, args->address, args->bytes);
	ccsan_call_end(call);
	if (m && m->bounce)
		ccsan_place_copy(call, ccsan_place_of(m, (size_t)(args->address - m->address)),
				 bytes_in(m, args));
}

void ccsan_dma_sync(struct ccsan_call *call, const struct ccsan_mapping_args *args, bool for_cpu)
{
	struct ccsan_mapping *m;
	size_t offset, bytes;

	if (!for_cpu)
		copy_for_device(call, args);
	ccsan_call_begin(call);
	m = ccsan_record_around(call->device, args->address, args->bytes);
	offset = m ? (size_t)(args->address - m->address) : 0;
	bytes = m ? bytes_in(m, args) : args->bytes;
	call->p = m && m->p ? m->p + offset : NULL;
	call->bytes = args->bytes;
	ccsan_check_sync(call, m, args, for_cpu);
	if (m && for_cpu)
		ccsan_record_release(call, m, offset, bytes);
	else if (m && m->type != CCSAN_DMA_COHERENT)
		ccsan_record_hold(call, m, offset, bytes);
	ccsan_call_end(call);
	if (!m || m->type == CCSAN_DMA_RESOURCE || m->type == CCSAN_DMA_COHERENT)
		return;
	if (for_cpu)
		ccsan_place_for_cpu(call, ccsan_place_of(m, offset), args->bytes, args->direction);
	else
		ccsan_place_for_device(call, ccsan_place_of(m, offset), args->bytes,
				       args->direction);
}

#define SYNC(function, arguments, start, for_cpu)                            \
	void function arguments                                              \
	{                                                                    \
		struct ccsan_call call = { .verb = #function "()",           \
					   .device = dev,                    \
					   .pc = CCSAN_PC };                 \
		struct ccsan_mapping_args args = { .address = (start),       \
						   .bytes = bytes,           \
						   .direction = direction }; \
                                                                             \
		ccsan_dma_sync(&call, &args, for_cpu);                       \
	}

SYNC(dma_sync_single_for_cpu,
     (struct device * dev, dma_addr_t address, size_t bytes, enum dma_data_direction direction),
     address, true)
SYNC(dma_sync_single_for_device,
     (struct device * dev, dma_addr_t address, size_t bytes, enum dma_data_direction direction),
     address, false)
SYNC(dma_sync_single_range_for_cpu,
     (struct device * dev, dma_addr_t address, unsigned long offset, size_t bytes,
      enum dma_data_direction direction),
     address + offset, true)
SYNC(dma_sync_single_range_for_device,
     (struct device * dev, dma_addr_t address, unsigned long offset, size_t bytes,
      enum dma_data_direction direction),
     address + offset, false)
