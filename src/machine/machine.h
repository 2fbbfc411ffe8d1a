/* SPDX-License-Identifier: MIT */
/*
 * The machine a hosted program runs on: frames, address spaces and their page tables, devices,
 * cache operations. It chooses the aliases' addresses, splits what crosses pages, asks the engine,
 * and turns its faults into findings.
 *
 * Knows nothing of host pointers: an address is (space, va). arena.h puts aliases where plain C
 * code can use them; a litmus file needs none of that. Needs only libc; memory comes from the
 * caller. One call at a time for each machine.
 */
#ifndef CCSAN_MACHINE_MACHINE_H
#define CCSAN_MACHINE_MACHINE_H

#include <ccsan/cpu.h>
#include <ccsan/finding.h>
#include <ccsan/machine.h>

#include "shadow/shadow.h"

/** The layout of simulated virtual addresses, the same in every space. Kernel regions (space 0)
 *  follow the user part, so that an address tells its region. */
#define CCSAN_USER_BASE    0x10000ull
#define CCSAN_USER_END     0x200000000ull /* 8 GiB */
#define CCSAN_KERNEL_BASE  0x200000000ull /* the direct map, 4 GiB */
#define CCSAN_VMAP_BASE    0x300000000ull /* 3 GiB */
#define CCSAN_KMAP_BASE    0x3c0000000ull /* 1 GiB */
#define CCSAN_WINDOW_BYTES 0x400000000ull /* 16 GiB */

/** The upper parts of these two regions are used at fixed addresses only: a hosted operating system
 *  keeps tables of its own of what is where in them. */
#define CCSAN_VMAP_FIXED 0x340000000ull /* 2 GiB */
#define CCSAN_KMAP_FIXED 0x3e0000000ull /* 512 MiB */

/** Physical addresses of frames start here; the first frame has colour 0 on every CPU. */
#define CCSAN_RAM_BASE 0x80000000ull

/** Addresses of the program's own memory, virtual and physical, carry this bit inside the machine,
 *  so that they are never taken for simulated ones. */
#define CCSAN_OWN_MEMORY (1ull << 50)

enum { CCSAN_MAX_SPACES = 3000 };

/** What the machine needs of its caller. */
struct ccsan_machine_host {
	void *context;
	/** As ccsan_shadow_host.more. */
	void *(*more)(void *context, size_t bytes);
	/** As ccsan_shadow_host.meet, for lines of own memory only. */
	void (*meet)(void *context, uint64_t line_pa, struct ccsan_origin_line *line);
	/** The permission bytes of one page of an alias, or NULL for none. */
	uint8_t *(*permits)(void *context, uint32_t space, uint64_t va);
	/** An alias appears (frames at `pa`) or goes away (`pa` 0). May be NULL.
	 *  Return: whether it could be made. */
	bool (*place)(void *context, uint32_t space, uint64_t va, uint64_t pa, unsigned pages);
	/** The address that people know an alias by. NULL: the simulated one. */
	uint64_t (*show)(void *context, uint32_t space, uint64_t va);
	/** Fills in who an origin is: who, stack. */
	void (*name)(void *context, uint32_t origin, struct ccsan_actor *actor);
	/** Takes a finding; origins are those of its access and its cause. */
	void (*finding)(void *context, struct ccsan_finding *finding, uint32_t access,
			uint32_t cause);
};

struct ccsan_machine;

/**
 * Makes a machine.
 *
 * @param cpu    copied; without problems (ccsan_cpu_problem())
 * @param memory bytes of simulated memory, up to 2 GiB, rounded down to pages
 * Return: never NULL. Owns: memory from host->more, for ever.
 */
struct ccsan_machine *ccsan_machine_new(const struct ccsan_cpu *cpu, uint64_t memory,
					const struct ccsan_machine_host *host);

/** How many CPUs of this kind share the memory: 1 to CCSAN_CACHED_CPUS, 1 at first. Before use. */
void ccsan_machine_set_cpus(struct ccsan_machine *machine, unsigned count);

/** Whether devices may come before cache operations and uncached stores whose CPU has executed no
 *  barrier since: then `missing-barrier`. Not at first; never where devices snoop or the CPU's file
 *  says that it is ordered. Before use. */
void ccsan_machine_set_barriers(struct ccsan_machine *machine, bool matter);

const struct ccsan_cpu *ccsan_machine_cpu(const struct ccsan_machine *machine);
struct ccsan_shadow *ccsan_machine_shadow(struct ccsan_machine *machine);
size_t ccsan_machine_page_bytes(const struct ccsan_machine *machine);

/* --- frames --- */

/** Return: 0 when there are not so many consecutive frames. */
ccsan_phys ccsan_machine_alloc(struct ccsan_machine *machine, unsigned pages);

/** Return: false if these are not allocated frames. */
bool ccsan_machine_free(struct ccsan_machine *machine, ccsan_phys frames, unsigned pages);

/** All bytes of the range are in allocated frames. */
bool ccsan_machine_has_frames(const struct ccsan_machine *machine, ccsan_phys at, uint64_t bytes);

/* --- aliases --- */

/** How an alias is wanted. */
struct ccsan_wish {
	unsigned attributes; /**< of ccsan_map() */
	uint32_t space;      /**< for CCSAN_USER */
	bool fixed;          /**< at `va`, and nowhere else */
	uint64_t va;
};

/** Return: the address, 0 if the region (or the fixed address) is taken. In space 0 unless user. */
uint64_t ccsan_machine_map(struct ccsan_machine *machine, ccsan_phys frames, unsigned pages,
			   const struct ccsan_wish *wish);

/** Return: false if some of the pages are not mapped; the others are unmapped then too. */
bool ccsan_machine_unmap(struct ccsan_machine *machine, uint32_t space, uint64_t va,
			 unsigned pages);

/** Return: a new space from 1, 0 when there are too many. */
uint32_t ccsan_machine_new_space(struct ccsan_machine *machine);
bool ccsan_machine_has_space(const struct ccsan_machine *machine, uint32_t space);
/** One CPU runs this space from now on; nothing is flushed. */
void ccsan_machine_switch(struct ccsan_machine *machine, unsigned cpu, uint32_t space);
uint32_t ccsan_machine_space(const struct ccsan_machine *machine, unsigned cpu);

/** Where a virtual address leads. Return: false where nothing is mapped. */
bool ccsan_machine_translate(const struct ccsan_machine *machine, uint32_t space, uint64_t va,
			     uint64_t *pa, bool *cached);

/** Whether an access to the page at this address is allowed: mapped, and writable if it writes. */
bool ccsan_machine_allows(const struct ccsan_machine *machine, uint32_t space, uint64_t va,
			  bool write);

/** Makes the pages of an alias writable or not; nothing else changes. Return: false if some of them
 *  are not mapped. */
bool ccsan_machine_protect(struct ccsan_machine *machine, uint32_t space, uint64_t va,
			   unsigned pages, bool writable);

/** Calls `see` for every page of every alias. */
void ccsan_machine_each_page(const struct ccsan_machine *machine,
			     void (*see)(void *context, uint32_t space, uint64_t va, uint64_t pa),
			     void *context);

unsigned ccsan_machine_colours(const struct ccsan_machine *machine);
unsigned ccsan_machine_colour(const struct ccsan_machine *machine, uint64_t va);

/** "vmap, colour 1": the kind of alias at an address, for people. */
void ccsan_machine_name_alias(const struct ccsan_machine *machine, uint32_t space, uint64_t va,
			      char *name, size_t size);

/* --- what programs do. All ranges may cross pages. --- */

/* Return: how many of the bytes are mapped (and writable, if they are written), from the start: all
 * of them, or where it stopped. */

/** The CPU reads, writes or fetches (event->operation) through an alias. */
uint64_t ccsan_machine_access(struct ccsan_machine *machine, const struct ccsan_event *event,
			      uint64_t bytes);

/** Clean, invalidate, flush by virtual address; on an uncached alias nothing happens.
 *  @param changed out: lines changed */
uint64_t ccsan_machine_maintain(struct ccsan_machine *machine, const struct ccsan_event *event,
				uint64_t bytes, uint64_t *changed);

/** Outer-cache operations on what the virtual addresses lead to. */
uint64_t ccsan_machine_outer(struct ccsan_machine *machine, const struct ccsan_event *event,
			     uint64_t bytes, uint64_t *changed);

/** Outer-cache operations by physical address: event->at.pa. Return: lines changed. */
uint64_t ccsan_machine_outer_physical(struct ccsan_machine *machine,
				      const struct ccsan_event *event, uint64_t bytes);

/** By set and way, in the caches of event->cpu. Own memory that the engine has not met is the
 * caller's. Return: lines changed.
 */
uint64_t ccsan_machine_maintain_all(struct ccsan_machine *machine, const struct ccsan_event *event);

/** Waits for what event->cpu did before: cache operations and uncached stores. */
void ccsan_machine_barrier(struct ccsan_machine *machine, const struct ccsan_event *event);

/** The content of these bytes matters to nobody. */
void ccsan_machine_forget(struct ccsan_machine *machine, const struct ccsan_event *event,
			  uint64_t bytes);
void ccsan_machine_forget_physical(struct ccsan_machine *machine, const struct ccsan_event *event,
				   uint64_t bytes);

/** Reports what invalidates gave up in this range and nothing has written since, as lost. */
void ccsan_machine_report_losses(struct ccsan_machine *machine, ccsan_phys at, uint64_t bytes);

/** A device reads or writes memory at event->at.pa; the caller made sure that memory is there. */
void ccsan_machine_device(struct ccsan_machine *machine, const struct ccsan_event *event,
			  uint64_t bytes);

/* --- who owns memory --- */

/** A buffer that was handed to a device: until it is taken back the CPU has to leave it alone. */
struct ccsan_owned {
	uint64_t pa, bytes;
	bool device_writes;          /**< otherwise the device only reads: so may the CPU */
	struct ccsan_event event;    /**< who handed it over */
	char text[CCSAN_NAME_BYTES]; /**< to whom, in which direction */
	bool told;                   /**< set: one hand-over gives at most one finding */
	struct ccsan_owned *next, **here;
};

/** From now on a device's write to bytes that it only reads is `api-misuse`, and a CPU access to
 *  these bytes is `dma-ownership`, unless the access goes wrong anyway
 *  and is reported as that. Owns: the caller keeps `owned` alive
 *  until it is taken back. */
void ccsan_machine_give(struct ccsan_machine *machine, struct ccsan_owned *owned);
void ccsan_machine_take(struct ccsan_machine *machine, struct ccsan_owned *owned);

/* --- what was given back --- */

/** These frames belong to nobody: their content is forgotten, and an access of the CPU or of a
 *  device to them is `api-misuse`, until they are revived.
 *  @param origin whose stack a finding shows as well, not 0 */
void ccsan_machine_retire(struct ccsan_machine *machine, ccsan_phys frames, unsigned pages,
			  uint32_t origin);
void ccsan_machine_revive(struct ccsan_machine *machine, ccsan_phys frames, unsigned pages);

/** The same of an alias, whether it is still mapped or not; cache operations on it are none of this
 *  matter. Model: of many dead aliases only the last 4096 are known. */
void ccsan_machine_retire_alias(struct ccsan_machine *machine, uint32_t space, uint64_t va,
				unsigned pages, uint32_t origin);
void ccsan_machine_revive_alias(struct ccsan_machine *machine, uint32_t space, uint64_t va,
				unsigned pages);

/** Return: who gave the alias back, 0 if nobody did. */
uint32_t ccsan_machine_killer(const struct ccsan_machine *machine, uint32_t space, uint64_t va);

/* --- findings of other layers --- */

/** A finding without a line: kind, text, and who did it. */
void ccsan_machine_report(struct ccsan_machine *machine, enum ccsan_kind kind, enum ccsan_deed deed,
			  const struct ccsan_event *access, const struct ccsan_event *cause,
			  const char *text);

/** `api-misuse` of what the cause gave back. */
void ccsan_machine_report_freed(struct ccsan_machine *machine, enum ccsan_deed deed,
				const struct ccsan_event *access, const struct ccsan_event *cause,
				const char *text);

/** Of a call that an earlier one made wrong. @param cause may be NULL */
void ccsan_machine_report_call(struct ccsan_machine *machine, enum ccsan_kind kind,
			       const struct ccsan_event *access, const struct ccsan_event *cause,
			       const char *text);

/** The same about waiting: the access waits (or misuses what others wait for), the cause holds it.
 *  @param cause may be NULL */
void ccsan_machine_report_waiting(struct ccsan_machine *machine, enum ccsan_kind kind,
				  const struct ccsan_event *access, const struct ccsan_event *cause,
				  const char *text);

#endif
