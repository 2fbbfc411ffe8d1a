/* SPDX-License-Identifier: MIT */
/* Where shared mappings may lie. */
#ifndef CCSAN_HOSTS_LINUX_ASM_SHMPARAM_H
#define CCSAN_HOSTS_LINUX_ASM_SHMPARAM_H

/** Bytes; a multiple of the page size, a power of two. Shared mappings of a page agree modulo it,
 * so that they share a place in the cache, if the cache has such places. Fidelity: exact */
unsigned long ccsan_linux_shmlba(void);

#define SHMLBA ccsan_linux_shmlba()

#endif
