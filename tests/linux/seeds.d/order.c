/* SPDX-License-Identifier: MIT */
/* For tests/linux/seeds: one variant that is explored, one that is run, and one whose expectation
 * is wrong: RIGHT is defined to leave it out. */
#include "scenario.h"

#include <ccsan/ccsan.h>
#include <ccsan/thread.h>

static char page[64] __attribute__((aligned(64)));
static volatile int done;
static struct ccsan_device *disk;

static void *fill(void *locked)
{
	page[0] = 'x';
	if (locked)
		ccsan_dma_clean(page, sizeof(page));
	done = 1;
	return NULL;
}

/* Whether the disk looks before or after the store depends on the order. */
static void run(const struct scenario_variant *variant)
{
	char byte;
	unsigned thread;

	ccsan_dma_clean(page, sizeof(page));
	disk = ccsan_device_new("disk", 0);
	thread = ccsan_thread_new("fill", 0, fill, variant->way ? page : NULL);
	if (variant->way)
		ccsan_thread_join(thread);
	ccsan_device_read(disk, ccsan_physical_address(page), &byte, 1);
	if (!variant->way)
		ccsan_thread_join(thread);
	SCENARIO_CHECK(done);
}

static const struct scenario_variant variants[] = {
	{ .name = "unordered",
	  .run = run,
	  .explore = "",
	  .expect = "!snooping: stale-dma",
	  .reason = "the disk may read after the store and before it is cleaned" },
	{ .name = "ordered", .run = run, .way = 1, .expect = "silent", .reason = "cleaned first" },
#ifndef RIGHT
	{ .name = "mistaken",
	  .run = run,
	  .way = 1,
	  .expect = "vivt: stale-dma",
	  .reason = "an expectation that is wrong" },
#endif
	{ 0 },
};

static const struct scenario scenario = {
	.name = "order",
	.summary = "A disk reads what a thread is writing",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
