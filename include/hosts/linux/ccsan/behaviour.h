/* SPDX-License-Identifier: MIT */
/*
 * What Linux did at some time, proposed, or does: one question each. Programs that run a discussion
 * again set these before its first step; 0 is always the behaviour that is right.
 */
#ifndef CCSAN_HOSTS_LINUX_BEHAVIOUR_H
#define CCSAN_HOSTS_LINUX_BEHAVIOUR_H

struct ccsan_behaviour {
	/** How the DMA API reaches a page of highmem. */
	enum {
		CCSAN_DMA_HIGHMEM_PINNED,       /**< kmap_high_get(), or a mapping of its own */
		CCSAN_DMA_HIGHMEM_PAGE_ADDRESS, /**< where it is mapped now, by nobody's leave */
	} dma_highmem;

	/** Which lock guards the kmap() window. */
	enum {
		CCSAN_KMAP_LOCK_AS_NEEDED, /**< interrupts off where kmap_high_get() is needed */
		CCSAN_KMAP_LOCK_PLAIN,     /**< never, although interrupts take it */
	} kmap_lock;

	/** What kmap_coherent() does with a page whose flush was deferred. */
	enum {
		CCSAN_KMAP_COHERENT_CHECKS, /**< refuses, and reports the caller */
		CCSAN_KMAP_COHERENT_TRUSTS, /**< maps it, as a kernel without debugging */
	} kmap_coherent;
};

extern struct ccsan_behaviour ccsan_behaviour;

#endif
