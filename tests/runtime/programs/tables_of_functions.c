/* SPDX-License-Identifier: MIT */
/* A call whose operand has commas, `call *8(%rax,%rbx)`, passes through the macros that put hooks
 * into line. */
// levels: -O2
// run: ./p
// expect: ^5$
#include <stdio.h>
#include <string.h>

struct entry {
	const char *name;
	int (*run)(int);
};

static int twice(int x)
{
	return 2 * x;
}

static int next(int x)
{
	return x + 1;
}

static const struct entry entries[] = { { "twice", twice }, { "next", next } };

__attribute__((noinline)) static int look_up(const char *name, int x)
{
	for (unsigned i = 0; i < 2; i++)
		if (!strcmp(name, entries[i].name))
			return entries[i].run(x);
	return 0;
}

int main(int argc, char **argv)
{
	(void)argv;
	printf("%d\n", look_up("twice", argc) + look_up("next", argc + 1));
	return 0;
}
