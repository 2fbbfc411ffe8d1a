/* SPDX-License-Identifier: MIT */
/*
 * The program's own globals, stack and heap as simulated memory: mapped once, cached, its physical
 * address its virtual one.
 *
 * Nothing is kept of it until a cache operation or a device comes near. What such a line is like
 * then is found out here: initialised data was written through the cache when the program started,
 * other memory if a writer cell says so; what nobody wrote may still be dirty from a former life on
 * the stack or in the heap, with bytes that matter to nobody. Constants are in memory.
 *
 * Model: writer cells stand for 64 bytes, so with lines shorter than that, or with granules nobody
 * wrote, too much may count as written until the line is first met; from then on the count is
 * exact.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <fcntl.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runtime/exploring/explore.h"

/* --- segments of the program and its libraries --- */

enum segment_kind { CONSTANT, INITIALISED };

struct segment {
	uint64_t start, end;
	enum segment_kind kind;
};

enum { MOST_SEGMENTS = 256 };

static struct segment segments[MOST_SEGMENTS];
static unsigned segment_count;

static void add_segment(uint64_t start, uint64_t bytes, enum segment_kind kind)
{
	if (segment_count < MOST_SEGMENTS && bytes)
		segments[segment_count++] = (struct segment){ start, start + bytes, kind };
}

/* Read-only after relocation comes first: it lies inside a writable segment. */
static int add_module(struct dl_phdr_info *module, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int pass = 0; pass < 2; pass++)
		for (int i = 0; i < module->dlpi_phnum; i++) {
			const ElfW(Phdr) *p = &module->dlpi_phdr[i];
			uint64_t start = module->dlpi_addr + p->p_vaddr;

			if (pass == 0 && p->p_type == PT_GNU_RELRO)
				add_segment(start, p->p_memsz, CONSTANT);
			if (pass == 1 && p->p_type == PT_LOAD)
				add_segment(start, p->p_memsz,
					    p->p_flags & PF_W ? INITIALISED : CONSTANT);
		}
	return 0;
}

void ccsan_find_own_memory(void)
{
	if (__start_ccsan_uncached)
		add_segment((uint64_t)(uintptr_t)__start_ccsan_uncached,
			    (uint64_t)(__stop_ccsan_uncached - __start_ccsan_uncached), CONSTANT);
	dl_iterate_phdr(add_module, NULL);
}

static const struct segment *find_segment(uint64_t address)
{
	for (unsigned i = 0; i < segment_count; i++)
		if (address >= segments[i].start && address < segments[i].end)
			return &segments[i];
	return NULL;
}

/* --- lines met for the first time --- */

static bool was_written(uint64_t address, uint64_t bytes)
{
	uint32_t *cell = ccsan_writer_of(address), *last = ccsan_writer_of(address + bytes - 1);

	for (; cell <= last; cell++)
		if (*cell)
			return true;
	return false;
}

static enum ccsan_birth birth_of(uint64_t address, uint64_t bytes)
{
	const struct segment *segment = find_segment(address);

	if (was_written(address, bytes))
		return CCSAN_BORN_WRITTEN;
	if (ccsan_rt.swept || (segment && segment->kind == CONSTANT))
		return CCSAN_BORN_CLEAN;
	if (segment)
		return ccsan_rt.options.initialised_dirty ? CCSAN_BORN_WRITTEN : CCSAN_BORN_CLEAN;
	return CCSAN_BORN_GARBAGE;
}

void ccsan_meet_own(void *context, uint64_t line_pa, struct ccsan_origin_line *line)
{
	uint64_t address = line_pa & ~CCSAN_OWN_MEMORY;

	(void)context;
	ccsan_rt.own_lines_met = true;
	line->birth = birth_of(address, ccsan_line_size());
	line->own = true;
	line->cached = true;
	line->va = line_pa;
	line->permits = ccsan_is_exploring() ? NULL : ccsan_permit_of(address);
}

void ccsan_forget_own(const void *p, size_t n, uint64_t pc)
{
	struct ccsan_event event = { .operation = CCSAN_FORGET,
				     .at = ccsan_simulated((uint64_t)(uintptr_t)p) };

	if (!ccsan_enter(pc))
		return;
	ccsan_machine_forget(ccsan_rt.machine, &event, n);
	ccsan_leave();
}

void ccsan_note_writer(uint64_t address, size_t bytes, uint64_t pc)
{
	uint32_t *cell = ccsan_writer_of(address), *last = ccsan_writer_of(address + bytes - 1);

	for (; cell <= last; cell++)
		*cell = (uint32_t)pc;
}

void ccsan_sweep_own_memory(void)
{
	madvise((void *)(uintptr_t)CCSAN_WRITERS_AT, CCSAN_SHADOW_BYTES, MADV_DONTNEED); // NOLINT
	ccsan_rt.swept = true;
}

/* --- which addresses are memory --- */

enum { PAGE = 4096, CHECKED_PAGES = 256 };

/* msync() of a range that is not mapped fails. Pages found good are remembered. */
static bool page_is_mapped(uint64_t page)
{
	static uint64_t checked[CHECKED_PAGES];
	uint64_t *slot = &checked[page / PAGE % CHECKED_PAGES];

	if (*slot == page)
		return true;
	if (find_segment(page))
		return true;
	if (msync((void *)(uintptr_t)page, PAGE, MS_ASYNC)) // NOLINT
		return false;
	*slot = page;
	return true;
}

/* The reservations of instrument.h and the runtime's view of the frames are mapped, but they are
 * not the program's. */
static bool is_tools_own(uint64_t address)
{
	uint64_t frames = (uint64_t)(uintptr_t)ccsan_rt.arena.frames;

	return address - CCSAN_PERMITS < CCSAN_SHADOW_BYTES ||
	       address - CCSAN_WRITERS_AT < CCSAN_SHADOW_BYTES ||
	       address - frames < (uint64_t)ccsan_rt.options.memory;
}

bool ccsan_is_own_memory(uint64_t address, size_t bytes)
{
	if (address < PAGE || ccsan_is_alias(address) || is_tools_own(address) ||
	    address + bytes < address)
		return false;
	for (uint64_t page = address & ~(uint64_t)(PAGE - 1); page < address + bytes; page += PAGE)
		if (!page_is_mapped(page))
			return false;
	return true;
}

/* The regions of the process, from the kernel's list of them. Reads with system calls only, since
 * it may run anywhere. */
static uint64_t region_with_low_half(uint64_t low, size_t bytes)
{
	char text[4096], *line, *end;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t kept = 0;
	ssize_t got;
	uint64_t found = 0;

	while (fd >= 0 && !found && (got = read(fd, text + kept, sizeof(text) - 1 - kept)) > 0) {
		text[kept + (size_t)got] = '\0';
		for (line = text; (end = strchr(line, '\n')); line = end + 1) {
			uint64_t from = strtoull(line, &line, 16),
				 to = strtoull(line + 1, &line, 16);
			uint64_t at = (from & ~0xffffffffull) | low;

			if (at < from)
				at += 1ull << 32;
			if (at >= from && at + bytes <= to && !ccsan_is_alias(at) &&
			    !is_tools_own(at) && line[1] == 'r' && from >= 1ull << 32)
				found = at;
		}
		kept = strlen(line);
		memmove(text, line, kept);
	}
	if (fd >= 0)
		close(fd);
	return found;
}

uint64_t ccsan_complete_address(uint64_t low, size_t bytes)
{
	static uint64_t last_high;

	if (last_high && ccsan_is_own_memory(last_high | low, bytes))
		return last_high | low;
	low = region_with_low_half(low, bytes);
	last_high = low & ~0xffffffffull;
	return low;
}

/* --- what nobody was seen to write --- */

/* Eight bytes at a time: a line is a multiple of 16. */
static uint32_t content(uint64_t pa, uint64_t line_bytes)
{
	const uint8_t *bytes =
		pa & CCSAN_OWN_MEMORY
			? (const uint8_t *)(uintptr_t)(pa & ~CCSAN_OWN_MEMORY) // NOLINT
			: ccsan_rt.arena.frames + (pa - CCSAN_RAM_BASE);
	uint64_t hash = 14695981039346656037u, eight;
	uint32_t word;

	for (uint64_t i = 0; i < line_bytes; i += sizeof(eight)) {
		memcpy(&eight, bytes + i, sizeof(eight));
		hash = (hash ^ eight) * 0x9e3779b97f4a7c15u;
		hash ^= hash >> 32;
	}
	word = (uint32_t)hash;
	return word ? word : 1; /* 0 is: not remembered */
}

static void each_line(uint64_t pa, size_t bytes,
		      void (*look)(struct ccsan_shadow *, uint64_t, uint64_t))
{
	struct ccsan_shadow *shadow = ccsan_machine_shadow(ccsan_rt.machine);
	uint64_t line = ccsan_line_size();

	for (uint64_t at = pa & ~(line - 1); at < pa + bytes; at += line)
		look(shadow, at, line);
}

static void compare(struct ccsan_shadow *shadow, uint64_t line_pa, uint64_t line_bytes)
{
	uint32_t word = ccsan_shadow_word(shadow, line_pa);

	if (word && ccsan_shadow_is_clean(shadow, line_pa) &&
	    word != content(line_pa, line_bytes)) {
		ccsan_rt.unseen_lines++;
		ccsan_rt.unseen_at = line_pa & ~CCSAN_OWN_MEMORY;
	}
}

void ccsan_look_for_unseen(uint64_t pa, size_t bytes)
{
	each_line(pa, bytes, compare);
}

static void remember(struct ccsan_shadow *shadow, uint64_t line_pa, uint64_t line_bytes)
{
	if (ccsan_shadow_is_clean(shadow, line_pa))
		ccsan_shadow_set_word(shadow, line_pa, content(line_pa, line_bytes));
}

void ccsan_remember_content(uint64_t pa, size_t bytes)
{
	each_line(pa, bytes, remember);
}
