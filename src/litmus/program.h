/* SPDX-License-Identifier: MIT */
/* A litmus file as data: the contract between the .c files of this folder. */
#ifndef CCSAN_LITMUS_PROGRAM_H
#define CCSAN_LITMUS_PROGRAM_H

#include "explore/stage.h"
#include "litmus.h"
#include "machine/machine.h"

enum { CCSAN_LITMUS_NAME = 64, CCSAN_LITMUS_PAGE = 4096 };

/** Named things. Numbers in statements are indices into these. */
struct ccsan_frame_object {
	char name[CCSAN_LITMUS_NAME];
	unsigned pages;
};

struct ccsan_alias_object {
	char name[CCSAN_LITMUS_NAME];
	unsigned frame, first_page, pages; /**< as first mapped */
	unsigned attributes;
	unsigned space; /**< 1-based index into spaces; 0: not a user alias */
	bool fixed;
	uint64_t at;
};

struct ccsan_named {
	char name[CCSAN_LITMUS_NAME];
	bool coherent; /**< devices */
};

/** `thread NAME`, `irq NAME`. Its statements follow each other. */
struct ccsan_thread_object {
	char name[CCSAN_LITMUS_NAME];
	unsigned cpu;
	bool placed;           /**< a CPU was named */
	bool irq;              /**< a handler */
	bool device;           /**< nothing but device accesses: no CPU holds it up */
	unsigned first, count; /**< statements */
};

enum ccsan_verb {
	CCSAN_VERB_MAP,
	CCSAN_VERB_REMAP,
	CCSAN_VERB_UNMAP,
	CCSAN_VERB_SWITCH,
	CCSAN_VERB_ACCESS,   /**< read, write, fetch */
	CCSAN_VERB_MAINTAIN, /**< clean, invalidate, flush, icache-invalidate */
	CCSAN_VERB_ALL,      /**< the same by set and way */
	CCSAN_VERB_OUTER,
	CCSAN_VERB_DEVICE,
	CCSAN_VERB_FORGET,
	CCSAN_VERB_BARRIER,
	CCSAN_VERB_LOCK,
	CCSAN_VERB_UNLOCK,
	CCSAN_VERB_IRQ_OFF,
	CCSAN_VERB_IRQ_ON,
	CCSAN_VERB_JOIN, /**< waits for the end of another thread */
};

struct ccsan_statement {
	enum ccsan_verb verb;
	enum ccsan_operation operation;
	bool instruction;
	unsigned object;            /**< alias, frame, space, lock or thread */
	unsigned frame, first_page; /**< for remap */
	unsigned device;
	unsigned cpu;
	uint64_t offset, bytes;
	int line;
	char thread[CCSAN_LITMUS_NAME];
	char text[CCSAN_LITMUS_NAME]; /**< as written; cut short if it is long */
};

/** `expect WHO VERDICT`. A CPU fits if its name is `cpu`, or it has all `properties`. */
struct ccsan_expectation {
	char cpu[CCSAN_LITMUS_NAME]; /**< "" if properties are given */
	unsigned properties;         /**< bits of enum ccsan_property */
	ccsan_kinds kinds;
};

enum ccsan_property {
	CCSAN_IS_VIVT,
	CCSAN_IS_VIPT_ALIASING,
	CCSAN_IS_PIPT,
	CCSAN_IS_SPECULATIVE,
	CCSAN_IS_IN_ORDER,
	CCSAN_HAS_OUTER,
	CCSAN_IS_WRITE_THROUGH,
	CCSAN_IS_WRITE_BACK,
	CCSAN_IS_SNOOPING,
	CCSAN_IS_NON_SNOOPING,
	CCSAN_PROPERTY_COUNT
};

/** Return: the property's number, CCSAN_PROPERTY_COUNT if this is no property. */
unsigned ccsan_property_find(const char *name);

#define CCSAN_LIST(type, name) \
	type *name;            \
	unsigned name##_count

struct ccsan_litmus {
	char *file;
	char name[CCSAN_LITMUS_NAME];
	unsigned cpus;
	bool barriers; /**< they matter: there is one, or a missing one is expected */
	CCSAN_LIST(struct ccsan_frame_object, frames);
	CCSAN_LIST(struct ccsan_alias_object, aliases);
	CCSAN_LIST(struct ccsan_named, spaces);
	CCSAN_LIST(struct ccsan_named, devices);
	CCSAN_LIST(struct ccsan_named, locks);
	CCSAN_LIST(struct ccsan_thread_object, threads);
	bool explored; /**< more than one order of the statements is possible, or locks are used */
	CCSAN_LIST(struct ccsan_statement, statements);
	CCSAN_LIST(struct ccsan_expectation, expectations);
	CCSAN_LIST(char *, lines); /**< the file's text, for reports */
};

#endif
