/* SPDX-License-Identifier: MIT */
/*
 * System calls of simulated processes, for the current one. Errors are -errno, as the kernel gives
 * them.
 *
 * Fidelity: exact, where nothing else is said.
 */
#ifndef CCSAN_HOSTS_LINUX_SYSCALLS_H
#define CCSAN_HOSTS_LINUX_SYSCALLS_H

#include <linux/mman.h>
#include <linux/types.h>

/* --- memory --- */

/** mmap(2). @param addr a pointer, or a simulated address; 0: any. @param off bytes, page aligned
 *  Return: a pointer (as an integer), or -errno: IS_ERR_VALUE(). Fidelity: simplified. No huge
 * pages, no growing stacks; MAP_LOCKED and the like are ignored. */
unsigned long sys_mmap(unsigned long addr, unsigned long len, unsigned long prot,
		       unsigned long flags, unsigned long fd, unsigned long off);

/** munmap(2), mprotect(2). Fidelity: exact */
long sys_munmap(unsigned long addr, size_t len);
long sys_mprotect(unsigned long start, size_t len, unsigned long prot);

/** mremap(2): MREMAP_MAYMOVE, MREMAP_FIXED. Return: a pointer, or -errno. Fidelity: simplified.
 *  Pages move by their page-table entries, one by one. */
unsigned long sys_mremap(unsigned long addr, unsigned long old_len, unsigned long new_len,
			 unsigned long flags, unsigned long new_addr);

/** msync(2). Fidelity: exact */
long sys_msync(unsigned long start, size_t len, int flags);

/* --- files; linux/file.h opens them --- */

/** read(2) and its like. Partial counts; -EFAULT only for no byte at all, -EBADF, -EINVAL for
 *  transfers by O_DIRECT that are not aligned to blocks. Fidelity: exact */
long sys_read(unsigned int fd, char __user *buf, size_t count);
long sys_write(unsigned int fd, const char __user *buf, size_t count);
long sys_pread64(unsigned int fd, char __user *buf, size_t count, loff_t pos);
long sys_pwrite64(unsigned int fd, const char __user *buf, size_t count, loff_t pos);
struct iovec;
long sys_readv(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_writev(unsigned long fd, const struct iovec __user *vec, unsigned long vlen);
long sys_lseek(unsigned int fd, loff_t offset, unsigned int whence);

/** Fidelity: exact */
long sys_fsync(unsigned int fd);
long sys_fdatasync(unsigned int fd);
long sys_ftruncate(unsigned int fd, loff_t length);
long sys_close(unsigned int fd);
long sys_sync(void);

/* --- processes; fork() is ccsan_linux_fork() --- */

long sys_getpid(void);

/** Ends the calling thread. Fidelity: exact. Does not return. */
long sys_exit(int error_code) __attribute__((noreturn));

#endif
