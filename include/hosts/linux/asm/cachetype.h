/* SPDX-License-Identifier: MIT */
/* ARM's question about the kind of data cache, for programs; the layer itself asks its ports. */
#ifndef CCSAN_HOSTS_LINUX_ASM_CACHETYPE_H
#define CCSAN_HOSTS_LINUX_ASM_CACHETYPE_H

#include <linux/types.h>

/** Virtually tagged: every two addresses of a page alias. Fidelity: exact */
bool cache_is_vivt(void);

#endif
