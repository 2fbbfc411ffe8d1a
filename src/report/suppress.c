/* SPDX-License-Identifier: MIT */
/* See suppress.h. */
#include "suppress.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>

struct rule {
	enum ccsan_kind kind; /* CCSAN_KIND_NONE: any */
	char *pattern;
	int line;
	unsigned long matches;
	struct rule *next;
};

struct ccsan_suppressions {
	char *name;
	struct rule *rules, **last;
};

/* --- reading --- */

static char *trim(char *text)
{
	char *end;

	text += strspn(text, " \t\r\n");
	end = text + strlen(text);
	while (end > text && strchr(" \t\r\n", end[-1]))
		*--end = '\0';
	return text;
}

static const char *add_rule(struct ccsan_suppressions *s, char *text, int line)
{
	char *colon = strchr(text, ':');
	struct rule *rule;

	if (!colon)
		return "kind:pattern was expected";
	*colon = '\0';
	if (strcmp(text, "*") != 0 && !ccsan_kind_find(text))
		return "no such kind (see `ccsan explain`)";
	if (!colon[1])
		return "the pattern is empty";
	rule = calloc(1, sizeof(*rule));
	if (!rule)
		return "out of memory";
	rule->kind = ccsan_kind_find(text);
	rule->pattern = strdup(colon + 1);
	rule->line = line;
	*s->last = rule;
	s->last = &rule->next;
	return rule->pattern ? NULL : "out of memory";
}

struct ccsan_suppressions *ccsan_suppressions_read(FILE *file, const char *name, char *problem,
						   size_t problem_size)
{
	struct ccsan_suppressions *s = calloc(1, sizeof(*s));
	const char *wrong = s ? NULL : "out of memory";
	char *text = NULL;
	size_t room = 0;
	int line = 0;

	if (s) {
		s->last = &s->rules;
		s->name = strdup(name);
	}
	while (!wrong && getline(&text, &room, file) >= 0) {
		char *rule = trim(text);

		line++;
		if (*rule && *rule != '#')
			wrong = add_rule(s, rule, line);
	}
	free(text);
	if (!wrong)
		return s;
	snprintf(problem, problem_size, "%s:%d: %s", name, line, wrong);
	ccsan_suppressions_free(s);
	return NULL;
}

struct ccsan_suppressions *ccsan_suppressions_open(const char *path, char *problem,
						   size_t problem_size)
{
	FILE *file = fopen(path, "re");
	struct ccsan_suppressions *s;

	if (!file) {
		snprintf(problem, problem_size, "%s: %s", path, strerror(errno));
		return NULL;
	}
	s = ccsan_suppressions_read(file, path, problem, problem_size);
	fclose(file);
	return s;
}

void ccsan_suppressions_free(struct ccsan_suppressions *s)
{
	struct rule *next;

	if (!s)
		return;
	for (struct rule *rule = s->rules; rule; rule = next) {
		next = rule->next;
		free(rule->pattern);
		free(rule);
	}
	free(s->name);
	free(s);
}

/* --- matching --- */

static bool matches_frame(const struct rule *rule, const struct ccsan_frame *frame)
{
	const char *file = frame->file ? frame->file : frame->module, *last = strrchr(file, '/');

	if (frame->function && !fnmatch(rule->pattern, frame->function, 0))
		return true;
	return !fnmatch(rule->pattern, file, 0) || (last && !fnmatch(rule->pattern, last + 1, 0));
}

static bool matches_actor(const struct rule *rule, const struct ccsan_actor *actor,
			  struct ccsan_symbols *symbols)
{
	struct ccsan_frame frames[CCSAN_FRAMES];
	int count = ccsan_symbols_stack(symbols, actor, frames, CCSAN_FRAMES);

	for (int i = 0; i < count; i++)
		if (matches_frame(rule, &frames[i]))
			return true;
	return false;
}

bool ccsan_suppressed(struct ccsan_suppressions *s, const struct ccsan_finding *finding,
		      struct ccsan_symbols *symbols)
{
	for (struct rule *rule = s ? s->rules : NULL; rule; rule = rule->next) {
		if (rule->kind && rule->kind != finding->kind)
			continue;
		if (!matches_actor(rule, &finding->access, symbols) &&
		    !matches_actor(rule, &finding->cause, symbols))
			continue;
		rule->matches++;
		return true;
	}
	return false;
}

void ccsan_suppressions_tell(const struct ccsan_suppressions *s, FILE *to, bool matched)
{
	for (const struct rule *rule = s ? s->rules : NULL; rule; rule = rule->next) {
		const char *kind = rule->kind ? ccsan_kind_name(rule->kind) : "*";

		if (!rule->matches)
			fprintf(to, "ccsan: warning: %s:%d: suppression '%s:%s' matched nothing\n",
				s->name, rule->line, kind, rule->pattern);
		else if (matched)
			fprintf(to, "ccsan: suppression '%s:%s' matched %lu finding%s\n", kind,
				rule->pattern, rule->matches, rule->matches == 1 ? "" : "s");
	}
}
