/* SPDX-License-Identifier: MIT */
/* Globals, stack and heap of the program are memory without any set-up: what is written is dirty,
 * what nobody wrote makes no finding of its own, what was freed matters to nobody. */
// build: $cc -o p $src
// run: ./p initialised
// exit: 66
// findings: 1
// expect: ^  start-up: initialised data is written through the cache$
//
// run: CCSAN_OPTIONS=initialised_dirty=0 ./p initialised
// run: ./p constant
// run: ./p uncached
// run: ./p reuse
// expect: ^done$
// run: CCSAN_OPTIONS=cpu=arm926ej-s ./p reuse
// expect: ^done$
// run: ./p zeroed
// exit: 66
// findings: 1
//
// run: ./p unseen
// expect: ^ccsan: 1 lines changed without a recorded writer, one of them at 0x[0-9a-f]+: code that was
//
// run: ccsan run --cpu arm926ej-s,cortex-m7 ./p unseen
// expect: ^ccsan: on arm926ej-s 1 lines changed without a recorded writer
//
// run: ./p read
// expect: ^ccsan: 1 lines changed without a recorded writer
//
// run: ./p stack
// exit: 66
// findings: 1
// expect: ^    #0 fill_stack
//
// run: ./p heap
// exit: 66
// findings: 1
// expect: ^    #0 fill_heap
#include <alloca.h>
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ALIGNED __attribute__((aligned(256)))

static struct ccsan_device *nic;
static char wire[4096];
static char initialised[256] ALIGNED = "first words";
static char zeroed[256] ALIGNED;
static const char constant[256] ALIGNED = "constant";
static char uncached[256] ALIGNED __attribute__((section("ccsan_uncached"))) = "uncached";

__attribute__((noinline)) static void device_reads(const void *p, size_t n)
{
	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)p, wire, n);
}

__attribute__((noinline)) static void device_writes(void *p, size_t n)
{
	ccsan_device_write(nic, (ccsan_phys)(uintptr_t)p, wire, n);
}

/* --- blocks, again and again, as a correct driver would use them --- */

__attribute__((noinline)) static int use(char *p, size_t n)
{
	int sum = 0;

	memset(p, 1, n);
	ccsan_dma_clean(p, n);
	device_reads(p, n);
	ccsan_dma_invalidate(p, n);
	device_writes(p, n);
	ccsan_dma_invalidate(p, n);
	for (size_t i = 0; i < n; i++)
		sum += p[i];
	return sum;
}

__attribute__((noinline)) static int use_stack(void)
{
	char buffer[512] ALIGNED;

	return use(buffer, sizeof(buffer));
}

__attribute__((noinline)) static int use_alloca(size_t n)
{
	char *p = alloca(n + 256);

	p = (char *)(((uintptr_t)p + 255) & ~(uintptr_t)255);
	return use(p, n);
}

__attribute__((noinline)) static int ordinary(int depth)
{
	int values[40];

	for (int i = 0; i < 40; i++)
		values[i] = i * depth;
	return depth ? ordinary(depth - 1) + values[depth] : values[39];
}

static int reuse(void)
{
	int sum = 0;

	for (int round = 0; round < 20; round++) {
		char *a = aligned_alloc(256, 512), *b = malloc(100), *c;

		sum += use(a, 512) + use_stack() + ordinary(20) + use_alloca(256);
		strcpy(b, "some words in a block of the heap");
		b = realloc(b, 4000);
		sum += b[7];
		free(a); /* in the middle of its life: dirty, stale, whatever */
		c = aligned_alloc(256, 512);
		device_writes(initialised, 0);
		memset(c, 3, 512);
		sum += c[9];
		free(c);
		free(b);
	}
	puts("done");
	return sum == 42;
}

/* --- who writes what nobody sees --- */

static void unseen(void)
{
	char *p = zeroed;

	memset(zeroed, 1, 64);
	ccsan_dma_clean(zeroed, 64);
	__asm__ volatile("movb $7, (%0)" ::"r"(p + 5) : "memory");
	device_reads(zeroed, 64);
}

static void system_call(void)
{
	int ends[2];

	memset(zeroed, 1, 64);
	ccsan_dma_clean(zeroed, 64);
	if (pipe(ends) || write(ends[1], "pipe", 4) != 4 || read(ends[0], zeroed, 4) != 4)
		abort();
	device_reads(zeroed, 64);
}

__attribute__((noinline)) static void fill_stack(char *p)
{
	for (int i = 0; i < 64; i++)
		p[i] = (char)i;
}

__attribute__((noinline)) static void fill_heap(char *p)
{
	for (int i = 0; i < 64; i++)
		p[i] = (char)i;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	char on_stack[256] ALIGNED, *on_heap = aligned_alloc(256, 256);

	nic = ccsan_device_new("nic", 0);
	if (!strcmp(what, "initialised"))
		device_reads(initialised, 64);
	if (!strcmp(what, "constant"))
		device_reads(constant, sizeof(constant));
	if (!strcmp(what, "uncached")) {
		uncached[3] = 1;
		device_reads(uncached, 64);
		device_writes(uncached, 64);
		wire[9] += uncached[3];
	}
	if (!strcmp(what, "zeroed"))
		device_reads(zeroed, 64);
	if (!strcmp(what, "unseen"))
		unseen();
	if (!strcmp(what, "read"))
		system_call();
	if (!strcmp(what, "reuse"))
		return reuse();
	if (!strcmp(what, "stack")) {
		fill_stack(on_stack);
		device_reads(on_stack, 64);
	}
	if (!strcmp(what, "heap")) {
		fill_heap(on_heap);
		device_reads(on_heap, 64);
	}
	free(on_heap);
	return 0;
}
