/* SPDX-License-Identifier: MIT */
/*
 * The kernel at the memory of the current process. A user pointer is a host pointer of the process,
 * or a simulated address of it. Pages that are not there are faulted in, which may sleep; where
 * faults are not allowed (pagefault_disable()), or there is nothing, functions stop at the first
 * byte that they cannot reach and say how much is left. Reading a hole never ends the program.
 */
#ifndef CCSAN_HOSTS_LINUX_UACCESS_H
#define CCSAN_HOSTS_LINUX_UACCESS_H

#include <linux/types.h>

#define VERIFY_READ  0
#define VERIFY_WRITE 1

/** The bytes lie below TASK_SIZE; nothing is said about mappings. Fidelity: exact */
bool ccsan_linux_access_ok(const volatile void *p, size_t bytes);
#define access_ok(p, bytes) ccsan_linux_access_ok(p, bytes)

/** Copies. What copy_from_user() cannot read it zeroes in `to`; the __ forms do not check the
 *  address, the _inatomic ones do not sleep: faults are not handled.
 *  Fidelity: exact. Return: bytes that were not copied. */
unsigned long copy_from_user(void *to, const void __user *from, unsigned long bytes);
unsigned long copy_to_user(void __user *to, const void *from, unsigned long bytes);
unsigned long copy_in_user(void __user *to, const void __user *from, unsigned long bytes);
unsigned long __copy_from_user(void *to, const void __user *from, unsigned long bytes);
unsigned long __copy_to_user(void __user *to, const void *from, unsigned long bytes);
unsigned long __copy_from_user_inatomic(void *to, const void __user *from, unsigned long bytes);
unsigned long __copy_to_user_inatomic(void __user *to, const void *from, unsigned long bytes);

/** Fidelity: exact. Return: bytes that were not zeroed. */
unsigned long clear_user(void __user *to, unsigned long bytes);
unsigned long __clear_user(void __user *to, unsigned long bytes);

/** Copies a string of up to `count` bytes, its end included if there is room.
 *  Fidelity: exact. Return: its length, `count` if it is longer; -EFAULT. */
long strncpy_from_user(char *to, const char __user *from, long count);

/** Fidelity: exact. Return: the length with its end, more than `count` if it is longer; 0 where a
 *  byte cannot be read. */
long strnlen_user(const char __user *from, long count);

/* One value of 1, 2, 4 or 8 bytes. */
int ccsan_linux_get_user(void *to, const volatile void *from, size_t bytes);
int ccsan_linux_put_user(volatile void *to, const void *from, size_t bytes);

/** Reads or writes one value. Fidelity: exact. Return: 0 or -EFAULT; `x` is 0 then. */
#define get_user(x, p)                                                                        \
	({                                                                                    \
		__typeof__(*(p)) ccsan_value;                                                 \
		int ccsan_error =                                                             \
			ccsan_linux_get_user((void *)&ccsan_value, (p), sizeof(ccsan_value)); \
		(x) = ccsan_error ? (__typeof__(*(p)))0 : ccsan_value;                        \
		ccsan_error;                                                                  \
	})
#define put_user(x, p)                                                                      \
	({                                                                                  \
		__typeof__(*(p)) ccsan_value = (x);                                         \
		ccsan_linux_put_user((p), (const void *)&ccsan_value, sizeof(ccsan_value)); \
	})
#define __get_user(x, p) get_user(x, p)
#define __put_user(x, p) put_user(x, p)

/** Between these faults are not handled: accesses fail instead. Calls nest. Fidelity: exact */
void pagefault_disable(void);
void pagefault_enable(void);
bool pagefault_disabled(void);
#define faulthandler_disabled() pagefault_disabled()

/** Copies from a kernel address that may be none. Fidelity: exact. Return: 0; -EFAULT; -ERANGE for
 * user addresses. */
long copy_from_kernel_nofault(void *to, const void *from, size_t bytes);

#endif
