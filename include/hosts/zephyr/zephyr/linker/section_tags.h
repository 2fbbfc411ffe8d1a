/* SPDX-License-Identifier: MIT */
/* Zephyr: memory that is not cached. Reference: Zephyr, "Memory attributes" and
 * CONFIG_NOCACHE_MEMORY. */
#ifndef CCSAN_ZEPHYR_SECTION_TAGS_H
#define CCSAN_ZEPHYR_SECTION_TAGS_H

/** Uncached from the start: the runtime knows this section. */
#define __nocache        __attribute__((section("ccsan_uncached")))
#define __nocache_noinit __nocache
#define __nocache_load   __nocache
#define __noinit

#endif
