/* SPDX-License-Identifier: MIT */
/*
 * Suppressions: findings that are known and not to be reported. A file of lines `kind:pattern`; the
 * kind is one of `ccsan explain`, or `*`; the pattern is a glob that some function or file of the
 * stacks of either access has to match. Empty lines and lines that start with '#' are skipped.
 */
#ifndef CCSAN_REPORT_SUPPRESS_H
#define CCSAN_REPORT_SUPPRESS_H

#include <stdio.h>

#include "symbols.h"

struct ccsan_suppressions;

/**
 * Reads a file.
 *
 * @param problem out: "FILE:LINE: what is wrong"
 * Return: NULL with a problem. Owns: the caller, until ccsan_suppressions_free().
 */
struct ccsan_suppressions *ccsan_suppressions_read(FILE *file, const char *name, char *problem,
						   size_t problem_size);
struct ccsan_suppressions *ccsan_suppressions_open(const char *path, char *problem,
						   size_t problem_size);
void ccsan_suppressions_free(struct ccsan_suppressions *suppressions);

/** Is this finding to be suppressed? Counts it if so. NULL suppresses nothing. */
bool ccsan_suppressed(struct ccsan_suppressions *suppressions, const struct ccsan_finding *finding,
		      struct ccsan_symbols *symbols);

/** Tells which lines matched (if `matched`), and warns of those that never did. */
void ccsan_suppressions_tell(const struct ccsan_suppressions *suppressions, FILE *to, bool matched);

#endif
