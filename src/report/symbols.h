/* SPDX-License-Identifier: MIT */
/* From code addresses to functions, files and lines (elfutils' libdw). */
#ifndef CCSAN_REPORT_SYMBOLS_H
#define CCSAN_REPORT_SYMBOLS_H

#include <ccsan/stream.h>

/** One line of a stack. Inlined functions make several of one address. */
struct ccsan_frame {
	const char *function; /**< NULL if unknown */
	const char *file;     /**< NULL if unknown; without the prefix to be stripped */
	int line;
	const char *module; /**< the file's last name, for frames without source */
	uint64_t offset;    /**< in the module */
};

struct ccsan_symbols;

/** @param strip prefix to remove from file names, may be empty; kept. @param symbolize false: only
 *  modules and offsets. Owns: the caller, until ccsan_symbols_free(). */
struct ccsan_symbols *ccsan_symbols_new(const char *strip, bool symbolize);
void ccsan_symbols_free(struct ccsan_symbols *symbols);

/** Tells of a module of the process the addresses are from. A later one at the same place wins. */
void ccsan_symbols_add(struct ccsan_symbols *symbols, const struct ccsan_module *module);

/**
 * The frames of a return address, innermost first.
 *
 * Return: how many, at least 1. Owns: strings live as long as `symbols`.
 */
int ccsan_symbols_find(struct ccsan_symbols *symbols, uint64_t return_address,
		       struct ccsan_frame *frames, int most);

/** The frames of a whole stack, up to main(). Return: how many. */
int ccsan_symbols_stack(struct ccsan_symbols *symbols, const struct ccsan_actor *actor,
			struct ccsan_frame *frames, int most);

/** A number that is the same for the same stack in another process of the same program. */
uint64_t ccsan_symbols_key(const struct ccsan_symbols *symbols, const struct ccsan_actor *actor);

enum { CCSAN_FRAMES = 2 * CCSAN_STACK_FRAMES };

#endif
