/* SPDX-License-Identifier: MIT */
/* Devices that no bus tells of. A test registers one; drivers find theirs by name. */
#ifndef CCSAN_HOSTS_LINUX_PLATFORM_DEVICE_H
#define CCSAN_HOSTS_LINUX_PLATFORM_DEVICE_H

#include <linux/device.h>
#include <linux/ioport.h>
#include <linux/module.h>

struct platform_device {
	const char *name;
	int id;
	struct device dev;
	u64 platform_dma_mask;
	u32 num_resources;
	struct resource *resource;
	struct platform_device *ccsan_next;
};

struct platform_driver {
	int (*probe)(struct platform_device *device);
	int (*remove)(struct platform_device *device);
	struct device_driver driver;
	struct platform_driver *ccsan_next;
};

/**
 * Makes a device known; the driver of its name probes it. DMA masks are 32 bits, as for every
 * platform device.
 *
 * Fidelity: simplified: no device tree, no bus to match on but names. Return: the device,
 * ERR_PTR(-ENOMEM).
 */
struct platform_device *platform_device_register_simple(const char *name, int id,
							const struct resource *resources,
							unsigned int count);

/** The driver removes the device; DMA mappings it leaves are `api-misuse`. Fidelity: exact */
void platform_device_unregister(struct platform_device *device);

/** Fidelity: exact */
int platform_driver_register(struct platform_driver *driver);
void platform_driver_unregister(struct platform_driver *driver);
struct resource *platform_get_resource(struct platform_device *device, unsigned int type,
				       unsigned int index);
int platform_get_irq(struct platform_device *device, unsigned int index);

/** Fidelity: simplified. Registers are where the resource says: host memory that
 *  ccsan_device_registers() was told of. */
void __iomem *devm_platform_ioremap_resource(struct platform_device *device, unsigned int index);

static inline void *platform_get_drvdata(const struct platform_device *device)
{
	return device->dev.driver_data;
}

static inline void platform_set_drvdata(struct platform_device *device, void *data)
{
	device->dev.driver_data = data;
}

#define module_platform_driver(name)                      \
	static int ccsan_register_##name(void)            \
	{                                                 \
		return platform_driver_register(&(name)); \
	}                                                 \
	static void ccsan_unregister_##name(void)         \
	{                                                 \
		platform_driver_unregister(&(name));      \
	}                                                 \
	module_init(ccsan_register_##name);               \
	module_exit(ccsan_unregister_##name)

#endif
