/* SPDX-License-Identifier: MIT */
/* See rig.h. */
#include "rig.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"

struct rig_chunk {
	struct rig_chunk *next;
	_Alignas(64) char bytes[];
};

struct ccsan_geometry geometry(enum ccsan_indexing indexing, unsigned traits)
{
	unsigned colours = indexing == CCSAN_VIPT ? 4 : 1;

	return (struct ccsan_geometry){
		.caches = { .outer = traits & OUTER,
			    .speculative = traits & SPECULATIVE,
			    .write_through = traits & WRITE_THROUGH },
		.data = indexing,
		.instruction = indexing,
		.line_bytes = LINE,
		.page_bytes = PAGE,
		.data_colours = colours,
		.instruction_colours = colours,
		.instruction_line_bytes = LINE,
		.outer_line_bytes = LINE,
		.data_tagged = traits & TAGGED,
		.instruction_tagged = traits & TAGGED,
		.snooping = traits & SNOOPING,
	};
}

/* --- the engine's caller --- */

static void *more(void *context, size_t bytes)
{
	struct rig *rig = context;
	size_t size = (sizeof(struct rig_chunk) + bytes + 63) & ~(size_t)63;
	struct rig_chunk *chunk = aligned_alloc(64, size);

	check(chunk, "out of memory");
	memset(chunk, 0, size);
	chunk->next = rig->chunks;
	rig->chunks = chunk;
	return chunk->bytes;
}

static void take_fault(void *context, const struct ccsan_shadow_fault *fault)
{
	struct rig *rig = context;

	check(rig->fault_count < MOST_FAULTS, "too many faults");
	rig->faults[rig->fault_count++] = *fault;
}

static void meet(void *context, uint64_t line_pa, struct ccsan_origin_line *line)
{
	struct rig *rig = context;

	rig->met++;
	if (line_pa < rig->own_from || line_pa >= rig->own_to)
		return;
	line->own = line->cached = true;
	line->va = line_pa;
	line->birth = rig->own_birth;
	line->permits = rig->own_permits + (line_pa - rig->own_from) / CCSAN_PERMIT_BYTES;
}

void rig_init(struct rig *rig, const struct ccsan_geometry *g)
{
	struct ccsan_shadow_host host = { rig, more, take_fault, meet };

	memset(rig, 0, sizeof(*rig));
	rig->geometry = *g;
	rig->faults = calloc(MOST_FAULTS, sizeof(*rig->faults));
	check(rig->faults, "out of memory");
	rig->shadow = ccsan_shadow_new(g, &host);
}

void rig_free(struct rig *rig)
{
	struct rig_chunk *next;

	for (struct rig_chunk *chunk = rig->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	free(rig->faults);
	*rig = (struct rig){ 0 };
}

/* --- aliases --- */

struct alias alias_at(uint32_t space, uint64_t va, uint64_t pa)
{
	return (struct alias){ .at = { space, va, pa } };
}

void map(struct rig *rig, struct alias *alias)
{
	memset(alias->permits, CCSAN_ALL_SLOW, sizeof(alias->permits));
	ccsan_shadow_map(rig->shadow, &alias->at, !alias->uncached, alias->permits);
	alias->mapped = true;
}

void unmap(struct rig *rig, struct alias *alias)
{
	ccsan_shadow_unmap(rig->shadow, &alias->at);
	alias->mapped = false;
}

/* --- steps --- */

static struct ccsan_event event_at(struct rig *rig, const struct alias *alias,
				   enum ccsan_operation operation, unsigned offset, unsigned bytes)
{
	return (struct ccsan_event){ .operation = operation,
				     .at = { alias->at.space, alias->at.va + offset,
					     alias->at.pa + offset },
				     .bytes = bytes,
				     .origin = ++rig->origin,
				     .instruction = operation == CCSAN_FETCH };
}

/* What a compiler's hook does before it calls anybody. */
static bool is_permitted(const struct alias *alias, enum ccsan_operation operation, unsigned offset,
			 unsigned bytes)
{
	uint8_t slow = operation == CCSAN_WRITE ? CCSAN_WRITE_SLOW : CCSAN_READ_SLOW;

	for (unsigned i = offset / CCSAN_PERMIT_BYTES;
	     i <= (offset + bytes - 1) / CCSAN_PERMIT_BYTES; i++)
		if (alias->permits[i] & slow)
			return false;
	return operation != CCSAN_FETCH;
}

uint32_t cpu(struct rig *rig, struct alias *alias, enum ccsan_operation operation, unsigned offset,
	     unsigned bytes)
{
	struct ccsan_event event = event_at(rig, alias, operation, offset, bytes);

	if (rig->fast && is_permitted(alias, operation, offset, bytes)) {
		rig->skipped++;
		return rig->origin;
	}
	if (alias->uncached) {
		event.operation =
			operation == CCSAN_WRITE ? CCSAN_UNCACHED_WRITE : CCSAN_UNCACHED_READ;
		ccsan_shadow_memory(rig->shadow, &event);
	} else {
		ccsan_shadow_access(rig->shadow, &event);
	}
	return rig->origin;
}

uint32_t maintain(struct rig *rig, const struct alias *alias, enum ccsan_operation operation,
		  unsigned offset, unsigned bytes)
{
	struct ccsan_event event = event_at(rig, alias, operation, offset, bytes);

	ccsan_shadow_maintain(rig->shadow, &event);
	return rig->origin;
}

uint32_t invalidate_instructions(struct rig *rig, const struct alias *alias, unsigned offset,
				 unsigned bytes)
{
	struct ccsan_event event = event_at(rig, alias, CCSAN_INVALIDATE, offset, bytes);

	event.instruction = true;
	ccsan_shadow_maintain(rig->shadow, &event);
	return rig->origin;
}

uint32_t physical(struct rig *rig, enum ccsan_operation operation, uint64_t pa, unsigned bytes)
{
	struct ccsan_event event = {
		.operation = operation, .at = { .pa = pa }, .bytes = bytes, .origin = ++rig->origin
	};

	if (operation == CCSAN_FORGET)
		ccsan_shadow_forget(rig->shadow, &event);
	else if (operation >= CCSAN_OUTER_CLEAN && operation <= CCSAN_OUTER_FLUSH)
		ccsan_shadow_outer(rig->shadow, &event);
	else
		ccsan_shadow_memory(rig->shadow, &event);
	return rig->origin;
}

uint32_t maintain_all(struct rig *rig, enum ccsan_operation operation, bool instruction)
{
	struct ccsan_event event = { .operation = operation,
				     .origin = ++rig->origin,
				     .instruction = instruction };

	ccsan_shadow_maintain_all(rig->shadow, &event);
	return rig->origin;
}

/* --- faults --- */

const struct ccsan_shadow_fault *one_fault(struct rig *rig)
{
	return new_faults(rig) == 1 ? &rig->faults[rig->fault_count - 1] : NULL;
}

unsigned new_faults(struct rig *rig)
{
	unsigned count = rig->fault_count - rig->seen;

	rig->seen = rig->fault_count;
	return count;
}

uint64_t random_number(uint64_t *random)
{
	*random ^= *random << 13;
	*random ^= *random >> 7;
	*random ^= *random << 17;
	return *random >> 11;
}
