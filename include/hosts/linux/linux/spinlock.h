/* SPDX-License-Identifier: MIT */
/* Locks that spin (Documentation/locking/spinlocks.rst). Who spins here waits: the others go on.
 * Unlocks by strangers, sleeping with one held, and locks that never come are findings.
 *
 * Fidelity: exact, but that states of interrupts nest: spin_unlock_irqrestore() undoes the
 * spin_lock_irqsave() before it, whatever its flags say. */
#ifndef CCSAN_HOSTS_LINUX_SPINLOCK_H
#define CCSAN_HOSTS_LINUX_SPINLOCK_H

#include <ccsan/thread.h>
#include <linux/irqflags.h>
#include <linux/preempt.h>
#include <linux/types.h>

/** Known to the explorer by its address; zeroed memory is a free one. */
typedef struct spinlock {
	unsigned long ccsan_unused;
} spinlock_t;
typedef spinlock_t raw_spinlock_t;

typedef struct {
	unsigned long ccsan_unused;
} rwlock_t;

#define __SPIN_LOCK_UNLOCKED(name) \
	{                          \
		0                  \
	}
#define __RW_LOCK_UNLOCKED(name) \
	{                        \
		0                \
	}
#define DEFINE_SPINLOCK(name)     spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RAW_SPINLOCK(name) raw_spinlock_t name = __SPIN_LOCK_UNLOCKED(name)
#define DEFINE_RWLOCK(name)       rwlock_t name = __RW_LOCK_UNLOCKED(name)

#define spin_lock_init(lock) ((void)(*(lock) = (spinlock_t){ 0 }))
#define rwlock_init(lock)    ((void)(*(lock) = (rwlock_t){ 0 }))

#define spin_lock(lock)                     ccsan_spin_lock(lock)
#define spin_lock_nested(lock, sub)         ccsan_spin_lock(lock)
#define spin_trylock(lock)                  ccsan_spin_try(lock)
#define spin_unlock(lock)                   ccsan_spin_unlock(lock)
#define spin_lock_irq(lock)                 ccsan_spin_lock_irq(lock)
#define spin_unlock_irq(lock)               ccsan_spin_unlock_irq(lock)
#define spin_lock_bh(lock)                  ccsan_spin_lock_softirq(lock)
#define spin_unlock_bh(lock)                ccsan_spin_unlock_softirq(lock)
#define spin_lock_irqsave(lock, flags)      ((void)((flags) = ccsan_spin_lock_irqsave(lock)))
#define spin_unlock_irqrestore(lock, flags) ccsan_spin_unlock_irqrestore(lock, (flags) != 0)
#define spin_is_locked(lock)                ccsan_is_locked(lock)
#define assert_spin_locked(lock)            BUG_ON(!ccsan_is_locked(lock))

#define raw_spin_lock(lock)                     spin_lock(lock)
#define raw_spin_trylock(lock)                  spin_trylock(lock)
#define raw_spin_unlock(lock)                   spin_unlock(lock)
#define raw_spin_lock_irq(lock)                 spin_lock_irq(lock)
#define raw_spin_unlock_irq(lock)               spin_unlock_irq(lock)
#define raw_spin_lock_irqsave(lock, flags)      spin_lock_irqsave(lock, flags)
#define raw_spin_unlock_irqrestore(lock, flags) spin_unlock_irqrestore(lock, flags)
#define raw_spin_lock_init(lock)                spin_lock_init(lock)

#define read_lock(lock)     ccsan_read_lock(lock)
#define read_unlock(lock)   ccsan_read_unlock(lock)
#define read_trylock(lock)  ccsan_read_try(lock)
#define write_trylock(lock) ccsan_write_try(lock)
#define write_lock(lock)    ccsan_write_lock(lock)
#define write_unlock(lock)  ccsan_write_unlock(lock)

#define lockdep_assert_held(lock) WARN_ON(!ccsan_is_locked_by_me(lock))

#endif
