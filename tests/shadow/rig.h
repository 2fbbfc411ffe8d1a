/* SPDX-License-Identifier: MIT */
/*
 * An engine with a caller made up for tests: memory from the heap, faults into a list, aliases with
 * permission bytes of their own. Every step gets an origin of its own, counted from 1.
 */
#ifndef CCSAN_TEST_RIG_H
#define CCSAN_TEST_RIG_H

#include "shadow/shadow.h"

enum { PAGE = 4096, LINE = 32, MOST_FAULTS = 4096 };

/** Traits of a geometry, added up. */
enum { OUTER = 1, SPECULATIVE = 2, WRITE_THROUGH = 4, TAGGED = 8, SNOOPING = 16 };

/** Caches with lines of 32 bytes; VIPT ones have 4 colours. Both sides are indexed alike. */
struct ccsan_geometry geometry(enum ccsan_indexing indexing, unsigned traits);

/** One page of an alias, as a front end keeps it. */
struct alias {
	struct ccsan_address at; /**< of its first byte */
	bool uncached, mapped;
	uint8_t permits[PAGE / CCSAN_PERMIT_BYTES];
};

struct rig {
	struct ccsan_geometry geometry;
	struct ccsan_shadow *shadow;
	struct rig_chunk *chunks;
	struct ccsan_shadow_fault *faults;
	unsigned fault_count, seen; /**< `seen` of them were asked for */
	uint32_t origin;            /**< of the last step */
	unsigned met;               /**< lines that were met */
	bool fast;                  /**< accesses that are permitted do not come to the engine */
	uint64_t skipped;           /**< such accesses */
	uint64_t own_from, own_to;  /**< own memory, physical; its address is the same */
	enum ccsan_birth own_birth;
	uint8_t *own_permits; /**< of own_from and on */
};

void rig_init(struct rig *rig, const struct ccsan_geometry *geometry);
void rig_free(struct rig *rig);

struct alias alias_at(uint32_t space, uint64_t va, uint64_t pa);
void map(struct rig *rig, struct alias *alias);
void unmap(struct rig *rig, struct alias *alias);

/** The CPU reads, writes or fetches. Return: the step's origin, as all that follow. */
uint32_t cpu(struct rig *rig, struct alias *alias, enum ccsan_operation operation, unsigned offset,
	     unsigned bytes);

/** CLEAN, INVALIDATE, FLUSH by address. */
uint32_t maintain(struct rig *rig, const struct alias *alias, enum ccsan_operation operation,
		  unsigned offset, unsigned bytes);
uint32_t invalidate_instructions(struct rig *rig, const struct alias *alias, unsigned offset,
				 unsigned bytes);

/** DEVICE_…, UNCACHED_…, OUTER_…, FORGET, by physical address. */
uint32_t physical(struct rig *rig, enum ccsan_operation operation, uint64_t pa, unsigned bytes);

/** By set and way. */
uint32_t maintain_all(struct rig *rig, enum ccsan_operation operation, bool instruction);

/** Return: the one fault since the last question; NULL if there was none or more than one. */
const struct ccsan_shadow_fault *one_fault(struct rig *rig);

/** Return: how many faults since the last question. */
unsigned new_faults(struct rig *rig);

/** xorshift64. */
uint64_t random_number(uint64_t *random);

#endif
