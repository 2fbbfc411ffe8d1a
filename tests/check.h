/* SPDX-License-Identifier: MIT */
/* An assertion for test programs that are no cmocka suites (proofs, fuzz targets, benchmarks). */
#ifndef CCSAN_TEST_CHECK_H
#define CCSAN_TEST_CHECK_H

#include <stdio.h>
#include <stdlib.h>

#define check(condition, ...)                                           \
	do {                                                            \
		if (!(condition)) {                                     \
			fprintf(stderr, "%s:%d: ", __FILE__, __LINE__); \
			fprintf(stderr, __VA_ARGS__);                   \
			fputc('\n', stderr);                            \
			exit(1);                                        \
		}                                                       \
	} while (0)

#endif
