/* SPDX-License-Identifier: MIT */
/*
 * What cache maintenance and aliases cost: nanoseconds of user time.
 *
 * usage: maintain
 */
#include <ccsan/cache.h>
#include <ccsan/machine.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>

enum { ROUNDS = 20, MOST_LINES = 1 << 18 };

static double now(void)
{
	struct rusage used;

	getrusage(RUSAGE_SELF, &used);
	return (double)used.ru_utime.tv_sec * 1e9 + (double)used.ru_utime.tv_usec * 1e3;
}

static double per_line(char *memory, size_t lines)
{
	size_t line = ccsan_line_size(), rounds = ROUNDS * MOST_LINES / 16 / lines;
	double start = now();

	for (size_t i = 0; i < rounds; i++)
		ccsan_clean(memory, lines * line);
	return (now() - start) / (double)(rounds * lines);
}

static void maintenance(void)
{
	size_t bytes = (size_t)MOST_LINES * ccsan_line_size();
	char *memory = aligned_alloc(4096, bytes);

	if (!memory)
		exit(1);
	for (size_t n = 256; n <= MOST_LINES / 16; n *= 8) {
		per_line(memory, n);
		printf("| clean of %zu lines | %.0f ns a line |\n", n, per_line(memory, n));
	}
	ccsan_clean(memory, bytes); /* all are met now */
	printf("| clean of 256 lines, %d others met | %.0f ns a line |\n", MOST_LINES,
	       per_line(memory, 256));
	free(memory);
}

/* A write through one alias and one through another: each changes the line. */
static double per_write(volatile char *const *alias)
{
	double start = now();

	for (int i = 0; i < ROUNDS; i++) {
		alias[0][0] = 1;
		ccsan_flush(alias[0], 1);
		alias[1][0] = 1;
		ccsan_flush(alias[1], 1);
	}
	return (now() - start) / (2.0 * ROUNDS);
}

static void aliases(unsigned count)
{
	static volatile char *alias[10000];
	ccsan_phys frame = ccsan_page_alloc(1);

	for (unsigned i = 0; i < count; i++) {
		alias[i] = ccsan_map(frame, 1, CCSAN_VMAP);
		if (!alias[i])
			exit(1);
		(void)alias[i][0];
	}
	per_write(alias);
	printf("| write and flush, frame with %u aliases, all read | %.1f us |\n", count,
	       per_write(alias) / 1000);
}

int main(void)
{
	maintenance();
	aliases(2);
	aliases(100);
	aliases(10000);
	return 0;
}
