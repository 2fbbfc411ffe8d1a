/* SPDX-License-Identifier: MIT */
/* Operations on all levels are right before a transfer and after it, whatever the CPU has. */
// compilers: gcc
// levels: -O2
// run: ccsan run --cpu all ./p
// exit: 0
// expect: ^ccsan: 0 distinct findings on 0 of
#include <ccsan/ccsan.h>

static char buffer[128] __attribute__((aligned(64)));

static void receive(struct ccsan_device *nic, void (*before)(const volatile void *, size_t))
{
	buffer[0] = 1; /* dirty in L1, and perhaps in the outer cache */
	before(buffer, sizeof(buffer));
	ccsan_device_write(nic, ccsan_physical_address(buffer), "frame", 6);
	ccsan_dma_invalidate(buffer, sizeof(buffer));
	CCSAN_CHECK(buffer[0] == 'f');
}

int main(void)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);
	char wire[6];

	receive(nic, ccsan_dma_invalidate);
	receive(nic, ccsan_dma_flush);
	buffer[0] = 's';
	ccsan_dma_clean(buffer, sizeof(buffer));
	ccsan_device_read(nic, ccsan_physical_address(buffer), wire, sizeof(wire));
	return 0;
}
