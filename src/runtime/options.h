/* SPDX-License-Identifier: MIT */
/* CCSAN_OPTIONS: key=value, joined by ':'. One list of options, in options.inc. */
#ifndef CCSAN_OPTIONS_H
#define CCSAN_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { CCSAN_OPTION_BYTES = 512 };

typedef char ccsan_option_text[CCSAN_OPTION_BYTES];

struct ccsan_options {
#define CCSAN_OPTION(type, name, initial, help) type name;
#define CCSAN_TEXT_OPTION(name, initial, help)  ccsan_option_text name;
#include "options.inc"
#undef CCSAN_OPTION
#undef CCSAN_TEXT_OPTION
};

void ccsan_options_default(struct ccsan_options *options);

/**
 * Reads options on top of those that are there.
 *
 * @param source what to call the text in messages
 * @param problem out: what is wrong, where: "CCSAN_OPTIONS: unknown option 'foo' (…)"
 * Return: false if something is wrong; the options before it have been read.
 */
bool ccsan_options_read(struct ccsan_options *options, const char *text, const char *source,
			char *problem, size_t problem_size);

/** The list for help=1, one line after the other through `line`. */
void ccsan_options_help(void (*line)(const char *format, ...));

#endif
