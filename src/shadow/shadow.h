/* SPDX-License-Identifier: MIT */
/*
 * The worst-case engine: which lines are where in which caches, as far as any permitted cache could
 * have them, and what that makes of every access.
 *
 * Freestanding, so that it can also live inside a kernel or an emulator: no libc, no allocation, no
 * output. The caller supplies memory and takes the faults; addresses are (space, va, pa), the
 * translation is the caller's. Re-entrant: no globals; one call at a time for each engine (a caller
 * with threads or signals brings its own lock).
 *
 * The rules themselves are in model/; this is the bookkeeping around them.
 */
#ifndef CCSAN_SHADOW_H
#define CCSAN_SHADOW_H

#include "model/model.h"

#include <stddef.h>

/** How a cache finds a line, which decides which aliases share a place. */
enum ccsan_indexing {
	CCSAN_PIPT, /**< one place for each line. Also virtually indexed caches that do not alias */
	CCSAN_VIPT, /**< one place for each line and colour */
	CCSAN_VIVT, /**< one place for each virtual line */
};

/** The caches as the engine needs to know them. Sizes are powers of two. */
struct ccsan_geometry {
	struct ccsan_caches caches;
	enum ccsan_indexing data, instruction;
	unsigned line_bytes;             /**< 16 to 256 */
	unsigned page_bytes;             /**< at least 4096 */
	unsigned data_colours;           /**< 1 unless VIPT */
	unsigned instruction_colours;    /**< 1 unless VIPT */
	unsigned instruction_line_bytes; /**< what an instruction-cache operation is widened to */
	unsigned outer_line_bytes;       /**< what an outer-cache operation is widened to */
	bool data_tagged;                /**< VIVT data lines carry an address-space id */
	bool instruction_tagged;
	bool instruction_coherent; /**< fetches see data stores by themselves */
	bool snooping;             /**< devices see the caches */
	bool local_maintenance;    /**< operations by address reach this CPU's caches only */
	bool ordered;              /**< what a CPU does is complete without barriers */
};

/** An address as an engine sees it. */
struct ccsan_address {
	uint32_t space; /**< address space; 0 is shared by all of them (the kernel's) */
	uint64_t va;
	uint64_t pa;
};

/** Who did something: kept with a line, handed back with a fault. */
struct ccsan_event {
	enum ccsan_operation operation;
	struct ccsan_address at;
	uint32_t bytes;
	uint32_t before,
		after;    /**< bytes of the same access that lie in front of this part, behind it */
	uint32_t origin;  /**< the caller's: a stack, a thread, a device. 0 is nobody */
	bool instruction; /**< on the instruction side */
	uint8_t cpu;      /**< whose access or operation it is; no matter for devices */
};

/** A permission byte holds these bits where an access has to come to the engine. */
enum { CCSAN_READ_SLOW = 1, CCSAN_WRITE_SLOW = 2, CCSAN_ALL_SLOW = 3 };

/** One permission byte stands for this many bytes of an alias. */
enum { CCSAN_PERMIT_BYTES = 16, CCSAN_PERMIT_SHIFT = 4 };

/** What is known of a line when the engine meets it for the first time. */
enum ccsan_birth {
	CCSAN_BORN_AT_RESET, /**< memory is the newest, nothing is cached */
	CCSAN_BORN_CLEAN,    /**< may be cached, clean */
	CCSAN_BORN_WRITTEN,  /**< every byte may be dirty, and its content matters */
	CCSAN_BORN_GARBAGE,  /**< may be dirty, with a content that matters to nobody */
};

struct ccsan_shadow;

/** How to meet a line that has an alias of its own that was never mapped by ccsan_shadow_map():
 *  the program's globals, stack and heap. */
struct ccsan_origin_line {
	enum ccsan_birth birth;
	bool own;         /**< has the alias (0, va) below, besides those that are mapped */
	bool cached;      /**< that alias is cached */
	uint64_t va;      /**< of the line */
	uint8_t *permits; /**< permission bytes of the line through that alias */
};

/** One place that may hold the line, for the picture in a report. */
struct ccsan_seen_copy {
	struct ccsan_address at; /**< an alias that leads to the place; pa is the line's */
	ccsan_set stale;
	bool present, dirty, mapped, instruction;
	ccsan_cpu_set present_on, dirty_on; /**< in which CPUs' caches */
	enum ccsan_certainty certainty;     /**< how sure it is that the copy is present */
};

enum { CCSAN_SEEN_COPIES = 6, CCSAN_ADVISED_STEPS = 3 };

/** One call of an advice: what to do, to which alias (or line, for outer caches). */
struct ccsan_advised_step {
	enum ccsan_operation operation;
	struct ccsan_address at;
};

enum ccsan_trial {
	CCSAN_NOT_TRIED,
	CCSAN_TRIED_GONE,  /**< with the advised steps before it, the same step is right */
	CCSAN_TRIED_STAYS, /**< it still goes wrong, or the advised steps do */
};

/** A fault with all that is known about the line, before it is healed. */
struct ccsan_shadow_fault {
	struct ccsan_verdict verdict; /**< .culprit is not to be followed: see .culprit_at */
	struct ccsan_event access;    /**< the part of the access that falls into this line */
	ccsan_set touched;            /**< granules of the line it touches or widens to */
	struct ccsan_event
		writer; /**< who wrote the newest of the bytes at fault; origin 0: unknown */
	bool writer_may_be_later; /**< permitted writes may have come after it */
	struct ccsan_event
		keeper; /**< who last cleaned or invalidated the line; origin 0: nobody */
	struct ccsan_address culprit_at;
	bool culprit_known;
	uint64_t line_pa;
	ccsan_set below_lacks, memory_lacks, lost;
	bool outer_present, outer_dirty;
	ccsan_set outer_stale;
	unsigned copy_count; /**< may exceed CCSAN_SEEN_COPIES; the first ones are given */
	struct ccsan_seen_copy copies[CCSAN_SEEN_COPIES];
	unsigned advised_count;
	struct ccsan_advised_step advised[CCSAN_ADVISED_STEPS];
	enum ccsan_trial trial;
};

/** What the engine needs of its caller. Every function gets `context`. */
struct ccsan_shadow_host {
	void *context;
	/** Zeroed memory for tables, aligned to 64 bytes, never given back.
	 *  Errors: does not return when there is none. */
	void *(*more)(void *context, size_t bytes);
	/** Takes a fault; the line is healed afterwards. Must not call the engine. */
	void (*fault)(void *context, const struct ccsan_shadow_fault *fault);
	/** Tells about the line at this physical address, which is met for the first time. */
	void (*meet)(void *context, uint64_t line_pa, struct ccsan_origin_line *line);
};

/**
 * Makes an engine.
 *
 * Owns: the engine lives in memory from host->more and as long as that.
 */
struct ccsan_shadow *ccsan_shadow_new(const struct ccsan_geometry *geometry,
				      const struct ccsan_shadow_host *host);

/** How many CPUs share the memory: 1 to CCSAN_CACHED_CPUS, 1 at first; before the first line is
 * met. With more than one, no permissions are given: every access has to come to the engine. */
void ccsan_shadow_set_cpus(struct ccsan_shadow *shadow, unsigned count);

/** Whether cache operations and uncached stores are complete only after ccsan_shadow_barrier(), as
 *  devices see them; false at first. Nothing on CPUs where devices snoop, or that are ordered. */
void ccsan_shadow_set_barriers(struct ccsan_shadow *shadow, bool matter);

/**
 * An alias of one page now exists. Nothing is emptied: copies of the page mapped there before stay.
 *
 * @param at      start of the page, in all three ways
 * @param cached  uncached aliases have no place and go to memory
 * @param permits the alias's permission bytes, page_bytes / CCSAN_PERMIT_BYTES of them, kept by the
 *                engine from now on; NULL if the front end has no fast path. All slow on entry.
 */
void ccsan_shadow_map(struct ccsan_shadow *shadow, const struct ccsan_address *at, bool cached,
		      uint8_t *permits);

/** The alias is gone; what caches hold of it stays. Its permission bytes are slow again. */
void ccsan_shadow_unmap(struct ccsan_shadow *shadow, const struct ccsan_address *at);

/** An alias has other permission bytes from now on, or, if NULL, none: then every access through it
 *  comes to the engine, as for pages that may not be written. The old ones are slow again. */
void ccsan_shadow_set_permits(struct ccsan_shadow *shadow, const struct ccsan_address *at,
			      uint8_t *permits);

/** A CPU runs another address space from now on; nothing is flushed.
 *  Model: matters only on speculating CPUs, which fill what they can reach. */
void ccsan_shadow_switch(struct ccsan_shadow *shadow, unsigned cpu, uint32_t space);

/**
 * The CPU reads, writes or fetches `event->bytes` bytes through a cached alias. Does not cross a
 * page. Grants permission where the same access may be skipped from now on.
 */
void ccsan_shadow_access(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/**
 * A cache operation by virtual address (CLEAN, INVALIDATE, FLUSH; on the instruction side only
 * INVALIDATE), widened to whole lines. Within one page. Reaches the caches of all CPUs, unless
 * geometry.local_maintenance.
 *
 * Return: how many lines it changed.
 */
unsigned ccsan_shadow_maintain(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/**
 * The same operation on everything the data (or instruction) cache of event->cpu may hold, by set
 * and way. That is never broadcast.
 *
 * Model: visits every line the engine has met; the caller accounts for those it has not.
 * Return: how many lines it changed.
 */
unsigned ccsan_shadow_maintain_all(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/** An operation on the outer cache by physical address; on CPUs without one nothing happens.
 *  Return: how many lines it changed. */
unsigned ccsan_shadow_outer(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/**
 * Memory is read or written past the caches (DEVICE_READ, DEVICE_WRITE, and UNCACHED_ the same by
 * the CPU). Within one page.
 */
void ccsan_shadow_memory(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/** What this CPU's operations and uncached stores left pending is complete. Costs O(lines that have
 *  anything pending). */
void ccsan_shadow_barrier(struct ccsan_shadow *shadow, unsigned cpu);

/** The content of these bytes matters to nobody any more. Within one page. */
void ccsan_shadow_forget(struct ccsan_shadow *shadow, const struct ccsan_event *event);

/** Reports what an invalidate gave up of this line and nothing has written since, as lost by the
 *  operation that last maintained it. */
void ccsan_shadow_report_loss(struct ccsan_shadow *shadow, uint64_t line_pa);

/** The engine has met this line and keeps a record of it. */
bool ccsan_shadow_knows(const struct ccsan_shadow *shadow, uint64_t pa);

/** Memory may lack nothing of the line: a device would read the newest bytes. Lines not met: no. */
bool ccsan_shadow_is_clean(const struct ccsan_shadow *shadow, uint64_t pa);

/** A word of the caller's for each line met; 0 at first, and again after every write that comes to
 *  the engine. Setting it makes sure that the next write does. Lines not met have 0. */
uint32_t ccsan_shadow_word(const struct ccsan_shadow *shadow, uint64_t pa);
void ccsan_shadow_set_word(struct ccsan_shadow *shadow, uint64_t pa, uint32_t word);

/** From now on every access to these lines comes to the engine, or no longer does for this reason;
 *  calls nest. For what the caller checks at each access. */
void ccsan_shadow_watch(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes, bool watch);
bool ccsan_shadow_watched(const struct ccsan_shadow *shadow, uint64_t pa);

/** Meets every line of the range, so that what is true of them now is not judged later.
 *  For a change of attributes of memory that was never mapped. */
void ccsan_shadow_meet(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes);

/** Makes one line's own alias cached or uncached; the caller has met it. */
void ccsan_shadow_set_own_alias(struct ccsan_shadow *shadow, uint64_t pa, uint64_t bytes,
				bool cached);

/** Walks all tables. Return: NULL, or the name of the invariant that is broken. */
const char *ccsan_shadow_broken_invariant(const struct ccsan_shadow *shadow);

/** The bytes of tables in use, for statistics. */
size_t ccsan_shadow_table_bytes(const struct ccsan_shadow *shadow);

#endif
