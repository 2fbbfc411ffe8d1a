/* SPDX-License-Identifier: MIT */
/* Lists, red-black trees, interval trees and arrays against models that are too simple to be wrong:
 * many random steps, everything compared after each. */
#include <ccsan/ccsan.h>
#include <linux/bitops.h>
#include <linux/interval_tree_generic.h>
#include <linux/list.h>
#include <linux/xarray.h>
#include <stdlib.h>
#include <string.h>

static u64 state;

/* xorshift64*: the same numbers each time. */
static unsigned draw(unsigned below)
{
	state ^= state >> 12;
	state ^= state << 25;
	state ^= state >> 27;
	return (unsigned)(state * 0x2545f4914f6cdd1dull >> 32) % below;
}

/* --- bits --- */

CCSAN_TEST(find_bit)
{
	unsigned long map[3] = { 0 };

	CCSAN_CHECK(find_first_bit(map, 192) == 192);
	CCSAN_CHECK(find_first_zero_bit(map, 192) == 0);
	__set_bit(70, map);
	__set_bit(191, map);
	CCSAN_CHECK(find_first_bit(map, 192) == 70);
	CCSAN_CHECK(find_next_bit(map, 192, 71) == 191);
	CCSAN_CHECK(find_next_bit(map, 190, 71) == 190);
	memset(map, 0xff, sizeof(map));
	CCSAN_CHECK(find_first_zero_bit(map, 130) == 130);
	__clear_bit(128, map);
	CCSAN_CHECK(find_first_zero_bit(map, 130) == 128);
	CCSAN_CHECK(fls(0) == 0 && fls(1) == 1 && fls64(1ull << 40) == 41 && ffz(7ul) == 3);
}

/* --- lists --- */

struct item {
	int n;
	struct list_head link;
};

CCSAN_TEST(list)
{
	struct item items[4] = { { .n = 0 }, { .n = 1 }, { .n = 2 }, { .n = 3 } }, *at, *next;
	LIST_HEAD(head);
	LIST_HEAD(other);
	int sum = 0;

	for (int i = 0; i < 3; i++)
		list_add_tail(&items[i].link, &head);
	list_add(&items[3].link, &head);
	CCSAN_CHECK(list_first_entry(&head, struct item, link)->n == 3);
	CCSAN_CHECK(list_last_entry(&head, struct item, link)->n == 2);
	list_move_tail(&items[3].link, &head);
	list_for_each_entry (at, &head, link)
		sum = sum * 10 + at->n;
	CCSAN_CHECK(sum == 123);
	list_splice_init(&head, &other);
	CCSAN_CHECK(list_empty(&head) && !list_empty(&other));
	list_for_each_entry_safe (at, next, &other, link)
		list_del_init(&at->link);
	CCSAN_CHECK(list_empty(&other) && list_empty(&items[1].link));
}

/* --- red-black trees --- */

enum { NODES = 200, STEPS = 4000 };

struct node {
	unsigned key;
	bool in;
	struct rb_node rb;
};

static struct node nodes[NODES];

/* Return: how many black ones each way down passes; counts the nodes. */
static int check_below(const struct rb_node *rb, const struct rb_node *parent, unsigned *count)
{
	int left, right;

	if (!rb)
		return 0;
	++*count;
	CCSAN_CHECK(rb_parent(rb) == parent);
	if (!(rb->__rb_parent_color & 1))
		CCSAN_CHECK(parent && parent->__rb_parent_color & 1);
	left = check_below(rb->rb_left, rb, count);
	right = check_below(rb->rb_right, rb, count);
	CCSAN_CHECK(left == right);
	return left + (int)(rb->__rb_parent_color & 1);
}

static void check_order(const struct rb_root *root, unsigned expected)
{
	unsigned count = 0, last = 0;

	for (struct rb_node *rb = rb_first(root); rb; rb = rb_next(rb), count++) {
		CCSAN_CHECK(rb_entry(rb, struct node, rb)->key >= last);
		last = rb_entry(rb, struct node, rb)->key;
		CCSAN_CHECK(!rb_prev(rb) || rb_next(rb_prev(rb)) == rb);
	}
	CCSAN_CHECK(count == expected);
}

static void insert(struct node *node, struct rb_root *root)
{
	struct rb_node **link = &root->rb_node, *parent = NULL;

	while (*link) {
		parent = *link;
		link = node->key < rb_entry(parent, struct node, rb)->key ? &parent->rb_left
									  : &parent->rb_right;
	}
	rb_link_node(&node->rb, parent, link);
	rb_insert_color(&node->rb, root);
}

CCSAN_TEST(rbtree)
{
	struct rb_root root = RB_ROOT;
	unsigned in = 0;

	state = 7;
	for (int step = 0; step < STEPS; step++) {
		struct node *node = &nodes[draw(NODES)];
		unsigned count = 0;

		if (node->in) {
			rb_erase(&node->rb, &root);
		} else {
			node->key = draw(100);
			insert(node, &root);
		}
		in += node->in ? -1u : 1;
		node->in = !node->in;
		check_below(root.rb_node, NULL, &count);
		CCSAN_CHECK(count == in);
		if (step % 50 == 0)
			check_order(&root, in);
	}
}

CCSAN_TEST(rbtree_replace_and_postorder)
{
	struct rb_root root = RB_ROOT;
	struct node six[6] = {
		{ .key = 1 }, { .key = 2 }, { .key = 3 }, { .key = 4 }, { .key = 5 }
	};
	struct node *at, *next;
	unsigned count = 0;

	for (int i = 0; i < 5; i++)
		insert(&six[i], &root);
	six[5].key = 2;
	rb_replace_node(&six[1].rb, &six[5].rb, &root);
	check_below(root.rb_node, NULL, &count);
	CCSAN_CHECK(count == 5);
	check_order(&root, 5);
	rbtree_postorder_for_each_entry_safe (at, next, &root, rb) {
		memset(at, 0xff, sizeof(*at)); /* as if freed */
		count--;
	}
	CCSAN_CHECK(count == 0);
}

/* --- interval trees --- */

struct interval {
	unsigned long start, last, largest;
	bool in;
	struct rb_node rb;
};

#define START(i) ((i)->start)
#define LAST(i)  ((i)->last)
INTERVAL_TREE_DEFINE(struct interval, rb, unsigned long, largest, START, LAST, static, intervals)

static struct interval spans[NODES];

static void check_values(const struct rb_node *rb)
{
	const struct interval *at = rb_entry_safe((struct rb_node *)rb, struct interval, rb);
	unsigned long largest;

	if (!at)
		return;
	largest = at->last;
	for (int right = 0; right < 2; right++) {
		const struct rb_node *child = right ? rb->rb_right : rb->rb_left;

		check_values(child);
		if (child &&
		    rb_entry((struct rb_node *)child, struct interval, rb)->largest > largest)
			largest = rb_entry((struct rb_node *)child, struct interval, rb)->largest;
	}
	CCSAN_CHECK(at->largest == largest);
}

static void check_overlaps(struct rb_root_cached *root, unsigned long from, unsigned long to)
{
	unsigned expected = 0, count = 0;
	unsigned long start = 0;

	for (int i = 0; i < NODES; i++)
		expected += spans[i].in && spans[i].start <= to && spans[i].last >= from;
	for (struct interval *at = intervals_iter_first(root, from, to); at;
	     at = intervals_iter_next(at, from, to), count++) {
		CCSAN_CHECK(at->in && at->start <= to && at->last >= from && at->start >= start);
		start = at->start;
	}
	CCSAN_CHECK(count == expected);
}

CCSAN_TEST(interval_tree)
{
	struct rb_root_cached root = RB_ROOT_CACHED;

	state = 11;
	for (int step = 0; step < STEPS; step++) {
		struct interval *span = &spans[draw(NODES)];
		unsigned from = draw(1000);

		if (span->in) {
			intervals_remove(span, &root);
		} else {
			span->start = draw(1000);
			span->last = span->start + draw(step % 3 ? 10 : 400);
			intervals_insert(span, &root);
		}
		span->in = !span->in;
		CCSAN_CHECK(rb_first_cached(&root) == rb_first(&root.rb_root));
		if (step % 20 == 0) {
			check_values(root.rb_root.rb_node);
			check_overlaps(&root, from, from + draw(60));
		}
	}
}

/* --- arrays --- */

enum { INDICES = 64 };

static unsigned long indices[INDICES];
static struct {
	void *entry;
	bool marks[3];
} model[INDICES];

/* Near each other, far from each other, and at the ends. */
static void make_indices(void)
{
	for (unsigned i = 0; i < INDICES; i++)
		indices[i] = i < 20   ? i * 7
			     : i < 40 ? 4090 + i
			     : i < 60 ? 1ul << i
				      : ~0ul - (INDICES - 1 - i) * 100;
}

static void check_walk(struct xarray *xa, xa_mark_t filter)
{
	unsigned long index = 0;
	unsigned i = 0, left;

	for (void *entry = xa_find(xa, &index, ~0ul, filter); entry;
	     entry = xa_find_after(xa, &index, ~0ul, filter), i++) {
		while (i < INDICES &&
		       !(model[i].entry && (filter == XA_PRESENT || model[i].marks[filter])))
			i++;
		CCSAN_CHECK(i < INDICES && indices[i] == index && model[i].entry == entry);
	}
	for (left = 0; i < INDICES; i++)
		left += model[i].entry && (filter == XA_PRESENT || model[i].marks[filter]);
	CCSAN_CHECK(left == 0);
}

static void check_array(struct xarray *xa)
{
	for (unsigned i = 0; i < INDICES; i++) {
		CCSAN_CHECK(xa_load(xa, indices[i]) == model[i].entry);
		for (xa_mark_t mark = 0; mark < 3; mark++)
			CCSAN_CHECK(xa_get_mark(xa, indices[i], mark) == model[i].marks[mark]);
	}
	for (xa_mark_t mark = 0; mark < 3; mark++)
		check_walk(xa, mark);
	check_walk(xa, XA_PRESENT);
}

static void change(struct xarray *xa, unsigned i)
{
	xa_mark_t mark = draw(3);
	void *entry = draw(3) ? xa_mk_value(draw(1000)) : NULL;

	switch (draw(3)) {
	case 0:
		CCSAN_CHECK(xa_store(xa, indices[i], entry, GFP_KERNEL) == model[i].entry);
		model[i].entry = entry;
		if (!entry)
			memset(model[i].marks, 0, sizeof(model[i].marks));
		break;
	case 1:
		xa_set_mark(xa, indices[i], mark);
		model[i].marks[mark] = model[i].entry != NULL;
		break;
	default:
		xa_clear_mark(xa, indices[i], mark);
		model[i].marks[mark] = false;
	}
}

CCSAN_TEST(xarray)
{
	DEFINE_XARRAY(xa);

	state = 13;
	make_indices();
	for (int step = 0; step < STEPS; step++) {
		change(&xa, draw(step / 1000 % 2 ? INDICES : 20));
		if (step % 20 == 0)
			check_array(&xa);
	}
	for (unsigned i = 0; i < INDICES; i++)
		xa_erase(&xa, indices[i]);
	CCSAN_CHECK(xa_empty(&xa));
}

CCSAN_TEST(xarray_conditional)
{
	DEFINE_XARRAY_ALLOC(xa);
	void *a = xa_mk_value(1), *b = xa_mk_value(2), *some[4];
	u32 id;

	CCSAN_CHECK(xa_insert(&xa, 5, a, GFP_KERNEL) == 0);
	CCSAN_CHECK(xa_insert(&xa, 5, b, GFP_KERNEL) == -EBUSY);
	CCSAN_CHECK(xa_cmpxchg(&xa, 5, b, b, GFP_KERNEL) == a && xa_load(&xa, 5) == a);
	CCSAN_CHECK(xa_cmpxchg(&xa, 5, a, b, GFP_KERNEL) == a && xa_load(&xa, 5) == b);
	for (u32 i = 0; i < 200; i++)
		CCSAN_CHECK(xa_alloc(&xa, &id, a, XA_LIMIT(3, 202 + 3), GFP_KERNEL) == 0 &&
			    id == (i < 2 ? 3 + i : 4 + i));
	CCSAN_CHECK(xa_extract(&xa, some, 4, ~0ul, 4, XA_PRESENT) == 4);
	CCSAN_CHECK(some[0] == a && some[1] == b);
	xa_destroy(&xa);
	CCSAN_CHECK(xa_empty(&xa) && !xa_load(&xa, 5));
}
