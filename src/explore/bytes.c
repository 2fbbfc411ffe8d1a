/* SPDX-License-Identifier: MIT */
/* See bytes.h. */
#include "bytes.h"

void ccsan_bytes_put(struct ccsan_bytes *b, uint64_t number)
{
	if (b->from) {
		b->damaged |= ccsan_bytes_get(b, UINT64_MAX) != number;
		return;
	}
	do {
		uint8_t byte = number & 127;

		number >>= 7;
		if (b->to && b->at < b->size)
			b->to[b->at] = byte | (number ? 128 : 0);
		b->at++;
	} while (number);
}

uint64_t ccsan_bytes_get(struct ccsan_bytes *b, uint64_t most)
{
	uint64_t number = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t byte;

		if (b->at >= b->size)
			break;
		byte = b->from[b->at++];
		number |= (uint64_t)(byte & 127) << shift;
		if (byte & 128)
			continue;
		if (number > most)
			break;
		return number;
	}
	b->damaged = true;
	return 0;
}

uint64_t ccsan_bytes_sum(const uint8_t *bytes, size_t size)
{
	uint64_t sum = 0xcbf29ce484222325u; /* FNV-1a */

	for (size_t i = 0; i < size; i++)
		sum = (sum ^ bytes[i]) * 0x100000001b3u;
	return sum;
}
