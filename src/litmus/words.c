/* SPDX-License-Identifier: MIT */
/* A line as words, and what single words may be. See reading.h. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "reading.h"

/* --- mistakes --- */

bool ccsan_reading_fail(struct ccsan_reading *r, int column, const char *format, ...)
{
	char what[256];
	va_list arguments;

	if (r->failed)
		return false;
	va_start(arguments, format);
	vsnprintf(what, sizeof(what), format, arguments);
	va_end(arguments);
	snprintf(r->problem, r->problem_size, "%s:%d:%d: %s", r->file, r->line, column, what);
	r->failed = true;
	return false;
}

/* The column of the next word, or of the end of the line. */
int ccsan_reading_column(const struct ccsan_reading *r)
{
	if (r->at < r->count)
		return r->words[r->at].column;
	return r->count ? r->words[r->count - 1].column + (int)strlen(r->words[r->count - 1].text)
			: 1;
}

void *ccsan_reading_grow(void *list, unsigned count, size_t size)
{
	void *grown;

	if (count & (count - 1)) /* room doubles at powers of two */
		return list;
	grown = realloc(list, (count ? 2 * count : 1) * size);
	if (!grown) {
		fprintf(stderr, "ccsan: out of memory\n");
		exit(2);
	}
	return grown;
}

/* --- words --- */

bool ccsan_reading_is_single(char c)
{
	return c == ';' || c == '{' || c == '}';
}

/* Cuts a line into words, in place of its blanks and comment. */
bool ccsan_reading_cut(struct ccsan_reading *r, const char *line, char *buffer)
{
	const char *p = line;

	r->count = r->at = 0;
	while (*p && *p != '#' && *p != '\n' && *p != '\r') {
		const char *start = p;

		if (*p == ' ' || *p == '\t') {
			p++;
			continue;
		}
		while (*p && !strchr(" \t\r\n#;{}", *p))
			p++;
		if (p == start)
			p++;
		if (r->count == CCSAN_MOST_WORDS)
			return ccsan_reading_fail(r, (int)(start - line) + 1,
						  "more than %d words in a line",
						  (int)CCSAN_MOST_WORDS);
		memcpy(buffer, start, (size_t)(p - start));
		buffer[p - start] = '\0';
		r->words[r->count++] = (struct ccsan_word){ buffer, (int)(start - line) + 1 };
		buffer += p - start + 1;
	}
	return true;
}

bool ccsan_reading_at_end(const struct ccsan_reading *r)
{
	return r->at == r->count || ccsan_reading_is_single(*r->words[r->at].text);
}

bool ccsan_reading_next_is(const struct ccsan_reading *r, const char *text)
{
	return r->at < r->count && !strcmp(r->words[r->at].text, text);
}

char *ccsan_reading_take(struct ccsan_reading *r, const char *what)
{
	if (ccsan_reading_at_end(r)) {
		ccsan_reading_fail(r, ccsan_reading_column(r), "%s was expected", what);
		return NULL;
	}
	return r->words[r->at++].text;
}

static bool is_name(const char *text)
{
	if (!isalpha((unsigned char)*text) && *text != '_')
		return false;
	for (; *text; text++)
		if (!isalnum((unsigned char)*text) && !strchr("_.-", *text))
			return false;
	return true;
}

bool ccsan_reading_take_name(struct ccsan_reading *r, const char *what,
			     char name[CCSAN_LITMUS_NAME])
{
	int at = ccsan_reading_column(r);
	const char *text = ccsan_reading_take(r, what);

	if (!text)
		return false;
	if (!is_name(text) || strlen(text) >= CCSAN_LITMUS_NAME)
		return ccsan_reading_fail(r, at, "'%.40s' is no name for %s", text, what);
	snprintf(name, CCSAN_LITMUS_NAME, "%s", text);
	return true;
}

static bool scan_number(const char *text, uint64_t *number)
{
	bool hex = text[0] == '0' && (text[1] == 'x' || text[1] == 'X');
	char *end;

	if (!isdigit((unsigned char)*text) || (hex && !isxdigit((unsigned char)text[2])))
		return false;
	errno = 0;
	*number = strtoull(text, &end, hex ? 16 : 10);
	return !errno && !*end && *number < 1ull << 48;
}

bool ccsan_reading_take_number(struct ccsan_reading *r, const char *what, uint64_t *number)
{
	int at = ccsan_reading_column(r);
	const char *text;

	if (ccsan_reading_at_end(r))
		return ccsan_reading_fail(r, at, "a number was expected (%s)", what);
	text = ccsan_reading_take(r, what);
	return scan_number(text, number) ||
	       ccsan_reading_fail(r, at, "'%.40s' is no number (%s)", text, what);
}

bool ccsan_reading_take_reference(struct ccsan_reading *r, const char *what,
				  struct ccsan_reference *reference)
{
	char *text, *plus;

	*reference = (struct ccsan_reference){ .column = ccsan_reading_column(r) };
	text = ccsan_reading_take(r, what);
	if (!text)
		return false;
	plus = strchr(text, '+');
	reference->has_plus = plus != NULL;
	if (plus)
		*plus = '\0';
	if (!is_name(text) || strlen(text) >= CCSAN_LITMUS_NAME ||
	    (plus && !scan_number(plus + 1, &reference->plus)))
		return ccsan_reading_fail(r, reference->column, "'%.40s' is not %s, or %s+number",
					  text, what, what);
	snprintf(reference->name, sizeof(reference->name), "%s", text);
	return true;
}
