/* SPDX-License-Identifier: MIT */
/* Statements on a machine. See litmus.h. */
#include <stdlib.h>
#include <string.h>

#include "running.h"

enum { OWN_SPACE = 1 };

void *ccsan_must(void *memory)
{
	if (!memory) {
		fprintf(stderr, "ccsan: out of memory\n");
		exit(2);
	}
	return memory;
}

/* --- what the machine needs --- */

static void *more(void *context, size_t bytes)
{
	struct ccsan_running *r = context;
	size_t size = (sizeof(struct ccsan_chunk) + bytes + 63) & ~(size_t)63;
	struct ccsan_chunk *chunk = ccsan_must(aligned_alloc(64, size));

	memset(chunk, 0, size);
	chunk->next = r->chunks;
	chunk->bytes = bytes;
	r->chunks = chunk;
	return chunk->memory;
}

static uint8_t *permits(void *context, uint32_t space, uint64_t va)
{
	(void)context, (void)space, (void)va;
	return NULL; /* every access comes to the engine */
}

static bool place(void *context, uint32_t space, uint64_t va, uint64_t pa, unsigned pages)
{
	struct ccsan_running *r = context;

	(void)space, (void)va, (void)pa, (void)pages;
	r->mapped = true;
	return true;
}

/* An origin is a statement's number, from 1. */
static void name(void *context, uint32_t origin, struct ccsan_actor *actor)
{
	struct ccsan_running *r = context;
	const struct ccsan_statement *s;

	if (!origin || origin > r->litmus->statements_count)
		return;
	s = &r->litmus->statements[origin - 1];
	snprintf(actor->who, sizeof(actor->who), "%.31s",
		 s->verb == CCSAN_VERB_DEVICE ? r->litmus->devices[s->device].name : s->thread);
	actor->depth = 1;
	actor->stack[0] = (uint64_t)s->line;
}

static void take_finding(void *context, struct ccsan_finding *finding, uint32_t access,
			 uint32_t cause)
{
	struct ccsan_running *r = context;

	r->kinds |= 1u << finding->kind;
	r->findings++;
	if (r->found)
		r->found(r->context, finding, access, cause);
}

/* --- addresses --- */

uint32_t ccsan_running_space(const struct ccsan_alias_object *alias)
{
	if ((alias->attributes & CCSAN_REGION_MASK) != CCSAN_USER)
		return 0;
	return OWN_SPACE + alias->space;
}

ccsan_phys ccsan_running_page(const struct ccsan_running *r, unsigned frame, unsigned page)
{
	return r->frames[frame] + page * ccsan_machine_page_bytes(r->machine);
}

/* A fixed address of a kernel region lies in that region, at the same place within an alias span.
 */
uint64_t ccsan_running_fixed_address(const struct ccsan_alias_object *alias)
{
	switch (alias->attributes & CCSAN_REGION_MASK) {
	case CCSAN_USER:
		return alias->at;
	case CCSAN_VMAP:
		return CCSAN_VMAP_BASE + alias->at % (CCSAN_KMAP_BASE - CCSAN_VMAP_BASE);
	case CCSAN_KMAP:
		return CCSAN_KMAP_BASE + alias->at % (CCSAN_WINDOW_BYTES - CCSAN_KMAP_BASE);
	default:
		return CCSAN_KERNEL_BASE + alias->at % (CCSAN_VMAP_BASE - CCSAN_KERNEL_BASE);
	}
}

static void map(struct ccsan_running *r, unsigned index, unsigned frame, unsigned first_page)
{
	const struct ccsan_alias_object *alias = &r->litmus->aliases[index];
	struct ccsan_wish wish = { .attributes = alias->attributes,
				   .space = ccsan_running_space(alias),
				   .fixed = alias->fixed || r->aliases[index],
				   .va = r->aliases[index] };

	if (wish.fixed && !wish.va)
		wish.va = ccsan_running_fixed_address(alias);
	wish.va &= ~(uint64_t)(ccsan_machine_page_bytes(r->machine) - 1);
	r->aliases[index] = ccsan_machine_map(r->machine, ccsan_running_page(r, frame, first_page),
					      alias->pages, &wish);
}

/* --- statements --- */

static struct ccsan_event event_of(const struct ccsan_running *r,
				   const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;

	return (struct ccsan_event){ .operation = s->operation,
				     .instruction = s->instruction,
				     .cpu = (uint8_t)s->cpu,
				     .bytes = (uint32_t)part->bytes,
				     .origin = ccsan_running_origin(r, s) };
}

/* Nobody reaches an alias of another space: using one says that the CPU runs it now. */
static void run_space(struct ccsan_running *r, unsigned cpu, uint32_t space)
{
	if (space && space != ccsan_machine_space(r->machine, cpu))
		ccsan_machine_switch(r->machine, cpu, space);
}

static void report(struct ccsan_running *r, const struct ccsan_event *event, const char *text)
{
	ccsan_machine_report(r->machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_NOTHING, event, NULL,
			     text);
}

static void do_on_alias(struct ccsan_running *r, const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;
	const struct ccsan_alias_object *alias = &r->litmus->aliases[s->object];
	struct ccsan_event event = event_of(r, part);
	uint64_t changed, done;

	event.at.space = ccsan_running_space(alias);
	event.at.va = r->aliases[s->object] + part->offset;
	run_space(r, s->cpu, event.at.space);
	if (s->verb == CCSAN_VERB_ACCESS)
		done = ccsan_machine_access(r->machine, &event, part->bytes);
	else
		done = ccsan_machine_maintain(r->machine, &event, part->bytes, &changed);
	if (done < part->bytes)
		report(r, &event, "an alias that is not mapped (any more)");
}

/* Every cache hears what a snooping device writes: no copy is older any more, and what was given up
 * is there again. What it reads is the newest. */
static void do_by_snooping_device(struct ccsan_running *r, struct ccsan_event *event,
				  uint64_t bytes)
{
	if (event->operation != CCSAN_DEVICE_WRITE)
		return;
	event->operation = CCSAN_FORGET;
	ccsan_machine_forget_physical(r->machine, event, bytes);
}

static void do_on_frame(struct ccsan_running *r, const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;
	struct ccsan_event event = event_of(r, part);
	bool by_device = s->verb == CCSAN_VERB_DEVICE;

	event.at.pa = r->frames[s->object] + part->offset;
	if (by_device && r->litmus->devices[s->device].coherent)
		do_by_snooping_device(r, &event, part->bytes);
	else if (s->verb == CCSAN_VERB_OUTER)
		ccsan_machine_outer_physical(r->machine, &event, part->bytes);
	else if (by_device)
		ccsan_machine_device(r->machine, &event, part->bytes);
	else
		ccsan_machine_forget_physical(r->machine, &event, part->bytes);
}

static void do_mapping(struct ccsan_running *r, const struct ccsan_statement *s,
		       const struct ccsan_event *event)
{
	const struct ccsan_alias_object *alias = &r->litmus->aliases[s->object];

	if (s->verb == CCSAN_VERB_MAP) {
		map(r, s->object, alias->frame, alias->first_page);
		if (!r->aliases[s->object])
			report(r, event, "the address is taken");
		return;
	}
	ccsan_machine_unmap(r->machine, ccsan_running_space(alias), r->aliases[s->object],
			    alias->pages);
	if (s->verb == CCSAN_VERB_REMAP)
		map(r, s->object, s->frame, s->first_page);
}

void ccsan_running_do(struct ccsan_running *r, const struct ccsan_deed_part *part)
{
	const struct ccsan_statement *s = part->statement;
	struct ccsan_event event = event_of(r, part);

	switch (s->verb) {
	case CCSAN_VERB_MAP:
	case CCSAN_VERB_REMAP:
	case CCSAN_VERB_UNMAP:
		do_mapping(r, s, &event);
		break;
	case CCSAN_VERB_SWITCH:
		ccsan_machine_switch(r->machine, s->cpu, OWN_SPACE + s->object + 1);
		break;
	case CCSAN_VERB_ACCESS:
	case CCSAN_VERB_MAINTAIN:
		do_on_alias(r, part);
		break;
	case CCSAN_VERB_ALL:
		ccsan_machine_maintain_all(r->machine, &event);
		break;
	case CCSAN_VERB_OUTER:
	case CCSAN_VERB_DEVICE:
	case CCSAN_VERB_FORGET:
		do_on_frame(r, part);
		break;
	case CCSAN_VERB_BARRIER:
		ccsan_machine_barrier(r->machine, &event);
		break;
	default: /* who runs when is explore.c's matter */
		break;
	}
}

unsigned ccsan_running_unit(const struct ccsan_running *r, const struct ccsan_statement *s)
{
	unsigned line = r->cpu->data.line;
	unsigned unit = s->instruction ? r->cpu->instruction.line
			: s->verb == CCSAN_VERB_OUTER && r->cpu->outer.size ? r->cpu->outer.line
									    : line;

	return unit > line ? unit : line;
}

/* --- a whole run --- */

void ccsan_running_start(struct ccsan_running *r)
{
	const struct ccsan_litmus *l = r->litmus;
	const struct ccsan_cpu *cpu = r->cpu;
	struct ccsan_machine_host host = { .context = r,
					   .more = more,
					   .permits = permits,
					   .place = place,
					   .name = name,
					   .finding = take_finding };
	uint64_t pages = 0;

	for (unsigned i = 0; i < l->frames_count; i++)
		pages += l->frames[i].pages;
	r->machine = ccsan_machine_new(cpu, (pages + 1) * cpu->page, &host);
	ccsan_machine_set_cpus(r->machine, l->cpus);
	ccsan_machine_set_barriers(r->machine, l->barriers);
	r->frames = more(r, (l->frames_count + 1) * sizeof(*r->frames));
	r->aliases = more(r, (l->aliases_count + 1) * sizeof(*r->aliases));
	for (unsigned i = 0; i < l->frames_count; i++)
		r->frames[i] = ccsan_machine_alloc(r->machine, l->frames[i].pages);
	for (unsigned i = 0; i <= l->spaces_count; i++)
		ccsan_machine_new_space(r->machine);
	for (unsigned c = 0; c < l->cpus; c++)
		ccsan_machine_switch(r->machine, c, OWN_SPACE);
}

void ccsan_running_free(struct ccsan_running *r)
{
	struct ccsan_chunk *next;

	for (struct ccsan_chunk *chunk = r->chunks; chunk; chunk = next) {
		next = chunk->next;
		free(chunk->before);
		free(chunk);
	}
	r->chunks = NULL;
}

/* What an invalidate gave up and nothing has written since is lost for whoever comes next; a litmus
 * file is over before anybody can. */
void ccsan_running_end(struct ccsan_running *r)
{
	size_t page = ccsan_machine_page_bytes(r->machine);

	for (unsigned f = 0; f < r->litmus->frames_count; f++)
		ccsan_machine_report_losses(r->machine, r->frames[f],
					    r->litmus->frames[f].pages * page);
}

/* --- redundant calls --- */

static bool is_operation(const struct ccsan_statement *s)
{
	return s->verb == CCSAN_VERB_MAINTAIN || s->verb == CCSAN_VERB_ALL ||
	       s->verb == CCSAN_VERB_OUTER;
}

static ccsan_kinds kinds_without(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
				 int skipped_line)
{
	struct ccsan_litmus_search search = { .strategy = CCSAN_EXHAUSTIVE,
					      .skipped_line = skipped_line };

	return ccsan_litmus_search(litmus, cpu, &search);
}

static bool is_needed(const struct ccsan_litmus *litmus, int line)
{
	const struct ccsan_cpu *cpu;

	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++)
		if (kinds_without(litmus, cpu, 0) != kinds_without(litmus, cpu, line))
			return true;
	return false;
}

int ccsan_litmus_redundant_line(const struct ccsan_litmus *litmus)
{
	for (unsigned i = 0; i < litmus->statements_count; i++)
		if (is_operation(&litmus->statements[i]) &&
		    !is_needed(litmus, litmus->statements[i].line))
			return litmus->statements[i].line;
	return 0;
}
