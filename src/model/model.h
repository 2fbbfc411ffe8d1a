/* SPDX-License-Identifier: MIT */
/*
 * The coherence algebra on one cache line: could any cache that this CPU is allowed to be show the
 * program something other than the newest data?
 *
 * docs/model.md states the rules and how they are proved; the letters in the comments below are its
 * letters. The intuition: a machine with hardware coherence would send a snoop exactly where these
 * rules raise a fault.
 *
 * Freestanding: no libc, no allocation, no globals. The caller owns every struct and links them.
 *
 * Model: eviction (a dirty copy written back, a clean one dropped) may happen between any two
 * steps, on every CPU. Memory ordering is not modelled beyond barriers: a step is complete for all
 * CPUs when the next one starts, and for devices too unless it leaves something pending.
 *
 * Several CPUs: hardware keeps the copies at one place of all their data caches coherent (a write
 * takes the line over, a miss may be answered by another CPU's copy), but a cache operation reaches
 * only the caches of the CPUs that it is sent to. Instruction caches are not kept coherent: each is
 * a place of its own.
 */
#ifndef CCSAN_MODEL_H
#define CCSAN_MODEL_H

#include <stdbool.h>
#include <stdint.h>

/** A set of granules of one line, bit 0 the lowest address. A granule is one byte, or line/64 bytes
 *  where lines exceed 64 bytes. */
typedef uint64_t ccsan_set;

/** A set of CPUs, bit 0 the first one. */
typedef uint8_t ccsan_cpu_set;

enum { CCSAN_CACHED_CPUS = 8 };

/** What the CPU's caches may do beyond the common rules. */
struct ccsan_caches {
	bool outer; /**< a physically indexed cache between L1 and memory, unseen by devices */
	bool speculative;   /**< mapped cacheable lines may be filled at any time, unasked */
	bool write_through; /**< L1 stores go down at once; nothing in L1 is ever dirty */
	/** A read by another CPU may leave the dirty copy where it is (MOESI). Otherwise it is
	 *  written back, or handed over (MESI, migratory lines). */
	bool shares_dirty;
};

/**
 * The rules are kept for three worlds at once, to tell how much it takes for something to go wrong.
 * The last one is what the CPU permits, and alone decides whether there is a fault.
 */
enum ccsan_world {
	CCSAN_QUIET,    /**< nothing happens unasked: caches of unlimited size, no prefetch */
	CCSAN_EVICTING, /**< copies may be written back and dropped at any time */
	CCSAN_WORST,    /**< and filled, on a speculating CPU. On others, as EVICTING */
	CCSAN_WORLD_COUNT
};

/** What the caches at one place may hold of a line. The outer cache has no CPUs: bit 0 stands for
 *  it. Invariants: not present implies nothing stale, and nothing dirty. */
struct ccsan_holding {
	ccsan_set stale;       /**< S, S2: granules that may be older than the newest */
	ccsan_cpu_set present; /**< P, P2: in these CPUs' caches a copy may be */
	ccsan_cpu_set dirty;   /**< D, D2: one of these may have to write it back */
};

/** What an operation of one CPU has left to do below the caches until that CPU's barrier. */
struct ccsan_late {
	struct ccsan_late *next_of_line;
	ccsan_set lacks[CCSAN_WORLD_COUNT]; /**< K: granules that may not be in memory yet */
	ccsan_set stores;                   /**< U: granules of uncached stores under way */
	bool lands[CCSAN_WORLD_COUNT];      /**< W: the whole line may yet be written to memory */
};

struct ccsan_line;

/** The pair (place, line): what one place of an L1 cache may hold of one line of a frame. */
struct ccsan_copy {
	struct ccsan_line *line;
	struct ccsan_copy *next_of_line;  /**< the line's other copies; NULL ends the list */
	struct ccsan_copy *next_at_place; /**< a ring: copies of other lines at the same place */
	struct ccsan_holding in[CCSAN_WORLD_COUNT];
	ccsan_cpu_set mapped; /**< where a cacheable alias leads from this place to this line now */
	bool instruction;     /**< a place of an instruction cache: only read, never dirty */
};

/** One line of a frame. */
struct ccsan_line {
	struct ccsan_copy *copies;
	/** M: newer in some L1 place than anything below L1 may be */
	ccsan_set below_lacks[CCSAN_WORLD_COUNT];
	/** B: memory itself may lack the newest. Without outer cache, B = M */
	ccsan_set memory_lacks[CCSAN_WORLD_COUNT];
	ccsan_set lost; /**< L: given up by an invalidate and not written since */
	struct ccsan_holding outer[CCSAN_WORLD_COUNT];
	struct ccsan_late *late; /**< what is pending, of each CPU at most one; NULL: nothing is */
};

enum ccsan_operation {
	CCSAN_READ, /**< steps on a copy: by the CPU, through a place */
	CCSAN_WRITE,
	CCSAN_FETCH,
	CCSAN_CLEAN,      /**< write back */
	CCSAN_INVALIDATE, /**< discard */
	CCSAN_FLUSH,      /**< clean, then invalidate */
	CCSAN_MAP,        /**< an alias now leads from the place to the line */
	CCSAN_UNMAP,
	CCSAN_OUTER_CLEAN, /**< steps on a line: they go by physical address */
	CCSAN_OUTER_INVALIDATE,
	CCSAN_OUTER_FLUSH,
	CCSAN_DEVICE_READ,
	CCSAN_DEVICE_WRITE,
	CCSAN_UNCACHED_READ, /**< a CPU access that goes to memory, past all caches */
	CCSAN_UNCACHED_WRITE,
	CCSAN_FORGET,  /**< the bytes' content no longer matters: freed, or not yet written */
	CCSAN_BARRIER, /**< what the CPU left pending on the line (step->late) is complete */
	CCSAN_OPERATION_COUNT
};

/** One step of a program on one line. */
struct ccsan_step {
	enum ccsan_operation operation;
	struct ccsan_line *line;
	struct ccsan_copy *copy; /**< the copy at the place used, for CCSAN_READ to CCSAN_UNMAP */
	uint8_t cpu;             /**< whose step it is; no matter for devices */
	ccsan_cpu_set also;      /**< other CPUs that a cache operation is broadcast to */
	/** Where to note what the step leaves pending: this CPU's entry of line->late. NULL where
	 *  barriers do not matter: then the step is complete at once. */
	struct ccsan_late *late;
	/** Accesses and FORGET: the granules touched, not empty. Invalidates: the granules whose
	 *  content the program gives up by asking for them by address; dirty data outside of them
	 * is lost against its will. Ignored by the others. */
	ccsan_set set;
};

enum ccsan_fault {
	CCSAN_NO_FAULT,
	CCSAN_STALE_READ,
	CCSAN_STALE_DMA,
	CCSAN_STALE_FETCH,
	CCSAN_LOST_WRITE,
	CCSAN_CLOBBER,
	CCSAN_HOMONYM,
	CCSAN_MISSING_BARRIER,
};

/** The mildest misfortune that is enough for the fault. */
enum ccsan_certainty {
	CCSAN_ALWAYS,              /**< a cache that does only what it is asked to goes wrong */
	CCSAN_ON_EVICTION,         /**< it takes a write-back nobody asked for */
	CCSAN_ON_SPECULATIVE_FILL, /**< it takes a fill nobody asked for */
};

struct ccsan_verdict {
	enum ccsan_fault fault;
	enum ccsan_certainty certainty;
	ccsan_set set; /**< the granules that are wrong, lost or at risk */
	/** The copy to blame: the stale one, the dirty one that is lost or may land on top, the
	 * other page's one. NULL where it is the outer cache or memory. */
	const struct ccsan_copy *culprit;
	const struct ccsan_late *late; /**< MISSING_BARRIER: what was still pending; else NULL */
};

/** Walks the copies of one line. */
#define ccsan_for_each_copy(copy, of_line) \
	for ((copy) = (of_line)->copies; (copy); (copy) = (copy)->next_of_line)

/** Walks what is pending on one line. */
#define ccsan_for_each_late(entry, of_line) \
	for ((entry) = (of_line)->late; (entry); (entry) = (entry)->next_of_line)

/** Walks the copies of other lines at the same place. */
#define ccsan_for_each_rival(rival, of_copy)                           \
	for ((rival) = (of_copy)->next_at_place; (rival) != (of_copy); \
	     (rival) = (rival)->next_at_place)

/** The state at reset: memory holds the newest, no alias is mapped, the line has no copies. */
void ccsan_model_reset(const struct ccsan_caches *caches, struct ccsan_line *line);

/**
 * Could this step go wrong? Changes nothing.
 *
 * A cache operation acts on a place, hence on every line the place may hold: the caller takes one
 * step for each copy of the ring, with an empty set for all but the line that is mapped.
 *
 * Return: fault CCSAN_NO_FAULT, or what goes wrong first.
 * Reference: docs/model.md, "Rules".
 */
struct ccsan_verdict ccsan_model_check(const struct ccsan_caches *caches,
				       const struct ccsan_step *step);

/**
 * The effect of a step that ccsan_model_check() passed, or whose line was healed since.
 *
 * Return: whether any state changed, which is when permissions have to be revoked.
 */
bool ccsan_model_apply(const struct ccsan_caches *caches, const struct ccsan_step *step);

/** Puts a line into order as complete maintenance would, so that one missing call gives one finding
 *  and not a cascade. Copies may stay present, clean and up to date. */
void ccsan_model_heal(struct ccsan_line *line);

/** After a homonym: heals the lines of all rivals at the copy's place and drops their copies. */
void ccsan_model_evict_rivals(struct ccsan_copy *copy);

/** Return: whether a device could notice that the barrier is missing. */
bool ccsan_model_is_pending(const struct ccsan_late *late);

/** Reading these granules again changes nothing and cannot be wrong. With one CPU only. */
bool ccsan_model_read_passes(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			     ccsan_set set);

/** Writing these granules again changes nothing and cannot be wrong. With one CPU only. */
bool ccsan_model_write_passes(const struct ccsan_caches *caches, const struct ccsan_copy *copy,
			      ccsan_set set);

/** Asserts the invariants of a line and its copies; for debug, fuzz and unit builds.
 *  Return: NULL, or the name of the invariant that is broken. */
const char *ccsan_model_broken_invariant(const struct ccsan_caches *caches,
					 const struct ccsan_line *line);

#endif
