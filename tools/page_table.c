/* SPDX-License-Identifier: MIT */
/*
 * Makes C from the pages of docs/explain/, when ccsan is built.
 *
 * usage: page_table PAGES.c KIND.md…
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static FILE *open_file(const char *path, const char *mode)
{
	FILE *file = fopen(path, mode);

	if (!file) {
		fprintf(stderr, "page_table: %s: %s\n", path, strerror(errno));
		exit(2);
	}
	return file;
}

/* What is no plain ASCII is written in octal. */
static void print_text(FILE *to, FILE *from)
{
	int c;

	fputs("\t  \"", to);
	while ((c = getc(from)) != EOF)
		if (c == '\n')
			fputs("\\n\"\n\t  \"", to);
		else if (c == '\t')
			fputs("\\t", to);
		else if (c == '"' || c == '\\')
			fprintf(to, "\\%c", c);
		else if (c < ' ' || c > '~')
			fprintf(to, "\\%03o", (unsigned)c);
		else
			putc(c, to);
	fputs("\" },\n", to);
}

static void print_page(FILE *to, const char *path)
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	FILE *from = open_file(path, "re");

	fprintf(to, "\t{ \"%.*s\",\n", (int)strcspn(name, "."), name);
	print_text(to, from);
	fclose(from);
}

int main(int argc, char **argv)
{
	FILE *to;

	if (argc < 3)
		return 2;
	to = open_file(argv[1], "we");
	fputs("/* Made by tools/page_table.c. */\n#include \"cli/explain_pages.h\"\n\n"
	      "const struct ccsan_explain_page ccsan_explain_pages[] = {\n",
	      to);
	for (int i = 2; i < argc; i++)
		print_page(to, argv[i]);
	fputs("\t{ 0, 0 },\n};\n", to);
	return fclose(to) ? 2 : 0;
}
