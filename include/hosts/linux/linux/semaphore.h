/* SPDX-License-Identifier: MIT */
/* Counting semaphores. Fidelity: exact; no signal ever comes, a time-out may at any time. */
#ifndef CCSAN_HOSTS_LINUX_SEMAPHORE_H
#define CCSAN_HOSTS_LINUX_SEMAPHORE_H

#include <ccsan/thread.h>
#include <linux/errno.h>

struct semaphore {
	unsigned long ccsan_unused;
};

#define sema_init(sem, count)      ccsan_semaphore_init(sem, count)
#define down(sem)                  ccsan_semaphore_down(sem)
#define down_interruptible(sem)    (ccsan_semaphore_down(sem), 0)
#define down_trylock(sem)          (!ccsan_semaphore_try(sem))
#define down_timeout(sem, jiffies) (ccsan_semaphore_down_timeout(sem) ? 0 : -ETIME)
#define up(sem)                    ccsan_semaphore_up(sem)

#endif
