/* SPDX-License-Identifier: MIT */
/*
 * A schedule: all decisions of one run, as a value, as bytes and as a short text.
 *
 * The text (a token) is made of letters, digits, '-', '.' and ':' only, so that it survives shells,
 * mails and bug trackers: VERSION:PROGRAM:CPU:DECISIONS. The same decisions have one text.
 *
 * DECISIONS: an actor is a letter, a to z for 0 to 25, A to Z for 26 to 51, -a to -l for 52 to 63,
 * and how often it goes on if more than once; a value is .CHOSEN.COUNT. "a3b.1.4a" is actor 0 for
 * three steps, one step of actor 1 that gets the value 1 of 0 to 3, one step of actor 0.
 */
#ifndef CCSAN_EXPLORE_SCHEDULE_H
#define CCSAN_EXPLORE_SCHEDULE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** One decision: which actor (0 to 63), or which of `count` values (2 or more). */
struct ccsan_decision {
	uint16_t chosen;
	uint16_t count; /**< 0: an actor was chosen */
};

struct ccsan_schedule {
	struct ccsan_decision *decisions;
	size_t length, room;
};

/** What a token is for. Letters, digits, '-' and '.'; anything else is printed as '-', and nothing
 * at all as "-". */
struct ccsan_token_head {
	char program[64]; /**< names a build of a program and a test of it */
	char cpu[32];
};

/**
 * Writes a token.
 *
 * Return: what snprintf() would.
 */
int ccsan_schedule_print(const struct ccsan_schedule *schedule, const struct ccsan_token_head *head,
			 char *text, size_t size);

/**
 * Reads a token.
 *
 * @param schedule out: decisions in the caller's memory of `room` entries
 * @param problem  out: what is wrong, and where: "character 17: …"
 * Return: whether it was one.
 */
bool ccsan_schedule_scan(const char *text, struct ccsan_schedule *schedule,
			 struct ccsan_token_head *head, char *problem, size_t problem_size);

/** How often another actor went on than before. */
size_t ccsan_schedule_switches(const struct ccsan_schedule *schedule);

#endif
