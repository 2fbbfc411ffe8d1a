/* SPDX-License-Identifier: MIT */
/* Memory that devices own: the check that needs no luck. See machine.h. */
#include <stdio.h>

#include "parts.h"

void ccsan_machine_give(struct ccsan_machine *m, struct ccsan_owned *owned)
{
	owned->next = m->owned;
	owned->here = &m->owned;
	if (owned->next)
		owned->next->here = &owned->next;
	m->owned = owned;
	ccsan_shadow_watch(m->shadow, owned->pa, owned->bytes, true);
}

void ccsan_machine_take(struct ccsan_machine *m, struct ccsan_owned *owned)
{
	*owned->here = owned->next;
	if (owned->next)
		owned->next->here = owned->here;
	ccsan_shadow_watch(m->shadow, owned->pa, owned->bytes, false);
}

static bool is_watched(const struct ccsan_machine *m, const struct ccsan_event *event)
{
	uint64_t line = m->cpu.data.line;

	for (uint64_t at = event->at.pa & ~(line - 1); at < event->at.pa + event->bytes; at += line)
		if (ccsan_shadow_watched(m->shadow, at))
			return true;
	return false;
}

static bool touches(const struct ccsan_event *event, const struct ccsan_owned *owned)
{
	return event->at.pa < owned->pa + owned->bytes && owned->pa < event->at.pa + event->bytes;
}

void ccsan_machine_check_owner(struct ccsan_machine *m, const struct ccsan_event *event,
			       bool reported)
{
	char text[CCSAN_TEXT_BYTES];

	if (!is_watched(m, event))
		return;
	for (struct ccsan_owned *owned = m->owned; owned; owned = owned->next) {
		if (owned->told || !touches(event, owned) ||
		    (!owned->device_writes && event->operation != CCSAN_WRITE))
			continue;
		owned->told = true;
		if (reported)
			continue;
		snprintf(text, sizeof(text), "%u bytes belong to %s", (unsigned)owned->bytes,
			 owned->text);
		ccsan_machine_report(m, CCSAN_KIND_DMA_OWNERSHIP, CCSAN_DEED_NOTHING, event,
				     &owned->event, text);
		return;
	}
}

/* Another hand-over of the same bytes may allow it. */
void ccsan_machine_check_device(struct ccsan_machine *m, const struct ccsan_event *event)
{
	struct ccsan_owned *reader = NULL;
	char text[CCSAN_TEXT_BYTES];

	if (event->operation != CCSAN_DEVICE_WRITE || !is_watched(m, event))
		return;
	for (struct ccsan_owned *owned = m->owned; owned; owned = owned->next) {
		if (!touches(event, owned))
			continue;
		if (owned->device_writes)
			return;
		reader = owned;
	}
	if (!reader || reader->told)
		return;
	reader->told = true;
	snprintf(text, sizeof(text), "the device writes to %u bytes that it may only read: %s",
		 (unsigned)reader->bytes, reader->text);
	ccsan_machine_report(m, CCSAN_KIND_API_MISUSE, CCSAN_DEED_NOTHING, event, &reader->event,
			     text);
}
