/* SPDX-License-Identifier: MIT */
/* See cpu_file.h. */
#include "cpu_file.h"

#include <errno.h>
#include <ini.h>
#include <stdlib.h>
#include <string.h>

/* Where a key was, so that a contradiction found at the end names a line. */
enum { MOST_KEYS = 64 };

struct seen_key {
	char section[16], key[16];
	int line;
};

struct reading {
	FILE *file;
	const char *name;
	int line;
	struct ccsan_cpu *cpu;
	char *problem;
	size_t problem_size;
	bool failed;
	int failed_line;
	struct seen_key keys[MOST_KEYS];
	int key_count;
};

static int fail(struct reading *r, int line, const char *key, const char *reason)
{
	if (!r->failed || line < r->failed_line) {
		snprintf(r->problem, r->problem_size, "%s:%d: %s: %s", r->name, line, key, reason);
		r->failed_line = line;
	}
	r->failed = true;
	return 0;
}

/* --- values --- */

static bool read_size(const char *value, uint32_t *to)
{
	char *end;
	unsigned long long number = strtoull(value, &end, 10);

	if (end == value || *value == '-' || *value == '+')
		return false;
	if (*end == 'K' || *end == 'k') {
		number <<= 10;
		end++;
	} else if (*end == 'M' || *end == 'm') {
		number <<= 20;
		end++;
	}
	*to = (uint32_t)number;
	return !*end && number <= UINT32_MAX && number < 1ull << 40;
}

static bool read_word(const char *value, const char *yes, const char *no, bool *to)
{
	*to = !strcmp(value, yes);
	return *to || !strcmp(value, no);
}

static bool read_type(const char *value, enum ccsan_cache_type *to)
{
	static const char *const names[] = { [CCSAN_CACHE_PIPT] = "pipt",
					     [CCSAN_CACHE_VIPT] = "vipt",
					     [CCSAN_CACHE_VIVT] = "vivt" };

	for (int i = 0; i <= CCSAN_CACHE_VIVT; i++)
		if (!strcmp(value, names[i])) {
			*to = (enum ccsan_cache_type)i;
			return true;
		}
	return false;
}

static bool read_text(const char *value, char *to, size_t size)
{
	return *value && (size_t)snprintf(to, size, "%s", value) < size;
}

/* --- keys --- */

enum answer { UNKNOWN_KEY, BAD_VALUE, GOOD };

static enum answer judge(bool good)
{
	return good ? GOOD : BAD_VALUE;
}

static enum answer read_cache_key(struct ccsan_cache *c, const char *key, const char *value)
{
	if (!strcmp(key, "type"))
		return judge(read_type(value, &c->type));
	if (!strcmp(key, "size"))
		return judge(read_size(value, &c->size));
	if (!strcmp(key, "ways"))
		return judge(read_size(value, &c->ways));
	if (!strcmp(key, "line"))
		return judge(read_size(value, &c->line));
	if (!strcmp(key, "alias"))
		return judge(read_size(value, &c->alias));
	if (!strcmp(key, "policy"))
		return judge(read_word(value, "write-through", "write-back", &c->write_through));
	if (!strcmp(key, "asid"))
		return judge(read_word(value, "yes", "no", &c->tagged));
	if (!strcmp(key, "coherent"))
		return judge(read_word(value, "yes", "no", &c->coherent));
	return !strcmp(key, "source") ? GOOD : UNKNOWN_KEY;
}

static enum answer read_cpu_key(struct ccsan_cpu *cpu, const char *key, const char *value)
{
	if (!strcmp(key, "name"))
		return judge(read_text(value, cpu->name, sizeof(cpu->name)) &&
			     !strpbrk(value, ",:= "));
	if (!strcmp(key, "title"))
		return judge(read_text(value, cpu->title, sizeof(cpu->title)));
	if (!strcmp(key, "family"))
		return judge(read_text(value, cpu->family, sizeof(cpu->family)));
	return !strcmp(key, "part") ? GOOD : UNKNOWN_KEY;
}

static enum answer read_bus_key(struct ccsan_cpu *cpu, const char *key, const char *value)
{
	if (!strcmp(key, "speculative"))
		return judge(read_word(value, "yes", "no", &cpu->speculative));
	if (!strcmp(key, "snooping"))
		return judge(read_word(value, "yes", "no", &cpu->snooping));
	if (!strcmp(key, "broadcast"))
		return judge(read_word(value, "no", "yes", &cpu->local_maintenance));
	if (!strcmp(key, "shared-dirty"))
		return judge(read_word(value, "yes", "no", &cpu->shares_dirty));
	if (!strcmp(key, "ordered"))
		return judge(read_word(value, "yes", "no", &cpu->ordered));
	return !strcmp(key, "source") ? GOOD : UNKNOWN_KEY;
}

static enum answer read_mmu_key(struct ccsan_cpu *cpu, const char *key, const char *value)
{
	if (!strcmp(key, "page"))
		return judge(read_size(value, &cpu->page));
	return !strcmp(key, "source") ? GOOD : UNKNOWN_KEY;
}

static bool find_cache(struct ccsan_cpu *cpu, const char *section, struct ccsan_cache **cache)
{
	if (!strcmp(section, "dcache"))
		*cache = &cpu->data;
	else if (!strcmp(section, "icache"))
		*cache = &cpu->instruction;
	else if (!strcmp(section, "outer"))
		*cache = &cpu->outer;
	else
		return false;
	return true;
}

static int take_key(void *context, const char *section, const char *key, const char *value)
{
	struct reading *r = context;
	struct ccsan_cache *cache;
	enum answer answer;

	if (find_cache(r->cpu, section, &cache))
		answer = read_cache_key(cache, key, value);
	else if (!strcmp(section, "cpu"))
		answer = read_cpu_key(r->cpu, key, value);
	else if (!strcmp(section, "mmu"))
		answer = read_mmu_key(r->cpu, key, value);
	else if (!strcmp(section, "bus"))
		answer = read_bus_key(r->cpu, key, value);
	else
		return fail(r, r->line, *section ? section : key,
			    "no such section (cpu, dcache, icache, outer, mmu, bus)");
	if (answer == UNKNOWN_KEY)
		return fail(r, r->line, key, "no such key in this section");
	if (answer == BAD_VALUE)
		return fail(r, r->line, key, "not a value for this key");
	if (r->key_count < MOST_KEYS) {
		struct seen_key *seen = &r->keys[r->key_count++];

		snprintf(seen->section, sizeof(seen->section), "%s", section);
		snprintf(seen->key, sizeof(seen->key), "%s", key);
		seen->line = r->line;
	}
	return 1;
}

/* --- the file --- */

static char *count_lines(char *text, int size, void *context)
{
	struct reading *r = context;

	r->line++;
	return fgets(text, size, r->file);
}

static int line_of(const struct reading *r, const char *section, const char *key)
{
	for (int i = 0; i < r->key_count; i++)
		if (!strcmp(r->keys[i].section, section) && !strcmp(r->keys[i].key, key))
			return r->keys[i].line;
	return 0;
}

static int need(struct reading *r, const char *section, const char *key)
{
	if (!line_of(r, section, key))
		fail(r, r->line, section, "the section or its keys are missing");
	return !r->failed;
}

/* Aliases agree modulo a way, unless the manual asks for more. */
static void complete(struct ccsan_cache *cache)
{
	if (!cache->alias && cache->ways)
		cache->alias = cache->size / cache->ways;
}

/* A contradiction is told as "key: reason": the key says on which line. The first section that has
 * it and is contradictory by itself is the one meant. */
static void name_contradiction(struct reading *r, const char *problem)
{
	static const char *const sections[] = { "dcache", "icache", "outer" };
	struct ccsan_cpu probe = *r->cpu;
	const struct ccsan_cache good = { .size = 4096, .ways = 1, .line = 32, .alias = 4096 };
	struct ccsan_cache *caches[] = { &probe.data, &probe.instruction, &probe.outer };
	char key[16];
	int at = 2;

	snprintf(key, sizeof(key), "%.*s", (int)strcspn(problem, ":"), problem);
	while (at > 0) {
		*caches[at] = good;
		if (!ccsan_cpu_problem(&probe))
			break;
		at--;
	}
	if (!strcmp(key, "page"))
		fail(r, line_of(r, "mmu", key), key, problem + strlen(key) + 2);
	else
		fail(r,
		     line_of(r, sections[at], key) ? line_of(r, sections[at], key)
						   : line_of(r, sections[at], "size"),
		     key, problem + strlen(key) + 2);
}

static bool check(struct reading *r)
{
	const char *problem;

	if (!need(r, "cpu", "name") || !need(r, "dcache", "type") || !need(r, "dcache", "size") ||
	    !need(r, "icache", "type") || !need(r, "icache", "size") || !need(r, "mmu", "page"))
		return false;
	complete(&r->cpu->data);
	complete(&r->cpu->instruction);
	complete(&r->cpu->outer);
	if (!*r->cpu->title)
		memcpy(r->cpu->title, r->cpu->name, sizeof(r->cpu->name));
	problem = ccsan_cpu_problem(r->cpu);
	if (problem)
		name_contradiction(r, problem);
	return !problem;
}

int ccsan_cpu_file_read(FILE *file, const char *name, struct ccsan_cpu *cpu, char *problem,
			size_t problem_size)
{
	struct reading r = { .file = file,
			     .name = name,
			     .cpu = cpu,
			     .problem = problem,
			     .problem_size = problem_size };
	int bad_line;

	*cpu = (struct ccsan_cpu){ .shares_dirty = true };
	bad_line = ini_parse_stream(count_lines, &r, take_key, &r);
	/* The parser goes on behind a line that it does not understand, and names the first one. */
	if (bad_line)
		fail(&r, bad_line, "syntax", "neither [section] nor key = value");
	if (!r.failed)
		check(&r);
	return r.failed ? -EINVAL : 0;
}

int ccsan_cpu_file_open(const char *path, struct ccsan_cpu *cpu, char *problem, size_t problem_size)
{
	FILE *file = fopen(path, "re");
	int result;

	if (!file) {
		snprintf(problem, problem_size, "%s: %s", path, strerror(errno));
		return -errno;
	}
	result = ccsan_cpu_file_read(file, path, cpu, problem, problem_size);
	fclose(file);
	return result;
}
