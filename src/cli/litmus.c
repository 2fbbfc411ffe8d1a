/* SPDX-License-Identifier: MIT */
/* `ccsan litmus`: litmus files against their expect lines, on all CPUs. */
#include "litmus/litmus.h"

#include <argp.h>
#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "command.h"
#include "cpu_file.h"
#include "report/json.h"

enum { MOST_CPUS = 256, KEY_FORMAT = 256 };

struct file {
	char *path;
	struct ccsan_litmus *litmus;
	int redundant_line;
};

/* The findings of one file on one CPU. */
struct outcome {
	ccsan_kinds found, expected;
	bool judged, good;
	struct ccsan_finding *findings;
	size_t finding_count;
};

struct request {
	const char *cpus, *format, *out;
	bool verbose;
	struct ccsan_cpu cpu[MOST_CPUS];
	size_t cpu_count;
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
	{ "verbose", 'v', NULL, 0, "show every file's verdicts, not only of a single one", 0 },
	{ 0 }
};

static error_t take_option(int key, char *argument, struct argp_state *state)
{
	struct request *r = state->input;

	switch (key) {
	case 'c':
		r->cpus = argument;
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

/* --- CPUs --- */

static int add_cpu(struct request *r, const struct ccsan_cpu *cpu)
{
	if (r->cpu_count == MOST_CPUS)
		return ccsan_complain("litmus: more than %d CPUs", (int)MOST_CPUS);
	r->cpu[r->cpu_count++] = *cpu;
	return 0;
}

static int add_cpus(struct request *r)
{
	char *list = strdup(r->cpus), *rest = list, *name, problem[512];
	const struct ccsan_cpu *cpu;
	struct ccsan_cpu from_file;
	int status = list ? 0 : ccsan_complain("out of memory");

	while (!status && (name = strsep(&rest, ","))) {
		if (!strcmp(name, "all"))
			for (size_t i = 0; !status && (cpu = ccsan_cpu_at(i)); i++)
				status = add_cpu(r, cpu);
		else if ((cpu = ccsan_cpu_find(name)))
			status = add_cpu(r, cpu);
		else if (!strchr(name, '/') && !strstr(name, ".ini"))
			status = ccsan_complain("litmus: no CPU is called '%s' (see `ccsan cpus`)",
						name);
		else if (ccsan_cpu_file_open(name, &from_file, problem, sizeof(problem)))
			status = ccsan_complain("%s", problem);
		else
			status = add_cpu(r, &from_file);
	}
	free(list);
	return status;
}

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

static void keep_finding(void *context, const struct ccsan_finding *finding)
{
	struct outcome *o = context;
	struct ccsan_finding *findings =
		realloc(o->findings, (o->finding_count + 1) * sizeof(*findings));

	if (!findings)
		return;
	o->findings = findings;
	findings[o->finding_count++] = *finding;
}

static struct outcome judge(const struct file *file, const struct ccsan_cpu *cpu)
{
	struct outcome o = { .good = true };

	o.found = ccsan_litmus_run(file->litmus, cpu, keep_finding, &o);
	o.judged = ccsan_litmus_expects(file->litmus, cpu, &o.expected);
	if (file->redundant_line && ccsan_litmus_judges_redundancy(file->litmus))
		o.found |= 1u << CCSAN_KIND_REDUNDANT_MAINTENANCE;
	if (o.judged)
		o.good = o.found == o.expected;
	return o;
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

static void print_findings(FILE *to, const struct file *file, const struct outcome *o)
{
	int last_line = 0;

	for (size_t i = 0; i < o->finding_count; i++) {
		const struct ccsan_finding *f = &o->findings[i];

		if (f->access.depth && (int)f->access.stack[0] == last_line)
			continue; /* the same statement on the next line of the cache */
		last_line = (int)f->access.stack[0];
		fprintf(to, "      %s at ", ccsan_kind_name(f->kind));
		print_actor(to, file, "", &f->access);
		print_actor(to, file, "; newer bytes from ", &f->cause);
		fputc('\n', to);
	}
}

/* CPUs with the same verdict are told together. */
static void print_groups(FILE *to, const struct request *r, const struct file *file,
			 const struct outcome *outcomes)
{
	bool told[MOST_CPUS] = { false };

	for (size_t i = 0; i < r->cpu_count; i++) {
		const struct outcome *o = &outcomes[i];

		if (told[i])
			continue;
		fprintf(to, "  %-5s %s:",
			!o->judged ? ""
			: o->good  ? "ok"
				   : "FAIL",
			kinds_text(o->found));
		for (size_t k = i; k < r->cpu_count; k++)
			if (!told[k] && outcomes[k].found == o->found &&
			    outcomes[k].good == o->good && outcomes[k].judged == o->judged) {
				fprintf(to, " %s", r->cpu[k].name);
				told[k] = true;
			}
		if (!o->good)
			fprintf(to, " (expected %s)", kinds_text(o->expected));
		fputc('\n', to);
		print_findings(to, file, o);
	}
	if (file->redundant_line)
		fprintf(to,
			"  advice: redundant-maintenance: line %d: %s: without it every CPU finds "
			"the same\n",
			file->redundant_line,
			ccsan_litmus_statement(file->litmus, file->redundant_line));
}

static bool print_file(FILE *to, const struct request *r, const struct file *file)
{
	struct outcome *outcomes = calloc(r->cpu_count, sizeof(*outcomes));
	bool good = true, judged = false;

	for (size_t i = 0; outcomes && i < r->cpu_count; i++) {
		outcomes[i] = judge(file, &r->cpu[i]);
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
	for (size_t i = 0; outcomes && i < r->cpu_count; i++)
		free(outcomes[i].findings);
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

static json_t *finding_json(const struct file *file, const struct ccsan_finding *finding,
			    struct ccsan_symbols *symbols)
{
	json_t *object = ccsan_json_finding(finding, symbols);
	json_t *access = json_object_get(object, "access"),
	       *cause = json_object_get(object, "cause");
	json_t *keeper = json_object_get(object, "maintained");

	json_object_set_new(access, "stack", stack_json(file, &finding->access));
	if (json_is_object(cause))
		json_object_set_new(cause, "stack", stack_json(file, &finding->cause));
	if (json_is_object(keeper))
		json_object_set_new(keeper, "stack", stack_json(file, &finding->keeper));
	return object;
}

static bool add_json(json_t *results, const struct request *r, const struct file *file,
		     struct ccsan_symbols *symbols)
{
	bool good = true;

	for (size_t i = 0; i < r->cpu_count; i++) {
		struct outcome o = judge(file, &r->cpu[i]);
		json_t *object = json_object(), *findings = json_array();

		good &= o.good;
		for (size_t k = 0; k < o.finding_count; k++)
			json_array_append_new(findings,
					      finding_json(file, &o.findings[k], symbols));
		json_object_set_new(object, "program", json_string(file->path));
		json_object_set_new(object, "test", json_string(ccsan_litmus_name(file->litmus)));
		json_object_set_new(object, "cpu", json_string(r->cpu[i].name));
		json_object_set_new(object, "engine", json_string("shadow"));
		json_object_set_new(object, "schedule", json_null());
		json_object_set_new(object, "findings", findings);
		json_object_set_new(object, "verdict", kinds_json(o.found));
		json_object_set_new(object, "expected",
				    o.judged ? kinds_json(o.expected) : json_null());
		json_object_set_new(object, "ok", json_boolean(o.good));
		json_object_set_new(object, "stats", json_object());
		json_array_append_new(results, object);
		free(o.findings);
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
		r->file_count == 1 ? "" : "s", r->cpu_count, r->cpu_count == 1 ? "" : "s",
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

int ccsan_cmd_litmus(int argc, char **argv)
{
	struct request *r = calloc(1, sizeof(*r));
	int status;

	if (!r)
		return ccsan_complain("out of memory");
	r->cpus = "all";
	r->format = "text";
	argp_err_exit_status = CCSAN_USAGE;
	argp_parse(&parser, argc, argv, 0, NULL, r);
	status = add_cpus(r);
	for (int i = 0; i < r->name_count && r->cpu_count; i++)
		status |= add_path(r, r->names[i], true);
	if (!status && !r->file_count)
		status = ccsan_complain("litmus: no .litmus file there");
	if (!status)
		status = print_all(r);
	for (size_t i = 0; i < r->file_count; i++) {
		ccsan_litmus_free(r->files[i].litmus);
		free(r->files[i].path);
	}
	free(r->files);
	free(r);
	return status;
}
