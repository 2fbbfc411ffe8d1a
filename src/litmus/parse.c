/* SPDX-License-Identifier: MIT */
/* Text to statements. Each line of the file is cut into words; `;`, `{` and `}` are words too. */
#include <ctype.h>
#include <errno.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "program.h"

enum { MOST_WORDS = 64, MOST_OBJECTS = 10000 };

struct word {
	char *text;
	int column;
};

/* `join NAME`: the thread may come later in the file. */
struct join {
	char name[CCSAN_LITMUS_NAME];
	unsigned statement;
	int line, column;
};

/* Where we are. The words of one statement are words[at] to the end or to the next `;`. */
struct reading {
	struct ccsan_litmus *litmus;
	const char *file;
	int line;
	struct word words[MOST_WORDS];
	int count, at;
	bool in_thread, named, failed;
	bool acts;                    /* a statement that is no declaration was there */
	char text[CCSAN_LITMUS_NAME]; /* of the statement */
	struct join *joins;
	unsigned joins_count;
	char *problem;
	size_t problem_size;
};

/* --- mistakes --- */

static bool fail_at(struct reading *r, int column, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

static bool fail_at(struct reading *r, int column, const char *format, ...)
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
static int column(const struct reading *r)
{
	if (r->at < r->count)
		return r->words[r->at].column;
	return r->count ? r->words[r->count - 1].column + (int)strlen(r->words[r->count - 1].text)
			: 1;
}

/* --- lists --- */

static void *grow(void *list, unsigned count, size_t size)
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

#define APPEND(litmus, name, ...)                                                                \
	((litmus)->name = grow((litmus)->name, (litmus)->name##_count, sizeof(*(litmus)->name)), \
	 (litmus)->name[(litmus)->name##_count++] = __VA_ARGS__)

#define FIND(litmus, list, wanted, index)                                      \
	do {                                                                   \
		for ((index) = 0; (index) < (litmus)->list##_count; (index)++) \
			if (!strcmp((litmus)->list[index].name, (wanted)))     \
				break;                                         \
	} while (0)

/* --- words --- */

static bool is_single(char c)
{
	return c == ';' || c == '{' || c == '}';
}

/* Cuts a line into words, in place of its blanks and comment. */
static bool cut(struct reading *r, const char *line, char *buffer)
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
		if (r->count == MOST_WORDS)
			return fail_at(r, (int)(start - line) + 1, "more than %d words in a line",
				       (int)MOST_WORDS);
		memcpy(buffer, start, (size_t)(p - start));
		buffer[p - start] = '\0';
		r->words[r->count++] = (struct word){ buffer, (int)(start - line) + 1 };
		buffer += p - start + 1;
	}
	return true;
}

static bool at_end(const struct reading *r)
{
	return r->at == r->count || is_single(*r->words[r->at].text);
}

static bool next_is(const struct reading *r, const char *text)
{
	return r->at < r->count && !strcmp(r->words[r->at].text, text);
}

static char *take(struct reading *r, const char *what)
{
	if (at_end(r)) {
		fail_at(r, column(r), "%s was expected", what);
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

static bool take_name(struct reading *r, const char *what, char name[CCSAN_LITMUS_NAME])
{
	int at = column(r);
	const char *text = take(r, what);

	if (!text)
		return false;
	if (!is_name(text) || strlen(text) >= CCSAN_LITMUS_NAME)
		return fail_at(r, at, "'%.40s' is no name for %s", text, what);
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

static bool take_number(struct reading *r, const char *what, uint64_t *number)
{
	int at = column(r);
	const char *text;

	if (at_end(r))
		return fail_at(r, at, "a number was expected (%s)", what);
	text = take(r, what);
	return scan_number(text, number) || fail_at(r, at, "'%.40s' is no number (%s)", text, what);
}

/* NAME or NAME+number. */
struct reference {
	char name[CCSAN_LITMUS_NAME];
	uint64_t plus;
	bool has_plus;
	int column;
};

static bool take_reference(struct reading *r, const char *what, struct reference *reference)
{
	char *text, *plus;

	*reference = (struct reference){ .column = column(r) };
	text = take(r, what);
	if (!text)
		return false;
	plus = strchr(text, '+');
	reference->has_plus = plus != NULL;
	if (plus)
		*plus = '\0';
	if (!is_name(text) || strlen(text) >= CCSAN_LITMUS_NAME ||
	    (plus && !scan_number(plus + 1, &reference->plus)))
		return fail_at(r, reference->column, "'%.40s' is not %s, or %s+number", text, what,
			       what);
	snprintf(reference->name, sizeof(reference->name), "%s", text);
	return true;
}

static bool find_frame(struct reading *r, const struct reference *reference, unsigned *index)
{
	FIND(r->litmus, frames, reference->name, *index);
	if (*index == r->litmus->frames_count)
		return fail_at(r, reference->column, "no frame is called '%s'", reference->name);
	return true;
}

static bool find_alias(struct reading *r, const struct reference *reference, unsigned *index)
{
	FIND(r->litmus, aliases, reference->name, *index);
	if (*index == r->litmus->aliases_count)
		return fail_at(r, reference->column, "no alias is called '%s'", reference->name);
	return true;
}

/* --- ranges --- */

/* A cache operation on no bytes is a mistake that programs make: it does nothing. */
static bool check_range(struct reading *r, const struct reference *reference, uint64_t bytes,
			unsigned pages, bool may_be_empty)
{
	uint64_t size = (uint64_t)pages * CCSAN_LITMUS_PAGE;

	if (!bytes && !may_be_empty)
		return fail_at(r, reference->column, "no bytes of '%s'", reference->name);
	if (reference->plus > size || bytes > size - reference->plus)
		return fail_at(r, reference->column,
			       "bytes %llu to %llu are outside of '%s', which has %llu",
			       (unsigned long long)reference->plus,
			       (unsigned long long)(reference->plus + bytes - !!bytes),
			       reference->name, (unsigned long long)size);
	return true;
}

/* A[+off] N: the size is required. A[+off N] with `whole`: without one, everything from the offset.
 */
static bool take_range(struct reading *r, const struct reference *reference, unsigned pages,
		       bool whole, struct ccsan_statement *s)
{
	uint64_t size = (uint64_t)pages * CCSAN_LITMUS_PAGE;

	s->offset = reference->plus;
	if (whole && at_end(r))
		s->bytes = size > reference->plus ? size - reference->plus : 0;
	else if (!take_number(r, "bytes", &s->bytes))
		return false;
	return check_range(r, reference, s->bytes, pages, whole);
}

/* --- statements --- */

static struct ccsan_statement new_statement(struct reading *r, enum ccsan_verb verb)
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

static bool name_is_free(struct reading *r, const char *name, int at)
{
	unsigned i;

	FIND(r->litmus, frames, name, i);
	if (i < r->litmus->frames_count)
		return fail_at(r, at, "'%s' is a frame already", name);
	FIND(r->litmus, aliases, name, i);
	if (i < r->litmus->aliases_count)
		return fail_at(r, at, "'%s' is an alias already", name);
	return true;
}

static bool read_frame(struct reading *r)
{
	struct ccsan_frame_object frame = { .pages = 1 };
	uint64_t pages = 1;
	int at = column(r);

	if (!take_name(r, "a frame", frame.name) || !name_is_free(r, frame.name, at))
		return false;
	at = column(r);
	if (!at_end(r) && !take_number(r, "pages", &pages))
		return false;
	if (!pages || pages > 1024)
		return fail_at(r, at, "a frame has 1 to 1024 pages");
	frame.pages = (unsigned)pages;
	APPEND(r->litmus, frames, frame);
	return true;
}

static bool read_device(struct reading *r)
{
	struct ccsan_named device = { 0 };

	if (!take_name(r, "a device", device.name))
		return false;
	if (next_is(r, "coherent")) {
		device.coherent = true;
		r->at++;
	}
	APPEND(r->litmus, devices, device);
	return true;
}

static bool read_region(struct reading *r, struct ccsan_alias_object *alias)
{
	static const struct {
		const char *name;
		unsigned attributes;
	} regions[] = { { "kernel", CCSAN_KERNEL },
			{ "vmap", CCSAN_VMAP },
			{ "kmap", CCSAN_KMAP },
			{ "user", CCSAN_USER },
			{ "uncached", CCSAN_KERNEL | CCSAN_UNCACHED } };
	int at = column(r);
	const char *name = take(r, "a region");

	for (size_t i = 0; name && i < sizeof(regions) / sizeof(*regions); i++)
		if (!strcmp(name, regions[i].name)) {
			alias->attributes = regions[i].attributes;
			return true;
		}
	if (name)
		fail_at(r, at, "'%.40s' is no region (kernel, vmap, kmap, user, uncached)", name);
	return false;
}

static bool take_space(struct reading *r, unsigned *index)
{
	struct ccsan_named space = { 0 };

	if (!take_name(r, "an address space", space.name))
		return false;
	FIND(r->litmus, spaces, space.name, *index);
	if (*index == r->litmus->spaces_count)
		APPEND(r->litmus, spaces, space);
	return true;
}

static bool read_colour(struct reading *r, struct ccsan_alias_object *alias)
{
	int at = column(r);
	uint64_t colour = 0;

	if (!take_number(r, "a colour", &colour))
		return false;
	if (colour > 4095)
		return fail_at(r, at, "there are at most 4096 colours");
	alias->attributes |= CCSAN_COLOUR((unsigned)colour);
	return true;
}

static bool read_fixed_address(struct reading *r, struct ccsan_alias_object *alias)
{
	int at = column(r);

	alias->fixed = true;
	if (!take_number(r, "an address", &alias->at))
		return false;
	if (alias->at % CCSAN_LITMUS_PAGE || alias->at >= CCSAN_USER_END)
		return fail_at(r, at, "an address is a multiple of 4096 and below 8G");
	return true;
}

static bool read_map_options(struct reading *r, struct ccsan_alias_object *alias)
{
	bool is_user = (alias->attributes & CCSAN_REGION_MASK) == CCSAN_USER;
	unsigned space;

	while (!at_end(r)) {
		int at = column(r);
		const char *word = take(r, "an option of map");
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
				return fail_at(r, at, "only user aliases are in an address space");
		} else {
			return fail_at(r, at, "'%.40s' is no option of map (colour, at, space)",
				       word);
		}
		if (!good)
			return false;
	}
	return true;
}

static bool read_map(struct reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_MAP);
	struct ccsan_alias_object alias = { 0 };
	struct reference frame;
	int at = column(r);

	if (!take_name(r, "an alias", alias.name) || !name_is_free(r, alias.name, at) ||
	    !take_reference(r, "a frame", &frame) || !find_frame(r, &frame, &alias.frame))
		return false;
	if (frame.plus >= r->litmus->frames[alias.frame].pages)
		return fail_at(r, frame.column, "frame '%s' has %u pages", frame.name,
			       r->litmus->frames[alias.frame].pages);
	alias.first_page = (unsigned)frame.plus;
	alias.pages = r->litmus->frames[alias.frame].pages - alias.first_page;
	if (!read_region(r, &alias) || !read_map_options(r, &alias))
		return false;
	s.object = r->litmus->aliases_count;
	APPEND(r->litmus, aliases, alias);
	APPEND(r->litmus, statements, s);
	return true;
}

static bool read_remap(struct reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_REMAP);
	struct reference alias, frame;

	if (!take_reference(r, "an alias", &alias) || !find_alias(r, &alias, &s.object) ||
	    !take_reference(r, "a frame", &frame) || !find_frame(r, &frame, &s.frame))
		return false;
	if (frame.plus + r->litmus->aliases[s.object].pages > r->litmus->frames[s.frame].pages)
		return fail_at(r, frame.column, "alias '%s' has %u pages, more than there are",
			       alias.name, r->litmus->aliases[s.object].pages);
	s.first_page = (unsigned)frame.plus;
	APPEND(r->litmus, statements, s);
	return true;
}

static bool read_unmap(struct reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_UNMAP);
	struct reference alias;

	if (!take_reference(r, "an alias", &alias) || !find_alias(r, &alias, &s.object))
		return false;
	APPEND(r->litmus, statements, s);
	return true;
}

static bool read_switch(struct reading *r)
{
	struct ccsan_statement s = new_statement(r, CCSAN_VERB_SWITCH);

	if (!take_space(r, &s.object))
		return false;
	APPEND(r->litmus, statements, s);
	return true;
}

static bool read_on_alias(struct reading *r, struct ccsan_statement *s)
{
	bool whole = s->verb == CCSAN_VERB_MAINTAIN;
	struct reference alias;

	if (!take_reference(r, "an alias", &alias) || !find_alias(r, &alias, &s->object) ||
	    !take_range(r, &alias, r->litmus->aliases[s->object].pages, whole, s))
		return false;
	APPEND(r->litmus, statements, *s);
	return true;
}

static bool read_on_frame(struct reading *r, struct ccsan_statement *s)
{
	bool whole = s->verb != CCSAN_VERB_DEVICE;
	struct reference frame;

	if (!take_reference(r, "a frame", &frame) || !find_frame(r, &frame, &s->object) ||
	    !take_range(r, &frame, r->litmus->frames[s->object].pages, whole, s))
		return false;
	return true;
}

static bool read_device_access(struct reading *r, struct ccsan_statement *s)
{
	char name[CCSAN_LITMUS_NAME];
	int at;

	if (!read_on_frame(r, s))
		return false;
	if (next_is(r, "by")) {
		r->at++;
		at = column(r);
		if (!take_name(r, "a device", name))
			return false;
		FIND(r->litmus, devices, name, s->device);
		if (s->device == r->litmus->devices_count)
			return fail_at(r, at, "no device is called '%s'", name);
	} else if (!r->litmus->devices_count) {
		return fail_at(r, column(r), "no device was declared");
	}
	APPEND(r->litmus, statements, *s);
	return true;
}

/* --- expectations --- */

static bool read_who(struct reading *r, struct ccsan_expectation *e)
{
	int at = column(r);
	char *who = take(r, "a CPU or properties"), *rest = who, *part;

	if (!who || !strcmp(who, "all"))
		return who != NULL;
	if (ccsan_cpu_find(who)) {
		snprintf(e->cpu, sizeof(e->cpu), "%s", who);
		return true;
	}
	while ((part = strsep(&rest, "+"))) {
		unsigned property = ccsan_property_find(part);

		if (property == CCSAN_PROPERTY_COUNT)
			return fail_at(r, at, "'%.40s' is neither a CPU nor a property", part);
		e->properties |= 1u << property;
	}
	return true;
}

static bool read_expect(struct reading *r)
{
	struct ccsan_expectation e = { 0 };
	char *verdict, *rest, *kind;
	int at;

	if (!read_who(r, &e))
		return false;
	at = column(r);
	verdict = rest = take(r, "a verdict");
	if (!verdict)
		return false;
	while (strcmp(verdict, "none") != 0 && (kind = strsep(&rest, ","))) {
		if (!ccsan_kind_find(kind))
			return fail_at(r, at, "'%.40s' is no kind of finding (see `ccsan explain`)",
				       kind);
		e.kinds |= 1u << ccsan_kind_find(kind);
		r->litmus->barriers |= ccsan_kind_find(kind) == CCSAN_KIND_MISSING_BARRIER;
	}
	APPEND(r->litmus, expectations, e);
	return true;
}

/* --- threads --- */

static bool read_cpu_of_thread(struct reading *r, struct ccsan_thread_object *thread)
{
	uint64_t cpu = 0;
	int at;

	r->at++;
	at = column(r);
	if (!take_number(r, "a CPU", &cpu))
		return false;
	if (cpu >= r->litmus->cpus)
		return fail_at(r, at, "CPUs count from 0, and the file says 'cpus %u'",
			       r->litmus->cpus);
	thread->cpu = (unsigned)cpu;
	thread->placed = true;
	return true;
}

static bool begin_thread(struct reading *r, int at, bool irq)
{
	struct ccsan_thread_object thread = { .irq = irq, .first = r->litmus->statements_count };
	int at_name = column(r);
	unsigned i;

	if (r->in_thread)
		return fail_at(r, at, "a thread inside of a thread");
	if (r->litmus->threads_count == CCSAN_MOST_ACTORS)
		return fail_at(r, at, "more than %d threads", (int)CCSAN_MOST_ACTORS);
	if (!take_name(r, "a thread", thread.name))
		return false;
	FIND(r->litmus, threads, thread.name, i);
	if (i < r->litmus->threads_count)
		return fail_at(r, at_name, "'%s' is a thread already", thread.name);
	if (next_is(r, "on") && !read_cpu_of_thread(r, &thread))
		return false;
	if (!next_is(r, "{"))
		return fail_at(r, column(r), "'{' was expected");
	r->at++;
	r->in_thread = true;
	r->litmus->explored |= irq || r->litmus->threads_count > 0;
	APPEND(r->litmus, threads, thread);
	return true;
}

static bool end_thread(struct reading *r, int at)
{
	struct ccsan_litmus *l = r->litmus;
	struct ccsan_thread_object *thread = &l->threads[l->threads_count - 1];
	unsigned transfers = 0;

	if (!r->in_thread)
		return fail_at(r, at, "'}' without a thread");
	r->in_thread = false;
	thread->count = l->statements_count - thread->first;
	for (unsigned i = thread->first; i < l->statements_count; i++) {
		enum ccsan_verb verb = l->statements[i].verb;

		transfers += verb == CCSAN_VERB_DEVICE;
		if (verb != CCSAN_VERB_DEVICE && verb != CCSAN_VERB_JOIN)
			return true;
	}
	thread->device = transfers && !thread->irq && !thread->placed;
	return true;
}

static bool read_cpus(struct reading *r)
{
	uint64_t cpus = 0;
	int at = column(r);

	if (!take_number(r, "CPUs", &cpus))
		return false;
	if (!cpus || cpus > CCSAN_CACHED_CPUS)
		return fail_at(r, at, "there are 1 to %d CPUs", (int)CCSAN_CACHED_CPUS);
	if (r->acts)
		return fail_at(r, at, "'cpus' comes before the first statement");
	r->litmus->cpus = (unsigned)cpus;
	return true;
}

/* Locks need no declaration. */
static bool read_lock(struct reading *r, struct ccsan_statement *s)
{
	struct ccsan_named lock = { 0 };

	if (!take_name(r, "a lock", lock.name))
		return false;
	FIND(r->litmus, locks, lock.name, s->object);
	if (s->object == r->litmus->locks_count)
		APPEND(r->litmus, locks, lock);
	return true;
}

static bool read_join(struct reading *r)
{
	struct join join = { .statement = r->litmus->statements_count,
			     .line = r->line,
			     .column = column(r) };

	if (!take_name(r, "a thread", join.name))
		return false;
	APPEND(r, joins, join);
	return true;
}

/* What is about who runs when only makes sense in a thread. */
static bool read_on_order(struct reading *r, struct ccsan_statement *s, int at)
{
	if (!r->in_thread)
		return fail_at(r, at, "'%s' outside of a thread", r->words[r->at - 1].text);
	r->litmus->explored = true;
	if (s->verb == CCSAN_VERB_LOCK || s->verb == CCSAN_VERB_UNLOCK)
		return read_lock(r, s);
	return s->verb != CCSAN_VERB_JOIN || read_join(r);
}

static bool find_threads_to_join(struct reading *r)
{
	struct ccsan_litmus *l = r->litmus;

	for (unsigned i = 0; i < r->joins_count; i++) {
		const struct join *join = &r->joins[i];
		unsigned thread;

		FIND(l, threads, join->name, thread);
		r->line = join->line;
		if (thread == l->threads_count)
			return fail_at(r, join->column, "no thread is called '%s'", join->name);
		if (l->threads[thread].irq)
			return fail_at(r, join->column, "'%s' is an interrupt, which may not come",
				       join->name);
		l->statements[join->statement].object = thread;
	}
	return true;
}

/* Statements outside of threads run before them: that should be how it reads. */
static bool check_order(struct reading *r)
{
	const struct ccsan_litmus *l = r->litmus;
	unsigned expected = l->threads_count ? l->threads[0].first : 0;

	for (unsigned i = 0; l->explored && i < l->threads_count; i++) {
		if (l->threads[i].first != expected)
			break;
		expected += l->threads[i].count;
	}
	if (!l->explored || expected == l->statements_count)
		return true;
	r->line = l->statements[expected].line;
	return fail_at(r, 1, "what is outside of several threads runs first, and comes first");
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

static bool read_verb(struct reading *r, const struct verb *verb, int at)
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
		if (verb->verb >= CCSAN_VERB_LOCK && !read_on_order(r, &s, at))
			return false;
	}
	APPEND(r->litmus, statements, s);
	return true;
}

static bool read_other(struct reading *r, const char *word, int at)
{
	static const struct {
		const char *name;
		bool (*read)(struct reading *);
	} others[] = { { "frame", read_frame },   { "device", read_device },
		       { "map", read_map },       { "remap", read_remap },
		       { "unmap", read_unmap },   { "switch", read_switch },
		       { "expect", read_expect }, { "cpus", read_cpus } };

	for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++)
		if (!strcmp(word, others[i].name))
			return others[i].read(r);
	if (!strcmp(word, "thread") || !strcmp(word, "irq"))
		return begin_thread(r, at, *word == 'i');
	return fail_at(r, at, "'%.40s' is no statement", word);
}

/* The words of the statement, before they are taken apart. */
static void keep_text(struct reading *r)
{
	size_t used = 0;

	*r->text = '\0';
	for (int i = r->at; i < r->count && !is_single(*r->words[i].text); i++)
		if (used < sizeof(r->text))
			used += (size_t)snprintf(r->text + used, sizeof(r->text) - used, "%s%s",
						 used ? " " : "", r->words[i].text);
}

static bool read_statement(struct reading *r)
{
	int at = column(r);
	const char *word = r->words[r->at].text;

	keep_text(r);
	r->at++;

	if (!r->named) {
		r->named = true;
		if (strcmp(word, "litmus") != 0)
			return fail_at(r, at, "a litmus file begins with 'litmus NAME'");
		if (at_end(r))
			return fail_at(r, column(r), "a name was expected");
		snprintf(r->litmus->name, sizeof(r->litmus->name), "%s", r->words[r->at++].text);
		return true;
	}
	for (size_t i = 0; i < sizeof(verbs) / sizeof(*verbs); i++)
		if (!strcmp(word, verbs[i].name))
			return read_verb(r, &verbs[i], at);
	return read_other(r, word, at);
}

static bool read_line(struct reading *r)
{
	while (r->at < r->count) {
		int at = column(r);

		if (next_is(r, ";")) {
			r->at++;
			continue;
		}
		if (next_is(r, "}")) {
			if (!end_thread(r, at))
				return false;
			r->at++;
			continue;
		}
		if (next_is(r, "{"))
			return fail_at(r, at, "'{' without 'thread NAME'");
		if (!read_statement(r))
			return false;
		if (!at_end(r) && !is_single(*r->words[r->at - 1].text)) /* '{' ends one */
			return fail_at(r, column(r), "'%.40s' is too much", r->words[r->at].text);
		if (r->litmus->statements_count > MOST_OBJECTS)
			return fail_at(r, at, "more than %d statements", (int)MOST_OBJECTS);
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
	APPEND(litmus, lines, copy);
}

struct ccsan_litmus *ccsan_litmus_read(FILE *file, const char *name, char *problem,
				       size_t problem_size)
{
	struct ccsan_litmus *litmus = calloc(1, sizeof(*litmus));
	struct reading r = {
		.litmus = litmus, .file = name, .problem = problem, .problem_size = problem_size
	};
	char *line = NULL, *buffer = NULL;
	size_t room = 0;

	if (litmus) {
		litmus->file = strdup(name);
		litmus->cpus = 1;
	}
	while (litmus && !r.failed && getline(&line, &room, file) >= 0) {
		free(buffer);
		buffer = malloc(2 * strlen(line) + 2);
		r.line++;
		keep_line(litmus, line);
		if (buffer && cut(&r, line, buffer))
			read_line(&r);
	}
	free(line);
	free(buffer);
	if (!r.failed && !r.named) {
		r.line += !r.line; /* an empty file */
		fail_at(&r, 1, "a litmus file begins with 'litmus NAME'");
	}
	if (!r.failed && r.in_thread)
		fail_at(&r, 1, "the file ends inside of thread '%s'",
			litmus->threads[litmus->threads_count - 1].name);
	if (!r.failed && find_threads_to_join(&r))
		check_order(&r);
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
