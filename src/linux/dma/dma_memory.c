/* SPDX-License-Identifier: MIT */
/*
 * Memory of a mapping goes to the device, or comes back: by its kernel address; page by page where
 * it has none; through a copy where the device does not reach it.
 *
 * A page of highmem has lines only where it is mapped. On CPUs that need kmap_high_get(), lines
 * leave the cache when a mapping goes away: so an existing one is pinned for the operation, and
 * without one there is nothing to do but for outer caches. On others, lines outlive their mapping,
 * and any mapping of the right colour reaches them. User mappings are never looked at: whoever got
 * the page from a user has flushed them (Documentation/core-api/cachetlb.rst).
 */
#include <string.h>

#include <ccsan/behaviour.h>
#include <linux/highmem.h>

#include "dma.h"
#include "linux/arch/arch.h"

typedef void operation(const struct device *dev, const char *p, size_t bytes,
		       enum dma_data_direction direction, uint64_t pc);

struct ccsan_place ccsan_place_of(const struct ccsan_mapping *m, size_t offset)
{
	return (struct ccsan_place){ .p = m->p ? m->p + offset : NULL,
				     .phys = m->phys ? m->phys + offset : 0,
				     .bounce = m->bounce ? m->bounce + offset : NULL };
}

/* --- pages without an address --- */

static size_t bytes_in_page(phys_addr_t phys, size_t bytes)
{
	size_t left = PAGE_SIZE - offset_in_page(phys);

	return bytes < left ? bytes : left;
}

static void through_own_mapping(operation *operate, const struct ccsan_call *call,
				struct page *page, size_t offset, size_t bytes,
				enum dma_data_direction direction)
{
	char *address = kmap_atomic(page);

	if (address)
		operate(call->device, address + offset, bytes, direction, call->pc);
	kunmap_atomic(address);
}

/* What kernels did before there was kmap_high_get(): the address may be another page's by the time
 * it is used. */
static void through_page_address(operation *operate, const struct ccsan_call *call,
				 struct page *page, size_t offset, size_t bytes,
				 enum dma_data_direction direction)
{
	char *address = page_address(page);

	if (address)
		operate(call->device, address + offset, bytes, direction, call->pc);
}

static void on_page(operation *operate, const struct ccsan_call *call, struct page *page,
		    size_t offset, size_t bytes, enum dma_data_direction direction)
{
	const struct ccsan_arch *arch = ccsan_arch();
	char *address;

	if (ccsan_behaviour.dma_highmem == CCSAN_DMA_HIGHMEM_PAGE_ADDRESS) {
		through_page_address(operate, call, page, offset, bytes, direction);
		return;
	}
	address = arch->needs_kmap_high_get ? kmap_high_get(page) : NULL;
	if (address) {
		operate(call->device, address + offset, bytes, direction, call->pc);
		kunmap_high(page);
	} else if (!arch->needs_kmap_high_get || ccsan_hosted_cpu()->outer.size) {
		through_own_mapping(operate, call, page, offset, bytes, direction);
	}
}

static void on_place(operation *operate, const struct ccsan_call *call, struct ccsan_place place,
		     size_t bytes, enum dma_data_direction direction)
{
	size_t n;

	if (place.p) {
		operate(call->device, place.p, bytes, direction, call->pc);
		return;
	}
	if (ccsan_arch_coherent(call->device) || !place.phys)
		return;
	for (size_t done = 0; done < bytes; done += n) {
		phys_addr_t at = place.phys + done;

		n = bytes_in_page(at, bytes - done);
		on_page(operate, call, phys_to_page(at), offset_in_page(at), n, direction);
	}
}

/* --- copies --- */

static void copy(char *to, const char *from, size_t bytes, uint64_t pc)
{
	ccsan_hosted_reads(from, bytes, pc);
	ccsan_hosted_writes(to, bytes, pc);
	memcpy(to, from, bytes);
}

static void copy_piece(struct ccsan_place place, size_t bytes, bool to_bounce, uint64_t pc)
{
	char *window = place.p ? NULL : kmap_atomic(phys_to_page(place.phys));
	char *p = place.p ? (char *)(uintptr_t)place.p : window + offset_in_page(place.phys);

	if (to_bounce)
		copy(place.bounce, p, bytes, pc);
	else
		copy(p, place.bounce, bytes, pc);
	if (window)
		kunmap_atomic(window);
}

static void bounce(struct ccsan_place place, size_t bytes, bool to_bounce, uint64_t pc)
{
	size_t n;

	for (; bytes; bytes -= n) {
		n = place.p ? bytes : bytes_in_page(place.phys, bytes);
		copy_piece(place, n, to_bounce, pc);
		place.phys += n;
		place.bounce += n;
	}
}

/* What the device leaves alone comes back as it was: so it is copied in any direction. */
void ccsan_place_copy(const struct ccsan_call *call, struct ccsan_place place, size_t bytes)
{
	if (place.bounce)
		bounce(place, bytes, true, call->pc);
}

void ccsan_place_for_device(const struct ccsan_call *call, struct ccsan_place place, size_t bytes,
			    enum dma_data_direction direction)
{
	if (place.bounce) {
		place = (struct ccsan_place){ .p = place.bounce };
		direction = direction == DMA_FROM_DEVICE ? DMA_BIDIRECTIONAL : direction;
	}
	on_place(ccsan_arch_for_device, call, place, bytes, direction);
}

void ccsan_place_for_cpu(const struct ccsan_call *call, struct ccsan_place place, size_t bytes,
			 enum dma_data_direction direction)
{
	if (!place.bounce) {
		on_place(ccsan_arch_for_cpu, call, place, bytes, direction);
		return;
	}
	ccsan_arch_for_cpu(call->device, place.bounce, bytes, direction, call->pc);
	if (direction != DMA_TO_DEVICE)
		bounce(place, bytes, false, call->pc);
}
