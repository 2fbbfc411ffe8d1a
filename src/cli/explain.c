/* SPDX-License-Identifier: MIT */
/* `ccsan explain`: what a kind of finding means, from docs/explain/. */
#include <ccsan/finding.h>

#include <stdio.h>
#include <string.h>

#include "command.h"
#include "explain_pages.h"

static const char *page_of(const char *kind)
{
	const struct ccsan_explain_page *page = ccsan_explain_pages;

	while (page->kind && strcmp(page->kind, kind) != 0)
		page++;
	return page->text;
}

/* The third line: behind the heading and an empty line. */
static void print_summary(const char *kind, const char *text)
{
	const char *line = strstr(text, "\n\n");

	line = line ? line + 2 : text;
	printf("%-24s%.*s\n", kind, (int)strcspn(line, "\n"), line);
}

static int print_list(void)
{
	for (int kind = CCSAN_KIND_NONE + 1; kind < CCSAN_KIND_COUNT; kind++) {
		const char *name = ccsan_kind_name((enum ccsan_kind)kind), *text = page_of(name);

		print_summary(name, text ? text : "");
	}
	puts("\n`ccsan explain KIND` tells what it means, why no PC shows it, and which call is "
	     "missing.");
	return CCSAN_FINE;
}

static int print_one(const char *kind)
{
	const char *text = ccsan_kind_find(kind) == CCSAN_KIND_NONE ? NULL : page_of(kind);

	if (!text)
		return ccsan_complain("explain: no finding is called '%s' (see `ccsan explain`)",
				      kind);
	fputs(text, stdout);
	return CCSAN_FINE;
}

int ccsan_cmd_explain(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && !strcmp(argv[1], "--help"))) {
		puts("Usage: ccsan explain [KIND]\nThe kinds of findings; with KIND, all about "
		     "one.");
		return argc > 2 ? CCSAN_USAGE : CCSAN_FINE;
	}
	return argc == 2 ? print_one(argv[1]) : print_list();
}
