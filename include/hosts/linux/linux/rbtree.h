/* SPDX-License-Identifier: MIT */
/* Red-black trees (Documentation/core-api/rbtree.rst): searching is the user's, inserting is
 * rb_link_node() and then rb_insert_color(). All is O(log n). Fidelity: exact, where nothing else
 * is said. */
#ifndef CCSAN_HOSTS_LINUX_RBTREE_H
#define CCSAN_HOSTS_LINUX_RBTREE_H

#include <linux/kernel.h>
#include <linux/types.h>

struct rb_node {
	unsigned long __rb_parent_color; /* bit 0: it is black */
	struct rb_node *rb_right, *rb_left;
} __aligned(8);

struct rb_root {
	struct rb_node *rb_node;
};

/** With the first node at hand: rb_first_cached() is O(1). */
struct rb_root_cached {
	struct rb_root rb_root;
	struct rb_node *rb_leftmost;
};

#define RB_ROOT          \
	(struct rb_root) \
	{                \
		NULL     \
	}
#define RB_ROOT_CACHED          \
	(struct rb_root_cached) \
	{                       \
		{ NULL }, NULL  \
	}

#define rb_parent(node)           ((struct rb_node *)((node)->__rb_parent_color & ~3ul))
#define rb_entry(p, type, member) container_of(p, type, member)
#define rb_entry_safe(p, type, member)                        \
	({                                                    \
		struct rb_node *rb_at = (p);                  \
		rb_at ? rb_entry(rb_at, type, member) : NULL; \
	})

#define RB_EMPTY_ROOT(root) (READ_ONCE((root)->rb_node) == NULL)

/* A node that is in no tree is its own parent. */
#define RB_EMPTY_NODE(node) ((node)->__rb_parent_color == (unsigned long)(node))
#define RB_CLEAR_NODE(node) ((node)->__rb_parent_color = (unsigned long)(node))

/** Hangs a node below its parent, at the link where searching for it ended. Fidelity: exact */
static inline void rb_link_node(struct rb_node *node, struct rb_node *parent, struct rb_node **link)
{
	node->__rb_parent_color = (unsigned long)parent; /* red */
	node->rb_left = node->rb_right = NULL;
	*link = node;
}

/** Fidelity: exact */
void rb_insert_color(struct rb_node *node, struct rb_root *root);
void rb_erase(struct rb_node *node, struct rb_root *root);

/** Puts a node in another one's place: same key, and same augmented value. Fidelity: exact. O(1) */
void rb_replace_node(struct rb_node *victim, struct rb_node *node, struct rb_root *root);

/** In order. Fidelity: exact. Return: NULL at the end. */
struct rb_node *rb_first(const struct rb_root *root);
struct rb_node *rb_last(const struct rb_root *root);
struct rb_node *rb_next(const struct rb_node *node);
struct rb_node *rb_prev(const struct rb_node *node);

/** Children before their parents: for taking a tree apart. Fidelity: exact */
struct rb_node *rb_first_postorder(const struct rb_root *root);
struct rb_node *rb_next_postorder(const struct rb_node *node);

#define rbtree_postorder_for_each_entry_safe(p, n, root, member)                                   \
	for (p = rb_entry_safe(rb_first_postorder(root), __typeof__(*p), member);                  \
	     p && ((n = rb_entry_safe(rb_next_postorder(&p->member), __typeof__(*p), member)), 1); \
	     p = n)

/* --- with the first node at hand --- */

#define rb_first_cached(root) ((root)->rb_leftmost)

static inline void rb_insert_color_cached(struct rb_node *node, struct rb_root_cached *root,
					  bool leftmost)
{
	if (leftmost)
		root->rb_leftmost = node;
	rb_insert_color(node, &root->rb_root);
}

static inline struct rb_node *rb_erase_cached(struct rb_node *node, struct rb_root_cached *root)
{
	struct rb_node *next = NULL;

	if (root->rb_leftmost == node)
		next = root->rb_leftmost = rb_next(node);
	rb_erase(node, &root->rb_root);
	return next;
}

#endif
