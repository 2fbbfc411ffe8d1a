/* SPDX-License-Identifier: MIT */
/*
 * The same traffic for the driver, right and with each of its mistakes: every frame of a capture
 * comes in, is checked, is turned around in place, and goes out again.
 */
#include <ccsan/test.h>
#include <stddef.h>
#include <string.h>

#include "eth.h"
#include "frames.h"
#include "mac.h"

static unsigned left, bad;

static void wire(const uint8_t *frame, uint32_t length)
{
	left++;
	bad += !frame_is_good(frame, length);
}

static void swap(uint8_t *a, uint8_t *b, unsigned n)
{
	uint8_t byte;

	for (unsigned i = 0; i < n; i++) {
		byte = a[i];
		a[i] = b[i];
		b[i] = byte;
	}
}

/* Back to the sender. Checksums stay right when two addresses change places. */
static void turn_around(uint8_t *frame)
{
	swap(frame, frame + 6, 6);
	if (frame[12] == 8 && frame[13] == 0)
		swap(frame + 26, frame + 30, 4);
}

/* The next frame arrives while this one is being worked on. */
static void reflect(const struct frame *next)
{
	uint32_t length;
	uint8_t *frame = eth_receive(&length);

	CCSAN_CHECK(frame);
	if (!frame)
		return;
	CCSAN_CHECK(frame_is_good(frame, length));
	if (next)
		mac_receive(next->bytes, next->length);
	turn_around(frame);
	CCSAN_CHECK(eth_send(frame, length));
	eth_release();
	mac_run();
}

static void traffic(enum eth_mistake mistake)
{
	unsigned count;
	const struct frame *frames = frames_load(&count);

	left = bad = 0;
	mac_connect(wire);
	eth_open(mistake);
	mac_receive(frames[0].bytes, frames[0].length);
	for (unsigned i = 0; i < count; i++)
		reflect(i + 1 < count ? &frames[i + 1] : NULL);
	CCSAN_CHECK(left == count);
	CCSAN_CHECK(bad == 0);
}

CCSAN_TEST(right)
{
	traffic(ETH_RIGHT);
}

CCSAN_TEST(right_cached_descriptors)
{
	traffic(ETH_RIGHT_CACHED_DESCRIPTORS);
}

/* Predicted: stale-dma, the frame is still in the cache. */
CCSAN_TEST(no_clean)
{
	traffic(ETH_NO_CLEAN);
}

/* Predicted: lost-write, the frame is thrown away; the controller reads what was there before. */
CCSAN_TEST(invalidate_for_clean)
{
	traffic(ETH_INVALIDATE_FOR_CLEAN);
}

/* Predicted: stale-dma behind the first line. */
CCSAN_TEST(short_clean)
{
	traffic(ETH_SHORT_CLEAN);
}

/* Predicted: stale-read of the new frame; clobber, as the buffer is still dirty from the last one.
 */
CCSAN_TEST(no_invalidate)
{
	traffic(ETH_NO_INVALIDATE);
}

/* Predicted: stale-read where the CPU speculates, nothing where it does not. */
CCSAN_TEST(invalidate_before_only)
{
	traffic(ETH_INVALIDATE_BEFORE_ONLY);
}

/* Predicted: clobber, a dirty line may be written back over the frame. */
CCSAN_TEST(invalidate_after_only)
{
	traffic(ETH_INVALIDATE_AFTER_ONLY);
}

/* Predicted: stale-read, since nothing is discarded. */
CCSAN_TEST(clean_for_invalidate)
{
	traffic(ETH_CLEAN_FOR_INVALIDATE);
}

/* Predicted: stale-read behind the first line; lost-write of what was changed in that line. */
CCSAN_TEST(short_invalidate)
{
	traffic(ETH_SHORT_INVALIDATE);
}

/* Predicted: lost-write of the counter, which is in the last line that is invalidated. */
CCSAN_TEST(shared_line)
{
	traffic(ETH_SHARED_LINE);
}

/* Predicted: nothing on a Cortex-M7; lost-write or clobber where lines have 64 bytes. */
CCSAN_TEST(aligned_to_32)
{
	traffic(ETH_ALIGNED_TO_32);
}

/* Predicted: lost-write of the variables beside the buffer. */
CCSAN_TEST(stack_receive)
{
	unsigned count;
	const struct frame *frames = frames_load(&count);
	struct {
		uint32_t tries;
		uint8_t frame[ETH_FRAME];
		uint32_t seen;
	} local __attribute__((aligned(16)));

	mac_connect(wire);
	eth_open(ETH_STACK_RECEIVE);
	for (unsigned i = 0; i < 4; i++) {
		local.tries = i;
		local.seen = i + 1;
		mac_receive(frames[i].bytes, frames[i].length);
		CCSAN_CHECK(eth_receive_once(local.frame) == frames[i].length);
		CCSAN_CHECK(local.tries + 1 == local.seen);
	}
}

__attribute__((noinline)) static void fill(uint8_t *frame, uint32_t length, uint8_t byte)
{
	for (uint32_t i = 0; i < length; i++)
		frame[i] = byte;
}

__attribute__((noinline)) static void announce(void)
{
	uint8_t frame[256];

	fill(frame, sizeof(frame), 0xff);
	CCSAN_CHECK(eth_send_in_place(frame, sizeof(frame)));
}

__attribute__((noinline)) static unsigned something_else(void)
{
	uint8_t other[256];
	unsigned total = 0;

	fill(other, sizeof(other), 1);
	for (unsigned i = 0; i < sizeof(other); i++)
		total += other[i];
	return total;
}

/* Predicted: stale-dma, the function has returned and others use its stack. */
CCSAN_TEST(stack_send)
{
	mac_connect(wire);
	eth_open(ETH_STACK_SEND);
	announce();
	CCSAN_CHECK(something_else() == 256);
	mac_run();
}

/* Predicted: stale-dma of descriptors, stale-read of their status. */
CCSAN_TEST(cached_descriptors)
{
	traffic(ETH_CACHED_DESCRIPTORS);
}

/* Predicted: clobber where two descriptors share a line: everywhere but with 16-byte lines. */
CCSAN_TEST(packed_descriptors)
{
	traffic(ETH_PACKED_DESCRIPTORS);
}

/* Predicted: clobber, what the cache holds may be written back over descriptors. */
CCSAN_TEST(no_flush_before_mpu)
{
	traffic(ETH_NO_FLUSH_BEFORE_MPU);
}
