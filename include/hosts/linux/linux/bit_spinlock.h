/* SPDX-License-Identifier: MIT */
/* A bit of a word as a spinning lock. Fidelity: exact; each bit is a lock of its own. */
#ifndef CCSAN_HOSTS_LINUX_BIT_SPINLOCK_H
#define CCSAN_HOSTS_LINUX_BIT_SPINLOCK_H

#include <ccsan/thread.h>
#include <linux/bitops.h>

/* The explorer knows it by an address of its own in the word that the bit is in. */
static inline void *ccsan_lock_of_bit(int n, unsigned long *word)
{
	return (char *)word + n % 8;
}

static inline void bit_spin_lock(int n, unsigned long *word)
{
	ccsan_spin_lock(ccsan_lock_of_bit(n, word));
	__set_bit(n, word);
}

static inline bool bit_spin_trylock(int n, unsigned long *word)
{
	if (!ccsan_spin_try(ccsan_lock_of_bit(n, word)))
		return false;
	__set_bit(n, word);
	return true;
}

static inline void bit_spin_unlock(int n, unsigned long *word)
{
	__clear_bit(n, word);
	ccsan_spin_unlock(ccsan_lock_of_bit(n, word));
}

static inline bool bit_spin_is_locked(int n, unsigned long *word)
{
	return test_bit(n, word);
}

#endif
