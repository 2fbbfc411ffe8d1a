/* SPDX-License-Identifier: MIT */
/* Counts of references (Documentation/core-api/refcount-vs-atomic.rst): never up from 0, never
 * below. Fidelity: exact, but that a count does not saturate: it warns and stays what it is. */
#ifndef CCSAN_HOSTS_LINUX_REFCOUNT_H
#define CCSAN_HOSTS_LINUX_REFCOUNT_H

#include <linux/atomic.h>
#include <linux/kernel.h>

typedef struct refcount_struct {
	atomic_t refs;
} refcount_t;

#define REFCOUNT_INIT(n)       \
	{                      \
		ATOMIC_INIT(n) \
	}

static inline void refcount_set(refcount_t *r, int n)
{
	atomic_set(&r->refs, n);
}

static inline unsigned int refcount_read(const refcount_t *r)
{
	return (unsigned int)atomic_read(&r->refs);
}

static inline bool refcount_inc_not_zero(refcount_t *r)
{
	return atomic_inc_not_zero(&r->refs);
}

static inline void refcount_inc(refcount_t *r)
{
	WARN_ON(!refcount_inc_not_zero(r));
}

static inline bool refcount_dec_and_test(refcount_t *r)
{
	int left = atomic_dec_return(&r->refs);

	if (WARN_ON(left < 0))
		atomic_inc(&r->refs);
	return left == 0;
}

#endif
