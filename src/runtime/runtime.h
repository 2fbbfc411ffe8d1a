/* SPDX-License-Identifier: MIT */
/* The runtime's insides: the contract between the .c files of this folder. */
#ifndef CCSAN_RUNTIME_H
#define CCSAN_RUNTIME_H

#include <ccsan/ccsan.h>
#include <ccsan/instrument.h>
#include <ccsan/stream.h>

#include "machine/arena.h"
#include "machine/machine.h"
#include "options.h"

/* --- the shadow of the address space (instrument.h) --- */

static inline uint8_t *ccsan_permit_of(uint64_t address)
{
	return (uint8_t *)(uintptr_t)CCSAN_PERMITS + (address >> CCSAN_PERMIT_SHIFT); // NOLINT
}

static inline uint32_t *ccsan_writer_of(uint64_t address)
{
	return (uint32_t *)(uintptr_t)CCSAN_WRITERS_AT + (address >> 6); // NOLINT
}

enum { CCSAN_WRITER_BYTES = 64 };

/* --- state --- */

struct ccsan_runtime {
	struct ccsan_options options;
	struct ccsan_machine *machine;
	struct ccsan_arena arena;
	bool ready; /**< start-up is done */
	bool swept; /**< own memory was cleaned as a whole: what was not written since is clean */
	bool own_lines_met; /**< some line of own memory was met: until then free() has nothing to
			       say */
	uint64_t slow_accesses;
	uint64_t maintained_lines; /**< that cache operations named */
	uint64_t unseen_lines, unseen_at;
	struct ccsan_stage *stage; /**< actors of this run; NULL while there is only this thread */
};

extern struct ccsan_runtime ccsan_rt;

/** The top of this thread's shadow call stack; NULL before its first function. */
extern _Thread_local uint64_t *ccsan_stack_top __attribute__((tls_model("initial-exec")));

struct ccsan_thread {
	bool inside;     /**< in the runtime: what a signal handler does now is put off */
	uint32_t number; /**< from 1; 0: not met yet */
	uint64_t *stack_base;
	uint64_t pc; /**< of the access that is being looked at */
	unsigned waiting;
	/** While a fault is handled: where its handler noted its caller, which is the runtime; in
	 *  stacks the access stands there instead. */
	const uint64_t *fault_frame;
	uint64_t fault_pc;
};

extern _Thread_local struct ccsan_thread ccsan_self __attribute__((tls_model("initial-exec")));

/** The origin that stands for "this thread, now": it is captured only if somebody asks. */
#define CCSAN_ORIGIN_NOW 0xffffffffu

/* --- start.c --- */

/** Starts the runtime up if it has not been; every way in calls it. */
void ccsan_start(void);

/** Zeroed memory from the host that is never given back. Errors: ends the program with a message.
 */
void *ccsan_take_memory(void *context, size_t bytes);

/** Address space for what is taken from now on, so that explored runs, whose memory is put back, do
 *  not ask the host again and again. */
void ccsan_reserve_memory(size_t bytes);

/** Ends the program: "ccsan: …", exit status 2. For what is wrong with the environment. */
void ccsan_die(const char *format, ...) __attribute__((format(printf, 1, 2), noreturn));

/**
 * Starts `ccsan WHAT ARGUMENT` with `end` as its file descriptor `as`.
 *
 * Return: its process; -1 if there is no such command.
 */
int ccsan_spawn_command(const char *what, const char *argument, int end, int as);

/** Where ccsan_die() writes to, when stderr is not for the user any more. */
void ccsan_keep_last_words(int fd);

/** A message of the runtime's own on stderr or into the log. */
void ccsan_say(const char *format, ...) __attribute__((format(printf, 1, 2)));

/** Our own bug: says where, stops. Always on. */
#define ccsan_assert(condition) \
	((condition) ? (void)0 : ccsan_assertion_failed(#condition, __FILE__, __LINE__))
void ccsan_assertion_failed(const char *condition, const char *file, int line)
	__attribute__((noreturn));

/* --- lock.c --- */

/** One thread at a time in the machine. Return: false if this thread is inside already (a signal
 *  handler): then nothing may be done, and ccsan_leave() is not called. */
bool ccsan_enter(uint64_t pc);
void ccsan_leave(void);

/** Puts off an access of a signal handler that interrupted this thread in the runtime. */
void ccsan_put_off(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc);

/** This thread's list of what was put off, in its thread-local data. Return: its bytes. */
size_t ccsan_put_off_list(void **list);

/* --- slow.c --- */

/** An access that may not be skipped. Takes the lock. */
void ccsan_slow(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc);

/** The same inside the lock. */
void ccsan_do_access(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc);

/** A range is read or written: looks at the permissions first. */
void ccsan_range(enum ccsan_operation operation, const volatile void *p, size_t n, uint64_t pc);

/** The same where most ranges are of a few bytes: two permission bytes say all about these. */
static inline void ccsan_short_range(enum ccsan_operation operation, const volatile void *p,
				     size_t n, uint64_t pc)
{
	uint64_t first = (uint64_t)(uintptr_t)p, last = first + n - 1;
	uint8_t slow = operation == CCSAN_WRITE ? CCSAN_WRITE_SLOW : CCSAN_READ_SLOW;

	if (n - 1 >= CCSAN_PERMIT_BYTES ||
	    (*ccsan_permit_of(first) | *ccsan_permit_of(last)) & slow)
		ccsan_range(operation, p, n, pc);
	else if (operation == CCSAN_WRITE)
		*ccsan_writer_of(first) = *ccsan_writer_of(last) = (uint32_t)pc;
}

/* --- faults.c --- */

/** Lets a hosted operating system map what an access needs. Outside the lock; may switch.
 *  Return: false if there is nothing to be mapped. */
bool ccsan_fault_in(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc);

/** The same for two ranges that are accessed together: to bring in one may take away the other. */
void ccsan_fault_in_both(enum ccsan_operation operation, uint64_t address,
			 enum ccsan_operation with, uint64_t other, size_t bytes, uint64_t pc);

/** A hosted operating system has just mapped something here. In the lock. */
void ccsan_discard_at_mapping(unsigned space, uint64_t va, uint64_t bytes);

/** The calling actor goes on, perhaps after another one. While the operating system switches the
 *  address space, nobody else does. */
void ccsan_resumed(void);

/* --- own.c --- */

/** What a host's headers put into this section is uncached from the start, and in memory. */
extern char __start_ccsan_uncached[] __attribute__((weak));
extern char __stop_ccsan_uncached[] __attribute__((weak));

/** As ccsan_machine_host.meet. */
void ccsan_meet_own(void *context, uint64_t line_pa, struct ccsan_origin_line *line);

/** The content of this memory of the program matters to nobody any more. Takes the lock. */
void ccsan_forget_own(const void *p, size_t n, uint64_t pc);

/** Notes where the program's initialised memory is. At start-up. */
void ccsan_find_own_memory(void);

/** Own memory that was not met yet becomes clean, as a whole-cache operation leaves it. */
void ccsan_sweep_own_memory(void);

/** Notes who wrote these bytes of own memory, for lines not met. */
void ccsan_note_writer(uint64_t address, size_t bytes, uint64_t pc);

/** Is there memory at this address of the host? */
bool ccsan_is_own_memory(uint64_t address, size_t bytes);

/** Completes an address of which a 32-bit device knows only the low half. Return: 0 if unknown. */
uint64_t ccsan_complete_address(uint64_t low, size_t bytes);

/** Counts lines of the range that changed although nobody was seen to write them. */
void ccsan_look_for_unseen(uint64_t pa, size_t bytes);

/** Remembers the content of the lines that are clean now. */
void ccsan_remember_content(uint64_t pa, size_t bytes);

/* --- stacks.c --- */

/** Gives a thread a shadow call stack. */
void ccsan_make_stack(void);

/** The calling thread's stack as an origin: `pc` first. Inside the lock. */
uint32_t ccsan_origin(uint64_t pc);

/** The same, done by a device. @param device a name that lives for ever */
uint32_t ccsan_origin_of_device(uint64_t pc, const char *device);

/** The stack of an origin without its thread or device. */
uint32_t ccsan_stack_of(uint32_t origin);

/** As ccsan_machine_host.name. */
void ccsan_name_origin(void *context, uint32_t origin, struct ccsan_actor *actor);

/** Names the calling thread in reports. */
void ccsan_name_thread(const char *name);

/* --- pairs.c --- */

/**
 * Counts a finding, of which the cause is complete.
 *
 * @param is_new out: it is the first of its kind with these two stacks
 * Return: the serial number of the pair, from 1.
 */
uint32_t ccsan_pair_of(const struct ccsan_finding *finding, uint32_t access, uint32_t cause,
		       bool *is_new);

/** Return: the highest serial number. */
uint32_t ccsan_pair_total(void);
uint64_t ccsan_pair_count(uint32_t serial);
void ccsan_forget_pairs(void);

/* --- sink.c --- */

/** @param log file descriptor for reports */
void ccsan_open_sink(int log);

/** As ccsan_machine_host.finding. */
void ccsan_take_finding(void *context, struct ccsan_finding *finding, uint32_t access,
			uint32_t cause);

/** Counts a call of a cache operation. */
void ccsan_count_site(uint64_t pc, enum ccsan_deed deed, uint64_t lines_changed);

void ccsan_tell_test(const char *name, enum ccsan_test_state state);

/** Writes one record to `ccsan explore`; a finding with the modules that its addresses are in. */
void ccsan_send(enum ccsan_record_type type, const void *record, size_t bytes);
void ccsan_send_finding(const struct ccsan_finding *finding);
void ccsan_send_step(const struct ccsan_step_told *step);

/** The last words. Return: the exit status the process shall have. */
int ccsan_close_sink(int exit_status);

/** In the child of a fork: findings so far are the parent's. */
void ccsan_part_sink(void);

/** The name of the test that is running. */
void ccsan_set_test(const char *name);

/* --- tests.c --- */

/** What ccsan_hosted_at_end() asked for. */
void ccsan_check_at_end(void);

/* --- devices.c --- */

/** Tells devices about registers the CPU wrote. Inside the lock; calls back without it. */
void ccsan_settle_registers(void);

/** Is this an access to registers? Then it is done. Outside the lock. */
bool ccsan_access_registers(enum ccsan_operation operation, uint64_t address, size_t bytes);

#endif
