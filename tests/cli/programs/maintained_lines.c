/* SPDX-License-Identifier: MIT */
/* How many lines cache operations name is counted, whatever they change: the price of a fix. A
 * whole cache is all of its lines, 16K / 32 on the ARM926EJ-S. */
// compilers: gcc
// levels: -O2
// run: ccsan run --cpu arm926ej-s --format json ./p
// expect: "maintained_lines": 0,
// run: ccsan run --cpu arm926ej-s --format json ./p clean
// expect: "maintained_lines": 3,
// run: ccsan run --cpu cortex-a53 --format json ./p clean
// expect: "maintained_lines": 2,
// run: ccsan run --cpu cortex-a9 --format json ./p dma
// expect: "maintained_lines": 2,
// run: ccsan run --cpu cortex-a9-pl310 --format json ./p dma
// expect: "maintained_lines": 4,
// run: ccsan run --cpu arm926ej-s --format json ./p all
// expect: "maintained_lines": 512,
#include <ccsan/ccsan.h>

static char buffer[4096] __attribute__((aligned(4096)));

int main(int argc, char **argv)
{
	if (argc > 1 && argv[1][0] == 'c')
		ccsan_clean(buffer + 31, 34);
	else if (argc > 1 && argv[1][0] == 'd')
		ccsan_dma_clean(buffer, 64);
	else if (argc > 1)
		ccsan_flush_all();
	return 0;
}
