/* SPDX-License-Identifier: MIT */
/*
 * Runs of actors that are C code: contexts on one host thread. In a plain run the first decision
 * that can be made is made; under `ccsan explore` the body of a test, or main(), is run again and
 * again, from the same state of memory, as the search says.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include "explore.h"

#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "explore/fiber.h"
#include "restore.h"

enum {
	STACK_BYTES = 256 << 10, /* of an actor; used pages only take memory */
	CALLS_BYTES = 64 << 10,  /* of its shadow call stack */
	GUARD_BYTES = 4096,
	RUN_BYTES = 64 << 20, /* reserved for objects of one run */
};

/* What is particular to an actor while it does not run. */
struct context {
	struct ccsan_fiber fiber;
	struct ccsan_role_of_code code;
	int error; /* errno */
	uint8_t *tls;
};

/* Kept memory, like all that the search knows. */
static struct {
	struct ccsan_search *search;
	struct context contexts[CCSAN_MOST_ACTORS + 1]; /* the last one is the driver's */
	uint8_t *stacks, *calls, *run_memory;
	size_t run_used;
	uint8_t *tls; /* this thread's block of the program's thread-local data */
	size_t tls_bytes, tls_image_bytes, put_off_at, put_off_end;
	const void *tls_image;
	unsigned here; /* the context that runs */
	unsigned cut, decisions;
	uint64_t steps; /* of all runs */
	bool exploring; /* not a plain run */
	enum ccsan_run_end end;
	int status;
	char last_actor[CCSAN_ACTOR_NAME];
} * x;

enum { DRIVER = CCSAN_MOST_ACTORS };

/* --- thread-local data: each actor's own copy of the program's block --- */

static int find_tls(struct dl_phdr_info *module, size_t size, void *unused)
{
	(void)unused;
	if (size < sizeof(*module))
		return 1;
	for (int i = 0; i < module->dlpi_phnum; i++) {
		const ElfW(Phdr) *p = &module->dlpi_phdr[i];

		if (p->p_type != PT_TLS)
			continue;
		x->tls = module->dlpi_tls_data;
		x->tls_bytes = p->p_memsz;
		x->tls_image_bytes = p->p_filesz;
		x->tls_image = (const void *)(module->dlpi_addr + p->p_vaddr); // NOLINT
	}
	return 1; /* the program is the first module */
}

/* All of it but the list of what signal handlers put off, which is empty between two steps, and
 * most of the block in a program without thread-local data. */
static void copy_tls(uint8_t *to, const uint8_t *from)
{
	memcpy(to, from, x->put_off_at);
	memcpy(to + x->put_off_end, from + x->put_off_end, x->tls_bytes - x->put_off_end);
}

static void put_context_away(struct context *context)
{
	context->error = errno;
	copy_tls(context->tls, x->tls);
}

static void take_context_out(const struct context *context)
{
	copy_tls(x->tls, context->tls);
	errno = context->error;
}

/* --- making and switching contexts --- */

struct ccsan_role_of_code *ccsan_code_of(unsigned actor)
{
	return &x->contexts[actor].code;
}

static void ccsan_run_code(void *argument)
{
	struct context *context = argument;
	struct ccsan_role_of_code *code = &context->code;
	unsigned actor = x->here;

	take_context_out(context);
	ccsan_self.stack_base = (uint64_t *)(void *)(x->calls + (size_t)actor * CALLS_BYTES) + 1;
	ccsan_stack_top = ccsan_self.stack_base;
	ccsan_self.number = actor + 1;
	ccsan_name_thread(ccsan_stage_name(ccsan_rt.stage, actor));
	ccsan_resumed();
	if (code->handle)
		code->handle(code->argument);
	else
		code->result = code->run(code->argument);
	ccsan_settle_registers();
	ccsan_end_actor();
}

void ccsan_end_actor(void)
{
	ccsan_stage_end(ccsan_rt.stage);
	ccsan_go_on();
	ccsan_assert(!"an actor goes on after its end");
	__builtin_unreachable();
}

static void make_context(unsigned actor)
{
	struct context *context = &x->contexts[actor];

	memset(context->tls, 0, x->tls_bytes);
	memcpy(context->tls, x->tls_image, x->tls_image_bytes);
	context->error = 0;
	ccsan_fiber_make(&context->fiber, x->stacks + (size_t)actor * STACK_BYTES, STACK_BYTES,
			 ccsan_run_code, context);
}

/* A handler that comes again right after its end leaves the end of its stack behind. */
static void start_again(const struct context *context)
{
	struct ccsan_fiber left_behind;

	ccsan_fiber_switch(&left_behind, &context->fiber);
}

static void switch_to(unsigned actor)
{
	struct context *from = &x->contexts[x->here];

	x->here = actor;
	put_context_away(from);
	ccsan_fiber_switch(&from->fiber, &x->contexts[actor].fiber);
	take_context_out(from);
}

void ccsan_go_on(void)
{
	struct ccsan_stage *stage = ccsan_rt.stage;
	unsigned next;

	x->steps++;
	if (x->cut && ++x->decisions >= x->cut)
		ccsan_end_run(CCSAN_RUN_GIVEN_UP, 0);
	next = ccsan_stage_next(stage);

	if (next == CCSAN_MOST_ACTORS)
		ccsan_end_run(ccsan_stage_given_up(stage) ? CCSAN_RUN_GIVEN_UP
			      : ccsan_stage_stuck(stage)  ? CCSAN_RUN_STUCK
							  : CCSAN_RUN_ENDED,
			      0);
	if (ccsan_stage_starts(stage, next))
		make_context(next);
	if (ccsan_stage_starts(stage, next) && next == x->here)
		start_again(&x->contexts[next]);
	else if (next != x->here)
		switch_to(next);
	ccsan_resumed();
}

/* --- the actors of a run --- */

void *ccsan_run_memory(void *context, size_t bytes)
{
	void *p;

	(void)context;
	bytes = (bytes + 15) & ~(size_t)15;
	if (x->run_used + bytes > RUN_BYTES)
		ccsan_die("out of memory: more than %d MiB of threads and locks", RUN_BYTES >> 20);
	p = x->run_memory + x->run_used;
	x->run_used += bytes;
	return memset(p, 0, bytes);
}

static void take_misuse(void *context, const char *text, unsigned other, uint32_t origin)
{
	(void)context;
	(void)other;
	ccsan_report_misuse(text, origin);
}

static void take_event(void *context, const char *verb, const char *object, uint64_t address)
{
	(void)context;
	ccsan_trace_event(ccsan_self.pc, verb, object, address);
}

static void make_stage(struct ccsan_search *search, const char *name)
{
	struct ccsan_stage_host host = { .memory = ccsan_run_memory,
					 .misuse = take_misuse,
					 .event = take_event };

	x->run_used = 0;
	ccsan_rt.stage = ccsan_stage_new(search, 1, &host);
	ccsan_stage_add(ccsan_rt.stage, CCSAN_THREAD, 0, *name ? name : "main", 0);
}

unsigned ccsan_add_code(enum ccsan_role role, unsigned cpu, const char *name, unsigned times,
			const struct ccsan_role_of_code *code)
{
	unsigned actor = ccsan_stage_add(ccsan_rt.stage, role, cpu, name, times);

	if (actor == CCSAN_MOST_ACTORS)
		ccsan_die(
			"thread %s is one too many: the limit is %d threads, handlers and devices",
			name, CCSAN_MOST_ACTORS);
	x->contexts[actor].code = *code;
	return actor;
}

/* --- set-up --- */

static void *reserve(size_t bytes)
{
	void *p = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	if (p == MAP_FAILED)
		ccsan_die("out of memory: no room for the stacks of threads");
	ccsan_restore_except(p, bytes);
	return p;
}

static void set_up(void)
{
	size_t put_off_bytes;
	void *put_off;

	if (x)
		return;
	x = ccsan_keep(sizeof(*x));
	x->stacks = reserve((size_t)CCSAN_MOST_ACTORS * STACK_BYTES);
	for (unsigned i = 0; i < CCSAN_MOST_ACTORS; i++) /* what a stack grows into */
		mprotect(x->stacks + (size_t)i * STACK_BYTES, GUARD_BYTES, PROT_NONE);
	x->calls = reserve((size_t)CCSAN_MOST_ACTORS * CALLS_BYTES);
	x->run_memory = reserve(RUN_BYTES);
	dl_iterate_phdr(find_tls, NULL);
	put_off_bytes = ccsan_put_off_list(&put_off);
	x->put_off_at = (size_t)((uint8_t *)put_off - x->tls);
	x->put_off_end = x->put_off_at + put_off_bytes;
	for (unsigned i = 0; i <= CCSAN_MOST_ACTORS; i++)
		x->contexts[i].tls = ccsan_keep(x->tls_bytes);
}

void ccsan_set_cpus(unsigned count)
{
	set_up();
	if (!count || count > CCSAN_MOST_CPUS)
		ccsan_die("ccsan_cpus(%u): 1 to %d was expected", count, CCSAN_MOST_CPUS);
	if (ccsan_rt.stage && ccsan_stage_actor_count(ccsan_rt.stage) > 1)
		ccsan_die("ccsan_cpus() after the first thread");
	ccsan_begin_acting();
	ccsan_stage_set_cpus(ccsan_rt.stage, count);
	ccsan_machine_set_cpus(ccsan_rt.machine, count);
}

uint8_t ccsan_this_cpu(void)
{
	unsigned current = ccsan_acting() ? ccsan_stage_current(ccsan_rt.stage) : 0;

	return ccsan_acting() ? (uint8_t)ccsan_stage_cpu(ccsan_rt.stage, current) : 0;
}

bool ccsan_is_actors_stack(uint64_t address)
{
	return address - (uint64_t)(uintptr_t)(x->stacks + (size_t)x->here * STACK_BYTES) <
	       STACK_BYTES;
}

const char *ccsan_stack_overflow(uint64_t address)
{
	uint64_t offset = address - (uint64_t)(uintptr_t)x->stacks;

	if (!x || offset >= (uint64_t)CCSAN_MOST_ACTORS * STACK_BYTES || !ccsan_rt.stage)
		return NULL;
	return ccsan_stage_name(ccsan_rt.stage, (unsigned)(offset / STACK_BYTES));
}

/* --- plain runs --- */

void ccsan_begin_acting(void)
{
	struct ccsan_plan plan = { .strategy = CCSAN_REPLAY, .loosely = true, .most_steps = 0 };
	struct ccsan_search_host host = { .memory = ccsan_keep_again };
	static const struct ccsan_schedule empty;

	if (ccsan_rt.stage)
		return;
	set_up();
	plan.schedule = &empty;
	x->search = ccsan_search_new(&plan, &host);
	ccsan_search_begin(x->search);
	make_stage(x->search, "main");
	x->here = ccsan_stage_next(ccsan_rt.stage);
}

/* Threads that nobody joined run to their end with the test that started them. */
void ccsan_end_acting(void)
{
	struct ccsan_stage *stage = ccsan_rt.stage;

	for (unsigned actor = 1; stage && actor < ccsan_stage_actor_count(stage); actor++)
		if (ccsan_stage_role(stage, actor) == CCSAN_THREAD)
			ccsan_obtain(CCSAN_WANTS_END, CCSAN_MUTEX, actor, false, 0);
	if (!stage || x->exploring)
		return;
	ccsan_rt.stage = NULL;
	ccsan_search_end(x->search, false);
	ccsan_search_free(x->search);
}

static void end_plain_run(enum ccsan_run_end how, int status)
{
	if (how == CCSAN_RUN_STUCK)
		ccsan_report_deadlock();
	ccsan_rt.stage = NULL;
	fflush(NULL);
	_exit(ccsan_close_sink(status));
}

void ccsan_end_run(enum ccsan_run_end how, int status)
{
	if (!x->exploring)
		end_plain_run(how, status);
	x->end = how;
	x->status = status;
	if (how == CCSAN_RUN_STUCK)
		ccsan_report_deadlock();
	ccsan_stage_tell_waits(ccsan_rt.stage);
	memcpy(x->last_actor, ccsan_stage_name(ccsan_rt.stage, x->here), sizeof(x->last_actor));
	switch_to(DRIVER);
}

/* --- explored runs --- */

/* Runs the body once under the search, from its first decision to the end of the run. */
void ccsan_run_once(struct ccsan_search *search, const struct ccsan_body *body)
{
	x->search = search;
	x->here = DRIVER;
	x->decisions = 0;
	make_stage(search, body->name);
	x->contexts[0].code =
		(struct ccsan_role_of_code){ .run = body->run, .argument = body->argument };
	x->end = CCSAN_RUN_ENDED;
	ccsan_stage_next(ccsan_rt.stage);
	make_context(0);
	switch_to(0);
	ccsan_rt.stage = NULL;
}

void ccsan_cut_runs(unsigned decisions)
{
	x->cut = decisions;
}

enum ccsan_run_end ccsan_how_run_ended(void)
{
	return x->end;
}

uint64_t ccsan_steps_so_far(void)
{
	return x->steps;
}

const char *ccsan_last_actor(void)
{
	return x->last_actor;
}

/* A thread that waits has its own copy of where it is. */
uint32_t ccsan_origin_of_actor(unsigned actor)
{
	uint64_t *top = ccsan_stack_top;
	struct ccsan_thread self = ccsan_self;
	const uint8_t *tls = x->contexts[actor].tls;
	uint32_t origin;

	if (actor != x->here) {
		memcpy(&ccsan_stack_top, tls + ((uint8_t *)&ccsan_stack_top - x->tls),
		       sizeof(ccsan_stack_top));
		memcpy(&ccsan_self, tls + ((uint8_t *)&ccsan_self - x->tls), sizeof(ccsan_self));
	}
	origin = ccsan_origin(ccsan_self.pc);
	ccsan_stack_top = top;
	ccsan_self = self;
	return origin;
}

/* Stacks are accessed like other memory: their permissions are slow too. */
void ccsan_prepare_exploring(void)
{
	set_up();
	x->exploring = true;
	memset(ccsan_permit_of((uint64_t)(uintptr_t)x->stacks), CCSAN_ALL_SLOW,
	       (size_t)CCSAN_MOST_ACTORS * STACK_BYTES / CCSAN_PERMIT_BYTES);
}

bool ccsan_is_exploring(void)
{
	return x && x->exploring;
}
