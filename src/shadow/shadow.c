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
	return shadow;
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

	return ccsan_model_apply(&shadow->geometry.caches, &step);
}

static bool reachable(const struct ccsan_shadow *shadow, const struct ccsan_alias *alias)
{
	return alias->cached && (alias->at.space == 0 || alias->at.space == shadow->current_space);
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
		     const struct ccsan_address *at)
{
	for (int instruction = 0; instruction < 2; instruction++) {
		struct ccsan_copy *copy = ccsan_tables_copy(shadow, line, at, instruction);

		if (take_step(shadow, CCSAN_MAP, line, copy, 0))
			revoke_at(shadow, line, copy);
	}
}

static void be_born(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		    enum ccsan_birth birth)
{
	struct ccsan_address at = line_through_own(line);
	struct ccsan_copy *copy;

	if (birth == CCSAN_BORN_AT_RESET || !line->own_cached)
		return;
	copy = ccsan_tables_copy(shadow, line, &at, false);
	take_step(shadow, birth == CCSAN_BORN_CLEAN ? CCSAN_READ : CCSAN_WRITE, line, copy,
		  whole_line(shadow));
	if (birth == CCSAN_BORN_GARBAGE)
		take_step(shadow, CCSAN_FORGET, line, NULL, whole_line(shadow));
	take_step(shadow, CCSAN_MAP, line, copy, 0);
	if (shadow->geometry.caches.speculative)
		take_step(shadow, CCSAN_MAP, line, ccsan_tables_copy(shadow, line, &at, true), 0);
}

static struct ccsan_met_line *new_line(struct ccsan_shadow *shadow, struct ccsan_page *page,
				       uint64_t pa)
{
	struct ccsan_met_line *line = ccsan_tables_take(shadow, sizeof(*line));
	struct ccsan_origin_line origin = { .birth = CCSAN_BORN_AT_RESET };
	struct ccsan_alias *alias;

	line->pa = pa;
	line->page = page;
	page->lines[(pa - page->pa) >> shadow->line_shift] = line;
	ccsan_model_reset(&shadow->geometry.caches, &line->model);
	shadow->host.meet(shadow->host.context, pa, &origin);
	line->own = origin.own;
	line->own_cached = origin.own && origin.cached;
	line->own_va = origin.va;
	line->own_permits = origin.permits;
	be_born(shadow, line, origin.birth);
	for (alias = page->aliases; alias && shadow->geometry.caches.speculative;
	     alias = alias->next_of_page) {
		struct ccsan_address at = line_through(alias, line);

		if (reachable(shadow, alias))
			map_line(shadow, line, &at);
	}
	ccsan_deny_all(shadow, line);
	return line;
}

static struct ccsan_met_line *meet_line(struct ccsan_shadow *shadow, uint64_t pa)
{
	struct ccsan_page *page = ccsan_tables_page(shadow, pa);
	struct ccsan_met_line *line = page->lines[(pa - page->pa) >> shadow->line_shift];

	return line ? line : new_line(shadow, page, ccsan_line_start(shadow, pa));
}

bool ccsan_shadow_knows(const struct ccsan_shadow *shadow, uint64_t pa)
{
	return ccsan_tables_find_line(shadow, pa) != NULL;
}

bool ccsan_shadow_is_clean(const struct ccsan_shadow *shadow, uint64_t pa)
{
	const struct ccsan_met_line *line = ccsan_tables_find_line(shadow, pa);

	return line && !line->model.memory_lacks;
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

/* --- one step with everything around it --- */

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

/* Checks, tells about a fault, does. Return: whether the state changed. */
static bool perform(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		    struct ccsan_copy *copy, ccsan_set set, const struct ccsan_event *event)
{
	const struct ccsan_caches *caches = &shadow->geometry.caches;
	struct ccsan_step step = {
		.operation = event->operation, .line = &line->model, .copy = copy, .set = set
	};
	struct ccsan_verdict verdict = ccsan_model_check(caches, &step);
	bool changed;

	if (verdict.fault) {
		ccsan_tell_fault(shadow, line, &step, &verdict, event);
		heal(shadow, line, copy, verdict.fault);
	}
	changed = ccsan_model_apply(caches, &step);
	if (changed)
		revoke_at(shadow, line, copy);
	note(line, set, event);
	return changed;
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
	perform(shadow, line, NULL, touched(shadow, part, line->pa), part);
}

static void access_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			const struct ccsan_event *part)
{
	bool instruction = part->instruction && !shadow->geometry.instruction_coherent;
	struct ccsan_copy *copy = ccsan_tables_copy(shadow, line, &part->at, instruction);

	copy->mapped = true;
	/* People know a place by the alias that they used last. */
	ccsan_pair_of(copy)->at =
		(struct ccsan_address){ part->at.space, ccsan_line_start(shadow, part->at.va),
					line->pa };
	perform(shadow, line, copy, touched(shadow, part, line->pa), part);
	if (part->operation != CCSAN_FETCH && !line->watchers)
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

		perform(shadow, line, NULL, touched(shadow, &part, pa), &part);
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
			perform(shadow, line, NULL, touched(shadow, &part, pa), &part);
	}
}

/* --- cache operations --- */

/* At a virtual place the operation hits every line that may be there; what the program gives up by
 * an invalidate are only bytes of the line it has mapped there. */
static bool maintain_place(struct ccsan_shadow *shadow, struct ccsan_copy *copy, ccsan_set set,
			   const struct ccsan_event *event)
{
	struct ccsan_copy *rival;
	bool changed = perform(shadow, ccsan_met_line_of(copy->line), copy, set, event);

	ccsan_for_each_rival (rival, copy)
		changed |= perform(shadow, ccsan_met_line_of(rival->line), rival, 0, event);
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
		struct ccsan_copy *copy;

		if (is_uncached_own(line, &at))
			continue; /* no place */
		copy = ccsan_tables_copy(shadow, line, &at, instruction);
		changed += maintain_place(shadow, copy, touched(shadow, &part, pa), &part);
	}
	return changed;
}

/* Sets and ways come in an order that nobody chose. In the worst one a dirty copy is the last, and
 * a CPU that speculates has filled the others again by then, with what was not yet written back. */
static bool maintain_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
			  const struct ccsan_event *event)
{
	struct ccsan_copy *copy;
	bool changed = false;

	for (int dirty = 0; dirty < 2; dirty++)
		ccsan_for_each_copy (copy, &line->model) {
			struct ccsan_event part = *event;

			if (copy->instruction != event->instruction || copy->dirty != dirty)
				continue;
			part.at = ccsan_pair_of(copy)->at;
			part.bytes = shadow->geometry.line_bytes;
			changed |= perform(shadow, line, copy, 0, &part);
		}
	return changed;
}

unsigned ccsan_shadow_maintain_all(struct ccsan_shadow *shadow, const struct ccsan_event *event)
{
	unsigned lines_of_page = shadow->geometry.page_bytes >> shadow->line_shift, changed = 0;
	struct ccsan_page *page;

	if (is_coherent(&shadow->geometry) ||
	    (event->instruction && shadow->geometry.instruction_coherent))
		return 0;
	for (page = shadow->all_pages; page; page = page->next)
		for (unsigned i = 0; i < lines_of_page; i++)
			if (page->lines[i])
				changed += maintain_line(shadow, page->lines[i], event);
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

		changed += perform(shadow, line, NULL, touched(shadow, &part, pa), &part);
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

	if (!shadow->geometry.caches.speculative || !reachable(shadow, alias))
		return;
	for (unsigned i = 0; i < shadow->geometry.page_bytes >> shadow->line_shift; i++)
		if (page->lines[i]) {
			struct ccsan_address at = line_through(alias, page->lines[i]);

			map_line(shadow, page->lines[i], &at);
		}
}

/* Does a mapped alias of the page lead to the same places as this address of it does? The answer is
 * the same for all lines of the page. */
static bool alias_leads_to(const struct ccsan_shadow *shadow, const struct ccsan_page *page,
			   const struct ccsan_address *at, bool instruction)
{
	uint64_t place = ccsan_tables_place(shadow, at, instruction);
	const struct ccsan_alias *alias;

	for (alias = page->aliases; alias; alias = alias->next_of_page) {
		uint64_t offset = at->pa - alias->at.pa;
		struct ccsan_address same = { alias->at.space, alias->at.va + offset, at->pa };

		if (reachable(shadow, alias) &&
		    ccsan_tables_place(shadow, &same, instruction) == place)
			return true;
	}
	return false;
}

/* An address of the line is out of reach, and no other alias leads to its place. */
static void unmap_line(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		       const struct ccsan_address *at, bool instruction)
{
	uint64_t place = ccsan_tables_place(shadow, at, instruction);
	struct ccsan_copy *copy = ccsan_tables_find_copy_at(shadow, line, place, instruction);
	struct ccsan_address own = line_through_own(line);

	if (copy && !(line->own_cached && ccsan_tables_place(shadow, &own, instruction) == place))
		take_step(shadow, CCSAN_UNMAP, line, copy, 0);
}

/* Only what fills by itself asks what is mapped. */
static void unmap_known_lines(struct ccsan_shadow *shadow, const struct ccsan_alias *alias,
			      struct ccsan_page *page)
{
	unsigned lines_of_page = shadow->geometry.page_bytes >> shadow->line_shift;

	if (!shadow->geometry.caches.speculative)
		return;
	for (int instruction = 0; instruction < 2; instruction++) {
		if (alias_leads_to(shadow, page, &alias->at, instruction))
			continue;
		for (unsigned i = 0; i < lines_of_page; i++)
			if (page->lines[i]) {
				struct ccsan_address at = line_through(alias, page->lines[i]);

				unmap_line(shadow, page->lines[i], &at, instruction);
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
	unmap_known_lines(shadow, &gone, page);
}

void ccsan_shadow_switch(struct ccsan_shadow *shadow, uint32_t space)
{
	uint32_t before = shadow->current_space;
	struct ccsan_alias *alias;

	shadow->current_space = space;
	if (!shadow->geometry.caches.speculative || before == space)
		return;
	for (alias = before ? ccsan_tables_space(shadow, before)->aliases : NULL; alias;
	     alias = alias->next_of_space)
		if (alias->cached)
			unmap_known_lines(shadow, alias, ccsan_tables_page(shadow, alias->at.pa));
	for (alias = space ? ccsan_tables_space(shadow, space)->aliases : NULL; alias;
	     alias = alias->next_of_space)
		map_known_lines(shadow, alias);
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
			map_line(shadow, line, &own);
		else
			for (int instruction = 0; instruction < 2; instruction++)
				if (!alias_leads_to(shadow, line->page, &own, instruction))
					unmap_line(shadow, line, &own, instruction);
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

	for (const struct ccsan_page *page = shadow->all_pages; page; page = page->next)
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
