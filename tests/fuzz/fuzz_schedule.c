/* SPDX-License-Identifier: MIT */
/* A token is read or refused with a place; the same decisions have one text. */
#include "explore/schedule.h"
#include "fuzz.h"

enum { MOST_DECISIONS = 4096, MOST_TEXT = 1 << 16 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct ccsan_decision decisions[MOST_DECISIONS];
	static char again[MOST_TEXT];
	struct ccsan_schedule schedule = { decisions, 0, MOST_DECISIONS };
	char *text = fuzz_text(data, size), problem[256] = "";
	struct ccsan_token_head head;

	if (ccsan_schedule_scan(text, &schedule, &head, problem, sizeof(problem))) {
		ensure(schedule.length <= MOST_DECISIONS);
		ensure(ccsan_schedule_switches(&schedule) <= schedule.length);
		ensure((size_t)ccsan_schedule_print(&schedule, &head, again, sizeof(again)) <
		       sizeof(again));
		ensure(!strcmp(text, again));
	} else {
		ensure(*problem);
	}
	free(text);
	return 0;
}
