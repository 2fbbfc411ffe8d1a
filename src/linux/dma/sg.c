/* SPDX-License-Identifier: MIT */
/* linux/scatterlist.h, and the DMA API for lists: one record for each entry. */
#include <string.h>

#include "dma.h"

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
	struct ccsan_mapping *m = NULL;
	bool possible;

	ccsan_call_at_page(call, sg_page(sg), sg->offset);
	args->p = (void *)(uintptr_t)call->p;
	args->phys = call->phys;
	args->bounce = NULL;
	call->bytes = args->bytes = sg->length;
	ccsan_call_begin(call);
	possible = ccsan_check_map(call, args->direction);
	ccsan_call_end(call);
	if (!possible)
		return NULL;
	possible = ccsan_dma_reach(call, args);
	if (possible && !(args->attrs & DMA_ATTR_SKIP_CPU_SYNC))
		ccsan_place_copy(call, (struct ccsan_place){ args->p, args->phys, args->bounce },
				 call->bytes);
	ccsan_call_begin(call);
	check_segment(call, sg, args->address);
	if (possible) {
		ccsan_check_overlap(call, args);
		m = ccsan_record_add(call, args);
	}
	if (m && !(args->attrs & DMA_ATTR_SKIP_CPU_SYNC))
		ccsan_record_hold(call, m, 0, sg->length);
	ccsan_call_end(call);
	if (!m)
		return NULL;
	sg->dma_address = args->address;
	sg->dma_length = sg->length;
	return m;
}

/* Takes back as many entries as the caller says, and forgets all. */
static void take_back(struct ccsan_call *call, struct ccsan_mapping *m, int nents,
		      enum dma_data_direction direction, bool sync)
{
	struct ccsan_mapping *next;

	for (int i = 0; m; m = next, i++) {
		struct ccsan_place place = ccsan_place_of(m, 0);
		size_t bytes = m->bytes;

		next = m->next_entry;
		ccsan_call_begin(call);
		ccsan_record_remove(call, m);
		ccsan_call_end(call);
		if (sync && i < nents)
			ccsan_place_for_cpu(call, place, bytes, direction);
		if (place.bounce)
			ccsan_swiotlb_free(place.bounce, bytes);
	}
}

/* Return: the record of the first entry; NULL if not all could be mapped. */
static struct ccsan_mapping *map_list(struct ccsan_call *call, struct scatterlist *list,
				      struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *first = NULL, **last = &first;
	struct scatterlist *sg;
	int i, mapped = 0;

	if (ccsan_dma_fails())
		return NULL;
	for_each_sg (list, sg, args->nents, i) {
		if (!sg || !(*last = map_entry(call, sg, args)))
			break;
		last = &(*last)->next_entry;
		mapped++;
	}
	if (mapped == args->nents)
		return first;
	take_back(call, first, 0, args->direction, false);
	return NULL;
}

/* Return: how many entries, 0 if it failed. */
static int map_sg(struct ccsan_call *call, struct scatterlist *list,
		  struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *first = map_list(call, list, args);
	bool sync = !(args->attrs & DMA_ATTR_SKIP_CPU_SYNC);

	for (struct ccsan_mapping *m = first; m && sync; m = m->next_entry)
		ccsan_place_for_device(call, ccsan_place_of(m, 0), m->bytes, args->direction);
	return first ? args->nents : 0;
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

	args->address = sg_dma_address(list);
	args->bytes = list->length;
	ccsan_call_begin(call);
	m = ccsan_record_find(call->device, args);
	call->p = m ? m->p : NULL;
	call->bytes = args->bytes;
	ccsan_check_unmap(call, m, args);
	ccsan_call_end(call);
	if (m)
		take_back(call, m, args->nents, args->direction,
			  !(args->attrs & DMA_ATTR_SKIP_CPU_SYNC));
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

	for_each_sg (list, sg, args->nents, i) {
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
