/* SPDX-License-Identifier: MIT */
/* See trace.h. */
#include "trace.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "restore.h"

enum { SLOTS = 1 << 16, GRANULE = 8 };

struct seen {
	uint64_t granule;
	ccsan_actors actors;
	bool changed;
};

static struct {
	enum ccsan_trace_mode mode;
	uint32_t serial, step;
	uint64_t hash;
	struct seen *seen; /* by granule; full is full */
} * t;

void ccsan_trace_begin(void)
{
	t = ccsan_keep(sizeof(*t));
	t->seen = ccsan_keep(SLOTS * sizeof(*t->seen));
}

void ccsan_trace_mode(enum ccsan_trace_mode mode, uint32_t serial)
{
	t->mode = mode;
	t->serial = serial;
	if (mode == CCSAN_TRACE_COLLECT)
		memset(t->seen, 0, SLOTS * sizeof(*t->seen));
}

void ccsan_trace_run(void)
{
	t->hash = 0;
	t->step = 0;
}

uint64_t ccsan_trace_hash(void)
{
	return t->hash;
}

static void add(uint64_t value)
{
	t->hash = (t->hash ^ value) * 0x9e3779b97f4a7c15u;
	t->hash ^= t->hash >> 31;
}

/* --- what several actors touch --- */

static struct seen *slot_of(uint64_t granule)
{
	size_t at = (granule * 0x9e3779b97f4a7c15u) >> 48;

	for (unsigned tries = 0; tries < 64; tries++, at = (at + 1) % SLOTS)
		if (!t->seen[at].actors || t->seen[at].granule == granule)
			return &t->seen[at];
	return NULL;
}

static void collect(uint64_t address, bool changes)
{
	struct seen *seen = slot_of(address / GRANULE);

	if (!seen)
		return;
	seen->granule = address / GRANULE;
	seen->actors |= (ccsan_actors)1 << ccsan_stage_current(ccsan_rt.stage);
	seen->changed |= changes;
}

/* What a cache operation or a device goes to is shared with it. */
static void collect_operation(uint64_t pa, size_t bytes)
{
	uint64_t address = pa & ~CCSAN_OWN_MEMORY;

	for (size_t at = 0; at < bytes; at += GRANULE) {
		struct seen *seen = slot_of((address + at) / GRANULE);

		if (!seen)
			return;
		seen->granule = (address + at) / GRANULE;
		seen->actors |= (ccsan_actors)1 << (CCSAN_MOST_ACTORS - 1);
		seen->changed = true;
	}
}

static bool is_shared(uint64_t address)
{
	const struct seen *seen = slot_of(address / GRANULE);

	return seen && seen->changed && (seen->actors & (seen->actors - 1));
}

/* --- telling --- */

static void tell(uint64_t pc, uint64_t pa, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static void tell(uint64_t pc, uint64_t pa, const char *format, ...)
{
	unsigned actor = ccsan_stage_current(ccsan_rt.stage);
	struct ccsan_step_told step = { .serial = t->serial,
					.step = ++t->step,
					.actor = actor,
					.cpu = ccsan_stage_cpu(ccsan_rt.stage, actor),
					.pc = pc };
	va_list arguments;

	snprintf(step.name, sizeof(step.name), "%s", ccsan_stage_name(ccsan_rt.stage, actor));
	va_start(arguments, format);
	vsnprintf(step.what, sizeof(step.what), format, arguments);
	va_end(arguments);
	if (pa)
		ccsan_describe_line(pa, step.line, sizeof(step.line));
	ccsan_send_step(&step);
}

static const char *name_of(enum ccsan_operation operation)
{
	static const char *const names[CCSAN_OPERATION_COUNT] = {
		[CCSAN_READ] = "read",
		[CCSAN_WRITE] = "write",
		[CCSAN_FETCH] = "fetch",
		[CCSAN_CLEAN] = "clean",
		[CCSAN_INVALIDATE] = "invalidate",
		[CCSAN_FLUSH] = "flush",
		[CCSAN_MAP] = "map",
		[CCSAN_UNMAP] = "unmap",
		[CCSAN_OUTER_CLEAN] = "outer clean",
		[CCSAN_OUTER_INVALIDATE] = "outer invalidate",
		[CCSAN_OUTER_FLUSH] = "outer flush",
		[CCSAN_DEVICE_READ] = "device read",
		[CCSAN_DEVICE_WRITE] = "device write",
	};

	return names[operation] ? names[operation] : "operation";
}

void ccsan_trace_access(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	add((uint64_t)operation << 56 ^ address);
	if (t->mode == CCSAN_TRACE_COLLECT)
		collect(address, operation == CCSAN_WRITE);
	else if (t->mode == CCSAN_TRACE_TELL &&
		 (is_shared(address) || ccsan_is_alias(address) || ccsan_is_known_line(address)))
		tell(pc, address, "%s %#" PRIx64 " +%zu", name_of(operation), address, bytes);
}

void ccsan_trace_operation(enum ccsan_operation operation, uint64_t va, uint64_t pa, size_t bytes,
			   uint64_t pc)
{
	add((uint64_t)operation << 56 ^ va ^ pa << 1);
	if (t->mode == CCSAN_TRACE_COLLECT)
		collect_operation(pa, bytes);
	if (t->mode == CCSAN_TRACE_TELL && !bytes)
		tell(pc, 0, "%s the whole cache", name_of(operation));
	else if (t->mode == CCSAN_TRACE_TELL)
		tell(pc, pa, "%s %#" PRIx64 " +%zu", name_of(operation),
		     (uint64_t)((va ? va : pa) & ~CCSAN_OWN_MEMORY), bytes);
}

void ccsan_trace_event(uint64_t pc, const char *verb, const char *object, uint64_t address)
{
	if (!t)
		return;
	add(address ^ (uint64_t)verb[0] << 48);
	if (t->mode != CCSAN_TRACE_TELL)
		return;
	if (address)
		tell(pc, 0, "%s %s %#" PRIx64, verb, object, address);
	else
		tell(*object ? pc : 0, 0, "%s %s", verb, object);
}
