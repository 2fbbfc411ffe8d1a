/* SPDX-License-Identifier: MIT */
/*
 * Contexts of C code on one host thread, switched by hand: the registers that a call preserves, and
 * the stack. x86-64 System V.
 *
 * Why not swapcontext(): it saves the signal mask, two system calls a switch; bench/explore
 * measures both.
 */
#ifndef CCSAN_EXPLORE_FIBER_H
#define CCSAN_EXPLORE_FIBER_H

#include <stddef.h>

/** A context that is not running. */
struct ccsan_fiber {
	void *stack_pointer;
};

/** Makes a context that runs `body(argument)` on a stack when it is switched to. The body never
 *  returns. @param stack lowest address, @param size bytes, at least 4096 */
void ccsan_fiber_make(struct ccsan_fiber *fiber, void *stack, size_t size,
		      void (*body)(void *argument), void *argument);

/** Leaves the running context in `from` and goes on with `to`. Signal mask and thread-local data
 * are those of the host thread, before and after. */
void ccsan_fiber_switch(struct ccsan_fiber *from, const struct ccsan_fiber *to);

#endif
