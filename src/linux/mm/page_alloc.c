/* SPDX-License-Identifier: MIT */
/*
 * linux/gfp.h, linux/mmzone.h: a buddy allocator for each zone. Not instrumented: it reports in the
 * name of its caller. Between two points where a switch may happen all of it is one step.
 *
 * Free frames are retired in the machine: whoever still uses one is found. Those that the program
 * takes from the machine itself (ccsan_page_alloc()) have a struct page, too, and no zone.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ccsan/linux.h>
#include <linux/highmem.h>

#include "linux/layer.h"
#include "linux/dma/dma.h"

enum { POISON = 0xaa };

static struct {
	struct page *map; /* of all frames of the machine */
	unsigned long frames;
	ccsan_phys start; /* of the zones */
	unsigned long pages, used, high_from;
	struct zone zones[MAX_NR_ZONES];
	bool ready, poison;
} memory;

/* --- frames and pages --- */

static unsigned long index_of(const struct page *page)
{
	return (unsigned long)(page - memory.map);
}

phys_addr_t page_to_phys(const struct page *page)
{
	return CCSAN_RAM_BASE + (phys_addr_t)index_of(page) * PAGE_SIZE;
}

bool pfn_valid(unsigned long pfn)
{
	return pfn - CCSAN_RAM_BASE / PAGE_SIZE < memory.frames;
}

static unsigned long first_index(void)
{
	return (unsigned long)((memory.start - CCSAN_RAM_BASE) / PAGE_SIZE);
}

/* --- setting up --- */

static void *tables(size_t count, size_t bytes)
{
	void *p = calloc(count, bytes);

	if (!p) {
		fputs("ccsan: out of memory for the table of pages\n", stderr);
		abort();
	}
	return p;
}

static struct free_area *area_of(struct zone *zone, unsigned int order)
{
	return &zone->free_area[order];
}

static void add_block(struct zone *zone, struct page *page, unsigned int order)
{
	page->flags |= 1ul << PG_buddy;
	page->order = (unsigned char)order;
	list_add(&page->lru, &area_of(zone, order)->free_list);
	area_of(zone, order)->nr_free++;
}

static void take_block(struct zone *zone, struct page *page)
{
	page->flags &= ~(1ul << PG_buddy);
	list_del(&page->lru);
	area_of(zone, page->order)->nr_free--;
}

/* The largest blocks that are aligned to their size, so that the lowest is taken first. */
static void fill_zone(struct zone *zone, unsigned long from, unsigned long to)
{
	while (from < to) {
		unsigned int order = MAX_ORDER - 1;

		while ((to & ((1ul << order) - 1)) || to - (1ul << order) < from)
			order--;
		to -= 1ul << order;
		add_block(zone, &memory.map[to], order);
		zone->free_pages += 1ul << order;
	}
}

static void make_zone(enum zone_type type, const char *name, unsigned long from, unsigned long to)
{
	struct zone *zone = &memory.zones[type];

	*zone = (struct zone){ .name = name,
			       .zone_start_pfn = CCSAN_RAM_BASE / PAGE_SIZE + from,
			       .spanned_pages = to - from };
	for (unsigned int order = 0; order < MAX_ORDER; order++)
		INIT_LIST_HEAD(&area_of(zone, order)->free_list);
	fill_zone(zone, from, to);
}

/* Half of the machine's memory at most: the rest is for programs that use it without us. */
static unsigned long wanted_pages(void)
{
	unsigned long pages = ccsan_param("mem", 64 << 20) / PAGE_SIZE;

	return pages < memory.frames / 2 ? pages : memory.frames / 2;
}

static unsigned long share(const char *name, unsigned long fallback, unsigned long most)
{
	unsigned long pages = ccsan_param(name, fallback) / PAGE_SIZE;

	return pages < most ? pages : most;
}

static void boot(void)
{
	unsigned long first, high, dma;

	if (!memory.map) {
		memory.frames = ccsan_hosted_memory() / PAGE_SIZE;
		memory.map = tables(memory.frames, sizeof(*memory.map));
	}
	memory.ready = true;
	memory.poison = ccsan_param("page_poison", 1);
	memory.pages = wanted_pages();
	memory.start = ccsan_page_alloc((unsigned)memory.pages);
	if (!memory.start)
		memory.pages = 0;
	first = memory.start ? first_index() : 0;
	high = share("highmem", 16 << 20, memory.pages / 2);
	dma = share("dma", 8 << 20, (memory.pages - high) / 2);
	memory.high_from = first + memory.pages - high;
	make_zone(ZONE_DMA, "DMA", first, first + dma);
	make_zone(ZONE_NORMAL, "Normal", first + dma, memory.high_from);
	make_zone(ZONE_HIGHMEM, "HighMem", memory.high_from, first + memory.pages);
	for (unsigned long i = memory.high_from; i < first + memory.pages; i++)
		memory.map[i].flags |= 1ul << PG_highmem;
	if (memory.pages > high)
		ccsan_map(memory.start, (unsigned)(memory.pages - high), CCSAN_KERNEL);
}

/* Before the program starts: so it is not done again for each explored run. */
static __attribute__((constructor(110))) void ready(void)
{
	if (!memory.ready)
		boot();
}

bool ccsan_pages_boot_again(void)
{
	unsigned long low;

	if (memory.used)
		return false;
	ready();
	low = memory.high_from - first_index();
	for (unsigned long i = 0; i < memory.pages; i++)
		memory.map[first_index() + i] = (struct page){ 0 };
	if (memory.start) {
		ccsan_unmap(
			ccsan_hosted_pointer(0, CCSAN_KERNEL_BASE + memory.start - CCSAN_RAM_BASE),
			(unsigned)low);
		ccsan_page_free(memory.start, (unsigned)memory.pages);
	}
	boot();
	return true;
}

struct page *phys_to_page(phys_addr_t phys)
{
	ready();
	return &memory.map[(phys - CCSAN_RAM_BASE) / PAGE_SIZE % memory.frames];
}

void *page_address(const struct page *page)
{
	if (PageHighMem(page))
		return ccsan_highmem_address(page);
	return ccsan_hosted_pointer(0, CCSAN_KERNEL_BASE + page_to_phys(page) - CCSAN_RAM_BASE);
}

/* --- zones --- */

static bool has_zone(const struct page *page)
{
	unsigned long first = first_index();

	return memory.start && index_of(page) - first < memory.pages;
}

enum zone_type page_zonenum(const struct page *page)
{
	if (PageHighMem(page))
		return ZONE_HIGHMEM;
	return page_to_pfn(page) < memory.zones[ZONE_NORMAL].zone_start_pfn ? ZONE_DMA
									    : ZONE_NORMAL;
}

struct zone *page_zone(const struct page *page)
{
	return &memory.zones[page_zonenum(page)];
}

enum zone_type gfp_zone(gfp_t gfp)
{
	return gfp & __GFP_DMA ? ZONE_DMA : gfp & __GFP_HIGHMEM ? ZONE_HIGHMEM : ZONE_NORMAL;
}

phys_addr_t ccsan_dma_zone_end(void)
{
	ready();
	return (phys_addr_t)memory.zones[ZONE_NORMAL].zone_start_pfn << PAGE_SHIFT;
}

unsigned long totalram_pages(void)
{
	return memory.pages;
}

unsigned long totalhigh_pages(void)
{
	return memory.zones[ZONE_HIGHMEM].spanned_pages;
}

unsigned long nr_free_highpages(void)
{
	return memory.zones[ZONE_HIGHMEM].free_pages;
}

unsigned long nr_free_pages(void)
{
	unsigned long pages = 0;

	for (int i = 0; i < MAX_NR_ZONES; i++)
		pages += memory.zones[i].free_pages;
	return pages;
}

/* --- blocks --- */

/* Takes 2^order pages from `at` out of a free block around them; the rest is free again. */
static struct page *cut(struct zone *zone, struct page *block, struct page *at, unsigned int order)
{
	unsigned int have = block->order;

	take_block(zone, block);
	while (have-- > order) {
		struct page *upper = block + (1ul << have);
		bool is_upper = at >= upper;

		add_block(zone, is_upper ? block : upper, have);
		block = is_upper ? upper : block;
	}
	return block;
}

static struct page *take_from(struct zone *zone, unsigned int order)
{
	for (unsigned int have = order; have < MAX_ORDER; have++) {
		struct list_head *list = &area_of(zone, have)->free_list;

		if (!list_empty(list)) {
			struct page *block = list_first_entry(list, struct page, lru);

			return cut(zone, block, block, order);
		}
	}
	return NULL;
}

/* The first page of the colour in a free block. */
static struct page *of_colour(struct page *block, unsigned int colour, unsigned int colours)
{
	unsigned int own = (unsigned int)(page_to_pfn(block) % colours);
	unsigned int step = (colour + colours - own) % colours;

	return step < 1u << block->order ? block + step : NULL;
}

static struct page *take_colour(struct zone *zone, unsigned int colour)
{
	unsigned int colours = ccsan_colour_count();

	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *block, *at;

		list_for_each_entry (block, &area_of(zone, order)->free_list, lru) {
			at = of_colour(block, colour % colours, colours);
			if (at)
				return cut(zone, block, at, 0);
		}
	}
	return NULL;
}

/* The free block around a frame. */
static struct page *block_around(const struct page *page)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *block = &memory.map[index_of(page) & ~((1ul << order) - 1)];

		if (block->flags & 1ul << PG_buddy && block->order == order && has_zone(block))
			return block;
	}
	return NULL;
}

/* Joins the block with its buddy as long as that is free. */
static void give_back(struct zone *zone, struct page *page, unsigned int order)
{
	zone->free_pages += 1ul << order;
	memory.used -= 1ul << order;
	for (; order < MAX_ORDER - 1; order++) {
		struct page *buddy = &memory.map[index_of(page) ^ (1ul << order)];

		if (!has_zone(buddy) || page_zone(buddy) != zone ||
		    !(buddy->flags & 1ul << PG_buddy) || buddy->order != order)
			break;
		take_block(zone, buddy);
		page = buddy < page ? buddy : page;
	}
	add_block(zone, page, order);
}

/* --- allocation --- */

/* Return: whether nobody has changed the poison since the page was freed. */
static void check_poison(struct page *page, uint64_t pc)
{
	size_t good;
	char text[CCSAN_TEXT_BYTES];

	if (!PagePoisoned(page))
		return;
	good = ccsan_hosted_filled(page_to_phys(page), PAGE_SIZE, POISON);
	if (good == PAGE_SIZE)
		return;
	snprintf(
		text, sizeof(text),
		"alloc_pages(): byte %zu of a free page was changed, by code that was not built by "
		"`ccsan cc`",
		good);
	ccsan_hosted_report_freed(pc, page_address(page), PAGE_SIZE, page->freed_by, text);
}

static void prepare(struct page *first, gfp_t gfp, unsigned int order, uint64_t pc)
{
	u32 origin = ccsan_hosted_revive(page_to_phys(first), 1u << order, pc);
	bool compound = gfp & __GFP_COMP && order;

	for (unsigned int i = 0; i < 1u << order; i++) {
		struct page *page = first + i;

		check_poison(page, pc);
		*page = (struct page){ .flags = page->flags & 1ul << PG_highmem,
				       .head = compound ? first : page,
				       .allocated_by = origin,
				       .freed_by = page->freed_by };
		page->virtual = PageHighMem(page) ? NULL : page_address(page);
		atomic_set(&page->_mapcount, -1);
		INIT_LIST_HEAD(&page->lru);
	}
	first->order = (unsigned char)order;
	first->flags |= compound ? 1ul << PG_head : 0;
	atomic_set(&first->_refcount, 1);
}

static void zero(struct page *first, unsigned int order, uint64_t pc)
{
	for (unsigned int i = 0; i < 1u << order; i++) {
		char *p = PageHighMem(first + i) ? kmap_atomic(first + i) : page_address(first + i);

		ccsan_hosted_writes(p, PAGE_SIZE, pc);
		memset(p, 0, PAGE_SIZE);
		if (PageHighMem(first + i))
			kunmap_atomic(p);
	}
}

/* Return: false if the allocation is not to be made. */
static bool may_allocate(gfp_t gfp, unsigned int order, uint64_t pc)
{
	struct ccsan_call call = { .verb = "alloc_pages()", .pc = pc };

	ready();
	if (ccsan_should_fail() && !(gfp & __GFP_NOFAIL))
		return false;
	if (gfpflags_allow_blocking(gfp) && ccsan_is_atomic()) {
		ccsan_call_begin(&call);
		ccsan_call_problem(&call, "the flags allow it to sleep, and here it must not");
		ccsan_call_end(&call);
	}
	ccsan_hosted_before_frames();
	return order < MAX_ORDER;
}

static struct page *finish(struct page *page, gfp_t gfp, unsigned int order, uint64_t pc)
{
	if (!page)
		return NULL;
	page_zone(page)->free_pages -= 1ul << order;
	memory.used += 1ul << order;
	prepare(page, gfp, order, pc);
	if (gfp & __GFP_ZERO)
		zero(page, order, pc);
	return page;
}

static struct page *allocate(gfp_t gfp, unsigned int order, uint64_t pc)
{
	struct page *page = NULL;

	if (!may_allocate(gfp, order, pc))
		return NULL;
	for (int zone = (int)gfp_zone(gfp); zone >= 0 && !page; zone--)
		page = take_from(&memory.zones[zone], order);
	return finish(page, gfp, order, pc);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return allocate(gfp, order, CCSAN_PC);
}

struct page *alloc_pages_vma(gfp_t gfp, int order, struct vm_area_struct *vma, unsigned long addr)
{
	(void)vma;
	(void)addr;
	return allocate(gfp, (unsigned int)order, CCSAN_PC);
}

struct page *ccsan_linux_alloc_colour(gfp_t gfp, unsigned int colour)
{
	struct page *page = NULL;

	if (!may_allocate(gfp, 0, CCSAN_PC))
		return NULL;
	for (int zone = (int)gfp_zone(gfp); zone >= 0 && !page; zone--)
		page = take_colour(&memory.zones[zone], colour);
	return finish(page, gfp, 0, CCSAN_PC);
}

struct page *ccsan_linux_alloc_frame(gfp_t gfp, unsigned long pfn)
{
	struct page *page = pfn_to_page(pfn), *block;

	if (!may_allocate(gfp, 0, CCSAN_PC) || !pfn_valid(pfn) || !has_zone(page))
		return NULL;
	block = block_around(page);
	return block ? finish(cut(page_zone(page), block, page, 0), gfp, 0, CCSAN_PC) : NULL;
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = allocate(gfp & ~__GFP_HIGHMEM, order, CCSAN_PC);

	return page ? (unsigned long)page_address(page) : 0;
}

/* --- freeing --- */

static void misused(struct page *page, const char *verb, uint64_t pc)
{
	char text[CCSAN_TEXT_BYTES];

	snprintf(text, sizeof(text), "%s: these pages are free already", verb);
	ccsan_hosted_report_freed(pc, page_address(page), PAGE_SIZE, page->freed_by, text);
}

bool ccsan_page_was_freed(const struct page *page)
{
	return page->flags & 1ul << PG_free;
}

void ccsan_page_is_free(struct page *page, const char *verb)
{
	misused(page, verb, CCSAN_PC);
}

/* What Linux calls a bad page. Return: whether it can be freed anyway. */
static void check_page(struct ccsan_call *call, const struct page *page)
{
	static const struct {
		enum pageflags flag;
		const char *text;
	} flags[] = {
		{ PG_locked, "the page is locked" },
		{ PG_writeback, "the page is being written back" },
		{ PG_lru, "the page is in a list of the page cache" },
		{ PG_private, "the page has something of a file system (PG_private)" },
	};

	if (atomic_read(&page->_mapcount) >= 0)
		ccsan_call_problem(call, "a process has the page mapped");
	if (page->mapping && !PageAnon(page))
		ccsan_call_problem(call, "the page is in the page cache of a file");
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (page->flags & 1ul << flags[i].flag)
			ccsan_call_problem(call, "%s", flags[i].text);
}

static void check_pages(struct page *page, unsigned int order, const char *verb, uint64_t pc)
{
	struct ccsan_call call = { .verb = verb, .pc = pc, .bytes = PAGE_SIZE << order };

	call.p = PageHighMem(page) ? NULL : page_address(page);
	ccsan_call_begin(&call);
	ccsan_check_free_frames(&call, page_to_phys(page), PAGE_SIZE << order);
	for (unsigned int i = 0; i < 1u << order; i++)
		check_page(&call, page + i);
	ccsan_call_end(&call);
}

static void free_frames(struct page *page, unsigned int order, uint64_t pc)
{
	unsigned int count = 1u << order;
	u32 origin;

	ccsan_hosted_before_frames();
	if (!has_zone(page)) {
		ccsan_page_free(page_to_phys(page), count);
		return;
	}
	if (memory.poison)
		ccsan_hosted_fill(page_to_phys(page), PAGE_SIZE << order, POISON);
	origin = ccsan_hosted_retire(page_to_phys(page), count, pc);
	for (unsigned int i = 0; i < count; i++) {
		page[i].freed_by = origin;
		page[i].mapping = NULL;
		page[i].head = NULL;
		page[i].flags &= 1ul << PG_highmem;
		page[i].flags |= 1ul << PG_free | (memory.poison ? 1ul << PG_poisoned : 0);
		atomic_set(&page[i]._mapcount, -1);
	}
	give_back(page_zone(page), page, order);
}

static void drop(struct page *page, unsigned int order, const char *verb, uint64_t pc)
{
	if (ccsan_page_count_peek(&page->_refcount) <= 0) {
		misused(page, verb, pc);
		return;
	}
	if (!page_ref_dec_and_test(page))
		return;
	check_pages(page, order, verb, pc);
	free_frames(page, order, pc);
}

void __put_page(struct page *page)
{
	unsigned int order = compound_order(page);

	check_pages(page, order, "put_page()", CCSAN_PC);
	free_frames(page, order, CCSAN_PC);
}

void __free_pages(struct page *page, unsigned int order)
{
	struct ccsan_call call = { .verb = "__free_pages()", .pc = CCSAN_PC };

	if (page) {
		drop(page, order, call.verb, CCSAN_PC);
		return;
	}
	ccsan_call_begin(&call);
	ccsan_call_problem(&call, "no page");
	ccsan_call_end(&call);
}

void free_pages(unsigned long address, unsigned int order)
{
	if (address)
		drop(virt_to_page((void *)address), order, "free_pages()", CCSAN_PC);
}

/* --- by the page, of a number that is no power of two --- */

void split_page(struct page *page, unsigned int order)
{
	for (unsigned int i = 1; i < 1u << order; i++)
		set_page_count(page + i, 1);
	page->order = 0;
}

void *alloc_pages_exact(size_t bytes, gfp_t gfp)
{
	unsigned int order = (unsigned int)get_order(bytes);
	unsigned long count = PFN_UP(bytes);
	struct page *page = allocate(gfp & ~(__GFP_HIGHMEM | __GFP_COMP), order, CCSAN_PC);

	if (!page)
		return NULL;
	split_page(page, order);
	for (unsigned long i = count; i < 1ul << order; i++)
		drop(page + i, 0, "alloc_pages_exact()", CCSAN_PC);
	return page_address(page);
}

void free_pages_exact(void *p, size_t bytes)
{
	struct page *page = virt_to_page(p);

	for (unsigned long i = 0; i < PFN_UP(bytes); i++)
		drop(page + i, 0, "free_pages_exact()", CCSAN_PC);
}

/* --- from address to page --- */

/* What code that goes on after its mistake gets: a frame of nobody's. */
static struct page *nobodys_page(uint64_t pc)
{
	static struct page *page;

	if (!page)
		page = allocate(0, 0, pc);
	return page ? page : memory.map;
}

struct page *virt_to_page(const volatile void *p)
{
	struct ccsan_call call = { .verb = "virt_to_page()", .pc = CCSAN_PC, .p = (const void *)p };
	struct page *page = NULL;

	if (virt_addr_valid(p))
		return phys_to_page(ccsan_physical_address(p));
	ready();
	page = ccsan_kmap_page((unsigned long)p);
	ccsan_call_begin(&call);
	ccsan_call_problem(&call, page ? "the address is in the window of kmap(), where only "
					 "kmap_to_page() knows pages"
				       : "the memory is not in the direct map: it has no struct "
					 "page");
	ccsan_call_end(&call);
	return page ? page : nobodys_page(CCSAN_PC);
}
