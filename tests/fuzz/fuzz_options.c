/* SPDX-License-Identifier: MIT */
/* CCSAN_OPTIONS are read or refused with a reason; every text that was read ends. */
#include "fuzz.h"
#include "runtime/options.h"

static void check_texts(const struct ccsan_options *options)
{
#define CCSAN_OPTION(type, name, initial, help)
#define CCSAN_TEXT_OPTION(name, initial, help) \
	ensure(memchr(options->name, '\0', sizeof(options->name)));
#include "runtime/options.inc"
#undef CCSAN_OPTION
#undef CCSAN_TEXT_OPTION
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = fuzz_text(data, size), problem[512] = "";
	static struct ccsan_options options;
	bool good;

	ccsan_options_default(&options);
	good = ccsan_options_read(&options, text, "CCSAN_OPTIONS", problem, sizeof(problem));
	ensure(good || !strncmp(problem, "CCSAN_OPTIONS: ", 15));
	check_texts(&options);
	free(text);
	return 0;
}
