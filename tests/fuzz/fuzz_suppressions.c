/* SPDX-License-Identifier: MIT */
/* A file of suppressions is read or refused with a place; what was read can be asked. */
#include "fuzz.h"
#include "report/suppress.h"

static void ask(struct ccsan_suppressions *suppressions)
{
	struct ccsan_symbols *symbols = ccsan_symbols_new("", false);
	struct ccsan_finding finding = { .kind = CCSAN_KIND_STALE_READ,
					 .access = { .depth = 1, .stack = { 0x1000 } } };
	FILE *nowhere = fopen("/dev/null", "we");

	ensure(symbols && nowhere);
	ccsan_suppressed(suppressions, &finding, symbols);
	ccsan_suppressions_tell(suppressions, nowhere, true);
	fclose(nowhere);
	ccsan_symbols_free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = fuzz_file(data, size);
	char problem[512] = "";
	struct ccsan_suppressions *suppressions =
		ccsan_suppressions_read(file, "input", problem, sizeof(problem));

	fclose(file);
	ensure(suppressions || !strncmp(problem, "input:", 6));
	if (suppressions)
		ask(suppressions);
	ccsan_suppressions_free(suppressions);
	return 0;
}
