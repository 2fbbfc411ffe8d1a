/* SPDX-License-Identifier: MIT */
/*
 * Findings on their way out: each pair of stacks once, the rest counted. They go as records
 * (ccsan/stream.h) to `ccsan run`, or to a `ccsan report` that this process starts for the first of
 * them, which prints it with names and lines while the program waits. Without the command a finding
 * is printed here, plainly.
 */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <link.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/exploring/explore.h"

extern char **environ;

/* Put there by instrument.h in every file that `ccsan cc` compiled. */
extern const char ccsan_built_by[] __attribute__((weak));
extern const char ccsan_built_for[] __attribute__((weak));

enum { MOST_SITES = 1024, MOST_MODULES = 256 };

static struct {
	int log;
	int stream; /* records go here; -1: nowhere yet */
	bool waits; /* the reader says of each finding whether it printed it */
	pid_t printer;
	uint32_t reported;
	struct ccsan_site sites[MOST_SITES];
	unsigned site_count;
	struct ccsan_module modules[MOST_MODULES];
	unsigned module_count, modules_told;
	char test[CCSAN_NAME_BYTES * 2];
	bool closed;
} sink = { .stream = -1, .log = STDERR_FILENO };

/* --- the ccsan command --- */

static const char *command_path(void)
{
	if (*ccsan_rt.options.external_symbolizer_path)
		return ccsan_rt.options.external_symbolizer_path;
	if (ccsan_built_by && *ccsan_built_by && !access(ccsan_built_by, X_OK))
		return ccsan_built_by;
	return "ccsan";
}

static int spawn(const char *const *arguments, int end, int as)
{
	const char *path = command_path();
	posix_spawn_file_actions_t actions;
	pid_t pid;
	int error;

	posix_spawn_file_actions_init(&actions);
	if (sink.log != STDERR_FILENO) /* first: `as` may be the log's own number */
		posix_spawn_file_actions_adddup2(&actions, sink.log, STDERR_FILENO);
	if (end == as) /* keep it open across exec */
		fcntl(end, F_SETFD, 0);
	else
		posix_spawn_file_actions_adddup2(&actions, end, as);
	error = posix_spawnp(&pid, path, &actions, NULL,
			     (char *const *)(uintptr_t)arguments, // NOLINT
			     environ);
	posix_spawn_file_actions_destroy(&actions);
	return error ? -1 : pid;
}

int ccsan_spawn_command(const char *what, const char *argument, int end, int as)
{
	const char *const arguments[] = { "ccsan", what, argument, NULL };

	return spawn(arguments, end, as);
}

static int spawn_printer(int end)
{
	const struct ccsan_options *o = &ccsan_rt.options;
	const char *arguments[12] = { "ccsan", "report", "--live" };
	char color[CCSAN_OPTION_BYTES + 16], prefix[CCSAN_OPTION_BYTES + 32];
	char suppressions[CCSAN_OPTION_BYTES + 32];
	int n = 3;

	snprintf(color, sizeof(color), "--color=%s", o->color);
	snprintf(prefix, sizeof(prefix), "--strip-path-prefix=%s", o->strip_path_prefix);
	snprintf(suppressions, sizeof(suppressions), "--suppressions=%s", o->suppressions);
	arguments[n++] = color;
	if (*o->strip_path_prefix)
		arguments[n++] = prefix;
	if (*o->suppressions)
		arguments[n++] = suppressions;
	if (o->print_suppressions)
		arguments[n++] = "--print-suppressions";
	if (!o->symbolize)
		arguments[n++] = "--no-symbolize";
	return spawn(arguments, end, 3);
}

/* --- records --- */

static bool write_whole(const void *data, size_t n)
{
	const char *p = data;

	while (n) {
		ssize_t wrote = sink.waits ? send(sink.stream, p, n, MSG_NOSIGNAL)
					   : write(sink.stream, p, n);

		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote <= 0)
			return false;
		p += wrote;
		n -= (size_t)wrote;
	}
	return true;
}

static bool put_record(enum ccsan_record_type type, const void *data, size_t n)
{
	static char record[sizeof(struct ccsan_record) + sizeof(struct ccsan_finding)];
	struct ccsan_record head = { CCSAN_STREAM_MAGIC, CCSAN_STREAM_VERSION, (uint16_t)type,
				     (uint32_t)getpid(), (uint32_t)n };

	ccsan_assert(sizeof(head) + n <= sizeof(record));
	if (sink.stream < 0)
		return false;
	memcpy(record, &head, sizeof(head));
	memcpy(record + sizeof(head), data, n);
	return write_whole(record, sizeof(head) + n);
}

/* --- modules --- */

static void name_module(struct ccsan_module *module, const char *name)
{
	ssize_t n;

	if (*name) {
		snprintf(module->path, sizeof(module->path), "%s", name);
		return;
	}
	n = readlink("/proc/self/exe", module->path, sizeof(module->path) - 1);
	module->path[n > 0 ? n : 0] = '\0';
}

static int add_module(struct dl_phdr_info *info, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	for (int i = 0; i < info->dlpi_phnum && sink.module_count < MOST_MODULES; i++) {
		const ElfW(Phdr) *p = &info->dlpi_phdr[i];
		struct ccsan_module *module = &sink.modules[sink.module_count];

		if (p->p_type != PT_LOAD || !(p->p_flags & PF_X))
			continue;
		module->start = info->dlpi_addr + p->p_vaddr;
		module->end = module->start + p->p_memsz;
		module->bias = info->dlpi_addr;
		name_module(module, info->dlpi_name);
		sink.module_count++;
	}
	return 0;
}

static const struct ccsan_module *find_module(uint64_t pc)
{
	for (unsigned i = 0; i < sink.module_count; i++)
		if (pc >= sink.modules[i].start && pc < sink.modules[i].end)
			return &sink.modules[i];
	return NULL;
}

/* Modules that a finding needs are told before it; more may have been loaded since. */
static void know_modules(const struct ccsan_finding *finding)
{
	const struct ccsan_actor *actors[] = { &finding->access, &finding->cause,
					       &finding->keeper };
	bool known = sink.module_count > 0;

	for (int a = 0; a < 3 && known; a++)
		for (unsigned i = 0; i < actors[a]->depth && known; i++)
			known = find_module(actors[a]->stack[i]) != NULL;
	if (known)
		return;
	sink.module_count = sink.modules_told = 0;
	dl_iterate_phdr(add_module, NULL);
}

static void tell_modules(void)
{
	for (; sink.modules_told < sink.module_count; sink.modules_told++)
		put_record(CCSAN_RECORD_MODULE, &sink.modules[sink.modules_told],
			   sizeof(struct ccsan_module));
}

/* --- who wrote: from the writer cells --- */

/* A cell keeps the low half of a code address; modules are far apart. */
static uint64_t whole_pc(uint32_t low)
{
	for (unsigned i = 0; i < sink.module_count; i++) {
		const struct ccsan_module *m = &sink.modules[i];
		uint64_t pc = (m->start & ~0xffffffffull) | low;

		if (pc < m->start)
			pc += 1ull << 32;
		if (pc >= m->start && pc < m->end)
			return pc;
	}
	return 0;
}

static uint64_t address_at_fault(const struct ccsan_finding *finding)
{
	const struct ccsan_line_seen *line = &finding->line;
	uint64_t wrong = line->wrong ? line->wrong : 1;

	return line->pa + (uint64_t)__builtin_ctzll(wrong) * line->granule;
}

/* The engine does not see writes that pass; the cells do. If the last one is another than it knows,
 * its place is known but not who called it. */
static void name_last_writer(struct ccsan_finding *finding)
{
	struct ccsan_actor *cause = &finding->cause;
	bool unknown = cause->deed == CCSAN_DEED_NOTHING;
	uint64_t at = unknown ? address_at_fault(finding) : cause->va;
	uint64_t pc;

	if (!finding->line.bytes || (!unknown && !cause->callers_unknown) || !at ||
	    (unknown && !ccsan_is_own_memory(at, 1)))
		return;
	pc = whole_pc(*ccsan_writer_of(at));
	if (unknown && !pc && *ccsan_writer_of(at) == 0) {
		snprintf(cause->who, sizeof(cause->who), "start-up");
		return;
	}
	if (!pc || (!unknown && (uint32_t)cause->stack[0] == (uint32_t)pc)) {
		cause->callers_unknown = false;
		return;
	}
	cause->deed = CCSAN_DEED_WRITE;
	cause->bytes = 0;
	cause->va = at;
	cause->pa = unknown ? at : cause->pa;
	cause->depth = 1;
	cause->stack[0] = pc;
	cause->callers_unknown = true;
	cause->who[0] = '\0';
	if (unknown)
		snprintf(cause->alias, sizeof(cause->alias), "own memory");
}

/* --- plain printing, where there is no ccsan command --- */

static void print_plain_actor(const char *label, const struct ccsan_actor *actor)
{
	if (actor->deed == CCSAN_DEED_NOTHING)
		return;
	ccsan_say("  %s: %s of %u bytes at %#" PRIx64 " (physical %#" PRIx64 ", %s) by %s\n", label,
		  ccsan_deed_name(actor->deed), (unsigned)actor->bytes, actor->va, actor->pa,
		  *actor->alias ? actor->alias : "device", actor->who);
	for (unsigned i = 0; i < actor->depth; i++) {
		const struct ccsan_module *m = find_module(actor->stack[i]);

		ccsan_say("    #%u %#" PRIx64 " (%s+%#" PRIx64 ")\n", i, actor->stack[i],
			  m ? m->path : "?", actor->stack[i] - (m ? m->bias : 0));
	}
}

static void print_plain(const struct ccsan_finding *finding)
{
	ccsan_say("ERROR: ccsan: %s (on CPU %s; no ccsan command was found to say more)\n",
		  ccsan_kind_name(finding->kind), finding->cpu);
	if (*finding->text)
		ccsan_say("  %s\n", finding->text);
	print_plain_actor("access", &finding->access);
	print_plain_actor("newer bytes", &finding->cause);
	print_plain_actor("last maintenance", &finding->keeper);
	ccsan_say("SUMMARY: ccsan: %s\n", ccsan_kind_name(finding->kind));
}

/* --- one finding --- */

static void start_printer(void)
{
	int ends[2];

	if (sink.stream >= 0 || sink.printer ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
		return;
	sink.printer = spawn_printer(ends[1]);
	close(ends[1]);
	if (sink.printer < 0) {
		close(ends[0]);
		return;
	}
	sink.stream = ends[0];
	sink.waits = true;
	sink.modules_told = 0;
}

/* Return: what the printer did: 'p' printed, 's' suppressed, 0 nothing. */
static char printers_answer(void)
{
	char answer = 0;

	while (read(sink.stream, &answer, 1) < 0 && errno == EINTR)
		;
	return answer;
}

/* The printer is gone: it was killed, or it has said what was wrong with its options. */
static void lose_printer(void)
{
	int status = 0;

	close(sink.stream);
	sink.stream = -1;
	sink.waits = false;
	waitpid(sink.printer, &status, 0);
	if (WIFEXITED(status) && WEXITSTATUS(status) == 2)
		_exit(2);
}

static bool tell(const struct ccsan_finding *finding)
{
	char answer;

	start_printer();
	tell_modules();
	if (!put_record(CCSAN_RECORD_FINDING, finding, sizeof(*finding))) {
		print_plain(finding);
		if (sink.waits)
			lose_printer();
		return true;
	}
	if (!sink.waits)
		return true;
	answer = printers_answer();
	if (answer == 0) {
		print_plain(finding);
		lose_printer();
	}
	return answer != 's';
}

void ccsan_take_finding(void *context, struct ccsan_finding *finding, uint32_t access,
			uint32_t cause)
{
	bool is_new, reported;

	(void)context;
	if (access == CCSAN_ORIGIN_NOW)
		access = ccsan_origin(ccsan_self.pc);
	know_modules(finding);
	name_last_writer(finding);
	finding->serial = ccsan_pair_of(finding, access, cause, &is_new);
	if (!is_new)
		return;
	memcpy(finding->test, sink.test, sizeof(finding->test));
	snprintf(finding->host, sizeof(finding->host), "%s",
		 ccsan_built_for ? ccsan_built_for : "");
	know_modules(finding);
	reported = ccsan_is_exploring() ? ccsan_keep_finding(finding) : tell(finding);
	sink.reported += reported;
	if (reported && ccsan_rt.options.halt_on_error)
		_exit(ccsan_close_sink(0));
}

unsigned ccsan_finding_count(void)
{
	return sink.reported;
}

/* --- what explored runs tell, between two of them --- */

void ccsan_send(enum ccsan_record_type type, const void *record, size_t bytes)
{
	if (!put_record(type, record, bytes))
		ccsan_die("the records of explored runs go to `ccsan explore`, which is not there");
}

void ccsan_send_finding(const struct ccsan_finding *finding)
{
	know_modules(finding);
	tell_modules();
	ccsan_send(CCSAN_RECORD_FINDING, finding, sizeof(*finding));
}

void ccsan_send_step(const struct ccsan_step_told *step)
{
	if (!sink.modules_told) {
		dl_iterate_phdr(add_module, NULL);
		tell_modules();
	}
	ccsan_send(CCSAN_RECORD_STEP, step, sizeof(*step));
}

/* --- what else is told --- */

void ccsan_count_site(uint64_t pc, enum ccsan_deed deed, uint64_t lines_changed)
{
	unsigned i = 0;

	while (i < sink.site_count && sink.sites[i].pc != pc)
		i++;
	if (i == MOST_SITES)
		return;
	if (i == sink.site_count)
		sink.sites[sink.site_count++] = (struct ccsan_site){ .pc = pc, .deed = deed };
	sink.sites[i].calls++;
	sink.sites[i].lines_changed += lines_changed;
}

void ccsan_set_test(const char *name)
{
	snprintf(sink.test, sizeof(sink.test), "%s", name);
}

void ccsan_tell_test(const char *name, enum ccsan_test_state state)
{
	struct ccsan_test_event event = { .state = state };

	if (sink.waits || sink.stream < 0)
		return;
	snprintf(event.name, sizeof(event.name), "%s", name);
	put_record(CCSAN_RECORD_TEST, &event, sizeof(event));
}

/* --- opening and closing --- */

void ccsan_open_sink(int log)
{
	const char *path = ccsan_rt.options.stream;

	sink.log = log;
	if (!*path)
		return;
	sink.stream = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
	if (sink.stream < 0)
		ccsan_die("CCSAN_OPTIONS: stream=%s: %s", path, strerror(errno));
}

void ccsan_part_sink(void)
{
	/* The printer is the parent's; the child starts one of its own. A file is shared. */
	if (sink.waits) {
		close(sink.stream);
		sink.stream = -1;
		sink.waits = false;
	}
	sink.printer = 0;
	ccsan_forget_pairs();
	sink.reported = 0;
}

static void tell_counts(void)
{
	for (uint32_t serial = 1; serial <= ccsan_pair_total(); serial++) {
		struct ccsan_recount count = { serial, ccsan_pair_count(serial) };

		put_record(CCSAN_RECORD_COUNT, &count, sizeof(count));
	}
}

static void tell_sites(void)
{
	if (sink.site_count && !sink.module_count)
		dl_iterate_phdr(add_module, NULL);
	tell_modules();
	for (unsigned i = 0; i < sink.site_count; i++)
		put_record(CCSAN_RECORD_SITE, &sink.sites[i], sizeof(sink.sites[i]));
}

static void tell_end(int exit_status)
{
	struct ccsan_end end = {
		.exit_status = exit_status,
		.slow_accesses = ccsan_rt.slow_accesses,
		.unseen_lines = ccsan_rt.unseen_lines,
		.unseen_at = ccsan_rt.unseen_at,
		.table_bytes = ccsan_shadow_table_bytes(ccsan_machine_shadow(ccsan_rt.machine)),
		.maintained_lines = ccsan_rt.maintained_lines,
	};

	put_record(CCSAN_RECORD_END, &end, sizeof(end));
}

static void say_unseen(void)
{
	if (ccsan_rt.unseen_lines && (sink.stream < 0 || sink.waits))
		ccsan_say("ccsan: %" PRIu64 " lines changed without a recorded writer, one of them "
			  "at %#" PRIx64
			  ": code that was not built by `ccsan cc`, or a system call\n",
			  ccsan_rt.unseen_lines, ccsan_rt.unseen_at);
}

static void say_totals(void)
{
	if (ccsan_rt.options.verbosity > 0)
		ccsan_say(
			"ccsan: %" PRIu64 " accesses came to the model, its tables take %" PRIu64
			" bytes\n",
			ccsan_rt.slow_accesses,
			(uint64_t)ccsan_shadow_table_bytes(ccsan_machine_shadow(ccsan_rt.machine)));
}

int ccsan_close_sink(int exit_status)
{
	bool entered = ccsan_enter(0);

	if (sink.closed || !ccsan_rt.machine) {
		if (entered)
			ccsan_leave();
		return exit_status;
	}
	sink.closed = true;
	say_unseen();
	say_totals();
	tell_counts();
	tell_sites();
	tell_end(exit_status);
	if (sink.waits) {
		shutdown(sink.stream, SHUT_WR);
		printers_answer();
		waitpid(sink.printer, NULL, 0);
	}
	if (entered)
		ccsan_leave();
	return sink.reported ? (int)ccsan_rt.options.exitcode : exit_status;
}
