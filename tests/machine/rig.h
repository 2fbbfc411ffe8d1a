/* SPDX-License-Identifier: MIT */
/* A machine with a caller made up for tests: memory from the heap, findings into a list. */
#ifndef CCSAN_TEST_MACHINE_RIG_H
#define CCSAN_TEST_MACHINE_RIG_H

#include "machine/machine.h"

enum { MOST_FINDINGS = 64 };

struct rig {
	struct ccsan_machine *machine;
	struct rig_chunk *chunks;
	struct ccsan_finding findings[MOST_FINDINGS];
	unsigned finding_count;
	uint32_t access_origin, cause_origin; /**< of the last finding */
	bool no_room;                         /**< aliases cannot be placed */
};

/** A machine with that many pages of memory, on a built-in CPU. */
void rig_init(struct rig *rig, const char *cpu, unsigned pages);
void rig_init_cpu(struct rig *rig, const struct ccsan_cpu *cpu, unsigned pages);
void rig_free(struct rig *rig);

/** Maps one page or several. @param space for CCSAN_USER. Return: the address, 0 if it failed. */
uint64_t map(struct rig *rig, ccsan_phys frames, unsigned pages, unsigned attributes,
	     uint32_t space);
uint64_t map_at(struct rig *rig, ccsan_phys frames, unsigned pages, unsigned attributes,
		uint32_t space, uint64_t va);

/** The CPU does something through (space, va). Return: how many bytes were mapped. */
uint64_t cpu(struct rig *rig, enum ccsan_operation operation, uint32_t space, uint64_t va,
	     uint64_t bytes);
uint64_t maintain(struct rig *rig, enum ccsan_operation operation, uint32_t space, uint64_t va,
		  uint64_t bytes);
void device(struct rig *rig, enum ccsan_operation operation, ccsan_phys at, uint64_t bytes);

/** Return: the only finding so far, and forgets it; NULL if there is none or more than one. */
const struct ccsan_finding *one_finding(struct rig *rig);

#endif
