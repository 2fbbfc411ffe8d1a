/* SPDX-License-Identifier: MIT */
/*
 * What the fuzz targets share. Each target is a file fuzz_NAME.c that holds one reader to its
 * properties; it is linked with libFuzzer (`make fuzz`) or with replay.c (`make test`).
 */
#ifndef CCSAN_TESTS_FUZZ_H
#define CCSAN_TESTS_FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** libFuzzer's entry. Return: 0, or -1 for an input that is not worth keeping. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/** A property of the reader; on in every build. */
#define ensure(condition)                                                                       \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			abort();                                                                \
		}                                                                               \
	} while (0)

/** The input as a text. Owns: the caller. */
static inline char *fuzz_text(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1);

	ensure(text);
	if (size)
		memcpy(text, data, size);
	text[size] = '\0';
	return text;
}

/** The input as a file to be read. Owns: the caller; the data live as long as the file. */
static inline FILE *fuzz_file(const uint8_t *data, size_t size)
{
	FILE *file = size ? fmemopen((void *)(uintptr_t)data, size, "r") : fopen("/dev/null", "re");

	ensure(file);
	return file;
}

#endif
