/* SPDX-License-Identifier: MIT */
/* DMA of pages without an address, of memory that the device does not reach, and of users' pages:
 * bug_… makes one finding, which dma_pages.expect knows; ok_… is silent on all CPUs. */
#include <ccsan/behaviour.h>
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/dma-mapping.h>
#include <linux/highmem.h>
#include <linux/slab.h>
#include <linux/string.h>

static u64 mask = DMA_BIT_MASK(32), low_mask;
static struct device nic = { .init_name = "nic0",
			     .dma_mask = &mask,
			     .coherent_dma_mask = DMA_BIT_MASK(32) };
static struct device isa = { .init_name = "isa0", .dma_mask = &low_mask };
static struct ccsan_device *bus;

enum { BYTES = 512 };

static void device_writes(dma_addr_t at, char c, size_t n)
{
	char bytes[4 * BYTES];

	if (!bus)
		bus = ccsan_device_new("nic0", 0);
	memset(bytes, c, n);
	ccsan_device_write(bus, at, bytes, n);
}

static char device_reads(dma_addr_t at, size_t n)
{
	char bytes[4 * BYTES];

	if (!bus)
		bus = ccsan_device_new("nic0", 0);
	ccsan_device_read(bus, at, bytes, n);
	return bytes[n - 1];
}

/* The last address of the zone for GFP_DMA. */
static struct device *isa_device(void)
{
	struct page *page = alloc_page(GFP_KERNEL);

	while (page_zonenum(page) != ZONE_NORMAL)
		page = alloc_page(GFP_KERNEL);
	low_mask = ((u64)page_zone(page)->zone_start_pfn << PAGE_SHIFT) - 1;
	__free_page(page);
	return &isa;
}

static dma_addr_t map_page(struct device *dev, struct page *page, size_t offset, size_t n,
			   enum dma_data_direction direction)
{
	dma_addr_t at = dma_map_page(dev, page, offset, n, direction);

	CCSAN_CHECK(!dma_mapping_error(dev, at));
	return at;
}

static void fill(struct page *page, char c)
{
	char *p = kmap(page);

	memset(p, c, PAGE_SIZE);
	kunmap(page);
}

static char byte_of(struct page *page, size_t offset)
{
	char c, *p = kmap(page);

	c = p[offset];
	kunmap(page);
	return c;
}

/* --- highmem --- */

CCSAN_TEST(ok_transmit_a_page_that_is_still_mapped)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;

	fill(page, 't');
	CCSAN_CHECK(page_address(page));
	at = map_page(&nic, page, 64, BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(at == page_to_phys(page) + 64 && device_reads(at, BYTES) == 't');
	dma_unmap_page(&nic, at, BYTES, DMA_TO_DEVICE);
	__free_page(page);
}

CCSAN_TEST(ok_transmit_a_page_that_is_not_mapped)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;

	fill(page, 'u');
	kmap_flush_unused();
	CCSAN_CHECK(!page_address(page));
	at = map_page(&nic, page, 0, BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(device_reads(at, BYTES) == 'u');
	dma_unmap_page(&nic, at, BYTES, DMA_TO_DEVICE);
	__free_page(page);
}

CCSAN_TEST(ok_receive)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;

	fill(page, 'o');
	for (char c = 'a'; c < 'e'; c++) {
		at = map_page(&nic, page, 128, BYTES, DMA_FROM_DEVICE);
		device_writes(at, c, BYTES);
		dma_unmap_page(&nic, at, BYTES, DMA_FROM_DEVICE);
		CCSAN_CHECK(byte_of(page, 128) == c && byte_of(page, 0) == 'o');
		if (c == 'b')
			kmap_flush_unused();
	}
	__free_page(page);
}

CCSAN_TEST(ok_sync_both_ways)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;
	char *p;

	fill(page, 's');
	at = map_page(&nic, page, 0, BYTES, DMA_BIDIRECTIONAL);
	device_writes(at, 'd', BYTES);
	dma_sync_single_for_cpu(&nic, at, BYTES, DMA_BIDIRECTIONAL);
	p = kmap(page);
	CCSAN_CHECK(p[7] == 'd');
	memset(p, 'c', BYTES);
	kunmap(page);
	dma_sync_single_for_device(&nic, at, BYTES, DMA_BIDIRECTIONAL);
	CCSAN_CHECK(device_reads(at, BYTES) == 'c');
	dma_unmap_page(&nic, at, BYTES, DMA_BIDIRECTIONAL);
	__free_page(page);
}

CCSAN_TEST(ok_a_list_of_high_and_low_pages)
{
	struct page *pages[3] = { alloc_page(GFP_HIGHUSER), alloc_page(GFP_KERNEL),
				  alloc_page(GFP_HIGHUSER) };
	struct scatterlist list[3];

	sg_init_table(list, 3);
	for (int i = 0; i < 3; i++) {
		fill(pages[i], (char)('0' + i));
		sg_set_page(&list[i], pages[i], BYTES, 256);
	}
	CCSAN_CHECK(dma_map_sg(&nic, list, 3, DMA_BIDIRECTIONAL) == 3);
	for (int i = 0; i < 3; i++) {
		CCSAN_CHECK(device_reads(sg_dma_address(&list[i]), BYTES) == '0' + i);
		device_writes(sg_dma_address(&list[i]), (char)('a' + i), BYTES);
	}
	dma_unmap_sg(&nic, list, 3, DMA_BIDIRECTIONAL);
	for (int i = 0; i < 3; i++) {
		CCSAN_CHECK(byte_of(pages[i], 256) == 'a' + i);
		__free_page(pages[i]);
	}
}

CCSAN_TEST(ok_across_pages)
{
	struct page *pages = alloc_pages(GFP_HIGHUSER, 1);
	size_t offset = PAGE_SIZE - BYTES;
	dma_addr_t at;

	fill(pages, 'x');
	fill(pages + 1, 'y');
	at = map_page(&nic, pages, offset, 2 * BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(device_reads(at, BYTES) == 'x' && device_reads(at, 2 * BYTES) == 'y');
	dma_unmap_page(&nic, at, 2 * BYTES, DMA_TO_DEVICE);
	__free_pages(pages, 1);
}

CCSAN_TEST(ok_page_address_while_it_is_pinned)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;

	fill(page, 'p');
	kmap(page);
	ccsan_behaviour.dma_highmem = CCSAN_DMA_HIGHMEM_PAGE_ADDRESS;
	at = map_page(&nic, page, 0, BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(device_reads(at, BYTES) == 'p');
	dma_unmap_page(&nic, at, BYTES, DMA_TO_DEVICE);
	ccsan_behaviour.dma_highmem = CCSAN_DMA_HIGHMEM_PINNED;
	kunmap(page);
	__free_page(page);
}

/* --- beyond the device's reach --- */

CCSAN_TEST(ok_bounced_both_ways)
{
	struct device *dev = isa_device();
	char *p = kmalloc(BYTES, GFP_KERNEL);
	dma_addr_t at;

	memset(p, 'b', BYTES);
	at = dma_map_single(dev, p, BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(!dma_mapping_error(dev, at));
	CCSAN_CHECK(at != virt_to_phys(p) && at + BYTES - 1 <= low_mask);
	CCSAN_CHECK(device_reads(at, BYTES) == 'b');
	dma_unmap_single(dev, at, BYTES, DMA_TO_DEVICE);

	at = dma_map_single(dev, p, BYTES, DMA_FROM_DEVICE);
	CCSAN_CHECK(!dma_mapping_error(dev, at));
	device_writes(at, 'r', BYTES / 2);
	dma_unmap_single(dev, at, BYTES, DMA_FROM_DEVICE);
	CCSAN_CHECK(p[0] == 'r' && p[BYTES - 1] == 'b');
	kfree(p);
}

CCSAN_TEST(ok_bounced_highmem_and_sync)
{
	struct device *dev = isa_device();
	struct page *pages = alloc_pages(GFP_HIGHUSER, 1);
	size_t offset = PAGE_SIZE - BYTES;
	dma_addr_t at;
	char *p;

	fill(pages, 'h');
	fill(pages + 1, 'i');
	at = map_page(dev, pages, offset, 2 * BYTES, DMA_BIDIRECTIONAL);
	CCSAN_CHECK(device_reads(at, BYTES) == 'h' && device_reads(at, 2 * BYTES) == 'i');
	device_writes(at, 'j', 2 * BYTES);
	dma_sync_single_for_cpu(dev, at, 2 * BYTES, DMA_BIDIRECTIONAL);
	CCSAN_CHECK(byte_of(pages, offset) == 'j' && byte_of(pages + 1, 0) == 'j');
	p = kmap(pages + 1);
	memset(p, 'k', BYTES);
	kunmap(pages + 1);
	dma_sync_single_range_for_device(dev, at, BYTES, BYTES, DMA_BIDIRECTIONAL);
	CCSAN_CHECK(device_reads(at, 2 * BYTES) == 'k');
	dma_sync_single_range_for_device(dev, at, 0, BYTES, DMA_BIDIRECTIONAL);
	dma_unmap_page(dev, at, 2 * BYTES, DMA_BIDIRECTIONAL);
	__free_pages(pages, 1);
}

CCSAN_TEST(ok_bounce_buffers_are_used_again_and_run_out)
{
	struct device *dev = isa_device();
	char *p = (char *)__get_free_pages(GFP_KERNEL, 8);
	size_t n = 256 << 10;
	dma_addr_t at[3];

	for (int i = 0; i < 20; i++) {
		at[0] = dma_map_single(dev, p, n, DMA_TO_DEVICE);
		CCSAN_CHECK(!dma_mapping_error(dev, at[0]));
		dma_unmap_single(dev, at[0], n, DMA_TO_DEVICE);
	}
	for (int i = 0; i < 2; i++) {
		at[i] = dma_map_single(dev, p + i * (long)n, n, DMA_TO_DEVICE);
		CCSAN_CHECK(!dma_mapping_error(dev, at[i]));
	}
	at[2] = dma_map_single(dev, p, n, DMA_TO_DEVICE);
	CCSAN_CHECK(dma_mapping_error(dev, at[2]) == -ENOMEM);
	for (int i = 0; i < 2; i++)
		dma_unmap_single(dev, at[i], n, DMA_TO_DEVICE);
	free_pages((unsigned long)p, 8);
}

CCSAN_TEST(ok_masks)
{
	struct device *dev = isa_device();

	CCSAN_CHECK(!dma_set_mask(dev, low_mask) && dma_set_mask(dev, low_mask / 2) == -EIO);
	dev = &(struct device){ .init_name = "bus0", .dma_mask = &mask, .bus_dma_limit = low_mask };
	{
		char *p = kmalloc(64, GFP_KERNEL);
		dma_addr_t at = dma_map_single(dev, p, 64, DMA_TO_DEVICE);

		CCSAN_CHECK(!dma_mapping_error(dev, at) && at <= low_mask);
		dma_unmap_single(dev, at, 64, DMA_TO_DEVICE);
		kfree(p);
	}
}

CCSAN_TEST(ok_coherent_memory_within_reach)
{
	struct device *dev = isa_device();
	dma_addr_t at;
	char *p;

	CCSAN_CHECK(!dma_set_coherent_mask(dev, low_mask));
	p = dma_alloc_coherent(dev, 3 * PAGE_SIZE, &at, GFP_KERNEL);
	CCSAN_CHECK(p && at + 3 * PAGE_SIZE - 1 <= low_mask);
	p[0] = 'c';
	CCSAN_CHECK(device_reads(at, 1) == 'c');
	dma_free_coherent(dev, 3 * PAGE_SIZE, p, at);
}

/* --- pages of users: the DMA API knows the kernel's mappings only --- */

static struct page *users_page(char **user)
{
	struct page *page = alloc_page(GFP_KERNEL | __GFP_ZERO);

	*user = ccsan_map(page_to_phys(page), 1, CCSAN_USER);
	ccsan_flush(page_address(page), PAGE_SIZE);
	return page;
}

CCSAN_TEST(ok_transmit_what_a_user_stored)
{
	char *user;
	struct page *page = users_page(&user);
	dma_addr_t at;

	memset(user, 'u', BYTES);
	ccsan_flush(user, BYTES); /* flush_dcache_page(), flush_anon_page() */
	at = map_page(&nic, page, 0, BYTES, DMA_TO_DEVICE);
	CCSAN_CHECK(device_reads(at, BYTES) == 'u');
	dma_unmap_page(&nic, at, BYTES, DMA_TO_DEVICE);
	ccsan_unmap(user, 1);
	__free_page(page);
}

CCSAN_TEST(bug_transmit_what_a_user_stored)
{
	char *user;
	struct page *page = users_page(&user);
	dma_addr_t at;

	memset(user, 'u', BYTES);
	at = map_page(&nic, page, 0, 16, DMA_TO_DEVICE);
	device_reads(at, 16);
	dma_unmap_page(&nic, at, 16, DMA_TO_DEVICE);
	ccsan_unmap(user, 1);
	__free_page(page);
}

CCSAN_TEST(ok_receive_for_a_user)
{
	char *user;
	struct page *page = users_page(&user);
	dma_addr_t at;

	memset(user, 'o', BYTES);
	ccsan_flush(user, BYTES);
	at = map_page(&nic, page, 0, BYTES, DMA_FROM_DEVICE);
	device_writes(at, 'r', BYTES);
	dma_unmap_page(&nic, at, BYTES, DMA_FROM_DEVICE);
	ccsan_flush(user, BYTES);
	CCSAN_CHECK(user[0] == 'r');
	ccsan_unmap(user, 1);
	__free_page(page);
}

CCSAN_TEST(bug_receive_for_a_user)
{
	char *user;
	struct page *page = users_page(&user);
	dma_addr_t at;

	CCSAN_CHECK(!user[0]); /* a line of it stays */
	at = map_page(&nic, page, 0, 16, DMA_FROM_DEVICE);
	device_writes(at, 'r', 16);
	dma_unmap_page(&nic, at, 16, DMA_FROM_DEVICE);
	CCSAN_CHECK(user[0] == 'r');
	ccsan_unmap(user, 1);
	__free_page(page);
}

/* --- misuse --- */

CCSAN_TEST(bug_map_of_a_kmap_address)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	char *p = kmap(page);

	CCSAN_CHECK(dma_mapping_error(&nic, dma_map_single(&nic, p, 64, DMA_TO_DEVICE)));
	kunmap(page);
	__free_page(page);
}

CCSAN_TEST(bug_map_of_a_free_page)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at;

	__free_page(page);
	at = map_page(&nic, page, 0, 64, DMA_TO_DEVICE);
	dma_unmap_page(&nic, at, 64, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_free_while_mapped)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	dma_addr_t at = map_page(&nic, page, 0, 64, DMA_TO_DEVICE);

	__free_page(page);
	dma_unmap_page(&nic, at, 64, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_store_while_the_device_has_it)
{
	struct page *page = alloc_page(GFP_HIGHUSER);
	char *p = kmap(page);
	dma_addr_t at;

	memset(p, 0, 64);
	at = map_page(&nic, page, 0, 64, DMA_FROM_DEVICE);
	p[1] = 1;
	dma_unmap_page(&nic, at, 64, DMA_FROM_DEVICE);
	kunmap(page);
	__free_page(page);
}
