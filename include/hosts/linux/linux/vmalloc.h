/* SPDX-License-Identifier: MIT */
/*
 * Kernel mappings of pages that need not be consecutive: vmalloc(), vmap(), vm_map_ram(). From
 * Documentation/core-api/cachetlb.rst (who flushes what) and the functions' kernel-doc.
 *
 * Model: every mapping starts with a colour that its pages do not have in the direct map, if there
 * is one: Linux gives any colour, and code must not rely on luck.
 */
#ifndef CCSAN_HOSTS_LINUX_VMALLOC_H
#define CCSAN_HOSTS_LINUX_VMALLOC_H

#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/rbtree.h>
#include <linux/types.h>

#define VM_IOREMAP       0x01ul /* uncached */
#define VM_ALLOC         0x02ul
#define VM_MAP           0x04ul
#define VM_NO_GUARD      0x40ul
#define VM_MAP_PUT_PAGES 0x100ul /* vfree() drops a reference of each page, and the array */

struct vmap_block;

/** A range of addresses: in use, given back and not yet purged, or free. */
struct vmap_area {
	unsigned long va_start, va_end;
	struct rb_node rb_node;
	struct list_head list;
	struct vm_struct *vm;
	struct vmap_block *block;       /**< of vm_map_ram() */
	unsigned long subtree_max_size; /**< of free ranges */
};

/** One mapping, as find_vm_area() shows it. */
struct vm_struct {
	void *addr;
	unsigned long size; /**< with the guard page */
	unsigned long flags;
	struct page **pages;
	unsigned int nr_pages;
	struct vmap_area *va;
	u32 mapped_by; /**< origin, for findings */
};

/**
 * Memory of whole pages, consecutive for the CPU only. Highmem pages are taken first.
 *
 * Fidelity: exact. Sleeps; O(pages + log N) with N mappings. Return: NULL without memory or room.
 */
void *vmalloc(unsigned long size);
void *vzalloc(unsigned long size);
void *__vmalloc(unsigned long size, gfp_t gfp_mask);

/** Frees what vmalloc() gave, or a vmap() with VM_MAP_PUT_PAGES. NULL is nothing. In interrupts the
 *  work is put off. Fidelity: exact. What is not such an address is `api-misuse`. */
void vfree(const void *addr);

/** vfree() from where one must not sleep. Fidelity: exact */
void vfree_atomic(const void *addr);

/**
 * Maps pages at consecutive addresses: flush_cache_vmap() after it, no page is flushed.
 *
 * Fidelity: exact. Sleeps; O(count + log N). The pages stay the caller's.
 * @param flags VM_MAP, with VM_MAP_PUT_PAGES if vfree() shall drop them
 * Return: NULL for no pages, for more than there is memory, or without room.
 */
void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot);

/** Unmaps what vmap() mapped, flush_cache_vunmap() before it. Must not be called in interrupts.
 *  Fidelity: exact */
void vunmap(const void *addr);

/**
 * vmap() for short use: up to VMAP_MAX_ALLOC pages come out of a block of the CPU.
 *
 * No cache maintenance but flush_cache_vmap(): who writes the pages elsewhere, or will, calls
 * flush_dcache_page(), flush_kernel_vmap_range() and invalidate_kernel_vmap_range().
 *
 * Fidelity: exact. Sleeps; O(count + log N).
 * @param node no meaning here
 */
void *vm_map_ram(struct page **pages, unsigned int count, int node);

/** Gives back all of one vm_map_ram(): flush_cache_vunmap(), then page tables are cleared. The
 *  addresses are not used again before a purge. Fidelity: exact */
void vm_unmap_ram(const void *mem, unsigned int count);

/** Purges all addresses that were given back lazily, on all CPUs. Sleeps. Fidelity: exact */
void vm_unmap_aliases(void);

/** Fidelity: exact. O(1), by page table. Return: NULL where nothing is mapped. */
struct page *vmalloc_to_page(const void *addr);
unsigned long vmalloc_to_pfn(const void *addr);

/** Fidelity: exact. O(log N). Return: the mapping that starts there, NULL if none does. */
struct vm_struct *find_vm_area(const void *addr);

/** kmalloc(), or vmalloc() where that fails; freed by kvfree(). Fidelity: exact */
void *kvmalloc(size_t size, gfp_t flags);
void *kvzalloc(size_t size, gfp_t flags);
void kvfree(const void *addr);

/** Addresses of mappings are in between, all of them. Parameter vmalloc=240M is their number. */
unsigned long ccsan_vmalloc_start(void);
unsigned long ccsan_vmalloc_end(void);
#define VMALLOC_START ccsan_vmalloc_start()
#define VMALLOC_END   ccsan_vmalloc_end()

/** vm_map_ram() of more pages than that is a vmap() of its own; pages of a block. */
enum { VMAP_MAX_ALLOC = 32, VMAP_BBMAP_BITS = 128 };

#endif
