/* SPDX-License-Identifier: MIT */
/* Exploring a test, and what is written down of it; see explored.c, checkpoint.c. */
#ifndef CCSAN_RUNTIME_EXPLORED_H
#define CCSAN_RUNTIME_EXPLORED_H

#include "explore.h"
#include "plan.h"

/** Reads CCSAN_EXPLORE at the first call. */
const struct ccsan_wanted *ccsan_wanted(void);

/** Explores a test or main(). Return: whether nothing failed. */
bool ccsan_explore(const struct ccsan_body *body);

/* --- checkpoint.c --- */

/** What a token or checkpoint of this program is for. */
void ccsan_token_head(struct ccsan_token_head *head, const char *test,
		      enum ccsan_granularity granularity);

/** They differ in the test only. */
bool ccsan_is_for_other_test(const struct ccsan_token_head *head,
			     const struct ccsan_token_head *own);

/** Ends the program with a message that names what differs, if anything does.
 *  @param what "the token" */
void ccsan_check_head(const char *what, const struct ccsan_token_head *head,
		      const struct ccsan_token_head *own);

/** Replaces the file whole, or leaves it. Errors: a message; the search goes on. */
void ccsan_write_checkpoint(const char *path, const struct ccsan_token_head *head,
			    const void *saved, size_t bytes);

/** Return: what was saved, in kept memory. Errors: ends the program with a message. */
void *ccsan_read_checkpoint(const char *path, const struct ccsan_token_head *head, size_t *bytes);

/** Names files that the program opened, and left open or moved in; "" if there are none. */
void ccsan_note_open_files(void);
void ccsan_find_open_files(char *text, size_t size);

#endif
