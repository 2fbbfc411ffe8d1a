/* SPDX-License-Identifier: MIT */
/* Somebody else's program: a buffer goes to a device without having been cleaned. */
#include <ccsan/ccsan.h>

#include <string.h>

static _Alignas(64) char packet[64];

static void send(struct ccsan_device *nic)
{
	char wire[sizeof(packet)];

	ccsan_device_read(nic, (ccsan_phys)(size_t)packet, wire, sizeof(wire));
}

int main(void)
{
	struct ccsan_device *nic = ccsan_device_new("nic", 0);

	for (unsigned i = 0; i < sizeof(packet); i++)
		packet[i] = (char)i; /* written here */
	send(nic);
	return 0;
}
