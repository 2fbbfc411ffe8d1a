/* SPDX-License-Identifier: MIT */
/* Actors, their CPUs, and the decision who goes on. See stage.h. */
#include "parts.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void ccsan_stage_set_cpus(struct ccsan_stage *stage, unsigned cpus)
{
	stage->cpu_count = cpus;
	stage->beside |= cpus > 1;
	stage->turns |= cpus > 1;
}

struct ccsan_stage *ccsan_stage_new(struct ccsan_search *search, unsigned cpus,
				    const struct ccsan_stage_host *host)
{
	struct ccsan_stage *stage = host->memory(host->context, sizeof(*stage));

	stage->search = search;
	stage->host = *host;
	stage->current = CCSAN_MOST_ACTORS;
	ccsan_stage_set_cpus(stage, cpus);
	for (unsigned cpu = 0; cpu < CCSAN_MOST_CPUS; cpu++)
		stage->handlers[cpu][0] = stage->handlers[cpu][1] = CCSAN_MOST_ACTORS;
	return stage;
}

void ccsan_stage_touch(struct ccsan_stage *stage, uint64_t name, enum ccsan_touch touch)
{
	/* Before the first decision there is one actor, and nothing to be in an order with. */
	if (stage->current < CCSAN_MOST_ACTORS)
		ccsan_search_touch(stage->search, name, touch);
}

void ccsan_stage_misuse(struct ccsan_stage *stage, unsigned other, uint32_t origin,
			const char *format, ...)
{
	char text[192];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	va_end(arguments);
	stage->host.misuse(stage->host.context, text, other, origin);
}

void ccsan_stage_tell(const struct ccsan_stage *stage, const char *verb, const char *object,
		      uint64_t address)
{
	if (stage->host.event && stage->current < CCSAN_MOST_ACTORS)
		stage->host.event(stage->host.context, verb, object, address);
}

/* --- actors --- */

unsigned ccsan_stage_add(struct ccsan_stage *stage, enum ccsan_role role, unsigned cpu,
			 const char *name, unsigned times)
{
	unsigned actor = stage->player_count;
	struct ccsan_player *player;

	if (actor == CCSAN_MOST_ACTORS)
		return actor;
	player = stage->host.memory(stage->host.context, sizeof(*player));
	player->role = role;
	player->cpu = cpu % stage->cpu_count;
	player->times = times;
	stage->players[stage->player_count++] = player;
	for (unsigned i = 0; i < CCSAN_ACTOR_NAME - 1 && name[i]; i++)
		player->name[i] = name[i];
	stage->beside |= role == CCSAN_BUS_MASTER;
	stage->turns |= role != CCSAN_THREAD;
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_START, actor), CCSAN_RELEASES);
	return actor;
}

void ccsan_stage_raise(struct ccsan_stage *stage, unsigned actor)
{
	stage->players[actor]->times++;
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_START, actor), CCSAN_ADDS);
}

unsigned ccsan_stage_current(const struct ccsan_stage *stage)
{
	return stage->current;
}

unsigned ccsan_stage_cpu(const struct ccsan_stage *stage, unsigned actor)
{
	return actor < stage->player_count ? stage->players[actor]->cpu : 0;
}

unsigned ccsan_stage_cpu_count(const struct ccsan_stage *stage)
{
	return stage->cpu_count;
}

unsigned ccsan_stage_actor_count(const struct ccsan_stage *stage)
{
	return stage->player_count;
}

const char *ccsan_stage_name(const struct ccsan_stage *stage, unsigned actor)
{
	static const char nobody[CCSAN_ACTOR_NAME] = "nobody";

	return actor < stage->player_count ? stage->players[actor]->name : nobody;
}

unsigned ccsan_stage_thread_of(const struct ccsan_stage *stage, unsigned cpu)
{
	return stage->threads[cpu];
}

enum ccsan_role ccsan_stage_role(const struct ccsan_stage *stage, unsigned actor)
{
	return stage->players[actor]->role;
}

bool ccsan_stage_starts(const struct ccsan_stage *stage, unsigned actor)
{
	return stage->players[actor]->fresh;
}

bool ccsan_stage_given_up(const struct ccsan_stage *stage)
{
	return stage->given_up;
}

/* --- who could run --- */

static bool is_enabled(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_player *player = stage->players[actor];

	if (player->ended || (player->role != CCSAN_THREAD && !player->active && !player->times))
		return false;
	if (player->role != CCSAN_BUS_MASTER && !ccsan_stage_has_turn(stage, actor))
		return false;
	return player->wish.timed || ccsan_wish_granted(stage, actor);
}

static ccsan_actors enabled_actors(const struct ccsan_stage *stage)
{
	ccsan_actors enabled = 0;

	for (unsigned actor = 0; actor < stage->player_count; actor++)
		if (is_enabled(stage, actor))
			enabled |= (ccsan_actors)1 << actor;
	return enabled;
}

/* Nobody but the current actor could run until it says so itself: the rest is the same step. */
static bool goes_on_alone(const struct ccsan_stage *stage, ccsan_actors enabled)
{
	const struct ccsan_player *player;

	if (stage->current == CCSAN_MOST_ACTORS || stage->beside)
		return false;
	player = stage->players[stage->current];
	return player->active && enabled == (ccsan_actors)1 << stage->current &&
	       (ccsan_is_handler(player->role) || player->off[CCSAN_SWITCH_IRQ] ||
		player->off[CCSAN_SWITCH_PREEMPTION]);
}

static enum ccsan_taker taker_of(const struct ccsan_player *handler)
{
	return handler->role == CCSAN_INTERRUPT ? CCSAN_TAKES_AS_HARD : CCSAN_TAKES_AS_SOFT;
}

static enum ccsan_bar bar_of(const struct ccsan_player *handler)
{
	return handler->role == CCSAN_INTERRUPT ? CCSAN_BAR_HARD : CCSAN_BAR_SOFT;
}

/* Those that a handler finds open when it starts; the one of its own kind it keeps until its end.
 */
static bool has_to_pass(const struct ccsan_player *handler, enum ccsan_bar bar)
{
	return bar == CCSAN_BAR_IRQ_OFF || bar == CCSAN_BAR_HARD ||
	       handler->role == CCSAN_SOFT_INTERRUPT;
}

static void pass_bars(struct ccsan_stage *stage, const struct ccsan_player *handler)
{
	for (enum ccsan_bar bar = 0; bar < CCSAN_BARS; bar++)
		if (has_to_pass(handler, bar))
			ccsan_stage_touch(stage, ccsan_bar(handler->cpu, bar), CCSAN_ACQUIRES);
}

void ccsan_stage_stay(struct ccsan_stage *stage)
{
	struct ccsan_player *player = ccsan_me(stage);

	if (!player->holds)
		ccsan_stage_hold_others(stage, taker_of(player), true);
	player->holds = true;
}

static void start_round(struct ccsan_stage *stage, unsigned actor)
{
	struct ccsan_player *player = stage->players[actor];

	player->active = player->fresh = true;
	ccsan_stage_tell(stage, "starts", "", 0);
	ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_START, actor), CCSAN_ACQUIRES);
	if (player->role == CCSAN_THREAD)
		return;
	player->times--;
	if (!ccsan_is_handler(player->role))
		return;
	stage->handlers[player->cpu][player->role == CCSAN_INTERRUPT] = actor;
	pass_bars(stage, player);
	if (stage->beside) /* otherwise it is over before anybody else can run */
		ccsan_stage_stay(stage);
}

/* A thread's turn is something that a handler, or one that keeps the CPU, takes from it. */
static void take_turn(struct ccsan_stage *stage, unsigned actor)
{
	for (enum ccsan_taker taker = 0; taker < CCSAN_TAKERS; taker++)
		if (stage->turns)
			ccsan_stage_touch(stage, ccsan_turn(actor, taker), CCSAN_ACQUIRES);
}

static void begin_step(struct ccsan_stage *stage, unsigned actor)
{
	stage->current = actor;
	stage->players[actor]->fresh = false;
	if (stage->players[actor]->role == CCSAN_THREAD) {
		stage->threads[stage->players[actor]->cpu] = actor;
		take_turn(stage, actor);
	}
	if (!stage->players[actor]->active)
		start_round(stage, actor);
}

unsigned ccsan_stage_next(struct ccsan_stage *stage)
{
	ccsan_actors enabled = enabled_actors(stage);
	unsigned actor;

	if (!enabled)
		return CCSAN_MOST_ACTORS;
	stage->alone = goes_on_alone(stage, enabled);
	if (stage->alone) {
		stage->players[stage->current]->fresh = false;
		return stage->current;
	}
	actor = ccsan_search_choose(stage->search, enabled);
	if (actor < CCSAN_MOST_ACTORS)
		begin_step(stage, actor);
	else
		stage->given_up = true;
	return actor;
}

void ccsan_stage_end(struct ccsan_stage *stage)
{
	struct ccsan_player *player = ccsan_me(stage);

	if (player->spinlocks)
		ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0, "%s ends and holds a spinlock",
				   player->name);
	if (ccsan_is_handler(player->role)) {
		if (player->holds)
			ccsan_stage_hold_others(stage, taker_of(player), false);
		player->holds = false;
		ccsan_stage_touch(stage, ccsan_bar(player->cpu, bar_of(player)), CCSAN_RELEASES);
		stage->handlers[player->cpu][player->role == CCSAN_INTERRUPT] = CCSAN_MOST_ACTORS;
	}
	for (enum ccsan_switch which = 0; which <= CCSAN_SWITCH_PREEMPTION; which++)
		if (player->off[which]) {
			player->off[which] = 1;
			ccsan_stage_on(stage, which);
		}
	player->active = false;
	ccsan_stage_tell(stage, "ends", "", 0);
	if (player->role == CCSAN_THREAD) {
		player->ended = true;
		ccsan_stage_touch(stage, ccsan_name_of(CCSAN_NAMES_END, stage->current),
				  CCSAN_RELEASES);
	}
}

/* --- a run that stops --- */

ccsan_actors ccsan_stage_stuck(const struct ccsan_stage *stage)
{
	ccsan_actors stuck = 0;

	for (unsigned actor = 0; actor < stage->player_count; actor++)
		if (!stage->players[actor]->ended &&
		    (stage->players[actor]->role == CCSAN_THREAD || stage->players[actor]->active))
			stuck |= (ccsan_actors)1 << actor;
	return stuck;
}

/* The objects that the actor's next step would acquire, be it free to or not. */
static void tell_turn(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_player *player = stage->players[actor];

	if (player->role == CCSAN_THREAD && stage->turns)
		for (enum ccsan_taker taker = 0; taker < CCSAN_TAKERS; taker++)
			ccsan_search_waits(stage->search, actor, ccsan_turn(actor, taker));
	if (ccsan_is_handler(player->role) && !player->active)
		for (enum ccsan_bar bar = 0; bar < CCSAN_BARS; bar++)
			if (has_to_pass(player, bar))
				ccsan_search_waits(stage->search, actor,
						   ccsan_bar(player->cpu, bar));
}

static void tell_wait(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_wish *wish = &stage->players[actor]->wish;
	ccsan_actors readers = wish->read_sides;

	tell_turn(stage, actor);
	if (wish->want == CCSAN_WANTS_WAKE)
		ccsan_search_waits(stage->search, actor, ccsan_name_of(CCSAN_NAMES_WAKE, actor));
	else if (wish->want == CCSAN_WANTS_END)
		ccsan_search_waits(stage->search, actor,
				   ccsan_name_of(CCSAN_NAMES_END, wish->actor));
	else if (wish->object)
		ccsan_search_waits(stage->search, actor,
				   ccsan_name_of(CCSAN_NAMES_OBJECT, wish->object->address));
	for (; readers; readers &= readers - 1)
		ccsan_search_waits(
			stage->search, actor,
			ccsan_name_of(CCSAN_NAMES_READER, (uint64_t)__builtin_ctzll(readers)));
}

void ccsan_stage_tell_waits(const struct ccsan_stage *stage)
{
	for (unsigned actor = 0; actor < stage->player_count; actor++) {
		const struct ccsan_player *player = stage->players[actor];
		bool done = player->ended ||
			    (player->role != CCSAN_THREAD && !player->active && !player->times);

		if (!done && !is_enabled(stage, actor))
			tell_wait(stage, actor);
	}
}
