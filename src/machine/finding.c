/* SPDX-License-Identifier: MIT */
/* From a fault of the engine to a finding: names for addresses and people, nothing decided. */
#include <stdio.h>
#include <string.h>

#include "parts.h"

static enum ccsan_kind kind_of(enum ccsan_fault fault)
{
	switch (fault) {
	case CCSAN_STALE_READ:
		return CCSAN_KIND_STALE_READ;
	case CCSAN_STALE_DMA:
		return CCSAN_KIND_STALE_DMA;
	case CCSAN_STALE_FETCH:
		return CCSAN_KIND_STALE_FETCH;
	case CCSAN_LOST_WRITE:
		return CCSAN_KIND_LOST_WRITE;
	case CCSAN_CLOBBER:
		return CCSAN_KIND_CLOBBER;
	case CCSAN_HOMONYM:
		return CCSAN_KIND_HOMONYM;
	case CCSAN_MISSING_BARRIER:
		return CCSAN_KIND_MISSING_BARRIER;
	default:
		return CCSAN_KIND_NONE;
	}
}

static enum ccsan_deed deed_of(enum ccsan_operation operation, bool instruction)
{
	switch (operation) {
	case CCSAN_READ:
		return CCSAN_DEED_READ;
	case CCSAN_WRITE:
		return CCSAN_DEED_WRITE;
	case CCSAN_FETCH:
		return CCSAN_DEED_FETCH;
	case CCSAN_CLEAN:
		return CCSAN_DEED_CLEAN;
	case CCSAN_INVALIDATE:
		return instruction ? CCSAN_DEED_ICACHE_INVALIDATE : CCSAN_DEED_INVALIDATE;
	case CCSAN_FLUSH:
		return CCSAN_DEED_FLUSH;
	case CCSAN_OUTER_CLEAN:
		return CCSAN_DEED_OUTER_CLEAN;
	case CCSAN_OUTER_INVALIDATE:
		return CCSAN_DEED_OUTER_INVALIDATE;
	case CCSAN_OUTER_FLUSH:
		return CCSAN_DEED_OUTER_FLUSH;
	case CCSAN_DEVICE_READ:
		return CCSAN_DEED_DEVICE_READ;
	case CCSAN_DEVICE_WRITE:
		return CCSAN_DEED_DEVICE_WRITE;
	case CCSAN_UNCACHED_READ:
		return CCSAN_DEED_UNCACHED_READ;
	case CCSAN_UNCACHED_WRITE:
		return CCSAN_DEED_UNCACHED_WRITE;
	case CCSAN_BARRIER:
		return CCSAN_DEED_BARRIER;
	default:
		return CCSAN_DEED_NOTHING;
	}
}

static uint64_t plain(uint64_t address)
{
	return address & ~CCSAN_OWN_MEMORY;
}

/* What people know an address as. */
static uint64_t shown(const struct ccsan_machine *m, const struct ccsan_address *at)
{
	if (!at->va)
		return 0;
	return m->host.show ? m->host.show(m->host.context, at->space, at->va) : plain(at->va);
}

static bool is_by_device(enum ccsan_operation operation)
{
	return operation == CCSAN_DEVICE_READ || operation == CCSAN_DEVICE_WRITE;
}

/* Where the whole access begins. Physically it may be in pieces: then where this one begins. */
static uint64_t first_physical(const struct ccsan_machine *m, const struct ccsan_event *event)
{
	uint64_t in_page = event->at.pa & (ccsan_machine_page_bytes(m) - 1);
	bool contiguous = is_by_device(event->operation) || (event->at.pa & CCSAN_OWN_MEMORY);

	return plain(event->at.pa) - (contiguous || event->before <= in_page ? event->before : 0);
}

static void describe(const struct ccsan_machine *m, const struct ccsan_event *event,
		     struct ccsan_actor *actor)
{
	actor->deed = deed_of(event->operation, event->instruction);
	actor->bytes = event->before + event->bytes + event->after;
	actor->pa = first_physical(m, event);
	actor->on_cpu = event->cpu;
	if (!is_by_device(event->operation)) {
		actor->va = shown(m, &event->at) - event->before;
		ccsan_machine_name_alias(m, event->at.space, event->at.va, actor->alias,
					 sizeof(actor->alias));
	}
	m->host.name(m->host.context, event->origin, actor);
}

static void describe_place(const struct ccsan_machine *m, const struct ccsan_seen_copy *copy,
			   struct ccsan_place_seen *seen)
{
	ccsan_machine_name_alias(m, copy->at.space, copy->at.va, seen->alias, sizeof(seen->alias));
	seen->va = shown(m, &copy->at);
	seen->stale = copy->stale;
	seen->present = copy->present;
	seen->dirty = copy->dirty;
	seen->present_on = copy->present_on;
	seen->dirty_on = copy->dirty_on;
	seen->instruction = copy->instruction;
	seen->by_speculation = copy->certainty == CCSAN_ON_SPECULATIVE_FILL;
}

static void describe_line(const struct ccsan_machine *m, const struct ccsan_shadow_fault *fault,
			  struct ccsan_line_seen *line)
{
	line->pa = plain(fault->line_pa);
	line->bytes = m->cpu.data.line;
	line->granule = line->bytes > 64 ? line->bytes / 64 : 1;
	line->touched = fault->touched;
	line->wrong = fault->verdict.set;
	line->memory_lacks = fault->memory_lacks;
	line->outer = m->cpu.outer.size != 0;
	line->outer_present = fault->outer_present;
	line->outer_dirty = fault->outer_dirty;
	line->outer_stale = fault->outer_stale;
	line->place_count = fault->copy_count;
	for (unsigned i = 0; i < fault->copy_count && i < CCSAN_PLACES_SEEN; i++)
		describe_place(m, &fault->copies[i], &line->places[i]);
}

static void describe_advice(const struct ccsan_machine *m, const struct ccsan_shadow_fault *fault,
			    struct ccsan_finding *finding)
{
	finding->advised_count = fault->advised_count;
	for (unsigned i = 0; i < fault->advised_count; i++) {
		const struct ccsan_advised_step *step = &fault->advised[i];
		struct ccsan_advised_call *call = &finding->advised[i];
		/* an invalidate of a copy that was only fetched is one of the instruction side */
		bool instruction = fault->access.instruction && step->operation == CCSAN_INVALIDATE;

		call->deed = deed_of(step->operation, instruction);
		call->va = shown(m, &step->at);
		call->pa = plain(step->at.pa);
		call->bytes = m->cpu.data.line;
		if (step->at.va)
			ccsan_machine_name_alias(m, step->at.space, step->at.va, call->alias,
						 sizeof(call->alias));
	}
	finding->trial = fault->trial == CCSAN_TRIED_GONE    ? CCSAN_TRIAL_GONE
			 : fault->trial == CCSAN_TRIED_STAYS ? CCSAN_TRIAL_STAYS
							     : CCSAN_TRIAL_NONE;
}

static void put_name(char *to, size_t size, const char *name)
{
	snprintf(to, size, "%s", name);
}

void ccsan_machine_take_fault(void *context, const struct ccsan_shadow_fault *fault)
{
	struct ccsan_machine *m = context;
	struct ccsan_finding finding = { .kind = kind_of(fault->verdict.fault), .count = 1 };

	m->faults++;
	finding.needs = (enum ccsan_needs)fault->verdict.certainty;
	put_name(finding.cpu, sizeof(finding.cpu), m->cpu.name);
	describe(m, &fault->access, &finding.access);
	if (fault->writer.operation == CCSAN_WRITE || fault->writer.origin)
		describe(m, &fault->writer, &finding.cause);
	if (fault->keeper.origin)
		describe(m, &fault->keeper, &finding.keeper);
	finding.cause.callers_unknown = fault->writer_may_be_later;
	describe_line(m, fault, &finding.line);
	describe_advice(m, fault, &finding);
	m->host.finding(m->host.context, &finding, fault->access.origin, fault->writer.origin);
}

static void report(struct ccsan_machine *m, enum ccsan_kind kind, enum ccsan_deed deed,
		   const struct ccsan_event *access, const struct ccsan_event *cause,
		   enum ccsan_deed cause_deed, const char *text)
{
	struct ccsan_finding finding = { .kind = kind, .count = 1 };

	put_name(finding.cpu, sizeof(finding.cpu), m->cpu.name);
	put_name(finding.text, sizeof(finding.text), text);
	describe(m, access, &finding.access);
	if (deed != CCSAN_DEED_NOTHING)
		finding.access.deed = deed;
	if (cause) {
		describe(m, cause, &finding.cause);
		finding.cause.deed = cause_deed;
	}
	m->host.finding(m->host.context, &finding, access->origin, cause ? cause->origin : 0);
}

void ccsan_machine_report(struct ccsan_machine *m, enum ccsan_kind kind, enum ccsan_deed deed,
			  const struct ccsan_event *access, const struct ccsan_event *cause,
			  const char *text)
{
	report(m, kind, deed, access, cause,
	       kind == CCSAN_KIND_LOST_DIRTY_PAGE ? CCSAN_DEED_CALL : CCSAN_DEED_MAP, text);
}

void ccsan_machine_report_freed(struct ccsan_machine *m, enum ccsan_deed deed,
				const struct ccsan_event *access, const struct ccsan_event *cause,
				const char *text)
{
	report(m, CCSAN_KIND_API_MISUSE, deed, access, cause, CCSAN_DEED_FREE, text);
}

void ccsan_machine_report_call(struct ccsan_machine *m, enum ccsan_kind kind,
			       const struct ccsan_event *access, const struct ccsan_event *cause,
			       const char *text)
{
	report(m, kind, CCSAN_DEED_CALL, access, cause, CCSAN_DEED_EARLIER, text);
}

static void describe_waiter(const struct ccsan_machine *m, const struct ccsan_event *event,
			    enum ccsan_deed deed, struct ccsan_actor *actor)
{
	actor->deed = deed;
	m->host.name(m->host.context, event->origin, actor);
}

void ccsan_machine_report_waiting(struct ccsan_machine *m, enum ccsan_kind kind,
				  const struct ccsan_event *access, const struct ccsan_event *cause,
				  const char *text)
{
	struct ccsan_finding finding = { .kind = kind, .count = 1 };
	bool deadlock = kind == CCSAN_KIND_DEADLOCK;

	put_name(finding.cpu, sizeof(finding.cpu), m->cpu.name);
	put_name(finding.text, sizeof(finding.text), text);
	describe_waiter(m, access, deadlock ? CCSAN_DEED_WAIT : CCSAN_DEED_CALL, &finding.access);
	if (cause)
		describe_waiter(m, cause, CCSAN_DEED_TAKE, &finding.cause);
	m->host.finding(m->host.context, &finding, access->origin, cause ? cause->origin : 0);
}
