/* SPDX-License-Identifier: MIT */
/* vmalloc(), vmap() and their like: linux/vmalloc.h, but for vm_map_ram(). */
#include <linux/err.h>
#include <linux/gfp.h>
#include <linux/hardirq.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include "linux/layer.h"
#include "vmap.h"

/* --- mappings --- */

static unsigned long guard_bytes(unsigned long flags)
{
	return flags & VM_NO_GUARD ? 0 : PAGE_SIZE;
}

/* Who runs over the end of a mapping gets a finding, not the host's. */
static void watch_guard(const struct vm_struct *area)
{
	unsigned long guard = guard_bytes(area->flags);
	unsigned int space;

	if (guard)
		ccsan_hosted_expect_faults(
			0, ccsan_hosted_address((char *)area->addr + area->size - guard, &space),
			guard);
}

/* A mapping of nothing yet. @param first its first page, for the colour. */
static struct vm_struct *new_area(unsigned long size, unsigned long flags, const struct page *first)
{
	struct ccsan_vmap_wish wish = { .size = size + guard_bytes(flags),
					.align = PAGE_SIZE,
					.not_colour = ccsan_vmap_colour_of(first) };
	struct vm_struct *area = ccsan_kalloc(sizeof(*area));

	if (!area)
		return NULL;
	area->va = ccsan_vmap_take(&wish);
	if (!area->va) {
		kfree(area);
		return NULL;
	}
	area->va->vm = area;
	area->addr = (void *)area->va->va_start;
	area->size = wish.size;
	area->flags = flags;
	area->mapped_by = ccsan_hosted_here();
	watch_guard(area);
	return area;
}

struct vm_struct *find_vm_area(const void *addr)
{
	struct vmap_area *va = ccsan_vmap_find((unsigned long)addr);

	return va && va->vm && va->vm->addr == addr ? va->vm : NULL;
}

/* Return: the mapping's address, NULL: then it is gone again. */
static void *map_area(struct vm_struct *area, struct page **pages, unsigned int count,
		      pgprot_t prot)
{
	if (!ccsan_vmap_map(area->va->va_start, pages, count, prot))
		return area->addr;
	ccsan_vmap_release(area->va);
	kfree(area);
	return NULL;
}

static void free_page_array(struct page **pages, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		if (pages[i])
			__free_page(pages[i]);
	kvfree(pages);
}

/* A mapping that starts at an address that somebody gives back, reported if there is none. */
static struct vm_struct *area_to_end(const void *addr, const char *verb)
{
	struct vm_struct *area = find_vm_area(addr);

	if (!area)
		ccsan_misuse(addr, 1, 0, "%s: no mapping starts here", verb);
	return area;
}

static void end_area(struct vm_struct *area, bool with_pages)
{
	struct vm_struct gone = *area;

	ccsan_vmap_release(area->va);
	kfree(area);
	if (with_pages && gone.pages)
		free_page_array(gone.pages, gone.nr_pages);
}

/* --- vmap() --- */

void *vmap(struct page **pages, unsigned int count, unsigned long flags, pgprot_t prot)
{
	struct vm_struct *area;
	void *addr;

	might_sleep();
	if (!count || count > totalram_pages())
		return NULL;
	area = new_area((unsigned long)count << PAGE_SHIFT, flags, pages[0]);
	if (!area)
		return NULL;
	addr = map_area(area, pages, count, prot);
	if (addr && flags & VM_MAP_PUT_PAGES) {
		area->pages = pages;
		area->nr_pages = count;
	}
	return addr;
}

void vunmap(const void *addr)
{
	struct vm_struct *area;

	if (in_interrupt()) {
		ccsan_misuse(addr, 1, 0, "vunmap(): called in an interrupt");
		return;
	}
	might_sleep();
	area = addr ? area_to_end(addr, "vunmap()") : NULL;
	if (!area)
		return;
	if (area->flags & VM_ALLOC)
		ccsan_misuse(addr, area->size, area->mapped_by,
			     "vunmap(): this is vmalloc() memory, its pages are lost");
	end_area(area, false);
}

/* --- vmalloc() --- */

/* Return: Owns: the caller; NULL without memory. */
static struct page **alloc_page_array(unsigned int count, gfp_t gfp_mask)
{
	struct page **pages = kvzalloc(count * sizeof(*pages), GFP_KERNEL);

	for (unsigned int i = 0; pages && i < count; i++) {
		pages[i] = alloc_page(gfp_mask | __GFP_HIGHMEM | __GFP_NOWARN);
		if (!pages[i]) {
			free_page_array(pages, i);
			return NULL;
		}
	}
	return pages;
}

void *__vmalloc(unsigned long size, gfp_t gfp_mask)
{
	unsigned long bytes = PAGE_ALIGN(size);
	unsigned int count = (unsigned int)(bytes >> PAGE_SHIFT);
	struct vm_struct *area = NULL;
	struct page **pages;

	might_sleep();
	if (!size || bytes < size || bytes >> PAGE_SHIFT > totalram_pages())
		return NULL;
	pages = alloc_page_array(count, gfp_mask);
	if (pages)
		area = new_area(bytes, VM_ALLOC, pages[0]);
	if (area && map_area(area, pages, count, PAGE_KERNEL)) {
		area->pages = pages;
		area->nr_pages = count;
		return area->addr;
	}
	if (pages)
		free_page_array(pages, count);
	return NULL;
}

void *vmalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL);
}

void *vzalloc(unsigned long size)
{
	return __vmalloc(size, GFP_KERNEL | __GFP_ZERO);
}

/* --- vfree() --- */

/* In the first bytes of memory that is to be freed. */
struct put_off {
	struct put_off *next;
};

static DEFINE_SPINLOCK(put_off_lock);
static struct put_off *put_off;

static void free_put_off(struct work_struct *work)
{
	struct put_off *at, *next;
	unsigned long flags;

	(void)work;
	spin_lock_irqsave(&put_off_lock, flags);
	at = put_off;
	put_off = NULL;
	spin_unlock_irqrestore(&put_off_lock, flags);
	for (; at; at = next) {
		next = at->next;
		vfree(at);
	}
}

static DECLARE_WORK(put_off_work, free_put_off);

void vfree_atomic(const void *addr)
{
	struct put_off *memory = (struct put_off *)addr;
	unsigned long flags;

	if (!addr)
		return;
	spin_lock_irqsave(&put_off_lock, flags);
	memory->next = put_off;
	put_off = memory;
	spin_unlock_irqrestore(&put_off_lock, flags);
	schedule_work(&put_off_work);
}

void vfree(const void *addr)
{
	struct vm_struct *area;

	if (in_interrupt()) {
		vfree_atomic(addr);
		return;
	}
	might_sleep();
	area = addr ? area_to_end(addr, "vfree()") : NULL;
	if (area)
		end_area(area, true);
}

/* --- either --- */

void *kvmalloc(size_t size, gfp_t flags)
{
	void *p = kmalloc(size, flags | __GFP_NOWARN);

	return p || size <= PAGE_SIZE ? p : __vmalloc(size, flags);
}

void *kvzalloc(size_t size, gfp_t flags)
{
	return kvmalloc(size, flags | __GFP_ZERO);
}

void kvfree(const void *addr)
{
	if (is_vmalloc_addr(addr))
		vfree(addr);
	else
		kfree(addr);
}

/* --- page tables --- */

struct page *vmalloc_to_page(const void *addr)
{
	phys_addr_t phys = is_vmalloc_addr(addr) ? ccsan_physical_address(addr) : 0;

	return phys ? phys_to_page(phys) : NULL;
}

unsigned long vmalloc_to_pfn(const void *addr)
{
	return page_to_pfn(vmalloc_to_page(addr));
}
