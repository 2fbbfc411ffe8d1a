/* SPDX-License-Identifier: MIT */
/* `ccsan litmus`: litmus files against their expect lines, on all CPUs. */
#include "litmus/litmus.h"

#include <argp.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "cpu_list.h"
#include "explored.h"
#include "report/json.h"

enum {
	MOST_CPUS = 256,
	KEY_FORMAT = 256,
	KEY_SCHEDULE,
	KEY_BUDGET,
	MOST_EXECUTIONS = 1000000, /* of one file on one CPU, unless said otherwise */
	SHRINK_TRIES = 300,
};

struct file {
	char *path;
	struct ccsan_litmus *litmus;
	int redundant_line;
};

/* The findings of one file on one CPU. */
struct outcome {
	ccsan_kinds found, expected;
	bool judged, good, complete;
	uint64_t executions;
	struct ccsan_finding *findings;
	char **tokens; /* of each finding; NULL where it is in every order of the statements */
	size_t finding_count;
};

struct request {
	const char *cpu_text, *format, *out, *token;
	uint64_t budget;
	bool verbose;
	struct ccsan_cpu_list cpus;
	struct file *files;
	size_t file_count;
	char **names;
	int name_count;
};

static const struct argp_option options[] = {
	{ "cpu", 'c', "LIST", 0, "CPUs, separated by commas: names, files (.ini), or all (all)",
	  0 },
	{ "format", KEY_FORMAT, "F", 0, "text or json", 0 },
	{ "output", 'o', "FILE", 0, "write the report there, not to standard output", 0 },
	{ "schedule", KEY_SCHEDULE, "TOKEN", 0,
	  "run one file once more, as the token of a finding says, step by step", 0 },
	{ "budget", KEY_BUDGET, "N", 0, "give up on a file with more executions on a CPU (1000000)",
	  0 },
	{ "verbose", 'v', NULL, 0, "show every file's verdicts, not only of a single one", 0 },
	{ 0 }
};

static error_t take_option(int key, char *argument, struct argp_state *state)
{
	struct request *r = state->input;
	char *end;

	switch (key) {
	case 'c':
		r->cpu_text = argument;
		return 0;
	case KEY_FORMAT:
		if (strcmp(argument, "text") != 0 && strcmp(argument, "json") != 0)
			argp_error(state, "--format=%s: text or json was expected", argument);
		r->format = argument;
		return 0;
	case 'o':
		r->out = argument;
		return 0;
	case 'v':
		r->verbose = true;
		return 0;
	case KEY_SCHEDULE:
		r->token = argument;
		return 0;
	case KEY_BUDGET:
		errno = 0;
		r->budget = strtoull(argument, &end, 10);
		if (errno || *end || !isdigit((unsigned char)*argument) || !r->budget)
			argp_error(state, "--budget=%s: a number from 1 was expected", argument);
		return 0;
	case ARGP_KEY_ARGS:
		r->names = state->argv + state->next;
		r->name_count = state->argc - state->next;
		return 0;
	case ARGP_KEY_NO_ARGS:
		argp_error(state, "no file or folder was named");
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp parser = {
	options,
	take_option,
	"FILE|DIR...",
	"Runs litmus files on simulated CPUs and compares the verdicts with their expect lines.\v"
	"Exit status: 0 all as expected, 1 unexpected verdicts, 2 usage or a file with mistakes.",
	NULL,
	NULL,
	NULL
};

/* --- files --- */

static int add_file(struct request *r, const char *path)
{
	struct file *files = realloc(r->files, (r->file_count + 1) * sizeof(*files));
	char problem[512];
	FILE *file;

	if (!files)
		return ccsan_complain("%s: %s", path, strerror(ENOMEM));
	r->files = files;
	file = fopen(path, "re");
	if (!file)
		return ccsan_complain("%s: %s", path, strerror(errno));
	files[r->file_count] = (struct file){ .path = strdup(path) };
	files[r->file_count].litmus = ccsan_litmus_read(file, path, problem, sizeof(problem));
	fclose(file);
	if (!files[r->file_count++].litmus)
		return ccsan_complain("%s", problem);
	return 0;
}

static int is_visible(const struct dirent *entry)
{
	return *entry->d_name != '.';
}

static bool ends_in(const char *name, const char *suffix)
{
	size_t n = strlen(name), m = strlen(suffix);

	return n >= m && !strcmp(name + n - m, suffix);
}

static int add_path(struct request *r, const char *path, bool named);

/* Every file is read, so that all mistakes are told at once. */
static int add_folder(struct request *r, const char *path)
{
	struct dirent **entries;
	int count = scandir(path, &entries, is_visible, alphasort), status = 0;
	char *inside;

	if (count < 0)
		return ccsan_complain("%s: %s", path, strerror(errno));
	for (int i = 0; i < count; i++) {
		if (asprintf(&inside, "%s/%s", path, entries[i]->d_name) >= 0) {
			status |= add_path(r, inside, false);
			free(inside);
		}
		free(entries[i]);
	}
	free(entries);
	return status;
}

static int add_path(struct request *r, const char *path, bool named)
{
	struct stat info;

	if (stat(path, &info))
		return ccsan_complain("%s: %s", path, strerror(errno));
	if (S_ISDIR(info.st_mode))
		return add_folder(r, path);
	return named || ends_in(path, ".litmus") ? add_file(r, path) : 0;
}

/* --- running --- */

static void keep_finding(void *context, const struct ccsan_finding *finding, const char *token)
{
	struct outcome *o = context;
	size_t count = o->finding_count + 1;
	struct ccsan_finding *findings = realloc(o->findings, count * sizeof(*findings));
	char **tokens = realloc(o->tokens, count * sizeof(*tokens));

	if (!findings || !tokens) {
		ccsan_complain("out of memory");
		exit(CCSAN_USAGE);
	}
	o->findings = findings;
	o->tokens = tokens;
	tokens[o->finding_count] = token ? strdup(token) : NULL;
	findings[o->finding_count++] = *finding;
}

static void free_outcome(struct outcome *o)
{
	for (size_t i = 0; i < o->finding_count; i++)
		free(o->tokens[i]);
	free(o->tokens);
	free(o->findings);
}

static struct outcome judge(const struct request *r, const struct file *file,
			    const struct ccsan_cpu *cpu)
{
	struct outcome o = { .good = true };
	struct ccsan_litmus_search search = { .strategy = CCSAN_EXHAUSTIVE,
					      .most_executions = r->budget,
					      .tries = SHRINK_TRIES,
					      .finding = keep_finding,
					      .context = &o };

	o.found = ccsan_litmus_search(file->litmus, cpu, &search);
	o.executions = search.executions;
	o.complete = search.complete;
	o.judged = ccsan_litmus_expects(file->litmus, cpu, &o.expected);
	if (file->redundant_line && ccsan_litmus_judges_redundancy(file->litmus))
		o.found |= 1u << CCSAN_KIND_REDUNDANT_MAINTENANCE;
	if (o.judged)
		o.good = o.found == o.expected && o.complete;
	return o;
}

/* --- one schedule --- */

/* Steps as they are shown: the lines of a range that follow each other are one row. */
struct rows {
	struct ccsan_step_list list;
	unsigned steps, line, actor;
	uint64_t from, to; /* of the range under way */
};

static struct ccsan_step_told *add_row(struct ccsan_step_list *list)
{
	if (list->count == list->room) {
		list->room = list->room ? 2 * list->room : 16;
		list->steps = realloc(list->steps, list->room * sizeof(*list->steps));
		if (!list->steps) {
			ccsan_complain("out of memory");
			exit(CCSAN_USAGE);
		}
	}
	return &list->steps[list->count++];
}

static bool goes_on(const struct rows *rows, const struct ccsan_litmus_step *step)
{
	return step->bytes && step->offset && step->offset == rows->to &&
	       step->actor == rows->actor && (unsigned)step->line == rows->line;
}

static void take_step(void *context, const struct ccsan_litmus_step *step)
{
	struct rows *rows = context;
	struct ccsan_step_told *told;

	rows->steps++;
	if (goes_on(rows, step)) {
		told = &rows->list.steps[rows->list.count - 1];
	} else {
		told = add_row(&rows->list);
		*told = (struct ccsan_step_told){ .step = rows->steps,
						  .actor = step->actor,
						  .cpu = step->device ? CCSAN_NO_CPU : step->cpu };
		snprintf(told->name, sizeof(told->name), "%.31s", step->name);
		snprintf(told->line, sizeof(told->line), "%s", step->state);
		rows->from = step->offset;
	}
	rows->actor = step->actor;
	rows->line = (unsigned)step->line;
	rows->to = step->offset + step->bytes;
	if (!step->line)
		snprintf(told->what, sizeof(told->what), "starts");
	else if (step->bytes)
		snprintf(told->what, sizeof(told->what), "%d: %.60s [%llu-%llu]", step->line,
			 step->text, (unsigned long long)rows->from,
			 (unsigned long long)rows->to - 1);
	else
		snprintf(told->what, sizeof(told->what), "%d: %.80s", step->line, step->text);
}

/* Runs a schedule and shows its steps. Return: the kinds found. */
static ccsan_kinds show_schedule(FILE *to, const struct file *file, const struct ccsan_cpu *cpu,
				 const char *token, struct ccsan_litmus_search *search)
{
	struct rows rows = { 0 };
	ccsan_kinds kinds;

	search->strategy = CCSAN_REPLAY;
	search->token = token;
	search->finding = NULL;
	search->step = take_step;
	search->context = &rows;
	kinds = ccsan_litmus_search(file->litmus, cpu, search);
	if (!*search->problem)
		ccsan_trace_print(&rows.list, NULL, to);
	free(rows.list.steps);
	return kinds;
}

/* --- text --- */

static const char *kinds_text(ccsan_kinds kinds)
{
	static char text[2][256];
	static int turn;
	size_t used = 0;

	turn = !turn;
	snprintf(text[turn], sizeof(text[turn]), "none");
	for (int kind = 1; kind < CCSAN_KIND_COUNT; kind++)
		if (kinds >> kind & 1)
			used += (size_t)snprintf(text[turn] + used, sizeof(text[turn]) - used,
						 "%s%s", used ? ", " : "",
						 ccsan_kind_name((enum ccsan_kind)kind));
	return text[turn];
}

static void print_actor(FILE *to, const struct file *file, const char *label,
			const struct ccsan_actor *actor)
{
	int line = (int)actor->stack[0];

	if (actor->depth)
		fprintf(to, "%sline %d: %s (%s)", label, line,
			ccsan_litmus_statement(file->litmus, line), actor->who);
}

static bool same_place(const struct ccsan_finding *a, const struct ccsan_finding *b)
{
	return a->kind == b->kind && a->access.stack[0] == b->access.stack[0] &&
	       a->cause.stack[0] == b->cause.stack[0];
}

static void print_finding(FILE *to, const struct file *file, const struct ccsan_finding *f)
{
	fprintf(to, "      %s at ", ccsan_kind_name(f->kind));
	print_actor(to, file, "", &f->access);
	if (*f->text)
		fprintf(to, ": %s", f->text);
	else
		print_actor(to, file, "; newer bytes from ", &f->cause);
	fputc('\n', to);
}

/* The same finding as on a CPU before needs no second trace. */
static bool is_traced(const struct outcome *outcomes, const struct outcome *o,
		      const struct ccsan_finding *f)
{
	for (const struct outcome *before = outcomes; before < o; before++)
		for (size_t i = 0; i < before->finding_count; i++)
			if (same_place(&before->findings[i], f))
				return true;
	return false;
}

static void print_schedule(FILE *to, const struct file *file, const struct ccsan_cpu *cpu,
			   const char *token, bool trace)
{
	struct ccsan_litmus_search search = { 0 };

	if (trace)
		show_schedule(to, file, cpu, token, &search);
	fprintf(to, "        replay: ccsan litmus --schedule=%s %s\n", token, file->path);
}

static void print_findings(FILE *to, const struct file *file, const struct outcome *outcomes,
			   const struct outcome *o, const struct ccsan_cpu *cpu)
{
	for (size_t i = 0; i < o->finding_count; i++) {
		const struct ccsan_finding *f = &o->findings[i];

		if (i && !o->tokens[i] && f->access.depth &&
		    f->access.stack[0] == f[-1].access.stack[0])
			continue; /* the same statement on the next line of the cache */
		print_finding(to, file, f);
		if (o->tokens[i])
			print_schedule(to, file, cpu, o->tokens[i], !is_traced(outcomes, o, f));
	}
}

static void print_executions(FILE *to, const struct request *r, const struct outcome *outcomes)
{
	uint64_t least = outcomes[0].executions, most = least;

	for (size_t i = 1; i < r->cpus.count; i++) {
		if (outcomes[i].executions < least)
			least = outcomes[i].executions;
		if (outcomes[i].executions > most)
			most = outcomes[i].executions;
	}
	fprintf(to, "  executions on a CPU: %llu", (unsigned long long)least);
	if (most > least)
		fprintf(to, " to %llu", (unsigned long long)most);
	fputc('\n', to);
}

/* CPUs with the same verdict are told together. */
static void print_groups(FILE *to, const struct request *r, const struct file *file,
			 const struct outcome *outcomes)
{
	bool told[MOST_CPUS] = { false };

	for (size_t i = 0; i < r->cpus.count; i++) {
		const struct outcome *o = &outcomes[i];

		if (told[i])
			continue;
		fprintf(to, "  %-5s %s:",
			!o->judged ? ""
			: o->good  ? "ok"
				   : "FAIL",
			kinds_text(o->found));
		for (size_t k = i; k < r->cpus.count; k++)
			if (!told[k] && outcomes[k].found == o->found &&
			    outcomes[k].good == o->good && outcomes[k].judged == o->judged &&
			    outcomes[k].complete == o->complete) {
				fprintf(to, " %s", r->cpus.cpus[k].cpu.name);
				told[k] = true;
			}
		if (!o->complete)
			fprintf(to, " (given up after %llu executions)",
				(unsigned long long)o->executions);
		if (!o->good)
			fprintf(to, " (expected %s)", kinds_text(o->expected));
		fputc('\n', to);
		print_findings(to, file, outcomes, o, &r->cpus.cpus[i].cpu);
	}
	if (ccsan_litmus_is_explored(file->litmus))
		print_executions(to, r, outcomes);
	if (file->redundant_line)
		fprintf(to,
			"  advice: redundant-maintenance: line %d: %s: without it every CPU finds "
			"the same\n",
			file->redundant_line,
			ccsan_litmus_statement(file->litmus, file->redundant_line));
}

static bool print_file(FILE *to, const struct request *r, const struct file *file)
{
	struct outcome *outcomes = calloc(r->cpus.count, sizeof(*outcomes));
	bool good = true, judged = false;

	for (size_t i = 0; outcomes && i < r->cpus.count; i++) {
		outcomes[i] = judge(r, file, &r->cpus.cpus[i].cpu);
		good &= outcomes[i].good;
		judged |= outcomes[i].judged;
	}
	fprintf(to, "%-5s %s\n",
		!judged ? "shown"
		: good  ? "ok"
			: "FAIL",
		ccsan_litmus_name(file->litmus));
	if (outcomes && (!good || r->verbose || r->file_count == 1))
		print_groups(to, r, file, outcomes);
	for (size_t i = 0; outcomes && i < r->cpus.count; i++)
		free_outcome(&outcomes[i]);
	free(outcomes);
	return good;
}

/* --- JSON --- */

static json_t *kinds_json(ccsan_kinds kinds)
{
	json_t *array = json_array();

	for (int kind = 1; kind < CCSAN_KIND_COUNT; kind++)
		if (kinds >> kind & 1)
			json_array_append_new(array,
					      json_string(ccsan_kind_name((enum ccsan_kind)kind)));
	return array;
}

static json_t *stack_json(const struct file *file, const struct ccsan_actor *actor)
{
	json_t *frame, *array = json_array();

	if (!actor->depth)
		return array;
	frame = json_object();
	json_object_set_new(frame, "function", json_string(actor->who));
	json_object_set_new(frame, "file", json_string(file->path));
	json_object_set_new(frame, "line", json_integer((json_int_t)actor->stack[0]));
	json_array_append_new(array, frame);
	return array;
}

static json_t *token_json(const char *token)
{
	return token ? json_string(token) : json_null();
}

static json_t *finding_json(const struct file *file, const struct outcome *o, size_t index,
			    struct ccsan_symbols *symbols)
{
	const struct ccsan_finding *finding = &o->findings[index];
	json_t *object = ccsan_json_finding(finding, symbols);
	json_t *access = json_object_get(object, "access"),
	       *cause = json_object_get(object, "cause");
	json_t *keeper = json_object_get(object, "maintained");

	json_object_set_new(access, "stack", stack_json(file, &finding->access));
	if (json_is_object(cause))
		json_object_set_new(cause, "stack", stack_json(file, &finding->cause));
	if (json_is_object(keeper))
		json_object_set_new(keeper, "stack", stack_json(file, &finding->keeper));
	json_object_set_new(object, "schedule", token_json(o->tokens[index]));
	return object;
}

static const char *first_token(const struct outcome *o)
{
	for (size_t i = 0; i < o->finding_count; i++)
		if (o->tokens[i])
			return o->tokens[i];
	return NULL;
}

static json_t *stats_json(const struct outcome *o)
{
	json_t *stats = json_object();

	json_object_set_new(stats, "executions", json_integer((json_int_t)o->executions));
	json_object_set_new(stats, "complete", json_boolean(o->complete));
	return stats;
}

static bool add_json(json_t *results, const struct request *r, const struct file *file,
		     struct ccsan_symbols *symbols)
{
	bool good = true;

	for (size_t i = 0; i < r->cpus.count; i++) {
		struct outcome o = judge(r, file, &r->cpus.cpus[i].cpu);
		json_t *object = json_object(), *findings = json_array();

		good &= o.good;
		for (size_t k = 0; k < o.finding_count; k++)
			json_array_append_new(findings, finding_json(file, &o, k, symbols));
		json_object_set_new(object, "program", json_string(file->path));
		json_object_set_new(object, "test", json_string(ccsan_litmus_name(file->litmus)));
		json_object_set_new(object, "cpu", json_string(r->cpus.cpus[i].cpu.name));
		json_object_set_new(object, "engine", json_string("shadow"));
		json_object_set_new(object, "schedule", token_json(first_token(&o)));
		json_object_set_new(object, "findings", findings);
		json_object_set_new(object, "verdict", kinds_json(o.found));
		json_object_set_new(object, "expected",
				    o.judged ? kinds_json(o.expected) : json_null());
		json_object_set_new(object, "ok", json_boolean(o.good));
		json_object_set_new(object, "stats", stats_json(&o));
		json_array_append_new(results, object);
		free_outcome(&o);
	}
	return good;
}

/* --- the command --- */

static size_t print_text(FILE *to, const struct request *r)
{
	size_t failed = 0;

	for (size_t i = 0; i < r->file_count; i++)
		failed += !print_file(to, r, &r->files[i]);
	fprintf(to, "%zu file%s on %zu CPU%s: %zu as expected, %zu not\n", r->file_count,
		r->file_count == 1 ? "" : "s", r->cpus.count, r->cpus.count == 1 ? "" : "s",
		r->file_count - failed, failed);
	return failed;
}

static size_t print_json(FILE *to, const struct request *r)
{
	struct ccsan_symbols *symbols = ccsan_symbols_new("", false);
	json_t *results = json_array(), *document;
	size_t failed = 0;

	for (size_t i = 0; i < r->file_count; i++)
		failed += !add_json(results, r, &r->files[i], symbols);
	document = ccsan_json_document(results);
	json_dumpf(document, to, JSON_INDENT(1));
	fputc('\n', to);
	json_decref(document);
	ccsan_symbols_free(symbols);
	return failed;
}

static int print_all(struct request *r)
{
	FILE *to = r->out ? fopen(r->out, "we") : stdout;
	size_t failed;
	int bad;

	if (!to)
		return ccsan_complain("%s: %s", r->out, strerror(errno));
	for (size_t i = 0; i < r->file_count; i++)
		if (r->verbose || r->file_count == 1 ||
		    ccsan_litmus_judges_redundancy(r->files[i].litmus))
			r->files[i].redundant_line =
				ccsan_litmus_redundant_line(r->files[i].litmus);
	failed = !strcmp(r->format, "json") ? print_json(to, r) : print_text(to, r);
	bad = ferror(to);
	bad |= to == stdout ? fflush(to) : fclose(to);
	if (bad)
		return ccsan_complain("%s: the report could not be written",
				      r->out ? r->out : "standard output");
	return failed ? CCSAN_FOUND : CCSAN_FINE;
}

/* The CPU of a token: one of those named by --cpu, or a built-in one. */
static const struct ccsan_cpu *cpu_of_token(const struct request *r, const char *name)
{
	for (size_t i = 0; i < r->cpus.count; i++)
		if (!strcmp(r->cpus.cpus[i].cpu.name, name))
			return &r->cpus.cpus[i].cpu;
	return NULL;
}

static int replay(const struct request *r)
{
	struct outcome o = { 0 };
	struct ccsan_litmus_search search = { 0 };
	const struct file *file = r->files;
	const struct ccsan_cpu *cpu;
	char name[64], problem[256];

	if (r->file_count != 1)
		return ccsan_complain("litmus: --schedule is for one file");
	if (!ccsan_litmus_token_cpu(file->litmus, r->token, name, sizeof(name), problem,
				    sizeof(problem)))
		return ccsan_complain("litmus: --schedule: %s", problem);
	cpu = cpu_of_token(r, name);
	if (!cpu)
		return ccsan_complain("litmus: --schedule: the token is for the CPU '%s', which "
				      "is not among --cpu",
				      name);
	show_schedule(stdout, file, cpu, r->token, &search);
	if (*search.problem)
		return ccsan_complain("litmus: --schedule: %s", search.problem);
	search.step = NULL;
	search.finding = keep_finding;
	search.context = &o;
	o.found = ccsan_litmus_search(file->litmus, cpu, &search);
	for (size_t i = 0; i < o.finding_count; i++)
		print_finding(stdout, file, &o.findings[i]);
	printf("%s: %s\n", cpu->name, kinds_text(o.found));
	free_outcome(&o);
	return o.found ? CCSAN_FOUND : CCSAN_FINE;
}

int ccsan_cmd_litmus(int argc, char **argv)
{
	struct request *r = calloc(1, sizeof(*r));
	int status, unread = 0;

	if (!r)
		return ccsan_complain("out of memory");
	r->cpu_text = "all";
	r->format = "text";
	r->budget = MOST_EXECUTIONS;
	argp_err_exit_status = CCSAN_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, r);
	status = ccsan_cpu_list_read("litmus", r->cpu_text, &r->cpus);
	if (!status && r->cpus.count > MOST_CPUS)
		status = ccsan_complain("litmus: more than %d CPUs", (int)MOST_CPUS);
	for (int i = 0; i < r->name_count && !status; i++) /* what is wrong with each is told */
		unread |= add_path(r, r->names[i], true);
	status |= unread;
	if (!status && !r->file_count)
		status = ccsan_complain("litmus: no .litmus file there");
	if (!status)
		status = r->token ? replay(r) : print_all(r);
	for (size_t i = 0; i < r->file_count; i++) {
		ccsan_litmus_free(r->files[i].litmus);
		free(r->files[i].path);
	}
	free(r->files);
	ccsan_cpu_list_free(&r->cpus);
	free(r);
	return status;
}
