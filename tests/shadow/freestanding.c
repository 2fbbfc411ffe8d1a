/* SPDX-License-Identifier: MIT */
/*
 * The engine as a kernel or an emulator would carry it: no libc, a start of its own, memory from an
 * array, a made-up translation from (space, va) to pa, page by page. Exits with the line number's
 * low byte (never 0) of the first check that fails. x86-64 Linux, for the two system calls only.
 */
#include "shadow/shadow.h"

enum { PAGE = 4096, LINE = 64, PAGES = 8, EXIT = 60, WRITE = 1 };

/* --- what a freestanding compiler may call --- */

void *memset(void *to, int value, size_t n);
void *memcpy(void *restrict to, const void *restrict from, size_t n);
void *memmove(void *to, const void *from, size_t n);
int memcmp(const void *a, const void *b, size_t n);

void *memset(void *to, int value, size_t n)
{
	for (unsigned char *p = to; n; n--)
		*p++ = (unsigned char)value;
	return to;
}

void *memcpy(void *restrict to, const void *restrict from, size_t n)
{
	const unsigned char *source = from;

	for (unsigned char *p = to; n; n--)
		*p++ = *source++;
	return to;
}

void *memmove(void *to, const void *from, size_t n)
{
	unsigned char *p = to;
	const unsigned char *source = from;

	if (p < source)
		return memcpy(to, from, n);
	while (n--)
		p[n] = source[n];
	return to;
}

int memcmp(const void *a, const void *b, size_t n)
{
	const unsigned char *x = a, *y = b;

	for (; n; n--, x++, y++)
		if (*x != *y)
			return *x < *y ? -1 : 1;
	return 0;
}

static long call(long number, long a, long b, long c)
{
	long result;

	__asm__ volatile("syscall"
			 : "=a"(result)
			 : "a"(number), "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return result;
}

static void require(bool good, int line)
{
	static const char failed[] = "freestanding: a check failed; its line is in the status\n";

	if (good)
		return;
	call(WRITE, 2, (long)failed, sizeof(failed) - 1);
	call(EXIT, line % 255 + 1, 0, 0);
}

#define REQUIRE(condition) require((condition), __LINE__)

/* --- the engine's caller --- */

static _Alignas(64) unsigned char memory[1 << 20];
static size_t used;
static struct ccsan_shadow_fault last;
static unsigned faults;

static void *more(void *context, size_t bytes)
{
	void *taken = memory + used;

	(void)context;
	used += (bytes + 63) & ~(size_t)63;
	REQUIRE(used <= sizeof(memory));
	return taken;
}

static void take_fault(void *context, const struct ccsan_shadow_fault *fault)
{
	(void)context;
	last = *fault;
	faults++;
}

static void meet(void *context, uint64_t line_pa, struct ccsan_origin_line *line)
{
	(void)context, (void)line_pa, (void)line;
}

/* --- a page table --- */

struct page {
	uint32_t space;
	uint64_t va, pa;
	bool mapped;
	uint8_t permits[PAGE / CCSAN_PERMIT_BYTES];
};

static struct page pages[PAGES];
static struct ccsan_shadow *shadow;

static struct page *find(uint32_t space, uint64_t va)
{
	for (int i = 0; i < PAGES; i++)
		if (pages[i].mapped && pages[i].space == space && pages[i].va == va / PAGE * PAGE)
			return &pages[i];
	return NULL;
}

static void map(uint32_t space, uint64_t va, uint64_t pa)
{
	struct ccsan_address at = { space, va, pa };
	int i = 0;

	while (i < PAGES && pages[i].mapped)
		i++;
	REQUIRE(i < PAGES);
	pages[i].space = space;
	pages[i].va = va;
	pages[i].pa = pa;
	pages[i].mapped = true;
	ccsan_shadow_map(shadow, &at, true, pages[i].permits);
}

static void unmap(uint32_t space, uint64_t va)
{
	struct page *page = find(space, va);
	struct ccsan_address at = { space, va, page ? page->pa : 0 };

	REQUIRE(page);
	ccsan_shadow_unmap(shadow, &at);
	page->mapped = false;
}

enum { DONE = 1, SLOW = 2 };

/* One access, cut at page ends. Return: SLOW if the engine was asked. */
static int access(uint32_t space, uint64_t va, unsigned bytes, enum ccsan_operation operation)
{
	int how = DONE;

	while (bytes) {
		struct page *page = find(space, va);
		unsigned left = PAGE - (unsigned)(va % PAGE), part = bytes < left ? bytes : left;
		struct ccsan_event event = { .operation = operation, .bytes = part, .origin = 1 };
		uint8_t slow = operation == CCSAN_WRITE ? CCSAN_WRITE_SLOW : CCSAN_READ_SLOW;

		REQUIRE(page);
		event.at = (struct ccsan_address){ space, va, page->pa + va % PAGE };
		if (page->permits[va % PAGE / CCSAN_PERMIT_BYTES] & slow) {
			ccsan_shadow_access(shadow, &event);
			how = SLOW;
		}
		va += part;
		bytes -= part;
	}
	return how;
}

static unsigned maintain(uint32_t space, uint64_t va, unsigned bytes,
			 enum ccsan_operation operation)
{
	struct page *page = find(space, va);
	struct ccsan_event event = { .operation = operation, .bytes = bytes, .origin = 2 };

	REQUIRE(page);
	event.at = (struct ccsan_address){ space, va, page->pa + va % PAGE };
	return ccsan_shadow_maintain(shadow, &event);
}

static void device(uint64_t pa, unsigned bytes, enum ccsan_operation operation)
{
	struct ccsan_event event = { .operation = operation, .bytes = bytes, .origin = 3 };

	event.at.pa = pa;
	ccsan_shadow_memory(shadow, &event);
}

static void expect(enum ccsan_fault fault, int line)
{
	require(fault == CCSAN_NO_FAULT ? faults == 0 : faults == 1, line);
	require(fault == CCSAN_NO_FAULT || last.verdict.fault == fault, line);
	require(!ccsan_shadow_broken_invariant(shadow), line);
	faults = 0;
}

#define EXPECT(fault) expect((fault), __LINE__)

/* --- the checks --- */

static void check_dma(void)
{
	map(0, 0xffff800000000000, 0x1000);
	access(0, 0xffff800000000010, 16, CCSAN_WRITE);
	REQUIRE(access(0, 0xffff800000000010, 8, CCSAN_WRITE) == DONE);
	device(0x1010, 16, CCSAN_DEVICE_READ);
	EXPECT(CCSAN_STALE_DMA);
	access(0, 0xffff800000000010, 16, CCSAN_WRITE);
	REQUIRE(maintain(0, 0xffff800000000000, PAGE, CCSAN_CLEAN) == 1);
	device(0x1010, 16, CCSAN_DEVICE_READ);
	EXPECT(CCSAN_NO_FAULT);
	device(0x1000, 32, CCSAN_DEVICE_WRITE);
	access(0, 0xffff800000000000, 4, CCSAN_READ);
	EXPECT(CCSAN_STALE_READ);
	REQUIRE(last.writer.origin == 3 && last.keeper.origin == 2);
}

static void check_aliases(void)
{
	map(1, 0x10000, 0x2000);
	map(1, 0x11000, 0x3000);
	map(0, 0xffff800000001000, 0x2000);
	ccsan_shadow_switch(shadow, 0, 1);
	access(1, 0x10ffc, 8, CCSAN_WRITE); /* two pages */
	EXPECT(CCSAN_NO_FAULT);
	access(0, 0xffff800000001ffc, 4, CCSAN_READ);
	EXPECT(CCSAN_STALE_READ);
}

static void check_homonyms(void)
{
	map(2, 0x10000, 0x4000);
	ccsan_shadow_switch(shadow, 0, 2);
	access(2, 0x10ffc, 4, CCSAN_READ);
	EXPECT(CCSAN_HOMONYM);
	unmap(2, 0x10000);
	map(2, 0x10000, 0x5000);
	access(2, 0x10ffc, 4, CCSAN_READ);
	EXPECT(CCSAN_HOMONYM);
	maintain(2, 0x10000, PAGE, CCSAN_FLUSH);
	unmap(2, 0x10000);
	map(2, 0x10000, 0x4000);
	access(2, 0x10ffc, 4, CCSAN_READ);
	EXPECT(CCSAN_NO_FAULT);
}

static void check_code(void)
{
	map(0, 0xffff800000002000, 0x6000);
	access(0, 0xffff800000002000, 64, CCSAN_WRITE);
	maintain(0, 0xffff800000002000, 64, CCSAN_CLEAN);
	access(0, 0xffff800000002000, 4, CCSAN_READ);
	EXPECT(CCSAN_NO_FAULT);
	REQUIRE(ccsan_shadow_is_clean(shadow, 0x6000));
	REQUIRE(ccsan_shadow_table_bytes(shadow) <= used);
}

static void check_all(void)
{
	static const struct ccsan_geometry arm9 = { .data = CCSAN_VIVT,
						    .instruction = CCSAN_VIVT,
						    .line_bytes = LINE,
						    .page_bytes = PAGE,
						    .data_colours = 1,
						    .instruction_colours = 1,
						    .instruction_line_bytes = LINE,
						    .outer_line_bytes = LINE };
	struct ccsan_shadow_host host = { NULL, more, take_fault, meet };

	for (int i = 0; i < PAGES; i++)
		memset(pages[i].permits, CCSAN_ALL_SLOW, sizeof(pages[i].permits));
	shadow = ccsan_shadow_new(&arm9, &host);
	check_dma();
	check_aliases();
	check_homonyms();
	check_code();
	call(EXIT, 0, 0, 0);
}

void _start(void);

__attribute__((force_align_arg_pointer)) void _start(void)
{
	check_all();
}
