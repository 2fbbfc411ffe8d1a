/* SPDX-License-Identifier: MIT */
/* `ccsan run`: a program on one CPU or on all of them, in parallel. */
#include <argp.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "cpu_list.h"
#include "results.h"

/* One run while it lasts. */
struct job {
	char stream[PATH_MAX], output[PATH_MAX];
	pid_t pid;
	struct timespec started;
	bool timed_out;
};

struct request {
	const char *cpu_text, *format, *out, *suppressions, *strip, *color;
	double timeout; /* seconds, 0: none */
	long jobs;
	bool symbolize, verbose;
	char **program;
	char folder[64]; /* for streams and outputs */
	struct ccsan_cpu_list cpus;
	struct job *job; /* one for each of them, as are the runs of results */
	struct ccsan_results results;
};

/* --- options --- */

enum {
	KEY_ENGINE = 256,
	KEY_FORMAT,
	KEY_TIMEOUT,
	KEY_SUPPRESSIONS,
	KEY_STRIP,
	KEY_NO_SYMBOLIZE,
	KEY_COLOR
};

static const struct argp_option options[] = {
	{ "cpu", 'c', "LIST", 0, "CPUs, separated by commas: names, files (.ini), or all (worst)",
	  0 },
	{ "engine", KEY_ENGINE, "E", 0, "shadow (the only one so far)", 0 },
	{ "format", KEY_FORMAT, "F", 0, "text or json", 0 },
	{ "output", 'o', "FILE", 0, "write the report there, not to standard output", 0 },
	{ "jobs", 'j', "N", 0, "runs at a time (as many as there are cores)", 0 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0, "kill a run that takes longer", 0 },
	{ "suppressions", KEY_SUPPRESSIONS, "FILE", 0, "findings not to report", 0 },
	{ "strip-path-prefix", KEY_STRIP, "PREFIX", 0, "to be removed from file names", 0 },
	{ "no-symbolize", KEY_NO_SYMBOLIZE, NULL, 0, "addresses only", 0 },
	{ "color", KEY_COLOR, "WHEN", 0, "auto, always or never", 0 },
	{ "verbose", 'v', NULL, 0, "show the program's output on every CPU", 0 },
	{ 0 }
};

static bool read_positive(const char *text, double *number)
{
	char *end;

	*number = strtod(text, &end);
	return end != text && !*end && *number > 0 && *number < 1e9;
}

static error_t take_option(int key, char *argument, struct argp_state *state)
{
	struct request *r = state->input;
	double number;

	switch (key) {
	case 'c':
		r->cpu_text = argument;
		return 0;
	case KEY_ENGINE:
		if (strcmp(argument, "shadow") != 0)
			argp_error(state, "--engine=%s: the only engine of this version is shadow",
				   argument);
		return 0;
	case KEY_FORMAT:
		if (strcmp(argument, "text") != 0 && strcmp(argument, "json") != 0)
			argp_error(state, "--format=%s: text or json was expected", argument);
		r->format = argument;
		return 0;
	case 'o':
		r->out = argument;
		return 0;
	case 'j':
		if (!read_positive(argument, &number) || number < 1 || number > 1024)
			argp_error(state, "--jobs=%s: 1 to 1024 was expected", argument);
		r->jobs = (long)number;
		return 0;
	case KEY_TIMEOUT:
		if (!read_positive(argument, &r->timeout))
			argp_error(state, "--timeout=%s: seconds were expected", argument);
		return 0;
	case KEY_SUPPRESSIONS:
		r->suppressions = argument;
		return 0;
	case KEY_STRIP:
		r->strip = argument;
		return 0;
	case KEY_NO_SYMBOLIZE:
		r->symbolize = false;
		return 0;
	case KEY_COLOR:
		if (!ccsan_is_colour_choice(argument))
			argp_error(state, "--color=%s: auto, always or never was expected",
				   argument);
		r->color = argument;
		return 0;
	case 'v':
		r->verbose = true;
		return 0;
	case ARGP_KEY_ARG:
		r->program = &state->argv[state->next - 1];
		state->next = state->argc; /* the rest is the program's */
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no program was named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	options,
	take_option,
	"PROG [ARGS...]",
	"Runs a program that was built with `ccsan cc` on simulated CPUs and reports what was "
	"found.\vExit status: 0 nothing found, 1 findings, 2 usage, 3 the program crashed or hung.",
	NULL,
	NULL,
	NULL
};

/* --- CPUs --- */

static int choose_cpus(struct request *r)
{
	int problem = ccsan_cpu_list_read("run", r->cpu_text, &r->cpus);
	size_t count = r->cpus.count;

	if (problem)
		return problem;
	r->results.runs = calloc(count, sizeof(*r->results.runs));
	r->job = calloc(count, sizeof(*r->job));
	if (!r->results.runs || !r->job)
		return ccsan_complain("out of memory");
	r->results.run_count = count;
	for (size_t i = 0; i < count; i++)
		snprintf(r->results.runs[i].cpu, sizeof(r->results.runs[i].cpu), "%s",
			 r->cpus.cpus[i].cpu.name);
	return 0;
}

/* --- being stopped: what was found so far is reported, and nothing goes on running --- */

static volatile sig_atomic_t stopped_by;

static void take_signal(int number)
{
	stopped_by = number;
}

/* Without SA_RESTART: whoever waits looks again. */
static void expect_signals(void)
{
	static const int signals[] = { SIGHUP, SIGINT, SIGTERM };
	struct sigaction action = { .sa_handler = take_signal }, before;

	for (size_t i = 0; i < sizeof(signals) / sizeof(*signals); i++) {
		sigaction(signals[i], NULL, &before);
		if (before.sa_handler != SIG_IGN)
			sigaction(signals[i], &action, NULL);
	}
}

/* --- one run --- */

static bool has_several(const struct request *r)
{
	return r->results.run_count > 1;
}

/* In the child: the same addresses every time where that is allowed, its own process group, its
 * output out of the way if there are several. */
static void become_program(const struct request *r, size_t index)
{
	const struct job *job = &r->job[index];
	const char *before = getenv("CCSAN_OPTIONS");
	char *text;
	int fd;

	if (asprintf(&text, "%s%scpu=%s:stream='%s'", before ? before : "", before ? ":" : "",
		     r->cpus.cpus[index].option, job->stream) < 0)
		_exit(CCSAN_USAGE);
	setenv("CCSAN_OPTIONS", text, 1);
	personality(ADDR_NO_RANDOMIZE);
	setpgid(0, 0);
	if (has_several(r) || strcmp(r->format, "text") != 0) {
		fd = open(job->output, O_WRONLY | O_CREAT | O_TRUNC, 0600);
		if (fd < 0 || dup2(fd, STDOUT_FILENO) < 0 || dup2(fd, STDERR_FILENO) < 0)
			_exit(CCSAN_USAGE);
	}
	execvp(r->program[0], r->program);
	_exit(errno == ENOENT || errno == EACCES || errno == ENOEXEC ? 127 : 126);
}

static int start(struct request *r, size_t index)
{
	struct job *job = &r->job[index];

	snprintf(job->stream, sizeof(job->stream), "%s/%zu.stream", r->folder, index);
	snprintf(job->output, sizeof(job->output), "%s/%zu.out", r->folder, index);
	clock_gettime(CLOCK_MONOTONIC, &job->started);
	fflush(NULL);
	job->pid = fork();
	if (job->pid == 0)
		become_program(r, index);
	if (job->pid < 0)
		return ccsan_complain("run: cannot start a process: %s", strerror(errno));
	return 0;
}

static bool any_process_ended(const struct ccsan_run *run)
{
	for (const struct ccsan_process *p = run->processes; p; p = p->next)
		if (p->ended)
			return true;
	return false;
}

/* The runtime's own exit status covers the program's; the stream has the program's. */
static enum ccsan_outcome outcome_of(const struct job *job, struct ccsan_run *run, int status)
{
	const struct ccsan_process *first = NULL;

	if (job->timed_out)
		return CCSAN_HUNG;
	if (WIFSIGNALED(status)) {
		run->status = WTERMSIG(status);
		return CCSAN_SIGNALED;
	}
	run->status = WEXITSTATUS(status);
	for (const struct ccsan_process *p = run->processes; p; p = p->next)
		if (p->id == (uint32_t)job->pid && p->ended)
			first = p;
	if (first)
		run->status = first->end.exit_status & 0xff;
	else if (!run->processes && run->status == CCSAN_USAGE)
		return CCSAN_REFUSED;
	else if (!any_process_ended(run) && !run->found)
		return CCSAN_FOREIGN;
	return run->status ? CCSAN_EXITED : CCSAN_ENDED;
}

static void show_output(const struct job *job)
{
	char text[4096];
	FILE *file = fopen(job->output, "re");
	size_t got;

	while (file && (got = fread(text, 1, sizeof(text), file)) > 0)
		fwrite(text, 1, got, stderr);
	if (file)
		fclose(file);
}

static int finish(struct request *r, size_t index, int status)
{
	struct job *job = &r->job[index];
	struct ccsan_run *run = &r->results.runs[index];
	int error = ccsan_results_read(&r->results, run, job->stream);

	run->outcome = outcome_of(job, run, status);
	job->pid = 0;
	if (error)
		return ccsan_complain("run: what %s wrote on %s cannot be read: %s", r->program[0],
				      run->cpu, strerror(-error));
	if (WIFEXITED(status) && WEXITSTATUS(status) == 127 && run->outcome == CCSAN_FOREIGN)
		return ccsan_complain("run: cannot start '%s'", r->program[0]);
	if (run->outcome == CCSAN_FOREIGN)
		return ccsan_complain(
			"run: '%s' was not built with `ccsan cc`: its runtime is missing",
			r->program[0]);
	if (r->verbose || (has_several(r) && !ccsan_run_is_explained(run))) {
		fprintf(stderr, "ccsan: output on %s:\n", run->cpu);
		show_output(job);
	}
	return 0;
}

/* --- all runs --- */

static void show_progress(const struct request *r, size_t done)
{
	if (has_several(r) && isatty(STDERR_FILENO))
		fprintf(stderr, "\r[%zu/%zu] CPUs%s", done, r->results.run_count,
			done == r->results.run_count ? "\r\033[K" : "");
}

static double seconds_since(const struct timespec *then)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)(now.tv_sec - then->tv_sec) + (double)(now.tv_nsec - then->tv_nsec) / 1e9;
}

static void kill_late_ones(struct request *r, size_t started)
{
	for (size_t i = 0; i < started; i++)
		if (r->timeout > 0 && r->job[i].pid > 0 &&
		    seconds_since(&r->job[i].started) > r->timeout) {
			r->job[i].timed_out = true;
			kill(-r->job[i].pid, SIGKILL);
		}
}

static size_t index_of(const struct request *r, pid_t pid)
{
	size_t i = 0;

	while (i < r->results.run_count && r->job[i].pid != pid)
		i++;
	return i;
}

/* Waits for one run to end. Return: its index, run_count if something else ended. */
static size_t wait_for_one(struct request *r, size_t started, int *status)
{
	const struct timespec pause = { .tv_nsec = 2000000 };
	pid_t pid;

	while ((pid = waitpid(-1, status, WNOHANG)) == 0 && !stopped_by) {
		kill_late_ones(r, started);
		nanosleep(&pause, NULL);
	}
	return pid > 0 ? index_of(r, pid) : r->results.run_count;
}

/* What they found until then counts. */
static void stop_the_others(struct request *r, size_t started)
{
	for (size_t i = 0; i < r->results.run_count; i++) {
		struct ccsan_run *run = &r->results.runs[i];

		if (i < started && r->job[i].pid <= 0)
			continue;
		run->outcome = CCSAN_STOPPED;
		if (i >= started)
			continue;
		kill(-r->job[i].pid, SIGKILL);
		waitpid(r->job[i].pid, NULL, 0);
		ccsan_results_read(&r->results, run, r->job[i].stream); /* if it began at all */
	}
}

static int run_all(struct request *r)
{
	size_t started = 0, done = 0, count = r->results.run_count;
	int problem = 0, status;

	while (!problem && !stopped_by && done < count) {
		while (!problem && started < count && started - done < (size_t)r->jobs)
			problem = start(r, started++);
		if (!problem) {
			size_t index = wait_for_one(r, started, &status);

			if (index < count) {
				problem = finish(r, index, status);
				show_progress(r, ++done);
			}
		}
	}
	stop_the_others(r, started);
	return problem;
}

/* --- the report --- */

static int print_results(struct request *r)
{
	FILE *to = r->out ? fopen(r->out, "we") : stdout;
	json_t *document;
	int bad;

	if (!to)
		return ccsan_complain("%s: %s", r->out, strerror(errno));
	if (!strcmp(r->format, "json")) {
		document = ccsan_results_json(&r->results);
		json_dumpf(document, to, JSON_INDENT(1));
		fputc('\n', to);
		json_decref(document);
	} else {
		ccsan_results_print(&r->results, to, ccsan_wants_colour(r->color, fileno(to)));
	}
	bad = ferror(to);
	if (to != stdout)
		bad |= fclose(to);
	else
		bad |= fflush(to);
	if (bad)
		return ccsan_complain("%s: the report could not be written: %s",
				      r->out ? r->out : "standard output", strerror(errno));
	return ccsan_results_status(&r->results);
}

static void remove_files(const struct request *r)
{
	for (size_t i = 0; i < r->results.run_count; i++) {
		unlink(r->job[i].stream);
		unlink(r->job[i].output);
	}
	rmdir(r->folder);
}

/* A name without a slash is looked for in PATH when it is started. */
static int check_program(const char *program)
{
	struct stat what;
	int error = 0;

	if (!strchr(program, '/') && strcmp(program, ".") != 0)
		return 0;
	if (stat(program, &what) || access(program, X_OK))
		error = errno;
	else if (S_ISDIR(what.st_mode))
		error = EISDIR;
	return error ? ccsan_complain("run: cannot start '%s': %s", program, strerror(error)) : 0;
}

static int prepare(struct request *r)
{
	const char *tmp = getenv("TMPDIR");
	char problem[512];

	if (r->suppressions) {
		r->results.suppressions =
			ccsan_suppressions_open(r->suppressions, problem, sizeof(problem));
		if (!r->results.suppressions)
			return ccsan_complain("%s", problem);
	}
	r->results.program = r->program[0];
	r->results.strip = r->strip;
	r->results.symbolize = r->symbolize;
	if (snprintf(r->folder, sizeof(r->folder), "%s/ccsan.XXXXXX", tmp && *tmp ? tmp : "/tmp") >=
		    (int)sizeof(r->folder) ||
	    !mkdtemp(r->folder))
		return ccsan_complain("run: cannot make a folder in %s: %s",
				      tmp && *tmp ? tmp : "/tmp", strerror(errno));
	return 0;
}

int ccsan_cmd_run(int argc, char **argv)
{
	struct request r = { .cpu_text = "worst",
			     .format = "text",
			     .strip = "",
			     .color = "auto",
			     .symbolize = true,
			     .jobs = sysconf(_SC_NPROCESSORS_ONLN) };
	int status;

	argp_err_exit_status = CCSAN_USAGE;
	argp_parse(&parser, argc, argv, ARGP_IN_ORDER, NULL, &r);
	status = choose_cpus(&r);
	if (!status)
		status = check_program(r.program[0]);
	if (!status)
		status = prepare(&r);
	if (!status) {
		expect_signals();
		status = run_all(&r);
		if (!status)
			status = print_results(&r);
		remove_files(&r);
	}
	ccsan_results_free(&r.results);
	ccsan_cpu_list_free(&r.cpus);
	if (stopped_by) {
		signal(stopped_by, SIG_DFL);
		raise(stopped_by);
	}
	free(r.job);
	return status;
}
