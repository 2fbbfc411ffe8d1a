/* SPDX-License-Identifier: MIT */
/* Parts of the layer replaced by the program: the whole member vm_map_ram.c, and one function. */
#include <ccsan/ccsan.h>
#include <linux/highmem.h>
#include <linux/mm.h>
#include <linux/pagemap.h>
#include <linux/vmalloc.h>

static unsigned int maps, flushes;

void *vm_map_ram(struct page **pages, unsigned int count, int node)
{
	(void)node;
	maps++;
	return count == 1 ? page_address(pages[0]) : NULL;
}

void vm_unmap_ram(const void *mem, unsigned int count)
{
	(void)mem;
	maps -= count;
}

void vm_unmap_aliases(void)
{
}

void flush_dcache_page(struct page *page)
{
	(void)page;
	flushes++;
}

CCSAN_TEST(ours_are_used)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vm_map_ram(&page, 1, -1);

	CCSAN_CHECK(p == page_address(page) && maps == 1);
	vm_unmap_ram(p, 1);
	zero_user(page, 0, 64); /* which the layer flushes */
	CCSAN_CHECK(maps == 0 && flushes == 1);
	__free_page(page);
}
