// SPDX-License-Identifier: MIT
// Two processes of a hosted kernel on one CPU whose cache has virtual tags: switching between them
// flushes, so that steps that touch nothing in common are in an order all the same.
// explore: --cpu arm926ej-s
// exit: 1
// has: stale-dma in send / writes (test flushed_in_between)
// has: stale-dma in send / writes (test never_flushed)
// runs: flushed_in_between 38
// runs: never_flushed 5
#include <ccsan/ccsan.h>

/* src/machine/hosted.h */
void ccsan_hosted_on_switch(bool (*resume)(void));

static unsigned space[2];
static _Thread_local int process = -1;
static bool matters;

/* As an operating system without address-space ids does it. */
static bool resume(void)
{
	if (process < 0)
		return false;
	if (ccsan_space_current() != space[process]) {
		ccsan_flush_all();
		ccsan_space_switch(space[process]);
	}
	return matters;
}

static struct ccsan_device *disk;
static ccsan_phys frame;
static volatile int steps[2][16]; /* a line apart */

static void send(void)
{
	char bytes[4];

	ccsan_device_read(disk, frame, bytes, 4);
}

/* Right only if the other process came in between. */
static void *writes(void *user)
{
	process = 0;
	steps[0][0]++;
	*(char *)user = 1;
	steps[0][0]++;
	send();
	return NULL;
}

static void *computes(void *unused)
{
	process = matters;
	steps[1][0]++;
	return unused;
}

static void run(bool several)
{
	char *user;
	unsigned other;

	matters = several;
	disk = ccsan_device_new("disk", 0);
	frame = ccsan_page_alloc(1);
	space[0] = ccsan_space_new();
	space[1] = ccsan_space_new();
	user = ccsan_map_at(frame, 1, CCSAN_USER, space[0], 0x100000);
	ccsan_hosted_on_switch(resume);
	other = ccsan_thread_new("other", 0, computes, NULL);
	writes(user);
	ccsan_thread_join(other);
	process = -1;
}

CCSAN_TEST(flushed_in_between)
{
	run(true);
}

CCSAN_TEST(never_flushed)
{
	run(false);
}
