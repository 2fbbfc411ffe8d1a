/* SPDX-License-Identifier: MIT */
/*
 * What a hosted operating system (src/linux) needs of the runtime besides the public API: to act
 * and to report in the name of the line of the program that called it. The contract is here, where
 * such a layer may look; the runtime fulfils it.
 *
 * `pc` is everywhere the return address into the program.
 */
#ifndef CCSAN_MACHINE_HOSTED_H
#define CCSAN_MACHINE_HOSTED_H

#include "machine.h"

/** Takes the lock. Return: the machine; it and what follows are the caller's until the next one.
 *  Neither nests; no other function of ccsan may be called in between but those that say so. */
struct ccsan_machine *ccsan_hosted_enter(uint64_t pc);
void ccsan_hosted_leave(void);

/** The CPU; needs no lock. */
const struct ccsan_cpu *ccsan_hosted_cpu(void);

/** Who calls, about which bytes: for findings, and for ccsan_machine_give(). Inside the lock. */
struct ccsan_event ccsan_hosted_event(const volatile void *p, size_t n, uint64_t pc);

/**
 * Cleans, invalidates or flushes all levels. Not counted as a place of the program that maintains
 * caches.
 *
 * @param outside_in the outer cache first: right after a transfer, when the inner one must not
 *                   fetch old bytes from it again. Before a transfer nothing dirty may come out of
 *                   the inner one afterwards: that is the other order.
 */
void ccsan_hosted_maintain(enum ccsan_operation operation, const volatile void *p, size_t n,
			   bool outside_in, uint64_t pc);

/**
 * Maps frames at a fixed kernel address, which must be free: ccsan_unmap() unmaps them. The layer
 * calls it outside of the lock.
 *
 * @param at page aligned, simulated: in CCSAN_VMAP_FIXED or CCSAN_KMAP_FIXED, which ccsan_map()
 *           leaves alone
 * @param attributes CCSAN_UNCACHED or 0
 * Return: the alias; NULL if part of it is mapped.
 */
void *ccsan_hosted_map(ccsan_phys frames, unsigned pages, unsigned attributes, uint64_t at);

/** The layer is going to write these bytes, or to read them, in the program's name. */
void ccsan_hosted_writes(const volatile void *p, size_t n, uint64_t pc);
void ccsan_hosted_reads(const volatile void *p, size_t n, uint64_t pc);

/* --- for layers that are compiled with the hooks: in the name of the line that calls --- */

/** As ccsan_hosted_maintain() on the inner cache only: CLEAN, INVALIDATE or FLUSH of a range of one
 *  alias, line by line; a switch may happen before each. On memory that is not mapped: nothing. */
void ccsan_hosted_operate(enum ccsan_operation operation, const volatile void *p, size_t n);

/** As ccsan_clean_all() and so on, not counted as a place of the program's. */
void ccsan_hosted_operate_all(enum ccsan_operation operation);

/** As ccsan_hosted_operate() and _all() of INVALIDATE, on the instruction cache. */
void ccsan_hosted_operate_icache(const volatile void *p, size_t n);
void ccsan_hosted_operate_icache_all(void);

/** Return: the calling stack, to be the cause of a finding later. */
uint32_t ccsan_hosted_here(void);

/** A finding about these bytes, whose access is the calling line.
 *  @param cause whose stack is shown as well: of ccsan_hosted_here(), or 0 */
void ccsan_hosted_report(enum ccsan_kind kind, const volatile void *p, size_t n, uint32_t cause,
			 const char *text);

/** The same, whose access is at `pc`. */
void ccsan_hosted_report_at(uint64_t pc, enum ccsan_kind kind, const volatile void *p, size_t n,
			    uint32_t cause, const char *text);

/** The same of something that was given back: the cause is who did that. */
void ccsan_hosted_report_freed(uint64_t pc, const volatile void *p, size_t n, uint32_t origin,
			       const char *text);

/* --- frames and mappings that an operating system gives out. Outside the lock. --- */

/** Bytes of simulated memory. */
uint64_t ccsan_hosted_memory(void);

/** A switch may happen here; then the tables of frames change, of which the order matters. */
void ccsan_hosted_before_frames(void);

/** Nobody has these frames: their content is forgotten, and any access is `api-misuse` with this
 *  stack as its cause. Return: the origin of this stack. */
uint32_t ccsan_hosted_retire(ccsan_phys frames, unsigned pages, uint64_t pc);

/** Somebody has them again. Return: the origin of this stack. */
uint32_t ccsan_hosted_revive(ccsan_phys frames, unsigned pages, uint64_t pc);

/** Fills memory past the caches, and how far it is filled still: for poison. */
void ccsan_hosted_fill(ccsan_phys frames, size_t bytes, uint8_t byte);
size_t ccsan_hosted_filled(ccsan_phys frames, size_t bytes, uint8_t byte);

/** As retire and revive, for accesses through these pages of an alias. Kernel aliases that are
 *  unmapped are retired by that, and what is mapped is revived. @param origin who did it */
void ccsan_hosted_retire_alias(const volatile void *p, unsigned pages, uint32_t origin);
void ccsan_hosted_revive_alias(const volatile void *p, unsigned pages);

/* --- page tables of an operating system --- */

/** Maps frames at a fixed address of a user space (from 1). @param attributes CCSAN_UNCACHED,
 *  CCSAN_READONLY. Return: the alias; NULL if part of it is mapped, or these are no frames. */
void *ccsan_hosted_map_user(ccsan_phys frames, unsigned pages, unsigned attributes, unsigned space,
			    uint64_t va);

/** Unmaps what of the range is mapped. Nothing is flushed. */
void ccsan_hosted_unmap(unsigned space, uint64_t va, unsigned pages);

/** Makes mapped pages writable or not. */
void ccsan_hosted_protect(unsigned space, uint64_t va, unsigned pages, bool writable);

/** Accesses to these unmapped addresses come to the handler below; elsewhere they may crash. To be
 *  called once for each range that becomes valid. */
void ccsan_hosted_expect_faults(unsigned space, uint64_t va, uint64_t bytes);

/** `fault` is called before an access to a user address that is not mapped, and before a write to
 *  any address that is not writable; by who accesses, outside the lock; it may switch.
 *  Return: whether to look again; if not, the access is a finding. */
void ccsan_hosted_on_fault(bool (*fault)(unsigned space, uint64_t va, bool write));

/** `resume` is called by every thread that goes on, perhaps after another one ran on its CPU: to
 *  switch the address space. Of several all are called, the same one twice is one. Nobody else runs
 * during it, so it may not wait. Return: whether it matters to this thread which space its CPU ran
 * meanwhile (a switch flushes what it left in the cache): then no order of its steps and another
 * space's is left out. */
void ccsan_hosted_on_switch(bool (*resume)(void));

/** The host address of a simulated one, whether or not it is mapped. */
void *ccsan_hosted_pointer(unsigned space, uint64_t va);

/** The simulated address and its space. Own memory: the address itself, space 0. */
uint64_t ccsan_hosted_address(const volatile void *p, unsigned *space);

/** Calls `check` at the end of every test and when the program exits, while findings can still be
 *  made. At most 16; the same one twice is one. */
void ccsan_hosted_at_end(void (*check)(void));

/** Calls `stop` when the body of a test has returned, before it is waited for the threads that it
 *  left: to stop those that would never end. One for all. */
void ccsan_hosted_before_end(void (*stop)(void));

/** The thread (of ccsan/thread.h) that this CPU runs; in a handler the one it interrupted. */
unsigned ccsan_hosted_thread(void);

/** A CCSAN_TEST is running, or at its end. */
bool ccsan_hosted_in_test(void);

#endif
