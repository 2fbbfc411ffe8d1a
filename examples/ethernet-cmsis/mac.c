/* SPDX-License-Identifier: MIT */
/* See mac.h. Numbers of registers and bits: stm32f7xx.h and RM0385, chapter 38. */
#include "mac.h"

#include <ccsan/device.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "stm32f7xx.h"

#define OWN (1u << 31)

/* FS and LS: all of the frame is in this buffer. */
enum { RX_FIRST_LAST = 3 << 8, LENGTH_SHIFT = 16, SIZE_MASK = 0x1fff, MOST = 1518 };

struct descriptor {
	uint32_t status, control, buffer, next;
};

ETH_TypeDef mac_registers __attribute__((aligned(32)));

static struct {
	struct ccsan_device *master;
	mac_wire *wire;
	uint32_t rx, tx; /* bus addresses of the current descriptors */
	bool kicked;     /* there may be something to send */
	uint32_t waiting;
	uint8_t frame[MOST], leaving[MOST];
} mac;

/* --- receiving --- */

static bool deliver(void)
{
	struct descriptor d;
	uint32_t status = RX_FIRST_LAST | mac.waiting << LENGTH_SHIFT;

	if (!mac.waiting || !(ETH->DMAOMR & ETH_DMAOMR_SR) || !(ETH->MACCR & ETH_MACCR_RE))
		return false;
	ccsan_device_read(mac.master, mac.rx, &d, sizeof(d));
	if (!(d.status & OWN) || (d.control & SIZE_MASK) < mac.waiting)
		return false;
	ccsan_device_write(mac.master, d.buffer, mac.frame, mac.waiting);
	ccsan_device_write(mac.master, mac.rx, &status, sizeof(status));
	mac.rx = d.next;
	mac.waiting = 0;
	return true;
}

void mac_receive(const uint8_t *frame, uint32_t length)
{
	memcpy(mac.frame, frame, length);
	mac.waiting = length;
	deliver();
}

/* --- sending --- */

static bool send_one(void)
{
	struct descriptor d;
	uint32_t length;

	ccsan_device_read(mac.master, mac.tx, &d, sizeof(d));
	length = d.control & SIZE_MASK;
	if (!(d.status & OWN) || length > MOST)
		return false;
	ccsan_device_read(mac.master, d.buffer, mac.leaving, length);
	d.status &= ~OWN;
	ccsan_device_write(mac.master, mac.tx, &d.status, sizeof(d.status));
	mac.tx = d.next;
	mac.wire(mac.leaving, length);
	return true;
}

void mac_run(void)
{
	if (!mac.kicked || !(ETH->DMAOMR & ETH_DMAOMR_ST))
		return;
	mac.kicked = false;
	while (send_one())
		;
}

/* --- registers --- */

static void written(void *context, size_t offset, unsigned bytes)
{
	(void)context;
	(void)bytes;
	if (offset == offsetof(ETH_TypeDef, DMARDLAR))
		mac.rx = ETH->DMARDLAR;
	if (offset == offsetof(ETH_TypeDef, DMATDLAR))
		mac.tx = ETH->DMATDLAR;
	if (offset == offsetof(ETH_TypeDef, DMATPDR))
		mac.kicked = true;
	if (offset == offsetof(ETH_TypeDef, DMARPDR))
		deliver();
}

void mac_connect(mac_wire *wire)
{
	static const struct ccsan_registers registers = { .written = written };

	if (!mac.master) {
		mac.master = ccsan_device_new("ethernet", 0);
		ccsan_device_registers(&mac_registers, sizeof(mac_registers), &registers);
	}
	mac.wire = wire;
	mac.kicked = false;
	mac.waiting = 0;
}
