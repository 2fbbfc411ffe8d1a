/* SPDX-License-Identifier: MIT */
/*
 * The machine's memory on the host: one memory object, mapped once for each alias, so that plain C
 * code dereferences aliases like any other pointer.
 *
 * An address space is a window of the host's address space; an alias is at the window's start plus
 * its simulated virtual address, hence equal to it in the low 34 bits.
 */
#ifndef CCSAN_MACHINE_ARENA_H
#define CCSAN_MACHINE_ARENA_H

#include "machine.h"

/** Window n is at CCSAN_WINDOWS + n * CCSAN_WINDOW_BYTES. */
#define CCSAN_WINDOWS 0x200000000000ull

struct ccsan_arena {
	int memory_fd;
	uint64_t bytes;
	uint8_t *frames; /**< all of the memory, for devices: not an alias the program can have */
};

/**
 * Makes the memory object; no memory is used until it is touched.
 *
 * Return: 0 or -errno.
 */
int ccsan_arena_open(struct ccsan_arena *arena, uint64_t bytes);

/** As ccsan_machine_host.place. Return: whether the host mapped it. */
bool ccsan_arena_place(struct ccsan_arena *arena, size_t page_bytes, uint32_t space, uint64_t va,
		       uint64_t pa, unsigned pages);

/** After fork(): gives the child a memory of its own; the caller places all aliases again.
 *  Return: 0 or -errno. */
int ccsan_arena_part(struct ccsan_arena *arena);

static inline bool ccsan_is_alias(uint64_t host)
{
	return host - CCSAN_WINDOWS < (CCSAN_MAX_SPACES + 1) * CCSAN_WINDOW_BYTES;
}

/** The simulated address of a host address, own memory included. */
static inline struct ccsan_address ccsan_simulated(uint64_t host)
{
	if (!ccsan_is_alias(host))
		return (struct ccsan_address){ 0, host | CCSAN_OWN_MEMORY,
					       host | CCSAN_OWN_MEMORY };
	return (struct ccsan_address){ (uint32_t)((host - CCSAN_WINDOWS) / CCSAN_WINDOW_BYTES),
				       host % CCSAN_WINDOW_BYTES, 0 };
}

/** The host address of a simulated one. */
static inline uint64_t ccsan_hosted(uint32_t space, uint64_t va)
{
	if (va & CCSAN_OWN_MEMORY)
		return va & ~CCSAN_OWN_MEMORY;
	return CCSAN_WINDOWS + space * CCSAN_WINDOW_BYTES + va;
}

_Static_assert(CCSAN_WINDOWS % CCSAN_WINDOW_BYTES == 0, "low bits of an alias are its address");

#endif
