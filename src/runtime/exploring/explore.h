/* SPDX-License-Identifier: MIT */
/* Runs of actors: the contract between explore.c, points.c, threads.c and posix.c, and what the
 * rest of the runtime needs of them. */
#ifndef CCSAN_RUNTIME_EXPLORE_H
#define CCSAN_RUNTIME_EXPLORE_H

#include "explore/stage.h"
#include "runtime/runtime.h"

enum ccsan_granularity {
	CCSAN_AT_SYNC,   /**< switches at locks, atomics, volatile accesses, cache operations … */
	CCSAN_AT_ACCESS, /**< and before accesses to anything but the actor's own stack */
	CCSAN_AT_ALL,    /**< and to that as well */
};

/** How a run ended. */
enum ccsan_run_end {
	CCSAN_RUN_ENDED,
	CCSAN_RUN_EXITED,   /**< exit(), or main() returned */
	CCSAN_RUN_STUCK,    /**< nobody could go on */
	CCSAN_RUN_GIVEN_UP, /**< by the search */
	CCSAN_RUN_CRASHED,
	CCSAN_RUN_HUNG, /**< more steps than the limit */
};

/** What C code runs as an actor. */
struct ccsan_role_of_code {
	void *(*run)(void *argument); /**< threads */
	void (*handle)(void *argument);
	void *argument, *result;
	void **values; /**< of pthread_setspecific() */
};

/** There are actors in this run: the decisions of points.c are due. */
static inline bool ccsan_acting(void)
{
	return __builtin_expect(ccsan_rt.stage != NULL, 0);
}

/* --- explore.c --- */

/** This process is explored: memory is put back after every run. */
bool ccsan_is_exploring(void);
void ccsan_prepare_exploring(void);

/** What is run again and again. */
struct ccsan_body {
	const char *name; /**< of the test, "" for main() */
	void *(*run)(void *argument);
	void *argument;
};

/** Runs the body once under the search. */
void ccsan_run_once(struct ccsan_search *search, const struct ccsan_body *body);

/** Runs are cut short after so many decisions; 0: no more. */
void ccsan_cut_runs(unsigned decisions);

/** Grows while runs get on. */
uint64_t ccsan_steps_so_far(void);

enum ccsan_run_end ccsan_how_run_ended(void);

/** The name of who made the last step of the last run. */
const char *ccsan_last_actor(void);

/** Makes the calling context actor 0 of a plain run, if there are no actors yet. */
void ccsan_begin_acting(void);

/** The body is over: waits for the threads that nobody joined. */
void ccsan_end_acting(void);

/** How many CPUs this run has, before its first thread. */
void ccsan_set_cpus(unsigned count);
uint8_t ccsan_this_cpu(void);

/** Adds an actor that runs code. */
unsigned ccsan_add_code(enum ccsan_role role, unsigned cpu, const char *name, unsigned times,
			const struct ccsan_role_of_code *code);
struct ccsan_role_of_code *ccsan_code_of(unsigned actor);

/** Lets the stage say who goes on, and returns when it is the caller again. */
void ccsan_go_on(void);

/** The current actor is at its end. */
void ccsan_end_actor(void) __attribute__((noreturn));

/** The stack of an actor that waits, as an origin. */
uint32_t ccsan_origin_of_actor(unsigned actor);

/** The address is in the current actor's stack; beyond the end of some actor's, whose name it
 *  returns. */
bool ccsan_is_actors_stack(uint64_t address);
const char *ccsan_stack_overflow(uint64_t address);

/** The run is over. Does not return in a run that is explored. */
void ccsan_end_run(enum ccsan_run_end how, int status);

/** Memory of this run only. */
void *ccsan_run_memory(void *context, size_t bytes);

/** The run failed in this way; `text` says how. */
void ccsan_fail_run(const char *text);

/** Findings about the current actor. @param other who else is to blame: an origin, or 0 */
void ccsan_report_misuse(const char *text, uint32_t other);
void ccsan_report_deadlock(void);

/** As sink.c's telling, in an explored run: kept until its schedule is known. Return: true. */
bool ccsan_keep_finding(const struct ccsan_finding *finding);

/** The program's main() is the one that runs its tests. */
extern const bool ccsan_main_runs_tests __attribute__((weak));

/* --- points.c --- */

/** Before memory is noted to be put back. */
void ccsan_points_begin(void);

/** A switch may happen here. Outside the lock. */
void ccsan_point(void);

/** What follows is told in another way, or is nobody's: no switch, and no touch of an access. */
void ccsan_set_quiet(bool quiet);
bool ccsan_is_quiet(void);

/** Before an access: a switch, as far as the granularity says so. */
void ccsan_access_point(uint64_t address);

/** After that: what the access touches. */
void ccsan_before_access(enum ccsan_operation operation, uint64_t address, size_t bytes,
			 uint64_t pc);

/** Before a step of a cache operation or device. @param pa of memory, @param va 0 for devices */
void ccsan_before_operation(enum ccsan_operation operation, uint64_t va, uint64_t pa, size_t bytes,
			    uint64_t pc);

/** The same by an address of the program; and for operations on all of a cache. */
void ccsan_before_line(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc);
void ccsan_before_whole_cache(enum ccsan_operation operation, uint64_t pc);

/** Something that all actors share is about to change. */
enum ccsan_shared_state { CCSAN_STATE_FRAMES, CCSAN_STATE_SPACE, CCSAN_STATE_HEAP };
void ccsan_before_state(enum ccsan_shared_state state);

/** Before a device's transfer. @param at as the device gives it */
void ccsan_before_device(enum ccsan_operation operation, uint64_t at, size_t bytes, uint64_t pc);

/** A mapping of this page changes. */
void ccsan_before_mapping(uint64_t address, size_t bytes);

/** The engine has a say about these bytes: an alias, or own memory that was met. */
bool ccsan_is_cached_somewhere(uint64_t address, size_t bytes);
bool ccsan_is_known_line(uint64_t address);

/** "dirty", "clean" …: the state of a line for a trace. */
void ccsan_describe_line(uint64_t address, char *text, size_t size);

/** A name for lines, registers and the like is touched. */
void ccsan_touch(enum ccsan_name_class class, uint64_t what, enum ccsan_touch touch);

/** Wants something, lets others run, gets it. Return: false if the time-out came first. */
bool ccsan_obtain(enum ccsan_want want, enum ccsan_object_kind kind, uint64_t what, bool timed,
		  uint64_t pc);

/* --- trace.c --- */

void ccsan_trace_access(enum ccsan_operation operation, uint64_t address, size_t bytes,
			uint64_t pc);
void ccsan_trace_operation(enum ccsan_operation operation, uint64_t va, uint64_t pa, size_t bytes,
			   uint64_t pc);
void ccsan_trace_event(uint64_t pc, const char *verb, const char *object, uint64_t address);

#endif
