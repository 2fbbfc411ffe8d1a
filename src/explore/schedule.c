/* SPDX-License-Identifier: MIT */
/* Schedules as short texts. See schedule.h. */
#include "schedule.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { VERSION = 1, LETTERS = 26, ACTORS = 64, MOST_VALUES = 65535 };

static const char lower[] = "abcdefghijklmnopqrstuvwxyz";
static const char upper[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";

size_t ccsan_schedule_switches(const struct ccsan_schedule *schedule)
{
	size_t switches = 0;
	int last = -1;

	for (size_t i = 0; i < schedule->length; i++) {
		const struct ccsan_decision *d = &schedule->decisions[i];

		if (d->count)
			continue;
		switches += last >= 0 && last != d->chosen;
		last = d->chosen;
	}
	return switches;
}

/* --- printing --- */

/* What snprintf() does, one piece after the other. */
struct printer {
	char *text;
	size_t size, length;
};

static void put(struct printer *p, char c)
{
	if (p->length + 1 < p->size) {
		p->text[p->length] = c;
		p->text[p->length + 1] = '\0';
	}
	p->length++;
}

static void put_number(struct printer *p, unsigned long number)
{
	if (number >= 10)
		put_number(p, number / 10);
	put(p, (char)('0' + number % 10));
}

static bool is_name(char c)
{
	return (c >= '0' && c <= '9') || (c && (strchr(lower, c) || strchr(upper, c))) ||
	       c == '-' || c == '.';
}

static void put_name(struct printer *p, const char *name, size_t room)
{
	if (!*name)
		put(p, '-');
	for (size_t i = 0; i < room && name[i]; i++)
		put(p, is_name(name[i]) ? name[i] : '-');
	put(p, ':');
}

static void put_actor(struct printer *p, unsigned actor)
{
	if (actor >= 2 * LETTERS)
		put(p, '-');
	put(p, actor / LETTERS == 1 ? upper[actor % LETTERS] : lower[actor % LETTERS]);
}

static void put_value(struct printer *p, const struct ccsan_decision *d)
{
	put(p, '.');
	put_number(p, d->chosen);
	put(p, '.');
	put_number(p, d->count);
}

int ccsan_schedule_print(const struct ccsan_schedule *schedule, const struct ccsan_token_head *head,
			 char *text, size_t size)
{
	struct printer p = { .text = text, .size = size };
	const struct ccsan_decision *d = schedule->decisions;

	if (size)
		*text = '\0';
	put_number(&p, VERSION);
	put(&p, ':');
	put_name(&p, head->program, sizeof(head->program));
	put_name(&p, head->cpu, sizeof(head->cpu));
	for (size_t i = 0, next; i < schedule->length; i = next) {
		next = i + 1;
		if (d[i].count) {
			put_value(&p, &d[i]);
			continue;
		}
		while (next < schedule->length && !d[next].count && d[next].chosen == d[i].chosen)
			next++;
		put_actor(&p, d[i].chosen);
		if (next - i > 1)
			put_number(&p, next - i);
	}
	return (int)p.length;
}

/* --- reading --- */

struct scanner {
	const char *text, *at;
	char *problem;
	size_t problem_size;
};

static bool refuse(const struct scanner *s, const char *place, const char *format, ...)
{
	va_list arguments;
	int length = snprintf(s->problem, s->problem_size,
			      "character %zu: ", (size_t)(place - s->text) + 1);

	va_start(arguments, format);
	if (length > 0 && (size_t)length < s->problem_size)
		vsnprintf(s->problem + length, s->problem_size - (size_t)length, format, arguments);
	va_end(arguments);
	return false;
}

/* @param what is named in the message. Return: whether there is a number of `least` to `most`,
 * written the one way there is. */
static bool scan_number(struct scanner *s, unsigned long least, unsigned long most,
			const char *what, unsigned long *number)
{
	const char *start = s->at;

	*number = 0;
	while (*s->at >= '0' && *s->at <= '9' && *number <= most)
		*number = *number * 10 + (unsigned long)(*s->at++ - '0');
	if (s->at == start)
		return refuse(s, start, "%s was expected", what);
	if (*number < least || *number > most)
		return refuse(s, start, "%s of %lu to %lu was expected", what, least, most);
	if (*start == '0' && s->at - start > 1)
		return refuse(s, start, "a number does not begin with 0");
	return true;
}

static bool scan_name(struct scanner *s, char *name, size_t room, const char *what)
{
	const char *start = s->at;
	size_t length = 0;

	for (; is_name(*s->at); s->at++) {
		if (length + 1 >= room)
			return refuse(s, start, "%s is longer than %zu characters", what, room - 1);
		name[length++] = *s->at;
	}
	name[length] = '\0';
	if (!length)
		return refuse(s, start, "%s was expected", what);
	if (*s->at != ':')
		return refuse(s, s->at, "':' was expected after %s", what);
	s->at++;
	return true;
}

static bool append(struct scanner *s, struct ccsan_schedule *schedule, const char *place,
		   struct ccsan_decision decision)
{
	if (schedule->length == schedule->room)
		return refuse(s, place, "more than %zu decisions", schedule->room);
	schedule->decisions[schedule->length++] = decision;
	return true;
}

static bool scan_value(struct scanner *s, struct ccsan_schedule *schedule)
{
	const char *start = s->at++;
	unsigned long chosen, count;

	if (!scan_number(s, 0, MOST_VALUES - 1, "a value", &chosen))
		return false;
	if (*s->at != '.')
		return refuse(s, s->at, "'.' and the number of values were expected");
	s->at++;
	if (!scan_number(s, 2, MOST_VALUES, "a number of values", &count))
		return false;
	if (chosen >= count)
		return refuse(s, start, "value %lu is not one of %lu", chosen, count);
	return append(s, schedule, start,
		      (struct ccsan_decision){ (uint16_t)chosen, (uint16_t)count });
}

/* Return: the actor, -1 if there is none. */
static int scan_actor(struct scanner *s)
{
	int base = 0;
	const char *found;

	if (*s->at == '-') {
		base = 2 * LETTERS;
		s->at++;
	}
	if (!*s->at)
		return -1;
	found = strchr(lower, *s->at);
	if (found && base + (found - lower) < ACTORS) {
		s->at++;
		return base + (int)(found - lower);
	}
	found = base ? NULL : strchr(upper, *s->at);
	if (!found)
		return -1;
	s->at++;
	return LETTERS + (int)(found - upper);
}

static bool scan_steps(struct scanner *s, struct ccsan_schedule *schedule)
{
	const struct ccsan_decision *before =
		schedule->length ? &schedule->decisions[schedule->length - 1] : NULL;
	const char *start = s->at;
	int actor = scan_actor(s);
	unsigned long steps = 1;

	if (actor < 0)
		return refuse(s, start, "an actor (a letter) or a value ('.') was expected");
	if (before && !before->count && before->chosen == actor)
		return refuse(s, start,
			      "the actor before goes on: its number of steps was expected");
	if (*s->at >= '0' && *s->at <= '9' &&
	    !scan_number(s, 2, schedule->room > 2 ? schedule->room : 2, "a number of steps",
			 &steps))
		return false;
	while (steps--) {
		if (!append(s, schedule, start, (struct ccsan_decision){ (uint16_t)actor, 0 }))
			return false;
	}
	return true;
}

bool ccsan_schedule_scan(const char *text, struct ccsan_schedule *schedule,
			 struct ccsan_token_head *head, char *problem, size_t problem_size)
{
	struct scanner s = {
		.text = text, .at = text, .problem = problem, .problem_size = problem_size
	};
	unsigned long version;

	schedule->length = 0;
	if (!scan_number(&s, 0, MOST_VALUES, "a version", &version))
		return false;
	if (version != VERSION)
		return refuse(&s, text, "version %lu of tokens, not %d", version, VERSION);
	if (*s.at != ':')
		return refuse(&s, s.at, "':' was expected after the version");
	s.at++;
	if (!scan_name(&s, head->program, sizeof(head->program), "a program") ||
	    !scan_name(&s, head->cpu, sizeof(head->cpu), "a CPU"))
		return false;
	while (*s.at) {
		if (*s.at == '.' ? !scan_value(&s, schedule) : !scan_steps(&s, schedule))
			return false;
	}
	return true;
}
