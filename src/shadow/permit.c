/* SPDX-License-Identifier: MIT */
/*
 * Permission bytes: almost every access repeats, and one that is right and changes nothing need not
 * come here again. A byte is a cache of what the rules say, never the truth: it is set slow again
 * by every change of the line, for all aliases that have it.
 */
#include "steps.h"

static size_t permits_of_line(const struct ccsan_shadow *shadow)
{
	return shadow->geometry.line_bytes >> CCSAN_PERMIT_SHIFT;
}

static uint8_t *alias_permits(const struct ccsan_alias *alias, const struct ccsan_met_line *line)
{
	return alias->permits ? alias->permits + ((line->pa - alias->at.pa) >> CCSAN_PERMIT_SHIFT)
			      : NULL;
}

static void set_slow(uint8_t *permits, size_t count)
{
	for (size_t i = 0; permits && i < count; i++)
		permits[i] = CCSAN_ALL_SLOW;
}

void ccsan_deny_all(struct ccsan_shadow *shadow, struct ccsan_met_line *line)
{
	if (line->own)
		set_slow(line->own_permits, permits_of_line(shadow));
}

void ccsan_revoke(struct ccsan_shadow *shadow, struct ccsan_met_line *line)
{
	size_t count = permits_of_line(shadow);
	struct ccsan_alias *alias;

	if (line->own_granted)
		set_slow(line->own_permits, count);
	line->own_granted = false;
	if (line->grantee_count > CCSAN_GRANTEES) {
		/* those remembered may be gone, and their records be other pages' aliases */
		for (alias = line->page->aliases; alias; alias = alias->next_of_page)
			set_slow(alias_permits(alias, line), count);
	} else {
		for (unsigned i = 0; i < line->grantee_count; i++)
			set_slow(alias_permits(line->grantees[i], line), count);
	}
	line->grantee_count = 0;
}

static void drop_grantee(struct ccsan_met_line *line, const struct ccsan_alias *alias)
{
	if (line->grantee_count > CCSAN_GRANTEES)
		return;
	for (unsigned i = 0; i < line->grantee_count; i++)
		if (line->grantees[i] == alias) {
			line->grantees[i] = line->grantees[--line->grantee_count];
			return;
		}
}

void ccsan_revoke_alias(struct ccsan_shadow *shadow, struct ccsan_alias *alias)
{
	struct ccsan_page *page = ccsan_tables_page(shadow, alias->at.pa);

	for (unsigned i = 0; page->lines && i < shadow->geometry.page_bytes >> shadow->line_shift;
	     i++)
		if (page->lines[i])
			drop_grantee(page->lines[i], alias);
	set_slow(alias->permits, shadow->geometry.page_bytes >> CCSAN_PERMIT_SHIFT);
}

static void add_grantee(struct ccsan_met_line *line, struct ccsan_alias *alias)
{
	unsigned known =
		line->grantee_count < CCSAN_GRANTEES ? line->grantee_count : CCSAN_GRANTEES;

	for (unsigned i = 0; i < known; i++)
		if (line->grantees[i] == alias)
			return;
	if (line->grantee_count < CCSAN_GRANTEES)
		line->grantees[line->grantee_count] = alias;
	if (line->grantee_count <= CCSAN_GRANTEES)
		line->grantee_count++;
}

/* The granules of one permission byte. */
static ccsan_set granules_of_permit(const struct ccsan_shadow *shadow, size_t index)
{
	unsigned count = CCSAN_PERMIT_BYTES >> shadow->granule_shift;

	return (((ccsan_set)1 << count) - 1) << index * count;
}

static uint8_t permit(const struct ccsan_shadow *shadow, const struct ccsan_copy *copy,
		      ccsan_set set)
{
	const struct ccsan_caches *caches = &shadow->geometry.caches;
	uint8_t slow = CCSAN_ALL_SLOW;

	if (ccsan_model_read_passes(caches, copy, set))
		slow &= (uint8_t)~CCSAN_READ_SLOW;
	if (ccsan_model_write_passes(caches, copy, set))
		slow &= (uint8_t)~CCSAN_WRITE_SLOW;
	return slow;
}

static void writes_may_follow(struct ccsan_met_line *line, ccsan_set set)
{
	for (unsigned i = 0; i < CCSAN_WRITERS; i++)
		if (line->writers[i].set & set)
			line->writers[i].granted = true;
}

static bool is_own(const struct ccsan_shadow *shadow, const struct ccsan_met_line *line,
		   const struct ccsan_address *at)
{
	return line->own && at->space == 0 && ccsan_line_start(shadow, at->va) == line->own_va;
}

void ccsan_grant(struct ccsan_shadow *shadow, struct ccsan_met_line *line,
		 const struct ccsan_copy *copy, const struct ccsan_event *part)
{
	bool own = is_own(shadow, line, &part->at), any = false;
	struct ccsan_alias *alias =
		own ? NULL : ccsan_tables_find_alias(shadow, part->at.space, part->at.va);
	uint8_t *permits = own ? line->own_permits : alias ? alias_permits(alias, line) : NULL;
	size_t from = (part->at.pa - line->pa) >> CCSAN_PERMIT_SHIFT;
	size_t to = (part->at.pa + part->bytes - 1 - line->pa) >> CCSAN_PERMIT_SHIFT;

	for (size_t i = from; permits && i <= to; i++) {
		ccsan_set set = granules_of_permit(shadow, i);

		permits[i] = permit(shadow, copy, set);
		if (line->callers_word)
			permits[i] |= CCSAN_WRITE_SLOW; /* the next write has to end the word */
		any |= permits[i] != CCSAN_ALL_SLOW;
		if (!(permits[i] & CCSAN_WRITE_SLOW))
			writes_may_follow(line, set);
	}
	if (any && own)
		line->own_granted = true;
	else if (any)
		add_grantee(line, alias);
}

/* --- checks --- */

static bool gives_too_much(const struct ccsan_shadow *shadow, const struct ccsan_met_line *line,
			   const struct ccsan_address *at, const uint8_t *permits)
{
	uint64_t place = ccsan_tables_place(shadow, at, CCSAN_DATA_SIDE);
	const struct ccsan_copy *copy = ccsan_tables_find_copy(line, place);

	for (size_t i = 0; permits && i < permits_of_line(shadow); i++) {
		uint8_t rules = copy ? permit(shadow, copy, granules_of_permit(shadow, i))
				     : (uint8_t)CCSAN_ALL_SLOW;

		if (~permits[i] & rules)
			return true;
	}
	return false;
}

const char *ccsan_broken_permit(const struct ccsan_shadow *shadow,
				const struct ccsan_met_line *line)
{
	const struct ccsan_alias *alias;
	struct ccsan_address at = { 0, line->own_va, line->pa };

	if (line->own && gives_too_much(shadow, line, &at, line->own_permits))
		return "the own alias is permitted what the rules permit";
	for (alias = line->page->aliases; alias; alias = alias->next_of_page) {
		uint64_t offset = line->pa - alias->at.pa;

		at = (struct ccsan_address){ alias->at.space, alias->at.va + offset, line->pa };
		if (gives_too_much(shadow, line, &at, alias_permits(alias, line)))
			return "an alias is permitted what the rules permit";
	}
	return NULL;
}
