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

/** A handler begins or ends on the current actor's CPU, or preemption goes off or on: the others
 *  there may not, or may again, run. */
void ccsan_stage_hold_others(struct ccsan_stage *stage, bool hold);

static inline struct ccsan_player *ccsan_me(struct ccsan_stage *stage)
{
	return stage->players[stage->current];
}

static inline bool ccsan_is_handler(enum ccsan_role role)
{
	return role == CCSAN_INTERRUPT || role == CCSAN_SOFT_INTERRUPT;
}

#endif
