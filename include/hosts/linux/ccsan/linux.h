/* SPDX-License-Identifier: MIT */
/* What tests of Linux code need and Linux does not have. */
#ifndef CCSAN_HOSTS_LINUX_CCSAN_H
#define CCSAN_HOSTS_LINUX_CCSAN_H

#include <linux/device.h>

/** Raises an interrupt: its handler runs now. Return: whether it has one. */
bool ccsan_linux_interrupt(unsigned int irq);

/** The `nth` mapping or coherent allocation from now fails, 1 is the next one; 0: none. */
void ccsan_linux_fail_dma(unsigned int nth);

/** Every buffer that a device writes has to begin and end with a cache line, as barebox wants it.
 *  Otherwise (at first) only those that share a line with another object of the heap. */
void ccsan_linux_strict_alignment(bool strict);

/** The driver has let the device go: reports mappings that it left, and forgets them. Done for
 *  platform devices by themselves, and for all devices at the end of a test and of the program. */
void ccsan_linux_release_dma(struct device *dev);

#endif
