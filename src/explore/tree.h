/* SPDX-License-Identifier: MIT */
/* Private to the search: depth first through a tree whose branches are known when it gets there. */
#ifndef CCSAN_EXPLORE_TREE_H
#define CCSAN_EXPLORE_TREE_H

#include "strategy.h"

/** Chooses the first of these actors, and leaves the rest for later runs. */
unsigned ccsan_tree_choose(struct ccsan_search *search, ccsan_actors alternatives);
/** Chooses 0, and leaves the rest for later runs. */
unsigned ccsan_tree_value(struct ccsan_search *search, unsigned count);

/** The next run: the same decisions up to the last one with something left to try.
 *  @param base so many of the first decisions stay. Return: false if nothing is left. */
bool ccsan_tree_next(struct ccsan_search *search, size_t base);

/** The share of the tree above `base` that is done, 0 to 1, after a run. */
double ccsan_tree_done(const struct ccsan_search *search, size_t base);

#endif
