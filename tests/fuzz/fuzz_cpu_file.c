/* SPDX-License-Identifier: MIT */
/* A CPU file is read or refused with a place; what was read is consistent and survives the way to
 * the program as a line of text. */
#include "cli/cpu_file.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = fuzz_file(data, size);
	char problem[512] = "", text[512], again[512];
	struct ccsan_cpu cpu, scanned;
	int failed = ccsan_cpu_file_read(file, "input", &cpu, problem, sizeof(problem));

	fclose(file);
	ensure(!failed || !strncmp(problem, "input:", 6));
	if (failed)
		return 0;
	ensure(!ccsan_cpu_problem(&cpu));
	ensure((size_t)ccsan_cpu_print(&cpu, text, sizeof(text)) < sizeof(text));
	ensure(ccsan_cpu_scan(text, &scanned));
	ccsan_cpu_print(&scanned, again, sizeof(again));
	ensure(!strcmp(text, again));
	return 0;
}
