/* SPDX-License-Identifier: MIT */
/* Semaphores of readers and writers. Fidelity: exact; no signal ever comes. */
#ifndef CCSAN_HOSTS_LINUX_RWSEM_H
#define CCSAN_HOSTS_LINUX_RWSEM_H

#include <ccsan/thread.h>
#include <linux/kernel.h>

struct rw_semaphore {
	unsigned long ccsan_unused;
};

#define __RWSEM_INITIALIZER(name) \
	{                         \
		0                 \
	}
#define DECLARE_RWSEM(name) struct rw_semaphore name = __RWSEM_INITIALIZER(name)
#define init_rwsem(sem)     ((void)(*(sem) = (struct rw_semaphore){ 0 }))

#define down_read(sem)              ccsan_rwsem_read_lock(sem)
#define down_read_nested(sem, sub)  ccsan_rwsem_read_lock(sem)
#define down_read_killable(sem)     (ccsan_rwsem_read_lock(sem), 0)
#define down_read_trylock(sem)      ccsan_rwsem_read_try(sem)
#define up_read(sem)                ccsan_rwsem_read_unlock(sem)
#define down_write(sem)             ccsan_rwsem_write_lock(sem)
#define down_write_nested(sem, sub) ccsan_rwsem_write_lock(sem)
#define down_write_killable(sem)    (ccsan_rwsem_write_lock(sem), 0)
#define down_write_trylock(sem)     ccsan_rwsem_write_try(sem)
#define up_write(sem)               ccsan_rwsem_write_unlock(sem)
#define downgrade_write(sem)        ccsan_rwsem_downgrade(sem)
#define rwsem_is_locked(sem)        ccsan_is_locked(sem)

#endif
