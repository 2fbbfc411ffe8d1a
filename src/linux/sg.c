/* SPDX-License-Identifier: MIT */
/* linux/scatterlist.h, and the DMA API for lists: one record for each entry. */
#include <string.h>

#include "linux.h"

/* --- lists --- */

void sg_init_table(struct scatterlist *sg, unsigned int nents)
{
	ccsan_hosted_writes(sg, nents * sizeof(*sg), CCSAN_PC);
	memset(sg, 0, nents * sizeof(*sg));
	if (nents)
		sg_mark_end(&sg[nents - 1]);
}

void sg_set_buf(struct scatterlist *sg, const void *buffer, unsigned int length)
{
	ccsan_hosted_writes(sg, sizeof(*sg), CCSAN_PC);
	sg_set_page(sg, virt_to_page(buffer), length, (unsigned int)offset_in_page(buffer));
}

void sg_init_one(struct scatterlist *sg, const void *buffer, unsigned int length)
{
	sg_init_table(sg, 1);
	sg_set_buf(sg, buffer, length);
}

int sg_nents(struct scatterlist *sg)
{
	int count = 0;

	for (; sg; sg = sg_next(sg))
		count++;
	return count;
}

int sg_alloc_table(struct sg_table *table, unsigned int nents, gfp_t gfp)
{
	table->sgl = kmalloc_array(nents, sizeof(*table->sgl), gfp);
	table->nents = table->orig_nents = table->sgl ? nents : 0;
	if (!table->sgl)
		return -ENOMEM;
	sg_init_table(table->sgl, nents);
	return 0;
}

void sg_free_table(struct sg_table *table)
{
	kfree(table->sgl);
	*table = (struct sg_table){ 0 };
}

/* --- mapping --- */

static void check_segment(struct ccsan_call *call, const struct scatterlist *sg, dma_addr_t address)
{
	struct device *dev = call->device;
	u64 boundary = dev->dma_parms && dev->dma_parms->segment_boundary_mask
			       ? dev->dma_parms->segment_boundary_mask
			       : DMA_BIT_MASK(32);

	if (sg->length > dma_get_max_seg_size(dev))
		ccsan_call_problem(call, "a piece of %u bytes, the device takes %u", sg->length,
				   dma_get_max_seg_size(dev));
	if (address != DMA_MAPPING_ERROR && sg->length &&
	    (address & ~boundary) != ((address + sg->length - 1) & ~boundary))
		ccsan_call_problem(call, "a piece crosses the device's boundary of %#llx",
				   (unsigned long long)boundary);
}

/* Return: the record, NULL if the entry cannot be mapped. The caches are the caller's. */
static struct ccsan_mapping *map_entry(struct ccsan_call *call, struct scatterlist *sg,
				       struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *m;

	call->p = args->p = sg_virt(sg);
	call->bytes = args->bytes = sg->length;
	if (!ccsan_check_map(call, args->direction))
		return NULL;
	args->address = ccsan_bus_address(call->device, call->p, sg->length);
	check_segment(call, sg, args->address);
	if (args->address == DMA_MAPPING_ERROR)
		return NULL;
	ccsan_check_overlap(call, args);
	m = ccsan_record_add(call, args);
	if (!m)
		return NULL;
	if (!(args->attrs & DMA_ATTR_SKIP_CPU_SYNC))
		ccsan_record_hold(call, m, 0, sg->length);
	sg->dma_address = args->address;
	sg->dma_length = sg->length;
	return m;
}

static void remove_list(struct ccsan_call *call, struct ccsan_mapping *first)
{
	struct ccsan_mapping *next;

	for (; first; first = next) {
		next = first->next_entry;
		ccsan_record_remove(call, first);
	}
}

static int map_list(struct ccsan_call *call, struct scatterlist *list,
		    struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *first = NULL, **last = &first;
	struct scatterlist *sg;
	int i, mapped = 0;

	ccsan_call_begin(call);
	if (!ccsan_dma_fails())
		for_each_sg(list, sg, args->nents, i)
		{
			if (!sg || !(*last = map_entry(call, sg, args)))
				break;
			last = &(*last)->next_entry;
			mapped++;
		}
	if (mapped < args->nents)
		remove_list(call, first);
	ccsan_call_end(call);
	return mapped < args->nents ? 0 : mapped;
}

static int map_sg(struct ccsan_call *call, struct scatterlist *list,
		  struct ccsan_mapping_args *args)
{
	int mapped = map_list(call, list, args), i;
	struct scatterlist *sg;

	if (!(args->attrs & DMA_ATTR_SKIP_CPU_SYNC))
		for_each_sg(list, sg, mapped, i) ccsan_arch_for_device(
			call->device, sg_virt(sg), sg->length, args->direction, call->pc);
	return mapped;
}

int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
		     enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_map_sg()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = {
		.type = CCSAN_DMA_SG, .direction = direction, .attrs = attrs, .nents = nents
	};

	return map_sg(&call, sg, &args);
}

int dma_map_sgtable(struct device *dev, struct sg_table *table, enum dma_data_direction direction,
		    unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_map_sgtable()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SG,
					   .direction = direction,
					   .attrs = attrs,
					   .nents = (int)table->orig_nents };
	int mapped = map_sg(&call, table->sgl, &args);

	table->nents = (unsigned int)mapped;
	return mapped ? 0 : -EIO;
}

/* --- unmapping: all entries of the list that was mapped, whatever the count that is given --- */

static void unmap_sg(struct ccsan_call *call, struct scatterlist *list,
		     struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *m;
	struct scatterlist *sg;
	int i;

	args->address = sg_dma_address(list);
	args->bytes = list->length;
	ccsan_call_begin(call);
	m = ccsan_record_find(call->device, args);
	call->p = m ? m->p : NULL;
	call->bytes = args->bytes;
	ccsan_check_unmap(call, m, args);
	ccsan_call_end(call);
	if (!m)
		return;
	ccsan_call_begin(call);
	remove_list(call, m);
	ccsan_call_end(call);
	if (args->attrs & DMA_ATTR_SKIP_CPU_SYNC)
		return;
	for_each_sg(list, sg, args->nents, i)
	{
		if (!sg)
			break;
		ccsan_arch_for_cpu(call->device, sg_virt(sg), sg->length, args->direction,
				   call->pc);
	}
}

void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_unmap_sg()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = {
		.type = CCSAN_DMA_SG, .direction = direction, .attrs = attrs, .nents = nents
	};

	unmap_sg(&call, sg, &args);
}

void dma_unmap_sgtable(struct device *dev, struct sg_table *table,
		       enum dma_data_direction direction, unsigned long attrs)
{
	struct ccsan_call call = { .verb = "dma_unmap_sgtable()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SG,
					   .direction = direction,
					   .attrs = attrs,
					   .nents = (int)table->orig_nents };

	unmap_sg(&call, table->sgl, &args);
}

/* --- syncing --- */

/* The first entry that is wrong speaks for the list. */
static void sync_sg(struct ccsan_call *call, struct scatterlist *list,
		    struct ccsan_mapping_args *args, bool for_cpu)
{
	struct scatterlist *sg;
	int i;

	for_each_sg(list, sg, args->nents, i)
	{
		if (!sg)
			return;
		args->address = sg_dma_address(sg);
		args->bytes = sg->length;
		ccsan_dma_sync(call, args, for_cpu);
	}
}

void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction direction)
{
	struct ccsan_call call = { .verb = "dma_sync_sg_for_cpu()", .device = dev, .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SG,
					   .direction = direction,
					   .nents = nents };

	sync_sg(&call, sg, &args, true);
}

void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nents,
			    enum dma_data_direction direction)
{
	struct ccsan_call call = { .verb = "dma_sync_sg_for_device()",
				   .device = dev,
				   .pc = CCSAN_PC };
	struct ccsan_mapping_args args = { .type = CCSAN_DMA_SG,
					   .direction = direction,
					   .nents = nents };

	sync_sg(&call, sg, &args, false);
}
