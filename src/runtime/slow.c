/* SPDX-License-Identifier: MIT */
/* Accesses that may not be skipped: which address is it, what does the machine say. */
#include <stdio.h>
#include <string.h>

#include "runtime/exploring/explore.h"
#include "runtime/exploring/restore.h"

static void report_unmapped(const struct ccsan_event *event, uint64_t done)
{
	struct ccsan_event at = *event, killed = { .operation = CCSAN_FORGET };
	char text[CCSAN_TEXT_BYTES];

	at.at.va += done;
	at.at.pa = 0;
	killed.at = at.at;
	killed.origin = ccsan_machine_killer(ccsan_rt.machine, at.at.space, at.at.va);
	snprintf(text, sizeof(text),
		 ccsan_machine_allows(ccsan_rt.machine, at.at.space, at.at.va, false)
			 ? "%s of %u bytes at an address that may not be written"
			 : "%s of %u bytes at an address where nothing is mapped (any more)",
		 event->operation == CCSAN_WRITE ? "write" : "read", (unsigned)event->bytes);
	if (killed.origin)
		ccsan_machine_report_freed(ccsan_rt.machine, CCSAN_DEED_NOTHING, &at, &killed,
					   text);
	else
		ccsan_machine_report(ccsan_rt.machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_NOTHING,
				     &at, NULL, text);
}

void ccsan_do_access(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	struct ccsan_event event = { .operation = operation,
				     .at = ccsan_simulated(address),
				     .bytes = (uint32_t)bytes,
				     .origin = CCSAN_ORIGIN_NOW,
				     .instruction = operation == CCSAN_FETCH };
	uint64_t done;

	ccsan_rt.slow_accesses++;
	ccsan_self.pc = pc;
	event.cpu = ccsan_this_cpu();
	if (operation == CCSAN_WRITE) {
		event.origin = ccsan_origin(pc);
		ccsan_note_writer(address, bytes, pc);
	}
	done = ccsan_machine_access(ccsan_rt.machine, &event, bytes);
	if (done < bytes)
		report_unmapped(&event, done);
}

void ccsan_slow(enum ccsan_operation operation, uint64_t address, size_t bytes, uint64_t pc)
{
	ccsan_start();
	if (ccsan_acting() && !ccsan_self.inside)
		ccsan_access_point(address);
	if (ccsan_is_alias(address) && !ccsan_self.inside)
		ccsan_fault_in(operation, address, bytes, pc);
	if (ccsan_acting() && !ccsan_self.inside)
		ccsan_before_access(operation, address, bytes, pc);
	if (ccsan_access_registers(operation, address, bytes))
		return;
	if (ccsan_acting() && ccsan_is_exploring() && !ccsan_is_cached_somewhere(address, bytes)) {
		if (operation == CCSAN_WRITE)
			ccsan_note_writer(address, bytes, pc);
		return;
	}
	if (operation == CCSAN_WRITE && ccsan_is_exploring() && ccsan_is_alias(address))
		ccsan_restore_touch_alias(address, bytes);
	if (!ccsan_enter(pc)) {
		ccsan_put_off(operation, address, bytes, pc);
		return;
	}
	ccsan_do_access(operation, address, bytes, pc);
	ccsan_leave();
}

/* --- ranges --- */

static bool all_pass(const uint8_t *permits, size_t count, uint8_t slow)
{
	uint64_t mask = slow * 0x0101010101010101u, eight;

	for (; count >= 8; permits += 8, count -= 8) {
		memcpy(&eight, permits, 8);
		if (eight & mask)
			return false;
	}
	for (; count; permits++, count--)
		if (*permits & slow)
			return false;
	return true;
}

static void note_fast_writers(uint64_t address, size_t bytes, uint64_t pc)
{
	uint32_t *cell = ccsan_writer_of(address), *last = ccsan_writer_of(address + bytes - 1);

	for (; cell <= last; cell++)
		*cell = (uint32_t)pc;
}

void ccsan_range(enum ccsan_operation operation, const volatile void *p, size_t n, uint64_t pc)
{
	uint64_t address = (uint64_t)(uintptr_t)p;
	uint8_t slow = operation == CCSAN_WRITE ? CCSAN_WRITE_SLOW : CCSAN_READ_SLOW;
	uint8_t *permits = ccsan_permit_of(address);

	if (!n || address + n < address || address + n > 1ull << 47)
		return; /* what the access itself will do is no matter of caches */
	ccsan_start();
	if (!all_pass(permits, (size_t)(ccsan_permit_of(address + n - 1) - permits) + 1, slow))
		ccsan_slow(operation, address, n, pc);
	else if (operation == CCSAN_WRITE)
		note_fast_writers(address, n, pc);
}
