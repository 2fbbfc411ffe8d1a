/* SPDX-License-Identifier: MIT */
/*
 * A hash table of 64-bit keys with open addressing: inserts, look-ups, removals; accesses all over
 * 16 MiB.
 *
 * usage: hash OPERATIONS
 */
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROOM = 1 << 20, KEYS = ROOM / 2 };

struct slot {
	uint64_t key; /* 0: free */
	uint64_t value;
};

static struct slot *table;

static size_t home_of(uint64_t key)
{
	return (key * 0x9e3779b97f4a7c15u) >> 44 & (ROOM - 1);
}

static struct slot *find(uint64_t key)
{
	size_t at = home_of(key);

	while (table[at].key && table[at].key != key)
		at = (at + 1) & (ROOM - 1);
	return &table[at];
}

/* Closes the gap: what follows may have wanted the slot. */
static bool drop(uint64_t key)
{
	size_t gap = (size_t)(find(key) - table), at = gap;

	if (!table[gap].key)
		return false;
	for (;;) {
		at = (at + 1) & (ROOM - 1);
		if (!table[at].key)
			break;
		if (((at - home_of(table[at].key)) & (ROOM - 1)) >= ((at - gap) & (ROOM - 1))) {
			table[gap] = table[at];
			gap = at;
		}
	}
	table[gap].key = 0;
	return true;
}

int main(int argc, char **argv)
{
	unsigned long operations = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	uint64_t x = 88172645463325252u, sum = 0;

	table = calloc(ROOM, sizeof(*table));
	if (!table)
		return 1;
	for (unsigned long i = 0; i < operations; i++) {
		uint64_t key;

		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		key = x % KEYS + 1;
		if (i % 8 == 7) {
			sum += drop(key);
		} else {
			struct slot *slot = find(key);

			slot->key = key;
			sum += slot->value++;
		}
	}
	printf("%llu\n", (unsigned long long)sum);
	free(table);
	return 0;
}
