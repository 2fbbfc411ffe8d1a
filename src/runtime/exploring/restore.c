/* SPDX-License-Identifier: MIT */
/* See restore.h. Everything here that is known across runs is kept memory. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "restore.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/runtime.h"

enum {
	PAGE = 4096,
	MOST_REGIONS = 1024,
	KEPT_CHUNK = 16 << 20,
	/* A page that is kept splits a mapping of the kernel's, of which a process may have 65530:
	 * from then on pages are kept in larger blocks. */
	FEW_PAGES = 16 << 10,
	BLOCK = 64 * PAGE,
};

struct region {
	uint64_t start, end;
};

struct saved {
	uint64_t at;
	size_t bytes;
	uint8_t *copy;
};

struct alias {
	uint32_t space;
	uint64_t va;
};

struct kept {
	struct region except[MOST_REGIONS], tracked[MOST_REGIONS];
	unsigned except_count, tracked_count;
	struct saved *pages, *frames;
	size_t page_count, page_room, frame_count, frame_room;
	uint8_t *frame_saved; /* a flag for each page of simulated memory */
	struct alias *aliases;
	size_t alias_count, alias_room;
};

static struct kept *kept;

/* --- kept memory --- */

static struct kept *kept_tables(void)
{
	if (kept)
		return kept;
	kept = mmap(NULL, sizeof(*kept), PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1,
		    0);
	if (kept == MAP_FAILED)
		ccsan_die("out of memory");
	ccsan_restore_except(kept, sizeof(*kept));
	return kept;
}

/* Chunks have a head in kept memory themselves: where the next piece is. */
static struct {
	uint8_t *next;
	size_t left;
} * chunk;

static void *fresh(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		ccsan_die("out of memory: %zu bytes to explore with", bytes);
	if (kept_tables()->tracked_count == 0)
		ccsan_restore_except(p, bytes);
	return p;
}

void *ccsan_keep(size_t bytes)
{
	void *p;

	bytes = (bytes + 15) & ~(size_t)15;
	if (bytes > KEPT_CHUNK / 4)
		return fresh((bytes + PAGE - 1) & ~(size_t)(PAGE - 1));
	if (!chunk)
		chunk = fresh(PAGE);
	if (chunk->left < bytes) {
		chunk->next = fresh(KEPT_CHUNK);
		chunk->left = KEPT_CHUNK;
	}
	p = chunk->next;
	chunk->next += bytes;
	chunk->left -= bytes;
	return p;
}

/* Blocks of powers of two, each with its class in front; given back to a list of its class. */
enum { SMALLEST_CLASS = 5, CLASSES = 48, HEAD = 16 };

struct block {
	unsigned class;
	struct block *next; /* while it is free */
};

static struct block **free_blocks; /* by class; kept memory */

static unsigned class_of(size_t size)
{
	unsigned class = SMALLEST_CLASS;

	while ((size_t)1 << class < size)
		class ++;
	return class;
}

static struct block *take_block(unsigned class)
{
	struct block *block;

	if (!free_blocks)
		free_blocks = ccsan_keep(CLASSES * sizeof(*free_blocks));
	block = free_blocks[class];
	if (block)
		free_blocks[class] = block->next;
	else
		block = ccsan_keep(((size_t)1 << class) + HEAD);
	block->class = class;
	return block;
}

static void give_block(struct block *block)
{
	block->next = free_blocks[block->class];
	free_blocks[block->class] = block;
}

void *ccsan_keep_again(void *context, void *old, size_t size)
{
	struct block *block = old ? (struct block *)(void *)((char *)old - HEAD) : NULL, *again;

	(void)context;
	if (block && size && (size_t)1 << block->class >= size)
		return old;
	again = size ? take_block(class_of(size)) : NULL;
	if (again && block)
		memcpy((char *)again + HEAD, old, (size_t)1 << block->class);
	if (block)
		give_block(block);
	return again ? (char *)again + HEAD : NULL;
}

_Static_assert(sizeof(struct block) <= HEAD, "what is kept begins behind the head");

/* --- what is tracked --- */

void ccsan_restore_except(const void *p, size_t bytes)
{
	struct kept *k = kept_tables();
	uint64_t start = (uint64_t)(uintptr_t)p;

	if (k->except_count == MOST_REGIONS)
		ccsan_die("more than %d regions of memory to explore with", MOST_REGIONS);
	k->except[k->except_count++] = (struct region){ start, start + bytes };
}

static void protect(uint64_t start, uint64_t end)
{
	struct kept *k = kept;

	if (start >= end)
		return;
	if (k->tracked_count == MOST_REGIONS)
		ccsan_die("more than %d regions of memory to put back", MOST_REGIONS);
	k->tracked[k->tracked_count++] = (struct region){ start, end };
}

/* Every access is looked at from now on. The shadow itself is no memory of the program. */
static void make_slow(const struct region *region)
{
	if (region->end - region->start < CCSAN_SHADOW_BYTES)
		memset(ccsan_permit_of(region->start), CCSAN_ALL_SLOW,
		       (region->end - region->start) >> CCSAN_PERMIT_SHIFT);
}

/* The parts of a mapping that are not excepted. */
static void track(uint64_t start, uint64_t end)
{
	uint64_t next = start;

	while (next < end) {
		uint64_t stop = end, after = end;

		for (unsigned i = 0; i < kept->except_count; i++) {
			const struct region *r = &kept->except[i];

			if (r->end > next && r->start < stop) {
				stop = r->start > next ? r->start : next;
				after = (r->end + PAGE - 1) & ~(uint64_t)(PAGE - 1);
			}
		}
		protect(next, stop);
		next = after;
	}
}

/* One line of /proc/self/maps: "start-end rwxp offset device inode   path". */
static void look_at_mapping(const char *line, uint64_t stack)
{
	char *rest;
	uint64_t start = strtoull(line, &rest, 16), end = strtoull(rest + 1, &rest, 16);

	if (rest[1] != 'r' || rest[2] != 'w' || rest[4] != 'p' || (stack >= start && stack < end))
		return;
	track(start, end);
}

static void find_mappings(void)
{
	enum { MOST_TEXT = 1 << 20 };
	char *text = ccsan_keep(MOST_TEXT), *line, *end;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t used = 0;
	ssize_t got;

	while (fd >= 0 && used < MOST_TEXT - 1 &&
	       (got = read(fd, text + used, MOST_TEXT - 1 - used)) > 0)
		used += (size_t)got;
	if (fd < 0 || !used)
		ccsan_die("cannot read /proc/self/maps, which exploring needs");
	close(fd);
	for (line = text; (end = strchr(line, '\n')); line = end + 1)
		look_at_mapping(line, (uint64_t)(uintptr_t)&used);
}

static struct saved *new_saved(struct saved **list, size_t *count, size_t *room)
{
	if (*count == *room) {
		*room *= 2;
		*list = ccsan_keep_again(NULL, *list, *room * sizeof(**list));
	}
	return &(*list)[(*count)++];
}

static void save(struct saved *saved, uint64_t at, size_t bytes, const void *content)
{
	saved->at = at;
	saved->bytes = bytes;
	saved->copy = ccsan_keep(bytes);
	memcpy(saved->copy, content, bytes);
}

/* The kernel writes to libc's part of this thread's block whenever it likes (rseq(2)), and takes a
 * page that it cannot write for the end of the process: kept from the start, never read-only. */
static void except_thread_block(void)
{
	enum { LIBCS_PART = 4096 }; /* struct pthread has less */
	uint64_t block = (uint64_t)(uintptr_t)__builtin_thread_pointer();
	uint64_t start = block & ~(uint64_t)(PAGE - 1);
	uint64_t end = (block + LIBCS_PART + PAGE - 1) & ~(uint64_t)(PAGE - 1);
	void *pages = (void *)(uintptr_t)start; // NOLINT

	ccsan_restore_except(pages, (size_t)(end - start));
	for (uint64_t at = start; at < end; at += PAGE)
		if (ccsan_is_own_memory(at, 1))
			save(new_saved(&kept->pages, &kept->page_count, &kept->page_room), at, PAGE,
			     (const void *)(uintptr_t)at); // NOLINT
}

void ccsan_restore_begin(void)
{
	struct kept *k = kept_tables();

	k->page_room = k->frame_room = k->alias_room = 1 << 10;
	k->pages = ccsan_keep_again(NULL, NULL, k->page_room * sizeof(*k->pages));
	k->frames = ccsan_keep_again(NULL, NULL, k->frame_room * sizeof(*k->frames));
	k->aliases = ccsan_keep_again(NULL, NULL, k->alias_room * sizeof(*k->aliases));
	k->frame_saved = ccsan_keep(ccsan_rt.arena.bytes / PAGE + 1);
	ccsan_keep(KEPT_CHUNK / 8); /* room for the first pages, before memory is read-only */
	except_thread_block();
	find_mappings();
	for (unsigned i = 0; i < k->tracked_count; i++)
		make_slow(&k->tracked[i]);
	for (unsigned i = 0; i < k->tracked_count; i++)
		mprotect((void *)(uintptr_t)k->tracked[i].start, // NOLINT
			 k->tracked[i].end - k->tracked[i].start, PROT_READ);
}

/* --- keeping pages --- */

static const struct region *region_of(uint64_t address)
{
	for (unsigned i = 0; kept && i < kept->tracked_count; i++)
		if (address >= kept->tracked[i].start && address < kept->tracked[i].end)
			return &kept->tracked[i];
	return NULL;
}

static bool is_saved(uint64_t address)
{
	for (size_t i = kept->page_count; i-- > 0;)
		if (address - kept->pages[i].at < kept->pages[i].bytes)
			return true;
	return false;
}

static void save_page(const struct region *region, uint64_t address)
{
	uint64_t unit = kept->page_count < FEW_PAGES ? PAGE : BLOCK;
	uint64_t start = address & ~(unit - 1), end = start + unit;
	void *page;

	start = start < region->start ? region->start : start;
	end = end > region->end ? region->end : end;
	if (unit > PAGE) { /* a block of which a page is kept already: only this page */
		start = address & ~(uint64_t)(PAGE - 1);
		while (end > start + PAGE && is_saved(end - 1))
			end -= PAGE;
		for (uint64_t at = start + PAGE; at < end; at += PAGE)
			if (is_saved(at))
				end = at;
	}
	page = (void *)(uintptr_t)start; // NOLINT
	save(new_saved(&kept->pages, &kept->page_count, &kept->page_room), start,
	     (size_t)(end - start), page);
	mprotect(page, (size_t)(end - start), PROT_READ | PROT_WRITE);
}

bool ccsan_restore_fault(uint64_t address)
{
	const struct region *region = region_of(address);

	if (!region || is_saved(address))
		return false;
	save_page(region, address);
	return true;
}

void ccsan_restore_touch_frames(uint64_t offset, size_t bytes)
{
	for (uint64_t page = offset / PAGE; page <= (offset + bytes - 1) / PAGE; page++) {
		if (kept->frame_saved[page])
			continue;
		kept->frame_saved[page] = 1;
		save(new_saved(&kept->frames, &kept->frame_count, &kept->frame_room), page * PAGE,
		     PAGE, ccsan_rt.arena.frames + page * PAGE);
	}
}

void ccsan_restore_touch_alias(uint64_t address, size_t bytes)
{
	uint64_t done = 0;

	while (done < bytes) {
		struct ccsan_address at = ccsan_simulated(address + done);
		uint64_t left = PAGE - (address + done) % PAGE;
		bool cached;

		if (ccsan_machine_translate(ccsan_rt.machine, at.space, at.va, &at.pa, &cached))
			ccsan_restore_touch_frames(at.pa - CCSAN_RAM_BASE, 1);
		done += left;
	}
}

void ccsan_restore_alias(uint32_t space, uint64_t va)
{
	struct kept *k = kept;

	if (k->alias_count == k->alias_room) {
		k->alias_room *= 2;
		k->aliases =
			ccsan_keep_again(NULL, k->aliases, k->alias_room * sizeof(*k->aliases));
	}
	k->aliases[k->alias_count++] = (struct alias){ space, va };
}

/* --- putting back --- */

static void place_again(const struct alias *alias)
{
	size_t page = ccsan_machine_page_bytes(ccsan_rt.machine);
	uint64_t pa = 0;
	bool cached;

	if (!ccsan_machine_translate(ccsan_rt.machine, alias->space, alias->va, &pa, &cached))
		pa = 0;
	ccsan_arena_place(&ccsan_rt.arena, page, alias->space, alias->va, pa, 1);
}

void ccsan_restore(void)
{
	struct kept *k = kept;

	for (size_t i = 0; i < k->page_count; i++)
		memcpy((void *)(uintptr_t)k->pages[i].at, k->pages[i].copy, // NOLINT
		       k->pages[i].bytes);
	for (size_t i = 0; i < k->frame_count; i++)
		memcpy(ccsan_rt.arena.frames + k->frames[i].at, k->frames[i].copy, PAGE);
	for (size_t i = 0; i < k->alias_count; i++)
		place_again(&k->aliases[i]);
	k->alias_count = 0;
}
