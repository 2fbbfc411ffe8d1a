// SPDX-License-Identifier: MIT
// What the program does depends on what it reads from a pipe: no function of its schedule.
// explore:
// exit: 3
// has: the same schedule went another way the second time
// has: not explored
#include <ccsan/ccsan.h>

#include <unistd.h>

static int ends[2];

__attribute__((constructor)) static void fill(void)
{
	char numbers[64];

	for (int i = 0; i < 64; i++)
		numbers[i] = (char)i;
	if (pipe(ends) || write(ends[1], numbers, sizeof(numbers)) != sizeof(numbers))
		_exit(9);
}

CCSAN_TEST(reads_a_pipe)
{
	char count = 0;

	if (read(ends[0], &count, 1) != 1)
		return;
	while (count--)
		ccsan_thread_yield();
}
