/* SPDX-License-Identifier: MIT */
/* See wake.h. */
#include "wake.h"

#include <string.h>

enum { PAIRS = 3, NOT_THERE = -1, NOT_INITIAL = -2 };

void ccsan_wakes_free(struct ccsan_wakes *w)
{
	const struct ccsan_search_host *host = &w->races->search->host;

	host->memory(host->context, w->pieces, 0);
	host->memory(host->context, w->nodes, 0);
	host->memory(host->context, w->wishes, 0);
}

/* --- lists --- */

static ccsan_pairs new_piece(struct ccsan_wakes *w)
{
	ccsan_pairs piece = w->free_pieces;

	if (piece) {
		w->free_pieces = w->pieces[piece].next;
	} else {
		if (!w->pieces_count)
			w->pieces_count = 1;
		w->pieces = ccsan_search_room(w->races->search, w->pieces, &w->pieces_room,
					      w->pieces_count + 1, sizeof(*w->pieces));
		piece = (ccsan_pairs)w->pieces_count++;
	}
	w->pieces[piece].next = 0;
	w->pieces[piece].count = 0;
	return piece;
}

ccsan_pairs ccsan_pairs_add(struct ccsan_wakes *w, ccsan_pairs list, uint32_t a, uint32_t b)
{
	ccsan_pairs last = list, piece;

	while (last && w->pieces[last].next)
		last = w->pieces[last].next;
	if (!last || w->pieces[last].count == PAIRS) {
		piece = new_piece(w);
		if (last)
			w->pieces[last].next = piece;
		else
			list = piece;
		last = piece;
	}
	w->pieces[last].pairs[w->pieces[last].count].a = a;
	w->pieces[last].pairs[w->pieces[last].count++].b = b;
	return list;
}

ccsan_pairs ccsan_pairs_add_step(struct ccsan_wakes *w, ccsan_pairs list, size_t step)
{
	const struct ccsan_races *r = w->races;

	for (size_t i = r->steps[step].touches; i < ccsan_races_touches_end(r, step); i++)
		list = ccsan_pairs_add(w, list, r->touches[i].object,
				       r->touches[i].touch != CCSAN_LOOKS);
	return list;
}

bool ccsan_pairs_are_step(const struct ccsan_wakes *w, ccsan_pairs footprint, size_t step)
{
	const struct ccsan_races *r = w->races;
	size_t at = r->steps[step].touches, end = ccsan_races_touches_end(r, step);

	for (; footprint; footprint = w->pieces[footprint].next) {
		const struct ccsan_piece *piece = &w->pieces[footprint];

		for (uint32_t i = 0; i < piece->count; i++, at++) {
			if (at >= end || piece->pairs[i].a != r->touches[at].object ||
			    piece->pairs[i].b != (r->touches[at].touch != CCSAN_LOOKS))
				return false;
		}
	}
	return at == end;
}

void ccsan_pairs_free(struct ccsan_wakes *w, ccsan_pairs list)
{
	ccsan_pairs last = list;

	if (!list)
		return;
	while (w->pieces[last].next)
		last = w->pieces[last].next;
	w->pieces[last].next = w->free_pieces;
	w->free_pieces = list;
}

void ccsan_pairs_mark(struct ccsan_wakes *w, ccsan_pairs footprint)
{
	ccsan_races_unmark(w->races);
	for (; footprint; footprint = w->pieces[footprint].next) {
		const struct ccsan_piece *piece = &w->pieces[footprint];

		for (uint32_t i = 0; i < piece->count; i++)
			ccsan_races_mark(w->races, piece->pairs[i].a, piece->pairs[i].b);
	}
}

/* --- trees --- */

uint32_t ccsan_wakes_node(struct ccsan_wakes *w)
{
	uint32_t node = w->free_nodes;

	if (node) {
		w->free_nodes = w->nodes[node].next;
	} else {
		if (!w->nodes_count)
			w->nodes_count = 1;
		w->nodes = ccsan_search_room(w->races->search, w->nodes, &w->nodes_room,
					     w->nodes_count + 1, sizeof(*w->nodes));
		node = (uint32_t)w->nodes_count++;
	}
	w->nodes[node] = (struct ccsan_wake_node){ 0 };
	return node;
}

void ccsan_wakes_drop(struct ccsan_wakes *w, uint32_t nodes)
{
	uint32_t next;

	for (; nodes; nodes = next) {
		struct ccsan_wake_node *node = &w->nodes[nodes];

		next = node->next;
		ccsan_pairs_free(w, node->footprint);
		ccsan_wakes_drop(w, node->child);
		node->next = w->free_nodes;
		w->free_nodes = nodes;
	}
}

/* --- the sequence --- */

void ccsan_wakes_wish(struct ccsan_wakes *w, struct ccsan_wish wish)
{
	w->wishes = ccsan_search_room(w->races->search, w->wishes, &w->wishes_room,
				      w->wishes_count + 1, sizeof(*w->wishes));
	w->wishes[w->wishes_count++] = wish;
}

/* Marks what the last wish touches. Whether it depends on a step the clocks do not tell: they know
 * of steps between the two that are not in the sequence. */
static void mark_wish(const struct ccsan_wakes *w, const struct ccsan_wish *wish)
{
	struct ccsan_races *r = w->races;

	ccsan_races_unmark(r);
	if (wish->step == CCSAN_WAITING) {
		ccsan_races_mark(r, wish->object, true);
		return;
	}
	for (size_t i = r->steps[wish->step].touches;
	     i < ccsan_races_touches_end(r, (size_t)wish->step); i++)
		ccsan_races_mark(r, r->touches[i].object, r->touches[i].touch != CCSAN_LOOKS);
}

bool ccsan_wakes_comes_first(const struct ccsan_wakes *w, size_t at)
{
	const struct ccsan_wish *wish = &w->wishes[at];

	if (!wish->last) {
		for (size_t i = 0; i < at; i++) {
			if (ccsan_races_before(w->races, (size_t)w->wishes[i].step,
					       (size_t)wish->step))
				return false;
		}
		return true;
	}
	if (at)
		mark_wish(w, wish);
	for (size_t i = 0; i < at; i++) {
		if (w->wishes[i].actor == wish->actor ||
		    !ccsan_races_independent(w->races, (size_t)w->wishes[i].step))
			return false;
	}
	return true;
}

/* @param footprint of what the actor would do, NULL if it is not known
 * Return: the actor's first wish, NOT_THERE if it has none and is independent of all, NOT_INITIAL.
 */
static int64_t find_initial(struct ccsan_wakes *w, unsigned actor, const ccsan_pairs *footprint)
{
	for (size_t i = 0; i < w->wishes_count; i++) {
		if (w->wishes[i].actor == actor)
			return ccsan_wakes_comes_first(w, i) ? (int64_t)i : NOT_INITIAL;
	}
	if (!footprint)
		return NOT_INITIAL;
	ccsan_pairs_mark(w, *footprint);
	for (size_t i = 0; i < w->wishes_count; i++) {
		const struct ccsan_wish *wish = &w->wishes[i];

		if (!wish->known)
			return NOT_INITIAL;
		if (wish->step == CCSAN_WAITING
			    ? w->races->objects[wish->object].mark == w->races->mark
			    : !ccsan_races_independent(w->races, (size_t)wish->step))
			return NOT_INITIAL;
	}
	return NOT_THERE;
}

bool ccsan_wakes_is_initial(struct ccsan_wakes *w, unsigned actor, ccsan_pairs footprint)
{
	return find_initial(w, actor, &footprint) != NOT_INITIAL;
}

/* --- adding it --- */

static uint32_t node_for(struct ccsan_wakes *w, const struct ccsan_wish *wish, uint32_t origin)
{
	uint32_t index = ccsan_wakes_node(w);
	ccsan_pairs footprint = 0;

	if (wish->step != CCSAN_WAITING)
		footprint = ccsan_pairs_add_step(w, 0, (size_t)wish->step);
	else if (wish->known)
		footprint = ccsan_pairs_add(w, 0, wish->object, true);
	w->nodes[index] = (struct ccsan_wake_node){
		.footprint = footprint, .origin = origin, .actor = wish->actor, .known = wish->known
	};
	return index;
}

/* The steps that are left, one below the other, after the last of these siblings. */
static void append(struct ccsan_wakes *w, uint32_t *nodes, uint32_t parent, uint32_t origin)
{
	uint32_t last = parent ? w->nodes[parent].child : *nodes, node;

	while (last && w->nodes[last].next)
		last = w->nodes[last].next;
	for (size_t i = 0; i < w->wishes_count; i++) {
		node = node_for(w, &w->wishes[i], origin);
		if (last)
			w->nodes[last].next = node;
		else if (parent)
			w->nodes[parent].child = node;
		else
			*nodes = node;
		parent = node;
		last = 0;
	}
}

static void remove_wish(struct ccsan_wakes *w, size_t at)
{
	w->wishes_count--;
	memmove(&w->wishes[at], &w->wishes[at + 1], (w->wishes_count - at) * sizeof(*w->wishes));
}

/* Goes down where a node is weakly initial in what is left of the sequence. At a leaf everything
 * that may come is covered. */
uint32_t ccsan_wakes_add(struct ccsan_wakes *w, uint32_t nodes, uint32_t origin)
{
	uint32_t parent = 0, node = nodes;

	while (node) {
		const struct ccsan_wake_node *n = &w->nodes[node];
		int64_t at = find_initial(w, n->actor, n->known ? &n->footprint : NULL);

		if (at == NOT_INITIAL) {
			node = n->next;
			continue;
		}
		if (!n->child) {
			w->wishes_count = 0;
			return nodes;
		}
		if (at >= 0)
			remove_wish(w, (size_t)at);
		parent = node;
		node = n->child;
	}
	append(w, &nodes, parent, origin);
	w->wishes_count = 0;
	return nodes;
}
