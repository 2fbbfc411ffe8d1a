/* SPDX-License-Identifier: MIT */
/*
 * The functions of ccsan that `ethernet.c` calls, on the computer it runs on: caches are coherent,
 * a device is a copy. For the tools that are not ccsan.
 */
#include <ccsan/cache.h>
#include <ccsan/device.h>
#include <string.h>

struct ccsan_device {
	const char *name;
};

struct ccsan_device *ccsan_device_new(const char *name, unsigned flags)
{
	static struct ccsan_device device;

	(void)flags;
	device.name = name;
	return &device;
}

void ccsan_device_read(struct ccsan_device *device, ccsan_phys at, void *to, size_t n)
{
	(void)device;
	memcpy(to, (const void *)(uintptr_t)at, n); // NOLINT
}

void ccsan_device_write(struct ccsan_device *device, ccsan_phys at, const void *from, size_t n)
{
	(void)device;
	memcpy((void *)(uintptr_t)at, from, n); // NOLINT
}

void ccsan_dma_clean(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
}

void ccsan_dma_invalidate(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
}

void ccsan_dma_flush(const volatile void *p, size_t n)
{
	(void)p;
	(void)n;
}

void ccsan_barrier(void)
{
	__sync_synchronize();
}
