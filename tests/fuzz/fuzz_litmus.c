/* SPDX-License-Identifier: MIT */
/* A litmus file is read or refused with a place; what was read runs, twice the same. */
#include "fuzz.h"
#include "litmus/program.h"

/* Work that one input may ask for: bytes touched by all statements. */
enum { MOST_BYTES = 1 << 19, MOST_PAGES = 64, MOST_EXECUTIONS = 50 };

static bool is_small(const struct ccsan_litmus *litmus)
{
	uint64_t bytes = 0, pages = 0;

	for (unsigned i = 0; i < litmus->frames_count; i++)
		pages += litmus->frames[i].pages;
	for (unsigned i = 0; i < litmus->statements_count; i++)
		bytes += litmus->statements[i].bytes;
	return bytes <= MOST_BYTES && pages <= MOST_PAGES && litmus->statements_count <= 256;
}

static void run(const struct ccsan_litmus *litmus, const char *name)
{
	const struct ccsan_cpu *cpu = ccsan_cpu_find(name);
	ccsan_kinds expected, kinds;
	struct ccsan_litmus_search first = { .strategy = CCSAN_EXHAUSTIVE,
					     .most_executions = MOST_EXECUTIONS },
				   second = first;

	ensure(cpu);
	kinds = ccsan_litmus_search(litmus, cpu, &first);
	ensure(kinds == ccsan_litmus_search(litmus, cpu, &second));
	ensure(first.executions == second.executions && first.complete == second.complete);
	ccsan_litmus_expects(litmus, cpu, &expected);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	FILE *file = fuzz_file(data, size);
	char problem[512] = "";
	struct ccsan_litmus *litmus = ccsan_litmus_read(file, "input", problem, sizeof(problem));

	fclose(file);
	ensure(litmus || !strncmp(problem, "input:", 6));
	if (litmus && is_small(litmus)) {
		run(litmus, "worst");
		run(litmus, "arm926ej-s");
	}
	ccsan_litmus_free(litmus);
	return 0;
}
