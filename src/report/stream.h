/* SPDX-License-Identifier: MIT */
/* Reading a stream of records (ccsan/stream.h). */
#ifndef CCSAN_REPORT_STREAM_H
#define CCSAN_REPORT_STREAM_H

#include <ccsan/stream.h>

struct ccsan_message {
	enum ccsan_record_type type;
	uint32_t process;
	union {
		struct ccsan_module module;
		struct ccsan_finding finding;
		struct ccsan_recount count;
		struct ccsan_site site;
		struct ccsan_test_event test;
		struct ccsan_end end;
		struct ccsan_explored explored;
		struct ccsan_schedule_part schedule;
		struct ccsan_step_told step;
	} body;
};

/**
 * Reads the next record. What it says is made harmless first: texts end, numbers are in range.
 *
 * Return: 1; 0 at the end of the stream, also in the middle of a record; -EPROTO if this is no
 *         stream, or one of another version.
 */
int ccsan_stream_next(int fd, struct ccsan_message *message);

#endif
