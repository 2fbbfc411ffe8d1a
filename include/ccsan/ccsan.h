/* SPDX-License-Identifier: MIT */
/*
 * ccsan, the cache-coherence sanitizer: finds on an ordinary PC what a cache does to your data on
 * the board. Build with `ccsan cc`; this header gives all of the API.
 */
#ifndef CCSAN_H
#define CCSAN_H

#include <ccsan/cache.h>
#include <ccsan/cpu.h>
#include <ccsan/device.h>
#include <ccsan/finding.h>
#include <ccsan/machine.h>
#include <ccsan/test.h>
#include <ccsan/thread.h>
#include <ccsan/version.h>

#ifdef __cplusplus
extern "C" {
#endif

/** A program may define this: options as in CCSAN_OPTIONS, which come after it and win. */
const char *ccsan_default_options(void);

/** Findings so far, counted once for each distinct pair of stacks. */
unsigned ccsan_finding_count(void);

#ifdef __cplusplus
}
#endif
#endif
