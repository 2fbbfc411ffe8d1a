/* SPDX-License-Identifier: MIT */
/*
 * The Internet checksum (RFC 1071) and Adler-32 (RFC 1950) of a buffer, again and again: short
 * loads in a row.
 *
 * usage: checksum ROUNDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

enum { BYTES = 1 << 20 };

static uint8_t buffer[BYTES];

static void fill(void)
{
	uint32_t x = 1;

	for (size_t i = 0; i < BYTES; i++) {
		x = x * 1664525u + 1013904223u;
		buffer[i] = (uint8_t)(x >> 24);
	}
}

static uint16_t internet_checksum(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += (uint32_t)p[i] << 8 | p[i + 1];
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint32_t adler32(const uint8_t *p, size_t n)
{
	uint32_t a = 1, b = 0;

	for (size_t i = 0; i < n; i++) {
		a = (a + p[i]) % 65521;
		b = (b + a) % 65521;
	}
	return b << 16 | a;
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	uint32_t sum = 0;

	fill();
	for (unsigned i = 0; i < rounds; i++) {
		buffer[i % BYTES] ^= (uint8_t)i;
		sum = sum * 31 + internet_checksum(buffer, BYTES);
		sum = sum * 31 + adler32(buffer, BYTES);
	}
	printf("%08x\n", sum);
	return 0;
}
