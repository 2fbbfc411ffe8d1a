/* SPDX-License-Identifier: MIT */
/* The API used wrongly: each is one clear finding, and the program goes on. Addresses are not
 * random here: that no memory has an address that ends in 0x00000010 must not be luck. */
// build: $cc -o p $src
// run: setarch -R ./p
// exit: 66
// findings: 19
// expect: ^no memory at bus address 0x10 \(4 bytes\)$
// expect: ^no memory at bus address 0xffffffffffffffff \(1 bytes\)$
// expect: ^clean of 64 bytes, of which 64 are not mapped$
// expect: ^invalidate of 64 bytes, of which 64 are not mapped$
// expect: ^flush of 9223372036854775807 bytes, of which 9223372036854775807 are not mapped$
// expect: ^clean of 8192 bytes, of which 4096 are not mapped$
// expect: ^ccsan_unmap\(\) of an address where nothing is mapped$
// expect: ^ccsan_remap\(\) of an address where nothing is mapped$
// expect: ^ccsan_page_free\(\) of frames that are not allocated$
// expect: ^ccsan_map\(\) of frames that are not allocated$
// expect: ^ccsan_space_switch\(\) to a space that does not exist$
// expect: ^ccsan_set_cached\(\) of what is not the program's own memory$
// expect: ^ccsan_device_registers\(\): misaligned, empty, or more than 64$
// expect: ^end$
// absent: Segmentation
//
// run: CCSAN_OPTIONS=cpu=x86 setarch -R ./p
// exit: 66
// findings: 19
// absent: ERROR: ccsan: (stale|lost|clobber|homonym)
//
// run: CCSAN_OPTIONS=memory=64K:cpu=cortex-m7 ./p exhaust
// expect: ^allocated 16 pages, then none$
// run: ./p harmless
// expect: ^end$
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static char odd[1000] __attribute__((aligned(64)));

static void exhaust(void)
{
	unsigned pages = 0;

	while (ccsan_page_alloc(1))
		pages++;
	printf("allocated %u pages, then none\n", pages);
}

/* Empty and odd ranges are no mistakes. */
static void harmless(struct ccsan_device *nic)
{
	char byte = 0;

	ccsan_clean(NULL, 0);
	ccsan_invalidate((void *)8, 0);
	ccsan_device_read(nic, 0, &byte, 0);
	ccsan_clean(odd + 1, 997);
	ccsan_flush(odd + 3, 1);
	ccsan_dma_clean(odd + 63, 2);
	ccsan_outer_flush(odd + 7, 300);
	ccsan_forget(odd, 0);
	ccsan_barrier();
	ccsan_clean_all();
	ccsan_flush_all();
	ccsan_icache_invalidate_all();
}

int main(int argc, char **argv)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);
	struct ccsan_registers none = { NULL, NULL, NULL };
	char bytes[64] = { 0 }, *alias;
	ccsan_phys frames;

	if (argc > 1 && !strcmp(argv[1], "exhaust")) {
		exhaust();
		return 0;
	}
	harmless(nic);
	if (argc > 1) {
		puts("end");
		return 0;
	}
	frames = ccsan_page_alloc(1);
	alias = ccsan_map(frames, 1, CCSAN_VMAP);
	ccsan_device_read(nic, 0x10, bytes, 4);
	ccsan_device_write(nic, 0x20, bytes, 4);
	ccsan_device_read(nic, UINT64_MAX, bytes, 1);
	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)odd, bytes, 0);
	ccsan_clean(NULL, 64);
	ccsan_invalidate((void *)4096, 64);
	ccsan_flush((void *)64, SIZE_MAX / 2);
	ccsan_outer_clean(NULL, 64);
	ccsan_clean(alias, 2 * ccsan_page_size());
	ccsan_unmap(odd, 1);
	ccsan_unmap(alias, 1);
	ccsan_unmap(alias, 1);
	ccsan_remap(alias, 1, frames);
	ccsan_clean(alias, 64);
	bytes[0] = *(volatile char *)bytes;
	ccsan_page_free(frames + 4096 * 64, 1);
	ccsan_page_free(frames, 1);
	ccsan_page_free(frames, 1);
	ccsan_map(frames, 1, CCSAN_VMAP);
	ccsan_map(7, 1, CCSAN_VMAP);
	ccsan_space_switch(2999);
	ccsan_set_cached(NULL, 64, false);
	ccsan_device_registers(odd + 1, 16, &none);
	puts("end");
	return 0;
}
