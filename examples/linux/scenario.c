/* SPDX-License-Identifier: MIT */
/* See scenario.h. */
#include "scenario.h"

#include <ccsan/ccsan.h>
#include <ccsan/cpu.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool failed;

void scenario_check(bool holds, const char *condition, const char *file, int line)
{
	if (holds)
		return;
	failed = true;
	ccsan_check(false, condition, file, line);
}

/* --- classes of CPUs --- */

static bool is_vivt(const struct ccsan_cpu *cpu)
{
	return cpu->data.type == CCSAN_CACHE_VIVT;
}

static bool is_aliasing(const struct ccsan_cpu *cpu)
{
	return ccsan_cpu_data_colours(cpu) != 1;
}

static const struct scenario_class {
	const char *name;
	bool (*has)(const struct ccsan_cpu *cpu);
} classes[];

static bool is_all(const struct ccsan_cpu *cpu)
{
	return cpu;
}

static bool is_coherent(const struct ccsan_cpu *cpu)
{
	return !is_aliasing(cpu) && cpu->snooping;
}

static bool is_vipt_aliasing(const struct ccsan_cpu *cpu)
{
	return is_aliasing(cpu) && !is_vivt(cpu);
}

static bool is_pipt(const struct ccsan_cpu *cpu)
{
	return !is_aliasing(cpu);
}

static bool is_speculative(const struct ccsan_cpu *cpu)
{
	return cpu->speculative;
}

static bool is_snooping(const struct ccsan_cpu *cpu)
{
	return cpu->snooping;
}

static bool is_local(const struct ccsan_cpu *cpu)
{
	return cpu->local_maintenance;
}

static bool is_write_through(const struct ccsan_cpu *cpu)
{
	return cpu->data.write_through;
}

static bool has_outer(const struct ccsan_cpu *cpu)
{
	return cpu->outer.size;
}

static bool is_icoherent(const struct ccsan_cpu *cpu)
{
	return cpu->instruction.coherent;
}

static const struct scenario_class classes[] = {
	{ "all", is_all },
	{ "coherent", is_coherent },
	{ "aliasing", is_aliasing },
	{ "vivt", is_vivt },
	{ "vipt-aliasing", is_vipt_aliasing },
	{ "pipt", is_pipt },
	{ "speculative", is_speculative },
	{ "snooping", is_snooping },
	{ "local-maintenance", is_local },
	{ "write-through", is_write_through },
	{ "outer", has_outer },
	{ "icoherent", is_icoherent },
};
enum { CLASS_COUNT = sizeof(classes) / sizeof(*classes) };

static bool is_name_of_a_cpu(const char *name)
{
	const struct ccsan_cpu *cpu;

	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++)
		if (!strcmp(name, cpu->name) || !strcmp(name, cpu->family))
			return true;
	return false;
}

/* --- expectations --- */

/** Reads one. The first problem stays. */
struct reading {
	const char *at;
	const char *problem;
	char word[32];
};

static bool next_is(struct reading *r, char c)
{
	r->at += strspn(r->at, " ");
	if (*r->at != c)
		return false;
	r->at++;
	return true;
}

static void read_word(struct reading *r)
{
	size_t n;

	r->at += strspn(r->at, " ");
	n = strspn(r->at, "abcdefghijklmnopqrstuvwxyz0123456789-");
	if (!n || n >= sizeof(r->word)) {
		r->problem = "a word is missing";
		n = 0;
	}
	memcpy(r->word, r->at, n);
	r->word[n] = 0;
	r->at += n;
}

static bool read_class(struct reading *r, const struct ccsan_cpu *cpu)
{
	bool negated = next_is(r, '!');

	read_word(r);
	for (unsigned i = 0; i < CLASS_COUNT; i++)
		if (!strcmp(r->word, classes[i].name))
			return classes[i].has(cpu) != negated;
	if (!r->problem && !is_name_of_a_cpu(r->word))
		r->problem = "no such class or CPU";
	return (!strcmp(r->word, cpu->name) || !strcmp(r->word, cpu->family)) != negated;
}

static bool read_classes(struct reading *r, const struct ccsan_cpu *cpu)
{
	bool any = false;

	do {
		bool every = true;

		do
			every &= read_class(r, cpu);
		while (next_is(r, '&'));
		any |= every;
	} while (next_is(r, '|'));
	return any;
}

/** Return: where the verdict of the rule that decides begins, "silent" if none does. */
static const char *rule_for(struct reading *r, const struct ccsan_cpu *cpu)
{
	const char *decides = NULL;

	do {
		size_t to_colon = strcspn(r->at, ":;");
		bool applies = r->at[to_colon] != ':' || read_classes(r, cpu);

		if (r->at[strcspn(r->at, ":;")] == ':' && !next_is(r, ':') && !r->problem)
			r->problem = "a colon was expected";
		if (applies && !decides)
			decides = r->at;
		r->at += strcspn(r->at, ";");
	} while (next_is(r, ';') && !r->problem);
	return decides ? decides : "silent";
}

/** Prints the kinds, by blanks. */
static void print_verdict(struct reading *r, bool print)
{
	const char *blank = "";

	do {
		read_word(r);
		if (!r->problem && strcmp(r->word, "silent") && strcmp(r->word, "failure") &&
		    ccsan_kind_find(r->word) == CCSAN_KIND_NONE)
			r->problem = "no such kind of finding";
		if (print)
			printf("%s%s%s", blank, r->word, *r->at == '?' ? "?" : "");
		next_is(r, '?');
		blank = " ";
	} while (next_is(r, '+') && !r->problem);
	r->at += strspn(r->at, " ");
	if (*r->at && *r->at != ';' && !r->problem)
		r->problem = "the verdict does not end";
}

/** Return: whether it could be read; otherwise a message was printed. */
static bool print_expectation(const struct scenario_variant *v, const struct ccsan_cpu *cpu,
			      bool print)
{
	struct reading r = { .at = v->expect };

	r.at = rule_for(&r, cpu);
	if (!r.problem)
		print_verdict(&r, print);
	if (r.problem)
		fprintf(stderr, "variant %s: %s: %s at '%s'\n", v->name, v->expect, r.problem,
			r.word);
	return !r.problem;
}

/* --- what is asked of the program --- */

static int list(const struct scenario *s)
{
	printf("# %s\n", s->summary);
	for (const struct scenario_variant *v = s->variants; v->name; v++)
		printf("%s\t%s%s%s\t%s\t%s\n", v->name, v->explore ? "explore" : "run",
		       v->explore && *v->explore ? " " : "", v->explore ? v->explore : "",
		       v->expect, v->reason);
	return 0;
}

static int expectations(const struct scenario *s)
{
	const struct ccsan_cpu *cpu;

	for (const struct scenario_variant *v = s->variants; v->name; v++)
		for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++) {
			if (!print_expectation(v, cpu, false))
				return 2;
			printf("%s\t%s\t", v->name, cpu->name);
			print_expectation(v, cpu, true);
			putchar('\n');
		}
	return 0;
}

static int list_classes(void)
{
	const struct ccsan_cpu *cpu;

	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++) {
		printf("%s\t%s", cpu->name, cpu->family);
		for (unsigned c = 0; c < CLASS_COUNT; c++)
			if (classes[c].has(cpu))
				printf(" %s", classes[c].name);
		putchar('\n');
	}
	return 0;
}

static int usage(const struct scenario *s)
{
	fprintf(stderr,
		"usage: %s [--fix=NAME | --list | --expect | --classes]; NAME is one of:", s->name);
	for (const struct scenario_variant *v = s->variants; v->name; v++)
		fprintf(stderr, " %s", v->name);
	fputc('\n', stderr);
	return 2;
}

int scenario_main(const struct scenario *s, int argc, char **argv)
{
	const char *option = argc == 2 ? argv[1] : "";
	const struct scenario_variant *v = s->variants;

	if (!strcmp(option, "--list"))
		return list(s);
	if (!strcmp(option, "--expect"))
		return expectations(s);
	if (!strcmp(option, "--classes"))
		return list_classes();
	if (argc == 2 && !strncmp(option, "--fix=", 6))
		while (v->name && strcmp(v->name, option + 6))
			v++;
	else if (argc != 1)
		return usage(s);
	if (!v->name)
		return usage(s);
	v->run(v);
	return failed ? 1 : 0;
}
