/* SPDX-License-Identifier: MIT */
/*
 * The memory of a program, put back as it was: all that is private and writable, with libc's and
 * our own. Pages are made read-only once; the first write to one keeps its content, and from then
 * on it is put back after every run. So a run costs nothing for what no run has ever touched.
 *
 * What a system call writes to a page that no run has touched yet fails with EFAULT: read(2) into a
 * variable, say. A page that the program itself has written before is right.
 */
#ifndef CCSAN_RUNTIME_RESTORE_H
#define CCSAN_RUNTIME_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Memory that is not put back: what is known across runs. Zeroed, never given back.
 *  Errors: ends the program with a message. */
void *ccsan_keep(size_t bytes);

/** As realloc(), from kept memory; size 0 frees. */
void *ccsan_keep_again(void *context, void *old, size_t size);

/** This memory is not put back. Before ccsan_restore_begin(). */
void ccsan_restore_except(const void *p, size_t bytes);

/** From now on what is written is remembered, and no access to it is skipped. The calling thread's
 * stack is excepted. */
void ccsan_restore_begin(void);

/** Puts everything back. */
void ccsan_restore(void);

/** Simulated memory, at this offset of its frames, is about to be written. */
void ccsan_restore_touch_frames(uint64_t offset, size_t bytes);

/** The same through an alias. */
void ccsan_restore_touch_alias(uint64_t address, size_t bytes);

/** An alias was placed or removed: it is placed again as the page tables say after a run. */
void ccsan_restore_alias(uint32_t space, uint64_t va);

/** In a handler of SIGSEGV. Return: whether it was a write that may go on. */
bool ccsan_restore_fault(uint64_t address);

#endif
