/* SPDX-License-Identifier: MIT */
/*
 * Maps some memory, touches part of it, and writes and reads there.
 *
 * usage: touch MIB-MAPPED MIB-TOUCHED MILLIONS-OF-ACCESSES
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static size_t number(int argc, char **argv, int i)
{
	return argc > i ? strtoul(argv[i], NULL, 10) : 1;
}

int main(int argc, char **argv)
{
	size_t mapped = number(argc, argv, 1) << 20, words = (number(argc, argv, 2) << 20) / 8;
	size_t accesses = number(argc, argv, 3) * 1000000;
	uint64_t *p = mmap(NULL, mapped, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	uint64_t sum = 0;

	if (p == MAP_FAILED)
		return 1;
	for (size_t i = 0; i < words; i++)
		p[i] = i;
	for (size_t i = 0; i < accesses / 2; i++) {
		sum += p[i % 4096];
		p[i % 4096] = sum;
	}
	printf("%llx\n", (unsigned long long)sum);
	return 0;
}
