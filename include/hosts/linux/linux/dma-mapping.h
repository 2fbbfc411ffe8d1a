/* SPDX-License-Identifier: MIT */
/* Linux's DMA API: Documentation/core-api/dma-api.rst. Wrong calls are `api-misuse`, as
 * CONFIG_DMA_API_DEBUG finds them; data that a CPU's caches would corrupt is found by itself. */
#ifndef CCSAN_HOSTS_LINUX_DMA_MAPPING_H
#define CCSAN_HOSTS_LINUX_DMA_MAPPING_H

#include <linux/cache.h>
#include <linux/device.h>
#include <linux/dma-direction.h>
#include <linux/io.h>
#include <linux/scatterlist.h>
#include <linux/types.h>

#define DMA_ATTR_WEAK_ORDERING     (1ul << 1)
#define DMA_ATTR_WRITE_COMBINE     (1ul << 2)
#define DMA_ATTR_NO_KERNEL_MAPPING (1ul << 4)
#define DMA_ATTR_SKIP_CPU_SYNC     (1ul << 5)
#define DMA_ATTR_FORCE_CONTIGUOUS  (1ul << 6)
#define DMA_ATTR_NO_WARN           (1ul << 8)

#define DMA_MAPPING_ERROR (~(dma_addr_t)0)
#define DMA_BIT_MASK(n)   ((n) == 64 ? ~0ull : (1ull << (n)) - 1)

/* --- what the device can reach --- */

/** Fidelity: simplified. -EIO if no memory is within the mask: less than 32 bits. */
int dma_set_mask(struct device *dev, u64 mask);
int dma_set_coherent_mask(struct device *dev, u64 mask);
int dma_set_mask_and_coherent(struct device *dev, u64 mask);

/** Fidelity: exact. The CPU's line, 1 where devices see the caches. */
int dma_get_cache_alignment(void);

/** Fidelity: exact */
int dma_set_max_seg_size(struct device *dev, unsigned int bytes);
unsigned int dma_get_max_seg_size(struct device *dev);

/* --- streaming --- */

/**
 * Hands memory to a device. Bus addresses are physical ones.
 *
 * Fidelity: exact, but that memory beyond the device's mask is an error, never copied, and that the
 * program's own heap counts as memory of the kernel: of its addresses the low half is used.
 * Return: DMA_MAPPING_ERROR, to be asked for by dma_mapping_error().
 */
dma_addr_t dma_map_single_attrs(struct device *dev, void *p, size_t bytes,
				enum dma_data_direction direction, unsigned long attrs);
dma_addr_t dma_map_page_attrs(struct device *dev, struct page *page, size_t offset, size_t bytes,
			      enum dma_data_direction direction, unsigned long attrs);
int dma_map_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
		     enum dma_data_direction direction, unsigned long attrs);
int dma_map_sgtable(struct device *dev, struct sg_table *table, enum dma_data_direction direction,
		    unsigned long attrs);
dma_addr_t dma_map_resource(struct device *dev, phys_addr_t phys, size_t bytes,
			    enum dma_data_direction direction, unsigned long attrs);

/** Takes it back. What the arguments say is done, whatever the mapping was. Fidelity: exact */
void dma_unmap_single_attrs(struct device *dev, dma_addr_t address, size_t bytes,
			    enum dma_data_direction direction, unsigned long attrs);
void dma_unmap_page_attrs(struct device *dev, dma_addr_t address, size_t bytes,
			  enum dma_data_direction direction, unsigned long attrs);
void dma_unmap_sg_attrs(struct device *dev, struct scatterlist *sg, int nents,
			enum dma_data_direction direction, unsigned long attrs);
void dma_unmap_sgtable(struct device *dev, struct sg_table *table,
		       enum dma_data_direction direction, unsigned long attrs);
void dma_unmap_resource(struct device *dev, dma_addr_t address, size_t bytes,
			enum dma_data_direction direction, unsigned long attrs);

/** Hands memory over and takes it back while it stays mapped. Fidelity: exact */
void dma_sync_single_for_cpu(struct device *dev, dma_addr_t address, size_t bytes,
			     enum dma_data_direction direction);
void dma_sync_single_for_device(struct device *dev, dma_addr_t address, size_t bytes,
				enum dma_data_direction direction);
void dma_sync_single_range_for_cpu(struct device *dev, dma_addr_t address, unsigned long offset,
				   size_t bytes, enum dma_data_direction direction);
void dma_sync_single_range_for_device(struct device *dev, dma_addr_t address, unsigned long offset,
				      size_t bytes, enum dma_data_direction direction);
void dma_sync_sg_for_cpu(struct device *dev, struct scatterlist *sg, int nents,
			 enum dma_data_direction direction);
void dma_sync_sg_for_device(struct device *dev, struct scatterlist *sg, int nents,
			    enum dma_data_direction direction);

/** Fidelity: exact */
int dma_mapping_error(struct device *dev, dma_addr_t address);

#define dma_map_single(dev, p, bytes, direction) dma_map_single_attrs(dev, p, bytes, direction, 0)
#define dma_unmap_single(dev, at, bytes, direction) \
	dma_unmap_single_attrs(dev, at, bytes, direction, 0)
#define dma_map_page(dev, page, offset, bytes, direction) \
	dma_map_page_attrs(dev, page, offset, bytes, direction, 0)
#define dma_unmap_page(dev, at, bytes, direction) dma_unmap_page_attrs(dev, at, bytes, direction, 0)
#define dma_map_sg(dev, sg, nents, direction)     dma_map_sg_attrs(dev, sg, nents, direction, 0)
#define dma_unmap_sg(dev, sg, nents, direction)   dma_unmap_sg_attrs(dev, sg, nents, direction, 0)

/* --- coherent --- */

/** Zeroed frames and an uncached alias of them. Fidelity: exact; attributes do nothing. */
void *dma_alloc_attrs(struct device *dev, size_t bytes, dma_addr_t *address, gfp_t gfp,
		      unsigned long attrs);
void dma_free_attrs(struct device *dev, size_t bytes, void *p, dma_addr_t address,
		    unsigned long attrs);

#define dma_alloc_coherent(dev, bytes, at, gfp) dma_alloc_attrs(dev, bytes, at, gfp, 0)
#define dma_free_coherent(dev, bytes, p, at)    dma_free_attrs(dev, bytes, p, at, 0)

/* --- what a driver keeps for unmapping --- */

#define DEFINE_DMA_UNMAP_ADDR(name)        dma_addr_t name
#define DEFINE_DMA_UNMAP_LEN(name)         u32 name
#define dma_unmap_addr(p, name)            ((p)->name)
#define dma_unmap_addr_set(p, name, value) ((p)->name = (value))
#define dma_unmap_len(p, name)             ((p)->name)
#define dma_unmap_len_set(p, name, value)  ((p)->name = (value))

#endif
