/* SPDX-License-Identifier: MIT */
/* One test for each check of the DMA API: bug_… makes one finding, on every CPU, which
 * tests/linux/checks knows; ok_… is the same done right, and silent on every CPU. */
#include <ccsan/ccsan.h>
#include <ccsan/linux.h>
#include <linux/dma-mapping.h>
#include <linux/platform_device.h>
#include <linux/string.h>
#include <stdlib.h>

static u64 mask = DMA_BIT_MASK(32);
static struct device nic = { .init_name = "nic0",
			     .dma_mask = &mask,
			     .coherent_dma_mask = DMA_BIT_MASK(32) };
static struct ccsan_device *bus;

static __attribute__((noinline)) void device_writes(dma_addr_t at, size_t n)
{
	static const char frame[4096] = "frame";

	if (!bus)
		bus = ccsan_device_new("nic0", 0);
	ccsan_device_write(bus, at, frame, n);
}

static void device_reads(dma_addr_t at, size_t n)
{
	static char frame[4096];

	if (!bus)
		bus = ccsan_device_new("nic0", 0);
	ccsan_device_read(bus, at, frame, n);
}

static dma_addr_t map(void *p, size_t n, enum dma_data_direction direction)
{
	dma_addr_t at = dma_map_single(&nic, p, n, direction);

	CCSAN_CHECK(!dma_mapping_error(&nic, at));
	return at;
}

/* --- mapping and unmapping --- */

CCSAN_TEST(ok_transmit)
{
	char *p = kmalloc(1500, GFP_KERNEL);
	dma_addr_t at;

	memset(p, 'x', 1500);
	at = map(p, 1500, DMA_TO_DEVICE);
	device_reads(at, 1500);
	dma_unmap_single(&nic, at, 1500, DMA_TO_DEVICE);
	memset(p, 'y', 1500);
	kfree(p);
}

CCSAN_TEST(ok_receive)
{
	char *p = kzalloc(1500, GFP_KERNEL);
	dma_addr_t at = map(p, 1500, DMA_FROM_DEVICE);

	device_writes(at, 1500);
	dma_unmap_single(&nic, at, 1500, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp(p, "frame"));
	kfree(p);
}

CCSAN_TEST(ok_both_ways)
{
	char *p = kzalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_BIDIRECTIONAL);

	device_reads(at, 256);
	device_writes(at, 256);
	dma_sync_single_for_cpu(&nic, at, 256, DMA_BIDIRECTIONAL);
	p[0]++;
	dma_sync_single_for_device(&nic, at, 256, DMA_BIDIRECTIONAL);
	device_reads(at, 256);
	dma_unmap_single(&nic, at, 256, DMA_BIDIRECTIONAL);
	p[1]++;
	kfree(p);
}

CCSAN_TEST(ok_page)
{
	struct page *page = alloc_pages(GFP_KERNEL | __GFP_ZERO, 1);
	dma_addr_t at = dma_map_page(&nic, page, 64, PAGE_SIZE, DMA_FROM_DEVICE);

	CCSAN_CHECK(!dma_mapping_error(&nic, at));
	device_writes(at, 4096);
	dma_unmap_page(&nic, at, PAGE_SIZE, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp((char *)page_address(page) + 64, "frame"));
	__free_pages(page, 1);
}

CCSAN_TEST(bug_unmap_unknown)
{
	dma_unmap_single(&nic, 0x80001000, 64, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_unmap_error)
{
	dma_unmap_single(&nic, DMA_MAPPING_ERROR, 64, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_unmap_twice)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at = map(p, 128, DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, 128, DMA_TO_DEVICE);
	dma_unmap_single(&nic, at, 128, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_unmap_size)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at = map(p, 128, DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, 64, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_unmap_size_and_direction)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at = map(p, 128, DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, 64, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_unmap_function)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at = map(p, 128, DMA_TO_DEVICE);
	struct scatterlist sg;

	sg_init_one(&sg, p, 128);
	sg_dma_address(&sg) = at;
	dma_unmap_sg(&nic, &sg, 1, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_error_unchecked)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at = dma_map_single(&nic, p, 128, DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, 128, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(ok_error_path)
{
	char *p = kmalloc(128, GFP_KERNEL);
	dma_addr_t at;

	ccsan_linux_fail_dma(2);
	at = map(p, 128, DMA_TO_DEVICE);
	CCSAN_CHECK(dma_mapping_error(&nic, dma_map_single(&nic, p, 64, DMA_TO_DEVICE)));
	dma_unmap_single(&nic, at, 128, DMA_TO_DEVICE);
	kfree(p);
}

/* --- what may be mapped --- */

CCSAN_TEST(bug_stack)
{
	char buffer[256] __aligned(128) = "on the stack";
	dma_addr_t at = map(buffer, sizeof(buffer), DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, sizeof(buffer), DMA_TO_DEVICE);
}

CCSAN_TEST(bug_rodata)
{
	static const char text[128] __aligned(128) = "constant";
	dma_addr_t at = map((void *)(unsigned long)text, sizeof(text), DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, sizeof(text), DMA_TO_DEVICE);
}

CCSAN_TEST(bug_variable)
{
	static char buffer[128] __aligned(128);
	dma_addr_t at = map(buffer, sizeof(buffer), DMA_TO_DEVICE);

	dma_unmap_single(&nic, at, sizeof(buffer), DMA_TO_DEVICE);
}

CCSAN_TEST(bug_vmalloc)
{
	ccsan_phys frame = ccsan_page_alloc(1);
	char *p = ccsan_map(frame, 1, CCSAN_VMAP);

	CCSAN_CHECK(dma_map_single(&nic, p, 128, DMA_TO_DEVICE) == DMA_MAPPING_ERROR);
}

CCSAN_TEST(bug_no_mask)
{
	struct device bare = { .init_name = "bare" };
	char *p = kmalloc(128, GFP_KERNEL);

	CCSAN_CHECK(dma_map_single(&bare, p, 128, DMA_TO_DEVICE) == DMA_MAPPING_ERROR);
	CCSAN_CHECK(dma_set_mask(&bare, DMA_BIT_MASK(32)) == -EIO);
	CCSAN_CHECK(dma_set_mask(&nic, DMA_BIT_MASK(24)) == -EIO);
	kfree(p);
}

CCSAN_TEST(bug_direction)
{
	char *p = kmalloc(128, GFP_KERNEL);

	CCSAN_CHECK(dma_map_single(&nic, p, 128, DMA_NONE) == DMA_MAPPING_ERROR);
	kfree(p);
}

CCSAN_TEST(bug_overlap)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t first = map(p, 256, DMA_FROM_DEVICE), second;

	second = map(p + 128, 128, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, second, 128, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, first, 256, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(ok_overlap_to_device)
{
	char *p = kzalloc(256, GFP_KERNEL);
	dma_addr_t first = map(p, 256, DMA_TO_DEVICE), second = map(p, 256, DMA_TO_DEVICE);

	device_reads(first, 256);
	dma_unmap_single(&nic, first, 256, DMA_TO_DEVICE);
	dma_unmap_single(&nic, second, 256, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_strict_alignment)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at;

	ccsan_linux_strict_alignment(true);
	at = map(p + 2, 254, DMA_FROM_DEVICE);
	ccsan_linux_strict_alignment(false);
	dma_unmap_single(&nic, at, 254, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_shared_line)
{
	char *p = ccsan_kmalloc(16, GFP_KERNEL, 8);
	dma_addr_t at = map(p, 16, DMA_FROM_DEVICE);

	dma_unmap_single(&nic, at, 16, DMA_FROM_DEVICE);
	kfree(p);
}

/* --- sync --- */

CCSAN_TEST(ok_sync_part)
{
	char *p = kmalloc(2048, GFP_KERNEL), copy[64];
	dma_addr_t at = map(p, 2048, DMA_FROM_DEVICE);

	for (int i = 0; i < 3; i++) {
		device_writes(at, 64);
		dma_sync_single_for_cpu(&nic, at, 64, DMA_FROM_DEVICE);
		memcpy(copy, p, 64);
		dma_sync_single_for_device(&nic, at, 64, DMA_FROM_DEVICE);
	}
	device_writes(at, 2048);
	dma_sync_single_range_for_cpu(&nic, at, 1024, 64, DMA_FROM_DEVICE);
	CCSAN_CHECK(p[1024] == 0);
	dma_unmap_single(&nic, at, 2048, DMA_FROM_DEVICE);
	CCSAN_CHECK(p[2047] == 0 && !strcmp(copy, "frame"));
	kfree(p);
}

CCSAN_TEST(ok_skip_cpu_sync)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = dma_map_single_attrs(&nic, p, 256, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);

	CCSAN_CHECK(!dma_mapping_error(&nic, at));
	p[0] = 1;
	dma_sync_single_for_device(&nic, at, 256, DMA_FROM_DEVICE);
	device_writes(at, 256);
	dma_sync_single_for_cpu(&nic, at, 256, DMA_FROM_DEVICE);
	CCSAN_CHECK(p[0] == 'f');
	dma_unmap_single_attrs(&nic, at, 256, DMA_FROM_DEVICE, DMA_ATTR_SKIP_CPU_SYNC);
	kfree(p);
}

CCSAN_TEST(bug_sync_unknown)
{
	dma_sync_single_for_cpu(&nic, 0x80000040, 64, DMA_FROM_DEVICE);
}

CCSAN_TEST(bug_sync_outside)
{
	char *p = kmalloc(512, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_FROM_DEVICE);

	dma_sync_single_for_cpu(&nic, at + 128, 256, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_sync_direction)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_FROM_DEVICE);

	dma_sync_single_for_cpu(&nic, at, 256, DMA_TO_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_sync_read_only)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_TO_DEVICE);

	dma_sync_single_for_cpu(&nic, at, 256, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_sync_write_only)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_FROM_DEVICE);

	dma_sync_single_for_cpu(&nic, at, 256, DMA_FROM_DEVICE);
	dma_sync_single_for_device(&nic, at, 256, DMA_TO_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_sync_redundant_cpu)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_FROM_DEVICE);

	dma_sync_single_for_cpu(&nic, at, 256, DMA_FROM_DEVICE);
	dma_sync_single_for_cpu(&nic, at, 256, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_sync_redundant_device)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_FROM_DEVICE);

	dma_sync_single_for_device(&nic, at, 256, DMA_FROM_DEVICE);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	kfree(p);
}

/* --- lists --- */

static void fill_list(struct scatterlist *sg, char **p)
{
	sg_init_table(sg, 3);
	for (int i = 0; i < 3; i++) {
		p[i] = kzalloc(256, GFP_KERNEL);
		sg_set_buf(&sg[i], p[i], 256);
	}
}

static void free_list(char **p)
{
	for (int i = 0; i < 3; i++)
		kfree(p[i]);
}

CCSAN_TEST(ok_list)
{
	struct scatterlist list[3], *sg;
	char *p[3];
	int i, n;

	fill_list(list, p);
	n = dma_map_sg(&nic, list, 3, DMA_FROM_DEVICE);
	CCSAN_CHECK(n == 3 && sg_nents(list) == 3);
	for_each_sg (list, sg, n, i)
		device_writes(sg_dma_address(sg), sg_dma_len(sg));
	dma_sync_sg_for_cpu(&nic, list, 3, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp(p[2], "frame"));
	dma_sync_sg_for_device(&nic, list, 3, DMA_FROM_DEVICE);
	for_each_sg (list, sg, n, i)
		device_writes(sg_dma_address(sg), sg_dma_len(sg));
	dma_unmap_sg(&nic, list, 3, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp(p[1], "frame"));
	free_list(p);
}

CCSAN_TEST(ok_table)
{
	struct sg_table table;
	char *p = kzalloc(256, GFP_KERNEL);

	CCSAN_CHECK(!sg_alloc_table(&table, 1, GFP_KERNEL));
	sg_set_buf(table.sgl, p, 256);
	CCSAN_CHECK(!dma_map_sgtable(&nic, &table, DMA_TO_DEVICE, 0));
	device_reads(sg_dma_address(table.sgl), 256);
	dma_unmap_sgtable(&nic, &table, DMA_TO_DEVICE, 0);
	sg_free_table(&table);
	kfree(p);
}

CCSAN_TEST(bug_list_unmap_count)
{
	struct scatterlist list[3];
	char *p[3];

	fill_list(list, p);
	dma_map_sg(&nic, list, 3, DMA_TO_DEVICE);
	dma_unmap_sg(&nic, list, 2, DMA_TO_DEVICE);
	free_list(p);
}

CCSAN_TEST(bug_list_sync_count)
{
	struct scatterlist list[3];
	char *p[3];

	fill_list(list, p);
	dma_map_sg(&nic, list, 3, DMA_FROM_DEVICE);
	dma_sync_sg_for_cpu(&nic, list, 1, DMA_FROM_DEVICE);
	dma_unmap_sg(&nic, list, 3, DMA_FROM_DEVICE);
	free_list(p);
}

CCSAN_TEST(bug_list_segment)
{
	struct device_dma_parameters parameters = { .max_segment_size = 128 };
	struct scatterlist list[3];
	char *p[3];

	nic.dma_parms = &parameters;
	fill_list(list, p);
	dma_map_sg(&nic, list, 1, DMA_TO_DEVICE);
	dma_unmap_sg(&nic, list, 1, DMA_TO_DEVICE);
	free_list(p);
	nic.dma_parms = NULL;
}

CCSAN_TEST(bug_list_of_stack)
{
	struct scatterlist sg;
	char buffer[64];

	sg_init_one(&sg, buffer, 64);
}

/* --- coherent memory --- */

CCSAN_TEST(ok_coherent)
{
	dma_addr_t at;

	for (int i = 0; i < 2; i++) {
		u32 *ring = dma_alloc_coherent(&nic, 4096, &at, GFP_KERNEL);

		ring[0] = 1;
		device_reads(at, 4);
		device_writes(at, 4096);
		CCSAN_CHECK(ring[0] != 1);
		dma_free_coherent(&nic, 4096, ring, at);
		kfree(kzalloc(4096, GFP_KERNEL));
	}
}

CCSAN_TEST(bug_coherent_size)
{
	dma_addr_t at;
	char *ring = dma_alloc_coherent(&nic, 4096, &at, GFP_KERNEL);

	dma_free_coherent(&nic, 2048, ring, at);
}

CCSAN_TEST(bug_coherent_address)
{
	dma_addr_t at;
	char *ring = dma_alloc_coherent(&nic, 4096, &at, GFP_KERNEL);

	dma_free_coherent(&nic, 4096, ring + 64, at);
}

CCSAN_TEST(bug_coherent_leak)
{
	dma_addr_t at;

	dma_alloc_coherent(&nic, 4096, &at, GFP_KERNEL);
}

/* --- memory of other kinds --- */

/* The program's own heap counts as the kernel's; the device has 32 bits of its address. */
CCSAN_TEST(ok_heap)
{
	char *p = aligned_alloc(128, 256);
	dma_addr_t at;

	memset(p, 0, 256);
	at = map(p, 256, DMA_FROM_DEVICE);
	CCSAN_CHECK(at <= mask);
	device_writes(at, 256);
	dma_unmap_single(&nic, at, 256, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp(p, "frame"));
	free(p);
}

CCSAN_TEST(ok_device_that_snoops)
{
	struct ccsan_device *snoops = ccsan_device_new("gpu", CCSAN_SNOOPING);
	struct device gpu = { .init_name = "gpu", .dma_mask = &mask, .dma_coherent = true };
	char *p = kzalloc(64, GFP_KERNEL);
	dma_addr_t at = dma_map_single(&gpu, p, 64, DMA_BIDIRECTIONAL);

	CCSAN_CHECK(!dma_mapping_error(&gpu, at));
	ccsan_device_write(snoops, at, "frame", 6);
	dma_unmap_single(&gpu, at, 64, DMA_BIDIRECTIONAL);
	CCSAN_CHECK(!strcmp(p, "frame"));
	kfree(p);
}

CCSAN_TEST(ok_objects)
{
	char *p = kmalloc(24, GFP_KERNEL), *copy;

	CCSAN_CHECK(ksize(p) == ARCH_DMA_MINALIGN && IS_ALIGNED((unsigned long)p, 128));
	strcpy(p, "text");
	p = krealloc(p, 200, GFP_KERNEL);
	copy = kmemdup(p, 5, GFP_KERNEL);
	CCSAN_CHECK(ksize(p) == 256 && !strcmp(copy, "text"));
	kfree(copy);
	kfree(p);
	kfree(NULL);
	p = kcalloc(3, 3 * PAGE_SIZE, GFP_KERNEL);
	CCSAN_CHECK(virt_addr_valid(p) && p[9 * PAGE_SIZE - 1] == 0);
	CCSAN_CHECK(phys_to_virt(virt_to_phys(p + 5)) == p + 5);
	kfree(p);
}

/* Small objects without ARCH_DMA_MINALIGN: what the CPU does to a neighbour meets the transfer. The
 * alignment is told; on CPUs with caches the line is, too. */
CCSAN_TEST(bug_neighbour)
{
	char *p = ccsan_kmalloc(16, GFP_KERNEL, 8), *neighbour = ccsan_kmalloc(16, GFP_KERNEL, 8);
	dma_addr_t at = map(p, 16, DMA_FROM_DEVICE);

	neighbour[0] = 1;
	device_writes(at, 16);
	dma_unmap_single(&nic, at, 16, DMA_FROM_DEVICE);
	CCSAN_CHECK(!strcmp(p, "frame"));
	kfree(neighbour);
	kfree(p);
}

/* --- who owns a buffer --- */

CCSAN_TEST(bug_write_after_map)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_TO_DEVICE);

	p[0] = 1;
	p[1] = 1;
	dma_unmap_single(&nic, at, 256, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_device_writes)
{
	char *p = kzalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_TO_DEVICE);

	device_writes(at, 64);
	device_writes(at + 64, 64);
	dma_unmap_single(&nic, at, 256, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(ok_read_after_map)
{
	char *p = kzalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_TO_DEVICE);

	CCSAN_CHECK(p[7] == 0);
	dma_unmap_single(&nic, at, 256, DMA_TO_DEVICE);
	kfree(p);
}

CCSAN_TEST(bug_free_while_mapped)
{
	char *p = kmalloc(256, GFP_KERNEL);
	dma_addr_t at = map(p, 256, DMA_TO_DEVICE);

	kfree(p);
	dma_unmap_single(&nic, at, 256, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_free_page_while_mapped)
{
	struct page *page = alloc_page(GFP_KERNEL);
	dma_addr_t at = dma_map_page(&nic, page, 0, 128, DMA_TO_DEVICE);

	CCSAN_CHECK(!dma_mapping_error(&nic, at));
	__free_page(page);
	dma_unmap_page(&nic, at, 128, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_leak)
{
	map(kmalloc(256, GFP_KERNEL), 256, DMA_TO_DEVICE);
}

CCSAN_TEST(bug_kfree_twice)
{
	char *p = kmalloc(256, GFP_KERNEL);

	kfree(p);
	kfree(p);
}

CCSAN_TEST(bug_resource_is_memory)
{
	ccsan_phys frame = ccsan_page_alloc(1);

	CCSAN_CHECK(dma_map_resource(&nic, frame, 64, DMA_TO_DEVICE, 0) == DMA_MAPPING_ERROR);
	ccsan_page_free(frame, 1);
}

CCSAN_TEST(ok_resource)
{
	dma_addr_t at = dma_map_resource(&nic, 0x10000000, 64, DMA_TO_DEVICE, 0);

	CCSAN_CHECK(!dma_mapping_error(&nic, at));
	dma_unmap_resource(&nic, at, 64, DMA_TO_DEVICE, 0);
}

/* --- a driver that leaves --- */

static int leaky_probe(struct platform_device *device)
{
	dma_addr_t at;

	return dma_alloc_coherent(&device->dev, 64, &at, GFP_KERNEL) &&
			       devm_kzalloc(&device->dev, 64, GFP_KERNEL)
		       ? 0
		       : -ENOMEM;
}

static struct platform_driver leaky = { .probe = leaky_probe, .driver = { .name = "leaky" } };

CCSAN_TEST(bug_driver_leaves)
{
	struct platform_device *device = platform_device_register_simple("leaky", -1, NULL, 0);

	platform_driver_register(&leaky);
	platform_device_unregister(device);
	platform_driver_unregister(&leaky);
}
