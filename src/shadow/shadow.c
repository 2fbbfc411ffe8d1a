/* SPDX-License-Identifier: MIT */
/* What happens to lines, step by step: the rules of model/ around the tables. See shadow.h. */
#include "steps.h"

struct ccsan_shadow *ccsan_shadow_new(const struct ccsan_geometry *geometry,
				      const struct ccsan_shadow_host *host)
{
	struct ccsan_shadow *shadow = host->more(host->context, sizeof(*shadow));

	shadow->geometry = *geometry;
	shadow->host = *host;
	while (1u << shadow->line_shift < geometry->line_bytes)
		shadow->line_shift++;
	while (1u << shadow->page_shift < geometry->page_bytes)
		shadow->page_shift++;
	shadow->granule_shift = shadow->line_shift > 6 ? shadow->line_shift - 6 : 0;
	shadow->table_bytes = sizeof(*shadow);
	shadow->cpu_count = 1;
	return shadow;
}

void ccsan_shadow_set_cpus(struct ccsan_shadow *shadow, unsigned count)
{
	shadow->cpu_count = count;
}

void ccsan_shadow_set_barriers(struct ccsan_shadow *shadow, bool matter)
{
	shadow->barriers = matter && !shadow->geometry.snooping && !shadow->geometry.ordered;
}

/* --- lines --- */

/* The granules of a line from one offset to another; whole granules, never none. */
static ccsan_set granules(const struct ccsan_shadow *shadow, uint64_t offset, uint64_t bytes)
{
	unsigned low = (unsigned)(offset >> shadow->granule_shift);
	unsigned high = (unsigned)((offset + bytes - 1) >> shadow->granule_shift);
	ccsan_set up_to_high = high == 63 ? ~(ccsan_set)0 : ((ccsan_set)1 << (high + 1)) - 1;

	return up_to_high & ~(((ccsan_set)1 << low) - 1);
}

static ccsan_set whole_line(const struct ccsan_shadow *shadow)
{
	return granules(shadow, 0, shadow->geometry.line_bytes);
}

static bool take_step(const struct ccsan_shadow *shadow, enum ccsan_operation operation,
		      struct ccsan_met_line *line, struct ccsan_copy *copy, ccsan_set set)
{
	struct ccsan_step step = {
		.operation = operation, .line = &line->model, .copy = copy, .set = set
	};

	line->page->held = true;
	return ccsan_model_apply(&shadow->geometry.caches, &step);
}

/* MAP or UNMAP, which are each CPU's own. */
static bool take_map_step(const struct ccsan_shadow *shadow, enum ccsan_operation operation,
			  struct ccsan_met_line *line, struct ccsan_copy *copy, unsigned cpu)
{
	struct ccsan_step step = {
		.operation = operation, .line = &line->model, .copy = copy, .cpu = (uint8_t)cpu
	};

	line->page->held = true;
	return ccsan_model_apply(&shadow->geometry.caches, &step);
}

static bool reachable(const struct ccsan_shadow *shadow, const struct ccsan_alias *alias,
		      unsigned cpu)
{
	return alias->cached &&
	       (alias->at.space == 0 || alias->at.space == shadow->current_space[cpu]);
}

/* The two sides of a CPU: the data side is shared, the instruction side its own. */
static unsigned side_of(bool instruction, unsigned cpu)
{
	return instruction ? ccsan_instruction_side(cpu) : CCSAN_DATA_SIDE;
}

static struct ccsan_address line_through(const struct ccsan_alias *alias,
					 const struct ccsan_met_line *line)
{
	uint64_t offset = line->pa - alias->at.pa;

	return (struct ccsan_address){ alias->at.space, alias->at.va + offset, line->pa };
}

static struct ccsan_address line_through_own(const struct ccsan_met_line *line)
{
	return (struct ccsan_address){ 0, line->own_va, line->pa };
}

/* The state of a line has changed at a place, possibly by a fill: accesses to other lines at
 * this place would be homonyms from now on. */
static void revoke_at(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		      const struct ccsan_copy *copy)
{
	const struct ccsan_copy *rival;

	ccsan_revoke(shadow, line);
	if (copy)
		ccsan_for_each_rival (rival, copy)
			ccsan_revoke(shadow, ccsan_met_line_of(rival->line));
}

/* A speculating CPU may fill both sides of a mapped line from the moment it is mapped. On others
 * the copies are made when the program comes. */
static void map_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		     const struct ccsan_address *at, unsigned cpu)
{
	for (int instruction = 0; instruction < 2; instruction++) {
		struct ccsan_copy *copy =
			ccsan_tables_copy(shadow, line, at, side_of(instruction, cpu));

		if (take_map_step(shadow, CCSAN_MAP, line, copy, cpu))
			revoke_at(shadow, line, copy);
	}
}

static void map_line_everywhere(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
				const struct ccsan_address *at)
{
	for (unsigned cpu = 0; cpu < shadow->cpu_count; cpu++)
		map_line(shadow, line, at, cpu);
}

static void map_line_through(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			     const struct ccsan_alias *alias)
{
	struct ccsan_address at = line_through(alias, line);

	for (unsigned cpu = 0; cpu < shadow->cpu_count; cpu++)
		if (reachable(shadow, alias, cpu))
			map_line(shadow, line, &at, cpu);
}

/* Start-up code ran on the first CPU. */
static void be_born(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		    enum ccsan_birth birth)
{
	struct ccsan_address at = line_through_own(line);
	struct ccsan_copy *copy;

	if (birth == CCSAN_BORN_AT_RESET || !line->own_cached)
		return;
	copy = ccsan_tables_copy(shadow, line, &at, CCSAN_DATA_SIDE);
	take_step(shadow, birth == CCSAN_BORN_CLEAN ? CCSAN_READ : CCSAN_WRITE, line, copy,
		  whole_line(shadow));
	if (birth == CCSAN_BORN_GARBAGE)
		take_step(shadow, CCSAN_FORGET, line, NULL, whole_line(shadow));
	for (unsigned cpu = 0; cpu < shadow->cpu_count; cpu++) {
		take_map_step(shadow, CCSAN_MAP, line, copy, cpu);
		if (shadow->geometry.caches.speculative)
			map_line(shadow, line, &at, cpu);
	}
}

static struct ccsan_met_line *new_line(struct ccsan_shadow *shadow, struct ccsan_page *page,
				       uint64_t pa)
{
	struct ccsan_met_line *line = ccsan_tables_take(shadow, sizeof(*line));
	struct ccsan_origin_line origin = { .birth = CCSAN_BORN_AT_RESET };
	struct ccsan_alias *alias;

	line->pa = pa;
	line->page = page;
	ccsan_tables_add_line(shadow, page, line);
	ccsan_model_reset(&shadow->geometry.caches, &line->model);
	shadow->host.meet(shadow->host.context, pa, &origin);
	line->own = origin.own;
	line->own_cached = origin.own && origin.cached;
	line->own_va = origin.va;
	line->own_permits = origin.permits;
	be_born(shadow, line, origin.birth);
	for (alias = page->aliases; alias && shadow->geometry.caches.speculative;
	     alias = alias->next_of_page)
		map_line_through(shadow, line, alias);
	ccsan_deny_all(shadow, line);
	return line;
}

static struct ccsan_met_line *meet_line(struct ccsan_shadow *shadow, uint64_t pa)
{
	struct ccsan_page *page = ccsan_tables_page(shadow, pa);
	struct ccsan_met_line *line =
		ccsan_tables_line(page, (unsigned)((pa - page->pa) >> shadow->line_shift));

	return line ? line : new_line(shadow, page, ccsan_line_start(shadow, pa));
}

bool ccsan_shadow_knows(const struct ccsan_shadow *shadow, uint64_t pa)
{
	return ccsan_tables_find_line(shadow, pa) != NULL;
}

bool ccsan_shadow_is_clean(const struct ccsan_shadow *shadow, uint64_t pa)
{
	const struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);

	return line && !line->model.memory_lacks[CCSAN_WORST];
}

uint32_t ccsan_shadow_word(const struct ccsan_shadow *shadow, uint64_t pa)
{
	const struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);

	return line ? line->callers_word : 0;
}

void ccsan_shadow_set_word(struct ccsan_shadow *shadow, uint64_t pa, uint32_t word)
{
	struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);

	if (!line)
		return;
	ccsan_revoke(shadow, line);
	line->callers_word = word;
}

void ccsan_shadow_watch(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes, bool watch)
{
	for (uint64_t at = ccsan_line_start(shadow, pa); at < pa + bytes;
	     at += shadow->geometry.line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, at);

		ccsan_revoke(shadow, line);
		line->watchers += watch ? 1 : -1;
	}
}

bool ccsan_shadow_watched(const struct ccsan_shadow *shadow, uint64_t pa)
{
	const struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);

	return line && line->watchers > 0;
}

void ccsan_shadow_meet(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes)
{
	for (uint64_t at = ccsan_line_start(shadow, pa); at < pa + bytes;
	     at += shadow->geometry.line_bytes)
		meet_line(shadow, at);
}

/* --- who did what --- */

/* Who wrote what: the newest writer comes first and takes the granules from the others. */
static void note_writer(struct ccsan_met_line *line, ccsan_set set, const struct ccsan_event *event)
{
	struct ccsan_writer *w = line->writers;
	unsigned kept = 0;

	for (unsigned i = 0; i < CCSAN_WRITERS; i++) {
		w[i].set &= ~set;
		if (w[i].set)
			w[kept++] = w[i];
	}
	if (kept == CCSAN_WRITERS)
		kept--;
	for (unsigned i = kept; i > 0; i--)
		w[i] = w[i - 1];
	for (unsigned i = kept + 1; i < CCSAN_WRITERS; i++)
		w[i].set = 0;
	w[0] = (struct ccsan_writer){ .set = set, .event = *event };
}

static void note(struct ccsan_met_line *line, ccsan_set set, const struct ccsan_event *event)
{
	switch (event->operation) {
	case CCSAN_WRITE:
	case CCSAN_DEVICE_WRITE:
	case CCSAN_UNCACHED_WRITE:
		note_writer(line, set, event);
		line->callers_word = 0;
		break;
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_INVALIDATE:
	case CCSAN_OUTER_FLUSH:
		line->keeper = *event;
		break;
	default:
		break;
	}
}

static void heal(struct ccsan_shadow *shadow, struct ccsan_met_line *line, struct ccsan_copy *copy,
		 enum ccsan_fault fault)
{
	struct ccsan_copy *rival;

	if (copy && fault == CCSAN_HOMONYM) {
		ccsan_for_each_rival (rival, copy)
			ccsan_revoke(shadow, ccsan_met_line_of(rival->line));
		ccsan_model_evict_rivals(copy);
	}
	ccsan_model_heal(&line->model);
	ccsan_revoke(shadow, line);
}

/* --- what is left pending until a barrier --- */

static struct ccsan_pending *find_pending(const struct ccsan_met_line *line, unsigned cpu)
{
	struct ccsan_late *late;

	ccsan_for_each_late(late, &line->model) if (ccsan_pending_of(late)->event.cpu ==
						    cpu) return ccsan_pending_of(late);
	return NULL;
}

/* Does this operation leave anything pending? A write may only find something pending. */
static bool may_leave_pending(const struct ccsan_step *step)
{
	switch (step->operation) {
	case CCSAN_CLEAN:
	case CCSAN_INVALIDATE:
	case CCSAN_FLUSH:
		return step->copy && !step->copy->instruction;
	case CCSAN_OUTER_CLEAN:
	case CCSAN_OUTER_INVALIDATE:
	case CCSAN_OUTER_FLUSH:
	case CCSAN_UNCACHED_WRITE:
		return true;
	default:
		return false;
	}
}

static void keep_pending(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			 const struct ccsan_late *late, const struct ccsan_event *event)
{
	struct ccsan_pending *pending = shadow->free_pending;

	if (pending)
		shadow->free_pending = pending->next_of_cpu;
	else
		pending = ccsan_tables_take(shadow, sizeof(*pending));
	pending->model = *late;
	pending->line = line;
	pending->event = *event;
	pending->next_of_cpu = shadow->pending[event->cpu];
	shadow->pending[event->cpu] = pending;
	pending->model.next_of_line = line->model.late;
	line->model.late = &pending->model;
}

/* As ccsan_model_apply(), keeping what is left pending. */
static bool apply_late(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		       struct ccsan_step *step, const struct ccsan_event *event)
{
	struct ccsan_pending *pending = find_pending(line, event->cpu);
	bool leaves = may_leave_pending(step), changed;
	struct ccsan_late fresh = { .stores = 0 };

	if (pending)
		step->late = &pending->model;
	else if (leaves)
		step->late = &fresh;
	changed = ccsan_model_apply(&shadow->geometry.caches, step);
	step->late = NULL; /* it may be on this stack */
	if (!leaves)
		return changed;
	if (pending)
		pending->event = *event;
	else if (ccsan_model_is_pending(&fresh))
		keep_pending(shadow, line, &fresh, event);
	ccsan_revoke(shadow, line); /* a write through may complete it */
	return changed;
}

static void unlink_from_line(struct ccsan_pending *pending)
{
	struct ccsan_late **at = &pending->line->model.late;

	while (*at != &pending->model)
		at = &(*at)->next_of_line;
	*at = pending->model.next_of_line;
}

void ccsan_shadow_barrier(struct ccsan_shadow *shadow, unsigned cpu)
{
	struct ccsan_pending *pending = shadow->pending[cpu], *next;

	for (; pending; pending = next) {
		next = pending->next_of_cpu;
		unlink_from_line(pending);
		pending->next_of_cpu = shadow->free_pending;
		shadow->free_pending = pending;
	}
	shadow->pending[cpu] = NULL;
}

/* --- one step with everything around it --- */

/* Checks, tells about a fault, does. `step` has copy, set and also. Return: whether the state
 * changed. */
static bool perform(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		    struct ccsan_step *step, const struct ccsan_event *event)
{
	const struct ccsan_caches *caches = &shadow->geometry.caches;
	struct ccsan_verdict verdict;
	bool changed;

	step->operation = event->operation;
	step->line = &line->model;
	step->cpu = event->cpu;
	verdict = ccsan_model_check(caches, step);
	if (verdict.fault) {
		ccsan_tell_fault(shadow, line, step, &verdict, event);
		heal(shadow, line, step->copy, verdict.fault);
	}
	changed = shadow->barriers ? apply_late(shadow, line, step, event)
				   : ccsan_model_apply(caches, step);
	if (changed) {
		line->page->held = true;
		revoke_at(shadow, line, step->copy);
	}
	note(line, step->set, event);
	return changed;
}

/* By physical address: not through a place. */
static bool perform_below(struct ccsan_shadow *shadow, struct ccsan_met_line *line, ccsan_set set,
			  const struct ccsan_event *event)
{
	struct ccsan_step step = { .set = set };

	return perform(shadow, line, &step, event);
}

/* The part of an event that falls into the line at `pa`. */
static struct ccsan_event part_in_line(const struct ccsan_shadow *shadow,
				       const struct ccsan_event *event, uint64_t pa)
{
	uint64_t end = event->at.pa + event->bytes, line_end = pa + shadow->geometry.line_bytes;
	uint64_t from = pa > event->at.pa ? pa : event->at.pa;
	uint64_t to = line_end < end ? line_end : end;
	struct ccsan_event part = *event;

	part.at.va += from - event->at.pa;
	part.at.pa = from;
	part.bytes = to > from ? (uint32_t)(to - from) : 0;
	part.before += (uint32_t)(from - event->at.pa);
	part.after += (uint32_t)(end > to ? end - to : 0);
	return part;
}

static ccsan_set touched(const struct ccsan_shadow *shadow, const struct ccsan_event *part,
			 uint64_t line_pa)
{
	return part->bytes ? granules(shadow, part->at.pa - line_pa, part->bytes) : 0;
}

/* The lines an event touches, after widening to lines of `line_bytes`. */
struct extent {
	uint64_t from, to;
};

static struct extent extent_of(const struct ccsan_event *event, unsigned line_bytes,
			       unsigned engine_line_bytes)
{
	unsigned unit = line_bytes > engine_line_bytes ? line_bytes : engine_line_bytes;
	uint64_t mask = ~(uint64_t)(unit - 1);

	return (struct extent){ event->at.pa & mask,
				(event->at.pa + event->bytes + unit - 1) & mask };
}

/* Nothing that software could do to the caches matters here: devices, aliases and fetches all see
 * the newest bytes. Where devices snoop but aliases or fetches do not, operations count. */
static bool is_coherent(const struct ccsan_geometry *g)
{
	return g->snooping && g->data == CCSAN_PIPT && g->instruction_coherent;
}

/* A write that all caches snoop: no copy is older than these bytes any more. */
static void snooped_write(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	struct ccsan_event heard = *event;

	heard.operation = CCSAN_FORGET;
	ccsan_shadow_forget(shadow, &heard);
	for (uint64_t pa = ccsan_line_start(shadow, event->at.pa); pa < event->at.pa + event->bytes;
	     pa += shadow->geometry.line_bytes)
		ccsan_shadow_set_word(shadow, pa, 0);
}

/* The program's own memory may be uncached line by line: an MPU region, page attributes. */
static bool is_uncached_own(const struct ccsan_met_line *line, const struct ccsan_address *at)
{
	return line->own && !line->own_cached && at->va - line->own_va == at->pa - line->pa;
}

static void access_past_caches(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			       struct ccsan_event *part)
{
	part->operation =
		part->operation == CCSAN_WRITE ? CCSAN_UNCACHED_WRITE : CCSAN_UNCACHED_READ;
	if (shadow->geometry.snooping) {
		if (part->operation == CCSAN_UNCACHED_WRITE)
			snooped_write(shadow, part);
		return;
	}
	perform_below(shadow, line, touched(shadow, part, line->pa), part);
}

static void access_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			const struct ccsan_event *part)
{
	bool instruction = part->instruction && !shadow->geometry.instruction_coherent;
	struct ccsan_copy *copy =
		ccsan_tables_copy(shadow, line, &part->at, side_of(instruction, part->cpu));
	struct ccsan_step step = { .copy = copy, .set = touched(shadow, part, line->pa) };

	copy->mapped |= (ccsan_cpu_set)(1u << part->cpu);
	/* People know a place by the alias that they used last. */
	ccsan_pair_of(copy)->at =
		(struct ccsan_address){ part->at.space, ccsan_line_start(shadow, part->at.va),
					line->pa };
	perform(shadow, line, &step, part);
	if (part->operation != CCSAN_FETCH && !line->watchers && shadow->cpu_count == 1)
		ccsan_grant(shadow, line, copy, part);
}

void ccsan_shadow_access(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	unsigned line_bytes = shadow->geometry.line_bytes;
	struct extent e = extent_of(event, line_bytes, line_bytes);

	for (uint64_t pa = e.from; pa < e.to; pa += line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, pa);
		struct ccsan_event part = part_in_line(shadow, event, pa);

		if (is_uncached_own(line, &part.at))
			access_past_caches(shadow, line, &part);
		else
			access_line(shadow, line, &part);
	}
}

void ccsan_shadow_memory(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	unsigned line_bytes = shadow->geometry.line_bytes;
	struct extent e = extent_of(event, line_bytes, line_bytes);

	if (shadow->geometry.snooping) {
		if (event->operation == CCSAN_DEVICE_WRITE ||
		    event->operation == CCSAN_UNCACHED_WRITE)
			snooped_write(shadow, event);
		return;
	}
	for (uint64_t pa = e.from; pa < e.to; pa += line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, pa);
		struct ccsan_event part = part_in_line(shadow, event, pa);

		perform_below(shadow, line, touched(shadow, &part, pa), &part);
	}
}

void ccsan_shadow_forget(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	unsigned line_bytes = shadow->geometry.line_bytes;
	struct extent e = extent_of(event, line_bytes, line_bytes);

	for (uint64_t pa = e.from; pa < e.to; pa += line_bytes) {
		struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);
		struct ccsan_event part = part_in_line(shadow, event, pa);

		if (line)
			perform_below(shadow, line, touched(shadow, &part, pa), &part);
	}
}

/* --- cache operations --- */

/* The other CPUs that an operation by address is sent to. */
static ccsan_cpu_set others(const struct ccsan_shadow *shadow)
{
	if (shadow->cpu_count == 1 || shadow->geometry.local_maintenance)
		return 0;
	return (ccsan_cpu_set)((1u << shadow->cpu_count) - 1);
}

/* At a virtual place the operation hits every line that may be there; what the program gives up by
 * an invalidate are only bytes of the line it has mapped there. Other CPUs get the physical address
 * of that line. */
static bool maintain_place(struct ccsan_shadow *shadow, struct ccsan_copy *copy, ccsan_set set,
			   const struct ccsan_event *event)
{
	struct ccsan_step step = { .copy = copy, .set = set, .also = others(shadow) };
	struct ccsan_copy *rival;
	bool changed = perform(shadow, ccsan_met_line_of(copy->line), &step, event);

	ccsan_for_each_rival (rival, copy) {
		struct ccsan_step along = { .copy = rival };

		changed |= perform(shadow, ccsan_met_line_of(rival->line), &along, event);
	}
	return changed;
}

/* Instruction caches are places of their own: each CPU's is one. */
static bool maintain_sides(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			   const struct ccsan_address *at, ccsan_set set,
			   const struct ccsan_event *event)
{
	struct ccsan_copy *copy =
		ccsan_tables_copy(shadow, line, at, side_of(event->instruction, event->cpu));
	bool changed = maintain_place(shadow, copy, set, event);

	for (unsigned cpu = 0; event->instruction && cpu < shadow->cpu_count; cpu++) {
		struct ccsan_event sent = *event;

		if (cpu == event->cpu || !others(shadow))
			continue;
		sent.cpu = (uint8_t)cpu;
		copy = ccsan_tables_copy(shadow, line, at, side_of(true, cpu));
		changed |= maintain_place(shadow, copy, set, &sent);
	}
	return changed;
}

unsigned ccsan_shadow_maintain(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	const struct ccsan_geometry *g = &shadow->geometry;
	bool instruction = event->instruction;
	struct extent e = extent_of(event, instruction ? g->instruction_line_bytes : g->line_bytes,
				    g->line_bytes);
	unsigned changed = 0;

	if (is_coherent(g) || !event->bytes || (instruction && g->instruction_coherent))
		return 0;
	for (uint64_t pa = e.from; pa < e.to; pa += g->line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, pa);
		struct ccsan_event part = part_in_line(shadow, event, pa);
		struct ccsan_address at = { event->at.space, event->at.va + (pa - event->at.pa),
					    pa };

		if (is_uncached_own(line, &at))
			continue; /* no place */
		changed += maintain_sides(shadow, line, &at, touched(shadow, &part, pa), &part);
	}
	return changed;
}

/* Is this a place of the event's CPU, on the event's side? */
static bool is_on_side(const struct ccsan_copy *copy, const struct ccsan_event *event)
{
	return ccsan_pair_of(copy)->place >> 60 == side_of(event->instruction, event->cpu);
}

static bool maintain_copy(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			  struct ccsan_copy *copy, const struct ccsan_event *event)
{
	struct ccsan_step step = { .copy = copy };
	struct ccsan_event part = *event;

	part.at = ccsan_pair_of(copy)->at;
	part.bytes = shadow->geometry.line_bytes;
	return perform(shadow, line, &step, &part);
}

/* Sets and ways come in an order that nobody chose. In the worst one a dirty copy is the last, and
 * a CPU that speculates has filled the others again by then, with what was not yet written back. */
static bool maintain_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			  const struct ccsan_event *event)
{
	struct ccsan_copy *copy;
	bool changed = false;

	for (int dirty = 0; dirty < 2; dirty++)
		ccsan_for_each_copy (copy, &line->model)
			if (is_on_side(copy, event) && (copy->in[CCSAN_WORST].dirty != 0) == dirty)
				changed |= maintain_copy(shadow, line, copy, event);
	return changed;
}

static bool is_held(const struct ccsan_met_line *line)
{
	const struct ccsan_copy *copy;

	ccsan_for_each_copy (copy, &line->model)
		for (int world = 0; world < CCSAN_WORLD_COUNT; world++)
			if (copy->in[world].present || copy->in[world].dirty)
				return true;
	return line->model.late != NULL;
}

/* Most pages are in no cache, in programs that flush all at each switch of the address space. */
static unsigned maintain_page(struct ccsan_shadow *shadow, struct ccsan_page *page,
			      const struct ccsan_event *event)
{
	unsigned lines_of_page = shadow->geometry.page_bytes >> shadow->line_shift, changed = 0;
	bool held = false;

	for (unsigned i = 0; i < lines_of_page; i++)
		if (page->lines[i]) {
			changed += maintain_line(shadow, page->lines[i], event);
			held |= is_held(page->lines[i]);
		}
	page->held = held;
	return changed;
}

unsigned ccsan_shadow_maintain_all(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	struct ccsan_page *page;
	unsigned changed = 0;

	if (is_coherent(&shadow->geometry) ||
	    (event->instruction && shadow->geometry.instruction_coherent))
		return 0;
	for (page = shadow->met_pages; page; page = page->next)
		if (page->held)
			changed += maintain_page(shadow, page, event);
	return changed;
}

unsigned ccsan_shadow_outer(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	const struct ccsan_geometry *g = &shadow->geometry;
	struct extent e = extent_of(event, g->outer_line_bytes, g->line_bytes);
	unsigned changed = 0;

	if (!g->caches.outer || is_coherent(g) || !event->bytes)
		return 0;
	for (uint64_t pa = e.from; pa < e.to; pa += g->line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, pa);
		struct ccsan_event part = part_in_line(shadow, event, pa);

		changed += perform_below(shadow, line, touched(shadow, &part, pa), &part);
	}
	return changed;
}

void ccsan_shadow_report_loss(struct ccsan_shadow *shadow, uint64_t line_pa)
{
	struct ccsan_met_line *line = ccsan_tables_find_line(shadow, line_pa);
	struct ccsan_step step = { .operation = CCSAN_DEVICE_READ };
	struct ccsan_verdict verdict;

	if (!line || !line->model.lost)
		return;
	step.line = &line->model;
	step.set = line->model.lost;
	verdict = ccsan_model_check(&shadow->geometry.caches, &step);
	ccsan_tell_fault(shadow, line, &step, &verdict, &line->keeper);
	heal(shadow, line, NULL, verdict.fault);
}

/* --- mappings --- */

static void map_known_lines(struct ccsan_shadow *shadow, const struct ccsan_alias *alias)
{
	struct ccsan_page *page = ccsan_tables_page(shadow, alias->at.pa);

	if (!shadow->geometry.caches.speculative || !alias->cached || !page->lines)
		return;
	for (unsigned i = 0; i < shadow->geometry.page_bytes >> shadow->line_shift; i++)
		if (page->lines[i])
			map_line_through(shadow, page->lines[i], alias);
}

/* Does a mapped alias of the page lead a CPU to the same places as this address of it does? The
 * answer is the same for all lines of the page. */
static bool alias_leads_to(const struct ccsan_shadow *shadow, const struct ccsan_page *page,
			   const struct ccsan_address *at, bool instruction, unsigned cpu)
{
	unsigned side = side_of(instruction, cpu);
	uint64_t place = ccsan_tables_place(shadow, at, side);
	const struct ccsan_alias *alias;

	for (alias = page->aliases; alias; alias = alias->next_of_page) {
		uint64_t offset = at->pa - alias->at.pa;
		struct ccsan_address same = { alias->at.space, alias->at.va + offset, at->pa };

		if (reachable(shadow, alias, cpu) &&
		    ccsan_tables_place(shadow, &same, side) == place)
			return true;
	}
	return false;
}

/* An address of the line is out of a CPU's reach, and no other alias leads to its place. */
static void unmap_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		       const struct ccsan_address *at, bool instruction, unsigned cpu)
{
	unsigned side = side_of(instruction, cpu);
	uint64_t place = ccsan_tables_place(shadow, at, side);
	struct ccsan_copy *copy = ccsan_tables_find_copy_at(shadow, line, place, side);
	struct ccsan_address own = line_through_own(line);

	if (copy && !(line->own_cached && ccsan_tables_place(shadow, &own, side) == place))
		take_map_step(shadow, CCSAN_UNMAP, line, copy, cpu);
}

/* Only what fills by itself asks what is mapped. */
static void unmap_known_lines(struct ccsan_shadow *shadow, const struct ccsan_alias *alias,
			      struct ccsan_page *page, unsigned cpu)
{
	unsigned lines_of_page = shadow->geometry.page_bytes >> shadow->line_shift;

	if (!shadow->geometry.caches.speculative || !page->lines)
		return;
	for (int instruction = 0; instruction < 2; instruction++) {
		if (alias_leads_to(shadow, page, &alias->at, instruction, cpu))
			continue;
		for (unsigned i = 0; i < lines_of_page; i++)
			if (page->lines[i]) {
				struct ccsan_address at = line_through(alias, page->lines[i]);

				unmap_line(shadow, page->lines[i], &at, instruction, cpu);
			}
	}
}

void ccsan_shadow_map(struct ccsan_shadow *shadow, const struct ccsan_address *at, bool cached,
		      uint8_t *permits)
{
	map_known_lines(shadow, ccsan_tables_add_alias(shadow, at, cached, permits));
}

void ccsan_shadow_unmap(struct ccsan_shadow *shadow, const struct ccsan_address *at)
{
	struct ccsan_alias *alias = ccsan_tables_find_alias(shadow, at->space, at->va);
	struct ccsan_page *page;
	struct ccsan_alias gone;

	if (!alias)
		return;
	page = ccsan_tables_page(shadow, alias->at.pa);
	gone = *alias;
	ccsan_revoke_alias(shadow, alias);
	ccsan_tables_remove_alias(shadow, alias);
	for (unsigned cpu = 0; cpu < shadow->cpu_count; cpu++)
		unmap_known_lines(shadow, &gone, page, cpu);
}

void ccsan_shadow_set_permits(struct ccsan_shadow *shadow, const struct ccsan_address *at,
			      uint8_t *permits)
{
	struct ccsan_alias *alias = ccsan_tables_find_alias(shadow, at->space, at->va);

	if (!alias)
		return;
	ccsan_revoke_alias(shadow, alias);
	alias->permits = permits;
}

void ccsan_shadow_switch(struct ccsan_shadow *shadow, unsigned cpu, uint32_t space)
{
	uint32_t before = shadow->current_space[cpu];
	struct ccsan_alias *alias;

	shadow->current_space[cpu] = space;
	if (!shadow->geometry.caches.speculative || before == space)
		return;
	for (alias = before ? ccsan_tables_space(shadow, before)->aliases : NULL; alias;
	     alias = alias->next_of_space)
		if (alias->cached)
			unmap_known_lines(shadow, alias, ccsan_tables_page(shadow, alias->at.pa),
					  cpu);
	for (alias = space ? ccsan_tables_space(shadow, space)->aliases : NULL; alias;
	     alias = alias->next_of_space)
		map_known_lines(shadow, alias);
}

static void unmap_own_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line, unsigned cpu)
{
	struct ccsan_address own = line_through_own(line);

	for (int instruction = 0; instruction < 2; instruction++)
		if (!alias_leads_to(shadow, line->page, &own, instruction, cpu))
			unmap_line(shadow, line, &own, instruction, cpu);
}

void ccsan_shadow_set_own_alias(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes,
				bool cached)
{
	for (uint64_t at = ccsan_line_start(shadow, pa); at < pa + bytes;
	     at += shadow->geometry.line_bytes) {
		struct ccsan_met_line *line = meet_line(shadow, at);
		struct ccsan_address own = line_through_own(line);

		ccsan_revoke(shadow, line);
		line->own_cached = cached;
		if (cached)
			map_line_everywhere(shadow, line, &own);
		else
			for (unsigned cpu = 0; cpu < shadow->cpu_count; cpu++)
				unmap_own_line(shadow, line, cpu);
	}
}

/* --- checks of the whole --- */

static const char *broken_invariant_of_line(const struct ccsan_shadow *shadow,
					    const struct ccsan_met_line *line)
{
	const char *broken = ccsan_model_broken_invariant(&shadow->geometry.caches, &line->model);
	ccsan_set written = 0;

	if (broken)
		return broken;
	if (ccsan_tables_find_line(shadow, line->pa) != line)
		return "a line is found by its address";
	for (unsigned i = 0; i < CCSAN_WRITERS; i++) {
		if (line->writers[i].set & written)
			return "a granule has one newest writer";
		written |= line->writers[i].set;
	}
	return ccsan_broken_permit(shadow, line);
}

const char *ccsan_shadow_broken_invariant(const struct ccsan_shadow *shadow)
{
	unsigned lines_of_page = shadow->geometry.page_bytes >> shadow->line_shift;

	for (const struct ccsan_page *page = shadow->met_pages; page; page = page->next)
		for (unsigned i = 0; i < lines_of_page; i++) {
			const char *broken =
				page->lines[i] ? broken_invariant_of_line(shadow, page->lines[i])
					       : NULL;

			if (broken)
				return broken;
		}
	return NULL;
}

size_t ccsan_shadow_table_bytes(const struct ccsan_shadow *shadow)
{
	return shadow->table_bytes;
}
