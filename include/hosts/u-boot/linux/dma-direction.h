/* SPDX-License-Identifier: MIT */
/* U-Boot: which way the data goes. */
#ifndef CCSAN_HOSTS_UBOOT_LINUX_DMA_DIRECTION_H
#define CCSAN_HOSTS_UBOOT_LINUX_DMA_DIRECTION_H

enum dma_data_direction {
	DMA_BIDIRECTIONAL = 0,
	DMA_TO_DEVICE = 1,
	DMA_FROM_DEVICE = 2,
};

#endif
