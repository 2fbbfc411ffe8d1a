/* SPDX-License-Identifier: MIT */
/* The steps of a run, told one by one, and a number that stands for all of them. */
#ifndef CCSAN_RUNTIME_TRACE_H
#define CCSAN_RUNTIME_TRACE_H

#include "explore.h"

enum ccsan_trace_mode {
	CCSAN_TRACE_OFF,
	CCSAN_TRACE_COLLECT, /**< notes which memory several actors touch */
	CCSAN_TRACE_TELL,    /**< tells every operation, and accesses to such memory */
};

void ccsan_trace_begin(void);

/** From the next run on. @param serial of the failure it belongs to */
void ccsan_trace_mode(enum ccsan_trace_mode mode, uint32_t serial);

/** A run begins. */
void ccsan_trace_run(void);

/** Equal for runs that did the same. */
uint64_t ccsan_trace_hash(void);

#endif
