/* SPDX-License-Identifier: MIT */
/* The engine's tables: the contract between the .c files of this folder. */
#ifndef CCSAN_SHADOW_TABLES_H
#define CCSAN_SHADOW_TABLES_H

#include "shadow.h"

/** An entry of a hash table; the first member of every record that is in one. */
struct ccsan_link {
	struct ccsan_link *next;
	uint64_t hash;
};

/** Chained, doubles when it is twice full. */
struct ccsan_hash {
	struct ccsan_link **buckets;
	size_t bucket_count, used;
};

/** One page of one alias. */
struct ccsan_alias {
	struct ccsan_link link; /**< in shadow->aliases, by space and va */
	struct ccsan_address at;
	bool cached;
	uint8_t *permits;
	struct ccsan_alias *next_of_page, **of_page;   /**< of_page: what points here */
	struct ccsan_alias *next_of_space, **of_space; /**< likewise */
};

/** What an address space can reach. */
struct ccsan_space {
	struct ccsan_link link; /**< in shadow->spaces */
	uint32_t id;
	struct ccsan_alias *aliases;
};

/** A pair (place, line). */
struct ccsan_pair {
	struct ccsan_link link; /**< in shadow->places, for VIVT places only */
	struct ccsan_copy model;
	uint64_t place;
	struct ccsan_address at; /**< the alias that last led there */
};

enum { CCSAN_WRITERS = 3, CCSAN_GRANTEES = 3 };

/** The newest of these granules were written by this. */
struct ccsan_writer {
	ccsan_set set;
	struct ccsan_event event;
	bool granted; /**< writes that did not come to the engine may have followed */
};

struct ccsan_met_line {
	struct ccsan_line model;
	uint64_t pa;
	struct ccsan_page *page;
	struct ccsan_writer writers[CCSAN_WRITERS]; /**< the newest first */
	struct ccsan_event keeper;                  /**< origin 0: never maintained */
	bool own, own_cached, own_granted;
	uint64_t own_va;
	uint8_t *own_permits;
	int watchers; /**< while there are any, no access is skipped */
	uint32_t callers_word;
	unsigned grantee_count; /**< above CCSAN_GRANTEES: any alias may hold a permission */
	struct ccsan_alias *grantees[CCSAN_GRANTEES];
};

struct ccsan_page {
	struct ccsan_link link; /**< in shadow->pages */
	uint64_t pa;
	struct ccsan_alias *aliases;
	struct ccsan_page *next;       /**< in shadow->met_pages, once a line is met */
	struct ccsan_met_line **lines; /**< by line of the page; NULL where not met, or none is */
	bool held; /**< a cache may have some of it; false: none has, since the last step */
};

/** What an operation or an uncached store of one CPU left pending on one line. */
struct ccsan_pending {
	struct ccsan_late model; /**< in line->model.late */
	struct ccsan_met_line *line;
	struct ccsan_event event;          /**< the last one that left something */
	struct ccsan_pending *next_of_cpu; /**< in shadow->pending[cpu], or free */
};

struct ccsan_shadow {
	struct ccsan_geometry geometry;
	struct ccsan_shadow_host host;
	struct ccsan_hash pages, aliases, places, spaces;
	struct ccsan_page *met_pages; /**< those with lines; far fewer than a direct map has */
	struct ccsan_alias *free_aliases;
	unsigned cpu_count;
	uint32_t current_space[CCSAN_CACHED_CPUS];
	bool barriers;
	struct ccsan_pending *pending[CCSAN_CACHED_CPUS], *free_pending;
	unsigned line_shift, page_shift, granule_shift;
	uint8_t *chunk; /**< memory from the host, not handed out yet */
	size_t chunk_left, table_bytes;
};

static inline struct ccsan_pair *ccsan_pair_of(const struct ccsan_copy *copy)
{
	return (struct ccsan_pair *)((char *)copy - offsetof(struct ccsan_pair, model));
}

static inline struct ccsan_pending *ccsan_pending_of(const struct ccsan_late *late)
{
	return (struct ccsan_pending *)((char *)late - offsetof(struct ccsan_pending, model));
}

static inline struct ccsan_met_line *ccsan_met_line_of(const struct ccsan_line *line)
{
	return (struct ccsan_met_line *)((char *)line - offsetof(struct ccsan_met_line, model));
}

/** Zeroed table memory. Does not fail (host->more does not return then). */
void *ccsan_tables_take(struct ccsan_shadow *shadow, size_t bytes);

/** Return: NULL when there is none. */
struct ccsan_alias *ccsan_tables_find_alias(const struct ccsan_shadow *shadow, uint32_t space,
					    uint64_t va);
struct ccsan_alias *ccsan_tables_add_alias(struct ccsan_shadow *shadow,
					   const struct ccsan_address *at, bool cached,
					   uint8_t *permits);
void ccsan_tables_remove_alias(struct ccsan_shadow *shadow, struct ccsan_alias *alias);

struct ccsan_space *ccsan_tables_space(struct ccsan_shadow *shadow, uint32_t id);

/** The page of an address; made if it is not there. */
struct ccsan_page *ccsan_tables_page(struct ccsan_shadow *shadow, uint64_t pa);

/** The line of a page, counted from its start; NULL where not met. */
static inline struct ccsan_met_line *ccsan_tables_line(const struct ccsan_page *page, unsigned n)
{
	return page->lines ? page->lines[n] : NULL;
}

/** Enters a line that was met. */
void ccsan_tables_add_line(struct ccsan_shadow *shadow, struct ccsan_page *page,
			   struct ccsan_met_line *line);

/** Return: NULL for a line that was not met. */
struct ccsan_met_line *ccsan_tables_find_line(const struct ccsan_shadow *shadow, uint64_t pa);

/** Which cache: the data caches of all CPUs, which are coherent, or one CPU's instruction cache. */
enum { CCSAN_DATA_SIDE = 0 };

static inline unsigned ccsan_instruction_side(unsigned cpu)
{
	return 1 + cpu;
}

/** The place that an alias leads to. Equal numbers are equal places, among the copies of one line
 *  for PIPT and VIPT, everywhere for VIVT. */
uint64_t ccsan_tables_place(const struct ccsan_shadow *shadow, const struct ccsan_address *at,
			    unsigned side);

/** Return: NULL where the line has no copy at that place. */
struct ccsan_copy *ccsan_tables_find_copy(const struct ccsan_met_line *line, uint64_t place);

/** The same, also where a line has very many copies. */
struct ccsan_copy *ccsan_tables_find_copy_at(const struct ccsan_shadow *shadow,
					     const struct ccsan_met_line *line, uint64_t place,
					     unsigned side);

/** Return: some copy, of whichever line, at a VIVT place; NULL if there is none. */
struct ccsan_copy *ccsan_tables_any_copy_at(const struct ccsan_shadow *shadow, uint64_t place);

/** A copy of the line at the place `at` leads to; made, absent, if it is not there. */
struct ccsan_copy *ccsan_tables_copy(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
				     const struct ccsan_address *at, unsigned side);

static inline bool ccsan_is_virtual_place(const struct ccsan_shadow *shadow, unsigned side)
{
	return (side ? shadow->geometry.instruction : shadow->geometry.data) == CCSAN_VIVT;
}

static inline uint64_t ccsan_line_start(const struct ccsan_shadow *shadow, uint64_t address)
{
	return address & ~(uint64_t)(shadow->geometry.line_bytes - 1);
}

static inline uint64_t ccsan_page_start(const struct ccsan_shadow *shadow, uint64_t address)
{
	return address & ~(uint64_t)(shadow->geometry.page_bytes - 1);
}

#endif
