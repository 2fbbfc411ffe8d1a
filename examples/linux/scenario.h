/* SPDX-License-Identifier: MIT */
/*
 * The frame of a scenario: a bug that was argued about, every fix that was proposed, and what is to
 * be found of each on every CPU. README.md says how to write one.
 *
 *	prog --fix=NAME    runs one variant
 *	prog --list        one line for each: NAME, how it is run, expectation, reason, by tabs
 *	prog --expect      one line for each variant and CPU: NAME, CPU, verdict, by tabs
 *	prog --classes     one line for each CPU: CPU, its classes
 */
#ifndef SCENARIO_H
#define SCENARIO_H

#include <stdbool.h>

struct scenario_variant {
	const char *name; /**< of --fix=NAME: a word; the bug itself is "none" */
	void (*run)(const struct scenario_variant *variant);

	/** NULL: one run on each CPU. Otherwise options of `ccsan explore`; "" means all
	 *  interleavings, and is what a variant should have that claims to be correct. */
	const char *explore;

	/**
	 * What is found where: the first rule whose classes a CPU has decides, and where none does
	 * nothing may be found.
	 *
	 *	"vivt & !xscale | pa-risc: stale-read + clobber?; speculative: stale-dma"
	 *
	 * A rule is `CLASSES: VERDICT`, or a VERDICT alone for all CPUs that are left. Classes are
	 * joined by `&`, then `|`; `!` negates one. A verdict is `silent`, or the kinds that must
	 * be found, joined by `+`, and no other; a kind with `?` may be missing. Kinds are
	 * findings' (`ccsan explain`), and `failure`: SCENARIO_CHECK() did not hold.
	 *
	 * A class is a CPU's name, its family (cpus/NAME.ini), or one of
	 * all            every CPU
	 * coherent       one place for each page, and bus masters see the caches
	 * aliasing       two addresses of a page may be in the data cache at once: the next two
	 * vivt           virtually tagged: any two addresses
	 * vipt-aliasing  virtually indexed: any two of different colour
	 * pipt           all others, whatever their manual calls them
	 * speculative    fills lines that nobody asked for
	 * snooping       bus masters see the caches
	 * local-maintenance  cache operations reach the CPU that executes them only
	 * write-through  the data cache is
	 * outer          there is an outer cache
	 * icoherent      instruction fetches see stores without maintenance
	 */
	const char *expect;

	const char *reason; /**< why, in one line */

	int way; /**< these two are the scenario's own */
	const void *with;
};

struct scenario {
	const char *name;    /**< the program's */
	const char *summary; /**< one line: who does what to whom, and where it was discussed */
	const struct scenario_variant *variants; /**< the last one has no name */
};

/**
 * The whole of a scenario's main(): runs the variant of --fix, or of the first one.
 *
 * Return: the exit status: 0, 1 when a SCENARIO_CHECK() did not hold.
 * Errors: a wrong option, or an expectation that cannot be read, is a message and 2.
 */
int scenario_main(const struct scenario *scenario, int argc, char **argv);

/** The data is not what it has to be, or a call failed that has to succeed: goes on, and the run
 *  counts as `failure`. The shadow engine's programs see coherent data: stale bytes are findings,
 *  and this is for everything else. */
#define SCENARIO_CHECK(condition) \
	scenario_check((condition) ? true : false, #condition, __FILE__, __LINE__)
void scenario_check(bool holds, const char *condition, const char *file, int line);

#endif
