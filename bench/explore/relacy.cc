/* SPDX-License-Identifier: MIT */
/*
 * As two.c, for relacy: two threads of OPERATIONS stores each to one shared variable, at random.
 *
 * usage: relacy ITERATIONS
 */
#include <cstdlib>
#include <relacy/relacy.hpp>

#ifndef OPERATIONS
#define OPERATIONS 2
#endif

struct two_threads : rl::test_suite<two_threads, 2> {
	rl::atomic<int> shared;

	void before()
	{
		shared($) = 0;
	}

	void thread(unsigned)
	{
		for (int i = 0; i < OPERATIONS; i++)
			shared($).store(i, rl::mo_relaxed);
	}
};

int main(int argc, char **argv)
{
	rl::test_params params;

	params.iteration_count = argc > 1 ? std::strtoul(argv[1], nullptr, 10) : 1000;
	params.search_type = rl::random_scheduler_type;
	return rl::simulate<two_threads>(params) ? 0 : 1;
}
