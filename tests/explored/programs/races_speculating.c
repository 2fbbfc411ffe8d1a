// SPDX-License-Identifier: MIT
// A device completes between invalidate and first read; the CPU may have fetched the line again.
// explore: --cpu cortex-a9
// exit: 1
// has: ERROR: ccsan: stale-read in
// has: (test invalidate_before_only)
// hasnt: (test invalidate_after_too)
#include <ccsan/ccsan.h>

enum { LINE = 64 };

static char *buffer;
static ccsan_phys frame;
static struct ccsan_device *device;
static int received; /* a completion */

static void receive(void *unused)
{
	static const char packet[LINE] = { 3 };

	(void)unused;
	ccsan_device_write(device, frame, packet, LINE);
	ccsan_complete(&received);
}

static void start_reception(void)
{
	device = ccsan_device_new("nic", 0);
	frame = ccsan_page_alloc(1);
	buffer = ccsan_map(frame, 1, CCSAN_KERNEL);
	ccsan_dma_invalidate(buffer, LINE);
	ccsan_device_activity("nic", receive, NULL, 1);
}

CCSAN_TEST(invalidate_before_only)
{
	start_reception();
	if (ccsan_wait_for_completion_timeout(&received))
		CCSAN_CHECK(buffer[0] == 3);
}

CCSAN_TEST(invalidate_after_too)
{
	start_reception();
	if (!ccsan_wait_for_completion_timeout(&received))
		return;
	ccsan_dma_invalidate(buffer, LINE);
	CCSAN_CHECK(buffer[0] == 3);
}
