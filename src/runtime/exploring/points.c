/* SPDX-License-Identifier: MIT */
/* Where a switch may happen, and what a step touches. */
#include <stdio.h>

#include "explored.h"
#include "restore.h"

/* Objects are lines for what goes through caches, and eight bytes for what programs share: two
 * variables in one line are in no order as long as no cache operation and no device is near. */
enum { GRANULE_SHIFT = 3, LINE_SHIFT = 6 };

static bool quiet;

void ccsan_set_quiet(bool set)
{
	quiet = set;
}

bool ccsan_is_quiet(void)
{
	return quiet;
}

void ccsan_point(void)
{
	if (!ccsan_acting() || ccsan_self.inside || ccsan_is_quiet())
		return;
	ccsan_settle_registers();
	ccsan_go_on();
}

void ccsan_touch(enum ccsan_name_class class, uint64_t what, enum ccsan_touch touch)
{
	ccsan_stage_touch(ccsan_rt.stage, ccsan_name_of(class, what), touch);
}

static void touch_lines(uint64_t address, size_t bytes, enum ccsan_touch touch)
{
	uint64_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;

	for (; line <= last; line++)
		ccsan_touch(CCSAN_NAMES_LINE, line, touch);
}

static void touch_granules(uint64_t address, size_t bytes, enum ccsan_touch touch)
{
	uint64_t granule = address >> GRANULE_SHIFT, last = (address + bytes - 1) >> GRANULE_SHIFT;

	for (; granule <= last; granule++)
		ccsan_touch(CCSAN_NAMES_BYTES, granule, touch);
}

/* Where the bytes are, whichever alias leads there; 0 where none does. */
static uint64_t physical(uint64_t address)
{
	struct ccsan_address at = ccsan_simulated(address);
	uint64_t pa = 0;
	bool cached;

	if (!ccsan_machine_translate(ccsan_rt.machine, at.space, at.va, &pa, &cached))
		return 0;
	return pa;
}

/* --- lines that some run's cache operation or device went to --- */

/* Known across runs: what a step depends on must not change from one run to the next more often
 * than it has to. A full table forgets nothing, it takes nothing more. */
enum { SLOTS = 1 << 16, TRIES = 32 };

static uint64_t *operated; /* kept memory */

static uint64_t *slot_of(uint64_t line)
{
	size_t at = (line * 0x9e3779b97f4a7c15u) >> 48;

	for (unsigned tries = 0; tries < TRIES; tries++, at = (at + 1) % SLOTS)
		if (!operated[at] || operated[at] == line)
			return &operated[at];
	return NULL;
}

static void note_operated(uint64_t address, size_t bytes)
{
	uint64_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;

	for (; line <= last; line++) {
		uint64_t *slot = slot_of(line);

		if (slot)
			*slot = line;
	}
}

static bool is_operated(uint64_t address, size_t bytes)
{
	uint64_t line = address >> LINE_SHIFT, last = (address + bytes - 1) >> LINE_SHIFT;

	for (; line <= last; line++) {
		const uint64_t *slot = slot_of(line);

		if (!slot || *slot == line)
			return true;
	}
	return false;
}

void ccsan_points_begin(void)
{
	operated = ccsan_keep(SLOTS * sizeof(*operated));
}

/* Where caches have no say, accesses need no order among each other but for the bytes. Where
 * they have, any two are in an order: what is found by one puts the line right for the next. */
static void touch_accessed(enum ccsan_operation operation, uint64_t address, size_t bytes)
{
	bool writes = operation == CCSAN_WRITE;
	bool alias = ccsan_is_alias(address);
	uint64_t pa = physical(address);

	if (alias)
		ccsan_touch(CCSAN_NAMES_PAGE, address >> 12, CCSAN_LOOKS);
	if (!pa)
		return;
	touch_granules(pa, bytes, writes ? CCSAN_CHANGES : CCSAN_LOOKS);
	touch_lines(pa, bytes, alias || is_operated(pa, bytes) ? CCSAN_CHANGES : CCSAN_LOOKS);
	ccsan_touch(CCSAN_NAMES_CACHE, 0, CCSAN_LOOKS);
}

void ccsan_access_point(uint64_t address)
{
	enum ccsan_granularity granularity = ccsan_wanted()->granularity;

	if (ccsan_is_exploring() &&
	    (granularity == CCSAN_AT_ALL ||
	     (granularity == CCSAN_AT_ACCESS && !ccsan_is_actors_stack(address))))
		ccsan_point();
}

void ccsan_before_access(enum ccsan_operation operation, uint64_t address, size_t bytes,
			 uint64_t pc)
{
	if (!ccsan_is_exploring() || ccsan_is_quiet())
		return;
	touch_accessed(operation, address, bytes);
	ccsan_trace_access(operation, address, bytes, pc);
}

/* Two that write back come to the same in either order, and nobody but an access or an invalidate
 * can tell whether they were. Own memory is another matter: accesses to it do not count until some
 * run's operation went to the line. */
static enum ccsan_touch touch_of(enum ccsan_operation operation, bool alias)
{
	return alias && (operation == CCSAN_CLEAN || operation == CCSAN_FLUSH) ? CCSAN_LOOKS
									       : CCSAN_CHANGES;
}

void ccsan_before_operation(enum ccsan_operation operation, uint64_t va, uint64_t pa, size_t bytes,
			    uint64_t pc)
{
	bool alias = va && !(va & CCSAN_OWN_MEMORY);
	enum ccsan_touch touch = touch_of(operation, alias);

	ccsan_point();
	if (!ccsan_is_exploring())
		return;
	if (alias)
		ccsan_touch(CCSAN_NAMES_PAGE, va >> 12, CCSAN_LOOKS);
	if (va) /* an operation goes to a place, whatever lines are there */
		ccsan_touch(CCSAN_NAMES_PLACE, va >> LINE_SHIFT, touch);
	touch_lines(pa, bytes ? bytes : 1, touch);
	note_operated(pa, bytes ? bytes : 1);
	ccsan_touch(CCSAN_NAMES_CACHE, 0, CCSAN_LOOKS);
	ccsan_trace_operation(operation, va, pa, bytes, pc);
}

void ccsan_before_line(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	ccsan_before_operation(operation,
			       ccsan_is_alias(address) ? address : address | CCSAN_OWN_MEMORY,
			       physical(address), bytes, pc);
}

void ccsan_before_device(enum ccsan_operation operation, uint64_t at, size_t bytes, uint64_t pc)
{
	if (!ccsan_acting())
		return;
	if (!ccsan_machine_has_frames(ccsan_rt.machine, at, bytes)) {
		if (!ccsan_is_own_memory(at, bytes) && at >> 32 == 0)
			at = ccsan_complete_address(at, bytes);
		at |= CCSAN_OWN_MEMORY;
	}
	ccsan_before_operation(operation, 0, at, bytes, pc);
	touch_granules(at, bytes, operation == CCSAN_DEVICE_WRITE ? CCSAN_CHANGES : CCSAN_LOOKS);
}

void ccsan_before_state(enum ccsan_shared_state state)
{
	if (state != CCSAN_STATE_HEAP)
		ccsan_point();
	if (ccsan_acting())
		ccsan_touch(CCSAN_NAMES_STATE, state, CCSAN_CHANGES);
}

void ccsan_before_whole_cache(enum ccsan_operation operation, uint64_t pc)
{
	ccsan_point();
	if (!ccsan_acting() || !ccsan_is_exploring())
		return;
	ccsan_touch(CCSAN_NAMES_CACHE, 0, CCSAN_CHANGES);
	ccsan_trace_operation(operation, 0, 0, 0, pc);
}

void ccsan_before_mapping(uint64_t address, size_t bytes)
{
	ccsan_point();
	for (uint64_t page = address >> 12; ccsan_acting() && page <= (address + bytes - 1) >> 12;
	     page++)
		ccsan_touch(CCSAN_NAMES_PAGE, page, CCSAN_CHANGES);
}

bool ccsan_is_known_line(uint64_t address)
{
	uint64_t pa = physical(address);

	return pa && ccsan_shadow_knows(ccsan_machine_shadow(ccsan_rt.machine), pa);
}

bool ccsan_is_cached_somewhere(uint64_t address, size_t bytes)
{
	/* On several CPUs it matters which one wrote: every access is told. */
	if (ccsan_is_alias(address) || ccsan_stage_cpu_count(ccsan_rt.stage) > 1)
		return true;
	for (uint64_t at = address & ~15ull; at < address + bytes; at += 16)
		if (ccsan_is_known_line(at))
			return true;
	return false;
}

void ccsan_describe_line(uint64_t address, char *text, size_t size)
{
	struct ccsan_shadow *shadow = ccsan_machine_shadow(ccsan_rt.machine);
	uint64_t pa = ccsan_is_alias(address) ? physical(address) : address | CCSAN_OWN_MEMORY;

	if (!ccsan_shadow_knows(shadow, pa))
		snprintf(text, size, "%s", "");
	else
		snprintf(text, size, "%s",
			 ccsan_shadow_is_clean(shadow, pa) ? "memory is newest"
							   : "newer in a cache");
}

bool ccsan_obtain(enum ccsan_want want, enum ccsan_object_kind kind, uint64_t what, bool timed,
		  uint64_t pc)
{
	uint32_t origin;

	ccsan_settle_registers();
	ccsan_self.pc = pc;
	ccsan_stage_want(ccsan_rt.stage, want, kind, what, timed);
	ccsan_go_on();
	origin = pc ? ccsan_origin(pc) : 0;
	return ccsan_stage_get(ccsan_rt.stage, origin);
}
