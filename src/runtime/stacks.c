/* SPDX-License-Identifier: MIT */
/*
 * Shadow call stacks, and the depot they are kept in: a tree whose nodes are code addresses, so
 * that equal stacks have equal numbers and cost nothing twice.
 */
#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "runtime.h"

_Thread_local uint64_t *ccsan_stack_top __attribute__((tls_model("initial-exec")));

enum {
	STACK_BYTES = 16 << 20, /* reserved, not used: deeper than any real stack of 8 MiB */
	STACK_SLACK = 4096, /* entries below the base, for code that returns more than it entered */
	DEEPEST = 200,      /* frames kept of a stack, the innermost ones */
};

/* --- stacks of threads --- */

static uint32_t thread_count;

static void free_stack(void *base)
{
	ccsan_stack_top = NULL;
	munmap(base, STACK_BYTES);
}

static pthread_key_t stack_key;

static void make_key(void)
{
	pthread_key_create(&stack_key, free_stack);
}

void ccsan_make_stack(void)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;
	void *base = mmap(NULL, STACK_BYTES, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (base == MAP_FAILED)
		ccsan_die("out of memory: no room for the call stack of a thread");
	ccsan_self.stack_base = (uint64_t *)base + STACK_SLACK;
	ccsan_stack_top = ccsan_self.stack_base;
	ccsan_self.number = __atomic_add_fetch(&thread_count, 1, __ATOMIC_RELAXED);
	pthread_once(&once, make_key);
	pthread_setspecific(stack_key, base);
}

/* --- the depot --- */

/* A stack is its innermost frame and the stack of the rest. An origin is a stack with, on top, a
 * node that says whose it is: a thread's number, or a device's name. */
struct node {
	uint64_t value;
	uint32_t rest; /* 0: nothing */
	uint32_t next; /* in the same bucket */
};

enum { NODES_A_CHUNK = 1 << 16, MOST_CHUNKS = 4096, BUCKETS = 1 << 16 };

static struct node *chunks[MOST_CHUNKS];
static uint32_t *buckets;
static uint32_t node_count = 1;

static struct node *node_at(uint32_t number)
{
	return &chunks[number / NODES_A_CHUNK][number % NODES_A_CHUNK];
}

static uint32_t new_node(uint64_t value, uint32_t rest, uint32_t bucket)
{
	uint32_t number = node_count++;
	struct node **chunk = &chunks[number / NODES_A_CHUNK];

	ccsan_assert(number / NODES_A_CHUNK < MOST_CHUNKS);
	if (!*chunk)
		*chunk = ccsan_take_memory(NULL, NODES_A_CHUNK * sizeof(struct node));
	*node_at(number) = (struct node){ value, rest, buckets[bucket] };
	buckets[bucket] = number;
	return number;
}

static uint32_t push(uint32_t rest, uint64_t value)
{
	uint64_t hash = (value ^ (uint64_t)rest << 32) * 0x9e3779b97f4a7c15u;
	uint32_t bucket = (uint32_t)(hash >> 40) % BUCKETS;

	if (!buckets)
		buckets = ccsan_take_memory(NULL, BUCKETS * sizeof(*buckets));
	for (uint32_t n = buckets[bucket]; n; n = node_at(n)->next)
		if (node_at(n)->value == value && node_at(n)->rest == rest)
			return n;
	return new_node(value, rest, bucket);
}

static uint32_t keep_stack(uint64_t pc)
{
	const uint64_t *from = ccsan_self.stack_base, *top = ccsan_stack_top;
	uint32_t stack = 0;

	if (top && top - from > DEEPEST)
		from = top - DEEPEST;
	for (; top && from < top; from++)
		stack = push(stack, from == ccsan_self.fault_frame ? ccsan_self.fault_pc : *from);
	return push(stack, pc);
}

/* --- origins --- */

/* Names are told from thread numbers by their size: no thread has a number like an address. */
enum { HIGHEST_NUMBER = 1 << 20 };

uint32_t ccsan_origin(uint64_t pc)
{
	if (!ccsan_stack_top)
		ccsan_make_stack();
	return push(keep_stack(pc), ccsan_self.number % HIGHEST_NUMBER);
}

uint32_t ccsan_origin_of_device(uint64_t pc, const char *device)
{
	if (!ccsan_stack_top)
		ccsan_make_stack();
	return push(keep_stack(pc), (uint64_t)(uintptr_t)device);
}

uint32_t ccsan_stack_of(uint32_t origin)
{
	return origin ? node_at(origin)->rest : 0;
}

static const char *thread_names[64];

void ccsan_name_thread(const char *name)
{
	if (ccsan_self.number < 64)
		thread_names[ccsan_self.number] = name;
}

static void name_who(uint64_t who, char *name, size_t size)
{
	if (who >= HIGHEST_NUMBER)
		snprintf(name, size, "%s", (const char *)(uintptr_t)who); // NOLINT
	else if (who < 64 && thread_names[who])
		snprintf(name, size, "%s", thread_names[who]);
	else if (who == 1)
		snprintf(name, size, "main");
	else
		snprintf(name, size, "thread %u", (unsigned)who);
}

void ccsan_name_origin(void *context, uint32_t origin, struct ccsan_actor *actor)
{
	(void)context;
	if (!origin)
		return;
	if (origin == CCSAN_ORIGIN_NOW)
		origin = ccsan_origin(ccsan_self.pc);
	name_who(node_at(origin)->value, actor->who, sizeof(actor->who));
	for (origin = node_at(origin)->rest; origin && actor->depth < CCSAN_STACK_FRAMES;
	     origin = node_at(origin)->rest)
		actor->stack[actor->depth++] = node_at(origin)->value;
}
