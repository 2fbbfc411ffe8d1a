/* SPDX-License-Identifier: MIT */
/* The words for kinds and deeds, one spelling for reports, files and options. */
#include <ccsan/finding.h>

#include <string.h>

static const char *const kinds[] = {
	[CCSAN_KIND_NONE] = "none",
	[CCSAN_KIND_STALE_READ] = "stale-read",
	[CCSAN_KIND_STALE_DMA] = "stale-dma",
	[CCSAN_KIND_STALE_FETCH] = "stale-fetch",
	[CCSAN_KIND_LOST_WRITE] = "lost-write",
	[CCSAN_KIND_CLOBBER] = "clobber",
	[CCSAN_KIND_HOMONYM] = "homonym",
	[CCSAN_KIND_MISSING_BARRIER] = "missing-barrier",
	[CCSAN_KIND_DMA_OWNERSHIP] = "dma-ownership",
	[CCSAN_KIND_LOST_DIRTY_PAGE] = "lost-dirty-page",
	[CCSAN_KIND_API_MISUSE] = "api-misuse",
	[CCSAN_KIND_DEADLOCK] = "deadlock",
	[CCSAN_KIND_REDUNDANT_MAINTENANCE] = "redundant-maintenance",
};

static const char *const deeds[] = {
	[CCSAN_DEED_NOTHING] = "nothing",
	[CCSAN_DEED_READ] = "read",
	[CCSAN_DEED_WRITE] = "write",
	[CCSAN_DEED_FETCH] = "instruction fetch",
	[CCSAN_DEED_CLEAN] = "clean",
	[CCSAN_DEED_INVALIDATE] = "invalidate",
	[CCSAN_DEED_FLUSH] = "flush",
	[CCSAN_DEED_ICACHE_INVALIDATE] = "instruction-cache invalidate",
	[CCSAN_DEED_OUTER_CLEAN] = "outer clean",
	[CCSAN_DEED_OUTER_INVALIDATE] = "outer invalidate",
	[CCSAN_DEED_OUTER_FLUSH] = "outer flush",
	[CCSAN_DEED_DEVICE_READ] = "device read",
	[CCSAN_DEED_DEVICE_WRITE] = "device write",
	[CCSAN_DEED_UNCACHED_READ] = "uncached read",
	[CCSAN_DEED_UNCACHED_WRITE] = "uncached write",
	[CCSAN_DEED_MAP] = "hand-over",
	[CCSAN_DEED_CALL] = "call",
	[CCSAN_DEED_WAIT] = "wait",
	[CCSAN_DEED_TAKE] = "lock",
	[CCSAN_DEED_BARRIER] = "barrier",
	[CCSAN_DEED_EARLIER] = "earlier call",
	[CCSAN_DEED_FREE] = "freeing",
};

_Static_assert(sizeof(kinds) / sizeof(*kinds) == CCSAN_KIND_COUNT, "every kind has a name");
_Static_assert(sizeof(deeds) / sizeof(*deeds) == CCSAN_DEED_COUNT, "every deed has a name");

const char *ccsan_kind_name(enum ccsan_kind kind)
{
	return (unsigned)kind < CCSAN_KIND_COUNT ? kinds[kind] : NULL;
}

enum ccsan_kind ccsan_kind_find(const char *name)
{
	for (int kind = CCSAN_KIND_NONE + 1; kind < CCSAN_KIND_COUNT; kind++)
		if (!strcmp(kinds[kind], name))
			return (enum ccsan_kind)kind;
	return CCSAN_KIND_NONE;
}

const char *ccsan_deed_name(enum ccsan_deed deed)
{
	return (unsigned)deed < CCSAN_DEED_COUNT ? deeds[deed] : NULL;
}
