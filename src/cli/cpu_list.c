/* SPDX-License-Identifier: MIT */
/* See cpu_list.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "cpu_file.h"
#include "cpu_list.h"

static struct ccsan_chosen_cpu *add(struct ccsan_cpu_list *list, const struct ccsan_cpu *cpu)
{
	struct ccsan_chosen_cpu *cpus = realloc(list->cpus, (list->count + 1) * sizeof(*cpus));

	if (!cpus) {
		ccsan_complain("out of memory");
		return NULL;
	}
	list->cpus = cpus;
	cpus[list->count].cpu = *cpu;
	return &cpus[list->count++];
}

static int add_built_in(struct ccsan_cpu_list *list, const struct ccsan_cpu *cpu)
{
	struct ccsan_chosen_cpu *chosen = add(list, cpu);

	if (!chosen)
		return CCSAN_USAGE;
	snprintf(chosen->option, sizeof(chosen->option), "%s", cpu->name);
	return 0;
}

static int add_file(struct ccsan_cpu_list *list, const char *path)
{
	struct ccsan_chosen_cpu *chosen;
	struct ccsan_cpu cpu;
	char problem[512];

	if (ccsan_cpu_file_open(path, &cpu, problem, sizeof(problem)))
		return ccsan_complain("%s", problem);
	chosen = add(list, &cpu);
	if (!chosen)
		return CCSAN_USAGE;
	ccsan_cpu_print(&cpu, chosen->option, sizeof(chosen->option));
	return 0;
}

static int add_all(struct ccsan_cpu_list *list)
{
	const struct ccsan_cpu *cpu;
	int problem = 0;

	for (size_t i = 0; !problem && (cpu = ccsan_cpu_at(i)); i++)
		problem = add_built_in(list, cpu);
	return problem;
}

static int add_word(const char *command, struct ccsan_cpu_list *list, const char *word)
{
	const struct ccsan_cpu *cpu = ccsan_cpu_find(word);

	if (!strcmp(word, "all"))
		return add_all(list);
	if (cpu)
		return add_built_in(list, cpu);
	if (strchr(word, '/') || strstr(word, ".ini"))
		return add_file(list, word);
	return ccsan_complain("%s: no CPU is called '%s' (see `ccsan cpus`)", command, word);
}

int ccsan_cpu_list_read(const char *command, const char *text, struct ccsan_cpu_list *list)
{
	char *words = strdup(text), *rest = words, *word;
	int problem = words ? 0 : ccsan_complain("out of memory");

	while (!problem && (word = strsep(&rest, ",")))
		problem = add_word(command, list, word);
	free(words);
	return problem;
}

void ccsan_cpu_list_free(struct ccsan_cpu_list *list)
{
	free(list->cpus);
	*list = (struct ccsan_cpu_list){ NULL, 0 };
}
