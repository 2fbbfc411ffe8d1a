/* SPDX-License-Identifier: MIT */
/* What a cache operation is called in the program's own world, and which contract asks for it. */
#ifndef CCSAN_REPORT_WORDS_H
#define CCSAN_REPORT_WORDS_H

#include <ccsan/finding.h>

struct ccsan_words {
	const char *call;   /**< "SCB_CleanDCache_by_Addr()" */
	const char *source; /**< "CMSIS-Core (M), Cache Functions" */
};

/**
 * @param host   "linux", "cmsis", "u-boot", "zephyr"; anything else: ccsan's own names
 * @param deed   a cache operation
 * @param alias  the alias it goes through, as in a finding
 * @param device whether a device is involved
 */
struct ccsan_words ccsan_words_for(const char *host, enum ccsan_deed deed, const char *alias,
				   bool device);

/** "nothing happens unasked …": what it takes for a finding to bite. */
const char *ccsan_words_needs(const struct ccsan_finding *finding);

#endif
