/* SPDX-License-Identifier: MIT */
/* Memory that processes share: what MAP_SHARED | MAP_ANONYMOUS maps. */
#ifndef CCSAN_HOSTS_LINUX_SHMEM_FS_H
#define CCSAN_HOSTS_LINUX_SHMEM_FS_H

#include <linux/fs.h>
#include <linux/mm.h>

/** A file of zeroes that has no name, on no disk. Fidelity: simplified. No swap, no limit but
 *  memory; name and flags mean nothing. Return: with one reference, or an ERR_PTR(). */
struct file *shmem_file_setup(const char *name, loff_t size, unsigned long flags);

/** Gives a shared anonymous mapping such a file. 0 or -errno. Fidelity: exact */
int shmem_zero_setup(struct vm_area_struct *vma);

#endif
