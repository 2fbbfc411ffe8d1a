/* SPDX-License-Identifier: MIT */
/* See sample.h. */
#include "sample.h"

#include <link.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static volatile int value;

__attribute__((noinline)) void sample_reader(void)
{
	value = value + 1;
}

__attribute__((noinline)) void sample_writer(void)
{
	value = value + 2;
}

static int own_bias(struct dl_phdr_info *info, size_t size, void *bias)
{
	(void)size;
	*(uint64_t *)bias = info->dlpi_addr;
	return 1; /* the first one is the program */
}

struct ccsan_symbols *sample_symbols(bool symbolize)
{
	struct ccsan_symbols *symbols = ccsan_symbols_new("", symbolize);
	struct ccsan_module module = { .end = UINT64_MAX };
	ssize_t n = readlink("/proc/self/exe", module.path, sizeof(module.path) - 1);

	module.path[n > 0 ? n : 0] = '\0';
	dl_iterate_phdr(own_bias, &module.bias);
	module.start = module.bias;
	ccsan_symbols_add(symbols, &module);
	return symbols;
}

static struct ccsan_actor actor(enum ccsan_deed deed, void (*code)(void), const char *who)
{
	struct ccsan_actor a = { .deed = deed, .bytes = 4, .depth = 1 };

	snprintf(a.who, sizeof(a.who), "%s", who);
	a.stack[0] = (uint64_t)(uintptr_t)code + 1; /* as if a call returned there */
	return a;
}

static struct ccsan_finding sample(enum ccsan_kind kind)
{
	struct ccsan_finding f = { .kind = kind, .count = 1, .serial = 1 };

	snprintf(f.cpu, sizeof(f.cpu), "arm1136");
	f.line.pa = 0x80000000;
	f.line.bytes = 32;
	f.line.granule = 1;
	f.line.place_count = 1;
	f.line.places[0].va = 0x300001000;
	f.line.places[0].present = f.line.places[0].dirty = true;
	snprintf(f.line.places[0].alias, sizeof(f.line.places[0].alias), "vmap, colour 1");
	f.cause = actor(CCSAN_DEED_WRITE, sample_writer, "T0");
	f.cause.va = 0x300001008;
	f.cause.pa = 0x80000008;
	snprintf(f.cause.alias, sizeof(f.cause.alias), "vmap, colour 1");
	f.advised_count = 1;
	f.advised[0].deed = CCSAN_DEED_CLEAN;
	f.advised[0].va = 0x300001000;
	f.advised[0].pa = 0x80000000;
	f.advised[0].bytes = 32;
	snprintf(f.advised[0].alias, sizeof(f.advised[0].alias), "vmap, colour 1");
	f.trial = CCSAN_TRIAL_GONE;
	return f;
}

struct ccsan_finding sample_stale_dma(void)
{
	struct ccsan_finding f = sample(CCSAN_KIND_STALE_DMA);

	f.access = actor(CCSAN_DEED_DEVICE_READ, sample_reader, "nic");
	f.access.pa = 0x80000000;
	f.access.bytes = 32;
	f.line.touched = 0xffffffff;
	f.line.wrong = f.line.memory_lacks = 0xf00;
	return f;
}

struct ccsan_finding sample_lost_write(void)
{
	struct ccsan_finding f = sample(CCSAN_KIND_LOST_WRITE);

	f.access = actor(CCSAN_DEED_INVALIDATE, sample_reader, "T0");
	f.access.va = 0x300001010;
	f.access.pa = 0x80000010;
	snprintf(f.access.alias, sizeof(f.access.alias), "vmap, colour 1");
	f.line.touched = 0xf0000;
	f.line.wrong = f.line.memory_lacks = 0xf00;
	return f;
}

struct ccsan_finding sample_misuse(void)
{
	struct ccsan_finding f = { .kind = CCSAN_KIND_API_MISUSE, .count = 3, .serial = 2 };

	f.access = actor(CCSAN_DEED_CALL, sample_reader, "T0");
	snprintf(f.cpu, sizeof(f.cpu), "x86");
	snprintf(f.text, sizeof(f.text), "a device address that leads nowhere");
	return f;
}
