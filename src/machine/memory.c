/* SPDX-License-Identifier: MIT */
/* Frames, page tables and address spaces of the machine. See machine.h. */
#include <stdio.h>

#include "parts.h"

size_t ccsan_machine_page_bytes(const struct ccsan_machine *m)
{
	return (size_t)1 << m->page_shift;
}

/* --- frames --- */

static bool frame_taken(const struct ccsan_machine *m, uint64_t frame)
{
	return m->frame_bits[frame / 64] >> frame % 64 & 1;
}

static void set_frames(struct ccsan_machine *m, uint64_t frame, unsigned count, bool taken)
{
	for (; count; frame++, count--) {
		uint64_t bit = 1ull << frame % 64;

		if (taken)
			m->frame_bits[frame / 64] |= bit;
		else
			m->frame_bits[frame / 64] &= ~bit;
	}
}

/* The first run of free frames in [from, to). Return: its start, `to` if there is none. */
static uint64_t find_run(const struct ccsan_machine *m, uint64_t from, uint64_t to, unsigned count)
{
	uint64_t run = 0;

	for (uint64_t frame = from; frame < to; frame++) {
		run = frame_taken(m, frame) ? 0 : run + 1;
		if (run == count)
			return frame + 1 - count;
	}
	return to;
}

ccsan_phys ccsan_machine_alloc(struct ccsan_machine *m, unsigned pages)
{
	uint64_t frame;

	if (!pages || pages > m->frame_count)
		return 0;
	frame = find_run(m, m->next_frame, m->frame_count, pages);
	if (frame == m->frame_count)
		frame = find_run(m, 0, m->frame_count, pages);
	if (frame == m->frame_count)
		return 0;
	set_frames(m, frame, pages, true);
	m->next_frame = frame + pages;
	return CCSAN_RAM_BASE + (frame << m->page_shift);
}

bool ccsan_machine_has_frames(const struct ccsan_machine *m, ccsan_phys at, uint64_t bytes)
{
	uint64_t ram = m->frame_count << m->page_shift, offset = at - CCSAN_RAM_BASE;

	if (at < CCSAN_RAM_BASE || offset >= ram || bytes > ram - offset)
		return false;
	for (uint64_t end = offset + bytes; offset < end;
	     offset = ((offset >> m->page_shift) + 1) << m->page_shift)
		if (!frame_taken(m, offset >> m->page_shift))
			return false;
	return true;
}

void ccsan_machine_forget_frame(struct ccsan_machine *m, ccsan_phys page)
{
	struct ccsan_event event = { .operation = CCSAN_FORGET,
				     .at = { .pa = page },
				     .bytes = (uint32_t)ccsan_machine_page_bytes(m) };

	ccsan_shadow_forget(m->shadow, &event);
}

bool ccsan_machine_free(struct ccsan_machine *m, ccsan_phys frames, unsigned pages)
{
	if (!pages || (frames & (ccsan_machine_page_bytes(m) - 1)) ||
	    !ccsan_machine_has_frames(m, frames, (uint64_t)pages << m->page_shift))
		return false;
	for (unsigned i = 0; i < pages; i++)
		ccsan_machine_forget_frame(m, frames + ((uint64_t)i << m->page_shift));
	set_frames(m, (frames - CCSAN_RAM_BASE) >> m->page_shift, pages, false);
	return true;
}

/* --- page tables --- */

static ccsan_entry *find_entry(const struct ccsan_machine *m, uint32_t space, uint64_t va)
{
	const struct ccsan_page_tables *tables;
	uint64_t page = va >> m->page_shift;

	if (va >= CCSAN_WINDOW_BYTES || space > m->space_count)
		return NULL;
	tables = m->spaces[space];
	if (!tables->tables[page / CCSAN_TABLE_ENTRIES])
		return NULL;
	return &tables->tables[page / CCSAN_TABLE_ENTRIES][page % CCSAN_TABLE_ENTRIES];
}

static void set_entry(struct ccsan_machine *m, uint32_t space, uint64_t va, ccsan_entry entry)
{
	uint64_t page = va >> m->page_shift;
	ccsan_entry **table = &m->spaces[space]->tables[page / CCSAN_TABLE_ENTRIES];

	if (!*table)
		*table = m->host.more(m->host.context, CCSAN_TABLE_ENTRIES * sizeof(**table));
	(*table)[page % CCSAN_TABLE_ENTRIES] = entry;
}

static bool is_mapped(const struct ccsan_machine *m, uint32_t space, uint64_t va)
{
	const ccsan_entry *entry = find_entry(m, space, va);

	return entry && *entry & CCSAN_ENTRY_MAPPED;
}

bool ccsan_machine_translate(const struct ccsan_machine *m, uint32_t space, uint64_t va,
			     uint64_t *pa, bool *cached)
{
	const ccsan_entry *entry;

	if (va & CCSAN_OWN_MEMORY) {
		*pa = va;
		*cached = true;
		return true;
	}
	entry = find_entry(m, space, va);
	if (!entry || !(*entry & CCSAN_ENTRY_MAPPED))
		return false;
	*pa = (*entry & ~CCSAN_ENTRY_FLAGS) | (va & (ccsan_machine_page_bytes(m) - 1));
	*cached = !(*entry & CCSAN_ENTRY_UNCACHED);
	return true;
}

bool ccsan_machine_allows(const struct ccsan_machine *m, uint32_t space, uint64_t va, bool write)
{
	const ccsan_entry *entry = find_entry(m, space, va);

	return entry && *entry & CCSAN_ENTRY_MAPPED && !(write && *entry & CCSAN_ENTRY_READONLY);
}

bool ccsan_machine_protect(struct ccsan_machine *m, uint32_t space, uint64_t va, unsigned pages,
			   bool writable)
{
	bool all = true;

	for (unsigned i = 0; i < pages; i++) {
		struct ccsan_address at = { space, va + ((uint64_t)i << m->page_shift), 0 };
		ccsan_entry *entry = find_entry(m, space, at.va);
		uint8_t *permits;

		if (!entry || !(*entry & CCSAN_ENTRY_MAPPED)) {
			all = false;
			continue;
		}
		permits = m->host.permits(m->host.context, space, at.va);
		*entry = (*entry & ~CCSAN_ENTRY_READONLY) | (writable ? 0 : CCSAN_ENTRY_READONLY);
		ccsan_shadow_set_permits(m->shadow, &at, writable ? permits : NULL);
	}
	return all;
}

static void each_page_of(const struct ccsan_machine *m, uint32_t space, unsigned table,
			 void (*see)(void *context, uint32_t space, uint64_t va, uint64_t pa),
			 void *context)
{
	const ccsan_entry *entries = m->spaces[space]->tables[table];

	for (uint64_t i = 0; entries && i < CCSAN_TABLE_ENTRIES; i++)
		if (entries[i] & CCSAN_ENTRY_MAPPED)
			see(context, space,
			    (table * (uint64_t)CCSAN_TABLE_ENTRIES + i) << m->page_shift,
			    entries[i] & ~CCSAN_ENTRY_FLAGS);
}

void ccsan_machine_each_page(const struct ccsan_machine *m,
			     void (*see)(void *context, uint32_t space, uint64_t va, uint64_t pa),
			     void *context)
{
	for (uint32_t space = 0; space <= m->space_count; space++)
		for (unsigned table = 0; table < CCSAN_TABLE_ENTRIES; table++)
			each_page_of(m, space, table, see, context);
}

/* --- choosing addresses --- */

struct range {
	uint64_t from, to;
};

static struct range region_range(unsigned region)
{
	switch (region) {
	case CCSAN_VMAP:
		return (struct range){ CCSAN_VMAP_BASE, CCSAN_VMAP_FIXED };
	case CCSAN_KMAP:
		return (struct range){ CCSAN_KMAP_BASE, CCSAN_KMAP_FIXED };
	case CCSAN_USER:
		return (struct range){ CCSAN_USER_BASE, CCSAN_USER_END };
	default:
		return (struct range){ CCSAN_KERNEL_BASE, CCSAN_VMAP_BASE };
	}
}

unsigned ccsan_machine_colours(const struct ccsan_machine *m)
{
	return m->colours;
}

unsigned ccsan_machine_colour(const struct ccsan_machine *m, uint64_t va)
{
	return (unsigned)(va >> m->page_shift) % m->colours;
}

/* The wanted colour of an alias: asked for, or the next one after the frame's own. */
static unsigned wanted_colour(const struct ccsan_machine *m, ccsan_phys frames, unsigned attributes)
{
	unsigned asked = attributes >> 4 & 0x1fff;

	if (asked)
		return (asked - 1) % m->colours;
	return (ccsan_machine_colour(m, frames) + 1) % m->colours;
}

static bool is_free(const struct ccsan_machine *m, uint32_t space, uint64_t va, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++)
		if (is_mapped(m, space, va + ((uint64_t)i << m->page_shift)))
			return false;
	return true;
}

/* The next free run of the colour, with a free page before and after it, as vmalloc() leaves one.
 */
static uint64_t find_room(const struct ccsan_machine *m, uint32_t space, struct range range,
			  uint64_t from, unsigned pages, unsigned colour)
{
	uint64_t page = ccsan_machine_page_bytes(m), va = from < range.from ? range.from : from;

	va += ((colour + m->colours - ccsan_machine_colour(m, va)) % m->colours) * page;
	for (; va + (pages + 1) * page <= range.to; va += m->colours * page)
		if (is_free(m, space, va, pages + 1))
			return va;
	return 0;
}

static uint64_t choose_address(struct ccsan_machine *m, uint32_t space, ccsan_phys frames,
			       unsigned pages, unsigned attributes)
{
	unsigned region = attributes & CCSAN_REGION_MASK;
	unsigned colour = wanted_colour(m, frames, attributes);
	struct range range = region_range(region);
	uint64_t *next = &m->spaces[space]->next_va[region];
	uint64_t va = find_room(m, space, range, *next, pages, colour);

	if (!va)
		va = find_room(m, space, range, range.from, pages, colour);
	if (va)
		*next = va + ((uint64_t)(pages + 1) << m->page_shift);
	return va;
}

/* --- mapping --- */

static void map_pages(struct ccsan_machine *m, uint32_t space, uint64_t va, ccsan_phys frames,
		      unsigned pages, unsigned attributes)
{
	bool cached = !(attributes & CCSAN_UNCACHED), readonly = attributes & CCSAN_READONLY;

	for (unsigned i = 0; i < pages; i++) {
		uint64_t offset = (uint64_t)i << m->page_shift;
		struct ccsan_address at = { space, va + offset, frames + offset };

		uint8_t *permits = m->host.permits(m->host.context, space, at.va);

		set_entry(m, space, at.va,
			  at.pa | CCSAN_ENTRY_MAPPED | (cached ? 0 : CCSAN_ENTRY_UNCACHED) |
				  (readonly ? CCSAN_ENTRY_READONLY : 0));
		ccsan_shadow_map(m->shadow, &at, cached, readonly ? NULL : permits);
	}
}

static uint64_t map_at(struct ccsan_machine *m, uint32_t space, uint64_t va, ccsan_phys frames,
		       unsigned pages, unsigned attributes)
{
	if (!is_free(m, space, va, pages))
		return 0;
	if (m->host.place && !m->host.place(m->host.context, space, va, frames, pages))
		return 0;
	map_pages(m, space, va, frames, pages, attributes);
	if (m->dead)
		ccsan_machine_revive_alias(m, space, va, pages);
	return va;
}

/* The direct map has one address for each frame; asking for it again gives it again. */
static uint64_t map_direct(struct ccsan_machine *m, ccsan_phys frames, unsigned pages,
			   unsigned attributes)
{
	uint64_t va = CCSAN_KERNEL_BASE + (frames - CCSAN_RAM_BASE);

	if (is_free(m, 0, va, pages))
		return map_at(m, 0, va, frames, pages, attributes);
	for (unsigned i = 0; i < pages; i++) {
		uint64_t offset = (uint64_t)i << m->page_shift;

		if (!is_mapped(m, 0, va + offset) &&
		    !map_at(m, 0, va + offset, frames + offset, 1, attributes))
			return 0;
	}
	return va;
}

uint64_t ccsan_machine_map(struct ccsan_machine *m, ccsan_phys frames, unsigned pages,
			   const struct ccsan_wish *wish)
{
	unsigned region = wish->attributes & CCSAN_REGION_MASK;
	uint32_t space = region == CCSAN_USER ? wish->space : 0;
	uint64_t va = wish->va;

	if (region == CCSAN_KERNEL && !wish->fixed && !(wish->attributes & CCSAN_UNCACHED))
		return map_direct(m, frames, pages, wish->attributes);
	if (!wish->fixed &&
	    region == CCSAN_KERNEL) /* an uncached one lives beside the direct map */
		va = choose_address(m, 0, frames, pages,
				    (wish->attributes & ~(unsigned)CCSAN_REGION_MASK) | CCSAN_VMAP);
	else if (!wish->fixed)
		va = choose_address(m, space, frames, pages, wish->attributes);
	return va ? map_at(m, space, va, frames, pages, wish->attributes) : 0;
}

bool ccsan_machine_unmap(struct ccsan_machine *m, uint32_t space, uint64_t va, unsigned pages)
{
	bool all = true;

	for (unsigned i = 0; i < pages; i++) {
		struct ccsan_address at = { space, va + ((uint64_t)i << m->page_shift), 0 };
		bool cached;

		if (!ccsan_machine_translate(m, space, at.va, &at.pa, &cached)) {
			all = false;
			continue;
		}
		ccsan_shadow_unmap(m->shadow, &at);
		set_entry(m, space, at.va, 0);
		if (m->host.place)
			m->host.place(m->host.context, space, at.va, 0, 1);
	}
	return all;
}

/* --- address spaces --- */

uint32_t ccsan_machine_new_space(struct ccsan_machine *m)
{
	if (m->space_count == CCSAN_MAX_SPACES)
		return 0;
	m->spaces[++m->space_count] =
		m->host.more(m->host.context, sizeof(struct ccsan_page_tables));
	return m->space_count;
}

bool ccsan_machine_has_space(const struct ccsan_machine *m, uint32_t space)
{
	return space <= m->space_count;
}

void ccsan_machine_switch(struct ccsan_machine *m, unsigned cpu, uint32_t space)
{
	m->current_space[cpu] = space;
	ccsan_shadow_switch(m->shadow, cpu, space);
}

uint32_t ccsan_machine_space(const struct ccsan_machine *m, unsigned cpu)
{
	return m->current_space[cpu];
}

/* --- names --- */

void ccsan_machine_name_alias(const struct ccsan_machine *m, uint32_t space, uint64_t va,
			      char *name, size_t size)
{
	const char *region = va < CCSAN_USER_END    ? "user"
			     : va < CCSAN_VMAP_BASE ? "kernel"
			     : va < CCSAN_KMAP_BASE ? "vmap"
						    : "kmap";
	char where[24] = "", colour[24] = "";
	uint64_t pa;
	bool cached = true;

	if (va & CCSAN_OWN_MEMORY) {
		snprintf(name, size, "own memory");
		return;
	}
	if (space)
		snprintf(where, sizeof(where), ", space %u", (unsigned)space);
	if (m->colours > 1)
		snprintf(colour, sizeof(colour), ", colour %u", ccsan_machine_colour(m, va));
	ccsan_machine_translate(m, space, va, &pa, &cached);
	snprintf(name, size, "%s%s%s", cached ? region : "uncached", where, cached ? colour : "");
}
