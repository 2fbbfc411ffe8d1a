/* SPDX-License-Identifier: MIT */
/* A finding for people, in the layout that users of KASAN, KCSAN and KMSAN know. */
#ifndef CCSAN_REPORT_TEXT_H
#define CCSAN_REPORT_TEXT_H

#include <stdio.h>

#include "symbols.h"

/** Prints one finding. @param cpus the CPUs it was found on, NULL: only the finding's own */
void ccsan_text_print(FILE *to, const struct ccsan_finding *finding, struct ccsan_symbols *symbols,
		      bool colour, const char *cpus);

/** "stale-dma eth.c:88 in eth_send": the last line of a report, without its head. */
void ccsan_text_summary(const struct ccsan_finding *finding, struct ccsan_symbols *symbols,
			char *text, size_t size);

#endif
