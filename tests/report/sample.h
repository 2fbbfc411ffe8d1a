/* SPDX-License-Identifier: MIT */
/* Findings made up for tests, with code addresses of this very program. */
#ifndef CCSAN_TEST_SAMPLE_H
#define CCSAN_TEST_SAMPLE_H

#include "report/symbols.h"

/** Symbols that know this program. Owns: the caller. @param symbolize false: offsets only */
struct ccsan_symbols *sample_symbols(bool symbolize);

/** A device reads what sample_writer() wrote and nobody cleaned; the line is 32 bytes. */
struct ccsan_finding sample_stale_dma(void);

/** An invalidate in sample_reader() discards what sample_writer() wrote beside it. */
struct ccsan_finding sample_lost_write(void);

/** Somebody called something wrongly; no line. */
struct ccsan_finding sample_misuse(void);

/* The code that stacks point into. */
void sample_reader(void);
void sample_writer(void);

#endif
