/* SPDX-License-Identifier: MIT */
/* See words.h. */
#include "words.h"

#include <string.h>

struct host_words {
	const char *host;
	const char *clean, *invalidate, *flush, *icache;
	const char *source;
};

static const struct host_words hosts[] = {
	{ "cmsis", "SCB_CleanDCache_by_Addr()", "SCB_InvalidateDCache_by_Addr()",
	  "SCB_CleanInvalidateDCache_by_Addr()", "SCB_InvalidateICache_by_Addr()",
	  "CMSIS-Core (Cortex-M), \"Cache Functions\"; ST AN4839, section 2" },
	{ "u-boot", "flush_dcache_range()", "invalidate_dcache_range()", "flush_dcache_range()",
	  "invalidate_icache_all()", "U-Boot doc/README.arm-caches" },
	{ "zephyr", "sys_cache_data_flush_range()", "sys_cache_data_invd_range()",
	  "sys_cache_data_flush_and_invd_range()", "sys_cache_instr_invd_range()",
	  "Zephyr, \"Caching\" guide and zephyr/cache.h" },
	{ "", "ccsan_dma_clean()", "ccsan_dma_invalidate()", "ccsan_dma_flush()",
	  "ccsan_icache_invalidate()", "ccsan/cache.h" },
};

static const char dma_contract[] = "Documentation/core-api/dma-api.rst";
static const char cache_contract[] = "Documentation/core-api/cachetlb.rst";

static bool is_in(const char *alias, const char *region)
{
	return !strncmp(alias, region, strlen(region));
}

/* Linux has a name for each kind of alias, and others where a device takes part. */
static struct ccsan_words linux_words(enum ccsan_deed deed, const char *alias, bool device)
{
	bool cleans = deed == CCSAN_DEED_CLEAN || deed == CCSAN_DEED_OUTER_CLEAN;
	bool invalidates = deed == CCSAN_DEED_INVALIDATE || deed == CCSAN_DEED_OUTER_INVALIDATE;

	if (deed == CCSAN_DEED_ICACHE_INVALIDATE)
		return (struct ccsan_words){ "flush_icache_range()", cache_contract };
	if (device && cleans)
		return (struct ccsan_words){ "dma_map_single() or dma_sync_single_for_device()",
					     dma_contract };
	if (device && invalidates)
		return (struct ccsan_words){ "dma_unmap_single() or dma_sync_single_for_cpu()",
					     dma_contract };
	if (device)
		return (struct ccsan_words){ "dma_map_single() or dma_sync_single_for_device()",
					     dma_contract };
	if (is_in(alias, "vmap") && invalidates)
		return (struct ccsan_words){ "invalidate_kernel_vmap_range()", cache_contract };
	if (is_in(alias, "vmap"))
		return (struct ccsan_words){ "flush_kernel_vmap_range()", cache_contract };
	if (is_in(alias, "user"))
		return (struct ccsan_words){ "flush_cache_page() or flush_dcache_page()",
					     cache_contract };
	return (struct ccsan_words){ "flush_dcache_page()", cache_contract };
}

/* On ccsan's own API the levels have names of their own. */
static struct ccsan_words own_words(enum ccsan_deed deed, bool device)
{
	static const char source[] = "ccsan/cache.h";

	switch (deed) {
	case CCSAN_DEED_CLEAN:
		return (struct ccsan_words){ device ? "ccsan_dma_clean()" : "ccsan_clean()",
					     source };
	case CCSAN_DEED_INVALIDATE:
		return (struct ccsan_words){ device ? "ccsan_dma_invalidate()"
						    : "ccsan_invalidate()",
					     source };
	case CCSAN_DEED_FLUSH:
		return (struct ccsan_words){ device ? "ccsan_dma_flush()" : "ccsan_flush()",
					     source };
	case CCSAN_DEED_OUTER_CLEAN:
		return (struct ccsan_words){ device ? "ccsan_dma_clean()" : "ccsan_outer_clean()",
					     source };
	case CCSAN_DEED_OUTER_INVALIDATE:
		return (struct ccsan_words){ device ? "ccsan_dma_invalidate()"
						    : "ccsan_outer_invalidate()",
					     source };
	case CCSAN_DEED_OUTER_FLUSH:
		return (struct ccsan_words){ device ? "ccsan_dma_flush()" : "ccsan_outer_flush()",
					     source };
	default:
		return (struct ccsan_words){ "ccsan_icache_invalidate()", source };
	}
}

static const struct host_words *find_host(const char *host)
{
	const struct host_words *words = hosts;

	while (*words->host && strcmp(words->host, host) != 0)
		words++;
	return words;
}

/* What waits for cache operations and uncached stores. */
static struct ccsan_words barrier_words(const char *host)
{
	static const struct {
		const char *host;
		struct ccsan_words words;
	} barriers[] = {
		{ "linux", { "wmb() or dma_wmb()", "Documentation/memory-barriers.txt" } },
		{ "cmsis",
		  { "__DSB()", "CMSIS-Core, \"Intrinsic Functions for CPU Instructions\"" } },
		{ "zephyr", { "barrier_dsync_fence_full()", "zephyr/sys/barrier.h" } },
		{ "u-boot", { "mb()", "asm/barriers.h" } },
	};

	for (size_t i = 0; i < sizeof(barriers) / sizeof(*barriers); i++)
		if (!strcmp(host, barriers[i].host))
			return barriers[i].words;
	return (struct ccsan_words){ "ccsan_barrier()", "ccsan/cache.h" };
}

struct ccsan_words ccsan_words_for(const char *host, enum ccsan_deed deed, const char *alias,
				   bool device)
{
	const struct host_words *words = find_host(host);

	if (deed == CCSAN_DEED_BARRIER)
		return barrier_words(host);
	if (!strcmp(host, "linux"))
		return linux_words(deed, alias, device);
	if (!*words->host)
		return own_words(deed, device);
	switch (deed) {
	case CCSAN_DEED_CLEAN:
	case CCSAN_DEED_OUTER_CLEAN:
		return (struct ccsan_words){ words->clean, words->source };
	case CCSAN_DEED_INVALIDATE:
	case CCSAN_DEED_OUTER_INVALIDATE:
		return (struct ccsan_words){ words->invalidate, words->source };
	case CCSAN_DEED_ICACHE_INVALIDATE:
		return (struct ccsan_words){ words->icache, words->source };
	default:
		return (struct ccsan_words){ words->flush, words->source };
	}
}

const char *ccsan_words_needs(const struct ccsan_finding *finding)
{
	switch (finding->needs) {
	case CCSAN_NEEDS_EVICTION:
		return "on eviction: it takes a write-back that nobody asked for, which may come "
		       "at any "
		       "time";
	case CCSAN_NEEDS_SPECULATIVE_FILL:
		return "on speculative fill: the CPU may have fetched the line by itself";
	default:
		return "always: in any cache that just does what it is asked to";
	}
}
