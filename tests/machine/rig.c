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

static void meet(void *context, uint64_t line_pa, struct ccsan_origin_line *line)
{
	(void)context;
	line->own = line->cached = true;
	line->va = line_pa;
	line->birth = CCSAN_BORN_AT_RESET;
}

static uint8_t *permits(void *context, uint32_t space, uint64_t va)
{
	(void)context, (void)space, (void)va;
	return NULL;
}

static bool place(void *context, uint32_t space, uint64_t va, uint64_t pa, unsigned pages)
{
	struct rig *rig = context;

	(void)space, (void)va, (void)pages;
	return !pa || !rig->no_room;
}

static void name(void *context, uint32_t origin, struct ccsan_actor *actor)
{
	(void)context;
	snprintf(actor->who, sizeof(actor->who), "origin %u", (unsigned)origin);
}

static void take_finding(void *context, struct ccsan_finding *finding, uint32_t access,
			 uint32_t cause)
{
	struct rig *rig = context;

	check(rig->finding_count < MOST_FINDINGS, "too many findings");
	rig->findings[rig->finding_count++] = *finding;
	rig->access_origin = access;
	rig->cause_origin = cause;
}

void rig_init_cpu(struct rig *rig, const struct ccsan_cpu *cpu, unsigned pages)
{
	struct ccsan_machine_host host = { .context = rig,
					   .more = more,
					   .meet = meet,
					   .permits = permits,
					   .place = place,
					   .name = name,
					   .finding = take_finding };

	memset(rig, 0, sizeof(*rig));
	rig->machine = ccsan_machine_new(cpu, (uint64_t)pages * cpu->page, &host);
}

void rig_init(struct rig *rig, const char *cpu, unsigned pages)
{
	check(ccsan_cpu_find(cpu), "no CPU %s", cpu);
	rig_init_cpu(rig, ccsan_cpu_find(cpu), pages);
}

void rig_free(struct rig *rig)
{
	struct rig_chunk *next;

	for (struct rig_chunk *chunk = rig->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk);
	}
	rig->chunks = NULL;
}

uint64_t map(struct rig *rig, ccsan_phys frames, unsigned pages, unsigned attributes,
	     uint32_t space)
{
	struct ccsan_wish wish = { .attributes = attributes, .space = space };

	return ccsan_machine_map(rig->machine, frames, pages, &wish);
}

uint64_t map_at(struct rig *rig, ccsan_phys frames, unsigned pages, unsigned attributes,
		uint32_t space, uint64_t va)
{
	struct ccsan_wish wish = {
		.attributes = attributes, .space = space, .fixed = true, .va = va
	};

	return ccsan_machine_map(rig->machine, frames, pages, &wish);
}

static struct ccsan_event event_at(enum ccsan_operation operation, uint32_t space, uint64_t va)
{
	return (struct ccsan_event){ .operation = operation,
				     .at = { .space = space, .va = va },
				     .origin = 1 + (uint32_t)operation,
				     .instruction = operation == CCSAN_FETCH };
}

uint64_t cpu(struct rig *rig, enum ccsan_operation operation, uint32_t space, uint64_t va,
	     uint64_t bytes)
{
	struct ccsan_event event = event_at(operation, space, va);

	return ccsan_machine_access(rig->machine, &event, bytes);
}

uint64_t maintain(struct rig *rig, enum ccsan_operation operation, uint32_t space, uint64_t va,
		  uint64_t bytes)
{
	struct ccsan_event event = event_at(operation, space, va);
	uint64_t changed = 0;

	return ccsan_machine_maintain(rig->machine, &event, bytes, &changed);
}

void device(struct rig *rig, enum ccsan_operation operation, ccsan_phys at, uint64_t bytes)
{
	struct ccsan_event event = event_at(operation, 0, 0);

	event.at.pa = at;
	ccsan_machine_device(rig->machine, &event, bytes);
}

const struct ccsan_finding *one_finding(struct rig *rig)
{
	unsigned count = rig->finding_count;

	rig->finding_count = 0;
	return count == 1 ? &rig->findings[0] : NULL;
}
