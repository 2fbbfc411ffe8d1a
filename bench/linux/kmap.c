/* SPDX-License-Identifier: MIT */
/*
 * kmap() and kunmap(): of a page that is mapped, among more and more mapped ones; of lowmem; with
 * recycling of the window; and what the lock costs: interrupts are switched off on CPUs that pin
 * mappings, and on no others. Prints "what  size  ns per pair".
 */
#include <stdio.h>
#include <time.h>

#include <ccsan/linux.h>
#include <linux/highmem.h>

enum { ROUNDS = 20000, MOST = 1024 };

static struct page *pages[2 * MOST];

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e9 + (double)t.tv_nsec;
}

static void measure(const char *what, unsigned size, struct page **of, unsigned count)
{
	double start = now();

	for (unsigned i = 0; i < ROUNDS; i++) {
		kmap(of[i % count]);
		kunmap(of[i % count]);
	}
	printf("%s\t%u\t%.0f\n", what, size, (now() - start) / ROUNDS);
}

int main(void)
{
	struct page *low = alloc_page(GFP_KERNEL);
	unsigned mapped = 0;

	ccsan_linux_param("pkmap=1024");
	for (unsigned i = 0; i < 2 * MOST; i++)
		pages[i] = ccsan_linux_alloc_colour(GFP_HIGHUSER, 0);
	measure("lowmem", 1, &low, 1);
	for (unsigned size = 1; size < MOST; size *= 4) {
		for (; mapped < size && pages[mapped]; mapped++)
			kmap(pages[mapped]);
		if (mapped == size)
			measure("mapped", size, pages, 1);
	}
	while (mapped)
		kunmap(pages[--mapped]);
	if (pages[2 * MOST - 1])
		measure("recycled", 2 * MOST, pages, 2 * MOST);
	return 0;
}
