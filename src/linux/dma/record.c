/* SPDX-License-Identifier: MIT */
/* One record for each mapping: where it is, what was asked for, who owns its bytes now. */
#include <stdio.h>
#include <stdlib.h>

#include "dma.h"

enum { BUCKETS = 4096, BUCKET_SHIFT = 12 };

static struct ccsan_page_node *buckets[BUCKETS];
static struct ccsan_mapping *all;

static struct ccsan_page_node **bucket_of(dma_addr_t address)
{
	return &buckets[(address >> BUCKET_SHIFT) % BUCKETS];
}

static unsigned int pages_of(dma_addr_t address, size_t bytes)
{
	if (!bytes)
		return 1;
	return (unsigned int)(((address + bytes - 1) >> BUCKET_SHIFT) - (address >> BUCKET_SHIFT)) +
	       1;
}

/* --- adding and removing --- */

static struct ccsan_event event_at(const struct ccsan_mapping *m, size_t offset, size_t bytes,
				   uint64_t pc)
{
	struct ccsan_event event = ccsan_hosted_event(m->p ? m->p + offset : NULL, bytes, pc);

	if (m->phys)
		event.at.pa = m->phys + offset;
	return event;
}

static void enter_pages(struct ccsan_mapping *m)
{
	for (unsigned int i = 0; i < m->node_count; i++) {
		struct ccsan_page_node *node = &m->nodes[i];
		struct ccsan_page_node **bucket =
			bucket_of(m->address + ((dma_addr_t)i << BUCKET_SHIFT));

		*node = (struct ccsan_page_node){ m, *bucket, bucket };
		if (node->next)
			node->next->here = &node->next;
		*bucket = node;
	}
}

struct ccsan_mapping *ccsan_record_add(struct ccsan_call *call,
				       const struct ccsan_mapping_args *args)
{
	unsigned int pages = pages_of(args->address, args->bytes);
	struct ccsan_mapping *m = calloc(1, sizeof(*m) + pages * sizeof(*m->nodes));

	if (!m)
		return NULL;
	m->device = call->device;
	m->type = args->type;
	m->direction = args->direction;
	m->address = args->address;
	m->p = args->p;
	m->phys = args->phys;
	m->bounce = args->bounce;
	m->bytes = args->bytes;
	m->attrs = args->attrs;
	m->nents = args->nents;
	m->error_checked = args->type == CCSAN_DMA_SG || args->type == CCSAN_DMA_COHERENT;
	m->in_test = ccsan_hosted_in_test();
	m->event = event_at(m, 0, args->bytes, call->pc);
	m->node_count = pages;
	enter_pages(m);
	m->next = all;
	m->here = &all;
	if (all)
		all->here = &m->next;
	all = m;
	ccsan_watch_leaks();
	return m;
}

void ccsan_record_remove(struct ccsan_call *call, struct ccsan_mapping *m)
{
	ccsan_record_release(call, m, 0, m->bytes);
	for (unsigned int i = 0; i < m->node_count; i++) {
		*m->nodes[i].here = m->nodes[i].next;
		if (m->nodes[i].next)
			m->nodes[i].next->here = m->nodes[i].here;
	}
	*m->here = m->next;
	if (m->next)
		m->next->here = m->here;
	if (call->mapping == m)
		call->mapping = NULL;
	free(m);
}

struct ccsan_mapping *ccsan_record_first(void)
{
	return all;
}

/* --- finding --- */

static int likeness(const struct ccsan_mapping *m, const struct ccsan_mapping_args *args)
{
	return 4 * (m->type == args->type) + 2 * (m->bytes == args->bytes) +
	       (m->direction == args->direction) + (m->nents == args->nents);
}

struct ccsan_mapping *ccsan_record_find(const struct device *dev,
					const struct ccsan_mapping_args *args)
{
	struct ccsan_mapping *best = NULL;

	for (struct ccsan_page_node *n = *bucket_of(args->address); n; n = n->next) {
		struct ccsan_mapping *m = n->mapping;

		if (m->address == args->address && m->device == dev &&
		    (!best || likeness(m, args) > likeness(best, args)))
			best = m;
	}
	return best;
}

void ccsan_record_check_error(const struct device *dev, dma_addr_t address)
{
	for (struct ccsan_page_node *n = *bucket_of(address); n; n = n->next)
		if (n->mapping->address == address && n->mapping->device == dev)
			n->mapping->error_checked = true;
}

struct ccsan_mapping *ccsan_record_around(const struct device *dev, dma_addr_t address,
					  size_t bytes)
{
	struct ccsan_mapping *touched = NULL;

	for (struct ccsan_page_node *n = *bucket_of(address); n; n = n->next) {
		struct ccsan_mapping *m = n->mapping;

		if (m->device != dev || address - m->address >= m->bytes)
			continue;
		if (bytes <= m->bytes - (address - m->address))
			return m;
		touched = m;
	}
	return touched;
}

struct ccsan_mapping *ccsan_record_meeting(dma_addr_t from, dma_addr_t to, bool written)
{
	for (dma_addr_t page = from >> BUCKET_SHIFT; page <= (to - 1) >> BUCKET_SHIFT; page++)
		for (struct ccsan_page_node *n = *bucket_of(page << BUCKET_SHIFT); n; n = n->next) {
			struct ccsan_mapping *m = n->mapping;

			if (m->type != CCSAN_DMA_RESOURCE && m->address < to &&
			    from < m->address + m->bytes &&
			    (!written || m->direction != DMA_TO_DEVICE))
				return m;
		}
	return NULL;
}

/* --- who owns its bytes --- */

static void give(struct ccsan_call *call, struct ccsan_mapping *m, size_t offset, size_t bytes,
		 const struct ccsan_hold *like)
{
	struct ccsan_hold *hold = calloc(1, sizeof(*hold));

	if (!hold)
		return;
	if (like) {
		hold->owned.event = like->owned.event;
		hold->owned.told = like->owned.told;
	} else {
		hold->owned.event = event_at(m, offset, bytes, call->pc);
	}
	hold->owned.pa = m->event.at.pa + offset;
	hold->owned.bytes = bytes;
	hold->owned.device_writes = m->direction != DMA_TO_DEVICE;
	snprintf(hold->owned.text, sizeof(hold->owned.text), "%.11s, %s", dev_name(m->device),
		 ccsan_direction_name(m->direction));
	hold->next = m->holds;
	m->holds = hold;
	ccsan_machine_give(call->machine, &hold->owned);
}

void ccsan_record_release(struct ccsan_call *call, struct ccsan_mapping *m, size_t offset,
			  size_t bytes)
{
	struct ccsan_hold **here = &m->holds, *hold;
	size_t end = offset + bytes;

	while ((hold = *here)) {
		size_t from = (size_t)(hold->owned.pa - m->event.at.pa);
		size_t to = from + hold->owned.bytes;

		if (to <= offset || from >= end) {
			here = &hold->next;
			continue;
		}
		*here = hold->next;
		ccsan_machine_take(call->machine, &hold->owned);
		if (from < offset)
			give(call, m, from, offset - from, hold);
		if (to > end)
			give(call, m, end, to - end, hold);
		free(hold);
		here = &m->holds;
	}
}

void ccsan_record_hold(struct ccsan_call *call, struct ccsan_mapping *m, size_t offset,
		       size_t bytes)
{
	if ((!m->p && !m->phys) || !bytes)
		return;
	ccsan_record_release(call, m, offset, bytes);
	give(call, m, offset, bytes, NULL);
}

size_t ccsan_record_held(const struct ccsan_mapping *m, size_t offset, size_t bytes)
{
	size_t held = 0, end = offset + bytes;

	for (const struct ccsan_hold *hold = m->holds; hold; hold = hold->next) {
		size_t from = (size_t)(hold->owned.pa - m->event.at.pa);
		size_t to = from + hold->owned.bytes;

		from = from > offset ? from : offset;
		to = to < end ? to : end;
		held += from < to ? to - from : 0;
	}
	return held;
}
