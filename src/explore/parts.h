/* SPDX-License-Identifier: MIT */
/* The insides of a stage: the contract between stage.c, objects.c and switches.c. */
#ifndef CCSAN_EXPLORE_PARTS_H
#define CCSAN_EXPLORE_PARTS_H

#include "stage.h"

/** Something that can be waited for, by address. */
struct ccsan_object {
	struct ccsan_object *next; /**< in the same bucket */
	uint64_t address;
	enum ccsan_object_kind kind;
	ccsan_actors holders; /**< of a lock */
	bool shared;          /**< the holders share it */
	unsigned depth;       /**< of a recursive mutex */
	uint32_t origin;      /**< of who took it last */
	unsigned count;       /**< of a semaphore or completion */
	bool complete;        /**< for good */
	ccsan_actors waiters; /**< in a queue */
	uint64_t turns;       /**< waiters that came so far */
};

struct ccsan_wish {
	enum ccsan_want want;
	enum ccsan_object_kind kind;
	struct ccsan_object *object;
	unsigned actor;          /**< CCSAN_WANTS_END */
	ccsan_actors read_sides; /**< CCSAN_WANTS_GRACE: those not over yet */
	bool timed;
};

struct ccsan_player {
	char name[CCSAN_ACTOR_NAME];
	enum ccsan_role role;
	unsigned cpu;
	unsigned times; /**< rounds left, but for threads */
	bool active;    /**< has started and not ended (this round) */
	bool ended;     /**< for ever */
	bool holds;     /**< a handler: it took the turns of the threads on its CPU */
	bool fresh;     /**< the step under way is the first of its round */
	bool woken;
	uint64_t turn; /**< in the queue it waits in */
	struct ccsan_wish wish;
	unsigned off[CCSAN_SWITCH_PREEMPTION + 1];
	unsigned spinlocks, read_sides;
};

enum { CCSAN_OBJECT_BUCKETS = 256 };

struct ccsan_stage {
	struct ccsan_search *search;
	struct ccsan_stage_host host;
	unsigned cpu_count, player_count, current;
	bool given_up;
	bool beside; /**< there is more than one processor, bus masters counted */
	bool turns;  /**< somebody may run while others of its CPU may not */
	bool alone;  /**< the current actor goes on within its step: it was not chosen for this */
	struct ccsan_player *players[CCSAN_MOST_ACTORS];
	/** Active handlers of a CPU: a soft one, a hard one on top; CCSAN_MOST_ACTORS is none. */
	unsigned handlers[CCSAN_MOST_CPUS][2];
	unsigned threads[CCSAN_MOST_CPUS]; /**< that ran last on each CPU */
	struct ccsan_object *objects[CCSAN_OBJECT_BUCKETS];
};

/** The object at an address; made if it is not known. */
struct ccsan_object *ccsan_stage_object(struct ccsan_stage *stage, enum ccsan_object_kind kind,
					uint64_t address);

/** Could the player have what it wants? */
bool ccsan_wish_granted(const struct ccsan_stage *stage, unsigned actor);

/** Tells the caller of misuse by the current actor. */
void ccsan_stage_misuse(struct ccsan_stage *stage, unsigned other, uint32_t origin,
			const char *format, ...) __attribute__((format(printf, 4, 5)));

void ccsan_stage_tell(const struct ccsan_stage *stage, const char *verb, const char *object,
		      uint64_t address);

/** The player's CPU lets it run. */
bool ccsan_stage_has_turn(const struct ccsan_stage *stage, unsigned actor);

/** What can take a thread's turn; of each kind there is at most one on a CPU at a time. */
enum ccsan_taker { CCSAN_TAKES_AS_KEEPER, CCSAN_TAKES_AS_SOFT, CCSAN_TAKES_AS_HARD, CCSAN_TAKERS };

/** The current actor takes the turns of the other threads on its CPU, or gives them back. */
void ccsan_stage_hold_others(struct ccsan_stage *stage, enum ccsan_taker taker, bool hold);

/** The current actor, a handler, stays in the way of the threads on its CPU after this step. */
void ccsan_stage_stay(struct ccsan_stage *stage);

/** What keeps a handler from starting; likewise. */
enum ccsan_bar {
	CCSAN_BAR_IRQ_OFF,
	CCSAN_BAR_SOFT_OFF,
	CCSAN_BAR_SOFT,
	CCSAN_BAR_HARD,
	CCSAN_BARS
};

static inline uint64_t ccsan_turn(unsigned actor, enum ccsan_taker taker)
{
	return ccsan_name_of(CCSAN_NAMES_TURN, (uint64_t)actor * CCSAN_TAKERS + taker);
}

static inline uint64_t ccsan_bar(unsigned cpu, enum ccsan_bar bar)
{
	return ccsan_name_of(CCSAN_NAMES_IRQ, (uint64_t)cpu * CCSAN_BARS + bar);
}

/** It switched something off, so that others of its CPU may not run; but not while it sleeps. */
bool ccsan_keeps_cpu(const struct ccsan_player *player);

/** What it waits for makes it sleep. */
bool ccsan_sleeps(const struct ccsan_wish *wish);

static inline struct ccsan_player *ccsan_me(struct ccsan_stage *stage)
{
	return stage->players[stage->current];
}

static inline bool ccsan_is_handler(enum ccsan_role role)
{
	return role == CCSAN_INTERRUPT || role == CCSAN_SOFT_INTERRUPT;
}

#endif
