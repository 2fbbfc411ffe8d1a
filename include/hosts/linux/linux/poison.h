/* SPDX-License-Identifier: MIT */
/* What is left in pointers and memory that are not valid any more. */
#ifndef CCSAN_HOSTS_LINUX_POISON_H
#define CCSAN_HOSTS_LINUX_POISON_H

/* No host has memory here: outside of the addresses that a process can have. */
#define LIST_POISON1 ((void *)0xdead000000000100ul)
#define LIST_POISON2 ((void *)0xdead000000000122ul)

#define PAGE_POISON 0xaa
#define POISON_FREE 0x6b

#endif
