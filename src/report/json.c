/* SPDX-License-Identifier: MIT */
/* See json.h. */
#include "json.h"

#include <ccsan/version.h>

#include <inttypes.h>
#include <string.h>

#include "words.h"

static json_t *address(uint64_t value)
{
	return json_sprintf("0x%" PRIx64, value);
}

/* Names come from programs and may be no UTF-8. */
static json_t *text(const char *value)
{
	json_t *string = value ? json_string(value) : NULL;

	return string ? string : json_null();
}

static json_t *stack(const struct ccsan_actor *actor, struct ccsan_symbols *symbols)
{
	struct ccsan_frame frames[CCSAN_FRAMES];
	int count = ccsan_symbols_stack(symbols, actor, frames, CCSAN_FRAMES);
	json_t *array = json_array();

	for (int i = 0; i < count; i++) {
		json_t *frame = json_object();

		json_object_set_new(frame, "function", text(frames[i].function));
		json_object_set_new(frame, "file", text(frames[i].file));
		json_object_set_new(frame, "line",
				    frames[i].line ? json_integer(frames[i].line) : json_null());
		json_object_set_new(frame, "module", text(frames[i].module));
		json_object_set_new(frame, "offset", address(frames[i].offset));
		json_array_append_new(array, frame);
	}
	return array;
}

static json_t *actor(const struct ccsan_actor *a, struct ccsan_symbols *symbols)
{
	json_t *object;

	if (a->deed == CCSAN_DEED_NOTHING)
		return json_null();
	object = json_object();
	json_object_set_new(object, "op", text(ccsan_deed_name(a->deed)));
	json_object_set_new(object, "va", a->va ? address(a->va) : json_null());
	json_object_set_new(object, "pa", address(a->pa));
	json_object_set_new(object, "bytes", json_integer(a->bytes));
	json_object_set_new(object, "alias", text(a->alias));
	json_object_set_new(object, "by", text(a->who));
	json_object_set_new(object, "stack", stack(a, symbols));
	return object;
}

static const char *certainty(enum ccsan_needs needs)
{
	return needs == CCSAN_NEEDS_EVICTION           ? "on-eviction"
	       : needs == CCSAN_NEEDS_SPECULATIVE_FILL ? "on-speculative-fill"
						       : "always";
}

static json_t *advice(const struct ccsan_finding *f)
{
	bool device = f->access.deed == CCSAN_DEED_DEVICE_READ ||
		      f->access.deed == CCSAN_DEED_DEVICE_WRITE ||
		      f->cause.deed == CCSAN_DEED_DEVICE_WRITE;
	json_t *calls = json_array(), *object = json_object();

	for (unsigned i = 0; i < f->advised_count; i++) {
		const struct ccsan_advised_call *c = &f->advised[i];
		struct ccsan_words words = ccsan_words_for(f->host, c->deed, c->alias, device);
		json_t *call = json_object();

		json_object_set_new(call, "op", text(ccsan_deed_name(c->deed)));
		json_object_set_new(call, "call", text(words.call));
		json_object_set_new(call, "contract", text(words.source));
		json_object_set_new(call, "va", c->va ? address(c->va) : json_null());
		json_object_set_new(call, "pa", address(c->pa));
		json_object_set_new(call, "bytes", json_integer(c->bytes));
		json_array_append_new(calls, call);
	}
	json_object_set_new(object, "calls", calls);
	json_object_set_new(object, "tried",
			    f->trial == CCSAN_TRIAL_NONE
				    ? json_null()
				    : json_boolean(f->trial == CCSAN_TRIAL_GONE));
	return object;
}

static json_t *byte_set(const struct ccsan_line_seen *line, uint64_t set)
{
	json_t *array = json_array();

	for (unsigned i = 0; i < 64; i++)
		if (set >> i & 1)
			json_array_append_new(array, json_integer((json_int_t)i * line->granule));
	return array;
}

static json_t *line(const struct ccsan_line_seen *l)
{
	json_t *object, *places = json_array();

	if (!l->bytes) {
		json_decref(places);
		return json_null();
	}
	object = json_object();
	json_object_set_new(object, "pa", address(l->pa));
	json_object_set_new(object, "bytes", json_integer(l->bytes));
	json_object_set_new(object, "granule", json_integer(l->granule));
	json_object_set_new(object, "wrong", byte_set(l, l->wrong));
	json_object_set_new(object, "memory_lacks", byte_set(l, l->memory_lacks));
	for (unsigned i = 0; i < l->place_count && i < CCSAN_PLACES_SEEN; i++) {
		const struct ccsan_place_seen *seen = &l->places[i];
		json_t *place = json_object();

		json_object_set_new(place, "alias", text(seen->alias));
		json_object_set_new(place, "va", address(seen->va));
		json_object_set_new(place, "present", json_boolean(seen->present));
		json_object_set_new(place, "dirty", json_boolean(seen->dirty));
		json_object_set_new(place, "stale", byte_set(l, seen->stale));
		json_array_append_new(places, place);
	}
	json_object_set_new(object, "places", places);
	return object;
}

json_t *ccsan_json_finding(const struct ccsan_finding *f, struct ccsan_symbols *symbols)
{
	json_t *object = json_object();

	json_object_set_new(object, "kind", text(ccsan_kind_name(f->kind)));
	json_object_set_new(object, "va", f->access.va ? address(f->access.va) : json_null());
	json_object_set_new(object, "pa", address(f->access.pa));
	json_object_set_new(object, "bytes", json_integer(f->access.bytes));
	json_object_set_new(object, "alias", text(f->access.alias));
	json_object_set_new(object, "text", *f->text ? text(f->text) : json_null());
	json_object_set_new(object, "certainty",
			    f->line.bytes ? text(certainty(f->needs)) : json_null());
	json_object_set_new(object, "access", actor(&f->access, symbols));
	json_object_set_new(object, "cause", actor(&f->cause, symbols));
	json_object_set_new(object, "maintained", actor(&f->keeper, symbols));
	json_object_set_new(object, "line", line(&f->line));
	json_object_set_new(object, "advice", advice(f));
	json_object_set_new(object, "count", json_integer((json_int_t)f->count));
	return object;
}

json_t *ccsan_json_document(json_t *results)
{
	json_t *document = json_object();

	json_object_set_new(document, "ccsan", json_string(CCSAN_VERSION));
	json_object_set_new(document, "results", results);
	return document;
}
