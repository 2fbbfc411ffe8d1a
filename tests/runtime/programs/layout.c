/* SPDX-License-Identifier: MIT */
/* The layout of a report, with source lines from every compiler. */
// run: ./p dma
// exit: 66
// findings: 1
// expect: ^ERROR: ccsan: stale-dma in send / fill$
// expect: ^device read of 64 bytes at physical 0x[0-9a-f]+ by device nic$
// expect: ^    #0 send .*/layout.c:@send$
// expect: ^    #1 main .*/layout.c:@main$
// expect: ^64 bytes \(\+0\.\.63 of the line at physical 0x[0-9a-f]+\) may be an older version in memory
// expect: ^The newer bytes were written by:$
// expect: ^  write.* at 0x[0-9a-f]+ \(own memory\), physical 0x[0-9a-f]+
// expect: ^    #0 fill .*/layout.c:@fill$
// expect: ^Nothing has cleaned or invalidated the line so far.$
// expect: ^The line before that
// expect: ^  memory +o{64}  lacks the newest bytes$
// expect: ^Goes wrong on eviction|^Goes wrong always
// expect: ^On: worst
// expect: ^Advice: a missing call may be ccsan_dma_clean\(
// expect: ^  Contract: ccsan/cache.h.$
// expect: ^  Tried: with it at that point, this finding is gone.$
// expect: ^SUMMARY: ccsan: stale-dma .*/layout.c:@send in send$
// expect: ^ccsan: 1 distinct finding, 1 occurrence$
//
// run: ./p read
// exit: 66
// findings: 1
// expect: ^ERROR: ccsan: stale-read in receive / arrive$
// expect: ^    #0 receive .*/layout.c:@receive$
// expect: ^  device write of 64 bytes at physical 0x[0-9a-f]+ by device nic$
// expect: ^    #0 arrive .*/layout.c:@arrive$
// expect: ^Advice: a missing call may be ccsan_dma_invalidate\(
#include <ccsan/ccsan.h>
#include <stdint.h>
#include <string.h>

static char buffer[64] __attribute__((aligned(64)));
static int sum;

__attribute__((noinline)) static void fill(void)
{
	for (int i = 0; i < 64; i++)
		buffer[i] = (char)i; /* @fill */
}

__attribute__((noinline)) static void send(struct ccsan_device *nic)
{
	char wire[64];

	ccsan_device_read(nic, (ccsan_phys)(uintptr_t)buffer, wire, 64); /* @send */
}

__attribute__((noinline)) static void arrive(struct ccsan_device *nic)
{
	static const char frame[64] = "frame";

	ccsan_device_write(nic, (ccsan_phys)(uintptr_t)buffer, frame, 64); /* @arrive */
}

__attribute__((noinline)) static void receive(void)
{
	sum += *(volatile char *)buffer; /* @receive */
}

int main(int argc, char **argv)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);

	if (argc > 1 && !strcmp(argv[1], "read")) {
		receive();
		ccsan_dma_flush(buffer, 64);
		arrive(nic);
		receive();
		return 0;
	}
	fill();
	send(nic); /* @main */
	return 0;
}
