/* SPDX-License-Identifier: MIT */
/* What the programs of this folder print: `operation <tab> size <tab> nanoseconds`, of one
 * operation at that size. */
#ifndef MEASURE_H
#define MEASURE_H

#include <stdio.h>
#include <time.h>

static inline double measure_now(void)
{
	struct timespec now;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

/** @param begun of measure_now(), @param operations since then */
static inline void measure_tell(const char *operation, unsigned long size, double begun,
				unsigned long operations)
{
	printf("%s\t%lu\t%.0f\n", operation, size, (measure_now() - begun) / (double)operations);
	fflush(stdout);
}

#endif
