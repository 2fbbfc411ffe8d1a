/* SPDX-License-Identifier: MIT */
/* vmalloc(), vmap(), vm_map_ram(): twins, see tests/linux/twins. */
#include <asm/cacheflush.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/completion.h>
#include <linux/hardirq.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include <linux/workqueue.h>

enum { PAGES = 4 };

/* Pages that are not consecutive, each with its number in all bytes, for everybody to see. */
static void take_pages(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		struct page *between = alloc_page(GFP_KERNEL);

		pages[i] = alloc_page(GFP_KERNEL);
		CCSAN_CHECK(between && pages[i]);
		__free_page(between);
		memset(page_address(pages[i]), (int)i + 1, PAGE_SIZE);
		flush_dcache_page(pages[i]);
	}
}

static void give_back_pages(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		__free_page(pages[i]);
}

static bool pages_follow(const char *mapping, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (mapping[i * PAGE_SIZE] != (char)(i + 1) ||
		    mapping[(i + 1) * PAGE_SIZE - 1] != (char)(i + 1))
			return false;
	return true;
}

/* --- vmap() --- */

CCSAN_TEST(ok_vmap)
{
	struct page *pages[PAGES];
	char *p;

	take_pages(pages, PAGES);
	p = vmap(pages, PAGES, VM_MAP, PAGE_KERNEL);
	CCSAN_CHECK(p && is_vmalloc_addr(p) && pages_follow(p, PAGES));
	CCSAN_CHECK((unsigned long)p >= VMALLOC_START && (unsigned long)p < VMALLOC_END);
	for (unsigned int i = 0; i < PAGES; i++)
		CCSAN_CHECK(vmalloc_to_page(p + i * PAGE_SIZE + 17) == pages[i]);
	CCSAN_CHECK(!vmalloc_to_page(p + PAGES * PAGE_SIZE));
	CCSAN_CHECK(!vmalloc_to_page(page_address(pages[0])));
	CCSAN_CHECK(find_vm_area(p) && find_vm_area(p)->size == (PAGES + 1) * PAGE_SIZE);
	CCSAN_CHECK(!find_vm_area(p + PAGE_SIZE));
	vunmap(p);
	CCSAN_CHECK(!vmalloc_to_page(p) && !find_vm_area(p));
	vunmap(NULL);
	give_back_pages(pages, PAGES);
}

CCSAN_TEST(ok_vmap_has_a_colour_of_its_own)
{
	struct page *page = alloc_page(GFP_KERNEL);

	for (unsigned int colour = 0; colour < ccsan_colour_count() && colour < 16; colour++) {
		struct page *coloured = ccsan_linux_alloc_colour(GFP_KERNEL, colour);
		void *small = vm_map_ram(&coloured, 1, -1);
		void *p = vmap(&coloured, 1, VM_MAP, PAGE_KERNEL);

		if (ccsan_colour_count() > 1) {
			CCSAN_CHECK(ccsan_colour_of(p) != colour);
			CCSAN_CHECK(ccsan_colour_of(small) != colour);
		}
		vm_unmap_ram(small, 1);
		vunmap(p);
		__free_page(coloured);
	}
	__free_page(page);
}

CCSAN_TEST(ok_vmap_of_nothing_and_of_too_much)
{
	struct page *page = alloc_page(GFP_KERNEL);

	CCSAN_CHECK(!vmap(&page, 0, VM_MAP, PAGE_KERNEL));
	CCSAN_CHECK(!vmap(&page, totalram_pages() + 1, VM_MAP, PAGE_KERNEL));
	__free_page(page);
}

CCSAN_TEST(ok_vmap_with_its_pages)
{
	unsigned long before = nr_free_pages();
	struct page **pages = kcalloc(PAGES, sizeof(*pages), GFP_KERNEL);
	void *p;

	take_pages(pages, PAGES);
	p = vmap(pages, PAGES, VM_MAP | VM_MAP_PUT_PAGES, PAGE_KERNEL);
	CCSAN_CHECK(p);
	vfree(p);
	CCSAN_CHECK(nr_free_pages() + PAGES > before); /* the heap may have grown */
}

CCSAN_TEST(ok_uncached_vmap_needs_no_invalidate)
{
	struct page *page = alloc_page(GFP_KERNEL);
	volatile int *direct = page_address(page), *p;

	*direct = 1;
	ccsan_dma_flush(direct, sizeof(*direct));
	p = vmap(&page, 1, VM_IOREMAP, pgprot_noncached(PAGE_KERNEL));
	CCSAN_CHECK(*p == 1);
	*direct = 2;
	ccsan_dma_flush(direct, sizeof(*direct)); /* the outer cache, too */
	CCSAN_CHECK(*p == 2);
	vunmap((void *)p);
	__free_page(page);
}

/* --- two mappings of a page, and the two functions that keep them in step --- */

CCSAN_TEST(ok_written_by_vmap)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int *direct = page_address(page), *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	for (int i = 0; i < 3; i++) {
		*p = i;
		flush_kernel_vmap_range(p, sizeof(*p));
		flush_dcache_page(page); /* what the direct map may have read before */
		CCSAN_CHECK(*direct == i);
	}
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(ok_read_by_vmap)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int *direct = page_address(page), *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	for (int i = 0; i < 3; i++) {
		*direct = i;
		flush_dcache_page(page);
		invalidate_kernel_vmap_range(p, sizeof(*p));
		CCSAN_CHECK(*p == i);
	}
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(bug_written_by_vmap_not_flushed)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int *direct = page_address(page), *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	*p = 1;
	CCSAN_CHECK(*direct == 1);
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(bug_read_by_vmap_not_invalidated)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int *direct = page_address(page), *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	*direct = 1;
	flush_dcache_page(page);
	invalidate_kernel_vmap_range(p, sizeof(*p));
	CCSAN_CHECK(*p == 1);
	*direct = 2;
	flush_dcache_page(page);
	CCSAN_CHECK(*p == 2);
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(ok_unmapping_writes_back)
{
	struct page *page = alloc_page(GFP_KERNEL);
	int *p;

	p = vm_map_ram(&page, 1, -1);
	*p = 42;
	vm_unmap_ram(p, 1);
	flush_dcache_page(page);
	CCSAN_CHECK(*(int *)page_address(page) == 42);
	p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	*p = 43;
	vunmap(p);
	flush_dcache_page(page);
	CCSAN_CHECK(*(int *)page_address(page) == 43);
	__free_page(page);
}

/* --- vmalloc() --- */

CCSAN_TEST(ok_vmalloc)
{
	unsigned char *p = vmalloc(3 * PAGE_SIZE + 1), *zeroes = vzalloc(2 * PAGE_SIZE);
	unsigned int sum = 0;

	CCSAN_CHECK(p && zeroes && is_vmalloc_addr(p));
	CCSAN_CHECK(find_vm_area(p)->nr_pages == 4);
	memset(p, 7, 4 * PAGE_SIZE);
	for (unsigned long i = 0; i < 2 * PAGE_SIZE; i++)
		sum += zeroes[i];
	CCSAN_CHECK(!sum && p[3 * PAGE_SIZE] == 7);
	vfree(p);
	vfree(zeroes);
	vfree(NULL);
	CCSAN_CHECK(!vmalloc(0) && !vmalloc(~0ul) && !vmalloc(totalram_pages() << PAGE_SHIFT));
}

CCSAN_TEST(ok_kvmalloc)
{
	void *small = kvmalloc(100, GFP_KERNEL), *large = kvzalloc(200 * PAGE_SIZE, GFP_KERNEL);

	CCSAN_CHECK(small && large && !is_vmalloc_addr(small));
	kvfree(small);
	kvfree(large);
	kvfree(NULL);
}

struct freed {
	void *p;
	struct completion done;
};

static void free_in_interrupt(void *argument)
{
	struct freed *freed = argument;

	CCSAN_CHECK(in_interrupt());
	vfree(freed->p);
	complete(&freed->done);
}

CCSAN_TEST(ok_vfree_in_an_interrupt)
{
	void *p = vmalloc(PAGE_SIZE);
	struct freed freed = { .p = p };

	ccsan_raise(ccsan_irq_handler("free", 0, free_in_interrupt, &freed, 0));
	wait_for_completion(&freed.done);
	flush_scheduled_work();
	CCSAN_CHECK(!find_vm_area(p));
}

/* --- vm_map_ram() --- */

CCSAN_TEST(ok_vm_map_ram)
{
	struct page *pages[PAGES];
	char *p, *second;

	take_pages(pages, PAGES);
	p = vm_map_ram(pages, PAGES, -1);
	second = vm_map_ram(pages, PAGES - 1, -1);
	CCSAN_CHECK(p && second && pages_follow(p, PAGES) && pages_follow(second, PAGES - 1));
	vm_unmap_ram(p, PAGES);
	CCSAN_CHECK(!vmalloc_to_page(p));
	vm_unmap_ram(second, PAGES - 1);
	CCSAN_CHECK(!vm_map_ram(pages, 0, -1));
	give_back_pages(pages, PAGES);
}

/* Addresses are not used again before a purge, and are after one. */
CCSAN_TEST(ok_vm_map_ram_is_lazy)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *first, *p;

	vm_unmap_aliases();
	first = vm_map_ram(&page, 1, -1);
	vm_unmap_ram(first, 1);
	p = vm_map_ram(&page, 1, -1);
	CCSAN_CHECK(p != first);
	vm_unmap_ram(p, 1);
	vm_unmap_aliases();
	p = vm_map_ram(&page, 1, -1);
	CCSAN_CHECK(p == first);
	vm_unmap_ram(p, 1);
	__free_page(page);
}

CCSAN_TEST(ok_vm_map_ram_of_many_pages)
{
	enum { MANY = VMAP_MAX_ALLOC + 1 };
	static struct page *pages[MANY];
	char *p;

	take_pages(pages, MANY);
	p = vm_map_ram(pages, MANY, -1);
	CCSAN_CHECK(p && pages_follow(p, MANY));
	vm_unmap_ram(p, MANY);
	give_back_pages(pages, MANY);
}

/* --- misuse --- */

CCSAN_TEST(bug_beyond_the_end)
{
	char *p = vmalloc(PAGE_SIZE);

	p[PAGE_SIZE] = 1;
	vfree(p);
}

CCSAN_TEST(bug_used_after_vunmap)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	vunmap(p);
	*p = 1;
	__free_page(page);
}

CCSAN_TEST(bug_used_after_vm_unmap_ram)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vm_map_ram(&page, 1, -1);

	vm_unmap_ram(p, 1);
	*p = 1;
	__free_page(page);
}

CCSAN_TEST(bug_vunmap_twice)
{
	struct page *page = alloc_page(GFP_KERNEL);
	char *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	vunmap(p);
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(bug_vfree_of_kmalloc)
{
	void *p = kmalloc(64, GFP_KERNEL);

	vfree(p);
	kfree(p);
}

CCSAN_TEST(bug_vfree_of_the_middle)
{
	char *p = vmalloc(2 * PAGE_SIZE);

	vfree(p + PAGE_SIZE);
	vfree(p);
}

CCSAN_TEST(bug_vunmap_of_vmalloc)
{
	vunmap(vmalloc(PAGE_SIZE));
}

CCSAN_TEST(bug_vm_unmap_ram_count)
{
	struct page *pages[PAGES];
	void *p;

	take_pages(pages, PAGES);
	p = vm_map_ram(pages, PAGES, -1);
	vm_unmap_ram(p, PAGES - 1);
	give_back_pages(pages, PAGES);
}

CCSAN_TEST(bug_vm_unmap_ram_twice)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vm_map_ram(&page, 1, -1);

	vm_unmap_ram(p, 1);
	vm_unmap_ram(p, 1);
	__free_page(page);
}

CCSAN_TEST(bug_vm_unmap_ram_of_vmap)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	vm_unmap_ram(p, 1);
	vunmap(p);
	__free_page(page);
}

static void unmap_in_interrupt(void *argument)
{
	struct freed *freed = argument;

	vunmap(freed->p);
	complete(&freed->done);
}

CCSAN_TEST(bug_vunmap_in_an_interrupt)
{
	struct freed freed = { 0 };
	struct page *page = alloc_page(GFP_KERNEL);
	void *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

	freed.p = p;
	ccsan_raise(ccsan_irq_handler("unmap", 0, unmap_in_interrupt, &freed, 0));
	wait_for_completion(&freed.done);
	vunmap(p);
	__free_page(page);
}

CCSAN_TEST(bug_vmap_sleeps)
{
	struct page *page = alloc_page(GFP_KERNEL);
	void *p;

	preempt_disable();
	p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);
	preempt_enable();
	vunmap(p);
	__free_page(page);
}
