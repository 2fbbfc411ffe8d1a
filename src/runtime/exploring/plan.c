/* SPDX-License-Identifier: MIT */
/* See plan.h: words "key=value", separated by blanks. */
#include "plan.h"

#include <stdlib.h>
#include <string.h>

struct word {
	const char *name;
	int value;
};

static const struct word strategies[] = {
	{ "dpor", CCSAN_EXHAUSTIVE },
	{ "brute", CCSAN_BRUTE },
	{ "bounded", CCSAN_BOUNDED },
	{ "pct", CCSAN_PCT },
	{ "random", CCSAN_RANDOM },
	{ "replay", CCSAN_REPLAY },
	{ NULL, 0 },
};

static const struct word granularities[] = {
	{ "sync", CCSAN_AT_SYNC },
	{ "access", CCSAN_AT_ACCESS },
	{ "all", CCSAN_AT_ALL },
	{ NULL, 0 },
};

static int one_of(const struct word *words, const char *value)
{
	for (; words->name; words++)
		if (!strcmp(words->name, value))
			return words->value;
	ccsan_die("CCSAN_EXPLORE: '%s' is not known", value);
}

static bool read_number(const char *value, uint64_t *to)
{
	char *end;

	*to = strtoull(value, &end, 10);
	return *value && !*end;
}

static bool read_numbers(struct ccsan_wanted *w, const char *key, const char *value)
{
	const struct {
		const char *name;
		uint64_t *to;
	} numbers[] = {
		{ "runs", &w->runs },         { "seconds", &w->seconds },
		{ "seed", &w->seed },         { "preemptions", &w->preemptions },
		{ "depth", &w->depth },       { "steps", &w->steps },
		{ "failures", &w->failures }, { "job", &w->job },
		{ "jobs", &w->jobs },
	};

	for (size_t i = 0; i < sizeof(numbers) / sizeof(*numbers); i++)
		if (!strcmp(numbers[i].name, key))
			return read_number(value, numbers[i].to);
	return false;
}

static void read_text(char *to, const char *value)
{
	if (strlen(value) >= CCSAN_PLAN_TEXT)
		ccsan_die("CCSAN_EXPLORE: '%s' is too long", value);
	strcpy(to, value); // NOLINT: it fits
}

static void read_word(struct ccsan_wanted *w, char *word)
{
	char *value = strchr(word, '=');

	if (!value)
		ccsan_die("CCSAN_EXPLORE: '%s': key=value was expected", word);
	*value++ = '\0';
	if (!strcmp(word, "strategy"))
		w->strategy = (enum ccsan_strategy)one_of(strategies, value);
	else if (!strcmp(word, "granularity"))
		w->granularity = (enum ccsan_granularity)one_of(granularities, value);
	else if (!strcmp(word, "test"))
		read_text(w->test, value);
	else if (!strcmp(word, "checkpoint"))
		read_text(w->checkpoint, value);
	else if (!strcmp(word, "resume"))
		read_text(w->resume, value);
	else if (!strcmp(word, "trace"))
		w->trace = *value == '1';
	else if (!strcmp(word, "token"))
		w->token = value;
	else if (!read_numbers(w, word, value))
		ccsan_die("CCSAN_EXPLORE: %s=%s: not known, or no number", word, value);
}

void ccsan_plan_read(struct ccsan_wanted *w)
{
	const char *text = getenv("CCSAN_EXPLORE");
	char *copy, *rest, *word;

	*w = (struct ccsan_wanted){ .depth = 3, .preemptions = 2, .steps = 100000, .jobs = 1 };
	if (!text)
		return;
	w->explores = true;
	copy = ccsan_take_memory(NULL, strlen(text) + 1);
	rest = strcpy(copy, text); // NOLINT: it fits
	while ((word = strsep(&rest, " ")))
		if (*word)
			read_word(w, word);
	if (w->strategy == CCSAN_REPLAY && !w->token)
		ccsan_die("CCSAN_EXPLORE: replay without a token");
}
