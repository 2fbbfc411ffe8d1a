/* SPDX-License-Identifier: MIT */
/* Interrupts and preemption of a CPU. See stage.h. */
#include "parts.h"

static const char *const names[] = {
	[CCSAN_SWITCH_IRQ] = "interrupts",
	[CCSAN_SWITCH_SOFT_IRQ] = "soft interrupts",
	[CCSAN_SWITCH_PREEMPTION] = "preemption",
};

/* The topmost handler that is active on a CPU; CCSAN_MOST_ACTORS is none. */
static unsigned handler_of(const struct ccsan_stage *stage, unsigned cpu)
{
	const unsigned *handlers = stage->handlers[cpu];

	return handlers[1] < CCSAN_MOST_ACTORS ? handlers[1] : handlers[0];
}

static bool irqs_are_off(const struct ccsan_stage *stage, unsigned cpu, bool soft)
{
	for (unsigned actor = 0; actor < stage->player_count; actor++) {
		const struct ccsan_player *player = stage->players[actor];

		if (player->cpu != cpu || player->role == CCSAN_BUS_MASTER)
			continue;
		if (player->off[CCSAN_SWITCH_IRQ] || (soft && player->off[CCSAN_SWITCH_SOFT_IRQ]))
			return true;
	}
	return false;
}

static bool handler_may_start(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_player *player = stage->players[actor];
	bool soft = player->role == CCSAN_SOFT_INTERRUPT;

	if (stage->handlers[player->cpu][1] < CCSAN_MOST_ACTORS ||
	    (soft && stage->handlers[player->cpu][0] < CCSAN_MOST_ACTORS))
		return false;
	return !irqs_are_off(stage, player->cpu, soft);
}

bool ccsan_sleeps(const struct ccsan_wish *wish)
{
	return wish->want != CCSAN_WANTS_NOTHING && wish->kind != CCSAN_SPINLOCK &&
	       wish->kind != CCSAN_RW_SPINLOCK;
}

bool ccsan_keeps_cpu(const struct ccsan_player *player)
{
	return player->off[CCSAN_SWITCH_IRQ] || player->off[CCSAN_SWITCH_SOFT_IRQ] ||
	       player->off[CCSAN_SWITCH_PREEMPTION];
}

static bool is_kept_by(const struct ccsan_stage *stage, unsigned other)
{
	const struct ccsan_player *player = stage->players[other];

	return player->role == CCSAN_THREAD && !player->ended && ccsan_keeps_cpu(player) &&
	       !ccsan_sleeps(&player->wish);
}

bool ccsan_stage_has_turn(const struct ccsan_stage *stage, unsigned actor)
{
	const struct ccsan_player *player = stage->players[actor];
	unsigned handler = handler_of(stage, player->cpu);

	if (ccsan_is_handler(player->role) && !player->active)
		return handler_may_start(stage, actor);
	if (handler < CCSAN_MOST_ACTORS)
		return handler == actor;
	for (unsigned other = 0; other < stage->player_count; other++)
		if (other != actor && stage->players[other]->cpu == player->cpu &&
		    is_kept_by(stage, other))
			return false;
	return true;
}

void ccsan_stage_hold_others(struct ccsan_stage *stage, enum ccsan_taker taker, bool hold)
{
	if (!stage->turns)
		return;
	for (unsigned other = 0; other < stage->player_count; other++)
		if (other != stage->current && stage->players[other]->role == CCSAN_THREAD &&
		    stage->players[other]->cpu == ccsan_me(stage)->cpu)
			ccsan_stage_touch(stage, ccsan_turn(other, taker),
					  hold ? CCSAN_ACQUIRES : CCSAN_RELEASES);
}

static void touch_bar(struct ccsan_stage *stage, enum ccsan_switch which, enum ccsan_touch touch)
{
	if (which != CCSAN_SWITCH_PREEMPTION)
		ccsan_stage_touch(stage,
				  ccsan_bar(ccsan_me(stage)->cpu, which == CCSAN_SWITCH_IRQ
									  ? CCSAN_BAR_IRQ_OFF
									  : CCSAN_BAR_SOFT_OFF),
				  touch);
}

void ccsan_stage_off(struct ccsan_stage *stage, enum ccsan_switch which)
{
	struct ccsan_player *player = ccsan_me(stage);
	bool kept = ccsan_keeps_cpu(player);

	if (player->off[which]++ == 0)
		touch_bar(stage, which, CCSAN_ACQUIRES);
	if (!kept && player->role == CCSAN_THREAD)
		ccsan_stage_hold_others(stage, CCSAN_TAKES_AS_KEEPER, true);
	ccsan_stage_tell(stage, "off:", names[which], 0);
}

void ccsan_stage_on(struct ccsan_stage *stage, enum ccsan_switch which)
{
	struct ccsan_player *player = ccsan_me(stage);

	if (!player->off[which]) {
		ccsan_stage_misuse(stage, CCSAN_MOST_ACTORS, 0, "%s switched on that are on",
				   names[which]);
		return;
	}
	if (--player->off[which] == 0)
		touch_bar(stage, which, CCSAN_RELEASES);
	if (!ccsan_keeps_cpu(player) && player->role == CCSAN_THREAD)
		ccsan_stage_hold_others(stage, CCSAN_TAKES_AS_KEEPER, false);
	ccsan_stage_tell(stage, "on:", names[which], 0);
}

bool ccsan_stage_is_off(const struct ccsan_stage *stage, enum ccsan_switch which)
{
	const struct ccsan_player *player = stage->players[stage->current];

	return player->off[which] || (which == CCSAN_SWITCH_IRQ && player->role == CCSAN_INTERRUPT);
}

bool ccsan_stage_is_atomic(const struct ccsan_stage *stage)
{
	const struct ccsan_player *player = stage->players[stage->current];

	return ccsan_is_handler(player->role) || ccsan_keeps_cpu(player) || player->spinlocks;
}
