/* SPDX-License-Identifier: MIT */
/* The files of docs/explain/ as they are. Made when ccsan is built. */
#ifndef CCSAN_CLI_EXPLAIN_PAGES_H
#define CCSAN_CLI_EXPLAIN_PAGES_H

struct ccsan_explain_page {
	const char *kind;
	const char *text; /**< "# KIND", an empty line, one line that says it all, … */
};

/** Ends with an entry of NULL. */
extern const struct ccsan_explain_page ccsan_explain_pages[];

#endif
