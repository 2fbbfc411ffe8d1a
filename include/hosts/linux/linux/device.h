/* SPDX-License-Identifier: MIT */
/* Devices and their drivers, as far as DMA needs them. */
#ifndef CCSAN_HOSTS_LINUX_DEVICE_H
#define CCSAN_HOSTS_LINUX_DEVICE_H

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/types.h>

struct device_driver {
	const char *name;
	struct module *owner;
};

struct device_dma_parameters {
	unsigned int max_segment_size; /* bytes; 0: 64 KiB */
	unsigned long segment_boundary_mask;
};

struct device {
	struct device *parent;
	const char *init_name;
	struct device_driver *driver;
	void *driver_data, *platform_data;
	u64 *dma_mask, coherent_dma_mask;
	u64 bus_dma_limit; /* last address that the bus reaches, if less than the mask; 0: none */
	struct device_dma_parameters *dma_parms;
	bool dma_coherent; /* its accesses see the caches: nothing is cleaned or invalidated */
	char ccsan_name[24];
	void *ccsan_managed; /* what devm_ functions gave */
};

/** Fidelity: exact */
int dev_set_name(struct device *dev, const char *format, ...) __printf(2, 3);

static inline const char *dev_name(const struct device *dev)
{
	return dev->init_name ? dev->init_name : dev->ccsan_name;
}

static inline void *dev_get_drvdata(const struct device *dev)
{
	return dev->driver_data;
}

static inline void dev_set_drvdata(struct device *dev, void *data)
{
	dev->driver_data = data;
}

/** Zeroed memory that is freed when the driver lets the device go. Fidelity: exact */
void *devm_kzalloc(struct device *dev, size_t bytes, gfp_t gfp);

#define dev_err(dev, format, ...)    printk(KERN_ERR "%s: " format, dev_name(dev), ##__VA_ARGS__)
#define dev_warn(dev, format, ...)   printk(KERN_WARNING "%s: " format, dev_name(dev), ##__VA_ARGS__)
#define dev_notice(dev, format, ...) printk(KERN_NOTICE "%s: " format, dev_name(dev), ##__VA_ARGS__)
#define dev_info(dev, format, ...)   printk(KERN_INFO "%s: " format, dev_name(dev), ##__VA_ARGS__)
#define dev_dbg(dev, format, ...)    printk(KERN_DEBUG "%s: " format, dev_name(dev), ##__VA_ARGS__)

#endif
