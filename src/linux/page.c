/* SPDX-License-Identifier: MIT */
/* Frames and the direct map: linux/gfp.h, linux/mm.h. All frames are lowmem so far. */
#include <linux/mm.h>
#include <stdlib.h>
#include <string.h>

#include "linux.h"

enum { MOST_RAM_SHIFT = 31 }; /* the machine has up to 2 GiB */

/* One struct page for each frame there can be; the host gives memory for those that are used. */
static struct page *mem_map;

static struct page *page_of_frame(phys_addr_t phys)
{
	if (!mem_map)
		mem_map = calloc((1ull << MOST_RAM_SHIFT) / PAGE_SIZE, sizeof(*mem_map));
	if (!mem_map)
		abort();
	return &mem_map[(phys - CCSAN_RAM_BASE) / PAGE_SIZE];
}

struct page *phys_to_page(phys_addr_t phys)
{
	return page_of_frame(phys);
}

phys_addr_t page_to_phys(const struct page *page)
{
	return CCSAN_RAM_BASE + (phys_addr_t)(page - page_of_frame(CCSAN_RAM_BASE)) * PAGE_SIZE;
}

void *page_address(const struct page *page)
{
	return page->virtual;
}

/* --- allocation --- */

static struct page *make_pages(gfp_t gfp, unsigned int order, uint64_t pc)
{
	unsigned int count = 1u << order;
	ccsan_phys frames = ccsan_page_alloc(count);
	char *direct = frames ? ccsan_map(frames, count, CCSAN_KERNEL) : NULL;
	struct page *first;

	if (!direct)
		return NULL;
	first = page_of_frame(frames);
	for (unsigned int i = 0; i < count; i++)
		first[i] = (struct page){ ._refcount = i == 0, .virtual = direct + i * PAGE_SIZE };
	if (gfp & __GFP_ZERO) {
		ccsan_hosted_writes(direct, count * PAGE_SIZE, pc);
		memset(direct, 0, count * PAGE_SIZE);
	}
	return first;
}

static void drop(struct page *page, unsigned int order, const char *verb, uint64_t pc)
{
	struct ccsan_call call = { .verb = verb, .pc = pc, .p = page->virtual };
	size_t bytes = PAGE_SIZE << order;

	call.bytes = bytes;
	ccsan_call_begin(&call);
	if (page->_refcount <= 0)
		ccsan_call_problem(&call, "these pages are free already");
	else if (page->_refcount == 1)
		ccsan_check_free(&call, page->virtual, bytes);
	ccsan_call_end(&call);
	if (page->_refcount <= 0 || --page->_refcount)
		return;
	ccsan_page_free(page_to_phys(page), 1u << order);
}

struct page *alloc_pages(gfp_t gfp, unsigned int order)
{
	return make_pages(gfp, order, CCSAN_PC);
}

void __free_pages(struct page *page, unsigned int order)
{
	drop(page, order, "__free_pages()", CCSAN_PC);
}

unsigned long __get_free_pages(gfp_t gfp, unsigned int order)
{
	struct page *page = make_pages(gfp, order, CCSAN_PC);

	return page ? (unsigned long)page->virtual : 0;
}

void free_pages(unsigned long address, unsigned int order)
{
	if (address)
		drop(page_of_frame(ccsan_physical_address((void *)address)), order, "free_pages()",
		     CCSAN_PC);
}

void get_page(struct page *page)
{
	page->_refcount++;
}

void put_page(struct page *page)
{
	drop(page, 0, "put_page()", CCSAN_PC);
}

/* --- from address to page --- */

/* What code that goes on after its mistake gets: a frame of nobody's. */
static struct page *nobodys_page(void)
{
	static struct page *page;

	if (!page)
		page = alloc_pages(0, 0);
	return page;
}

struct page *virt_to_page(const volatile void *p)
{
	struct ccsan_call call = { .verb = "virt_to_page()", .pc = CCSAN_PC, .p = (const void *)p };

	if (virt_addr_valid(p))
		return page_of_frame(ccsan_physical_address(p));
	ccsan_call_begin(&call);
	ccsan_call_problem(&call, "the memory is not in the direct map: it has no struct page");
	ccsan_call_end(&call);
	return nobodys_page();
}
