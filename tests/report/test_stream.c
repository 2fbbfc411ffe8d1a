/* SPDX-License-Identifier: MIT */
/* Reading streams that were cut off, damaged, or are none. */
#include "suite.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "report/stream.h"
#include "sample.h"

static FILE *file;
static struct ccsan_message message;

static void start(void)
{
	if (file)
		fclose(file);
	file = tmpfile();
	assert_non_null(file);
}

static int stop(void **state)
{
	(void)state;
	fclose(file);
	file = NULL;
	return 0;
}

static void put(unsigned type, const void *body, size_t bytes)
{
	struct ccsan_record head = { .magic = CCSAN_STREAM_MAGIC,
				     .version = CCSAN_STREAM_VERSION,
				     .type = (uint16_t)type,
				     .process = 42,
				     .bytes = (uint32_t)bytes };

	fwrite(&head, sizeof(head), 1, file);
	fwrite(body, bytes, 1, file);
}

static int next(void)
{
	return ccsan_stream_next(fileno(file), &message);
}

static void rewind_and_cut(long at)
{
	fflush(file);
	if (at >= 0)
		assert_int_equal(ftruncate(fileno(file), at), 0);
	assert_int_equal(lseek(fileno(file), 0, SEEK_SET), 0);
}

static void put_both(void)
{
	struct ccsan_finding f = sample_stale_dma();
	struct ccsan_end end = { .exit_status = 3 };

	start();
	put(CCSAN_RECORD_FINDING, &f, sizeof(f));
	put(CCSAN_RECORD_END, &end, sizeof(end));
	fflush(file);
}

static void test_next__whole_stream__each_record_then_0(void **state)
{
	struct ccsan_finding f = sample_stale_dma();

	(void)state;
	put_both();
	rewind_and_cut(-1);
	assert_int_equal(next(), 1);
	assert_int_equal(message.type, CCSAN_RECORD_FINDING);
	assert_int_equal(message.process, 42);
	assert_memory_equal(&message.body.finding, &f, sizeof(f));
	assert_int_equal(next(), 1);
	assert_int_equal(message.type, CCSAN_RECORD_END);
	assert_int_equal(message.body.end.exit_status, 3);
	assert_int_equal(next(), 0);
}

/* A crash may come at any byte; what was whole before it is good. */
static void test_next__cut_off_anywhere__whole_records_then_0(void **state)
{
	long first = (long)(sizeof(struct ccsan_record) + sizeof(struct ccsan_finding));
	long all = first + (long)(sizeof(struct ccsan_record) + sizeof(struct ccsan_end));

	(void)state;
	for (long at = 0; at < all; at += at < 40 || at > first - 20 ? 1 : 97) {
		put_both();
		rewind_and_cut(at);
		assert_int_equal(next(), at >= first);
		assert_int_equal(next(), 0);
	}
}

static void damage(size_t offset, unsigned char byte)
{
	put_both();
	assert_int_equal(pwrite(fileno(file), &byte, 1, (off_t)offset), 1);
	rewind_and_cut(-1);
}

static void test_next__no_stream_or_another_version__eproto(void **state)
{
	(void)state;
	damage(offsetof(struct ccsan_record, magic), 'x');
	assert_int_equal(next(), -EPROTO);
	damage(offsetof(struct ccsan_record, version), CCSAN_STREAM_VERSION + 1);
	assert_int_equal(next(), -EPROTO);
	damage(offsetof(struct ccsan_record, type), 0);
	assert_int_equal(next(), -EPROTO);
	damage(offsetof(struct ccsan_record, type), 200);
	assert_int_equal(next(), -EPROTO);
	damage(offsetof(struct ccsan_record, bytes), 1);
	assert_int_equal(next(), -EPROTO);
}

static void test_next__finding_full_of_ones__made_harmless(void **state)
{
	struct ccsan_finding f;
	const struct ccsan_finding *got = &message.body.finding;

	(void)state;
	start();
	memset(&f, 0xff, sizeof(f));
	put(CCSAN_RECORD_FINDING, &f, sizeof(f));
	rewind_and_cut(-1);
	assert_int_equal(next(), 1);
	assert_int_equal(got->kind, CCSAN_KIND_NONE);
	assert_int_equal(got->access.deed, CCSAN_DEED_NOTHING);
	assert_int_equal(got->access.depth, CCSAN_STACK_FRAMES);
	assert_int_equal(got->line.bytes, 0);
	assert_int_equal(got->advised_count, CCSAN_ADVISED);
	assert_int_equal(strlen(got->cpu), sizeof(got->cpu) - 1);
	assert_int_equal(strlen(got->text), sizeof(got->text) - 1);
	assert_int_equal(strlen(got->access.who), sizeof(got->access.who) - 1);
	assert_int_equal(strlen(got->line.places[CCSAN_PLACES_SEEN - 1].alias),
			 CCSAN_NAME_BYTES - 1);
}

static void test_next__module_and_test_without_an_end__texts_end(void **state)
{
	struct ccsan_module module;
	struct ccsan_test_event test;

	(void)state;
	start();
	memset(&module, 'm', sizeof(module));
	memset(&test, 't', sizeof(test));
	put(CCSAN_RECORD_MODULE, &module, sizeof(module));
	put(CCSAN_RECORD_TEST, &test, sizeof(test));
	rewind_and_cut(-1);
	assert_int_equal(next(), 1);
	assert_int_equal(strlen(message.body.module.path), CCSAN_PATH_BYTES - 1);
	assert_int_equal(next(), 1);
	assert_int_equal(strlen(message.body.test.name), sizeof(message.body.test.name) - 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_teardown(test_next__whole_stream__each_record_then_0, stop),
		cmocka_unit_test_teardown(test_next__cut_off_anywhere__whole_records_then_0, stop),
		cmocka_unit_test_teardown(test_next__no_stream_or_another_version__eproto, stop),
		cmocka_unit_test_teardown(test_next__finding_full_of_ones__made_harmless, stop),
		cmocka_unit_test_teardown(test_next__module_and_test_without_an_end__texts_end,
					  stop),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
