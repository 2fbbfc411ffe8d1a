/* SPDX-License-Identifier: MIT */
/* vm_map_ram() on two CPUs, each with blocks of its own: see tests/linux/twins. */
#include <asm/cacheflush.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

/* On one CPU where caches alias: there a flush reaches this CPU's cache only, and who built more
 * than one of them told the others. */
__attribute__((constructor)) static void two_cpus(void)
{
	ccsan_cpus(ccsan_colour_count() == 1 ? 2 : 1);
}

static void *map_and_unmap(void *argument)
{
	struct page *page = argument;

	for (int i = 0; i < 20; i++) {
		char *p = vm_map_ram(&page, 1, -1);

		CCSAN_CHECK(p && *p == 1);
		vm_unmap_ram(p, 1);
		if (i % 5 == 0)
			vm_unmap_aliases();
	}
	return NULL;
}

CCSAN_TEST(ok_vm_map_ram_on_each_cpu)
{
	struct page *pages[2];
	unsigned int threads[2];

	for (unsigned int i = 0; i < 2; i++) {
		pages[i] = alloc_page(GFP_KERNEL);
		memset(page_address(pages[i]), 1, PAGE_SIZE);
		flush_dcache_page(pages[i]);
	}
	for (unsigned int i = 0; i < 2; i++)
		threads[i] = ccsan_thread_new("mapper", i, map_and_unmap, pages[i]);
	for (unsigned int i = 0; i < 2; i++)
		ccsan_thread_join(threads[i]);
	for (unsigned int i = 0; i < 2; i++)
		__free_page(pages[i]);
}
