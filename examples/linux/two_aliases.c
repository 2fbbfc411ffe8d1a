/* SPDX-License-Identifier: MIT */
/*
 * The smallest scenario, to be copied: a page that the kernel writes through its direct mapping and
 * reads through a second one. See scenario.h.
 */
#include "scenario.h"

#include <ccsan/ccsan.h>
#include <string.h>

enum { SAME_COLOUR = 1, FLUSH_SOURCE = 2, INVALIDATE_TARGET = 4 };

static void run(const struct scenario_variant *variant)
{
	ccsan_phys frame = ccsan_page_alloc(1);
	char *direct = ccsan_map(frame, 1, CCSAN_KERNEL);
	unsigned colour = CCSAN_COLOUR(ccsan_colour_of(direct));
	char *second;

	memset(direct, 0, 64);
	ccsan_flush(direct, 64);
	second = ccsan_map(frame, 1, CCSAN_VMAP | (variant->way & SAME_COLOUR ? colour : 0));
	SCENARIO_CHECK(second[0] == 0); /* and is cached under this address as well now */

	memset(direct, 'x', 64);
	if (variant->way & FLUSH_SOURCE)
		ccsan_flush(direct, 64);
	if (variant->way & INVALIDATE_TARGET)
		ccsan_invalidate(second, 64);
	SCENARIO_CHECK(second[0] == 'x');
}

static const struct scenario_variant variants[] = {
	{ .name = "none",
	  .run = run,
	  .expect = "aliasing: stale-read",
	  .reason = "each address has a copy of its own" },
	{ .name = "flush",
	  .run = run,
	  .way = FLUSH_SOURCE,
	  .expect = "aliasing: stale-read",
	  .reason = "memory is right, but the copy that was read before is still there" },
	{ .name = "both",
	  .run = run,
	  .way = FLUSH_SOURCE | INVALIDATE_TARGET,
	  .expect = "silent",
	  .reason = "what was written goes to memory, and is fetched from there" },
	{ .name = "colour",
	  .run = run,
	  .way = SAME_COLOUR,
	  .expect = "vivt: stale-read",
	  .reason = "the same index and a physical tag are the same line; a virtual tag is not" },
	{ 0 },
};

static const struct scenario scenario = {
	.name = "two_aliases",
	.summary = "The kernel writes a page at one address and reads it at another",
	.variants = variants,
};

int main(int argc, char **argv)
{
	return scenario_main(&scenario, argc, argv);
}
