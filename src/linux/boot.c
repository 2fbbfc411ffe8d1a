/* SPDX-License-Identifier: MIT */
/* The kernel's command line, allocations that fail when they are told to, and the layer's tables.
 */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <ccsan/linux.h>

#include "layer.h"
#include "linux/dma/dma.h"
#include "machine/arena.h"

/* --- the command line --- */

enum { LINE_BYTES = 1024 };

/* Those of memory count until the first page is allocated, the others until they are asked for. */
static struct {
	const char *name;
	bool of_memory, asked;
} known[] = {
	{ "mem", true }, { "highmem", true }, { "dma", true },   { "page_poison", true },
	{ "pkmap" },     { "force_map" },     { "swiotlb" },     { "vmalloc" },
	{ "vmap_lazy" }, { "readahead" },     { "dirty_pages" },
};

static bool changes_memory;
static char line[LINE_BYTES]; /* "a=1 b=2 ", later ones count */

static void __attribute__((noreturn, format(printf, 1, 2))) die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	fputs("ccsan: ", stderr);
	vfprintf(stderr, format, arguments);
	fputc('\n', stderr);
	va_end(arguments);
	_exit(2);
}

/* Return: its place in the table, -1 if there is no such parameter. */
static int find(const char *name, size_t length)
{
	for (size_t i = 0; i < sizeof(known) / sizeof(*known); i++)
		if (!strncmp(known[i].name, name, length) && !known[i].name[length])
			return (int)i;
	return -1;
}

/* Return: false if this is no number with a suffix. */
static bool read_size(const char *text, unsigned long *value)
{
	static const char suffixes[] = "KMG";
	const char *suffix;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	*value = strtoul(text, &end, 0);
	suffix = *end && *end != ' ' ? strchr(suffixes, toupper((unsigned char)*end)) : NULL;
	if (suffix) {
		*value <<= 10 * (suffix - suffixes + 1);
		end++;
	}
	return !*end || *end == ' ';
}

static void add(const char *word, size_t length, const char *where)
{
	const char *equals = memchr(word, '=', length);
	size_t used = strlen(line);
	int which = equals ? find(word, (size_t)(equals - word)) : -1;
	unsigned long value;

	if (which < 0)
		die("%s: '%.*s': no such parameter (ccsan/linux.h has a list)", where, (int)length,
		    word);
	if (!read_size(equals + 1, &value))
		die("%s: '%.*s': a number was expected, perhaps with K, M or G", where, (int)length,
		    word);
	if (!known[which].of_memory && known[which].asked)
		die("%s: '%.*s' comes too late: it is in use", where, (int)length, word);
	changes_memory |= known[which].of_memory;
	if (used + length + 2 > sizeof(line))
		die("%s: too many parameters", where);
	memcpy(line + used, word, length);
	memcpy(line + used + length, " ", 2);
}

static void add_all(const char *words, const char *where)
{
	for (size_t n; *words; words += n) {
		words += strspn(words, " ");
		n = strcspn(words, " ");
		if (n)
			add(words, n, where);
	}
}

static void read_environment(void)
{
	static bool done;
	const char *words = getenv("CCSAN_LINUX");

	if (done)
		return;
	done = true;
	if (words)
		add_all(words, "CCSAN_LINUX");
}

unsigned long ccsan_param(const char *name, unsigned long fallback)
{
	size_t length = strlen(name);
	unsigned long value = fallback;
	int which = find(name, length);

	if (which < 0)
		die("parameter '%s' is not in the list of src/linux/boot.c", name);
	known[which].asked = true;
	read_environment();
	for (const char *p = line; *p; p += strcspn(p, " ") + 1)
		if (!strncmp(p, name, length) && p[length] == '=')
			read_size(p + length + 1, &value);
	return value;
}

void ccsan_linux_param(const char *parameter)
{
	read_environment();
	changes_memory = false;
	add_all(parameter, "ccsan_linux_param()");
	if (changes_memory && !ccsan_pages_boot_again())
		die("ccsan_linux_param(\"%s\"): pages are in use already", parameter);
}

/* --- allocations that fail --- */

static unsigned int failing, allocations;

void ccsan_linux_fail_allocation(unsigned int nth)
{
	failing = nth;
}

unsigned int ccsan_linux_allocations(void)
{
	return allocations;
}

static unsigned long objects;

void ccsan_count_object(int change)
{
	__atomic_add_fetch(&objects, (unsigned long)change, __ATOMIC_RELAXED);
}

unsigned long ccsan_linux_live_objects(void)
{
	return objects;
}

bool ccsan_should_fail(void)
{
	allocations++;
	return failing && --failing == 0;
}

/* --- the layer's tables: own memory, with a head by which kfree() knows it --- */

#define TABLE_MAGIC 0x6363616c6c6f6321ull

struct head {
	uint64_t magic; /* and the address, so that no copy of it counts */
	uint64_t bytes;
};

void *ccsan_kalloc(size_t bytes)
{
	struct head *head = ccsan_should_fail() ? NULL : calloc(1, sizeof(*head) + bytes);

	if (!head)
		return NULL;
	head->magic = TABLE_MAGIC ^ (uint64_t)(uintptr_t)head;
	head->bytes = bytes;
	ccsan_count_object(1);
	return head + 1;
}

static struct head *head_of(const void *p)
{
	struct head *head = (struct head *)(uintptr_t)p - 1;

	if ((uint64_t)(uintptr_t)p % sizeof(*head) || ccsan_is_alias((uint64_t)(uintptr_t)p))
		return NULL;
	return head->magic == (TABLE_MAGIC ^ (uint64_t)(uintptr_t)head) ? head : NULL;
}

size_t ccsan_kalloc_size(const void *p)
{
	struct head *head = head_of(p);

	return head ? head->bytes : 0;
}

bool ccsan_kalloc_free(const void *p)
{
	struct head *head = head_of(p);

	if (!head)
		return false;
	head->magic = 0;
	ccsan_count_object(-1);
	free(head);
	return true;
}
