/* SPDX-License-Identifier: MIT */
/* Locks, counts, queues, read sides: what can be waited for. See stage.h. */
#include "parts.h"

#include <inttypes.h>
#include <stdio.h>

static const char *const kind_names[] = {
	[CCSAN_SPINLOCK] = "spinlock",     [CCSAN_RW_SPINLOCK] = "rwlock",
	[CCSAN_MUTEX] = "mutex",           [CCSAN_RECURSIVE_MUTEX] = "recursive mutex",
	[CCSAN_BIT_LOCK] = "bit lock",     [CCSAN_RW_SEMAPHORE] = "rwsem",
	[CCSAN_SEMAPHORE] = "semaphore",   [CCSAN_COMPLETION] = "completion",
	[CCSAN_WAIT_QUEUE] = "wait queue",
};

_Static_assert(sizeof(kind_names) / sizeof(*kind_names) == CCSAN_OBJECT_KINDS,
	       "every kind has a name");

static ccsan_actors bit(unsigned actor)
{
	return actor < CCSAN_MOST_ACTORS ? (ccsan_actors)1 << actor : 0;
}

static unsigned first_of(ccsan_actors actors)
{
	return actors ? (unsigned)__builtin_ctzll(actors) : CCSAN_MOST_ACTORS;
}

static uint64_t name_of(const struct ccsan_object *object)
{
	return ccsan_name_of(CCSAN_NAMES_OBJECT, object->address);
}

static void tell(const struct ccsan_stage *stage, const char *verb,
		 const struct ccsan_object *object)
{
	ccsan_stage_tell(stage, verb, kind_names[object->kind], object->address);
}

static bool spins(enum ccsan_object_kind kind)
{
	return kind == CCSAN_SPINLOCK || kind == CCSAN_RW_SPINLOCK;
}

static struct ccsan_object *find(const struct ccsan_stage *stage, uint64_t address)
{
	struct ccsan_object *object = stage->objects[address / 8 % CCSAN_OBJECT_BUCKETS];

	while (object && object->address != address)
		object = object->next;
	return object;
}

struct ccsan_object *ccsan_stage_object(struct ccsan_stage *stage, enum ccsan_object_kind kind,
					uint64_t address)
{
	struct ccsan_object **bucket = &stage->objects[address / 8 % CCSAN_OBJECT_BUCKETS];
	struct ccsan_object *object = find(stage, address);

	if (object) {
		/* memory was freed, and is something else now */
		if (object->kind != kind && !object->holders && !object->waiters)
			*object = (struct ccsan_object){ .next = object->next,
							 .address = address,
							 .kind = kind };
		return object;
	}
	object = stage->host.memory(stage->host.context, sizeof(*object));
	*object = (struct ccsan_object){ .next = *bucket, .address = address, .kind = kind };
	*bucket = object;
	return object;
}

void ccsan_stage_renew(struct ccsan_stage *stage, enum ccsan_object_kind kind, uint64_t address,
		       unsigned count)
{
	struct ccsan_object *object = ccsan_stage_object(stage, kind, address);

	if (object->holders || object->waiters)
		ccsan_stage_misuse(stage, first_of(object->holders | object->waiters),
				   object->origin, "%s %#" PRIx64 " is initialised while in use",
				   kind_names[object->kind], address);
	ccsan_stage_touch(stage, name_of(object), CCSAN_CHANGES);
	*object = (struct ccsan_object){
		.next = object->next, .address = address, .kind = kind, .count = count
	};
}

/* What the caller then does may depend on it: who changes it comes before, or after. */
bool ccsan_stage_held(struct ccsan_stage *stage, uint64_t address, bool by_me)
{
	const struct ccsan_object *object = find(stage, address);

	if (by_me)
		return object && object->holders & bit(stage->current);
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_OBJECT, address), CCSAN_LOOKS);
	return object && object->holders != 0;
}

bool ccsan_stage_is_waited(struct ccsan_stage *stage, uint64_t queue)
{
	const struct ccsan_object *object = find(stage, queue);

	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_OBJECT, queue), CCSAN_LOOKS);
	return object && object->waiters != 0;
}

unsigned ccsan_stage_count(const struct ccsan_stage *stage, uint64_t address)
{
	const struct ccsan_object *object = find(stage, address);

	return object ? object->count : 0;
}

/* --- wishes --- */

bool ccsan_wish_granted(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_player *player = stage->players[actor];
	const struct ccsan_wish *wish = &player->wish;
	const struct ccsan_object *object = wish->object;

	switch (wish->want) {
	case CCSAN_WANTS_EXCLUSIVE:
		return !object->holders ||
		       (object->kind == CCSAN_RECURSIVE_MUTEX && object->holders == bit(actor));
	case CCSAN_WANTS_SHARED:
		return !object->holders || object->shared;
	case CCSAN_WANTS_COUNT:
		return object->count || object->complete;
	case CCSAN_WANTS_ZERO:
		return !object->count;
	case CCSAN_WANTS_WAKE:
		return player->woken;
	case CCSAN_WANTS_END:
		return stage->players[wish->actor]->ended;
	case CCSAN_WANTS_GRACE:
		return !wish->read_sides;
	default:
		return true;
	}
}

static ccsan_actors actors_in_read_sides(const struct ccsan_stage *stage)
{
	ccsan_actors actors = 0;

	for (unsigned other = 0; other < stage->player_count; other++)
		if (other != stage->current && stage->players[other]->read_sides)
			actors |= bit(other);
	return actors;
}

/* It must not where it keeps others off its CPU; but if it does, it does not keep them off. */
static void fall_asleep(struct ccsan_stage *stage, const struct ccsan_wish *wish)
{
	const struct ccsan_player *player = ccsan_me(stage);

	if (!ccsan_stage_is_atomic(stage))
		return;
	ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0, "may sleep where it must not: %s, %s",
			   wish->want == CCSAN_WANTS_END ? "join" : kind_names[wish->kind],
			   ccsan_is_handler(player->role) ? "in an interrupt handler"
			   : player->spinlocks            ? "a spinlock is held"
							  : "preemption is off");
	if (player->role == CCSAN_THREAD && ccsan_keeps_cpu(player))
		ccsan_stage_hold_others(stage, CCSAN_TAKES_AS_KEEPER, false);
}

/* Where nobody comes in between, whether its step ends here depends on whether it gets what it
 * wants; a handler that does not get it stays in the way. */
static void look_at_wish(struct ccsan_stage *stage)
{
	if (stage->beside || !ccsan_stage_is_atomic(stage))
		return;
	ccsan_stage_touch(stage, name_of(ccsan_me(stage)->wish.object), CCSAN_LOOKS);
	if (ccsan_is_handler(ccsan_me(stage)->role) && !ccsan_wish_granted(stage, stage->current))
		ccsan_stage_stay(stage);
}

void ccsan_stage_want(struct ccsan_stage *stage, enum ccsan_want want, enum ccsan_object_kind kind,
		      uint64_t what, bool timed)
{
	struct ccsan_wish *wish = &ccsan_me(stage)->wish;

	*wish = (struct ccsan_wish){ .want = want, .kind = kind, .timed = timed };
	if (want == CCSAN_WANTS_END) {
		wish->actor = (unsigned)what;
	} else if (want == CCSAN_WANTS_GRACE) {
		wish->read_sides = actors_in_read_sides(stage);
		ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_RCU, 0), CCSAN_CHANGES);
		if (ccsan_me(stage)->read_sides)
			ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0,
					   "waits for all read sides inside of one");
	} else if (want != CCSAN_WANTS_NOTHING) {
		wish->object = ccsan_stage_object(stage, kind, what);
		look_at_wish(stage);
	}
	if (ccsan_sleeps(wish))
		fall_asleep(stage, wish);
}

static void hold(struct ccsan_stage *stage, struct ccsan_object *object, bool shared,
		 uint32_t origin)
{
	object->holders |= bit(stage->current);
	object->shared = shared;
	object->origin = origin;
	object->depth++;
	if (spins(object->kind))
		ccsan_me(stage)->spinlocks++;
}

static enum ccsan_touch how(bool waited)
{
	return waited ? CCSAN_ACQUIRES : CCSAN_CHANGES;
}

/* Takes what is to be had. @param waited it was enabled for that only */
static void take(struct ccsan_stage *stage, enum ccsan_want want, struct ccsan_object *object,
		 bool waited, uint32_t origin)
{
	ccsan_stage_touch(stage, name_of(object), how(waited));
	tell(stage, want == CCSAN_WANTS_SHARED ? "share" : "take", object);
	if (want == CCSAN_WANTS_EXCLUSIVE || want == CCSAN_WANTS_SHARED)
		hold(stage, object, want == CCSAN_WANTS_SHARED, origin);
	else if (want == CCSAN_WANTS_COUNT && !object->complete)
		object->count--;
}

static void after_grace(struct ccsan_stage *stage, const struct ccsan_wish *wish)
{
	for (unsigned other = 0; other < stage->player_count; other++)
		if (wish->read_sides & bit(other))
			ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_READER, other),
					  CCSAN_ACQUIRES);
}

bool ccsan_stage_get(struct ccsan_stage *stage, uint32_t origin)
{
	struct ccsan_player *player = ccsan_me(stage);
	struct ccsan_wish wish = player->wish;
	bool granted = ccsan_wish_granted(stage, stage->current);
	bool waited = !wish.timed && !stage->alone; /* its step was enabled for that only */

	if (ccsan_sleeps(&wish) && player->role == CCSAN_THREAD && ccsan_keeps_cpu(player))
		ccsan_stage_hold_others(stage, CCSAN_TAKES_AS_KEEPER, true);
	player->wish = (struct ccsan_wish){ .want = CCSAN_WANTS_NOTHING };
	switch (wish.want) {
	case CCSAN_WANTS_NOTHING:
		break;
	case CCSAN_WANTS_WAKE:
		ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_WAKE, stage->current),
				  how(waited));
		if (!granted)
			ccsan_stage_leave(stage, wish.object->address);
		tell(stage, granted ? "go on in" : "time out in", wish.object);
		player->woken = false;
		break;
	case CCSAN_WANTS_END:
		ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_END, wish.actor), how(waited));
		break;
	case CCSAN_WANTS_GRACE:
		after_grace(stage, &wish);
		break;
	default:
		if (granted) {
			take(stage, wish.want, wish.object, waited, origin);
			break;
		}
		ccsan_stage_touch(stage, name_of(wish.object), CCSAN_LOOKS);
		tell(stage, "time out at", wish.object);
	}
	return granted;
}

bool ccsan_stage_try(struct ccsan_stage *stage, enum ccsan_want want, enum ccsan_object_kind kind,
		     uint64_t address, uint32_t origin)
{
	struct ccsan_player *player = ccsan_me(stage);
	struct ccsan_object *object = ccsan_stage_object(stage, kind, address);
	bool granted;

	player->wish = (struct ccsan_wish){ .want = want, .kind = kind, .object = object };
	granted = ccsan_wish_granted(stage, stage->current);
	player->wish = (struct ccsan_wish){ .want = CCSAN_WANTS_NOTHING };
	if (granted)
		take(stage, want, object, false, origin);
	else
		ccsan_stage_touch(stage, name_of(object), CCSAN_LOOKS);
	if (!granted)
		tell(stage, "do not get", object);
	return granted;
}

/* --- giving back --- */

static void misuse_of_lock(struct ccsan_stage *stage, const struct ccsan_object *object,
			   const char *what)
{
	unsigned holder = first_of(object->holders);

	ccsan_stage_misuse(stage, holder, object->origin, "%s of %s %#" PRIx64 " which %s holds",
			   what, kind_names[object->kind], object->address,
			   ccsan_stage_name(stage, holder));
}

/* By whoever has it, or by another: then it is known only that somebody had it. */
static void release_bit_lock(struct ccsan_stage *stage, struct ccsan_object *object)
{
	if (!object->holders) {
		ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0,
				   "unlock of %s %#" PRIx64 " which nobody holds",
				   kind_names[object->kind], object->address);
		return;
	}
	ccsan_stage_touch(stage, name_of(object),
			  object->holders & bit(stage->current) ? CCSAN_RELEASES : CCSAN_ADDS);
	tell(stage, "give back", object);
	object->depth = 0;
	object->holders = 0;
}

void ccsan_stage_release(struct ccsan_stage *stage, enum ccsan_want want,
			 enum ccsan_object_kind kind, uint64_t address)
{
	struct ccsan_object *object = ccsan_stage_object(stage, kind, address);

	if (kind == CCSAN_BIT_LOCK) {
		release_bit_lock(stage, object);
		return;
	}
	if (!(object->holders & bit(stage->current)) ||
	    (want != CCSAN_WANTS_NOTHING && object->shared != (want == CCSAN_WANTS_SHARED))) {
		misuse_of_lock(stage, object,
			       want == CCSAN_WANTS_SHARED ? "shared unlock" : "unlock");
		return;
	}
	ccsan_stage_touch(stage, name_of(object), object->shared ? CCSAN_ADDS : CCSAN_RELEASES);
	tell(stage, "give back", object);
	if (spins(object->kind))
		ccsan_me(stage)->spinlocks--;
	if (object->kind == CCSAN_RECURSIVE_MUTEX && --object->depth)
		return;
	object->depth = 0;
	object->holders &= ~bit(stage->current);
}

void ccsan_stage_downgrade(struct ccsan_stage *stage, uint64_t address)
{
	struct ccsan_object *object = ccsan_stage_object(stage, CCSAN_RW_SEMAPHORE, address);

	if (object->holders != bit(stage->current) || object->shared) {
		misuse_of_lock(stage, object, "downgrade");
		return;
	}
	ccsan_stage_touch(stage, name_of(object), CCSAN_ADDS);
	object->shared = true;
}

void ccsan_stage_add_count(struct ccsan_stage *stage, enum ccsan_object_kind kind, uint64_t address,
			   unsigned count, bool all)
{
	struct ccsan_object *object = ccsan_stage_object(stage, kind, address);

	ccsan_stage_touch(stage, name_of(object), CCSAN_ADDS);
	object->count += count;
	object->complete |= all;
	tell(stage, "add to", object);
}

/* --- queues --- */

void ccsan_stage_join(struct ccsan_stage *stage, uint64_t queue)
{
	struct ccsan_object *object = ccsan_stage_object(stage, CCSAN_WAIT_QUEUE, queue);

	ccsan_stage_touch(stage, name_of(object), CCSAN_CHANGES);
	object->waiters |= bit(stage->current);
	ccsan_me(stage)->turn = ++object->turns;
	tell(stage, "join", object);
	ccsan_me(stage)->woken = false;
}

void ccsan_stage_leave(struct ccsan_stage *stage, uint64_t queue)
{
	struct ccsan_object *object = ccsan_stage_object(stage, CCSAN_WAIT_QUEUE, queue);

	ccsan_stage_touch(stage, name_of(object), CCSAN_CHANGES);
	object->waiters &= ~bit(stage->current);
}

static unsigned first_waiter(const struct ccsan_stage *stage, ccsan_actors waiters)
{
	unsigned first = first_of(waiters);

	for (unsigned actor = first; actor < stage->player_count; actor++)
		if (waiters & bit(actor) &&
		    stage->players[actor]->turn < stage->players[first]->turn)
			first = actor;
	return first;
}

static unsigned any_waiter(struct ccsan_stage *stage, ccsan_actors waiters)
{
	unsigned chosen = 0;

	if (__builtin_popcountll(waiters) > 1)
		chosen = ccsan_search_choose_value(stage->search,
						   (unsigned)__builtin_popcountll(waiters));
	while (chosen--)
		waiters &= waiters - 1;
	return first_of(waiters);
}

unsigned ccsan_stage_wake(struct ccsan_stage *stage, uint64_t queue, bool all, bool any)
{
	struct ccsan_object *object = ccsan_stage_object(stage, CCSAN_WAIT_QUEUE, queue);
	unsigned count = 0;

	ccsan_stage_touch(stage, name_of(object), CCSAN_CHANGES);
	tell(stage, object->waiters ? "wake in" : "wake nobody in", object);
	while (object->waiters && (all || !count)) {
		unsigned actor = any && !all ? any_waiter(stage, object->waiters)
					     : first_waiter(stage, object->waiters);

		object->waiters &= ~bit(actor);
		stage->players[actor]->woken = true;
		ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_WAKE, actor), CCSAN_ADDS);
		count++;
	}
	return count;
}

/* --- read sides --- */

void ccsan_stage_read_side(struct ccsan_stage *stage, bool enter)
{
	struct ccsan_player *player = ccsan_me(stage);

	if (enter) {
		if (player->read_sides++ == 0)
			ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_RCU, 0), CCSAN_LOOKS);
		return;
	}
	if (!player->read_sides) {
		ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0, "leaves a read side it is not in");
		return;
	}
	if (--player->read_sides)
		return;
	for (unsigned other = 0; other < stage->player_count; other++)
		stage->players[other]->wish.read_sides &= ~bit(stage->current);
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_READER, stage->current), CCSAN_RELEASES);
}

/* --- for people --- */

void ccsan_stage_why(const struct ccsan_stage *stage, unsigned actor, char *text, size_t size,
		     unsigned *holder, uint32_t *origin)
{
	const struct ccsan_wish *wish = &stage->players[actor]->wish;

	*holder = CCSAN_MOST_ACTORS;
	*origin = 0;
	if (wish->want == CCSAN_WANTS_NOTHING) {
		snprintf(text, size, "could go on, but its CPU %u does not let it",
			 stage->players[actor]->cpu);
	} else if (wish->want == CCSAN_WANTS_END) {
		*holder = wish->actor;
		snprintf(text, size, "waits for the end of %s", ccsan_stage_name(stage, *holder));
	} else if (wish->want == CCSAN_WANTS_GRACE) {
		*holder = first_of(wish->read_sides);
		snprintf(text, size, "waits for the read side of %s",
			 ccsan_stage_name(stage, *holder));
	} else if (wish->object->holders) {
		*holder = first_of(wish->object->holders);
		*origin = wish->object->origin;
		snprintf(text, size, "waits for %s %#" PRIx64 " which %s holds",
			 kind_names[wish->object->kind], wish->object->address,
			 *holder == actor ? "it" : ccsan_stage_name(stage, *holder));
	} else if (wish->want == CCSAN_WANTS_WAKE) {
		snprintf(text, size, "waits to be woken in queue %#" PRIx64 ", and nobody will",
			 wish->object->address);
	} else {
		snprintf(text, size, "waits for %s %#" PRIx64, kind_names[wish->object->kind],
			 wish->object->address);
	}
}
