/* SPDX-License-Identifier: MIT */
/* What programs and devices do, page by page. See machine.h. */
#include "parts.h"

#include <ccsan/cache.h>

/* --- making one --- */

static enum ccsan_indexing indexing(const struct ccsan_cache *cache, uint32_t page)
{
	if (cache->type == CCSAN_CACHE_VIVT)
		return CCSAN_VIVT;
	return cache->type == CCSAN_CACHE_VIPT && cache->alias > page ? CCSAN_VIPT : CCSAN_PIPT;
}

static unsigned colours(const struct ccsan_cache *cache, uint32_t page)
{
	return indexing(cache, page) == CCSAN_VIPT ? cache->alias / page : 1;
}

static struct ccsan_geometry geometry_of(const struct ccsan_cpu *cpu)
{
	bool outer = cpu->outer.size != 0;

	return (struct ccsan_geometry){
		.caches = { .outer = outer,
			    .speculative = cpu->speculative,
			    .write_through = cpu->data.write_through,
			    .shares_dirty = cpu->shares_dirty },
		.data = indexing(&cpu->data, cpu->page),
		.instruction = indexing(&cpu->instruction, cpu->page),
		.line_bytes = cpu->data.line,
		.page_bytes = cpu->page,
		.data_colours = colours(&cpu->data, cpu->page),
		.instruction_colours = colours(&cpu->instruction, cpu->page),
		.instruction_line_bytes = cpu->instruction.line,
		.outer_line_bytes = outer ? cpu->outer.line : cpu->data.line,
		.data_tagged = cpu->data.tagged,
		.instruction_tagged = cpu->instruction.tagged,
		.instruction_coherent = cpu->instruction.coherent,
		.snooping = cpu->snooping,
		.local_maintenance = cpu->local_maintenance,
		.ordered = cpu->ordered,
	};
}

static void meet(void *context, uint64_t line_pa, struct ccsan_origin_line *line)
{
	struct ccsan_machine *m = context;

	if (line_pa & CCSAN_OWN_MEMORY)
		m->host.meet(m->host.context, line_pa, line);
}

static void *more(void *context, size_t bytes)
{
	struct ccsan_machine *m = context;

	return m->host.more(m->host.context, bytes);
}

struct ccsan_machine *ccsan_machine_new(const struct ccsan_cpu *cpu, uint64_t memory,
					const struct ccsan_machine_host *host)
{
	struct ccsan_machine *m = host->more(host->context, sizeof(*m));
	struct ccsan_geometry geometry = geometry_of(cpu);
	struct ccsan_shadow_host shadow_host = { m, more, ccsan_machine_take_fault, meet };

	m->cpu = *cpu;
	m->host = *host;
	while (1u << m->page_shift < cpu->page)
		m->page_shift++;
	/* Aliases of virtually tagged caches are all different; colours only choose addresses. */
	m->colours = geometry.data_colours;
	m->frame_count = memory >> m->page_shift;
	m->frame_bits = host->more(host->context, (m->frame_count / 64 + 1) * sizeof(uint64_t));
	m->spaces[0] = host->more(host->context, sizeof(struct ccsan_page_tables));
	m->shadow = ccsan_shadow_new(&geometry, &shadow_host);
	return m;
}

void ccsan_machine_set_cpus(struct ccsan_machine *m, unsigned count)
{
	ccsan_shadow_set_cpus(m->shadow, count);
}

void ccsan_machine_set_barriers(struct ccsan_machine *m, bool matter)
{
	ccsan_shadow_set_barriers(m->shadow, matter);
}

const struct ccsan_cpu *ccsan_machine_cpu(const struct ccsan_machine *m)
{
	return &m->cpu;
}

struct ccsan_shadow *ccsan_machine_shadow(struct ccsan_machine *m)
{
	return m->shadow;
}

/* --- page by page --- */

/* The part of a range that lies in one page, translated. */
struct piece {
	struct ccsan_event event;
	bool cached;
};

static uint32_t bytes_in_page(const struct ccsan_machine *m, uint64_t address, uint64_t bytes)
{
	uint64_t page = ccsan_machine_page_bytes(m), left = page - (address & (page - 1));

	return (uint32_t)(bytes < left ? bytes : left);
}

static bool piece_at(const struct ccsan_machine *m, const struct ccsan_event *event, uint64_t done,
		     uint64_t bytes, struct piece *piece)
{
	piece->event = *event;
	piece->event.at.va = event->at.va + done;
	piece->event.bytes = bytes_in_page(m, piece->event.at.va, bytes - done);
	piece->event.before = (uint32_t)done;
	piece->event.after = (uint32_t)(bytes - done - piece->event.bytes);
	return ccsan_machine_translate(m, event->at.space, piece->event.at.va, &piece->event.at.pa,
				       &piece->cached);
}

/* Own memory is uncached where an MPU says so, which the engine knows line by line. */
static void access_memory(struct ccsan_machine *m, const struct piece *piece)
{
	struct ccsan_event event = piece->event;

	if (piece->cached) {
		ccsan_shadow_access(m->shadow, &event);
		return;
	}
	event.operation =
		event.operation == CCSAN_WRITE ? CCSAN_UNCACHED_WRITE : CCSAN_UNCACHED_READ;
	ccsan_shadow_memory(m->shadow, &event);
}

static void access_piece(struct ccsan_machine *m, const struct piece *piece)
{
	uint64_t faults = m->faults;

	access_memory(m, piece);
	if (m->owned)
		ccsan_machine_check_owner(m, &piece->event, m->faults != faults);
	if (m->retired || m->dead)
		ccsan_machine_check_retired(m, &piece->event);
}

static bool is_forbidden(const struct ccsan_machine *m, const struct ccsan_event *event)
{
	return event->operation == CCSAN_WRITE && !(event->at.va & CCSAN_OWN_MEMORY) &&
	       !ccsan_machine_allows(m, event->at.space, event->at.va, true);
}

uint64_t ccsan_machine_access(struct ccsan_machine *m, const struct ccsan_event *event,
			      uint64_t bytes)
{
	struct piece piece;
	uint64_t done;

	for (done = 0; done < bytes; done += piece.event.bytes) {
		if (!piece_at(m, event, done, bytes, &piece) || is_forbidden(m, &piece.event))
			break;
		access_piece(m, &piece);
	}
	return done;
}

uint64_t ccsan_machine_maintain(struct ccsan_machine *m, const struct ccsan_event *event,
				uint64_t bytes, uint64_t *changed)
{
	struct piece piece;
	uint64_t done;

	for (done = 0; done < bytes; done += piece.event.bytes) {
		if (!piece_at(m, event, done, bytes, &piece))
			break;
		if (piece.cached)
			*changed += ccsan_shadow_maintain(m->shadow, &piece.event);
	}
	return done;
}

uint64_t ccsan_machine_outer(struct ccsan_machine *m, const struct ccsan_event *event,
			     uint64_t bytes, uint64_t *changed)
{
	struct piece piece;
	uint64_t done;

	for (done = 0; done < bytes; done += piece.event.bytes) {
		if (!piece_at(m, event, done, bytes, &piece))
			break;
		*changed += ccsan_shadow_outer(m->shadow, &piece.event);
	}
	return done;
}

uint64_t ccsan_machine_maintain_all(struct ccsan_machine *m, const struct ccsan_event *event)
{
	return ccsan_shadow_maintain_all(m->shadow, event);
}

void ccsan_machine_barrier(struct ccsan_machine *m, const struct ccsan_event *event)
{
	ccsan_shadow_barrier(m->shadow, event->cpu);
}

void ccsan_machine_forget(struct ccsan_machine *m, const struct ccsan_event *event, uint64_t bytes)
{
	struct piece piece;

	for (uint64_t done = 0; done < bytes; done += piece.event.bytes)
		if (piece_at(m, event, done, bytes, &piece))
			ccsan_shadow_forget(m->shadow, &piece.event);
}

/* --- by physical address --- */

static struct ccsan_event physical_piece(const struct ccsan_machine *m,
					 const struct ccsan_event *event, uint64_t done,
					 uint64_t bytes)
{
	struct ccsan_event piece = *event;

	piece.at.pa = event->at.pa + done;
	piece.bytes = bytes_in_page(m, piece.at.pa, bytes - done);
	piece.before = (uint32_t)done;
	piece.after = (uint32_t)(bytes - done - piece.bytes);
	return piece;
}

void ccsan_machine_device(struct ccsan_machine *m, const struct ccsan_event *event, uint64_t bytes)
{
	struct ccsan_event piece;

	for (uint64_t done = 0; done < bytes; done += piece.bytes) {
		piece = physical_piece(m, event, done, bytes);
		if (m->owned)
			ccsan_machine_check_device(m, &piece);
		if (m->retired)
			ccsan_machine_check_retired(m, &piece);
		ccsan_shadow_memory(m->shadow, &piece);
	}
}

uint64_t ccsan_machine_outer_physical(struct ccsan_machine *m, const struct ccsan_event *event,
				      uint64_t bytes)
{
	struct ccsan_event piece;
	uint64_t changed = 0;

	for (uint64_t done = 0; done < bytes; done += piece.bytes) {
		piece = physical_piece(m, event, done, bytes);
		changed += ccsan_shadow_outer(m->shadow, &piece);
	}
	return changed;
}

void ccsan_machine_forget_physical(struct ccsan_machine *m, const struct ccsan_event *event,
				   uint64_t bytes)
{
	struct ccsan_event piece;

	for (uint64_t done = 0; done < bytes; done += piece.bytes) {
		piece = physical_piece(m, event, done, bytes);
		ccsan_shadow_forget(m->shadow, &piece);
	}
}

void ccsan_machine_report_losses(struct ccsan_machine *m, ccsan_phys at, uint64_t bytes)
{
	for (uint64_t line = at; line < at + bytes; line += m->cpu.data.line)
		ccsan_shadow_report_loss(m->shadow, line);
}
