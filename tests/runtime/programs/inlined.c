/* SPDX-License-Identifier: MIT */
/* Functions that were inlined into each other appear in the stack as they were written. */
// levels: -O2
// run: ./p
// exit: 66
// findings: 1
// expect: ^ERROR: ccsan: stale-dma in inner / fill$
// expect: ^    #0 inner .*/inlined.c:@inner$
// expect: ^    #1 middle .*/inlined.c:@middle$
// expect: ^    #2 outer .*/inlined.c:@outer$
// expect: ^    #3 main .*/inlined.c:@main$
#include <ccsan/ccsan.h>
#include <stdint.h>

static char buffer[64] __attribute__((aligned(64)));

static inline __attribute__((always_inline)) void inner(struct ccsan_device *nic, char *to)
{
	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, to, 64); /* @inner */
}

static inline __attribute__((always_inline)) void middle(struct ccsan_device *nic, char *to)
{
	inner(nic, to); /* @middle */
}

__attribute__((noinline)) static int outer(struct ccsan_device *nic)
{
	char wire[64];

	middle(nic, wire); /* @outer */
	return wire[0];
}

__attribute__((noinline)) static void fill(void)
{
	for (int i = 0; i < 64; i++)
		buffer[i] = (char)i;
}

int main(void)
{
	fill();
	return outer(ccsan_device_new("nic", 0)); /* @main */
}
