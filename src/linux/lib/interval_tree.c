/* SPDX-License-Identifier: MIT */
/* Which mappings have a page: the trees of linux/mm.h (files) and linux/rmap.h (anonymous). */
#include <linux/interval_tree_generic.h>
#include <linux/mm.h>
#include <linux/rmap.h>

static inline unsigned long first_of(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff;
}

static inline unsigned long last_of(const struct vm_area_struct *vma)
{
	return vma->vm_pgoff + vma_pages(vma) - 1;
}

static inline unsigned long first_of_chain(const struct anon_vma_chain *avc)
{
	return first_of(avc->vma);
}

static inline unsigned long last_of_chain(const struct anon_vma_chain *avc)
{
	return last_of(avc->vma);
}

INTERVAL_TREE_DEFINE(struct vm_area_struct, shared.rb, unsigned long, shared.rb_subtree_last,
		     first_of, last_of, , vma_interval_tree)

INTERVAL_TREE_DEFINE(struct anon_vma_chain, rb, unsigned long, rb_subtree_last, first_of_chain,
		     last_of_chain, , anon_vma_interval_tree)

void vma_interval_tree_insert_after(struct vm_area_struct *node, struct vm_area_struct *prev,
				    struct rb_root_cached *root)
{
	(void)prev; /* of equal ones the later is behind */
	vma_interval_tree_insert(node, root);
}
