/* SPDX-License-Identifier: MIT */
/* `ccsan cpus`: the table of CPUs, or one of them with its sources. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "command.h"
#include "cpu_file.h"
#include "cpu_texts.h"

static const char *size_text(uint32_t bytes, char *text, size_t size)
{
	if (bytes % (1 << 20) == 0 && bytes)
		snprintf(text, size, "%uM", bytes >> 20);
	else if (bytes % (1 << 10) == 0 && bytes)
		snprintf(text, size, "%uK", bytes >> 10);
	else
		snprintf(text, size, "%u", bytes);
	return text;
}

static const char *type_text(const struct ccsan_cpu *cpu, const struct ccsan_cache *cache)
{
	if (cache->type == CCSAN_CACHE_VIVT)
		return cache->tagged ? "vivt+asid" : "vivt";
	if (cache->type == CCSAN_CACHE_VIPT && cache->alias > cpu->page)
		return "vipt, aliases";
	return cache->type == CCSAN_CACHE_VIPT ? "vipt" : "pipt";
}

static void cache_text(const struct ccsan_cpu *cpu, const struct ccsan_cache *cache, char *text,
		       size_t size)
{
	char bytes[16];

	if (!cache->size)
		snprintf(text, size, "-");
	else
		snprintf(text, size, "%s/%u/%u %s", size_text(cache->size, bytes, sizeof(bytes)),
			 cache->ways, cache->line, type_text(cpu, cache));
}

static void print_row(const struct ccsan_cpu *cpu)
{
	char data[48], instruction[48], outer[16] = "-", colours[16] = "-";
	uint32_t count = ccsan_cpu_data_colours(cpu);

	cache_text(cpu, &cpu->data, data, sizeof(data));
	cache_text(cpu, &cpu->instruction, instruction, sizeof(instruction));
	if (cpu->outer.size)
		size_text(cpu->outer.size, outer, sizeof(outer));
	if (count > 1)
		snprintf(colours, sizeof(colours), "%u", count);
	printf("%-16s %-24s %-7s %-24s %-5s %-8s %s%s%s%s\n", cpu->name, data, colours, instruction,
	       outer,
	       cpu->page == 4096   ? "4K"
	       : cpu->page == 8192 ? "8K"
				   : "other",
	       cpu->data.write_through ? "write-through " : "",
	       cpu->speculative ? "speculates " : "",
	       cpu->instruction.coherent ? "coherent-I " : "", cpu->snooping ? "snoops" : "");
}

static int print_table(void)
{
	const struct ccsan_cpu *cpu;

	printf("%-16s %-24s %-7s %-24s %-5s %-8s %s\n", "CPU", "data: size/ways/line", "colours",
	       "instruction", "outer", "page", "may");
	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++)
		print_row(cpu);
	printf("\nBytes. A CPU that does not snoop leaves devices alone with memory. `ccsan cpus "
	       "NAME` "
	       "shows the file with\nits sources; a file of your own works wherever a name "
	       "does.\n");
	return CCSAN_FINE;
}

static int print_one(const char *name)
{
	const struct ccsan_cpu *cpu;

	for (size_t i = 0; (cpu = ccsan_cpu_at(i)); i++)
		if (!strcmp(cpu->name, name)) {
			fputs(ccsan_cpu_texts[i], stdout);
			return CCSAN_FINE;
		}
	return ccsan_complain("cpus: no CPU is called '%s' (see `ccsan cpus`)", name);
}

int ccsan_cmd_cpus(int argc, char **argv)
{
	if (argc > 2 || (argc == 2 && !strcmp(argv[1], "--help"))) {
		puts("Usage: ccsan cpus [NAME]\nThe CPUs that ccsan knows; with NAME, that CPU's "
		     "file.");
		return argc > 2 ? CCSAN_USAGE : CCSAN_FINE;
	}
	return argc == 2 ? print_one(argv[1]) : print_table();
}

int ccsan_cmd_cpu_text(int argc, char **argv)
{
	struct ccsan_cpu cpu;
	char problem[512], text[512];

	if (argc != 2)
		return ccsan_complain("cpu-text: one file was expected");
	if (ccsan_cpu_file_open(argv[1], &cpu, problem, sizeof(problem)))
		return strchr(argv[1], '/') || strstr(argv[1], ".ini")
			       ? ccsan_complain("%s", problem)
			       : ccsan_complain("no CPU is called '%s' (see `ccsan cpus`)",
						argv[1]);
	ccsan_cpu_print(&cpu, text, sizeof(text));
	puts(text);
	return CCSAN_FINE;
}
