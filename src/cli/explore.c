/* SPDX-License-Identifier: MIT */
/* `ccsan explore` and `ccsan replay`: processes that explore parts of the schedules of a program.
 */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/wait.h>
#include <unistd.h>

#include "command.h"
#include "cpu_list.h"
#include "explore/schedule.h"
#include "explored.h"

enum { MOST_PARTS = 256, STREAM_FD = 9 };

/* A process while it lasts. */
struct job {
	struct ccsan_part part;
	pid_t pid;
	int stream; /* what it tells; -1: it is over */
	int status;
};

struct request {
	const char *cpu, *strategy, *granularity, *format, *out, *suppressions, *strip, *color;
	const char *test, *checkpoint, *resume, *token;
	const char *runs, *seconds, *seed, *preemptions, *depth, *steps, *failures;
	long jobs;
	bool replays, trace, gdb, verbose;
	char **program;
	struct ccsan_cpu_list cpus; /* of one */
	struct job job[MOST_PARTS];
	struct ccsan_exploration x;
};

/* --- options --- */

enum {
	KEY_STRATEGY = 256,
	KEY_PREEMPTIONS,
	KEY_BUDGET,
	KEY_SECONDS,
	KEY_SEED,
	KEY_DEPTH,
	KEY_STEPS,
	KEY_FAILURES,
	KEY_GRANULARITY,
	KEY_TEST,
	KEY_CHECKPOINT,
	KEY_RESUME,
	KEY_FORMAT,
	KEY_SUPPRESSIONS,
	KEY_STRIP,
	KEY_COLOR,
	KEY_GDB,
	KEY_NO_TRACE,
};

static const struct argp_option explore_options[] = {
	{ "cpu", 'c', "CPU", 0, "a name of `ccsan cpus`, or a file (.ini) (worst)", 0 },
	{ "strategy", KEY_STRATEGY, "S", 0,
	  "dpor: every order that matters, once (the default); brute: every order; bounded: with "
	  "so "
	  "many preemptions; pct: random priorities; random",
	  0 },
	{ "preemptions", KEY_PREEMPTIONS, "N", 0, "bounded: up to so many (2)", 0 },
	{ "depth", KEY_DEPTH, "D", 0, "pct: the depth of the bugs to find (3)", 0 },
	{ "seed", KEY_SEED, "N", 0, "pct, random: another seed, other executions (0)", 0 },
	{ "budget", KEY_BUDGET, "N", 0, "at most so many executions (pct, random: 10000)", 0 },
	{ "seconds", KEY_SECONDS, "N", 0, "at most so long", 0 },
	{ "steps", KEY_STEPS, "N", 0, "an execution with more steps does not end (100000)", 0 },
	{ "failures", KEY_FAILURES, "N", 0, "stop after so many different failures (all)", 0 },
	{ "granularity", KEY_GRANULARITY, "G", 0,
	  "where switches may happen: sync (the default), access: before accesses too, all: those "
	  "to "
	  "an actor's own stack as well",
	  0 },
	{ "jobs", 'j', "N", 0, "processes, each with a part of the work (1)", 0 },
	{ "test", KEY_TEST, "NAME", 0, "only this test", 0 },
	{ "checkpoint", KEY_CHECKPOINT, "FILE", 0, "save the search there, now and then (one job)",
	  0 },
	{ "resume", KEY_RESUME, "FILE", 0, "go on from there", 0 },
	{ "format", KEY_FORMAT, "F", 0, "text or json", 0 },
	{ "output", 'o', "FILE", 0, "write the report there, not to standard output", 0 },
	{ "suppressions", KEY_SUPPRESSIONS, "FILE", 0, "findings not to report", 0 },
	{ "strip-path-prefix", KEY_STRIP, "PREFIX", 0, "to be removed from file names", 0 },
	{ "color", KEY_COLOR, "WHEN", 0, "auto, always or never", 0 },
	{ 0 }
};

static const struct argp_option replay_options[] = {
	{ "cpu", 'c', "FILE", 0, "the CPU's file, where the token is for one that is not built in",
	  0 },
	{ "no-trace", KEY_NO_TRACE, NULL, 0, "findings only, not every step", 0 },
	{ "gdb", KEY_GDB, NULL, 0, "under gdb", 0 },
	{ "format", KEY_FORMAT, "F", 0, "text or json", 0 },
	{ "output", 'o', "FILE", 0, "write the report there, not to standard output", 0 },
	{ "strip-path-prefix", KEY_STRIP, "PREFIX", 0, "to be removed from file names", 0 },
	{ "color", KEY_COLOR, "WHEN", 0, "auto, always or never", 0 },
	{ 0 }
};

static const char *number(const char *option, const char *text, struct argp_state *state)
{
	if (!*text || strspn(text, "0123456789") != strlen(text) || strlen(text) > 18)
		argp_error(state, "--%s=%s: a number was expected", option, text);
	return text;
}

static const char *one_of(const char *option, const char *text, const char *words,
			  struct argp_state *state)
{
	const char *found = strstr(words, text);
	size_t n = strlen(text);

	if (!n || !found || found[-1] != ' ' || found[n] != ' ')
		argp_error(state, "--%s=%s: one of%swas expected", option, text, words);
	return text;
}

static error_t take_word(struct request *r, char *argument, struct argp_state *state)
{
	if (r->replays && !r->token) {
		r->token = argument;
		return 0;
	}
	r->program = &state->argv[state->next - 1];
	state->next = state->argc; /* the rest is the program's */
	return 0;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case 'c':
		r->cpu = argument;
		return 0;
	case KEY_STRATEGY:
		r->strategy =
			one_of("strategy", argument, " dpor brute bounded pct random ", state);
		return 0;
	case KEY_GRANULARITY:
		r->granularity = one_of("granularity", argument, " sync access all ", state);
		return 0;
	case KEY_PREEMPTIONS:
		r->preemptions = number("preemptions", argument, state);
		return 0;
	case KEY_DEPTH:
		r->depth = number("depth", argument, state);
		return 0;
	case KEY_SEED:
		r->seed = number("seed", argument, state);
		return 0;
	case KEY_BUDGET:
		r->runs = number("budget", argument, state);
		return 0;
	case KEY_SECONDS:
		r->seconds = number("seconds", argument, state);
		return 0;
	case KEY_STEPS:
		r->steps = number("steps", argument, state);
		return 0;
	case KEY_FAILURES:
		r->failures = number("failures", argument, state);
		return 0;
	case 'j':
		r->jobs = atol(number("jobs", argument, state));
		if (r->jobs < 1 || r->jobs > MOST_PARTS)
			argp_error(state, "--jobs=%s: 1 to %d was expected", argument, MOST_PARTS);
		return 0;
	case KEY_TEST:
		r->test = argument;
		return 0;
	case KEY_CHECKPOINT:
		r->checkpoint = argument;
		return 0;
	case KEY_RESUME:
		r->resume = argument;
		return 0;
	case KEY_FORMAT:
		r->format = one_of("format", argument, " text json ", state);
		return 0;
	case 'o':
		r->out = argument;
		return 0;
	case KEY_SUPPRESSIONS:
		r->suppressions = argument;
		return 0;
	case KEY_STRIP:
		r->strip = argument;
		return 0;
	case KEY_COLOR:
		r->color = argument;
		return 0;
	case KEY_GDB:
		r->gdb = true;
		return 0;
	case KEY_NO_TRACE:
		r->trace = false;
		return 0;
	case ARGP_KEY_ARG:
		return take_word(r, argument, state);
	case ARGP_KEY_END:
		if (r->replays && !r->token)
			argp_error(state, "no token was given");
		if (!r->program)
			argp_error(state, "no program was named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

/* --- the CPU --- */

static int choose_cpu(struct request *r)
{
	int problem = ccsan_cpu_list_read("explore", r->cpu, &r->cpus);

	if (!problem && r->cpus.count != 1)
		problem = ccsan_complain("explore: --cpu=%s: one CPU was expected", r->cpu);
	return problem;
}

/* CPU, granularity and test are part of a token. */
static int read_token(struct request *r)
{
	static struct ccsan_decision decisions[1 << 20];
	static struct ccsan_token_head head;
	struct ccsan_schedule schedule = { .decisions = decisions, .room = 1 << 20 };
	char problem[256], *dot;

	if (!ccsan_schedule_scan(r->token, &schedule, &head, problem, sizeof(problem)))
		return ccsan_complain("replay: not a token of a schedule: %s", problem);
	dot = strrchr(head.cpu, '.');
	r->granularity = dot && dot[1] == 'a' ? "access" : dot && dot[1] == 'l' ? "all" : "sync";
	if (dot)
		*dot = '\0';
	if (!r->cpu)
		r->cpu = head.cpu;
	return 0;
}

/* --- processes --- */

static void add_word(char *text, size_t size, const char *key, const char *value)
{
	size_t used = strlen(text);

	if (value)
		snprintf(text + used, size - used, "%s=%s ", key, value);
}

static void set_environment(const struct request *r, long job)
{
	size_t size = 4096 + (r->token ? strlen(r->token) : 0);
	const char *before = getenv("CCSAN_OPTIONS");
	char *plan = calloc(1, size), *options, own[32], all[32];

	snprintf(own, sizeof(own), "%ld", job);
	snprintf(all, sizeof(all), "%ld", r->jobs);
	if (!plan || asprintf(&options, "%s%scpu=%s:stream='/dev/fd/%d'", before ? before : "",
			      before ? ":" : "", r->cpus.cpus->option, STREAM_FD) < 0)
		_exit(CCSAN_USAGE);
	add_word(plan, size, "strategy", r->strategy);
	add_word(plan, size, "granularity", r->granularity);
	add_word(plan, size, "runs", r->runs);
	add_word(plan, size, "seconds", r->seconds);
	add_word(plan, size, "seed", r->seed);
	add_word(plan, size, "preemptions", r->preemptions);
	add_word(plan, size, "depth", r->depth);
	add_word(plan, size, "steps", r->steps);
	add_word(plan, size, "failures", r->failures);
	add_word(plan, size, "test", r->test);
	add_word(plan, size, "checkpoint", r->checkpoint);
	add_word(plan, size, "resume", r->resume);
	add_word(plan, size, "job", own);
	add_word(plan, size, "jobs", all);
	add_word(plan, size, "trace", r->trace ? "1" : "0");
	add_word(plan, size, "token", r->token);
	setenv("CCSAN_OPTIONS", options, 1);
	setenv("CCSAN_EXPLORE", plan, 1);
	setenv("LD_BIND_NOW", "1", 1); /* or every execution would look its functions up again */
}

static void become_program(const struct request *r, long job, int stream)
{
	/* Writes to memory that has to be put back are told by a signal. */
	static const char *const gdb[] = { "gdb", "-ex", "handle SIGSEGV nostop noprint pass",
					   "--args" };
	enum { GDB_WORDS = sizeof(gdb) / sizeof(*gdb) };
	size_t count = 0;
	char **arguments;

	if (dup2(stream, STREAM_FD) < 0)
		_exit(CCSAN_USAGE);
	set_environment(r, job);
	personality(ADDR_NO_RANDOMIZE);
	if (!r->gdb) {
		execvp(r->program[0], r->program);
		_exit(127);
	}
	while (r->program[count])
		count++;
	arguments = calloc(count + GDB_WORDS + 1, sizeof(*arguments));
	if (!arguments)
		_exit(CCSAN_USAGE);
	for (int i = 0; i < GDB_WORDS; i++)
		arguments[i] = (char *)(size_t)gdb[i]; // NOLINT: execvp() does not write
	memcpy(arguments + GDB_WORDS, r->program, count * sizeof(*arguments));
	execvp(arguments[0], arguments);
	_exit(127);
}

static int start(struct request *r, long index)
{
	struct job *job = &r->job[index];
	int ends[2];

	job->part.cpu = r->cpus.cpus->cpu.name;
	job->part.symbols = ccsan_symbols_new(r->strip, true);
	if (!job->part.symbols)
		return ccsan_complain("out of memory");
	if (pipe2(ends, O_CLOEXEC))
		return ccsan_complain("explore: %s", strerror(errno));
	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0)
		become_program(r, index, ends[1]);
	close(ends[1]);
	job->stream = ends[0];
	return job->pid < 0 ? ccsan_complain("explore: cannot start a process: %s", strerror(errno))
			    : 0;
}

/* --- while they run --- */

static void show_progress(const struct request *r, bool last)
{
	double runs = 0, expected = 0;
	unsigned failures = 0;

	if (!isatty(STDERR_FILENO) || r->replays)
		return;
	for (long i = 0; i < r->jobs; i++) {
		runs += (double)r->job[i].part.last.runs;
		expected += r->job[i].part.last.expected;
		failures += r->job[i].part.last.failures;
	}
	if (last)
		fprintf(stderr, "\r\033[K");
	else if (expected > runs)
		fprintf(stderr, "\r%.0f executions of about %.3g, %u failures\033[K", runs,
			expected, failures);
	else
		fprintf(stderr, "\r%.0f executions, %u failures\033[K", runs, failures);
}

static int hear(struct request *r, struct job *job)
{
	struct ccsan_message message;
	int got = ccsan_stream_next(job->stream, &message);

	if (got > 0)
		return ccsan_exploration_take(&r->x, &job->part, &message)
			       ? ccsan_complain("out of memory")
			       : 0;
	close(job->stream);
	job->stream = -1;
	while (waitpid(job->pid, &job->status, 0) < 0 && errno == EINTR)
		;
	return got < 0 ? ccsan_complain("explore: %s was built with another version of ccsan",
					r->program[0])
		       : 0;
}

static int hear_all(struct request *r)
{
	struct pollfd files[MOST_PARTS];
	int problem = 0;
	long running = r->jobs;

	while (running && !problem) {
		for (long i = 0; i < r->jobs; i++)
			files[i] = (struct pollfd){ r->job[i].stream, POLLIN, 0 };
		if (poll(files, (nfds_t)r->jobs, 500) < 0 && errno != EINTR)
			return ccsan_complain("explore: %s", strerror(errno));
		for (long i = 0; i < r->jobs && !problem; i++)
			if (files[i].fd >= 0 && files[i].revents)
				problem = hear(r, &r->job[i]);
		running = 0;
		for (long i = 0; i < r->jobs; i++)
			running += r->job[i].stream >= 0;
		show_progress(r, false);
	}
	show_progress(r, true);
	for (long i = 0; i < r->jobs; i++)
		if (r->job[i].stream >= 0)
			kill(r->job[i].pid, SIGKILL);
	return problem;
}

/* --- the verdict --- */

static int status_of_job(const struct request *r, const struct job *job)
{
	if (WIFEXITED(job->status) && WEXITSTATUS(job->status) == 127)
		return ccsan_complain("explore: cannot start '%s'", r->gdb ? "gdb" : r->program[0]);
	if (WIFEXITED(job->status) && WEXITSTATUS(job->status) == CCSAN_USAGE && !job->part.ended)
		return CCSAN_USAGE; /* it has said why */
	if (r->gdb)
		return CCSAN_FINE;
	if (WIFSIGNALED(job->status)) {
		fprintf(stderr, "ccsan: explore: %s was killed: %s\n", r->program[0],
			strsignal(WTERMSIG(job->status)));
		return CCSAN_CRASHED;
	}
	if (!job->part.ended && !*r->x.program)
		return CCSAN_USAGE;
	return CCSAN_FINE;
}

static int verdict(const struct request *r)
{
	int status = r->x.failures ? CCSAN_FOUND : CCSAN_FINE;

	for (const struct ccsan_explored_test *t = r->x.tests; t; t = t->next)
		if (t->sum.state >= CCSAN_EXPLORED_UNSTEADY)
			status = CCSAN_CRASHED;
	for (long i = 0; i < r->jobs; i++) {
		int of_job = status_of_job(r, &r->job[i]);

		if (of_job == CCSAN_USAGE)
			return of_job;
		if (of_job)
			status = of_job;
	}
	if (!r->x.tests && !r->gdb && status == CCSAN_FINE)
		return ccsan_complain(
			"explore: '%s' was not built with `ccsan cc`, or has no such test",
			r->program[0]);
	return status;
}

static int print_results(struct request *r)
{
	FILE *to = r->out ? fopen(r->out, "we") : stdout;
	json_t *document;
	int bad;

	if (!to)
		return ccsan_complain("%s: %s", r->out, strerror(errno));
	if (!strcmp(r->format, "json")) {
		document = ccsan_exploration_json(&r->x);
		json_dumpf(document, to, JSON_INDENT(1));
		fputc('\n', to);
		json_decref(document);
	} else {
		ccsan_exploration_print(&r->x, to, ccsan_wants_colour(r->color, fileno(to)));
	}
	bad = ferror(to);
	bad |= to == stdout ? fflush(to) : fclose(to);
	return bad ? ccsan_complain("%s: the report could not be written: %s",
				    r->out ? r->out : "standard output", strerror(errno))
		   : 0;
}

static int run_all(struct request *r)
{
	int status = 0;

	r->x.program = r->program[0];
	r->x.arguments = r->program + 1;
	for (long i = 0; i < r->jobs && !status; i++)
		status = start(r, i);
	if (!status)
		status = hear_all(r);
	if (!status) {
		status = verdict(r);
		if (status != CCSAN_USAGE && print_results(r))
			status = CCSAN_USAGE;
	}
	for (long i = 0; i < r->jobs; i++)
		ccsan_symbols_free(r->job[i].part.symbols);
	ccsan_exploration_free(&r->x);
	return status;
}

static int prepare(struct request *r)
{
	char problem[512];
	int status = r->replays ? read_token(r) : 0;

	if (!r->cpu)
		r->cpu = "worst";
	if (!status)
		status = choose_cpu(r);
	if (status || !r->suppressions)
		return status;
	r->x.suppressions = ccsan_suppressions_open(r->suppressions, problem, sizeof(problem));
	return r->x.suppressions ? 0 : ccsan_complain("%s", problem);
}

static int work(struct request *r, const struct argp *parser, int argc, char **argv)
{
	int status;

	argp_err_exit_status = CCSAN_USAGE;
	argp_parse(parser, argc, argv, ARGP_IN_ORDER, NULL, r);
	if (!r->runs && r->strategy &&
	    (!strcmp(r->strategy, "pct") || !strcmp(r->strategy, "random")))
		r->runs = "10000";
	if (r->checkpoint || r->resume || (r->strategy && !strcmp(r->strategy, "bounded")))
		r->jobs = 1;
	status = prepare(r);
	if (!status)
		status = run_all(r);
	ccsan_cpu_list_free(&r->cpus);
	free(r);
	return status;
}

static struct request *new_request(void)
{
	struct request *r = calloc(1, sizeof(*r));

	if (!r)
		exit(ccsan_complain("out of memory"));
	r->format = "text";
	r->strip = "";
	r->color = "auto";
	r->jobs = 1;
	r->trace = true;
	return r;
}

int ccsan_cmd_explore(int argc, char **argv)
{
	static const struct argp parser = {
		explore_options,
		take_option,
		"PROG [ARGS...]",
		"Runs the tests of a program, or its main(), under all schedules that matter, or "
		"many chosen well.\vExit status: 0 nothing found, 1 failures, 2 usage, 3 the "
		"program "
		"is no function of its schedule, or crashed.",
		NULL,
		NULL,
		NULL
	};
	struct request *r = new_request();

	r->strategy = "dpor";
	return work(r, &parser, argc, argv);
}

int ccsan_cmd_replay(int argc, char **argv)
{
	static const struct argp parser = { replay_options,
					    take_option,
					    "TOKEN PROG [ARGS...]",
					    "Runs a program again as a token of `ccsan explore` "
					    "says, step by step.\vExit status: "
					    "as of `ccsan explore`.",
					    NULL,
					    NULL,
					    NULL };
	struct request *r = new_request();

	r->strategy = "replay";
	r->replays = true;
	return work(r, &parser, argc, argv);
}
