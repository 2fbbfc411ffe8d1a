/* SPDX-License-Identifier: MIT */
/* See failures.h. */
#include "failures.h"

#include <stdio.h>
#include <string.h>

#include "restore.h"

enum { MOST_OF_A_RUN = 64 };

static struct {
	struct ccsan_failure *all;
	unsigned count;
	uint64_t seen[MOST_OF_A_RUN]; /* keys of this run's failures */
	unsigned seen_count;
} * f;

void ccsan_failures_begin(void)
{
	if (!f)
		f = ccsan_keep(sizeof(*f));
	f->seen_count = 0;
}

struct ccsan_failure *ccsan_failures_all(void)
{
	return f->all;
}

bool ccsan_failures_seen(uint64_t key)
{
	for (unsigned i = 0; i < f->seen_count; i++)
		if (!key || f->seen[i] == key)
			return true;
	return false;
}

unsigned ccsan_failures_count(void)
{
	return f ? f->count : 0;
}

void ccsan_schedule_copy(struct ccsan_schedule *to, const struct ccsan_schedule *from)
{
	*to = (struct ccsan_schedule){ .length = from->length, .room = from->length };
	to->decisions = ccsan_keep((from->length + 1) * sizeof(*to->decisions));
	memcpy(to->decisions, from->decisions, from->length * sizeof(*to->decisions));
}

/* --- what is the same failure --- */

static uint64_t mix(uint64_t hash, uint64_t value)
{
	hash = (hash ^ value) * 0x9e3779b97f4a7c15u;
	return hash ^ hash >> 29;
}

static uint64_t mix_stack(uint64_t hash, const struct ccsan_actor *actor)
{
	for (unsigned i = 0; i < actor->depth; i++)
		hash = mix(hash, actor->stack[i]);
	return mix(hash, actor->depth);
}

/* As for a plain run: the kind and both stacks. */
static uint64_t key_of(const struct ccsan_finding *finding)
{
	uint64_t hash = mix(finding->kind, 0x51);

	hash = mix_stack(hash, &finding->access);
	hash = mix_stack(hash, &finding->cause);
	return hash | 1;
}

static uint64_t key_of_text(const char *text)
{
	uint64_t hash = 0x52;

	while (*text)
		hash = mix(hash, (unsigned char)*text++);
	return hash | 1;
}

static struct ccsan_failure *find(uint64_t key)
{
	struct ccsan_failure *failure = f->all;

	while (failure && failure->key != key)
		failure = failure->next;
	return failure;
}

/* Return: the failure's record if it is the first of its kind. */
static struct ccsan_failure *take(uint64_t key)
{
	struct ccsan_failure *failure = find(key);

	if (f->seen_count < MOST_OF_A_RUN && !ccsan_failures_seen(key))
		f->seen[f->seen_count++] = key;
	if (failure) {
		failure->count++;
		return NULL;
	}
	failure = ccsan_keep(sizeof(*failure));
	failure->key = key;
	failure->count = 1;
	failure->next = f->all;
	f->all = failure;
	f->count++;
	return failure;
}

bool ccsan_keep_finding(const struct ccsan_finding *finding)
{
	struct ccsan_failure *failure = take(key_of(finding));

	if (failure) {
		failure->has_finding = true;
		failure->finding = *finding;
		failure->finding.serial = f->count;
	}
	return true;
}

void ccsan_fail_run(const char *text)
{
	struct ccsan_failure *failure;

	if (!ccsan_is_exploring())
		return;
	failure = take(key_of_text(text));
	if (failure) {
		failure->finding.serial = f->count;
		snprintf(failure->finding.text, sizeof(failure->finding.text), "%s", text);
	}
}

/* --- what stages find out --- */

static struct ccsan_event event_of(uint32_t origin)
{
	return (struct ccsan_event){ .operation = CCSAN_FORGET, .origin = origin };
}

void ccsan_report_misuse(const char *text, uint32_t other)
{
	bool entered = ccsan_enter(ccsan_self.pc);
	struct ccsan_event access = event_of(ccsan_origin(ccsan_self.pc)), cause = event_of(other);

	ccsan_machine_report_waiting(ccsan_rt.machine, CCSAN_KIND_API_MISUSE, &access,
				     other ? &cause : NULL, text);
	if (entered)
		ccsan_leave();
}

/* The waits of all that are stuck, in one line; the first that somebody else holds up comes first.
 */
static void describe_deadlock(char *text, size_t size, uint32_t *access, uint32_t *cause)
{
	struct ccsan_stage *stage = ccsan_rt.stage;
	ccsan_actors stuck = ccsan_stage_stuck(stage);
	size_t used = 0;

	for (; stuck && used < size; stuck &= stuck - 1) {
		unsigned actor = (unsigned)__builtin_ctzll(stuck), holder;
		char why[96];
		uint32_t origin;

		ccsan_stage_why(stage, actor, why, sizeof(why), &holder, &origin);
		used += (size_t)snprintf(text + used, size - used, "%s%s %s", used ? "; " : "",
					 ccsan_stage_name(stage, actor), why);
		if (*access && (*cause || !origin))
			continue;
		*access = ccsan_origin_of_actor(actor);
		*cause = origin;
	}
}

void ccsan_report_deadlock(void)
{
	char text[CCSAN_TEXT_BYTES];
	uint32_t access = 0, cause = 0;
	struct ccsan_event waiting, holding;
	bool entered = ccsan_enter(ccsan_self.pc);

	describe_deadlock(text, sizeof(text), &access, &cause);
	waiting = event_of(access);
	holding = event_of(cause);
	ccsan_machine_report_waiting(ccsan_rt.machine, CCSAN_KIND_DEADLOCK, &waiting,
				     cause ? &holding : NULL, text);
	if (entered)
		ccsan_leave();
}
