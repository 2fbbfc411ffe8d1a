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

	/** How a page that two processes share since fork() is copied when one of them writes. */
	enum {
		CCSAN_FORK_COPY_PORT, /**< as the CPU's port does it */
		CCSAN_FORK_COPY_KMAP, /**< from wherever the kernel has it mapped: before 2.6.20 */
		/** From a mapping on the user's colour, kmap_coherent(), whatever the CPU. */
		CCSAN_FORK_COPY_COHERENT,
		/** Likewise, also if the page's flush was deferred. */
		CCSAN_FORK_COPY_UNCHECKED,
	} fork_copy;

	/** What the RPC layer does after it has copied a part of a reply into a page. */
	enum {
		CCSAN_XDR_FLUSHES, /**< flush_dcache_page() */
		CCSAN_XDR_FORGETS, /**< nothing: the bytes stay in the direct map's lines */
	} xdr_flush;

	/** How NFS reads the variable-sized entries of a directory, which lie in several pages. */
	enum {
		/** Page by page; entries across a boundary are copied. */
		CCSAN_READDIR_PAGEWISE,
		/** Through one vm_map_ram() for all replies, with invalidate_kernel_vmap_range()
		 *  before each. */
		CCSAN_READDIR_VMAP_INVALIDATED,
		/** Through it without that. */
		CCSAN_READDIR_VMAP,
		/** Into pages that are consecutive in the direct map. */
		CCSAN_READDIR_CONTIGUOUS,
	} nfs_readdir;

	/** How an anonymous page gets from a process's cache lines to the kernel's, and back. */
	enum {
		CCSAN_ANON_FLUSH_WALK,  /**< flush_anon_page(), and flush_dcache_page() walks
					 * anon_vma */
		CCSAN_ANON_FLUSH_GUP,   /**< flush_anon_page() in get_user_pages(), as in 2.6.20 */
		CCSAN_ANON_FLUSH_HINTS, /**< by the colours of users that the page remembers */
		CCSAN_ANON_FLUSH_NONE,  /**< not at all, as before */
	} anon_flush;

	/** What keeps anon_vma's tree still for that walk. */
	enum {
		CCSAN_ANON_LOCK_IRQ,   /**< a lock that interrupts may take */
		CCSAN_ANON_LOCK_PLAIN, /**< the same without switching them off */
		CCSAN_ANON_LOCK_RWSEM, /**< the semaphore, which sleeps */
	} anon_lock;

	/** Whether flush_dcache_page() leaves the work to who maps the page. */
	enum {
		CCSAN_DEFER_WHERE_RIGHT, /**< not where only the CPU that wrote could do it */
		CCSAN_DEFER_ALWAYS,      /**< as if every CPU reached all caches */
	} defer;

	/** What invalidate_inode_pages2_range() does with a dirty page. */
	enum {
		CCSAN_INVALIDATE_KEEPS_DIRTY, /**< leaves it, tries the others, and says -EIO */
		CCSAN_INVALIDATE_DESTRUCTIVE, /**< drops it, as until 2.6.16; stops at an error */
	} invalidate;

	/** What a driver does after the CPU has copied a disk's data into a page. */
	enum {
		CCSAN_PIO_FLUSHES, /**< flush_dcache_page() */
		CCSAN_PIO_FORGETS, /**< nothing */
	} pio_flush;

	/** How a direct write keeps the page cache out of its way. */
	enum {
		CCSAN_DIRECT_WRITE_LOCKED, /**< nobody brings in a page until it is over */
		CCSAN_DIRECT_WRITE_AROUND, /**< invalidates before and after, as Linux does */
	} direct_write;
};

extern struct ccsan_behaviour ccsan_behaviour;

#endif
