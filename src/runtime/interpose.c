/* SPDX-License-Identifier: MIT */
/*
 * Functions of libc that touch the program's memory, or that the shadow of it has to know about.
 * The linker sends the program's calls here (--wrap); the runtime's own calls go to libc.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <ctype.h>
#include <malloc.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "interpose.h"
#include "runtime/exploring/explore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

#define READS(p, n)  ccsan_short_range(CCSAN_READ, (p), (n), PC)
#define WRITES(p, n) ccsan_short_range(CCSAN_WRITE, (p), (n), PC)

/* Pages of simulated processes that both are there at the same time: to bring in one may let
 * another thread run, which may take the other one away. */
static void bring_both(const void *to, enum ccsan_operation operation, const void *from, size_t n,
		       uint64_t pc)
{
	if (ccsan_is_alias((uint64_t)(uintptr_t)to) && ccsan_is_alias((uint64_t)(uintptr_t)from))
		ccsan_fault_in_both(operation, (uint64_t)(uintptr_t)to, CCSAN_READ,
				    (uint64_t)(uintptr_t)from, n, pc);
}

/* --- memory --- */

void *__wrap_memcpy(void *to, const void *from, size_t n)
{
	bring_both(to, CCSAN_WRITE, from, n, PC);
	READS(from, n);
	WRITES(to, n);
	return memcpy(to, from, n);
}

void *__wrap_mempcpy(void *to, const void *from, size_t n)
{
	bring_both(to, CCSAN_WRITE, from, n, PC);
	READS(from, n);
	WRITES(to, n);
	return (char *)memcpy(to, from, n) + n;
}

void *__wrap_memmove(void *to, const void *from, size_t n)
{
	bring_both(to, CCSAN_WRITE, from, n, PC);
	READS(from, n);
	WRITES(to, n);
	return memmove(to, from, n);
}

void *__wrap_memset(void *to, int byte, size_t n)
{
	WRITES(to, n);
	return memset(to, byte, n);
}

int __wrap_memcmp(const void *a, const void *b, size_t n)
{
	bring_both(a, CCSAN_READ, b, n, PC);
	READS(a, n);
	READS(b, n);
	return memcmp(a, b, n);
}

int __wrap_bcmp(const void *a, const void *b, size_t n)
{
	bring_both(a, CCSAN_READ, b, n, PC);
	READS(a, n);
	READS(b, n);
	return memcmp(a, b, n);
}

void *__wrap_memrchr(const void *p, int byte, size_t n)
{
	READS(p, n);
	return memrchr(p, byte, n);
}

void *__wrap_memmem(const void *p, size_t n, const void *part, size_t part_bytes)
{
	READS(p, n);
	READS(part, part_bytes);
	return memmem(p, n, part, part_bytes);
}

void *__wrap_memchr(const void *p, int byte, size_t n)
{
	const char *found = memchr(p, byte, n);

	READS(p, found ? (size_t)(found - (const char *)p) + 1 : n);
	return (void *)(uintptr_t)found; // NOLINT: as memchr() itself
}

void __wrap_bzero(void *to, size_t n)
{
	WRITES(to, n);
	memset(to, 0, n);
}

void __wrap_bcopy(const void *from, void *to, size_t n)
{
	READS(from, n);
	WRITES(to, n);
	memmove(to, from, n);
}

/* --- strings: what is read is known afterwards --- */

/* The native function must find the pages of a simulated process: page by page, up to the end. */
static const char *brought(const char *s, uint64_t pc)
{
	uint64_t at = (uint64_t)(uintptr_t)s, page = ccsan_page_size(), next;

	for (; ccsan_is_alias(at) && at < CCSAN_WINDOWS + CCSAN_MAX_SPACES * CCSAN_WINDOW_BYTES;
	     at = next) {
		next = (at & ~(page - 1)) + page;
		if (!ccsan_fault_in(CCSAN_READ, at, 1, pc) ||
		    memchr((const void *)(uintptr_t)at, 0, next - at)) // NOLINT
			break;
	}
	return s;
}

size_t __wrap_strlen(const char *s)
{
	size_t length = strlen(brought(s, PC));

	READS(s, length + 1);
	return length;
}

size_t __wrap_strnlen(const char *s, size_t n)
{
	size_t length = strnlen(brought(s, PC), n);

	READS(s, length < n ? length + 1 : n);
	return length;
}

char *__wrap_strcpy(char *to, const char *from)
{
	size_t n = strlen(brought(from, PC)) + 1;

	READS(from, n);
	WRITES(to, n);
	return memcpy(to, from, n);
}

char *__wrap_stpcpy(char *to, const char *from)
{
	size_t n = strlen(brought(from, PC)) + 1;

	READS(from, n);
	WRITES(to, n);
	return (char *)memcpy(to, from, n) + n - 1;
}

char *__wrap_strncpy(char *to, const char *from, size_t n)
{
	size_t length = strnlen(brought(from, PC), n);

	READS(from, length < n ? length + 1 : n);
	WRITES(to, n);
	memcpy(to, from, length);
	memset(to + length, 0, n - length);
	return to;
}

char *__wrap_stpncpy(char *to, const char *from, size_t n)
{
	size_t length = strnlen(brought(from, PC), n);

	READS(from, length < n ? length + 1 : n);
	WRITES(to, n);
	memcpy(to, from, length);
	memset(to + length, 0, n - length);
	return to + length;
}

char *__wrap_strcat(char *to, const char *from)
{
	size_t at = strlen(brought(to, PC)), n = strlen(brought(from, PC)) + 1;

	READS(to, at + 1);
	READS(from, n);
	WRITES(to + at, n);
	memcpy(to + at, from, n);
	return to;
}

char *__wrap_strncat(char *to, const char *from, size_t n)
{
	size_t at = strlen(brought(to, PC)), length = strnlen(brought(from, PC), n);

	READS(to, at + 1);
	READS(from, length < n ? length + 1 : n);
	WRITES(to + at, length + 1);
	memcpy(to + at, from, length);
	to[at + length] = '\0';
	return to;
}

/* Two strings are read up to the first difference. */
static size_t compared(const char *a, const char *b, size_t most, int (*fold)(int))
{
	size_t n = 0;

	while (n < most && a[n] && fold((unsigned char)a[n]) == fold((unsigned char)b[n]))
		n++;
	return n < most ? n + 1 : most;
}

static int as_it_is(int c)
{
	return c;
}

int __wrap_strcmp(const char *a, const char *b)
{
	size_t n = compared(brought(a, PC), brought(b, PC), SIZE_MAX, as_it_is);

	READS(a, n);
	READS(b, n);
	return strcmp(a, b);
}

int __wrap_strncmp(const char *a, const char *b, size_t most)
{
	size_t n = compared(brought(a, PC), brought(b, PC), most, as_it_is);

	READS(a, n);
	READS(b, n);
	return strncmp(a, b, most);
}

int __wrap_strcasecmp(const char *a, const char *b)
{
	size_t n = compared(brought(a, PC), brought(b, PC), SIZE_MAX, tolower);

	READS(a, n);
	READS(b, n);
	return strcasecmp(a, b);
}

int __wrap_strncasecmp(const char *a, const char *b, size_t most)
{
	size_t n = compared(brought(a, PC), brought(b, PC), most, tolower);

	READS(a, n);
	READS(b, n);
	return strncasecmp(a, b, most);
}

char *__wrap_strchr(const char *s, int c)
{
	const char *found = strchr(brought(s, PC), c);

	READS(s, found ? (size_t)(found - s) + 1 : strlen(brought(s, PC)) + 1);
	return (char *)(uintptr_t)found; // NOLINT
}

char *__wrap_strrchr(const char *s, int c)
{
	READS(s, strlen(brought(s, PC)) + 1);
	return (char *)(uintptr_t)strrchr(s, c); // NOLINT
}

char *__wrap_strstr(const char *s, const char *part)
{
	READS(s, strlen(brought(s, PC)) + 1);
	READS(part, strlen(brought(part, PC)) + 1);
	return (char *)(uintptr_t)strstr(s, part); // NOLINT
}

size_t __wrap_strspn(const char *s, const char *set)
{
	size_t n = strspn(brought(s, PC), brought(set, PC));

	READS(s, n + 1);
	READS(set, strlen(brought(set, PC)) + 1);
	return n;
}

size_t __wrap_strcspn(const char *s, const char *set)
{
	size_t n = strcspn(brought(s, PC), brought(set, PC));

	READS(s, n + 1);
	READS(set, strlen(brought(set, PC)) + 1);
	return n;
}

char *__wrap_strcasestr(const char *s, const char *part)
{
	READS(s, strlen(brought(s, PC)) + 1);
	READS(part, strlen(brought(part, PC)) + 1);
	return strcasestr(s, part);
}

char *__wrap_strpbrk(const char *s, const char *set)
{
	READS(s, strcspn(brought(s, PC), brought(set, PC)) + 1);
	READS(set, strlen(brought(set, PC)) + 1);
	return (char *)(uintptr_t)strpbrk(s, set); // NOLINT
}

char *__wrap_strdup(const char *s)
{
	size_t n = strlen(brought(s, PC)) + 1;
	char *copy = malloc(n);

	READS(s, n);
	if (!copy)
		return NULL;
	WRITES(copy, n);
	return memcpy(copy, s, n);
}

char *__wrap_strndup(const char *s, size_t most)
{
	size_t n = strnlen(brought(s, PC), most);
	char *copy = malloc(n + 1);

	READS(s, n < most ? n + 1 : n);
	if (!copy)
		return NULL;
	WRITES(copy, n + 1);
	memcpy(copy, s, n);
	copy[n] = '\0';
	return copy;
}

/* --- allocation: a freed block's content matters to nobody --- */

/* Larger blocks come zeroed from the kernel: nothing writes them through the cache. */
enum { ZEROED_BY_KERNEL = 1 << 20 };

void *__wrap_malloc(size_t n)
{
	ccsan_before_state(CCSAN_STATE_HEAP);
	return malloc(n);
}

void *__wrap_calloc(size_t count, size_t size)
{
	void *p;

	ccsan_before_state(CCSAN_STATE_HEAP);
	p = calloc(count, size);

	if (p && count * size < ZEROED_BY_KERNEL)
		WRITES(p, count * size);
	return p;
}

void __wrap_free(void *p)
{
	ccsan_before_state(CCSAN_STATE_HEAP);
	if (p && ccsan_rt.own_lines_met)
		ccsan_forget_own(p, malloc_usable_size(p), PC);
	free(p);
}

void *__wrap_realloc(void *p, size_t n)
{
	size_t before = p ? malloc_usable_size(p) : 0;
	uint64_t old = (uint64_t)(uintptr_t)p;
	void *moved;

	ccsan_before_state(CCSAN_STATE_HEAP);
	if (p && ccsan_rt.own_lines_met)
		ccsan_range(CCSAN_READ, p, before < n ? before : n, PC);
	moved = realloc(p, n);
	if (moved && (uint64_t)(uintptr_t)moved != old)
		WRITES(moved, before < n ? before : n);
	return moved;
}

/* --- jumps: the shadow call stack jumps along --- */

enum { JUMPS = 256 };

static struct {
	const void *env;
	uint64_t *top;
} jumps[JUMPS];

void ccsan_note_setjmp(const void *env)
{
	unsigned slot = (unsigned)((uintptr_t)env >> 4) % JUMPS;

	jumps[slot].env = env;
	jumps[slot].top = ccsan_stack_top;
}

static void jump(const void *env)
{
	unsigned slot = (unsigned)((uintptr_t)env >> 4) % JUMPS;

	if (jumps[slot].env == env)
		ccsan_stack_top = jumps[slot].top;
	if (ccsan_stack_top <= ccsan_self.fault_frame) /* out of a fault's handler */
		ccsan_self.fault_frame = NULL;
}

void __wrap_longjmp(jmp_buf env, int value)
{
	jump(env);
	longjmp(env, value);
}

void __wrap__longjmp(jmp_buf env, int value)
{
	jump(env);
	longjmp(env, value);
}

void __wrap_siglongjmp(sigjmp_buf env, int value)
{
	jump(env);
	siglongjmp(env, value);
}

/* setjmp() returns twice, so its wrapper must not stand between it and its caller. */
#define WRAP_SETJMP(name)                            \
	__asm__(".text\n"                            \
		".globl __wrap_" name "\n"           \
		".type __wrap_" name ", @function\n" \
		"__wrap_" name ":\n"                 \
		"push %rdi\n"                        \
		"push %rsi\n"                        \
		"sub $8, %rsp\n"                     \
		"call ccsan_note_setjmp\n"           \
		"add $8, %rsp\n"                     \
		"pop %rsi\n"                         \
		"pop %rdi\n"                         \
		"jmp " name "@PLT\n"                 \
		".size __wrap_" name ", . - __wrap_" name "\n");

WRAP_SETJMP("setjmp")
WRAP_SETJMP("_setjmp")
WRAP_SETJMP("__sigsetjmp")

/* --- leaving without exit() --- */

void __wrap__exit(int status)
{
	_exit(ccsan_close_sink(status));
}

void __wrap__Exit(int status)
{
	_exit(ccsan_close_sink(status));
}
