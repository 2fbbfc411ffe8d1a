/* SPDX-License-Identifier: MIT */
/* See stream.h. */
#include "stream.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static bool read_whole(int fd, void *to, size_t n)
{
	char *p = to;

	while (n) {
		ssize_t got = read(fd, p, n);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0)
			return false;
		p += got;
		n -= (size_t)got;
	}
	return true;
}

static size_t bytes_of(unsigned type)
{
	switch (type) {
	case CCSAN_RECORD_MODULE:
		return sizeof(struct ccsan_module);
	case CCSAN_RECORD_FINDING:
		return sizeof(struct ccsan_finding);
	case CCSAN_RECORD_COUNT:
		return sizeof(struct ccsan_recount);
	case CCSAN_RECORD_SITE:
		return sizeof(struct ccsan_site);
	case CCSAN_RECORD_TEST:
		return sizeof(struct ccsan_test_event);
	case CCSAN_RECORD_END:
		return sizeof(struct ccsan_end);
	case CCSAN_RECORD_EXPLORED:
		return sizeof(struct ccsan_explored);
	case CCSAN_RECORD_SCHEDULE:
		return sizeof(struct ccsan_schedule_part);
	case CCSAN_RECORD_STEP:
		return sizeof(struct ccsan_step_told);
	default:
		return 0;
	}
}

/* --- harmless --- */

#define END_TEXT(text) ((text)[sizeof(text) - 1] = '\0')

static unsigned at_most(unsigned value, unsigned most)
{
	return value < most ? value : most;
}

/* A byte that is neither 0 nor 1 is no bool. */
static void check_bool(bool *truth)
{
	unsigned char byte;

	memcpy(&byte, truth, 1);
	*truth = byte != 0;
}

static void check_actor(struct ccsan_actor *actor)
{
	END_TEXT(actor->alias);
	END_TEXT(actor->who);
	check_bool(&actor->callers_unknown);
	actor->depth = at_most(actor->depth, CCSAN_STACK_FRAMES);
	if ((unsigned)actor->deed >= CCSAN_DEED_COUNT)
		actor->deed = CCSAN_DEED_NOTHING;
}

static void check_place(struct ccsan_place_seen *place)
{
	END_TEXT(place->alias);
	check_bool(&place->present);
	check_bool(&place->dirty);
	check_bool(&place->instruction);
	check_bool(&place->by_speculation);
}

static void check_line(struct ccsan_line_seen *line)
{
	for (int i = 0; i < CCSAN_PLACES_SEEN; i++)
		check_place(&line->places[i]);
	check_bool(&line->outer);
	check_bool(&line->outer_present);
	check_bool(&line->outer_dirty);
	if (line->bytes > 256 || !line->granule || line->bytes / line->granule > 64)
		line->bytes = 0;
}

static void check_finding(struct ccsan_finding *f)
{
	if ((unsigned)f->kind >= CCSAN_KIND_COUNT)
		f->kind = CCSAN_KIND_NONE;
	END_TEXT(f->cpu);
	END_TEXT(f->host);
	END_TEXT(f->test);
	END_TEXT(f->text);
	check_actor(&f->access);
	check_actor(&f->cause);
	check_actor(&f->keeper);
	check_line(&f->line);
	f->advised_count = at_most(f->advised_count, CCSAN_ADVISED);
	for (unsigned i = 0; i < f->advised_count; i++) {
		END_TEXT(f->advised[i].alias);
		if ((unsigned)f->advised[i].deed >= CCSAN_DEED_COUNT)
			f->advised[i].deed = CCSAN_DEED_NOTHING;
	}
}

static void check_message(struct ccsan_message *m)
{
	switch (m->type) {
	case CCSAN_RECORD_FINDING:
		check_finding(&m->body.finding);
		break;
	case CCSAN_RECORD_MODULE:
		END_TEXT(m->body.module.path);
		break;
	case CCSAN_RECORD_TEST:
		END_TEXT(m->body.test.name);
		break;
	case CCSAN_RECORD_EXPLORED:
		END_TEXT(m->body.explored.test);
		END_TEXT(m->body.explored.text);
		break;
	case CCSAN_RECORD_SCHEDULE:
		END_TEXT(m->body.schedule.failure);
		END_TEXT(m->body.schedule.text);
		break;
	case CCSAN_RECORD_STEP:
		END_TEXT(m->body.step.name);
		END_TEXT(m->body.step.what);
		END_TEXT(m->body.step.line);
		break;
	case CCSAN_RECORD_SITE:
		if ((unsigned)m->body.site.deed >= CCSAN_DEED_COUNT)
			m->body.site.deed = CCSAN_DEED_NOTHING;
		break;
	default:
		break;
	}
}

int ccsan_stream_next(int fd, struct ccsan_message *message)
{
	struct ccsan_record head;

	if (!read_whole(fd, &head, sizeof(head)))
		return 0;
	if (head.magic != CCSAN_STREAM_MAGIC || head.version != CCSAN_STREAM_VERSION ||
	    !head.bytes || head.bytes != bytes_of(head.type))
		return -EPROTO;
	message->type = (enum ccsan_record_type)head.type;
	message->process = head.process;
	if (!read_whole(fd, &message->body, head.bytes))
		return 0;
	check_message(message);
	return 1;
}
