/* SPDX-License-Identifier: MIT */
/*
 * Quicksort of integers, median of three, with insertion sort for short parts.
 *
 * usage: quicksort COUNT ROUNDS
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

static void swap(uint32_t *a, uint32_t *b)
{
	uint32_t t = *a;

	*a = *b;
	*b = t;
}

static void insertion_sort(uint32_t *v, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		uint32_t x = v[i];
		size_t k = i;

		for (; k && v[k - 1] > x; k--)
			v[k] = v[k - 1];
		v[k] = x;
	}
}

static uint32_t median_of_three(uint32_t *v, size_t n)
{
	if (v[0] > v[n / 2])
		swap(&v[0], &v[n / 2]);
	if (v[n / 2] > v[n - 1])
		swap(&v[n / 2], &v[n - 1]);
	if (v[0] > v[n / 2])
		swap(&v[0], &v[n / 2]);
	return v[n / 2];
}

static void quicksort(uint32_t *v, size_t n)
{
	while (n > 16) {
		uint32_t pivot = median_of_three(v, n);
		size_t i = 0, k = n - 1;

		for (;;) {
			while (v[i] < pivot)
				i++;
			while (v[k] > pivot)
				k--;
			if (i >= k)
				break;
			swap(&v[i++], &v[k--]);
		}
		quicksort(v, i);
		v += i;
		n -= i;
	}
	insertion_sort(v, n);
}

int main(int argc, char **argv)
{
	size_t n = argc > 1 ? strtoul(argv[1], NULL, 10) : 1000;
	unsigned rounds = argc > 2 ? (unsigned)strtoul(argv[2], NULL, 10) : 1;
	uint32_t *v = malloc(n * sizeof(*v)), x = 1, sum = 0;

	if (!v)
		return 1;
	for (unsigned round = 0; round < rounds; round++) {
		for (size_t i = 0; i < n; i++)
			v[i] = x = x * 1664525u + 1013904223u;
		quicksort(v, n);
		for (size_t i = 1; i < n; i++)
			if (v[i - 1] > v[i])
				return 2;
		sum = sum * 31 + v[n / 3];
	}
	printf("%08x\n", sum);
	free(v);
	return 0;
}
