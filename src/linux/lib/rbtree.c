/* SPDX-License-Identifier: MIT */
/* Red-black trees: linux/rbtree.h, linux/rbtree_augmented.h.
 *
 * The root is black, a red node has no red child, and all ways down from a node pass equally many
 * black ones: so none is more than twice as long as another. (T. Cormen and others, "Introduction
 * to Algorithms", chapter 13.) */
#include <linux/rbtree_augmented.h>

enum { BLACK = 1 };

/* --- nodes --- */

static bool is_red(const struct rb_node *node)
{
	return node && !(node->__rb_parent_color & BLACK);
}

static void set_red(struct rb_node *node)
{
	node->__rb_parent_color &= ~(unsigned long)BLACK;
}

static void set_black(struct rb_node *node)
{
	node->__rb_parent_color |= BLACK;
}

static void set_parent(struct rb_node *node, struct rb_node *parent)
{
	node->__rb_parent_color = (unsigned long)parent | (node->__rb_parent_color & BLACK);
}

static struct rb_node **side(struct rb_node *node, bool right)
{
	return right ? &node->rb_right : &node->rb_left;
}

static void hang(struct rb_node *child, struct rb_node *parent, bool right)
{
	*side(parent, right) = child;
	if (child)
		set_parent(child, parent);
}

/* The link that leads to a node: of its parent, or the root's. */
static struct rb_node **link_to(struct rb_node *node, struct rb_root *root)
{
	struct rb_node *parent = rb_parent(node);

	if (!parent)
		return &root->rb_node;
	return side(parent, parent->rb_right == node);
}

/* `node` goes down to one side, its child on the other side comes up. */
static void rotate(struct rb_node *node, bool to_right, struct rb_root *root,
		   const struct rb_augment_callbacks *augment)
{
	struct rb_node *up = *side(node, !to_right);

	*link_to(node, root) = up;
	set_parent(up, rb_parent(node));
	hang(*side(up, to_right), node, !to_right);
	hang(node, up, to_right);
	augment->rotate(node, up);
}

/* --- trees without values --- */

static void propagate_nothing(struct rb_node *node, struct rb_node *stop)
{
	(void)node;
	(void)stop;
}

static void change_nothing(struct rb_node *old, struct rb_node *new)
{
	(void)old;
	(void)new;
}

static const struct rb_augment_callbacks plain = { propagate_nothing, change_nothing,
						   change_nothing };

/* --- inserting --- */

/* The node is red, and so may be its parent: that is the only thing wrong. */
void rb_insert_augmented(struct rb_node *node, struct rb_root *root,
			 const struct rb_augment_callbacks *augment)
{
	struct rb_node *parent, *grand, *uncle;
	bool right;

	while ((parent = rb_parent(node)) && is_red(parent)) {
		grand = rb_parent(parent);
		right = grand->rb_right == parent;
		uncle = *side(grand, !right);
		set_red(grand);
		if (is_red(uncle)) {
			set_black(parent);
			set_black(uncle);
			node = grand;
			continue;
		}
		if (*side(parent, !right) == node) {
			rotate(parent, right, root, augment);
			parent = node;
		}
		set_black(parent);
		rotate(grand, !right, root, augment);
		break;
	}
	set_black(root->rb_node);
}

void rb_insert_color(struct rb_node *node, struct rb_root *root)
{
	rb_insert_augmented(node, root, &plain);
}

/* --- erasing --- */

/* The ways through `node` (NULL: the empty side of `parent`) lack one black node. */
static void add_black(struct rb_node *node, struct rb_node *parent, struct rb_root *root,
		      const struct rb_augment_callbacks *augment)
{
	while (parent && !is_red(node)) {
		bool right = parent->rb_right == node;
		struct rb_node *sibling = *side(parent, !right);

		if (is_red(sibling)) {
			set_black(sibling);
			set_red(parent);
			rotate(parent, right, root, augment);
			sibling = *side(parent, !right);
		}
		if (!is_red(sibling->rb_left) && !is_red(sibling->rb_right)) {
			set_red(sibling);
			node = parent;
			parent = rb_parent(node);
			continue;
		}
		if (!is_red(*side(sibling, !right))) {
			set_black(*side(sibling, right));
			set_red(sibling);
			rotate(sibling, !right, root, augment);
			sibling = *side(parent, !right);
		}
		if (is_red(parent))
			set_red(sibling);
		else
			set_black(sibling);
		set_black(parent);
		set_black(*side(sibling, !right));
		rotate(parent, right, root, augment);
		return;
	}
	if (node)
		set_black(node);
}

/* A node with one child at most: the child takes its place. */
static void take_out(struct rb_node *node, struct rb_root *root,
		     const struct rb_augment_callbacks *augment)
{
	struct rb_node *child = node->rb_left ? node->rb_left : node->rb_right;
	struct rb_node *parent = rb_parent(node);

	*link_to(node, root) = child;
	if (child)
		set_parent(child, parent);
	augment->propagate(parent, NULL);
	if (!is_red(node))
		add_black(child, parent, root, augment);
}

/* A node with two children: the next one, which has no left child, takes its place. */
static void take_out_inner(struct rb_node *node, struct rb_root *root,
			   const struct rb_augment_callbacks *augment)
{
	struct rb_node *next = rb_next(node), *child = next->rb_right;
	struct rb_node *parent = rb_parent(next) == node ? next : rb_parent(next);
	bool was_red = is_red(next);

	if (parent != next) {
		hang(child, parent, false);
		hang(node->rb_right, next, true);
	}
	hang(node->rb_left, next, false);
	*link_to(node, root) = next;
	next->__rb_parent_color = node->__rb_parent_color;
	augment->copy(node, next);
	if (parent != next)
		augment->propagate(parent, next);
	augment->propagate(next, NULL);
	if (!was_red)
		add_black(child, parent, root, augment);
}

void rb_erase_augmented(struct rb_node *node, struct rb_root *root,
			const struct rb_augment_callbacks *augment)
{
	if (node->rb_left && node->rb_right)
		take_out_inner(node, root, augment);
	else
		take_out(node, root, augment);
}

void rb_erase(struct rb_node *node, struct rb_root *root)
{
	rb_erase_augmented(node, root, &plain);
}

void rb_replace_node(struct rb_node *victim, struct rb_node *node, struct rb_root *root)
{
	*node = *victim;
	*link_to(victim, root) = node;
	if (node->rb_left)
		set_parent(node->rb_left, node);
	if (node->rb_right)
		set_parent(node->rb_right, node);
}

/* --- walking --- */

static struct rb_node *outermost(struct rb_node *node, bool right)
{
	while (node && *side(node, right))
		node = *side(node, right);
	return node;
}

static struct rb_node *neighbour(struct rb_node *node, bool right)
{
	struct rb_node *parent;

	if (RB_EMPTY_NODE(node))
		return NULL;
	if (*side(node, right))
		return outermost(*side(node, right), !right);
	while ((parent = rb_parent(node)) && *side(parent, right) == node)
		node = parent;
	return parent;
}

struct rb_node *rb_first(const struct rb_root *root)
{
	return outermost(root->rb_node, false);
}

struct rb_node *rb_last(const struct rb_root *root)
{
	return outermost(root->rb_node, true);
}

struct rb_node *rb_next(const struct rb_node *node)
{
	return neighbour((struct rb_node *)node, true);
}

struct rb_node *rb_prev(const struct rb_node *node)
{
	return neighbour((struct rb_node *)node, false);
}

static struct rb_node *deepest(struct rb_node *node)
{
	while (node && (node->rb_left || node->rb_right))
		node = node->rb_left ? node->rb_left : node->rb_right;
	return node;
}

struct rb_node *rb_first_postorder(const struct rb_root *root)
{
	return deepest(root->rb_node);
}

struct rb_node *rb_next_postorder(const struct rb_node *node)
{
	struct rb_node *parent = rb_parent(node);

	if (parent && parent->rb_left == node && parent->rb_right)
		return deepest(parent->rb_right);
	return parent;
}
