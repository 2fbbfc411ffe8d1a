/* SPDX-License-Identifier: MIT */
/* See options.h. */
#include "options.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

enum kind { IS_bool, IS_int64_t, IS_text };

struct option {
	const char *name, *help;
	enum kind kind;
	size_t offset;
};

static const struct option options[] = {
#define CCSAN_OPTION(type, name, initial, help) \
	{ #name, help, IS_##type, offsetof(struct ccsan_options, name) },
#define CCSAN_TEXT_OPTION(name, initial, help) \
	{ #name, help, IS_text, offsetof(struct ccsan_options, name) },
#include "options.inc"
#undef CCSAN_OPTION
#undef CCSAN_TEXT_OPTION
};

enum { OPTION_COUNT = sizeof(options) / sizeof(*options) };

void ccsan_options_default(struct ccsan_options *o)
{
	static const struct ccsan_options initial = {
#define CCSAN_OPTION(type, name, value, help) .name = value,
#define CCSAN_TEXT_OPTION(name, value, help)  .name = value,
#include "options.inc"
#undef CCSAN_OPTION
#undef CCSAN_TEXT_OPTION
	};

	*o = initial;
}

static const struct option *find(const char *name, size_t length)
{
	for (int i = 0; i < OPTION_COUNT; i++)
		if (strlen(options[i].name) == length && !memcmp(options[i].name, name, length))
			return &options[i];
	return NULL;
}

/* --- values --- */

static bool is_one_of(const char *value, const char *const *words)
{
	for (; *words; words++)
		if (!strcmp(value, *words))
			return true;
	return false;
}

static bool read_bool(const char *value, bool *to)
{
	static const char *const yes[] = { "1", "true", "yes", NULL };
	static const char *const no[] = { "0", "false", "no", NULL };

	*to = is_one_of(value, yes);
	return *to || is_one_of(value, no);
}

static int64_t suffix_factor(char suffix)
{
	switch (suffix) {
	case '\0':
		return 1;
	case 'k':
	case 'K':
		return 1 << 10;
	case 'm':
	case 'M':
		return 1 << 20;
	case 'g':
	case 'G':
		return 1 << 30;
	default:
		return 0;
	}
}

static bool read_number(const char *value, int64_t *to)
{
	const char *p = value;
	int64_t number = 0, factor;

	for (; *p >= '0' && *p <= '9'; p++)
		if (__builtin_mul_overflow(number, 10, &number) ||
		    __builtin_add_overflow(number, *p - '0', &number))
			return false;
	if (p == value || (*p && p[1]))
		return false;
	factor = suffix_factor(*p);
	return factor && !__builtin_mul_overflow(number, factor, to);
}

static bool read_value(struct ccsan_options *o, const struct option *option, const char *value)
{
	char *at = (char *)o + option->offset;

	switch (option->kind) {
	case IS_bool:
		return read_bool(value, (bool *)(void *)at);
	case IS_int64_t:
		return read_number(value, (int64_t *)(void *)at);
	default:
		snprintf(at, CCSAN_OPTION_BYTES, "%s", value);
		return true;
	}
}

static const char *wanted(enum kind kind)
{
	return kind == IS_bool ? "0 or 1" : kind == IS_int64_t ? "a number" : "a text";
}

/* --- the text --- */

/* One key=value. The value may be quoted, to hold a ':'. */
struct pair {
	const char *name;
	size_t name_length;
	char value[CCSAN_OPTION_BYTES];
};

static bool copy_value(struct pair *pair, const char *from, size_t length)
{
	if (length >= sizeof(pair->value))
		return false;
	memcpy(pair->value, from, length);
	pair->value[length] = '\0';
	return true;
}

/* Return: the text after the pair, NULL if this is none. */
static const char *next_pair(const char *text, struct pair *pair)
{
	const char *value, *end;

	pair->name = text;
	pair->name_length = strcspn(text, "=:");
	if (!pair->name_length || text[pair->name_length] != '=')
		return NULL;
	value = text + pair->name_length + 1;
	if (*value == '\'' || *value == '"') {
		end = strchr(value + 1, *value);
		if (!end || (end[1] && end[1] != ':') ||
		    !copy_value(pair, value + 1, (size_t)(end - value - 1)))
			return NULL;
		end++;
	} else {
		end = value + strcspn(value, ":");
		if (!copy_value(pair, value, (size_t)(end - value)))
			return NULL;
	}
	return end;
}

static bool is_separator(char c)
{
	return c == ':' || c == ' ' || c == '\n' || c == '\t' || c == ',';
}

bool ccsan_options_read(struct ccsan_options *o, const char *text, const char *source,
			char *problem, size_t problem_size)
{
	struct pair pair;

	for (;;) {
		const struct option *option;
		const char *end;

		while (is_separator(*text))
			text++;
		if (!*text)
			return true;
		end = next_pair(text, &pair);
		if (!end) {
			snprintf(problem, problem_size, "%s: '%.60s' is not key=value", source,
				 text);
			return false;
		}
		option = find(pair.name, pair.name_length);
		if (!option) {
			snprintf(problem, problem_size,
				 "%s: unknown option '%.*s' (help=1 lists the options)", source,
				 (int)(pair.name_length < 60 ? pair.name_length : 60), pair.name);
			return false;
		}
		if (!read_value(o, option, pair.value)) {
			snprintf(problem, problem_size, "%s: %s=%.60s: %s was expected", source,
				 option->name, pair.value, wanted(option->kind));
			return false;
		}
		text = end;
	}
}

/* --- help --- */

static void print_option(void (*line)(const char *format, ...), const struct option *option,
			 const struct ccsan_options *initial)
{
	const char *at = (const char *)initial + option->offset;

	switch (option->kind) {
	case IS_bool:
		line("  %s=%d: %s\n", option->name, *(const bool *)(const void *)at, option->help);
		break;
	case IS_int64_t:
		line("  %s=%" PRId64 ": %s\n", option->name, *(const int64_t *)(const void *)at,
		     option->help);
		break;
	default:
		line("  %s=%s: %s\n", option->name, at, option->help);
		break;
	}
}

void ccsan_options_help(void (*line)(const char *format, ...))
{
	static struct ccsan_options initial;

	ccsan_options_default(&initial);
	line("CCSAN_OPTIONS, key=value joined by ':', with their initial values:\n");
	for (int i = 0; i < OPTION_COUNT; i++)
		print_option(line, &options[i], &initial);
}
