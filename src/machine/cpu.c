/* SPDX-License-Identifier: MIT */
/* CPUs as values: what contradicts itself, and a CPU as one line of text. See ccsan/cpu.h. */
#include <ccsan/cpu.h>

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cpu_table.h"

const struct ccsan_cpu *ccsan_cpu_at(size_t index)
{
	return index < ccsan_cpu_count ? &ccsan_cpu_table[index] : NULL;
}

const struct ccsan_cpu *ccsan_cpu_find(const char *name)
{
	for (size_t i = 0; i < ccsan_cpu_count; i++)
		if (!strcmp(ccsan_cpu_table[i].name, name))
			return &ccsan_cpu_table[i];
	return NULL;
}

uint32_t ccsan_cpu_data_colours(const struct ccsan_cpu *cpu)
{
	if (cpu->data.type == CCSAN_CACHE_VIVT)
		return 0;
	if (cpu->data.type == CCSAN_CACHE_PIPT || cpu->data.alias <= cpu->page)
		return 1;
	return cpu->data.alias / cpu->page;
}

/* --- contradictions --- */

static bool is_power_of_two(uint32_t n)
{
	return n && !(n & (n - 1));
}

static const char *cache_problem(const struct ccsan_cache *cache)
{
	uint32_t way;

	if (!is_power_of_two(cache->line) || cache->line < 16 || cache->line > 256)
		return "line: must be a power of two from 16 to 256 bytes";
	if (!cache->ways || !cache->size)
		return "size: a cache has at least one way of at least one line";
	if (cache->size % cache->ways)
		return "size: must be a multiple of ways";
	way = cache->size / cache->ways;
	if (cache->line > way)
		return "line: is larger than a way (size / ways)";
	if (!is_power_of_two(way))
		return "size: a way (size / ways) must be a power of two";
	if (!is_power_of_two(cache->alias) || cache->alias < way)
		return "alias: must be a power of two, and at least a way (size / ways)";
	if (cache->tagged && cache->type != CCSAN_CACHE_VIVT)
		return "asid: only virtually tagged (vivt) caches have one";
	return NULL;
}

const char *ccsan_cpu_problem(const struct ccsan_cpu *cpu)
{
	const char *problem;

	if (!is_power_of_two(cpu->page) || cpu->page < 4096 || cpu->page > 65536)
		return "page: must be a power of two from 4K to 64K";
	problem = cache_problem(&cpu->data);
	if (!problem)
		problem = cache_problem(&cpu->instruction);
	if (!problem && cpu->outer.size)
		problem = cache_problem(&cpu->outer);
	if (!problem && cpu->data.alias / cpu->page > 4096)
		problem = "alias: more than 4096 colours";
	return problem;
}

/* --- one line of text: fields separated by commas; no ':' or '=', for CCSAN_OPTIONS --- */

static int print_cache(const struct ccsan_cache *c, char *text, size_t size)
{
	return snprintf(text, size, ",%d,%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%" PRIu32 ",%d%d%d",
			(int)c->type, c->size, c->ways, c->line, c->alias, c->write_through,
			c->tagged, c->coherent);
}

int ccsan_cpu_print(const struct ccsan_cpu *cpu, char *text, size_t size)
{
	const struct ccsan_cache *caches[] = { &cpu->data, &cpu->instruction, &cpu->outer };
	int used = snprintf(text, size, "@%s,%" PRIu32 ",%d%d%d%d%d", cpu->name, cpu->page,
			    cpu->speculative, cpu->snooping, cpu->local_maintenance,
			    cpu->shares_dirty, cpu->ordered);

	for (int i = 0; i < 3; i++) {
		size_t at = (size_t)used < size ? (size_t)used : size;

		used += print_cache(caches[i], text + at, size - at);
	}
	return used;
}

static bool scan_number(const char **text, uint32_t *number)
{
	uint64_t value = 0;
	const char *p = *text;

	if (*p++ != ',')
		return false;
	for (; *p >= '0' && *p <= '9' && value <= UINT32_MAX; p++)
		value = 10 * value + (uint64_t)(*p - '0');
	if (p == *text + 1 || value > UINT32_MAX)
		return false;
	*number = (uint32_t)value;
	*text = p;
	return true;
}

static bool scan_flags(const char **text, bool **flags, int count)
{
	if (*(*text)++ != ',')
		return false;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text != '0' && **text != '1')
			return false;
		*flags[i] = **text == '1';
	}
	return true;
}

static bool scan_cache(const char **text, struct ccsan_cache *c)
{
	bool *flags[] = { &c->write_through, &c->tagged, &c->coherent };
	uint32_t type;

	if (!scan_number(text, &type) || type > CCSAN_CACHE_VIVT)
		return false;
	c->type = (enum ccsan_cache_type)type;
	return scan_number(text, &c->size) && scan_number(text, &c->ways) &&
	       scan_number(text, &c->line) && scan_number(text, &c->alias) &&
	       scan_flags(text, flags, 3);
}

bool ccsan_cpu_scan(const char *text, struct ccsan_cpu *cpu)
{
	bool *flags[] = { &cpu->speculative, &cpu->snooping, &cpu->local_maintenance,
			  &cpu->shares_dirty, &cpu->ordered };
	size_t length = strcspn(text, ",");

	*cpu = (struct ccsan_cpu){ 0 };
	if (text[0] != '@' || length > sizeof(cpu->name))
		return false;
	memcpy(cpu->name, text + 1, length - 1);
	memcpy(cpu->title, text + 1, length - 1);
	text += length;
	return scan_number(&text, &cpu->page) && scan_flags(&text, flags, 5) &&
	       scan_cache(&text, &cpu->data) && scan_cache(&text, &cpu->instruction) &&
	       scan_cache(&text, &cpu->outer) && !*text && !ccsan_cpu_problem(cpu);
}
