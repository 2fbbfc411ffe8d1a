/* SPDX-License-Identifier: MIT */
/* File descriptors. Each process has a table; the threads of one share it. */
#ifndef CCSAN_HOSTS_LINUX_FILE_H
#define CCSAN_HOSTS_LINUX_FILE_H

#include <linux/fs.h>

struct files_struct;

/** Return: the file with a reference, NULL if the descriptor is free. Fidelity: exact */
struct file *fget(unsigned int fd);

/** Return: the lowest free descriptor, now reserved; -EMFILE. Fidelity: simplified. 64 at most. */
int get_unused_fd_flags(unsigned int flags);
void put_unused_fd(unsigned int fd);

/** Takes over the reference to the file. Fidelity: exact */
void fd_install(unsigned int fd, struct file *file);

/** Return: -EBADF if it is free. Fidelity: exact */
int close_fd(unsigned int fd);

/** The table of a new process, a copy of the current one's. Return: NULL without memory.
 *  Fidelity: simplified. Tables go with mm: ccsan_files_of(). */
struct files_struct *ccsan_files_copy(struct files_struct *files);
void ccsan_files_put(struct files_struct *files);

/** Opens an inode as the next descriptor of the current process. Return: it, or -Exxx */
int ccsan_linux_open_fd(struct inode *inode, int flags);

#endif
