/* SPDX-License-Identifier: MIT */
/* Start and end of the program: the shadow, the options, the machine; fork. */
#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runtime/exploring/explored.h"
#include "runtime/exploring/restore.h"

struct ccsan_runtime ccsan_rt;

extern char **environ;

/* Options that a program brings along; it may define this. */
const char *ccsan_default_options(void) __attribute__((weak));

/* --- messages --- */

static int log_file = STDERR_FILENO;
static int last_words = STDERR_FILENO; /* of a process that has to end */

void ccsan_keep_last_words(int fd)
{
	last_words = fd;
}

static void write_all(int fd, const char *text, size_t n)
{
	while (n) {
		ssize_t wrote = write(fd, text, n);

		if (wrote < 0 && errno != EINTR)
			return;
		text += wrote > 0 ? wrote : 0;
		n -= wrote > 0 ? (size_t)wrote : 0;
	}
}

static void say(int fd, const char *before, const char *format, va_list arguments)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "%s", before);

	n += vsnprintf(text + n, sizeof(text) - (size_t)n, format, arguments);
	write_all(fd, text, (size_t)n < sizeof(text) ? (size_t)n : sizeof(text) - 1);
}

void ccsan_say(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(log_file, "", format, arguments);
	va_end(arguments);
}

void ccsan_die(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	say(last_words, "ccsan: ", format, arguments);
	va_end(arguments);
	write_all(last_words, "\n", 1);
	_exit(2);
}

void ccsan_assertion_failed(const char *condition, const char *file, int line)
{
	ccsan_say("ccsan: internal error at %s:%d: %s\nThis is a bug in ccsan, please report it.\n",
		  file, line, condition);
	abort();
}

/* --- memory --- */

static uint8_t *chunk;
static size_t left;

static void take_chunk(size_t size)
{
	chunk = mmap(NULL, size, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	if (chunk == MAP_FAILED)
		ccsan_die("out of memory: %zu bytes for tables of the cache model", size);
	left = size;
}

void ccsan_reserve_memory(size_t bytes)
{
	take_chunk(bytes);
}

void *ccsan_take_memory(void *context, size_t bytes)
{
	enum { CHUNK = 1 << 20 };
	void *taken;

	(void)context;
	bytes = (bytes + 63) & ~(size_t)63;
	if (bytes > left)
		take_chunk(bytes > CHUNK ? bytes : CHUNK);
	taken = chunk;
	chunk += bytes;
	left -= bytes;
	return taken;
}

/* The shadow of the whole address space: reserved, not used. Zero says: every access passes. */
static void reserve(uint64_t at, const char *what)
{
	void *p = (void *)(uintptr_t)at; // NOLINT: a fixed address, see instrument.h
	void *got = mmap(p, CCSAN_SHADOW_BYTES, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	if (got != p)
		ccsan_die("cannot reserve 8 TiB of address space at %#llx for %s: %s "
			  "(is there a limit: ulimit -v, vm.overcommit_memory=2?)",
			  (unsigned long long)at, what, strerror(errno));
	madvise(p, CCSAN_SHADOW_BYTES, MADV_DONTDUMP);
	madvise(p, CCSAN_SHADOW_BYTES, MADV_NOHUGEPAGE);
}

/* --- options --- */

static bool is_one_of(const char *value, const char *const *words)
{
	while (*words && strcmp(value, *words) != 0)
		words++;
	return *words;
}

static void check_options(const struct ccsan_options *o)
{
	static const char *const colors[] = { "always", "never", "auto", NULL };

	if (strcmp(o->engine, "shadow") != 0)
		ccsan_die("CCSAN_OPTIONS: engine=%s: the only engine of this version is 'shadow'",
			  o->engine);
	if (o->exitcode > 255)
		ccsan_die("CCSAN_OPTIONS: exitcode=%lld: 0 to 255 was expected",
			  (long long)o->exitcode);
	if (!is_one_of(o->color, colors))
		ccsan_die("CCSAN_OPTIONS: color=%s: always, never or auto was expected", o->color);
}

static void read_options(void)
{
	struct ccsan_options *o = &ccsan_rt.options;
	const char *own = ccsan_default_options ? ccsan_default_options() : NULL;
	const char *environment = getenv("CCSAN_OPTIONS");
	char problem[256];

	ccsan_options_default(o);
	if (own && !ccsan_options_read(o, own, "ccsan_default_options()", problem, sizeof(problem)))
		ccsan_die("%s", problem);
	if (environment &&
	    !ccsan_options_read(o, environment, "CCSAN_OPTIONS", problem, sizeof(problem)))
		ccsan_die("%s", problem);
	check_options(o);
	if (o->help)
		ccsan_options_help(ccsan_say);
}

static void open_log(void)
{
	char path[CCSAN_OPTION_BYTES + 16];

	if (!*ccsan_rt.options.log_path || !strcmp(ccsan_rt.options.log_path, "stderr"))
		return;
	if (!strcmp(ccsan_rt.options.log_path, "stdout")) {
		log_file = STDOUT_FILENO;
		return;
	}
	snprintf(path, sizeof(path), "%s.%d", ccsan_rt.options.log_path, (int)getpid());
	log_file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
	if (log_file < 0)
		ccsan_die("log_path: cannot write %s: %s", path, strerror(errno));
}

/* --- the CPU --- */

/* Only the ccsan command reads .ini files: it prints the CPU as one line of text. */
static void read_cpu_file(const char *path, struct ccsan_cpu *cpu)
{
	char text[512] = "";
	int ends[2], status = -1;
	size_t used = 0;
	ssize_t got;
	pid_t pid;

	if (pipe2(ends, O_CLOEXEC))
		ccsan_die("cpu=%s: %s", path, strerror(errno));
	pid = ccsan_spawn_command("cpu-text", path, ends[1], STDOUT_FILENO);
	close(ends[1]);
	if (pid < 0)
		ccsan_die(
			"cpu=%s: neither a CPU (see `ccsan cpus`) nor, without the ccsan command, "
			"a file that can be read",
			path);
	while (used < sizeof(text) - 1 &&
	       (got = read(ends[0], text + used, sizeof(text) - 1 - used)) > 0)
		used += (size_t)got;
	close(ends[0]);
	waitpid(pid, &status, 0);
	if (status)
		_exit(2); /* it has said why */
	text[strcspn(text, "\n")] = '\0';
	if (!ccsan_cpu_scan(text, cpu))
		ccsan_die("cpu=%s: the ccsan command is of another version", path);
}

static void choose_cpu(struct ccsan_cpu *cpu)
{
	const char *name = ccsan_rt.options.cpu;
	const struct ccsan_cpu *built_in = ccsan_cpu_find(name);

	if (built_in)
		*cpu = *built_in;
	else if (*name == '@' && ccsan_cpu_scan(name, cpu))
		return;
	else
		read_cpu_file(name, cpu);
}

/* --- the machine --- */

static uint8_t *permits(void *context, uint32_t space, uint64_t va)
{
	uint8_t *bytes = ccsan_permit_of(ccsan_hosted(space, va));
	size_t count = ccsan_machine_page_bytes(ccsan_rt.machine) >> CCSAN_PERMIT_SHIFT;

	(void)context;
	memset(bytes, CCSAN_ALL_SLOW, count);
	return ccsan_wanted()->explores ? NULL : bytes;
}

static bool place(void *context, uint32_t space, uint64_t va, uint64_t pa, unsigned pages)
{
	(void)context;
	for (unsigned i = 0; i < pages && ccsan_acting() && ccsan_is_exploring(); i++)
		ccsan_restore_alias(space, va + i * ccsan_machine_page_bytes(ccsan_rt.machine));
	return ccsan_arena_place(&ccsan_rt.arena, ccsan_machine_page_bytes(ccsan_rt.machine), space,
				 va, pa, pages);
}

static uint64_t show(void *context, uint32_t space, uint64_t va)
{
	(void)context;
	return ccsan_hosted(space, va);
}

static void check_memory(int64_t bytes)
{
	int64_t host = (int64_t)sysconf(_SC_PHYS_PAGES) * sysconf(_SC_PAGESIZE);

	if (bytes < 1 << 16 || bytes > 1ll << 31)
		ccsan_die("CCSAN_OPTIONS: memory=%lld: 64K to 2G was expected", (long long)bytes);
	if (bytes > host)
		ccsan_die("CCSAN_OPTIONS: memory=%lld: this machine has only %lld bytes",
			  (long long)bytes, (long long)host);
}

static void make_machine(void)
{
	struct ccsan_machine_host host = { .more = ccsan_take_memory,
					   .meet = ccsan_meet_own,
					   .permits = permits,
					   .place = place,
					   .show = show,
					   .name = ccsan_name_origin,
					   .finding = ccsan_take_finding };
	int64_t memory = ccsan_rt.options.memory;
	struct ccsan_cpu cpu;
	int error;

	check_memory(memory);
	choose_cpu(&cpu);
	error = ccsan_arena_open(&ccsan_rt.arena, (uint64_t)memory);
	if (error)
		ccsan_die("cannot make %lld bytes of simulated memory: %s", (long long)memory,
			  strerror(-error));
	ccsan_rt.machine = ccsan_machine_new(&cpu, (uint64_t)memory, &host);
	ccsan_machine_set_barriers(ccsan_rt.machine, ccsan_rt.options.barriers);
	if (ccsan_rt.options.verbosity > 0)
		ccsan_say("ccsan: process %d runs on %s, with %lld bytes of simulated memory\n",
			  (int)getpid(), cpu.name, (long long)memory);
}

/* --- uncached sections --- */

static void set_uncached_section(void)
{
	uint64_t start = (uint64_t)(uintptr_t)__start_ccsan_uncached | CCSAN_OWN_MEMORY;

	if (__start_ccsan_uncached)
		ccsan_shadow_set_own_alias(
			ccsan_machine_shadow(ccsan_rt.machine), start,
			(uint64_t)(__stop_ccsan_uncached - __start_ccsan_uncached), false);
}

/* --- fork --- */

static void before_fork(void)
{
	ccsan_self.inside = !ccsan_enter(0);
}

static void in_parent(void)
{
	ccsan_leave();
}

static void place_again(void *context, uint32_t space, uint64_t va, uint64_t pa)
{
	if (!place(context, space, va, pa, 1))
		ccsan_die("out of memory: an alias cannot be mapped again after fork()");
}

static void in_child(void)
{
	int error = ccsan_arena_part(&ccsan_rt.arena);

	if (error)
		ccsan_die("out of memory after fork(): %s", strerror(-error));
	ccsan_machine_each_page(ccsan_rt.machine, place_again, NULL);
	ccsan_part_sink();
	ccsan_leave();
}

/* --- start and end --- */

static void at_exit(int status, void *unused)
{
	int wanted;

	(void)unused;
	ccsan_settle_registers();
	ccsan_check_at_end();
	wanted = ccsan_close_sink(status);
	if (wanted == status)
		return;
	fflush(NULL);
	_exit(wanted);
}

/* quick_exit() does not say with which status. */
static void at_quick_exit_too(void)
{
	int wanted = ccsan_close_sink(0);

	if (wanted)
		_exit(wanted);
}

static void start(void)
{
	ccsan_rt.ready = true; /* before: what is called below may come back here */
	read_options();
	open_log();
	ccsan_find_own_memory();
	make_machine();
	set_uncached_section();
	ccsan_open_sink(log_file);
	pthread_atfork(before_fork, in_parent, in_child);
	on_exit(at_exit, NULL);
	at_quick_exit(at_quick_exit_too);
}

void ccsan_start(void)
{
	if (__builtin_expect(!ccsan_rt.ready, 0))
		start();
}

/* Before any constructor, even libc's: hooks look at the shadow at once. */
static void make_shadow(void)
{
	reserve(CCSAN_PERMITS, "permissions");
	reserve(CCSAN_WRITERS_AT, "writers");
}

__attribute__((section(".preinit_array"), used)) static void (*const early)(void) = make_shadow;

/* Before the program's constructors. */
__attribute__((constructor(101))) static void start_up(void)
{
	ccsan_start();
}
