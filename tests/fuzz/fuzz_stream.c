/* SPDX-License-Identifier: MIT */
/*
 * A stream of records from a program that may have gone wild is read to its end or refused, and
 * what it says can be printed for people and machines.
 *
 * An input that begins with 'r' is the stream itself, as bytes. Otherwise it is taken apart into
 * records that are whole: a byte for the type, then as many bytes of the body as there are, zeroes
 * after that. So the corpus does not depend on the layout of the head.
 */

#include <sys/mman.h>
#include <unistd.h>

#include "fuzz.h"
#include "report/json.h"
#include "report/stream.h"
#include "report/text.h"

static size_t bytes_of(unsigned type)
{
	static const size_t sizes[] = { [CCSAN_RECORD_MODULE] = sizeof(struct ccsan_module),
					[CCSAN_RECORD_FINDING] = sizeof(struct ccsan_finding),
					[CCSAN_RECORD_COUNT] = sizeof(struct ccsan_recount),
					[CCSAN_RECORD_SITE] = sizeof(struct ccsan_site),
					[CCSAN_RECORD_TEST] = sizeof(struct ccsan_test_event),
					[CCSAN_RECORD_END] = sizeof(struct ccsan_end) };

	return type < sizeof(sizes) / sizeof(*sizes) ? sizes[type] : 0;
}

static void put(int fd, const void *from, size_t n)
{
	ensure(!n || write(fd, from, n) == (ssize_t)n);
}

static void put_records(int fd, const uint8_t *data, size_t size)
{
	static const uint8_t zeroes[sizeof(struct ccsan_finding) + sizeof(struct ccsan_module)];

	while (size) {
		unsigned type = 1 + *data % CCSAN_RECORD_END;
		size_t bytes = bytes_of(type), given = size - 1 < bytes ? size - 1 : bytes;
		struct ccsan_record head = { CCSAN_STREAM_MAGIC, CCSAN_STREAM_VERSION,
					     (uint16_t)type, 1, (uint32_t)bytes };

		put(fd, &head, sizeof(head));
		put(fd, data + 1, given);
		put(fd, zeroes, bytes - given);
		data += 1 + given;
		size -= 1 + given;
	}
}

static void print(const struct ccsan_finding *finding, struct ccsan_symbols *symbols)
{
	FILE *nowhere = fopen("/dev/null", "we");
	json_t *json = ccsan_json_finding(finding, symbols);
	char summary[256];
	char *dump;

	ensure(nowhere && json);
	ccsan_text_print(nowhere, finding, symbols, true, NULL);
	ccsan_text_summary(finding, symbols, summary, sizeof(summary));
	dump = json_dumps(json, 0);
	ensure(dump);
	free(dump);
	json_decref(json);
	fclose(nowhere);
}

static void read_all(int fd)
{
	struct ccsan_symbols *symbols = ccsan_symbols_new("", false);
	static struct ccsan_message message;

	ensure(symbols && !lseek(fd, 0, SEEK_SET));
	while (ccsan_stream_next(fd, &message) == 1) {
		ensure(bytes_of(message.type));
		if (message.type == CCSAN_RECORD_MODULE)
			ccsan_symbols_add(symbols, &message.body.module);
		else if (message.type == CCSAN_RECORD_FINDING)
			print(&message.body.finding, symbols);
	}
	ccsan_symbols_free(symbols);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	int fd = memfd_create("stream", MFD_CLOEXEC);

	ensure(fd >= 0);
	if (size && *data == 'r')
		put(fd, data + 1, size - 1);
	else
		put_records(fd, data, size);
	read_all(fd);
	close(fd);
	return 0;
}
