/* SPDX-License-Identifier: MIT */
/*
 * Actors: threads and interrupt handlers on CPUs, devices beside them; what holds them up, and so
 *who of them could run. A run of actors under a search:
 *
 *	while ((actor = ccsan_stage_next(stage)) < CCSAN_MOST_ACTORS)
 *		... the actor goes on: ccsan_stage_get(), then up to its next wish,
 *ccsan_stage_want()
 *...
 *
 * An actor says what it wants before the decision who runs next, and gets it when it was chosen: so
 * who is enabled is known exactly. Whether actors are contexts of C code or rows of statements is
 *the caller's matter.
 *
 * Locks, queues and the like are known by address and made when first used, so that whatever a host
 * keeps at that address (a pthread_mutex_t, a spinlock_t) needs no field of ours.
 *
 * Needs only libc's string functions. Memory comes from the caller, who gives it back as it was
 * between two runs: a run starts from ccsan_stage_new().
 *
 * Model: interrupts are not nested, but a hard one interrupts a soft one. A thread that may not be
 * preempted is not; one that waits although it may not is misuse, and waits. A spinning actor is
 * one that waits. Time does not pass: a time-out may always come first.
 */
#ifndef CCSAN_EXPLORE_STAGE_H
#define CCSAN_EXPLORE_STAGE_H

#include "search.h"

enum { CCSAN_MOST_CPUS = 8, CCSAN_ACTOR_NAME = 32 };

enum ccsan_role {
	CCSAN_THREAD,
	CCSAN_INTERRUPT,      /**< a handler: runs to its end before its CPU goes on */
	CCSAN_SOFT_INTERRUPT, /**< likewise; a hard one comes in between */
	CCSAN_BUS_MASTER,     /**< a device that acts by itself, beside the CPUs */
};

/** What an actor waits for. */
enum ccsan_want {
	CCSAN_WANTS_NOTHING,
	CCSAN_WANTS_EXCLUSIVE, /**< a lock, alone */
	CCSAN_WANTS_SHARED,    /**< a lock, together with others that share it */
	CCSAN_WANTS_COUNT,     /**< one off a semaphore or completion */
	CCSAN_WANTS_WAKE,      /**< to be woken in a queue that it has joined */
	CCSAN_WANTS_END,       /**< another actor's end */
	CCSAN_WANTS_GRACE,     /**< the end of all read sides of now (RCU) */
	CCSAN_WANTS_ZERO,      /**< a counter to be zero, as a barrier's */
};

/** How an object may be used; told in messages, and what may be done while it is held. */
enum ccsan_object_kind {
	CCSAN_SPINLOCK, /**< its holder may not sleep */
	CCSAN_RW_SPINLOCK,
	CCSAN_MUTEX, /**< whoever waits for it sleeps */
	CCSAN_RECURSIVE_MUTEX,
	CCSAN_BIT_LOCK, /**< as a mutex, but anybody may give it back */
	CCSAN_RW_SEMAPHORE,
	CCSAN_SEMAPHORE,
	CCSAN_COMPLETION,
	CCSAN_WAIT_QUEUE,
	CCSAN_OBJECT_KINDS
};

/** Classes of names for ccsan_search_touch(). */
enum ccsan_name_class {
	CCSAN_NAMES_LINE = 1, /**< a line of memory */
	CCSAN_NAMES_BYTES,    /**< a few bytes of memory */
	CCSAN_NAMES_PLACE,    /**< a place of a virtually tagged cache */
	CCSAN_NAMES_PAGE,     /**< a translation */
	CCSAN_NAMES_CACHE,    /**< all of a CPU's cache */
	CCSAN_NAMES_REGISTER, /**< of a device */
	CCSAN_NAMES_OBJECT,   /**< a lock, a queue … */
	CCSAN_NAMES_START,    /**< an actor may start */
	CCSAN_NAMES_END,      /**< it has ended */
	CCSAN_NAMES_TURN,     /**< it may run, as far as one kind of other on its CPU lets it */
	CCSAN_NAMES_WAKE,     /**< it was woken */
	CCSAN_NAMES_IRQ,      /**< one of the things that keep handlers off a CPU */
	CCSAN_NAMES_RCU,
	CCSAN_NAMES_READER, /**< an actor's read side */
	CCSAN_NAMES_PART,   /**< a bit, or a share in a counter: see counts.c of the runtime */
	CCSAN_NAMES_STATE,  /**< anything else that all share */
};

static inline uint64_t ccsan_name_of(enum ccsan_name_class class, uint64_t what)
{
	return (uint64_t) class << 56 | (what & 0xffffffffffffffull);
}

struct ccsan_stage_host {
	void *context;
	/** Zeroed memory for the time of the run. Errors: does not return when there is none. */
	void *(*memory)(void *context, size_t bytes);
	/** The current actor did something wrong. @param other who else takes part, or
	 *  CCSAN_MOST_ACTORS; @param origin the caller's, as given when that one took the object */
	void (*misuse)(void *context, const char *text, unsigned other, uint32_t origin);
	/** For traces: what the current actor has just done, "unlock mutex". May be NULL. */
	void (*event)(void *context, const char *verb, const char *object, uint64_t address);
};

struct ccsan_stage;

/** @param cpus 1 to CCSAN_MOST_CPUS; may be set again before the second actor */
struct ccsan_stage *ccsan_stage_new(struct ccsan_search *search, unsigned cpus,
				    const struct ccsan_stage_host *host);

void ccsan_stage_set_cpus(struct ccsan_stage *stage, unsigned cpus);

/**
 * A new actor, that may start at once.
 *
 * @param cpu  where it runs; ignored for bus masters
 * @param times how often it may come, for all but threads; 0: not until raised
 * Return: its number; CCSAN_MOST_ACTORS if there are that many already.
 */
unsigned ccsan_stage_add(struct ccsan_stage *stage, enum ccsan_role role, unsigned cpu,
			 const char *name, unsigned times);

/** For all but threads: may come once more. */
void ccsan_stage_raise(struct ccsan_stage *stage, unsigned actor);

/**
 * Who goes on now: asks the search, unless the current actor cannot be interrupted by anybody.
 *
 * Return: CCSAN_MOST_ACTORS when the run is over: nobody is enabled (ccsan_stage_stuck()), or the
 * search gave it up (ccsan_stage_given_up()).
 */
unsigned ccsan_stage_next(struct ccsan_stage *stage);

/** The actor that was chosen last; CCSAN_MOST_ACTORS before the first. */
unsigned ccsan_stage_current(const struct ccsan_stage *stage);
unsigned ccsan_stage_cpu(const struct ccsan_stage *stage, unsigned actor);
unsigned ccsan_stage_cpu_count(const struct ccsan_stage *stage);
unsigned ccsan_stage_actor_count(const struct ccsan_stage *stage);
/** Return: CCSAN_ACTOR_NAME bytes. */
const char *ccsan_stage_name(const struct ccsan_stage *stage, unsigned actor);
enum ccsan_role ccsan_stage_role(const struct ccsan_stage *stage, unsigned actor);

/** The thread that a CPU runs, or ran last: the one that a handler interrupts. */
unsigned ccsan_stage_thread_of(const struct ccsan_stage *stage, unsigned cpu);

/** The actor's first step, or that of another round, begins with this one. */
bool ccsan_stage_starts(const struct ccsan_stage *stage, unsigned actor);

bool ccsan_stage_given_up(const struct ccsan_stage *stage);

/** Threads that have not ended, when nobody can run. */
ccsan_actors ccsan_stage_stuck(const struct ccsan_stage *stage);

/** Before ccsan_search_end(): tells the search what those wait for that were left waiting. */
void ccsan_stage_tell_waits(const struct ccsan_stage *stage);

/** "waits for mutex 0x1234 held by thread B": for people. @param holder out: who holds it up, or
 *  CCSAN_MOST_ACTORS. @param origin out: the holder's when it took that, or 0 */
void ccsan_stage_why(const struct ccsan_stage *stage, unsigned actor, char *text, size_t size,
		     unsigned *holder, uint32_t *origin);

/* --- what the current actor does --- */

/** It is at an end; a handler may come again. */
void ccsan_stage_end(struct ccsan_stage *stage);

/** What it wants next. @param object its address, or an actor's number for CCSAN_WANTS_END
 *  @param timed it may also go on without */
void ccsan_stage_want(struct ccsan_stage *stage, enum ccsan_want want, enum ccsan_object_kind kind,
		      uint64_t object, bool timed);

/** Takes what it wanted, now that it was chosen. @param origin kept with what is held
 *  Return: false if it goes on without: the time-out came first. */
bool ccsan_stage_get(struct ccsan_stage *stage, uint32_t origin);

/** Takes a lock or count if it is to be had at once. */
bool ccsan_stage_try(struct ccsan_stage *stage, enum ccsan_want want, enum ccsan_object_kind kind,
		     uint64_t object, uint32_t origin);

/** Gives back a lock. @param want how it was taken; CCSAN_WANTS_NOTHING: either way
 *  Misuse: it does not hold it so. */
void ccsan_stage_release(struct ccsan_stage *stage, enum ccsan_want want,
			 enum ccsan_object_kind kind, uint64_t object);

/** Makes a lock exclusive to shared (downgrade_write()). */
void ccsan_stage_downgrade(struct ccsan_stage *stage, uint64_t object);

/** Adds to a semaphore or completion. @param all a completion that is complete for good */
void ccsan_stage_add_count(struct ccsan_stage *stage, enum ccsan_object_kind kind, uint64_t object,
			   unsigned count, bool all);

/** Joins a queue: from now on it can be woken there. */
void ccsan_stage_join(struct ccsan_stage *stage, uint64_t queue);
void ccsan_stage_leave(struct ccsan_stage *stage, uint64_t queue);

/** Wakes one of the queue, or all; of several the first that came, or, if `any`, any.
 *  Return: how many. */
unsigned ccsan_stage_wake(struct ccsan_stage *stage, uint64_t queue, bool all, bool any);

/** The object is as new: initialised (again). @param count of a semaphore */
void ccsan_stage_renew(struct ccsan_stage *stage, enum ccsan_object_kind kind, uint64_t object,
		       unsigned count);

/** Is held by somebody (by the current actor, if `by_me`). */
bool ccsan_stage_held(struct ccsan_stage *stage, uint64_t object, bool by_me);

/** Somebody waits in this queue, or is about to. */
bool ccsan_stage_is_waited(struct ccsan_stage *stage, uint64_t queue);

/** What a semaphore or completion has left. */
unsigned ccsan_stage_count(const struct ccsan_stage *stage, uint64_t object);

/** Interrupts of its CPU, soft ones, preemption: off and on; calls nest. */
enum ccsan_switch { CCSAN_SWITCH_IRQ, CCSAN_SWITCH_SOFT_IRQ, CCSAN_SWITCH_PREEMPTION };
void ccsan_stage_off(struct ccsan_stage *stage, enum ccsan_switch which);
void ccsan_stage_on(struct ccsan_stage *stage, enum ccsan_switch which);
bool ccsan_stage_is_off(const struct ccsan_stage *stage, enum ccsan_switch which);

/** It may not sleep now: a handler, or something is switched off, or it holds a spinlock. */
bool ccsan_stage_is_atomic(const struct ccsan_stage *stage);

/** RCU's read side; calls nest. */
void ccsan_stage_read_side(struct ccsan_stage *stage, bool enter);

/** Touches an object, as ccsan_search_touch(). */
void ccsan_stage_touch(struct ccsan_stage *stage, uint64_t name, enum ccsan_touch touch);

#endif
