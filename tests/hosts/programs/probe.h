/* SPDX-License-Identifier: MIT */
/*
 * Questions about a cache function, each answered by counting findings: does the device see what
 * the CPU wrote before it, does the CPU see what the device wrote before it, does a neighbour
 * survive?
 *
 * Each question has a place of its own, since equal stacks are reported once: hence the macros.
 */
#ifndef PROBE_H
#define PROBE_H

#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>

static char probe_memory[256] __attribute__((aligned(256)));
static struct ccsan_device *probe_device;
static int probe_failures;
static volatile char probe_sink;

__attribute__((noinline, unused)) static void probe_fresh(void)
{
	if (!probe_device)
		probe_device = ccsan_device_new("probe", 0);
	ccsan_dma_flush(probe_memory, sizeof(probe_memory));
}

__attribute__((unused)) static unsigned probe_device_reads(unsigned offset)
{
	unsigned before = ccsan_finding_count();
	char byte;

	ccsan_device_read(probe_device, (ccsan_phys)(uintptr_t)&probe_memory[offset], &byte, 1);
	return ccsan_finding_count() - before;
}

__attribute__((unused)) static void probe_device_writes(unsigned offset)
{
	char byte = 5;

	ccsan_device_write(probe_device, (ccsan_phys)(uintptr_t)&probe_memory[offset], &byte, 1);
}

__attribute__((unused)) static void probe_judge(const char *what, unsigned got, unsigned wanted)
{
	if (got == wanted)
		return;
	printf("%s: %u findings, not %u\n", what, got, wanted);
	probe_failures++;
}

/* A byte that the CPU wrote, `call`, and the device reads it. */
#define DEVICE_SEES(offset, wanted, call)                                            \
	do {                                                                         \
		probe_fresh();                                                       \
		probe_memory[offset] = 1;                                            \
		call;                                                                \
		probe_judge("device reads after " #call, probe_device_reads(offset), \
			    (wanted) ? 0 : 1);                                       \
	} while (0)

/* A byte that is in the cache and that the device wrote, `call`, and the CPU reads it. */
#define CPU_SEES(offset, wanted, call)                                                 \
	do {                                                                           \
		unsigned before_;                                                      \
                                                                                       \
		probe_fresh();                                                         \
		probe_sink = probe_memory[offset];                                     \
		probe_device_writes(offset);                                           \
		call;                                                                  \
		before_ = ccsan_finding_count();                                       \
		probe_sink = probe_memory[offset];                                     \
		probe_judge("CPU reads after " #call, ccsan_finding_count() - before_, \
			    (wanted) ? 0 : 1);                                         \
	} while (0)

/* A byte that the CPU wrote, and `call`, which loses it or not. */
#define LOSES(offset, wanted, call)                                                               \
	do {                                                                                      \
		unsigned before_;                                                                 \
                                                                                                  \
		probe_fresh();                                                                    \
		probe_memory[offset] = 1;                                                         \
		before_ = ccsan_finding_count();                                                  \
		call;                                                                             \
		probe_judge("lost by " #call, ccsan_finding_count() - before_, (wanted) ? 1 : 0); \
	} while (0)

/* A byte that the CPU wrote, `call`, which names it and discards it, and the CPU reads it. */
#define GIVES_UP(offset, call)                                                         \
	do {                                                                           \
		unsigned before_;                                                      \
                                                                                       \
		probe_fresh();                                                         \
		probe_memory[offset] = 1;                                              \
		call;                                                                  \
		before_ = ccsan_finding_count();                                       \
		probe_sink = probe_memory[offset];                                     \
		probe_judge("given up by " #call, ccsan_finding_count() - before_, 1); \
	} while (0)

#define IS(condition)                                       \
	do {                                                \
		if (!(condition)) {                         \
			printf("not so: %s\n", #condition); \
			probe_failures++;                   \
		}                                           \
	} while (0)

__attribute__((unused)) static int probe_result(void)
{
	printf("%s\n", probe_failures ? "FAILED" : "all as documented");
	return probe_failures != 0;
}

#endif
