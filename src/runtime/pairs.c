/* SPDX-License-Identifier: MIT */
/*
 * Which findings are the same: those of one kind with the same stack of the access and the same
 * stack of its cause. Of a writer that passed by the fast path only the place is known, not who
 * called it: such a finding is the same as one with the whole stack that ends in that place.
 */
#include "runtime.h"

struct entry {
	uint64_t key; /* 0: free */
	uint32_t serial;
	bool only_place; /* the key is that of a cause whose callers are unknown */
};

enum { FIRST_ROOM = 256 };

static struct entry *table;
static size_t room, used;
static uint64_t *counts; /* by serial, as many as there is room */
static uint32_t last_serial;

static struct entry *find(uint64_t key)
{
	size_t at = key & (room - 1);

	while (table[at].key && table[at].key != key)
		at = (at + 1) & (room - 1);
	return &table[at];
}

static void grow(void)
{
	struct entry *old = table;
	uint64_t *old_counts = counts;
	size_t old_room = room;

	room = room ? 2 * room : FIRST_ROOM;
	table = ccsan_take_memory(NULL, room * sizeof(*table));
	counts = ccsan_take_memory(NULL, room * sizeof(*counts));
	for (size_t i = 0; i < old_room; i++) {
		if (old[i].key)
			*find(old[i].key) = old[i];
		counts[i] = old_counts[i];
	}
}

static uint64_t mix(uint64_t a, uint64_t b)
{
	uint64_t key = (a ^ (b << 32 | b >> 32)) * 0x9e3779b97f4a7c15u;

	return key ^ key >> 29;
}

static uint64_t key_of(const struct ccsan_finding *finding, uint32_t access, uint64_t cause)
{
	uint64_t key = mix(mix((uint64_t)finding->kind, ccsan_stack_of(access)), cause);

	return key ? key : 1;
}

static uint32_t add(uint64_t key, bool only_place, uint32_t serial)
{
	*find(key) = (struct entry){ key, serial, only_place };
	used++;
	return serial;
}

uint32_t ccsan_pair_of(const struct ccsan_finding *finding, uint32_t access, uint32_t cause,
		       bool *is_new)
{
	bool only_place = finding->cause.callers_unknown;
	struct entry *place, *whole;
	uint64_t place_key, whole_key;
	uint32_t serial;

	if (2 * (used + 2) >= room)
		grow();
	place_key = key_of(finding, access, finding->cause.depth ? finding->cause.stack[0] : 0);
	whole_key = key_of(finding, access, ccsan_stack_of(cause));
	place = find(place_key);
	whole = find(whole_key);
	if (place->key && (only_place || place->only_place)) {
		serial = place->serial;
	} else if (!only_place && whole->key) {
		serial = whole->serial;
	} else {
		serial = ++last_serial;
		if (!only_place)
			add(whole_key, false, serial);
		if (!find(place_key)->key)
			add(place_key, only_place, serial);
	}
	*is_new = !counts[serial]++;
	return serial;
}

uint32_t ccsan_pair_total(void)
{
	return last_serial;
}

uint64_t ccsan_pair_count(uint32_t serial)
{
	return counts[serial];
}

void ccsan_forget_pairs(void)
{
	room = used = last_serial = 0;
}
