/* SPDX-License-Identifier: MIT */
/* Red-black trees whose nodes keep a value made from all below them (Documentation/core-api/
 * rbtree.rst, "Support for Augmented rbtrees"). */
#ifndef CCSAN_HOSTS_LINUX_RBTREE_AUGMENTED_H
#define CCSAN_HOSTS_LINUX_RBTREE_AUGMENTED_H

#include <linux/rbtree.h>

struct rb_augment_callbacks {
	/** The values from `node` up to below `stop` are computed anew. */
	void (*propagate)(struct rb_node *node, struct rb_node *stop);
	/** `new` takes the place of `old`, with its value. */
	void (*copy)(struct rb_node *old, struct rb_node *new);
	/** `new` has come up above `old`: it has its value, and that one's is computed anew. */
	void (*rotate)(struct rb_node *old, struct rb_node *new);
};

/** The values above the node's place have to include it already. Fidelity: exact. O(log n) */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment);
void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment);

static inline void rb_insert_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					      bool leftmost,
					      const struct rb_augment_callbacks *augment)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_augmented(node, &root->rb_root, augment);
}

static inline void rb_erase_augmented_cached(struct rb_node *node, struct rb_root_cached *root,
					     const struct rb_augment_callbacks *augment)
{
	if (root->rb_leftmost == node)
		root->rb_leftmost = rb_next(node);
	rb_erase_augmented(node, &root->rb_root, augment);
}

/** Callbacks for a value that `compute(node, exit)` makes: it stores it, and returns whether
 *  it was that already if `exit`. */
#define RB_DECLARE_CALLBACKS(linkage, name, type, member, value, compute)                 \
	static inline void name##_propagate(struct rb_node *node, struct rb_node *stop)   \
	{                                                                                 \
		while (node != stop) {                                                    \
			if (compute(rb_entry(node, type, member), true))                  \
				break;                                                    \
			node = rb_parent(node);                                           \
		}                                                                         \
	}                                                                                 \
	static inline void name##_copy(struct rb_node *old, struct rb_node *new)          \
	{                                                                                 \
		rb_entry(new, type, member)->value = rb_entry(old, type, member)->value;  \
	}                                                                                 \
	static inline void name##_rotate(struct rb_node *old, struct rb_node *new)        \
	{                                                                                 \
		name##_copy(old, new);                                                    \
		compute(rb_entry(old, type, member), false);                              \
	}                                                                                 \
	linkage const struct rb_augment_callbacks name = { name##_propagate, name##_copy, \
							   name##_rotate };

/** The value is the largest `of(entry)` of all below. */
#define RB_DECLARE_CALLBACKS_MAX(linkage, name, type, member, vtype, value, of)              \
	static inline bool name##_compute_max(type *entry, bool exit)                        \
	{                                                                                    \
		struct rb_node *sides[] = { entry->member.rb_left, entry->member.rb_right }; \
		vtype largest = of(entry);                                                   \
                                                                                             \
		for (int i = 0; i < 2; i++)                                                  \
			if (sides[i] && rb_entry(sides[i], type, member)->value > largest)   \
				largest = rb_entry(sides[i], type, member)->value;           \
		if (exit && entry->value == largest)                                         \
			return true;                                                         \
		entry->value = largest;                                                      \
		return false;                                                                \
	}                                                                                    \
	RB_DECLARE_CALLBACKS(linkage, name, type, member, value, name##_compute_max)

#endif
