/* SPDX-License-Identifier: MIT */
/* Locks whose waiters sleep (Documentation/locking/mutex-design.rst). Fidelity: exact; no signal
 * ever comes. */
#ifndef CCSAN_HOSTS_LINUX_MUTEX_H
#define CCSAN_HOSTS_LINUX_MUTEX_H

#include <ccsan/thread.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/spinlock.h>

struct mutex {
	unsigned long ccsan_unused;
};

#define __MUTEX_INITIALIZER(name) \
	{                         \
		0                 \
	}
#define DEFINE_MUTEX(name)  struct mutex name = __MUTEX_INITIALIZER(name)
#define mutex_init(lock)    ((void)(*(lock) = (struct mutex){ 0 }))
#define mutex_destroy(lock) ((void)(lock))

#define mutex_lock(lock)               ccsan_mutex_lock(lock)
#define mutex_lock_nested(lock, sub)   ccsan_mutex_lock(lock)
#define mutex_lock_interruptible(lock) (ccsan_mutex_lock(lock), 0)
#define mutex_lock_killable(lock)      (ccsan_mutex_lock(lock), 0)
#define mutex_lock_io(lock)            ccsan_mutex_lock(lock)
#define mutex_trylock(lock)            ccsan_mutex_try(lock)
#define mutex_unlock(lock)             ccsan_mutex_unlock(lock)
#define mutex_is_locked(lock)          ccsan_is_locked(lock)

#endif
