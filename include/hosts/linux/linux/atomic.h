/* SPDX-License-Identifier: MIT */
/* Integers that are changed in one piece (Documentation/atomic_t.txt). What returns a value is
 * ordered, the rest is not. Fidelity: exact. */
#ifndef CCSAN_HOSTS_LINUX_ATOMIC_H
#define CCSAN_HOSTS_LINUX_ATOMIC_H

#include <asm/barrier.h>
#include <ccsan/thread.h>
#include <linux/compiler.h>
#include <linux/types.h>

#define ATOMIC_INIT(i) \
	{              \
		(i)    \
	}
#define ATOMIC64_INIT(i) \
	{                \
		(i)      \
	}
#define ATOMIC_LONG_INIT(i) \
	{                   \
		(i)         \
	}

/* One that changes, and its forms that return the old value and the new one. */
#define CCSAN_ATOMIC_CHANGE(prefix, type, name, builtin, fetch)             \
	static inline void prefix##_##name(type i, prefix##_t *v)           \
	{                                                                   \
		__atomic_fetch_##builtin(&v->counter, i, __ATOMIC_RELAXED); \
	}                                                                   \
	CCSAN_ATOMIC_FETCH(prefix, type, name, builtin, fetch)

/* One that nobody learns the order of, and likewise. */
#define CCSAN_ATOMIC_ADD(prefix, type, name, builtin, fetch, n)      \
	static inline void prefix##_##name(type i, prefix##_t *v)    \
	{                                                            \
		ccsan_count_add(&v->counter, sizeof(v->counter), n); \
	}                                                            \
	CCSAN_ATOMIC_FETCH(prefix, type, name, builtin, fetch)

#define CCSAN_ATOMIC_FETCH(prefix, type, name, builtin, fetch)                       \
	static inline type prefix##_##fetch(type i, prefix##_t *v)                   \
	{                                                                            \
		return __atomic_fetch_##builtin(&v->counter, i, __ATOMIC_SEQ_CST);   \
	}                                                                            \
	static inline type prefix##_##name##_return(type i, prefix##_t *v)           \
	{                                                                            \
		return __atomic_##builtin##_fetch(&v->counter, i, __ATOMIC_SEQ_CST); \
	}

#define CCSAN_ATOMIC_TYPE(prefix, type)                                                    \
	static inline type prefix##_read(const prefix##_t *v)                              \
	{                                                                                  \
		return (type)ccsan_count_read(&v->counter, sizeof(v->counter));            \
	}                                                                                  \
	static inline type prefix##_read_acquire(const prefix##_t *v)                      \
	{                                                                                  \
		return prefix##_read(v);                                                   \
	}                                                                                  \
	static inline void prefix##_set(prefix##_t *v, type i)                             \
	{                                                                                  \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELAXED);                        \
	}                                                                                  \
	static inline void prefix##_set_release(prefix##_t *v, type i)                     \
	{                                                                                  \
		__atomic_store_n(&v->counter, i, __ATOMIC_RELEASE);                        \
	}                                                                                  \
	CCSAN_ATOMIC_ADD(prefix, type, add, add, fetch_add, i)                             \
	CCSAN_ATOMIC_ADD(prefix, type, sub, sub, fetch_sub, -i)                            \
	CCSAN_ATOMIC_CHANGE(prefix, type, and, and, fetch_and)                             \
	CCSAN_ATOMIC_CHANGE(prefix, type, or, or, fetch_or)                                \
	CCSAN_ATOMIC_CHANGE(prefix, type, xor, xor, fetch_xor)                             \
	static inline void prefix##_inc(prefix##_t *v)                                     \
	{                                                                                  \
		prefix##_add(1, v);                                                        \
	}                                                                                  \
	static inline void prefix##_dec(prefix##_t *v)                                     \
	{                                                                                  \
		prefix##_sub(1, v);                                                        \
	}                                                                                  \
	static inline type prefix##_inc_return(prefix##_t *v)                              \
	{                                                                                  \
		return prefix##_add_return(1, v);                                          \
	}                                                                                  \
	static inline type prefix##_dec_return(prefix##_t *v)                              \
	{                                                                                  \
		return prefix##_sub_return(1, v);                                          \
	}                                                                                  \
	static inline bool prefix##_inc_and_test(prefix##_t *v)                            \
	{                                                                                  \
		return prefix##_inc_return(v) == 0;                                        \
	}                                                                                  \
	static inline bool prefix##_dec_and_test(prefix##_t *v)                            \
	{                                                                                  \
		return prefix##_dec_return(v) == 0;                                        \
	}                                                                                  \
	static inline bool prefix##_sub_and_test(type i, prefix##_t *v)                    \
	{                                                                                  \
		return prefix##_sub_return(i, v) == 0;                                     \
	}                                                                                  \
	static inline bool prefix##_add_negative(type i, prefix##_t *v)                    \
	{                                                                                  \
		return prefix##_add_return(i, v) < 0;                                      \
	}                                                                                  \
	static inline type prefix##_xchg(prefix##_t *v, type i)                            \
	{                                                                                  \
		return __atomic_exchange_n(&v->counter, i, __ATOMIC_SEQ_CST);              \
	}                                                                                  \
	static inline type prefix##_cmpxchg(prefix##_t *v, type old, type i)               \
	{                                                                                  \
		__atomic_compare_exchange_n(&v->counter, &old, i, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                             \
		return old;                                                                \
	}                                                                                  \
	static inline type prefix##_fetch_add_unless(prefix##_t *v, type i, type unless)   \
	{                                                                                  \
		type old = prefix##_read(v);                                               \
                                                                                           \
		while (old != unless &&                                                    \
		       !__atomic_compare_exchange_n(&v->counter, &old, old + i, false,     \
						    __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST))   \
			;                                                                  \
		return old;                                                                \
	}                                                                                  \
	static inline bool prefix##_add_unless(prefix##_t *v, type i, type unless)         \
	{                                                                                  \
		return prefix##_fetch_add_unless(v, i, unless) != unless;                  \
	}                                                                                  \
	static inline bool prefix##_inc_not_zero(prefix##_t *v)                            \
	{                                                                                  \
		return prefix##_add_unless(v, 1, 0);                                       \
	}                                                                                  \
	static inline bool prefix##_dec_unless_zero(prefix##_t *v)                         \
	{                                                                                  \
		return prefix##_add_unless(v, -1, 0);                                      \
	}

CCSAN_ATOMIC_TYPE(atomic, int)
CCSAN_ATOMIC_TYPE(atomic64, s64)

#define atomic_long_read(v)          atomic64_read(v)
#define atomic_long_set(v, i)        atomic64_set(v, i)
#define atomic_long_add(i, v)        atomic64_add(i, v)
#define atomic_long_sub(i, v)        atomic64_sub(i, v)
#define atomic_long_inc(v)           atomic64_inc(v)
#define atomic_long_dec(v)           atomic64_dec(v)
#define atomic_long_add_return(i, v) atomic64_add_return(i, v)
#define atomic_long_sub_return(i, v) atomic64_sub_return(i, v)
#define atomic_long_dec_and_test(v)  atomic64_dec_and_test(v)
#define atomic_long_inc_not_zero(v)  atomic64_inc_not_zero(v)

#define xchg(p, v) __atomic_exchange_n(p, v, __ATOMIC_SEQ_CST)
#define cmpxchg(p, old, v)                                                               \
	({                                                                               \
		__typeof__(*(p)) cmpxchg_old = (old);                                    \
		__atomic_compare_exchange_n(p, &cmpxchg_old, v, false, __ATOMIC_SEQ_CST, \
					    __ATOMIC_SEQ_CST);                           \
		cmpxchg_old;                                                             \
	})

#define smp_load_acquire(p)     __atomic_load_n(p, __ATOMIC_ACQUIRE)
#define smp_store_release(p, v) __atomic_store_n(p, v, __ATOMIC_RELEASE)
#define smp_store_mb(x, v)      __atomic_store_n(&(x), v, __ATOMIC_SEQ_CST)
#define smp_mb__before_atomic() smp_mb()
#define smp_mb__after_atomic()  smp_mb()

#endif
