/* SPDX-License-Identifier: MIT */
/* What shadow.c asks of its neighbours: permissions (permit.c) and faults (fault.c). */
#ifndef CCSAN_SHADOW_STEPS_H
#define CCSAN_SHADOW_STEPS_H

#include "tables.h"

/** After an access: accesses through the same alias to the same bytes may be skipped from now on,
 *  as far as they are right and change nothing. */
void ccsan_grant(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		 const struct ccsan_copy *copy, const struct ccsan_event *part);

/** Takes all permissions of a line back: its state has changed. */
void ccsan_revoke(struct ccsan_shadow *shadow, struct ccsan_met_line *line);

/** Makes all accesses to a line slow that is met for the first time. */
void ccsan_deny_all(struct ccsan_shadow *shadow, struct ccsan_met_line *line);

/** Takes all permissions of an alias back, which is about to go. */
void ccsan_revoke_alias(struct ccsan_shadow *shadow, struct ccsan_alias *alias);

/** Return: NULL if every permission given for the line is one that the rules give. */
const char *ccsan_broken_permit(const struct ccsan_shadow *shadow,
				const struct ccsan_met_line *line);

/** Hands a fault to the host, with what is known of the line and a tried advice. */
void ccsan_tell_fault(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		      const struct ccsan_step *step, const struct ccsan_verdict *verdict,
		      const struct ccsan_event *event);

#endif
