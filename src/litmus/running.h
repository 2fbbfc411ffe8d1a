/* SPDX-License-Identifier: MIT */
/* A file on a machine of its own: the contract between run.c, touches.c and explore.c. User aliases
 * without a named space live in a space of their own, which the CPUs run at first. */
#ifndef CCSAN_LITMUS_RUNNING_H
#define CCSAN_LITMUS_RUNNING_H

#include "program.h"

/** What the machine takes for a second-level page table, and for nothing else. */
enum { CCSAN_LITMUS_TABLE_BYTES = 2048 * sizeof(uint64_t) };

/** Memory of the machine. */
struct ccsan_chunk {
	struct ccsan_chunk *next;
	size_t bytes;
	void *before; /**< what was in it when the threads began; NULL: it was not there yet */
	_Alignas(64) char memory[];
};

struct ccsan_running {
	const struct ccsan_litmus *litmus;
	const struct ccsan_cpu *cpu;
	int skipped_line; /**< a cache operation that is left out; 0: none */
	struct ccsan_machine *machine;
	struct ccsan_chunk *chunks; /**< the newest first */
	ccsan_phys *frames;
	uint64_t *aliases; /**< virtual addresses; 0: never mapped */
	bool mapped;       /**< a mapping has changed since it was set to false */
	ccsan_kinds kinds;
	unsigned findings;
	void *context;
	/** Takes each finding and the numbers of its statements, from 1. May be NULL. */
	void (*found)(void *context, const struct ccsan_finding *finding, uint32_t access,
		      uint32_t cause);
};

/** A statement, or the part of a range operation that is done at once. */
struct ccsan_deed_part {
	const struct ccsan_statement *statement;
	uint64_t offset, bytes;
};

/** Return: what it is given. Errors: ends the process where that is NULL. */
void *ccsan_must(void *memory);

/** Makes the machine; nothing is mapped yet. */
void ccsan_running_start(struct ccsan_running *r);
void ccsan_running_free(struct ccsan_running *r);

/** Does a statement or a part. */
void ccsan_running_do(struct ccsan_running *r, const struct ccsan_deed_part *part);

/** Reports what invalidates gave up and nothing has written since. */
void ccsan_running_end(struct ccsan_running *r);

uint32_t ccsan_running_space(const struct ccsan_alias_object *alias);
uint64_t ccsan_running_fixed_address(const struct ccsan_alias_object *alias);
ccsan_phys ccsan_running_page(const struct ccsan_running *r, unsigned frame, unsigned page);

/** The lines that an operation is widened to, in bytes: what a range is done by. */
unsigned ccsan_running_unit(const struct ccsan_running *r, const struct ccsan_statement *s);

/** What a statement was numbered: its origin. */
static inline uint32_t ccsan_running_origin(const struct ccsan_running *r,
					    const struct ccsan_statement *s)
{
	return (uint32_t)(s - r->litmus->statements) + 1;
}

/* --- token.c --- */

struct ccsan_token_head ccsan_token_head_of(const struct ccsan_litmus *litmus, const char *cpu);

/** Reads a token of this file. @param schedule out; the caller frees its decisions, in any case
 *  Return: false with a problem. */
bool ccsan_token_scan(const struct ccsan_litmus *litmus, const char *token,
		      struct ccsan_schedule *schedule, struct ccsan_token_head *head, char *problem,
		      size_t problem_size);

/* --- touches.c: what a step depends on --- */

struct ccsan_litmus_touch {
	uint64_t name;
	enum ccsan_touch touch;
};

/** What a part is about to touch, in the state before it. */
struct ccsan_litmus_touches {
	struct ccsan_litmus_touch *all;
	unsigned count, room;
};

/** An alias's page, and the frames' pages that it ever leads to. */
struct ccsan_way {
	uint64_t page; /**< of virtual addresses; with a bit of its own where that is not known */
	ccsan_phys *frames;
	unsigned frames_count;
};

/** What is known of a file before it is explored. */
struct ccsan_dependence {
	const struct ccsan_running *running;
	bool whole_cache, maps, barriers; /**< in threads */
	bool new_aliases;                 /**< a `map` in a thread */
	bool spaces;                      /**< which space runs matters, and changes */
	unsigned page_shift, line_shift;
	struct ccsan_way *ways;
	unsigned ways_count;
};

/** @param running after init. Owns: the caller, until ccsan_dependence_free(). */
void ccsan_dependence_find(struct ccsan_dependence *d, const struct ccsan_running *running);
void ccsan_dependence_free(struct ccsan_dependence *d);

void ccsan_dependence_collect(const struct ccsan_dependence *d, const struct ccsan_deed_part *part,
			      struct ccsan_litmus_touches *touches);

#endif
