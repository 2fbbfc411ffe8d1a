/* SPDX-License-Identifier: MIT */
/*
 * How a program under test tells what it found: a stream of records of fixed layout, written whole,
 * one after the other, to a file or a socket. A stream that ends in the middle of a record was cut
 * off by a crash; the records before it are good.
 */
#ifndef CCSAN_STREAM_H
#define CCSAN_STREAM_H

#include <ccsan/finding.h>

#ifdef __cplusplus
extern "C" {
#endif

enum {
	CCSAN_STREAM_MAGIC = 0x6e736363, /**< "ccsn" */
	CCSAN_STREAM_VERSION = 3,
	CCSAN_PATH_BYTES = 512,
};

enum ccsan_record_type {
	CCSAN_RECORD_MODULE = 1, /**< struct ccsan_module: before the first address in it */
	CCSAN_RECORD_FINDING,    /**< struct ccsan_finding, once for each pair of stacks */
	CCSAN_RECORD_COUNT, /**< struct ccsan_recount: how often a finding occurred, in the end */
	CCSAN_RECORD_SITE,  /**< struct ccsan_site: a call of a cache operation, in the end */
	CCSAN_RECORD_TEST,  /**< struct ccsan_test_event */
	CCSAN_RECORD_END,   /**< struct ccsan_end: the program has exited */
	CCSAN_RECORD_EXPLORED, /**< struct ccsan_explored: how far a search is */
	CCSAN_RECORD_SCHEDULE, /**< struct ccsan_schedule_part: what shows a failure */
	CCSAN_RECORD_STEP,     /**< struct ccsan_step_told: a step of such a run */
};

struct ccsan_record {
	uint32_t magic;
	uint16_t version, type;
	uint32_t process; /**< its id: a program may be several */
	uint32_t bytes;   /**< of what follows */
};

/** A piece of code that addresses are in. */
struct ccsan_module {
	uint64_t start, end; /**< addresses */
	uint64_t bias;       /**< address minus the address in the file's symbols */
	char path[CCSAN_PATH_BYTES];
};

struct ccsan_recount {
	uint32_t serial;
	uint64_t count;
};

/** A place in the program that calls a cache operation. */
struct ccsan_site {
	uint64_t pc;
	enum ccsan_deed deed;
	uint64_t calls, lines_changed;
};

enum ccsan_test_state { CCSAN_TEST_BEGINS, CCSAN_TEST_PASSED, CCSAN_TEST_FAILED };

struct ccsan_test_event {
	char name[CCSAN_NAME_BYTES * 2];
	enum ccsan_test_state state;
};

struct ccsan_end {
	int32_t exit_status;       /**< what the program itself wanted to exit with */
	uint64_t slow_accesses;    /**< accesses that came to the engine */
	uint64_t unseen_lines;     /**< lines that changed without a recorded writer */
	uint64_t unseen_at;        /**< the address of one of them */
	uint64_t table_bytes;      /**< memory of the engine's tables */
	uint64_t maintained_lines; /**< that cache operations named; whole caches count in full */
};

enum ccsan_explored_state {
	CCSAN_EXPLORED_RUNNING,
	CCSAN_EXPLORED_ALL,      /**< there is no further run */
	CCSAN_EXPLORED_BUDGET,   /**< the budget is used up */
	CCSAN_EXPLORED_UNSTEADY, /**< the program is no function of its schedule */
	CCSAN_EXPLORED_HUNG,     /**< an execution did not get on */
};

struct ccsan_explored {
	char test[CCSAN_NAME_BYTES * 2];
	enum ccsan_explored_state state;
	uint32_t strategy, bound, failures; /**< distinct failures, of all tests so far */
	uint64_t runs, given_up, failed, steps, longest;
	uint64_t earlier_runs, earlier_given_up, earlier_failed; /**< of earlier parts, in `runs` */
	double all_orders, expected, seconds;
	char text[CCSAN_TEXT_BYTES]; /**< what is not right with the program, or "" */
};

/** A token, in parts that follow each other. */
struct ccsan_schedule_part {
	uint32_t serial; /**< of the finding it belongs to */
	uint32_t last;   /**< this part ends it */
	uint64_t switches, steps;
	char failure[CCSAN_TEXT_BYTES]; /**< where it belongs to no finding: what failed */
	char text[1024];
};

struct ccsan_step_told {
	uint32_t serial; /**< of the failure */
	uint32_t step, actor, cpu;
	uint64_t pc;
	char name[CCSAN_NAME_BYTES]; /**< of the actor */
	char what[96];
	char line[64]; /**< the state of the line of memory, before */
};

#ifdef __cplusplus
}
#endif
#endif
