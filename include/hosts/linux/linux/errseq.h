/* SPDX-License-Identifier: MIT */
/* An error and how often one came, so that each reader is told of it once (core-api/errseq.rst). */
#ifndef CCSAN_HOSTS_LINUX_ERRSEQ_H
#define CCSAN_HOSTS_LINUX_ERRSEQ_H

#include <linux/types.h>

/** 0: never an error. Bits 0 to 11 the last error, bit 12 whether somebody has seen it, the rest
 *  counts. */
typedef u32 errseq_t;

/** Notes a new error. @param err -Exxx. Fidelity: exact */
errseq_t errseq_set(errseq_t *eseq, int err);

/** Where a reader starts: 0 if the last error was not seen by anybody yet. Fidelity: exact */
errseq_t errseq_sample(errseq_t *eseq);

/** Return: the last error if one came since `since`, else 0. Fidelity: exact */
int errseq_check(errseq_t *eseq, errseq_t since);

/** The same, and it is told only once. Fidelity: exact */
int errseq_check_and_advance(errseq_t *eseq, errseq_t *since);

#endif
