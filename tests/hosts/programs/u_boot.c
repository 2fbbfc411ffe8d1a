/* SPDX-License-Identifier: MIT */
/* U-Boot: flush cleans and invalidates; a misaligned range gets a message, and is widened by a
 * flush and left alone by an invalidate. */
// compilers: gcc clang-14
// build: $cc --host=u-boot -Wall -Wextra -Werror -o p $src
// run: CCSAN_OPTIONS=cpu=cortex-a8:exitcode=0:log_path=log:symbolize=0 ./p
// expect: ^all as documented$
// expect: ^CACHE: Misaligned operation at range \[[0-9a-f]{8}, [0-9a-f]{8}\]$
// run: CCSAN_OPTIONS=cpu=cortex-a9-pl310:exitcode=0:log_path=log:symbolize=0 ./p ranges
// expect: ^all as documented$
#include <common.h>

#include <asm/io.h>
#include <cpu_func.h>
#include <linux/dma-mapping.h>
#include <memalign.h>

#include "probe.h"

#define AT(offset) ((unsigned long)&probe_memory[offset])

DEFINE_CACHE_ALIGN_BUFFER(u32, global_buffer, 3);

static void ranges(void)
{
	DEVICE_SEES(0, true, flush_dcache_range(AT(0), AT(64)));
	DEVICE_SEES(0, true, flush_dcache_range(AT(9), AT(10))); /* widened, with the message */
	DEVICE_SEES(64, false, flush_dcache_range(AT(0), AT(64)));
	DEVICE_SEES(0, false, flush_dcache_range(AT(0), AT(0)));
	DEVICE_SEES(0, false, flush_dcache_range(AT(64), AT(0)));
	DEVICE_SEES(0, true, flush_cache(AT(0), 64));
	CPU_SEES(0, true, invalidate_dcache_range(AT(0), AT(64)));
	CPU_SEES(0, false, invalidate_dcache_range(AT(0), AT(60)));
	CPU_SEES(64, false, invalidate_dcache_range(AT(4), AT(128)));
	GIVES_UP(0, invalidate_dcache_range(AT(0), AT(64)));
	LOSES(64, false, invalidate_dcache_range(AT(0), AT(64)));
}

static void mappings(void)
{
	char *p = probe_memory;

	DEVICE_SEES(0, true, dma_map_single(p, 10, DMA_TO_DEVICE));
	DEVICE_SEES(0, true, dma_map_single(p, 10, DMA_BIDIRECTIONAL));
	GIVES_UP(0, dma_map_single(p, 10, DMA_FROM_DEVICE));
	CPU_SEES(0, true, dma_unmap_single(AT(0), 10, DMA_FROM_DEVICE));
	CPU_SEES(0, true, dma_unmap_single(AT(0), 10, DMA_BIDIRECTIONAL));
	CPU_SEES(0, false, dma_unmap_single(AT(0), 10, DMA_TO_DEVICE));
	CPU_SEES(8, false, dma_unmap_single(AT(8), 64, DMA_FROM_DEVICE)); /* misaligned */
	IS(dma_map_single(p, 64, DMA_TO_DEVICE) == AT(0));
	IS(!dma_mapping_error(NULL, AT(0)));
}

/* Without an outer cache, from which L1 would fetch the old bytes again before that is flushed. */
static void whole(void)
{
	CPU_SEES(0, true, flush_dcache_range(AT(0), AT(64)));
	DEVICE_SEES(0, true, flush_dcache_all());
	CPU_SEES(0, true, flush_dcache_all());
	CPU_SEES(0, true, invalidate_dcache_all());
	DEVICE_SEES(0, false, invalidate_icache_all());
	IS(dcache_status() && icache_status());
	DEVICE_SEES(0, true, dcache_disable());
	IS(!dcache_status());
	DEVICE_SEES(0, true, dcache_enable());
	DEVICE_SEES(0, false, dcache_enable());
	icache_disable();
	IS(!icache_status());
	icache_enable();
	IS(dcache_status() && icache_status());
}

/* A byte that the CPU wrote, and nothing else. */
#define DEVICE_READS_AT(memory, wanted)                                                           \
	do {                                                                                      \
		unsigned before_ = ccsan_finding_count();                                         \
		char byte_;                                                                       \
                                                                                                  \
		*(volatile char *)(memory) = 1;                                                   \
		dsb();                                                                            \
		ccsan_device_read(probe_device, (uintptr_t)(memory), &byte_, 1);                  \
		probe_judge("device reads " #memory, ccsan_finding_count() - before_, !(wanted)); \
	} while (0)

static void buffers(void)
{
	ALLOC_CACHE_ALIGN_BUFFER(u32, local, 3);
	unsigned long handle;
	void *coherent = dma_alloc_coherent(100, &handle);

	IS(IS_ALIGNED((uintptr_t)local, ARCH_DMA_MINALIGN));
	IS(IS_ALIGNED((uintptr_t)global_buffer, ARCH_DMA_MINALIGN));
	IS(IS_ALIGNED((uintptr_t)coherent, ARCH_DMA_MINALIGN) && handle == (uintptr_t)coherent);
	dma_free_coherent(coherent);
	coherent = dma_alloc_coherent(64, &handle); /* cached, in spite of its name */
	DEVICE_READS_AT(coherent, false);
	coherent = (void *)noncached_alloc(12, 128); // NOLINT: an address, as in U-Boot
	IS(IS_ALIGNED((uintptr_t)coherent, 128));
	DEVICE_READS_AT(coherent, true);
}

/* --- registers --- */

static volatile u32 registers[16] __aligned(64);
static size_t register_written;

static void on_write(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	register_written = 100 * offset + bytes;
}

/* A device sees each write before the next statement. */
static void accessors(void)
{
	static const struct ccsan_registers write_only = { .written = on_write };

	ccsan_device_registers(registers, sizeof(registers), &write_only);
	writel(7, &registers[2]);
	IS(register_written == 804 && readl(&registers[2]) == 7);
	writew(7, (uintptr_t)registers + 6); /* U-Boot's addresses may be integers */
	IS(register_written == 602);
	setbits_le32(&registers[2], 8);
	clrbits_le32(&registers[2], 1);
	clrsetbits_le32(&registers[2], 2, 16);
	mb();
	IS(register_written == 804 && readl(&registers[2]) == (4 | 8 | 16));
}

int main(int argc, char **argv)
{
	(void)argv;
	ranges();
	mappings();
	buffers();
	accessors();
	if (argc == 1)
		whole();
	return probe_result();
}
