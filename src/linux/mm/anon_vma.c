/* SPDX-License-Identifier: MIT */
/* anon_vmas and the chains that mappings are in them by: linux/rmap.h. */
#include <linux/page-flags.h>
#include <linux/slab.h>

#include "linux/layer.h"
#include "mm_parts.h"

/* --- memory. An anon_vma that is freed stays one: who found it by a page may look at its count, as
 * with SLAB_TYPESAFE_BY_RCU --- */

static struct anon_vma *free_ones; /* by their `parent` */

static struct anon_vma *alloc_anon_vma(void)
{
	struct anon_vma *anon_vma = free_ones;

	if (ccsan_should_fail())
		return NULL;
	if (anon_vma)
		free_ones = anon_vma->parent;
	else
		anon_vma = ccsan_kalloc(sizeof(*anon_vma));
	if (!anon_vma)
		return NULL;
	atomic_set(&anon_vma->refcount, 1);
	init_rwsem(&anon_vma->rwsem);
	spin_lock_init(&anon_vma->flush_lock);
	anon_vma->degree = 1; /* the mapping it is made for */
	anon_vma->root = anon_vma->parent = anon_vma;
	anon_vma->rb_root = RB_ROOT_CACHED;
	return anon_vma;
}

static void free_anon_vma(struct anon_vma *anon_vma)
{
	anon_vma->parent = free_ones;
	free_ones = anon_vma;
}

void __put_anon_vma(struct anon_vma *anon_vma)
{
	struct anon_vma *root = anon_vma->root;

	free_anon_vma(anon_vma);
	if (root != anon_vma && atomic_dec_and_test(&root->refcount))
		free_anon_vma(root);
}

/* --- membership --- */

static struct anon_vma_chain *alloc_chain(void)
{
	return ccsan_kalloc(sizeof(struct anon_vma_chain));
}

static void link_chain(struct vm_area_struct *vma, struct anon_vma_chain *avc,
		       struct anon_vma *anon_vma)
{
	unsigned long flags;

	avc->vma = vma;
	avc->anon_vma = anon_vma;
	list_add(&avc->same_vma, &vma->anon_vma_chain);
	flush_anon_lock(anon_vma, flags);
	anon_vma_interval_tree_insert(avc, &anon_vma->rb_root);
	flush_anon_unlock(anon_vma, flags);
}

static void remove_chain(struct anon_vma_chain *avc)
{
	unsigned long flags;

	flush_anon_lock(avc->anon_vma, flags);
	anon_vma_interval_tree_remove(avc, &avc->anon_vma->rb_root);
	flush_anon_unlock(avc->anon_vma, flags);
}

/* --- a mapping's first anonymous page --- */

/* Neighbours that could be one mapping share an anon_vma, so that they can become one. */
static bool could_share(const struct vm_area_struct *vma, const struct vm_area_struct *next)
{
	const unsigned long access = VM_READ | VM_WRITE | VM_EXEC;

	return vma && next && vma->vm_end == next->vm_start && vma->vm_file == next->vm_file &&
	       !((vma->vm_flags ^ next->vm_flags) & ~access) &&
	       next->vm_pgoff == vma->vm_pgoff + vma_pages(vma);
}

static struct anon_vma *of_neighbour(const struct vm_area_struct *neighbour)
{
	return neighbour->anon_vma && list_is_singular(&neighbour->anon_vma_chain)
		       ? neighbour->anon_vma
		       : NULL;
}

static struct anon_vma *find_mergeable(const struct vm_area_struct *vma)
{
	struct anon_vma *anon_vma = NULL;

	if (could_share(vma, vma->vm_next))
		anon_vma = of_neighbour(vma->vm_next);
	if (!anon_vma && could_share(vma->vm_prev, vma))
		anon_vma = of_neighbour(vma->vm_prev);
	return anon_vma;
}

/* Two threads may fault at the same time: one of them is too late. */
static bool attach(struct vm_area_struct *vma, struct anon_vma *anon_vma,
		   struct anon_vma_chain *avc)
{
	bool first;

	anon_vma_lock_write(anon_vma);
	spin_lock(&vma->vm_mm->page_table_lock);
	first = !vma->anon_vma;
	if (first) {
		vma->anon_vma = anon_vma;
		link_chain(vma, avc, anon_vma);
		anon_vma->degree++; /* the mapping's, or a root's link to itself */
	}
	spin_unlock(&vma->vm_mm->page_table_lock);
	anon_vma_unlock_write(anon_vma);
	return first;
}

int __anon_vma_prepare(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc = alloc_chain();
	struct anon_vma *shared = find_mergeable(vma);
	struct anon_vma *anon_vma = shared ? shared : alloc_anon_vma();

	if (!avc || !anon_vma) {
		kfree(avc);
		if (anon_vma && !shared)
			put_anon_vma(anon_vma);
		return -ENOMEM;
	}
	if (!attach(vma, anon_vma, avc)) {
		kfree(avc);
		if (!shared)
			put_anon_vma(anon_vma);
	}
	return 0;
}

/* --- copies of mappings --- */

/* An anon_vma without a mapping of its own and with one child is taken again, so that one process
 * that forks for ever, each time from the child, does not make chains without end. */
static bool can_reuse(const struct anon_vma *anon_vma, const struct vm_area_struct *dst,
		      const struct vm_area_struct *src)
{
	return !dst->anon_vma && src->anon_vma && anon_vma != src->anon_vma && anon_vma->degree < 2;
}

int anon_vma_clone(struct vm_area_struct *dst, struct vm_area_struct *src)
{
	struct anon_vma_chain *from, *avc;

	list_for_each_entry_reverse (from, &src->anon_vma_chain, same_vma) {
		struct anon_vma *anon_vma = from->anon_vma;

		avc = alloc_chain();
		if (!avc)
			goto out_of_memory;
		anon_vma_lock_write(anon_vma);
		link_chain(dst, avc, anon_vma);
		if (can_reuse(anon_vma, dst, src))
			dst->anon_vma = anon_vma;
		anon_vma_unlock_write(anon_vma);
	}
	if (dst->anon_vma)
		dst->anon_vma->degree++;
	return 0;

out_of_memory:
	dst->anon_vma = NULL;
	unlink_anon_vmas(dst);
	return -ENOMEM;
}

/* An anon_vma for what the child writes, below its parent's. */
static int attach_child(struct vm_area_struct *vma, struct anon_vma *parent)
{
	struct anon_vma *anon_vma = alloc_anon_vma();
	struct anon_vma_chain *avc = anon_vma ? alloc_chain() : NULL;

	if (!avc) {
		if (anon_vma)
			put_anon_vma(anon_vma);
		return -ENOMEM;
	}
	anon_vma->root = parent->root;
	anon_vma->parent = parent;
	get_anon_vma(anon_vma->root);
	vma->anon_vma = anon_vma;
	anon_vma_lock_write(anon_vma);
	link_chain(vma, avc, anon_vma);
	parent->degree++;
	anon_vma_unlock_write(anon_vma);
	return 0;
}

int anon_vma_fork(struct vm_area_struct *vma, struct vm_area_struct *pvma)
{
	int error;

	vma->anon_vma = NULL;
	if (!pvma->anon_vma)
		return 0;
	error = anon_vma_clone(vma, pvma);
	if (error || vma->anon_vma)
		return error;
	error = attach_child(vma, pvma->anon_vma);
	if (error)
		unlink_anon_vmas(vma);
	return error;
}

/* In two rounds: the last reference to an anon_vma frees it, which is not done under the lock of
 * its root. */
void unlink_anon_vmas(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc, *next;
	struct anon_vma *root = NULL;

	list_for_each_entry_safe (avc, next, &vma->anon_vma_chain, same_vma) {
		struct anon_vma *anon_vma = avc->anon_vma;

		if (!root) {
			root = anon_vma->root; /* all have the same */
			down_write(&root->rwsem);
		}
		remove_chain(avc);
		if (RB_EMPTY_ROOT(&anon_vma->rb_root.rb_root)) {
			anon_vma->parent->degree--;
			continue; /* dropped below */
		}
		list_del(&avc->same_vma);
		kfree(avc);
	}
	if (vma->anon_vma)
		vma->anon_vma->degree--;
	vma->anon_vma = NULL;
	if (root)
		up_write(&root->rwsem);
	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): what was freed is in the list no more */
	list_for_each_entry_safe (avc, next, &vma->anon_vma_chain, same_vma) {
		put_anon_vma(avc->anon_vma);
		list_del(&avc->same_vma);
		kfree(avc);
	}
}

void anon_vma_interval_tree_pre_update_vma(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc;

	list_for_each_entry (avc, &vma->anon_vma_chain, same_vma)
		anon_vma_interval_tree_remove(avc, &avc->anon_vma->rb_root);
}

void anon_vma_interval_tree_post_update_vma(struct vm_area_struct *vma)
{
	struct anon_vma_chain *avc;

	list_for_each_entry (avc, &vma->anon_vma_chain, same_vma)
		anon_vma_interval_tree_insert(avc, &avc->anon_vma->rb_root);
}

/* --- from a page --- */

struct anon_vma *page_anon_vma(struct page *page)
{
	unsigned long mapping = (unsigned long)READ_ONCE(page->mapping);

	return mapping & PAGE_MAPPING_ANON ? (struct anon_vma *)(mapping & ~PAGE_MAPPING_ANON)
					   : NULL;
}

/* While it is mapped, a page keeps its anon_vma; and while that has a mapping it lives. */
struct anon_vma *page_get_anon_vma(struct page *page)
{
	struct anon_vma *anon_vma = page_anon_vma(page);

	if (!anon_vma || !page_mapped(page) || !atomic_inc_not_zero(&anon_vma->refcount))
		return NULL;
	if (page_mapped(page) && page_anon_vma(page) == anon_vma)
		return anon_vma;
	put_anon_vma(anon_vma);
	return NULL;
}

struct anon_vma *page_lock_anon_vma_read(struct page *page)
{
	struct anon_vma *anon_vma = page_get_anon_vma(page);

	if (anon_vma)
		anon_vma_lock_read(anon_vma);
	return anon_vma;
}

void page_unlock_anon_vma_read(struct anon_vma *anon_vma)
{
	anon_vma_unlock_read(anon_vma);
	put_anon_vma(anon_vma);
}
