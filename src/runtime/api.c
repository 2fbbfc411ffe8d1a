/* SPDX-License-Identifier: MIT */
/* ccsan/cache.h and ccsan/machine.h: each function is the machine's, with the lock around it. */
#include <stdio.h>
#include <string.h>

#include "runtime/exploring/explore.h"
#include "machine/hosted.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

/* --- coming in and going out --- */

/* A call of the API inside a signal handler that interrupted the runtime is the program's mistake:
 * cache operations are not put off. */
static void come_in(uint64_t pc)
{
	ccsan_start();
	ccsan_settle_registers();
	if (!ccsan_enter(pc))
		ccsan_die("a signal handler called ccsan while its thread was in ccsan");
}

static struct ccsan_event event_at(enum ccsan_operation operation, const volatile void *p,
				   uint64_t pc)
{
	return (struct ccsan_event){ .operation = operation,
				     .at = ccsan_simulated((uint64_t)(uintptr_t)p),
				     .cpu = ccsan_this_cpu(),
				     .origin = ccsan_origin(pc) };
}

static void misuse(const struct ccsan_event *event, enum ccsan_deed deed, const char *text)
{
	ccsan_machine_report(ccsan_rt.machine, CCSAN_KIND_API_MISUSE, deed, event, NULL, text);
}

/* --- cache operations --- */

typedef uint64_t range_operation(struct ccsan_machine *, const struct ccsan_event *, uint64_t bytes,
				 uint64_t *changed);

/* Own memory has one page table for all: the host's. */
static uint64_t mapped_bytes(const volatile void *p, size_t n)
{
	uint64_t address = (uint64_t)(uintptr_t)p;

	if (ccsan_is_alias(address) || ccsan_is_own_memory(address, n))
		return n;
	return 0;
}

static uint64_t lines_of(uint64_t at, size_t n)
{
	uint64_t line = ccsan_line_size();

	return (at + n - 1) / line - at / line + 1;
}

static bool has_outer_cache(void)
{
	return ccsan_machine_cpu(ccsan_rt.machine)->outer.size != 0;
}

/* Return: lines changed. */
static uint64_t on_range(range_operation *operate, struct ccsan_event *event,
			 const volatile void *p, size_t n, enum ccsan_deed deed)
{
	uint64_t done = mapped_bytes(p, n), changed = 0, pa;
	char text[CCSAN_TEXT_BYTES];
	bool cached;

	if (!n)
		return 0;
	event->bytes = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	if (ccsan_machine_translate(ccsan_rt.machine, event->at.space, event->at.va, &pa, &cached))
		event->at.pa = pa;
	if (operate != ccsan_machine_outer || has_outer_cache())
		ccsan_rt.maintained_lines += lines_of(event->at.va, n);
	if (done && ccsan_is_own_memory((uint64_t)(uintptr_t)p, n))
		ccsan_look_for_unseen(event->at.pa, n);
	if (done)
		done = operate(ccsan_rt.machine, event, n, &changed);
	if (done == n && ccsan_is_own_memory((uint64_t)(uintptr_t)p, n))
		ccsan_remember_content(event->at.pa, n);
	if (done < n) {
		snprintf(text, sizeof(text), "%s of %zu bytes, of which %zu are not mapped",
			 ccsan_deed_name(deed), n, n - (size_t)done);
		event->at.va += done;
		misuse(event, deed, text);
	}
	return changed;
}

/* One call of the machine for a range, or one for each line of it, with others in between.
 * Return: lines changed. */
static uint64_t on_lines(range_operation *operate, enum ccsan_operation operation,
			 const volatile void *p, size_t n, uint64_t pc, enum ccsan_deed deed)
{
	uint64_t line = ccsan_line_size(), at = (uint64_t)(uintptr_t)p, end = at + n;
	uint64_t changed = 0;
	bool by_line = ccsan_acting() && (operate != ccsan_machine_outer || has_outer_cache());
	struct ccsan_event event;

	for (uint64_t stop; at < end; at = stop) {
		stop = by_line ? (at & ~(line - 1)) + line : end;
		stop = stop < end ? stop : end;
		if (by_line)
			ccsan_before_line(operation, at, stop - at, pc);
		come_in(pc);
		event = event_at(operation, (const void *)(uintptr_t)at, pc); // NOLINT
		event.instruction = deed == CCSAN_DEED_ICACHE_INVALIDATE;
		changed += on_range(operate, &event, (const void *)(uintptr_t)at, // NOLINT
				    stop - at, deed);
		ccsan_leave();
	}
	return changed;
}

static void count_lines(range_operation *operate, enum ccsan_operation operation,
			const volatile void *p, size_t n, uint64_t pc, enum ccsan_deed deed)
{
	uint64_t changed = on_lines(operate, operation, p, n, pc, deed);

	if (n)
		ccsan_count_site(pc, deed, changed);
}

static void by_address(enum ccsan_operation operation, const volatile void *p, size_t n,
		       uint64_t pc, enum ccsan_deed deed)
{
	count_lines(ccsan_machine_maintain, operation, p, n, pc, deed);
}

void ccsan_clean(const volatile void *p, size_t n)
{
	by_address(CCSAN_CLEAN, p, n, PC, CCSAN_DEED_CLEAN);
}

void ccsan_invalidate(const volatile void *p, size_t n)
{
	by_address(CCSAN_INVALIDATE, p, n, PC, CCSAN_DEED_INVALIDATE);
}

void ccsan_flush(const volatile void *p, size_t n)
{
	by_address(CCSAN_FLUSH, p, n, PC, CCSAN_DEED_FLUSH);
}

void ccsan_icache_invalidate(const volatile void *p, size_t n)
{
	by_address(CCSAN_INVALIDATE, p, n, PC, CCSAN_DEED_ICACHE_INVALIDATE);
}

static uint64_t lines_of_cache(bool instruction)
{
	const struct ccsan_cpu *cpu = ccsan_machine_cpu(ccsan_rt.machine);
	const struct ccsan_cache *cache = instruction ? &cpu->instruction : &cpu->data;

	return cache->size ? cache->size / cache->line : 0;
}

/* Own memory that the engine has not met: after a clean it is clean; after an invalidate what was
 * dirty is gone, which the caller's own stack frame stands for. */
static uint64_t whole_cache(enum ccsan_operation operation, uint64_t pc, enum ccsan_deed deed)
{
	struct ccsan_event event;
	uint64_t changed;
	int on_stack;

	ccsan_before_whole_cache(operation, pc);
	come_in(pc);
	event = event_at(operation, &on_stack, pc);
	event.instruction = deed == CCSAN_DEED_ICACHE_INVALIDATE;
	if (operation == CCSAN_INVALIDATE && !event.instruction && !ccsan_rt.swept)
		ccsan_shadow_meet(ccsan_machine_shadow(ccsan_rt.machine), event.at.pa, 1);
	ccsan_rt.maintained_lines += lines_of_cache(event.instruction);
	changed = ccsan_machine_maintain_all(ccsan_rt.machine, &event);
	if (!event.instruction && !ccsan_machine_cpu(ccsan_rt.machine)->snooping) {
		ccsan_sweep_own_memory();
		changed++;
	}
	ccsan_leave();
	return changed;
}

static void count_whole_cache(enum ccsan_operation operation, uint64_t pc, enum ccsan_deed deed)
{
	ccsan_count_site(pc, deed, whole_cache(operation, pc, deed));
}

void ccsan_clean_all(void)
{
	count_whole_cache(CCSAN_CLEAN, PC, CCSAN_DEED_CLEAN);
}

void ccsan_invalidate_all(void)
{
	count_whole_cache(CCSAN_INVALIDATE, PC, CCSAN_DEED_INVALIDATE);
}

void ccsan_flush_all(void)
{
	count_whole_cache(CCSAN_FLUSH, PC, CCSAN_DEED_FLUSH);
}

void ccsan_icache_invalidate_all(void)
{
	count_whole_cache(CCSAN_INVALIDATE, PC, CCSAN_DEED_ICACHE_INVALIDATE);
}

static void outer(enum ccsan_operation operation, const volatile void *p, size_t n, uint64_t pc,
		  enum ccsan_deed deed)
{
	count_lines(ccsan_machine_outer, operation, p, n, pc, deed);
}

void ccsan_outer_clean(const volatile void *p, size_t n)
{
	outer(CCSAN_OUTER_CLEAN, p, n, PC, CCSAN_DEED_OUTER_CLEAN);
}

void ccsan_outer_invalidate(const volatile void *p, size_t n)
{
	outer(CCSAN_OUTER_INVALIDATE, p, n, PC, CCSAN_DEED_OUTER_INVALIDATE);
}

void ccsan_outer_flush(const volatile void *p, size_t n)
{
	outer(CCSAN_OUTER_FLUSH, p, n, PC, CCSAN_DEED_OUTER_FLUSH);
}

/* Clean from inside out. A flush empties L1 first; what a speculating CPU fetches again before the
 * outer cache is flushed is the newest. */
void ccsan_dma_clean(const volatile void *p, size_t n)
{
	uint64_t pc = PC;

	by_address(CCSAN_CLEAN, p, n, pc, CCSAN_DEED_CLEAN);
	outer(CCSAN_OUTER_CLEAN, p, n, pc, CCSAN_DEED_CLEAN);
}

/* Before a transfer L1 comes first: what is dirty there could be evicted into the outer cache.
 * After one it comes last: it may have been filled from there. */
void ccsan_dma_invalidate(const volatile void *p, size_t n)
{
	uint64_t pc = PC;

	if (ccsan_hosted_cpu()->outer.size)
		by_address(CCSAN_INVALIDATE, p, n, pc, CCSAN_DEED_INVALIDATE);
	outer(CCSAN_OUTER_INVALIDATE, p, n, pc, CCSAN_DEED_INVALIDATE);
	by_address(CCSAN_INVALIDATE, p, n, pc, CCSAN_DEED_INVALIDATE);
}

void ccsan_dma_flush(const volatile void *p, size_t n)
{
	uint64_t pc = PC;

	by_address(CCSAN_FLUSH, p, n, pc, CCSAN_DEED_FLUSH);
	outer(CCSAN_OUTER_FLUSH, p, n, pc, CCSAN_DEED_FLUSH);
}

/* --- hosted.h --- */

struct ccsan_machine *ccsan_hosted_enter(uint64_t pc)
{
	come_in(pc);
	return ccsan_rt.machine;
}

const struct ccsan_cpu *ccsan_hosted_cpu(void)
{
	ccsan_start();
	return ccsan_machine_cpu(ccsan_rt.machine);
}

void ccsan_hosted_leave(void)
{
	ccsan_leave();
}

struct ccsan_event ccsan_hosted_event(const volatile void *p, size_t n, uint64_t pc)
{
	struct ccsan_event event = event_at(CCSAN_FORGET, p, pc);
	bool cached;

	event.bytes = n < UINT32_MAX ? (uint32_t)n : UINT32_MAX;
	if (!ccsan_machine_translate(ccsan_rt.machine, event.at.space, event.at.va, &event.at.pa,
				     &cached))
		event.at.pa = 0;
	return event;
}

static void complete(uint64_t pc)
{
	struct ccsan_event event;

	come_in(pc);
	event = event_at(CCSAN_BARRIER, NULL, pc);
	ccsan_machine_barrier(ccsan_rt.machine, &event);
	ccsan_leave();
	ccsan_point();
}

static enum ccsan_deed deed_of(enum ccsan_operation operation)
{
	return operation == CCSAN_CLEAN   ? CCSAN_DEED_CLEAN
	       : operation == CCSAN_FLUSH ? CCSAN_DEED_FLUSH
					  : CCSAN_DEED_INVALIDATE;
}

void ccsan_hosted_maintain(enum ccsan_operation operation, const volatile void *p, size_t n,
			   bool outside_in, uint64_t pc)
{
	enum ccsan_operation outer_operation = operation == CCSAN_CLEAN   ? CCSAN_OUTER_CLEAN
					       : operation == CCSAN_FLUSH ? CCSAN_OUTER_FLUSH
									  : CCSAN_OUTER_INVALIDATE;
	enum ccsan_deed deed = deed_of(operation);

	if (outside_in)
		on_lines(ccsan_machine_outer, outer_operation, p, n, pc, deed);
	on_lines(ccsan_machine_maintain, operation, p, n, pc, deed);
	if (!outside_in)
		on_lines(ccsan_machine_outer, outer_operation, p, n, pc, deed);
	complete(pc); /* operating systems end with a barrier */
}

/* Others may have unmapped it since the line before. */
static uint64_t maintain_what_is_mapped(struct ccsan_machine *machine,
					const struct ccsan_event *event, uint64_t bytes,
					uint64_t *changed)
{
	if (!ccsan_machine_allows(machine, event->at.space, event->at.va, false))
		return bytes;
	return ccsan_machine_maintain(machine, event, bytes, changed);
}

static void on_mapped_lines(enum ccsan_operation operation, const volatile void *p, size_t n,
			    uint64_t pc, enum ccsan_deed deed)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);
	uint64_t page = ccsan_page_size(), va = at.va, end = at.va + n, next;

	for (; va < end; va = next) {
		next = (va & ~(page - 1)) + page;
		next = next < end ? next : end;
		if (ccsan_machine_allows(ccsan_rt.machine, at.space, va, false))
			on_lines(maintain_what_is_mapped, operation,
				 ccsan_hosted_pointer(at.space, va), next - va, pc, deed);
	}
}

void ccsan_hosted_operate(enum ccsan_operation operation, const volatile void *p, size_t n)
{
	on_mapped_lines(operation, p, n, PC, deed_of(operation));
}

void ccsan_hosted_operate_icache(const volatile void *p, size_t n)
{
	on_mapped_lines(CCSAN_INVALIDATE, p, n, PC, CCSAN_DEED_ICACHE_INVALIDATE);
}

void ccsan_hosted_operate_all(enum ccsan_operation operation)
{
	whole_cache(operation, PC, deed_of(operation));
}

void ccsan_hosted_operate_icache_all(void)
{
	whole_cache(CCSAN_INVALIDATE, PC, CCSAN_DEED_ICACHE_INVALIDATE);
}

uint32_t ccsan_hosted_here(void)
{
	uint32_t origin;

	come_in(PC);
	origin = ccsan_origin(PC);
	ccsan_leave();
	return origin;
}

void ccsan_hosted_report(enum ccsan_kind kind, const volatile void *p, size_t n, uint32_t cause,
			 const char *text)
{
	ccsan_hosted_report_at(PC, kind, p, n, cause, text);
}

void ccsan_hosted_report_at(uint64_t pc, enum ccsan_kind kind, const volatile void *p, size_t n,
			    uint32_t cause, const char *text)
{
	struct ccsan_event access, other;

	come_in(pc);
	access = ccsan_hosted_event(p, n, pc);
	other = access;
	other.origin = cause;
	ccsan_machine_report_call(ccsan_rt.machine, kind, &access, cause ? &other : NULL, text);
	ccsan_leave();
}

void ccsan_hosted_writes(const volatile void *p, size_t n, uint64_t pc)
{
	ccsan_range(CCSAN_WRITE, p, n, pc);
}

void ccsan_hosted_reads(const volatile void *p, size_t n, uint64_t pc)
{
	ccsan_range(CCSAN_READ, p, n, pc);
}

void ccsan_barrier(void)
{
	complete(PC);
}

void ccsan_fetch(const volatile void *p, size_t n)
{
	if (n)
		ccsan_slow(CCSAN_FETCH, (uint64_t)(uintptr_t)p, n, PC);
}

void ccsan_forget(const volatile void *p, size_t n)
{
	struct ccsan_event event;

	come_in(PC);
	event = event_at(CCSAN_FORGET, p, PC);
	ccsan_machine_forget(ccsan_rt.machine, &event, n);
	ccsan_leave();
}

size_t ccsan_line_size(void)
{
	ccsan_start();
	return ccsan_machine_cpu(ccsan_rt.machine)->data.line;
}

/* --- frames --- */

size_t ccsan_page_size(void)
{
	ccsan_start();
	return ccsan_machine_page_bytes(ccsan_rt.machine);
}

ccsan_phys ccsan_page_alloc(unsigned pages)
{
	ccsan_phys frames;

	ccsan_before_state(CCSAN_STATE_FRAMES);
	come_in(PC);
	frames = ccsan_machine_alloc(ccsan_rt.machine, pages);
	ccsan_leave();
	return frames;
}

void ccsan_page_free(ccsan_phys frames, unsigned pages)
{
	struct ccsan_event event;

	ccsan_before_state(CCSAN_STATE_FRAMES);
	come_in(PC);
	if (!ccsan_machine_free(ccsan_rt.machine, frames, pages)) {
		event = event_at(CCSAN_FORGET, NULL, PC);
		event.at = (struct ccsan_address){ .pa = frames };
		misuse(&event, CCSAN_DEED_CALL,
		       "ccsan_page_free() of frames that are not allocated");
	}
	ccsan_leave();
}

/* --- aliases --- */

static void *map(ccsan_phys frames, unsigned pages, const struct ccsan_wish *wish, uint64_t pc)
{
	struct ccsan_machine *machine = ccsan_rt.machine;
	struct ccsan_event event;
	uint32_t space = (wish->attributes & CCSAN_REGION_MASK) == CCSAN_USER ? wish->space : 0;
	uint64_t va = 0, bytes = (uint64_t)pages * ccsan_machine_page_bytes(machine);

	if (!ccsan_machine_has_frames(machine, frames, bytes) || !pages ||
	    frames % ccsan_machine_page_bytes(machine)) {
		event = event_at(CCSAN_FORGET, NULL, pc);
		event.at = (struct ccsan_address){ .pa = frames };
		misuse(&event, CCSAN_DEED_CALL, "ccsan_map() of frames that are not allocated");
	} else {
		va = ccsan_machine_map(machine, frames, pages, wish);
	}
	return va ? (void *)(uintptr_t)ccsan_hosted(space, va) : NULL; // NOLINT
}

void *ccsan_map(ccsan_phys frames, unsigned pages, unsigned attributes)
{
	struct ccsan_wish wish = { .attributes = attributes };
	void *alias;

	ccsan_before_state(CCSAN_STATE_FRAMES);
	come_in(PC);
	wish.space = ccsan_machine_space(ccsan_rt.machine, ccsan_this_cpu());
	alias = map(frames, pages, &wish, PC);
	ccsan_leave();
	return alias;
}

void *ccsan_map_at(ccsan_phys frames, unsigned pages, unsigned attributes, unsigned space,
		   uint64_t at)
{
	struct ccsan_wish wish = { .attributes =
					   (attributes & ~(unsigned)CCSAN_REGION_MASK) | CCSAN_USER,
				   .space = space,
				   .fixed = true,
				   .va = at };
	uint64_t page = ccsan_page_size();
	void *alias = NULL;

	ccsan_before_state(CCSAN_STATE_FRAMES);
	come_in(PC);
	if (ccsan_machine_has_space(ccsan_rt.machine, space) && at % page == 0 &&
	    at < CCSAN_USER_END && pages <= (CCSAN_USER_END - at) / page)
		alias = map(frames, pages, &wish, PC);
	ccsan_leave();
	return alias;
}

void *ccsan_hosted_map(ccsan_phys frames, unsigned pages, unsigned attributes, uint64_t at)
{
	struct ccsan_wish wish = { .attributes = (attributes & ~(unsigned)CCSAN_REGION_MASK) |
						 (at < CCSAN_KMAP_BASE ? CCSAN_VMAP : CCSAN_KMAP),
				   .fixed = true,
				   .va = at };
	void *alias;

	ccsan_before_mapping(ccsan_hosted(0, at), pages * ccsan_page_size());
	come_in(PC);
	alias = map(frames, pages, &wish, PC);
	if (alias)
		ccsan_discard_at_mapping(0, at, pages * ccsan_page_size());
	ccsan_leave();
	return alias;
}

void ccsan_unmap(const volatile void *alias, unsigned pages)
{
	struct ccsan_event event;

	ccsan_before_mapping((uint64_t)(uintptr_t)alias, pages * ccsan_page_size());
	come_in(PC);
	event = event_at(CCSAN_UNMAP, alias, PC);
	if (!ccsan_is_alias((uint64_t)(uintptr_t)alias) ||
	    !ccsan_machine_unmap(ccsan_rt.machine, event.at.space, event.at.va, pages))
		misuse(&event, CCSAN_DEED_CALL,
		       "ccsan_unmap() of an address where nothing is mapped");
	ccsan_leave();
}

void ccsan_remap(const volatile void *alias, unsigned pages, ccsan_phys frames)
{
	struct ccsan_event event;
	struct ccsan_wish wish = { .fixed = true };

	ccsan_before_mapping((uint64_t)(uintptr_t)alias, pages * ccsan_page_size());
	come_in(PC);
	event = event_at(CCSAN_UNMAP, alias, PC);
	wish.va = event.at.va;
	wish.space = event.at.space;
	wish.attributes = event.at.va < CCSAN_USER_END ? CCSAN_USER : CCSAN_VMAP;
	if (!ccsan_is_alias((uint64_t)(uintptr_t)alias) ||
	    !ccsan_machine_unmap(ccsan_rt.machine, event.at.space, event.at.va, pages))
		misuse(&event, CCSAN_DEED_CALL,
		       "ccsan_remap() of an address where nothing is mapped");
	else
		map(frames, pages, &wish, PC);
	ccsan_leave();
}

/* --- spaces --- */

unsigned ccsan_space_new(void)
{
	unsigned space;

	ccsan_before_state(CCSAN_STATE_FRAMES);
	come_in(PC);
	space = ccsan_machine_new_space(ccsan_rt.machine);
	ccsan_leave();
	return space;
}

unsigned ccsan_space_current(void)
{
	ccsan_start();
	return ccsan_machine_space(ccsan_rt.machine, ccsan_this_cpu());
}

void ccsan_space_switch(unsigned space)
{
	struct ccsan_event event;

	ccsan_before_state(CCSAN_STATE_SPACE);
	come_in(PC);
	if (ccsan_machine_has_space(ccsan_rt.machine, space)) {
		ccsan_machine_switch(ccsan_rt.machine, ccsan_this_cpu(), space);
	} else {
		event = event_at(CCSAN_UNMAP, NULL, PC);
		misuse(&event, CCSAN_DEED_CALL,
		       "ccsan_space_switch() to a space that does not exist");
	}
	ccsan_leave();
}

uint64_t ccsan_user_limit(void)
{
	return CCSAN_USER_END;
}

/* --- addresses --- */

uint64_t ccsan_virtual_address(const volatile void *p)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);

	return at.space ? at.va : (uint64_t)(uintptr_t)p;
}

ccsan_phys ccsan_physical_address(const volatile void *p)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);
	uint64_t pa = 0;
	bool cached;

	ccsan_start();
	if (!ccsan_machine_translate(ccsan_rt.machine, at.space, at.va, &pa, &cached))
		return 0;
	return pa & ~CCSAN_OWN_MEMORY;
}

unsigned ccsan_colour_count(void)
{
	ccsan_start();
	return ccsan_machine_colours(ccsan_rt.machine);
}

unsigned ccsan_colour_of(const volatile void *p)
{
	ccsan_start();
	return ccsan_machine_colour(ccsan_rt.machine, (uint64_t)(uintptr_t)p);
}

void ccsan_set_cached(const volatile void *p, size_t n, bool cached)
{
	struct ccsan_event event;

	come_in(PC);
	event = event_at(CCSAN_MAP, p, PC);
	if (ccsan_is_own_memory((uint64_t)(uintptr_t)p, n))
		ccsan_shadow_set_own_alias(ccsan_machine_shadow(ccsan_rt.machine), event.at.pa, n,
					   cached);
	else
		misuse(&event, CCSAN_DEED_CALL,
		       "ccsan_set_cached() of what is not the program's own memory");
	ccsan_leave();
}
