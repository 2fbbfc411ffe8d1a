/* SPDX-License-Identifier: MIT */
/* machine/hosted.h: frames and mappings that a hosted operating system gives out and takes back. */
#include <string.h>

#include "runtime/exploring/explore.h"
#include "machine/hosted.h"
#include "runtime/exploring/restore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

uint64_t ccsan_hosted_memory(void)
{
	ccsan_start();
	return ccsan_rt.arena.bytes;
}

void ccsan_hosted_before_frames(void)
{
	ccsan_start();
	ccsan_before_state(CCSAN_STATE_FRAMES);
}

/* Whoever accesses these pages meanwhile is in an order with this. */
static void touch(uint64_t address, unsigned pages)
{
	uint64_t page = ccsan_machine_page_bytes(ccsan_rt.machine);

	for (uint64_t at = address; ccsan_acting() && at < address + pages * page; at += 4096)
		ccsan_touch(CCSAN_NAMES_PAGE, at >> 12, CCSAN_CHANGES);
}

uint32_t ccsan_hosted_retire(ccsan_phys frames, unsigned pages, uint64_t pc)
{
	uint32_t origin;

	touch(ccsan_hosted(0, CCSAN_KERNEL_BASE + (frames - CCSAN_RAM_BASE)), pages);
	if (!ccsan_enter(pc))
		return 0;
	origin = ccsan_origin(pc);
	ccsan_machine_retire(ccsan_rt.machine, frames, pages, origin);
	ccsan_leave();
	return origin;
}

uint32_t ccsan_hosted_revive(ccsan_phys frames, unsigned pages, uint64_t pc)
{
	uint32_t origin;

	if (!ccsan_enter(pc))
		return 0;
	ccsan_machine_revive(ccsan_rt.machine, frames, pages);
	origin = ccsan_origin(pc);
	ccsan_leave();
	return origin;
}

static uint8_t *frame_bytes(ccsan_phys frames, size_t bytes)
{
	uint64_t offset = frames - CCSAN_RAM_BASE;

	ccsan_assert(offset + bytes <= ccsan_rt.arena.bytes);
	return ccsan_rt.arena.frames + offset;
}

void ccsan_hosted_fill(ccsan_phys frames, size_t bytes, uint8_t byte)
{
	if (ccsan_acting() && ccsan_is_exploring())
		ccsan_restore_touch_frames(frames - CCSAN_RAM_BASE, bytes);
	memset(frame_bytes(frames, bytes), byte, bytes);
}

size_t ccsan_hosted_filled(ccsan_phys frames, size_t bytes, uint8_t byte)
{
	const uint8_t *p = frame_bytes(frames, bytes);
	size_t n = 0;

	if (p[0] == byte && !memcmp(p, p + 1, bytes - 1))
		return bytes;
	while (p[n] == byte)
		n++;
	return n;
}

void ccsan_hosted_retire_alias(const volatile void *p, unsigned pages, uint32_t origin)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);

	touch((uint64_t)(uintptr_t)p, pages);
	if (!ccsan_enter(PC))
		return;
	ccsan_machine_retire_alias(ccsan_rt.machine, at.space, at.va, pages, origin);
	ccsan_leave();
}

void ccsan_hosted_revive_alias(const volatile void *p, unsigned pages)
{
	struct ccsan_address at = ccsan_simulated((uint64_t)(uintptr_t)p);

	touch((uint64_t)(uintptr_t)p, pages);
	if (!ccsan_enter(PC))
		return;
	ccsan_machine_revive_alias(ccsan_rt.machine, at.space, at.va, pages);
	ccsan_leave();
}

void ccsan_hosted_report_freed(uint64_t pc, const volatile void *p, size_t n, uint32_t origin,
			       const char *text)
{
	struct ccsan_event access, cause;

	if (!ccsan_enter(pc))
		return;
	access = ccsan_hosted_event(p, n, pc);
	cause = access;
	cause.origin = origin;
	ccsan_machine_report_freed(ccsan_rt.machine, CCSAN_DEED_CALL, &access, &cause, text);
	ccsan_leave();
}
