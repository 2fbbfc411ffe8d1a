/* SPDX-License-Identifier: MIT */
/*
 * What ccsan found: plain data, made by the machine, printed by the report. A finding is a value of
 * fixed size without pointers, so that it can be written to a pipe and read on the other side.
 */
#ifndef CCSAN_FINDING_H
#define CCSAN_FINDING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** `ccsan explain KIND` tells about each. */
enum ccsan_kind {
	CCSAN_KIND_NONE,
	CCSAN_KIND_STALE_READ,
	CCSAN_KIND_STALE_DMA,
	CCSAN_KIND_STALE_FETCH,
	CCSAN_KIND_LOST_WRITE,
	CCSAN_KIND_CLOBBER,
	CCSAN_KIND_HOMONYM,
	CCSAN_KIND_MISSING_BARRIER,
	CCSAN_KIND_DMA_OWNERSHIP,
	CCSAN_KIND_LOST_DIRTY_PAGE, /**< a page cache drops data that is nowhere else */
	CCSAN_KIND_API_MISUSE,
	CCSAN_KIND_DEADLOCK,
	CCSAN_KIND_REDUNDANT_MAINTENANCE, /**< an advice: nothing goes wrong, but slowly */
	CCSAN_KIND_COUNT
};

/** The name used in reports, files and options ("stale-read"). Return: NULL out of range. */
const char *ccsan_kind_name(enum ccsan_kind kind);

/** Return: CCSAN_KIND_NONE if this is no kind's name. */
enum ccsan_kind ccsan_kind_find(const char *name);

/** What somebody did. */
enum ccsan_deed {
	CCSAN_DEED_NOTHING,
	CCSAN_DEED_READ,
	CCSAN_DEED_WRITE,
	CCSAN_DEED_FETCH,
	CCSAN_DEED_CLEAN,
	CCSAN_DEED_INVALIDATE,
	CCSAN_DEED_FLUSH,
	CCSAN_DEED_ICACHE_INVALIDATE,
	CCSAN_DEED_OUTER_CLEAN,
	CCSAN_DEED_OUTER_INVALIDATE,
	CCSAN_DEED_OUTER_FLUSH,
	CCSAN_DEED_DEVICE_READ,
	CCSAN_DEED_DEVICE_WRITE,
	CCSAN_DEED_UNCACHED_READ,
	CCSAN_DEED_UNCACHED_WRITE,
	CCSAN_DEED_MAP,  /**< handed memory to a device */
	CCSAN_DEED_CALL, /**< called a function wrongly */
	CCSAN_DEED_WAIT, /**< waits for something that does not come */
	CCSAN_DEED_TAKE, /**< took what another one waits for */
	CCSAN_DEED_BARRIER,
	CCSAN_DEED_EARLIER, /**< called a function before, which now matters */
	CCSAN_DEED_FREE,    /**< gave memory, or a mapping of it, back */
	CCSAN_DEED_COUNT
};

/** "read", "device write" … Return: NULL out of range. */
const char *ccsan_deed_name(enum ccsan_deed deed);

enum { CCSAN_STACK_FRAMES = 24, CCSAN_NAME_BYTES = 32, CCSAN_TEXT_BYTES = 384 };

/** Who did what, where. `deed` is CCSAN_DEED_NOTHING where nobody is known. */
struct ccsan_actor {
	enum ccsan_deed deed;
	uint32_t bytes;
	uint32_t on_cpu; /**< which of the machine's CPUs, from 0; no matter for devices */
	uint64_t va;     /**< 0 for devices */
	uint64_t pa;
	char alias[CCSAN_NAME_BYTES]; /**< the kind of mapping used: "vmap, colour 1" */
	char who[CCSAN_NAME_BYTES];   /**< the thread, or the device */
	uint32_t depth;               /**< frames of `stack` in use */
	bool callers_unknown;         /**< only the innermost frame was recorded */
	/** Code addresses, innermost first: the access itself, then return addresses. */
	uint64_t stack[CCSAN_STACK_FRAMES];
};

/** One place that may hold the line. Byte sets have one bit for each granule of the line. */
struct ccsan_place_seen {
	char alias[CCSAN_NAME_BYTES];
	uint64_t va;
	uint64_t stale;
	bool present, dirty, instruction;
	bool by_speculation;          /**< present only if the CPU filled it unasked */
	uint8_t present_on, dirty_on; /**< in which CPUs' caches: bit 0 the first */
};

enum { CCSAN_PLACES_SEEN = 6, CCSAN_ADVISED = 3 };

/** The line at fault, before it was put into order. */
struct ccsan_line_seen {
	uint64_t pa;
	uint32_t bytes;   /**< of the line; 0 where no line is involved */
	uint32_t granule; /**< bytes that one bit of a set stands for */
	uint64_t touched; /**< by the access */
	uint64_t wrong;   /**< of those, or of the line: wrong, lost or at risk */
	uint64_t memory_lacks;
	bool outer, outer_present, outer_dirty;
	uint64_t outer_stale;
	uint32_t place_count; /**< may exceed CCSAN_PLACES_SEEN */
	struct ccsan_place_seen places[CCSAN_PLACES_SEEN];
};

enum ccsan_needs {
	CCSAN_NEEDS_NOTHING, /**< goes wrong in a cache that does only what it is asked to */
	CCSAN_NEEDS_EVICTION,
	CCSAN_NEEDS_SPECULATIVE_FILL,
};

enum ccsan_trial_result { CCSAN_TRIAL_NONE, CCSAN_TRIAL_GONE, CCSAN_TRIAL_STAYS };

/** A call that would have helped. */
struct ccsan_advised_call {
	enum ccsan_deed deed;
	uint64_t va, pa;
	uint32_t bytes;
	char alias[CCSAN_NAME_BYTES];
};

struct ccsan_finding {
	enum ccsan_kind kind;
	enum ccsan_needs needs;
	uint64_t count;  /**< occurrences with the same stacks */
	uint32_t serial; /**< of the process, from 1 */
	char cpu[CCSAN_NAME_BYTES];
	char host[16];                   /**< whose words to use: "linux", "cmsis", … or "" */
	char test[CCSAN_NAME_BYTES * 2]; /**< the CCSAN_TEST that was running, or "" */
	struct ccsan_actor access;       /**< what goes wrong */
	struct ccsan_actor cause;        /**< who wrote the newer bytes, or owns the dirty ones */
	struct ccsan_actor keeper;       /**< who last maintained the line */
	struct ccsan_line_seen line;
	uint32_t advised_count;
	struct ccsan_advised_call advised[CCSAN_ADVISED];
	enum ccsan_trial_result trial;
	char text[CCSAN_TEXT_BYTES]; /**< what was misused and how; "" otherwise */
};

#ifdef __cplusplus
}
#endif
#endif
