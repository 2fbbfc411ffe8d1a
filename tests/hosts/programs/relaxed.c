/* SPDX-License-Identifier: MIT */
/* A doorbell that is rung before the descriptor is known to be in memory: writel() waits for it,
 * writel_relaxed() does not. */
// compilers: gcc clang-14
// build: $cc --host=linux -o p $src
// run: CCSAN_OPTIONS=barriers=1 ccsan run --cpu cortex-a8 ./p relaxed
// exit: 1
// findings: 1
// expect: ERROR: ccsan: missing-barrier in begin / ring
// run: CCSAN_OPTIONS=barriers=1 ccsan run --cpu all ./p ordered
// run: ccsan run --cpu all ./p relaxed
#include <ccsan/ccsan.h>
#include <linux/dma-mapping.h>
#include <linux/io.h>

static u64 mask = DMA_BIT_MASK(32);
static struct device nic = { .init_name = "nic",
			     .dma_mask = &mask,
			     .coherent_dma_mask = DMA_BIT_MASK(32) };
static struct ccsan_device *master;
static u32 doorbell[4] __attribute__((aligned(16)));
static dma_addr_t bus;

/* The device's side: fetches the descriptor. */
static void begin(void *context, size_t offset, unsigned int bytes)
{
	u32 descriptor;

	(void)context;
	(void)offset;
	(void)bytes;
	ccsan_device_read(master, bus, &descriptor, sizeof(descriptor));
}

static __attribute__((noinline)) void ring(u32 *descriptor, bool relaxed)
{
	*descriptor = 1;
	if (relaxed)
		writel_relaxed(1, doorbell);
	else
		writel(1, doorbell);
}

int main(int argc, char **argv)
{
	struct ccsan_registers ops = { .written = begin };
	u32 *descriptor = dma_alloc_coherent(&nic, sizeof(*descriptor), &bus, GFP_KERNEL);

	master = ccsan_device_new("nic", 0);
	ccsan_device_registers(doorbell, sizeof(doorbell), &ops);
	ring(descriptor, argc > 1 && argv[1][0] == 'r');
	dma_free_coherent(&nic, sizeof(*descriptor), descriptor, bus);
	return 0;
}
