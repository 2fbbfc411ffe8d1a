/* SPDX-License-Identifier: MIT */
/*
 * What is wrong with a call of the DMA API: all that CONFIG_DMA_API_DEBUG looks at, and two checks
 * that barebox has and Linux has not (a redundant sync, a buffer that shares lines). Each is
 * written once for each verb; the problems of one call make one finding.
 */
#include <stdarg.h>
#include <stdio.h>

#include <ccsan/linux.h>

#include "dma.h"

static bool strict;

/* --- a call --- */

void ccsan_call_begin(struct ccsan_call *call)
{
	call->machine = ccsan_hosted_enter(call->pc);
	call->length = 0;
}

/* "dma_unmap_single() for nic0: first; second". What does not fit is left out. */
void ccsan_call_problem(struct ccsan_call *call, const char *format, ...)
{
	size_t room = sizeof(call->text);
	va_list arguments;

	if (!call->length)
		call->length = (size_t)snprintf(call->text, room, "%s%s%s: ", call->verb,
						call->device ? " for " : "",
						call->device ? dev_name(call->device) : "");
	else if (call->length + 2 < room)
		call->length +=
			(size_t)snprintf(call->text + call->length, room - call->length, "; ");
	if (call->length >= room)
		return;
	va_start(arguments, format);
	call->length += (size_t)vsnprintf(call->text + call->length, room - call->length, format,
					  arguments);
	va_end(arguments);
}

void ccsan_call_end(struct ccsan_call *call)
{
	struct ccsan_event event;

	if (call->length) {
		event = ccsan_hosted_event(call->p, call->bytes, call->pc);
		ccsan_machine_report(call->machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_CALL, &event,
				     call->mapping ? &call->mapping->event : NULL, call->text);
	}
	ccsan_hosted_leave();
}

const char *ccsan_direction_name(enum dma_data_direction direction)
{
	static const char *const names[] = { "DMA_BIDIRECTIONAL", "DMA_TO_DEVICE",
					     "DMA_FROM_DEVICE", "DMA_NONE" };

	return (unsigned int)direction <= DMA_NONE ? names[direction] : "no direction";
}

/* --- map --- */

static void check_allocated(struct ccsan_call *call, phys_addr_t phys)
{
	const struct page *page = phys_to_page(phys);

	if (page->flags & 1ul << PG_free)
		ccsan_call_problem(call, "the page is free");
}

/* Return: whether a device can reach the memory. */
static bool check_memory(struct ccsan_call *call)
{
	if (call->phys) {
		check_allocated(call, call->phys);
		return true;
	}
	switch (ccsan_memory_of(call->p)) {
	case CCSAN_MEMORY_VMALLOC:
		ccsan_call_problem(call, "the buffer is in the vmalloc area, whose pages need not "
					 "follow each other");
		return false;
	case CCSAN_MEMORY_KMAP:
		ccsan_call_problem(call, "the buffer is at an address of kmap(), which has no page "
					 "of its own: dma_map_page() takes the page");
		return false;
	case CCSAN_MEMORY_USER:
		ccsan_call_problem(call, "the buffer is at a user's address");
		return false;
	case CCSAN_MEMORY_STACK:
		ccsan_call_problem(call, "the buffer is on the stack");
		return true;
	case CCSAN_MEMORY_CONSTANT:
		ccsan_call_problem(call, "the buffer is in the kernel's text or rodata");
		return true;
	case CCSAN_MEMORY_IMAGE:
		ccsan_call_problem(call, "the buffer is a variable of the kernel image, not memory "
					 "of kmalloc() or the page allocator");
		return true;
	case CCSAN_MEMORY_DIRECT:
		if (ccsan_physical_address(call->p)) {
			check_allocated(call, ccsan_physical_address(call->p));
			return true;
		}
		ccsan_call_problem(call, "the buffer is at an address where nothing is mapped");
		return false;
	default:
		return true;
	}
}

bool ccsan_check_map(struct ccsan_call *call, enum dma_data_direction direction)
{
	bool possible = true;

	if (!call->device) {
		ccsan_call_problem(call, "no device");
		return false;
	}
	if (!call->device->dma_mask) {
		ccsan_call_problem(call, "the device has no DMA mask");
		possible = false;
	}
	if (!valid_dma_direction(direction)) {
		ccsan_call_problem(call, "%s is no direction", ccsan_direction_name(direction));
		possible = false;
	}
	if (!call->bytes)
		ccsan_call_problem(call, "the buffer is empty");
	return check_memory(call) && possible;
}

/* A line that holds another object as well: the CPU may use that one meanwhile. */
static void check_alignment(struct ccsan_call *call)
{
	uint64_t line = ccsan_arch_line(), start;
	uint64_t from = call->phys ? call->phys : (uint64_t)(uintptr_t)call->p;
	uint64_t to = from + call->bytes;
	size_t object;

	if (strict && (from | to) & (line - 1))
		ccsan_call_problem(call,
				   "misaligned: the buffer does not begin and end with a cache "
				   "line of %u bytes",
				   (unsigned int)line);
	else if (call->p && ccsan_heap_object(call->p, &start, &object) &&
		 ((from & ~(line - 1)) < start || ((to + line - 1) & ~(line - 1)) > start + object))
		ccsan_call_problem(call,
				   "misaligned: the buffer shares a cache line of %u bytes with "
				   "other objects of kmalloc()",
				   (unsigned int)line);
}

void ccsan_check_overlap(struct ccsan_call *call, const struct ccsan_mapping_args *args)
{
	bool coherent = ccsan_arch_coherent(call->device);
	dma_addr_t line = coherent ? 1 : ccsan_arch_line();
	const struct ccsan_mapping *other;

	if (args->direction == DMA_TO_DEVICE || !args->bytes || args->type == CCSAN_DMA_RESOURCE)
		return;
	if (!coherent)
		check_alignment(call);
	if (args->attrs & DMA_ATTR_SKIP_CPU_SYNC)
		return;
	other = ccsan_record_meeting(args->address & ~(line - 1),
				     (args->address + args->bytes + line - 1) & ~(line - 1), true);
	if (!other)
		return;
	call->mapping = other;
	ccsan_call_problem(call, "overlaps a mapping of %s, %zu bytes, %s%s",
			   dev_name(other->device), other->bytes,
			   ccsan_direction_name(other->direction),
			   coherent ? "" : ", in the same cache lines");
}

/* --- unmap --- */

static const char *type_name(enum ccsan_dma_type type)
{
	static const char *const names[] = { "a single buffer or page", "a list", "coherent memory",
					     "a resource" };

	return names[type];
}

static void check_address(struct ccsan_call *call, dma_addr_t address)
{
	if (address == DMA_MAPPING_ERROR)
		ccsan_call_problem(call, "the address is an error of the mapping");
	else
		ccsan_call_problem(call, "%#llx is not mapped (never, or not any more)",
				   (unsigned long long)address);
}

void ccsan_check_unmap(struct ccsan_call *call, const struct ccsan_mapping *m,
		       const struct ccsan_mapping_args *args)
{
	call->mapping = m;
	if (!m) {
		check_address(call, args->address);
		return;
	}
	if (m->type != args->type)
		ccsan_call_problem(call, "wrong function: it was mapped as %s", type_name(m->type));
	if (m->bytes != args->bytes)
		ccsan_call_problem(call, "size %zu, mapped with %zu", args->bytes, m->bytes);
	if (m->direction != args->direction)
		ccsan_call_problem(call, "%s, mapped with %s",
				   ccsan_direction_name(args->direction),
				   ccsan_direction_name(m->direction));
	if (args->type == CCSAN_DMA_SG && m->type == CCSAN_DMA_SG && m->nents != args->nents)
		ccsan_call_problem(call, "%d entries, mapped with %d", args->nents, m->nents);
	if (args->type == CCSAN_DMA_COHERENT && m->p != args->p)
		ccsan_call_problem(call, "CPU address %p, allocated at %p", args->p, m->p);
	if (!m->error_checked)
		ccsan_call_problem(call, "dma_mapping_error() was never asked about the mapping");
}

/* --- sync --- */

static void check_turn(struct ccsan_call *call, const struct ccsan_mapping *m, size_t offset,
		       size_t bytes, bool for_cpu)
{
	size_t held = ccsan_record_held(m, offset, bytes);

	if (m->type == CCSAN_DMA_COHERENT || m->type == CCSAN_DMA_RESOURCE || !bytes)
		return;
	if (for_cpu && !held)
		ccsan_call_problem(call, "redundant: the CPU has the buffer already; or there was "
					 "no sync back for the device before");
	if (!for_cpu && held == bytes)
		ccsan_call_problem(call, "redundant: the device has the buffer already");
}

void ccsan_check_sync(struct ccsan_call *call, const struct ccsan_mapping *m,
		      const struct ccsan_mapping_args *args, bool for_cpu)
{
	size_t offset = m ? (size_t)(args->address - m->address) : 0;
	bool both = args->direction == DMA_BIDIRECTIONAL;

	call->mapping = m;
	if (!m) {
		check_address(call, args->address);
		return;
	}
	if (args->bytes > m->bytes - offset)
		ccsan_call_problem(call, "%zu bytes at offset %zu, mapped with %zu", args->bytes,
				   offset, m->bytes);
	if (m->direction != args->direction && m->direction != DMA_BIDIRECTIONAL)
		ccsan_call_problem(call, "%s, mapped with %s",
				   ccsan_direction_name(args->direction),
				   ccsan_direction_name(m->direction));
	if (for_cpu && m->direction == DMA_TO_DEVICE &&
	    (both || args->direction == DMA_FROM_DEVICE))
		ccsan_call_problem(call, "the device only reads this memory");
	if (!for_cpu && m->direction == DMA_FROM_DEVICE &&
	    (both || args->direction == DMA_TO_DEVICE))
		ccsan_call_problem(call, "the device only writes this memory");
	if (args->type == CCSAN_DMA_SG && m->type == CCSAN_DMA_SG && args->nents != m->nents)
		ccsan_call_problem(call, "%d entries, mapped with %d", args->nents, m->nents);
	if (args->bytes <= m->bytes - offset)
		check_turn(call, m, offset, args->bytes, for_cpu);
}

/* --- freeing and leaving --- */

void ccsan_check_free(struct ccsan_call *call, const void *p, size_t bytes)
{
	ccsan_check_free_frames(call, ccsan_physical_address(p), bytes);
}

void ccsan_check_free_frames(struct ccsan_call *call, phys_addr_t at, size_t bytes)
{
	const struct ccsan_mapping *m = ccsan_record_meeting(at, at + bytes, false);

	if (!m)
		return;
	call->mapping = m;
	ccsan_call_problem(call, "%s still has %zu bytes of it mapped, %s", dev_name(m->device),
			   m->bytes, ccsan_direction_name(m->direction));
}

static void report_leak(struct ccsan_call *call, const struct ccsan_mapping *m)
{
	char text[CCSAN_TEXT_BYTES];

	snprintf(text, sizeof(text),
		 "%s: pending DMA %s: %s of %zu bytes, %s, was never %s before the driver or the "
		 "test ended",
		 dev_name(m->device), m->type == CCSAN_DMA_COHERENT ? "allocation" : "mapping",
		 type_name(m->type), m->bytes, ccsan_direction_name(m->direction),
		 m->type == CCSAN_DMA_COHERENT ? "freed" : "unmapped");
	ccsan_machine_report(call->machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_CALL, &m->event, NULL,
			     text);
}

/* @param dev NULL: all. Memory stays as it is; a CPU access to it is no finding any more. */
static void report_leaks(const struct device *dev, bool only_of_test)
{
	struct ccsan_call call = { .verb = "" };
	struct ccsan_mapping *next;

	ccsan_call_begin(&call);
	for (struct ccsan_mapping *m = ccsan_record_first(); m; m = next) {
		next = m->next;
		if ((dev && m->device != dev) || (only_of_test && !m->in_test))
			continue;
		report_leak(&call, m);
		ccsan_record_remove(&call, m);
	}
	ccsan_call_end(&call);
}

static void at_end(void)
{
	report_leaks(NULL, ccsan_hosted_in_test());
}

void ccsan_watch_leaks(void)
{
	ccsan_hosted_at_end(at_end);
}

void ccsan_linux_release_dma(struct device *dev)
{
	report_leaks(dev, false);
}

void ccsan_linux_strict_alignment(bool wanted)
{
	strict = wanted;
}
