/* SPDX-License-Identifier: MIT */
/* ccsan/device.h: bus masters, and their registers. */
#include <stdio.h>
#include <string.h>

#include "runtime/exploring/explore.h"
#include "runtime/exploring/restore.h"

#define PC ((uint64_t)(uintptr_t)__builtin_return_address(0))

struct ccsan_device {
	char name[CCSAN_NAME_BYTES];
	unsigned flags;
};

struct ccsan_device *ccsan_device_new(const char *name, unsigned flags)
{
	struct ccsan_device *device;

	ccsan_start();
	device = ccsan_take_memory(NULL, sizeof(*device));
	snprintf(device->name, sizeof(device->name), "%s", name ? name : "device");
	device->flags = flags;
	return device;
}

/* --- transfers --- */

/* Where the bytes of a physical address are on the host; *at is completed. NULL: nowhere. */
static uint8_t *find_memory(ccsan_phys *at, size_t n)
{
	if (ccsan_machine_has_frames(ccsan_rt.machine, *at, n))
		return ccsan_rt.arena.frames + (*at - CCSAN_RAM_BASE);
	if (!ccsan_is_own_memory(*at, n) && *at >> 32 == 0)
		*at = ccsan_complete_address(*at, n);
	if (!ccsan_is_own_memory(*at, n))
		return NULL;
	*at |= CCSAN_OWN_MEMORY;
	return (uint8_t *)(uintptr_t)(*at & ~CCSAN_OWN_MEMORY); // NOLINT: an address is made
}

static void report_no_memory(struct ccsan_event *event, size_t n)
{
	char text[CCSAN_TEXT_BYTES];

	snprintf(text, sizeof(text), "no memory at bus address %#llx (%zu bytes)",
		 (unsigned long long)event->at.pa, n);
	ccsan_machine_report(ccsan_rt.machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_NOTHING, event,
			     NULL, text);
}

/* Return: the memory, inside the lock; NULL where there is none. */
static uint8_t *begin(struct ccsan_device *device, enum ccsan_operation operation, ccsan_phys at,
		      size_t n, uint64_t pc, struct ccsan_event *event)
{
	uint8_t *memory;

	ccsan_start();
	ccsan_before_device(operation, at, n, pc);
	if (!ccsan_enter(pc))
		ccsan_die("a signal handler used device %s while its thread was in ccsan",
			  device->name);
	*event = (struct ccsan_event){ .operation = operation,
				       .at = { .pa = at },
				       .bytes = (uint32_t)n,
				       .origin = ccsan_origin_of_device(pc, device->name) };
	memory = find_memory(&event->at.pa, n);
	if (!memory) {
		event->at.pa = at;
		report_no_memory(event, n);
	}
	return memory;
}

static void transfer(struct ccsan_device *device, const struct ccsan_event *event, size_t n)
{
	ccsan_look_for_unseen(event->at.pa, n);
	if (!(device->flags & CCSAN_SNOOPING))
		ccsan_machine_device(ccsan_rt.machine, event, n);
}

void ccsan_device_read(struct ccsan_device *device, ccsan_phys at, void *to, size_t n)
{
	struct ccsan_event event;
	uint8_t *memory;

	if (!n)
		return;
	memory = begin(device, CCSAN_DEVICE_READ, at, n, PC, &event);
	if (memory) {
		transfer(device, &event, n);
		memcpy(to, memory, n);
		ccsan_note_writer((uint64_t)(uintptr_t)to, n, PC);
	}
	ccsan_leave();
}

void ccsan_device_write(struct ccsan_device *device, ccsan_phys at, const void *from, size_t n)
{
	struct ccsan_event event;
	uint8_t *memory;

	if (!n)
		return;
	memory = begin(device, CCSAN_DEVICE_WRITE, at, n, PC, &event);
	if (memory) {
		transfer(device, &event, n);
		if (!(event.at.pa & CCSAN_OWN_MEMORY) && ccsan_is_exploring())
			ccsan_restore_touch_frames(event.at.pa - CCSAN_RAM_BASE, n);
		memcpy(memory, from, n);
		ccsan_remember_content(event.at.pa, n);
	}
	ccsan_leave();
}

/* --- registers --- */

struct window {
	uint64_t start, end;
	struct ccsan_registers ops;
};

/* A write by the CPU that its device has not been told of: the hook came before the store. */
struct written {
	const struct window *window;
	uint64_t address;
	unsigned bytes;
};

enum { MOST_WINDOWS = 64 };

static struct window windows[MOST_WINDOWS];
static unsigned window_count;
static struct written written;

void ccsan_device_registers(volatile void *base, size_t n, const struct ccsan_registers *ops)
{
	uint64_t start = (uint64_t)(uintptr_t)base;
	struct ccsan_event event = { .operation = CCSAN_MAP, .at = ccsan_simulated(start) };

	ccsan_start();
	if (!ccsan_enter(PC))
		return;
	event.origin = ccsan_origin(PC);
	if (window_count == MOST_WINDOWS || start % CCSAN_PERMIT_BYTES || !n) {
		ccsan_machine_report(
			ccsan_rt.machine, CCSAN_KIND_API_MISUSE, CCSAN_DEED_CALL, &event, NULL,
			"ccsan_device_registers(): misaligned, empty, or more than 64");
	} else {
		windows[window_count++] = (struct window){ start, start + n, *ops };
		memset(ccsan_permit_of(start), CCSAN_ALL_SLOW,
		       (n + CCSAN_PERMIT_BYTES - 1) / CCSAN_PERMIT_BYTES);
	}
	ccsan_leave();
}

static const struct window *find_window(uint64_t address)
{
	for (unsigned i = 0; i < window_count; i++)
		if (address >= windows[i].start && address < windows[i].end)
			return &windows[i];
	return NULL;
}

void ccsan_settle_registers(void)
{
	struct written late = written;

	if (!late.window)
		return;
	written.window = NULL;
	if (ccsan_acting())
		ccsan_touch(CCSAN_NAMES_REGISTER, late.window->start, CCSAN_CHANGES);
	late.window->ops.written(late.window->ops.context,
				 (size_t)(late.address - late.window->start), late.bytes);
}

void ccsan_device_settle(void)
{
	ccsan_start();
	ccsan_settle_registers();
	ccsan_point();
}

bool ccsan_access_registers(enum ccsan_operation operation, uint64_t address, size_t bytes)
{
	const struct window *window;

	if (!window_count)
		return false;
	ccsan_settle_registers();
	window = find_window(address);
	if (!window)
		return false;
	if (operation == CCSAN_WRITE && window->ops.written)
		written = (struct written){ window, address, (unsigned)bytes };
	if (ccsan_acting())
		ccsan_touch(CCSAN_NAMES_REGISTER, window->start, CCSAN_CHANGES);
	if (operation == CCSAN_READ && window->ops.read)
		window->ops.read(window->ops.context, (size_t)(address - window->start),
				 (unsigned)bytes);
	return true;
}
