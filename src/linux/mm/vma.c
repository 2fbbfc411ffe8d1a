/* SPDX-License-Identifier: MIT */
/* VMAs: how they are kept, found, split and joined. mmap.c has what processes ask for. */
#include <linux/fs.h>
#include <linux/rbtree_augmented.h>
#include <linux/slab.h>

#include <asm/cacheflush.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- one VMA --- */

struct vm_area_struct *vm_area_alloc(struct mm_struct *mm)
{
	struct vm_area_struct *vma = ccsan_kalloc(sizeof(*vma));

	if (!vma)
		return NULL;
	vma->vm_mm = mm;
	INIT_LIST_HEAD(&vma->anon_vma_chain);
	return vma;
}

struct vm_area_struct *vm_area_dup(struct vm_area_struct *vma)
{
	struct vm_area_struct *copy = ccsan_kalloc(sizeof(*copy));

	if (!copy)
		return NULL;
	*copy = *vma;
	INIT_LIST_HEAD(&copy->anon_vma_chain);
	copy->vm_next = copy->vm_prev = NULL;
	return copy;
}

void vm_area_free(struct vm_area_struct *vma)
{
	kfree(vma);
}

void ccsan_vma_release(struct vm_area_struct *vma)
{
	if (vma->vm_ops && vma->vm_ops->close)
		vma->vm_ops->close(vma);
	unlink_anon_vmas(vma);
	if (vma->vm_file)
		fput(vma->vm_file);
	vm_area_free(vma);
}

/* --- the tree of an mm: by address; each node knows the largest hole before one of its subtree ---
 */

static unsigned long hole_before(const struct vm_area_struct *vma)
{
	return vma->vm_start - (vma->vm_prev ? vma->vm_prev->vm_end : 0);
}

RB_DECLARE_CALLBACKS_MAX(static, gap_callbacks, struct vm_area_struct, vm_rb, unsigned long,
			 rb_subtree_gap, hole_before)

static void holes_changed(struct vm_area_struct *vma)
{
	if (vma)
		gap_callbacks_propagate(&vma->vm_rb, NULL);
}

static struct vm_area_struct *of_node(struct rb_node *node)
{
	return rb_entry_safe(node, struct vm_area_struct, vm_rb);
}

struct vm_area_struct *find_vma_prev(struct mm_struct *mm, unsigned long addr,
				     struct vm_area_struct **pprev)
{
	struct rb_node *node = mm->mm_rb.rb_node;
	struct vm_area_struct *found = NULL, *before = NULL;

	while (node) {
		struct vm_area_struct *vma = of_node(node);

		if (vma->vm_end > addr) {
			found = vma;
			node = node->rb_left;
		} else {
			before = vma;
			node = node->rb_right;
		}
	}
	*pprev = found ? found->vm_prev : before;
	return found;
}

struct vm_area_struct *find_vma(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *prev;

	return find_vma_prev(mm, untagged_addr(addr), &prev);
}

struct vm_area_struct *find_vma_intersection(struct mm_struct *mm, unsigned long start_addr,
					     unsigned long end_addr)
{
	struct vm_area_struct *vma = find_vma(mm, start_addr);

	return vma && vma->vm_start < end_addr ? vma : NULL;
}

struct vm_area_struct *ccsan_vma_around(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);

	return vma && vma->vm_start <= untagged_addr(addr) ? vma : NULL;
}

bool ccsan_vma_place(struct mm_struct *mm, unsigned long start, unsigned long end,
		     struct vm_area_struct **prev)
{
	struct vm_area_struct *next = find_vma_prev(mm, start, prev);

	return !next || next->vm_start >= end;
}

/* In a subtree, from the left; nothing below `low` is of interest. */
static unsigned long lowest_hole(struct vm_area_struct *vma, unsigned long low, unsigned long bytes)
{
	unsigned long start, found = 0;

	if (!vma || vma->rb_subtree_gap < bytes)
		return 0;
	if (vma->vm_start > low)
		found = lowest_hole(of_node(vma->vm_rb.rb_left), low, bytes);
	if (found)
		return found;
	start = vma->vm_prev && vma->vm_prev->vm_end > low ? vma->vm_prev->vm_end : low;
	if (vma->vm_start > start && vma->vm_start - start >= bytes)
		return start;
	return lowest_hole(of_node(vma->vm_rb.rb_right), low, bytes);
}

unsigned long ccsan_vma_find_hole(struct mm_struct *mm, unsigned long low, unsigned long bytes)
{
	struct vm_area_struct *last = of_node(rb_last(&mm->mm_rb));
	unsigned long hole = lowest_hole(of_node(mm->mm_rb.rb_node), low, bytes);

	if (!hole)
		hole = last && last->vm_end > low ? last->vm_end : low;
	return bytes <= mm->task_size && hole <= mm->task_size - bytes ? hole : 0;
}

static void into_list(struct mm_struct *mm, struct vm_area_struct *vma, struct vm_area_struct *prev)
{
	struct vm_area_struct *next = prev ? prev->vm_next : mm->mmap;

	vma->vm_prev = prev;
	vma->vm_next = next;
	if (prev)
		prev->vm_next = vma;
	else
		mm->mmap = vma;
	if (next)
		next->vm_prev = vma;
}

static void into_tree(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct rb_node **link = &mm->mm_rb.rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = vma->vm_start < of_node(parent)->vm_start ? &parent->rb_left
								 : &parent->rb_right;
	}
	rb_link_node(&vma->vm_rb, parent, link);
	vma->rb_subtree_gap = 0;
	gap_callbacks_propagate(&vma->vm_rb, NULL);
	rb_insert_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
	holes_changed(vma->vm_next);
}

/* --- the tree of a file, and of the anon_vmas --- */

static struct address_space *mapping_of(const struct vm_area_struct *vma)
{
	return vma->vm_file ? vma->vm_file->f_mapping : NULL;
}

static void into_file(struct vm_area_struct *vma, struct address_space *mapping)
{
	flush_dcache_mmap_lock(mapping);
	vma_interval_tree_insert(vma, &mapping->i_mmap);
	flush_dcache_mmap_unlock(mapping);
}

static void link_file(struct vm_area_struct *vma)
{
	struct address_space *mapping = mapping_of(vma);

	if (!mapping)
		return;
	i_mmap_lock_write(mapping);
	if (vma->vm_flags & VM_SHARED)
		atomic_inc(&mapping->i_mmap_writable);
	into_file(vma, mapping);
	i_mmap_unlock_write(mapping);
}

static void unlink_file(struct vm_area_struct *vma)
{
	struct address_space *mapping = mapping_of(vma);

	if (!mapping)
		return;
	i_mmap_lock_write(mapping);
	if (vma->vm_flags & VM_SHARED)
		atomic_dec(&mapping->i_mmap_writable);
	flush_dcache_mmap_lock(mapping);
	vma_interval_tree_remove(vma, &mapping->i_mmap);
	flush_dcache_mmap_unlock(mapping);
	i_mmap_unlock_write(mapping);
}

/* --- in and out of everything --- */

static void into_mm(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *prev;

	find_vma_prev(mm, vma->vm_start, &prev);
	into_list(mm, vma, prev);
	into_tree(mm, vma);
	mm->map_count++;
	mm->total_vm += vma_pages(vma);
}

void ccsan_vma_link(struct mm_struct *mm, struct vm_area_struct *vma)
{
	into_mm(mm, vma);
	link_file(vma);
	ccsan_hosted_expect_faults(mm->space, vma->vm_start, vma->vm_end - vma->vm_start);
}

static void out_of_mm(struct mm_struct *mm, struct vm_area_struct *vma)
{
	struct vm_area_struct *next = vma->vm_next;

	rb_erase_augmented(&vma->vm_rb, &mm->mm_rb, &gap_callbacks);
	if (vma->vm_prev)
		vma->vm_prev->vm_next = next;
	else
		mm->mmap = next;
	if (next)
		next->vm_prev = vma->vm_prev;
	holes_changed(next);
	mm->map_count--;
	mm->total_vm -= vma_pages(vma);
}

void ccsan_vma_unlink(struct mm_struct *mm, struct vm_area_struct *vma)
{
	out_of_mm(mm, vma);
	unlink_file(vma);
}

/* --- moving the ends --- */

static void set_ends(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		     pgoff_t pgoff)
{
	struct mm_struct *mm = vma->vm_mm;

	mm->total_vm += (end - start) >> PAGE_SHIFT;
	mm->total_vm -= vma_pages(vma);
	vma->vm_start = start;
	vma->vm_end = end;
	vma->vm_pgoff = pgoff;
	holes_changed(vma);
	holes_changed(vma->vm_next);
}

/* Whoever walks from a page sees the mapping as it was or as it is. */
void ccsan_vma_adjust(struct vm_area_struct *vma, unsigned long start, unsigned long end,
		      pgoff_t pgoff)
{
	struct address_space *mapping = mapping_of(vma);
	struct anon_vma *anon_vma = vma->anon_vma;
	unsigned long flags = 0;

	if (mapping) {
		i_mmap_lock_write(mapping);
		flush_dcache_mmap_lock(mapping);
		vma_interval_tree_remove(vma, &mapping->i_mmap);
	}
	if (anon_vma) {
		anon_vma_lock_write(anon_vma);
		flush_anon_lock(anon_vma, flags);
		anon_vma_interval_tree_pre_update_vma(vma);
	}
	set_ends(vma, start, end, pgoff);
	if (anon_vma) {
		anon_vma_interval_tree_post_update_vma(vma);
		flush_anon_unlock(anon_vma, flags);
		anon_vma_unlock_write(anon_vma);
	}
	if (mapping) {
		vma_interval_tree_insert(vma, &mapping->i_mmap);
		flush_dcache_mmap_unlock(mapping);
		i_mmap_unlock_write(mapping);
	}
}

/* --- one becomes two, two become one. In between both have the same pages: whoever walks from a
 * page finds its entry twice, and never not at all --- */

int split_vma(struct mm_struct *mm, struct vm_area_struct *vma, unsigned long addr, int new_below)
{
	struct vm_area_struct *copy = vm_area_dup(vma);
	pgoff_t upper = vma->vm_pgoff + ((addr - vma->vm_start) >> PAGE_SHIFT);

	if (!copy)
		return -ENOMEM;
	if (new_below) {
		copy->vm_end = addr;
	} else {
		copy->vm_start = addr;
		copy->vm_pgoff = upper;
	}
	if (anon_vma_clone(copy, vma)) {
		vm_area_free(copy);
		return -ENOMEM;
	}
	if (copy->vm_file)
		get_file(copy->vm_file);
	if (copy->vm_ops && copy->vm_ops->open)
		copy->vm_ops->open(copy);
	link_file(copy);
	if (new_below)
		ccsan_vma_adjust(vma, addr, vma->vm_end, upper);
	else
		ccsan_vma_adjust(vma, vma->vm_start, addr, vma->vm_pgoff);
	into_mm(mm, copy);
	return 0;
}

static bool anon_vmas_fit(const struct vm_area_struct *vma, const struct vm_area_struct *next)
{
	if (vma->anon_vma && next->anon_vma)
		return vma->anon_vma == next->anon_vma;
	if (vma->anon_vma)
		return list_is_singular(&vma->anon_vma_chain);
	return !next->anon_vma || list_is_singular(&next->anon_vma_chain);
}

static bool alike(const struct vm_area_struct *vma, const struct vm_area_struct *next)
{
	return vma && next && vma->vm_end == next->vm_start && vma->vm_flags == next->vm_flags &&
	       !(vma->vm_flags & VM_SPECIAL) && vma->vm_file == next->vm_file &&
	       vma->vm_ops == next->vm_ops && !(vma->vm_ops && vma->vm_ops->close) &&
	       vma->vm_private_data == next->vm_private_data &&
	       next->vm_pgoff == vma->vm_pgoff + vma_pages(vma) && anon_vmas_fit(vma, next);
}

/* Return: false, and nothing is changed, without memory. */
static bool absorb(struct vm_area_struct *vma, struct vm_area_struct *next)
{
	unsigned long end = next->vm_end;

	if (next->anon_vma && !vma->anon_vma) {
		vma->anon_vma = next->anon_vma;
		if (anon_vma_clone(vma, next))
			return false;
	}
	out_of_mm(vma->vm_mm, next);
	ccsan_vma_adjust(vma, vma->vm_start, end, vma->vm_pgoff);
	unlink_file(next);
	ccsan_vma_release(next);
	return true;
}

struct vm_area_struct *ccsan_vma_join(struct vm_area_struct *vma)
{
	struct vm_area_struct *prev = vma->vm_prev;

	if (alike(vma, vma->vm_next))
		absorb(vma, vma->vm_next);
	if (alike(prev, vma) && absorb(prev, vma))
		return prev;
	return vma;
}
