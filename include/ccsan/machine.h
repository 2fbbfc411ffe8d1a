/* SPDX-License-Identifier: MIT */
/*
 * Frames, aliases and address spaces.
 *
 * A frame is a physical page of the simulated memory; an alias is an ordinary pointer to it, and
 * several aliases of one frame show the same bytes. The program's own globals, stack and heap are
 * memory too: mapped once, cached, physical address equal to the virtual one; no call is needed.
 */
#ifndef CCSAN_MACHINE_H
#define CCSAN_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A physical address: what devices use. */
typedef uint64_t ccsan_phys;

/** Which part of the address space an alias is in, and what it is called in reports. */
enum {
	CCSAN_KERNEL, /**< the direct map: the colour of the physical address */
	CCSAN_VMAP,   /**< these three: the next colour after it, unless CCSAN_COLOUR says otherwise
		       */
	CCSAN_KMAP,
	CCSAN_USER, /**< in an address space: of ccsan_space_current(), or given */
	CCSAN_REGION_MASK = 7,
	CCSAN_UNCACHED = 8, /**< added to a region: accesses go to memory, past the caches */
};

/** Added to a region: a write through the alias is `api-misuse`, or the fault of a hosted operating
 *  system. */
#define CCSAN_READONLY (1u << 20)

/** Added to a region: the wanted colour, taken modulo the CPU's number of colours. */
#define CCSAN_COLOUR(n) ((((n)&0xfff) + 1) << 4)

/** Bytes of a page: the CPU's, 4096 to 65536. */
size_t ccsan_page_size(void);

/**
 * Allocates consecutive frames; their content is undefined, the first one has any colour.
 *
 * Return: the physical address of the first, 0 when the simulated memory is exhausted.
 */
ccsan_phys ccsan_page_alloc(unsigned pages);

/** Frees frames; their content is forgotten, their aliases and cached lines stay (and are a danger
 *  to the next owner, as on hardware). */
void ccsan_page_free(ccsan_phys frames, unsigned pages);

/**
 * Maps consecutive frames.
 *
 * @param attributes a region, CCSAN_UNCACHED, CCSAN_COLOUR()
 * Return: the alias, NULL when the region is full (or, for CCSAN_KERNEL, mapped already: the same).
 *         Lives until ccsan_unmap().
 */
void *ccsan_map(ccsan_phys frames, unsigned pages, unsigned attributes);

/** Maps at a fixed address of a user space, which must be free. Two spaces can use the same one.
 *  @param at page aligned, below ccsan_user_limit(). Return: NULL if part of it is mapped. */
void *ccsan_map_at(ccsan_phys frames, unsigned pages, unsigned attributes, unsigned space,
		   uint64_t at);

/** What kernels do with page tables alone: nothing is flushed. */
void ccsan_unmap(const volatile void *alias, unsigned pages);

/** Maps other frames at the addresses of an alias; nothing is flushed. */
void ccsan_remap(const volatile void *alias, unsigned pages, ccsan_phys frames);

/** Return: a new, empty address space, from 1; 0 when there are too many (3000). */
unsigned ccsan_space_new(void);
unsigned ccsan_space_current(void);

/** The CPU runs another address space. Nothing is flushed. */
void ccsan_space_switch(unsigned space);

/** User addresses are below this, in every space. */
uint64_t ccsan_user_limit(void);

/** The address within its space: what two spaces can share. For pointers that are no user alias,
 * the pointer itself. */
uint64_t ccsan_virtual_address(const volatile void *p);

/** The physical address that a pointer leads to; own memory has its own. 0: unmapped alias. */
ccsan_phys ccsan_physical_address(const volatile void *p);

/** Number of data-cache colours; 1 where aliases share a place, and on VIVT caches (no two do). */
unsigned ccsan_colour_count(void);
unsigned ccsan_colour_of(const volatile void *p);

/** Makes a range of the program's own memory cached (as it is from the start) or uncached, as an
 * MPU or page attributes do. Widened to whole lines; nothing is flushed. */
void ccsan_set_cached(const volatile void *p, size_t n, bool cached);

#ifdef __cplusplus
}
#endif
#endif
