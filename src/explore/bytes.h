/* SPDX-License-Identifier: MIT */
/* Private to the search: numbers as bytes, for saving. Seven bits in each byte, low ones first. */
#ifndef CCSAN_EXPLORE_BYTES_H
#define CCSAN_EXPLORE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ccsan_bytes {
	uint8_t *to;         /**< NULL: only counts, or reads */
	const uint8_t *from; /**< reads; NULL: writes */
	size_t size, at;
	bool damaged; /**< something was read that cannot be */
};

/** If the bytes are read: the next number must be this one. */
void ccsan_bytes_put(struct ccsan_bytes *bytes, uint64_t number);

/** Return: the next number; 0 if there is none. @param most more than this is damage */
uint64_t ccsan_bytes_get(struct ccsan_bytes *bytes, uint64_t most);

/** So that saved bytes are recognised as damaged. Not proof against malice. */
uint64_t ccsan_bytes_sum(const uint8_t *bytes, size_t size);

#endif
