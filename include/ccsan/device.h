/* SPDX-License-Identifier: MIT */
/*
 * Devices: bus masters that read and write memory, past the CPU's caches.
 */
#ifndef CCSAN_DEVICE_H
#define CCSAN_DEVICE_H

#include <stddef.h>
#include <stdint.h>

#include <ccsan/machine.h>

#ifdef __cplusplus
extern "C" {
#endif

struct ccsan_device;

enum {
	CCSAN_SNOOPING = 1, /**< the device sees the caches: nothing it does can go wrong */
};

/** A device of this name (shown in reports). Owns: the machine, for ever; the name is copied.
 *  Return: never NULL. */
struct ccsan_device *ccsan_device_new(const char *name, unsigned flags);

/**
 * The device reads or writes memory.
 *
 * @param at  physical address. For the program's own memory that is its address; the low 32 bits of
 *            one are enough, since descriptors of 32-bit hardware hold no more.
 * @param n   bytes
 * An address where no memory is, is `api-misuse`; nothing is transferred then.
 */
void ccsan_device_read(struct ccsan_device *device, ccsan_phys at, void *to, size_t n);
void ccsan_device_write(struct ccsan_device *device, ccsan_phys at, const void *from, size_t n);

/** What a device does when its registers are touched. Either function may be NULL. */
struct ccsan_registers {
	/** Before the CPU reads: put the value into the register. */
	void (*read)(void *context, size_t offset, unsigned bytes);
	/** After the CPU wrote: the value is in the register. */
	void (*written)(void *context, size_t offset, unsigned bytes);
	void *context;
};

/**
 * Declares memory to be the registers of a device: uncached, and watched.
 *
 * A write is seen at the next call into ccsan by any code: at the latest when the program touches a
 * register, does cache maintenance or calls a function of ccsan. (The compiler's hook runs before
 * the store; there is none after it.)
 *
 * @param base aligned to 16, @param n bytes; plain memory of the program that nothing else uses
 * Errors: more than 64 windows is `api-misuse`.
 */
void ccsan_device_registers(volatile void *base, size_t n, const struct ccsan_registers *ops);

/** The device is told now of the register that the CPU has just written. It is no barrier: what
 * came before may still be on its way. For functions that write registers. */
void ccsan_device_settle(void);

#ifdef __cplusplus
}
#endif
#endif
