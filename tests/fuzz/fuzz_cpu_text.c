/* SPDX-License-Identifier: MIT */
/* What is accepted as a CPU's line of text is a consistent CPU whose line says the same. */
#include <ccsan/cpu.h>

#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *line = fuzz_text(data, size), text[512], again[512];
	struct ccsan_cpu cpu, scanned;

	if (ccsan_cpu_scan(line, &cpu)) {
		ensure(!ccsan_cpu_problem(&cpu));
		ensure(memchr(cpu.name, '\0', sizeof(cpu.name)));
		ensure((size_t)ccsan_cpu_print(&cpu, text, sizeof(text)) < sizeof(text));
		ensure(ccsan_cpu_scan(text, &scanned));
		ccsan_cpu_print(&scanned, again, sizeof(again));
		ensure(!strcmp(text, again));
	}
	free(line);
	return 0;
}
