/* SPDX-License-Identifier: MIT */
/*
 * Compresses files with lz4, block by block of 64 KiB, decompresses each block and compares.
 *
 * usage: lz4_files ROUNDS FILE…
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lz4.h"

enum { BLOCK = 64 * 1024 };

struct sizes {
	unsigned long long in, out;
};

static void pack_block(const char *block, int n, struct sizes *sizes)
{
	static char packed[LZ4_COMPRESSBOUND(BLOCK)], back[BLOCK];
	int bytes = LZ4_compress_default(block, packed, n, sizeof(packed));

	if (bytes <= 0 || LZ4_decompress_safe(packed, back, bytes, BLOCK) != n ||
	    memcmp(block, back, (size_t)n)) {
		fprintf(stderr, "lz4_files: a block does not come back\n");
		exit(1);
	}
	sizes->in += (unsigned)n;
	sizes->out += (unsigned)bytes;
}

static void pack_file(const char *name, struct sizes *sizes)
{
	static char block[BLOCK];
	FILE *file = fopen(name, "rb");
	size_t n;

	if (!file) {
		perror(name);
		exit(1);
	}
	while ((n = fread(block, 1, sizeof(block), file)))
		pack_block(block, (int)n, sizes);
	fclose(file);
}

int main(int argc, char **argv)
{
	unsigned rounds = argc > 1 ? (unsigned)strtoul(argv[1], NULL, 10) : 1;
	struct sizes sizes = { 0 };

	for (unsigned i = 0; i < rounds; i++)
		for (int k = 2; k < argc; k++)
			pack_file(argv[k], &sizes);
	printf("%llu %llu\n", sizes.in, sizes.out);
	return 0;
}
