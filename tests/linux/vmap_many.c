/* SPDX-License-Identifier: MIT */
/* Many mappings one after the other, and no memory for them: see tests/linux/twins. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>

static void take_pages(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		pages[i] = alloc_page(GFP_KERNEL);
}

static void give_back_pages(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		__free_page(pages[i]);
}

static unsigned long pages_after_use(void)
{
	for (int i = 0; i < 20; i++)
		vfree(vmalloc(17 * PAGE_SIZE));
	vm_unmap_aliases();
	return nr_free_pages();
}

CCSAN_TEST(ok_pages_of_vmalloc_come_back)
{
	unsigned long before = pages_after_use();

	CCSAN_CHECK(pages_after_use() == before);
}

CCSAN_TEST(ok_vm_map_ram_uses_up_blocks)
{
	struct page *page = alloc_page(GFP_KERNEL);
	static void *all[VMAP_BBMAP_BITS + 20];

	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++) {
		all[i] = vm_map_ram(&page, 1, -1);
		CCSAN_CHECK(all[i] && vmalloc_to_page(all[i]) == page);
	}
	for (unsigned int i = 0; i < ARRAY_SIZE(all); i++)
		vm_unmap_ram(all[i], 1);
	vm_unmap_aliases();
	__free_page(page);
}

enum { SLOTS = 24, ROUNDS = 200 };

static unsigned int next_random(void)
{
	static unsigned int state = 12345;

	state = state * 1103515245 + 12345;
	return state >> 16;
}

/* Mappings of all sizes come and go; none overlaps another one, each is found. */
CCSAN_TEST(ok_addresses_against_a_list)
{
	static struct page *pages[8];
	static struct {
		char *p;
		unsigned int count;
	} slots[SLOTS];

	take_pages(pages, 8);
	for (int round = 0; round < ROUNDS; round++) {
		unsigned int i = next_random() % SLOTS, count = 1 + next_random() % 8;

		if (slots[i].p) {
			CCSAN_CHECK(find_vm_area(slots[i].p)->size ==
				    (slots[i].count + 1) * PAGE_SIZE);
			vunmap(slots[i].p);
			slots[i].p = NULL;
			continue;
		}
		slots[i].p = vmap(pages, count, VM_MAP, PAGE_KERNEL);
		slots[i].count = count;
		CCSAN_CHECK(slots[i].p);
		for (unsigned int j = 0; j < SLOTS; j++)
			CCSAN_CHECK(j == i || !slots[j].p ||
				    slots[j].p + (slots[j].count + 1) * PAGE_SIZE <= slots[i].p ||
				    slots[i].p + (count + 1) * PAGE_SIZE <= slots[j].p);
		if (round % 100 == 0)
			vm_unmap_aliases();
	}
	for (int i = 0; i < SLOTS; i++)
		vunmap(slots[i].p);
	give_back_pages(pages, 8);
}

static bool use_all(struct page **pages)
{
	void *mapped = vmap(pages, 2, VM_MAP, PAGE_KERNEL), *ram = vm_map_ram(pages, 2, -1);
	void *large = vm_map_ram(pages, VMAP_MAX_ALLOC + 1, -1), *p = vmalloc(3 * PAGE_SIZE);
	bool all = mapped && ram && large && p;

	vunmap(mapped);
	if (ram)
		vm_unmap_ram(ram, 2);
	if (large)
		vm_unmap_ram(large, VMAP_MAX_ALLOC + 1);
	vfree(p);
	vm_unmap_aliases();
	return all;
}

CCSAN_TEST(ok_each_allocation_fails)
{
	static struct page *pages[VMAP_MAX_ALLOC + 1];
	unsigned long before;
	unsigned int first, count;

	take_pages(pages, ARRAY_SIZE(pages));
	CCSAN_CHECK(use_all(pages));
	before = nr_free_pages();
	first = ccsan_linux_allocations();
	CCSAN_CHECK(use_all(pages));
	count = ccsan_linux_allocations() - first;
	CCSAN_CHECK(count > 10);
	for (unsigned int nth = 1; nth <= count; nth++) {
		ccsan_linux_fail_allocation(nth);
		CCSAN_CHECK(!use_all(pages));
		ccsan_linux_fail_allocation(0);
		CCSAN_CHECK(nr_free_pages() == before);
	}
	CCSAN_CHECK(use_all(pages));
	give_back_pages(pages, ARRAY_SIZE(pages));
}
