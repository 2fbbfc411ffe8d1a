/* SPDX-License-Identifier: MIT */
/*
 * Which kernel addresses are in use, and page tables for them. See vmap.h.
 *
 * Ranges in use are in a tree by address. So are free ones, which know the largest range below
 * them, so that the lowest one that is large enough is found in O(log N). Ranges that were given
 * back wait on a list: making them free means telling all CPUs (their TLBs), and that is done for
 * many at once.
 */
#include <asm/cacheflush.h>
#include <linux/gfp.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mutex.h>
#include <linux/pgtable.h>
#include <linux/rbtree_augmented.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/spinlock.h>

#include "linux/layer.h"
#include "vmap.h"

static DEFINE_SPINLOCK(vmap_area_lock);
static DEFINE_MUTEX(vmap_purge_lock);
static struct rb_root busy = RB_ROOT, free_areas = RB_ROOT;
static LIST_HEAD(purge_list);
static unsigned long lazy_pages;
static bool started;

unsigned long ccsan_vmalloc_start(void)
{
	return (unsigned long)ccsan_hosted_pointer(0, CCSAN_VMALLOC_START);
}

unsigned long ccsan_vmalloc_end(void)
{
	unsigned long most = CCSAN_VMALLOC_END - CCSAN_VMALLOC_START;
	unsigned long bytes = ccsan_param("vmalloc", 240ul << 20) & PAGE_MASK;

	return ccsan_vmalloc_start() + (bytes < most ? bytes : most);
}

/* --- free ranges --- */

static unsigned long area_size(const struct vmap_area *area)
{
	return area->va_end - area->va_start;
}

RB_DECLARE_CALLBACKS_MAX(static, free_callbacks, struct vmap_area, rb_node, unsigned long,
			 subtree_max_size, area_size)

static unsigned long largest_below(const struct rb_node *node)
{
	return node ? rb_entry(node, struct vmap_area, rb_node)->subtree_max_size : 0;
}

static void insert_free(struct vmap_area *area)
{
	struct rb_node **link = &free_areas.rb_node, *parent = NULL;

	while (*link) {
		struct vmap_area *at = rb_entry(*link, struct vmap_area, rb_node);

		parent = *link;
		if (at->subtree_max_size < area_size(area))
			at->subtree_max_size = area_size(area);
		link = area->va_start < at->va_start ? &parent->rb_left : &parent->rb_right;
	}
	area->subtree_max_size = area_size(area);
	rb_link_node(&area->rb_node, parent, link);
	rb_insert_augmented(&area->rb_node, &free_areas, &free_callbacks);
}

static void erase_free(struct vmap_area *area)
{
	rb_erase_augmented(&area->rb_node, &free_areas, &free_callbacks);
}

/* Takes a free neighbour into the range, which is not in the tree. */
static void swallow(struct vmap_area *area, struct rb_node *node, struct list_head *gone)
{
	struct vmap_area *other = rb_entry_safe(node, struct vmap_area, rb_node);

	if (!other || (other->va_end != area->va_start && other->va_start != area->va_end))
		return;
	erase_free(other);
	area->va_start = min(area->va_start, other->va_start);
	area->va_end = max(area->va_end, other->va_end);
	list_add(&other->list, gone);
}

/* @param gone out: what is left over, for kfree() outside of the lock */
static void make_free(struct vmap_area *area, struct list_head *gone)
{
	struct rb_node *before, *after;

	insert_free(area);
	before = rb_prev(&area->rb_node);
	after = rb_next(&area->rb_node);
	erase_free(area);
	swallow(area, before, gone);
	swallow(area, after, gone);
	insert_free(area);
}

/* The lowest free range of so many bytes. */
static struct vmap_area *lowest_free(unsigned long bytes)
{
	struct rb_node *node = free_areas.rb_node;

	if (largest_below(node) < bytes)
		return NULL;
	for (;;) {
		struct vmap_area *area = rb_entry(node, struct vmap_area, rb_node);

		if (largest_below(node->rb_left) >= bytes)
			node = node->rb_left;
		else if (area_size(area) >= bytes)
			return area;
		else
			node = node->rb_right;
	}
}

/* --- ranges in use --- */

static void insert_busy(struct vmap_area *area)
{
	struct rb_node **link = &busy.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = area->va_start < rb_entry(parent, struct vmap_area, rb_node)->va_start
			       ? &parent->rb_left
			       : &parent->rb_right;
	}
	rb_link_node(&area->rb_node, parent, link);
	rb_insert_color(&area->rb_node, &busy);
}

struct vmap_area *ccsan_vmap_find(unsigned long address)
{
	struct vmap_area *found = NULL;
	struct rb_node *node;

	spin_lock(&vmap_area_lock);
	for (node = busy.rb_node; node && !found;) {
		struct vmap_area *area = rb_entry(node, struct vmap_area, rb_node);

		if (address < area->va_start)
			node = node->rb_left;
		else if (address >= area->va_end)
			node = node->rb_right;
		else
			found = area;
	}
	spin_unlock(&vmap_area_lock);
	return found;
}

int ccsan_vmap_colour_of(const struct page *page)
{
	return ccsan_colour_count() > 1
		       ? (int)((page_to_phys(page) >> PAGE_SHIFT) % ccsan_colour_count())
		       : -1;
}

static unsigned long place_in(const struct vmap_area *area, const struct ccsan_vmap_wish *wish)
{
	unsigned long start = ALIGN(area->va_start, wish->align);

	if (wish->not_colour >= 0 &&
	    (start >> PAGE_SHIFT) % ccsan_colour_count() == (unsigned int)wish->not_colour)
		start += wish->align;
	return start;
}

/* A rest of a range that was cut: free, or nothing. */
static void keep(struct vmap_area *rest, struct list_head *gone)
{
	if (area_size(rest))
		insert_free(rest);
	else
		list_add(&rest->list, gone);
}

/* @param spare becomes what is free behind it; @param gone out: as in make_free() */
static bool cut_out(struct vmap_area *area, struct vmap_area *spare,
		    const struct ccsan_vmap_wish *wish, struct list_head *gone)
{
	unsigned long room = wish->align - PAGE_SIZE + (wish->not_colour < 0 ? 0 : wish->align);
	struct vmap_area *from = lowest_free(wish->size + room);

	if (!from)
		return false;
	area->va_start = place_in(from, wish);
	area->va_end = area->va_start + wish->size;
	spare->va_start = area->va_end;
	spare->va_end = from->va_end;
	erase_free(from);
	from->va_end = area->va_start;
	keep(from, gone);
	keep(spare, gone);
	insert_busy(area);
	return true;
}

static void free_structs(struct list_head *gone)
{
	struct vmap_area *area, *next;

	list_for_each_entry_safe (area, next, gone, list)
		kfree(area);
}

/* The whole of it is one free range at first. */
static bool start(void)
{
	struct vmap_area *all = started ? NULL : ccsan_kalloc(sizeof(*all));

	if (!started && !all)
		return false;
	spin_lock(&vmap_area_lock);
	if (all && !started) {
		*all = (struct vmap_area){ .va_start = VMALLOC_START, .va_end = VMALLOC_END };
		insert_free(all);
		started = true;
		all = NULL;
	}
	spin_unlock(&vmap_area_lock);
	kfree(all);
	return true;
}

static bool try_to_take(struct vmap_area *area, struct vmap_area *spare,
			const struct ccsan_vmap_wish *wish)
{
	LIST_HEAD(gone);
	bool taken;

	spin_lock(&vmap_area_lock);
	taken = cut_out(area, spare, wish, &gone);
	spin_unlock(&vmap_area_lock);
	free_structs(&gone);
	return taken;
}

static bool take(struct vmap_area *area, struct vmap_area *spare, struct ccsan_vmap_wish wish)
{
	if (!start())
		return false;
	if (try_to_take(area, spare, &wish) ||
	    (ccsan_vmap_purge() && try_to_take(area, spare, &wish)))
		return true;
	wish.not_colour = -1;
	return try_to_take(area, spare, &wish);
}

struct vmap_area *ccsan_vmap_take(const struct ccsan_vmap_wish *wish)
{
	struct vmap_area *area = ccsan_kalloc(sizeof(*area)), *spare = NULL;

	if (area)
		spare = ccsan_kalloc(sizeof(*spare));
	if (spare && take(area, spare, *wish))
		return area;
	kfree(spare);
	kfree(area);
	return NULL;
}

/* --- giving back --- */

/* So many pages may wait: the more CPUs, the dearer it is to tell them (Linux: 32 MiB for each
 * doubling). */
static unsigned long most_lazy_pages(void)
{
	unsigned long doublings = (unsigned long)fls(num_online_cpus());

	return ccsan_param("vmap_lazy", doublings * (32ul << 20)) >> PAGE_SHIFT;
}

/* There are no TLBs here; in Linux all CPUs flush theirs now. */
static bool purge_locked(void)
{
	struct vmap_area *area, *next;
	LIST_HEAD(waiting);
	LIST_HEAD(gone);

	spin_lock(&vmap_area_lock);
	list_splice_init(&purge_list, &waiting);
	lazy_pages = 0;
	list_for_each_entry_safe (area, next, &waiting, list)
		make_free(area, &gone);
	spin_unlock(&vmap_area_lock);
	free_structs(&gone);
	return !list_empty(&waiting);
}

bool ccsan_vmap_purge(void)
{
	bool any;

	mutex_lock(&vmap_purge_lock);
	any = purge_locked();
	mutex_unlock(&vmap_purge_lock);
	return any;
}

void ccsan_vmap_release(struct vmap_area *area)
{
	unsigned long lazy;

	flush_cache_vunmap(area->va_start, area->va_end);
	ccsan_vmap_unmap(area->va_start, area->va_end);
	spin_lock(&vmap_area_lock);
	rb_erase(&area->rb_node, &busy);
	list_add(&area->list, &purge_list);
	lazy = lazy_pages += area_size(area) >> PAGE_SHIFT;
	spin_unlock(&vmap_area_lock);
	if (lazy > most_lazy_pages())
		ccsan_vmap_purge();
}

/* --- page tables --- */

static unsigned long simulated(unsigned long address)
{
	unsigned int space;

	return ccsan_hosted_address((void *)address, &space);
}

static unsigned int attributes_of(pgprot_t prot)
{
	return (pgprot_val(prot) & _PAGE_UNCACHED ? (unsigned int)CCSAN_UNCACHED : 0) |
	       (pgprot_val(prot) & _PAGE_WRITE ? 0 : CCSAN_READONLY);
}

/* Pages that are consecutive in memory are mapped together. */
static unsigned int consecutive(struct page **pages, unsigned int count)
{
	unsigned int run = 1;

	while (run < count && page_to_pfn(pages[run]) == page_to_pfn(pages[0]) + run)
		run++;
	return run;
}

int ccsan_vmap_map(unsigned long address, struct page **pages, unsigned int count, pgprot_t prot)
{
	unsigned long at = address;
	unsigned int run;

	for (unsigned int i = 0; i < count; i += run, at += run * PAGE_SIZE) {
		run = consecutive(&pages[i], count - i);
		if (ccsan_hosted_map(page_to_phys(pages[i]), run, attributes_of(prot),
				     simulated(at)))
			continue;
		ccsan_vmap_unmap(address, at);
		return -ENOMEM;
	}
	flush_cache_vmap(address, at);
	return 0;
}

void ccsan_vmap_unmap(unsigned long start, unsigned long end)
{
	if (start < end)
		ccsan_hosted_unmap(0, simulated(start),
				   (unsigned int)((end - start) >> PAGE_SHIFT));
}
