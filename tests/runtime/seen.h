/* SPDX-License-Identifier: MIT */
/*
 * Is exactly this seen? A read of n bytes finds a stale byte if it is one of them, and none beside
 * them; a write makes these bytes dirty and no others. For CPUs whose cache does nothing unasked.
 *
 * Each question is asked from a place of its own, since equal stacks are reported once: hence the
 * macros.
 */
#ifndef SEEN_H
#define SEEN_H

#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

static char seen_memory[512] __attribute__((aligned(256)));
static struct ccsan_device *seen_device;
static int seen_failures;
volatile char seen_sink; /* what is read goes somewhere */

typedef void seen_access(char *p);

/* All of it is in the cache, clean, with the same byte everywhere. */
__attribute__((noinline)) static void seen_prepare(void)
{
	if (!seen_device)
		seen_device = ccsan_device_new("probe", 0);
	for (unsigned i = 0; i < sizeof(seen_memory); i++)
		seen_memory[i] = 1;
	ccsan_dma_clean(seen_memory, sizeof(seen_memory));
}

/* Does this access find the byte stale that a device has written? */
__attribute__((noinline)) static unsigned seen_stale(seen_access *access, char *p, char *stale)
{
	char byte = 1;
	unsigned before;

	seen_prepare();
	ccsan_device_write(seen_device, (ccsan_phys)(uintptr_t)stale, &byte, 1);
	before = ccsan_finding_count();
	access(p);
	before = ccsan_finding_count() - before;
	ccsan_dma_invalidate(seen_memory, sizeof(seen_memory));
	return before;
}

/* Does a device that reads this byte after the access get an old one? */
__attribute__((noinline)) static unsigned seen_dirty(seen_access *access, char *p, char *dirty)
{
	char byte;
	unsigned before;

	seen_prepare();
	access(p);
	before = ccsan_finding_count();
	ccsan_device_read(seen_device, (ccsan_phys)(uintptr_t)dirty, &byte, 1);
	return ccsan_finding_count() - before;
}

__attribute__((noinline)) static void seen_judge(const char *what, unsigned got, unsigned wanted)
{
	if (got == wanted)
		return;
	printf("%s: %u findings, not %u\n", what, got, wanted);
	seen_failures++;
}

/* The access reads the bytes from `offset`; it may write as well, which would overwrite other bytes
 * of the line that are stale: a finding of another kind. */
#define CHANGES(access, offset, n)                                                                 \
	do {                                                                                       \
		char *p_ = seen_memory + (offset);                                                 \
                                                                                                   \
		seen_judge(#access " reads its first byte", seen_stale(access, p_, p_), 1);        \
		seen_judge(#access " reads its last byte", seen_stale(access, p_, p_ + (n)-1), 1); \
	} while (0)

/* The access reads the bytes from `offset`, no others. */
#define READS(access, offset, n)                                                          \
	do {                                                                              \
		char *p_ = seen_memory + (offset);                                        \
                                                                                          \
		CHANGES(access, offset, n);                                               \
		seen_judge(#access " reads before", seen_stale(access, p_, p_ - 1), 0);   \
		seen_judge(#access " reads behind", seen_stale(access, p_, p_ + (n)), 0); \
	} while (0)

/* The access writes the bytes from `offset`, no others. */
#define WRITES(access, offset, n)                                                               \
	do {                                                                                    \
		char *p_ = seen_memory + (offset);                                              \
                                                                                                \
		seen_judge(#access " writes its first byte", seen_dirty(access, p_, p_), 1);    \
		seen_judge(#access " writes its last byte", seen_dirty(access, p_, p_ + (n)-1), \
			   1);                                                                  \
		seen_judge(#access " writes before", seen_dirty(access, p_, p_ - 1), 0);        \
		seen_judge(#access " writes behind", seen_dirty(access, p_, p_ + (n)), 0);      \
	} while (0)

__attribute__((unused)) static int seen_result(void)
{
	printf("%s\n", seen_failures ? "FAILED" : "all seen");
	return seen_failures != 0;
}

#ifdef __cplusplus
}
#endif
#endif
