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
	CCSAN_STREAM_VERSION = 1,
	CCSAN_PATH_BYTES = 512,
};

enum ccsan_record_type {
	CCSAN_RECORD_MODULE = 1, /**< struct ccsan_module: before the first address in it */
	CCSAN_RECORD_FINDING,    /**< struct ccsan_finding, once for each pair of stacks */
	CCSAN_RECORD_COUNT, /**< struct ccsan_recount: how often a finding occurred, in the end */
	CCSAN_RECORD_SITE,  /**< struct ccsan_site: a call of a cache operation, in the end */
	CCSAN_RECORD_TEST,  /**< struct ccsan_test_event */
	CCSAN_RECORD_END,   /**< struct ccsan_end: the program has exited */
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
	int32_t exit_status;    /**< what the program itself wanted to exit with */
	uint64_t slow_accesses; /**< accesses that came to the engine */
	uint64_t unseen_lines;  /**< lines that changed without a recorded writer */
	uint64_t unseen_at;     /**< the address of one of them */
	uint64_t table_bytes;   /**< memory of the engine's tables */
};

#ifdef __cplusplus
}
#endif
#endif
