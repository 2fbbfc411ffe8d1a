/* SPDX-License-Identifier: MIT */
/* Trees of intervals [start, last], both inclusive: which of them overlap a given one. Finding k
 * of n is O(log n + k). */
#ifndef CCSAN_HOSTS_LINUX_INTERVAL_TREE_GENERIC_H
#define CCSAN_HOSTS_LINUX_INTERVAL_TREE_GENERIC_H

#include <linux/rbtree_augmented.h>

/**
 * Defines PREFIX_insert(), PREFIX_remove(), PREFIX_iter_first(), PREFIX_iter_next().
 *
 * An ordinary search tree by start, where each node knows the largest `last` below it: the first
 * overlapping node is the leftmost one that starts in time, in the leftmost subtree whose largest
 * `last` is late enough. Nodes of equal start come in the order of their insertion.
 *
 * @param type     of the nodes, @param rb its rb_node, @param subtree its value of type `itype`
 * @param start, last macros or functions of a node
 * Fidelity: exact
 */
#define INTERVAL_TREE_DEFINE(type, rb, itype, subtree, start, last, linkage, prefix)            \
	RB_DECLARE_CALLBACKS_MAX(static, prefix##_augment, type, rb, itype, subtree, last)      \
                                                                                                \
	linkage void prefix##_insert(type *node, struct rb_root_cached *root)                   \
	{                                                                                       \
		struct rb_node **link = &root->rb_root.rb_node, *parent = NULL;                 \
		bool leftmost = true;                                                           \
                                                                                                \
		while (*link) {                                                                 \
			type *at = rb_entry(*link, type, rb);                                   \
                                                                                                \
			parent = *link;                                                         \
			if (at->subtree < last(node))                                           \
				at->subtree = last(node);                                       \
			if (start(node) < start(at)) {                                          \
				link = &at->rb.rb_left;                                         \
			} else {                                                                \
				link = &at->rb.rb_right;                                        \
				leftmost = false;                                               \
			}                                                                       \
		}                                                                               \
		node->subtree = last(node);                                                     \
		rb_link_node(&node->rb, parent, link);                                          \
		rb_insert_augmented_cached(&node->rb, root, leftmost, &prefix##_augment);       \
	}                                                                                       \
                                                                                                \
	linkage void prefix##_remove(type *node, struct rb_root_cached *root)                   \
	{                                                                                       \
		rb_erase_augmented_cached(&node->rb, root, &prefix##_augment);                  \
	}                                                                                       \
                                                                                                \
	/* The first in this subtree, of which it is known that some node ends late enough. */  \
	static inline type *prefix##_subtree_search(type *node, itype from, itype to)           \
	{                                                                                       \
		for (;;) {                                                                      \
			struct rb_node *left = node->rb.rb_left, *right = node->rb.rb_right;    \
                                                                                                \
			if (left && from <= rb_entry(left, type, rb)->subtree) {                \
				node = rb_entry(left, type, rb);                                \
				continue;                                                       \
			}                                                                       \
			if (start(node) > to)                                                   \
				return NULL;                                                    \
			if (from <= last(node))                                                 \
				return node;                                                    \
			if (!right || from > rb_entry(right, type, rb)->subtree)                \
				return NULL;                                                    \
			node = rb_entry(right, type, rb);                                       \
		}                                                                               \
	}                                                                                       \
                                                                                                \
	linkage type *prefix##_iter_first(struct rb_root_cached *root, itype from, itype to)    \
	{                                                                                       \
		type *top = rb_entry_safe(root->rb_root.rb_node, type, rb);                     \
                                                                                                \
		if (!top || top->subtree < from)                                                \
			return NULL;                                                            \
		return prefix##_subtree_search(top, from, to);                                  \
	}                                                                                       \
                                                                                                \
	linkage type *prefix##_iter_next(type *node, itype from, itype to)                      \
	{                                                                                       \
		struct rb_node *right = node->rb.rb_right, *came_from;                          \
                                                                                                \
		for (;;) {                                                                      \
			if (right && from <= rb_entry(right, type, rb)->subtree)                \
				return prefix##_subtree_search(rb_entry(right, type, rb), from, \
							       to);                             \
			do { /* up to the first of which this is the left side */               \
				came_from = &node->rb;                                          \
				if (!rb_parent(came_from))                                      \
					return NULL;                                            \
				node = rb_entry(rb_parent(came_from), type, rb);                \
				right = node->rb.rb_right;                                      \
			} while (came_from == right);                                           \
			if (start(node) > to)                                                   \
				return NULL;                                                    \
			if (from <= last(node))                                                 \
				return node;                                                    \
		}                                                                               \
	}

#endif
