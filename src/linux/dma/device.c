/* SPDX-License-Identifier: MIT */
/* linux/device.h, linux/platform_device.h: devices and drivers find each other by name. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <ccsan/linux.h>
#include <linux/dma-mapping.h>
#include <linux/platform_device.h>

int dev_set_name(struct device *dev, const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(dev->ccsan_name, sizeof(dev->ccsan_name), format, arguments);
	va_end(arguments);
	return 0;
}

/* --- what is freed with the device --- */

struct managed {
	struct managed *next;
	void *p;
};

void *devm_kzalloc(struct device *dev, size_t bytes, gfp_t gfp)
{
	struct managed *managed = calloc(1, sizeof(*managed));

	if (!managed)
		return NULL;
	managed->p = kzalloc(bytes, gfp);
	managed->next = dev->ccsan_managed;
	dev->ccsan_managed = managed;
	return managed->p;
}

static void free_managed(struct device *dev)
{
	struct managed *managed, *next;

	for (managed = dev->ccsan_managed; managed; managed = next) {
		next = managed->next;
		kfree(managed->p);
		free(managed);
	}
	dev->ccsan_managed = NULL;
}

/* --- binding --- */

static struct platform_device *devices;
static struct platform_driver *drivers;

static struct platform_driver *driver_of(const struct platform_device *device)
{
	return device->dev.driver ? container_of(device->dev.driver, struct platform_driver, driver)
				  : NULL;
}

static void bind(struct platform_device *device, struct platform_driver *driver)
{
	if (device->dev.driver || strcmp(device->name, driver->driver.name) != 0)
		return;
	device->dev.driver = &driver->driver;
	if (driver->probe(device)) {
		device->dev.driver = NULL;
		ccsan_linux_release_dma(&device->dev);
		free_managed(&device->dev);
	}
}

static void unbind(struct platform_device *device)
{
	struct platform_driver *driver = driver_of(device);

	if (!driver)
		return;
	if (driver->remove)
		driver->remove(device);
	ccsan_linux_release_dma(&device->dev);
	free_managed(&device->dev);
	device->dev.driver = NULL;
	device->dev.driver_data = NULL;
}

int platform_driver_register(struct platform_driver *driver)
{
	driver->ccsan_next = drivers;
	drivers = driver;
	for (struct platform_device *d = devices; d; d = d->ccsan_next)
		bind(d, driver);
	return 0;
}

void platform_driver_unregister(struct platform_driver *driver)
{
	struct platform_driver **here = &drivers;

	for (struct platform_device *d = devices; d; d = d->ccsan_next)
		if (driver_of(d) == driver)
			unbind(d);
	while (*here && *here != driver)
		here = &(*here)->ccsan_next;
	if (*here)
		*here = driver->ccsan_next;
}

/* --- devices --- */

static bool copy_resources(struct platform_device *device, const struct resource *resources,
			   unsigned int count)
{
	device->resource = calloc(count + 1, sizeof(*resources));
	if (!device->resource)
		return false;
	if (count)
		memcpy(device->resource, resources, count * sizeof(*resources));
	device->num_resources = count;
	return true;
}

struct platform_device *platform_device_register_simple(const char *name, int id,
							const struct resource *resources,
							unsigned int count)
{
	struct platform_device *device = calloc(1, sizeof(*device));

	if (!device || !copy_resources(device, resources, count)) {
		free(device);
		return ERR_PTR(-ENOMEM);
	}
	device->name = name;
	device->id = id;
	device->platform_dma_mask = DMA_BIT_MASK(32);
	device->dev.dma_mask = &device->platform_dma_mask;
	device->dev.coherent_dma_mask = DMA_BIT_MASK(32);
	if (id < 0)
		dev_set_name(&device->dev, "%s", name);
	else
		dev_set_name(&device->dev, "%s.%d", name, id);
	device->ccsan_next = devices;
	devices = device;
	for (struct platform_driver *driver = drivers; driver; driver = driver->ccsan_next)
		bind(device, driver);
	return device;
}

void platform_device_unregister(struct platform_device *device)
{
	struct platform_device **here = &devices;

	unbind(device);
	while (*here && *here != device)
		here = &(*here)->ccsan_next;
	if (*here)
		*here = device->ccsan_next;
	free(device->resource);
	free(device);
}

struct resource *platform_get_resource(struct platform_device *device, unsigned int type,
				       unsigned int index)
{
	for (u32 i = 0; i < device->num_resources; i++)
		if (device->resource[i].flags & type && index-- == 0)
			return &device->resource[i];
	return NULL;
}

int platform_get_irq(struct platform_device *device, unsigned int index)
{
	const struct resource *irq = platform_get_resource(device, IORESOURCE_IRQ, index);

	return irq ? (int)irq->start : -ENXIO;
}

void __iomem *devm_platform_ioremap_resource(struct platform_device *device, unsigned int index)
{
	const struct resource *memory = platform_get_resource(device, IORESOURCE_MEM, index);

	return memory ? (void *)(uintptr_t)memory->start : ERR_PTR(-EINVAL);
}
