/* SPDX-License-Identifier: MIT */
/* Words to statements. See reading.h. */
#include <stdlib.h>
#include <string.h>

#include "reading.h"

enum { MOST_OBJECTS = 10000 };

static bool find_frame(struct ccsan_reading *r, const struct ccsan_reference *reference,
		       unsigned *index)
{
	CCSAN_FIND(r->litmus, frames, reference->name, *index);
	if (*index == r->litmus->frames_count)
		return ccsan_reading_fail(r, reference->column, "no frame is called '%s'",
					  reference->name);
	return true;
}

static bool find_alias(struct ccsan_reading *r, const struct ccsan_reference *reference,
		       unsigned *index)
{
	CCSAN_FIND(r->litmus, aliases, reference->name, *index);
	if (*index == r->litmus->aliases_count)
		return ccsan_reading_fail(r, reference->column, "no alias is called '%s'",
					  reference->name);
	return true;
}

/* --- ranges --- */

/* A cache operation on no bytes is a mistake that programs make: it does nothing. */
static bool check_range(struct ccsan_reading *r, const struct ccsan_reference *reference,
			uint64_t bytes, unsigned pages, bool may_be_empty)
{
	uint64_t size = (uint64_t)pages * CCSAN_LITMUS_PAGE;

	if (!bytes && !may_be_empty)
		return ccsan_reading_fail(r, reference->column, "no bytes of '%s'",
					  reference->name);
	if (reference->plus > size || bytes > size - reference->plus)
		return ccsan_reading_fail(r, reference->column,
					  "bytes %llu to %llu are outside of '%s', which has %llu",
					  (unsigned long long)reference->plus,
					  (unsigned long long)(reference->plus + bytes - !!bytes),
					  reference->name, (unsigned long long)size);
	return true;
}

/* A[+off] N: the size is required. A[+off N] with `whole`: without one, everything from the offset.
 */
static bool take_range(struct ccsan_reading *r, const struct ccsan_reference *reference,
		       unsigned pages, bool whole, struct ccsan_statement *s)
{
	uint64_t size = (uint64_t)pages * CCSAN_LITMUS_PAGE;

	s->offset = reference->plus;
	if (whole && ccsan_reading_at_end(r))
		s->bytes = size > reference->plus ? size - reference->plus : 0;
	else if (!ccsan_reading_take_number(r, "bytes", &s->bytes))
		return false;
	return check_range(r, reference, s->bytes, pages, whole);
}

/* --- statements --- */

static struct ccsan_statement new_statement(struct ccsan_reading *r, enum ccsan_verb verb)
{
	const struct ccsan_litmus *l = r->litmus;
	const struct ccsan_thread_object *thread =
		r->in_thread ? &l->threads[l->threads_count - 1] : NULL;
	struct ccsan_statement s = { .verb = verb,
				     .line = r->line,
				     .cpu = thread ? thread->cpu : 0 };

	r->acts |= verb != CCSAN_VERB_MAP;
	snprintf(s.thread, sizeof(s.thread), "%s", thread ? thread->name : "init");
	snprintf(s.text, sizeof(s.text), "%s", r->text);
	return s;
}

static bool name_is_free(struct ccsan_reading *r, const char *name, int at)
{
	unsigned i;

	CCSAN_FIND(r->litmus, frames, name, i);
	if (i < r->litmus->frames_count)
		return ccsan_reading_fail(r, at, "'%s' is a frame already", name);
	CCSAN_FIND(r->litmus, aliases, name, i);
	if (i < r->litmus->aliases_count)
		return ccsan_reading_fail(r, at, "'%s' is an alias already", name);
	return true;
}

static bool read_frame(struct ccsan_reading *r)
{
	struct ccsan_frame_object frame = { .pages = 1 };
	uint64_t pages = 1;
	int at = ccsan_reading_column(r);

	if (!ccsan_reading_take_name(r, "a frame", frame.name) || !name_is_free(r, frame.name, at))
		return false;
	at = ccsan_reading_column(r);
	if (!ccsan_reading_at_end(r) && !ccsan_reading_take_number(r, "pages", &pages))
		return false;
	if (!pages || pages > 1024)
		return ccsan_reading_fail(r, at, "a frame has 1 to 1024 pages");
	frame.pages = (unsigned)pages;
	CCSAN_APPEND(r->litmus, frames, frame);
	return true;
}

static bool read_device(struct ccsan_reading *r)
{
	struct ccsan_named device = { 0 };

	if (!ccsan_reading_take_name(r, "a device", device.name))
		return false;
	if (ccsan_reading_next_is(r, "coherent")) {
		device.coherent = true;
		r->at++;
	}
	CCSAN_APPEND(r->litmus, devices, device);
	return true;
}

static bool read_region(struct ccsan_reading *r, struct ccsan_alias_object *alias)
{
	static const struct {
		const char *name;
		unsigned attributes;
	} regions[] = { { "kernel", CCSAN_KERNEL },
			{ "vmap", CCSAN_VMAP },
			{ "kmap", CCSAN_KMAP },
			{ "user", CCSAN_USER },
			{ "uncached", CCSAN_KERNEL | CCSAN_UNCACHED } };
	int at = ccsan_reading_column(r);
	const char *name = ccsan_reading_take(r, "a region");

	for (size_t i = 0; name && i < sizeof(regions) / sizeof(*regions); i++)
		if (!strcmp(name, regions[i].name)) {
			alias->attributes = regions[i].attributes;
			return true;
		}
	if (name)
		ccsan_reading_fail(
			r, at, "'%.40s' is no region (kernel, vmap, kmap, user, uncached)", name);
	return false;
}

static bool take_space(struct ccsan_reading *r, unsigned *index)
{
	struct ccsan_named space = { 0 };

	if (!ccsan_reading_take_name(r, "an address space", space.name))
		return false;
	CCSAN_FIND(r->litmus, spaces, space.name, *index);
	if (*index == r->litmus->spaces_count)
		CCSAN_APPEND(r->litmus, spaces, space);
	return true;
}

static bool read_colour(struct ccsan_reading *r, struct ccsan_alias_object *alias)
{
	int at = ccsan_reading_column(r);
	uint64_t colour = 0;

	if (!ccsan_reading_take_number(r, "a colour", &colour))
		return false;
	if (colour > 4095)
		return ccsan_reading_fail(r, at, "there are at most 4096 colours");
	alias->attributes |= CCSAN_COLOUR((unsigned)colour);
	return true;
}

static bool read_fixed_address(struct ccsan_reading *r, struct ccsan_alias_object *alias)
{
	int at = ccsan_reading_column(r);

	alias->fixed = true;
	if (!ccsan_reading_take_number(r, "an address", &alias->at))
		return false;
	if (alias->at % CCSAN_LITMUS_PAGE || alias->at >= CCSAN_USER_END)
		return ccsan_reading_fail(r, at, "an address is a multiple of 4096 and below 8G");
	return true;
}

static bool read_map_options(struct ccsan_reading *r, struct ccsan_alias_object *alias)
{
	bool is_user = (alias->attributes & CCSAN_REGION_MASK) == CCSAN_USER;
	unsigned space;

	while (!ccsan_reading_at_end(r)) {
		int at = ccsan_reading_column(r);
		const char *word = ccsan_reading_take(r, "an option of map");
		bool good;

		if (!strcmp(word, "colour"))
			good = read_colour(r, alias);
		else if (!strcmp(word, "at"))
			good = read_fixed_address(r, alias);
		else if (!strcmp(word, "space")) {
			good = take_space(r, &space);
			if (good)
				alias->space = space + 1;
			if (good && !is_user)
				return ccsan_reading_fail(
					r, at, "only user aliases are in an address space");
		} else {
			return ccsan_reading_fail(
				r, at, "'%.40s' is no option of map (colour, at, space)", word);
		}
		if (!good)
			return false;
	}
	return true;
}

static bool read_map(struct ccsan_reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_MAP);
	struct ccsan_alias_object alias = { 0 };
	struct ccsan_reference frame;
	int at = ccsan_reading_column(r);

	if (!ccsan_reading_take_name(r, "an alias", alias.name) ||
	    !name_is_free(r, alias.name, at) ||
	    !ccsan_reading_take_reference(r, "a frame", &frame) ||
	    !find_frame(r, &frame, &alias.frame))
		return false;
	if (frame.plus >= r->litmus->frames[alias.frame].pages)
		return ccsan_reading_fail(r, frame.column, "frame '%s' has %u pages", frame.name,
					  r->litmus->frames[alias.frame].pages);
	alias.first_page = (unsigned)frame.plus;
	alias.pages = r->litmus->frames[alias.frame].pages - alias.first_page;
	if (!read_region(r, &alias) || !read_map_options(r, &alias))
		return false;
	s.object = r->litmus->aliases_count;
	CCSAN_APPEND(r->litmus, aliases, alias);
	CCSAN_APPEND(r->litmus, statements, s);
	return true;
}

static bool read_remap(struct ccsan_reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_REMAP);
	struct ccsan_reference alias, frame;

	if (!ccsan_reading_take_reference(r, "an alias", &alias) ||
	    !find_alias(r, &alias, &s.object) ||
	    !ccsan_reading_take_reference(r, "a frame", &frame) || !find_frame(r, &frame, &s.frame))
		return false;
	if (frame.plus + r->litmus->aliases[s.object].pages > r->litmus->frames[s.frame].pages)
		return ccsan_reading_fail(r, frame.column,
					  "alias '%s' has %u pages, more than there are",
					  alias.name, r->litmus->aliases[s.object].pages);
	s.first_page = (unsigned)frame.plus;
	CCSAN_APPEND(r->litmus, statements, s);
	return true;
}

static bool read_unmap(struct ccsan_reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_UNMAP);
	struct ccsan_reference alias;

	if (!ccsan_reading_take_reference(r, "an alias", &alias) ||
	    !find_alias(r, &alias, &s.object))
		return false;
	CCSAN_APPEND(r->litmus, statements, s);
	return true;
}

static bool read_switch(struct ccsan_reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_SWITCH);

	if (!take_space(r, &s.object))
		return false;
	CCSAN_APPEND(r->litmus, statements, s);
	return true;
}

static bool read_on_alias(struct ccsan_reading *r, struct ccsan_statement *s)
{
	bool whole = s->verb == CCSAN_VERB_MAINTAIN;
	struct ccsan_reference alias;

	if (!ccsan_reading_take_reference(r, "an alias", &alias) ||
	    !find_alias(r, &alias, &s->object) ||
	    !take_range(r, &alias, r->litmus->aliases[s->object].pages, whole, s))
		return false;
	CCSAN_APPEND(r->litmus, statements, *s);
	return true;
}

static bool read_on_frame(struct ccsan_reading *r, struct ccsan_statement *s)
{
	bool whole = s->verb != CCSAN_VERB_DEVICE;
	struct ccsan_reference frame;

	if (!ccsan_reading_take_reference(r, "a frame", &frame) ||
	    !find_frame(r, &frame, &s->object) ||
	    !take_range(r, &frame, r->litmus->frames[s->object].pages, whole, s))
		return false;
	return true;
}

static bool read_device_access(struct ccsan_reading *r, struct ccsan_statement *s)
{
	char name[CCSAN_LITMUS_NAME];
	int at;

	if (!read_on_frame(r, s))
		return false;
	if (ccsan_reading_next_is(r, "by")) {
		r->at++;
		at = ccsan_reading_column(r);
		if (!ccsan_reading_take_name(r, "a device", name))
			return false;
		CCSAN_FIND(r->litmus, devices, name, s->device);
		if (s->device == r->litmus->devices_count)
			return ccsan_reading_fail(r, at, "no device is called '%s'", name);
	} else if (!r->litmus->devices_count) {
		return ccsan_reading_fail(r, ccsan_reading_column(r), "no device was declared");
	}
	CCSAN_APPEND(r->litmus, statements, *s);
	return true;
}

/* --- expectations --- */

static bool read_who(struct ccsan_reading *r, struct ccsan_expectation *e)
{
	int at = ccsan_reading_column(r);
	char *who = ccsan_reading_take(r, "a CPU or properties"), *rest = who, *part;

	if (!who || !strcmp(who, "all"))
		return who != NULL;
	if (ccsan_cpu_find(who)) {
		snprintf(e->cpu, sizeof(e->cpu), "%s", who);
		return true;
	}
	while ((part = strsep(&rest, "+"))) {
		unsigned property = ccsan_property_find(part);

		if (property == CCSAN_PROPERTY_COUNT)
			return ccsan_reading_fail(r, at, "'%.40s' is neither a CPU nor a property",
						  part);
		e->properties |= 1u << property;
	}
	return true;
}

static bool read_expect(struct ccsan_reading *r)
{
	struct ccsan_expectation e = { 0 };
	char *verdict, *rest, *kind;
	int at;

	if (!read_who(r, &e))
		return false;
	at = ccsan_reading_column(r);
	verdict = rest = ccsan_reading_take(r, "a verdict");
	if (!verdict)
		return false;
	while (strcmp(verdict, "none") != 0 && (kind = strsep(&rest, ","))) {
		if (!ccsan_kind_find(kind))
			return ccsan_reading_fail(
				r, at, "'%.40s' is no kind of finding (see `ccsan explain`)", kind);
		e.kinds |= 1u << ccsan_kind_find(kind);
		r->litmus->barriers |= ccsan_kind_find(kind) == CCSAN_KIND_MISSING_BARRIER;
	}
	CCSAN_APPEND(r->litmus, expectations, e);
	return true;
}

/* --- the table of statements --- */

struct verb {
	const char *name;
	enum ccsan_verb verb;
	enum ccsan_operation operation;
	bool instruction;
};

static const struct verb verbs[] = {
	{ "read", CCSAN_VERB_ACCESS, CCSAN_READ, false },
	{ "write", CCSAN_VERB_ACCESS, CCSAN_WRITE, false },
	{ "fetch", CCSAN_VERB_ACCESS, CCSAN_FETCH, true },
	{ "clean", CCSAN_VERB_MAINTAIN, CCSAN_CLEAN, false },
	{ "invalidate", CCSAN_VERB_MAINTAIN, CCSAN_INVALIDATE, false },
	{ "flush", CCSAN_VERB_MAINTAIN, CCSAN_FLUSH, false },
	{ "icache-invalidate", CCSAN_VERB_MAINTAIN, CCSAN_INVALIDATE, true },
	{ "clean-all", CCSAN_VERB_ALL, CCSAN_CLEAN, false },
	{ "invalidate-all", CCSAN_VERB_ALL, CCSAN_INVALIDATE, false },
	{ "flush-all", CCSAN_VERB_ALL, CCSAN_FLUSH, false },
	{ "outer-clean", CCSAN_VERB_OUTER, CCSAN_OUTER_CLEAN, false },
	{ "outer-invalidate", CCSAN_VERB_OUTER, CCSAN_OUTER_INVALIDATE, false },
	{ "outer-flush", CCSAN_VERB_OUTER, CCSAN_OUTER_FLUSH, false },
	{ "device-read", CCSAN_VERB_DEVICE, CCSAN_DEVICE_READ, false },
	{ "device-write", CCSAN_VERB_DEVICE, CCSAN_DEVICE_WRITE, false },
	{ "forget", CCSAN_VERB_FORGET, CCSAN_FORGET, false },
	{ "barrier", CCSAN_VERB_BARRIER, CCSAN_READ, false },
	{ "lock", CCSAN_VERB_LOCK, CCSAN_READ, false },
	{ "unlock", CCSAN_VERB_UNLOCK, CCSAN_READ, false },
	{ "irq-off", CCSAN_VERB_IRQ_OFF, CCSAN_READ, false },
	{ "irq-on", CCSAN_VERB_IRQ_ON, CCSAN_READ, false },
	{ "join", CCSAN_VERB_JOIN, CCSAN_READ, false },
};

static bool read_verb(struct ccsan_reading *r, const struct verb *verb, int at)
{
	struct ccsan_statement s = new_statement(r, verb->verb);

	s.operation = verb->operation;
	s.instruction = verb->instruction;
	switch (verb->verb) {
	case CCSAN_VERB_ACCESS:
	case CCSAN_VERB_MAINTAIN:
		return read_on_alias(r, &s);
	case CCSAN_VERB_DEVICE:
		return read_device_access(r, &s);
	case CCSAN_VERB_OUTER:
	case CCSAN_VERB_FORGET:
		if (!read_on_frame(r, &s))
			return false;
		break;
	case CCSAN_VERB_BARRIER:
		r->litmus->barriers = true;
		break;
	default:
		if (verb->verb >= CCSAN_VERB_LOCK && !ccsan_reading_on_order(r, &s, at))
			return false;
	}
	CCSAN_APPEND(r->litmus, statements, s);
	return true;
}

static bool read_other(struct ccsan_reading *r, const char *word, int at)
{
	static const struct {
		const char *name;
		bool (*read)(struct ccsan_reading *);
	} others[] = { { "frame", read_frame },   { "device", read_device },
		       { "map", read_map },       { "remap", read_remap },
		       { "unmap", read_unmap },   { "switch", read_switch },
		       { "expect", read_expect }, { "cpus", ccsan_reading_cpus } };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(word, others[i].name))
			return others[i].read(r);
	if (!strcmp(word, "thread") || !strcmp(word, "irq"))
		return ccsan_reading_begin_thread(r, at, *word == 'i');
	return ccsan_reading_fail(r, at, "'%.40s' is no statement", word);
}

/* The words of the statement, before they are taken apart. */
static void keep_text(struct ccsan_reading *r)
{
	size_t used = 0;

	*r->text = '\0';
	for (int i = r->at; i < r->count && !ccsan_reading_is_single(*r->words[i].text); i++)
		if (used < sizeof(r->text))
			used += (size_t)snprintf(r->text + used, sizeof(r->text) - used, "%s%s",
						 used ? " " : "", r->words[i].text);
}

static bool read_statement(struct ccsan_reading *r)
{
	int at = ccsan_reading_column(r);
	const char *word = r->words[r->at].text;

	keep_text(r);
	r->at++;

	if (!r->named) {
		r->named = true;
		if (strcmp(word, "litmus") != 0)
			return ccsan_reading_fail(r, at, "a litmus file begins with 'litmus NAME'");
		if (ccsan_reading_at_end(r))
			return ccsan_reading_fail(r, ccsan_reading_column(r),
						  "a name was expected");
		snprintf(r->litmus->name, sizeof(r->litmus->name), "%s", r->words[r->at++].text);
		return true;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(word, verbs[i].name))
			return read_verb(r, &verbs[i], at);
	return read_other(r, word, at);
}

static bool read_line(struct ccsan_reading *r)
{
	while (r->at < r->count) {
		int at = ccsan_reading_column(r);

		if (ccsan_reading_next_is(r, ";")) {
			r->at++;
			continue;
		}
		if (ccsan_reading_next_is(r, "}")) {
			if (!ccsan_reading_end_thread(r, at))
				return false;
			r->at++;
			continue;
		}
		if (ccsan_reading_next_is(r, "{"))
			return ccsan_reading_fail(r, at, "'{' without 'thread NAME'");
		if (!read_statement(r))
			return false;
		if (!ccsan_reading_at_end(r) &&
		    !ccsan_reading_is_single(*r->words[r->at - 1].text)) /* '{' ends one */
			return ccsan_reading_fail(r, ccsan_reading_column(r), "'%.40s' is too much",
						  r->words[r->at].text);
		if (r->litmus->statements_count > MOST_OBJECTS)
			return ccsan_reading_fail(r, at, "more than %d statements",
						  (int)MOST_OBJECTS);
	}
	return true;
}

/* --- files --- */

static void keep_line(struct ccsan_litmus *litmus, const char *line)
{
	char *copy;
	size_t n;

	line += strspn(line, " \t");
	n = strcspn(line, "#\r\n");
	while (n && strchr(" \t", line[n - 1]))
		n--;
	copy = strndup(line, n);
	CCSAN_APPEND(litmus, lines, copy);
}

struct ccsan_litmus *ccsan_litmus_read(FILE *file, const char *name, char *problem,
				       size_t problem_size)
{
	struct ccsan_litmus *litmus = calloc(1, sizeof(*litmus));
	struct ccsan_reading r = {
		.litmus = litmus, .file = name, .problem = problem, .problem_size = problem_size
	};
	char *line = NULL, *buffer = NULL;
	size_t room = 0;

	if (!litmus) {
		snprintf(problem, problem_size, "%s: out of memory", name);
		return NULL;
	}
	litmus->file = strdup(name);
	litmus->cpus = 1;
	while (!r.failed && getline(&line, &room, file) >= 0) {
		free(buffer);
		buffer = malloc(2 * strlen(line) + 2);
		r.line++;
		keep_line(litmus, line);
		if (buffer && ccsan_reading_cut(&r, line, buffer))
			read_line(&r);
	}
	free(line);
	free(buffer);
	if (!r.failed && !r.named) {
		r.line += !r.line; /* an empty file */
		ccsan_reading_fail(&r, 1, "a litmus file begins with 'litmus NAME'");
	}
	if (!r.failed && r.in_thread)
		ccsan_reading_fail(&r, 1, "the file ends inside of thread '%s'",
				   litmus->threads[litmus->threads_count - 1].name);
	if (!r.failed)
		ccsan_reading_finish_threads(&r);
	free(r.joins);
	if (!r.failed)
		return litmus;
	ccsan_litmus_free(litmus);
	return NULL;
}

void ccsan_litmus_free(struct ccsan_litmus *litmus)
{
	if (!litmus)
		return;
	for (unsigned i = 0; i < litmus->lines_count; i++)
		free(litmus->lines[i]);
	free(litmus->lines);
	free(litmus->frames);
	free(litmus->aliases);
	free(litmus->spaces);
	free(litmus->devices);
	free(litmus->locks);
	free(litmus->threads);
	free(litmus->statements);
	free(litmus->expectations);
	free(litmus->file);
	free(litmus);
}

const char *ccsan_litmus_name(const struct ccsan_litmus *litmus)
{
	return litmus->name;
}

const char *ccsan_litmus_statement(const struct ccsan_litmus *litmus, int line)
{
	if (line < 1 || (unsigned)line > litmus->lines_count || !litmus->lines[line - 1])
		return "";
	return litmus->lines[line - 1];
}
