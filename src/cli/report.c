/* SPDX-License-Identifier: MIT */
/*
 * `ccsan report`: prints the findings of a stream of records. With --live it is started by a
 * program under test, reads its findings from file descriptor 3, prints each on stderr and answers
 * 'p', or 's' if it is suppressed; the program waits for that. Otherwise it prints a file of
 * records.
 */
#include "report/stream.h"
#include "report/suppress.h"
#include "report/text.h"

#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

enum { LIVE_FD = 3 };

struct printing {
	bool live, symbolize, print_suppressions;
	const char *color, *strip, *suppressions_file, *input;
	struct ccsan_symbols *symbols;
	struct ccsan_suppressions *suppressions;
	unsigned printed, suppressed;
	uint64_t occurrences;
};

static error_t take_option(int key, char *argument, struct argp_state *state)
{
	struct printing *p = state->input;

	switch (key) {
	case 'l':
		p->live = true;
		return 0;
	case 'c':
		p->color = argument;
		return 0;
	case 's':
		p->suppressions_file = argument;
		return 0;
	case 'S':
		p->print_suppressions = true;
		return 0;
	case 'p':
		p->strip = argument;
		return 0;
	case 'n':
		p->symbolize = false;
		return 0;
	case ARGP_KEY_ARG:
		p->input = argument;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "live", 'l', NULL, 0, "serve a running program", 0 },
	{ "color", 'c', "WHEN", 0, "auto, always, never", 0 },
	{ "suppressions", 's', "FILE", 0, "findings not to print", 0 },
	{ "print-suppressions", 'S', NULL, 0, "tell which suppressions matched", 0 },
	{ "strip-path-prefix", 'p', "PREFIX", 0, "to be removed from file names", 0 },
	{ "no-symbolize", 'n', NULL, 0, "addresses only", 0 },
	{ 0 }
};

static const struct argp parser = { options,  take_option,
				    "[FILE]", "Prints the findings of a stream of records.",
				    NULL,     NULL,
				    NULL };

static void print_finding(struct printing *p, const struct ccsan_finding *finding)
{
	bool suppressed = ccsan_suppressed(p->suppressions, finding, p->symbols);

	if (suppressed)
		p->suppressed++;
	else
		ccsan_text_print(stderr, finding, p->symbols,
				 ccsan_wants_colour(p->color, STDERR_FILENO), NULL);
	p->printed += !suppressed;
	if (p->live && write(LIVE_FD, suppressed ? "s" : "p", 1) != 1)
		exit(CCSAN_USAGE);
}

/* A program that crashed has not told how often. */
static void print_end(struct printing *p)
{
	if (p->occurrences < p->printed)
		p->occurrences = p->printed;
	if (p->printed)
		fprintf(stderr, "ccsan: %u distinct finding%s, %" PRIu64 " occurrence%s\n",
			p->printed, p->printed == 1 ? "" : "s", p->occurrences,
			p->occurrences == 1 ? "" : "s");
	if (p->suppressed)
		fprintf(stderr, "ccsan: %u finding%s suppressed\n", p->suppressed,
			p->suppressed == 1 ? "" : "s");
	ccsan_suppressions_tell(p->suppressions, stderr, p->print_suppressions);
}

static int print_stream(struct printing *p, int fd)
{
	struct ccsan_message message;
	int got;

	while ((got = ccsan_stream_next(fd, &message)) > 0)
		switch (message.type) {
		case CCSAN_RECORD_MODULE:
			ccsan_symbols_add(p->symbols, &message.body.module);
			break;
		case CCSAN_RECORD_FINDING:
			print_finding(p, &message.body.finding);
			break;
		case CCSAN_RECORD_COUNT:
			p->occurrences += message.body.count.count;
			break;
		default:
			break;
		}
	if (got < 0)
		return ccsan_complain(
			"report: not a stream of ccsan findings, or of another version");
	print_end(p);
	return p->printed ? CCSAN_FOUND : CCSAN_FINE;
}

int ccsan_cmd_report(int argc, char **argv)
{
	struct printing p = { .symbolize = true, .color = "auto", .strip = "" };
	char problem[512];
	int fd = LIVE_FD, status;

	argp_err_exit_status = CCSAN_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, &p);
	if (p.suppressions_file) {
		p.suppressions =
			ccsan_suppressions_open(p.suppressions_file, problem, sizeof(problem));
		if (!p.suppressions)
			return ccsan_complain("%s", problem);
	}
	if (!p.live) {
		if (!p.input)
			return ccsan_complain("report: no file of records was named");
		fd = open(p.input, O_RDONLY | O_CLOEXEC);
		if (fd < 0)
			return ccsan_complain("%s: %s", p.input, strerror(errno));
	}
	p.symbols = ccsan_symbols_new(p.strip, p.symbolize);
	status = p.symbols ? print_stream(&p, fd) : ccsan_complain("out of memory");
	ccsan_symbols_free(p.symbols);
	ccsan_suppressions_free(p.suppressions);
	return status;
}
