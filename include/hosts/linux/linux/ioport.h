/* SPDX-License-Identifier: MIT */
/* Resources of devices. Fidelity: exact, where nothing else is said. */
#ifndef CCSAN_HOSTS_LINUX_IOPORT_H
#define CCSAN_HOSTS_LINUX_IOPORT_H

#include <linux/types.h>

struct resource {
	resource_size_t start, end;
	const char *name;
	unsigned long flags;
};

#define IORESOURCE_MEM 0x200
#define IORESOURCE_IRQ 0x400

static inline resource_size_t resource_size(const struct resource *resource)
{
	return resource->end - resource->start + 1;
}

#endif
