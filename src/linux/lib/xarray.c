/* SPDX-License-Identifier: MIT */
/* Arrays of pointers: linux/xarray.h.
 *
 * A tree of nodes with 64 slots each; `shift` is the bits of the index that the levels below use
 * up. Each node knows which slots lead to anything, and which to something with each mark. Nodes
 * that are empty are gone, and so is a top that has nothing but its first child. */
#include <linux/bitops.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "linux/layer.h"

enum { SLOT_BITS = 6, SLOTS = 1 << SLOT_BITS, MARKS = 3, PRESENT = MARKS, KINDS };

struct ccsan_xa_node {
	struct ccsan_xa_node *parent;
	unsigned shift, offset; /* in the parent's slots */
	unsigned long has[KINDS];
	void *slots[SLOTS];
};

static unsigned kind_of(xa_mark_t mark)
{
	return mark == XA_PRESENT ? PRESENT : mark;
}

/* --- finding --- */

static unsigned long largest_below(const struct ccsan_xa_node *top)
{
	unsigned bits = top->shift + SLOT_BITS;

	return bits >= BITS_PER_LONG ? ~0ul : (1ul << bits) - 1;
}

static unsigned slot_of(const struct ccsan_xa_node *node, unsigned long index)
{
	return index >> node->shift & (SLOTS - 1);
}

/* The lowest node on the way to an index that is there. */
static struct ccsan_xa_node *lowest_of(const struct xarray *xa, unsigned long index)
{
	struct ccsan_xa_node *node = xa->xa_head, *next;

	if (!node || index > largest_below(node))
		return NULL;
	while (node->shift && (next = node->slots[slot_of(node, index)]))
		node = next;
	return node;
}

static struct ccsan_xa_node *leaf_of(const struct xarray *xa, unsigned long index)
{
	struct ccsan_xa_node *node = lowest_of(xa, index);

	return node && !node->shift ? node : NULL;
}

void *xa_load(struct xarray *xa, unsigned long index)
{
	struct ccsan_xa_node *leaf = leaf_of(xa, index);

	return leaf ? leaf->slots[slot_of(leaf, index)] : NULL;
}

/* What is lower than the slot becomes 0. */
static unsigned long move_to_slot(const struct ccsan_xa_node *node, unsigned long index,
				  unsigned slot)
{
	unsigned long level = (unsigned long)(SLOTS - 1) << node->shift;

	return (index & ~level & (~0ul << node->shift)) | (unsigned long)slot << node->shift;
}

/* Down as far as there is something at or after *index, which goes along. Return: the node that has
 * nothing more, or a leaf. */
static struct ccsan_xa_node *descend(struct ccsan_xa_node *node, unsigned long *index,
				     unsigned kind)
{
	for (;;) {
		unsigned slot = slot_of(node, *index);
		unsigned long has = node->has[kind] & (~0ul << slot);

		if (!has)
			return node;
		if (__ffs(has) != slot)
			*index = move_to_slot(node, *index, __ffs(has));
		if (!node->shift)
			return node;
		node = node->slots[slot_of(node, *index)];
	}
}

void *xa_find(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long at = *index;
	struct ccsan_xa_node *node;

	while (xa->xa_head && at <= max && at <= largest_below(xa->xa_head)) {
		node = descend(xa->xa_head, &at, kind_of(filter));
		if (at > max)
			break;
		if (!node->shift && node->has[kind_of(filter)] >> slot_of(node, at) & 1) {
			*index = at;
			return node->slots[slot_of(node, at)];
		}
		at = (at | largest_below(node)) + 1; /* behind the node */
		if (!at)
			break;
	}
	return NULL;
}

void *xa_find_after(struct xarray *xa, unsigned long *index, unsigned long max, xa_mark_t filter)
{
	unsigned long at = *index + 1;
	void *entry = at ? xa_find(xa, &at, max, filter) : NULL;

	if (entry)
		*index = at;
	return entry;
}

unsigned int xa_extract(struct xarray *xa, void **to, unsigned long start, unsigned long max,
			unsigned int n, xa_mark_t filter)
{
	unsigned int count = 0;
	void *entry;

	if (!n)
		return 0;
	for (entry = xa_find(xa, &start, max, filter); entry;
	     entry = xa_find_after(xa, &start, max, filter)) {
		to[count++] = entry;
		if (count == n)
			break;
	}
	return count;
}

/* --- marks --- */

/* The node has something of this kind now, or has nothing any more: so do those above. */
static void set_above(struct ccsan_xa_node *node, unsigned slot, unsigned kind)
{
	while (node && !(node->has[kind] >> slot & 1)) {
		node->has[kind] |= 1ul << slot;
		slot = node->offset;
		node = node->parent;
	}
}

static void clear_above(struct ccsan_xa_node *node, unsigned slot, unsigned kind)
{
	while (node && node->has[kind] >> slot & 1) {
		node->has[kind] &= ~(1ul << slot);
		if (node->has[kind])
			return;
		slot = node->offset;
		node = node->parent;
	}
}

bool xa_marked(const struct xarray *xa, xa_mark_t mark)
{
	return xa->xa_head && xa->xa_head->has[mark];
}

bool xa_get_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct ccsan_xa_node *leaf = leaf_of(xa, index);

	return leaf && leaf->has[mark] >> slot_of(leaf, index) & 1;
}

void __xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct ccsan_xa_node *leaf = leaf_of(xa, index);

	if (leaf && leaf->slots[slot_of(leaf, index)])
		set_above(leaf, slot_of(leaf, index), mark);
}

void __xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	struct ccsan_xa_node *leaf = leaf_of(xa, index);

	if (leaf)
		clear_above(leaf, slot_of(leaf, index), mark);
}

/* --- nodes come and go --- */

static struct ccsan_xa_node *new_node(unsigned shift)
{
	struct ccsan_xa_node *node = ccsan_kalloc(sizeof(*node));

	if (node)
		node->shift = shift;
	return node;
}

/* In a slot that is empty, or whose content the child has taken over. */
static void hang(struct ccsan_xa_node *parent, unsigned slot, struct ccsan_xa_node *child)
{
	child->parent = parent;
	child->offset = slot;
	parent->slots[slot] = child;
	for (unsigned kind = 0; kind < KINDS; kind++)
		if (child->has[kind])
			parent->has[kind] |= 1ul << slot;
}

static bool grow(struct xarray *xa)
{
	struct ccsan_xa_node *old = xa->xa_head, *top = new_node(old ? old->shift + SLOT_BITS : 0);

	if (!top)
		return false;
	if (old)
		hang(top, 0, old);
	xa->xa_head = top;
	return true;
}

/* Takes tops away that have nothing but a first child. */
static void shrink(struct xarray *xa)
{
	struct ccsan_xa_node *top = xa->xa_head, *child;

	/* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): a child was no top */
	while (top && top->shift && top->has[PRESENT] == 1) {
		child = top->slots[0];
		child->parent = NULL;
		kfree(top);
		xa->xa_head = top = child;
	}
}

/* Takes away what is empty from this node up. */
static void prune(struct xarray *xa, struct ccsan_xa_node *node)
{
	while (node && !node->has[PRESENT]) {
		struct ccsan_xa_node *parent = node->parent;

		if (parent)
			parent->slots[node->offset] = NULL;
		else
			xa->xa_head = NULL;
		kfree(node);
		node = parent;
	}
	shrink(xa);
}

/* Return: the leaf, made if need be; NULL without memory, and nothing has changed. */
static struct ccsan_xa_node *make_leaf(struct xarray *xa, unsigned long index)
{
	struct ccsan_xa_node *node, *child;

	while (!xa->xa_head || index > largest_below(xa->xa_head))
		if (!grow(xa)) {
			prune(xa, xa->xa_head);
			return NULL;
		}
	node = lowest_of(xa, index);
	while (node->shift) {
		child = new_node(node->shift - SLOT_BITS);
		if (!child) {
			prune(xa, node);
			return NULL;
		}
		hang(node, slot_of(node, index), child);
		node = child;
	}
	return node;
}

/* --- storing --- */

void *__xa_erase(struct xarray *xa, unsigned long index)
{
	struct ccsan_xa_node *leaf = leaf_of(xa, index);
	unsigned slot = leaf ? slot_of(leaf, index) : 0;
	void *old = leaf ? leaf->slots[slot] : NULL;

	if (!old)
		return NULL;
	leaf->slots[slot] = NULL;
	for (unsigned kind = 0; kind < KINDS; kind++)
		clear_above(leaf, slot, kind);
	prune(xa, leaf);
	return old;
}

void *__xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	struct ccsan_xa_node *leaf;
	void *old;

	(void)gfp;
	if (!entry)
		return __xa_erase(xa, index);
	leaf = make_leaf(xa, index);
	if (!leaf)
		return ERR_PTR(-ENOMEM);
	old = leaf->slots[slot_of(leaf, index)];
	leaf->slots[slot_of(leaf, index)] = entry;
	set_above(leaf, slot_of(leaf, index), PRESENT);
	return old;
}

void *__xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	void *there = xa_load(xa, index);

	if (there != old)
		return there;
	there = __xa_store(xa, index, entry, gfp);
	return xa_is_err(there) ? there : old;
}

int __xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	if (xa_load(xa, index))
		return -EBUSY;
	return xa_err(__xa_store(xa, index, entry, gfp));
}

int __xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	unsigned long at = limit.min;

	while (at <= limit.max) {
		struct ccsan_xa_node *leaf = leaf_of(xa, at);
		unsigned slot = leaf ? slot_of(leaf, at) : 0;
		unsigned long free = leaf ? ~leaf->has[PRESENT] & (~0ul << slot) : 1;

		if (free) {
			at += __ffs(free) - slot;
			break;
		}
		at = (at | (SLOTS - 1)) + 1;
	}
	if (at > limit.max)
		return -EBUSY;
	*id = (u32)at;
	return xa_err(__xa_store(xa, at, entry, gfp));
}

static void free_below(struct ccsan_xa_node *node)
{
	for (unsigned slot = 0; node->shift && slot < SLOTS; slot++)
		if (node->slots[slot])
			free_below(node->slots[slot]);
	kfree(node);
}

/* --- with the lock, in the way that the array's flags say it is taken elsewhere --- */

static unsigned long lock(struct xarray *xa)
{
	unsigned long flags = 0;

	if (xa->xa_flags & XA_FLAGS_LOCK_IRQ)
		xa_lock_irqsave(xa, flags);
	else if (xa->xa_flags & XA_FLAGS_LOCK_BH)
		xa_lock_bh(xa);
	else
		xa_lock(xa);
	return flags;
}

static void unlock(struct xarray *xa, unsigned long flags)
{
	if (xa->xa_flags & XA_FLAGS_LOCK_IRQ)
		xa_unlock_irqrestore(xa, flags);
	else if (xa->xa_flags & XA_FLAGS_LOCK_BH)
		xa_unlock_bh(xa);
	else
		xa_unlock(xa);
}

void *xa_store(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	unsigned long flags = lock(xa);
	void *old = __xa_store(xa, index, entry, gfp);

	unlock(xa, flags);
	return old;
}

void *xa_erase(struct xarray *xa, unsigned long index)
{
	unsigned long flags = lock(xa);
	void *old = __xa_erase(xa, index);

	unlock(xa, flags);
	return old;
}

void *xa_cmpxchg(struct xarray *xa, unsigned long index, void *old, void *entry, gfp_t gfp)
{
	unsigned long flags = lock(xa);
	void *there = __xa_cmpxchg(xa, index, old, entry, gfp);

	unlock(xa, flags);
	return there;
}

int xa_insert(struct xarray *xa, unsigned long index, void *entry, gfp_t gfp)
{
	unsigned long flags = lock(xa);
	int error = __xa_insert(xa, index, entry, gfp);

	unlock(xa, flags);
	return error;
}

int xa_alloc(struct xarray *xa, u32 *id, void *entry, struct xa_limit limit, gfp_t gfp)
{
	unsigned long flags = lock(xa);
	int error = __xa_alloc(xa, id, entry, limit, gfp);

	unlock(xa, flags);
	return error;
}

void xa_set_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	unsigned long flags = lock(xa);

	__xa_set_mark(xa, index, mark);
	unlock(xa, flags);
}

void xa_clear_mark(struct xarray *xa, unsigned long index, xa_mark_t mark)
{
	unsigned long flags = lock(xa);

	__xa_clear_mark(xa, index, mark);
	unlock(xa, flags);
}

void xa_destroy(struct xarray *xa)
{
	unsigned long flags = lock(xa);

	if (xa->xa_head)
		free_below(xa->xa_head);
	xa->xa_head = NULL;
	unlock(xa, flags);
}
