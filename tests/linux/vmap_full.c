/* SPDX-License-Identifier: MIT */
/* The vmalloc area with few addresses, of which few may wait for a purge: see tests/linux/twins. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/vmalloc.h>

enum { KIBIBYTES = 128 };

__attribute__((constructor)) static void few_addresses(void)
{
	ccsan_linux_param("vmalloc=128K");
	ccsan_linux_param("vmap_lazy=64K");
}

CCSAN_TEST(ok_addresses_run_out)
{
	struct page *page = alloc_page(GFP_KERNEL);
	static void *all[64];
	unsigned int count = 0;

	while (count < ARRAY_SIZE(all) && (all[count] = vmap(&page, 1, VM_MAP, PAGE_KERNEL)))
		count++;
	CCSAN_CHECK(count && count <= (KIBIBYTES << 10) / PAGE_SIZE / 2);
	vunmap(all[--count]);
	all[count] = vmap(&page, 1, VM_MAP, PAGE_KERNEL); /* purges */
	CCSAN_CHECK(all[count]);
	CCSAN_CHECK(!vm_map_ram(&page, 1, -1) && !vmalloc(PAGE_SIZE));
	do
		vunmap(all[count]);
	while (count--);
	__free_page(page);
}

/* Given back ones are purged when too many wait: all are used again and again. */
CCSAN_TEST(ok_addresses_come_back)
{
	struct page *page = alloc_page(GFP_KERNEL);

	for (int i = 0; i < 100; i++) {
		void *p = vmap(&page, 1, VM_MAP, PAGE_KERNEL);

		CCSAN_CHECK(p);
		vunmap(p);
	}
	__free_page(page);
}
