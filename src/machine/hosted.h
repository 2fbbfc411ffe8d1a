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

/** Calls `check` at the end of every test and when the program exits, while findings can still be
 *  made. At most four; the same one twice is one. */
void ccsan_hosted_at_end(void (*check)(void));

/** A CCSAN_TEST is running, or at its end. */
bool ccsan_hosted_in_test(void);

#endif
