/* SPDX-License-Identifier: MIT */
/* Which CPUs an expect line is about, and what it expects of them. */
#include <string.h>

#include "program.h"

static const char *const names[] = {
	[CCSAN_IS_VIVT] = "vivt",
	[CCSAN_IS_VIPT_ALIASING] = "vipt-aliasing",
	[CCSAN_IS_PIPT] = "pipt",
	[CCSAN_IS_SPECULATIVE] = "speculative",
	[CCSAN_IS_IN_ORDER] = "in-order",
	[CCSAN_HAS_OUTER] = "outer",
	[CCSAN_IS_WRITE_THROUGH] = "write-through",
	[CCSAN_IS_WRITE_BACK] = "write-back",
	[CCSAN_IS_SNOOPING] = "snooping",
	[CCSAN_IS_NON_SNOOPING] = "non-snooping",
};

_Static_assert(sizeof(names) / sizeof(*names) == CCSAN_PROPERTY_COUNT, "every property has a name");

unsigned ccsan_property_find(const char *name)
{
	unsigned i = 0;

	while (i < CCSAN_PROPERTY_COUNT && strcmp(names[i], name) != 0)
		i++;
	return i;
}

/* Virtually indexed caches whose aliases share a place count as pipt. */
static unsigned properties_of(const struct ccsan_cpu *cpu)
{
	uint32_t colours = ccsan_cpu_data_colours(cpu);
	unsigned type = cpu->data.type == CCSAN_CACHE_VIVT ? CCSAN_IS_VIVT
			: colours > 1                      ? CCSAN_IS_VIPT_ALIASING
							   : CCSAN_IS_PIPT;

	return 1u << type | 1u << (cpu->speculative ? CCSAN_IS_SPECULATIVE : CCSAN_IS_IN_ORDER) |
	       1u << (cpu->data.write_through ? CCSAN_IS_WRITE_THROUGH : CCSAN_IS_WRITE_BACK) |
	       1u << (cpu->snooping ? CCSAN_IS_SNOOPING : CCSAN_IS_NON_SNOOPING) |
	       (cpu->outer.size ? 1u << CCSAN_HAS_OUTER : 0);
}

static bool fits(const struct ccsan_expectation *e, const struct ccsan_cpu *cpu)
{
	if (*e->cpu)
		return !strcmp(e->cpu, cpu->name);
	return !(e->properties & ~properties_of(cpu));
}

bool ccsan_litmus_expects(const struct ccsan_litmus *litmus, const struct ccsan_cpu *cpu,
			  ccsan_kinds *kinds)
{
	bool judged = false;

	for (unsigned i = 0; i < litmus->expectations_count; i++)
		if (fits(&litmus->expectations[i], cpu)) {
			*kinds = litmus->expectations[i].kinds;
			judged = true;
		}
	return judged;
}

bool ccsan_litmus_judges_redundancy(const struct ccsan_litmus *litmus)
{
	for (unsigned i = 0; i < litmus->expectations_count; i++)
		if (litmus->expectations[i].kinds >> CCSAN_KIND_REDUNDANT_MAINTENANCE & 1)
			return true;
	return false;
}
