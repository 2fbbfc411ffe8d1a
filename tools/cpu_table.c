/* SPDX-License-Identifier: MIT */
/*
 * Makes C from the files of cpus/, when ccsan is built.
 *
 * usage: cpu_table TABLE.c TEXTS.c FILE.ini…
 * TABLE.c gets the values, for the runtime and the command; TEXTS.c the files as they are, for
 * `ccsan cpus NAME`.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cpu_file.h"
#include "machine/cpu_table.h"

/* The table is what is being made; ccsan_cpu_problem() needs none. */
const struct ccsan_cpu ccsan_cpu_table[1];
const size_t ccsan_cpu_count = 0;

static FILE *create(const char *path)
{
	FILE *file = fopen(path, "we");

	if (!file) {
		fprintf(stderr, "cpu_table: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return file;
}

static void print_cache(FILE *to, const char *name, const struct ccsan_cache *c)
{
	fprintf(to,
		"\t  .%s = { .type = %d, .size = %u, .ways = %u, .line = %u, .alias = %u,\n"
		"\t\t.write_through = %d, .tagged = %d, .coherent = %d },\n",
		name, (int)c->type, c->size, c->ways, c->line, c->alias, c->write_through,
		c->tagged, c->coherent);
}

static void print_cpu(FILE *to, const struct ccsan_cpu *cpu)
{
	fprintf(to, "\t{ .name = \"%s\", .title = \"%s\", .family = \"%s\",\n", cpu->name,
		cpu->title, cpu->family);
	print_cache(to, "data", &cpu->data);
	print_cache(to, "instruction", &cpu->instruction);
	print_cache(to, "outer", &cpu->outer);
	fprintf(to,
		"\t  .page = %u, .speculative = %d, .snooping = %d, .local_maintenance = %d,\n"
		"\t  .shares_dirty = %d, .ordered = %d },\n",
		cpu->page, cpu->speculative, cpu->snooping, cpu->local_maintenance,
		cpu->shares_dirty, cpu->ordered);
}

static void print_text(FILE *to, const char *path)
{
	FILE *file = fopen(path, "re");
	int c;

	if (!file) {
		fprintf(stderr, "cpu_table: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	fputs("\t\"", to);
	while ((c = getc(file)) != EOF)
		if (c == '\n')
			fputs("\\n\"\n\t\"", to);
		else if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else
			putc(c, to);
	fputs("\",\n", to);
	fclose(file);
}

/* `worst` first, the others by name. */
static int in_order(const void *a, const void *b)
{
	const char *x = strrchr(*(char *const *)a, '/'), *y = strrchr(*(char *const *)b, '/');

	size_t m, n;
	int by_name;

	x = x ? x + 1 : *(char *const *)a;
	y = y ? y + 1 : *(char *const *)b;
	if (!strcmp(x, "worst.ini") || !strcmp(y, "worst.ini"))
		return strcmp(y, "worst.ini") == 0 ? 1 : -1;
	/* without the suffix, so that a name comes before its longer ones */
	m = strcspn(x, ".");
	n = strcspn(y, ".");
	by_name = strncmp(x, y, m < n ? m : n);
	return by_name ? by_name : (m > n) - (m < n);
}

int main(int argc, char **argv)
{
	FILE *table, *texts;
	char problem[256];

	if (argc < 4)
		return 2;
	table = create(argv[1]);
	texts = create(argv[2]);
	qsort(argv + 3, (size_t)(argc - 3), sizeof(*argv), in_order);
	fputs("/* Made by tools/cpu_table.c. */\n#include \"machine/cpu_table.h\"\n\n"
	      "const struct ccsan_cpu ccsan_cpu_table[] = {\n",
	      table);
	fputs("/* Made by tools/cpu_table.c. */\n#include \"cli/cpu_texts.h\"\n\n"
	      "const char *const ccsan_cpu_texts[] = {\n",
	      texts);
	for (int i = 3; i < argc; i++) {
		struct ccsan_cpu cpu;

		if (ccsan_cpu_file_open(argv[i], &cpu, problem, sizeof(problem))) {
			fprintf(stderr, "%s\n", problem);
			return 2;
		}
		print_cpu(table, &cpu);
		print_text(texts, argv[i]);
	}
	fputs("};\n\nconst size_t ccsan_cpu_count = sizeof(ccsan_cpu_table) / "
	      "sizeof(*ccsan_cpu_table);\n",
	      table);
	fputs("};\n", texts);
	return fclose(table) || fclose(texts) ? 2 : 0;
}
