/* SPDX-License-Identifier: MIT */
/*
 * `ccsan cc`: the user's compiler with the hooks, the headers and the runtime. It only adds
 * arguments, in front of the user's (which win) and behind them (the library), and becomes the
 * compiler.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "command.h"

enum { MOST_ADDED = 96 };

struct plan {
	const char *compiler, *host;
	bool clang, links, shared, wants_inline;
	const char *printing; /* "--print-compile-flags", "--print-link-flags", NULL */
	const char *added[MOST_ADDED];
	int added_count;
};

static const char *const hosts[] = { "linux", "cmsis", "zephyr", "u-boot" };

enum { HOST_COUNT = sizeof(hosts) / sizeof(*hosts) };

static void add(struct plan *plan, const char *argument)
{
	if (plan->added_count == MOST_ADDED)
		abort(); /* our own lists are longer than we said */
	plan->added[plan->added_count++] = argument;
}

static void add_text(struct plan *plan, const char *before, const char *text, const char *after)
{
	size_t size = strlen(before) + strlen(text) + strlen(after) + 1;
	char *argument = malloc(size);

	if (!argument)
		exit(ccsan_complain("out of memory"));
	snprintf(argument, size, "%s%s%s", before, text, after);
	add(plan, argument);
} // NOLINT(clang-analyzer-unix.Malloc): the plan keeps it

/* --- the compiler --- */

static const char *last_name(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

/* A compiler whose name does not tell says it itself. */
static bool defines_clang(const char *compiler)
{
	char command[PATH_MAX + 64], line[256];
	bool found = false;
	FILE *pipe;

	snprintf(command, sizeof(command), "%s -dM -E -x c /dev/null 2>&1", compiler);
	pipe = popen(command, "re"); // NOLINT: the user's own command, as make would run it
	while (pipe && fgets(line, sizeof(line), pipe))
		found |= strstr(line, "__clang__") != NULL;
	if (pipe)
		pclose(pipe);
	return found;
}

static bool is_clang(const char *compiler)
{
	const char *name = last_name(compiler);

	if (strstr(name, "clang"))
		return true;
	if (strstr(name, "gcc") || strstr(name, "g++"))
		return false;
	return defines_clang(compiler);
}

/* --- the user's arguments --- */

static bool is_one_of(const char *argument, const char *const *list)
{
	for (; *list; list++)
		if (!strcmp(argument, *list))
			return true;
	return false;
}

/* Options whose next argument is theirs, and is no file. */
static bool takes_argument(const char *argument)
{
	static const char *const options[] = {
		"-o",       "-x",  "-I",      "-D",    "-U",       "-L", "-l",         "-include",
		"-isystem", "-MF", "-MT",     "-MQ",   "-Xlinker", "-T", "-idirafter", "-iquote",
		"-imacros", "-u",  "-Xclang", "-arch", "-target",  "-z", NULL
	};

	return is_one_of(argument, options);
}

static void look_at(struct plan *plan, const char *argument)
{
	static const char *const no_link[] = {
		"-c", "-S",        "-E",           "-M",           "-MM",    "-fsyntax-only",
		"-r", "--version", "-dumpversion", "-dumpmachine", "--help", "-dumpfullversion",
		NULL
	};

	if (is_one_of(argument, no_link) || !strncmp(argument, "-print-", 7))
		plan->links = false;
	if (!strcmp(argument, "-shared"))
		plan->shared = true;
	if (!strcmp(argument, "-masm=intel") || !strncmp(argument, "-flto", 5))
		plan->wants_inline = false; /* macros of the assembler: one file, AT&T syntax */
}

static int choose_host(struct plan *plan, const char *host)
{
	for (int i = 0; i < HOST_COUNT; i++)
		if (!strcmp(host, hosts[i])) {
			plan->host = hosts[i];
			return 0;
		}
	return ccsan_complain("cc: --host=%s: no such host (linux, cmsis, zephyr, u-boot)", host);
}

/* Linked into the program, libc's own calls would come to our wrappers as well, before there is
 * anything to ask. */
static int refuse_static(const struct plan *plan, int argc, char **argv)
{
	for (int i = 1; i < argc && plan->links; i++)
		if (!strcmp(argv[i], "-static") || !strcmp(argv[i], "-static-pie"))
			return ccsan_complain("cc: %s: libc has to be a shared library under ccsan",
					      argv[i]);
	return 0;
}

/* Return: 0 or an exit status. The user's arguments without ours are left in argv[1..*argc). */
static int read_arguments(struct plan *plan, int *argc, char **argv)
{
	int kept = 1, problem = 0, inputs = 0;

	for (int i = 1; i < *argc && !problem; i++) {
		if (!strncmp(argv[i], "--host=", 7)) {
			problem = choose_host(plan, argv[i] + 7);
			continue;
		}
		if (!strcmp(argv[i], "--print-compile-flags") ||
		    !strcmp(argv[i], "--print-link-flags")) {
			plan->printing = argv[i];
			continue;
		}
		look_at(plan, argv[i]);
		if (argv[i][0] != '-' || !argv[i][1])
			inputs++;
		argv[kept++] = argv[i];
		if (takes_argument(argv[i]) && i + 1 < *argc)
			argv[kept++] = argv[++i];
	}
	*argc = kept;
	argv[kept] = NULL;
	if (!inputs) /* `cc -v` and the like */
		plan->links = false;
	return problem ? problem : refuse_static(plan, kept, argv);
}

/* --- what is added --- */

static void add_installed(struct plan *plan, const char *before, const char *what)
{
	char path[PATH_MAX];

	add_text(plan, before, ccsan_installed(what, path, sizeof(path)), "");
}

/* Hooks before every access; what merges or hides accesses is off; debug information for reports,
 * unless the user's later options say otherwise. clang leaves out the read of `p->n++` by default:
 * for races the write says it all, for stale bytes it does not. */
static void add_for_gcc(struct plan *plan)
{
	static const char *const flags[] = { "-fno-tree-loop-distribute-patterns", "-fno-ipa-icf",
					     "-Wno-tsan", NULL };
	static const char *const called[] = { /* not expanded in place, where no hook is */
					      "memcpy",  "memmove", "memset",  "mempcpy",  "bzero",
					      "bcopy",   "memcmp",  "bcmp",    "strcpy",   "stpcpy",
					      "strncpy", "stpncpy", "strcat",  "strncat",  "strcmp",
					      "strncmp", "strpbrk", "sprintf", "snprintf", NULL
	};

	add_installed(plan, "-specs=", "lib/ccsan/gcc.specs");
	for (const char *const *flag = flags; *flag; flag++)
		add(plan, *flag);
	for (const char *const *name = called; *name; name++)
		add_text(plan, "-fno-builtin-", *name, "");
}

static void add_for_clang(struct plan *plan)
{
	static const char *const flags[] = { "-Xclang", "-fsanitize=thread",
					     "-mllvm",  "-tsan-distinguish-volatile=1",
					     "-mllvm",  "-tsan-instrument-read-before-write=1",
					     NULL };

	for (const char *const *flag = flags; *flag; flag++)
		add(plan, *flag);
	if (plan->wants_inline)
		add(plan, "-fno-integrated-as");
	add(plan, "-Wno-unused-command-line-argument");
}

static void add_headers(struct plan *plan)
{
	char path[PATH_MAX], folder[64];

	add_installed(plan, "-I", "include");
	if (*plan->host) {
		snprintf(folder, sizeof(folder), "include/hosts/%s", plan->host);
		add_installed(plan, "-I", folder);
	}
	add_text(plan, "-DCCSAN_COMMAND=\"", ccsan_installed("bin/ccsan", path, sizeof(path)),
		 "\"");
	add_text(plan, "-DCCSAN_HOST=\"", plan->host, "\"");
	add(plan, "-D__CCSAN__=1");
	add(plan, "-U__SANITIZE_THREAD__");
	add(plan, "-U_FORTIFY_SOURCE");
	if (plan->wants_inline)
		add(plan, "-DCCSAN_INLINE_HOOKS");
	add(plan, "-include");
	add_installed(plan, "", "include/ccsan/instrument.h");
}

/* Firmware keeps addresses in 32 bits: then its own memory has to be low. */
static bool needs_low_addresses(const struct plan *plan)
{
	return !strcmp(plan->host, "cmsis") || !strcmp(plan->host, "u-boot") ||
	       !strcmp(plan->host, "zephyr");
}

static void add_for_compiling(struct plan *plan)
{
	add(plan, "-g");
	add(plan, "-fno-optimize-sibling-calls");
	if (plan->clang)
		add_for_clang(plan);
	else
		add_for_gcc(plan);
	if (needs_low_addresses(plan) && !plan->shared)
		add(plan, "-fno-pie");
	add_headers(plan);
}

static void add_for_linking(struct plan *plan)
{
	if (plan->links && needs_low_addresses(plan) && !plan->shared)
		add(plan, "-no-pie");
}

static void add_after(struct plan *plan)
{
	if (!plan->links)
		return;
	add_installed(plan, "-Wl,@", "lib/ccsan/link.options");
	if (!plan->shared)
		add_installed(plan, "", "lib/ccsan/libccsan_rt.a");
}

/* --- becoming the compiler --- */

static int become(struct plan *plan, int argc, char **argv)
{
	char **all = calloc((size_t)argc + MOST_ADDED + 2, sizeof(*all));
	int n = 0, before;

	if (!all)
		return ccsan_complain("out of memory");
	all[n++] = (char *)(size_t)plan->compiler; // NOLINT: execvp() does not write
	add_for_compiling(plan);
	add_for_linking(plan);
	before = plan->added_count;
	for (int i = 0; i < before; i++)
		all[n++] = (char *)(size_t)plan->added[i]; // NOLINT
	for (int i = 1; i < argc; i++)
		all[n++] = argv[i];
	add_after(plan);
	for (int i = before; i < plan->added_count; i++)
		all[n++] = (char *)(size_t)plan->added[i]; // NOLINT
	all[n] = NULL;
	execvp(plan->compiler, all);
	free(all);
	return ccsan_complain("cc: cannot start '%s': %s (CCSAN_CC names the compiler)",
			      plan->compiler, strerror(errno));
}

/* For build systems that call the compiler themselves: the CMake package and pkg-config. */
static int print_flags(struct plan *plan)
{
	plan->links = !strcmp(plan->printing, "--print-link-flags");
	if (plan->links) {
		add_for_linking(plan);
		add_after(plan);
	} else {
		add_for_compiling(plan);
	}
	for (int i = 0; i < plan->added_count; i++)
		puts(plan->added[i]);
	return CCSAN_FINE;
}

static int print_help(void)
{
	puts("Usage: ccsan cc [--host=linux|cmsis|zephyr|u-boot] ARGS...\n"
	     "Compiles and links as the compiler would with ARGS, with ccsan's hooks and runtime.\n"
	     "CCSAN_CC names the compiler: gcc (the default), g++, clang, clang++, clang-19 ...\n"
	     "CC=\"ccsan cc\" works in make, CMake and autoconf.\n"
	     "--host=HOST adds that system's cache headers (include/hosts/).\n"
	     "--print-compile-flags, --print-link-flags: what is added, one argument a line.");
	return CCSAN_FINE;
}

int ccsan_cmd_cc(int argc, char **argv)
{
	static struct plan plan = { .host = "", .links = true, .wants_inline = true };
	int problem;

	if (argc == 2 && !strcmp(argv[1], "--help"))
		return print_help();
	if (argc < 2)
		return ccsan_complain("cc: no arguments (see `ccsan cc --help`)");
	plan.compiler = getenv("CCSAN_CC");
	if (!plan.compiler || !*plan.compiler)
		plan.compiler = "gcc";
	problem = read_arguments(&plan, &argc, argv);
	if (problem)
		return problem;
	plan.clang = is_clang(plan.compiler);
	return plan.printing ? print_flags(&plan) : become(&plan, argc, argv);
}
