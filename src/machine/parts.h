/* SPDX-License-Identifier: MIT */
/* The machine's insides: the contract between the .c files of this folder. */
#ifndef CCSAN_MACHINE_PARTS_H
#define CCSAN_MACHINE_PARTS_H

#include "machine.h"

enum { CCSAN_TABLE_ENTRIES = 2048 };

/** A page-table entry: a physical page, and what kind of mapping leads there. */
typedef uint64_t ccsan_entry;
#define CCSAN_ENTRY_MAPPED   1ull
#define CCSAN_ENTRY_UNCACHED 2ull
#define CCSAN_ENTRY_READONLY 4ull
#define CCSAN_ENTRY_FLAGS    7ull

/** Two levels cover a window. Tables are made when an address in them is first mapped. */
struct ccsan_page_tables {
	ccsan_entry *tables[CCSAN_TABLE_ENTRIES];
	uint64_t next_va[CCSAN_REGION_MASK + 1]; /**< where to look for room, by region */
};

enum { CCSAN_DEAD_ALIASES = 4096, CCSAN_DEAD_WAYS = 4 };

/** A page of an alias that was given back. */
struct ccsan_dead_alias {
	uint64_t page; /**< va >> page_shift */
	uint32_t space, origin;
};

struct ccsan_machine {
	struct ccsan_cpu cpu;
	struct ccsan_machine_host host;
	struct ccsan_shadow *shadow;
	unsigned page_shift, colours;
	uint64_t frame_count, next_frame;
	uint64_t *frame_bits; /**< a bit for each frame: allocated */
	struct ccsan_page_tables *spaces[CCSAN_MAX_SPACES + 1]; /**< 0 is the kernel's */
	uint32_t space_count, current_space[CCSAN_CACHED_CPUS];
	struct ccsan_owned *owned;
	uint32_t *retired;             /**< by frame: the origin that gave it back, 0: in use */
	struct ccsan_dead_alias *dead; /**< CCSAN_DEAD_ALIASES of them */
	uint32_t dead_victim;
	uint64_t faults; /**< of the engine, so far */
};

/** Reports an access to bytes that a device owns. @param reported the access is a finding already:
 *  then it only counts as told */
void ccsan_machine_check_owner(struct ccsan_machine *machine, const struct ccsan_event *event,
			       bool reported);

/** Reports a device's write to bytes that it was given for reading only. */
void ccsan_machine_check_device(struct ccsan_machine *machine, const struct ccsan_event *event);

/** Nothing of the frame matters any more. */
void ccsan_machine_forget_frame(struct ccsan_machine *machine, ccsan_phys page);

/** Reports an access to what was given back. */
void ccsan_machine_check_retired(struct ccsan_machine *machine, const struct ccsan_event *event);

/** Takes the engine's faults; the context is the machine. */
void ccsan_machine_take_fault(void *context, const struct ccsan_shadow_fault *fault);

#endif
