/* SPDX-License-Identifier: MIT */
/* Tokens of schedules of litmus files: for one file, whatever it expects, and one CPU. */
#include <stdlib.h>
#include <string.h>

#include "running.h"

static uint32_t fingerprint(const struct ccsan_litmus *l)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (unsigned i = 0; i < l->lines_count; i++) {
		if (!*l->lines[i] || !strncmp(l->lines[i], "expect", 6))
			continue;
		for (const char *c = l->lines[i]; *c; c++)
			hash = (hash ^ (unsigned char)*c) * 16777619u;
		hash = (hash ^ '\n') * 16777619u;
	}
	return hash;
}

struct ccsan_token_head ccsan_token_head_of(const struct ccsan_litmus *l, const char *cpu)
{
	struct ccsan_token_head head;

	snprintf(head.program, sizeof(head.program), "%.50s.%08x", l->name, fingerprint(l));
	snprintf(head.cpu, sizeof(head.cpu), "%.31s", cpu);
	return head;
}

/* A token's head as it is written: with what a token cannot contain replaced. */
static struct ccsan_token_head written(struct ccsan_token_head head)
{
	static const struct ccsan_schedule nothing;
	struct ccsan_token_head read = head;
	struct ccsan_decision none[1];
	struct ccsan_schedule schedule = { .decisions = none, .room = 1 };
	char text[256], problem[128];

	ccsan_schedule_print(&nothing, &head, text, sizeof(text));
	ccsan_schedule_scan(text, &schedule, &read, problem, sizeof(problem));
	return read;
}

bool ccsan_token_scan(const struct ccsan_litmus *l, const char *token,
		      struct ccsan_schedule *schedule, struct ccsan_token_head *head, char *problem,
		      size_t problem_size)
{
	struct ccsan_token_head own = written(ccsan_token_head_of(l, "-"));
	size_t name = strlen(own.program) - 9; /* and a dot, and the fingerprint */
	char what[128];

	schedule->room = strlen(token) + 1;
	for (const char *c = token; *c; c++) /* "a30" are 30 decisions */
		if (*c >= '0' && *c <= '9')
			schedule->room += 4096;
	schedule->decisions = ccsan_must(malloc(schedule->room * sizeof(*schedule->decisions)));
	if (!ccsan_schedule_scan(token, schedule, head, what, sizeof(what)))
		snprintf(problem, problem_size, "not a token of a schedule: %s", what);
	else if (strncmp(head->program, own.program, name + 1) != 0)
		snprintf(problem, problem_size, "the token is for '%s', this file is '%s'",
			 head->program, own.program);
	else if (strcmp(head->program, own.program) != 0)
		snprintf(problem, problem_size,
			 "the token is for another version of the file: %s, this one is %s",
			 head->program + name + 1, own.program + name + 1);
	else
		return true;
	return false;
}

bool ccsan_litmus_token_cpu(const struct ccsan_litmus *litmus, const char *token, char *cpu,
			    size_t cpu_size, char *problem, size_t problem_size)
{
	struct ccsan_schedule schedule = { 0 };
	struct ccsan_token_head head;
	bool good = ccsan_token_scan(litmus, token, &schedule, &head, problem, problem_size);

	if (good)
		snprintf(cpu, cpu_size, "%s", head.cpu);
	free(schedule.decisions);
	return good;
}
