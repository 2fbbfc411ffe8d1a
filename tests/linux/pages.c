/* SPDX-License-Identifier: MIT */
/* Pages: bug_… makes one finding, on every CPU, which pages.expect knows; ok_… is silent on all. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <stdlib.h>

/* --- allocation --- */

CCSAN_TEST(ok_blocks_are_aligned_to_their_size)
{
	for (unsigned int order = 0; order < MAX_ORDER; order++) {
		struct page *page = alloc_pages(GFP_KERNEL, order);

		CCSAN_CHECK(page);
		CCSAN_CHECK(page_to_pfn(page) % (1ul << order) == 0);
		CCSAN_CHECK(page_count(page) == 1);
		__free_pages(page, order);
	}
	CCSAN_CHECK(!alloc_pages(GFP_KERNEL, MAX_ORDER));
}

CCSAN_TEST(ok_buddies_join)
{
	unsigned long before = nr_free_pages();
	struct page *page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1), *first = page;

	split_page(page, MAX_ORDER - 1);
	for (unsigned int i = 1; i < MAX_ORDER_NR_PAGES; i += 2)
		__free_page(page + i);
	for (unsigned int i = 0; i < MAX_ORDER_NR_PAGES; i += 2)
		__free_page(page + i);
	CCSAN_CHECK(nr_free_pages() == before);
	page = alloc_pages(GFP_KERNEL, MAX_ORDER - 1);
	CCSAN_CHECK(page == first);
	__free_pages(page, MAX_ORDER - 1);
}

CCSAN_TEST(ok_zones)
{
	struct page *low = alloc_page(GFP_DMA | GFP_KERNEL), *normal = alloc_page(GFP_KERNEL);
	struct page *high = alloc_page(GFP_HIGHUSER);

	CCSAN_CHECK(page_zonenum(low) == ZONE_DMA && page_zonenum(normal) == ZONE_NORMAL &&
		    page_zonenum(high) == ZONE_HIGHMEM);
	CCSAN_CHECK(PageHighMem(high) && !PageHighMem(low) && !PageHighMem(normal));
	CCSAN_CHECK(page_to_pfn(low) < page_to_pfn(normal) &&
		    page_to_pfn(normal) < page_to_pfn(high));
	CCSAN_CHECK(page_address(low) && page_address(normal) && !page_address(high));
	CCSAN_CHECK(is_highmem(page_zone(high)) && !is_highmem(page_zone(low)));
	__free_page(low);
	__free_page(normal);
	__free_page(high);
}

CCSAN_TEST(ok_exhausted_zones_fall_back_and_then_fail)
{
	static struct page *pages[1 << 15];
	unsigned long all = nr_free_pages(), count = 0;

	CCSAN_CHECK(all < ARRAY_SIZE(pages));
	while ((pages[count] = alloc_page(GFP_HIGHUSER)))
		count++;
	CCSAN_CHECK(count == all && !nr_free_pages());
	CCSAN_CHECK(page_zonenum(pages[0]) == ZONE_HIGHMEM);
	CCSAN_CHECK(page_zonenum(pages[count - 1]) == ZONE_DMA);
	CCSAN_CHECK(!alloc_page(GFP_ATOMIC) && !__get_free_page(GFP_KERNEL) &&
		    !kmalloc(3 * PAGE_SIZE, GFP_KERNEL));
	while (count)
		__free_page(pages[--count]);
	CCSAN_CHECK(nr_free_pages() == all);
}

CCSAN_TEST(ok_colours)
{
	struct page *pages[8];

	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++) {
		pages[i] = ccsan_linux_alloc_colour(GFP_KERNEL, 1);
		CCSAN_CHECK(ccsan_colour_of(page_address(pages[i])) == 1 % ccsan_colour_count());
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(pages); i++)
		__free_page(pages[i]);
}

CCSAN_TEST(ok_this_very_frame)
{
	struct page *first = alloc_page(GFP_KERNEL), *again;
	unsigned long pfn = page_to_pfn(first);

	CCSAN_CHECK(!ccsan_linux_alloc_frame(GFP_KERNEL, pfn));
	__free_page(first);
	again = ccsan_linux_alloc_frame(GFP_KERNEL, pfn);
	CCSAN_CHECK(again == first && page_count(again) == 1);
	__free_page(again);
	CCSAN_CHECK(!ccsan_linux_alloc_frame(GFP_KERNEL, 1));
}

CCSAN_TEST(ok_exact_number_of_pages)
{
	unsigned long before = nr_free_pages();
	char *p = alloc_pages_exact(5 * PAGE_SIZE - 1, GFP_KERNEL | __GFP_ZERO);

	CCSAN_CHECK(p && before - nr_free_pages() == 5);
	CCSAN_CHECK(!p[0] && !p[5 * PAGE_SIZE - 1]);
	free_pages_exact(p, 5 * PAGE_SIZE - 1);
	CCSAN_CHECK(nr_free_pages() == before);
}

CCSAN_TEST(ok_zeroed)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pfn = page_to_pfn(page);
	char *p = page_address(page);

	memset(p, 'x', PAGE_SIZE);
	__free_page(page);
	page = ccsan_linux_alloc_frame(GFP_KERNEL | __GFP_ZERO, pfn);
	for (unsigned int i = 0; i < PAGE_SIZE; i += 64)
		CCSAN_CHECK(!p[i]);
	__free_page(page);
}

/* --- references, and pages that are one --- */

CCSAN_TEST(ok_the_last_reference_frees)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long before = nr_free_pages();

	get_page(page);
	CCSAN_CHECK(page_count(page) == 2);
	put_page(page);
	memset(page_address(page), 1, PAGE_SIZE);
	CCSAN_CHECK(nr_free_pages() == before);
	put_page(page);
	CCSAN_CHECK(nr_free_pages() == before + 1);
	CCSAN_CHECK(!get_page_unless_zero(page));
}

CCSAN_TEST(ok_compound_page)
{
	unsigned long before = nr_free_pages();
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_COMP, 2);

	CCSAN_CHECK(PageHead(page) && PageTail(page + 3) && compound_head(page + 3) == page);
	CCSAN_CHECK(compound_order(page) == 2 && page_size(page) == 4 * PAGE_SIZE);
	get_page(page + 2);
	CCSAN_CHECK(page_count(page) == 2 && page_count(page + 1) == 2);
	put_page(page + 1);
	CCSAN_CHECK(virt_to_head_page((char *)page_address(page) + 3 * PAGE_SIZE) == page);
	put_page(page + 3);
	CCSAN_CHECK(nr_free_pages() == before);
}

CCSAN_TEST(ok_addresses_and_pages)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = page_address(page);

	CCSAN_CHECK(virt_to_page(p + 7) == page && virt_addr_valid(p) && !is_vmalloc_addr(p));
	CCSAN_CHECK(phys_to_virt(virt_to_phys(p) + 9) == p + 9);
	CCSAN_CHECK(pfn_to_page(page_to_pfn(page)) == page && pfn_valid(page_to_pfn(page)));
	CCSAN_CHECK(!pfn_valid(0) && !virt_addr_valid(&page));
	__free_page(page);
}

/* --- failing --- */

CCSAN_TEST(ok_allocations_fail_when_they_are_told_to)
{
	unsigned int before = ccsan_linux_allocations();
	struct page *page;

	ccsan_linux_fail_allocation(2);
	page = alloc_page(GFP_KERNEL);
	CCSAN_CHECK(page && !alloc_page(GFP_KERNEL));
	__free_page(page);
	ccsan_linux_fail_allocation(1);
	CCSAN_CHECK(!kmalloc(8, GFP_KERNEL));
	ccsan_linux_fail_allocation(1);
	page = alloc_page(GFP_KERNEL | __GFP_NOFAIL);
	CCSAN_CHECK(page);
	__free_page(page);
	CCSAN_CHECK(ccsan_linux_allocations() == before + 4);
}

/* --- misuse --- */

CCSAN_TEST(bug_read_after_free)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	volatile char *p = page_address(page);

	__free_page(page);
	(void)p[100];
}

CCSAN_TEST(bug_write_after_free)
{
	char *p = (char *)__get_free_page(GFP_KERNEL);

	free_page((unsigned long)p);
	memset(p, 0, 16);
}

CCSAN_TEST(bug_device_after_free)
{
	static const char bytes[64];
	struct page *page = alloc_page(GFP_KERNEL);
	struct ccsan_device *dev = ccsan_device_new("dma", 0);

	__free_page(page);
	ccsan_device_write(dev, page_to_phys(page), bytes, sizeof(bytes));
}

CCSAN_TEST(bug_free_twice)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	__free_page(page);
}

CCSAN_TEST(bug_put_twice)
{
	struct page *page = alloc_page(GFP_KERNEL);

	put_page(page);
	put_page(page);
}

CCSAN_TEST(bug_get_free_page)
{
	struct page *page = alloc_page(GFP_KERNEL);

	__free_page(page);
	get_page(page);
}

CCSAN_TEST(bug_free_locked_page)
{
	struct page *page = alloc_page(GFP_KERNEL);

	SetPageLocked(page);
	__free_page(page);
}

CCSAN_TEST(bug_free_nothing)
{
	__free_page(NULL);
}

CCSAN_TEST(bug_sleeping_allocation)
{
	struct page *page;

	ccsan_preempt_off();
	page = alloc_page(GFP_KERNEL);
	ccsan_preempt_on();
	__free_page(page);
}

CCSAN_TEST(bug_page_of_the_heap)
{
	char *p = malloc(16);

	virt_to_page(p);
	free(p);
}

CCSAN_TEST(bug_kfree_of_a_table_twice)
{
	char *p = kmalloc(16, GFP_KERNEL);

	kfree(p);
	kfree(p);
}

CCSAN_TEST(bug_poison)
{
	struct page *page = alloc_page(GFP_KERNEL);
	unsigned long pfn = page_to_pfn(page);
	char *p = page_address(page);

	__free_page(page);
	__asm__ volatile("movb $1, %0" : "=m"(p[5])); /* seen by nobody */
	page = ccsan_linux_alloc_frame(GFP_KERNEL, pfn);
	__free_page(page);
}
