/* SPDX-License-Identifier: MIT */
/* Sparse tables of pages, aliases, lines and places. See tables.h. */
#include "tables.h"

enum { CHUNK_BYTES = 64 * 1024, FIRST_BUCKETS = 64 };

static size_t round_up(size_t bytes, size_t unit)
{
	return (bytes + unit - 1) & ~(unit - 1);
}

void *ccsan_tables_take(struct ccsan_shadow *shadow, size_t bytes)
{
	void *taken;

	bytes = round_up(bytes, 16);
	shadow->table_bytes += bytes;
	if (bytes > CHUNK_BYTES / 4)
		return shadow->host.more(shadow->host.context, bytes);
	if (bytes > shadow->chunk_left) {
		shadow->chunk = shadow->host.more(shadow->host.context, CHUNK_BYTES);
		shadow->chunk_left = CHUNK_BYTES;
	}
	taken = shadow->chunk;
	shadow->chunk += bytes;
	shadow->chunk_left -= bytes;
	return taken;
}

/* --- hash tables --- */

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t hash = (a ^ b * 0x9e3779b97f4a7c15u) * 0xff51afd7ed558ccdu;

	return hash ^ hash >> 32;
}

static void push(struct ccsan_hash *hash, struct ccsan_link *link)
{
	struct ccsan_link **bucket = &hash->buckets[link->hash & (hash->bucket_count - 1)];

	link->next = *bucket;
	*bucket = link;
}

static void grow(struct ccsan_shadow *shadow, struct ccsan_hash *hash)
{
	struct ccsan_hash bigger = { .used = hash->used };

	bigger.bucket_count = hash->bucket_count ? 4 * hash->bucket_count : FIRST_BUCKETS;
	bigger.buckets = ccsan_tables_take(shadow, bigger.bucket_count * sizeof(*bigger.buckets));
	for (size_t i = 0; i < hash->bucket_count; i++) {
		struct ccsan_link *link = hash->buckets[i], *next;

		for (; link; link = next) {
			next = link->next;
			push(&bigger, link);
		}
	}
	*hash = bigger;
}

static void insert(struct ccsan_shadow *shadow, struct ccsan_hash *hash, struct ccsan_link *link,
		   uint64_t value)
{
	if (hash->used >= 2 * hash->bucket_count)
		grow(shadow, hash);
	link->hash = value;
	push(hash, link);
	hash->used++;
}

static void take_out(struct ccsan_hash *hash, struct ccsan_link *link)
{
	struct ccsan_link **at = &hash->buckets[link->hash & (hash->bucket_count - 1)];

	while (*at != link)
		at = &(*at)->next;
	*at = link->next;
	hash->used--;
}

static struct ccsan_link *first(const struct ccsan_hash *hash, uint64_t value)
{
	struct ccsan_link *link;

	if (!hash->bucket_count)
		return NULL;
	link = hash->buckets[value & (hash->bucket_count - 1)];
	while (link && link->hash != value)
		link = link->next;
	return link;
}

static struct ccsan_link *following(const struct ccsan_link *link)
{
	uint64_t value = link->hash;
	struct ccsan_link *next = link->next;

	while (next && next->hash != value)
		next = next->next;
	return next;
}

/* --- aliases and spaces --- */

static uint64_t alias_hash(uint32_t space, uint64_t va)
{
	return mix(va, space + 1u);
}

struct ccsan_alias *ccsan_tables_find_alias(const struct ccsan_shadow *shadow, uint32_t space,
					    uint64_t va)
{
	uint64_t page = ccsan_page_start(shadow, va);
	struct ccsan_link *link = first(&shadow->aliases, alias_hash(space, page));

	for (; link; link = following(link)) {
		struct ccsan_alias *alias = (struct ccsan_alias *)link;

		if (alias->at.space == space && alias->at.va == page)
			return alias;
	}
	return NULL;
}

struct ccsan_space *ccsan_tables_space(struct ccsan_shadow *shadow, uint32_t id)
{
	uint64_t hash = mix(id, 3);
	struct ccsan_link *link = first(&shadow->spaces, hash);
	struct ccsan_space *space;

	for (; link; link = following(link))
		if (((struct ccsan_space *)link)->id == id)
			return (struct ccsan_space *)link;
	space = ccsan_tables_take(shadow, sizeof(*space));
	space->id = id;
	insert(shadow, &shadow->spaces, &space->link, hash);
	return space;
}

static struct ccsan_alias *new_alias(struct ccsan_shadow *shadow)
{
	struct ccsan_alias *alias = shadow->free_aliases;

	if (!alias)
		return ccsan_tables_take(shadow, sizeof(*alias));
	shadow->free_aliases = alias->next_of_page;
	*alias = (struct ccsan_alias){ 0 };
	return alias;
}

struct ccsan_alias *ccsan_tables_add_alias(struct ccsan_shadow *shadow,
					   const struct ccsan_address *at, bool cached,
					   uint8_t *permits)
{
	struct ccsan_page *page = ccsan_tables_page(shadow, at->pa);
	struct ccsan_space *space = ccsan_tables_space(shadow, at->space);
	struct ccsan_alias *alias = new_alias(shadow);

	alias->at = *at;
	alias->cached = cached;
	alias->permits = permits;
	alias->next_of_page = page->aliases;
	alias->of_page = &page->aliases;
	if (page->aliases)
		page->aliases->of_page = &alias->next_of_page;
	page->aliases = alias;
	alias->next_of_space = space->aliases;
	alias->of_space = &space->aliases;
	if (space->aliases)
		space->aliases->of_space = &alias->next_of_space;
	space->aliases = alias;
	insert(shadow, &shadow->aliases, &alias->link, alias_hash(at->space, at->va));
	return alias;
}

void ccsan_tables_remove_alias(struct ccsan_shadow *shadow, struct ccsan_alias *alias)
{
	*alias->of_page = alias->next_of_page;
	if (alias->next_of_page)
		alias->next_of_page->of_page = alias->of_page;
	*alias->of_space = alias->next_of_space;
	if (alias->next_of_space)
		alias->next_of_space->of_space = alias->of_space;
	take_out(&shadow->aliases, &alias->link);
	alias->next_of_page = shadow->free_aliases;
	shadow->free_aliases = alias;
}

/* --- pages and lines --- */

static struct ccsan_page *find_page(const struct ccsan_shadow *shadow, uint64_t pa)
{
	uint64_t start = ccsan_page_start(shadow, pa);
	struct ccsan_link *link = first(&shadow->pages, mix(start, 1));

	for (; link; link = following(link))
		if (((struct ccsan_page *)link)->pa == start)
			return (struct ccsan_page *)link;
	return NULL;
}

struct ccsan_page *ccsan_tables_page(struct ccsan_shadow *shadow, uint64_t pa)
{
	struct ccsan_page *page = find_page(shadow, pa);

	if (page)
		return page;
	page = ccsan_tables_take(shadow, sizeof(*page));
	page->pa = ccsan_page_start(shadow, pa);
	insert(shadow, &shadow->pages, &page->link, mix(page->pa, 1));
	return page;
}

struct ccsan_met_line *ccsan_tables_find_line(const struct ccsan_shadow *shadow, uint64_t pa)
{
	struct ccsan_page *page = find_page(shadow, pa);

	return page ? ccsan_tables_line(page, (unsigned)((pa - page->pa) >> shadow->line_shift))
		    : NULL;
}

void ccsan_tables_add_line(struct ccsan_shadow *shadow, struct ccsan_page *page,
			   struct ccsan_met_line *line)
{
	if (!page->lines) {
		page->lines = ccsan_tables_take(
			shadow,
			(shadow->geometry.page_bytes >> shadow->line_shift) * sizeof(*page->lines));
		page->next = shadow->met_pages;
		shadow->met_pages = page;
	}
	page->lines[(line->pa - page->pa) >> shadow->line_shift] = line;
}

/* --- places and copies --- */

uint64_t ccsan_tables_place(const struct ccsan_shadow *shadow, const struct ccsan_address *at,
			    unsigned side)
{
	const struct ccsan_geometry *g = &shadow->geometry;
	bool instruction = side != CCSAN_DATA_SIDE;
	uint64_t cache = (uint64_t)side << 60;
	unsigned colours = instruction ? g->instruction_colours : g->data_colours;
	bool tagged = instruction ? g->instruction_tagged : g->data_tagged;

	switch (instruction ? g->instruction : g->data) {
	case CCSAN_PIPT:
		return cache;
	case CCSAN_VIPT:
		return cache | (at->va >> shadow->page_shift & (colours - 1));
	default:
		/* Virtual addresses leave the 16 bits above a line's number free. */
		return cache | (uint64_t)(tagged ? at->space & 0xfff : 0) << 48 |
		       (at->va >> shadow->line_shift & 0xffffffffffffu);
	}
}

struct ccsan_copy *ccsan_tables_find_copy(const struct ccsan_met_line *line, uint64_t place)
{
	struct ccsan_copy *copy;

	ccsan_for_each_copy (copy, &line->model)
		if (ccsan_pair_of(copy)->place == place)
			return copy;
	return NULL;
}

struct ccsan_copy *ccsan_tables_any_copy_at(const struct ccsan_shadow *shadow, uint64_t place)
{
	struct ccsan_link *link = first(&shadow->places, mix(place, 2));

	for (; link; link = following(link))
		if (((struct ccsan_pair *)link)->place == place)
			return &((struct ccsan_pair *)link)->model;
	return NULL;
}

/* Of a line with very many copies, the one at a virtual place is found by the place. */
struct ccsan_copy *ccsan_tables_find_copy_at(const struct ccsan_shadow *shadow,
					     const struct ccsan_met_line *line, uint64_t place,
					     unsigned side)
{
	struct ccsan_copy *copy, *any;

	if (!ccsan_is_virtual_place(shadow, side))
		return ccsan_tables_find_copy(line, place);
	any = ccsan_tables_any_copy_at(shadow, place);
	if (!any || any->line == &line->model)
		return any;
	ccsan_for_each_rival (copy, any)
		if (copy->line == &line->model)
			return copy;
	return NULL;
}

static void join_place(struct ccsan_shadow *shadow, struct ccsan_pair *pair)
{
	struct ccsan_copy *neighbour = ccsan_tables_any_copy_at(shadow, pair->place);

	if (neighbour) {
		pair->model.next_at_place = neighbour->next_at_place;
		neighbour->next_at_place = &pair->model;
	}
	insert(shadow, &shadow->places, &pair->link, mix(pair->place, 2));
}

struct ccsan_copy *ccsan_tables_copy(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
				     const struct ccsan_address *at, unsigned side)
{
	uint64_t place = ccsan_tables_place(shadow, at, side);
	struct ccsan_copy *copy = ccsan_tables_find_copy_at(shadow, line, place, side);
	struct ccsan_pair *pair;

	if (copy)
		return copy;
	pair = ccsan_tables_take(shadow, sizeof(*pair));
	copy = &pair->model;
	pair->place = place;
	pair->at = (struct ccsan_address){ at->space, ccsan_line_start(shadow, at->va), line->pa };
	copy->instruction = side != CCSAN_DATA_SIDE;
	copy->line = &line->model;
	copy->next_of_line = line->model.copies;
	line->model.copies = copy;
	copy->next_at_place = copy;
	if (ccsan_is_virtual_place(shadow, side))
		join_place(shadow, pair);
	return copy;
}
