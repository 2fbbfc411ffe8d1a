/* SPDX-License-Identifier: MIT */
/* Memory that was given back: its frames, and aliases of frames. See machine.h. */
#include <stdio.h>

#include "parts.h"

/* --- frames --- */

static uint32_t *retired_by(const struct ccsan_machine *m, ccsan_phys at)
{
	uint64_t frame = (at - CCSAN_RAM_BASE) >> m->page_shift;

	return m->retired && at >= CCSAN_RAM_BASE && frame < m->frame_count ? &m->retired[frame]
									    : NULL;
}

static void revoke(struct ccsan_machine *m, uint32_t space, uint64_t va)
{
	struct ccsan_address at = { space, va, 0 };

	if (m->host.permits)
		ccsan_shadow_set_permits(m->shadow, &at,
					 m->host.permits(m->host.context, space, va));
}

void ccsan_machine_retire(struct ccsan_machine *m, ccsan_phys frames, unsigned pages,
			  uint32_t origin)
{
	if (!m->retired)
		m->retired = m->host.more(m->host.context, m->frame_count * sizeof(*m->retired));
	for (unsigned i = 0; i < pages; i++) {
		ccsan_phys page = frames + ((uint64_t)i << m->page_shift);
		uint32_t *by = retired_by(m, page);

		if (!by)
			continue;
		*by = origin;
		ccsan_machine_forget_frame(m, page);
		revoke(m, 0, CCSAN_KERNEL_BASE + (page - CCSAN_RAM_BASE));
	}
}

void ccsan_machine_revive(struct ccsan_machine *m, ccsan_phys frames, unsigned pages)
{
	for (unsigned i = 0; i < pages; i++) {
		uint32_t *by = retired_by(m, frames + ((uint64_t)i << m->page_shift));

		if (by)
			*by = 0;
	}
}

/* --- aliases: a table of those that are dead, open-addressed by page --- */

static struct ccsan_dead_alias *find_dead(const struct ccsan_machine *m, uint32_t space,
					  uint64_t va)
{
	uint64_t page = va >> m->page_shift;

	for (uint32_t i = 0; m->dead && i < CCSAN_DEAD_WAYS; i++) {
		struct ccsan_dead_alias *dead =
			&m->dead[(page * CCSAN_DEAD_WAYS + i) % CCSAN_DEAD_ALIASES];

		if (dead->origin && dead->page == page && dead->space == space)
			return dead;
	}
	return NULL;
}

/* The oldest of its set makes room: it is only forgotten who killed that one. */
static struct ccsan_dead_alias *room_for_dead(struct ccsan_machine *m, uint64_t page)
{
	struct ccsan_dead_alias *set = &m->dead[page * CCSAN_DEAD_WAYS % CCSAN_DEAD_ALIASES];

	for (uint32_t i = 0; i < CCSAN_DEAD_WAYS; i++)
		if (!set[i].origin)
			return &set[i];
	return &set[m->dead_victim++ % CCSAN_DEAD_WAYS];
}

void ccsan_machine_retire_alias(struct ccsan_machine *m, uint32_t space, uint64_t va,
				unsigned pages, uint32_t origin)
{
	if (!m->dead)
		m->dead = m->host.more(m->host.context, CCSAN_DEAD_ALIASES * sizeof(*m->dead));
	for (unsigned i = 0; i < pages; i++) {
		uint64_t at = va + ((uint64_t)i << m->page_shift);
		struct ccsan_dead_alias *dead = find_dead(m, space, at);

		if (!dead)
			dead = room_for_dead(m, at >> m->page_shift);
		*dead = (struct ccsan_dead_alias){ at >> m->page_shift, space, origin };
		revoke(m, space, at);
	}
}

void ccsan_machine_revive_alias(struct ccsan_machine *m, uint32_t space, uint64_t va,
				unsigned pages)
{
	for (unsigned i = 0; i < pages; i++) {
		struct ccsan_dead_alias *dead =
			find_dead(m, space, va + ((uint64_t)i << m->page_shift));

		if (dead)
			dead->origin = 0;
	}
}

uint32_t ccsan_machine_killer(const struct ccsan_machine *m, uint32_t space, uint64_t va)
{
	const struct ccsan_dead_alias *dead = find_dead(m, space, va);

	return dead ? dead->origin : 0;
}

/* --- the check --- */

static void report(struct ccsan_machine *m, const struct ccsan_event *event, uint32_t origin,
		   const char *what)
{
	uint64_t page = ccsan_machine_page_bytes(m);
	struct ccsan_event cause = { .operation = CCSAN_FORGET,
				     .at = { event->at.space, event->at.va & ~(page - 1),
					     event->at.pa & ~(page - 1) },
				     .bytes = (uint32_t)page,
				     .cpu = event->cpu,
				     .origin = origin };
	char text[CCSAN_TEXT_BYTES];

	snprintf(text, sizeof(text), "%u byte%s of %s", (unsigned)event->bytes,
		 event->bytes == 1 ? "" : "s", what);
	ccsan_machine_report_freed(m, CCSAN_DEED_NOTHING, event, &cause, text);
}

void ccsan_machine_check_retired(struct ccsan_machine *m, const struct ccsan_event *event)
{
	uint32_t *by = retired_by(m, event->at.pa);
	struct ccsan_dead_alias *dead = NULL;

	if (by && *by) {
		report(m, event, *by, "a page that is free");
		return;
	}
	if (event->operation != CCSAN_DEVICE_READ && event->operation != CCSAN_DEVICE_WRITE)
		dead = find_dead(m, event->at.space, event->at.va);
	if (dead)
		report(m, event, dead->origin, "a mapping that was given back");
}
