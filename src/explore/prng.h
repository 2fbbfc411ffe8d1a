/* SPDX-License-Identifier: MIT */
/* Private to the search: pseudo-random numbers, the same on every machine (SplitMix64: G. Steele,
 * D. Lea, C. Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014). */
#ifndef CCSAN_EXPLORE_PRNG_H
#define CCSAN_EXPLORE_PRNG_H

#include <stdint.h>

static inline uint64_t ccsan_prng_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/** Return: 0 to count - 1. Some are likelier by count / 2^32. */
static inline uint32_t ccsan_prng_below(uint64_t *state, uint32_t count)
{
	return (uint32_t)((ccsan_prng_next(state) >> 32) * count >> 32);
}

/** The state at the beginning of a run. */
static inline uint64_t ccsan_prng_of_run(uint64_t seed, uint64_t run)
{
	uint64_t state = seed;

	state = ccsan_prng_next(&state) ^ run;
	return ccsan_prng_next(&state);
}

#endif
